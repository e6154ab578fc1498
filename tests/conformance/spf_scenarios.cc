#include "tests/conformance/spf_scenarios.h"

#include <cstdio>
#include <fstream>
#include <map>
#include <set>

#include "core/encoding.h"
#include "core/manual_clock.h"
#include "net/zone_resolver.h"
#include "pipeline/sender/spf.h"
#include "tests/conformance/suite_files.h"
#include "tests/support/run_task.h"

namespace postern::test {
namespace {

std::string decoded(const std::string& field) {
  return field == "-" ? std::string() : core::from_hex(field).value_or("");
}

const std::map<std::string, net::DnsType> kTypes{{"A", net::DnsType::kA},     {"AAAA", net::DnsType::kAaaa},
                                                 {"MX", net::DnsType::kMx},   {"PTR", net::DnsType::kPtr},
                                                 {"TXT", net::DnsType::kTxt}, {"CNAME", net::DnsType::kCname}};

void add_record(net::ZoneResolver& zone, const SpfZoneRecord& record) {
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

void fill(net::ZoneResolver& zone, const SpfScenario& scenario) {
  std::map<std::string, std::set<std::string>> present;
  for (const SpfZoneRecord& record : scenario.records) {
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

}  // namespace

std::vector<SpfScenario> read_spf_scenarios(std::istream& lines) {
  std::vector<SpfScenario> scenarios;
  for (std::string line; std::getline(lines, line);) {
    const std::vector<std::string> f = split_tabs(line);
    if (f[0] == "S" && f.size() == 2) scenarios.push_back({decoded(f[1]), {}, {}});
    if (scenarios.empty()) continue;
    if (f[0] == "Z" && f.size() == 4)
      scenarios.back().records.push_back({decoded(f[1]), f[2], f[3] == "TIMEOUT" ? f[3] : decoded(f[3])});
    if (f[0] == "T" && f.size() == 7)
      scenarios.back().cases.push_back({f[1], decoded(f[2]), decoded(f[3]), decoded(f[4]), f[5], decoded(f[6])});
  }
  return scenarios;
}

pipeline::SpfVerdict evaluate(const SpfScenario& scenario, const SpfCase& test_case) {
  net::ZoneResolver zone;
  fill(zone, scenario);
  core::ManualClock clock;
  pipeline::SpfChecker checker(zone, clock, pipeline::SpfLimits{});
  pipeline::SpfQuery query(test_case.host, test_case.helo, pipeline::split_address(test_case.mail_from));
  return run_task(checker.check(std::move(query), core::Deadline::never()));
}

bool print_spf_results(const std::string& path) {
  std::ifstream in(path);
  if (!in) return false;
  for (const SpfScenario& scenario : read_spf_scenarios(in)) {
    for (const SpfCase& test_case : scenario.cases) {
      const pipeline::SpfVerdict verdict = evaluate(scenario, test_case);
      const std::string text = verdict.explanation.empty() ? "-" : core::to_hex(verdict.explanation);
      std::printf("%s\t%s\t%s\t%s\n", test_case.id.c_str(), std::string(to_string(verdict.result)).c_str(),
                  text.c_str(), verdict.reason.c_str());
    }
  }
  return true;
}

}  // namespace postern::test
