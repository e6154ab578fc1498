#pragma once
// ticketing/mail_reports.h: what others report about mail in our name: DMARC aggregate reports (RFC 9990) and SMTP TLS
// reports (RFC 8460), as they came in and added up by domain, source and day. Intake stores them in the transaction of
// their message; each counts once by sender, report id and domain. Anybody can write a report, so sums are of those whose
// sender is proven, unless a question asks for the others too; who reported is part of each answer.
// Thread-safety: any executor. Errors: Errc::kNotFound, Errc::kInvalid (a period too long), those of the store and the
// vault. Limits: MailReportLimits.
#include <string>
#include <vector>

#include "pipeline/api/aggregate_report.h"
#include "pipeline/api/tls_report.h"
#include "storage/store.h"
#include "storage/vault.h"
#include "ticketing/options.h"

namespace postern::ticketing {

enum class ReportKind { kAggregate = 1, kTls = 2 };  // never renumber
std::string_view to_string(ReportKind kind);         // "aggregate", "tls"

// One report as it came in.
struct MailReport {
  std::uint64_t id = 0;
  ReportKind kind = ReportKind::kAggregate;
  std::int64_t received_unix_ms = 0;
  core::TraceId trace;
  core::InboxId inbox;
  std::string reporter;           // domain of the message's author
  bool is_authenticated = false;  // that domain is proven (pipeline/api/author_proof.h)
  std::string not_counted;        // empty: it is in the sums; "period", "domain", "limit"
  std::string organization;       // what the report calls its author
  std::string contact;
  std::string report_id;
  std::int64_t begin_unix = 0;
  std::int64_t end_unix = 0;
  std::vector<std::string> domains;  // that it is about
  std::uint64_t total = 0;           // messages or sessions
  std::uint64_t passed = 0;
};

struct MailReportDetail {
  MailReport report;
  std::uint64_t left_out = 0;            // rows or failure details beyond MailReportLimits::rows_kept_max
  pipeline::AggregateReport aggregate;   // of kAggregate
  pipeline::TlsReport tls;               // of kTls
};

struct ReportSums {
  std::uint64_t messages = 0;
  std::uint64_t passed = 0;  // DMARC: DKIM or SPF is aligned
  std::uint64_t dkim_aligned = 0;
  std::uint64_t spf_aligned = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t rejected = 0;
  void add(const ReportSums& more);
  friend bool operator==(const ReportSums&, const ReportSums&) = default;
};

struct ReporterSums {
  std::string domain;
  std::string organization;
  std::uint64_t reports = 0;
  std::uint64_t total = 0;  // messages or sessions
};

// Days are numbered from 1970-01-01, UTC; a report belongs to the day on which its period begins.
struct ReportQuestion {
  std::string domain;  // lower case; empty: every domain
  std::uint64_t first_day = 0;
  std::uint64_t last_day = 0;        // included
  bool with_unauthenticated = false;  // also what senders say who are not proven
};

struct DomainSummary {
  std::string domain;
  ReportSums sums;
  std::vector<std::pair<std::uint64_t, ReportSums>> days;  // that have reports, oldest first
  std::vector<ReporterSums> reporters;                     // most messages first
};

struct SourceSums {
  std::string source_ip;  // empty: all those beyond the limit of a day together
  ReportSums sums;
};

struct TlsDaySums {
  std::uint64_t day = 0;
  std::uint64_t successes = 0;
  std::uint64_t failures = 0;
};
struct TlsTypeSums {
  std::string type;  // "sts", "tlsa", "no-policy-found"
  std::uint64_t successes = 0;
  std::uint64_t failures = 0;
};
struct TlsFailureSums {
  std::string result_type;     // empty, with the host: those beyond the limit of a day together
  std::string receiving_host;
  std::uint64_t sessions = 0;
};
struct TlsSummary {
  std::string domain;
  std::uint64_t successes = 0;
  std::uint64_t failures = 0;
  std::vector<TlsDaySums> days;          // oldest first
  std::vector<TlsTypeSums> policies;
  std::vector<TlsFailureSums> details;   // most sessions first
  std::vector<ReporterSums> reporters;
};

class MailReports {
 public:
  MailReports(storage::Store& store, storage::Vault& vault, MailReportLimits limits)
      : store_(store), vault_(vault), limits_(limits) {}

  // Newest first, those older than the report `before` (0: from the newest).
  core::Result<std::vector<MailReport>> list(core::WorkspaceId workspace, std::size_t limit, std::uint64_t before = 0) const;
  core::Result<MailReportDetail> get(core::WorkspaceId workspace, std::uint64_t id) const;
  // One summary a domain that has reports, most messages first.
  core::Result<std::vector<DomainSummary>> aggregate(core::WorkspaceId workspace, const ReportQuestion& question) const;
  // Of one domain: most messages first.
  core::Result<std::vector<SourceSums>> sources(core::WorkspaceId workspace, const ReportQuestion& question) const;
  core::Result<std::vector<TlsSummary>> tls(core::WorkspaceId workspace, const ReportQuestion& question) const;

 private:
  storage::Store& store_;
  storage::Vault& vault_;
  MailReportLimits limits_;
};

}  // namespace postern::ticketing
