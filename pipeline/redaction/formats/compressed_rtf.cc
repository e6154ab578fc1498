#include "pipeline/redaction/formats/compressed_rtf.h"

#include <algorithm>
#include <array>

#include "pipeline/redaction/formats/bytes.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kMark = "LZFu";
constexpr std::size_t kMarkAt = 8;
constexpr std::size_t kHeaderBytes = 16;
constexpr std::size_t kWindowBytes = 4096;
// MS-OXRTFCP section 2.1.2.1: what the window holds at the start.
constexpr std::string_view kStart =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS "
    "Sans "
    "SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab"
    "\\tx";
static_assert(kStart.size() == 207);

}  // namespace

std::size_t find_packed_rtf(std::string_view bytes, std::size_t from) {
  const std::size_t mark = bytes.find(kMark, from + kMarkAt);
  return mark == std::string_view::npos ? mark : mark - kMarkAt;
}

core::SecretBuffer unpack_rtf(std::string_view packed, std::size_t bytes_max) {
  core::SecretBuffer out;
  core::SecretBuffer window(kWindowBytes, ' ');
  std::copy(kStart.begin(), kStart.end(), window.begin());
  std::size_t write = kStart.size();
  const auto put = [&](char c) {
    window[write] = c;
    write = (write + 1) % kWindowBytes;
    out.push_back(c);
  };
  const std::size_t end = std::min<std::size_t>(packed.size(), std::size_t{u32_at(packed, 0)} + 4);
  std::size_t at = kHeaderBytes;
  while (at < end && out.size() < bytes_max) {
    const auto control = static_cast<unsigned char>(packed[at++]);
    for (unsigned bit = 0; bit < 8 && at < end; ++bit) {
      if ((control >> bit & 1U) == 0) {
        put(packed[at++]);
        continue;
      }
      if (at + 2 > end) return out;
      const unsigned token = static_cast<unsigned>(static_cast<unsigned char>(packed[at])) << 8U |
                             static_cast<unsigned char>(packed[at + 1]);
      at += 2;
      const std::size_t offset = token >> 4U;
      if (offset == write) return out;  // the end mark
      const std::size_t length = (token & 15U) + 2;
      for (std::size_t i = 0; i < length; ++i) put(window[(offset + i) % kWindowBytes]);
    }
  }
  return out;
}

}  // namespace postern::pipeline
