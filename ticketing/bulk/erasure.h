#pragma once
// ticketing/bulk/erasure.h: the end of a deleted ticket, for good: comments, files, stored messages, history, drafts, mail that
// waits, what was kept to undo changes, then the record. A large ticket goes in several transactions, the first of which
// marks it, so that nobody restores half of one; a crash in between delays the rest. The values leave the disk with the
// purger (purge.h). Traces of its mail stay as long as those of all mail: they hold no content.
// Thread-safety: run by one task a workspace; begin_erasure() from any.  Ownership: borrows.
// Errors: those of the store and the vault.  Limits: BulkLimits.
#include <atomic>

#include "ticketing/bulk/limits.h"
#include "ticketing/detail/services.h"
#include "ticketing/detail/ticket_draft.h"

namespace postern::ticketing {

// Marks a deleted ticket in somebody's transaction; from then on it is not there for anybody.
core::Result<void> begin_erasure(const Basics& with, storage::Transaction& transaction, const auth::Principal& by, core::TicketId id);
// Does what begun erasures have still to do, one after the other, up to the limit; how many tickets are gone.
core::Task<core::Result<std::size_t>> go_on_erasing(const Basics& with, core::WorkspaceId workspace, const BulkLimits& limits,
                                                    const std::atomic<bool>& is_stopping);
// Begins the erasure of tickets that were deleted long enough ago; how many.
core::Task<core::Result<std::size_t>> erase_due(const Basics& with, core::WorkspaceId workspace, const BulkLimits& limits);

}  // namespace postern::ticketing
