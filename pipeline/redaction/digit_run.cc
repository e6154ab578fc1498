#include "pipeline/redaction/digit_run.h"

#include <algorithm>
#include <array>

namespace postern::pipeline {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_bracket(char c) { return kBrackets.find(c) != std::string_view::npos; }
bool is_between(char c) { return kSeparators.find(c) != std::string_view::npos || is_bracket(c); }
bool is_soft(char c) { return c == ' ' || c == '\x02' || c == '\n' || c == '-'; }
bool is_soft_only(std::string_view separator) { return std::all_of(separator.begin(), separator.end(), is_soft); }

// True when what stands between two digits keeps them in one run.
bool joins(std::string_view separator) {
  return std::none_of(separator.begin(), separator.end(), is_bracket) || is_wrapped_separator(separator);
}

int value_of(std::string_view digits) {
  int value = 0;
  for (char c : digits) value = value * 10 + (c - '0');
  return value;
}

// A month and a year, with a mark between them that stands at neither side: "12/27", not "22/11/2026".
bool is_expiry_at(std::string_view text, const DigitRun& run, std::size_t at) {
  if (at + 1 >= run.groups.size()) return false;
  const DigitGroup month = run.groups[at];
  const std::size_t year_size = run.groups[at + 1].size();
  if (month.size() > 2 || (year_size != 2 && year_size != 4)) return false;
  const std::string_view mark = separator_behind(text, run, at);
  if (mark != "/" && mark != "-" && mark != "." && mark != " / ") return false;
  if (at > 0 && separator_behind(text, run, at - 1) == mark) return false;
  if (at + 2 < run.groups.size() && separator_behind(text, run, at + 1) == mark) return false;
  const int value = value_of(text.substr(month.begin, month.size()));
  return value >= 1 && value <= 12;
}

using Layout = std::array<std::size_t, 5>;
constexpr Layout kLayouts[] = {
    {4, 4, 4, 4}, {4, 6, 5}, {4, 6, 4},    {4, 4, 4, 4, 1}, {4, 4, 4, 4, 2}, {4, 4, 4, 4, 3}, {8, 8},
    {6, 13},      {4, 4, 5}, {4, 4, 4, 3}, {4, 4, 4, 2},    {6, 10},         {4, 5, 6},       {4, 4, 4},    {4, 3, 3, 3},
};

}  // namespace

DigitRun digit_run_around(std::string_view text, std::size_t at) {
  DigitRun run;
  std::size_t begin = at;
  for (std::size_t back = at; back > 0;) {
    std::size_t probe = back;
    while (probe > 0 && back - probe < kSeparatorBytesMax && is_between(text[probe - 1])) --probe;
    if (probe == 0 || !is_digit(text[probe - 1]) || !joins(text.substr(probe, back - probe))) break;
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
    while (pos < text.size() && pos - group.end < kSeparatorBytesMax && is_between(text[pos])) ++pos;
    if (pos == group.end || pos >= text.size() || !is_digit(text[pos])) break;
    if (!joins(text.substr(group.end, pos - group.end))) break;
  }
  return run;
}

std::string_view separator_behind(std::string_view text, const DigitRun& run, std::size_t group) {
  if (group + 1 >= run.groups.size()) return {};
  return text.substr(run.groups[group].end, run.groups[group + 1].begin - run.groups[group].end);
}

bool is_wrapped_separator(std::string_view separator) {
  if (separator.size() < 2 || (separator.size() == 3 && !is_soft(separator[1]))) return false;
  const char first = separator.front();
  const char last = separator.back();
  if ((first == ')' && last == '(') || (first == ']' && last == '[')) return true;
  return separator.size() == 3 && first == last && (first == '*' || first == '_');
}

bool are_alike_separators(std::string_view one, std::string_view other) {
  return one == other || (is_soft_only(one) && is_soft_only(other));
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
  std::size_t wrapped = 0;
  bool is_special = false;
  for (std::size_t i = span.first; i + 1 < span.last; ++i) {
    const std::string_view separator = separator_behind(text, run, i);
    if (is_wrapped_separator(separator)) {
      ++wrapped;
      continue;
    }
    if (separator == "." && span.last - span.first == 2) return false;  // a number with a fraction
    for (char c : separator) {
      line_ends += c == '\n';
      if (std::string_view(".,_|/:*+").find(c) == std::string_view::npos) continue;
      if (separator.size() > 1) return false;
      is_special = true;
    }
  }
  if (wrapped > 0) return wrapped + 1 == span.last - span.first && is_card_layout(run, span);
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

std::vector<GroupSpan> spans_between_dates(std::string_view text, const DigitRun& run) {
  std::vector<GroupSpan> spans;
  std::size_t first = 0;
  bool is_cut = false;
  const auto end_at = [&](std::size_t last, std::size_t next) {
    if (last > first) spans.push_back({first, last});
    first = next;
  };
  for (std::size_t at = 0; at < run.groups.size(); ++at) {
    if (is_expiry_at(text, run, at)) {
      end_at(at, at + 2);
      is_cut = true;
      ++at;
    } else if (at > first && is_bracket(separator_behind(text, run, at - 1).front())) {
      end_at(at, at);
      is_cut = true;
    }
  }
  if (!is_cut) return {};
  end_at(run.groups.size(), run.groups.size());
  return spans;
}

bool is_bare_expiry(std::string_view digits) {
  if (digits.size() != 4) return false;
  const int month = value_of(digits.substr(0, 2));
  return (month >= 1 && month <= 12) || digits.starts_with("202") || digits.starts_with("203");
}

bool counts_up(std::string_view text, const DigitRun& run, GroupSpan span) {
  constexpr int kStepMax = 200;
  constexpr std::size_t kGroupsMin = 3;  // of four digits; a card looks like that once in 60,000
  constexpr std::size_t kWideGroup = 6;
  constexpr std::size_t kGroupDigitsMax = 9;
  const std::size_t count = span.last - span.first;
  const std::size_t size = run.groups[span.first].size();
  if (size < 4 || size > kGroupDigitsMax || count < (size >= kWideGroup ? 2 : kGroupsMin)) return false;
  int direction = 0;
  for (std::size_t i = span.first; i + 1 < span.last; ++i) {
    if (run.groups[i + 1].size() != size) return false;
    const int step = value_of(text.substr(run.groups[i + 1].begin, size)) - value_of(text.substr(run.groups[i].begin, size));
    if (step == 0 || step > kStepMax || step < -kStepMax || direction * step < 0) return false;
    direction = step;
  }
  return true;
}

}  // namespace postern::pipeline
