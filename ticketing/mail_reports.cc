#include "ticketing/mail_reports.h"

#include <algorithm>
#include <functional>
#include <map>

#include "storage/records.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/report_codec.h"
#include "ticketing/errc.h"

namespace postern::ticketing {
namespace {

using keys::ReportDay;
using Reporters = std::map<std::pair<std::string, std::string>, ReporterSums>;

// Reads the records of a kind that a question asks for, bounded.
class DayReader {
 public:
  DayReader(const storage::Store& store, const storage::Vault& vault, const MailReportLimits& limits, core::WorkspaceId workspace,
            const ReportQuestion& question)
      : snapshot_(store.snapshot()), vault_(vault), limits_(limits), workspace_(workspace), question_(question) {}

  // `use` is given the domain, the day and the record of each, oldest day first.
  template <class Record>
  core::Result<void> read(ReportDay kind, const std::function<void(const std::string&, std::uint64_t, const Record&)>& use) {
    if (question_.last_day < question_.first_day || question_.last_day - question_.first_day >= limits_.period_days_max) {
      return core::fail(Errc::kInvalid, "a period is 1 to " + std::to_string(limits_.period_days_max) + " days");
    }
    for (std::uint64_t day = question_.first_day; day <= question_.last_day; ++day) {
      for (const bool is_trusted : {true, false}) {
        if (!is_trusted && !question_.with_unauthenticated) continue;
        POSTERN_TRY(const std::vector<storage::Entry> entries, entries_of(kind, day, is_trusted));
        for (const storage::Entry& entry : entries) {
          Record record;
          POSTERN_CHECK(storage::open_record(vault_, workspace_, entry.key, entry.value, record));
          use(domain_of(entry.key), day, record);
        }
      }
    }
    return {};
  }

 private:
  core::Result<std::vector<storage::Entry>> entries_of(ReportDay kind, std::uint64_t day, bool is_trusted) {
    std::vector<storage::Entry> out;
    if (!question_.domain.empty()) {
      std::string key = keys::report_day(workspace_, kind, day, is_trusted, question_.domain);
      POSTERN_TRY(std::optional<std::string> value, snapshot_->get(key));
      if (value) out.push_back({std::move(key), std::move(*value)});
    } else {
      POSTERN_TRY(out, snapshot_->scan(keys::report_day_prefix(workspace_, kind, day, is_trusted), storage::Direction::kForward,
                                       limits_.records_read_max - read_ + 1));
    }
    read_ += out.size();
    if (read_ > limits_.records_read_max) return core::fail(Errc::kInvalid, "too many domains and days: ask for one domain, or for fewer days");
    return out;
  }

  static std::string domain_of(const std::string& key) {
    storage::KeyReader reader(key);
    for (int field = 0; field < 3; ++field) reader.u64();  // kind, day, authenticated
    return reader.text();
  }

  std::shared_ptr<const storage::Snapshot> snapshot_;
  const storage::Vault& vault_;
  const MailReportLimits& limits_;
  core::WorkspaceId workspace_;
  const ReportQuestion& question_;
  std::size_t read_ = 0;
};

void add_reporters(Reporters& to, const google::protobuf::RepeatedPtrField<schema::ReportReporter>& from) {
  for (const auto& one : from) {
    ReporterSums& sums = to[{one.domain(), one.organization()}];
    sums.domain = one.domain();
    sums.organization = one.organization();
    sums.reports += one.reports();
    sums.total += one.total();
  }
}

// Those with the most of `count` first; equals stay in their order.
template <class T, class Count>
std::vector<T> by_count(std::vector<T> from, Count count) {
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  order.reserve(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) order.emplace_back(std::invoke(count, from[i]), i);
  std::ranges::sort(order, [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  std::vector<T> out;
  out.reserve(from.size());
  for (const auto& [number, index] : order) out.push_back(std::move(from[index]));
  return out;
}

template <class Map>
std::vector<typename Map::mapped_type> values_of(Map& from) {
  std::vector<typename Map::mapped_type> out;
  out.reserve(from.size());
  for (auto& [key, value] : from) out.push_back(std::move(value));
  return out;
}

struct TlsBuilding {
  TlsSummary summary;
  std::map<std::string, TlsTypeSums> policies;
  std::map<std::pair<std::string, std::string>, TlsFailureSums> details;
  Reporters reporters;

  void add(std::uint64_t day, const schema::TlsDay& record) {
    if (summary.days.empty() || summary.days.back().day != day) summary.days.push_back({day, 0, 0});
    for (const auto& one : record.policies()) {
      TlsTypeSums& sums = policies[one.type()];
      sums.type = one.type();
      sums.successes += one.successes();
      sums.failures += one.failures();
      summary.successes += one.successes();
      summary.failures += one.failures();
      summary.days.back().successes += one.successes();
      summary.days.back().failures += one.failures();
    }
    for (const auto& one : record.failures()) {
      TlsFailureSums& sums = details[{one.result_type(), one.receiving_host()}];
      sums.result_type = one.result_type();
      sums.receiving_host = one.receiving_host();
      sums.sessions += one.sessions();
    }
    add_reporters(reporters, record.reporters());
  }

  TlsSummary finish(const std::string& domain) {
    summary.domain = domain;
    for (auto& [type, sums] : policies) summary.policies.push_back(std::move(sums));
    summary.details = by_count(values_of(details), &TlsFailureSums::sessions);
    summary.reporters = by_count(values_of(reporters), &ReporterSums::total);
    return std::move(summary);
  }
};

}  // namespace

std::string_view to_string(ReportKind kind) { return kind == ReportKind::kTls ? "tls" : "aggregate"; }

void ReportSums::add(const ReportSums& more) {
  messages += more.messages;
  passed += more.passed;
  dkim_aligned += more.dkim_aligned;
  spf_aligned += more.spf_aligned;
  quarantined += more.quarantined;
  rejected += more.rejected;
}

core::Result<std::vector<MailReport>> MailReports::list(core::WorkspaceId workspace, std::size_t limit, std::uint64_t before) const {
  const std::string after = before == 0 ? std::string() : keys::mail_report(workspace, before);
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              store_.snapshot()->scan(keys::mail_reports_prefix(workspace), storage::Direction::kBackward, limit, after));
  std::vector<MailReport> out;
  for (const storage::Entry& entry : entries) {
    schema::MailReport record;
    POSTERN_CHECK(storage::open_record(vault_, workspace, entry.key, entry.value, record));
    out.push_back(codec::decode(record));
  }
  return out;
}

core::Result<MailReportDetail> MailReports::get(core::WorkspaceId workspace, std::uint64_t id) const {
  const auto snapshot = store_.snapshot();
  const std::string key = keys::mail_report(workspace, id);
  POSTERN_TRY(const std::optional<std::string> value, snapshot->get(key));
  if (!value) return core::fail(Errc::kNotFound, "report");
  schema::MailReport record;
  POSTERN_CHECK(storage::open_record(vault_, workspace, key, *value, record));
  schema::MailReportDetail detail;
  const std::string detail_key = keys::mail_report_detail(workspace, id);
  POSTERN_TRY(const std::optional<std::string> detail_value, snapshot->get(detail_key));
  if (detail_value) POSTERN_CHECK(storage::open_record(vault_, workspace, detail_key, *detail_value, detail));
  return codec::decode(codec::decode(record), detail);
}

core::Result<std::vector<DomainSummary>> MailReports::aggregate(core::WorkspaceId workspace, const ReportQuestion& question) const {
  std::map<std::string, DomainSummary> domains;
  std::map<std::string, Reporters> reporters;
  DayReader days(store_, vault_, limits_, workspace, question);
  POSTERN_CHECK(days.read<schema::AggregateDay>(
      ReportDay::kSums, [&](const std::string& domain, std::uint64_t day, const schema::AggregateDay& record) {
        DomainSummary& summary = domains[domain];
        summary.domain = domain;
        const ReportSums sums = codec::decode(record.sums());
        summary.sums.add(sums);
        if (summary.days.empty() || summary.days.back().first != day) summary.days.emplace_back(day, ReportSums{});
        summary.days.back().second.add(sums);
        add_reporters(reporters[domain], record.reporters());
      }));
  for (auto& [domain, summary] : domains) summary.reporters = by_count(values_of(reporters[domain]), &ReporterSums::total);
  return by_count(values_of(domains), [](const DomainSummary& one) { return one.sums.messages; });
}

core::Result<std::vector<SourceSums>> MailReports::sources(core::WorkspaceId workspace, const ReportQuestion& question) const {
  if (question.domain.empty()) return core::fail(Errc::kInvalid, "sources are those of one domain");
  std::map<std::string, SourceSums> sources;
  DayReader days(store_, vault_, limits_, workspace, question);
  POSTERN_CHECK(days.read<schema::AggregateSources>(
      ReportDay::kSources, [&](const std::string& /*domain*/, std::uint64_t /*day*/, const schema::AggregateSources& record) {
        for (const auto& one : record.sources()) {
          SourceSums& source = sources[one.source_ip()];
          source.source_ip = one.source_ip();
          source.sums.add(codec::decode(one.sums()));
        }
      }));
  return by_count(values_of(sources), [](const SourceSums& one) { return one.sums.messages; });
}

core::Result<std::vector<TlsSummary>> MailReports::tls(core::WorkspaceId workspace, const ReportQuestion& question) const {
  std::map<std::string, TlsBuilding> domains;
  DayReader days(store_, vault_, limits_, workspace, question);
  POSTERN_CHECK(days.read<schema::TlsDay>(
      ReportDay::kTls, [&](const std::string& domain, std::uint64_t day, const schema::TlsDay& record) { domains[domain].add(day, record); }));
  std::vector<TlsSummary> out;
  for (auto& [domain, building] : domains) out.push_back(building.finish(domain));
  return by_count(std::move(out), [](const TlsSummary& one) { return one.successes + one.failures; });
}

}  // namespace postern::ticketing
