#include "pipeline/reports/tls_report_write.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "core/errc.h"
#include "pipeline/mime/encode.h"
#include "pipeline/reports/errc.h"
#include "pipeline/reports/report_parts.h"

namespace postern::pipeline {
namespace {

namespace json = boost::json;

void set_text(json::object& to, std::string_view name, const std::string& text) {
  if (!text.empty()) to[name] = text;
}

void set_list(json::object& to, std::string_view name, const std::vector<std::string>& texts) {
  if (!texts.empty()) to[name] = json::array(texts.begin(), texts.end());
}

json::object failure_object(const TlsFailure& from) {
  json::object to;
  to["result-type"] = from.result_type;
  set_text(to, "sending-mta-ip", from.sending_ip);
  set_text(to, "receiving-mx-hostname", from.receiving_host);
  set_text(to, "receiving-mx-helo", from.receiving_helo);
  set_text(to, "receiving-ip", from.receiving_ip);
  to["failed-session-count"] = from.count;
  set_text(to, "failure-reason-code", from.reason_code);
  return to;
}

json::object policy_object(const TlsPolicyTally& from) {
  json::object policy;
  policy["policy-type"] = from.policy.type;
  set_list(policy, "policy-string", from.policy.text);
  policy["policy-domain"] = from.policy.domain;
  set_list(policy, "mx-host", from.policy.mx_hosts);
  json::object to;
  to["policy"] = std::move(policy);
  to["summary"] = {{"total-successful-session-count", from.successes}, {"total-failure-session-count", from.failures}};
  if (!from.details.empty()) {
    json::array details;
    for (const TlsFailure& each : from.details) details.emplace_back(failure_object(each));
    to["failure-details"] = std::move(details);
  }
  return to;
}

std::string tls_header(const ReportMail& mail, const OwnTlsReport& report, std::string_view boundary) {
  return report_header(mail, report.domain, report.report_id) +
         fmt::format("TLS-Report-Domain: {}\r\nTLS-Report-Submitter: {}\r\nTLS-Required: No\r\nContent-Language: en\r\n"
                     "Content-Type: multipart/report; report-type=\"tlsrpt\";\r\n boundary=\"{}\"\r\n\r\n",
                     report.domain, mail.submitter, boundary);
}

std::string tls_explanation(const ReportMail& mail, const OwnTlsReport& report) {
  std::uint64_t successes = 0, failures = 0;
  for (const TlsPolicyTally& each : report.policies) {
    successes += each.successes;
    failures += each.failures;
  }
  return fmt::format(
      "Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
      "SMTP TLS report (RFC 8460)\r\n\r\n"
      "About:    mail to {}\r\nFrom:     {}\r\nPeriod:   {} to {}\r\nSessions: {} with TLS as its policy wants it, {} not\r\n\r\n"
      "The report is attached as JSON, compressed with gzip. It was asked for by the\r\n"
      "TXT record at _smtp._tls of the domain. Answers to this message are not read.\r\n",
      report.domain, mail.submitter, report_time(report.begin_unix), report_time(report.end_unix), successes, failures);
}

}  // namespace

std::string write_tls_report(const OwnTlsReport& report) {
  json::object out;
  out["organization-name"] = report.organization;
  out["date-range"] = {{"start-datetime", report_time(report.begin_unix)}, {"end-datetime", report_time(report.end_unix)}};
  out["contact-info"] = report.contact;
  out["report-id"] = report.report_id;
  json::array policies;
  for (const TlsPolicyTally& each : report.policies) policies.emplace_back(policy_object(each));
  out["policies"] = std::move(policies);
  return json::serialize(out);
}

std::string tls_report_file_name(std::string_view submitter, const OwnTlsReport& report) {
  return fmt::format("{}!{}!{}!{}.json.gz", submitter, report.domain, report.begin_unix, report.end_unix);
}

core::Result<std::string> compose_tls_report_mail(const ReportMail& mail, const OwnTlsReport& report, std::string_view packed,
                                                  std::size_t bytes_max) {
  if (!is_plain_address(mail.from) || mail.to.empty() || !std::ranges::all_of(mail.to, is_plain_address)) {
    return core::fail(core::Errc::kInvalid, "address of a report");
  }
  if (!is_plain_domain(report.domain) || !is_plain_domain(mail.submitter)) return core::fail(core::Errc::kInvalid, "domain of a report");
  if (!is_report_id(report.report_id)) return core::fail(core::Errc::kInvalid, "Report-ID");
  const std::string boundary = report_boundary(packed);
  std::string out = tls_header(mail, report, boundary);
  out += "--" + boundary + "\r\n" + tls_explanation(mail, report) + "\r\n--" + boundary + "\r\n";
  out += fmt::format("Content-Type: application/tlsrpt+gzip\r\nContent-Disposition: attachment;\r\n filename=\"{}\"\r\n"
                     "Content-Transfer-Encoding: base64\r\n\r\n", tls_report_file_name(mail.submitter, report));
  out += encode_base64_lines(packed) + "\r\n--" + boundary + "--\r\n";
  if (out.size() > bytes_max) return core::fail(ReportErrc::kTooLarge, "report");
  return out;
}

}  // namespace postern::pipeline
