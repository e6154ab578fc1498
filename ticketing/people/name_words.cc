#include "ticketing/people/name_words.h"

#include <algorithm>
#include <functional>

#include "core/encoding.h"
#include "ticketing/search/analysis.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kDigestBytes = 10;

bool is_of_word(unsigned char c) { return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool begins_character(unsigned char c) { return (c & 0xC0U) != 0x80U; }

// The first `characters` of it; all of it when it is shorter.
std::string_view beginning(std::string_view word, std::size_t characters) {
  for (std::size_t at = 0; at < word.size(); ++at) {
    if (begins_character(static_cast<unsigned char>(word[at])) && characters-- == 0) return word.substr(0, at);
  }
  return word;
}

}  // namespace

core::Result<NameWords> NameWords::of(const storage::Vault& vault, core::WorkspaceId workspace) {
  POSTERN_TRY(std::string key, vault.derive_key(workspace, "people"));
  return NameWords(std::move(key));
}

std::string NameWords::digest(std::string_view kind, std::string_view text) const {
  std::string bytes(kind);
  bytes += '\0';
  bytes += text;
  return core::blake2b_keyed(key_, bytes).substr(0, kDigestBytes);
}

std::vector<std::string> NameWords::digests(std::string_view text) const {
  std::vector<std::string> out;
  for (const std::string& word : name_words(text)) {
    for (std::size_t characters = 1; characters <= kPrefixMax; ++characters) {
      const std::string_view prefix = beginning(word, characters);
      out.push_back(digest("word", prefix));
      if (prefix.size() == word.size()) break;
    }
  }
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

std::vector<std::string> NameWords::query_digests(std::string_view query) const {
  std::vector<std::string> words = name_words(query);
  std::ranges::sort(words, std::ranges::greater(), [](const std::string& each) { return std::pair(each.size(), each); });
  std::vector<std::string> out;
  for (const std::string& each : words) out.push_back(digest("word", beginning(each, kPrefixMax)));
  return out;
}

std::vector<std::string> name_words(std::string_view text) {
  const std::string folded = search::fold(text);
  std::vector<std::string> out;
  for (std::size_t at = 0; at < folded.size() && out.size() < NameWords::kWordsMax;) {
    std::size_t end = at;
    while (end < folded.size() && is_of_word(static_cast<unsigned char>(folded[end]))) ++end;
    if (end > at) out.push_back(folded.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

bool has_words(std::string_view text, std::string_view query) {
  const std::vector<std::string> there = name_words(text);
  return std::ranges::all_of(name_words(query), [&there](const std::string& wanted) {
    return std::ranges::any_of(there, [&wanted](const std::string& each) { return each.starts_with(wanted); });
  });
}

}  // namespace postern::ticketing
