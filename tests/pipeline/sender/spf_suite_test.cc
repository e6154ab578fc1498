// The OpenSPF suites for RFC 7208 and RFC 4408, whole: 203 and 191 results.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <sstream>

#include "core/encoding.h"
#include "core/manual_clock.h"
#include "net/zone_resolver.h"
#include "pipeline/sender/spf.h"
#include "tests/pipeline/sender/suite_files.h"
#include "tests/support/run_task.h"

namespace postern::pipeline {
namespace {

struct Case {
  std::string id, host, helo, mail_from, results, explanation;
};
struct Record {
  std::string owner, type, value;
};
struct Scenario {
  std::string name;
  std::vector<Record> records;
  std::vector<Case> cases;
};

std::string decoded(const std::string& field) {
  return field == "-" ? std::string() : core::from_hex(field).value_or("");
}

std::vector<Scenario> load(const std::filesystem::path& suite) {
  const std::string command =
      "/usr/bin/python3 '" POSTERN_SOURCE_DIR "/tests/conformance/spf_yaml_to_tsv.py' '" + suite.string() + "'";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  char buffer[4096];
  for (std::size_t n = 0; pipe != nullptr && (n = fread(buffer, 1, sizeof buffer, pipe.get())) > 0;)
    text.append(buffer, n);
  std::vector<Scenario> scenarios;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::vector<std::string> f = test::split_tabs(line);
    if (f[0] == "S") scenarios.push_back({decoded(f[1]), {}, {}});
    if (f[0] == "Z")
      scenarios.back().records.push_back({decoded(f[1]), f[2], f[3] == "TIMEOUT" ? f[3] : decoded(f[3])});
    if (f[0] == "T")
      scenarios.back().cases.push_back({f[1], decoded(f[2]), decoded(f[3]), decoded(f[4]), f[5], decoded(f[6])});
  }
  return scenarios;
}

const std::map<std::string, net::DnsType> kTypes{{"A", net::DnsType::kA},     {"AAAA", net::DnsType::kAaaa},
                                                 {"MX", net::DnsType::kMx},   {"PTR", net::DnsType::kPtr},
                                                 {"TXT", net::DnsType::kTxt}, {"CNAME", net::DnsType::kCname}};

void add_record(net::ZoneResolver& zone, const Record& record) {
  if (record.value == "TIMEOUT") {
    if (kTypes.contains(record.type)) zone.fail_type(record.owner, kTypes.at(record.type), net::DnsStatus::kTimeout);
  } else if (record.type == "A" || record.type == "AAAA") {
    zone.add_a(record.owner, record.value);
  } else if (record.type == "TXT") {
    zone.add_txt(record.owner, record.value);
  } else if (record.type == "MX") {
    zone.add_mx(record.owner, 10, record.value);
  } else if (record.type == "PTR") {
    zone.add_ptr(record.owner, record.value);
  } else if (record.type == "CNAME") {
    zone.add_cname(record.owner, record.value);
  }
}

void fill(net::ZoneResolver& zone, const Scenario& scenario) {
  std::map<std::string, std::set<std::string>> present;
  for (const Record& record : scenario.records) {
    present[record.owner].insert(record.type);
    add_record(zone, record);
  }
  for (const auto& [owner, types] : present) {
    if (!types.contains("TIMEOUT")) continue;
    for (const auto& [name, type] : kTypes) {
      if (!types.contains(name)) zone.fail_type(owner, type, net::DnsStatus::kTimeout);
    }
  }
}

SpfVerdict run(const Scenario& scenario, const Case& test_case) {
  net::ZoneResolver zone;
  fill(zone, scenario);
  core::ManualClock clock;
  SpfChecker checker(zone, clock, SpfLimits{});
  SpfQuery query(test_case.host, test_case.helo, split_address(test_case.mail_from));
  return test::run_task(checker.check(std::move(query), core::Deadline::never()));
}

void expect_suite(const std::string& file, std::size_t count) {
  if (test::shared_data().empty()) GTEST_SKIP() << "POSTERN_SHARED is not set";
  const std::vector<Scenario> scenarios = load(test::shared_data() / "spf/pyspf/test" / file);
  std::size_t tested = 0;
  std::size_t right = 0;
  for (const Scenario& scenario : scenarios) {
    for (const Case& test_case : scenario.cases) {
      const SpfVerdict verdict = run(scenario, test_case);
      const std::string got(to_string(verdict.result));
      ++tested;
      const std::string wanted = "," + test_case.results + ",";
      const bool is_right = wanted.find("," + got + ",") != std::string::npos;
      EXPECT_TRUE(is_right) << scenario.name << " / " << test_case.id << ": wanted " << test_case.results << ", got "
                            << got << " (" << verdict.reason << ")";
      right += is_right ? 1 : 0;
      if (!test_case.explanation.empty()) {
        const std::string text = verdict.explanation.empty() ? "DEFAULT" : verdict.explanation;
        EXPECT_EQ(text, test_case.explanation) << scenario.name << " / " << test_case.id;
      }
    }
  }
  EXPECT_EQ(tested, count);
  EXPECT_EQ(right, count);
}

TEST(SpfSuite, PassesAllOfRfc7208) { expect_suite("rfc7208-tests.yml", 203); }
TEST(SpfSuite, PassesAllOfRfc4408) { expect_suite("rfc4408-tests.yml", 191); }

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
}

}  // namespace
}  // namespace postern::pipeline
