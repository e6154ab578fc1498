#pragma once
// pipeline/redaction/rules/value_mask.h: which characters of a found value an action hides. Two kinds of characters: the
// layout (blanks, line ends, '-', '.', '/', ':') always stays; all others are hidden unless keep_ends keeps them.
// keep_ends counts letters and digits from each end; in between everything but the layout is hidden, and a value with no
// more than it may show is hidden whole. drop masks the first four and lets the rest vanish, layout too.
// Thread-safety: pure functions. Time: linear in the value.
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"
#include "pipeline/api/redaction_rules.h"

namespace postern::pipeline {

inline constexpr std::size_t kDropMaskCharacters = 4;

struct ValueCharacter {
  ByteRange source;
  bool is_layout = false;
  bool counts = false;   // a letter, a digit, or a mask that stands for one
  bool is_masked = false;  // '*' or U+2587
};

// The characters of a value in UTF-8; `source` leads from offsets of `value` to ranges of the source.
template <class Source>
std::vector<ValueCharacter> characters_of(std::string_view value, const Source& source);

struct ValueMask {
  std::vector<ByteRange> hidden;
  std::vector<ByteRange> dropped;
  bool is_done = false;  // nothing to hide, or all of it is masked already: no finding
};
ValueMask mask_of(const std::vector<ValueCharacter>& value, const RuleSpec& rule);

// What characters_of says of one character.
ValueCharacter classified(std::string_view character, ByteRange source);

template <class Source>
std::vector<ValueCharacter> characters_of(std::string_view value, const Source& source) {
  std::vector<ValueCharacter> out;
  for (std::size_t at = 0; at < value.size();) {
    std::size_t end = at + 1;
    while (end < value.size() && (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80) ++end;
    out.push_back(classified(value.substr(at, end - at), source(ByteRange{at, end})));
    at = end;
  }
  return out;
}

}  // namespace postern::pipeline
