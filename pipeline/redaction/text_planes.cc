#include "pipeline/redaction/text_planes.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/secret.h"
#include "pipeline/redaction/dense_digits.h"
#include "pipeline/redaction/issuers.h"
#include "pipeline/redaction/rules/digit_rows.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace postern::pipeline {
namespace {

constexpr char kWideDigitEnd = '\xBC';  // the second byte of a full-width digit
static_assert(kDenseBytes == 4 * kMaskBytes);

// Of 64 bytes.
struct BlockMasks {
  std::uint64_t digits = 0;
  std::uint64_t letters = 0;
  std::uint64_t wide = 0;
  std::uint64_t marks = 0;
  std::uint64_t wide_digits = 0;
  bool has_zero = false;
};

// Where they go, and what is said of each block.
struct PlaneRow {
  std::uint64_t* digits;
  std::uint64_t* letters;
  std::uint64_t* wide;
  std::uint64_t* marks;
  std::uint8_t* counts;
  std::uint8_t* hints;
};

// What is carried from block to block.
struct Carried {
  std::uint64_t total = 0;
  std::uint64_t wide = 0;
  bool has_zero = false;
  std::uint32_t number = 0;  // digits behind the last letter
  std::uint32_t before[3] = {0, 0, 0};  // dense counts of the blocks before
  std::uint32_t row = 0;     // digits of the block before
};

#define POSTERN_INLINE inline __attribute__((always_inline))

POSTERN_INLINE std::uint32_t bits_set(std::uint64_t mask) { return static_cast<std::uint32_t>(std::popcount(mask)); }

// Twelve digits stand between two letters of the block. Rarely asked.
inline bool has_inner_number(std::uint64_t digits, std::uint64_t letters) {
  while (digits != 0) {
    const std::uint64_t behind = letters & ~((digits & -digits) - 1);
    const std::uint64_t here = behind == 0 ? ~std::uint64_t{0} : (behind & -behind) - 1;
    if (bits_set(digits & here) >= kCardDigitsMin) return true;
    digits &= ~here;
  }
  return false;
}

// Without branches that depend on the text, but for rare ones: which block holds digits nobody can foretell.
POSTERN_INLINE void take_block(const BlockMasks& block, std::size_t i, const PlaneRow& row, Carried& carried) {
  row.digits[i] = block.digits;
  row.letters[i] = block.letters;
  row.wide[i] = block.wide;
  row.marks[i] = block.marks;
  const std::uint32_t count = bits_set(block.digits);
  row.counts[i] = static_cast<std::uint8_t>(count);
  carried.total += count;
  carried.wide |= block.wide;
  carried.has_zero |= block.has_zero;
  const bool is_wide = block.wide != 0;

  // Bytes outside ASCII may be digits, and no break.
  const std::uint64_t digits = block.digits | block.wide;
  const std::uint32_t all = is_wide ? bits_set(digits) : count;
  const std::uint64_t first = block.letters & -block.letters;
  const std::uint32_t head = bits_set(digits & (first - 1));  // all of it where there is no letter
  const int last = std::countl_zero(block.letters | 1U);
  const std::uint32_t tail = bits_set(digits & ~(~std::uint64_t{0} >> last));
  bool is_number = carried.number + head >= kCardDigitsMin;
  if (!is_number && all >= kCardDigitsMin) is_number = has_inner_number(digits, block.letters);
  carried.number = block.letters == 0 ? std::min<std::uint32_t>(carried.number + all, 1U << 20U) : tail;

  const std::uint32_t dense = count + (is_wide ? bits_set(block.wide_digits) : 0);
  const bool is_dense = dense + carried.before[0] + carried.before[1] + carried.before[2] >= kCardDigitsMin;
  carried.before[2] = carried.before[1];
  carried.before[1] = carried.before[0];
  carried.before[0] = dense;

  const bool is_row = carried.row + count >= kRowDigitsMin;
  carried.row = count;
  constexpr unsigned kLastBit = kMaskBytes - 1;
  const bool is_mask = is_wide | block.has_zero | ((block.marks & (block.marks >> 1U | std::uint64_t{1} << kLastBit)) != 0);
  row.hints[i] = static_cast<std::uint8_t>((is_number ? TextPlanes::kNumber : 0) | (is_dense ? TextPlanes::kDense : 0) | (is_row ? TextPlanes::kRow : 0) |
                                           (is_mask ? TextPlanes::kMask : 0));
}

BlockMasks look_plainly(const char* at) {
  const Bytes64 bytes(at);
  BlockMasks out{bytes.digits(), bytes.letters(), bytes.wide(), bytes.one_of("*xX#"), 0, bytes.equal_to('\0') != 0};
  if (out.wide != 0) out.wide_digits = bytes.equal_to(kWideDigitEnd);
  return out;
}

// Works on what is its own: what is stored as bytes could be anything else's to the compiler.
void fill_plainly(const char* text, std::size_t from, std::size_t to, const PlaneRow& where, Carried& all) {
  const PlaneRow row = where;
  Carried carried = all;
  for (std::size_t i = from; i < to; ++i) take_block(look_plainly(text + (i - from) * kMaskBytes), i, row, carried);
  all = carried;
}

#if defined(__x86_64__)
#define POSTERN_AVX2 __attribute__((target("avx2,popcnt,bmi,lzcnt")))

POSTERN_AVX2 POSTERN_INLINE __m256i is_in_range(__m256i part, char from, char to) {
  const __m256i off = _mm256_sub_epi8(part, _mm256_set1_epi8(from));
  return _mm256_cmpeq_epi8(_mm256_min_epu8(off, _mm256_set1_epi8(static_cast<char>(to - from))), off);
}
POSTERN_AVX2 POSTERN_INLINE std::uint64_t bits_of_both(__m256i low, __m256i high) {
  const auto one = static_cast<std::uint32_t>(_mm256_movemask_epi8(low));
  const auto two = static_cast<std::uint32_t>(_mm256_movemask_epi8(high));
  return one | std::uint64_t{two} << 32U;
}
POSTERN_AVX2 POSTERN_INLINE __m256i is_letter_byte(__m256i part) { return is_in_range(_mm256_or_si256(part, _mm256_set1_epi8(0x20)), 'a', 'z'); }
POSTERN_AVX2 POSTERN_INLINE __m256i is_mark_byte(__m256i part) {
  const __m256i cross = _mm256_cmpeq_epi8(_mm256_or_si256(part, _mm256_set1_epi8(0x20)), _mm256_set1_epi8('x'));
  const __m256i star = _mm256_cmpeq_epi8(part, _mm256_set1_epi8('*'));
  const __m256i hash = _mm256_cmpeq_epi8(part, _mm256_set1_epi8('#'));
  return _mm256_or_si256(cross, _mm256_or_si256(star, hash));
}

POSTERN_AVX2 void fill_with_avx2(const char* text, std::size_t from, std::size_t to, const PlaneRow& where, Carried& all) {
  const PlaneRow row = where;
  Carried carried = all;
  for (std::size_t i = from; i < to; ++i, text += kMaskBytes) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + sizeof(__m256i)));
    BlockMasks block;
    block.digits = bits_of_both(is_in_range(low, '0', '9'), is_in_range(high, '0', '9'));
    block.letters = bits_of_both(is_letter_byte(low), is_letter_byte(high));
    block.wide = bits_of_both(low, high);
    block.marks = bits_of_both(is_mark_byte(low), is_mark_byte(high));
    if (block.wide != 0) {
      const __m256i end = _mm256_set1_epi8(kWideDigitEnd);
      block.wide_digits = bits_of_both(_mm256_cmpeq_epi8(low, end), _mm256_cmpeq_epi8(high, end));
    }
    const __m256i least = _mm256_min_epu8(low, high);
    block.has_zero = _mm256_movemask_epi8(_mm256_cmpeq_epi8(least, _mm256_setzero_si256())) != 0;
    take_block(block, i, row, carried);
  }
  all = carried;
}
#undef POSTERN_AVX2

bool has_avx2() {
  static const bool has = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("popcnt") != 0 && __builtin_cpu_supports("bmi") != 0 &&
                          __builtin_cpu_supports("lzcnt") != 0;
  return has;
}
#else
bool has_avx2() { return false; }
void fill_with_avx2(const char* text, std::size_t from, std::size_t to, const PlaneRow& row, Carried& carried) { fill_plainly(text, from, to, row, carried); }
#endif
#undef POSTERN_INLINE

}  // namespace

TextPlanes::TextPlanes(std::string_view text, Code code) : blocks_((text.size() + kMaskBytes - 1) / kMaskBytes) {
  planes_ = small_.data();
  if (blocks_ > kSmallBlocks) {
    large_ = std::make_unique_for_overwrite<std::uint64_t[]>(blocks_ * kPlanes + (2 * blocks_ + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t));
    planes_ = large_.get();
  }
  counts_ = reinterpret_cast<std::uint8_t*>(planes_ + kPlanes * blocks_);
  hints_ = counts_ + blocks_;
  const auto fill = code == Code::kBest && has_avx2() ? fill_with_avx2 : fill_plainly;
  const PlaneRow row{planes_, planes_ + blocks_, planes_ + 2 * blocks_, planes_ + 3 * blocks_, counts_, hints_};
  Carried carried;
  const std::size_t whole = text.size() / kMaskBytes;
  fill(text.data(), 0, whole, row, carried);
  if (whole < blocks_) {
    std::array<char, kMaskBytes> tail{};
    tail.fill(' ');  // in no plane
    std::copy(text.begin() + static_cast<std::ptrdiff_t>(whole * kMaskBytes), text.end(), tail.begin());
    fill(tail.data(), whole, blocks_, row, carried);
    core::wipe(tail.data(), tail.size());
  }
  digit_count_ = carried.total;
  has_wide_ = carried.wide != 0;
  has_zero_ = carried.has_zero;
}

std::size_t TextPlanes::next(std::size_t block, std::uint8_t hints) const {
  constexpr std::size_t kStep = sizeof(std::uint64_t);
  const std::uint64_t each = std::uint64_t{hints} * 0x0101010101010101U;
  while (block + kStep <= blocks_) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, hints_ + block, kStep);
    eight &= each;
    if (eight != 0 && std::endian::native == std::endian::little) return block + static_cast<std::size_t>(std::countr_zero(eight)) / 8;
    if (eight != 0) break;
    block += kStep;
  }
  while (block < blocks_ && (hints_[block] & hints) == 0) ++block;
  return block;
}

}  // namespace postern::pipeline
