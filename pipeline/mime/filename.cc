// File names of attachments, which name nothing on our disks but are shown to and saved by people.
#include <algorithm>
#include <cstdint>

#include "pipeline/mime/params.h"
#include "pipeline/mime/unicode.h"

namespace postern::pipeline {
namespace {

bool is_forbidden(char32_t c) {
  return c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0) || is_invisible_format(c) || c == 0xfffd;
}

// Cuts to the limit at a character, keeping an extension of up to 16 bytes.
std::string cut(std::string name, std::size_t bytes_max) {
  if (name.size() <= bytes_max) return name;
  const auto dot = name.rfind('.');
  std::string extension;
  if (dot != std::string::npos && name.size() - dot <= 16 && name.size() - dot < bytes_max) extension = name.substr(dot);
  std::size_t keep = bytes_max - extension.size();
  while (keep > 0 && (static_cast<unsigned char>(name[keep]) & 0xc0) == 0x80) --keep;
  return name.substr(0, keep) + extension;
}

}  // namespace

std::string safe_filename(std::string_view decoded, const MimeLimits& limits) {
  const auto slash = decoded.find_last_of("/\\");
  if (slash != std::string_view::npos) decoded.remove_prefix(slash + 1);
  std::string out;
  for (std::size_t pos = 0; pos < decoded.size();) {
    const std::size_t begin = pos;
    const char32_t c = next_code_point(decoded, pos);
    if (!is_forbidden(c)) out.append(decoded.substr(begin, pos - begin));
  }
  const auto first = out.find_first_not_of(". ");
  if (first == std::string::npos) return {};
  out.erase(0, first);
  out = cut(std::move(out), limits.filename_bytes_max);
  const auto last = out.find_last_not_of(". ");
  out.resize(last == std::string::npos ? 0 : last + 1);
  return out;
}

}  // namespace postern::pipeline
