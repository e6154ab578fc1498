#include "ticketing/conditions/words.h"

#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace postern::ticketing {
namespace {

// Their words have no blanks between them.
bool is_unspaced(UChar32 c) {
  const auto line_break = static_cast<ULineBreak>(u_getIntPropertyValue(c, UCHAR_LINE_BREAK));
  return line_break == U_LB_COMPLEX_CONTEXT || line_break == U_LB_IDEOGRAPHIC || line_break == U_LB_CONDITIONAL_JAPANESE_STARTER;
}

bool continues_word(UChar32 c) { return c >= 0 && u_isalnum(c) != 0 && !is_unspaced(c); }

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Characters at both sides of a place between two characters; negative: none, or not UTF-8.
UChar32 character_before(std::string_view text, std::size_t place) {
  if (place == 0) return -1;
  auto at = static_cast<std::int32_t>(place);
  UChar32 c = -1;
  U8_PREV(text.data(), 0, at, c);
  return c;
}

UChar32 character_at(std::string_view text, std::size_t place) {
  if (place >= text.size()) return -1;
  auto at = static_cast<std::int32_t>(place);
  UChar32 c = -1;
  U8_NEXT(text.data(), at, static_cast<std::int32_t>(text.size()), c);
  return c;
}

bool is_boundary(std::string_view text, std::size_t place) {
  return !continues_word(character_before(text, place)) || !continues_word(character_at(text, place));
}

}  // namespace

std::string fold_text(std::string_view text) {
  std::string out;
  if (is_ascii(text)) {
    out.assign(text);
    std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
  }
  icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size()))).foldCase().toUTF8String(out);
  return out;
}

std::vector<std::string> split_words(std::string_view folded) {
  constexpr std::string_view kBlanks = " \t\r\n";
  std::vector<std::string> out;
  for (std::size_t at = folded.find_first_not_of(kBlanks); at != std::string_view::npos;) {
    const std::size_t end = std::min(folded.find_first_of(kBlanks, at), folded.size());
    out.emplace_back(folded.substr(at, end - at));
    at = folded.find_first_not_of(kBlanks, end);
  }
  return out;
}

bool contains_word(std::string_view folded_text, std::string_view folded_word) {
  if (folded_word.empty()) return false;
  for (std::size_t at = folded_text.find(folded_word); at != std::string_view::npos; at = folded_text.find(folded_word, at + 1)) {
    if (is_boundary(folded_text, at) && is_boundary(folded_text, at + folded_word.size())) return true;
  }
  return false;
}

}  // namespace postern::ticketing
