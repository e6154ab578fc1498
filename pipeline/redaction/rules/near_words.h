#pragma once
// pipeline/redaction/rules/near_words.h: whole words that stand near a value, in either case, in any script.
// Thread-safety: const methods from any thread. Time: linear in what is looked at.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"

namespace postern::pipeline {

class NearWords {
 public:
  NearWords() = default;
  // A word may be several with blanks between them; any row of blanks and line ends in the text stands for one.
  explicit NearWords(const std::vector<std::string>& words);
  bool empty() const { return words_.empty(); }
  // True when one of the words stands whole within `within` characters before or behind `value`. `text`: valid UTF-8.
  bool stand_near(std::string_view text, ByteRange value, std::uint32_t within) const;

 private:
  bool stand_in(std::string_view text, ByteRange where) const;
  std::vector<std::string> words_;  // folded case, single blanks
};

}  // namespace postern::pipeline
