#include "pipeline/redaction/digit_run.h"

#include <algorithm>
#include <array>

namespace postern::pipeline {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_separator(char c) { return kSeparators.find(c) != std::string_view::npos; }

using Layout = std::array<std::size_t, 5>;
constexpr Layout kLayouts[] = {
    {4, 4, 4, 4}, {4, 6, 5}, {4, 6, 4},    {4, 4, 4, 4, 1}, {4, 4, 4, 4, 2}, {4, 4, 4, 4, 3}, {8, 8},
    {6, 13},      {4, 4, 5}, {4, 4, 4, 3}, {4, 4, 4, 2},    {6, 10},         {4, 5, 6},
};

}  // namespace

DigitRun digit_run_around(std::string_view text, std::size_t at) {
  DigitRun run;
  std::size_t begin = at;
  for (std::size_t back = at; back > 0;) {
    std::size_t probe = back;
    while (probe > 0 && back - probe < kSeparatorBytesMax && is_separator(text[probe - 1])) --probe;
    if (probe == 0 || !is_digit(text[probe - 1])) break;
    back = probe - 1;
    begin = back;
  }
  run.begin = begin;
  for (std::size_t pos = begin; pos < text.size();) {
    DigitGroup group{pos, pos};
    while (group.end < text.size() && is_digit(text[group.end])) ++group.end;
    run.groups.push_back(group);
    run.end = group.end;
    pos = group.end;
    while (pos < text.size() && pos - group.end < kSeparatorBytesMax && is_separator(text[pos])) ++pos;
    if (pos == group.end || pos >= text.size() || !is_digit(text[pos])) break;
  }
  return run;
}

std::string_view separator_behind(std::string_view text, const DigitRun& run, std::size_t group) {
  if (group + 1 >= run.groups.size()) return {};
  return text.substr(run.groups[group].end, run.groups[group + 1].begin - run.groups[group].end);
}

bool is_card_layout(const DigitRun& run, GroupSpan span) {
  const std::size_t count = span.last - span.first;
  if (count == 1) return true;
  return std::any_of(std::begin(kLayouts), std::end(kLayouts), [&](const Layout& layout) {
    for (std::size_t i = 0; i < layout.size(); ++i) {
      const std::size_t size = i < count ? run.groups[span.first + i].size() : 0;
      if (size != layout[i]) return false;
    }
    return count <= layout.size();
  });
}

bool may_be_one_number(std::string_view text, const DigitRun& run, GroupSpan span) {
  std::size_t line_ends = 0;
  bool is_special = false;
  for (std::size_t i = span.first; i + 1 < span.last; ++i) {
    const std::string_view separator = separator_behind(text, run, i);
    for (char c : separator) {
      line_ends += c == '\n';
      if (std::string_view(".,_|/:*+").find(c) == std::string_view::npos) continue;
      if (separator.size() > 1) return false;
      is_special = true;
    }
  }
  if (!is_special && line_ends == 0) return true;
  return is_card_layout(run, span) || (!is_special && line_ends == 1);
}

std::vector<GroupSpan> uniform_spans(std::string_view text, const DigitRun& run) {
  std::vector<GroupSpan> spans;
  std::size_t first = 0;
  while (first + 1 < run.groups.size()) {
    std::size_t last = first + 2;
    while (last < run.groups.size() && separator_behind(text, run, last - 1) == separator_behind(text, run, first))
      ++last;
    spans.push_back({first, last});
    first = last - 1;
  }
  if (run.groups.size() == 1) spans.push_back({0, 1});
  return spans;
}

}  // namespace postern::pipeline
