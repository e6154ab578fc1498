#pragma once
// pipeline/reports/tls_report_read.h: the JSON of an SMTP TLS report (RFC 8460 section 4.4) as data. Forgiving about
// missing fields, numbers in strings and single values for lists; strict where a wrong value would enter sums: counts,
// addresses, times.
// Thread-safety: pure. Errors: ReportErrc; kNotAReport when the JSON is of something else. Limits: ReportReadLimits.
#include <string_view>

#include "core/result.h"
#include "pipeline/api/tls_report.h"
#include "pipeline/reports/limits.h"

namespace postern::pipeline {

core::Result<TlsReport> read_tls_report(std::string_view json, const ReportReadLimits& limits = {});

}  // namespace postern::pipeline
