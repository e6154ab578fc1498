#include "pipeline/api/card_digits.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kDigitsMin = 12;  // ISO/IEC 7812-1
constexpr std::size_t kDigitsMax = 19;
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

}  // namespace

std::string mask_card_digits(std::string_view text) {
  std::string out(text);
  for (std::size_t begin = 0; begin < out.size();) {
    std::size_t end = begin;
    while (end < out.size() && is_digit(out[end])) ++end;
    const std::size_t length = end - begin;
    if (length >= kDigitsMin && length <= kDigitsMax && passes_luhn(std::string_view(out).substr(begin, length))) {
      for (std::size_t i = begin + kShownFirst; i + kShownLast < end; ++i) out[i] = 'x';
    }
    begin = end + 1;
  }
  return out;
}

}  // namespace postern::pipeline
