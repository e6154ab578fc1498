#pragma once
// pipeline/redaction/views/telltales.h: which bytes of a text could begin something that another reader decodes. One pass
// over the text, one look-up a byte: text without them costs nothing more.
// Thread-safety: pure functions. Errors: none.
#include <cstddef>
#include <string_view>

namespace postern::pipeline {

struct Telltales {
  bool markup = false;     // '<'
  bool reference = false;  // '&'
  bool backslash = false;
  bool percent = false;
  bool equals = false;
  bool plus = false;
  bool emphasis = false;   // '*', '_', '`', '~'
  bool bracket = false;    // '['
  bool shift = false;      // ESC, SO, SI of ISO 2022
  bool zero = false;       // NUL
  bool wide_mark = false;  // 0xFE, 0xFF: byte order marks, full-width digits in UTF-16
  bool high = false;       // any byte outside ASCII
};
Telltales look_for_telltales(std::string_view text);

// Lines that begin what is encoded as lines.
struct LineTelltales {
  bool folded = false;    // "BEGIN:V": iCalendar, vCard
  bool uuencode = false;  // "begin 644 name"
  bool yenc = false;      // "=ybegin "
};
LineTelltales look_for_line_telltales(std::string_view text);
// Behind the end of the line that holds `at`.
std::size_t next_line_begin(std::string_view text, std::size_t at);

}  // namespace postern::pipeline
