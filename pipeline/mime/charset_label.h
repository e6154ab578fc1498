#pragma once
// pipeline/mime/charset_label.h: from the charset names that mail carries to the names that ICU knows.
// Thread-safety: pure functions.
#include <string>
#include <string_view>

namespace postern::pipeline {

// Lower case, without quotes, blanks and an RFC 2231 language; "" for labels that say nothing ("unknown-8bit").
std::string normal_charset(std::string_view label);
// The converter to open for a normal name: supersets in place of what senders label too narrowly (as browsers do).
std::string converter_name(std::string_view normal);

}  // namespace postern::pipeline
