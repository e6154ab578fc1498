#pragma once
// ticketing/service_levels/keys.h: what is kept of service levels beside their definitions and the tickets. The table is in
// storage/README.md. Keys hold ids and times only.
#include <string>

#include "core/ids.h"
#include "storage/key.h"

namespace postern::ticketing::keys {

// (kTicketDue, 20, time, ticket): when a promise will be broken. Empty.
std::string sla_due_prefix(core::WorkspaceId workspace);
std::string sla_due(core::WorkspaceId workspace, std::int64_t due_ms, core::TicketId ticket);
struct SlaDue {
  std::int64_t due_ms = 0;
  core::TicketId ticket;
};
SlaDue read_sla_due(std::string_view key);
// (kTicketDue, 22, ticket, id): MetricEvents of one save.
std::string sla_events_prefix(core::WorkspaceId workspace, core::TicketId ticket);
std::string sla_events(core::WorkspaceId workspace, core::TicketId ticket, std::uint64_t id);
// (kTicketDue, 21): DueRebuild, of tickets that follow changed policies and schedules.
std::string sla_rebuild(core::WorkspaceId workspace);

}  // namespace postern::ticketing::keys
