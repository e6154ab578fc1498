#include "pipeline/redaction/masked_numbers.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string>

#include "pipeline/redaction/byte_masks.h"
#include "pipeline/redaction/rules/folded_text.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kMasksMin = 4;
constexpr std::size_t kDigitsShown = 4;

constexpr char kMark = '\x01';    // a block or a bullet
constexpr char kOpaque = '\x02';  // any character that has no part in a number

struct SeenCharacter {
  std::size_t end = 0;  // of its bytes
  char form = kOpaque;  // ASCII, or one of these; NUL: nobody sees it
};

// Of a byte that is no UTF-8.
char lone_form(std::uint8_t byte) {
  static const std::array<char, 256> forms = [] {
    std::array<char, 256> out{};
    for (std::size_t c = 0; c < out.size(); ++c) {
      const std::string one(1, static_cast<char>(c));
      const FoldedText folded(one);
      out[c] = folded.text().empty() ? '\0' : folded.text().size() == 1 ? folded.text()[0] : kOpaque;
    }
    return out;
  }();
  return forms[byte];
}

// The character at `at`, which is inside the text.
SeenCharacter character_at(std::string_view text, std::size_t at) {
  if (static_cast<std::uint8_t>(text[at]) < 0x80) return {at + 1, text[at]};
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  auto next = static_cast<std::int64_t>(at);
  UChar32 code_point = 0;
  U8_NEXT(bytes, next, static_cast<std::int64_t>(text.size()), code_point);
  if (code_point < 0) return {at + 1, lone_form(static_cast<std::uint8_t>(text[at]))};
  const auto end = static_cast<std::size_t>(next);
  // Full and other blocks, squares, discs, bullets: what programs mask with.
  for (UChar32 mark : {0x2587, 0x2588, 0x25A0, 0x25AA, 0x25CF, 0x2022}) {
    if (code_point == mark) return {end, kMark};
  }
  const FoldedText folded(text.substr(at, end - at));
  if (folded.text().empty()) return {end, '\0'};
  return {end, folded.text().size() == 1 ? folded.text()[0] : kOpaque};
}

bool is_letter_mark(char form) { return form == '*' || form == 'x' || form == 'X' || form == '#'; }
bool is_gap_form(char form) { return std::string_view(" \t\r\n-.,").find(form) != std::string_view::npos; }

// Of a block that is not ASCII alone: bytes that may begin a mark outside ASCII, of three or four bytes.
std::uint64_t wide_marks(std::string_view text, std::size_t block) {
  const auto of_bytes = [](const char* at) {
    const Bytes64 bytes(at);
    const std::uint64_t follows = bytes.in_range(0x80, 0xBF);
    constexpr std::uint64_t kLast = std::uint64_t{1} << (kMaskBytes - 1);  // of what follows the block nothing is known
    return bytes.one_of("\xE2\xEF\xF0") & ((follows >> 1U) | kLast) & ((follows >> 2U) | kLast | kLast >> 1U);
  };
  const std::size_t size = std::min(kMaskBytes, text.size() - block);
  if (size == kMaskBytes) return of_bytes(text.data() + block);
  std::array<char, kMaskBytes> copy{};
  std::copy_n(text.data() + block, size, copy.data());
  return of_bytes(copy.data());
}

class MaskReader {
 public:
  MaskReader(std::string_view text, const TextPlanes& planes) : text_(text), planes_(planes) {}

  std::vector<ByteRange> read() {
    if (!planes_.has_wide() && planes_.digit_count() < kDigitsShown) return {};
    for (std::size_t block = planes_.next(0, TextPlanes::kMask); block < planes_.blocks(); block = planes_.next(block + 1, TextPlanes::kMask)) {
      for (std::uint64_t left = possible_marks(block); left != 0; left &= left - 1) {
        const std::size_t at = block * kMaskBytes + static_cast<std::size_t>(std::countr_zero(left));
        if (at >= done_ && begins_row(at)) read_row(at);
      }
    }
    return std::move(out_);
  }

 private:
  // Bytes at which a row of marks may begin: one beside another, or beside what is not ASCII and may be nothing; or
  // what begins a mark outside ASCII.
  std::uint64_t possible_marks(std::size_t block) const {
    const std::uint64_t marks = planes_.marks(block);
    const std::uint64_t wide = planes_.wide(block);
    const bool is_last = block + 1 == planes_.blocks();
    // A NUL is nothing too.
    std::uint64_t goes_on = ~std::uint64_t{0};
    if (!planes_.has_zero()) {
      const std::uint64_t next = is_last ? 0 : planes_.marks(block + 1) | planes_.wide(block + 1);
      goes_on = (marks | wide) >> 1U | next << (kMaskBytes - 1);
    }
    return (marks & goes_on) | (wide == 0 ? 0 : wide_marks(text_, block * kMaskBytes));
  }

  bool begins_row(std::size_t at) const {
    const SeenCharacter first = character_at(text_, at);
    if (first.form == kMark) return true;
    if (!is_letter_mark(first.form)) return false;
    std::size_t same = 1;
    for (std::size_t next = first.end; next < text_.size() && same < kMasksMin;) {
      const SeenCharacter one = character_at(text_, next);
      next = one.end;
      if (one.form == '\0') continue;
      if (one.form != first.form) return false;
      ++same;
    }
    return same == kMasksMin;
  }

  void read_row(std::size_t begin) {
    std::size_t at = begin;
    std::size_t masks = 0;
    while (at < text_.size()) {
      const SeenCharacter one = character_at(text_, at);
      const bool is_mask = one.form == kMark || is_letter_mark(one.form);
      if (!is_mask && one.form != '\0' && !is_gap_form(one.form)) break;
      masks += is_mask ? 1 : 0;
      at = one.end;
    }
    done_ = at;
    if (masks < kMasksMin) return;
    std::size_t digits = 0;
    std::size_t end = at;
    while (at < text_.size() && digits <= kDigitsShown) {
      const SeenCharacter one = character_at(text_, at);
      const bool is_shown = one.form != '\0';
      if (is_shown && (one.form < '0' || one.form > '9')) break;
      at = one.end;
      if (!is_shown) continue;
      end = at;
      ++digits;
    }
    if (digits == kDigitsShown) out_.push_back({begin, end});
  }

  std::string_view text_;
  const TextPlanes& planes_;  // of it
  std::size_t done_ = 0;      // what stands before it is read
  std::vector<ByteRange> out_;
};

}  // namespace

std::vector<ByteRange> masked_numbers(std::string_view text) { return masked_numbers(text, TextPlanes(text)); }
std::vector<ByteRange> masked_numbers(std::string_view text, const TextPlanes& planes) {
  return MaskReader(text, planes).read();
}

}  // namespace postern::pipeline
