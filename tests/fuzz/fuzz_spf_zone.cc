// SPF over a whole zone of any content: the input is a list of records and one question, as text lines.
//   "q" ip sender helo, "t" owner text, "a" owner address, "m" owner exchange, "p" address target, "c" owner target,
//   "f" owner (the name fails), "w" owner text in hexadecimal of raw rdata; fields are separated by "|".
// Whatever stands there, the check ends, asks a bounded number of questions, and its text is bounded and printable.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/assert.h"
#include "core/manual_clock.h"
#include "net/zone_resolver.h"
#include "pipeline/sender/spf.h"
#include "tests/fuzz/run_coroutine.h"

namespace {

using postern::net::DnsType;
using postern::net::IpAddress;
using postern::pipeline::AuthResult;
using postern::pipeline::SpfLimits;

constexpr std::size_t kLinesMax = 200;

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (true) {
    const std::size_t end = text.find(separator, at);
    parts.emplace_back(text.substr(at, end == std::string_view::npos ? end : end - at));
    if (end == std::string_view::npos) return parts;
    at = end + 1;
  }
}

// Names that a zone can hold; the twin resolver writes labels of one byte's length.
bool is_name(const std::string& name) {
  if (name.empty() || name.size() > 253) return false;
  const std::vector<std::string> labels = split(name, '.');
  return std::all_of(labels.begin(), labels.end(), [](const auto& label) { return !label.empty() && label.size() < 64; });
}

void add_record(postern::net::ZoneResolver& zone, const std::vector<std::string>& f) {
  if (f.size() < 2) return;
  const std::string value = f.size() > 2 ? f[2] : std::string();
  const auto address = IpAddress::parse(f[0] == "p" ? f[1] : value);
  if (f[0] == "p" && address && is_name(value)) zone.add_ptr(address->to_reverse_name(), value);
  if (!is_name(f[1])) return;
  if (f[0] == "t") zone.add_txt(f[1], value);
  if (f[0] == "a" && address) zone.add_a(f[1], value);
  if (f[0] == "m" && (value == "." || is_name(value))) zone.add_mx(f[1], 10, value);
  if (f[0] == "c" && is_name(value)) zone.add_cname(f[1], value);
  if (f[0] == "f") zone.fail_name(f[1], postern::net::DnsStatus::kServFail);
  if (f[0] == "w") {
    for (const DnsType type : {DnsType::kTxt, DnsType::kMx, DnsType::kA, DnsType::kPtr}) zone.add_raw(f[1], type, value);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static postern::core::ManualClock clock;
  const std::vector<std::string> lines = split({reinterpret_cast<const char*>(data), size}, '\n');
  std::vector<std::string> asked{"q", "192.0.2.1", "a.b-c@example.org", "helo.example.net"};
  postern::net::ZoneResolver zone;
  for (std::size_t i = 0; i < lines.size() && i < kLinesMax; ++i) {
    const std::vector<std::string> fields = split(lines[i], '|');
    if (fields[0] == "q" && fields.size() == 4) asked = fields;
    add_record(zone, fields);
  }
  const SpfLimits limits;
  postern::pipeline::SpfChecker checker(zone, clock, limits);
  postern::pipeline::SpfQuery query(asked[1], asked[3], postern::pipeline::split_address(asked[2]));
  const auto verdict = postern::fuzz::run_coroutine(checker.check(std::move(query), postern::core::Deadline::never()));
  // A check, then the text, the names of the client and their addresses for an explanation.
  POSTERN_ASSERT(zone.query_count() <= limits.questions_max);
  POSTERN_ASSERT(verdict.explanation.size() <= limits.explanation_bytes_max);
  POSTERN_ASSERT(std::all_of(verdict.explanation.begin(), verdict.explanation.end(),
                             [](char c) { return c >= 0x20 && c <= 0x7e; }));
  POSTERN_ASSERT(verdict.explanation.empty() || verdict.result == AuthResult::kFail);
  const bool is_error = verdict.result == AuthResult::kPermError || verdict.result == AuthResult::kTempError;
  POSTERN_ASSERT(!is_error || !verdict.reason.empty());
  return 0;
}
