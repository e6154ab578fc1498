#include "ticketing/rule_mark.h"

#include <charconv>

#include "core/encoding.h"

namespace postern::ticketing {
namespace {

constexpr std::string_view kWords = "on top of version";

// Of one line, without its end.
std::optional<std::uint64_t> mark_in(std::string_view line) {
  line = core::trim_ascii(line);
  if (!line.starts_with('#')) return std::nullopt;
  line = core::trim_ascii(line.substr(1));
  if (!line.starts_with(kWords)) return std::nullopt;
  line = core::trim_ascii(line.substr(kWords.size()));
  std::uint64_t number = 0;
  const auto [end, bad] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (bad != std::errc() || end != line.data() + line.size()) return std::nullopt;
  return number;
}

// Calls `see` with the lines of the opening comment, ends included, until it says that it has seen enough; where it ended.
template <class See>
std::size_t read_opening(std::string_view document, See see) {
  std::size_t at = 0;
  while (at < document.size()) {
    const std::size_t end = std::min(document.find('\n', at), document.size() - 1) + 1;
    const std::string_view line = document.substr(at, end - at);
    const std::string_view words = core::trim_ascii(line);
    if (!words.empty() && words.front() != '#') break;
    at = end;
    if (!see(line)) break;
  }
  return at;
}

}  // namespace

std::optional<std::uint64_t> marked_version(std::string_view document) {
  std::optional<std::uint64_t> found;
  read_opening(document, [&found](std::string_view line) {
    found = mark_in(line);
    return !found;
  });
  return found;
}

std::string without_mark(std::string_view document) {
  std::string out;
  const std::size_t rest = read_opening(document, [&out](std::string_view line) {
    if (!mark_in(line)) out += line;
    return true;
  });
  return out.append(document.substr(rest));
}

std::string with_mark(std::string_view document, std::uint64_t version) {
  return "# " + std::string(kWords) + " " + std::to_string(version) + "\n" + without_mark(document);
}

}  // namespace postern::ticketing
