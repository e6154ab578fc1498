#pragma once
// pipeline/reports/tls_report_write.h: a TLS report of ours as JSON (RFC 8460 section 4.4), and as a mail message (section 5.3): words for
// people and the gzipped JSON, whose bytes depend on the report alone.
// Thread-safety: pure. Errors: ReportErrc::kTooLarge; core::Errc::kInvalid when sender or recipient is no plain address or a domain no name.
// Limits: `bytes_max`; those of the report are the ledger's.
#include <string>
#include <string_view>

#include "core/result.h"
#include "pipeline/api/tls_session.h"
#include "pipeline/reports/report_mail.h"

namespace postern::pipeline {

struct OwnTlsReport {
  std::string organization;
  std::string contact;
  std::string report_id;        // "tls-2026-11-21_example.net@example.com"
  std::string domain;           // whom it is for
  std::int64_t begin_unix = 0;  // seconds; the UTC day
  std::int64_t end_unix = 0;
  std::vector<TlsPolicyTally> policies;
};

std::string write_tls_report(const OwnTlsReport& report);
// "submitter!policy-domain!begin!end.json.gz" (section 5.1).
std::string tls_report_file_name(std::string_view submitter, const OwnTlsReport& report);
// The whole message, CRLF lines. `packed`: gzip() of the report's JSON.
core::Result<std::string> compose_tls_report_mail(const ReportMail& mail, const OwnTlsReport& report, std::string_view packed,
                                                  std::size_t bytes_max);

}  // namespace postern::pipeline
