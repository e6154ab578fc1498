#pragma once
// pipeline/redaction/dense_digits.h: the places of a text where digits stand close enough to be one number, whatever
// stands between them.
// Thread-safety: pure functions. Time: linear, sixty-four bytes at a time.
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"
#include "pipeline/redaction/text_planes.h"

namespace postern::pipeline {

struct DensePlace {
  ByteRange range;
  bool has_escapes = false;  // of terminals (ECMA-48)
  bool has_wide = false;     // full-width digits or invisible characters between digits, perhaps
};

// Ascending, disjoint; none begins or ends inside a row of digits. Twelve digits within kDenseBytes are enough.
constexpr std::size_t kDenseBytes = 256;
std::vector<DensePlace> dense_digits(std::string_view text);
std::vector<DensePlace> dense_digits(std::string_view text, const TextPlanes& planes);  // of the same text

}  // namespace postern::pipeline
