#include "pipeline/mime/unicode.h"
#include "pipeline/redaction/views/escape_view.h"

namespace postern::pipeline {
namespace {

bool is_octal(char c) { return c >= '0' && c <= '7'; }

struct Escape {
  std::size_t length = 0;  // 0: none
  char32_t character = 0;
  bool vanishes = false;  // a line that goes on
};

// Up to `most` hex digits at `at`; exactly that many unless `fewer` may do.
Escape hex_escape(std::string_view text, std::size_t begin, std::size_t at, std::size_t most, bool fewer) {
  char32_t value = 0;
  std::size_t digits = 0;
  while (digits < most && at + digits < text.size() && hex_digit(text[at + digits]) >= 0) {
    value = value * 16 + static_cast<char32_t>(hex_digit(text[at + digits]));
    ++digits;
  }
  if (digits == 0 || (!fewer && digits < most)) return {};
  return {at + digits - begin, value, false};
}

// "\ud83d\udc00" is one character.
Escape with_low_half(std::string_view text, std::size_t begin, Escape high) {
  if (high.character < 0xD800 || high.character >= 0xDC00) return high;
  const std::size_t at = begin + high.length;
  if (!text.substr(at).starts_with("\\u")) return high;
  const Escape low = hex_escape(text, at, at + 2, 4, false);
  if (low.length == 0 || low.character < 0xDC00 || low.character > 0xDFFF) return high;
  return {high.length + low.length, 0x10000 + ((high.character - 0xD800) << 10U) + (low.character - 0xDC00), false};
}

// text[at] == '\\'.
Escape escape_at(std::string_view text, std::size_t at) {
  if (at + 1 >= text.size()) return {};
  const char kind = text[at + 1];
  switch (kind) {
    case 'u': {
      const bool is_braced = text.substr(at + 2).starts_with("{");
      if (!is_braced) return with_low_half(text, at, hex_escape(text, at, at + 2, 4, false));
      Escape braced = hex_escape(text, at, at + 3, 6, true);
      if (braced.length > 0 && text.substr(at + braced.length).starts_with("}")) ++braced.length;
      return braced;
    }
    case 'U': return hex_escape(text, at, at + 2, 8, false);
    case 'x': return hex_escape(text, at, at + 2, 2, true);
    case 'n':
    case 'r': return {2, '\n', false};
    case 't': return {2, '\t', false};
    case '\n': return {2, 0, true};
    case '\r': return {text.substr(at + 2).starts_with("\n") ? 3U : 2U, 0, true};
    case '/':
    case '\\':
    case '"':
    case '\'': return {2, static_cast<char32_t>(kind), false};
    default: break;
  }
  if (!is_octal(kind)) return {};
  char32_t value = 0;
  std::size_t digits = 0;
  while (digits < 3 && at + 1 + digits < text.size() && is_octal(text[at + 1 + digits])) {
    value = value * 8 + static_cast<char32_t>(text[at + 1 + digits] - '0');
    ++digits;
  }
  return {1 + digits, value, false};
}

}  // namespace

bool may_hold_escapes(std::string_view text, const Telltales& marks) {
  if (!marks.backslash) return false;
  for (std::size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at + 1)) {
    const Escape escape = escape_at(text, at);
    if (escape.length == 0) continue;
    if (escape.vanishes || escape.character > 0x7F || escape.character == '\\') return true;
    if (may_belong_to_value(text, at, escape.length, std::string(1, static_cast<char>(escape.character)))) return true;
  }
  return false;
}

View escapes_view(std::string_view source, Mapping mapping) {
  return view_without_escapes(source, '\\', mapping, [](std::string_view text, std::size_t at, std::string& decoded) {
    const Escape escape = escape_at(text, at);
    if (escape.length > 0 && !escape.vanishes) append_utf8(decoded, escape.character);
    return escape.length;
  });
}

}  // namespace postern::pipeline
