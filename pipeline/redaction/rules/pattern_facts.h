#pragma once
// pipeline/redaction/rules/pattern_facts.h: what is known of a part of a regular expression, and of parts joined. Private to
// pattern_shape.cc.
// Thread-safety: plain values and pure functions.
#include <bitset>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace postern::pipeline::shape {

inline constexpr char kBoundary = '\x01';  // a \b inside a fixed text

using Texts = std::vector<std::string>;

// The digits that stand in every match of a part, in rows without wide gaps.
struct DigitRows {
  std::size_t lead = 0;    // bytes before the first digit, at most; of a part without digits: all of it
  std::size_t trail = 0;   // behind the last one
  std::size_t first = 0;   // digits of the first row, at least; 0: no digits
  std::size_t last = 0;
  std::size_t best = 0;
  bool is_one_row = true;
};

// What is known of one part of the expression.
struct Facts {
  std::size_t width_max = 0;
  std::size_t width_min = 0;
  DigitRows digits;
  std::optional<Texts> fixed = Texts{""};  // all texts that the part can be; nullopt: too many
  std::bitset<256> bytes;                  // that a match may hold, of folded text
  std::bitset<128> marks;                  // of ASCII, neither letters nor digits: each of them stands in every match
  Texts needed;                            // where it is not fixed: one of them stands in every match; empty: none known
  std::size_t needed_lead = 0;             // bytes of the match before that one, at most
};

DigitRows no_digits(std::size_t width);
std::size_t shortest(const Texts& texts);  // bytes of the shortest one, boundaries not counted
void sort_unique(Texts& texts);
const Texts& needed_of(const Facts& facts);
std::size_t lead_of(const Facts& facts);  // bytes before what needed_of tells, at most

Facts either(Facts a, Facts b);
Facts repeated(Facts part, std::size_t min, std::size_t max);

// Parts one behind the other.
class Sequence {
 public:
  void append(Facts part);
  Facts take();

 private:
  void offer(const Texts& texts, std::size_t lead);

  Facts facts_;
  Texts run_{""};
  std::size_t run_lead_ = 0;  // bytes before it
  bool is_fixed_ = true;
};

}  // namespace postern::pipeline::shape
