#include "ticketing/detail/ticket_draft.h"

#include <set>

#include <algorithm>

#include "ticketing/detail/keys.h"

namespace postern::ticketing {

core::Result<TicketDraft> TicketDraft::open(const Basics& with, storage::Transaction& transaction,
                                            core::WorkspaceId workspace, core::TicketId id) {
  TicketDraft draft(with, transaction, workspace);
  const std::string key = keys::ticket(workspace, id);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  if (!value) return core::fail(Errc::kNotFound, "ticket/" + std::to_string(id.value));
  POSTERN_CHECK(storage::open_record(with.vault, workspace, key, *value, draft.record_));
  draft.before_ = draft.record_;
  return draft;
}

core::Result<TicketDraft> TicketDraft::create(const Basics& with, storage::Transaction& transaction,
                                              core::WorkspaceId workspace, core::TicketId id, core::InboxId inbox) {
  TicketDraft draft(with, transaction, workspace);
  const std::string key = keys::ticket(workspace, id);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  if (value) return core::fail_transient(storage::Errc::kConflict, "ticket/" + std::to_string(id.value));
  draft.record_.set_id(id.value);
  draft.record_.set_inbox(inbox.value);
  draft.record_.set_status(static_cast<std::uint32_t>(Status::kNew));
  draft.record_.set_created_unix_ms(with.now_ms());
  transaction.raise(keys::ticket_counter(workspace), id.value);
  return draft;
}

bool TicketDraft::is_participant(core::UserId user) const {
  return user && (record_.requester() == user.value || std::ranges::find(record_.ccs(), user.value) != record_.ccs().end());
}

core::Result<void> TicketDraft::add_event(core::UserId actor, std::string_view kind, std::string_view detail,
                                          core::CommentId comment) {
  schema::TicketEvent event;
  record_.set_version(record_.version() + 1);
  event.set_number(record_.version());
  event.set_at_unix_ms(with_->now_ms());
  event.set_actor(actor.value);
  event.set_kind(std::string(kind));
  event.set_detail(std::string(detail));
  event.set_comment(comment.value);
  return storage::put_sealed(*transaction_, with_->vault, workspace_, keys::event(workspace_, id(), event.number()), event);
}

core::Result<void> TicketDraft::set_status(core::UserId actor, Status to) {
  const Status from = status();
  if (from == to) return {};
  record_.set_status(static_cast<std::uint32_t>(to));
  transaction_->record(workspace_, {"ticket.status", record_.id(), 0});
  return add_event(actor, "status", std::string(to_string(from)) + " -> " + std::string(to_string(to)));
}

core::Result<void> TicketDraft::set_assignee(core::UserId actor, core::UserId assignee) {
  if (record_.assignee() == assignee.value) return {};
  const std::string change = std::to_string(record_.assignee()) + " -> " + std::to_string(assignee.value);
  record_.set_assignee(assignee.value);
  transaction_->record(workspace_, {"ticket.assignee", record_.id(), 0});
  return add_event(actor, "assignee", change);
}

core::Result<void> TicketDraft::add_tags(core::UserId actor, const std::vector<std::string>& tags) {
  std::set<std::string> all(record_.tags().begin(), record_.tags().end());
  std::string added;
  for (const std::string& tag : tags) {
    if (all.insert(tag).second) added += (added.empty() ? "+" : " +") + tag;
  }
  if (added.empty()) return {};
  record_.clear_tags();
  for (const std::string& tag : all) record_.add_tags(tag);
  return add_event(actor, "tags", added);
}

core::Result<void> TicketDraft::add_comment(schema::Comment& comment, bool is_from_customer) {
  for (auto& attachment : *comment.mutable_attachments()) {
    attachment.set_ticket(record_.id());
    attachment.set_comment(comment.id());
    POSTERN_CHECK(storage::put_sealed(*transaction_, with_->vault, workspace_,
                                      keys::attachment(workspace_, core::AttachmentId{attachment.id()}), attachment));
  }
  record_.set_comment_count(record_.comment_count() + 1);
  if (!comment.message_id().empty()) {
    remember_thread_id(comment.message_id());
    if (is_from_customer) record_.set_last_customer_message_id(comment.message_id());
  }
  transaction_->record(workspace_, {before_ || record_.comment_count() > 1 ? "comment.added" : "ticket.created",
                                    record_.id(), comment.id()});
  return put_comment(comment);
}

core::Result<void> TicketDraft::put_comment(const schema::Comment& comment) {
  return storage::put_sealed(*transaction_, with_->vault, workspace_,
                             keys::comment(workspace_, id(), core::CommentId{comment.id()}), comment);
}

core::Result<schema::Comment> TicketDraft::read_comment(core::CommentId comment_id) {
  const std::string key = keys::comment(workspace_, id(), comment_id);
  POSTERN_TRY(const std::optional<std::string> value, transaction_->get(key));
  if (!value) return core::fail(Errc::kNotFound, "comment/" + std::to_string(comment_id.value));
  schema::Comment comment;
  POSTERN_CHECK(storage::open_record(with_->vault, workspace_, key, *value, comment));
  return comment;
}

core::Result<void> TicketDraft::save(bool touch) {
  if (touch || !before_) record_.set_updated_unix_ms(with_->now_ms());
  move_indexes();
  return storage::put_sealed(*transaction_, with_->vault, workspace_, keys::ticket(workspace_, id()), record_);
}

void TicketDraft::move_indexes() {
  const auto each_key = [this](const schema::Ticket& of, auto&& then) {
    const core::TicketId ticket{of.id()};
    then(keys::by_update(workspace_, of.updated_unix_ms(), ticket));
    then(keys::by_status(workspace_, static_cast<Status>(of.status()), of.updated_unix_ms(), ticket));
    then(keys::by_assignee(workspace_, core::UserId{of.assignee()}, of.updated_unix_ms(), ticket));
    then(keys::by_requester(workspace_, core::UserId{of.requester()}, ticket));
  };
  if (before_) each_key(*before_, [this](std::string key) { transaction_->erase(std::move(key)); });
  each_key(record_, [this](std::string key) { transaction_->put(std::move(key), {}); });
  if (before_ && before_->status() == record_.status()) return;
  if (before_) transaction_->add(keys::status_counter(workspace_, static_cast<Status>(before_->status())), -1);
  transaction_->add(keys::status_counter(workspace_, status()), 1);
}

void TicketDraft::remember_thread_id(const std::string& message_id) {
  auto& ids = *record_.mutable_thread_ids();
  const auto known = std::ranges::find(ids, message_id);
  if (known != ids.end()) ids.erase(known);
  record_.add_thread_ids(message_id);
  const auto most = static_cast<int>(with_->options.thread_ids_max);
  if (ids.size() > most) ids.DeleteSubrange(0, ids.size() - most);
}

}  // namespace postern::ticketing
