// DKIM: a key record and a message of any content, through the parsers and through both verification engines. The
// input is split at its first NUL: key record, message.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/assert.h"
#include "core/manual_clock.h"
#include "net/zone_resolver.h"
#include "pipeline/sender/dkim_tags.h"
#include "pipeline/sender/dkim_verifier.h"
#include "pipeline/sender/from_domains.h"
#include "tests/fuzz/run_coroutine.h"

namespace {

// Whatever is asked for, the same key record is the answer.
class AnyName final : public postern::net::DnsResolver {
 public:
  explicit AnyName(std::string_view text) { zone_.add_txt("any.example", text); }
  postern::core::Task<postern::net::DnsAnswer> query(postern::net::DnsQuestion question,
                                                     postern::core::Deadline) override {
    question.name = "any.example";
    co_return zone_.answer(question);
  }

 private:
  postern::net::ZoneResolver zone_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace pipeline = postern::pipeline;
  static postern::core::ManualClock clock;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = input.find('\0');
  const std::string_view record = input.substr(0, cut);
  const std::string_view mail = cut == std::string_view::npos ? record : input.substr(cut + 1);
  if (const auto tags = pipeline::DkimTagList::parse(record)) {
    for (const pipeline::DkimTag& tag : tags->tags()) POSTERN_ASSERT(tag.written.end <= record.size());
  }
  AnyName resolver(record);
  for (const pipeline::DkimEngine engine : {pipeline::DkimEngine::kOpenSsl, pipeline::DkimEngine::kOpenDkim}) {
    pipeline::DkimLimits limits;
    limits.engine = engine;
    pipeline::DkimVerifier verifier(resolver, clock, limits);
    const auto verdicts = postern::fuzz::run_coroutine(
        verifier.verify(pipeline::Message::copy_of(mail), postern::core::Deadline::never()));
    POSTERN_ASSERT(verdicts.size() <= limits.signatures_max);
  }
  (void)pipeline::find_from_domains(mail, pipeline::split_header(mail, 100), pipeline::DmarcLimits{});
  return 0;
}
