#pragma once
// pipeline/api/ascii_mask.h: masks where only ASCII may stand. What the redactor hides in typed text becomes U+2587, three bytes of
// UTF-8; a field that goes out as ASCII (a line of SMTP, a header) or has a tight bound takes a star for each instead.
// Thread-safety: pure. Time: linear.
#include <algorithm>
#include <string>
#include <string_view>

namespace postern::pipeline {

// `masked` is what the redactor left of `typed`. What is typed outside ASCII stays as it is: whether that may be is for others to say.
inline std::string with_ascii_masks(std::string_view typed, std::string masked) {
  constexpr std::string_view kBlock = "\u2587";
  if (!std::ranges::all_of(typed, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return masked;
  for (std::size_t at = masked.find(kBlock); at != std::string::npos; at = masked.find(kBlock, at)) masked.replace(at, kBlock.size(), "*");
  return masked;
}

}  // namespace postern::pipeline
