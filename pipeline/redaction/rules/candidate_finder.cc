#include "pipeline/redaction/rules/candidate_finder.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <array>
#include <bit>
#include <bitset>
#include <functional>
#include <map>
#include <span>
#include <stdexcept>
#include <tuple>

#include "pipeline/redaction/rules/called_numbers.h"
#include "pipeline/redaction/rules/scan_database.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kManyDigits = 9;  // of account and identity numbers
constexpr std::size_t kWindowMargin = 4;  // one character, for what a pattern says of its neighbours
constexpr std::int64_t kSetMemoryMax = 16 << 20;

bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_continuation(char c) { return (static_cast<std::uint8_t>(c) & 0xC0U) == 0x80; }

// Letters in another case may take one byte more or less than these.
constexpr std::size_t kCaseSlack = 8;
constexpr std::size_t kMarkedWidthMax = 1024;  // of matches around which a look for their marks pays

constexpr std::size_t kShortWord = 3;
constexpr std::size_t kBeginsMax = 4096;  // of one pattern in one text

// Which patterns a fixed word stands for.
struct WordUse {
  std::uint32_t pattern;
  bool starts_word;
  bool ends_word;
};
struct Word {
  std::size_t size = 0;    // bytes of the part that is looked for
  std::size_t before = 0;  // bytes of the word before that part, about
  std::size_t behind = 0;
  std::vector<WordUse> uses;
};

// Words of two letters and a digit that begin a word ("jo1"): there are many of them, which Hyperscan is slow with, and few places
// where they can stand, which the planes tell.
class NumberedWords {
 public:
  // False: it is none.
  bool add(const std::string& text, const std::vector<WordUse>& uses) {
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const bool is_one = text.size() == kSize && is_letter(text[0]) && is_letter(text[1]) && text[2] >= '0' && text[2] <= '9' &&
                        std::all_of(uses.begin(), uses.end(), [](const WordUse& use) { return use.starts_word; });
    if (!is_one) return false;
    words_.emplace(text, Word{kSize, 0, 0, uses});
    begins_.set(slot_of(text[0], text[1]));
    return true;
  }
  // Calls `use(word, end)`; ascending.
  template <class Use>
  void find(std::string_view text, const TextPlanes& planes, Use use) const {
    if (words_.empty() || planes.digit_count() == 0) return;
    std::uint64_t letters_before = 0;  // of the block before
    std::uint64_t digits_before = 0;
    for (std::size_t block = 0; block < planes.blocks(); ++block) {
      const std::uint64_t letters = planes.letters(block);
      const std::uint64_t digits = planes.digits(block);
      const auto moved = [](std::uint64_t here, std::uint64_t before, unsigned by) { return here << by | before >> (kMaskBytes - by); };
      std::uint64_t left = digits & moved(letters, letters_before, 1) & moved(letters, letters_before, 2) &
                           ~moved(letters | digits, letters_before | digits_before, 3);
      letters_before = letters;
      digits_before = digits;
      for (; left != 0; left &= left - 1) {
        const std::size_t end = block * kMaskBytes + static_cast<std::size_t>(std::countr_zero(left)) + 1;
        const auto lower = [&](std::size_t back) { return static_cast<char>(text[end - back] | 0x20); };
        if (!begins_[slot_of(lower(3), lower(2))]) continue;
        const std::array<char, kSize> form{lower(3), lower(2), text[end - 1]};
        const auto word = words_.find(std::string_view(form.data(), form.size()));
        if (word != words_.end()) use(word->second, end);
      }
    }
  }

 private:
  static constexpr std::size_t kSize = 3;
  static constexpr std::size_t kLetters = 26;
  static std::size_t slot_of(char first, char second) {
    return static_cast<std::size_t>(first - 'a') * kLetters + static_cast<std::size_t>(second - 'a');
  }
  std::map<std::string, Word, std::less<>> words_;
  std::bitset<kLetters * kLetters> begins_;  // of the words
};

// What places of one pattern need.
struct PatternReach {
  std::size_t width = kUnbounded;
  std::size_t lead = kUnbounded;  // bytes of a match before its word
  std::string marks;  // each of them stands in a match
  std::bitset<256> bytes;  // no others do
};

struct WordHits {
  std::string_view text;
  const std::vector<PatternReach>& reaches;  // by pattern
  std::vector<CandidateFinder::Place>& places;
  std::vector<std::size_t> last;  // by pattern: one more than the index of its last place to search
  std::vector<std::size_t> begins;  // by pattern: how many places are beginnings

  void note(const Word& word, std::size_t part_end) {
    const std::size_t begin = part_end - std::min(part_end, word.size + word.before);
    const std::size_t end = std::min(text.size(), part_end + word.behind);
    for (const WordUse& use : word.uses) {
      if (use.starts_word && word.before == 0 && begin > 0 && is_word(text[begin - 1])) continue;
      if (use.ends_word && word.behind == 0 && end < text.size() && is_word(text[end])) continue;
      if (word.before != 0 || !add_begin(use.pattern, begin)) add(use.pattern, begin, end);
    }
  }
  // A match of the pattern begins with the word. False: it may not, or what it costs to try would not be bounded: by the width of
  // matches and by how many begin; then their surroundings are searched, where those that touch are one.
  bool add_begin(std::uint32_t pattern, std::size_t begin) {
    const PatternReach& reach = reaches[pattern];
    if (reach.lead != 0 || reach.width > kMarkedWidthMax) return false;
    if (begins.empty()) begins.resize(reaches.size(), 0);
    if (begins[pattern] == kBeginsMax) return false;
    ByteRange where{begin, std::min(text.size(), begin + reach.width + kCaseSlack)};
    while (where.end < text.size() && is_continuation(text[where.end])) ++where.end;
    if (!may_match(pattern, where)) return true;
    // No match goes beyond a byte that stands in none; most links end before the mark that a password in one needs.
    if (!reach.marks.empty() && !may_match(pattern, {begin, known_end(pattern, where)})) return true;
    places.push_back({pattern, where, true});
    ++begins[pattern];
    return true;
  }
  // Where the first byte of `where` stands that is in no match.
  std::size_t known_end(std::uint32_t pattern, ByteRange where) const {
    std::size_t end = where.begin;
    while (end < where.end && reaches[pattern].bytes[static_cast<std::uint8_t>(text[end])]) ++end;
    return end;
  }
  bool may_match(std::uint32_t pattern, ByteRange where) const {
    if (reaches[pattern].width > kMarkedWidthMax) return true;
    const std::string_view here = text.substr(where.begin, where.size());
    return std::all_of(reaches[pattern].marks.begin(), reaches[pattern].marks.end(),
                       [here](char mark) { return here.find(mark) != std::string_view::npos; });
  }
  void add(std::uint32_t pattern, std::size_t begin, std::size_t end) {
    const std::size_t width = reaches[pattern].width;
    ByteRange where{0, text.size()};
    if (width <= kNeighbourhoodMax) {
      const std::size_t before = std::min(reaches[pattern].lead, width - std::min(width, end - begin)) + kCaseSlack;
      where.begin = begin > before ? begin - before : 0;
      where.end = std::min(text.size(), begin + width + kCaseSlack);
      while (where.begin > 0 && is_continuation(text[where.begin])) --where.begin;
      while (where.end < text.size() && is_continuation(text[where.end])) ++where.end;
    }
    if (!may_match(pattern, where)) return;
    if (last.empty()) last.resize(reaches.size(), 0);
    if (last[pattern] > 0 && where.begin <= places[last[pattern] - 1].where.end) {
      ByteRange& known = places[last[pattern] - 1].where;
      known.begin = std::min(known.begin, where.begin);
      known.end = std::max(known.end, where.end);
      return;
    }
    places.push_back({pattern, where});
    last[pattern] = places.size();
  }
};

std::vector<SoughtPattern> sought_of(const std::vector<std::string>& patterns) {
  std::vector<SoughtPattern> sought;
  for (const std::string& pattern : patterns) sought.push_back({pattern, {}, 0});
  return sought;
}

// In order; those of one pattern that touch become one, unless a match begins where they do.
void join_touching(std::vector<CandidateFinder::Place>& places) {
  std::sort(places.begin(), places.end(), [](const CandidateFinder::Place& a, const CandidateFinder::Place& b) {
    return std::tie(a.pattern, a.is_begin, a.where.begin) < std::tie(b.pattern, b.is_begin, b.where.begin);
  });
  std::size_t kept = 0;
  for (const CandidateFinder::Place& place : places) {
    CandidateFinder::Place* const before = kept > 0 ? &places[kept - 1] : nullptr;
    const bool is_like = before != nullptr && before->pattern == place.pattern && before->is_begin == place.is_begin;
    if (is_like && (place.is_begin ? place.where.begin == before->where.begin : place.where.begin <= before->where.end)) {
      before->where.end = std::max(before->where.end, place.where.end);
    } else {
      places[kept++] = place;
    }
  }
  places.resize(kept);
}

}  // namespace

CandidateWay way_of(const PatternShape& shape) {
  const std::size_t shortest = shape.shortest_anchor();
  if (shortest >= kAnchorBytesMin) return CandidateWay::kWords;
  if (shape.digits_in_row >= kRowDigitsMin && shape.width_max <= kRowWidthMax) return CandidateWay::kDigits;
  const bool is_rare = std::all_of(shape.anchors.begin(), shape.anchors.end(), [](const PatternAnchor& anchor) {
    if (anchor.text.size() + 1 >= kAnchorBytesMin && (anchor.starts_word || anchor.ends_word)) return true;
    return std::any_of(anchor.text.begin(), anchor.text.end(), [](char c) { return !is_word(c) && std::string_view(" \t\r\n.,-:/").find(c) == std::string_view::npos; });
  });
  return shortest > 0 && is_rare ? CandidateWay::kWords : CandidateWay::kWhole;
}

std::string hyperscan_problem(const std::string& pattern) { return ScanDatabase::problem_of(pattern); }

// The patterns for numbers that need about as many digits.
struct RowTier {
  std::unique_ptr<re2::RE2::Set> patterns;
  std::vector<std::uint32_t> indexes;  // by index in the set
  std::size_t digits_min = kUnbounded;
  std::size_t reach = 0;  // bytes of a match before or behind its row
  std::size_t width_min = kUnbounded;
  std::bitset<256> bytes;  // of all matches

  void add(const std::string& pattern, std::uint32_t index, const PatternShape& shape, const re2::RE2::Options& options) {
    if (!patterns) patterns = std::make_unique<re2::RE2::Set>(options, re2::RE2::UNANCHORED);
    std::string reason;
    if (patterns->Add(pattern, &reason) < 0) throw std::runtime_error(reason);
    indexes.push_back(index);
    digits_min = std::min(digits_min, shape.digits_in_row);
    reach = std::max(reach, shape.width_max - shape.digits_in_row);
    width_min = std::min(width_min, shape.width_min);
    bytes |= shape.bytes;
  }

  void find(std::string_view text, std::span<const DigitRow> rows, std::vector<CandidateFinder::Place>& places) const {
    if (!patterns) return;
    std::vector<int> matched;
    ByteRange window;
    const auto look = [&] {
      if (window.empty()) return;
      const re2::StringPiece here{text.data() + window.begin, window.size()};
      // Whether any of them matches costs less to ask, and most do not.
      if (re2::RE2::Set::ErrorInfo error{}; !patterns->Match(here, nullptr, &error) && error.kind == re2::RE2::Set::kNoError) return;
      re2::RE2::Set::ErrorInfo error{};
      matched.clear();
      if (patterns->Match(here, &matched, &error)) {
        for (int index : matched) places.push_back({indexes[static_cast<std::size_t>(index)], window});
      } else if (error.kind != re2::RE2::Set::kNoError) {  // out of memory for its automaton: all of them may match
        for (std::uint32_t pattern : indexes) places.push_back({pattern, window});
      }
    };
    for (const DigitRow& row : parts_of_rows(text, rows, bytes, digits_min)) {
      const ByteRange around = reach_of(text, row.where, reach, bytes);
      if (around.size() < width_min) continue;
      std::size_t begin = around.begin > kWindowMargin ? around.begin - kWindowMargin : 0;
      std::size_t end = std::min(text.size(), around.end + kWindowMargin);
      while (begin > 0 && is_continuation(text[begin])) --begin;
      while (end < text.size() && is_continuation(text[end])) ++end;
      if (begin <= window.end && !window.empty()) {
        window.end = end;
        continue;
      }
      look();
      window = {begin, end};
    }
    look();
  }
};

struct CandidateFinder::Engines {
  std::vector<PatternReach> reaches;  // by pattern

  // Hyperscan looks faster for few short words, and for many longer ones, than for both at once.
  struct WordList {
    ScanDatabase database;
    std::vector<Word> words;  // by index in the database
  };
  std::array<WordList, 2> words;  // of up to kShortWord bytes, and others
  NumberedWords numbered_words;

  std::array<RowTier, 2> tiers;  // few digits, many digits
  CalledNumbers called;

  ScanDatabase whole_database;
  std::vector<std::uint32_t> whole_indexes;

  void compile_words(const std::map<std::string, std::vector<WordUse>>& uses);
  void find_around_digits(std::string_view text, const TextPlanes& planes, std::vector<Place>& places) const;
};

void CandidateFinder::Engines::compile_words(const std::map<std::string, std::vector<WordUse>>& uses) {
  std::array<std::vector<std::string>, 2> forms;
  for (const auto& [text, users] : uses) {
    if (numbered_words.add(text, users)) continue;
    WordPart part = part_of_word(text);
    for (std::string& form : part.forms) {
      const std::size_t list = form.size() <= kShortWord ? 0 : 1;
      words[list].words.push_back({form.size(), part.begin, text.size() - part.end, users});
      forms[list].push_back(std::move(form));
    }
  }
  for (std::size_t list = 0; list < words.size(); ++list) words[list].database = ScanDatabase::of_words(forms[list]);
}

CandidateFinder::CandidateFinder(const std::vector<std::string>& patterns) : CandidateFinder(sought_of(patterns)) {}

CandidateFinder::CandidateFinder(const std::vector<SoughtPattern>& patterns) : engines_(std::make_unique<Engines>()) {
  Engines& engines = *engines_;
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kSetMemoryMax);
  std::map<std::string, std::vector<WordUse>> uses;
  std::vector<std::string> whole;
  for (std::uint32_t index = 0; index < patterns.size(); ++index) {
    const SoughtPattern& pattern = patterns[index];
    const PatternShape shape = shape_of_pattern(pattern.text);
    engines.reaches.push_back({shape.width_max, shape.lead_max, shape.marks, shape.bytes});
    switch (way_of(shape)) {
      case CandidateWay::kWords:
        for (const PatternAnchor& anchor : shape.anchors) uses[anchor.text].push_back({index, anchor.starts_word, anchor.ends_word});
        break;
      case CandidateWay::kDigits:
        if (!pattern.context.empty()) {
          engines.called.add(index, shape, pattern.context, pattern.context_within);
        } else {
          engines.tiers[shape.digits_in_row < kManyDigits ? 0 : 1].add(pattern.text, index, shape, options);
        }
        break;
      case CandidateWay::kWhole:
        engines.whole_indexes.push_back(index);
        whole.push_back(pattern.text);
        break;
    }
  }
  engines.compile_words(uses);
  engines.called.compile();
  engines.whole_database = ScanDatabase::of_patterns(whole);
  for (RowTier& tier : engines.tiers) {
    if (tier.patterns && !tier.patterns->Compile()) throw std::runtime_error("the patterns for numbers are too large together");
  }
}

CandidateFinder::~CandidateFinder() = default;
CandidateFinder::CandidateFinder(CandidateFinder&&) noexcept = default;

void CandidateFinder::Engines::find_around_digits(std::string_view text, const TextPlanes& planes, std::vector<Place>& places) const {
  const std::size_t least = std::min({tiers[0].digits_min, tiers[1].digits_min, called.digits_min(), kRowDigitsMost});
  if (!tiers[0].patterns && !tiers[1].patterns && called.empty()) return;
  const std::vector<DigitRow> rows = digit_rows(planes, least);
  if (rows.empty()) return;
  for (const RowTier& tier : tiers) tier.find(text, rows, places);
  called.find(text, rows, places);
}

std::vector<CandidateFinder::Place> CandidateFinder::find(std::string_view text) const { return find(text, TextPlanes(text)); }

std::vector<CandidateFinder::Place> CandidateFinder::find(std::string_view text, const TextPlanes& planes) const {
  const Engines& engines = *engines_;
  std::vector<Place> places;
  WordHits hits{text, engines.reaches, places, {}, {}};
  for (const Engines::WordList& list : engines.words) {
    if (!list.database) continue;
    hits.last.clear();  // the next words are told from the text's beginning again
    list.database.scan(text, [&](std::size_t word, std::size_t end) { hits.note(list.words[word], end); });
  }
  if (engines.whole_database) {
    engines.whole_database.scan(text, [&](std::size_t pattern, std::size_t) { places.push_back({engines.whole_indexes[pattern], {0, text.size()}}); });
  }
  hits.last.clear();
  engines.numbered_words.find(text, planes, [&hits](const Word& word, std::size_t end) { hits.note(word, end); });
  engines.find_around_digits(text, planes, places);
  join_touching(places);
  return places;
}

}  // namespace postern::pipeline
