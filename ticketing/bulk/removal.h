#pragma once
// ticketing/bulk/removal.h: deleting a ticket, so that it is in no list, count, view or search, and restoring it as it was,
// as long as it is not erased (erasure.h). Mail to a deleted ticket makes a new one.
// Thread-safety: free functions over a transaction or a snapshot.  Ownership: borrows.
// Errors: Errc::kNotFound, auth::Errc::kForbidden, Errc::kConflict (its erasure has begun), those of the store and the vault.
// Limits: BulkLimits::listed_max.
#include <string>
#include <vector>

#include "ticketing/bulk/limits.h"
#include "ticketing/detail/services.h"
#include "ticketing/detail/ticket_draft.h"

namespace postern::ticketing {

enum class Removal { kDelete, kSpam };

// In somebody's transaction; the ticket is saved.
core::Result<TicketDraft> delete_ticket(const Basics& with, storage::Transaction& transaction, const auth::Principal& by, core::TicketId id,
                                        Removal why);
core::Result<TicketDraft> restore_ticket(const Basics& with, storage::Transaction& transaction, const auth::Principal& by, core::TicketId id);

// A ticket that is deleted and not being erased, within the reach of whoever asks.
core::Result<TicketDraft> open_deleted(const Basics& with, storage::Transaction& transaction, const auth::Principal& by, core::TicketId id);
// Puts the ticket among the deleted ones, or takes it from there; the caller saves it.
void mark_deleted(TicketDraft& ticket, std::int64_t now_ms);
void unmark_deleted(TicketDraft& ticket);

struct DeletedTicket {
  Ticket ticket;
  core::UserId by;
  std::int64_t deleted_unix_ms = 0;
};
struct DeletedPage {
  std::vector<DeletedTicket> tickets;
  std::string after;  // opaque
  bool has_more = false;
};
// The latest deletion first.
core::Result<DeletedPage> list_deleted(const Basics& with, const auth::Reach& reach, std::size_t size, const std::string& after,
                                       const BulkLimits& limits);

}  // namespace postern::ticketing
