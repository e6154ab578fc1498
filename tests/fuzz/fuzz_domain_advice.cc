// Advice on a domain whose zone holds anything: the input is lines of "owner|text", the text as TXT at an owner below
// example.org ("." is the domain itself), or as raw rdata of MX, TLSA, A and PTR where the line begins with "!".
// Whatever stands there: the questions are bounded, what is to be pasted is one line, and the SPF record is a valid one
// to which nothing needs to be added.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/assert.h"
#include "core/manual_clock.h"
#include "net/zone_resolver.h"
#include "pipeline/advice/advisor.h"
#include "pipeline/advice/spf_merge.h"
#include "pipeline/sender/spf_record.h"
#include "tests/fuzz/run_coroutine.h"

namespace {

using postern::net::DnsType;

constexpr std::size_t kLinesMax = 60;

void add_line(postern::net::ZoneResolver& zone, std::string_view line) {
  const bool is_raw = line.starts_with('!');
  if (is_raw) line.remove_prefix(1);
  const std::size_t bar = std::min(line.find('|'), line.size());
  const std::string owner(line.substr(0, bar));
  const std::string text(line.substr(std::min(bar + 1, line.size())));
  const bool is_name = owner.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") == std::string::npos &&
                       owner.find("..") == std::string::npos && !owner.starts_with('.') && owner.size() < 60;
  const std::string name = owner == "." ? "example.org" : owner + ".example.org";
  if (owner != "." && (!is_name || owner.empty() || owner.ends_with('.'))) return;
  if (!is_raw) return zone.add_txt(name, text);
  for (const DnsType type : {DnsType::kMx, DnsType::kTlsa, DnsType::kA, DnsType::kPtr, DnsType::kTxt}) zone.add_raw(name, type, text);
}

postern::pipeline::AdviceSubject subject() {
  postern::pipeline::AdviceSubject out;
  out.domain = "example.org";
  out.hostname = "mail.example.org";
  out.addresses = {"192.0.2.1", "2001:db8::1"};
  out.validates_dnssec = true;
  postern::pipeline::DkimKeyAdvice key;
  key.key.domain = "example.org";
  key.key.algorithm = postern::pipeline::DkimAlgorithm::kEd25519Sha256;
  key.txt = {"s1._domainkey.example.org", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="};
  out.dkim.push_back(key);
  return out;
}

bool is_one_line(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static postern::core::ManualClock clock;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  postern::net::ZoneResolver zone;
  for (std::size_t i = 0; i < kLinesMax && !input.empty(); ++i) {
    const std::size_t end = std::min(input.find('\n'), input.size());
    add_line(zone, input.substr(0, end));
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  const postern::pipeline::AdviceLimits limits;
  const auto advice = postern::fuzz::run_coroutine(
      postern::pipeline::advise_on(subject(), zone, clock, limits, postern::core::Deadline::never()));
  POSTERN_ASSERT(zone.query_count() <= limits.questions_max);
  for (const auto& record : advice.records) {
    POSTERN_ASSERT(is_one_line(record.publish.zone_text));
    POSTERN_ASSERT(!record.explanation.empty() && record.found.size() <= limits.found_max);
    if (record.purpose != "spf") continue;
    const std::string& text = record.publish.value;
    POSTERN_ASSERT(postern::pipeline::parse_spf_record(text).has_value());
    const bool is_merged = record.state == postern::pipeline::AdviceState::kDifferent;
    const auto again = postern::pipeline::merge_spf({text}, {}, postern::pipeline::SpfPlace::kBeforeAll);
    POSTERN_ASSERT(!is_merged || (again.text == text && again.left_out.empty()));
  }
  return 0;
}
