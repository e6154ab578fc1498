#include "pipeline/redaction/scan_text.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace postern::pipeline {
namespace {

bool is_dash(std::uint32_t c) {
  return (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0x2043 || c == 0xFE58 || c == 0xFE63 || c == 0xFF0D ||
         c == 0x2E3A || c == 0x2E3B || c == 0x30FC || c == 0x2500 || c == 0x00AF;
}

// Characters that a reader does not see: soft hyphen, zero-width ones, direction marks, variation selectors, tags,
// combining marks that would only decorate a digit.
bool is_invisible(std::uint32_t c) {
  if (c == 0xAD || c == 0x34F || c == 0x61C || c == 0x180E || c == 0xFEFF || c == 0x115F || c == 0x1160) return true;
  if ((c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F)) return true;
  if ((c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0000 && c <= 0xE0FFF)) return true;
  return (c >= 0x300 && c <= 0x36F) || c == 0x20DD || c == 0x20DE || c == 0x20E3;
}

// Superscript, subscript, circled, parenthesised and full-stop digits: not Nd in Unicode, digits to a reader.
int compatibility_digit(std::uint32_t c) {
  if (c == 0xB9) return 1;
  if (c == 0xB2 || c == 0xB3) return static_cast<int>(c - 0xB0);
  const bool candidate = (c >= 0x2070 && c <= 0x2089) || (c >= 0x2460 && c <= 0x249B) || c == 0x24EA ||
                         (c >= 0x24F5 && c <= 0x24FF) || (c >= 0x2776 && c <= 0x2793) || (c >= 0x1F100 && c <= 0x1F10A);
  if (!candidate) return -1;
  const double value = u_getNumericValue(static_cast<UChar32>(c));
  return value >= 0 && value <= 9 ? static_cast<int>(value) : -1;
}

bool is_quote_prefix(char c) { return c == ' ' || c == '\t' || c == '>' || c == '|'; }

// Exactly two: longer rows are rules, or our own masks.
bool is_bold_mark(std::string_view text, std::size_t at) {
  const char c = text[at];
  if ((c != '*' && c != '_') || at + 1 >= text.size() || text[at + 1] != c) return false;
  return (at == 0 || text[at - 1] != c) && (at + 2 >= text.size() || text[at + 2] != c);
}

}  // namespace

ScanText::ScanText(std::string_view source) {
  text_.reserve(source.size());
  from_.reserve(source.size());
  width_.reserve(source.size());
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(source.data());
  const auto size = static_cast<std::int64_t>(source.size());
  std::int64_t at = 0;
  while (at < size) {
    const std::uint8_t byte = bytes[at];
    const auto from = static_cast<std::size_t>(at);
    if (byte >= 0x80) {
      UChar32 code_point = 0;
      U8_NEXT(bytes, at, size, code_point);
      if (code_point < 0) {  // not UTF-8: one byte, read as Latin-1
        at = static_cast<std::int64_t>(from) + 1;
        code_point = byte;
      }
      put_code_point(static_cast<std::uint32_t>(code_point), from, static_cast<std::size_t>(at) - from);
      continue;
    }
    if (is_bold_mark(source, from)) {  // "**4111** **1111**" becomes "*4111* *1111*"
      put(static_cast<char>(byte), from, 1);
      at += 2;
      continue;
    }
    ++at;
    if (byte == '\n' || byte == '\r') {
      while (at < size && (bytes[at] == '\n' || bytes[at] == '\r')) {
        if (bytes[at] == '\n' && byte == '\n') break;
        ++at;
      }
      while (at < size && is_quote_prefix(static_cast<char>(bytes[at]))) ++at;
      put_line_end(from);
    } else if (byte == ' ' || byte == '\t' || byte == '\v' || byte == '\f') {
      put_blank(from, 1, byte != ' ');
    } else if (byte >= 'A' && byte <= 'Z') {
      put(static_cast<char>(byte | 0x20), from, 1);
    } else if (byte > ' ' && byte < 0x7F) {
      put(static_cast<char>(byte), from, 1);
    } else if (byte != 0) {
      put(kOther, from, 1);
    }
  }
}

void ScanText::put(char c, std::size_t from, std::size_t width) {
  text_.push_back(c);
  from_.push_back(static_cast<std::uint32_t>(from));
  width_.push_back(static_cast<std::uint8_t>(width));
}

void ScanText::put_blank(std::size_t from, std::size_t width, bool is_wide) {
  if (!text_.empty()) {
    char& last = text_.back();
    if (last == ' ' || last == kWideGap) {
      last = kWideGap;
      return;
    }
    if (last == '\n') return;
  }
  put(is_wide ? kWideGap : ' ', from, width);
}

void ScanText::put_line_end(std::size_t from) {
  if (!text_.empty() && (text_.back() == ' ' || text_.back() == kWideGap)) {
    text_.back() = '\n';
    return;
  }
  put('\n', from, 1);
}

void ScanText::put_code_point(std::uint32_t c, std::size_t from, std::size_t width) {
  if (is_invisible(c)) return;
  int digit = u_charDigitValue(static_cast<UChar32>(c));
  if (digit < 0) digit = compatibility_digit(c);
  if (digit >= 0) {
    put(static_cast<char>('0' + digit), from, width);
  } else if (c == 0x2028 || c == 0x2029 || c == 0x85) {
    put_line_end(from);
  } else if (c == 0xA0 || u_isUWhiteSpace(static_cast<UChar32>(c)) || c == 0x3164 || c == 0x2800) {
    put_blank(from, width, false);
  } else if (is_dash(c)) {
    put('-', from, width);
  } else if (c == 0xFF0E || c == 0x3002 || c == 0xB7 || c == 0x2022 || c == 0x2024 || c == 0x2027 || c == 0x30FB) {
    put('.', from, width);
  } else if (c == 0xFF0C || c == 0x3001 || c == 0x066B || c == 0x066C) {
    put(',', from, width);
  } else if (c >= 0xFF21 && c <= 0xFF3A) {
    put(static_cast<char>('a' + (c - 0xFF21)), from, width);
  } else if (c >= 0xFF41 && c <= 0xFF5A) {
    put(static_cast<char>('a' + (c - 0xFF41)), from, width);
  } else if (c == 0xFF0B) {
    put('+', from, width);
  } else if (c == 0xFF08 || c == 0xFF09) {
    put(c == 0xFF08 ? '(' : ')', from, width);
  } else {
    put(u_isalpha(static_cast<UChar32>(c)) ? kLetter : kOther, from, width);
  }
}

}  // namespace postern::pipeline
