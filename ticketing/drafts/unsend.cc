// Drafts: replies that are held back for a while, and taken back within it.
#include <algorithm>

#include "storage/schema/bulk.pb.h"
#include "ticketing/bulk/bulk_keys.h"
#include "ticketing/bulk/comment_removal.h"
#include "ticketing/bulk/note.h"
#include "ticketing/bulk/undo_book.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/queue_item.h"
#include "ticketing/detail/retry.h"
#include "ticketing/drafts/draft_keys.h"
#include "ticketing/drafts/drafts.h"
#include "ticketing/html_words.h"
#include "ticketing/shown.h"

namespace postern::ticketing {
namespace {

constexpr std::int64_t kMsPerSecond = 1000;

core::Error too_late() { return core::fail(Errc::kConflict, "comment: its mail is on its way"); }

bool is_waiting(QueueItem& item, std::int64_t now_ms) {
  const schema::OutboxEntry& entry = item.entry();
  return entry.attempts() == 0 && !item.is_leased_at(now_ms) && (entry.is_held() || entry.due_unix_ms() > now_ms);
}

// The entries that carry it, if none of them was given to anybody yet.
core::Result<void> drop_waiting(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Comment& comment) {
  for (const schema::DeliveryState& each : comment.deliveries()) {
    const core::OutboxId id{each.outbox()};
    auto item = QueueItem::open(with, transaction, workspace, id);
    if (!item && item.error() == Errc::kNotFound) return too_late();
    if (!item) return item.error();
    const schema::OutboxEntry& entry = item->entry();
    if (!is_waiting(*item, with.now_ms())) return too_late();
    POSTERN_CHECK(item->add_step("withdrawn", "by its author"));
    if (entry.due_unix_ms() != 0) transaction.erase(keys::due(workspace, entry.due_unix_ms(), id));
    transaction.erase(keys::outbox(workspace, id));
  }
  transaction.erase(keys::outbox_body(workspace, core::CommentId{comment.id()}));
  return {};
}

void forget_thread_id(schema::Ticket& ticket, const std::string& message_id) {
  auto& ids = *ticket.mutable_thread_ids();
  const auto known = std::ranges::find(ids, message_id);
  if (known != ids.end()) ids.erase(known);
}

}  // namespace

core::Result<void> Drafts::hold_back(storage::Transaction& transaction, const TicketChange& change, const schema::Comment& comment) const {
  const core::UserId author{comment.author()};
  POSTERN_TRY(const std::uint32_t seconds, hold_seconds(change.workspace, author));
  if (seconds == 0) return {};
  for (const schema::DeliveryState& each : comment.deliveries()) {
    POSTERN_TRY(QueueItem item, QueueItem::open(with_, transaction, change.workspace, core::OutboxId{each.outbox()}));
    POSTERN_CHECK(item.reschedule(with_.now_ms() + seconds * kMsPerSecond));
  }
  auth::Principal by;
  by.workspace = change.workspace;
  by.user = author;
  POSTERN_CHECK(begin_undo(with_, transaction, by, comment.id(), UndoKind::kReply, BulkLimits()));
  schema::UndoItem item;
  item.set_ticket(change.after->id());
  *item.mutable_before() = *change.before;
  *item.mutable_after() = *change.after;
  return put_undo_item(with_, transaction, change.workspace, comment.id(), item);
}

core::Result<std::int64_t> Drafts::held_until(core::WorkspaceId workspace, core::TicketId ticket, core::CommentId id) const {
  storage::Transaction transaction = with_.store.begin();
  const std::string key = keys::comment(workspace, ticket, id);
  POSTERN_TRY(const auto value, transaction.get(key));
  if (!value) return 0;
  schema::Comment comment;
  POSTERN_CHECK(storage::open_record(with_.vault, workspace, key, *value, comment));
  std::int64_t until = 0;
  for (const schema::DeliveryState& each : comment.deliveries()) {
    auto item = QueueItem::open(with_, transaction, workspace, core::OutboxId{each.outbox()});
    if (!item && item.error() == Errc::kNotFound) return 0;
    if (!item) return item.error();
    if (!is_waiting(*item, with_.now_ms())) return 0;
    const std::int64_t due = item->entry().due_unix_ms();
    until = until == 0 || due == 0 ? std::max(until, due) : std::min(until, due);
  }
  return until;
}

core::Result<Unsent> Drafts::take_back(storage::Transaction& transaction, const auth::Principal& by, core::TicketId id, core::CommentId comment_id) const {
  POSTERN_TRY(TicketDraft ticket, open_within(with_, transaction, by, id));
  POSTERN_TRY(const schema::Comment comment, ticket.read_comment(comment_id));
  if (comment.author() != by.user.value) return core::fail(auth::Errc::kForbidden);
  if (!comment.is_public() || comment.deliveries().empty()) return core::fail(Errc::kInvalid, "comment: it was mailed to nobody");
  POSTERN_CHECK(drop_waiting(with_, transaction, by.workspace, comment));
  POSTERN_TRY(const std::string text, codec::get_text(transaction.snapshot(), with_.vault, by.workspace, comment.text()));
  POSTERN_TRY(const std::string html, codec::get_text(transaction.snapshot(), with_.vault, by.workspace, comment.html()));
  POSTERN_TRY(const auto item, read_undo_item(with_, transaction, by.workspace, comment_id.value, id));
  const bool is_as_sent = item && is_untouched(ticket, *item);
  POSTERN_CHECK(ticket.take_comment(comment_id));
  POSTERN_CHECK(release_comment_blobs(transaction, by.workspace, comment));
  if (is_as_sent) {
    ticket.restore(item->before());
    transaction.record(by.workspace, {"ticket.status", id.value, 0});
  } else {
    forget_thread_id(ticket.record(), comment.message_id());
    ticket.restore(schema::Ticket(ticket.record()));  // nothing was said: no time counts, no rule is asked
  }
  transaction.erase(bulk_keys::undo_item(by.workspace, comment_id.value, id));
  transaction.erase(bulk_keys::undo_of(by.workspace, id, comment_id.value));
  transaction.record(by.workspace, {"comment.withdrawn", id.value, comment_id.value});
  POSTERN_CHECK(ticket.add_event(by.user, "unsent", {}));
  POSTERN_CHECK(audit_ticket(with_, ticket, by, "comment.unsent", "comment/" + std::to_string(comment_id.value)));
  POSTERN_CHECK(ticket.save(true));
  // What was typed since comes behind it.
  POSTERN_TRY(const auto since, read(transaction, by.workspace, by.user, id));
  Draft draft{id, text, true, since ? since->revision : 0, 0, html};
  if (since && !since->text.empty()) {
    const auto as_paragraph = [](const std::string& words) { return "<p>" + as_html(words) + "</p>"; };
    const bool is_formatted = !html.empty() || !since->html.empty();
    if (is_formatted) draft.html = (html.empty() ? as_paragraph(text) : html) + (since->html.empty() ? as_paragraph(since->text) : since->html);
    draft.text += "\n\n" + since->text;
  }
  Unsent out;
  POSTERN_TRY(out.draft, store(transaction, by, std::move(draft)));
  out.ticket = shown(transaction.snapshot(), with_.vault, by, ticket.record());
  out.files_removed = static_cast<std::size_t>(comment.attachments_size());
  return out;
}

core::Task<core::Result<Unsent>> Drafts::unsend(auth::Principal by, core::TicketId ticket, core::CommentId comment) {
  for (Patience patience(with_.clock, with_.options);;) {
    storage::Transaction transaction = with_.store.begin();
    POSTERN_CO_TRY(Unsent done, take_back(transaction, by, ticket, comment));
    const auto committed = co_await with_.store.commit(std::move(transaction));
    if (committed) co_return done;
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

}  // namespace postern::ticketing
