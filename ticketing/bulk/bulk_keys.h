#pragma once
// ticketing/bulk/bulk_keys.h: keys of jobs, of what undoes changes, and of deleted tickets. The table is in storage/README.md.
// Thread-safety: pure.
#include <string>

#include "core/ids.h"
#include "storage/key.h"

namespace postern::ticketing::bulk_keys {

std::string jobs_prefix(core::WorkspaceId workspace);
std::string job(core::WorkspaceId workspace, std::uint64_t id);
std::string results_prefix(core::WorkspaceId workspace, std::uint64_t job);
std::string result(core::WorkspaceId workspace, std::uint64_t job, std::uint64_t index);
// Jobs that have not ended; the value is the user's id.
std::string open_jobs_prefix(core::WorkspaceId workspace);
std::string open_job(core::WorkspaceId workspace, std::uint64_t id);

std::string undo(core::WorkspaceId workspace, std::uint64_t id);
std::string undo_items_prefix(core::WorkspaceId workspace, std::uint64_t id);
std::string undo_item(core::WorkspaceId workspace, std::uint64_t id, core::TicketId ticket);
// By when it expires, soonest first.
std::string undo_expiries_prefix(core::WorkspaceId workspace);
std::string undo_expiry(core::WorkspaceId workspace, std::int64_t at_ms, std::uint64_t id);
// Which records hold values of a ticket.
std::string undos_of_prefix(core::WorkspaceId workspace, core::TicketId ticket);
std::string undo_of(core::WorkspaceId workspace, core::TicketId ticket, std::uint64_t id);

// Deleted tickets, newest first.
std::string deleted_prefix(core::WorkspaceId workspace);
std::string deleted(core::WorkspaceId workspace, std::int64_t at_ms, core::TicketId ticket);
// A ticket whose erasure has begun.
std::string erasures_prefix(core::WorkspaceId workspace);
std::string erasure(core::WorkspaceId workspace, core::TicketId ticket);

// The numbers at the end of a key.
std::uint64_t last_number(const std::string& key);

}  // namespace postern::ticketing::bulk_keys
