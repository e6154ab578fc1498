// Third-party DKIM messages with the result that their authors expect. Most are signed with rsa-sha1 or 512-bit keys,
// which RFC 8301 refuses; the first test lifts that so that the rest of the verification shows.
#include <gtest/gtest.h>

#include <map>

#include "core/clock.h"
#include "net/zone_resolver.h"
#include "pipeline/sender/dkim_verifier.h"
#include "tests/conformance/score.h"
#include "tests/conformance/suite_files.h"
#include "tests/support/run_task.h"

namespace postern::pipeline {
namespace {

struct Case {
  std::string name, expected, time, group;
};

std::vector<Case> load_cases() {
  std::vector<Case> cases;
  std::ifstream in(test::shared_data() / "dkim/cases/cases.tsv");
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> f = test::split_tabs(line);
    f.resize(4);
    cases.push_back({f[0], f[1], f[2], f[3]});
  }
  return cases;
}

void fill(net::ZoneResolver& zone, const std::string& name) {
  std::ifstream in(test::shared_data() / "dkim/cases/dns" / (name + ".tsv"));
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> f = test::split_tabs(line);
    if (f.size() < 2 || f[1] == "!NXDOMAIN") continue;
    if (f[1] == "!SERVFAIL") {
      zone.fail_name(f[0], net::DnsStatus::kServFail);
    } else {
      zone.add_txt(f[0], f[1]);
    }
  }
}

// The time at which a message was valid; the corpus reaches back further than ManualClock starts.
class FixedClock final : public core::Clock {
 public:
  explicit FixedClock(std::int64_t seconds) : wall_(std::chrono::seconds(seconds)) {}
  core::Instant now() const override { return core::Instant(std::chrono::hours(1)); }
  core::WallTime wall_now() const override { return wall_; }
  core::Task<void> sleep_until(core::Instant) override { co_return; }

 private:
  core::WallTime wall_;
};
constexpr std::int64_t kPresent = 1'795'000'000;

std::vector<DkimVerdict> verify(const Case& test_case, const DkimLimits& limits) {
  net::ZoneResolver zone;
  fill(zone, test_case.name);
  const std::int64_t time = std::stoll(test_case.time);
  FixedClock clock(time == 0 ? kPresent : time);
  DkimVerifier verifier(zone, clock, limits);
  auto message = Message::copy_of(test::read_all(test::shared_data() / "dkim/cases" / (test_case.name + ".eml")));
  return test::run_task(verifier.verify(std::move(message), core::Deadline::never()));
}

bool has(const std::vector<DkimVerdict>& verdicts, AuthResult result) {
  for (const DkimVerdict& verdict : verdicts) {
    if (verdict.result == result) return true;
  }
  return false;
}

std::string describe(const std::vector<DkimVerdict>& verdicts) {
  std::string out;
  for (const DkimVerdict& verdict : verdicts) {
    out += " " + std::string(to_string(verdict.result)) + " d=" + verdict.domain + " (" + verdict.reason + ")";
  }
  return out.empty() ? " none" : out;
}

bool is_right(const Case& test_case, const std::vector<DkimVerdict>& verdicts) {
  const bool passed = has(verdicts, AuthResult::kPass);
  const bool is_prestandard = test_case.group == "prestandard" || test_case.group == "domainkeys";
  if (test_case.expected == "pass") return passed || is_prestandard;
  if (passed) return false;
  if (test_case.expected == "none") return verdicts.empty();
  return test_case.expected != "fail" || is_prestandard || has(verdicts, AuthResult::kFail);
}

// Where RFC 6376 and its updates want another result than the file does; the README lists why.
const std::map<std::string, std::string> kDepartures{{"perl-mine_ietf05_1", "v=0.5 of a draft"},
                                                     {"perl-multiple_1", "v=0.5 of a draft"},
                                                     {"perl-no_body_1", "v=0.5 of a draft"},
                                                     {"perl-no_body_2", "v=0.5 of a draft"},
                                                     {"perl-no_body_3", "v=0.5 of a draft"},
                                                     {"perl-bad_1", "v=0.5 of a draft: permerror, not fail"},
                                                     {"perl-badkey_8", "g= was removed"},
                                                     {"perl-badkey_9", "g= was removed"},
                                                     {"perl-badkey_12", "g= was removed"},
                                                     {"perl-badkey_13", "g= was removed"},
                                                     {"mailauth-004", "signed after the time given for the case"}};

DkimLimits lenient_limits(DkimEngine engine) {
  DkimLimits limits;
  limits.engine = engine;
  limits.accepts_rsa_sha1 = true;
  limits.rsa_bits_min = 512;
  return limits;
}

TEST(DkimCorpus, GivesTheExpectedResults) {
  if (test::shared_data().empty()) GTEST_SKIP() << "POSTERN_SHARED is not set";
  const DkimLimits limits = lenient_limits(DkimEngine::kOpenSsl);
  std::size_t right = 0;
  const std::vector<Case> cases = load_cases();
  for (const Case& test_case : cases) {
    const std::vector<DkimVerdict> verdicts = verify(test_case, limits);
    if (is_right(test_case, verdicts)) {
      ++right;
    } else if (!kDepartures.contains(test_case.name)) {
      ADD_FAILURE() << test_case.name << ": wanted " << test_case.expected << ", got" << describe(verdicts);
    }
  }
  EXPECT_EQ(cases.size(), 92U);
  EXPECT_EQ(right + kDepartures.size(), cases.size());
  test::score("DKIM, samples of five projects", right, cases.size());
}

// libopendkim and our own check judge every message alike, except where libopendkim departs (README).
TEST(DkimCorpus, LibopendkimAgrees) {
  if (test::shared_data().empty()) GTEST_SKIP() << "POSTERN_SHARED is not set";
  const std::map<std::string, std::string> known{{"mailauth-005", "judges x= by the machine's clock"},
                                                 {"perl-bad_1878954", "takes no message without a From field"}};
  for (const Case& test_case : load_cases()) {
    if (known.contains(test_case.name)) continue;
    const std::vector<DkimVerdict> ours = verify(test_case, lenient_limits(DkimEngine::kOpenSsl));
    const std::vector<DkimVerdict> theirs = verify(test_case, lenient_limits(DkimEngine::kOpenDkim));
    ASSERT_EQ(ours.size(), theirs.size());
    for (std::size_t i = 0; i < ours.size(); ++i) {
      EXPECT_EQ(ours[i].result, theirs[i].result)
          << test_case.name << ": ours (" << ours[i].reason << "), libopendkim (" << theirs[i].reason << ")";
    }
  }
}

TEST(DkimCorpus, NeverPassesWhatIsExpectedToFailByDefault) {
  if (test::shared_data().empty()) GTEST_SKIP() << "POSTERN_SHARED is not set";
  for (const Case& test_case : load_cases()) {
    const std::vector<DkimVerdict> verdicts = verify(test_case, DkimLimits{});
    for (const DkimVerdict& verdict : verdicts) {
      if (verdict.algorithm == "rsa-sha1") EXPECT_NE(verdict.result, AuthResult::kPass) << test_case.name;
      if (verdict.result == AuthResult::kPass && verdict.algorithm == "rsa-sha256") EXPECT_GE(verdict.key_bits, 1024U);
    }
    if (test_case.expected != "pass") EXPECT_FALSE(has(verdicts, AuthResult::kPass)) << test_case.name;
  }
}

TEST(DkimCorpus, HostileIdentitiesAreHarmless) {
  if (test::shared_data().empty()) GTEST_SKIP() << "POSTERN_SHARED is not set";
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(test::shared_data() / "hostile/dkim_i")) {
    const std::string content = test::read_all(entry.path());
    const std::size_t cut = content.find("\n\n");
    ASSERT_NE(cut, std::string::npos);
    net::ZoneResolver zone;
    for (const char* domain : {"example.com", "football.example.com"}) {
      zone.add_txt("brisbane._domainkey." + std::string(domain), content.substr(0, cut));
    }
    FixedClock clock(kPresent);
    DkimVerifier verifier(zone, clock, DkimLimits{});
    const auto verdicts =
        test::run_task(verifier.verify(Message::copy_of(content.substr(cut + 2)), core::Deadline::never()));
    EXPECT_FALSE(has(verdicts, AuthResult::kPass));
    ++count;
  }
  EXPECT_GT(count, 0U);
}

}  // namespace
}  // namespace postern::pipeline
