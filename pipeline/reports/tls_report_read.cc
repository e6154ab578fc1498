#include "pipeline/reports/tls_report_read.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <chrono>
#include <optional>

#include "core/encoding.h"
#include "net/ip.h"
#include "pipeline/reports/errc.h"
#include "pipeline/reports/report_text.h"

namespace postern::pipeline {
namespace {

namespace json = boost::json;

const json::value* find(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

const json::object* find_object(const json::object& object, std::string_view name) {
  const json::value* value = find(object, name);
  return value == nullptr ? nullptr : value->if_object();
}

std::string_view text_in(const json::object& object, std::string_view name) {
  const json::value* value = find(object, name);
  const json::string* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string_view() : std::string_view(text->data(), text->size());
}

std::optional<int> digits_at(std::string_view text, std::size_t at, std::size_t length) {
  if (at + length > text.size()) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(at, length)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// "+01:00", "-0230", "Z" or nothing, in seconds; nullopt when it is something else.
std::optional<std::int64_t> parse_zone(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return 0;
  if (text.front() != '+' && text.front() != '-') return std::nullopt;
  const auto hours = digits_at(text, 1, 2);
  const auto minutes = digits_at(text, text.size() > 3 && text[3] == ':' ? 4 : 3, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const std::int64_t seconds = *hours * 3600 + *minutes * 60;
  return text.front() == '-' ? -seconds : seconds;
}

// RFC 3339 section 5.6; a date alone is its midnight, a time without a zone is UTC.
std::optional<std::int64_t> parse_rfc3339(std::string_view text) {
  const auto year = digits_at(text, 0, 4);
  const auto month = digits_at(text, 5, 2);
  const auto day = digits_at(text, 8, 2);
  if (!year || !month || !day || *year < 1970 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  std::int64_t seconds = std::chrono::seconds(std::chrono::sys_days(date).time_since_epoch()).count();
  text.remove_prefix(10);
  if (text.empty()) return seconds;
  const auto hour = digits_at(text, 1, 2);
  const auto minute = digits_at(text, 4, 2);
  const auto second = digits_at(text, 7, 2);
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60 || text[3] != ':' || text[6] != ':') return std::nullopt;
  seconds += *hour * 3600 + *minute * 60 + *second;
  text.remove_prefix(9);
  if (text.starts_with('.')) text.remove_prefix(std::min(text.size(), text.find_first_not_of("0123456789", 1)));
  const auto zone = parse_zone(text);
  if (!zone || seconds < *zone) return std::nullopt;
  return seconds - *zone;
}

class TlsReader {
 public:
  explicit TlsReader(const ReportReadLimits& limits) : limits_(limits) {}

  core::Result<TlsReport> read(const json::object& from) {
    TlsReport to;
    to.organization = words(from, "organization-name");
    to.contact = words(from, "contact-info");
    to.report_id = words(from, "report-id");
    const json::object* range = find_object(from, "date-range");
    const auto begin = range == nullptr ? std::nullopt : parse_rfc3339(text_in(*range, "start-datetime"));
    if (!begin) return core::fail(ReportErrc::kInvalid, "date-range");
    const auto end = parse_rfc3339(text_in(*range, "end-datetime"));
    to.begin_unix = *begin;
    to.end_unix = std::max(*begin, end.value_or(*begin));
    const json::value* policies = find(from, "policies");
    if (policies == nullptr || !policies->is_array()) return core::fail(ReportErrc::kInvalid, "policies");
    if (policies->get_array().size() > limits_.policies_max) return core::fail(ReportErrc::kTooLarge, "policies");
    for (const json::value& one : policies->get_array()) {
      if (!one.is_object()) return core::fail(ReportErrc::kInvalid, "policies");
      POSTERN_TRY(TlsPolicyReport policy, read_policy(one.get_object()));
      to.policies.push_back(std::move(policy));
    }
    return to;
  }

 private:
  std::string words(const json::object& object, std::string_view name) const {
    return report_text(text_in(object, name), limits_.text_bytes_max);
  }
  std::string word(const json::object& object, std::string_view name) const { return core::to_lower_ascii(words(object, name)); }
  std::string domain(const json::object& object, std::string_view name) const {
    return report_domain(text_in(object, name), limits_.text_bytes_max);
  }

  // 0 when absent.
  core::Result<std::uint64_t> count(const json::object& object, std::string_view name) const {
    const json::value* value = find(object, name);
    if (value == nullptr) return 0;
    std::optional<std::uint64_t> number;
    if (value->is_int64() && value->get_int64() >= 0) number = static_cast<std::uint64_t>(value->get_int64());
    if (value->is_uint64()) number = value->get_uint64();
    if (value->is_string()) {
      std::uint64_t parsed = 0;
      const json::string& text = value->get_string();
      const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), parsed);
      if (bad == std::errc() && end == text.data() + text.size()) number = parsed;
    }
    if (!number || *number > limits_.count_max) return core::fail(ReportErrc::kInvalid, std::string(name));
    return *number;
  }

  core::Result<std::string> address(const json::object& object, std::string_view name) const {
    const std::string_view text = core::trim_ascii(text_in(object, name));
    if (text.empty()) return std::string();
    const auto parsed = net::IpAddress::parse(text);
    if (!parsed) return core::fail(ReportErrc::kInvalid, std::string(name));
    return parsed->to_string();
  }

  core::Result<TlsPolicyReport> read_policy(const json::object& from) {
    TlsPolicyReport to;
    if (const json::object* policy = find_object(from, "policy")) {
      to.type = word(*policy, "policy-type");
      to.domain = domain(*policy, "policy-domain");
      to.mx_hosts = mx_hosts(*policy);
    }
    if (to.domain.empty()) return core::fail(ReportErrc::kInvalid, "policy-domain");
    if (const json::object* summary = find_object(from, "summary")) {
      POSTERN_TRY(to.successes, count(*summary, "total-successful-session-count"));
      POSTERN_TRY(to.failures, count(*summary, "total-failure-session-count"));
    }
    const json::value* details = find(from, "failure-details");
    if (details == nullptr) return to;
    if (!details->is_array()) return core::fail(ReportErrc::kInvalid, "failure-details");
    failures_seen_ += details->get_array().size();
    if (failures_seen_ > limits_.failures_max) return core::fail(ReportErrc::kTooLarge, "failure-details");
    for (const json::value& one : details->get_array()) {
      if (!one.is_object()) return core::fail(ReportErrc::kInvalid, "failure-details");
      POSTERN_TRY(TlsFailure failure, read_failure(one.get_object()));
      to.details.push_back(std::move(failure));
    }
    return to;
  }

  // RFC 8460's example has a string where its text has a list.
  std::vector<std::string> mx_hosts(const json::object& policy) const {
    std::vector<std::string> out;
    const json::value* value = find(policy, "mx-host");
    if (value == nullptr) return out;
    if (value->is_string()) out.push_back(domain(policy, "mx-host"));
    if (!value->is_array()) return out;
    for (const json::value& one : value->get_array()) {
      if (out.size() >= limits_.mx_hosts_max) break;
      if (const json::string* text = one.if_string()) out.push_back(report_domain({text->data(), text->size()}, limits_.text_bytes_max));
    }
    return out;
  }

  core::Result<TlsFailure> read_failure(const json::object& from) const {
    TlsFailure to;
    to.result_type = word(from, "result-type");
    to.receiving_host = domain(from, "receiving-mx-hostname");
    to.receiving_helo = words(from, "receiving-mx-helo");
    to.reason_code = words(from, "failure-reason-code");
    POSTERN_TRY(to.sending_ip, address(from, "sending-mta-ip"));
    POSTERN_TRY(to.receiving_ip, address(from, "receiving-ip"));
    POSTERN_TRY(to.count, count(from, "failed-session-count"));
    return to;
  }

  const ReportReadLimits& limits_;
  std::size_t failures_seen_ = 0;
};

}  // namespace

core::Result<TlsReport> read_tls_report(std::string_view text, const ReportReadLimits& limits) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (text.size() > limits.json_bytes_max) return core::fail(ReportErrc::kTooLarge, "bytes");
  json::parse_options bounds;
  bounds.max_depth = limits.json_depth_max;
  json::error_code error;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), error, json::storage_ptr(), bounds);
  if (error) return core::fail(ReportErrc::kMalformed, error.message());
  const json::object* object = value.if_object();
  if (object == nullptr || (!object->contains("policies") && !object->contains("report-id"))) return core::fail(ReportErrc::kNotAReport);
  return TlsReader(limits).read(*object);
}

}  // namespace postern::pipeline
