// SPF: a policy record and an explanation of any content, through the parser and through a whole check. The input is
// split at its first NUL: record, explanation.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/assert.h"
#include "core/manual_clock.h"
#include "net/zone_resolver.h"
#include "pipeline/sender/spf.h"
#include "pipeline/sender/spf_record.h"
#include "tests/fuzz/run_coroutine.h"

namespace {

using postern::pipeline::SpfChecker;
using postern::pipeline::SpfLimits;
using postern::pipeline::SpfQuery;
using postern::pipeline::SpfVerdict;

SpfVerdict check(postern::net::ZoneResolver& zone, const char* ip) {
  static postern::core::ManualClock clock;
  SpfChecker checker(zone, clock, SpfLimits{});
  SpfQuery query(ip, "helo.example.net", postern::pipeline::split_address("a.b-c@example.org"));
  return postern::fuzz::run_coroutine(checker.check(std::move(query), postern::core::Deadline::never()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = input.find('\0');
  const std::string_view record = input.substr(0, cut);
  const std::string_view explanation = cut == std::string_view::npos ? std::string_view() : input.substr(cut + 1);
  (void)postern::pipeline::parse_spf_record(record);
  postern::net::ZoneResolver zone;
  zone.add_txt("example.org", record);
  zone.add_txt("why.example.org", explanation);
  zone.add_a("a.example.org", "192.0.2.1");
  zone.add_mx("example.org", 10, "a.example.org");
  zone.add_ptr("1.2.0.192.in-addr.arpa", "a.example.org");
  for (const char* ip : {"192.0.2.1", "2001:db8::1"}) {
    const SpfVerdict verdict = check(zone, ip);
    POSTERN_ASSERT(verdict.explanation.size() <= SpfLimits{}.explanation_bytes_max);
  }
  POSTERN_ASSERT(zone.query_count() <= 2 * SpfLimits{}.questions_max);
  return 0;
}
