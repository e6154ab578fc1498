#include "ticketing/detail/report_store.h"

#include <algorithm>

#include "storage/records.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/report_codec.h"
#include "ticketing/detail/report_sums.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kDomainBytesMax = 253;    // RFC 1035 section 2.3.4
constexpr std::string_view kDigestPurpose = "postern/mail-report";  // content_hash() also makes blob addresses
constexpr std::int64_t kMsADay = kSecondsADay * 1000;

bool is_domain(std::string_view text) {
  const auto is_allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'; };
  return !text.empty() && text.size() <= kDomainBytesMax && std::ranges::all_of(text, is_allowed);
}

class ReportStore {
 public:
  ReportStore(const Basics& with, storage::Transaction& transaction, const Target& target, const IncomingMail& mail)
      : with_(with), transaction_(transaction), workspace_(target.workspace), today_(static_cast<std::uint64_t>(with.now_ms() / kMsADay)) {
    base_.received_unix_ms = with.now_ms();
    base_.trace = mail.trace;
    base_.inbox = target.inbox;
    base_.reporter = claimed_sender(mail).address.domain_lower();
    base_.is_authenticated = is_sender_authenticated(mail);
  }

  core::Result<std::string> store(const pipeline::AggregateReport& report) {
    MailReport to = base_;
    to.kind = ReportKind::kAggregate;
    to.organization = report.metadata.org_name;
    to.contact = report.metadata.email;
    to.report_id = report.metadata.report_id;
    to.begin_unix = report.metadata.begin_unix;
    to.end_unix = report.metadata.end_unix;
    to.domains = {report.policy.domain};
    for (const auto& row : report.rows) {
      const ReportSums sums = sums_of(row);
      to.total += sums.messages;
      to.passed += sums.passed;
    }
    POSTERN_TRY(const std::string digest, digest_of(to));
    POSTERN_TRY(const bool is_known, was_seen(digest));
    if (is_known) return outcome(to, "received before");
    if (to.not_counted = why_not(to); to.not_counted.empty()) {
      POSTERN_TRY(const bool fits, adder(to).add(report.policy.domain, report));
      if (!fits) to.not_counted = "limit";
    }
    POSTERN_CHECK(put(to, digest, detail_of(report)));
    return outcome(to, to.not_counted.empty() ? "counted" : "not counted: " + to.not_counted);
  }

  core::Result<std::string> store(const pipeline::TlsReport& report) {
    MailReport to = base_;
    to.kind = ReportKind::kTls;
    to.organization = report.organization;
    to.contact = report.contact;
    to.report_id = report.report_id;
    to.begin_unix = report.begin_unix;
    to.end_unix = report.end_unix;
    for (const auto& policy : report.policies) {
      if (std::ranges::find(to.domains, policy.domain) == to.domains.end()) to.domains.push_back(policy.domain);
      to.total += policy.successes + policy.failures;
      to.passed += policy.successes;
    }
    POSTERN_TRY(const std::string digest, digest_of(to));
    POSTERN_TRY(const bool is_known, was_seen(digest));
    if (is_known) return outcome(to, "received before");
    if (to.not_counted = why_not(to); to.not_counted.empty()) {
      for (const auto& policy : report.policies) {
        POSTERN_TRY(const bool fits, adder(to).add(policy.domain, policy));
        if (!fits) to.not_counted = "limit";
      }
    }
    POSTERN_CHECK(put(to, digest, detail_of(report)));
    return outcome(to, to.not_counted.empty() ? "counted" : "not counted: " + to.not_counted);
  }

  // What is beyond retention, or beyond the number of reports, oldest first. Each key is read in the transaction, so that
  // two of them do not both take one report off the counter.
  core::Result<void> erase_old() {
    POSTERN_TRY(const auto counted, transaction_.snapshot().get(keys::mail_report_counter(workspace_)));
    auto excess = storage::decode_counter(counted) - static_cast<std::int64_t>(limits().reports_max);
    POSTERN_TRY(const std::vector<storage::Entry> reports, oldest(keys::mail_reports_prefix(workspace_)));
    for (const storage::Entry& entry : reports) {
      POSTERN_TRY(const std::optional<std::string> value, transaction_.get(entry.key));
      if (!value) continue;
      schema::MailReport record;
      POSTERN_CHECK(storage::open_record(with_.vault, workspace_, entry.key, *value, record));
      if (excess <= 0 && !is_expired(static_cast<std::uint64_t>(record.received_unix_ms() / kMsADay))) break;
      --excess;
      transaction_.erase(entry.key);
      transaction_.erase(keys::mail_report_detail(workspace_, record.id()));
      transaction_.erase(keys::mail_report_seen(workspace_, record.digest()));
      transaction_.add(keys::mail_report_counter(workspace_), -1);
    }
    for (const auto kind : {keys::ReportDay::kSums, keys::ReportDay::kSources, keys::ReportDay::kTls}) {
      POSTERN_TRY(const std::vector<storage::Entry> days, oldest(keys::report_days_prefix(workspace_, kind)));
      for (const storage::Entry& entry : days) {
        storage::KeyReader key(entry.key);
        key.u64();
        const std::uint64_t day = key.u64();
        const bool is_trusted = key.u64() != 0;
        if (!is_expired(day)) break;
        transaction_.erase(entry.key);
        transaction_.erase(keys::foreign_domain_counter(workspace_, kind, day, is_trusted));
      }
    }
    return {};
  }

 private:
  const MailReportLimits& limits() const { return with_.options.mail_reports; }
  bool is_expired(std::uint64_t day) const { return day + limits().retention_days < today_; }

  core::Result<std::vector<storage::Entry>> oldest(const std::string& prefix) const {
    return transaction_.snapshot().scan(prefix, storage::Direction::kForward, limits().erased_at_once_max);
  }

  static std::uint64_t day_of(const MailReport& report) { return static_cast<std::uint64_t>(report.begin_unix / kSecondsADay); }

  // Why it cannot be in the sums; empty: it can.
  std::string why_not(const MailReport& report) const {
    const std::uint64_t day = day_of(report);
    if (is_expired(day) || day > today_ + limits().future_days_max) return "period";
    return std::ranges::all_of(report.domains, is_domain) ? "" : "domain";
  }

  ReportAdder adder(const MailReport& report) {
    return {with_, transaction_, {workspace_, report.is_authenticated, report.reporter, report.organization}, day_of(report)};
  }

  // Who sent it is part of its name: nobody can make another's report look like a repeat.
  core::Result<std::string> digest_of(const MailReport& report) const {
    std::string name(kDigestPurpose);
    const auto append = [&name](std::string_view part) { (name += '\0') += part; };
    append(to_string(report.kind));
    append(report.is_authenticated ? "1" : "0");
    append(report.reporter);
    append(report.report_id);
    append(report.domains.empty() ? std::string() : report.domains.front());
    if (report.report_id.empty()) append(std::to_string(report.begin_unix) + '-' + std::to_string(report.total));
    return with_.vault.content_hash(workspace_, name);
  }

  core::Result<bool> was_seen(const std::string& digest) {
    POSTERN_TRY(const std::optional<std::string> value, transaction_.get(keys::mail_report_seen(workspace_, digest)));
    return value.has_value();
  }

  // Whether one more record of this size still fits.
  struct Room {
    std::size_t records;
    std::size_t bytes;
    bool take(std::size_t more) {
      if (records == 0 || more > bytes) return false;
      --records;
      bytes -= more;
      return true;
    }
  };
  Room room() const { return {limits().rows_kept_max, limits().kept_bytes_max}; }

  schema::MailReportDetail detail_of(const pipeline::AggregateReport& report) const {
    schema::MailReportDetail detail;
    codec::encode_head(report, detail);
    Room left = room();
    for (const auto& row : report.rows) {
      schema::ReportedRow record;
      codec::encode(row, record);
      if (!left.take(record.ByteSizeLong())) break;
      *detail.add_rows() = std::move(record);
    }
    detail.set_left_out(report.rows.size() - static_cast<std::size_t>(detail.rows_size()));
    return detail;
  }

  schema::MailReportDetail detail_of(const pipeline::TlsReport& report) const {
    schema::MailReportDetail detail;
    Room left = room();
    std::size_t kept = 0;
    std::size_t all = 0;
    for (const auto& policy : report.policies) {
      all += policy.details.size();
      schema::ReportedTlsPolicy head;
      codec::encode_head(policy, head);
      if (!left.take(head.ByteSizeLong())) continue;
      auto& to = *detail.add_policies();
      to = std::move(head);
      for (const auto& failure : policy.details) {
        schema::ReportedFailure record;
        codec::encode(failure, record);
        if (!left.take(record.ByteSizeLong())) break;
        *to.add_details() = std::move(record);
        ++kept;
      }
    }
    detail.set_left_out(all - kept);
    return detail;
  }

  core::Result<void> put(MailReport& report, const std::string& digest, const schema::MailReportDetail& detail) {
    report.id = with_.ids.next();
    schema::MailReport record;
    codec::encode(report, record);
    record.set_digest(digest);
    schema::MailReportIndex index;
    index.set_report(report.id);
    POSTERN_CHECK(storage::put_sealed(transaction_, with_.vault, workspace_, keys::mail_report(workspace_, report.id), record));
    POSTERN_CHECK(storage::put_sealed(transaction_, with_.vault, workspace_, keys::mail_report_detail(workspace_, report.id), detail));
    POSTERN_CHECK(storage::put_plain(transaction_, keys::mail_report_seen(workspace_, digest), index));
    transaction_.add(keys::mail_report_counter(workspace_), 1);
    transaction_.record(workspace_, {"mail.report", report.id, report.inbox.value});
    return {};
  }

  static std::string outcome(const MailReport& report, std::string_view what) {
    const std::string about = report.domains.empty() ? std::string("nothing") : report.domains.front();
    return std::string(to_string(report.kind)) + " of " + about + (report.is_authenticated ? "" : ", sender not proven") + ": " + std::string(what);
  }

  const Basics& with_;
  storage::Transaction& transaction_;
  core::WorkspaceId workspace_;
  std::uint64_t today_;
  MailReport base_;
};

}  // namespace

core::Result<std::string> store_reports(const Basics& with, storage::Transaction& transaction, const Target& target,
                                        const IncomingMail& mail, const pipeline::ReceivedReports& reports) {
  ReportStore into(with, transaction, target, mail);
  std::string told;
  const auto tell = [&told](const std::string& what) { told += (told.empty() ? "" : "; ") + what; };
  for (const auto& report : reports.aggregate) {
    POSTERN_TRY(const std::string what, into.store(report));
    tell(what);
  }
  for (const auto& report : reports.tls) {
    POSTERN_TRY(const std::string what, into.store(report));
    tell(what);
  }
  POSTERN_CHECK(into.erase_old());
  return told;
}

}  // namespace postern::ticketing
