#include "pipeline/redaction/rules/scan_database.h"

#include <hs/hs.h>
#include <unicode/uset.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <new>
#include <stdexcept>

namespace postern::pipeline {
namespace {

constexpr unsigned kPatternFlags = HS_FLAG_SINGLEMATCH | HS_FLAG_UTF8;

// Never held across a suspension: scan() is not a coroutine.
struct Scratch {
  hs_scratch_t* memory = nullptr;
  std::vector<std::uint64_t> fits;  // databases that it is large enough for
  ~Scratch() { hs_free_scratch(memory); }
};
thread_local Scratch thread_scratch;
std::atomic<std::uint64_t> next_id{1};

hs_scratch_t* scratch_for(const hs_database_t* database, std::uint64_t id) {
  constexpr std::size_t kKnownMax = 32;
  Scratch& mine = thread_scratch;
  if (std::find(mine.fits.begin(), mine.fits.end(), id) != mine.fits.end()) return mine.memory;
  if (hs_alloc_scratch(database, &mine.memory) != HS_SUCCESS) throw std::bad_alloc();
  if (mine.fits.size() >= kKnownMax) mine.fits.clear();  // of rule sets that are gone
  mine.fits.push_back(id);
  return mine.memory;
}

hs_database_t* compiled_or_throw(hs_database_t* database, hs_compile_error_t* error) {
  if (error == nullptr) return database;
  const std::string reason = error->message;
  hs_free_compile_error(error);
  throw std::runtime_error(reason);
}

bool is_continuation(char c) { return (static_cast<std::uint8_t>(c) & 0xC0U) == 0x80; }

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

}  // namespace

void ScanDatabase::Free::operator()(hs_database* database) const { hs_free_database(database); }

ScanDatabase::ScanDatabase(hs_database* database) : database_(database), id_(next_id.fetch_add(1)) {}

ScanDatabase ScanDatabase::of_words(const std::vector<std::string>& words) {
  if (words.empty()) return {};
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  std::vector<unsigned> ids;
  for (const std::string& word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
    ids.push_back(static_cast<unsigned>(ids.size()));
  }
  const std::vector<unsigned> flags(words.size(), HS_FLAG_CASELESS);
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  hs_compile_lit_multi(texts.data(), flags.data(), ids.data(), sizes.data(), static_cast<unsigned>(words.size()), HS_MODE_BLOCK, nullptr, &database,
                       &error);
  return ScanDatabase(compiled_or_throw(database, error));
}

ScanDatabase ScanDatabase::of_patterns(const std::vector<std::string>& patterns) {
  if (patterns.empty()) return {};
  std::vector<const char*> texts;
  std::vector<unsigned> ids;
  const std::vector<unsigned> flags(patterns.size(), kPatternFlags);
  for (const std::string& pattern : patterns) {
    texts.push_back(pattern.c_str());
    ids.push_back(static_cast<unsigned>(ids.size()));
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  hs_compile_multi(texts.data(), flags.data(), ids.data(), static_cast<unsigned>(texts.size()), HS_MODE_BLOCK, nullptr, &database, &error);
  return ScanDatabase(compiled_or_throw(database, error));
}

std::string ScanDatabase::problem_of(const std::string& pattern) {
  try {
    of_patterns({pattern});
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

void ScanDatabase::scan(std::string_view text, OnMatch on_match, void* context) const {
  if (text.empty()) return;  // hs_scan refuses a null pointer
  struct Call {
    OnMatch on_match;
    void* context;
  };
  Call call{on_match, context};
  const auto forward = [](unsigned id, unsigned long long, unsigned long long to, unsigned, void* into) -> int {
    const Call& known = *static_cast<Call*>(into);
    known.on_match(known.context, id, static_cast<std::size_t>(to));
    return 0;
  };
  const hs_error_t outcome = hs_scan(database_.get(), text.data(), static_cast<unsigned>(text.size()), 0, scratch_for(database_.get(), id_), forward, &call);
  if (outcome != HS_SUCCESS) throw std::runtime_error("hs_scan failed");
}

// Of a word in ASCII the whole; else the four bytes and more with the fewest forms, and the ASCII behind them.
WordPart part_of_word(std::string_view word) {
  if (std::all_of(word.begin(), word.end(), [](char c) { return static_cast<std::uint8_t>(c) < 0x80; })) return {0, word.size(), {std::string(word)}};
  WordPart best = part_from(word, 0);
  for (std::size_t begin = 1; begin < word.size(); ++begin) {
    if (is_continuation(word[begin])) continue;
    WordPart part = part_from(word, begin);
    const bool is_shorter = part.end - part.begin < std::min<std::size_t>(4, best.end - best.begin);
    if (!is_shorter && part.forms.size() < best.forms.size()) best = std::move(part);
  }
  for (; best.end < word.size() && static_cast<std::uint8_t>(word[best.end]) < 0x80; ++best.end) {
    for (std::string& form : best.forms) form.push_back(word[best.end]);
  }
  return best;
}

}  // namespace postern::pipeline
