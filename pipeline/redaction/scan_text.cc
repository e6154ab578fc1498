#include "pipeline/redaction/scan_text.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "pipeline/redaction/characters.h"

namespace postern::pipeline {
namespace {

bool is_quote_prefix(char c) { return c == ' ' || c == '\t' || c == '>' || c == '|'; }

// Exactly two: longer rows are rules, or our own masks.
bool is_bold_mark(std::string_view text, std::size_t at) {
  const char c = text[at];
  if ((c != '*' && c != '_') || at + 1 >= text.size() || text[at + 1] != c) return false;
  return (at == 0 || text[at - 1] != c) && (at + 2 >= text.size() || text[at + 2] != c);
}

// A control sequence of terminals (ECMA-48 section 5.4) behind its ESC: "[1m". 0: there is none.
std::size_t control_sequence_size(std::string_view text) {
  if (text.empty() || text[0] != '[') return 0;
  std::size_t at = 1;
  while (at < text.size() && text[at] >= 0x20 && text[at] <= 0x3F) ++at;
  return at < text.size() && text[at] >= 0x40 && text[at] <= 0x7E ? at + 1 : 0;
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
        if (byte < 0xA0 && byte != 0x85) {  // a punctuation mark of windows-1252
          put(byte == 0x96 || byte == 0x97 ? '-' : kOther, from, 1);
          continue;
        }
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
    } else if (byte == 0x1B) {
      at += static_cast<std::int64_t>(control_sequence_size(source.substr(static_cast<std::size_t>(at))));
    }  // other controls are not shown
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
  const bool is_control = c >= 0x80 && c <= 0x9F && c != 0x85;
  if (is_control || is_invisible(c)) return;
  const char form = ascii_form_of(c);
  if (form == '\n') {
    put_line_end(from);
  } else if (form == ' ') {
    put_blank(from, width, false);
  } else if (form >= 'A' && form <= 'Z') {
    put(static_cast<char>(form | 0x20), from, width);
  } else if (form != 0) {
    put(form, from, width);
  } else {
    put(u_isalpha(static_cast<UChar32>(c)) ? kLetter : kOther, from, width);
  }
}

}  // namespace postern::pipeline
