#include "ticketing/detail/ticket_draft.h"

#include <set>

#include <algorithm>

#include "ticketing/detail/inbox_counts.h"
#include "ticketing/detail/keys.h"

namespace postern::ticketing {
namespace {
constexpr core::TicketId kFirstTicket{1};  // of a workspace
}

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
  if (id == kFirstTicket) begin_inbox_counts(transaction, workspace);
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
  record_.set_custom_status(0);  // it was one of the other category
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
  }
  return add_comment(schema::Comment(comment), is_from_customer);
}

core::Result<void> TicketDraft::add_comment(schema::Comment&& comment, bool is_from_customer) {
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
  added_.push_back(std::move(comment));
  return put_comment(added_.back());
}

core::Result<void> TicketDraft::put_comment(const schema::Comment& comment) {
  return storage::put_sealed(*transaction_, with_->vault, workspace_,
                             keys::comment(workspace_, id(), core::CommentId{comment.id()}), comment);
}

core::Result<void> TicketDraft::rewrite_comment(const schema::Comment& comment) {
  const auto same = [&comment](const schema::Comment& each) { return each.id() == comment.id(); };
  const auto known = std::ranges::find_if(rewritten_, same);
  if (known != rewritten_.end()) {
    *known = comment;
  } else {
    rewritten_.push_back(comment);
  }
  return put_comment(comment);
}

core::Result<schema::Comment> TicketDraft::read_comment(core::CommentId comment_id) {
  const std::string key = keys::comment(workspace_, id(), comment_id);
  POSTERN_TRY(const std::optional<std::string> value, transaction_->get(key));
  if (!value) return core::fail(Errc::kNotFound, "comment/" + std::to_string(comment_id.value));
  schema::Comment comment;
  POSTERN_CHECK(storage::open_record(with_->vault, workspace_, key, *value, comment));
  return comment;
}

core::Result<schema::Comment> TicketDraft::take_comment(core::CommentId comment_id) {
  POSTERN_TRY(schema::Comment comment, read_comment(comment_id));
  for (const schema::Attachment& each : comment.attachments()) {
    transaction_->erase(keys::attachment(workspace_, core::AttachmentId{each.id()}));
  }
  transaction_->erase(keys::comment(workspace_, id(), comment_id));
  schema::Comment gone;
  gone.set_id(comment.id());
  gone.set_author(comment.author());
  gone.set_is_public(comment.is_public());
  gone.set_created_unix_ms(comment.created_unix_ms());
  rewritten_.push_back(std::move(gone));
  record_.set_comment_count(record_.comment_count() - std::min<std::uint32_t>(record_.comment_count(), 1));
  return comment;
}

void TicketDraft::restore(const schema::Ticket& to) {
  const std::uint64_t version = record_.version();
  record_ = to;
  record_.set_version(version);
  is_restored_ = true;
}

core::Result<void> TicketDraft::save(bool touch) {
  if (touch || !before_) record_.set_updated_unix_ms(with_->now_ms());
  if (!is_restored_) keep_metrics();
  if (touch && !is_restored_ && with_->hooks != nullptr) {
    for (TicketRules* rules : with_->hooks->rules) POSTERN_CHECK(rules->before_save(*this));
    keep_metrics();
  }
  tell_silent_change();
  move_indexes();
  POSTERN_CHECK(storage::put_sealed(*transaction_, with_->vault, workspace_, keys::ticket(workspace_, id()), record_));
  if (with_->hooks == nullptr) return {};
  const TicketChange change{workspace_, before(), &record_, added_, rewritten_, &source_};
  for (TicketIndex* index : with_->hooks->indexes) POSTERN_CHECK(index->follow(*transaction_, change));
  return {};
}

// From the record as read and as it stands, so that doing it twice changes nothing.
void TicketDraft::keep_metrics() {
  const std::int64_t now = with_->now_ms();
  const schema::Ticket none;
  const schema::Ticket& from = before_ ? *before_ : none;
  schema::TicketMetrics to = from.metrics();
  const auto is_done = [](std::uint32_t status) { return status >= static_cast<std::uint32_t>(Status::kSolved); };
  if (!before_ || from.status() != record_.status() || from.custom_status() != record_.custom_status()) {
    to.set_status_since(now);
    if (is_done(record_.status()) && !is_done(from.status())) to.set_solved(now);
    if (before_ && is_done(from.status()) && !is_done(record_.status())) to.set_reopens(to.reopens() + 1);
  }
  if (from.assignee() != record_.assignee()) {
    to.set_assigned(now);
    if (record_.assignee() != 0) {
      if (to.first_assigned() == 0) to.set_first_assigned(now);
      to.set_assignee_stations(to.assignee_stations() + 1);
    }
  }
  if (from.group() != record_.group() && record_.group() != 0) to.set_group_stations(to.group_stations() + 1);
  for (const schema::Comment& each : added_) {
    to.set_last_comment(now);
    if (each.author() == record_.requester()) {
      to.set_requester_updated(now);
      continue;
    }
    if (each.author() == record_.assignee() && each.author() != 0) to.set_assignee_updated(now);
    const bool is_reply = each.is_public() && source_.role >= auth::Role::kAgent;
    if (!is_reply) continue;
    if (to.first_reply() == 0) to.set_first_reply(now);
    to.set_last_public_agent_reply(now);
    to.set_replies(to.replies() + 1);
  }
  *record_.mutable_metrics() = to;
}

// Whoever follows the feed rebuilds the state by it: no change of a ticket may be missing there, whoever made it.
void TicketDraft::tell_silent_change() {
  const auto told = transaction_->changes().find(workspace_);
  const auto is_of_us = [this](const storage::Change& each) {
    return each.object == record_.id() && (each.kind.starts_with("ticket.") || each.kind.starts_with("comment."));
  };
  if (told != transaction_->changes().end() && std::ranges::any_of(told->second, is_of_us)) return;
  if (before_ && before_->SerializeAsString() == record_.SerializeAsString()) return;
  transaction_->record(workspace_, {before_ ? "ticket.changed" : "ticket.created", record_.id(), 0});
}

void TicketDraft::move_indexes() {
  const auto each_key = [this](const schema::Ticket& of, auto&& then) {
    const core::TicketId ticket{of.id()};
    then(keys::by_update(workspace_, of.updated_unix_ms(), ticket));
    then(keys::by_status(workspace_, static_cast<Status>(of.status()), of.updated_unix_ms(), ticket));
    then(keys::by_assignee(workspace_, core::UserId{of.assignee()}, of.updated_unix_ms(), ticket));
    then(keys::by_requester(workspace_, core::UserId{of.requester()}, ticket));
  };
  const bool was_listed = before_ && before_->deleted_unix_ms() == 0;
  const bool is_listed = record_.deleted_unix_ms() == 0;
  if (was_listed) each_key(*before_, [this](std::string key) { transaction_->erase(std::move(key)); });
  if (is_listed) each_key(record_, [this](std::string key) { transaction_->put(std::move(key), {}); });
  move_inbox_count(*transaction_, workspace_, was_listed ? &*before_ : nullptr, is_listed ? &record_ : nullptr);
  if (was_listed && is_listed && before_->status() == record_.status()) return;
  if (was_listed) transaction_->add(keys::status_counter(workspace_, static_cast<Status>(before_->status())), -1);
  if (is_listed) transaction_->add(keys::status_counter(workspace_, status()), 1);
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
