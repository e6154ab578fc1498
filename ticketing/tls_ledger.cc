#include "ticketing/tls_ledger.h"

#include <algorithm>
#include <ranges>

#include "core/metrics.h"
#include "storage/records.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/outgoing.h"
#include "ticketing/detail/retry.h"
#include "ticketing/dmarc_ledger.h"

namespace postern::ticketing {
namespace {

// Kinds of kDmarcLedger, beside those of detail/keys.h.
constexpr std::uint64_t kTlsDay = 5;
constexpr std::uint64_t kTlsDomains = 6;  // domains of a day
constexpr std::size_t kErasedAtATime = 1000;
constexpr std::size_t kHandedOverMax = 20;  // destinations remembered of one report

void drop_sessions(std::string_view why, std::uint64_t sessions) {
  core::metrics()
      .counter("postern_tls_ledger_dropped_total", "Sessions that no TLS report of ours will tell of.", "why=\"" + std::string(why) + "\"")
      .add(sessions);
}

std::uint64_t sessions_in(const schema::TlsLedgerDay& day) {
  std::uint64_t out = 0;
  for (const auto& policy : day.policies()) out += policy.successes() + policy.failures();
  return out;
}

bool is_same_policy(const schema::TlsLedgerPolicy& a, const schema::TlsLedgerPolicy& b) {
  return a.type() == b.type() && a.domain() == b.domain() && std::ranges::equal(a.text(), b.text()) && std::ranges::equal(a.mx_hosts(), b.mx_hosts());
}

bool is_same_failure(const schema::TlsLedgerFailure& a, const schema::TlsLedgerFailure& b) {
  return a.result_type() == b.result_type() && a.sending_ip() == b.sending_ip() && a.receiving_host() == b.receiving_host() &&
         a.receiving_helo() == b.receiving_helo() && a.receiving_ip() == b.receiving_ip() && a.reason_code() == b.reason_code();
}

schema::TlsLedgerDay one_session(const pipeline::TlsSession& session, const TlsLedgerLimits& limits) {
  const auto cut = [&limits](const std::string& text) { return text.substr(0, limits.text_bytes_max); };
  schema::TlsLedgerDay out;
  out.set_day(utc_day(session.at));
  out.set_domain(session.domain);
  schema::TlsLedgerPolicy& policy = *out.add_policies();
  policy.set_type(cut(session.policy.type));
  policy.set_domain(cut(session.policy.domain));
  for (const std::string& line : session.policy.text | std::views::take(limits.lines_max)) policy.add_text(cut(line));
  for (const std::string& host : session.policy.mx_hosts | std::views::take(limits.lines_max)) policy.add_mx_hosts(cut(host));
  if (session.shown.result_type.empty()) {
    policy.set_successes(1);
    return out;
  }
  policy.set_failures(1);
  schema::TlsLedgerFailure& failure = *policy.add_details();
  failure.set_result_type(cut(session.shown.result_type));
  failure.set_sending_ip(cut(session.shown.sending_ip));
  failure.set_receiving_host(cut(session.shown.receiving_host));
  failure.set_receiving_helo(cut(session.shown.receiving_helo));
  failure.set_receiving_ip(cut(session.shown.receiving_ip));
  failure.set_reason_code(cut(session.shown.reason_code));
  failure.set_sessions(1);
  return out;
}

pipeline::TlsPolicyTally read_policy(const schema::TlsLedgerPolicy& from) {
  pipeline::TlsPolicyTally to;
  to.policy = {from.type(), from.domain(), {from.text().begin(), from.text().end()}, {from.mx_hosts().begin(), from.mx_hosts().end()}};
  to.successes = from.successes();
  to.failures = from.failures();
  for (const auto& each : from.details()) {
    to.details.push_back({each.result_type(), each.sending_ip(), each.receiving_host(), each.receiving_helo(), each.receiving_ip(),
                          each.sessions(), each.reason_code()});
  }
  return to;
}

TlsLedgerEntry read_entry(const schema::TlsLedgerDay& from) {
  TlsLedgerEntry to;
  to.day = from.day();
  to.domain = from.domain();
  for (const auto& policy : from.policies()) to.policies.push_back(read_policy(policy));
  to.sessions_dropped = from.sessions_dropped();
  to.delivered.assign(from.delivered().begin(), from.delivered().end());
  to.tries = from.tries();
  to.next_try_unix_ms = from.next_try_unix_ms();
  to.outcome = from.outcome();
  to.detail = from.detail();
  to.ended_unix_ms = from.ended_unix_ms();
  return to;
}

// What the key of an unreadable record tells: one of them must not hold up the others.
TlsLedgerEntry damaged_entry(const std::string& key) {
  storage::KeyReader reader(key);
  reader.u64();  // kTlsDay
  TlsLedgerEntry out;
  out.day = reader.u64();
  out.domain = reader.text();
  out.outcome = "damaged";
  out.detail = "the record cannot be read";
  return out;
}

}  // namespace

std::uint64_t TlsLedgerEntry::successes() const {
  std::uint64_t out = 0;
  for (const auto& each : policies) out += each.successes;
  return out;
}

std::uint64_t TlsLedgerEntry::failures() const {
  std::uint64_t out = 0;
  for (const auto& each : policies) out += each.failures;
  return out;
}

TlsLedger::TlsLedger(storage::Store& store, storage::Vault& vault, const Directory& directory, core::IdSource& ids, core::Clock& clock,
                     Options options, TlsLedgerLimits limits)
    : store_(store), vault_(vault), directory_(directory), ids_(ids), clock_(clock), options_(std::move(options)), limits_(limits) {}

void TlsLedger::add(const schema::TlsLedgerPolicy& from, schema::TlsLedgerPolicy& to) const {
  to.set_successes(to.successes() + from.successes());
  to.set_failures(to.failures() + from.failures());
  for (const auto& each : from.details()) {
    const auto known = std::ranges::find_if(*to.mutable_details(), [&](const auto& other) { return is_same_failure(each, other); });
    if (known != to.mutable_details()->end()) {
      known->set_sessions(known->sessions() + each.sessions());
    } else if (static_cast<std::size_t>(to.details_size()) < limits_.details_max) {
      *to.add_details() = each;
    }
  }
}

void TlsLedger::add(const schema::TlsLedgerDay& from, schema::TlsLedgerDay& to) const {
  for (const auto& each : from.policies()) {
    const auto known = std::ranges::find_if(*to.mutable_policies(), [&](const auto& other) { return is_same_policy(each, other); });
    if (known != to.mutable_policies()->end()) {
      add(each, *known);
    } else if (static_cast<std::size_t>(to.policies_size()) < limits_.policies_max) {
      *to.add_policies() = each;
    } else {
      drop_sessions("policies", each.successes() + each.failures());
      to.set_sessions_dropped(to.sessions_dropped() + each.successes() + each.failures());
    }
  }
  to.set_sessions_dropped(to.sessions_dropped() + from.sessions_dropped());
}

void TlsLedger::note(const pipeline::TlsSession& session) {
  const std::string result = session.shown.result_type.empty() ? "ok" : session.shown.result_type;
  core::metrics()
      .counter("postern_delivery_tls_sessions_total", "Sessions with other mail servers, by the policy that held and what TLS came to.",
               "policy=\"" + session.policy.type + "\",result=\"" + result + "\"")
      .add();
  const schema::TlsLedgerDay counted = one_session(session, limits_);
  const std::lock_guard lock(mutex_);
  const DayDomain of{counted.day(), counted.domain()};
  const auto known = pending_.find(of);
  if (known != pending_.end()) return add(counted, known->second);
  if (pending_.size() >= limits_.pending_max) return drop_sessions("memory", 1);
  pending_.emplace(of, counted);
}

core::Task<core::Result<void>> TlsLedger::flush() {
  Pending all;
  {
    const std::lock_guard lock(mutex_);
    all.swap(pending_);
  }
  while (!all.empty()) {
    Pending batch;
    while (!all.empty() && batch.size() < limits_.batch_max) batch.insert(all.extract(all.begin()));
    const auto written = co_await commit_batch(batch);
    if (written) continue;
    all.merge(batch);
    keep(all);
    co_return written.error();
  }
  co_return core::Result<void>();
}

// Puts back what a failed flush() had taken, as far as there is room beside what came since.
void TlsLedger::keep(const Pending& unwritten) {
  const std::lock_guard lock(mutex_);
  for (const auto& [of, counted] : unwritten) {
    const auto known = pending_.find(of);
    if (known != pending_.end()) {
      add(counted, known->second);
    } else if (pending_.size() < limits_.pending_max) {
      pending_.emplace(of, counted);
    } else {
      drop_sessions("memory", sessions_in(counted));
    }
  }
}

core::Task<core::Result<void>> TlsLedger::commit_batch(const Pending& batch) {
  for (Patience patience(clock_, options_);;) {
    storage::Transaction transaction = store_.begin();
    POSTERN_CO_CHECK(write(transaction, batch));
    if (transaction.writes().empty()) co_return core::Result<void>();
    const auto committed = co_await store_.commit(std::move(transaction));
    if (committed) co_return core::Result<void>();
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Result<void> TlsLedger::write(storage::Transaction& transaction, const Pending& batch) {
  std::map<std::uint64_t, std::size_t> new_domains;
  for (const auto& [of, counted] : batch) POSTERN_CHECK(write_day(transaction, of, counted, new_domains));
  return {};
}

core::Result<void> TlsLedger::write_day(storage::Transaction& transaction, const DayDomain& of, const schema::TlsLedgerDay& counted,
                                        std::map<std::uint64_t, std::size_t>& new_domains) {
  const auto& [day, domain] = of;
  const std::string key = keys::ledger(kTlsDay, day, domain);
  schema::TlsLedgerDay record;
  POSTERN_TRY(const std::optional<std::string> stored, transaction.get(key));
  if (stored) {
    const auto opened = storage::open_record(vault_, keys::kGlobal, key, *stored, record);
    if (!opened && is_damage(opened.error())) return drop_sessions("damaged", sessions_in(counted)), core::Result<void>();
    POSTERN_CHECK(opened);
  } else {
    const std::string domains_key = keys::ledger_day_prefix(kTlsDomains, day);
    POSTERN_TRY(const std::optional<std::string> before, transaction.snapshot().get(domains_key));
    const std::size_t known = static_cast<std::size_t>(storage::decode_counter(before)) + new_domains[day];
    if (known >= limits_.domains_max) return drop_sessions("domains", sessions_in(counted)), core::Result<void>();
    ++new_domains[day];
    transaction.add(domains_key, 1);
    record.set_day(day);
    record.set_domain(domain);
  }
  if (record.outcome().empty() && record.delivered().empty()) {
    add(counted, record);
  } else {
    drop_sessions("late", sessions_in(counted));
    record.set_sessions_dropped(record.sessions_dropped() + sessions_in(counted));
  }
  return storage::put_sealed(transaction, vault_, keys::kGlobal, key, record);
}

core::Result<std::vector<TlsLedgerEntry>> TlsLedger::list(std::size_t limit, const std::optional<TlsLedgerEntry>& after) const {
  const std::string behind = after ? keys::ledger(kTlsDay, after->day, after->domain) : std::string();
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              store_.snapshot()->scan(keys::ledger_prefix(kTlsDay), storage::Direction::kForward, limit, behind));
  std::vector<TlsLedgerEntry> out;
  for (const storage::Entry& entry : entries) {
    schema::TlsLedgerDay record;
    const auto opened = storage::open_record(vault_, keys::kGlobal, entry.key, entry.value, record);
    const bool is_damaged = !opened && is_damage(opened.error());
    if (!is_damaged) POSTERN_CHECK(opened);
    out.push_back(is_damaged ? damaged_entry(entry.key) : read_entry(record));
  }
  return out;
}

core::Result<TlsLedgerEntry> TlsLedger::find(std::uint64_t day, const std::string& domain) const {
  const std::string key = keys::ledger(kTlsDay, day, domain);
  POSTERN_TRY(const std::optional<std::string> value, store_.snapshot()->get(key));
  if (!value) return core::fail(Errc::kNotFound, "no session for that domain was counted on that day");
  schema::TlsLedgerDay record;
  POSTERN_CHECK(storage::open_record(vault_, keys::kGlobal, key, *value, record));
  return read_entry(record);
}

core::Task<core::Result<bool>> TlsLedger::settle(std::uint64_t day, std::string domain, Settlement settlement) {
  const Basics with{store_, vault_, directory_, ids_, clock_, options_};
  const std::string key = keys::ledger(kTlsDay, day, domain);
  for (Patience patience(clock_, options_);;) {
    storage::Transaction transaction = store_.begin();
    POSTERN_CO_TRY(const std::optional<std::string> stored, transaction.get(key));
    if (!stored) co_return core::fail(Errc::kNotFound, "no session for that domain was counted on that day");
    schema::TlsLedgerDay record;
    POSTERN_CO_CHECK(storage::open_record(vault_, keys::kGlobal, key, *stored, record));
    if (!record.outcome().empty()) co_return false;
    for (const std::string& each : settlement.delivered | std::views::take(kHandedOverMax)) record.add_delivered(each);
    if (settlement.was_in_vain) record.set_tries(record.tries() + 1);
    record.set_next_try_unix_ms(settlement.next_try_unix_ms);
    record.set_outcome(settlement.outcome);
    record.set_detail(settlement.detail);
    if (!settlement.outcome.empty()) record.set_ended_unix_ms(with.now_ms());
    POSTERN_CO_CHECK(storage::put_sealed(transaction, vault_, keys::kGlobal, key, record));
    for (const SystemMail& mail : settlement.mails) POSTERN_CO_CHECK(queue_system_mail(with, transaction, mail));
    const auto committed = co_await store_.commit(std::move(transaction));
    if (committed) co_return true;
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Task<core::Result<void>> TlsLedger::erase_before(std::uint64_t day) {
  for (const std::uint64_t kind : {kTlsDay, kTlsDomains}) {
    const std::string end = keys::ledger_day_prefix(kind, day);
    for (;;) {
      storage::Transaction transaction = store_.begin();
      POSTERN_CO_TRY(const std::vector<storage::Entry> entries,
                     transaction.snapshot().scan(keys::ledger_prefix(kind), storage::Direction::kForward, kErasedAtATime));
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
