#include "pipeline/redaction/formats/plain_number.h"

#include <charconv>

namespace postern::pipeline {
namespace {

constexpr std::size_t kTextBytesMax = 40;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<PlainNumber> plain_number(std::string_view text) {
  if (text.empty() || text.size() > kTextBytesMax) return std::nullopt;
  PlainNumber out;
  int whole_digits = 0;
  bool is_fraction = false;
  std::size_t at = text[0] == '-' || text[0] == '+' ? 1 : 0;
  for (; at < text.size() && text[at] != 'E' && text[at] != 'e'; ++at) {
    if (text[at] == '.' && !is_fraction) {
      is_fraction = true;
    } else if (is_digit(text[at])) {
      out.digits.push_back(text[at]);
      out.from.push_back(at);
      whole_digits += is_fraction ? 0 : 1;
    } else {
      return std::nullopt;
    }
  }
  if (out.digits.empty()) return std::nullopt;
  if (at < text.size()) {
    std::string_view power = text.substr(at + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    int exponent = 0;
    const auto [end, error] = std::from_chars(power.data(), power.data() + power.size(), exponent);
    if (error != std::errc() || end != power.data() + power.size() || exponent > 99 || exponent < -99) return std::nullopt;
    whole_digits += exponent;
  }
  if (whole_digits <= 0 || whole_digits > static_cast<int>(kTextBytesMax)) return std::nullopt;
  const auto size = static_cast<std::size_t>(whole_digits);
  if (size < out.digits.size()) {
    if (out.digits.find_first_not_of('0', size) != std::string::npos) return std::nullopt;
    out.digits.resize(size);
    out.from.resize(size);
  }
  const std::size_t last = out.from.back();
  out.digits.resize(size, '0');
  out.from.resize(size, last);
  const std::size_t zeros = std::min(out.digits.find_first_not_of('0'), out.digits.size() - 1);
  out.digits.erase(0, zeros);
  out.from.erase(out.from.begin(), out.from.begin() + static_cast<std::ptrdiff_t>(zeros));
  if (out.digits.size() > kPlainDigitsMax) return std::nullopt;
  return out;
}

}  // namespace postern::pipeline
