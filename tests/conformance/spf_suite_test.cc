// The OpenSPF suites for RFC 7208 and RFC 4408, whole: 203 and 191 results; ids in failures are the suites' own.
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <sstream>

#include "core/manual_clock.h"
#include "net/zone_resolver.h"
#include "pipeline/sender/spf.h"
#include "tests/conformance/score.h"
#include "tests/conformance/spf_scenarios.h"
#include "tests/conformance/suite_files.h"
#include "tests/support/run_task.h"

namespace postern::pipeline {
namespace {

std::vector<test::SpfScenario> load(const std::filesystem::path& suite) {
  const std::string command =
      "/usr/bin/python3 '" POSTERN_SOURCE_DIR "/tests/conformance/spf_yaml_to_tsv.py' '" + suite.string() + "'";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  char buffer[4096];
  for (std::size_t n = 0; pipe != nullptr && (n = fread(buffer, 1, sizeof buffer, pipe.get())) > 0;)
    text.append(buffer, n);
  std::istringstream lines(text);
  return test::read_spf_scenarios(lines);
}

void expect_suite(const std::string& file, const std::string& title, std::size_t count) {
  if (test::shared_data().empty()) GTEST_SKIP() << "POSTERN_SHARED is not set";
  std::size_t tested = 0;
  std::size_t right = 0;
  for (const test::SpfScenario& scenario : load(test::shared_data() / "spf/pyspf/test" / file)) {
    for (const test::SpfCase& test_case : scenario.cases) {
      const SpfVerdict verdict = test::evaluate(scenario, test_case);
      const std::string got(to_string(verdict.result));
      ++tested;
      const std::string wanted = "," + test_case.results + ",";
      bool is_right = wanted.find("," + got + ",") != std::string::npos;
      EXPECT_TRUE(is_right) << scenario.name << " / " << test_case.id << ": wanted " << test_case.results << ", got "
                            << got << " (" << verdict.reason << ")";
      if (!test_case.explanation.empty()) {
        const std::string text = verdict.explanation.empty() ? "DEFAULT" : verdict.explanation;
        EXPECT_EQ(text, test_case.explanation) << scenario.name << " / " << test_case.id;
        is_right = is_right && text == test_case.explanation;
      }
      right += is_right ? 1 : 0;
    }
  }
  EXPECT_EQ(tested, count);
  test::score(title, right, tested);
}

TEST(SpfSuite, PassesAllOfRfc7208) { expect_suite("rfc7208-tests.yml", "SPF, OpenSPF suite for RFC 7208", 203); }
TEST(SpfSuite, PassesAllOfRfc4408) { expect_suite("rfc4408-tests.yml", "SPF, OpenSPF suite for RFC 4408", 191); }

TEST(SpfSuite, HostileExplanationsAreHarmless) {
  if (test::shared_data().empty()) GTEST_SKIP() << "POSTERN_SHARED is not set";
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(test::shared_data() / "hostile/spf_exp")) {
    const std::string content = test::read_all(entry.path());
    net::ZoneResolver zone;
    zone.add_txt("example.com", "v=spf1 exp=why.example.com -all");
    zone.add_txt("why.example.com", content);
    zone.add_txt("direct.example.com", content);
    core::ManualClock clock;
    SpfChecker checker(zone, clock, SpfLimits{});
    SpfQuery query("192.0.2.1", "host.example.com", split_address("someone@example.com"));
    const SpfVerdict verdict = test::run_task(checker.check(std::move(query), core::Deadline::never()));
    EXPECT_EQ(verdict.result, AuthResult::kFail);
    EXPECT_LE(verdict.explanation.size(), SpfLimits{}.explanation_bytes_max);
    SpfQuery direct("192.0.2.1", "host.example.com", split_address("someone@direct.example.com"));
    const SpfVerdict other = test::run_task(checker.check(std::move(direct), core::Deadline::never()));
    EXPECT_NE(other.result, AuthResult::kPass);
    ++count;
  }
  EXPECT_EQ(count, 42U);
  if (!HasFailure()) test::score("SPF, hostile explanations harmless", count, count);
}

}  // namespace
}  // namespace postern::pipeline
