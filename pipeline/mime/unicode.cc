// UTF-8 as RFC 3629 defines it: shortest form, no surrogates, up to U+10FFFF.
#include "pipeline/mime/unicode.h"

#include <cstdint>
#include <cstring>

namespace postern::pipeline {
namespace {

constexpr char32_t kReplacement = 0xfffd;

unsigned char byte_at(std::string_view text, std::size_t pos) { return static_cast<unsigned char>(text[pos]); }

}  // namespace

char32_t next_code_point(std::string_view utf8, std::size_t& pos) {
  const unsigned char lead = byte_at(utf8, pos++);
  if (lead < 0x80) return lead;
  std::size_t more = 0;
  char32_t value = 0;
  char32_t least = 0;
  if (lead >= 0xc2 && lead < 0xe0) {
    more = 1, value = lead & 0x1fU, least = 0x80;
  } else if (lead >= 0xe0 && lead < 0xf0) {
    more = 2, value = lead & 0x0fU, least = 0x800;
  } else if (lead >= 0xf0 && lead < 0xf5) {
    more = 3, value = lead & 0x07U, least = 0x10000;
  } else {
    return kReplacement;
  }
  if (utf8.size() - pos < more) return kReplacement;
  for (std::size_t i = 0; i < more; ++i) {
    const unsigned char next = byte_at(utf8, pos + i);
    if ((next & 0xc0U) != 0x80) return kReplacement;
    value = (value << 6U) | (next & 0x3fU);
  }
  if (value < least || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return kReplacement;
  pos += more;
  return value;
}

void append_utf8(std::string& out, char32_t c) {
  if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) c = kReplacement;
  if (c < 0x80) {
    out += static_cast<char>(c);
    return;
  }
  if (c < 0x800) {
    out += static_cast<char>(0xc0U | (c >> 6U));
  } else {
    if (c < 0x10000) {
      out += static_cast<char>(0xe0U | (c >> 12U));
    } else {
      out += static_cast<char>(0xf0U | (c >> 18U));
      out += static_cast<char>(0x80U | ((c >> 12U) & 0x3fU));
    }
    out += static_cast<char>(0x80U | ((c >> 6U) & 0x3fU));
  }
  out += static_cast<char>(0x80U | (c & 0x3fU));
}

bool is_invisible_format(char32_t c) {
  return (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
         c == 0x061c || c == 0x00ad;
}

Utf8Shape inspect_utf8(std::string_view bytes) {
  Utf8Shape shape;
  std::size_t pos = 0;
  while (pos < bytes.size()) {
    while (bytes.size() - pos >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data() + pos, 8);
      if ((word & 0x8080808080808080U) != 0) break;
      pos += 8;
    }
    if (pos >= bytes.size()) break;
    if (byte_at(bytes, pos) < 0x80) {
      ++pos;
      continue;
    }
    const std::size_t begin = pos;
    next_code_point(bytes, pos);
    if (pos - begin > 1) ++shape.multibyte;
    else ++shape.invalid;
  }
  return shape;
}

}  // namespace postern::pipeline
