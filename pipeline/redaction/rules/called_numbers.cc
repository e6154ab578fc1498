#include "pipeline/redaction/rules/called_numbers.h"

#include <algorithm>

#include "pipeline/redaction/byte_masks.h"
#include "pipeline/redaction/rules/folded_text.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kCharacterBytesMax = 4;  // UTF-8
constexpr std::size_t kMargin = 16;            // letters in another case may take a byte more; one character beside a match

bool is_continuation(char c) { return (static_cast<std::uint8_t>(c) & 0xC0U) == 0x80; }

ByteRange widened(std::string_view text, ByteRange range, std::size_t by) {
  ByteRange out{range.begin > by ? range.begin - by : 0, std::min(text.size(), range.end + by)};
  while (out.begin > 0 && is_continuation(text[out.begin])) --out.begin;
  while (out.end < text.size() && is_continuation(text[out.end])) ++out.end;
  return out;
}

bool is_ascii(std::string_view text) {
  bool is_wide = false;
  for_each_block(text, [](const char* at) { return Bytes64(at).wide(); }, [&is_wide](std::size_t, std::uint64_t wide) { return !(is_wide = wide != 0); });
  return !is_wide;
}

// Of several words in a row the longest: any blanks may stand between them.
std::string longest_word(std::string_view words) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  std::string_view longest;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find_first_of(kBlanks, at), words.size());
    if (end - at > longest.size()) longest = words.substr(at, end - at);
    at = end + 1;
  }
  return std::string(longest);
}

}  // namespace

void CalledNumbers::add(std::uint32_t pattern, const PatternShape& shape, const std::vector<std::string>& context, std::uint32_t within) {
  const auto index = static_cast<std::uint32_t>(patterns_.size());
  patterns_.push_back({pattern, shape.digits_in_row, shape.width_max - shape.digits_in_row, within});
  for (const std::string& words : context) {
    const FoldedText folded(words);
    std::vector<std::uint32_t>& users = uses_[longest_word(folded.text())];
    if (users.empty() || users.back() != index) users.push_back(index);
  }
  digits_min_ = std::min(digits_min_, shape.digits_in_row);
  reach_ = std::max(reach_, patterns_.back().reach);
  bytes_ |= shape.bytes;
  within_ = std::max<std::size_t>(within_, within);
}

void CalledNumbers::compile() {
  std::vector<std::string> forms;
  for (const auto& [text, users] : uses_) {
    WordPart part = part_of_word(text);
    for (std::string& form : part.forms) {
      words_.push_back({form.size(), part.begin, text.size() - part.end, users});
      forms.push_back(std::move(form));
    }
  }
  database_ = ScanDatabase::of_words(forms);
  uses_.clear();
}

// One text.
class CalledNumbers::Search {
 public:
  Search(const CalledNumbers& numbers, std::string_view text, std::span<const DigitRow> rows, std::vector<CandidateFinder::Place>& places)
      : numbers_(numbers), text_(text), rows_(rows), places_(places), character_bytes_(is_ascii(text) ? 1 : kCharacterBytesMax) {}

  void run() {
    const std::size_t around = distance(numbers_.within_, numbers_.reach_);
    ByteRange where;
    for (const DigitRow& row : rows_) {
      const ByteRange next = widened(text_, row.where, around);
      if (!where.empty() && next.begin <= where.end) {
        where.end = next.end;
        continue;
      }
      look_in(where);
      where = next;
    }
    look_in(where);
  }

 private:
  std::size_t distance(std::size_t within, std::size_t reach) const { return within * character_bytes_ + reach + kMargin; }

  void look_in(ByteRange where) {
    if (where.empty()) return;
    numbers_.database_.scan(text_.substr(where.begin, where.size()),
                            [this, where](std::size_t word, std::size_t end) { note(numbers_.words_[word], where.begin + end); });
  }

  void note(const Word& word, std::size_t part_end) {
    const std::size_t begin = part_end - std::min(part_end, word.size + word.before);
    const ByteRange place{begin, part_end + word.behind};
    for (const std::uint32_t pattern : word.patterns) add_rows_near(pattern, place);
  }

  // Words come in order: what was near one is not looked at again.
  void add_rows_near(std::uint32_t which, ByteRange word) {
    const Pattern& pattern = numbers_.patterns_[which];
    const std::size_t far = distance(pattern.within, pattern.reach);
    if (next_.empty()) next_.resize(numbers_.patterns_.size(), 0);
    std::size_t& next = next_[which];
    const auto first = std::lower_bound(rows_.begin() + static_cast<std::ptrdiff_t>(next), rows_.end(), word.begin,
                                        [far](const DigitRow& row, std::size_t at) { return row.where.end + far < at; });
    next = static_cast<std::size_t>(first - rows_.begin());
    for (; next < rows_.size() && rows_[next].where.begin <= word.end + far; ++next) {
      if (rows_[next].digits < pattern.digits) continue;
      places_.push_back({pattern.index, widened(text_, rows_[next].where, pattern.reach + kMargin)});
    }
  }

  const CalledNumbers& numbers_;
  std::string_view text_;  // of a search that no one keeps
  std::span<const DigitRow> rows_;
  std::vector<CandidateFinder::Place>& places_;
  std::size_t character_bytes_;
  std::vector<std::size_t> next_;  // by pattern: the first row that no place has
};

void CalledNumbers::find(std::string_view text, std::span<const DigitRow> rows, std::vector<CandidateFinder::Place>& places) const {
  if (!database_) return;
  const std::vector<DigitRow> parts = parts_of_rows(text, rows, bytes_, digits_min_);
  if (!parts.empty()) Search(*this, text, parts, places).run();
}

}  // namespace postern::pipeline
