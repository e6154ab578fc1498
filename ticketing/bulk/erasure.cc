#include "ticketing/bulk/erasure.h"

#include "auth/audit.h"
#include "ticketing/bulk/bulk_keys.h"
#include "ticketing/bulk/comment_removal.h"
#include "ticketing/bulk/note.h"
#include "ticketing/bulk/removal.h"
#include "ticketing/bulk/undo_book.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/queue_item.h"
#include "ticketing/detail/retry.h"
#include "ticketing/drafts/draft_keys.h"
#include "ticketing/purge.h"
#include "ticketing/satisfaction/ratings.h"
#include "ticketing/service_levels/metric_events.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kDraftsMax = 1000;  // of one ticket

// What one transaction of an erasure takes away; its keys leave the disk.
class Eraser {
 public:
  Eraser(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace, core::TicketId ticket)
      : with_(with), transaction_(transaction), workspace_(workspace), ticket_(ticket) {}

  // False: nothing is left of them.
  core::Result<bool> erase_comments(std::size_t most) {
    POSTERN_TRY(const auto entries, transaction_.snapshot().scan(keys::comments_prefix(workspace_, ticket_), storage::Direction::kForward, most));
    for (const storage::Entry& each : entries) {
      schema::Comment comment;
      const auto opened = storage::open_record(with_.vault, workspace_, each.key, each.value, comment);
      if (!opened && !is_damage(opened.error())) return opened.error();
      if (opened) POSTERN_CHECK(erase_comment(comment));
      if (!opened) tell_damage("comment", workspace_, ticket_.value, opened.error());  // its files stay behind, nothing leads to them
      erase(each.key);
    }
    return !entries.empty();
  }
  core::Result<bool> erase_events(std::size_t most) {
    POSTERN_TRY(const auto entries, transaction_.snapshot().scan(keys::events_prefix(workspace_, ticket_), storage::Direction::kForward, most));
    for (const storage::Entry& each : entries) erase(each.key);
    POSTERN_TRY(const std::vector<std::string> of_clocks, forget_metric_events(transaction_, workspace_, ticket_, most));
    keys_.insert(keys_.end(), of_clocks.begin(), of_clocks.end());
    return !entries.empty() || !of_clocks.empty();
  }
  core::Result<void> erase_rest(const schema::Ticket& record) {
    POSTERN_TRY(const std::vector<std::string> values, forget_values(transaction_, workspace_, ticket_));
    keys_.insert(keys_.end(), values.begin(), values.end());
    POSTERN_TRY(const auto drafts, transaction_.snapshot().scan(draft_keys::of_ticket_prefix(workspace_, ticket_), storage::Direction::kForward, kDraftsMax));
    for (const storage::Entry& each : drafts) {
      erase(draft_keys::draft(workspace_, core::UserId{bulk_keys::last_number(each.key)}, ticket_));
      transaction_.erase(each.key);
    }
    POSTERN_TRY(const auto rating, forget_rating(transaction_, with_.vault, workspace_, ticket_));
    if (rating) keys_.push_back(*rating);
    transaction_.erase(bulk_keys::deleted(workspace_, record.deleted_unix_ms(), ticket_));
    transaction_.erase(bulk_keys::erasure(workspace_, ticket_));
    erase(keys::ticket(workspace_, ticket_));
    return {};
  }
  core::Result<void> finish() {
    if (keys_.empty()) return {};
    return add_purge_due(transaction_, workspace_, ticket_, {}, std::move(keys_), with_.ids.next(), with_.now_ms());
  }

 private:
  void erase(std::string key) {
    transaction_.erase(key);
    keys_.push_back(std::move(key));
  }

  core::Result<void> erase_comment(const schema::Comment& comment) {
    POSTERN_TRY(const std::vector<std::string> blobs, release_comment_blobs(transaction_, workspace_, comment));
    keys_.insert(keys_.end(), blobs.begin(), blobs.end());
    for (const schema::Attachment& each : comment.attachments()) erase(keys::attachment(workspace_, core::AttachmentId{each.id()}));
    POSTERN_TRY(const std::string key, own_message_id_key(with_, transaction_, workspace_, inbox_of(), comment));
    if (!key.empty()) transaction_.erase(key);
    transaction_.erase(keys::finding_marks(workspace_, ticket_, core::CommentId{comment.id()}));
    for (const schema::DeliveryState& each : comment.deliveries()) POSTERN_CHECK(drop_mail(core::OutboxId{each.outbox()}));
    if (!comment.deliveries().empty()) erase(keys::outbox_body(workspace_, core::CommentId{comment.id()}));
    return {};
  }

  // What waits is not sent any more; a message that is on its way at this moment arrives.
  core::Result<void> drop_mail(core::OutboxId id) {
    auto item = QueueItem::open(with_, transaction_, workspace_, id);
    if (!item && item.error() == Errc::kNotFound) return {};
    if (!item && !is_damage(item.error())) return item.error();
    if (!item) tell_damage("outbox", workspace_, id.value, item.error());
    if (item) POSTERN_CHECK(item->add_step("dropped", "its ticket was erased"));
    if (item && item->entry().due_unix_ms() != 0) transaction_.erase(keys::due(workspace_, item->entry().due_unix_ms(), id));
    erase(keys::outbox(workspace_, id));
    erase(keys::outbox_message(workspace_, id));
    return {};
  }

  core::InboxId inbox_of() const { return inbox_; }

 public:
  void set_inbox(core::InboxId inbox) { inbox_ = inbox; }

 private:
  const Basics& with_;
  storage::Transaction& transaction_;
  const core::WorkspaceId workspace_;
  const core::TicketId ticket_;
  core::InboxId inbox_;
  std::vector<std::string> keys_;
};

// One transaction of it; true when the ticket is gone.
core::Result<bool> erase_some(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace, core::TicketId id,
                              const BulkLimits& limits) {
  auto ticket = TicketDraft::open(with, transaction, workspace, id);
  if (!ticket && ticket.error() == Errc::kNotFound) {
    transaction.erase(bulk_keys::erasure(workspace, id));
    return true;
  }
  if (!ticket && !is_damage(ticket.error())) return ticket.error();
  if (!ticket) tell_damage("ticket", workspace, id.value, ticket.error());  // it goes all the same, by its key
  const schema::Ticket record = ticket ? ticket->record() : schema::Ticket();
  Eraser eraser(with, transaction, workspace, id);
  eraser.set_inbox(core::InboxId{record.inbox()});
  POSTERN_TRY(const bool had_comments, eraser.erase_comments(limits.erase_batch_max));
  bool is_gone = false;
  if (!had_comments) {
    POSTERN_TRY(const bool had_events, eraser.erase_events(limits.erase_batch_max));
    is_gone = !had_events;
  }
  if (is_gone) {
    POSTERN_CHECK(eraser.erase_rest(record));
    transaction.record(workspace, {"ticket.erased", id.value, 0});
    auth::Principal system;
    system.workspace = workspace;
    system.method = auth::Method::kOperator;
    POSTERN_CHECK(auth::audit(transaction, with.vault, with.ids, with.clock, system, "ticket.erased", "ticket/" + std::to_string(id.value)));
  }
  POSTERN_CHECK(eraser.finish());
  return is_gone;
}

// All of it, unless the program ends; whether it is gone.
core::Task<core::Result<bool>> erase_one(const Basics& with, core::WorkspaceId workspace, core::TicketId id, const BulkLimits& limits,
                                         const std::atomic<bool>& is_stopping) {
  for (std::size_t attempt = 1; !is_stopping;) {
    storage::Transaction transaction = with.store.begin();
    POSTERN_CO_TRY(const bool is_gone, erase_some(with, transaction, workspace, id, limits));
    const auto committed = co_await with.store.commit(std::move(transaction));
    if (committed && is_gone) co_return true;
    if (committed) attempt = 1;
    if (!committed && !should_retry(committed.error(), attempt++, with.options)) co_return committed.error();
  }
  co_return false;
}

// A deleted ticket that cannot be read: its number and time are those of its index entry.
core::Result<void> begin_erasure_of_damaged(const Basics& with, storage::Transaction& transaction, const auth::Principal& system,
                                            const std::string& entry) {
  const core::TicketId id{bulk_keys::last_number(entry)};
  transaction.erase(entry);
  transaction.put(bulk_keys::erasure(system.workspace, id), {});
  return auth::audit(transaction, with.vault, with.ids, with.clock, system, "ticket.erasure_begun", "ticket/" + std::to_string(id.value));
}

}  // namespace

core::Result<void> begin_erasure(const Basics& with, storage::Transaction& transaction, const auth::Principal& by, core::TicketId id) {
  const bool may = auth::may(by, auth::Permission::kTicketsDelete) && auth::may(by, auth::Permission::kRedact);
  if (!may) return core::fail(auth::Errc::kForbidden);
  POSTERN_TRY(TicketDraft ticket, open_deleted(with, transaction, by, id));
  transaction.put(bulk_keys::erasure(by.workspace, id), {});
  POSTERN_CHECK(audit_ticket(with, ticket, by, "ticket.erasure_begun"));
  // Its index entry goes at once, so that no list shows half of a ticket.
  transaction.erase(bulk_keys::deleted(by.workspace, ticket.record().deleted_unix_ms(), id));
  return {};
}

core::Task<core::Result<std::size_t>> go_on_erasing(const Basics& with, core::WorkspaceId workspace, const BulkLimits& limits,
                                                    const std::atomic<bool>& is_stopping) {
  std::size_t count = 0;
  std::string after;  // behind those that cannot go
  for (;;) {
    POSTERN_CO_TRY(const auto begun, with.store.snapshot()->scan(bulk_keys::erasures_prefix(workspace), storage::Direction::kForward,
                                                                 limits.erased_per_round_max, after));
    for (const storage::Entry& each : begun) {
      if (is_stopping || count >= limits.erased_per_round_max) co_return count;
      const core::TicketId id{bulk_keys::last_number(each.key)};
      const core::Result<bool> is_gone = co_await erase_one(with, workspace, id, limits, is_stopping);
      if (!is_gone && !is_damage(is_gone.error())) co_return is_gone.error();
      if (!is_gone) tell_damage("erasure", workspace, id.value, is_gone.error());
      count += is_gone && *is_gone ? 1 : 0;
    }
    if (begun.size() < limits.erased_per_round_max) co_return count;
    after = begun.back().key;
  }
}

core::Task<core::Result<std::size_t>> erase_due(const Basics& with, core::WorkspaceId workspace, const BulkLimits& limits) {
  // Newest first in the index: from its end on.
  POSTERN_CO_TRY(const auto entries, with.store.snapshot()->scan(bulk_keys::deleted_prefix(workspace), storage::Direction::kBackward,
                                                                 limits.erased_per_round_max));
  const auto old_from = [&](std::int64_t at_ms) { return bulk_keys::deleted(workspace, at_ms, {}); };  // older ones are behind it
  const auto life = std::chrono::duration_cast<std::chrono::milliseconds>(limits.deleted_life);
  auth::Principal system;
  system.workspace = workspace;
  system.role = auth::Role::kOwner;
  system.method = auth::Method::kOperator;
  std::size_t count = 0;
  for (const storage::Entry& each : entries) {
    storage::Transaction transaction = with.store.begin();
    const core::TicketId id{bulk_keys::last_number(each.key)};
    auto ticket = open_deleted(with, transaction, system, id);
    if (!ticket && !is_damage(ticket.error())) continue;  // restored meanwhile
    if (each.key < old_from(with.now_ms() - life.count())) break;
    if (!ticket) tell_damage("ticket", workspace, id.value, ticket.error());
    POSTERN_CO_CHECK(ticket ? begin_erasure(with, transaction, system, id) : begin_erasure_of_damaged(with, transaction, system, each.key));
    const auto committed = co_await with.store.commit(std::move(transaction));
    if (!committed && !(committed.error() == storage::Errc::kConflict)) co_return committed.error();
    count += committed ? 1 : 0;
  }
  co_return count;
}

}  // namespace postern::ticketing
