#include "pipeline/redaction/finding_mask.h"

#include <algorithm>

#include "pipeline/redaction/message_edit.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kShownFirst = 6;
constexpr std::size_t kShownLast = 4;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_layout(char c) {
  return std::string_view(" -.,_/:*+\t\r\n").find(c) != std::string_view::npos;
}

// Six digits before and four behind, separators skipped.
bool has_digits_before(std::string_view text, std::size_t at) {
  std::size_t digits = 0;
  while (at > 0 && digits < kShownFirst) {
    const char c = text[--at];
    if (is_digit(c)) {
      ++digits;
    } else if (!is_layout(c)) {
      return false;
    }
  }
  return digits == kShownFirst;
}

bool has_digits_behind(std::string_view text, std::size_t at) {
  std::size_t digits = 0;
  for (; at < text.size() && digits < kShownLast; ++at) {
    if (is_digit(text[at])) {
      ++digits;
    } else if (!is_layout(text[at])) {
      return false;
    }
  }
  return digits == kShownLast;
}

}  // namespace

std::string mask_findings(std::string_view text, std::span<const Finding> findings, std::string_view mask) {
  std::vector<ByteRange> hidden;
  std::vector<ByteRange> dropped;
  for (const Finding& finding : findings) {
    hidden.insert(hidden.end(), finding.hidden.begin(), finding.hidden.end());
    dropped.insert(dropped.end(), finding.dropped.begin(), finding.dropped.end());
  }
  hidden = merge_overlapping(std::move(hidden));
  dropped = without(merge_overlapping(std::move(dropped)), hidden);
  std::vector<Edit> edits;
  for (ByteRange range : hidden) edits.push_back({range, std::string(mask)});
  for (ByteRange range : dropped) edits.push_back({range, ""});
  return std::string(core::view(apply_edits(text, std::move(edits))));
}

bool hides_any(std::span<const Finding> findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& one) { return !one.hidden.empty() || !one.dropped.empty(); });
}

std::string with_block_masks(std::string_view utf8) {
  constexpr std::size_t kStarsMin = 2;
  constexpr std::size_t kStarsMax = 9;
  std::string out;
  out.reserve(utf8.size());
  std::size_t at = 0;
  while (at < utf8.size()) {
    if (utf8[at] != '*') {
      out.push_back(utf8[at++]);
      continue;
    }
    std::size_t end = at;
    std::size_t stars = 0;
    for (std::size_t look = at; look < utf8.size() && (utf8[look] == '*' || is_layout(utf8[look])); ++look) {
      if (utf8[look] != '*') continue;
      ++stars;
      end = look + 1;
    }
    const bool is_mask =
        stars >= kStarsMin && stars <= kStarsMax && has_digits_before(utf8, at) && has_digits_behind(utf8, end);
    for (; at < end; ++at) {
      if (is_mask && utf8[at] == '*') {
        out += kBlockMask;
      } else {
        out.push_back(utf8[at]);
      }
    }
  }
  return out;
}

}  // namespace postern::pipeline
