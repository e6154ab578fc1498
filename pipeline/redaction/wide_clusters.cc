#include "pipeline/redaction/wide_clusters.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "core/secret.h"
#include "pipeline/redaction/byte_masks.h"
#include "pipeline/redaction/scan_text.h"
#include "pipeline/redaction/spread_reader.h"

namespace postern::pipeline {
namespace {

bool is_continuation(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<std::uint8_t>(text[at]) & 0xC0U) == 0x80;
}

std::uint64_t bits_below(std::size_t bit) {
  return bit >= kMaskBytes ? ~std::uint64_t{0} : (std::uint64_t{1} << bit) - 1;
}
std::size_t bits_in(std::uint64_t mask) { return static_cast<std::size_t>(std::popcount(mask)); }

// Of 64 bytes.
struct WideLook {
  std::uint64_t digits = 0;  // bytes that may be digits, or begin one
  std::uint64_t sure = 0;    // bytes that surely are one character, or begin one that surely is
  std::uint64_t escapes = 0;
};

WideLook look_at_wide(const char* block) {
  const Bytes64 bytes(block);
  WideLook out;
  out.digits = bytes.digits();
  // Marks of bold text may become one, '>' and '|' may belong to the line end before them.
  out.sure = bytes.in_range('!', '~') & ~bytes.one_of("*_>|");
  out.escapes = bytes.equal_to('\x1B');
  const std::uint64_t wide = bytes.wide();
  if (wide == 0) return out;
  out.digits |= bytes.in_range(0xB2, 0xB3) | bytes.in_range(0xD9, 0xDB) | bytes.in_range(0xDF, 0xE2) |
                bytes.one_of("\xB9\xEA\xEF\xF0");
  const std::uint64_t continuations = bytes.in_range(0x80, 0xBF);
  // Latin with marks, Greek, Cyrillic, Armenian, Hebrew, Han, Hangul; without their other bytes they are letters of
  // Latin-1.
  const std::uint64_t steady =
      bytes.in_range(0xC3, 0xCB) | bytes.in_range(0xCE, 0xD7) | bytes.in_range(0xE4, 0xE9) | bytes.in_range(0xEB, 0xEC);
  // The same for any first byte that nothing follows, and for what follows none. Of the bytes at the edges nothing is
  // known.
  const std::uint64_t alone = wide & ~continuations & ~(continuations >> 1U) & bits_below(kMaskBytes - 1);
  const std::uint64_t stray = continuations & ~((wide << 1U) | 1U) & ~bytes.one_of("\x85\xA0\xAD");
  out.sure |= steady | alone | stray;
  return out;
}

// The second byte tells most characters that share a first one with digits, and bytes that are no UTF-8.
bool may_be_digit(std::string_view text, std::size_t at) {
  const auto first = static_cast<std::uint8_t>(text[at]);
  if (first < 0xC0) return true;
  if (!is_continuation(text, at + 1)) return false;
  const auto second = static_cast<std::uint8_t>(text[at + 1]);
  switch (first) {
    case 0xD9: return second >= 0xA0 && second <= 0xA9;
    case 0xDB: return second >= 0xB0 && second <= 0xB9;
    case 0xDF: return second <= 0x89;
    case 0xE2: return second != 0x80 && is_continuation(text, at + 2);
    case 0xEF: return second == 0xBC && is_continuation(text, at + 2);
    case 0xE0:
    case 0xE1:
    case 0xEA:
    case 0xF0: return is_continuation(text, at + 2);
    default: return false;
  }
}

class ClusterFinder {
 public:
  ClusterFinder(std::string_view text, ByteRange place) : text_(text), place_(place) {}

  std::vector<ByteRange> find() {
    for (std::size_t block = place_.begin; block < place_.end; block += kMaskBytes) {
      const std::size_t size = std::min(kMaskBytes, place_.end - block);
      if (size == kMaskBytes) {
        add(block, look_at_wide(text_.data() + block));
        continue;
      }
      std::array<char, kMaskBytes> copy{};
      std::copy_n(text_.data() + block, size, copy.data());
      WideLook look = look_at_wide(copy.data());
      // What follows the last byte is not in the copy.
      look.sure &= bits_below(size - 1);
      add(block, look);
      core::wipe(copy.data(), copy.size());
    }
    finish();
    return std::move(out_);
  }

 private:
  void add(std::size_t block, WideLook look) {
    skip_control_sequences(block, look);
    std::uint64_t passed = 0;
    for (std::uint64_t left = look.digits; left != 0; left &= left - 1) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(left));
      if (!may_be_digit(text_, block + bit)) continue;
      apart_ += bits_in(look.sure & bits_below(bit) & ~passed);
      passed = bits_below(bit + 1);
      note(block + bit);
    }
    apart_ += bits_in(look.sure & ~passed);
  }

  // Nothing of them is shown (ECMA-48): neither their digits nor their letters.
  void skip_control_sequences(std::size_t block, WideLook& look) {
    for (std::uint64_t left = look.escapes; left != 0; left &= left - 1) {
      const std::size_t at = block + static_cast<std::size_t>(std::countr_zero(left));
      if (at < skipped_end_) continue;
      hide(block, look);
      skipped_ = at;
      skipped_end_ = at + 1 + control_sequence_size(text_.substr(at + 1));
      hide(block, look);
    }
    hide(block, look);
  }
  void hide(std::size_t block, WideLook& look) const {
    if (skipped_end_ <= block) return;
    const std::uint64_t hidden =
        bits_below(skipped_end_ - block) & ~bits_below(skipped_ > block ? skipped_ - block : 0);
    look.digits &= ~hidden;
    look.sure &= ~hidden;
  }

  void note(std::size_t digit) {
    if (digits_ > 0 && digit - cluster_.end > kSpreadGapMax && apart_ > kSpreadGapMax) finish();
    if (digits_ == 0) cluster_.begin = digit;
    cluster_.end = digit + 1;
    apart_ = 0;
    ++digits_;
  }

  void finish() {
    constexpr std::size_t kCharacterBytesMax = 4;
    if (digits_ >= kSpreadDigitsMin) {
      cluster_.begin = character_begin(cluster_.begin);
      for (std::size_t more = 1; more < kCharacterBytesMax && is_continuation(text_, cluster_.end); ++more)
        ++cluster_.end;
      out_.push_back(cluster_);
    }
    digits_ = 0;
  }
  // Where a character begins that the byte may belong to; else the byte itself.
  std::size_t character_begin(std::size_t at) const {
    constexpr std::size_t kBackMax = 3;
    std::size_t begin = at;
    while (begin > 0 && at - begin < kBackMax && is_continuation(text_, begin)) --begin;
    return static_cast<std::uint8_t>(text_[begin]) >= 0xC0 ? begin : at;
  }

  std::string_view text_;
  ByteRange place_;
  std::vector<ByteRange> out_;
  ByteRange cluster_;        // of the digits so far
  std::size_t digits_ = 0;   // in it
  std::size_t apart_ = 0;    // characters behind the last one
  std::size_t skipped_ = 0;  // the last control sequence
  std::size_t skipped_end_ = 0;
};

}  // namespace

std::vector<ByteRange> wide_clusters(std::string_view text, ByteRange place) {
  return ClusterFinder(text, place).find();
}

}  // namespace postern::pipeline
