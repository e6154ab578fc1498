#include "auth/passwords/common.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/encoding.h"
#include "core/secret.h"

namespace postern::auth {
namespace {

constexpr std::size_t kAddedMax = 6;  // characters around a common password that do not make it a good one
constexpr std::size_t kBaseMin = 4;
constexpr std::size_t kRunMin = 3;
constexpr std::array<std::string_view, 4> kRows{"1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"};

std::vector<std::string_view> read_list() {
  const EmbeddedFile& file = embedded_files().front();
  std::string text(file.bytes, file.bytes + file.size);
  static const std::string kept = std::move(text);
  std::vector<std::string_view> out;
  std::string_view rest = kept;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (!line.empty() && !line.starts_with('#')) out.push_back(line);
  }
  std::ranges::sort(out);
  return out;
}

bool is_listed(std::string_view text) {
  static const std::vector<std::string_view> list = read_list();
  return std::ranges::binary_search(list, text);
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }

// What people write for a letter.
char unmasked(char c) {
  constexpr std::string_view kFrom = "0134578@$!|";
  constexpr std::string_view kTo = "oleastbasil";
  const std::size_t at = kFrom.find(c);
  return at == std::string_view::npos ? c : kTo[at];
}

std::string_view core_of(std::string_view text) {
  while (!text.empty() && !is_letter(text.front())) text.remove_prefix(1);
  while (!text.empty() && !is_letter(text.back())) text.remove_suffix(1);
  return text;
}

// The shortest unit of which the text is a repetition, a last one perhaps cut.
std::string_view unit_of(std::string_view text) {
  for (std::size_t size = 1; size <= text.size() / 2; ++size) {
    bool repeats = true;
    for (std::size_t i = size; i < text.size() && repeats; ++i) repeats = text[i] == text[i - size];
    if (repeats) return text.substr(0, size);
  }
  return text;
}

bool is_common_base(std::string_view lower) {
  if (is_listed(lower) || is_listed(unit_of(lower))) return true;
  const std::string_view middle = core_of(lower);
  return middle.size() >= kBaseMin && lower.size() - middle.size() <= kAddedMax && (is_listed(middle) || is_listed(unit_of(middle)));
}

// +1 or -1 when b follows a in the alphabet or the digits, 2 when it is the same, else 0.
int alphabet_step(char a, char b) {
  if (a == b) return 2;
  const bool are_letters = a >= 'a' && a <= 'z' && b >= 'a' && b <= 'z';
  const bool are_digits = a >= '0' && a <= '9' && b >= '0' && b <= '9';
  return (are_letters || are_digits) && std::abs(b - a) == 1 ? b - a : 0;
}

// The same, along a row of keys: 3 to the right, -3 to the left.
int keyboard_step(char a, char b) {
  for (const std::string_view row : kRows) {
    const std::size_t from = row.find(a);
    const std::size_t to = row.find(b);
    if (from == std::string_view::npos || to == std::string_view::npos) continue;
    if (to == from + 1) return 3;
    if (from == to + 1) return -3;
  }
  return 0;
}

std::size_t run_from(std::string_view text, std::size_t at, int (*step)(char, char)) {
  if (at + 1 >= text.size()) return 1;
  const int way = step(text[at], text[at + 1]);
  if (way == 0) return 1;
  std::size_t end = at + 1;
  while (end < text.size() && step(text[end - 1], text[end]) == way) ++end;
  return end - at;
}

}  // namespace

bool is_common_password(std::string_view password) {
  std::string lower = core::to_lower_ascii(password);
  std::string plain = lower;
  std::ranges::transform(plain, plain.begin(), unmasked);
  // Look-alikes within the word only: "passw0rd99" is "password" with two digits, not "passwordqq".
  const std::string_view middle = core_of(lower);
  bool is_common = is_common_base(lower) || is_common_base(plain);
  if (!is_common && middle.size() >= kBaseMin && lower.size() - middle.size() <= kAddedMax) {
    std::string inner(middle);
    std::ranges::transform(inner, inner.begin(), unmasked);
    is_common = is_listed(inner) || is_listed(unit_of(inner));
    core::wipe(inner.data(), inner.size());
  }
  core::wipe(lower.data(), lower.size());
  core::wipe(plain.data(), plain.size());
  return is_common;
}

std::size_t count_without_runs(std::string_view password) {
  std::string lower = core::to_lower_ascii(password);
  std::size_t count = 0;
  for (std::size_t at = 0; at < lower.size(); ++count) {
    const std::size_t run = std::max(run_from(lower, at, alphabet_step), run_from(lower, at, keyboard_step));
    at += run >= kRunMin ? run : 1;
  }
  core::wipe(lower.data(), lower.size());
  return count;
}

std::size_t longest_run(std::string_view password) {
  std::string lower = core::to_lower_ascii(password);
  std::size_t longest = 0;
  for (std::size_t at = 0; at < lower.size(); ++at) longest = std::max(longest, run_from(lower, at, alphabet_step));
  core::wipe(lower.data(), lower.size());
  return longest;
}

}  // namespace postern::auth
