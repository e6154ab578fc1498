#pragma once
// pipeline/redaction/phrase_detector.h: finds phrases that a person gave. White space of any kind and length matches any
// other, line ends with quote prefixes too; soft hyphens and other invisible characters are passed over; case counts.
// Thread-safety: const methods from any thread. Time: linear in the text for each phrase; nothing of it is copied.
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/redaction/detector.h"

namespace postern::pipeline {

// Values of header fields that hold a message together: a phrase that is also the word "plain" or a boundary does not break it.
struct MimeWords {
  std::set<std::string> types;   // "text/plain", "attachment": lower case; what begins a field's value
  std::set<std::string> values;  // of parameters that people do not write: charset, boundary …
};

class PhraseDetector final : public Detector {
 public:
  explicit PhraseDetector(const std::vector<std::string>& phrases, MimeWords words = {});
  std::vector<Finding> find(std::string_view text, TextKind kind) const override;
  // Every character but white space; a word of one letter is no phrase, nor is one that our masks could be.
  static bool is_phrase(std::string_view phrase);

 private:
  struct Pattern {
    std::vector<char32_t> characters;   // folded
    std::vector<std::size_t> fallback;  // Knuth, Morris and Pratt: where to go on after a mismatch
  };
  void find_all(std::string_view text, std::vector<Finding>& into) const;

  std::vector<Pattern> patterns_;
  MimeWords words_;
};

}  // namespace postern::pipeline
