#pragma once
// pipeline/api/received_reports.h: the reports that one received message holds. Immutable once made. All text in it is
// printable, bounded UTF-8 without card numbers.
#include <string>
#include <vector>

#include "pipeline/api/aggregate_report.h"
#include "pipeline/api/tls_report.h"

namespace postern::pipeline {

struct ReceivedReports {
  std::vector<AggregateReport> aggregate;
  std::vector<TlsReport> tls;
  bool is_failure_report = false;  // one message's story in ARF (RFC 5965, RFC 6591): for people to read
  std::string problem;             // why something that looks like a report could not be read; empty: nothing did
  bool has_any() const { return !aggregate.empty() || !tls.empty(); }
};

}  // namespace postern::pipeline
