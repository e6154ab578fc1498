#pragma once
// pipeline/redaction/digit_run.h: a maximal sequence of digit groups in scan text, and which of its groups together
// may be one card number by their layout alone.
// Thread-safety: pure functions. Time: linear in the run; the text is borrowed for the call only.
#include <cstddef>
#include <string_view>
#include <vector>

namespace postern::pipeline {

constexpr std::size_t kSeparatorBytesMax = 3;  // between two groups of one run
// '-' stands last: it is also the class in the prefilter's pattern.
constexpr std::string_view kSeparators = " \x02.,_|/:*+\n-";
constexpr std::string_view kBrackets = "()[]";  // between two groups only where one closes and the next opens

struct DigitGroup {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t size() const { return end - begin; }
};

struct DigitRun {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::vector<DigitGroup> groups;
};

// Groups [first, last) of a run.
struct GroupSpan {
  std::size_t first = 0;
  std::size_t last = 0;
};

// The run around the digit at `at`.
DigitRun digit_run_around(std::string_view text, std::size_t at);
std::string_view separator_behind(std::string_view text, const DigitRun& run, std::size_t group);
// ") (", "* *": each group stands in brackets or is emphasised.
bool is_wrapped_separator(std::string_view separator);
// The same, or both made of what wrapping and typing mix: blanks, gaps, line ends, hyphens.
bool are_alike_separators(std::string_view one, std::string_view other);
// True for layouts that are printed on cards (4-4-4-4, 4-6-5, 4-6-4, 4-4-4-4-3 …) and for one ungrouped number.
bool is_card_layout(const DigitRun& run, GroupSpan span);
// True when the separators inside the span allow it to be one number: blanks and hyphens in any layout; dots, commas,
// underscores, bars, slashes, colons, asterisks and plus signs in card layouts only; a line end in card layouts or once;
// wrapped groups (all of them) in card layouts.
bool may_be_one_number(std::string_view text, const DigitRun& run, GroupSpan span);
// Maximal spans of one and the same separator.
std::vector<GroupSpan> uniform_spans(std::string_view text, const DigitRun& run);
// What is left and right of expiry dates (12/27, 3-2027) and of brackets; nothing when the run has neither.
std::vector<GroupSpan> spans_between_dates(std::string_view text, const DigitRun& run);
// True for a group that can be an expiry date without a mark: 1227, 2027.
bool is_bare_expiry(std::string_view digits);
// True when the groups of the span are numbers of one list: 4101 4102 4105 4110.
bool counts_up(std::string_view text, const DigitRun& run, GroupSpan span);

}  // namespace postern::pipeline
