#include "ticketing/suspended_upkeep.h"

#include <algorithm>

#include "auth/audit.h"
#include "storage/records.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/outgoing.h"
#include "ticketing/detail/suspended_record.h"
#include "ticketing/detail/trace_writer.h"
#include "ticketing/people/transact.h"
#include "ticketing/senders/keys.h"
#include "ticketing/suspended_digest.h"

namespace postern::ticketing {
namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
constexpr std::int64_t kHourMs = 60LL * 60 * 1000;

auth::Principal the_system(core::WorkspaceId workspace) {
  auth::Principal by;
  by.workspace = workspace;
  by.method = auth::Method::kOperator;
  return by;
}

}  // namespace

core::Result<schema::SuspendedSettings> SuspendedUpkeep::read(storage::Transaction& transaction,
                                                              core::WorkspaceId workspace) const {
  const std::string key = intake_keys::suspended_settings(workspace);
  POSTERN_TRY(const std::optional<std::string> stored, transaction.get(key));
  schema::SuspendedSettings out;
  if (stored) POSTERN_CHECK(storage::open_record(with_.vault, workspace, key, *stored, out));
  return out;
}

core::Result<SuspendedUpkeep::Settings> SuspendedUpkeep::settings_in(storage::Transaction& transaction,
                                                                     core::WorkspaceId workspace) const {
  POSTERN_TRY(const schema::SuspendedSettings stored, read(transaction, workspace));
  Settings out;
  out.is_chosen = stored.days() != 0;
  out.days = out.is_chosen ? std::min(stored.days(), with_.options.suspended_days_max) : with_.options.suspended_days;
  for (const std::uint64_t each : stored.digest_readers()) out.digest_readers.push_back(core::UserId{each});
  return out;
}

core::Result<SuspendedUpkeep::Settings> SuspendedUpkeep::settings(core::WorkspaceId workspace) const {
  storage::Transaction transaction = with_.store.begin();
  return settings_in(transaction, workspace);
}

core::Task<core::Result<void>> SuspendedUpkeep::set_days(auth::Principal by, std::optional<std::uint32_t> days) {
  if (!auth::may(by, auth::Permission::kSettingsManage)) co_return core::fail(auth::Errc::kForbidden);
  if (days && (*days == 0 || *days > with_.options.suspended_days_max)) {
    co_return core::fail(Errc::kInvalid,
                         "retention_days: from 1 to " + std::to_string(with_.options.suspended_days_max));
  }
  auto change = [this, &by, days](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(schema::SuspendedSettings stored, read(transaction, by.workspace));
    if (stored.days() == days.value_or(0)) return {};
    auth::AuditEvent event{"suspended.retention", "suspended"};
    const auto word = [](std::uint32_t value) {
      return value == 0 ? std::string("as configured") : std::to_string(value);
    };
    event.changes.push_back({"retention_days", word(stored.days()), word(days.value_or(0))});
    stored.set_days(days.value_or(0));
    POSTERN_CHECK(storage::put_sealed(transaction, with_.vault, by.workspace,
                                      intake_keys::suspended_settings(by.workspace), stored));
    return auth::audit(transaction, with_.vault, with_.ids, with_.clock, by, event);
  };
  co_return co_await transact_people(with_, std::move(change));
}

core::Task<core::Result<void>> SuspendedUpkeep::want_digest(auth::Principal by, bool wants) {
  if (!by.user || !auth::may(by, auth::Permission::kTicketsWrite)) co_return core::fail(auth::Errc::kForbidden);
  auto change = [this, &by, wants](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(schema::SuspendedSettings stored, read(transaction, by.workspace));
    auto& readers = *stored.mutable_digest_readers();
    const auto known = std::ranges::find(readers, by.user.value);
    if ((known != readers.end()) == wants) return {};
    if (wants && static_cast<std::size_t>(readers.size()) >= with_.options.digest_readers_max) {
      return core::fail(Errc::kInvalid, "wanted: too many read it already");
    }
    if (wants) {
      readers.Add(by.user.value);
    } else {
      readers.erase(known);
    }
    POSTERN_CHECK(storage::put_sealed(transaction, with_.vault, by.workspace,
                                      intake_keys::suspended_settings(by.workspace), stored));
    return auth::audit(transaction, with_.vault, with_.ids, with_.clock, by, "suspended.digest",
                       "user/" + std::to_string(by.user.value), wants ? "wanted" : "not wanted");
  };
  co_return co_await transact_people(with_, std::move(change));
}

// What cannot be read is passed over: it stops nothing else.
core::Result<SuspendedUpkeep::Batch> SuspendedUpkeep::expire_some(storage::Transaction& transaction,
                                                                  core::WorkspaceId workspace, std::uint32_t days,
                                                                  const std::string& after) {
  Batch out;
  const std::int64_t until = with_.now_ms() - days * kDayMs;
  const std::size_t most = with_.options.suspended_expired_at_once_max;
  POSTERN_TRY(
      const std::vector<storage::Entry> entries,
      transaction.snapshot().scan(keys::suspended_prefix(workspace), storage::Direction::kForward, most, after));
  for (const storage::Entry& entry : entries) {
    POSTERN_TRY(const std::optional<std::string> value, transaction.get(entry.key));  // against whoever recovers it now
    if (!value) continue;
    schema::Suspended record;
    const auto opened = storage::open_record(with_.vault, workspace, entry.key, *value, record);
    if (!opened && !is_damage(opened.error())) return opened.error();
    if (!opened) continue;
    if (record.at_unix_ms() > until) return out;  // so are all behind it: traces are in the order of time
    POSTERN_CHECK(erase_suspended(with_, transaction, workspace, record));
    const TraceStep step{with_.now_ms(), "deleted", "held for " + std::to_string(days) + " days"};
    POSTERN_CHECK(add_trace_step(transaction, with_.vault, workspace, core::TraceId{record.trace()}, step));
    transaction.record(workspace, {"mail.deleted", record.trace(), record.inbox()});
    ++out.erased;
  }
  out.is_last = entries.size() < most;
  if (!out.is_last) out.after = entries.back().key;
  return out;
}

core::Task<core::Result<std::size_t>> SuspendedUpkeep::expire(core::WorkspaceId workspace,
                                                              const std::atomic<bool>& is_stopping) {
  std::size_t erased = 0;
  for (Batch batch{0, {}, false}; !batch.is_last && !is_stopping;) {
    auto change = [this, workspace, after = batch.after](storage::Transaction& transaction) -> core::Result<Batch> {
      POSTERN_TRY(const Settings now, settings_in(transaction, workspace));
      POSTERN_TRY(Batch some, expire_some(transaction, workspace, now.days, after));
      if (some.erased == 0) return some;
      POSTERN_CHECK(auth::audit(transaction, with_.vault, with_.ids, with_.clock, the_system(workspace), "mail.expired",
                                "suspended",
                                std::to_string(some.erased) + " held for " + std::to_string(now.days) + " days"));
      return some;
    };
    POSTERN_CO_TRY(batch, co_await transact_people(with_, std::move(change)));
    erased += batch.erased;
  }
  co_return erased;
}

core::Task<core::Result<std::size_t>> SuspendedUpkeep::send_digests(core::WorkspaceId workspace,
                                                                    const std::atomic<bool>& is_stopping) {
  const std::int64_t now = with_.now_ms();
  if (now % kDayMs < with_.options.digest_hour_utc * kHourMs || is_stopping) co_return std::size_t{0};
  const std::string today = std::to_string(now / kDayMs);
  auto change = [this, workspace, &today, now](storage::Transaction& transaction) -> core::Result<std::size_t> {
    const std::string day_key = intake_keys::digest_day(workspace);
    POSTERN_TRY(const std::optional<std::string> last, transaction.get(day_key));
    POSTERN_TRY(const Settings settings, settings_in(transaction, workspace));
    if (last == today || settings.digest_readers.empty()) return std::size_t{0};
    std::size_t sent = 0;
    for (const core::UserId reader : settings.digest_readers) {
      POSTERN_TRY(const auto user, with_.accounts.find(workspace, reader));
      const bool may_read = user && !user->is_disabled && user->permissions.has(auth::Permission::kTicketsWrite);
      if (!may_read) continue;
      auth::Reach reach(workspace);
      reach.inboxes = user->inboxes;
      POSTERN_TRY(const SuspendedTally tally, tally_suspended(with_, transaction.snapshot(), reach, now - kDayMs));
      if (tally.waiting == 0) continue;
      POSTERN_TRY(const auto mail, suspended_digest(with_, *user, tally, settings.days));
      if (!mail) continue;
      const auto queued = queue_system_mail(with_, transaction, *mail);
      if (!queued && !(queued.error() == Errc::kInvalid))
        return queued.error();  // kInvalid: an address that cannot be mailed
      sent += queued ? 1 : 0;
    }
    transaction.put(day_key, today);
    return sent;
  };
  co_return co_await transact_people(with_, std::move(change));
}

}  // namespace postern::ticketing
