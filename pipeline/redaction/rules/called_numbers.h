#pragma once
// pipeline/redaction/rules/called_numbers.h: numbers that count only beside one of a rule's context words: these words are
// looked for first, around rows of digits and nowhere else, and a pattern is worth a look only at rows that have one near.
// Most rules for numbers are of this kind, and most numbers of mail are called nothing.
// Thread-safety: const methods from any thread. Ownership: movable value. Errors: see ScanDatabase. Time: linear in the
// surroundings of the rows, and a look a word and pattern.
#include <bitset>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/redaction/rules/candidate_finder.h"
#include "pipeline/redaction/rules/scan_database.h"

namespace postern::pipeline {

class CalledNumbers {
 public:
  // `shape`: of a pattern that is found by its digits. `context`: not empty.
  void add(std::uint32_t pattern, const PatternShape& shape, const std::vector<std::string>& context, std::uint32_t within);
  void compile();
  bool empty() const { return patterns_.empty(); }
  std::size_t digits_min() const { return digits_min_; }
  // Appends places. `rows`: ascending, of all that have digits_min() digits at least.
  void find(std::string_view text, std::span<const DigitRow> rows, std::vector<CandidateFinder::Place>& places) const;

 private:
  struct Pattern {
    std::uint32_t index;
    std::size_t digits;
    std::size_t reach;   // bytes of a match before or behind its row
    std::size_t within;  // characters between the value and its word
  };
  struct Word {
    std::size_t size = 0;    // bytes of the part that is looked for
    std::size_t before = 0;  // bytes of the word before that part, about
    std::size_t behind = 0;
    std::vector<std::uint32_t> patterns;  // in patterns_
  };
  class Search;

  std::vector<Pattern> patterns_;
  std::map<std::string, std::vector<std::uint32_t>> uses_;  // until compile()
  std::vector<Word> words_;
  ScanDatabase database_;
  std::size_t digits_min_ = kUnbounded;
  std::size_t reach_ = 0;
  std::size_t within_ = 0;
  std::bitset<256> bytes_;  // of all matches
};

}  // namespace postern::pipeline
