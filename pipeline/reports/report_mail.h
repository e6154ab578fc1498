#pragma once
// pipeline/reports/report_mail.h: an aggregate report as a mail message (RFC 9990 section 3.5.2): an explanation for
// people and the gzipped XML, whose bytes depend on the report alone.
// Thread-safety: pure. Errors: ReportErrc::kTooLarge; core::Errc::kInvalid when sender or recipient is no plain address or a domain no name.
// Limits: `bytes_max`.
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "pipeline/api/address.h"
#include "pipeline/api/aggregate_report.h"

namespace postern::pipeline {

struct ReportMail {
  EmailAddress from;
  std::string from_name;
  std::vector<EmailAddress> to;
  std::string submitter;  // our domain, in Subject and file name
  core::WallTime date;
};

// RFC 1952: without a time or a name in it; the same bytes always give the same.
std::string gzip(std::string_view bytes);
// "receiver!policy-domain!begin!end.xml.gz".
std::string report_file_name(std::string_view submitter, const AggregateReport& report);
// The whole message, CRLF lines. `packed`: gzip() of the report's XML.
core::Result<std::string> compose_report_mail(const ReportMail& mail, const AggregateReport& report, std::string_view packed,
                                              std::size_t bytes_max);

}  // namespace postern::pipeline
