#include "pipeline/reports/report_reader.h"

#include <algorithm>

#include "core/encoding.h"
#include "pipeline/reports/aggregate_read.h"
#include "pipeline/reports/errc.h"
#include "pipeline/reports/report_text.h"
#include "pipeline/reports/tls_report_read.h"
#include "pipeline/reports/unpack.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kHeadBytes = 4096;  // in which an XML report has named itself
constexpr std::size_t kProblemBytesMax = 200;

std::string_view without_mark(std::string_view bytes) {
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  const auto first = bytes.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view() : bytes.substr(first);
}

bool is_utf16(std::string_view bytes) { return bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff"); }

// An HTML page, a drawing or a list of bookmarks is no report, and neither is any JSON but that of RFC 8460.
bool looks_like_xml_report(std::string_view bytes) {
  if (is_utf16(bytes)) return true;
  bytes = without_mark(bytes);
  return bytes.starts_with('<') && core::to_lower_ascii(bytes.substr(0, kHeadBytes)).find("feedback") != std::string::npos;
}
bool looks_like_json_report(std::string_view bytes) {
  bytes = without_mark(bytes);
  return bytes.starts_with('{') && bytes.find("\"policies\"") != std::string_view::npos;
}

class Collector {
 public:
  explicit Collector(const ReportReadLimits& limits) : left_(limits) {}

  // After the first problem nothing of the message counts, so that nothing more is read.
  void add_packed(const RedactedAttachment& from) {
    if (!out_.problem.empty()) return;
    if (!is_gzip(from.content) && !is_zip(from.content)) return add(from.content, XmlEncoding::kDeclared, from.name);
    const auto files = unpack_files(from.content, left_);
    if (!files) return refuse(files.error(), from.name);
    for (const std::string& file : *files) add(file, XmlEncoding::kDeclared, from.name);
    for (const std::string& file : *files) left_.unpacked_bytes_max -= std::min(left_.unpacked_bytes_max, file.size());
  }

  void add(std::string_view bytes, XmlEncoding encoding, std::string_view name) {
    if (!out_.problem.empty()) return;
    if (looks_like_xml_report(bytes)) {
      keep(out_.aggregate, read_aggregate_report(encoding == XmlEncoding::kUtf8 ? without_mark(bytes) : bytes, encoding, left_), name);
    } else if (looks_like_json_report(bytes)) {
      keep(out_.tls, read_tls_report(without_mark(bytes), left_), name);
    }
  }

  ReceivedReports finish() {
    if (!out_.problem.empty()) {
      out_.aggregate.clear();
      out_.tls.clear();
    }
    return std::move(out_);
  }

 private:
  template <class Report>
  void keep(std::vector<Report>& list, core::Result<Report> one, std::string_view name) {
    if (!one) {
      if (one.error() != ReportErrc::kNotAReport) refuse(one.error(), name);
    } else if (left_.reports_max == 0) {
      refuse(core::fail(ReportErrc::kTooLarge, "reports in one message"), name);
    } else {
      --left_.reports_max;
      spend(*one);
      list.push_back(std::move(*one));
    }
  }
  void spend(const AggregateReport& report) {
    std::size_t results = report.metadata.errors.size();
    for (const ReportRow& row : report.rows) results += row.dkim.size() + row.spf.size() + row.reasons.size();
    left_.rows_max -= std::min(left_.rows_max, report.rows.size());
    left_.results_total_max -= std::min(left_.results_total_max, results);
  }
  void spend(const TlsReport& report) {
    for (const auto& policy : report.policies) left_.failures_max -= std::min(left_.failures_max, policy.details.size());
  }
  void refuse(const core::Error& error, std::string_view name) {
    if (out_.problem.empty()) out_.problem = report_text(error.describe() + (name.empty() ? "" : " in " + std::string(name)), kProblemBytesMax);
  }

  ReportReadLimits left_;  // of the message
  ReceivedReports out_;
};

bool is_failure_part(const RedactedAttachment& one) { return one.media_type == "message/feedback-report"; }

}  // namespace

ReceivedReports read_reports(const MessageContent& content, const ReportReadLimits& limits) {
  if (std::ranges::any_of(content.attachments, is_failure_part)) {
    ReceivedReports out;
    out.is_failure_report = true;
    return out;
  }
  if (!content.in_reply_to.empty() || !content.references.empty()) return {};
  Collector collector(limits);
  for (const RedactedAttachment& one : content.attachments) {
    if (!one.was_replaced) collector.add_packed(one);
  }
  if (content.attachments.empty()) collector.add(content.text, XmlEncoding::kUtf8, {});
  return collector.finish();
}

void attach_reports(RedactedMessage& message, const Envelope& envelope, const ReportReadLimits& limits) {
  const auto takes_them = [](const Recipient& rcpt) { return rcpt.policy && rcpt.policy->takes_reports; };
  if (std::ranges::none_of(envelope.rcpts, takes_them)) return;
  message.set_reports(std::make_shared<const ReceivedReports>(read_reports(message.content(), limits)));
}

}  // namespace postern::pipeline
