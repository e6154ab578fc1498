// Counts open tags by name without building a tree. The count is never below the depth that matters: an end tag closes
// only a start tag of its own name, and elements that close each other nest only inside elements that are counted.
#include "pipeline/mime/html_guard.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "core/encoding.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kNameBytesMax = 32;
constexpr std::size_t kNamesMax = 512;              // distinct element names
constexpr std::size_t kReopenedMax = 2'000'000;     // formatting elements that might be opened again, over all tags

constexpr std::array<std::string_view, 16> kVoid{"area", "base",  "br",    "col",    "embed", "hr",    "img", "input",
                                                 "link", "meta",  "param", "source", "track", "wbr",   "bgsound", "keygen"};
constexpr std::array<std::string_view, 14> kImplied{"p",  "li", "dt", "dd",    "td",    "th",   "tr",
                                                    "tbody", "thead", "tfoot", "option", "optgroup", "colgroup", "caption"};
constexpr std::array<std::string_view, 14> kFormatting{"a", "b",     "big",    "code",   "em", "font", "i",
                                                       "nobr", "s", "small", "strike", "strong", "tt", "u"};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

class Census {
 public:
  bool open(const std::string& name, const MimeLimits& limits) {
    reopened_ += formatting_;
    if (reopened_ > kReopenedMax) return false;
    if (is_one_of(name, kVoid) || is_one_of(name, kImplied)) return true;
    if (open_.size() >= kNamesMax && !open_.contains(name)) return false;
    ++open_[name];
    if (is_one_of(name, kFormatting)) ++formatting_;
    return ++depth_ <= limits.html_open_tags_depth_max;
  }
  void close(const std::string& name) {
    const auto at = open_.find(name);
    if (at == open_.end() || at->second == 0) return;
    --at->second;
    --depth_;
    if (is_one_of(name, kFormatting)) --formatting_;
  }

 private:
  std::unordered_map<std::string, std::size_t> open_;
  std::size_t depth_ = 0;
  std::size_t formatting_ = 0;
  std::size_t reopened_ = 0;
};

}  // namespace

bool is_safe_to_parse(std::string_view html, const MimeLimits& limits) {
  if (html.size() > limits.html_bytes_max) return false;
  Census census;
  for (auto pos = html.find('<'); pos != std::string_view::npos; pos = html.find('<', pos)) {
    ++pos;
    const bool closes = pos < html.size() && html[pos] == '/';
    if (closes) ++pos;
    if (pos >= html.size() || !is_letter(html[pos])) continue;
    std::size_t end = pos;
    while (end < html.size() && end - pos < kNameBytesMax && std::string_view(" \t\r\n\f/>").find(html[end]) == std::string_view::npos) ++end;
    const auto name = core::to_lower_ascii(html.substr(pos, end - pos));
    if (closes) census.close(name);
    else if (!census.open(name, limits)) return false;
    pos = end;
  }
  return true;
}

}  // namespace postern::pipeline
