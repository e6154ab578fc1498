#pragma once
// ticketing/drafts/draft_keys.h: keys of what agents have typed and not sent. The table is in storage/README.md.
// Thread-safety: pure.
#include <string>

#include "core/ids.h"
#include "storage/key.h"

namespace postern::ticketing::draft_keys {

// Kinds of kDraft; never renumber.
inline constexpr std::uint64_t kDraftRecord = 1;
inline constexpr std::uint64_t kOfTicket = 2;  // whose drafts a ticket has
inline constexpr std::uint64_t kHold = 3;

inline std::string of_user_prefix(core::WorkspaceId workspace, core::UserId user) {
  return storage::KeyBuilder(workspace, storage::Space::kDraft).u64(kDraftRecord).u64(user.value).bytes();
}
inline std::string draft(core::WorkspaceId workspace, core::UserId user, core::TicketId ticket) {
  return storage::KeyBuilder(workspace, storage::Space::kDraft).u64(kDraftRecord).u64(user.value).u64(ticket.value).bytes();
}
inline std::string of_ticket_prefix(core::WorkspaceId workspace, core::TicketId ticket) {
  return storage::KeyBuilder(workspace, storage::Space::kDraft).u64(kOfTicket).u64(ticket.value).bytes();
}
inline std::string of_ticket(core::WorkspaceId workspace, core::TicketId ticket, core::UserId user) {
  return storage::KeyBuilder(workspace, storage::Space::kDraft).u64(kOfTicket).u64(ticket.value).u64(user.value).bytes();
}
inline std::string hold(core::WorkspaceId workspace, core::UserId user) {
  return storage::KeyBuilder(workspace, storage::Space::kDraft).u64(kHold).u64(user.value).bytes();
}

}  // namespace postern::ticketing::draft_keys
