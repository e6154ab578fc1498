#pragma once
// tests/pipeline/redaction/hidden_text.h: encoders of the disguises, written from their specifications and not from the
// views that undo them.
#include <cstdio>
#include <string>
#include <string_view>

#include "core/encoding.h"
#include "pipeline/mime/encode.h"

namespace postern::test {

inline std::string formatted(const char* format, unsigned value) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}
// Every character by `format`, "%%%02X" for percent-encoding.
inline std::string each_as(std::string_view text, const char* format) {
  std::string out;
  for (char c : text) out += formatted(format, static_cast<unsigned char>(c));
  return out;
}
// Digits only.
inline std::string digits_as(std::string_view text, const char* format) {
  std::string out;
  for (char c : text) out += c >= '0' && c <= '9' ? formatted(format, static_cast<unsigned char>(c)) : std::string(1, c);
  return out;
}

inline std::string uuencoded(std::string_view bytes) { return pipeline::encode_uuencode(bytes, "begin 644 note.txt") + "\r\n"; }

inline std::string yencoded(std::string_view bytes) {
  std::string out = "=ybegin line=128 size=" + std::to_string(bytes.size()) + " name=note.txt\r\n";
  for (char c : bytes) {
    const auto shifted = static_cast<char>(static_cast<unsigned char>(c) + 42U);
    if (shifted == '\0' || shifted == '\n' || shifted == '\r' || shifted == '=') {
      out += '=';
      out += static_cast<char>(static_cast<unsigned char>(shifted) + 64U);
    } else {
      out += shifted;
    }
  }
  return out + "\r\n=yend size=" + std::to_string(bytes.size()) + " crc32=01234567\r\n";
}

inline std::string base85(std::string_view bytes) {
  std::string out = "<~";
  for (std::size_t at = 0; at < bytes.size(); at += 4) {
    unsigned value = 0;
    const std::size_t size = std::min<std::size_t>(4, bytes.size() - at);
    for (std::size_t i = 0; i < 4; ++i) value = value << 8U | (i < size ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    char group[5];
    for (int i = 4; i >= 0; --i, value /= 85U) group[i] = static_cast<char>('!' + value % 85U);
    out.append(group, size + 1);
  }
  return out + "~>";
}

inline std::string in_lines(std::string_view text, std::size_t width, const std::string& before, const std::string& eol = "\r\n") {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += width) {
    out += before;
    out += text.substr(at, width);
    out += eol;
  }
  return out;
}

inline std::string wide_digits(std::string_view digits, std::string_view lead, char zero) {
  std::string out;
  for (char c : digits) out.append(lead).push_back(static_cast<char>(zero + (c - '0')));
  return out;
}

}  // namespace postern::test
