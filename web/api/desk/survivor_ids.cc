#include "web/api/desk/survivor_ids.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace postern::web {
namespace {

// Keywords whose value is a person (docs/search.md).
constexpr std::array<std::string_view, 6> kPersonKeywords{"requester", "assignee", "submitter", "cc", "follower", "commenter"};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// How much of the front of it is a keyword of a person with its colon; 0: none is.
std::size_t person_keyword(std::string_view text) {
  for (const std::string_view word : kPersonKeywords) {
    if (text.size() <= word.size() || text[word.size()] != ':') continue;
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; };
    if (std::ranges::equal(text.substr(0, word.size()), word, same)) return word.size() + 1;
  }
  return 0;
}

}  // namespace

core::Result<std::string> with_survivors(std::string_view query, const FindSurvivor& find) {
  std::string out;
  std::size_t looked_up = 0;
  for (std::size_t at = 0; at < query.size();) {
    const bool begins = at == 0 || is_space(query[at - 1]) || query[at - 1] == '-' || query[at - 1] == '(';
    const std::size_t keyword = begins ? person_keyword(query.substr(at)) : 0;
    if (keyword == 0) {
      // A phrase is copied whole: what looks like a keyword in it is a word.
      const std::size_t end = query[at] == '"' ? std::min(query.find('"', at + 1), query.size() - 1) + 1 : at + 1;
      out += query.substr(at, end - at);
      at = end;
      continue;
    }
    out += query.substr(at, keyword);
    at += keyword;
    const bool is_quoted = at < query.size() && query[at] == '"';
    const std::string_view rest = query.substr(at + (is_quoted ? 1 : 0));
    std::uint64_t id = 0;
    const auto [end, wrong] = std::from_chars(rest.data(), rest.data() + rest.size(), id);
    const auto digits = static_cast<std::size_t>(end - rest.data());
    const bool ends = digits == rest.size() || (is_quoted ? rest[digits] == '"' : is_space(rest[digits]) || rest[digits] == ')');
    if (wrong != std::errc() || !ends || looked_up++ >= kPeopleLookedUpMax) continue;
    POSTERN_TRY(const core::UserId survivor, find(core::UserId{id}));
    if (is_quoted) out += '"';
    out += survivor ? std::to_string(survivor.value) : std::string(rest.substr(0, digits));
    at += digits + (is_quoted ? 1 : 0);
    if (is_quoted && at < query.size()) out += query[at++];  // its closing quote, so that it does not begin a phrase
  }
  return out;
}

}  // namespace postern::web
