#include "pipeline/redaction/spread_reader.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/secret.h"
#include "pipeline/redaction/issuers.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kMarkBytesMax = 10;

// What people put between the parts of a number that they spell out.
constexpr std::string_view kFillWords[] = {"and",  "then",  "next",  "first", "second", "third", "fourth", "last",  "four",   "digits", "digit", "group",
                                           "part", "block", "piece", "the",   "are",    "is",    "by",     "with",  "plus",   "und",    "dann",  "danach",
                                           "et",   "puis",  "y",     "luego", "e",      "poi",   "en",     "vervolgens", "i", "finally", "ends", "ending"};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\x02'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '\x03'; }

std::string_view trimmed(std::string_view gap) {
  while (!gap.empty() && is_blank(gap.front())) gap.remove_prefix(1);
  while (!gap.empty() && is_blank(gap.back())) gap.remove_suffix(1);
  return gap;
}

// But for blanks.
bool is_same_mark(std::string_view one, std::string_view other) {
  if (one.size() == 1 && other.size() == 1) return one[0] == other[0] || (is_blank(one[0]) && is_blank(other[0]));
  std::size_t at = 0;
  for (char c : one) {
    if (is_blank(c)) continue;
    while (at < other.size() && is_blank(other[at])) ++at;
    if (at == other.size() || other[at++] != c) return false;
  }
  return std::all_of(other.begin() + static_cast<std::ptrdiff_t>(at), other.end(), is_blank);
}

bool is_mark(std::string_view trimmed_gap) {
  return trimmed_gap.size() <= kMarkBytesMax && std::none_of(trimmed_gap.begin(), trimmed_gap.end(), is_letter);
}

// What stands between the members of lists and between amounts as well.
bool is_of_lists(std::string_view trimmed_gap) {
  return std::any_of(trimmed_gap.begin(), trimmed_gap.end(), [](char c) {
    return std::string_view(",;$%&'+\x01").find(c) != std::string_view::npos || static_cast<unsigned char>(c) >= 0x80;
  });
}

// Marks and words of kFillWords only.
bool is_fill(std::string_view gap) {
  for (std::size_t at = 0; at < gap.size();) {
    if (!is_letter(gap[at])) {
      ++at;
      continue;
    }
    std::string word;
    for (; at < gap.size() && is_letter(gap[at]); ++at) word.push_back(static_cast<char>(gap[at] | 0x20));
    if (std::find(std::begin(kFillWords), std::end(kFillWords), word) == std::end(kFillWords)) return false;
  }
  return true;
}

// "second four: ", "digit 3 is ": says itself that these are parts of one number.
bool names_digits(std::string_view gap) { return gap.find("digit") != std::string_view::npos || gap.find("four") != std::string_view::npos; }

bool has_line_end(std::string_view gap) {
  return gap.find('\n') != std::string_view::npos || gap.find("\u2028") != std::string_view::npos || gap.find("\u2029") != std::string_view::npos ||
         gap.find("\u0085") != std::string_view::npos;
}

// What digit_run.h takes into one number, whatever the layout (soft) or in printed layouts. '>' begins quoted lines.
bool is_soft_gap(std::string_view gap) {
  const bool may_quote = gap.find('\n') != std::string_view::npos;
  return std::all_of(gap.begin(), gap.end(), [may_quote](char c) { return is_blank(c) || c == '-' || (may_quote && c == '>'); });
}
bool is_run_gap(std::string_view gap) {
  return is_soft_gap(gap) || (gap.size() == 1 && std::string_view(".,_|/:*+").find(gap[0]) != std::string_view::npos);
}

bool is_expiry(std::string_view four) {
  const int month = (four[0] - '0') * 10 + (four[1] - '0');
  const int year = (four[2] - '0') * 10 + (four[3] - '0');
  constexpr int kYearFirst = 20;
  constexpr int kYearLast = 45;
  return month >= 1 && month <= 12 && year >= kYearFirst && year <= kYearLast;
}

}  // namespace

// Of the gaps inside some groups.
struct SpreadReader::Gaps {
  bool are_near = true;   // none is wider than kSpreadGapMax
  bool are_alike = true;  // but for blanks
  bool are_marks = true;
  bool are_fills = true;
  bool are_of_run = true;
  bool has_mixed_marks = false;  // two that are no blanks and not the same
  bool is_of_lists = false;
  bool are_line_ends = true;
  bool name_digits = false;
};

std::string_view SpreadReader::gap_behind(std::size_t group) const {
  return text_.substr(groups_[group].end, groups_[group + 1].begin - groups_[group].end);
}

bool SpreadReader::is_near_next(std::size_t group) const {
  return group + 1 < groups_.size() && groups_[group + 1].begin - groups_[group].end <= kSpreadGapMax;
}

SpreadReader::Gaps SpreadReader::look_at_gaps(std::size_t first, std::size_t last) const {
  Gaps out;
  std::string_view mark;
  for (std::size_t i = first; i + 1 < last; ++i) {
    if (!is_near_next(i)) return {.are_near = false};
    const std::string_view gap = gap_behind(i);
    const std::string_view inner = trimmed(gap);
    if (i > first && !is_same_mark(inner, gap_behind(first))) out.are_alike = false;
    if (!inner.empty() && !mark.empty() && !is_same_mark(inner, mark)) out.has_mixed_marks = true;
    if (!inner.empty()) mark = inner;
    out.are_marks = out.are_marks && is_mark(inner);
    out.are_fills = out.are_fills && is_fill(gap);
    out.are_of_run = out.are_of_run && is_run_gap(gap);
    out.is_of_lists = out.is_of_lists || is_of_lists(inner);
    out.are_line_ends = out.are_line_ends && has_line_end(gap);
    out.name_digits = out.name_digits || names_digits(gap);
  }
  return out;
}

// Groups of a layout that is printed on cards, from `first` on; 0: there is none.
std::size_t SpreadReader::printed_groups_at(std::size_t first) const {
  const auto size = [&](std::size_t i) { return first + i < groups_.size() ? groups_[first + i].size() : 0U; };
  if (size(0) != 4) return 0;
  if (size(1) == 6 && (size(2) == 5 || size(2) == 4)) return 3;
  if (size(1) == 3 && size(2) == 3 && size(3) == 3) return 4;
  if (size(1) != 4 || size(2) != 4 || size(3) != 4) return 0;
  return 4;
}

// More of the same stands before or behind: a list. A date of expiry behind is none.
bool SpreadReader::goes_on(std::size_t first, std::size_t last) const {
  const std::string_view mark = gap_behind(first);
  const std::uint32_t size = groups_[first].size();
  if (first > 0 && is_near_next(first - 1) && is_same_mark(gap_behind(first - 1), mark) && groups_[first - 1].size() == size) return true;
  if (!is_near_next(last - 1) || !is_same_mark(gap_behind(last - 1), mark) || groups_[last].size() != size) return false;
  constexpr std::uint32_t kExpiryDigits = 4;
  return size != kExpiryDigits || !is_expiry(text_.substr(groups_[last].begin, size));
}

// The check digit; no issuer's numbers begin with 0.
bool SpreadReader::passes(std::size_t first, std::size_t last) const {
  if (text_[groups_[first].begin] == '0') return false;
  std::array<char, kCardDigitsMax> digits{};
  std::size_t count = 0;
  for (std::size_t i = first; i < last; ++i) {
    for (std::size_t at = groups_[i].begin; at < groups_[i].end && count < digits.size(); ++at) digits[count++] = text_[at];
  }
  const bool passes = passes_luhn({digits.data(), count});
  core::wipe(digits.data(), digits.size());
  return passes;
}

bool SpreadReader::add(std::vector<ByteRange> groups, CardNeed need, std::size_t zeros) {
  std::string digits;
  const WipedAtExit wiped(digits);
  digits.reserve(kCardDigitsMax + 1);
  for (ByteRange group : groups) digits += text_.substr(group.begin, group.size());
  digits.append(zeros, '0');
  const auto issuer = issuer_of(digits);
  if (!issuer || !passes_luhn(digits)) return false;
  found_.push_back({issuer->brand, std::move(groups), issuer->strength == IssuerStrength::kStrong ? need : CardNeed::kCalled});
  return true;
}

CardNeed SpreadReader::need_of(const Gaps& gaps, bool is_longer) {
  if (is_longer) return CardNeed::kCalled;
  if (gaps.are_fills && gaps.name_digits) return CardNeed::kNothing;
  if (gaps.are_alike && gaps.are_marks) return gaps.is_of_lists ? CardNeed::kContext : CardNeed::kNothing;
  const bool has_one_mark = gaps.are_marks && !gaps.has_mixed_marks && !gaps.is_of_lists;
  return has_one_mark || (gaps.are_fills && !gaps.are_marks && !gaps.is_of_lists) ? CardNeed::kContext : CardNeed::kCalled;
}

void SpreadReader::try_printed(std::size_t first) {
  const std::size_t count = printed_groups_at(first);
  if (count == 0) return;
  const auto groups = [&](std::size_t n) {
    std::vector<ByteRange> out;
    for (std::size_t i = first; i < first + n; ++i) out.push_back({groups_[i].begin, groups_[i].end});
    return out;
  };
  constexpr std::size_t kRestMax = 3;  // 4-4-4-4-3
  for (std::size_t n : {count + 1, count}) {
    const bool is_longer = n > count;
    if (is_longer && (groups_[first + count - 1].size() != 4 || count != 4 || first + n > groups_.size() || groups_[first + count].size() > kRestMax)) continue;
    if (!passes(first, first + n)) continue;
    const Gaps gaps = look_at_gaps(first, first + n);
    if (!gaps.are_near || gaps.are_of_run) continue;
    const bool has_one_mark = gaps.are_marks && !gaps.has_mixed_marks;
    if (!gaps.are_alike && !gaps.are_fills && !has_one_mark) continue;
    if (add(groups(n), need_of(gaps, goes_on(first, first + n)))) return;
  }
}

// The end of the row of groups from `first` on whose gaps are alike.
std::size_t SpreadReader::row_end(std::size_t first) const {
  if (!is_near_next(first)) return first + 1;
  const std::string_view mark = gap_behind(first);
  std::size_t last = first + 2;
  while (is_near_next(last - 1) && is_same_mark(gap_behind(last - 1), mark)) ++last;
  return last;
}

void SpreadReader::try_row(std::size_t first, std::size_t last) {
  if (last - first < 2 || last - first > kCardDigitsMax) return;
  std::size_t total = 0;
  bool is_even = true;
  for (std::size_t i = first; i < last; ++i) {
    total += groups_[i].size();
    is_even = is_even && groups_[i].size() == groups_[first].size();
  }
  if (total < kSpreadDigitsMin || total > kCardDigitsMax || !passes(first, last)) return;
  const Gaps gaps = look_at_gaps(first, last);
  const bool is_single = is_even && groups_[first].size() == 1;
  if (gaps.are_of_run && is_soft_gap(gap_behind(first)) && !gaps.are_line_ends) return;
  if (!gaps.are_marks && !is_even) return;
  std::vector<ByteRange> groups;
  for (std::size_t i = first; i < last; ++i) groups.push_back({groups_[i].begin, groups_[i].end});
  add(std::move(groups), is_single && gaps.are_marks && gaps.are_line_ends ? CardNeed::kNothing : CardNeed::kCalled);
}

// As it is written without zeros before it.
bool SpreadReader::is_number(Group group, std::size_t number) const {
  if (group.size() > 2 || (group.size() == 1) != (number < 10)) return false;
  std::size_t value = 0;
  for (std::size_t at = group.begin; at < group.end; ++at) value = value * 10 + static_cast<std::size_t>(text_[at] - '0');
  return value == number;
}

// "1: 4111, 2: 1111 …", "digit 1 is 4, digit 2 is 1 …": numbers that count are no part of the number.
void SpreadReader::try_counted(std::size_t first) {
  std::array<std::size_t, kCardDigitsMax + 1> kept{};  // groups, one digit each at least
  std::size_t count = 0;
  std::size_t expected = 1;
  std::size_t total = 0;
  bool was_count = false;
  bool is_uneven = false;
  for (std::size_t i = first; i < groups_.size() && total <= kCardDigitsMax; ++i) {
    if (!was_count && is_number(groups_[i], expected) && is_near_next(i) && !trimmed(gap_behind(i)).empty()) {
      was_count = true;
      ++expected;
    } else if (i == first) {
      return;
    } else {
      was_count = false;
      if (is_uneven) return;  // the parts of a number are of one size, but for the last
      is_uneven = count > 0 && groups_[i].size() != groups_[kept[0]].size();
      total += groups_[i].size();
      kept[count++] = i;
    }
    if (!is_near_next(i)) break;
  }
  constexpr std::size_t kCountsMin = 2;
  if (expected <= kCountsMin || total < kSpreadDigitsMin || total > kCardDigitsMax) return;
  std::vector<ByteRange> groups;
  for (std::size_t i = 0; i < count; ++i) groups.push_back({groups_[kept[i]].begin, groups_[kept[i]].end});
  const bool is_named = names_digits(text_.substr(groups.front().begin, groups.back().end - groups.front().begin));
  add(std::move(groups), is_named ? CardNeed::kNothing : CardNeed::kCalled);
}

// Zeros before a number, or its expiry behind it.
void SpreadReader::try_padded(std::size_t group) {
  constexpr std::size_t kSizeMin = 14;
  constexpr std::size_t kSizeMax = 20;
  constexpr std::size_t kExpiryDigits = 4;
  const ByteRange range{groups_[group].begin, groups_[group].end};
  if (range.size() < kSizeMin || range.size() > kSizeMax) return;
  const std::string_view digits = text_.substr(range.begin, range.size());
  const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
  const std::string_view number = zeros > 0 ? digits.substr(zeros) : digits.substr(0, digits.size() - kExpiryDigits);
  if (zeros == 0 && !is_expiry(digits.substr(digits.size() - kExpiryDigits))) return;
  constexpr std::size_t kUsualMin = 13;
  constexpr std::size_t kUsualMax = 16;
  if (number.size() < kUsualMin || number.size() > kUsualMax) return;
  const auto issuer = issuer_of(number);
  if (!issuer || !passes_luhn(number)) return;
  found_.push_back({issuer->brand, {range}, CardNeed::kCalled});
}

// "4.111111111111111E+15": all digits of the number are there.
void SpreadReader::try_exponent(std::size_t group) {
  const Group part = groups_[group];
  if (group == 0 || part.end + 1 >= text_.size() || (text_[part.end] | 0x20) != 'e') return;
  const Group whole = groups_[group - 1];
  if (whole.size() != 1 || whole.end + 1 != part.begin || (text_[whole.end] != '.' && text_[whole.end] != ',')) return;
  if (whole.begin > 0 && (text_[whole.begin - 1] == '.' || is_letter(text_[whole.begin - 1]))) return;
  const std::size_t at = part.end + (text_[part.end + 1] == '+' ? 2 : 1);
  constexpr std::size_t kExponentDigits = 2;
  if (group + 1 >= groups_.size() || groups_[group + 1].begin != at || groups_[group + 1].size() > kExponentDigits + 1) return;
  std::size_t exponent = 0;
  for (char c : text_.substr(at, groups_[group + 1].size())) exponent = exponent * 10 + static_cast<std::size_t>(c - '0');
  constexpr std::size_t kZerosMax = 1;  // at the number's end, which is not written
  constexpr std::size_t kUsualMax = 16;
  if (exponent < part.size() || exponent > part.size() + kZerosMax || exponent + 1 < kSpreadDigitsMin) return;
  const CardNeed need = exponent + 1 <= kUsualMax ? CardNeed::kNothing : CardNeed::kCalled;
  add({{whole.begin, whole.end}, {part.begin, part.end}}, need, exponent - part.size());
}

std::vector<SpreadCandidate> SpreadReader::read() {
  std::size_t row = 0;  // where the last row ends: rows share at most one group
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const std::uint32_t size = groups_[i].size();
    if (size == 4) try_printed(i);
    if (size == 1 && text_[groups_[i].begin] == '1') try_counted(i);
    if (size >= kSpreadDigitsMin) try_padded(i);
    if (size >= kCardDigitsMin - 2) try_exponent(i);
    if (i + 1 < row) continue;
    row = row_end(i);
    try_row(i, row);
  }
  return std::move(found_);
}

}  // namespace postern::pipeline
