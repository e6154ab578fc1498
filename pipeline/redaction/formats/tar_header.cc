#include "pipeline/redaction/formats/tar_header.h"

#include <algorithm>

namespace postern::pipeline {
namespace {

// With blanks for the checksum itself.
std::uint32_t checksum_of(std::string_view header) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < kTarBlockBytes; ++i) {
    const bool is_checksum = i >= kTarChecksum.begin && i < kTarChecksum.end;
    sum += is_checksum ? std::uint32_t{' '} : static_cast<unsigned char>(header[i]);
  }
  return sum;
}

void set_octal(std::string& header, ByteRange field, std::size_t digits, std::uint64_t value) {
  for (std::size_t i = digits; i > 0; --i) {
    header[field.begin + i - 1] = static_cast<char>('0' + (value & 7U));
    value >>= 3U;
  }
  header[field.begin + digits] = '\0';
}

}  // namespace

std::optional<std::uint64_t> tar_number(std::string_view field) {
  std::uint64_t value = 0;
  if (!field.empty() && static_cast<unsigned char>(field[0]) == 0x80) {
    for (char c : field.substr(field.size() - std::min<std::size_t>(field.size(), 8)))
      value = value << 8U | static_cast<unsigned char>(c);
    return value;
  }
  const std::size_t begin = std::min(field.find_first_not_of(' '), field.size());
  std::size_t at = begin;
  for (; at < field.size() && field[at] >= '0' && field[at] <= '7'; ++at)
    value = value * 8 + static_cast<std::uint64_t>(field[at] - '0');
  if (at == begin && at < field.size() && field[at] != '\0') return std::nullopt;
  return value;
}

bool is_tar_header(std::string_view bytes) {
  if (bytes.size() < kTarBlockBytes || bytes[0] == '\0') return false;
  const std::string_view field = bytes.substr(kTarChecksum.begin, kTarChecksum.size());
  // Most bytes are no tar: one look at the field tells.
  if (field.find_first_not_of(std::string_view(" 01234567\0", 10)) != std::string_view::npos) return false;
  const auto said = tar_number(field);
  return said && *said != 0 && *said == checksum_of(bytes);
}

void set_tar_size(std::string& header, std::uint64_t size) { set_octal(header, kTarSize, 11, size); }
void set_tar_checksum(std::string& header) {
  set_octal(header, kTarChecksum, 6, checksum_of(header));
  header[kTarChecksum.begin + 7] = ' ';
}

}  // namespace postern::pipeline
