#pragma once
// pipeline/reports/aggregate_read.h: the XML of a DMARC aggregate report (RFC 9990 section 3.1; RFC 7489 appendix C and
// its drafts) as data. Forgiving where reporters differ: order, missing fields, namespaces, case, blanks, what follows
// the report. Strict where a wrong value would enter sums: counts, addresses, times.
// Thread-safety: pure. Errors: ReportErrc; kNotAReport when there is no <feedback> element. Limits: ReportReadLimits;
// document types are refused, so there are no entities but the five of XML.
#include <string_view>

#include "core/result.h"
#include "pipeline/api/aggregate_report.h"
#include "pipeline/reports/limits.h"

namespace postern::pipeline {

// What is known of the encoding of the bytes from outside.
enum class XmlEncoding {
  kDeclared,  // nothing: the XML declaration says it
  kUtf8,      // decoded before, whatever the declaration says
};

core::Result<AggregateReport> read_aggregate_report(std::string_view xml, XmlEncoding encoding = XmlEncoding::kDeclared,
                                                    const ReportReadLimits& limits = {});

}  // namespace postern::pipeline
