// The operator's side of the outgoing queue: each change is checked against the caller's role and audited.
#include "core/encoding.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/queue_item.h"
#include "ticketing/detail/retry.h"
#include "ticketing/feed_scope.h"
#include "ticketing/outbox.h"

namespace postern::ticketing {

namespace {

// What an entry's key tells, when its record cannot be read.
QueueEntry damaged_entry(core::WorkspaceId workspace, const std::string& key) {
  storage::KeyReader reader(key);
  reader.u64();  // kOutboxEntry
  QueueEntry out;
  out.id = core::OutboxId{reader.u64()};
  out.workspace = workspace;
  out.is_damaged = true;
  out.purpose = "damaged";
  out.last_reply = "the record cannot be read";
  return out;
}

QueueEntry to_entry(core::WorkspaceId workspace, const schema::OutboxEntry& record) {
  QueueEntry out;
  out.id = core::OutboxId{record.id()};
  out.workspace = workspace;
  out.ticket = core::TicketId{record.ticket()};
  out.purpose = record.purpose();
  out.rcpt = codec::decode(record.rcpt()).address.to_string();
  out.attempts = record.attempts();
  out.created_unix_ms = record.created_unix_ms();
  out.due_unix_ms = record.due_unix_ms();
  out.leased_until_unix_ms = record.leased_until_unix_ms();
  out.is_held = record.is_held();
  out.last_reply = record.last_reply();
  return out;
}

// The end of the workspace's queue is far: whoever is limited gets what is found in as many entries.
constexpr std::size_t kScanMax = 10'000;
constexpr std::size_t kAtATime = 500;

bool is_within(const storage::Snapshot& snapshot, const storage::Vault& vault, const auth::Reach& reach, std::uint64_t ticket) {
  return !reach.inboxes.is_limited() || (ticket != 0 && inbox_within(snapshot, vault, reach, core::TicketId{ticket}));
}

core::Task<core::Result<void>> commit_once(storage::Store& store, storage::Transaction transaction) {
  POSTERN_CO_CHECK(co_await store.commit(std::move(transaction)));
  co_return core::Result<void>();
}

}  // namespace

core::Result<std::vector<QueueEntry>> Outbox::list(const auth::Reach& reach, std::size_t limit, core::OutboxId behind) const {
  const core::WorkspaceId workspace = reach.workspace;
  const auto snapshot = store_.snapshot();
  std::vector<QueueEntry> out;
  std::string after = behind ? keys::outbox(workspace, behind) : std::string();
  for (std::size_t scanned = 0; out.size() < limit && scanned < kScanMax; scanned += kAtATime) {
    POSTERN_TRY(const std::vector<storage::Entry> entries,
                snapshot->scan(keys::outbox_prefix(workspace), storage::Direction::kForward, kAtATime, after));
    for (const storage::Entry& entry : entries) {
      if (out.size() == limit) return out;
      schema::OutboxEntry record;
      const auto opened = storage::open_record(vault_, workspace, entry.key, entry.value, record);
      if (!opened && !is_damage(opened.error())) return opened.error();
      if (!is_within(*snapshot, vault_, reach, opened ? record.ticket() : 0)) continue;
      out.push_back(opened ? to_entry(workspace, record) : damaged_entry(workspace, entry.key));
    }
    if (entries.size() < kAtATime) break;
    after = entries.back().key;
  }
  return out;
}

core::Result<QueueEntry> Outbox::find(const auth::Reach& reach, core::OutboxId id) const {
  const auto snapshot = store_.snapshot();
  const std::string key = keys::outbox(reach.workspace, id);
  POSTERN_TRY(const auto value, snapshot->get(key));
  if (!value) return core::fail(Errc::kNotFound, "outbox");
  schema::OutboxEntry record;
  const auto opened = storage::open_record(vault_, reach.workspace, key, *value, record);
  if (!opened && !is_damage(opened.error())) return opened.error();
  if (!is_within(*snapshot, vault_, reach, opened ? record.ticket() : 0)) return core::fail(Errc::kNotFound, "outbox");
  return opened ? to_entry(reach.workspace, record) : damaged_entry(reach.workspace, key);
}

core::Task<core::Result<void>> Outbox::change(auth::Principal by, core::OutboxId id, Change what) {
  if (!auth::may(by, auth::Permission::kSettingsManage)) co_return core::fail(auth::Errc::kForbidden);
  const Basics with = basics();
  const std::string object = "queue/" + core::to_base32(id.value);
  for (Patience patience(clock_, options_);;) {
    storage::Transaction transaction = store_.begin();
    auto opened = QueueItem::open(with, transaction, by.workspace, id);
    const std::uint64_t ticket = opened ? opened->entry().ticket() : 0;
    if (!is_within(transaction.snapshot(), vault_, by, ticket)) co_return core::fail(Errc::kNotFound, object);
    if (!opened && what == Change::kDrop && is_damage(opened.error())) {
      transaction.erase(keys::outbox(by.workspace, id));
      transaction.erase(keys::outbox_message(by.workspace, id));
      POSTERN_CO_CHECK(auth::audit(transaction, vault_, ids_, clock_, by, "queue.drop", object));
      co_return co_await commit_once(store_, std::move(transaction));
    }
    POSTERN_CO_TRY(QueueItem item, std::move(opened));
    if (item.is_leased_at(with.now_ms())) co_return core::fail(Errc::kConflict, "being delivered: wait for its end");
    item.entry().set_leased_until_unix_ms(0);
    std::string_view action;
    switch (what) {
      case Change::kRetryNow:
        action = "queue.retry";
        if (item.entry().is_held()) co_return core::fail(Errc::kInvalid, "held");
        POSTERN_CO_CHECK(item.reschedule(with.now_ms()));
        break;
      case Change::kHold:
      case Change::kRelease:
        action = what == Change::kHold ? "queue.hold" : "queue.release";
        item.entry().set_is_held(what == Change::kHold);
        POSTERN_CO_CHECK(item.reschedule(what == Change::kHold ? 0 : with.now_ms()));
        break;
      case Change::kDrop:
        action = "queue.drop";
        POSTERN_CO_CHECK(item.add_step("dropped", "by an operator"));
        POSTERN_CO_CHECK(item.finish(by.user, "failed", "dropped by an operator"));
        break;
    }
    POSTERN_CO_CHECK(auth::audit(transaction, vault_, ids_, clock_, by, action, object));
    transaction.record(by.workspace, {std::string(action), item.entry().ticket(), id.value});
    const auto committed = co_await store_.commit(std::move(transaction));
    if (committed) co_return core::Result<void>();
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Task<core::Result<void>> Outbox::retry_now(auth::Principal by, core::OutboxId id) {
  co_return co_await change(std::move(by), id, Change::kRetryNow);
}

core::Task<core::Result<void>> Outbox::hold(auth::Principal by, core::OutboxId id, bool held) {
  co_return co_await change(std::move(by), id, held ? Change::kHold : Change::kRelease);
}

core::Task<core::Result<void>> Outbox::drop(auth::Principal by, core::OutboxId id) {
  co_return co_await change(std::move(by), id, Change::kDrop);
}

}  // namespace postern::ticketing
