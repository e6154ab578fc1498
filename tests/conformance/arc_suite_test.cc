// The ARC suite of ValiMail, whole: 171 chains to validate, of which 170 as it wants; 17 messages to seal, all of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <sstream>

#include "core/encoding.h"
#include "core/manual_clock.h"
#include "net/zone_resolver.h"
#include "pipeline/sender/arc_sealer.h"
#include "pipeline/sender/arc_verifier.h"
#include "pipeline/sender/dkim_canon.h"
#include "pipeline/sender/dkim_tags.h"
#include "pipeline/sender/signing_key.h"
#include "tests/conformance/score.h"
#include "tests/conformance/suite_files.h"
#include "tests/support/run_task.h"

namespace postern::pipeline {
namespace {

struct ArcSuiteCase {
  std::string id, message, status;                                 // status of a chain to validate
  std::string time, names, authserv_id, seal, signature, results;  // of a message to seal
};
struct ArcScenario {
  std::string name, domain, selector, private_key;
  std::vector<std::pair<std::string, std::string>> records;
  std::vector<ArcSuiteCase> cases;
};

std::string plain(const std::string& field) {
  return field == "-" ? std::string() : core::from_hex(field).value_or("");
}

std::vector<ArcScenario> load_arc(const std::filesystem::path& suite) {
  const std::string command =
      "/usr/bin/python3 '" POSTERN_SOURCE_DIR "/tests/conformance/arc_yaml_to_tsv.py' '" + suite.string() + "'";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  char buffer[4096];
  for (std::size_t n = 0; pipe != nullptr && (n = fread(buffer, 1, sizeof buffer, pipe.get())) > 0;)
    text.append(buffer, n);
  std::vector<ArcScenario> scenarios;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> f = test::split_tabs(line);
    const std::string id = f.size() > 1 ? f[1] : std::string();
    for (std::string& field : f) field = plain(field);
    if (line[0] == 'S') scenarios.push_back({f[1], {}, {}, {}, {}, {}});
    if (line[0] == 'K') scenarios.back().records.emplace_back(f[1], f[2]);
    if (line[0] == 'P') {
      scenarios.back().domain = f[1];
      scenarios.back().selector = f[2];
      scenarios.back().private_key = f[3];
    }
    if (line[0] == 'V') scenarios.back().cases.push_back({id, f[2], f[3], {}, {}, {}, {}, {}, {}});
    if (line[0] == 'G') scenarios.back().cases.push_back({id, f[2], {}, f[3], f[4], f[5], f[6], f[7], f[8]});
  }
  return scenarios;
}

void fill_zone(net::ZoneResolver& zone, const ArcScenario& scenario) {
  for (const auto& [owner, text] : scenario.records) zone.add_txt(owner, text);
}

ArcVerdict verify_chain(net::ZoneResolver& zone, const std::string& mail) {
  core::ManualClock clock;
  ArcVerifier verifier(zone, clock, DkimLimits{}, ArcLimits{}, {});
  return test::run_task(verifier.verify(Message::copy_of(mail), "", core::Deadline::never()));
}

// What the suite wants, but for what the RFC decides otherwise.
std::string wanted_status(const ArcSuiteCase& test_case) {
  // Three cases leave the status open; their seals say cv=fail. "The "cv" value for all ARC-Seal header fields MUST NOT
  // be "fail"" (RFC 8617 section 5.2, step 3).
  if (test_case.status.empty()) return "fail";
  // Signed in relaxed form without c=. The AMS has the semantics of DKIM-Signature but for three differences (RFC 8617
  // section 4.1.2), of which this is none: "OPTIONAL; default is "simple/simple"" (RFC 6376 section 3.5, c=).
  if (test_case.id == "ams_fields_c_na") return "fail";
  return test_case.status;
}

TEST(ArcSuite, ValidatesAllChains) {
  if (test::shared_data().empty()) GTEST_SKIP() << "POSTERN_SHARED is not set";
  std::size_t tested = 0;
  std::size_t right = 0;
  for (const ArcScenario& scenario :
       load_arc(test::shared_data() / "arc/valimail/tests/arc-draft-validation-tests.yml")) {
    net::ZoneResolver zone;
    fill_zone(zone, scenario);
    for (const ArcSuiteCase& test_case : scenario.cases) {
      const ArcVerdict verdict = verify_chain(zone, test_case.message);
      const std::string wanted = wanted_status(test_case);
      ++tested;
      right += test_case.status.empty() || to_string(verdict.result) == test_case.status ? 1 : 0;
      EXPECT_EQ(to_string(verdict.result), wanted)
          << scenario.name << " / " << test_case.id << " (" << verdict.reason << ")";
    }
  }
  EXPECT_EQ(tested, 171U);
  EXPECT_EQ(right, 170U);
  test::score("ARC, ValiMail suite, validation", right, tested);
}

// Names and values in order, as canonicalisation leaves them.
std::string tags_of(const std::string& value) {
  const auto tags = DkimTagList::parse(value);
  std::string out;
  for (const DkimTag& tag : tags ? tags->tags() : std::vector<DkimTag>{})
    out += tag.name + "=" + without_white_space(tag.value) + ";\n";
  return out;
}

// The wall clock of a case; nothing waits for it.
class TimeOfCase final : public core::Clock {
 public:
  explicit TimeOfCase(std::chrono::seconds since_1970) : wall_(since_1970) {}
  core::Instant now() const override { return {}; }
  core::WallTime wall_now() const override { return wall_; }
  core::Task<void> sleep_until(core::Instant) override { co_return; }

 private:
  core::WallTime wall_;
};

// Lines of the suite lack the blank that folds them.
std::string relaxed_results(std::string value) {
  std::erase(value, '\r');
  std::replace(value.begin(), value.end(), '\n', ' ');
  return canonical_header("ARC-Authentication-Results: " + value, DkimCanon::kRelaxed);
}

struct SealedSet {
  std::string seal, signature, results;  // values of the fields added
};

SealedSet split_set(const std::string& fields) {
  SealedSet set;
  const HeaderLayout layout = split_header(fields, 10);
  if (layout.fields.size() != 3) return set;
  const auto value = [&](std::size_t i) {
    return fields.substr(layout.fields[i].value.begin, layout.fields[i].value.size());
  };
  return {value(0), value(1), value(2)};
}

std::string seal_message(net::ZoneResolver& zone, const ArcScenario& scenario, const ArcSuiteCase& test_case,
                         const std::string& mail) {
  TimeOfCase clock(std::chrono::seconds(std::stoll(test_case.time)));
  DkimKeyInfo info;
  info.domain = scenario.domain;
  info.selector = scenario.selector;
  const auto key = read_signing_key(info, scenario.private_key);
  EXPECT_TRUE(key) << "private key";
  if (!key) return {};
  ArcSealOptions options;
  options.names = split_list(test_case.names, ':');
  options.columns_max = 998;  // the suite signs a signature that is not folded
  const ArcSealer sealer(clock, *key, options);
  const ArcVerdict found = verify_chain(zone, mail);
  const std::string results = collect_results(mail, split_header(mail, 100), test_case.authserv_id);
  return sealer.seal(mail, found, results).value();
}

TEST(ArcSuite, SealsAllMessages) {
  if (test::shared_data().empty()) GTEST_SKIP() << "POSTERN_SHARED is not set";
  std::size_t tested = 0;
  std::size_t right = 0;
  for (const ArcScenario& scenario : load_arc(test::shared_data() / "arc/valimail/tests/arc-draft-sign-tests.yml")) {
    net::ZoneResolver zone;
    fill_zone(zone, scenario);
    for (const ArcSuiteCase& test_case : scenario.cases) {
      SCOPED_TRACE(test_case.id);
      const core::SecretBuffer bytes = with_crlf_lines(test_case.message);
      const std::string mail(core::view(bytes));
      const std::string added = seal_message(zone, scenario, test_case, mail);
      const SealedSet set = split_set(added);
      // RSA signatures are of one form: equal ones signed equal data.
      const bool is_right = tags_of(set.seal) == tags_of(test_case.seal) &&
                            tags_of(set.signature) == tags_of(test_case.signature) &&
                            relaxed_results(set.results) == relaxed_results(test_case.results);
      EXPECT_TRUE(is_right) << added;
      ++tested;
      right += is_right ? 1 : 0;
      if (test_case.seal.empty()) {
        EXPECT_EQ(added, "");
        continue;
      }
      const bool has_failed = test_case.seal.find("cv=fail") != std::string::npos;
      EXPECT_EQ(verify_chain(zone, added + mail).result, has_failed ? AuthResult::kFail : AuthResult::kPass);
    }
  }
  EXPECT_EQ(tested, 17U);
  test::score("ARC, ValiMail suite, sealing", right, tested);
}

// Mail that large providers sealed. The files begin with the key records, a line each, up to an empty line.
TEST(ArcSuite, ValidatesChainsOfLargeProviders) {
  if (test::shared_data().empty()) GTEST_SKIP() << "POSTERN_SHARED is not set";
  std::size_t tested = 0;
  std::size_t right = 0;
  for (const auto& entry : std::filesystem::directory_iterator(test::shared_data() / "arc/mail-auth/resources/arc")) {
    const std::string content = test::read_all(entry.path());
    net::ZoneResolver zone;
    std::size_t at = 0;
    while (at < content.size() && content[at] != '\n' && content[at] != '\r') {
      const std::size_t end = std::min(content.find('\n', at), content.size());
      const std::string line = content.substr(at, end - at);
      zone.add_txt(line.substr(0, line.find(' ')), core::trim_ascii(line.substr(line.find(' ') + 1)));
      at = end + 1;
    }
    const std::string mail = content.substr(content.find('\n', at) + 1);
    const ArcVerdict verdict = verify_chain(zone, mail);
    EXPECT_EQ(verdict.result, AuthResult::kPass) << entry.path() << ": " << verdict.reason;
    ++tested;
    right += verdict.result == AuthResult::kPass ? 1 : 0;
  }
  EXPECT_EQ(tested, 2U);
  test::score("ARC, sealed by large providers (mail-auth)", right, tested);
}

}  // namespace
}  // namespace postern::pipeline
