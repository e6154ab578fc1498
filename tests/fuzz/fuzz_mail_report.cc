// Reports that strangers send: any bytes as an attachment and as a body, unpacked and read. What is read stays within the
// limits.
#include <cstdint>
#include <string_view>

#include "core/assert.h"
#include "pipeline/reports/report_reader.h"
#include "pipeline/reports/unpack.h"

namespace {

namespace pipeline = postern::pipeline;

pipeline::ReportReadLimits small_limits() {
  pipeline::ReportReadLimits limits;
  limits.unpacked_bytes_max = 1U << 18U;
  limits.ratio_free_bytes = 1U << 16U;
  limits.rows_max = 50;
  limits.text_bytes_max = 64;
  return limits;
}

void check(const pipeline::ReceivedReports& reports, const pipeline::ReportReadLimits& limits) {
  POSTERN_ASSERT(reports.problem.empty() || !reports.has_any());
  POSTERN_ASSERT(reports.aggregate.size() + reports.tls.size() <= limits.reports_max);
  for (const auto& report : reports.aggregate) {
    POSTERN_ASSERT(!report.policy.domain.empty() && report.policy.domain.size() <= limits.text_bytes_max);
    POSTERN_ASSERT(report.rows.size() <= limits.rows_max && report.metadata.begin_unix <= report.metadata.end_unix);
    for (const auto& row : report.rows) {
      POSTERN_ASSERT(!row.source_ip.empty() && row.count <= limits.count_max && row.dkim.size() <= limits.results_max);
    }
  }
  for (const auto& report : reports.tls) {
    POSTERN_ASSERT(report.policies.size() <= limits.policies_max && report.begin_unix >= 0);
    for (const auto& policy : report.policies) POSTERN_ASSERT(!policy.domain.empty() && policy.failures <= limits.count_max);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const pipeline::ReportReadLimits limits = small_limits();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto files = pipeline::unpack_files(bytes, limits)) {
    std::size_t all = 0;
    for (const auto& file : *files) all += file.size();
    POSTERN_ASSERT(files->size() <= limits.files_max && all <= limits.unpacked_bytes_max);
  }
  pipeline::MessageContent content;
  content.text = std::string(bytes);
  check(pipeline::read_reports(content, limits), limits);
  pipeline::RedactedAttachment attachment;
  attachment.content = std::string(bytes);
  content.attachments.push_back(std::move(attachment));
  check(pipeline::read_reports(content, limits), limits);
  return 0;
}
