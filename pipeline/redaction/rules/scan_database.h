#pragma once
// pipeline/redaction/rules/scan_database.h: a compiled Hyperscan database with the scratch memory that scanning needs, and
// words as Hyperscan is asked for them. Hyperscan stays inside scan_database.cc.
// Thread-safety: const methods from any thread; a thread has one scratch memory, as large as the largest database needs
// that it has scanned with. Ownership: movable value. Errors: compiling throws std::runtime_error, scanning too; the caller
// answers 4xx (fail closed).
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct hs_database;

namespace postern::pipeline {

class ScanDatabase {
 public:
  // Called for each match: the index of the word or pattern, and where the match ends.
  using OnMatch = void (*)(void* context, std::size_t index, std::size_t end);

  ScanDatabase() = default;
  // In either case of ASCII letters.
  static ScanDatabase of_words(const std::vector<std::string>& words);
  // Each is told once a text, at most.
  static ScanDatabase of_patterns(const std::vector<std::string>& patterns);
  // Why Hyperscan does not take the pattern; empty when it does.
  static std::string problem_of(const std::string& pattern);

  explicit operator bool() const { return database_ != nullptr; }
  void scan(std::string_view text, OnMatch on_match, void* context) const;
  // Calls `use(index, end)`.
  template <class Use>
  void scan(std::string_view text, Use use) const {
    scan(text, [](void* context, std::size_t index, std::size_t end) { (*static_cast<Use*>(context))(index, end); }, &use);
  }

 private:
  struct Free {
    void operator()(hs_database* database) const;
  };
  explicit ScanDatabase(hs_database* database);
  std::unique_ptr<hs_database, Free> database_;
  std::uint64_t id_ = 0;
};

// The part of a word that is looked for: of letters outside ASCII each form is another word to Hyperscan, so of such a word
// the few bytes with the fewest forms, and the ASCII behind them.
struct WordPart {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::vector<std::string> forms{""};
};
// `word`: UTF-8.
WordPart part_of_word(std::string_view word);

}  // namespace postern::pipeline
