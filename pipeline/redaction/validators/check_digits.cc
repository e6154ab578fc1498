#include "pipeline/redaction/validators/check_digits.h"

#include <array>
#include <cstdint>

namespace postern::pipeline::validators {

int weighted_sum(std::string_view digits, std::initializer_list<int> weights) {
  int sum = 0;
  std::size_t at = 0;
  for (int weight : weights) {
    if (at == digits.size()) break;
    sum += weight * (digits[at++] - '0');
  }
  return sum;
}

int remainder_of(std::string_view digits, int modulus) {
  int rest = 0;
  for (char digit : digits) rest = (rest * 10 + (digit - '0')) % modulus;
  return rest;
}

int remainder_97(std::string_view text, int start) {
  int rest = start;
  for (char c : text) rest = c >= 'A' ? (rest * 100 + (c - 'A' + 10)) % 97 : (rest * 10 + (c - '0')) % 97;
  return rest;
}

bool passes_mod_11_10(std::string_view digits) {
  int product = 10;
  for (char digit : digits.substr(0, digits.size() - 1)) {
    const int sum = (product + (digit - '0')) % 10;
    product = (sum == 0 ? 10 : sum) * 2 % 11;
  }
  return (product + (digits.back() - '0')) % 10 == 1;
}

bool passes_verhoeff(std::string_view digits) {
  // Multiplication of D5, and the permutation that shifts with the place.
  constexpr std::array<std::string_view, 10> kTimes{"0123456789", "1234067895", "2340178956", "3401289567",
                                                    "4012395678", "5987604321", "6598710432", "7659821043",
                                                    "8765932104", "9876543210"};
  constexpr std::string_view kPermutation = "1576283094";
  std::size_t check = 0;
  std::size_t place = 0;
  for (auto at = digits.rbegin(); at != digits.rend(); ++at, ++place) {
    auto digit = static_cast<std::size_t>(*at - '0');
    for (std::size_t i = 0; i < place % 8; ++i) digit = static_cast<std::size_t>(kPermutation[digit] - '0');
    check = static_cast<std::size_t>(kTimes[check][digit] - '0');
  }
  return check == 0;
}

bool is_date(int year, int month, int day) {
  constexpr std::array<int, 12> kDays{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1 || day > kDays[static_cast<std::size_t>(month - 1)]) return false;
  const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month != 2 || day < 29 || is_leap;
}

bool is_short_date(int year_of_century, int month, int day) {
  return is_date(1900 + year_of_century, month, day) || is_date(2000 + year_of_century, month, day);
}

}  // namespace postern::pipeline::validators
