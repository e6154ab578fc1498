#pragma once
// core/utf8.h: text that came from outside where nobody has looked at its bytes yet.
// Thread-safety: pure.
#include <string>
#include <string_view>

namespace postern::core {

// The text with U+FFFD in place of every byte that is not part of well-formed UTF-8 (Unicode 15, table 3-7).
std::string well_formed_utf8(std::string_view text);

}  // namespace postern::core
