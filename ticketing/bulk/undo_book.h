#pragma once
// ticketing/bulk/undo_book.h: what a change was made of, written in its own transaction: of each ticket the record as it was
// and as it became. Undoing gives back the former where the latter still stands; a ticket that somebody has changed since
// stays as it is, and whoever undoes is told. What came by itself (the delivery of a mail) is no change.
// A removal by hand takes these copies along (forget_values).
// Thread-safety: free functions over the transaction.  Errors: Errc::kNotFound, those of the store and the vault.
// Limits: BulkLimits::undo_life.
#include <optional>
#include <string>
#include <vector>

#include "storage/schema/bulk.pb.h"
#include "ticketing/bulk/limits.h"
#include "ticketing/detail/services.h"
#include "ticketing/detail/ticket_draft.h"

namespace postern::ticketing {

// Never renumber: stored.
enum class UndoKind : std::uint32_t { kBulk = 1, kMerge = 2, kSplit = 3, kReply = 4 };

// The head of it, with its expiry. Once for an id.
core::Result<void> begin_undo(const Basics& with, storage::Transaction& transaction, const auth::Principal& by, std::uint64_t id,
                              UndoKind kind, const BulkLimits& limits);
// One ticket of it; `item` has before and after.
core::Result<void> put_undo_item(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t id,
                                 const schema::UndoItem& item);
// An item of a draft that was saved.
schema::UndoItem undo_item_of(const TicketDraft& saved);

core::Result<schema::UndoRecord> read_undo(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace,
                                           std::uint64_t id);
core::Result<std::optional<schema::UndoItem>> read_undo_item(const Basics& with, storage::Transaction& transaction,
                                                             core::WorkspaceId workspace, std::uint64_t id, core::TicketId ticket);
// Tickets of it, by number.
core::Result<std::vector<core::TicketId>> undo_tickets(const storage::Snapshot& snapshot, core::WorkspaceId workspace, std::uint64_t id);

// Whether two states are the same but for what counts changes.
bool is_same_state(const schema::Ticket& a, const schema::Ticket& b);
// Whether the ticket still is as the change left it.
bool is_untouched(const TicketDraft& ticket, const schema::UndoItem& item);
// Makes the untouched ticket what it was, without the notes that came with the change, and saves it. What was mailed stays:
// then only the fields are as they were. Errors: auth::Errc::kForbidden for whoever may not take the notes away: one's own
// ask for notes:write, those of others for comments:redact.
core::Result<void> give_back(TicketDraft& ticket, const auth::Principal& by, const schema::UndoItem& item);
// Whether somebody may undo it: its author, and whoever manages the whole workspace.
bool may_undo(const auth::Principal& by, const schema::UndoRecord& record);

// Takes what is kept of a ticket out of all records, in somebody's transaction; returns the keys that held it.
core::Result<std::vector<std::string>> forget_values(storage::Transaction& transaction, core::WorkspaceId workspace, core::TicketId ticket);
// What nobody can undo any more: erases some of it; how many.
core::Result<std::size_t> erase_expired_undos(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace,
                                              const BulkLimits& limits);

}  // namespace postern::ticketing
