#include <algorithm>

#include "pipeline/mime/decode.h"
#include "pipeline/redaction/views/views.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kSignsOfLikely = 3;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

}  // namespace

QuotedPrintable guess_quoted_printable(std::string_view bytes, const Telltales& marks) {
  if (!marks.equals) return QuotedPrintable::kNo;
  // Padding of base64 at the very end is no soft break.
  const std::string_view body = bytes.substr(0, bytes.find_last_not_of("=\r\n \t") + 1);
  QuotedPrintable guess = QuotedPrintable::kNo;
  std::size_t signs = 0;   // escaped '='
  std::size_t digits = 0;  // escaped ones that stand side by side
  std::size_t digits_end = 0;
  for (std::size_t at = body.find('='); at != std::string_view::npos; at = body.find('=', at + 1)) {
    const std::string_view next = body.substr(at + 1, 2);
    const bool is_rule = at > 0 && body[at - 1] == '=';  // "=====" under a heading
    if ((next.starts_with('\n') || next.starts_with("\r\n")) && !is_rule) return QuotedPrintable::kLikely;
    // One alone is in many links.
    if ((next == "3D" || next == "3d") && ++signs >= kSignsOfLikely) return QuotedPrintable::kLikely;
    if (next.size() < 2 || !is_hex(next[0]) || !is_hex(next[1])) continue;
    digits = next[0] == '3' && is_digit(next[1]) ? (digits_end == at ? digits + 1 : 1) : 0;
    digits_end = at + 3;
    if (digits >= 3) return QuotedPrintable::kLikely;
    const std::string_view before = body.substr(at < 2 ? 0 : at - 2, std::min<std::size_t>(at, 2));
    if (std::any_of(before.begin(), before.end(), is_digit)) guess = QuotedPrintable::kPerhaps;
  }
  return guess;
}

View quoted_printable_view(std::string_view bytes, Mapping mapping) {
  Decoded decoded = decode_quoted_printable(bytes, 0, mapping);
  return {std::move(decoded.bytes), std::move(decoded.map)};
}

}  // namespace postern::pipeline
