#include "pipeline/reports/aggregate_xml.h"

#include <algorithm>

#include "pipeline/mime/unicode.h"

namespace postern::pipeline {
namespace {

// XML 1.0 production 2, without control characters: no value of ours has a use for them.
bool is_xml_char(char32_t c) {
  return (c >= 0x20 && c < 0x7F) || (c >= 0xA0 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) || c >= 0x10000;
}

void append_escaped(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const char32_t c = next_code_point(text, i);
    if (!is_xml_char(c)) continue;
    switch (c) {
      case U'&': out += "&amp;"; break;
      case U'<': out += "&lt;"; break;
      case U'>': out += "&gt;"; break;
      case U'"': out += "&quot;"; break;
      case U'\'': out += "&apos;"; break;
      default: append_utf8(out, c);
    }
  }
}

class Writer {
 public:
  void open(std::string_view name) { line("<", name, ">"), ++depth_; }
  void close(std::string_view name) { --depth_, line("</", name, ">"); }
  void leaf(std::string_view name, std::string_view value) {
    out_.append(2 * depth_, ' ').append("<").append(name).append(">");
    append_escaped(out_, value);
    out_.append("</").append(name).append(">\n");
  }
  // Left out when there is nothing to say.
  void optional_leaf(std::string_view name, std::string_view value) {
    if (!value.empty()) leaf(name, value);
  }
  void line(std::string_view before, std::string_view name, std::string_view after) {
    out_.append(2 * depth_, ' ').append(before).append(name).append(after).append("\n");
  }
  std::string take() && { return std::move(out_); }

 private:
  std::string out_;
  std::size_t depth_ = 0;
};

void write_metadata(Writer& to, const ReportMetadata& metadata) {
  to.open("report_metadata");
  to.leaf("org_name", metadata.org_name);
  to.leaf("email", metadata.email);
  to.optional_leaf("extra_contact_info", metadata.extra_contact_info);
  to.leaf("report_id", metadata.report_id);
  to.open("date_range");
  to.leaf("begin", std::to_string(metadata.begin_unix));
  to.leaf("end", std::to_string(metadata.end_unix));
  to.close("date_range");
  if (!metadata.errors.empty()) to.leaf("error", metadata.errors.front());
  to.optional_leaf("generator", metadata.generator);
  to.close("report_metadata");
}

void write_policy(Writer& to, const ReportPolicy& policy) {
  to.open("policy_published");
  to.leaf("domain", policy.domain);
  to.optional_leaf("adkim", policy.adkim);
  to.optional_leaf("aspf", policy.aspf);
  to.leaf("p", policy.p.empty() ? "none" : policy.p);
  to.optional_leaf("sp", policy.sp);
  to.optional_leaf("np", policy.np);
  to.optional_leaf("fo", policy.fo);
  to.optional_leaf("testing", policy.testing);
  to.optional_leaf("discovery_method", policy.discovery_method);
  to.close("policy_published");
}

std::string_view pass_or_fail(bool is_aligned) { return is_aligned ? "pass" : "fail"; }

void write_auth_results(Writer& to, const ReportRow& row) {
  to.open("auth_results");
  for (const ReportDkim& dkim : row.dkim) {
    to.open("dkim");
    to.leaf("domain", dkim.domain);
    to.leaf("selector", dkim.selector);
    // RFC 8601 section 2.7.1 knows no "softfail" of DKIM.
    to.leaf("result", to_string(dkim.result == AuthResult::kSoftFail ? AuthResult::kFail : dkim.result));
    to.close("dkim");
  }
  if (!row.spf.empty()) {
    to.open("spf");
    to.leaf("domain", row.spf.front().domain);
    if (row.spf.front().scope == "mfrom") to.leaf("scope", "mfrom");
    to.leaf("result", to_string(row.spf.front().result));
    to.close("spf");
  }
  to.close("auth_results");
}

void write_row(Writer& to, const ReportRow& row) {
  to.open("record");
  to.open("row");
  to.leaf("source_ip", row.source_ip);
  to.leaf("count", std::to_string(row.count));
  to.open("policy_evaluated");
  to.leaf("disposition", to_string(row.disposition));
  to.leaf("dkim", pass_or_fail(row.is_dkim_aligned));
  to.leaf("spf", pass_or_fail(row.is_spf_aligned));
  for (const ReportReason& reason : row.reasons) {
    to.open("reason");
    to.leaf("type", reason.type);
    to.optional_leaf("comment", reason.comment);
    to.close("reason");
  }
  to.close("policy_evaluated");
  to.close("row");
  to.open("identifiers");
  to.leaf("header_from", row.header_from);
  if (row.envelope_from) to.leaf("envelope_from", *row.envelope_from);
  to.optional_leaf("envelope_to", row.envelope_to);
  to.close("identifiers");
  write_auth_results(to, row);
  to.close("record");
}

}  // namespace

std::string write_aggregate_xml(const AggregateReport& report) {
  Writer to;
  to.line("<?xml version=\"1.0\" encoding=\"UTF-8\"", "", "?>");
  to.line("<feedback xmlns=\"", kAggregateNamespace, "\">");
  to.leaf("version", "1.0");
  write_metadata(to, report.metadata);
  write_policy(to, report.policy);
  for (const ReportRow& row : report.rows) write_row(to, row);
  to.line("</", "feedback", ">");
  return std::move(to).take();
}

}  // namespace postern::pipeline
