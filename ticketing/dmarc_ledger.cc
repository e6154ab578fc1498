#include "ticketing/dmarc_ledger.h"

#include <algorithm>

#include "core/log.h"
#include "core/metrics.h"
#include "storage/records.h"
#include "ticketing/detail/dmarc_rows.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/outgoing.h"
#include "ticketing/detail/queue_item.h"
#include "ticketing/detail/retry.h"
#include "ticketing/detail/services.h"

namespace postern::ticketing {
namespace {

using pipeline::AuthResult;
using storage::Direction;

constexpr std::size_t kEntriesAtATime = 1000;
constexpr std::size_t kDigestBytes = 16;
constexpr std::int64_t kDayMs = 86'400'000;

void count_dropped(std::string_view why, std::uint64_t messages) {
  core::metrics()
      .counter("postern_dmarc_ledger_dropped_total", "Messages that no DMARC report of ours will tell of.", "why=\"" + std::string(why) + "\"")
      .add(messages);
}

bool is_counted(const pipeline::Envelope& envelope, const pipeline::DmarcVerdict& dmarc) {
  if (dmarc.policy_domain.empty()) return false;
  if (dmarc.result != AuthResult::kPass && dmarc.result != AuthResult::kFail) return false;
  const auto takes_reports = [](const pipeline::Recipient& rcpt) { return rcpt.policy && rcpt.policy->takes_reports; };
  return envelope.rcpts.empty() || !std::ranges::all_of(envelope.rcpts, takes_reports);
}

void set_policy(const pipeline::DmarcPublished& from, schema::DmarcDay& to) {
  to.set_is_dkim_strict(from.is_dkim_strict);
  to.set_is_spf_strict(from.is_spf_strict);
  to.set_is_testing(from.is_testing);
  to.set_policy(from.policy);
  to.set_subdomain_policy(from.subdomain_policy);
  to.set_nonexistent_policy(from.nonexistent_policy);
}

DmarcDay read_day(const schema::DmarcDay& from) {
  DmarcDay to;
  to.day = from.day();
  to.domain = from.domain();
  to.policy.domain = from.domain();
  to.policy.adkim = from.is_dkim_strict() ? "s" : "r";
  to.policy.aspf = from.is_spf_strict() ? "s" : "r";
  to.policy.p = from.policy();
  to.policy.sp = from.subdomain_policy();
  to.policy.np = from.nonexistent_policy();
  to.policy.testing = from.is_testing() ? "y" : "n";
  to.policy.discovery_method = "treewalk";
  to.rows = from.rows();
  to.messages = from.messages();
  to.messages_dropped = from.messages_dropped();
  to.outcome = from.outcome();
  to.detail = from.detail();
  to.ended_unix_ms = from.ended_unix_ms();
  return to;
}

// What the key of an unreadable record tells: one of them must not hold up the others.
DmarcDay damaged_day(const std::string& key) {
  storage::KeyReader reader(key);
  reader.u64();  // kLedgerDay
  DmarcDay out;
  out.day = reader.u64();
  out.domain = reader.text();
  out.outcome = "damaged";
  out.detail = "the record cannot be read";
  return out;
}

}  // namespace

std::uint64_t utc_day(core::WallTime time) { return static_cast<std::uint64_t>(std::max<std::int64_t>(0, core::to_unix_ms(time)) / kDayMs); }

DmarcLedger::DmarcLedger(storage::Store& store, storage::Vault& vault, const Directory& directory, core::IdSource& ids,
                         core::Clock& clock, Options options, LedgerOptions limits)
    : store_(store), vault_(vault), directory_(directory), ids_(ids), clock_(clock), options_(std::move(options)), limits_(limits) {}

Basics DmarcLedger::basics() const { return {store_, vault_, directory_, ids_, clock_, options_}; }

void DmarcLedger::note(const pipeline::Envelope& envelope, const pipeline::AuthVerdicts& verdicts) {
  if (!is_counted(envelope, verdicts.dmarc)) return;
  std::string row = make_dmarc_row(envelope, verdicts, limits_.results_max).SerializeAsString();
  const DayDomain of{utc_day(envelope.received_at), verdicts.dmarc.policy_domain};
  const std::lock_guard lock(mutex_);
  const auto domain = pending_.find(of);
  const bool is_new = domain == pending_.end() || !domain->second.rows.contains(row);
  if (is_new && pending_rows_ >= limits_.pending_rows_max) return count_dropped("memory", 1);
  if (is_new) ++pending_rows_;
  PendingDomain& into = domain == pending_.end() ? pending_[of] : domain->second;
  into.published = verdicts.dmarc.published;
  ++into.rows[std::move(row)];
}

core::Task<core::Result<void>> DmarcLedger::flush() {
  Pending all;
  {
    const std::lock_guard lock(mutex_);
    all.swap(pending_);
    pending_rows_ = 0;
  }
  while (!all.empty()) {
    Pending batch;
    for (std::size_t rows = 0; !all.empty() && rows < limits_.batch_rows_max;) {
      auto node = all.extract(all.begin());
      rows += node.mapped().rows.size();
      batch.insert(std::move(node));
    }
    const auto written = co_await commit_batch(batch);
    if (written) continue;
    all.merge(batch);
    keep(std::move(all));
    co_return written.error();
  }
  co_return core::Result<void>();
}

// Puts back what a failed flush() had taken, as far as there is room beside what came since.
void DmarcLedger::keep(Pending unwritten) {
  const std::lock_guard lock(mutex_);
  for (auto& [of, domain] : unwritten) {
    const auto [place, is_new_domain] = pending_.try_emplace(of);
    if (is_new_domain) place->second.published = domain.published;
    for (const auto& [row, messages] : domain.rows) {
      const auto known = place->second.rows.find(row);
      if (known != place->second.rows.end()) {
        known->second += messages;
      } else if (pending_rows_ < limits_.pending_rows_max) {
        place->second.rows.emplace(row, messages);
        ++pending_rows_;
      } else {
        count_dropped("memory", messages);
      }
    }
  }
}

core::Task<core::Result<void>> DmarcLedger::commit_batch(const Pending& batch) {
  for (Patience patience(clock_, options_);;) {
    storage::Transaction transaction = store_.begin();
    POSTERN_CO_CHECK(write(transaction, batch));
    if (transaction.writes().empty()) co_return core::Result<void>();
    const auto committed = co_await store_.commit(std::move(transaction));
    if (committed) co_return core::Result<void>();
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Result<void> DmarcLedger::write(storage::Transaction& transaction, const Pending& batch) {
  std::map<std::uint64_t, std::size_t> new_domains;
  for (const auto& [of, domain] : batch) POSTERN_CHECK(write_domain(transaction, of, domain, new_domains));
  return {};
}

core::Result<void> DmarcLedger::write_domain(storage::Transaction& transaction, const DayDomain& of, const PendingDomain& counted,
                                             std::map<std::uint64_t, std::size_t>& new_domains) {
  const auto& [day, domain] = of;
  std::uint64_t messages = 0;
  for (const auto& [row, count] : counted.rows) messages += count;
  const std::string key = keys::ledger(keys::kLedgerDay, day, domain);
  schema::DmarcDay record;
  POSTERN_TRY(const std::optional<std::string> stored, transaction.get(key));
  if (stored) {
    const auto opened = storage::open_record(vault_, keys::kGlobal, key, *stored, record);
    if (!opened && is_damage(opened.error())) return count_dropped("damaged", messages), core::Result<void>();
    POSTERN_CHECK(opened);
  } else {
    const std::string domains_key = keys::ledger_day_prefix(keys::kLedgerDomains, day);
    POSTERN_TRY(const std::optional<std::string> before, transaction.snapshot().get(domains_key));
    const std::size_t known = static_cast<std::size_t>(storage::decode_counter(before)) + new_domains[day];
    if (known >= limits_.domains_max) return count_dropped("domains", messages), core::Result<void>();
    ++new_domains[day];
    transaction.add(domains_key, 1);
    record.set_day(day);
    record.set_domain(domain);
  }
  const bool is_finished = !record.outcome().empty();
  if (!is_finished) set_policy(counted.published, record);
  for (const auto& [row, count] : counted.rows) {
    POSTERN_TRY(const std::string hash, vault_.content_hash(keys::kGlobal, row));
    const std::string digest = hash.substr(0, kDigestBytes);
    const std::string row_key = keys::ledger_row(keys::kLedgerRow, day, domain, digest);
    POSTERN_TRY(const std::optional<std::string> known, transaction.get(row_key));
    if (is_finished || (!known && record.rows() >= limits_.rows_max)) {
      count_dropped(is_finished ? "late" : "rows", count);
      record.set_messages_dropped(record.messages_dropped() + count);
      continue;
    }
    if (!known) {
      POSTERN_TRY(std::string sealed, vault_.seal(keys::kGlobal, row_key, row));
      transaction.put(row_key, std::move(sealed));
      record.set_rows(record.rows() + 1);
    }
    transaction.add(keys::ledger_row(keys::kLedgerCount, day, domain, digest), static_cast<std::int64_t>(count));
    record.set_messages(record.messages() + count);
  }
  return storage::put_sealed(transaction, vault_, keys::kGlobal, key, record);
}

core::Result<std::vector<DmarcDay>> DmarcLedger::list(std::size_t limit, const std::optional<DmarcDay>& after) const {
  const std::string behind = after ? keys::ledger(keys::kLedgerDay, after->day, after->domain) : std::string();
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              store_.snapshot()->scan(keys::ledger_prefix(keys::kLedgerDay), Direction::kForward, limit, behind));
  std::vector<DmarcDay> out;
  for (const storage::Entry& entry : entries) {
    schema::DmarcDay record;
    const auto opened = storage::open_record(vault_, keys::kGlobal, entry.key, entry.value, record);
    const bool is_damaged = !opened && is_damage(opened.error());
    if (!is_damaged) POSTERN_CHECK(opened);
    out.push_back(is_damaged ? damaged_day(entry.key) : read_day(record));
  }
  return out;
}

core::Result<DmarcDay> DmarcLedger::find(std::uint64_t day, const std::string& domain) const {
  const std::string key = keys::ledger(keys::kLedgerDay, day, domain);
  POSTERN_TRY(const std::optional<std::string> value, store_.snapshot()->get(key));
  if (!value) return core::fail(Errc::kNotFound, "no mail of that domain was counted on that day");
  schema::DmarcDay record;
  POSTERN_CHECK(storage::open_record(vault_, keys::kGlobal, key, *value, record));
  return read_day(record);
}

core::Result<std::vector<pipeline::ReportRow>> DmarcLedger::rows(std::uint64_t day, const std::string& domain) const {
  const auto snapshot = store_.snapshot();
  const std::string prefix = keys::ledger(keys::kLedgerRow, day, domain);
  const std::string counts = keys::ledger(keys::kLedgerCount, day, domain);
  std::vector<pipeline::ReportRow> out;
  for (std::string after;;) {
    POSTERN_TRY(const std::vector<storage::Entry> entries, snapshot->scan(prefix, Direction::kForward, kEntriesAtATime, after));
    for (const storage::Entry& entry : entries) {
      POSTERN_TRY(const std::optional<std::string> count, snapshot->get(counts + entry.key.substr(prefix.size())));
      const auto messages = static_cast<std::uint64_t>(storage::decode_counter(count));
      schema::DmarcRow record;
      const auto opened = storage::open_record(vault_, keys::kGlobal, entry.key, entry.value, record);
      if (opened) {
        out.push_back(read_dmarc_row(record, messages));
      } else if (is_damage(opened.error())) {
        count_dropped("damaged", messages);
      } else {
        return opened.error();
      }
    }
    if (entries.size() < kEntriesAtATime) break;
    after = entries.back().key;
  }
  return out;
}

core::Task<core::Result<bool>> DmarcLedger::finish(std::uint64_t day, std::string domain, std::string outcome, std::string detail,
                                                   std::vector<SystemMail> reports) {
  const Basics with = basics();
  const std::string key = keys::ledger(keys::kLedgerDay, day, domain);
  for (Patience patience(clock_, options_);;) {
    storage::Transaction transaction = store_.begin();
    POSTERN_CO_TRY(const std::optional<std::string> stored, transaction.get(key));
    if (!stored) co_return core::fail(Errc::kNotFound, "no mail of that domain was counted on that day");
    schema::DmarcDay record;
    POSTERN_CO_CHECK(storage::open_record(vault_, keys::kGlobal, key, *stored, record));
    if (!record.outcome().empty()) co_return false;
    record.set_outcome(outcome);
    record.set_detail(detail);
    record.set_ended_unix_ms(with.now_ms());
    POSTERN_CO_CHECK(storage::put_sealed(transaction, vault_, keys::kGlobal, key, record));
    for (const SystemMail& report : reports) POSTERN_CO_CHECK(queue_system_mail(with, transaction, report));
    const auto committed = co_await store_.commit(std::move(transaction));
    if (committed) co_return true;
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Task<core::Result<void>> DmarcLedger::erase_before(std::uint64_t day) {
  for (const std::uint64_t kind : {keys::kLedgerDay, keys::kLedgerRow, keys::kLedgerCount, keys::kLedgerDomains}) {
    for (;;) {
      storage::Transaction transaction = store_.begin();
      POSTERN_CO_TRY(const std::vector<storage::Entry> entries,
                     transaction.snapshot().scan(keys::ledger_prefix(kind), Direction::kForward, kEntriesAtATime));
      const std::string end = keys::ledger_day_prefix(kind, day);
      for (const storage::Entry& entry : entries) {
        if (entry.key < end) transaction.erase(entry.key);
      }
      if (transaction.writes().empty()) break;
      POSTERN_CO_CHECK(co_await store_.commit(std::move(transaction)));
    }
  }
  co_return core::Result<void>();
}

}  // namespace postern::ticketing
