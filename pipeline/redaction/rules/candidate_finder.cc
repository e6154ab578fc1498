#include "pipeline/redaction/rules/candidate_finder.h"

#include <hs/hs.h>
#include <re2/re2.h>
#include <re2/set.h>
#include <unicode/uset.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <map>
#include <span>
#include <stdexcept>

#include "pipeline/redaction/byte_masks.h"

namespace postern::pipeline {
namespace {

constexpr unsigned kPatternFlags = HS_FLAG_SINGLEMATCH | HS_FLAG_UTF8;
static_assert((kRowDigitsMost - 1) * (kDigitGapMax + 1) < kMaskBytes);  // so many digits of a row stand in two blocks
constexpr std::size_t kManyDigits = 9;  // of account and identity numbers
constexpr std::size_t kWindowMargin = 4;  // one character, for what a pattern says of its neighbours
constexpr std::int64_t kSetMemoryMax = 16 << 20;

bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_continuation(char c) { return (static_cast<std::uint8_t>(c) & 0xC0U) == 0x80; }

struct FreeDatabase {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
};
using Database = std::unique_ptr<hs_database_t, FreeDatabase>;

// Scratch of the thread for the finder that used it last. Never held across a suspension: find() is not a coroutine.
struct Scratch {
  hs_scratch_t* memory = nullptr;
  std::uint64_t owner = 0;
  ~Scratch() { hs_free_scratch(memory); }
};
thread_local Scratch finder_scratch;
std::atomic<std::uint64_t> next_finder{1};

Database compiled_or_throw(hs_database_t* database, hs_compile_error_t* error) {
  if (error == nullptr) return Database(database);
  const std::string reason = error->message;
  hs_free_compile_error(error);
  throw std::runtime_error(reason);
}

// Letters in another case may take one byte more or less than these.
constexpr std::size_t kCaseSlack = 8;
constexpr std::size_t kMarkedWidthMax = 1024;  // of matches around which a look for their marks pays

// The part of a word that is looked for: Hyperscan ignores the case of ASCII letters, of others each form is looked for.
struct WordPart {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::vector<std::string> forms{""};
};

std::string utf8_of(UChar32 c) {
  std::array<std::uint8_t, U8_MAX_LENGTH> bytes{};
  std::int32_t size = 0;
  U8_APPEND_UNSAFE(bytes.data(), size, c);
  return {reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size)};
}

// The character in all its cases.
std::vector<std::string> cases_of(UChar32 c) {
  if (c < 0x80) return {utf8_of(c)};
  const std::unique_ptr<USet, decltype(&uset_close)> set(uset_open(c, c), uset_close);
  uset_closeOver(set.get(), USET_CASE_INSENSITIVE);
  std::vector<std::string> out;
  for (std::int32_t i = 0; i < uset_size(set.get()); ++i) {
    if (const UChar32 one = uset_charAt(set.get(), i); one >= 0) out.push_back(utf8_of(one));
  }
  return out;
}

WordPart part_from(std::string_view word, std::size_t begin) {
  constexpr std::size_t kEnough = 4;
  WordPart part{begin, begin, {""}};
  while (part.end < word.size() && part.end - begin < kEnough) {
    auto at = static_cast<std::int64_t>(part.end);
    UChar32 c = 0;
    U8_NEXT(reinterpret_cast<const std::uint8_t*>(word.data()), at, static_cast<std::int64_t>(word.size()), c);
    std::vector<std::string> longer;
    for (const std::string& form : part.forms) {
      for (const std::string& one : cases_of(std::max(c, 0))) longer.push_back(form + one);
    }
    part.forms = std::move(longer);
    part.end = static_cast<std::size_t>(at);
  }
  return part;
}

// Of a word in ASCII the whole; else the four bytes and more with the fewest forms.
WordPart part_of(std::string_view word) {
  if (std::all_of(word.begin(), word.end(), [](char c) { return static_cast<std::uint8_t>(c) < 0x80; })) return {0, word.size(), {std::string(word)}};
  WordPart best = part_from(word, 0);
  for (std::size_t begin = 1; begin < word.size(); ++begin) {
    if (is_continuation(word[begin])) continue;
    WordPart part = part_from(word, begin);
    const bool is_shorter = part.end - part.begin < std::min<std::size_t>(4, best.end - best.begin);
    if (!is_shorter && part.forms.size() < best.forms.size()) best = std::move(part);
  }
  return best;
}

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

// What places of one pattern need.
struct PatternReach {
  std::size_t width = kUnbounded;
  std::string marks;  // each of them stands in a match
};

struct WordHits {
  std::string_view text;
  const std::vector<Word>& words;
  const std::vector<PatternReach>& reaches;  // by pattern
  std::vector<CandidateFinder::Place>& places;
  std::vector<std::size_t> last;  // by pattern: one more than the index of its last place

  void note(std::size_t id, std::size_t part_end) {
    const Word& word = words[id];
    const std::size_t begin = part_end - std::min(part_end, word.size + word.before);
    const std::size_t end = std::min(text.size(), part_end + word.behind);
    for (const WordUse& use : word.uses) {
      if (use.starts_word && word.before == 0 && begin > 0 && is_word(text[begin - 1])) continue;
      if (use.ends_word && word.behind == 0 && end < text.size() && is_word(text[end])) continue;
      add(use.pattern, begin, end);
    }
  }
  void add(std::uint32_t pattern, std::size_t begin, std::size_t end) {
    const std::size_t width = reaches[pattern].width;
    ByteRange where{0, text.size()};
    if (width <= kNeighbourhoodMax) {
      where.begin = end > width + kCaseSlack ? end - width - kCaseSlack : 0;
      where.end = std::min(text.size(), begin + width + kCaseSlack);
      while (where.begin > 0 && is_continuation(text[where.begin])) --where.begin;
      while (where.end < text.size() && is_continuation(text[where.end])) ++where.end;
    }
    if (width <= kMarkedWidthMax) {
      const std::string_view here = text.substr(where.begin, where.size());
      for (char mark : reaches[pattern].marks) {
        if (here.find(mark) == std::string_view::npos) return;
      }
    }
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

int on_word(unsigned id, unsigned long long, unsigned long long to, unsigned, void* context) {
  static_cast<WordHits*>(context)->note(id, static_cast<std::size_t>(to));
  return 0;
}

struct WholeHits {
  std::size_t size;
  const std::vector<std::uint32_t>& patterns;
  std::vector<CandidateFinder::Place>& places;
};
int on_whole(unsigned id, unsigned long long, unsigned long long, unsigned, void* context) {
  auto& hits = *static_cast<WholeHits*>(context);
  hits.places.push_back({hits.patterns[id], {0, hits.size}});
  return 0;
}

// The digits of the block that begins at `at`; of the last one those of its bytes that are there.
std::uint64_t digits_at(std::string_view text, std::size_t at) {
  if (text.size() - at >= kMaskBytes) return Bytes64(text.data() + at).digits();
  if (text.size() >= kMaskBytes) return Bytes64(text.data() + text.size() - kMaskBytes).digits() >> (at + kMaskBytes - text.size());
  std::uint64_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) digits |= std::uint64_t{text[i] >= '0' && text[i] <= '9'} << i;
  return digits;
}

void check_scan(hs_error_t outcome) {
  if (outcome != HS_SUCCESS) throw std::runtime_error("hs_scan failed");  // the caller answers 4xx: fail closed
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

std::string hyperscan_problem(const std::string& pattern) {
  hs_compile_error_t* error = nullptr;
  hs_database_t* database = nullptr;
  hs_compile(pattern.c_str(), kPatternFlags, HS_MODE_BLOCK, nullptr, &database, &error);
  const Database owned(database);
  if (error == nullptr) return {};
  std::string reason = error->message;
  hs_free_compile_error(error);
  return reason;
}

std::vector<DigitRow> digit_rows(std::string_view text, std::size_t digits) {
  std::vector<DigitRow> rows;
  DigitRow row;
  std::uint64_t before = 0;  // the digits of the block before
  bool is_followed = false;  // `row` knows of these
  const auto note = [&](std::size_t block, std::uint64_t left) {
    for (; left != 0; left &= left - 1) {
      const std::size_t digit = block + static_cast<std::size_t>(std::countr_zero(left));
      if (row.digits == 0 || digit - row.where.end > kDigitGapMax) {
        if (row.digits >= digits) rows.push_back(row);
        row = {{digit, digit}, 0};
      }
      row.where.end = digit + 1;
      ++row.digits;
    }
  };
  for (std::size_t block = 0; block < text.size(); block += kMaskBytes) {
    const std::uint64_t here = digits_at(text, block);
    // A row that is long enough has so many digits in two blocks, wherever it stands.
    const bool is_dense = static_cast<std::size_t>(std::popcount(before) + std::popcount(here)) >= digits;
    if (is_dense && !is_followed && before != 0) note(block - kMaskBytes, before);
    if (is_dense || row.digits > 0) note(block, here);
    is_followed = is_dense || row.digits > 0;
    if (!is_dense && row.digits > 0 && block + kMaskBytes - row.where.end > kDigitGapMax) {
      if (row.digits >= digits) rows.push_back(row);
      row = {};
    }
    before = here;
  }
  if (row.digits >= digits) rows.push_back(row);
  return rows;
}

// The patterns for numbers that need about as many digits.
struct RowTier {
  std::unique_ptr<re2::RE2::Set> patterns;
  std::vector<std::uint32_t> indexes;  // by index in the set
  std::size_t digits_min = kUnbounded;
  std::size_t reach = 0;  // bytes of a match before or behind its row

  void add(const std::string& pattern, std::uint32_t index, const PatternShape& shape, const re2::RE2::Options& options) {
    if (!patterns) patterns = std::make_unique<re2::RE2::Set>(options, re2::RE2::UNANCHORED);
    std::string reason;
    if (patterns->Add(pattern, &reason) < 0) throw std::runtime_error(reason);
    indexes.push_back(index);
    digits_min = std::min(digits_min, shape.digits_in_row);
    reach = std::max(reach, shape.width_max - shape.digits_in_row);
  }

  void find(std::string_view text, std::span<const DigitRow> rows, std::vector<CandidateFinder::Place>& places) const {
    if (!patterns) return;
    std::vector<int> matched;
    ByteRange window;
    const auto look = [&] {
      if (window.empty()) return;
      re2::RE2::Set::ErrorInfo error{};
      matched.clear();
      if (patterns->Match({text.data() + window.begin, window.size()}, &matched, &error)) {
        for (int index : matched) places.push_back({indexes[static_cast<std::size_t>(index)], window});
      } else if (error.kind != re2::RE2::Set::kNoError) {  // out of memory for its automaton: all of them may match
        for (std::uint32_t pattern : indexes) places.push_back({pattern, window});
      }
    };
    for (const DigitRow& row : rows) {
      if (row.digits < digits_min) continue;
      const std::size_t margin = reach + kWindowMargin;
      std::size_t begin = row.where.begin > margin ? row.where.begin - margin : 0;
      std::size_t end = std::min(text.size(), row.where.end + margin);
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
  std::uint64_t id = next_finder.fetch_add(1);
  std::vector<PatternReach> reaches;  // by pattern

  Database words_database;
  std::vector<Word> words;

  std::array<RowTier, 2> tiers;  // few digits, many digits

  Database whole_database;
  std::vector<std::uint32_t> whole_indexes;

  void compile_words(const std::map<std::string, std::vector<WordUse>>& uses);
  void compile_whole(const std::vector<std::string>& patterns);
  hs_scratch_t* scratch() const;
  void find_around_digits(std::string_view text, std::vector<Place>& places) const;
};

void CandidateFinder::Engines::compile_words(const std::map<std::string, std::vector<WordUse>>& uses) {
  if (uses.empty()) return;
  std::vector<std::string> forms;
  std::vector<unsigned> ids;
  for (const auto& [text, users] : uses) {
    WordPart part = part_of(text);
    for (std::string& form : part.forms) {
      words.push_back({form.size(), part.begin, text.size() - part.end, users});
      ids.push_back(static_cast<unsigned>(ids.size()));
      forms.push_back(std::move(form));
    }
  }
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const std::string& form : forms) {
    texts.push_back(form.data());
    sizes.push_back(form.size());
  }
  const std::vector<unsigned> flags(forms.size(), HS_FLAG_CASELESS);
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  hs_compile_lit_multi(texts.data(), flags.data(), ids.data(), sizes.data(), static_cast<unsigned>(forms.size()), HS_MODE_BLOCK, nullptr, &database,
                       &error);
  words_database = compiled_or_throw(database, error);
}

void CandidateFinder::Engines::compile_whole(const std::vector<std::string>& patterns) {
  if (whole_indexes.empty()) return;
  std::vector<const char*> texts;
  std::vector<unsigned> ids;
  const std::vector<unsigned> flags(whole_indexes.size(), kPatternFlags);
  for (std::size_t i = 0; i < whole_indexes.size(); ++i) {
    texts.push_back(patterns[whole_indexes[i]].c_str());
    ids.push_back(static_cast<unsigned>(i));
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  hs_compile_multi(texts.data(), flags.data(), ids.data(), static_cast<unsigned>(texts.size()), HS_MODE_BLOCK, nullptr, &database, &error);
  whole_database = compiled_or_throw(database, error);
}

CandidateFinder::CandidateFinder(const std::vector<std::string>& patterns) : engines_(std::make_unique<Engines>()) {
  Engines& engines = *engines_;
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kSetMemoryMax);
  std::map<std::string, std::vector<WordUse>> uses;
  for (std::uint32_t index = 0; index < patterns.size(); ++index) {
    const PatternShape shape = shape_of_pattern(patterns[index]);
    engines.reaches.push_back({shape.width_max, shape.marks});
    switch (way_of(shape)) {
      case CandidateWay::kWords:
        for (const PatternAnchor& anchor : shape.anchors) uses[anchor.text].push_back({index, anchor.starts_word, anchor.ends_word});
        break;
      case CandidateWay::kDigits:
        engines.tiers[shape.digits_in_row < kManyDigits ? 0 : 1].add(patterns[index], index, shape, options);
        break;
      case CandidateWay::kWhole: engines.whole_indexes.push_back(index); break;
    }
  }
  engines.compile_words(uses);
  engines.compile_whole(patterns);
  for (RowTier& tier : engines.tiers) {
    if (tier.patterns && !tier.patterns->Compile()) throw std::runtime_error("the patterns for numbers are too large together");
  }
}

CandidateFinder::~CandidateFinder() = default;
CandidateFinder::CandidateFinder(CandidateFinder&&) noexcept = default;

hs_scratch_t* CandidateFinder::Engines::scratch() const {
  Scratch& mine = finder_scratch;
  if (mine.owner == id) return mine.memory;
  for (const Database* database : {&words_database, &whole_database}) {
    if (*database && hs_alloc_scratch(database->get(), &mine.memory) != HS_SUCCESS) throw std::bad_alloc();
  }
  mine.owner = id;
  return mine.memory;
}

void CandidateFinder::Engines::find_around_digits(std::string_view text, std::vector<Place>& places) const {
  const std::size_t least = std::min({tiers[0].digits_min, tiers[1].digits_min, kRowDigitsMost});
  if (!tiers[0].patterns && !tiers[1].patterns) return;
  const std::vector<DigitRow> rows = digit_rows(text, least);
  for (const RowTier& tier : tiers) tier.find(text, rows, places);
}

std::vector<CandidateFinder::Place> CandidateFinder::find(std::string_view text) const {
  const Engines& engines = *engines_;
  std::vector<Place> places;
  if (engines.words_database) {
    WordHits hits{text, engines.words, engines.reaches, places, {}};
    check_scan(hs_scan(engines.words_database.get(), text.data(), static_cast<unsigned>(text.size()), 0, engines.scratch(), on_word, &hits));
  }
  if (engines.whole_database) {
    WholeHits hits{text.size(), engines.whole_indexes, places};
    check_scan(hs_scan(engines.whole_database.get(), text.data(), static_cast<unsigned>(text.size()), 0, engines.scratch(), on_whole, &hits));
  }
  engines.find_around_digits(text, places);
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return a.pattern != b.pattern ? a.pattern < b.pattern : a.where.begin < b.where.begin;
  });
  return places;
}

}  // namespace postern::pipeline
