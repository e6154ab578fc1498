#pragma once
// pipeline/redaction/validators/compact.h: a value without the separators that people write in it, in upper case.
// Thread-safety: a value of one thread. Ownership: owns its characters, wiped on release. Limits: kSize characters; a
// longer value, and one with any other character, is empty.
#include <algorithm>
#include <array>
#include <string_view>

#include "core/secret.h"

namespace postern::pipeline::validators {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }

class Compact {
 public:
  static constexpr std::size_t kSize = 40;
  static constexpr std::string_view kSeparators = " -./\t\n\r\x02";

  explicit Compact(std::string_view value, std::string_view separators = kSeparators) {
    for (char c : value) {
      if (separators.find(c) != std::string_view::npos) continue;
      if (size_ == kSize || (!is_digit(c) && !is_letter(c))) {
        size_ = 0;
        return;
      }
      chars_[size_++] = is_digit(c) || is_upper(c) ? c : static_cast<char>(c - 'a' + 'A');
    }
  }
  ~Compact() { core::wipe(chars_.data(), chars_.size()); }
  Compact(const Compact&) = delete;

  std::string_view text() const { return {chars_.data(), size_}; }
  std::size_t size() const { return size_; }
  char operator[](std::size_t at) const { return chars_[at]; }
  // Digits only, so many, and not one digit again and again.
  bool is_number(std::size_t digits) const {
    return size_ == digits &&
           std::all_of(chars_.begin(), chars_.begin() + static_cast<std::ptrdiff_t>(size_), is_digit) &&
           text().find_first_not_of(chars_[0]) != std::string_view::npos;
  }
  int digit(std::size_t at) const { return chars_[at] - '0'; }
  // The number of `digits` digits at `at`.
  int number(std::size_t at, std::size_t digits) const {
    int value = 0;
    for (std::size_t i = at; i < at + digits; ++i) value = value * 10 + digit(i);
    return value;
  }

 private:
  std::array<char, kSize> chars_{};
  std::size_t size_ = 0;
};

}  // namespace postern::pipeline::validators
