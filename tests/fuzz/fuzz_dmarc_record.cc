// DMARC: a policy record of any content, through the parser and through a whole evaluation.
#include <cstdint>
#include <string_view>

#include "core/assert.h"
#include "net/zone_resolver.h"
#include "pipeline/sender/dmarc.h"
#include "pipeline/sender/dmarc_record.h"
#include "tests/fuzz/run_coroutine.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto record = postern::pipeline::parse_dmarc_record(text);
  if (record) POSTERN_ASSERT(text.find("DMARC1") != std::string_view::npos);
  postern::net::ZoneResolver zone;
  zone.add_txt("_dmarc.example.org", text);
  postern::pipeline::SpfVerdict spf;
  spf.result = postern::pipeline::AuthResult::kPass;
  spf.domain = "mail.example.org";
  postern::pipeline::DmarcEvaluator evaluator(zone, postern::pipeline::DmarcLimits{});
  const auto verdict = postern::fuzz::run_coroutine(
      evaluator.evaluate({"news.example.org"}, std::move(spf), {}, postern::core::Deadline::never()));
  POSTERN_ASSERT(verdict.result != postern::pipeline::AuthResult::kNone || verdict.policy_domain.empty());
  return 0;
}
