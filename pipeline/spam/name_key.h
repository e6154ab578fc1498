#pragma once
// pipeline/spam/name_key.h: names as a reader takes them: two names that look alike have one key.
// Thread-safety: pure functions.  Errors: none; broken UTF-8 reads as U+FFFD.  Limits: kNameBytesMax. Time: linear.
#include <cstddef>
#include <string>
#include <string_view>

namespace postern::pipeline {

inline constexpr std::size_t kNameBytesMax = 256;  // of a name; what follows is not looked at

// Lower case, compatibility forms and accents removed (full-width, "é"), nothing invisible.
std::string fold_text(std::string_view utf8);

// What the text looks like (Unicode UTS 39 skeleton of its folded form): "аcme" with a Cyrillic letter is "acme".
std::string look_of(std::string_view utf8);

// A person's name for comparison: the looks of its words, sorted, so that "Smith, Ann" is "Ann Smith". Empty for a name
// that too many people have: a single word, unless of two or more ideographs or Hangul syllables.
std::string name_key(std::string_view utf8);

}  // namespace postern::pipeline
