#include "pipeline/redaction/digit_windows.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "pipeline/redaction/card_context.h"
#include "pipeline/redaction/issuers.h"

namespace postern::pipeline {
namespace {

// What a byte can be to a number: a break stands in no number; a neutral byte may stand between two digits (separator,
// invisible, rest of a character); a digit byte is or begins a character that may be a digit.
enum ByteClass : std::uint8_t { kBreak, kNeutral, kDigitByte };

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  // '>' and '|' begin quoted lines, NUL vanishes.
  for (char c : std::string_view("\0 \t\v\f\r\n.,_|/:*+->()[]", 21)) classes[static_cast<std::uint8_t>(c)] = kNeutral;
  for (unsigned c = '0'; c <= '9'; ++c) classes[c] = kDigitByte;
  for (unsigned c = 0x80; c <= 0xBF; ++c) classes[c] = kNeutral;
  // Lead bytes, and the superscripts of Latin-1. Scripts without digits, dashes or blanks of their own stay breaks:
  // Latin, Greek, Cyrillic, Armenian, Hebrew, Syriac (C3-CB, CE-D7, DA, DC-DE), Han (E4-E9), Hangul (EB-ED), private use.
  for (unsigned c : {0xCCU, 0xCDU, 0xD8U, 0xF3U}) classes[c] = kNeutral;
  for (unsigned c : {0xB2U, 0xB3U, 0xB9U, 0xC2U, 0xD9U, 0xDBU, 0xDFU, 0xE0U, 0xE1U, 0xE2U, 0xE3U, 0xEAU, 0xEFU, 0xF0U})
    classes[c] = kDigitByte;
  return classes;
}
constexpr auto kClasses = make_classes();

ByteClass class_of(char c) { return static_cast<ByteClass>(kClasses[static_cast<std::uint8_t>(c)]); }
bool is_continuation(char c) { return (static_cast<std::uint8_t>(c) & 0xC0U) == 0x80; }

// Bytes that become exactly one character of scan text, whatever stands beside them; blanks, quote and bold marks collapse.
bool counts_as_character(char c) { return class_of(c) == kBreak || (c >= '0' && c <= '9'); }

// One more than any rule looks at, for the digit behind the letters behind the number.
constexpr std::size_t kMarginCharacters = kContextBytes + 2;

class Windows {
 public:
  explicit Windows(std::string_view source) : source_(source) {}

  void add(ByteRange block) {
    const std::size_t floor = out_.empty() ? 0 : out_.back().end;
    std::size_t begin = std::max(block.begin, floor);
    for (std::size_t left = kMarginCharacters; begin > floor && left > 0;) left -= counts_as_character(source_[--begin]);
    std::size_t end = std::max(block.end, floor);
    for (std::size_t left = kMarginCharacters; end < source_.size() && left > 0;) left -= counts_as_character(source_[end++]);
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

}  // namespace

// A block of bytes that can belong to one number has kCardDigitsMin bytes at least, so a look at every twelfth byte meets
// each of them; where that byte is a break, as in most text, the others are never looked at.
std::vector<ByteRange> digit_windows(std::string_view source) {
  Windows windows(source);
  std::size_t floor = 0;  // behind the last break that was seen
  for (std::size_t at = kCardDigitsMin - 1; at < source.size(); at += kCardDigitsMin) {
    if (class_of(source[at]) == kBreak) {
      floor = at + 1;
      continue;
    }
    std::size_t begin = at;
    while (begin > floor && class_of(source[begin - 1]) != kBreak) --begin;
    std::size_t digits = 0;
    std::size_t end = begin;
    for (; end < source.size(); ++end) {
      const ByteClass kind = class_of(source[end]);
      if (kind == kBreak) break;
      digits += kind == kDigitByte;
    }
    if (digits >= kCardDigitsMin) windows.add({begin, end});
    at = end;
    floor = end + 1;
  }
  return windows.take();
}

}  // namespace postern::pipeline
