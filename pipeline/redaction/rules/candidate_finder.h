#pragma once
// pipeline/redaction/rules/candidate_finder.h: where in a text each of many patterns may match, so that exact matching
// looks at these places only. Three ways, chosen by what a pattern's matches must hold (pattern_shape.h):
//   words    a fixed word, found by Hyperscan's literal matcher; the places are its surroundings, or what begins with it
//   digits   enough digits in a row: windows around such rows, in which one automaton (RE2::Set) looks for all patterns;
//            those of rules with context words only at rows that have such a word near (called_numbers.h)
//   whole    neither: Hyperscan runs the whole pattern over the whole text
// Every match that may count lies whole inside one place of its pattern.
// Thread-safety: find() from any thread; scratch memory is one per thread. Ownership: movable value.
// Errors: compile problems are values; find() throws std::exception when scanning itself failed.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"
#include "pipeline/redaction/rules/digit_rows.h"
#include "pipeline/redaction/rules/pattern_shape.h"
#include "pipeline/redaction/text_planes.h"

namespace postern::pipeline {

enum class CandidateWay { kWords, kDigits, kWhole };
CandidateWay way_of(const PatternShape& shape);

inline constexpr std::size_t kAnchorBytesMin = 3;         // shorter words stand everywhere
inline constexpr std::size_t kRowWidthMax = 256;          // bytes of the longest match that is looked for around a row
inline constexpr std::size_t kNeighbourhoodMax = 16 * 1024;  // longer matches are looked for in the whole text

// Why Hyperscan does not take the pattern; empty when it does.
std::string hyperscan_problem(const std::string& pattern);

// A pattern, and the words one of which stands near any value that counts (near_words.h); none: any match may count.
struct SoughtPattern {
  std::string text;
  std::vector<std::string> context;
  std::uint32_t context_within = 0;
};

class CandidateFinder {
 public:
  // Patterns are known by their index. Throws std::runtime_error when one does not compile (hyperscan_problem).
  explicit CandidateFinder(const std::vector<SoughtPattern>& patterns);
  explicit CandidateFinder(const std::vector<std::string>& patterns);
  ~CandidateFinder();
  CandidateFinder(CandidateFinder&&) noexcept;

  struct Place {
    std::uint32_t pattern;
    ByteRange where;
    bool is_begin = false;  // a match begins at its first byte, or there is none
  };
  // `text`: valid UTF-8. Sorted by pattern, then places to search before those where a match begins, then by place. Places to
  // search of one pattern are disjoint.
  std::vector<Place> find(std::string_view text) const;
  std::vector<Place> find(std::string_view text, const TextPlanes& planes) const;  // its own

 private:
  struct Engines;
  std::unique_ptr<Engines> engines_;
};

}  // namespace postern::pipeline
