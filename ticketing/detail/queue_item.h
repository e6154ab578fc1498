#pragma once
// ticketing/detail/queue_item.h: one entry of the outgoing queue inside one transaction: its record, its place in the
// due index, its trace, and what its outcome does to the ticket. Mail of the system has no ticket: nobody is told of
// its outcome but its trace and the log. A notification of a rule has a ticket and no comment: its failure is an event.
// Thread-safety: one owner.
// Errors: Errc::kNotFound when the entry is gone (delivered, given up or dropped), those of the store and the vault.
#include "storage/records.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/services.h"

namespace postern::ticketing {

class QueueItem {
 public:
  static core::Result<QueueItem> open(const Basics& with, storage::Transaction& transaction,
                                      core::WorkspaceId workspace, core::OutboxId id);
  // What all entries of one comment send alike.
  static core::Result<void> add_body(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace,
                                     core::CommentId comment, std::string message);
  // The whole message of an entry that shares nothing with others.
  static core::Result<void> add_message(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace,
                                        core::OutboxId id, std::string message);
  // A new entry, due now. `bytes`: of its whole message, for the trace.
  static core::Result<void> add(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace,
                                schema::OutboxEntry entry, std::size_t bytes);

  schema::OutboxEntry& entry() { return entry_; }
  bool is_finished() const { return is_finished_; }
  bool is_of_ticket() const { return entry_.ticket() != 0; }
  bool is_leased_at(std::int64_t now_ms) const { return entry_.leased_until_unix_ms() > now_ms; }
  // The RFC 5322 message for this recipient.
  core::Result<std::string> message() const;
  // Writes the record and moves it to `due_ms` in the index; 0 takes it out of the index.
  core::Result<void> reschedule(std::int64_t due_ms);
  // Ends the entry and tells its ticket, if it has one: "delivered" or "failed", with an event of that outcome.
  core::Result<void> finish(core::UserId actor, std::string_view state, std::string_view detail);
  core::Result<void> add_step(std::string_view what, std::string_view detail);
  // The recipient's state on the comment, without an event; nothing without a ticket.
  core::Result<void> mark_comment(std::string_view state);

 private:
  QueueItem(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace)
      : with_(&with), transaction_(&transaction), workspace_(workspace) {}
  core::OutboxId id() const { return core::OutboxId{entry_.id()}; }

  const Basics* with_;
  storage::Transaction* transaction_;
  core::WorkspaceId workspace_;
  schema::OutboxEntry entry_;
  bool is_finished_ = false;
};

}  // namespace postern::ticketing
