#pragma once
// tests/conformance/spf_scenarios.h: zones and SPF questions in the form that spf_yaml_to_tsv.py writes, and their
// evaluation. The suites and the differential test share them.  Thread-safety: values and free functions.
#include <iosfwd>
#include <string>
#include <vector>

#include "pipeline/api/verdict.h"

namespace postern::test {

struct SpfCase {
  std::string id, host, helo, mail_from, results, explanation;  // results: acceptable ones, with commas between
};
struct SpfZoneRecord {
  std::string owner, type, value;
};
struct SpfScenario {
  std::string name;
  std::vector<SpfZoneRecord> records;
  std::vector<SpfCase> cases;
};

std::vector<SpfScenario> read_spf_scenarios(std::istream& lines);
pipeline::SpfVerdict evaluate(const SpfScenario& scenario, const SpfCase& test_case);
// One line a case of the file: id, result, explanation in hexadecimal ("-" when empty), reason; tabs between.
// False when the file cannot be read.
bool print_spf_results(const std::string& path);

}  // namespace postern::test
