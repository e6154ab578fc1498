#include "pipeline/redaction/views/telltales.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "core/encoding.h"
#include "pipeline/redaction/byte_masks.h"

namespace postern::pipeline {

namespace {

struct Sign {
  std::string_view bytes;  // static storage
  bool Telltales::*means;
};
using std::string_view_literals::operator""sv;
constexpr std::array kRows{
    Sign{"<"sv, &Telltales::markup},  Sign{"&"sv, &Telltales::reference},     Sign{"\\"sv, &Telltales::backslash},      Sign{"%"sv, &Telltales::percent},
    Sign{"="sv, &Telltales::equals},  Sign{"+"sv, &Telltales::plus},          Sign{"["sv, &Telltales::bracket},         Sign{"\0"sv, &Telltales::zero},
    Sign{"*_`~"sv, &Telltales::emphasis}, Sign{"\x1B\x0E\x0F"sv, &Telltales::shift}, Sign{"\xFE\xFF"sv, &Telltales::wide_mark},
};
constexpr std::uint16_t kHigh = 1U << kRows.size();  // any byte outside ASCII

// The rows that each byte stands in, as bits.
constexpr std::array<std::uint16_t, 256> make_signs() {
  std::array<std::uint16_t, 256> signs{};
  for (std::size_t row = 0; row < kRows.size(); ++row) {
    for (char c : kRows[row].bytes) signs[static_cast<unsigned char>(c)] = static_cast<std::uint16_t>(1U << row);
  }
  for (unsigned high = 0x80; high < 0x100; ++high) signs[high] = static_cast<std::uint16_t>(signs[high] | kHigh);
  return signs;
}
constexpr auto kSigns = make_signs();

// Bytes that may be signs: letters, digits and what else is in all text are none.
std::uint64_t possible_signs(const char* block) {
  const Bytes64 bytes(block);
  return ~(bytes.letters() | bytes.in_range(',', ':') | bytes.one_of(" \r\n\">"));
}

constexpr int kFew = 12;  // of a block: so many are taken one by one

}  // namespace

Telltales look_for_telltales(std::string_view text) {
  std::uint16_t seen = 0;
  for_each_block(text, possible_signs, [&](std::size_t block, std::uint64_t left) {
    if (std::popcount(left) > kFew) {
      for (char c : text.substr(block, kMaskBytes)) seen = static_cast<std::uint16_t>(seen | kSigns[static_cast<unsigned char>(c)]);
      return true;
    }
    for (; left != 0; left &= left - 1) {
      const char c = text[block + static_cast<std::size_t>(std::countr_zero(left))];
      seen = static_cast<std::uint16_t>(seen | kSigns[static_cast<unsigned char>(c)]);
    }
    return true;
  });
  Telltales out;
  for (std::size_t row = 0; row < kRows.size(); ++row) out.*kRows[row].means = (seen >> row & 1U) != 0;
  out.high = (seen & kHigh) != 0;
  return out;
}

std::size_t next_line_begin(std::string_view text, std::size_t at) {
  const std::size_t end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end + 1;
}

LineTelltales look_for_line_telltales(std::string_view text) {
  LineTelltales out;
  for (std::size_t line = 0; line < text.size(); line = next_line_begin(text, line)) {
    const std::string_view rest = text.substr(line, 8);
    if (rest[0] == 'b') {
      out.uuencode = out.uuencode || rest.starts_with("begin ");
      out.folded = out.folded || rest.starts_with("begin:v");
    } else if (rest[0] == '=') {
      out.yenc = out.yenc || rest.starts_with("=ybegin ");
    } else if (rest[0] == 'B') {
      out.folded = out.folded || core::equals_ignoring_case(rest.substr(0, 7), "begin:v");
    }
  }
  return out;
}

}  // namespace postern::pipeline
