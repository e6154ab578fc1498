#pragma once
// pipeline/mime/unicode.h: UTF-8 code points, for the module's own text handling.
// Thread-safety: pure functions. Errors: a byte that is no UTF-8 reads as U+FFFD and advances by one.
#include <cstddef>
#include <string>
#include <string_view>

namespace postern::pipeline {

char32_t next_code_point(std::string_view utf8, std::size_t& pos);
void append_utf8(std::string& out, char32_t c);  // surrogates and values beyond U+10FFFF become U+FFFD
// Bidirectional controls, zero-width characters and the byte order mark: they make a name look like another.
bool is_invisible_format(char32_t c);

// Counts of a text taken as UTF-8.
struct Utf8Shape {
  std::size_t multibyte = 0;  // well-formed sequences of more than one byte
  std::size_t invalid = 0;    // bytes that belong to none
  bool is_ascii() const { return multibyte == 0 && invalid == 0; }
};
Utf8Shape inspect_utf8(std::string_view bytes);

}  // namespace postern::pipeline
