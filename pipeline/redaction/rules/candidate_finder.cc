#include "pipeline/redaction/rules/candidate_finder.h"

#include <hs/hs.h>
#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <map>
#include <span>
#include <stdexcept>

namespace postern::pipeline {
namespace {

constexpr unsigned kPatternFlags = HS_FLAG_SINGLEMATCH | HS_FLAG_UTF8;
constexpr std::size_t kBlock = 32;  // bytes whose digits are counted together
static_assert((kRowDigitsMost - 1) * (kDigitGapMax + 1) < kBlock);  // so many digits of a row stand in two blocks
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

// A literal text as an expression. Letters in another case may take one byte more or less than these.
constexpr std::size_t kCaseSlack = 8;
std::string as_expression(std::string_view text) {
  std::string out;
  for (char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte >= 0x80 || is_word(c)) {
      out.push_back(c);
    } else {
      constexpr std::string_view kHex = "0123456789abcdef";
      out += {'\\', 'x', kHex[byte >> 4], kHex[byte & 0x0F]};
    }
  }
  return out;
}

// Which patterns a fixed word stands for.
struct WordUse {
  std::uint32_t pattern;
  bool starts_word;
  bool ends_word;
};
struct Word {
  std::string text;
  std::vector<WordUse> uses;
};

struct WordHits {
  std::string_view text;
  const std::vector<Word>& words;
  const std::vector<std::size_t>& widths;  // by pattern
  std::vector<CandidateFinder::Place>& places;
  std::vector<std::size_t> last;  // by pattern: one more than the index of its last place

  void note(std::size_t id, std::size_t end) {
    const std::size_t begin = end - std::min(end, words[id].text.size());
    for (const WordUse& use : words[id].uses) {
      if (use.starts_word && begin > 0 && is_word(text[begin - 1])) continue;
      if (use.ends_word && end < text.size() && is_word(text[end])) continue;
      add(use.pattern, begin, end);
    }
  }
  void add(std::uint32_t pattern, std::size_t begin, std::size_t end) {
    const std::size_t width = widths[pattern];
    ByteRange where{0, text.size()};
    if (width <= kNeighbourhoodMax) {
      where.begin = end > width + kCaseSlack ? end - width - kCaseSlack : 0;
      where.end = std::min(text.size(), begin + width + kCaseSlack);
      while (where.begin > 0 && is_continuation(text[where.begin])) --where.begin;
      while (where.end < text.size() && is_continuation(text[where.end])) ++where.end;
    }
    if (last.empty()) last.resize(widths.size(), 0);
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

std::size_t digits_in(const char* block, std::size_t size) {
  std::uint8_t digits = 0;
  if (size == kBlock) {  // a fixed count becomes vector code
    for (std::size_t i = 0; i < kBlock; ++i) digits = static_cast<std::uint8_t>(digits + (static_cast<std::uint8_t>(block[i] - '0') < 10));
  } else {
    for (std::size_t i = 0; i < size; ++i) digits = static_cast<std::uint8_t>(digits + (static_cast<std::uint8_t>(block[i] - '0') < 10));
  }
  return digits;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Eight bytes at once: the top bit of each byte that is a digit, the first byte lowest.
constexpr std::size_t kStep = 8;
std::uint64_t digit_marks(const char* bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < kStep; ++i) word |= std::uint64_t{static_cast<std::uint8_t>(bytes[i])} << (8 * i);
  const std::uint64_t off_zero = (word & (0x7F * kOnes)) ^ (0x30 * kOnes);  // 0 to 9 for digits
  return ~((off_zero + 0x76 * kOnes) | word) & (0x80 * kOnes);
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
  std::size_t before = 0;  // digits of the block before
  std::size_t done = 0;    // looked at byte by byte up to here
  for (std::size_t at = 0; at < text.size(); at += kBlock) {
    const std::size_t size = std::min(kBlock, text.size() - at);
    const std::size_t count = digits_in(text.data() + at, size);
    const bool is_dense = before + count >= digits;
    before = count;
    if (!is_dense || done >= at + size) continue;
    DigitRow row;
    std::size_t look = std::max(done, at > kBlock ? at - kBlock : 0);
    const auto note = [&](std::size_t digit) {
      if (row.digits == 0 || digit - row.where.end > kDigitGapMax) {
        if (row.digits >= digits) rows.push_back(row);
        row = {{digit, digit}, 0};
      }
      row.where.end = digit + 1;
      ++row.digits;
    };
    // A row that is alive at the end of the blocks is followed to its own end.
    while (look < text.size() && (look < at + size || (row.digits > 0 && look - row.where.end <= kDigitGapMax))) {
      if (text.size() - look < kStep) {
        if (is_digit(text[look])) note(look);
        ++look;
        continue;
      }
      for (std::uint64_t left = digit_marks(text.data() + look); left != 0; left &= left - 1) {
        note(look + static_cast<std::size_t>(std::countr_zero(left)) / 8);
      }
      look += kStep;
    }
    if (row.digits >= digits) rows.push_back(row);
    done = look;
  }
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
  std::vector<std::size_t> widths;  // by pattern

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
  std::vector<std::string> escaped;
  std::vector<const char*> texts;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  for (const auto& [text, users] : uses) {
    words.push_back({text, users});
    escaped.push_back(as_expression(text));
    const bool is_ascii = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<std::uint8_t>(c) < 0x80; });
    flags.push_back(is_ascii ? HS_FLAG_CASELESS : HS_FLAG_CASELESS | HS_FLAG_UTF8);
    ids.push_back(static_cast<unsigned>(ids.size()));
  }
  for (const std::string& one : escaped) texts.push_back(one.c_str());
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  hs_compile_multi(texts.data(), flags.data(), ids.data(), static_cast<unsigned>(words.size()), HS_MODE_BLOCK, nullptr, &database, &error);
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
    engines.widths.push_back(shape.width_max);
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
    WordHits hits{text, engines.words, engines.widths, places, {}};
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
