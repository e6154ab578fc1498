#pragma once
// pipeline/redaction/formats/plain_number.h: numbers as programs write them ("3.78282246310005E+14") in plain digits.
// Thread-safety: pure function.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::pipeline {

struct PlainNumber {
  std::string digits;             // of the whole part, without leading zeros; at most kPlainDigitsMax
  std::vector<std::size_t> from;  // offset of each digit; a zero that the exponent adds has that of the last one written
};
constexpr std::size_t kPlainDigitsMax = 20;
// Nothing for what is no number, is longer, or has a fraction.
std::optional<PlainNumber> plain_number(std::string_view text);

}  // namespace postern::pipeline
