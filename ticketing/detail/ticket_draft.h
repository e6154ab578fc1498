#pragma once
// ticketing/detail/ticket_draft.h: one ticket inside one transaction: changes collect here, and save() writes the
// record, every index, the status counters, the events and the change feed together (design invariant 6).
// Thread-safety: one owner. Errors: Errc::kNotFound, those of the store and the vault.
#include <optional>
#include <string>
#include <vector>

#include "storage/records.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/services.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {

class TicketDraft {
 public:
  // Reads the ticket with conflict detection.
  static core::Result<TicketDraft> open(const Basics& with, storage::Transaction& transaction,
                                        core::WorkspaceId workspace, core::TicketId id);
  // A ticket that does not exist yet, with status "new". `id` comes from Store::next_number.
  static core::Result<TicketDraft> create(const Basics& with, storage::Transaction& transaction,
                                          core::WorkspaceId workspace, core::TicketId id, core::InboxId inbox);

  schema::Ticket& record() { return record_; }
  const schema::Ticket& record() const { return record_; }
  core::TicketId id() const { return core::TicketId{record_.id()}; }
  core::WorkspaceId workspace() const { return workspace_; }
  Status status() const { return static_cast<Status>(record_.status()); }
  bool is_participant(core::UserId user) const;

  core::Result<void> add_event(core::UserId actor, std::string_view kind, std::string_view detail,
                               core::CommentId comment = {});
  core::Result<void> set_status(core::UserId actor, Status status);
  core::Result<void> set_assignee(core::UserId actor, core::UserId assignee);
  core::Result<void> add_tags(core::UserId actor, const std::vector<std::string>& tags);  // new ones only; an event tells
  // Writes the comment and its attachment records, and remembers its Message-ID for References.
  core::Result<void> add_comment(schema::Comment& comment, bool is_from_customer);
  core::Result<void> put_comment(const schema::Comment& comment);  // an existing one, changed
  core::Result<schema::Comment> read_comment(core::CommentId id);
  // Once, last. Without `touch` the ticket keeps its place in the lists.
  core::Result<void> save(bool touch);

 private:
  TicketDraft(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace)
      : with_(&with), transaction_(&transaction), workspace_(workspace) {}
  void move_indexes();
  void remember_thread_id(const std::string& message_id);

  const Basics* with_;
  storage::Transaction* transaction_;
  core::WorkspaceId workspace_;
  schema::Ticket record_;
  std::optional<schema::Ticket> before_;  // as read; none when new
};

}  // namespace postern::ticketing
