#include "pipeline/sender/dkim_tags.h"

#include "core/encoding.h"

namespace postern::pipeline {
namespace {

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_tag_name(std::string_view name) {
  if (name.empty() || !is_alpha(name.front())) return false;
  for (const char c : name) {
    if (!is_alpha(c) && !is_digit(c) && c != '_') return false;
  }
  return true;
}

// VALCHAR and FWS; RFC 8616 section 5 adds UTF-8.
bool is_tag_value(std::string_view value) {
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (!is_white(c) && (byte < 0x21 || byte == 0x7f)) return false;
  }
  return true;
}

}  // namespace

std::optional<DkimTagList> DkimTagList::parse(std::string_view text) {
  DkimTagList list;
  std::size_t at = 0;
  while (at <= text.size()) {
    std::size_t end = text.find(';', at);
    const bool is_last = end == std::string_view::npos;
    if (is_last) end = text.size();
    const std::string_view spec = text.substr(at, end - at);
    if (core::trim_ascii(spec).empty()) {
      if (is_last) break;
      return std::nullopt;  // only the last specification may be empty, after a final ";"
    }
    const std::size_t equals = spec.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = core::trim_ascii(spec.substr(0, equals));
    const std::string_view written = spec.substr(equals + 1);
    const std::string_view value = core::trim_ascii(written);
    if (!is_tag_name(name) || !is_tag_value(value) || list.find(name) != nullptr) return std::nullopt;
    list.tags_.push_back({std::string(name), std::string(value), {at + equals + 1, end}});
    if (is_last) break;
    at = end + 1;
  }
  if (list.tags_.empty()) return std::nullopt;
  return list;
}

const DkimTag* DkimTagList::find(std::string_view name) const {
  for (const DkimTag& tag : tags_) {
    if (tag.name == name) return &tag;
  }
  return nullptr;
}

std::string DkimTagList::value_or(std::string_view name, std::string_view fallback) const {
  const DkimTag* tag = find(name);
  return tag != nullptr ? tag->value : std::string(fallback);
}

std::string without_white_space(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (!is_white(c)) out.push_back(c);
  }
  return out;
}

std::vector<std::string> split_list(std::string_view text, char separator) {
  std::vector<std::string> items;
  std::size_t at = 0;
  while (true) {
    const std::size_t end = text.find(separator, at);
    items.emplace_back(core::trim_ascii(text.substr(at, end == std::string_view::npos ? end : end - at)));
    if (end == std::string_view::npos) return items;
    at = end + 1;
  }
}

}  // namespace postern::pipeline
