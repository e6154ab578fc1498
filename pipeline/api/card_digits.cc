#include "pipeline/api/card_digits.h"

#include <algorithm>
#include <array>
#include <vector>

namespace postern::pipeline {
namespace {

constexpr std::size_t kDigitsMin = 12;  // ISO/IEC 7812-1
constexpr std::size_t kDigitsMax = 19;
constexpr std::size_t kGroupedDigitsMin = 13;  // shorter grouped numbers are dates, addresses, telephones
constexpr std::size_t kShownFirst = 6;
constexpr std::size_t kShownLast = 4;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool passes_luhn(std::string_view digits) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    unsigned value = static_cast<unsigned>(digits[digits.size() - 1 - i] - '0');
    if (i % 2 == 1) value = value * 2 > 9 ? value * 2 - 9 : value * 2;
    sum += value;
  }
  return sum % 10 == 0;
}

// As printed on cards.
constexpr std::array<std::array<std::size_t, 4>, 3> kLayouts{{{4, 4, 4, 4}, {4, 6, 5, 0}, {4, 6, 4, 0}}};

// Groups as on a card with one and the same mark between them, which joins nothing else: its end, or `begin`.
std::size_t read_layout(const std::string& text, std::size_t begin, const std::array<std::size_t, 4>& layout, std::vector<std::size_t>& digits) {
  constexpr std::string_view kMarks = "._+=/";
  digits.clear();
  char mark = 0;
  std::size_t at = begin;
  for (const std::size_t size : layout) {
    if (size == 0) break;
    if (at > begin) {
      if (at >= text.size() || kMarks.find(text[at]) == std::string_view::npos || (mark != 0 && text[at] != mark)) return begin;
      mark = text[at++];
    }
    for (std::size_t i = 0; i < size; ++i, ++at) {
      if (at >= text.size() || !is_digit(text[at])) return begin;
      digits.push_back(at);
    }
  }
  return at < text.size() && is_digit(text[at]) ? begin : at;
}

// One number that begins at `begin`: its end, and where its digits stand. Single blanks and hyphens join groups.
std::size_t read_number(const std::string& text, std::size_t begin, bool joins_groups, std::vector<std::size_t>& digits) {
  digits.clear();
  std::size_t end = begin;
  for (; end < text.size(); ++end) {
    if (is_digit(text[end])) {
      digits.push_back(end);
      continue;
    }
    const bool is_joint = (text[end] == ' ' || text[end] == '-') && end + 1 < text.size() && is_digit(text[end + 1]);
    if (!joins_groups || !is_joint) break;
  }
  return end;
}

bool mask_number(std::string& text, const std::vector<std::size_t>& at, std::size_t digits_min) {
  if (at.size() < digits_min || at.size() > kDigitsMax) return false;
  std::string digits;
  for (const std::size_t place : at) digits += text[place];
  if (!passes_luhn(digits)) return false;
  for (std::size_t i = kShownFirst; i + kShownLast < at.size(); ++i) text[at[i]] = 'x';
  return true;
}

}  // namespace

std::string mask_card_digits(std::string_view text) {
  std::string out(text);
  std::vector<std::size_t> digits;
  for (std::size_t begin = 0; begin < out.size(); ++begin) {
    if (!is_digit(out[begin])) continue;
    const std::size_t run_end = read_number(out, begin, false, digits);
    if (!mask_number(out, digits, kDigitsMin)) {
      const std::size_t end = read_number(out, begin, true, digits);
      if (mask_number(out, digits, kGroupedDigitsMin)) {
        begin = end;
        continue;
      }
      const bool is_card = std::ranges::any_of(
          kLayouts, [&](const auto& layout) { return read_layout(out, begin, layout, digits) > begin && mask_number(out, digits, kGroupedDigitsMin); });
      if (is_card) {
        begin = digits.back();
        continue;
      }
    }
    begin = run_end;
  }
  return out;
}

}  // namespace postern::pipeline
