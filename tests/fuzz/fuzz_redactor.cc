// Any bytes as a message: redaction ends, its result scans clean, and a second pass changes nothing.
#include <cstddef>
#include <cstdint>

#include "core/assert.h"
#include "pipeline/redaction/redactor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace pipeline = postern::pipeline;
  static const pipeline::Redactor redactor;
  const auto message = pipeline::Message::copy_of({reinterpret_cast<const char*>(data), size});
  const auto once = redactor.redact(message, pipeline::Envelope{}, pipeline::AuthVerdicts{});
  POSTERN_ASSERT(static_cast<bool>(once));
  const auto twice =
      redactor.redact(pipeline::Message::copy_of(once->raw()), pipeline::Envelope{}, pipeline::AuthVerdicts{});
  POSTERN_ASSERT(static_cast<bool>(twice));
  POSTERN_ASSERT(twice->raw() == once->raw());
  POSTERN_ASSERT(redactor.redact_text(once->content().text, {"text", {}, {}}).redactions().empty());
  return 0;
}
