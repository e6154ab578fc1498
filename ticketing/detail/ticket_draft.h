#pragma once
// ticketing/detail/ticket_draft.h: one ticket inside one transaction: changes collect here, and save() writes the
// record, every index, the status counters, the events and the change feed together (design invariant 6).
// Thread-safety: one owner. Errors: Errc::kNotFound, those of the store and the vault.
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "storage/records.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/services.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {

// A tag as it is kept: without blanks around it, in lower case.
std::string normal_tag(std::string_view tag);
// Whether somebody may add it: no blanks, commas or quotes within, and not too long.
bool is_tag(std::string_view tag);

class TicketDraft {
 public:
  // Reads the ticket with conflict detection.
  static core::Result<TicketDraft> open(const Basics& with, storage::Transaction& transaction,
                                        core::WorkspaceId workspace, core::TicketId id);
  // A ticket that does not exist yet, with status "new". `id` comes from Store::next_number.
  static core::Result<TicketDraft> create(const Basics& with, storage::Transaction& transaction,
                                          core::WorkspaceId workspace, core::TicketId id, core::InboxId inbox);

  // Who changes it, for rules and events; the system unless told.
  void changed_by(ChangeSource source) { source_ = std::move(source); }
  const ChangeSource& source() const { return source_; }
  const schema::Ticket* before() const { return before_ ? &*before_ : nullptr; }  // as read; null when new
  std::span<const schema::Comment> added() const { return added_; }  // comments of this change so far
  storage::Transaction& transaction() { return *transaction_; }
  const Basics& services() const { return *with_; }

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

  // What the ticket carries beside its conversation (ticket_draft_fields.cc). What is so already stays without an event. Texts
  // have been redacted; that ids exist, that values fit their fields and that the actor may, the caller has checked.
  // Errors: Errc::kInvalid beyond a limit (TicketLimits).
  core::Result<void> set_subject(core::UserId actor, std::string subject);
  core::Result<void> set_type(core::UserId actor, TicketType type);
  core::Result<void> set_priority(core::UserId actor, Priority priority);
  core::Result<void> set_group(core::UserId actor, std::uint64_t group);                // 0: none; the same of what follows
  core::Result<void> set_organization(core::UserId actor, std::uint64_t organization);
  core::Result<void> set_external_id(core::UserId actor, std::string external_id);
  core::Result<void> set_due(core::UserId actor, std::int64_t unix_ms);
  core::Result<void> set_problem(core::UserId actor, core::TicketId problem);
  core::Result<void> set_form(core::UserId actor, std::uint64_t form);
  core::Result<void> set_custom_status(core::UserId actor, std::uint64_t custom, Status category);  // the status follows
  core::Result<void> set_requester(core::UserId actor, core::UserId requester);
  core::Result<void> set_ccs(core::UserId actor, std::vector<core::UserId> ccs);  // all of them; the same of what follows
  core::Result<void> set_followers(core::UserId actor, std::vector<core::UserId> followers);
  core::Result<void> set_tags(core::UserId actor, std::vector<std::string> tags);
  core::Result<void> remove_tags(core::UserId actor, const std::vector<std::string>& tags);
  // A custom field's values; none: it has no value any more.
  core::Result<void> set_field(core::UserId actor, std::uint64_t field, std::vector<std::string> values);
  std::vector<std::string> field(std::uint64_t field) const;

  // Somebody who became a contact in this transaction, where the accounts do not see him yet.
  void introduce(core::UserId user, pipeline::NamedAddress address) { newcomers_[user] = std::move(address); }
  const pipeline::NamedAddress* newcomer(core::UserId user) const;

  // Writes the comment and its attachment records, and remembers its Message-ID for References.
  core::Result<void> add_comment(schema::Comment& comment, bool is_from_customer);
  core::Result<void> add_comment(schema::Comment&& comment, bool is_from_customer);
  core::Result<void> put_comment(const schema::Comment& comment);  // an existing one: how its delivery goes
  core::Result<void> rewrite_comment(const schema::Comment& comment);  // … whose text or files changed: indexes follow
  core::Result<schema::Comment> read_comment(core::CommentId id);
  // Takes a comment out of the ticket, with the records of its files; indexes see it without text or files. What blobs it
  // uses is up to the caller, who gets it.
  core::Result<schema::Comment> take_comment(core::CommentId id);
  // The record as it was before, but for its version: save() then keeps the times that it counts and asks no rule.
  void restore(const schema::Ticket& to);
  // Once, last: rules, record, indexes. Without `touch` it keeps its place in the lists, and no
  // rule is asked.
  core::Result<void> save(bool touch);

 private:
  TicketDraft(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace)
      : with_(&with), transaction_(&transaction), workspace_(workspace) {}
  core::Result<void> tell_change(core::UserId actor, std::string_view kind, std::string_view detail);
  void tell_silent_change();
  void move_indexes();
  void keep_metrics();
  void remember_thread_id(const std::string& message_id);

  const Basics* with_;
  storage::Transaction* transaction_;
  core::WorkspaceId workspace_;
  schema::Ticket record_;
  std::optional<schema::Ticket> before_;  // as read; none when new
  ChangeSource source_;
  std::vector<schema::Comment> added_;
  std::vector<schema::Comment> rewritten_;
  bool is_restored_ = false;
  std::map<core::UserId, pipeline::NamedAddress> newcomers_;
  bool has_told_change_ = false;  // the feed knows already
};

}  // namespace postern::ticketing
