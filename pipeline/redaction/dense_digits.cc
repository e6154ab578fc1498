#include "pipeline/redaction/dense_digits.h"

#include <algorithm>
#include <array>
#include <bit>

#include "pipeline/redaction/byte_masks.h"
#include "pipeline/redaction/issuers.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kBlocks = kDenseBytes / kMaskBytes;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Full-width digits, or a character beside a digit that a reader may not see (U+200B, U+00AD …).
bool is_wide(std::string_view bytes) {
  bool has_wide = false;  // of most places none is outside ASCII
  for_each_block(bytes, [](const char* at) { return Bytes64(at).wide(); }, [&has_wide](std::size_t, std::uint64_t wide) {
    has_wide = wide != 0;
    return !has_wide;
  });
  if (!has_wide) return false;
  if (bytes.find("\xEF\xBC") != std::string_view::npos) return true;
  for (std::size_t at = 1; at < bytes.size(); ++at) {
    const bool is_edge = is_digit(bytes[at]) != is_digit(bytes[at - 1]);
    if (is_edge && (static_cast<unsigned char>(bytes[at]) | static_cast<unsigned char>(bytes[at - 1])) >= 0x80) return true;
  }
  return false;
}

// What the bytes of a place hold, beside digits.
DensePlace look_into(std::string_view text, ByteRange range) {
  const std::string_view bytes = text.substr(range.begin, range.size());
  return {range, bytes.find('\x1B') != std::string_view::npos, is_wide(bytes)};
}

}  // namespace

std::vector<DensePlace> dense_digits(std::string_view text) {
  std::vector<ByteRange> dense;
  std::array<std::size_t, kBlocks> counts{};  // digits of the last blocks
  std::size_t sum = 0;
  for (std::size_t block = 0; block < text.size(); block += kMaskBytes) {
    std::array<char, kMaskBytes> tail{};
    const char* at = text.data() + block;
    if (text.size() - block < kMaskBytes) {
      std::copy(text.begin() + static_cast<std::ptrdiff_t>(block), text.end(), tail.begin());
      at = tail.data();
    }
    const Bytes64 bytes(at);
    // 0xBC: the second byte of a full-width digit.
    std::uint64_t digits = bytes.digits();
    if (bytes.wide() != 0) digits |= bytes.equal_to('\xBC');
    std::size_t& count = counts[block / kMaskBytes % kBlocks];
    sum -= count;
    count = static_cast<std::size_t>(std::popcount(digits));
    sum += count;
    if (sum < kCardDigitsMin) continue;
    const std::size_t back = kDenseBytes - kMaskBytes;
    const std::size_t begin = block >= back ? block - back : 0;
    const std::size_t end = std::min(text.size(), block + kMaskBytes);
    if (dense.empty() || dense.back().end < begin) dense.push_back({begin, end});
    dense.back().end = end;
  }
  std::vector<DensePlace> places;
  for (ByteRange range : dense) {
    // A row of digits is never cut.
    while (range.begin > 0 && is_digit(text[range.begin - 1])) --range.begin;
    while (range.end < text.size() && is_digit(text[range.end])) ++range.end;
    if (!places.empty() && places.back().range.end >= range.begin) {
      range.begin = places.back().range.begin;
      places.pop_back();
    }
    places.push_back(look_into(text, range));
  }
  return places;
}

}  // namespace postern::pipeline
