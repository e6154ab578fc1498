#include "ticketing/detail/queue_item.h"

#include <algorithm>

#include "ticketing/detail/due_index.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/detail/trace_writer.h"

namespace postern::ticketing {
namespace {

// False when the recipient already has that state, or is not in the comment.
bool set_state(schema::Comment& comment, std::uint64_t outbox, std::string_view state) {
  for (auto& one : *comment.mutable_deliveries()) {
    if (one.outbox() != outbox || one.state() == state) continue;
    one.set_state(std::string(state));
    return true;
  }
  return false;
}

bool is_anybody_waiting(const schema::Comment& comment) {
  return std::ranges::any_of(comment.deliveries(),
                             [](const auto& one) { return one.state() == "queued" || one.state() == "deferred"; });
}

}  // namespace

core::Result<QueueItem> QueueItem::open(const Basics& with, storage::Transaction& transaction,
                                        core::WorkspaceId workspace, core::OutboxId id) {
  QueueItem item(with, transaction, workspace);
  const std::string key = keys::outbox(workspace, id);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  if (!value) return core::fail(Errc::kNotFound, "queue entry");
  POSTERN_CHECK(storage::open_record(with.vault, workspace, key, *value, item.entry_));
  return item;
}

core::Result<void> QueueItem::add_body(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace,
                                       core::CommentId comment, std::string message) {
  schema::OutboxMessage body;
  body.set_message(std::move(message));
  return storage::put_sealed(transaction, with.vault, workspace, keys::outbox_body(workspace, comment), body);
}

core::Result<void> QueueItem::add_message(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace,
                                          core::OutboxId id, std::string message) {
  schema::OutboxMessage body;
  body.set_message(std::move(message));
  return storage::put_sealed(transaction, with.vault, workspace, keys::outbox_message(workspace, id), body);
}

core::Result<void> QueueItem::add(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace,
                                  schema::OutboxEntry entry, std::size_t bytes) {
  QueueItem item(with, transaction, workspace);
  item.entry_ = std::move(entry);
  item.entry_.set_created_unix_ms(with.now_ms());
  transaction.record(workspace, {"outbox.queued", item.entry_.ticket(), item.entry_.id()});
  Trace trace;
  trace.id = core::TraceId{item.entry_.id()};
  trace.workspace = workspace;
  if (item.is_of_ticket()) trace.tickets = {item.entry_.ticket()};
  trace.size = bytes;
  trace.steps.push_back({with.now_ms(), "queued", item.is_of_ticket() ? "ticket/" + std::to_string(item.entry_.ticket()) : item.entry_.purpose()});
  POSTERN_CHECK(put_trace(transaction, with.vault, trace));
  return item.reschedule(with.now_ms());
}

core::Result<std::string> QueueItem::message() const {
  const bool is_shared = !entry_.header().empty();
  const std::string key = is_shared ? keys::outbox_body(workspace_, core::CommentId{entry_.comment()})
                                    : keys::outbox_message(workspace_, id());
  POSTERN_TRY(const std::optional<std::string> value, transaction_->snapshot().get(key));
  if (!value) return core::fail(storage::Errc::kCorrupt, "queue entry without its message");
  schema::OutboxMessage body;
  POSTERN_CHECK(storage::open_record(with_->vault, workspace_, key, *value, body));
  return entry_.header() + body.message();
}

core::Result<void> QueueItem::reschedule(std::int64_t due_ms) {
  if (entry_.due_unix_ms() != 0) transaction_->erase(keys::due(workspace_, entry_.due_unix_ms(), id()));
  entry_.set_due_unix_ms(due_ms);
  note_change_of_due();
  if (due_ms != 0) {
    POSTERN_TRY(std::string mark, due_mark(*with_, entry_));
    transaction_->put(keys::due(workspace_, due_ms, id()), std::move(mark));
  }
  return storage::put_sealed(*transaction_, with_->vault, workspace_, keys::outbox(workspace_, id()), entry_);
}

core::Result<void> QueueItem::finish(core::UserId actor, std::string_view state, std::string_view detail) {
  is_finished_ = true;
  note_change_of_due();
  if (entry_.due_unix_ms() != 0) transaction_->erase(keys::due(workspace_, entry_.due_unix_ms(), id()));
  transaction_->erase(keys::outbox(workspace_, id()));
  if (!is_of_ticket()) {
    transaction_->erase(keys::outbox_message(workspace_, id()));
    transaction_->record(workspace_, {"outbox." + std::string(state), 0, entry_.id()});
    return {};
  }
  const bool has_failed = state == "failed";
  const core::CommentId comment_id{entry_.comment()};
  POSTERN_TRY(TicketDraft ticket,
              TicketDraft::open(*with_, *transaction_, workspace_, core::TicketId{entry_.ticket()}));
  if (!comment_id) {  // a notification of a rule: what becomes of it is told, and starts no rule
    transaction_->erase(keys::outbox_message(workspace_, id()));
    transaction_->record(workspace_, {"outbox." + std::string(state), entry_.ticket(), entry_.id()});
    if (!has_failed) return {};
    POSTERN_CHECK(ticket.add_event(actor, "delivery_failed", detail));
    return ticket.save(false);
  }
  POSTERN_TRY(schema::Comment comment, ticket.read_comment(comment_id));
  set_state(comment, entry_.id(), state);
  if (entry_.header().empty()) {
    transaction_->erase(keys::outbox_message(workspace_, id()));
  } else if (!is_anybody_waiting(comment)) {  // the comment is in the read set: two last ones cannot both miss it
    transaction_->erase(keys::outbox_body(workspace_, comment_id));
  }
  POSTERN_CHECK(ticket.put_comment(comment));
  POSTERN_CHECK(ticket.add_event(actor, has_failed ? "delivery_failed" : "delivered", detail, comment_id));
  transaction_->record(workspace_, {"comment.delivery", entry_.ticket(), entry_.comment()});
  return ticket.save(has_failed);
}

core::Result<void> QueueItem::add_step(std::string_view what, std::string_view detail) {
  return add_trace_step(*transaction_, with_->vault, workspace_, core::TraceId{entry_.id()},
                        {with_->now_ms(), std::string(what), std::string(detail)});
}

core::Result<void> QueueItem::mark_comment(std::string_view state) {
  if (!is_of_ticket() || entry_.comment() == 0) return {};
  POSTERN_TRY(TicketDraft ticket,
              TicketDraft::open(*with_, *transaction_, workspace_, core::TicketId{entry_.ticket()}));
  POSTERN_TRY(schema::Comment comment, ticket.read_comment(core::CommentId{entry_.comment()}));
  if (!set_state(comment, entry_.id(), state)) return {};
  transaction_->record(workspace_, {"comment.delivery", entry_.ticket(), entry_.comment()});
  return ticket.put_comment(comment);
}

}  // namespace postern::ticketing
