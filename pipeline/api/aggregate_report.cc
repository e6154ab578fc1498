#include "pipeline/api/aggregate_report.h"

#include "core/encoding.h"

namespace postern::pipeline {
namespace {
constexpr std::pair<ReportDisposition, std::string_view> kDispositions[] = {{ReportDisposition::kNone, "none"},
                                                                            {ReportDisposition::kPass, "pass"},
                                                                            {ReportDisposition::kQuarantine, "quarantine"},
                                                                            {ReportDisposition::kReject, "reject"}};
}  // namespace

std::string_view to_string(ReportDisposition disposition) { return kDispositions[static_cast<std::size_t>(disposition)].second; }

std::optional<ReportDisposition> parse_report_disposition(std::string_view word) {
  for (const auto& [disposition, name] : kDispositions) {
    if (core::equals_ignoring_case(name, word)) return disposition;
  }
  return std::nullopt;
}

}  // namespace postern::pipeline
