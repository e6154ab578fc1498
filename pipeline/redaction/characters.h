#pragma once
// pipeline/redaction/characters.h: what a character outside ASCII is to a reader who looks for a value: the tables that
// scan text and folded text share. digit_windows.cc is tied to them.
// Thread-safety: pure functions.
#include <cstdint>

namespace postern::pipeline {

// Characters that a reader does not see: soft hyphen, zero-width ones, direction marks, variation selectors, tags,
// combining marks that would only decorate a digit, private use, noncharacters.
bool is_invisible(std::uint32_t code_point);

// The ASCII character that a reader takes it for; 0 when there is none. Digits of any script, also in circles and
// brackets, are '0' to '9', dashes '-', blanks ' ', line and paragraph separators '\n', stops and middle dots '.',
// commas ','; full-width letters, '+' and parentheses lose their width. For code points from 0x80 on.
char ascii_form_of(std::uint32_t code_point);

}  // namespace postern::pipeline
