#include "ticketing/bulk/bulk_keys.h"

#include <algorithm>

namespace postern::ticketing::bulk_keys {

using storage::KeyBuilder;
using storage::Space;

namespace {

// Kinds of kJob and of kUndo; never renumber.
constexpr std::uint64_t kJobRecord = 1;
constexpr std::uint64_t kJobResult = 2;
constexpr std::uint64_t kJobOpen = 3;
constexpr std::uint64_t kUndoRecord = 1;
constexpr std::uint64_t kUndoItem = 2;
constexpr std::uint64_t kUndoExpiry = 3;
constexpr std::uint64_t kUndoOfTicket = 4;
constexpr std::uint64_t kDeleted = 5;
constexpr std::uint64_t kErasure = 6;

KeyBuilder jobs(core::WorkspaceId workspace, std::uint64_t kind) {
  KeyBuilder out(workspace, Space::kJob);
  out.u64(kind);
  return out;
}

KeyBuilder undos(core::WorkspaceId workspace, std::uint64_t kind) {
  KeyBuilder out(workspace, Space::kUndo);
  out.u64(kind);
  return out;
}

std::uint64_t ms(std::int64_t value) { return static_cast<std::uint64_t>(std::max<std::int64_t>(0, value)); }

}  // namespace

std::string jobs_prefix(core::WorkspaceId workspace) { return jobs(workspace, kJobRecord).bytes(); }
std::string job(core::WorkspaceId workspace, std::uint64_t id) { return jobs(workspace, kJobRecord).u64(id).bytes(); }
std::string results_prefix(core::WorkspaceId workspace, std::uint64_t job) { return jobs(workspace, kJobResult).u64(job).bytes(); }
std::string result(core::WorkspaceId workspace, std::uint64_t job, std::uint64_t index) {
  return jobs(workspace, kJobResult).u64(job).u64(index).bytes();
}
std::string open_jobs_prefix(core::WorkspaceId workspace) { return jobs(workspace, kJobOpen).bytes(); }
std::string open_job(core::WorkspaceId workspace, std::uint64_t id) { return jobs(workspace, kJobOpen).u64(id).bytes(); }

std::string undo(core::WorkspaceId workspace, std::uint64_t id) { return undos(workspace, kUndoRecord).u64(id).bytes(); }
std::string undo_items_prefix(core::WorkspaceId workspace, std::uint64_t id) { return undos(workspace, kUndoItem).u64(id).bytes(); }
std::string undo_item(core::WorkspaceId workspace, std::uint64_t id, core::TicketId ticket) {
  return undos(workspace, kUndoItem).u64(id).u64(ticket.value).bytes();
}
std::string undo_expiries_prefix(core::WorkspaceId workspace) { return undos(workspace, kUndoExpiry).bytes(); }
std::string undo_expiry(core::WorkspaceId workspace, std::int64_t at_ms, std::uint64_t id) {
  return undos(workspace, kUndoExpiry).u64(ms(at_ms)).u64(id).bytes();
}
std::string undos_of_prefix(core::WorkspaceId workspace, core::TicketId ticket) {
  return undos(workspace, kUndoOfTicket).u64(ticket.value).bytes();
}
std::string undo_of(core::WorkspaceId workspace, core::TicketId ticket, std::uint64_t id) {
  return undos(workspace, kUndoOfTicket).u64(ticket.value).u64(id).bytes();
}

std::string deleted_prefix(core::WorkspaceId workspace) { return undos(workspace, kDeleted).bytes(); }
std::string deleted(core::WorkspaceId workspace, std::int64_t at_ms, core::TicketId ticket) {
  return undos(workspace, kDeleted).u64_descending(ms(at_ms)).u64(ticket.value).bytes();
}
std::string erasures_prefix(core::WorkspaceId workspace) { return undos(workspace, kErasure).bytes(); }
std::string erasure(core::WorkspaceId workspace, core::TicketId ticket) { return undos(workspace, kErasure).u64(ticket.value).bytes(); }

std::uint64_t last_number(const std::string& key) {
  std::uint64_t out = 0;
  for (const char c : key.substr(key.size() - sizeof out)) out = (out << 8U) | static_cast<unsigned char>(c);
  return out;
}

}  // namespace postern::ticketing::bulk_keys
