// The bytes of pictures: as they stand, where zeros of wide characters vanish; and around zeros that end a string,
// where what stands before one and what stands behind it are two things.
#include <algorithm>

#include "core/secret.h"
#include "pipeline/redaction/digit_windows.h"
#include "pipeline/redaction/formats/format_cleaners.h"
#include "pipeline/redaction/formats/xml_scan.h"

namespace postern::pipeline {
namespace {

// No value that ends at a zero begins further before it, and none that begins behind it begins further behind it.
constexpr std::size_t kBeforeEnd = 256;
constexpr std::size_t kBehindEnd = 32;
constexpr char kStringEnd = '"';  // what stands for the zero: part of no number and no word

bool is_ascii_word(char c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_'; }

// Where full-width letters and digits (U+FF00 to U+FF7F) end or begin.
bool is_wide_word(std::string_view three) { return three.size() == 3 && three.starts_with("\xEF\xBC"); }

bool keeps_words_apart(std::string_view bytes, ByteRange zeros) {
  if (zeros.begin == 0 || zeros.end == bytes.size()) return false;
  const bool ends_word = is_ascii_word(bytes[zeros.begin - 1]) ||
                         is_wide_word(bytes.substr(zeros.begin - std::min<std::size_t>(zeros.begin, 3), 3));
  return ends_word && (is_ascii_word(bytes[zeros.end]) || is_wide_word(bytes.substr(zeros.end, 3)));
}

// What stands around the zeros between two words. Ascending, disjoint.
std::vector<ByteRange> string_ends(std::string_view bytes) {
  std::vector<ByteRange> places;
  for (std::size_t at = bytes.find('\0'); at != std::string_view::npos;) {
    const ByteRange zeros{at, std::min(bytes.find_first_not_of('\0', at), bytes.size())};
    at = bytes.find('\0', zeros.end);
    if (!keeps_words_apart(bytes, zeros)) continue;
    const ByteRange place{zeros.begin - std::min(zeros.begin, kBeforeEnd),
                          std::min(bytes.size(), zeros.end + kBehindEnd)};
    if (!places.empty() && places.back().end >= place.begin) {
      places.back().end = place.end;
    } else {
      places.push_back(place);
    }
  }
  return places;
}

}  // namespace

BodyScan scan_picture_bytes(const FileCleaner& cleaner, std::string_view bytes) {
  BodyScan found = scan_binary(cleaner.detector(), bytes);
  BodyScan at_ends;
  for (const ContextWindow& one : context_windows(bytes, string_ends(bytes))) {
    core::SecretBuffer apart = core::to_secret(bytes.substr(one.window.begin, one.window.size()));
    std::replace(apart.begin(), apart.end(), '\0', kStringEnd);
    for (const Finding& finding : cleaner.detector().find(core::view(apart), TextKind::kAttachment)) {
      if (!one.holds(one.window.begin + finding.span.begin)) continue;
      ++(finding.is_shadow ? at_ends.shadows
                           : at_ends.findings)[{std::string(finding.rule), std::string(finding.label)}];
      for (const auto* ranges : {&finding.hidden, &finding.dropped}) {
        for (ByteRange range : *ranges)
          at_ends.hidden.push_back({one.window.begin + range.begin, one.window.begin + range.end});
      }
    }
  }
  return join_scans(std::move(found), std::move(at_ends));
}

}  // namespace postern::pipeline
