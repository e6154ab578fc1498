#include "ticketing/bulk/undo_book.h"

#include "ticketing/bulk/bulk_keys.h"
#include "ticketing/bulk/comment_removal.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kItemsAtATime = 500;  // more than one change can have

std::int64_t life_ms(std::chrono::hours life) { return std::chrono::duration_cast<std::chrono::milliseconds>(life).count(); }

// What a state is compared by.
std::string settled(schema::Ticket state) {
  state.clear_version();
  state.clear_updated_unix_ms();
  state.clear_service();  // time goes on, whatever people do
  return state.SerializeAsString();
}

core::Result<void> check_may_remove(TicketDraft& ticket, const auth::Principal& by, const schema::UndoItem& item) {
  for (const std::uint64_t id : item.notes()) {
    const core::Result<schema::Comment> note = ticket.read_comment(core::CommentId{id});
    if (!note && note.error() == Errc::kNotFound) continue;
    if (!note) return note.error();
    const bool is_own = note->author() == by.user.value;
    if (!auth::may(by, is_own ? auth::Permission::kNotesWrite : auth::Permission::kRedact)) {
      return core::fail(auth::Errc::kForbidden, is_own ? "a note of it cannot be taken back without notes:write"
                                                       : "a note of somebody else cannot be taken back without comments:redact");
    }
  }
  return {};
}

}  // namespace

core::Result<void> begin_undo(const Basics& with, storage::Transaction& transaction, const auth::Principal& by, std::uint64_t id,
                              UndoKind kind, const BulkLimits& limits) {
  schema::UndoRecord record;
  record.set_id(id);
  record.set_kind(static_cast<std::uint32_t>(kind));
  record.set_author(by.user.value);
  record.set_at_unix_ms(with.now_ms());
  record.set_expires_unix_ms(with.now_ms() + life_ms(limits.undo_life));
  transaction.put(bulk_keys::undo_expiry(by.workspace, record.expires_unix_ms(), id), {});
  return storage::put_sealed(transaction, with.vault, by.workspace, bulk_keys::undo(by.workspace, id), record);
}

core::Result<void> put_undo_item(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t id,
                                 const schema::UndoItem& item) {
  const core::TicketId ticket{item.ticket()};
  transaction.put(bulk_keys::undo_of(workspace, ticket, id), {});
  return storage::put_sealed(transaction, with.vault, workspace, bulk_keys::undo_item(workspace, id, ticket), item);
}

schema::UndoItem undo_item_of(const TicketDraft& saved) {
  schema::UndoItem out;
  out.set_ticket(saved.id().value);
  if (saved.before() != nullptr) *out.mutable_before() = *saved.before();
  *out.mutable_after() = saved.record();
  for (const schema::Comment& each : saved.added()) {
    if (each.deliveries().empty()) out.add_notes(each.id());
  }
  return out;
}

core::Result<schema::UndoRecord> read_undo(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace,
                                           std::uint64_t id) {
  const std::string key = bulk_keys::undo(workspace, id);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  schema::UndoRecord record;
  if (value) POSTERN_CHECK(storage::open_record(with.vault, workspace, key, *value, record));
  if (!value || record.expires_unix_ms() <= with.now_ms()) return core::fail(Errc::kNotFound, "undo/" + std::to_string(id));
  return record;
}

core::Result<std::optional<schema::UndoItem>> read_undo_item(const Basics& with, storage::Transaction& transaction,
                                                             core::WorkspaceId workspace, std::uint64_t id, core::TicketId ticket) {
  const std::string key = bulk_keys::undo_item(workspace, id, ticket);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  if (!value) return std::optional<schema::UndoItem>();
  schema::UndoItem item;
  POSTERN_CHECK(storage::open_record(with.vault, workspace, key, *value, item));
  return std::optional(std::move(item));
}

core::Result<std::vector<core::TicketId>> undo_tickets(const storage::Snapshot& snapshot, core::WorkspaceId workspace, std::uint64_t id) {
  POSTERN_TRY(const auto entries, snapshot.scan(bulk_keys::undo_items_prefix(workspace, id), storage::Direction::kForward, kItemsAtATime));
  std::vector<core::TicketId> out;
  for (const storage::Entry& each : entries) out.push_back(core::TicketId{bulk_keys::last_number(each.key)});
  return out;
}

bool is_same_state(const schema::Ticket& a, const schema::Ticket& b) { return settled(a) == settled(b); }

bool is_untouched(const TicketDraft& ticket, const schema::UndoItem& item) { return is_same_state(ticket.record(), item.after()); }

bool may_undo(const auth::Principal& by, const schema::UndoRecord& record) {
  if (record.author() == by.user.value) return true;
  return by.role >= auth::Role::kAdmin && !by.inboxes.is_limited() && auth::may(by, auth::Permission::kSettingsManage);
}

core::Result<void> give_back(TicketDraft& ticket, const auth::Principal& by, const schema::UndoItem& item) {
  schema::Ticket to = item.before();
  POSTERN_CHECK(check_may_remove(ticket, by, item));
  POSTERN_CHECK(remove_comments(ticket, item.notes()));
  // Comments that stay were mailed: the customer has them, and what they did to the conversation stays with them.
  if (ticket.record().comment_count() != to.comment_count()) {
    to.set_comment_count(ticket.record().comment_count());
    *to.mutable_thread_ids() = ticket.record().thread_ids();
    to.set_last_customer_message_id(ticket.record().last_customer_message_id());
    *to.mutable_metrics() = ticket.record().metrics();
    *to.mutable_service() = ticket.record().service();
  }
  const std::uint32_t status = ticket.record().status();
  const std::uint64_t assignee = ticket.record().assignee();
  ticket.restore(to);
  storage::Transaction& transaction = ticket.transaction();
  if (status != to.status()) transaction.record(ticket.workspace(), {"ticket.status", to.id(), 0});
  if (assignee != to.assignee()) transaction.record(ticket.workspace(), {"ticket.assignee", to.id(), 0});
  transaction.record(ticket.workspace(), {"ticket.changed", to.id(), 0});
  POSTERN_CHECK(ticket.add_event(by.user, "undone", {}));
  return ticket.save(true);
}

core::Result<std::vector<std::string>> forget_values(storage::Transaction& transaction, core::WorkspaceId workspace, core::TicketId ticket) {
  std::vector<std::string> out;
  POSTERN_TRY(const auto entries,
              transaction.snapshot().scan(bulk_keys::undos_of_prefix(workspace, ticket), storage::Direction::kForward, kItemsAtATime));
  for (const storage::Entry& each : entries) {
    const std::uint64_t id = bulk_keys::last_number(each.key);
    out.push_back(bulk_keys::undo_item(workspace, id, ticket));
    out.push_back(bulk_keys::job(workspace, id));  // a bulk change has the id of its job, whose text has been there
    transaction.erase(bulk_keys::undo_item(workspace, id, ticket));
    transaction.erase(each.key);
  }
  return out;
}

core::Result<std::size_t> erase_expired_undos(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace,
                                              const BulkLimits& limits) {
  const auto& snapshot = transaction.snapshot();
  POSTERN_TRY(const auto entries, snapshot.scan(bulk_keys::undo_expiries_prefix(workspace), storage::Direction::kForward, limits.ended_erased_max));
  std::size_t count = 0;
  for (const storage::Entry& each : entries) {
    const std::uint64_t id = bulk_keys::last_number(each.key);
    if (each.key >= bulk_keys::undo_expiry(workspace, with.now_ms(), 0)) break;
    POSTERN_TRY(const std::vector<core::TicketId> tickets, undo_tickets(snapshot, workspace, id));
    for (const core::TicketId ticket : tickets) {
      transaction.erase(bulk_keys::undo_item(workspace, id, ticket));
      transaction.erase(bulk_keys::undo_of(workspace, ticket, id));
    }
    transaction.erase(bulk_keys::undo(workspace, id));
    transaction.erase(each.key);
    ++count;
  }
  return count;
}

}  // namespace postern::ticketing
