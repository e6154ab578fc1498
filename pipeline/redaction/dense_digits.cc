#include "pipeline/redaction/dense_digits.h"

#include <algorithm>
#include <cstdint>

#include "pipeline/redaction/byte_masks.h"
#include "pipeline/redaction/issuers.h"

namespace postern::pipeline {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Full-width digits, or a character beside a digit that a reader may not see (U+200B, U+00AD …).
bool is_wide(std::string_view text, const TextPlanes& planes, ByteRange range) {
  if (!planes.has_wide()) return false;
  bool has_wide = false;
  std::uint64_t digit_before = 0;  // of the block before, its last byte
  std::uint64_t wide_before = 0;
  for (std::size_t block = range.begin / kMaskBytes; block * kMaskBytes < range.end; ++block) {
    const std::size_t at = block * kMaskBytes;
    std::uint64_t inside = ~std::uint64_t{0};
    if (at < range.begin) inside = inside >> (range.begin - at) << (range.begin - at);
    if (range.end - at < kMaskBytes) inside &= (std::uint64_t{1} << (range.end - at)) - 1;
    const std::uint64_t digits = planes.digits(block) & inside;
    const std::uint64_t wide = planes.wide(block) & inside;
    if (((digits & ((wide << 1U) | wide_before)) | (wide & ((digits << 1U) | digit_before))) != 0) return true;
    has_wide = has_wide || wide != 0;
    digit_before = digits >> (kMaskBytes - 1);
    wide_before = wide >> (kMaskBytes - 1);
  }
  return has_wide && text.substr(range.begin, range.size()).find("\xEF\xBC") != std::string_view::npos;
}

// What the bytes of a place hold, beside digits.
DensePlace look_into(std::string_view text, const TextPlanes& planes, ByteRange range) {
  return {range, text.substr(range.begin, range.size()).find('\x1B') != std::string_view::npos,
          is_wide(text, planes, range)};
}

}  // namespace

std::vector<DensePlace> dense_digits(std::string_view text) { return dense_digits(text, TextPlanes(text)); }

std::vector<DensePlace> dense_digits(std::string_view text, const TextPlanes& planes) {
  std::vector<DensePlace> places;
  std::vector<ByteRange> dense;
  for (std::size_t index = planes.next(0, TextPlanes::kDense); index < planes.blocks(); index = planes.next(index + 1, TextPlanes::kDense)) {
    const std::size_t block = index * kMaskBytes;
    const std::size_t back = kDenseBytes - kMaskBytes;
    const std::size_t begin = block >= back ? block - back : 0;
    const std::size_t end = std::min(text.size(), block + kMaskBytes);
    if (dense.empty() || dense.back().end < begin) dense.push_back({begin, end});
    dense.back().end = end;
  }
  for (ByteRange range : dense) {
    // A row of digits is never cut.
    while (range.begin > 0 && is_digit(text[range.begin - 1])) --range.begin;
    while (range.end < text.size() && is_digit(text[range.end])) ++range.end;
    if (!places.empty() && places.back().range.end >= range.begin) {
      range.begin = places.back().range.begin;
      places.pop_back();
    }
    places.push_back(look_into(text, planes, range));
  }
  return places;
}

}  // namespace postern::pipeline
