// The conformance suites as one GoogleTest binary, with two more uses:
//   conformance_test --rows          runs the suites and prints a line a suite (table.py makes the README's table of it)
//   conformance_test --spf FILE      evaluates the SPF scenarios of FILE (spf_differential.py compares them with pyspf)
#include <gtest/gtest.h>

#include <cstdio>
#include <string_view>

#include "tests/conformance/score.h"
#include "tests/conformance/spf_scenarios.h"

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--spf") return postern::test::print_spf_results(argv[2]) ? 0 : 1;
  testing::InitGoogleTest(&argc, argv);
  const bool prints_rows = argc == 2 && std::string_view(argv[1]) == "--rows";
  const int code = RUN_ALL_TESTS();
  if (prints_rows) {
    for (const auto& row : postern::test::scores())
      std::printf("row\t%s\t%zu\t%zu\n", row.suite.c_str(), row.passed, row.total);
  }
  return code;
}
