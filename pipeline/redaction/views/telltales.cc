#include "pipeline/redaction/views/telltales.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/encoding.h"

namespace postern::pipeline {

namespace {

// What each byte tells, as bits.
constexpr std::array<std::uint16_t, 256> make_signs() {
  std::array<std::uint16_t, 256> signs{};
  constexpr std::string_view kSingle = "<&\\%=+[";
  for (std::size_t i = 0; i < kSingle.size(); ++i) signs[static_cast<unsigned char>(kSingle[i])] = static_cast<std::uint16_t>(1U << i);
  signs[0] = 128;
  for (char c : {'*', '_', '`', '~'}) signs[static_cast<unsigned char>(c)] = 256;
  for (unsigned shift : {0x1BU, 0x0EU, 0x0FU}) signs[shift] = 512;
  for (unsigned high = 0x80; high < 0x100; ++high) signs[high] = high >= 0xFE ? 1024 + 2048 : 2048;
  return signs;
}
constexpr auto kSigns = make_signs();

}  // namespace

Telltales look_for_telltales(std::string_view text) {
  std::uint16_t low = 0;
  for (char c : text) low = static_cast<std::uint16_t>(low | kSigns[static_cast<unsigned char>(c)]);
  Telltales out;
  out.markup = low & 1;
  out.reference = low & 2;
  out.backslash = low & 4;
  out.percent = low & 8;
  out.equals = low & 16;
  out.plus = low & 32;
  out.bracket = low & 64;
  out.zero = low & 128;
  out.emphasis = low & 256;
  out.shift = low & 512;
  out.wide_mark = low & 1024;
  out.high = low & 2048;
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
