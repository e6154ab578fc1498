#include "pipeline/redaction/rules/near_words.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>

#include "pipeline/redaction/rules/folded_text.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f'; }
bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

std::string without_case(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 8);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int64_t>(text.size());
  for (std::int64_t at = 0; at < size;) {
    const char c = text[static_cast<std::size_t>(at)];
    if (is_blank(c)) {
      if (out.empty() || out.back() != ' ') out.push_back(' ');
      ++at;
    } else if (static_cast<unsigned char>(c) < 0x80) {
      out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c);
      ++at;
    } else {
      UChar32 code_point = 0;
      U8_NEXT(bytes, at, size, code_point);
      if (code_point < 0) continue;
      std::array<std::uint8_t, 4> utf8{};
      std::int32_t length = 0;
      U8_APPEND_UNSAFE(utf8.data(), length, u_foldCase(code_point, U_FOLD_CASE_DEFAULT));
      out.append(reinterpret_cast<const char*>(utf8.data()), static_cast<std::size_t>(length));
    }
  }
  return out;
}

std::size_t back(std::string_view text, std::size_t at, std::uint32_t characters) {
  while (at > 0 && characters > 0) characters -= is_continuation(text[--at]) ? 0 : 1;
  return at;
}
std::size_t ahead(std::string_view text, std::size_t at, std::uint32_t characters) {
  while (at < text.size() && characters > 0) {
    ++at;
    while (at < text.size() && is_continuation(text[at])) ++at;
    --characters;
  }
  return at;
}

}  // namespace

NearWords::NearWords(const std::vector<std::string>& words) {
  for (const std::string& word : words) words_.push_back(without_case(FoldedText(word).text()));
}

bool NearWords::stand_near(std::string_view text, ByteRange value, std::uint32_t within) const {
  if (words_.empty()) return false;
  return stand_in(text, {back(text, value.begin, within), value.begin}) || stand_in(text, {value.end, ahead(text, value.end, within)});
}

bool NearWords::stand_in(std::string_view text, ByteRange where) const {
  std::string near = without_case(text.substr(where.begin, where.size()));
  const WipedAtExit wiped(near);
  const bool goes_on_before = where.begin > 0 && is_word(text[where.begin - 1]);
  const bool goes_on_behind = where.end < text.size() && is_word(text[where.end]);
  return std::any_of(words_.begin(), words_.end(), [&](const std::string& word) {
    for (std::size_t at = near.find(word); at != std::string::npos; at = near.find(word, at + 1)) {
      const std::size_t end = at + word.size();
      const bool cut_before = is_word(word.front()) && (at > 0 ? is_word(near[at - 1]) : goes_on_before);
      const bool cut_behind = is_word(word.back()) && (end < near.size() ? is_word(near[end]) : goes_on_behind);
      if (!cut_before && !cut_behind) return true;
    }
    return false;
  });
}

}  // namespace postern::pipeline
