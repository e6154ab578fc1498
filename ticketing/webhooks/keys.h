#pragma once
// ticketing/webhooks/keys.h: keys of space kWebhook. The table is in storage/README.md.
#include <string>

#include "core/ids.h"
#include "storage/key.h"

namespace postern::ticketing::webhook_keys {

// Never renumber: on disk. "Ticket" is what an event happened to: of people and organisations their id (webhook_place()).
enum class Kind : std::uint64_t {
  kEvent = 1,     // (ticket, id): what has still to be shared out
  kDelivery = 2,  // (webhook, id)
  kQueue = 3,     // (webhook, ticket, id): deliveries that have not ended, in their order
  kHead = 4,      // (webhook, ticket) -> id of the first of them
  kDue = 5,       // (webhook, time, id) -> ticket: only heads
};

inline storage::KeyBuilder of(core::WorkspaceId workspace, Kind kind) {
  storage::KeyBuilder key(workspace, storage::Space::kWebhook);
  key.u64(static_cast<std::uint64_t>(kind));
  return key;
}
inline std::string prefix(core::WorkspaceId workspace, Kind kind) { return of(workspace, kind).bytes(); }
inline std::string prefix(core::WorkspaceId workspace, Kind kind, std::uint64_t webhook) { return of(workspace, kind).u64(webhook).bytes(); }
inline std::string event(core::WorkspaceId workspace, std::uint64_t ticket, std::uint64_t id) {
  return of(workspace, Kind::kEvent).u64(ticket).u64(id).bytes();
}
inline std::string delivery(core::WorkspaceId workspace, std::uint64_t webhook, std::uint64_t id) {
  return of(workspace, Kind::kDelivery).u64(webhook).u64(id).bytes();
}
inline std::string queue_prefix(core::WorkspaceId workspace, std::uint64_t webhook, std::uint64_t ticket) {
  return of(workspace, Kind::kQueue).u64(webhook).u64(ticket).bytes();
}
inline std::string queue(core::WorkspaceId workspace, std::uint64_t webhook, std::uint64_t ticket, std::uint64_t id) {
  return of(workspace, Kind::kQueue).u64(webhook).u64(ticket).u64(id).bytes();
}
inline std::string head(core::WorkspaceId workspace, std::uint64_t webhook, std::uint64_t ticket) {
  return of(workspace, Kind::kHead).u64(webhook).u64(ticket).bytes();
}
inline std::string due(core::WorkspaceId workspace, std::uint64_t webhook, std::int64_t due_ms, std::uint64_t id) {
  return of(workspace, Kind::kDue).u64(webhook).u64(static_cast<std::uint64_t>(due_ms)).u64(id).bytes();
}

}  // namespace postern::ticketing::webhook_keys
