#pragma once
// smtp/proto/text.h: character classes of RFC 5321 and UTF-8 (RFC 3629) over peer text. Pure.
#include <string_view>

namespace postern::smtp {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool is_alnum(char c) { return is_digit(c) || is_alpha(c); }
inline bool is_non_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }
inline bool is_graphic(char c) { return c > 0x20 && c < 0x7f; }
// RFC 5322 atext, with UTF-8 as RFC 6531 section 3.3 adds it.
bool is_atext(char c);

bool is_ascii(std::string_view text);
// No overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);
// RFC 3461 section 4 xtext: graphic ASCII but '+' and '=', or "+HH" in upper-case hexadecimal.
bool is_xtext(std::string_view text);

}  // namespace postern::smtp
