// Any bytes as HTML: the sanitiser is idempotent and lets no known vector through; the text's map is whole.
#include <cstdint>

#include "core/assert.h"
#include "core/encoding.h"
#include "pipeline/mime/decode.h"
#include "pipeline/mime/html.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using postern::pipeline::sanitise_html;
  const auto html = postern::pipeline::to_utf8({reinterpret_cast<const char*>(data), size}, "").utf8;
  const auto safe = sanitise_html(html);
  POSTERN_ASSERT(sanitise_html(safe) == safe);
  const auto lower = postern::core::to_lower_ascii(safe);
  for (std::string_view tag : {"<script", "<style", "<iframe", "<svg", "<math", "<form", "<meta", "<link", "<base", "<object", "<!--"}) {
    POSTERN_ASSERT(lower.find(tag) == std::string::npos);
  }
  const auto typed = postern::pipeline::sanitise_typed_html(html);
  POSTERN_ASSERT(postern::pipeline::sanitise_typed_html(typed) == typed && sanitise_html(typed) == typed);
  POSTERN_ASSERT(typed.find("<img") == std::string::npos);
  POSTERN_ASSERT(postern::pipeline::typed_html_text(typed).size() <= 16 * typed.size() + 16);
  const auto text = postern::pipeline::html_to_text(html);
  POSTERN_ASSERT(text.map.out_size() == text.text.size());
  const auto whole = text.map.covering({0, text.text.size()});
  POSTERN_ASSERT(whole.end <= html.size());
  return 0;
}
