#pragma once
// pipeline/redaction/rules/pattern_shape.h: what every match of a regular expression must hold, read off the expression:
// how long it can be, how many digits stand in a row in it, and fixed words one of which it shows. Decides how a rule's candidates
// are found (rule_engine.h). The answer may be weaker than the truth, never stronger.
// Thread-safety: pure functions. Limits: kShapeDepthMax groups inside each other; beyond, nothing is known.
#include <bitset>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace postern::pipeline {

inline constexpr std::size_t kUnbounded = std::numeric_limits<std::size_t>::max();
inline constexpr std::size_t kDigitGapMax = 3;
inline constexpr std::size_t kShapeDepthMax = 100;
inline constexpr std::size_t kAnchorsMax = 128;      // of one pattern
inline constexpr std::size_t kAnchorBytesMax = 32;

struct PatternAnchor {
  std::string text;          // lower case; stands in the match in either case
  bool starts_word = false;  // no letter, digit or '_' stands before it
  bool ends_word = false;    // … or behind it
  friend bool operator==(const PatternAnchor&, const PatternAnchor&) = default;
};

struct PatternShape {
  std::size_t width_max = kUnbounded;  // bytes of folded text
  std::size_t width_min = 0;           // no match is shorter
  std::size_t digits_in_row = 0;       // in every match so many stand with at most kDigitGapMax bytes between two of them
  std::vector<PatternAnchor> anchors;  // one of them stands in every match; empty: nothing fixed
  std::size_t lead_max = kUnbounded;   // bytes of a match before one of its anchors
  std::string marks;                   // beside the anchors: each of these characters stands in every match too
  std::bitset<256> bytes = std::bitset<256>().set();  // no other bytes of folded text stand in any match
  std::size_t shortest_anchor() const;  // bytes; 0 without anchors
};

// `pattern`: RE2 syntax, known to compile.
PatternShape shape_of_pattern(std::string_view pattern);

}  // namespace postern::pipeline
