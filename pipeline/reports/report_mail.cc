#include "pipeline/reports/report_mail.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>

#include "core/errc.h"
#include "pipeline/mime/encode.h"
#include "pipeline/reports/errc.h"
#include "pipeline/reports/report_parts.h"

namespace postern::pipeline {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: with a gzip header
constexpr int kMemoryLevel = 8;

std::string header(const ReportMail& mail, const AggregateReport& report, std::string_view boundary) {
  return report_header(mail, report.policy.domain, report.metadata.report_id) +
         fmt::format("Content-Type: multipart/mixed;\r\n boundary=\"{}\"\r\n\r\n", boundary);
}

std::string explanation(const ReportMail& mail, const AggregateReport& report) {
  std::uint64_t messages = 0;
  for (const ReportRow& row : report.rows) messages += row.count;
  return fmt::format(
      "Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
      "DMARC aggregate report (RFC 9990)\r\n\r\n"
      "About:    {}\r\nFrom:     {}\r\nPeriod:   {} to {}\r\nMessages: {} in {} rows\r\n\r\n"
      "The report is attached as XML, compressed with gzip. It was asked for by the\r\n"
      "rua= tag of the DMARC policy record of the domain. Answers to this message are not read.\r\n",
      report.policy.domain, mail.submitter, report_time(report.metadata.begin_unix),
      report_time(report.metadata.end_unix), messages,
      report.rows.size());
}

}  // namespace

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  // Parameters that zlib itself offers: it fails only for want of memory.
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  // zlib takes the input without const and does not write to it.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::bad_alloc();  // deflateBound() is enough by its contract
  return out;
}

std::string report_file_name(std::string_view submitter, const AggregateReport& report) {
  return fmt::format("{}!{}!{}!{}.xml.gz", submitter, report.policy.domain, report.metadata.begin_unix, report.metadata.end_unix);
}

core::Result<std::string> compose_report_mail(const ReportMail& mail, const AggregateReport& report, std::string_view packed,
                                              std::size_t bytes_max) {
  if (!is_plain_address(mail.from) || mail.to.empty() || !std::ranges::all_of(mail.to, is_plain_address)) {
    return core::fail(core::Errc::kInvalid, "address of a report");
  }
  if (!is_plain_domain(report.policy.domain) || !is_plain_domain(mail.submitter)) return core::fail(core::Errc::kInvalid, "domain of a report");
  if (!is_report_id(report.metadata.report_id)) return core::fail(core::Errc::kInvalid, "Report-ID");
  const std::string boundary = report_boundary(packed);
  std::string out = header(mail, report, boundary);
  out += "--" + boundary + "\r\n" + explanation(mail, report) + "\r\n--" + boundary + "\r\n";
  const std::string file = report_file_name(mail.submitter, report);
  out += fmt::format("Content-Type: application/gzip;\r\n name=\"{0}\"\r\nContent-Disposition: attachment;\r\n filename=\"{0}\"\r\n"
                     "Content-Transfer-Encoding: base64\r\n\r\n", file);
  out += encode_base64_lines(packed) + "\r\n--" + boundary + "--\r\n";
  if (out.size() > bytes_max) return core::fail(ReportErrc::kTooLarge, "report");
  return out;
}

}  // namespace postern::pipeline
