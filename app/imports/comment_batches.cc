#include "app/imports/comment_batches.h"

#include <algorithm>

namespace postern::app {

std::deque<std::vector<ticketing::ImportedComment>> comment_batches(std::vector<ticketing::ImportedComment> comments, const ticketing::ImportLimits& limits) {
  const auto is_earlier = [](const auto& a, const auto& b) { return a.created_unix_ms < b.created_unix_ms; };
  // Few, and mostly in their order already. Those without a time stay in front of the others.
  for (std::size_t i = 1; i < comments.size(); ++i) {
    const auto place = std::upper_bound(comments.begin(), comments.begin() + static_cast<std::ptrdiff_t>(i), comments[i], is_earlier);
    std::rotate(place, comments.begin() + static_cast<std::ptrdiff_t>(i), comments.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
  std::deque<std::vector<ticketing::ImportedComment>> out(1);
  std::size_t text = 0, files = 0;
  for (ticketing::ImportedComment& each : comments) {
    const std::size_t own_text = std::max(each.text.size(), each.html.size());
    std::size_t own_files = 0;
    for (const auto& file : each.files) own_files += file.content.size();
    const bool fits = text + own_text <= limits.text_bytes_max && files + own_files <= limits.file_bytes_max && out.back().size() < limits.comments_max;
    if (!fits && !out.back().empty()) {
      out.emplace_back();
      text = files = 0;
    }
    text += own_text;
    files += own_files;
    out.back().push_back(std::move(each));
  }
  return out;
}

}  // namespace postern::app
