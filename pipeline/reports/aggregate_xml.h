#pragma once
// pipeline/reports/aggregate_xml.h: an aggregate report as XML (RFC 9990 appendix A, namespace dmarc-2.0). Elements
// stand in the order of the RFC's tables, so that readers of RFC 7489 reports follow too.
// Thread-safety: pure. Errors: none; a value may hold any bytes: markup is escaped, what XML 1.0 cannot hold is left
// out, what is no UTF-8 becomes U+FFFD. Limits: those of the report.
#include <string>
#include <string_view>

#include "pipeline/api/aggregate_report.h"

namespace postern::pipeline {

inline constexpr std::string_view kAggregateNamespace = "urn:ietf:params:xml:ns:dmarc-2.0";

std::string write_aggregate_xml(const AggregateReport& report);

}  // namespace postern::pipeline
