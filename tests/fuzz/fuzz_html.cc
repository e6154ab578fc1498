// Any bytes as HTML: the sanitiser is idempotent and lets no known vector through; the text's map is whole.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/assert.h"
#include "core/encoding.h"
#include "pipeline/mime/decode.h"
#include "pipeline/mime/html.h"

namespace {

// What stands in tags outside of quoted values: names of elements and attributes. Text and links may speak of styles.
std::string names_in_tags(std::string_view html) {
  std::string out;
  bool is_in_tag = false, is_quoted = false;
  for (const char c : html) {
    if (!is_in_tag) {
      is_in_tag = c == '<';
    } else if (c == '"') {
      is_quoted = !is_quoted;
    } else if (c == '>' && !is_quoted) {
      is_in_tag = false;
    } else if (!is_quoted) {
      out += c;
    }
  }
  return out;
}

}  // namespace

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
  POSTERN_ASSERT(typed.find("<img") == std::string::npos && names_in_tags(typed).find(" style=") == std::string::npos);
  POSTERN_ASSERT(postern::pipeline::typed_html_text(typed).size() <= 16 * typed.size() + 16);
  const auto text = postern::pipeline::html_to_text(html);
  POSTERN_ASSERT(text.map.out_size() == text.text.size());
  const auto whole = text.map.covering({0, text.text.size()});
  POSTERN_ASSERT(whole.end <= html.size());
  using postern::pipeline::HtmlReading;
  for (const HtmlReading reading : {HtmlReading::kRendered, HtmlReading::kVisible, HtmlReading::kEverything}) {
    const auto kept = postern::pipeline::html_to_text(html, reading);
    const auto small = postern::pipeline::html_to_text(html, reading, postern::pipeline::Mapping::kSmall);
    POSTERN_ASSERT(kept.text == small.text && (!small.map.is_kept() || small.map.is_same_as(kept.map)));
  }
  return 0;
}
