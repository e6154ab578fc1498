// Splits: comments that move into a ticket of their own, with everything that leads to them, and back.
#include <algorithm>

#include "ticketing/bulk/comment_removal.h"
#include "ticketing/bulk/merge.h"
#include "ticketing/bulk/removal.h"
#include "ticketing/bulk/vanish.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/queue_item.h"
#include "ticketing/detail/trace_writer.h"

namespace postern::ticketing {
namespace {

core::Error refused(std::string why) { return core::fail(Errc::kInvalid, std::move(why)); }

std::string word_of(core::TicketId id) { return "ticket/" + std::to_string(id.value); }

bool is_waiting(const schema::DeliveryState& delivery) { return delivery.state() == "queued" || delivery.state() == "deferred"; }

class CommentMover {
 public:
  CommentMover(const Services& with, TicketDraft& from, TicketDraft& to) : with_(with), from_(from), to_(to) {}

  core::Result<void> move(core::CommentId id) {
    POSTERN_TRY(schema::Comment comment, from_.take_comment(id));
    POSTERN_TRY(const auto author, with_.accounts.find(to_.workspace(), core::UserId{comment.author()}));
    const bool is_from_customer = comment.via() == "mail" && !(author && author->role >= auth::Role::kAgent);
    POSTERN_CHECK(to_.add_comment(comment, is_from_customer));
    POSTERN_CHECK(move_waiting_mail(comment));
    POSTERN_CHECK(move_message_id(comment));
    transaction().record(to_.workspace(), {"comment.moved", from_.id().value, id.value});
    const TraceStep step{with_.now_ms(), "moved", word_of(to_.id())};
    if (comment.trace() != 0) {
      POSTERN_CHECK(add_trace_step(transaction(), with_.vault, to_.workspace(), core::TraceId{comment.trace()}, step, to_.id()));
    }
    moved_.push_back(std::move(comment));
    return {};
  }
  const std::vector<schema::Comment>& moved() const { return moved_; }

 private:
  storage::Transaction& transaction() { return to_.transaction(); }

  // Entries that have ended say so on the comment only.
  core::Result<void> move_waiting_mail(const schema::Comment& comment) {
    for (const schema::DeliveryState& each : comment.deliveries()) {
      if (!is_waiting(each)) continue;
      auto item = QueueItem::open(with_, transaction(), to_.workspace(), core::OutboxId{each.outbox()});
      if (!item && item.error() == Errc::kNotFound) continue;
      if (!item) return item.error();
      item->entry().set_ticket(to_.id().value);
      POSTERN_CHECK(item->reschedule(item->entry().due_unix_ms()));
    }
    return {};
  }

  core::Result<void> move_message_id(const schema::Comment& comment) {
    POSTERN_TRY(std::string key, own_message_id_key(with_, transaction(), to_.workspace(), core::InboxId{from_.record().inbox()}, comment));
    if (key.empty()) return {};
    schema::MessageIdIndex index;
    index.set_ticket(to_.id().value);
    index.set_comment(comment.id());
    return storage::put_plain(transaction(), std::move(key), index);
  }

  const Services& with_;
  TicketDraft& from_;
  TicketDraft& to_;
  std::vector<schema::Comment> moved_;
};

// What the moved comments mean for the times of their new ticket: as they were, not as of now.
schema::TicketMetrics metrics_of(const schema::Ticket& ticket, const std::vector<schema::Comment>& comments, const auth::Accounts& accounts,
                                 core::WorkspaceId workspace, std::int64_t now_ms) {
  schema::TicketMetrics out;
  out.set_status_since(now_ms);
  for (const schema::Comment& each : comments) {
    const std::int64_t at = each.created_unix_ms();
    out.set_last_comment(std::max(out.last_comment(), at));
    if (each.author() == ticket.requester()) out.set_requester_updated(std::max(out.requester_updated(), at));
    const auto author = accounts.find(workspace, core::UserId{each.author()});
    const bool is_reply = each.is_public() && each.author() != ticket.requester() && author && *author && (*author)->role >= auth::Role::kAgent;
    if (!is_reply) continue;
    if (out.first_reply() == 0) out.set_first_reply(at);
    out.set_last_public_agent_reply(std::max(out.last_public_agent_reply(), at));
    out.set_replies(out.replies() + 1);
  }
  return out;
}

// Message-IDs of comments that left are no part of the conversation any more.
void forget_thread_ids(schema::Ticket& ticket, const std::vector<schema::Comment>& gone) {
  auto& ids = *ticket.mutable_thread_ids();
  bool lost_last = false;
  for (const schema::Comment& each : gone) {
    if (each.message_id().empty()) continue;
    const auto known = std::ranges::find(ids, each.message_id());
    if (known != ids.end()) ids.erase(known);
    lost_last = lost_last || each.message_id() == ticket.last_customer_message_id();
  }
  if (lost_last) ticket.set_last_customer_message_id(ids.empty() ? std::string() : ids.Get(ids.size() - 1));
}

core::Result<core::UserId> requester_for(const Services& with, const TicketDraft& source, core::CommentId first) {
  const std::string key = keys::comment(source.workspace(), source.id(), first);
  POSTERN_TRY(const auto value, with.store.snapshot()->get(key));
  if (!value) return refused("comment_ids: comment/" + std::to_string(first.value) + " is not of this ticket");
  schema::Comment comment;
  POSTERN_CHECK(storage::open_record(with.vault, source.workspace(), key, *value, comment));
  POSTERN_TRY(const auto author, with.accounts.find(source.workspace(), core::UserId{comment.author()}));
  const bool is_customer = author && author->role == auth::Role::kContact;
  return is_customer ? author->id : core::UserId{source.record().requester()};
}

void fill(TicketDraft& fresh, const TicketDraft& source, const SplitOrder& order, core::UserId requester, core::UserId submitter) {
  const schema::Ticket& from = source.record();
  schema::Ticket& to = fresh.record();
  to.set_subject(order.subject.value_or(from.subject()));
  to.set_requester(requester.value);
  to.set_submitter(submitter.value);
  to.set_type(from.type());
  to.set_priority(from.priority());
  to.set_group(from.group());
  if (requester.value == from.requester()) to.set_organization(from.organization());
  *to.mutable_tags() = from.tags();
  to.set_requires_tls(from.requires_tls());
}

}  // namespace

core::Result<void> check_split(const auth::Principal& by, const SplitOrder& order, const BulkLimits& limits) {
  if (!auth::may(by, auth::Permission::kTicketsWrite)) return core::fail(auth::Errc::kForbidden);
  if (order.comments.empty()) return refused("comment_ids: none");
  if (order.comments.size() > limits.moved_max) return refused("comment_ids: too many");
  std::vector<core::CommentId> all = order.comments;
  std::ranges::sort(all);
  if (std::ranges::adjacent_find(all) != all.end()) return refused("comment_ids: one is named twice");
  return {};
}

core::Result<void> split_ticket(const Services& with, storage::Transaction& transaction, const auth::Principal& by, const SplitOrder& order,
                                core::TicketId number, std::uint64_t undo, const BulkLimits& limits) {
  POSTERN_CHECK(check_split(by, order, limits));
  std::vector<core::CommentId> comments = order.comments;
  std::ranges::sort(comments);  // ids are times: the first one first
  POSTERN_TRY(TicketDraft source, open_within(with, transaction, by, order.ticket));
  if (source.status() == Status::kClosed) return refused("id: " + word_of(order.ticket) + " is closed");
  if (source.record().comment_count() <= comments.size()) return refused("comment_ids: one comment has to stay");
  POSTERN_TRY(const core::UserId requester, requester_for(with, source, comments.front()));
  POSTERN_TRY(TicketDraft fresh, TicketDraft::create(with, transaction, by.workspace, number, core::InboxId{source.record().inbox()}));
  fresh.changed_by({by.user, by.role, "api"});
  fill(fresh, source, order, requester, by.user);
  CommentMover mover(with, source, fresh);
  for (const core::CommentId each : comments) {
    auto moved = mover.move(each);
    if (!moved && moved.error() == Errc::kNotFound) return refused("comment_ids: comment/" + std::to_string(each.value) + " is not of this ticket");
    if (!moved) return moved.error();
  }
  forget_thread_ids(source.record(), mover.moved());
  POSTERN_CHECK(begin_undo(with, transaction, by, undo, UndoKind::kSplit, limits));
  POSTERN_CHECK(fresh.add_event(by.user, "created", "split from " + word_of(source.id())));
  *fresh.record().mutable_metrics() = metrics_of(fresh.record(), mover.moved(), with.accounts, by.workspace, with.now_ms());
  fresh.restore(schema::Ticket(fresh.record()));  // no rule is asked: nothing new has come in
  POSTERN_CHECK(audit_ticket(with, fresh, by, "ticket.created", "split from " + word_of(source.id())));
  POSTERN_CHECK(fresh.save(true));
  const std::string what = word_of(fresh.id()) + ", comments " + std::to_string(comments.size());
  POSTERN_CHECK(source.add_event(by.user, "split", what));
  POSTERN_CHECK(audit_ticket(with, source, by, "ticket.split", what));
  POSTERN_CHECK(source.save(true));
  schema::UndoItem made;
  made.set_ticket(fresh.id().value);
  *made.mutable_after() = fresh.record();
  POSTERN_CHECK(put_undo_item(with, transaction, by.workspace, undo, made));
  schema::UndoItem item = undo_item_of(source);
  item.set_partner(fresh.id().value);
  for (const core::CommentId each : comments) item.add_moved(each.value);
  return put_undo_item(with, transaction, by.workspace, undo, item);
}

core::Result<void> move_comments(const Services& with, TicketDraft& from, TicketDraft& to, const std::vector<core::CommentId>& comments) {
  CommentMover mover(with, from, to);
  for (const core::CommentId each : comments) POSTERN_CHECK(mover.move(each));
  forget_thread_ids(from.record(), mover.moved());
  return {};
}

core::Result<std::string> unsplit(const Services& with, storage::Transaction& transaction, const auth::Principal& by, std::uint64_t undo) {
  POSTERN_TRY(const std::vector<core::TicketId> tickets, undo_tickets(transaction.snapshot(), by.workspace, undo));
  std::optional<schema::UndoItem> source_item;
  std::optional<schema::UndoItem> made;
  for (const core::TicketId id : tickets) {
    POSTERN_TRY(const auto item, read_undo_item(with, transaction, by.workspace, undo, id));
    if (item && item->has_before()) source_item = item;
    if (item && !item->has_before()) made = item;
  }
  if (!source_item || !made) return std::string("what it was made of is gone");
  const core::TicketId fresh_id{made->ticket()};
  auto opened = open_within(with, transaction, by, fresh_id);
  if (!opened && opened.error() == Errc::kNotFound) return word_of(fresh_id) + " is not there any more";
  POSTERN_TRY(TicketDraft fresh, std::move(opened));
  if (!is_untouched(fresh, *made)) return word_of(fresh_id) + " was changed since";
  const core::TicketId source_id{source_item->ticket()};
  auto back = open_within(with, transaction, by, source_id);
  if (!back && back.error() == Errc::kNotFound) return word_of(source_id) + " is not there any more";
  POSTERN_TRY(TicketDraft source, std::move(back));
  const bool is_as_it_was = is_untouched(source, *source_item);
  const schema::TicketMetrics metrics = source.record().metrics();
  CommentMover mover(with, fresh, source);
  for (const std::uint64_t each : source_item->moved()) {
    auto moved = mover.move(core::CommentId{each});
    if (!moved && moved.error() != Errc::kNotFound) return moved.error();
  }
  POSTERN_CHECK(source.add_event(by.user, "undone", "split"));
  schema::Ticket to = is_as_it_was ? source_item->before() : source.record();
  if (!is_as_it_was) *to.mutable_metrics() = metrics;
  source.restore(to);
  POSTERN_CHECK(audit_ticket(with, source, by, "ticket.split_undone", word_of(fresh_id)));
  POSTERN_CHECK(source.save(true));
  POSTERN_CHECK(audit_ticket(with, fresh, by, "ticket.split_undone", word_of(source_id)));
  POSTERN_CHECK(vanish(fresh));
  return std::string();
}

}  // namespace postern::ticketing
