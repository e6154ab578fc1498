#include "pipeline/redaction/digit_windows.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "core/secret.h"
#include "pipeline/redaction/byte_masks.h"
#include "pipeline/redaction/card_context.h"
#include "pipeline/redaction/issuers.h"
#include "pipeline/redaction/scan_text.h"

namespace postern::pipeline {
namespace {

// What a byte can be to a number: a break stands in no number; a neutral byte may stand between two digits (separator,
// invisible, rest of a character); a digit byte is or begins a character that may be a digit.
enum ByteClass : std::uint8_t { kBreak, kNeutral, kDigitByte };

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  // '>' and '|' begin quoted lines, controls vanish.
  for (unsigned c = 0; c < ' '; ++c) classes[c] = kNeutral;
  for (char c : std::string_view(" .,_|/:*+->()[]\x7F")) classes[static_cast<std::uint8_t>(c)] = kNeutral;
  for (unsigned c = '0'; c <= '9'; ++c) classes[c] = kDigitByte;
  for (unsigned c = 0x80; c <= 0xBF; ++c) classes[c] = kNeutral;
  // Lead bytes, and the superscripts of Latin-1. Scripts without digits, dashes or blanks of their own stay breaks:
  // Latin, Greek, Cyrillic, Armenian, Hebrew, Syriac (C3-CB, CE-D7, DA, DC-DE), Han (E4-E9), Hangul (EB-ED).
  for (unsigned c : {0xC2U, 0xCCU, 0xCDU, 0xD8U, 0xE3U, 0xEEU, 0xF1U, 0xF2U, 0xF3U, 0xF4U}) classes[c] = kNeutral;
  for (unsigned c : {0xB2U, 0xB3U, 0xB9U, 0xD9U, 0xDBU, 0xDFU, 0xE0U, 0xE1U, 0xE2U, 0xEAU, 0xEFU, 0xF0U})
    classes[c] = kDigitByte;
  return classes;
}
constexpr auto kClasses = make_classes();

ByteClass class_of(char c) { return static_cast<ByteClass>(kClasses[static_cast<std::uint8_t>(c)]); }
bool is_continuation(char c) { return (static_cast<std::uint8_t>(c) & 0xC0U) == 0x80; }

// Bytes that become exactly one character of scan text, whatever stands beside them; blanks, quote and bold marks
// collapse.
bool counts_as_character(char c) { return class_of(c) == kBreak || (c >= '0' && c <= '9'); }

// One more than any rule looks at, for the digit behind the letters behind the number.
constexpr std::size_t kMarginCharacters = kContextBytes + 2;

class Windows {
 public:
  explicit Windows(std::string_view source) : source_(source) {}

  void add(ByteRange block) {
    const std::size_t floor = out_.empty() ? 0 : out_.back().end;
    std::size_t begin = std::max(block.begin, floor);
    for (std::size_t left = kMarginCharacters; begin > floor && left > 0;)
      left -= counts_as_character(source_[--begin]);
    std::size_t end = std::max(block.end, floor);
    for (std::size_t left = kMarginCharacters; end < source_.size() && left > 0;)
      left -= counts_as_character(source_[end++]);
    // A row of digits is never cut: a part of it could look like a card where the whole does not.
    while (begin > floor && class_of(source_[begin - 1]) != kBreak) --begin;
    while (end < source_.size() && class_of(source_[end]) != kBreak) ++end;
    while (end < source_.size() && is_continuation(source_[end])) ++end;
    if (!out_.empty() && begin <= floor) {
      out_.back().end = end;
    } else {
      out_.push_back({begin, end});
    }
  }
  std::vector<ByteRange> take() { return std::move(out_); }

 private:
  std::string_view source_;
  std::vector<ByteRange> out_;
};

// True when the byte is a digit or begins one: of a lead byte the next one decides where common characters share it.
bool counts_as_digit(std::string_view text, std::size_t at) {
  if (class_of(text[at]) != kDigitByte) return false;
  const auto next = at + 1 < text.size() ? static_cast<std::uint8_t>(text[at + 1]) : std::uint8_t{0};
  switch (static_cast<std::uint8_t>(text[at])) {
    case 0xD9: return next >= 0xA0 && next <= 0xA9;
    case 0xDB: return next >= 0xB0;
    case 0xDF: return next <= 0x89;
    case 0xE2: return next != 0x80;
    case 0xEF: return next == 0xBC;
    default: return true;
  }
}

// Of a block: bytes that may be digits, and bytes that surely are breaks.
struct BlockLook {
  std::uint64_t digits = ~std::uint64_t{0};
  std::uint64_t breaks = 0;
};
BlockLook look_at(const char* block) {
  const Bytes64 bytes(block);
  return {bytes.digits() | bytes.in_range(0xB2, 0xB9) | bytes.in_range(0xD9, 0xE2) | bytes.in_range(0xEA, 0xF0),
          bytes.letters() | bytes.in_range('!', '\'') | bytes.in_range(';', '=') | bytes.in_range('?', '@') |
              bytes.in_range(0xCE, 0xD7) | bytes.in_range(0xE4, 0xE9)};
}
// Of ASCII the planes tell enough: letters are most of the breaks, and what is taken for a row is read byte by byte.
BlockLook look_at(std::string_view source, const TextPlanes& planes, std::size_t block) {
  if (planes.wide(block) == 0) return {planes.digits(block), planes.letters(block)};
  if (source.size() < kMaskBytes) return {};
  // The last bytes are looked at together with those before them.
  const std::size_t at = block * kMaskBytes;
  const std::size_t back = at + kMaskBytes > source.size() ? at + kMaskBytes - source.size() : 0;
  BlockLook look = look_at(source.data() + at - back);
  look.digits >>= back;
  look.breaks >>= back;
  return look;
}

std::uint64_t below(int bit) { return (std::uint64_t{1} << bit) - 1; }
std::size_t count_of(std::uint64_t mask) { return static_cast<std::size_t>(std::popcount(mask)); }

// Adds a block to `row`, the digits behind the last break. True when twelve of them may stand between two breaks.
bool adds_up(BlockLook block, std::size_t& row) {
  if (block.breaks == 0) {
    row += count_of(block.digits);
    return row >= kCardDigitsMin;
  }
  const int last = 63 - std::countl_zero(block.breaks);
  const std::uint64_t first_row = below(std::countr_zero(block.breaks));
  const std::size_t total = count_of(block.digits);
  bool is_dense = row + count_of(block.digits & first_row) >= kCardDigitsMin;
  row = count_of(block.digits & ~below(last));
  if (total < kCardDigitsMin || is_dense) return is_dense;
  for (std::uint64_t left = block.digits & ~first_row; left != 0 && !is_dense;) {
    const std::uint64_t next_breaks = block.breaks & ~below(std::countr_zero(left));
    const std::uint64_t here = next_breaks == 0 ? ~std::uint64_t{0} : below(std::countr_zero(next_breaks));
    is_dense = count_of(left & here) >= kCardDigitsMin;
    left &= ~here;
  }
  return is_dense;
}

// Digits and bytes outside ASCII behind the last letter before the block, at most, but not those before `floor`; and a place before
// which no row begins that goes on in the block.
struct RowBefore {
  std::size_t digits = 0;
  std::size_t from = 0;
};
RowBefore row_before(const TextPlanes& planes, std::size_t block, std::size_t floor) {
  RowBefore out{0, floor};
  for (std::size_t at = block; at > floor / kMaskBytes;) {
    --at;
    const std::uint64_t letters = planes.letters(at);
    const std::uint64_t digits = planes.digits(at) | planes.wide(at);
    if (letters != 0) {
      out.digits += count_of(digits & ~below(63 - std::countl_zero(letters)));
      out.from = std::max(floor, at * kMaskBytes);
      break;
    }
    out.digits += count_of(digits);
  }
  return out;
}

// Calls `use` with each maximal row of bytes without a break in which twelve digits stand.
template <class Use>
void for_each_row(std::string_view source, const TextPlanes& planes, Use use) {
  std::size_t row = 0;       // digits behind the last break, at most
  std::size_t from = 0;      // no row that goes on here begins before it
  std::size_t followed = 0;  // the block that these two speak of
  for (std::size_t index = planes.next(0, TextPlanes::kNumber); index < planes.blocks(); index = planes.next(index + 1, TextPlanes::kNumber)) {
    const std::size_t block = index * kMaskBytes;
    const std::size_t block_end = std::min(source.size(), block + kMaskBytes);
    if (index != followed) {
      const RowBefore before = row_before(planes, index, from);
      row = before.digits;
      from = before.from;
    }
    followed = index + 1;
    const BlockLook look = look_at(source, planes, index);
    if (!adds_up(look, row)) {
      if (look.breaks != 0) from = std::max(from, block);
      continue;
    }
    std::size_t at = from;
    while (at < block_end) {
      while (at < block_end && class_of(source[at]) == kBreak) ++at;
      if (at == block_end) break;
      const std::size_t begin = at;
      std::size_t digits = 0;
      for (; at < source.size() && class_of(source[at]) != kBreak; ++at) digits += counts_as_digit(source, at);
      if (digits >= kCardDigitsMin) use(ByteRange{begin, at});
    }
    // What stands before a break or the end is done.
    from = at;
    row = 0;
    if (at > block_end) {
      index = at / kMaskBytes - 1;
      followed = index + 1;
    }
  }
}

// What may_hold_card counts of the digits from one group on: the two sums of the check digit's rule (ISO/IEC 7812-1
// annex B), for numbers of even and of odd length.
struct LuhnSums {
  unsigned even = 0;
  unsigned odd = 0;
  std::size_t digits = 0;
  void add(unsigned digit) {
    const unsigned twice = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    even += digits % 2 == 0 ? twice : digit;
    odd += digits % 2 == 0 ? digit : twice;
    ++digits;
  }
  bool passes() const { return (digits % 2 == 0 ? even : odd) % 10 == 0; }
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool has_issuer(std::string_view row, std::size_t begin, std::size_t end) {
  std::array<char, kCardDigitsMax> digits{};
  std::size_t count = 0;
  for (std::size_t at = begin; at < end && count < digits.size(); ++at) {
    if (is_digit(row[at])) digits[count++] = row[at];
  }
  const bool has = issuer_of({digits.data(), count}).has_value();
  core::wipe(digits.data(), digits.size());
  return has;
}

bool may_hold_card(std::string_view row) {
  // What is no digit here may vanish in scan text, or be one there.
  if (std::any_of(row.begin(), row.end(), [](char c) { return c == 0 || static_cast<std::uint8_t>(c) >= 0x80; }))
    return true;
  for (std::size_t first = 0; first < row.size(); ++first) {
    if (!is_digit(row[first]) || (first > 0 && is_digit(row[first - 1]))) continue;
    LuhnSums sums;
    for (std::size_t at = first; at < row.size() && sums.digits <= kCardDigitsMax; ++at) {
      if (!is_digit(row[at])) continue;
      sums.add(static_cast<unsigned>(row[at] - '0'));
      const bool ends_group = at + 1 == row.size() || !is_digit(row[at + 1]);
      if (!ends_group || sums.digits < kCardDigitsMin || sums.digits > kCardDigitsMax || !sums.passes()) continue;
      if (has_issuer(row, first, at + 1)) return true;
    }
  }
  return false;
}

}  // namespace

std::vector<ByteRange> digit_windows(std::string_view source) {
  Windows windows(source);
  for_each_row(source, TextPlanes(source), [&windows](ByteRange row) { windows.add(row); });
  return windows.take();
}

std::vector<ByteRange> escaped_rows(std::string_view source, ByteRange place) {
  constexpr std::string_view kBegin = "\x1B[";
  const std::string_view looked_at = source.substr(0, std::min(source.size(), place.end + 1));
  std::vector<ByteRange> rows;
  std::size_t done = 0;
  for (std::size_t at = looked_at.find(kBegin, place.begin); at != std::string_view::npos;
       at = looked_at.find(kBegin, std::max(at + 1, done))) {
    if (control_sequence_size(source.substr(at + 1)) == 0) continue;
    ByteRange row{at, at};
    std::size_t digits = 0;
    while (row.begin > done && class_of(source[row.begin - 1]) != kBreak)
      digits += counts_as_digit(source, --row.begin);
    while (row.end < source.size()) {
      if (source[row.end] == '\x1B') {
        row.end += 1 + control_sequence_size(source.substr(row.end + 1));
        continue;
      }
      if (class_of(source[row.end]) == kBreak) break;
      digits += counts_as_digit(source, row.end++);
    }
    done = row.end;
    if (digits >= kCardDigitsMin) rows.push_back(row);
  }
  return rows;
}

bool ContextWindow::holds(std::size_t at) const {
  const auto behind = std::upper_bound(places.begin(), places.end(), at,
                                       [](std::size_t byte, ByteRange place) { return byte < place.begin; });
  return behind != places.begin() && at < std::prev(behind)->end;
}

std::vector<ContextWindow> context_windows(std::string_view source, std::span<const ByteRange> places) {
  constexpr std::size_t kMarginBytes = 2 * kContextBytes;
  std::vector<ContextWindow> windows;
  for (ByteRange place : places) {
    const std::size_t floor = windows.empty() ? 0 : windows.back().window.end;
    ByteRange window{std::max(place.begin, floor), std::max(place.end, floor)};
    for (std::size_t left = kMarginCharacters;
         window.begin > floor && (left > 0 || place.begin - window.begin < kMarginBytes);) {
      if (counts_as_character(source[--window.begin]) && left > 0) --left;
    }
    for (std::size_t left = kMarginCharacters;
         window.end < source.size() && (left > 0 || window.end - place.end < kMarginBytes);) {
      if (counts_as_character(source[window.end++]) && left > 0) --left;
    }
    while (window.begin > floor && is_continuation(source[window.begin])) --window.begin;
    while (window.end < source.size() && is_continuation(source[window.end])) ++window.end;
    if (windows.empty() || window.begin > floor) {
      windows.push_back({window, {place}});
    } else {
      windows.back().window.end = window.end;
      windows.back().places.push_back(place);
    }
  }
  return windows;
}

std::vector<ByteRange> card_windows(std::string_view source) { return card_windows(source, TextPlanes(source)); }

std::vector<ByteRange> card_windows(std::string_view source, const TextPlanes& planes) {
  Windows windows(source);
  for_each_row(source, planes, [&](ByteRange row) {
    if (may_hold_card(source.substr(row.begin, row.size()))) windows.add(row);
  });
  return windows.take();
}

}  // namespace postern::pipeline
