#include "ticketing/service_levels/keys.h"

namespace postern::ticketing::keys {
namespace {

// Never renumber: these are on disk. Those below 20 are automation/keys.cc's.
enum class SlaKind : std::uint64_t { kDue = 20, kRebuild = 21, kEvents = 22 };

storage::KeyBuilder sla_key(core::WorkspaceId workspace, SlaKind kind) {
  storage::KeyBuilder out(workspace, storage::Space::kTicketDue);
  out.u64(static_cast<std::uint64_t>(kind));
  return out;
}

}  // namespace

std::string sla_due_prefix(core::WorkspaceId workspace) { return sla_key(workspace, SlaKind::kDue).take(); }
std::string sla_due(core::WorkspaceId workspace, std::int64_t due_ms, core::TicketId ticket) {
  return sla_key(workspace, SlaKind::kDue).u64(static_cast<std::uint64_t>(due_ms)).u64(ticket.value).bytes();
}
SlaDue read_sla_due(std::string_view key) {
  storage::KeyReader reader(key);
  reader.u64();
  SlaDue out;
  out.due_ms = static_cast<std::int64_t>(reader.u64());
  out.ticket = core::TicketId{reader.u64()};
  return reader.ok() ? out : SlaDue{};
}
std::string sla_events_prefix(core::WorkspaceId workspace, core::TicketId ticket) {
  return sla_key(workspace, SlaKind::kEvents).u64(ticket.value).bytes();
}
std::string sla_events(core::WorkspaceId workspace, core::TicketId ticket, std::uint64_t id) {
  return sla_key(workspace, SlaKind::kEvents).u64(ticket.value).u64(id).bytes();
}
std::string sla_rebuild(core::WorkspaceId workspace) { return sla_key(workspace, SlaKind::kRebuild).take(); }

}  // namespace postern::ticketing::keys
