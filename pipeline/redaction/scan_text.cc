#include "pipeline/redaction/scan_text.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <array>

#include "pipeline/redaction/characters.h"
#include "pipeline/redaction/rules/plane_memo.h"

namespace postern::pipeline {
namespace {

bool is_quote_prefix(char c) { return c == ' ' || c == '\t' || c == '>' || c == '|'; }

// Exactly two: longer rows are rules, or our own masks.
bool is_bold_mark(std::string_view text, std::size_t at) {
  const char c = text[at];
  if ((c != '*' && c != '_') || at + 1 >= text.size() || text[at + 1] != c) return false;
  return (at == 0 || text[at - 1] != c) && (at + 2 >= text.size() || text[at + 2] != c);
}

// What becomes of a character outside ASCII: '\n', ' ', another character, or nothing.
constexpr char kVanishes = '\x7F';

char fate_by_tables(std::uint32_t c) {
  const bool is_control = c >= 0x80 && c <= 0x9F && c != 0x85;
  if (is_control || is_invisible(c)) return kVanishes;
  const char form = ascii_form_of(c);
  if (form >= 'A' && form <= 'Z') return static_cast<char>(form | 0x20);
  if (form != 0) return form;
  return u_isalpha(static_cast<UChar32>(c)) ? ScanText::kLetter : ScanText::kOther;
}

char fate_of(std::uint32_t c) { return remembered<fate_by_tables>(c); }

// What becomes of an ASCII byte that is always one character, whatever stands beside it; 0: it is none of these.
constexpr std::array<char, 256> make_steady() {
  std::array<char, 256> steady{};
  for (unsigned c = '!'; c < 0x7F; ++c) steady[c] = static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20U : c);
  steady['*'] = steady['_'] = 0;  // marks of bold text
  return steady;
}
constexpr auto kSteady = make_steady();

// What cannot begin a character, or is not followed by the rest of one, is not worth a call: data is full of it.
bool may_begin_character(std::string_view text, std::size_t at) {
  const auto byte = static_cast<std::uint8_t>(text[at]);
  return byte >= 0xC2 && byte <= 0xF4 && at + 1 < text.size() && (static_cast<std::uint8_t>(text[at + 1]) & 0xC0U) == 0x80;
}

// What becomes of a byte that is no UTF-8 and always one character, read as Latin-1 or as a punctuation mark of windows-1252;
// 0: it is none of these.
const std::array<char, 256>& lone_forms() {
  static const std::array<char, 256> known = [] {
    std::array<char, 256> out{};
    for (std::uint32_t c = 0x80; c < out.size(); ++c) {
      const bool is_mark = c < 0xA0 && c != 0x85;
      const char fate = is_mark ? (c == 0x96 || c == 0x97 ? '-' : ScanText::kOther) : fate_of(c);
      if (fate != '\n' && fate != ' ' && fate != kVanishes) out[c] = fate;
    }
    return out;
  }();
  return known;
}

}  // namespace

std::size_t control_sequence_size(std::string_view text) {
  if (text.empty() || text[0] != '[') return 0;
  std::size_t at = 1;
  while (at < text.size() && text[at] >= 0x20 && text[at] <= 0x3F) ++at;
  return at < text.size() && text[at] >= 0x40 && text[at] <= 0x7E ? at + 1 : 0;
}

ScanText::ScanText(std::string_view source) {
  // No byte of the source becomes more than one character.
  text_.resize(source.size());
  from_.resize(source.size());
  width_.resize(source.size());
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(source.data());
  const auto size = static_cast<std::int64_t>(source.size());
  std::int64_t at = 0;
  const std::array<char, 256>& lone = lone_forms();
  while (at < size) {
    const std::uint8_t byte = bytes[at];
    const auto from = static_cast<std::size_t>(at);
    if (kSteady[byte] != 0) {
      at = static_cast<std::int64_t>(put_steady(source, from));
    } else if (byte >= 0x80 && lone[byte] != 0 && !may_begin_character(source, from)) {
      put(lone[byte], from, 1);
      ++at;
    } else if (byte >= 0x80) {
      at = static_cast<std::int64_t>(put_character(source, from));
    } else if (is_bold_mark(source, from)) {  // "**4111** **1111**" becomes "*4111* *1111*"
      put(static_cast<char>(byte), from, 1);
      at += 2;
    } else if (byte == '\n' || byte == '\r') {
      ++at;
      while (at < size && (bytes[at] == '\n' || bytes[at] == '\r')) {
        if (bytes[at] == '\n' && byte == '\n') break;
        ++at;
      }
      while (at < size && is_quote_prefix(static_cast<char>(bytes[at]))) ++at;
      put_line_end(from);
    } else {
      ++at;
      if (byte == ' ' || byte == '\t' || byte == '\v' || byte == '\f') {
        put_blank(from, 1, byte != ' ');
      } else if (byte == '*' || byte == '_') {
        put(static_cast<char>(byte), from, 1);
      } else if (byte == 0x1B) {
        at += static_cast<std::int64_t>(control_sequence_size(source.substr(static_cast<std::size_t>(at))));
      }  // other controls are not shown
    }
  }
  text_.resize(size_);
  from_.resize(size_);
  width_.resize(size_);
}

// The row of steady bytes that begins at `from`. Returns where it ends.
std::size_t ScanText::put_steady(std::string_view source, std::size_t from) {
  char* const text = text_.data() + size_;
  std::uint32_t* const places = from_.data() + size_;
  std::uint8_t* const widths = width_.data() + size_;
  std::size_t count = 0;
  for (; from + count < source.size(); ++count) {
    const char steady = kSteady[static_cast<std::uint8_t>(source[from + count])];
    if (steady == 0) break;
    text[count] = steady;
    places[count] = static_cast<std::uint32_t>(from + count);
    widths[count] = 1;
  }
  size_ += count;
  return from + count;
}

// The character that begins at `from`, outside ASCII. Returns where the next one begins.
std::size_t ScanText::put_character(std::string_view source, std::size_t from) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(source.data());
  const std::uint8_t byte = bytes[from];
  auto at = static_cast<std::int64_t>(from);
  UChar32 code_point = U_SENTINEL;
  if (may_begin_character(source, from)) U8_NEXT(bytes, at, static_cast<std::int64_t>(source.size()), code_point);
  if (code_point < 0) {  // not UTF-8: one byte, read as Latin-1
    at = static_cast<std::int64_t>(from) + 1;
    if (byte < 0xA0 && byte != 0x85) {  // a punctuation mark of windows-1252
      put(byte == 0x96 || byte == 0x97 ? '-' : kOther, from, 1);
      return from + 1;
    }
    code_point = byte;
  }
  const auto next = static_cast<std::size_t>(at);
  const char fate = fate_of(static_cast<std::uint32_t>(code_point));
  if (fate == '\n') {
    put_line_end(from);
  } else if (fate == ' ') {
    put_blank(from, next - from, false);
  } else if (fate != kVanishes) {
    put(fate, from, next - from);
  }
  return next;
}

void ScanText::put(char c, std::size_t from, std::size_t width) {
  text_[size_] = c;
  from_[size_] = static_cast<std::uint32_t>(from);
  width_[size_] = static_cast<std::uint8_t>(width);
  ++size_;
}

void ScanText::put_blank(std::size_t from, std::size_t width, bool is_wide) {
  if (size_ > 0) {
    char& last = text_[size_ - 1];
    if (last == ' ' || last == kWideGap) {
      last = kWideGap;
      return;
    }
    if (last == '\n') return;
  }
  put(is_wide ? kWideGap : ' ', from, width);
}

void ScanText::put_line_end(std::size_t from) {
  if (size_ > 0 && (text_[size_ - 1] == ' ' || text_[size_ - 1] == kWideGap)) {
    text_[size_ - 1] = '\n';
    return;
  }
  put('\n', from, 1);
}

}  // namespace postern::pipeline
