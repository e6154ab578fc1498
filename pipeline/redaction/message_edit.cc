#include "pipeline/redaction/message_edit.h"

#include <algorithm>

namespace postern::pipeline {

core::SecretBuffer apply_edits(std::string_view source, std::vector<Edit> edits) {
  std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) {
    return a.range.begin != b.range.begin ? a.range.begin < b.range.begin : a.range.size() < b.range.size();
  });
  core::SecretBuffer out;
  std::size_t size = source.size();
  for (const Edit& edit : edits) size += edit.text.size();
  out.reserve(size);
  std::size_t done = 0;
  for (const Edit& edit : edits) {
    if (edit.range.begin < done || edit.range.end > source.size()) continue;
    out.insert(out.end(), source.begin() + static_cast<std::ptrdiff_t>(done),
               source.begin() + static_cast<std::ptrdiff_t>(edit.range.begin));
    out.insert(out.end(), edit.text.begin(), edit.text.end());
    done = edit.range.end;
  }
  out.insert(out.end(), source.begin() + static_cast<std::ptrdiff_t>(done), source.end());
  return out;
}

std::vector<ByteRange> merge_overlapping(std::vector<ByteRange> ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](ByteRange a, ByteRange b) { return a.begin != b.begin ? a.begin < b.begin : a.end < b.end; });
  std::vector<ByteRange> merged;
  for (ByteRange range : ranges) {
    if (range.empty()) continue;
    if (!merged.empty() && range.begin < merged.back().end) {
      merged.back().end = std::max(merged.back().end, range.end);
    } else {
      merged.push_back(range);
    }
  }
  return merged;
}

std::vector<ByteRange> without(std::vector<ByteRange> ranges, const std::vector<ByteRange>& taken) {
  if (taken.empty()) return ranges;
  std::vector<ByteRange> out;
  auto next = taken.begin();
  for (ByteRange range : ranges) {
    while (next != taken.end() && next->end <= range.begin) ++next;
    for (auto cut = next; cut != taken.end() && cut->begin < range.end; ++cut) {
      if (cut->begin > range.begin) out.push_back({range.begin, cut->begin});
      range.begin = std::min(range.end, cut->end);
    }
    if (!range.empty()) out.push_back(range);
  }
  return out;
}

}  // namespace postern::pipeline
