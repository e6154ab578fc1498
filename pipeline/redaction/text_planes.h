#pragma once
// pipeline/redaction/text_planes.h: a text as bit planes, sixty-four bytes a word (bit 0: the first byte): which of its
// bytes are digits, letters, outside ASCII, marks of masked numbers. Made in one pass (AVX2 where the processor has it,
// the code of byte_masks.h elsewhere: a test compares them) and shared by all that looks for numbers in the text, so
// that none of them walks over its bytes again. Bits behind the text's end are 0. Thread-safety: const methods from any
// thread. Ownership: owns its planes; keeps nothing of the text. Memory: four bits a byte, and a byte for each
// sixty-four; texts of up to 512 bytes need no heap. Time: linear. Errors: std::bad_alloc.
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "pipeline/redaction/byte_masks.h"

namespace postern::pipeline {

class TextPlanes {
 public:
  // kPlain: without AVX2, for tests.
  enum class Code { kBest, kPlain };
  // What a block may have, told by counting; one that has it is always told, others may be. A block that is not ASCII alone may
  // have anything but a row; one with NUL a mask.
  enum Hint : std::uint8_t {
    kNumber = 1,  // the twelfth digit and more behind a letter
    kDense = 2,   // the twelfth digit and more of 256 bytes that end with the block, 0xBC being one too: it ends full-width digits
    kRow = 4,     // six digits and more, with those of the block before
    kMask = 8,    // two marks side by side, or one at its end
  };

  explicit TextPlanes(std::string_view text, Code code = Code::kBest);
  TextPlanes(const TextPlanes&) = delete;
  TextPlanes& operator=(const TextPlanes&) = delete;

  std::size_t blocks() const { return blocks_; }
  // Of one block, which is less than blocks().
  std::uint64_t digits(std::size_t block) const { return planes_[block]; }                 // '0' to '9'
  std::uint64_t letters(std::size_t block) const { return planes_[blocks_ + block]; }      // 'a' to 'z', 'A' to 'Z'
  std::uint64_t wide(std::size_t block) const { return planes_[2 * blocks_ + block]; }     // 0x80 and above
  std::uint64_t marks(std::size_t block) const { return planes_[3 * blocks_ + block]; }    // "*xX#"
  std::size_t digit_count(std::size_t block) const { return counts_[block]; }
  // The first block from `block` on that has one of `hints`; blocks() where there is none.
  std::size_t next(std::size_t block, std::uint8_t hints) const;
  // Of the whole text.
  std::size_t digit_count() const { return digit_count_; }
  bool has_wide() const { return has_wide_; }
  bool has_zero() const { return has_zero_; }  // NUL
  bool is_plain() const { return !has_wide_ && !has_zero_; }  // ASCII without NUL

 private:
  static constexpr std::size_t kPlanes = 4;
  static constexpr std::size_t kSmallBlocks = 8;

  std::size_t blocks_ = 0;
  std::size_t digit_count_ = 0;
  bool has_wide_ = false;
  bool has_zero_ = false;
  std::array<std::uint64_t, kSmallBlocks * kPlanes + 2 * kSmallBlocks / sizeof(std::uint64_t)> small_;  // in use where it is enough
  std::unique_ptr<std::uint64_t[]> large_;
  std::uint64_t* planes_ = nullptr;  // plane by plane
  std::uint8_t* counts_ = nullptr;   // digits of each block
  std::uint8_t* hints_ = nullptr;
};

// Calls `use(begin, end)` with each row of neighbouring digits of `place`; ascending.
template <class Use>
void for_each_digit_group(const TextPlanes& planes, std::size_t begin, std::size_t end, Use use) {
  std::size_t open_begin = 0;  // of a group that may go on in the next block
  std::size_t open_end = 0;
  if (begin >= end) return;
  for (std::size_t block = begin / kMaskBytes; block * kMaskBytes < end; ++block) {
    std::uint64_t left = planes.digits(block);
    if (left == 0) continue;
    const std::size_t from = block * kMaskBytes;
    if (from < begin) left = left >> (begin - from) << (begin - from);
    if (end - from < kMaskBytes) left &= (std::uint64_t{1} << (end - from)) - 1;
    while (left != 0) {
      const auto first = static_cast<std::size_t>(std::countr_zero(left));
      const auto size = static_cast<std::size_t>(std::countr_one(left >> first));
      if (open_end != from + first || open_end == 0) {
        if (open_end != 0) use(open_begin, open_end);
        open_begin = from + first;
      }
      open_end = from + first + size;
      left = first + size == kMaskBytes ? 0 : left >> (first + size) << (first + size);
    }
  }
  if (open_end != 0) use(open_begin, open_end);
}

}  // namespace postern::pipeline
