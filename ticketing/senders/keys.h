#pragma once
// ticketing/senders/keys.h: the key space kIntake, (kind, …). The table is in storage/README.md.
#include <string>
#include <string_view>

#include "core/ids.h"
#include "storage/key.h"

namespace postern::ticketing::intake_keys {

// Never renumber: these are on disk.
enum class Kind : std::uint64_t { kSender = 1, kSuspendedSettings = 2, kDigestDay = 3, kJoinRequest = 4 };

inline storage::KeyBuilder of(core::WorkspaceId workspace, Kind kind) {
  storage::KeyBuilder out(workspace, storage::Space::kIntake);
  out.u64(static_cast<std::uint64_t>(kind));
  return out;
}

inline std::string sender(core::WorkspaceId workspace, std::string_view pattern) {
  storage::KeyBuilder out = of(workspace, Kind::kSender);
  out.text(pattern);
  return std::move(out).take();
}
inline std::string suspended_settings(core::WorkspaceId workspace) { return of(workspace, Kind::kSuspendedSettings).bytes(); }
inline std::string digest_day(core::WorkspaceId workspace) { return of(workspace, Kind::kDigestDay).bytes(); }

inline std::string join_requests_prefix(core::WorkspaceId workspace) { return of(workspace, Kind::kJoinRequest).bytes(); }
inline std::string join_requests_prefix(core::WorkspaceId workspace, core::TicketId ticket) {
  storage::KeyBuilder out = of(workspace, Kind::kJoinRequest);
  out.u64(ticket.value);
  return std::move(out).take();
}
inline std::string join_request(core::WorkspaceId workspace, core::TicketId ticket, core::TicketId made) {
  storage::KeyBuilder out = of(workspace, Kind::kJoinRequest);
  out.u64(ticket.value).u64(made.value);
  return std::move(out).take();
}

}  // namespace postern::ticketing::intake_keys
