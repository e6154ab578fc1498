// The look-ups of an SPF record, counted as a receiver counts them.
#include "pipeline/advice/spf_budget.h"

#include <gtest/gtest.h>

#include "tests/pipeline/advice/advice_zone.h"

namespace postern::pipeline {
namespace {

SpfBudget budget_of(net::ZoneResolver& zone, const std::string& record, AdviceLimits limits = AdviceLimits()) {
  core::ManualClock clock;
  const AdviceSubject subject = test::advice_subject();
  AdviceRun run(subject, zone, clock, limits, core::Deadline::never());
  return test::run_task(count_spf_lookups(run, "example.org", record));
}

std::vector<std::string> lines_of(const SpfBudget& budget) {
  std::vector<std::string> out;
  for (const SpfCost& cost : budget.terms) {
    out.push_back(std::string(cost.depth, '.') + cost.term + " " + std::to_string(cost.lookups) + (cost.is_void ? " void" : ""));
  }
  return out;
}

TEST(SpfBudget, NestedIncludesAreCountedTermByTerm) {
  net::ZoneResolver zone;
  zone.add_mx("example.org", 10, "mail.example.org");
  zone.add_a("mail.example.org", "192.0.2.1");
  zone.add_txt("_spf.example.net", "v=spf1 include:a.example.net a:mail.example.org ip6:2001:db8::/32 ~all");
  zone.add_txt("a.example.net", "v=spf1 exists:%{i}.list.example.net ip4:192.0.2.0/24 -all mx");
  const SpfBudget budget = budget_of(zone, "v=spf1 ip4:192.0.2.1 mx include:_spf.example.net -all a:behind.example");
  EXPECT_EQ(lines_of(budget), (std::vector<std::string>{"ip4:192.0.2.1 0", "mx 1", "include:_spf.example.net 4",
                                                        ".include:a.example.net 2", "..exists:%{i}.list.example.net 1",
                                                        "..ip4:192.0.2.0/24 0", "..-all 0", ".a:mail.example.org 1",
                                                        ".ip6:2001:db8::/32 0", ".~all 0", "-all 0"}));
  EXPECT_EQ(budget.lookups, 5U);
  EXPECT_EQ(budget.void_lookups, 0U);
  EXPECT_TRUE(budget.is_complete);
}

TEST(SpfBudget, ARedirectCountsOnlyWithoutAll) {
  net::ZoneResolver zone;
  zone.add_txt("r.example.net", "v=spf1 ip4:192.0.2.1 -all");
  EXPECT_EQ(budget_of(zone, "v=spf1 redirect=r.example.net").lookups, 1U);
  EXPECT_EQ(budget_of(zone, "v=spf1 redirect=r.example.net -all").lookups, 0U);
}

TEST(SpfBudget, ALoopIsNamedAndEnds) {
  net::ZoneResolver zone;
  zone.add_txt("a.example.net", "v=spf1 include:b.example.net -all");
  zone.add_txt("b.example.net", "v=spf1 include:a.example.net -all");
  const SpfBudget budget = budget_of(zone, "v=spf1 include:a.example.net -all");
  EXPECT_EQ(budget.lookups, 3U);
  ASSERT_GE(budget.terms.size(), 3U);
  EXPECT_EQ(budget.terms[2].problem, "leads back to itself, which receivers answer with an error");
}

TEST(SpfBudget, VoidLookUpsAndBrokenIncludes) {
  net::ZoneResolver zone;
  zone.add_txt("none.example.net", "no record of SPF");
  zone.add_txt("two.example.net", "v=spf1 -all");
  zone.add_txt("two.example.net", "v=spf1 +all");
  zone.add_txt("bad.example.net", "v=spf1 ip4:nonsense");
  const SpfBudget budget = budget_of(zone, "v=spf1 a:gone.example mx:gone.example include:gone.example include:none.example.net "
                                           "include:two.example.net include:bad.example.net ptr -all");
  EXPECT_EQ(budget.lookups, 7U);
  EXPECT_EQ(budget.void_lookups, 3U);
  std::vector<std::string> problems;
  for (const SpfCost& cost : budget.terms) problems.push_back(cost.problem);
  EXPECT_EQ(problems, (std::vector<std::string>{"matches nothing: gone.example has no address",
                                                "matches nothing: gone.example has no MX record",
                                                "has no SPF record, which receivers answer with an error",
                                                "has no SPF record, which receivers answer with an error",
                                                "has more than one SPF record, which receivers answer with an error",
                                                "has a record with a syntax error",
                                                "is slow and should not be used (RFC 7208 section 5.5)", ""}));
}

TEST(SpfBudget, AHostileRecordIsNotCountedToItsEnd) {
  net::ZoneResolver zone;
  std::string wide = "v=spf1";
  for (int i = 0; i < 200; ++i) wide += " include:x" + std::to_string(i) + ".example.net";
  for (int i = 0; i < 200; ++i) zone.add_txt("x" + std::to_string(i) + ".example.net", wide + " -all");
  const SpfBudget budget = budget_of(zone, wide + " -all");
  EXPECT_FALSE(budget.is_complete);
  EXPECT_LE(budget.lookups, AdviceLimits{}.spf_lookups_max);
  EXPECT_GT(budget.lookups, budget.lookups_max);
  EXPECT_LT(zone.query_count(), 60U);
  AdviceLimits narrow;
  narrow.spf_terms_max = 3;
  EXPECT_EQ(budget_of(zone, "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ip4:192.0.2.3 ip4:192.0.2.4 -all", narrow).terms.size(), 3U);
}

TEST(SpfBudget, SilenceMakesItIncomplete) {
  net::ZoneResolver zone;
  zone.fail_name("slow.example.net", net::DnsStatus::kTimeout);
  const SpfBudget budget = budget_of(zone, "v=spf1 include:slow.example.net -all");
  EXPECT_FALSE(budget.is_complete);
  EXPECT_EQ(budget.terms[0].problem, "DNS did not answer for slow.example.net (timeout); try again");
}

}  // namespace
}  // namespace postern::pipeline
