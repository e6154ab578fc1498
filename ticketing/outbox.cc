#include "ticketing/outbox.h"

#include <algorithm>

#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/queue_item.h"
#include "ticketing/detail/retry.h"
#include "ticketing/detail/services.h"

namespace postern::ticketing {
namespace {

using pipeline::DeliveryOutcome;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

constexpr std::size_t kReplyBytesMax = 512;

struct DueEntry {
  std::int64_t due_ms = 0;
  core::WorkspaceId workspace;
  core::OutboxId id;
  std::string key;
};

std::optional<DueEntry> read_due(const storage::Entry& entry) {
  storage::KeyReader reader(entry.key);
  DueEntry out;
  out.workspace = reader.workspace();
  out.due_ms = static_cast<std::int64_t>(reader.u64());
  out.id.value = reader.u64();
  out.key = entry.key;
  return reader.ok() ? std::optional(std::move(out)) : std::nullopt;
}

// The entries due first over all workspaces, oldest first.
core::Result<std::vector<DueEntry>> first_due(const Basics& with, const storage::Snapshot& snapshot, std::size_t most) {
  std::vector<DueEntry> out;
  for (const core::WorkspaceId workspace : with.directory.workspaces()) {
    POSTERN_TRY(const std::vector<storage::Entry> entries,
                snapshot.scan(keys::due_prefix(workspace), storage::Direction::kForward, most));
    for (const storage::Entry& entry : entries) {
      if (auto due = read_due(entry)) out.push_back(std::move(*due));
    }
  }
  std::ranges::sort(out, {}, &DueEntry::due_ms);
  if (out.size() > most) out.resize(most);
  return out;
}

pipeline::OutboundMessage to_outbound(const schema::OutboxEntry& entry, core::WorkspaceId workspace, std::string message) {
  pipeline::OutboundMessage out;
  out.id = core::OutboxId{entry.id()};
  out.workspace = workspace;
  out.ticket = core::TicketId{entry.ticket()};
  out.mail_from = codec::decode(entry.mail_from()).address;
  out.rcpt = codec::decode(entry.rcpt()).address;
  out.from_domain = entry.from_domain();
  out.message = std::move(message);
  out.needs_smtputf8 = entry.needs_smtputf8();
  out.attempts = entry.attempts();
  out.created_at = core::from_unix_ms(entry.created_unix_ms());
  return out;
}

// Takes one entry for the caller: from now to the end of the lease nobody else sees it as due.
core::Result<std::optional<pipeline::OutboundMessage>> lease_entry(const Basics& with, storage::Transaction& transaction,
                                                                   const DueEntry& due, std::int64_t until_ms) {
  auto opened = QueueItem::open(with, transaction, due.workspace, due.id);
  if (!opened && opened.error() == Errc::kNotFound) {
    transaction.erase(due.key);
    return std::optional<pipeline::OutboundMessage>();
  }
  POSTERN_TRY(QueueItem item, std::move(opened));
  const std::string key = keys::outbox_message(due.workspace, due.id);
  POSTERN_TRY(const std::optional<std::string> value, transaction.snapshot().get(key));
  schema::OutboxMessage message;
  if (!value) return core::fail(storage::Errc::kCorrupt, "queue entry without its message");
  POSTERN_CHECK(storage::open_record(with.vault, due.workspace, key, *value, message));
  item.entry().set_leased_until_unix_ms(until_ms);
  POSTERN_CHECK(item.reschedule(until_ms));
  return std::optional(to_outbound(item.entry(), due.workspace, std::move(*message.mutable_message())));
}

std::int64_t back_off_ms(std::uint32_t attempts, const Options& options) {
  const auto first = duration_cast<milliseconds>(options.retry_first).count();
  const auto most = duration_cast<milliseconds>(options.retry_max).count();
  const auto doublings = std::min<std::uint32_t>(attempts == 0 ? 0 : attempts - 1, 20);
  return std::min(most, first << doublings);
}

core::Result<void> apply_report(const Basics& with, QueueItem& item, const pipeline::DeliveryReport& report) {
  schema::OutboxEntry& entry = item.entry();
  entry.set_attempts(entry.attempts() + 1);
  entry.set_last_reply((report.remote.empty() ? "" : report.remote + ": ") + report.reply.substr(0, kReplyBytesMax));
  entry.set_leased_until_unix_ms(0);
  const std::string detail = codec::decode(entry.rcpt()).address.to_string() + ": " + entry.last_reply();
  switch (report.outcome) {
    case DeliveryOutcome::kDelivered: return item.finish({}, "delivered", detail);
    case DeliveryOutcome::kFailed: return item.finish({}, "failed", detail);
    case DeliveryOutcome::kDeferred: break;
  }
  const auto life = duration_cast<milliseconds>(with.options.retry_life).count();
  const std::int64_t next = with.now_ms() + back_off_ms(entry.attempts(), with.options);
  if (next > entry.created_unix_ms() + life) return item.finish({}, "failed", "given up: " + detail);
  POSTERN_CHECK(item.mark_comment("deferred"));
  return item.reschedule(entry.is_held() ? 0 : next);
}

}  // namespace

Outbox::Outbox(storage::Store& store, storage::Vault& vault, const Directory& directory, core::IdSource& ids,
               core::Clock& clock, Options options)
    : store_(store), vault_(vault), directory_(directory), ids_(ids), clock_(clock), options_(std::move(options)) {}

Basics Outbox::basics() const { return {store_, vault_, directory_, ids_, clock_, options_}; }

core::Task<core::Result<std::vector<pipeline::OutboundMessage>>> Outbox::claim_due(std::size_t most, core::Duration lease) {
  const Basics with = basics();
  for (std::size_t attempt = 1;; ++attempt) {
    storage::Transaction transaction = store_.begin();
    POSTERN_CO_TRY(const std::vector<DueEntry> entries, first_due(with, transaction.snapshot(), most));
    const std::int64_t now = with.now_ms();
    std::vector<pipeline::OutboundMessage> out;
    for (const DueEntry& due : entries) {
      if (due.due_ms > now) break;
      POSTERN_CO_TRY(auto claimed, lease_entry(with, transaction, due, now + duration_cast<milliseconds>(lease).count()));
      if (claimed) out.push_back(std::move(*claimed));
    }
    if (transaction.writes().empty()) co_return out;
    const auto committed = co_await store_.commit(std::move(transaction));
    if (committed) co_return out;
    if (!should_retry(committed.error(), attempt, options_)) co_return committed.error();
  }
}

core::Task<core::Result<void>> Outbox::report(core::WorkspaceId workspace, core::OutboxId id, pipeline::DeliveryReport report) {
  const Basics with = basics();
  for (std::size_t attempt = 1;; ++attempt) {
    storage::Transaction transaction = store_.begin();
    auto opened = QueueItem::open(with, transaction, workspace, id);
    if (!opened && opened.error() == Errc::kNotFound) co_return core::Result<void>();  // reported before, or dropped
    POSTERN_CO_TRY(QueueItem item, std::move(opened));
    POSTERN_CO_CHECK(apply_report(with, item, report));
    const auto committed = co_await store_.commit(std::move(transaction));
    if (committed) co_return core::Result<void>();
    if (!should_retry(committed.error(), attempt, options_)) co_return committed.error();
  }
}

std::optional<core::WallTime> Outbox::next_due() const {
  const auto entries = first_due(basics(), *store_.snapshot(), 1);
  if (!entries || entries->empty()) return std::nullopt;
  return core::from_unix_ms(entries->front().due_ms);
}

void Outbox::on_due(std::function<void()> wake) {
  {
    const std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
  }
  if (watch_) return;
  watch_ = store_.watch([this](core::WorkspaceId, std::uint64_t) {
    const std::lock_guard lock(mutex_);
    if (wake_) wake_();
  });
}

}  // namespace postern::ticketing
