#include "pipeline/reports/report_parts.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "core/clock.h"
#include "core/encoding.h"
#include "pipeline/mime/encode.h"
#include "pipeline/reports/report_mail.h"
#include "pipeline/sender/domain_name.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kBoundaryDigits = 32;

}  // namespace

bool is_plain_address(const EmailAddress& address) {
  const std::string text = address.to_string();
  return !address.local.empty() && is_dns_name(address.domain) && std::ranges::all_of(text, [](char c) {
    return c > 0x20 && c < 0x7F && c != '<' && c != '>' && c != '"' && c != ',' && c != ';';
  });
}

bool is_plain_domain(std::string_view domain) {
  return is_dns_name(domain) && std::ranges::all_of(domain, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_';
  });
}

bool is_report_id(std::string_view id) {
  constexpr std::string_view kSpecial = "!#$%&'*+-/=?^_`{|}~.@";
  return !id.empty() && std::ranges::all_of(id, [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || kSpecial.find(c) != std::string_view::npos;
  });
}

std::string display_name(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) continue;
    out += c;
  }
  const bool is_ascii = std::ranges::all_of(out, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!is_ascii) return encode_header_text(out);
  std::string quoted = "\"";
  for (const char c : out) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string report_header(const ReportMail& mail, std::string_view domain, std::string_view report_id) {
  std::string to;
  for (const EmailAddress& address : mail.to) to += (to.empty() ? "" : ",\r\n ") + address.to_string();
  const std::string name = mail.from_name.empty() ? "" : display_name(mail.from_name) + "\r\n ";
  return fmt::format(
      "Date: {}\r\nFrom: {}<{}>\r\nTo: {}\r\n"
      "Subject: Report Domain: {}\r\n Submitter: {}\r\n Report-ID: <{}>\r\n"
      "Message-ID: <{}>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n",
      core::to_rfc5322(mail.date), name, mail.from.to_string(), to, domain, mail.submitter, report_id, report_id);
}

std::string report_boundary(std::string_view packed) { return "=_pst_" + core::to_hex(core::sha256(packed)).substr(0, kBoundaryDigits); }

std::string report_time(std::int64_t unix_seconds) { return core::to_rfc3339(core::from_unix_ms(unix_seconds * 1000)); }

}  // namespace postern::pipeline
