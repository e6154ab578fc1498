#pragma once
// tests/conformance/score.h: what a suite gave, for the table of the README (printed by `conformance_test --rows`).
// Thread-safety: none; tests run one after the other.
#include <cstddef>
#include <string>
#include <vector>

namespace postern::test {

struct SuiteScore {
  std::string suite;
  std::size_t passed = 0;
  std::size_t total = 0;
};

// All scores of this process, in the order in which the tests gave them.
inline std::vector<SuiteScore>& scores() {
  static std::vector<SuiteScore> all;
  return all;
}

inline void score(std::string suite, std::size_t passed, std::size_t total) {
  scores().push_back({std::move(suite), passed, total});
}

}  // namespace postern::test
