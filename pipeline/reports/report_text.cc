#include "pipeline/reports/report_text.h"

#include "core/encoding.h"
#include "pipeline/api/card_digits.h"
#include "pipeline/mime/unicode.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kGroupedDigitsMin = 13;  // shorter grouped numbers are dates and addresses

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Numbers written in groups ("4111 1111 …", "4111-1111-…"), which mask_card_digits does not join.
void mask_grouped(std::string& text) {
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    if (!is_digit(text[begin])) continue;
    std::string digits;
    std::size_t end = begin;
    for (; end < text.size(); ++end) {
      const bool joins = (text[end] == ' ' || text[end] == '-') && end + 1 < text.size() && is_digit(text[end + 1]);
      if (!is_digit(text[end]) && !joins) break;
      if (!joins) digits += text[end];
    }
    const std::string masked = mask_card_digits(digits);
    if (digits.size() >= kGroupedDigitsMin && masked != digits) {
      std::size_t next = 0;
      for (std::size_t at = begin; at < end; ++at) {
        if (is_digit(text[at])) text[at] = masked[next++];
      }
    }
    begin = end;
  }
}

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
  std::string out = mask_card_digits(printable_text(text, bytes_max));
  mask_grouped(out);
  return out;
}

std::string report_domain(std::string_view text, std::size_t bytes_max) {
  std::string out = core::to_lower_ascii(mask_card_digits(printable_text(text, bytes_max)));
  while (out.ends_with('.')) out.pop_back();
  return out;
}

}  // namespace postern::pipeline
