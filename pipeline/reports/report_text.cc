#include "pipeline/reports/report_text.h"

#include "core/encoding.h"
#include "pipeline/api/card_digits.h"
#include "pipeline/mime/unicode.h"

namespace postern::pipeline {
namespace {

// Without the masking.
std::string printable_text(std::string_view text, std::size_t bytes_max) {
  std::string out;
  bool has_gap = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t c = next_code_point(text, at);
    if (c <= 0x20 || (c >= 0x7f && c <= 0xa0)) {
      has_gap = !out.empty();
      continue;
    }
    if (is_invisible_format(c) || c == 0xfffd) continue;
    const std::size_t bytes = at - begin + (has_gap ? 1 : 0);
    if (out.size() + bytes > bytes_max) break;
    if (has_gap) out += ' ';
    has_gap = false;
    out.append(text.substr(begin, at - begin));
  }
  return out;
}

}  // namespace

std::string report_text(std::string_view text, std::size_t bytes_max) {
  return mask_card_digits(printable_text(text, bytes_max));
}

std::string report_domain(std::string_view text, std::size_t bytes_max) {
  std::string out = core::to_lower_ascii(mask_card_digits(printable_text(text, bytes_max)));
  while (out.ends_with('.')) out.pop_back();
  return out;
}

}  // namespace postern::pipeline
