#include "ticketing/outbox.h"

#include <algorithm>

#include "core/log.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/due_index.h"
#include "ticketing/detail/outgoing.h"
#include "ticketing/detail/queue_item.h"
#include "ticketing/detail/retry.h"
#include "ticketing/detail/services.h"

namespace postern::ticketing {
namespace {

using pipeline::DeliveryOutcome;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

constexpr std::size_t kReplyBytesMax = 512;

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
  out.requires_tls = entry.requires_tls();
  out.attempts = entry.attempts();
  out.created_at = core::from_unix_ms(entry.created_unix_ms());
  return out;
}

// Takes one entry for the caller: from now to the end of the lease nobody else sees it as due.
core::Result<std::optional<pipeline::OutboundMessage>> lease_entry(const Basics& with, storage::Transaction& transaction,
                                                                   const DueEntry& due, std::int64_t until_ms) {
  auto opened = QueueItem::open(with, transaction, due.workspace, due.id);
  const bool is_stray = opened ? opened->entry().due_unix_ms() != due.due_ms : opened.error() == Errc::kNotFound;
  if (is_stray) {
    transaction.erase(due.key);
    return std::optional<pipeline::OutboundMessage>();
  }
  POSTERN_TRY(QueueItem item, std::move(opened));
  POSTERN_TRY(std::string message, item.message());
  item.entry().set_leased_until_unix_ms(until_ms);
  POSTERN_CHECK(item.reschedule(until_ms));
  return std::optional(to_outbound(item.entry(), due.workspace, std::move(message)));
}

std::int64_t back_off_ms(std::uint32_t attempts, const Options& options) {
  const auto first = duration_cast<milliseconds>(options.retry_first).count();
  const auto most = duration_cast<milliseconds>(options.retry_max).count();
  const auto doublings = std::min<std::uint32_t>(attempts == 0 ? 0 : attempts - 1, 20);
  return std::min(most, first << doublings);
}

core::Result<void> apply_report(const Basics& with, QueueItem& item, const pipeline::DeliveryReport& report) {
  schema::OutboxEntry& entry = item.entry();
  // Recorded before, or given back meanwhile: only an end is news.
  if (report.outcome == DeliveryOutcome::kDeferred && entry.leased_until_unix_ms() == 0) return {};
  entry.set_attempts(entry.attempts() + 1);
  entry.set_last_reply((report.remote.empty() ? "" : report.remote + ": ") + report.reply.substr(0, kReplyBytesMax));
  entry.set_leased_until_unix_ms(0);
  const std::string detail = codec::decode(entry.rcpt()).address.to_string() + ": " + entry.last_reply();
  if (report.outcome == DeliveryOutcome::kDelivered) {
    POSTERN_CHECK(item.add_step("delivered", entry.last_reply()));
    return item.finish({}, "delivered", detail);
  }
  if (report.outcome == DeliveryOutcome::kFailed) {
    POSTERN_CHECK(item.add_step("failed", entry.last_reply()));
    return item.finish({}, "failed", detail);
  }
  const auto life = duration_cast<milliseconds>(with.options.retry_life).count();
  const std::int64_t end = entry.give_up_unix_ms() != 0 ? entry.give_up_unix_ms() : entry.created_unix_ms() + life;
  const std::int64_t next = with.now_ms() + back_off_ms(entry.attempts(), with.options);
  if (next > end) {
    POSTERN_CHECK(item.add_step("failed", "given up: " + entry.last_reply()));
    return item.finish({}, "failed", "given up: " + detail);
  }
  POSTERN_CHECK(item.add_step("deferred", entry.last_reply()));
  POSTERN_CHECK(item.mark_comment("deferred"));
  return item.reschedule(entry.is_held() ? 0 : next);
}

}  // namespace

Outbox::Outbox(storage::Store& store, storage::Vault& vault, const Directory& directory, core::IdSource& ids,
               core::Clock& clock, Options options)
    : store_(store), vault_(vault), directory_(directory), ids_(ids), clock_(clock), options_(std::move(options)) {}

Basics Outbox::basics() const { return {store_, vault_, directory_, ids_, clock_, options_, hooks_}; }

core::Task<core::Result<std::vector<pipeline::OutboundMessage>>> Outbox::claim_due(std::size_t most, core::Duration lease) {
  co_return co_await claim_due(most, lease, std::numeric_limits<std::size_t>::max());
}

core::Task<core::Result<std::vector<pipeline::OutboundMessage>>> Outbox::claim_due(std::size_t most, core::Duration lease,
                                                                                   std::size_t per_domain_max) {
  const Basics with = basics();
  for (Patience patience(clock_, options_);;) {
    storage::Transaction transaction = store_.begin();
    const std::int64_t now = with.now_ms();
    const std::int64_t until = now + duration_cast<milliseconds>(lease).count();
    const ClaimLimits limits{most, per_domain_max, now, until};
    POSTERN_CO_TRY(const std::vector<DueEntry> entries, claimable(with, transaction.snapshot(), limits));
    std::vector<pipeline::OutboundMessage> out;
    std::vector<core::OutboxId> damaged;
    for (const DueEntry& due : entries) {
      auto claimed = lease_entry(with, transaction, due, until);
      if (!claimed && is_damage(claimed.error())) {
        // It stays in the list, out of the way of all the others.
        transaction.erase(due.key);
        damaged.push_back(due.id);
        continue;
      }
      if (!claimed) co_return claimed.error();
      if (*claimed) out.push_back(std::move(**claimed));
    }
    if (transaction.writes().empty()) co_return out;
    const auto committed = co_await store_.commit(std::move(transaction));
    if (committed) {
      for (const core::OutboxId id : damaged) core::log::error("outbox.entry_damaged", {{"id", core::to_base32(id.value)}});
      co_return out;
    }
    if (!co_await patience.again(committed.error())) co_return committed.error();
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
    if (transaction.writes().empty()) co_return core::Result<void>();
    const bool is_lost = item.is_finished() && !item.is_of_ticket() && report.outcome != DeliveryOutcome::kDelivered;
    const auto committed = co_await store_.commit(std::move(transaction));
    if (committed && is_lost) {
      core::log::warn("outbox.system_mail_failed", {{"id", core::to_base32(id.value)}, {"purpose", item.entry().purpose()},
                                                    {"reply", core::log::printable(item.entry().last_reply())}});
    }
    if (committed) co_return core::Result<void>();
    const bool has_lost_the_race = committed.error() == storage::Errc::kConflict;
    if (!has_lost_the_race || attempt >= options_.report_attempts_max) co_return committed.error();
  }
}

core::Result<core::OutboxId> Outbox::queue(storage::Transaction& transaction, SystemMail mail) const {
  return queue_system_mail(basics(), transaction, std::move(mail));
}

core::Task<core::Result<core::OutboxId>> Outbox::post(SystemMail mail) {
  storage::Transaction transaction = store_.begin();
  POSTERN_CO_TRY(const core::OutboxId id, queue(transaction, std::move(mail)));
  POSTERN_CO_CHECK(co_await store_.commit(std::move(transaction)));
  co_return id;
}

core::Task<core::Result<void>> Outbox::release(core::WorkspaceId workspace, core::OutboxId id) {
  const Basics with = basics();
  for (Patience patience(clock_, options_);;) {
    storage::Transaction transaction = store_.begin();
    auto opened = QueueItem::open(with, transaction, workspace, id);
    if (!opened && opened.error() == Errc::kNotFound) co_return core::Result<void>();
    POSTERN_CO_TRY(QueueItem item, std::move(opened));
    if (item.entry().leased_until_unix_ms() == 0) co_return core::Result<void>();
    item.entry().set_leased_until_unix_ms(0);
    POSTERN_CO_CHECK(item.reschedule(with.now_ms()));
    const auto committed = co_await store_.commit(std::move(transaction));
    if (committed) co_return core::Result<void>();
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

std::optional<core::WallTime> Outbox::next_due() const {
  const auto first = first_due(basics(), *store_.snapshot());
  if (!first || !*first) return std::nullopt;
  return core::from_unix_ms((*first)->due_ms);
}

void Outbox::on_due(std::function<void()> wake) {
  {
    const std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
  }
  if (watch_) return;
  watch_ = store_.watch([this](core::WorkspaceId, std::uint64_t) {
    if (!may_have_changed_due()) return;
    const std::lock_guard lock(mutex_);
    if (wake_) wake_();
  });
}

}  // namespace postern::ticketing
