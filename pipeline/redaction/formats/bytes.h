#pragma once
// pipeline/redaction/formats/bytes.h: little-endian numbers in files, read and written. Beyond the end everything is 0.
// Thread-safety: pure functions.
#include <cstdint>
#include <string>
#include <string_view>

namespace postern::pipeline {

inline std::uint64_t little_endian(std::string_view bytes, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    if (at + i < bytes.size()) value |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  }
  return value;
}
inline std::uint16_t u16_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(little_endian(bytes, at, 2));
}
inline std::uint32_t u32_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint32_t>(little_endian(bytes, at, 4));
}
inline std::uint64_t u64_at(std::string_view bytes, std::size_t at) { return little_endian(bytes, at, 8); }

inline void set_little_endian(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) bytes.at(at + i) = static_cast<char>((value >> (8 * i)) & 0xFFU);
}
inline void append_little_endian(std::string& bytes, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) bytes.push_back(static_cast<char>((value >> (8 * i)) & 0xFFU));
}

}  // namespace postern::pipeline
