#include "ticketing/detail/report_sums.h"

#include <algorithm>
#include <map>

#include "storage/records.h"
#include "ticketing/detail/report_codec.h"

namespace postern::ticketing {
namespace {

bool is_below(std::string_view domain, std::string_view parent) {
  return domain.size() > parent.size() && domain.ends_with(parent) && domain[domain.size() - parent.size() - 1] == '.';
}

// A domain of an inbox, one below it, or one above it: policies are published there too.
bool is_ours(const Directory& directory, std::string_view domain) {
  return std::ranges::any_of(directory.domains(), [&](const std::string& own) {
    return own == domain || is_below(domain, own) || is_below(own, domain);
  });
}

void add_reporter(google::protobuf::RepeatedPtrField<schema::ReportReporter>& to, const ReportOrigin& origin, std::uint64_t total,
                  std::size_t reporters_max) {
  const auto is_same = [&](const schema::ReportReporter& one) { return one.domain() == origin.domain && one.organization() == origin.organization; };
  auto found = std::find_if(to.begin(), to.end(), is_same);
  if (found == to.end()) {
    if (static_cast<std::size_t>(to.size()) >= reporters_max) return;
    auto& added = *to.Add();
    added.set_domain(origin.domain);
    added.set_organization(origin.organization);
    found = to.end() - 1;
  }
  found->set_reports(found->reports() + 1);
  found->set_total(found->total() + total);
}

void add_failure(schema::TlsDay& to, const std::string& type, const std::string& host, std::uint64_t sessions, std::size_t failures_max) {
  auto& list = *to.mutable_failures();
  const auto find = [&list](const std::string& a_type, const std::string& a_host) {
    return std::find_if(list.begin(), list.end(),
                        [&](const schema::TlsFailureSums& one) { return one.result_type() == a_type && one.receiving_host() == a_host; });
  };
  auto found = find(type, host);
  const bool is_full = found == list.end() && static_cast<std::size_t>(list.size()) >= failures_max;
  if (is_full) found = find({}, {});
  if (found == list.end()) {
    auto& added = *list.Add();
    if (!is_full) {
      added.set_result_type(type);
      added.set_receiving_host(host);
    }
    found = list.end() - 1;
  }
  found->set_sessions(found->sessions() + sessions);
}

void add_policy(schema::TlsDay& to, const pipeline::TlsPolicyReport& policy) {
  constexpr int kTypesMax = 16;  // RFC 8460 knows three
  auto found = std::find_if(to.mutable_policies()->begin(), to.mutable_policies()->end(),
                            [&](const schema::TlsPolicySums& one) { return one.type() == policy.type; });
  if (found == to.mutable_policies()->end()) {
    if (to.policies_size() < kTypesMax) to.add_policies()->set_type(policy.type);
    found = to.mutable_policies()->end() - 1;
  }
  found->set_successes(found->successes() + policy.successes);
  found->set_failures(found->failures() + policy.failures);
}

}  // namespace

ReportSums sums_of(const pipeline::ReportRow& row) {
  ReportSums sums;
  sums.messages = row.count;
  if (row.is_dkim_aligned || row.is_spf_aligned) sums.passed = row.count;
  if (row.is_dkim_aligned) sums.dkim_aligned = row.count;
  if (row.is_spf_aligned) sums.spf_aligned = row.count;
  if (row.disposition == pipeline::ReportDisposition::kQuarantine) sums.quarantined = row.count;
  if (row.disposition == pipeline::ReportDisposition::kReject) sums.rejected = row.count;
  return sums;
}

core::Result<bool> ReportAdder::read(const std::string& key, google::protobuf::MessageLite& record) {
  POSTERN_TRY(const std::optional<std::string> value, transaction_.get(key));
  if (!value) return false;
  POSTERN_CHECK(storage::open_record(with_.vault, origin_.workspace, key, *value, record));
  return true;
}

// The count is that of the snapshot: a few domains more or less do not matter.
core::Result<bool> ReportAdder::has_room(keys::ReportDay kind, const std::string& domain) {
  if (is_ours(with_.directory, domain)) return true;
  const std::string counter = keys::foreign_domain_counter(origin_.workspace, kind, day_, origin_.is_trusted);
  POSTERN_TRY(const std::optional<std::string> value, transaction_.snapshot().get(counter));
  const auto limit = static_cast<std::int64_t>(with_.options.mail_reports.foreign_domains_per_day_max);
  if (storage::decode_counter(value) >= limit) return false;
  transaction_.add(counter, 1);
  return true;
}

core::Result<bool> ReportAdder::add(const std::string& domain, const pipeline::AggregateReport& report) {
  const std::string key = keys::report_day(origin_.workspace, keys::ReportDay::kSums, day_, origin_.is_trusted, domain);
  schema::AggregateDay record;
  POSTERN_TRY(const bool is_known, read(key, record));
  if (!is_known) {
    POSTERN_TRY(const bool fits, has_room(keys::ReportDay::kSums, domain));
    if (!fits) return false;
  }
  ReportSums sums;
  for (const auto& row : report.rows) sums.add(sums_of(row));
  codec::add(sums, *record.mutable_sums());
  add_reporter(*record.mutable_reporters(), origin_, sums.messages, with_.options.mail_reports.reporters_per_day_max);
  POSTERN_CHECK(storage::put_sealed(transaction_, with_.vault, origin_.workspace, key, record));
  POSTERN_CHECK(add_sources(domain, report));
  return true;
}

core::Result<void> ReportAdder::add_sources(const std::string& domain, const pipeline::AggregateReport& report) {
  const std::string key = keys::report_day(origin_.workspace, keys::ReportDay::kSources, day_, origin_.is_trusted, domain);
  schema::AggregateSources record;
  POSTERN_CHECK(read(key, record));
  std::map<std::string, schema::AggregateSource*> by_address;
  for (auto& one : *record.mutable_sources()) by_address.emplace(one.source_ip(), &one);
  for (const auto& row : report.rows) {
    auto found = by_address.find(row.source_ip);
    if (found == by_address.end()) {
      const std::size_t named = by_address.size() - by_address.count({});
      const std::string address = named < with_.options.mail_reports.sources_per_day_max ? row.source_ip : std::string();
      found = by_address.find(address);
      if (found == by_address.end()) {
        auto& added = *record.add_sources();  // the pointers to the others stay good
        added.set_source_ip(address);
        found = by_address.emplace(address, &added).first;
      }
    }
    codec::add(sums_of(row), *found->second->mutable_sums());
  }
  return storage::put_sealed(transaction_, with_.vault, origin_.workspace, key, record);
}

core::Result<bool> ReportAdder::add(const std::string& domain, const pipeline::TlsPolicyReport& policy) {
  const std::string key = keys::report_day(origin_.workspace, keys::ReportDay::kTls, day_, origin_.is_trusted, domain);
  schema::TlsDay record;
  POSTERN_TRY(const bool is_known, read(key, record));
  if (!is_known) {
    POSTERN_TRY(const bool fits, has_room(keys::ReportDay::kTls, domain));
    if (!fits) return false;
  }
  const MailReportLimits& limits = with_.options.mail_reports;
  add_policy(record, policy);
  for (const auto& failure : policy.details) {
    add_failure(record, failure.result_type, failure.receiving_host, failure.count, limits.tls_failures_per_day_max);
  }
  add_reporter(*record.mutable_reporters(), origin_, policy.successes + policy.failures, limits.reporters_per_day_max);
  POSTERN_CHECK(storage::put_sealed(transaction_, with_.vault, origin_.workspace, key, record));
  return true;
}

}  // namespace postern::ticketing
