#include "ticketing/html_words.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/encoding.h"

namespace postern::ticketing {

std::string as_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      case '\n': out += "<br>"; break;
      case '\r': break;
      default: out += c;
    }
  }
  return out;
}

bool is_formatted(std::string_view html) {
  constexpr std::array<std::string_view, 21> kSays{"b", "strong", "i", "em", "u", "s", "strike", "del", "ul", "ol", "blockquote",
                                                   "code", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "table"};
  constexpr std::size_t kNameMax = 10;
  for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
    const std::string name = core::to_lower_ascii(html.substr(at + 1, kNameMax));
    if (std::ranges::find(kSays, std::string_view(name).substr(0, name.find_first_of(" \t\r\n/>"))) != kSays.end()) return true;
  }
  return false;
}

namespace {

// Amounts, dates, numbers with what belongs to them: "-1.50", "$100", "2026-11-23"; without the mark that ends a sentence.
std::vector<std::string_view> figures_in(std::string_view text) {
  constexpr std::string_view kParts = "0123456789.,:/%$+-";
  std::vector<std::string_view> out;
  for (std::size_t at = text.find_first_of(kParts); at != std::string_view::npos; at = text.find_first_of(kParts, at)) {
    const std::size_t end = std::min(text.find_first_not_of(kParts, at), text.size());
    std::string_view run = text.substr(at, end - at);
    while (!run.empty() && (run.back() == '.' || run.back() == ',' || run.back() == ':')) run.remove_suffix(1);
    if (run.find_first_of("0123456789") != std::string_view::npos) out.push_back(run);
    at = end;
  }
  return out;
}

}  // namespace

bool has_same_words(std::string_view one, std::string_view other) {
  const auto is_word = [](char c) { return static_cast<unsigned char>(c) >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  std::size_t at = 0;
  for (const char c : one) {
    if (!is_word(c)) continue;
    while (at < other.size() && !is_word(other[at])) ++at;
    if (at == other.size() || other[at++] != c) return false;
  }
  return std::ranges::none_of(other.substr(at), is_word) && figures_in(one) == figures_in(other);
}

}  // namespace postern::ticketing
