#include <algorithm>

#include "pipeline/mime/unicode.h"
#include "pipeline/redaction/views/views.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kOverride = "\u202E";  // RIGHT-TO-LEFT OVERRIDE
constexpr std::string_view kPop = "\u202C";       // POP DIRECTIONAL FORMATTING
constexpr std::string_view kIsolate = "\u2068";   // FIRST STRONG ISOLATE
constexpr std::size_t kIsolateMax = 64;            // bytes: longer ones hold no group of digits
constexpr std::string_view kIsolateEnd = "\u2069";

// The first byte of what stands as one in text[begin, end): an isolate, or a character.
std::size_t unit_begin(std::string_view text, std::size_t begin, std::size_t end) {
  if (text.substr(begin, end - begin).ends_with(kIsolateEnd)) {
    const std::size_t from = std::max(begin, end - std::min(end, kIsolateMax));
    const std::size_t open = text.substr(from, end - from).rfind(kIsolate);
    if (open != std::string_view::npos) return from + open;
  }
  std::size_t first = end - 1;
  while (first > begin && (static_cast<unsigned char>(text[first]) & 0xC0U) == 0x80) --first;
  return first;
}

}  // namespace

bool may_be_reversed(std::string_view text, const Telltales& marks) {
  return marks.high && text.find(kOverride) != std::string_view::npos;
}

View reversed_view(std::string_view source, Mapping mapping) {
  View out;
  if (mapping == Mapping::kSkip) out.map.ignore_appends();
  out.text.reserve(source.size());
  for (std::size_t at = 0; at < source.size();) {
    const std::size_t mark = std::min(source.find(kOverride, at), source.size());
    out.text.append(source.substr(at, mark - at));
    out.map.append_identity(at, mark - at);
    if (mark == source.size()) break;
    const std::size_t begin = mark + kOverride.size();
    // The override ends with its paragraph (UAX 9, X8).
    const std::size_t end = std::min({source.find(kPop, begin), source.find_first_of("\r\n", begin), source.size()});
    std::size_t last = end;
    while (last > begin) {
      const std::size_t first = unit_begin(source, begin, last);
      out.text.append(source.substr(first, last - first));
      if (last - first > 4) out.map.append_identity(first, last - first);
      else out.map.append(first, last - first, last - first);
      last = first;
    }
    at = end;
  }
  return out;
}

}  // namespace postern::pipeline
