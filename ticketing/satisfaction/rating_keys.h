#pragma once
// ticketing/satisfaction/rating_keys.h: keys of ratings and their figures. The table is in storage/README.md.
// Thread-safety: pure.
#include <string>

#include "core/ids.h"
#include "storage/key.h"

namespace postern::ticketing::rating_keys {

// Kinds of kSatisfaction; never renumber.
inline constexpr std::uint64_t kOfTicket = 1;  // ticket: the rating
inline constexpr std::uint64_t kById = 2;      // rating: ticket, decimal
inline constexpr std::uint64_t kFigure = 3;    // whose (0 all, 1 assignee, 2 group), id, score: counter

inline storage::KeyBuilder of_kind(core::WorkspaceId workspace, std::uint64_t kind) {
  storage::KeyBuilder out(workspace, storage::Space::kSatisfaction);
  out.u64(kind);
  return out;
}
inline std::string of_ticket(core::WorkspaceId workspace, core::TicketId ticket) { return of_kind(workspace, kOfTicket).u64(ticket.value).bytes(); }
inline std::string ids_prefix(core::WorkspaceId workspace) { return of_kind(workspace, kById).bytes(); }
inline std::string by_id(core::WorkspaceId workspace, std::uint64_t rating) { return of_kind(workspace, kById).u64(rating).bytes(); }
inline std::string figures_prefix(core::WorkspaceId workspace, std::uint64_t whose) { return of_kind(workspace, kFigure).u64(whose).bytes(); }
inline std::string figure(core::WorkspaceId workspace, std::uint64_t whose, std::uint64_t id, std::uint32_t score) {
  return of_kind(workspace, kFigure).u64(whose).u64(id).u64(score).bytes();
}

}  // namespace postern::ticketing::rating_keys
