#include <algorithm>

#include "core/encoding.h"
#include "tests/sim/invariants.h"

namespace postern::sim {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_base64_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/' || c == '=';
}

std::string digits_of(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (is_digit(c)) out += c;
  }
  return out;
}

// Soft line breaks and =XX taken away, which leaves the digits that a reader sees.
std::string without_quoted_printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=' || i + 2 >= text.size()) {
      out += text[i];
    } else if (text[i + 1] == '\r' && text[i + 2] == '\n') {
      i += 2;
    } else if (const auto byte = core::from_hex(text.substr(i + 1, 2))) {
      out += *byte;
      i += 2;
    }
  }
  return out;
}

std::string decoded(std::string letters) {
  letters.resize(letters.find('=') == std::string::npos ? letters.size() : letters.find('='));
  letters.resize(letters.size() - (letters.size() % 4 == 1 ? 1 : 0));
  while (letters.size() % 4 != 0) letters += '=';
  return core::from_base64(letters).value_or("");
}

// Lines of nothing but base64, joined and decoded.
std::string base64_lines_of(std::string_view text) {
  std::string out;
  std::string run;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find("\r\n", at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 2;
    if (line.size() >= 4 && std::ranges::all_of(line, is_base64_char)) {
      run += line;
      continue;
    }
    if (!run.empty()) out += decoded(std::move(run)) + '\n';
    run.clear();
  }
  return out + decoded(std::move(run));
}

std::string encoded_words_of(std::string_view text) {
  std::string out;
  const std::string lower = core::to_lower_ascii(text);
  constexpr std::string_view kMark = "?b?";
  for (auto at = lower.find(kMark); at != std::string::npos; at = lower.find(kMark, at + 1)) {
    const auto begin = at + kMark.size();
    const auto end = lower.find("?=", begin);
    if (end != std::string::npos) out += decoded(std::string(text.substr(begin, end - begin))) + '\n';
  }
  return out;
}

}  // namespace

std::vector<std::string> cards_in(std::string_view text, const std::vector<std::string>& cards) {
  const std::string views[] = {digits_of(text), digits_of(without_quoted_printable(text)),
                               digits_of(base64_lines_of(text)), digits_of(encoded_words_of(text))};
  std::vector<std::string> found;
  for (const std::string& card : cards) {
    const bool is_there = std::ranges::any_of(views, [&](const std::string& one) { return one.find(card) != std::string::npos; });
    if (is_there) found.push_back(card);
  }
  return found;
}

}  // namespace postern::sim
