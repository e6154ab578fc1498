// ARC: a header of any content through the reading of fields, chain and results. No key is fetched and nothing hashed.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/assert.h"
#include "core/manual_clock.h"
#include "pipeline/sender/arc_chain.h"
#include "pipeline/sender/arc_results.h"
#include "pipeline/sender/arc_sealer.h"

namespace {

namespace pipeline = postern::pipeline;

void check_results(std::string_view value) {
  const auto plain = pipeline::read_results(value);
  const auto sealed = pipeline::read_arc_results(value);
  const auto instance = pipeline::read_results_instance(value);
  POSTERN_ASSERT(!sealed || (instance && *instance == sealed->instance));
  POSTERN_ASSERT(!instance || (*instance >= 1 && *instance <= 99));
  for (const auto& field : {plain, sealed}) {
    if (!field) continue;
    POSTERN_ASSERT(field->written.begin <= field->written.end && field->written.end <= value.size());
    for (const pipeline::MethodResult& method : field->methods)
      POSTERN_ASSERT(!method.method.empty() && !method.result.empty());
    (void)pipeline::sealed_dmarc_of(*field, "author.example");
    POSTERN_ASSERT(pipeline::sealed_dmarc_of(*field, "") == pipeline::AuthResult::kNone);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const postern::core::ManualClock clock;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check_results(input);
  const pipeline::HeaderPart header = pipeline::read_header(input, 65536, 200);
  const std::string_view bytes = postern::core::view(header.bytes);
  for (const pipeline::SignedField& field : header.layout.fields)
    check_results(bytes.substr(field.value.begin, field.value.size()));
  const pipeline::ArcLimits limits;
  const pipeline::ArcChain chain =
      pipeline::read_arc_chain(bytes, header.layout, pipeline::DkimLimits{}, limits, clock.wall_now());
  POSTERN_ASSERT(chain.is_sound() == !chain.sets.empty() && chain.sets.size() <= limits.sets_checked_max);
  POSTERN_ASSERT(!chain.is_sound() || (chain.highest == chain.instances && chain.sets.size() == chain.instances));
  for (std::size_t i = 0; i < chain.sets.size(); ++i) {
    POSTERN_ASSERT(chain.sets[i].seal.is_usable() && chain.sets[i].seal.signature.instance == i + 1);
    POSTERN_ASSERT(!pipeline::sealed_data(chain.sets, i).ends_with("\r\n"));
  }
  const std::string collected = pipeline::collect_results(bytes, header.layout, "mx.example");
  POSTERN_ASSERT(pipeline::read_results(collected).has_value());
  return 0;
}
