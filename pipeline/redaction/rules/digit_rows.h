#pragma once
// pipeline/redaction/rules/digit_rows.h: rows of digits in folded text, around which patterns for numbers are tried, and their parts
// that a pattern can match: between two bytes that stand in none of its matches.
// Thread-safety: pure functions. Time: linear, sixty-four bytes at a time where digits are few. Errors: none.
#include <bitset>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"
#include "pipeline/redaction/text_planes.h"

namespace postern::pipeline {

// A maximal row of digits with at most kDigitGapMax (pattern_shape.h) bytes between two of them.
struct DigitRow {
  ByteRange where;
  std::size_t digits = 0;
};
inline constexpr std::size_t kRowDigitsMin = 6;  // fewer stand everywhere
inline constexpr std::size_t kRowDigitsMost = 8;
// The rows of at least `digits` (kRowDigitsMin to kRowDigitsMost), ascending.
std::vector<DigitRow> digit_rows(std::string_view text, std::size_t digits);
std::vector<DigitRow> digit_rows(const TextPlanes& planes, std::size_t digits);

// The longest parts of the rows that hold these bytes alone, begin and end with a digit, and have so many digits; ascending.
// A match that holds such a part, and these bytes alone, stands inside reach_of() of it.
std::vector<DigitRow> parts_of_rows(std::string_view text, std::span<const DigitRow> rows, const std::bitset<256>& bytes, std::size_t digits);
// The range and what stands around it, up to `reach` on each side, as far as these bytes go.
ByteRange reach_of(std::string_view text, ByteRange range, std::size_t reach, const std::bitset<256>& bytes);

}  // namespace postern::pipeline
