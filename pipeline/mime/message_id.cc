// msg-id lists. Folding and blanks inside brackets are dropped: relays insert them into long ids.
#include "pipeline/mime/message_id.h"

#include <unordered_set>

#include "core/encoding.h"
#include "pipeline/mime/header.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kIdBytesMax = 998;  // RFC 5322 section 2.1.1

std::string clean_id(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (static_cast<unsigned char>(c) > 0x20 && c != 0x7f && c != '<') out += c;
  }
  if (out.size() > kIdBytesMax) out.clear();
  return out;
}

std::vector<std::string> read_bracketed(std::string_view text) {
  std::vector<std::string> ids;
  for (std::size_t pos = text.find('<'); pos != std::string_view::npos; pos = text.find('<', pos)) {
    const auto end = text.find('>', pos + 1);
    if (end == std::string_view::npos) break;
    ids.push_back(clean_id(text.substr(pos + 1, end - pos - 1)));
    pos = end + 1;
  }
  return ids;
}

std::vector<std::string> read_words(std::string_view text) {
  std::vector<std::string> ids;
  for (std::size_t pos = 0; pos < text.size();) {
    const auto begin = text.find_first_not_of(" \t,<>", pos);
    if (begin == std::string_view::npos) break;
    pos = std::min(text.find_first_of(" \t,<>", begin), text.size());
    const auto word = text.substr(begin, pos - begin);
    if (word.find('@') != std::string_view::npos) ids.push_back(clean_id(word));
  }
  return ids;
}

}  // namespace

std::vector<std::string> parse_message_ids(std::string_view raw, const MimeLimits& limits) {
  const std::string text = unfold(raw);
  auto ids = read_bracketed(text);
  if (ids.empty()) ids = read_words(text);
  std::vector<std::string> unique;
  std::unordered_set<std::string_view> seen;
  for (const auto& id : ids) {
    if (!id.empty() && seen.insert(id).second) unique.push_back(id);
  }
  if (unique.size() > limits.message_ids_max && limits.message_ids_max > 0) {
    const auto surplus = static_cast<std::ptrdiff_t>(unique.size() - limits.message_ids_max);
    unique.erase(unique.begin() + 1, unique.begin() + 1 + surplus);
  }
  return unique;
}

}  // namespace postern::pipeline
