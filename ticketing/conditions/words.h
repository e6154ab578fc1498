#pragma once
// ticketing/conditions/words.h: how texts are compared in conditions: whole words, whatever their case, in any script.
// Thread-safety: pure.
#include <string>
#include <string_view>
#include <vector>

namespace postern::ticketing {

// Full Unicode case folding; what is not UTF-8 becomes U+FFFD.
std::string fold_text(std::string_view text);
// Of a folded text, by blanks.
std::vector<std::string> split_words(std::string_view folded);
// Both folded. A word begins and ends where letters and digits do; in scripts without blanks between words, anywhere.
bool contains_word(std::string_view folded_text, std::string_view folded_word);

}  // namespace postern::ticketing
