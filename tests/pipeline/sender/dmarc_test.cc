// RFC 9989: records, tree walks, alignment, and what follows from them.
#include "pipeline/sender/dmarc.h"

#include <gtest/gtest.h>

#include "net/zone_resolver.h"
#include "pipeline/sender/dmarc_walk.h"
#include "tests/support/run_task.h"

namespace postern::pipeline {
namespace {

TEST(DmarcRecord, ReadsTolerantly) {
  const auto record = parse_dmarc_record(
      "v=DMARC1; p=Reject ; sp=what; np=quarantine;adkim=S; aspf=x; t=y; psd=n; pct=12; rua=mailto:a@b.c!10m;;x");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->policy, DmarcPolicy::kReject);
  EXPECT_FALSE(record->subdomain_policy);
  EXPECT_EQ(record->nonexistent_policy, DmarcPolicy::kQuarantine);
  EXPECT_TRUE(record->is_dkim_strict);
  EXPECT_FALSE(record->is_spf_strict);
  EXPECT_TRUE(record->is_testing);
  EXPECT_EQ(record->psd, DmarcPsd::kNo);
  EXPECT_TRUE(record->has_report_address);
}

TEST(DmarcRecord, VersionComesFirst) {
  for (const char* text :
       {"", "p=reject", "p=reject; v=DMARC1", "v=DMARC2; p=reject", "v=dmarc1; p=reject", "v=DMARC1X"}) {
    EXPECT_FALSE(parse_dmarc_record(text)) << text;
  }
  EXPECT_FALSE(select_dmarc_record({"v=DMARC1; p=none", "v=DMARC1; p=reject"}, 4096));
  EXPECT_TRUE(select_dmarc_record({"other", "v=DMARC1; p=reject"}, 4096));
}

TEST(DmarcRecord, InvalidPolicyNeedsAReportAddress) {
  EXPECT_EQ(parse_dmarc_record("v=DMARC1; p=bogus; rua=mailto:a@b.c")->effective_policy(), DmarcPolicy::kNone);
  EXPECT_FALSE(parse_dmarc_record("v=DMARC1; p=bogus")->effective_policy());
}

TEST(DmarcWalk, AsksAtMostEightNames) {
  // RFC 9989 section 4.10: a name of more than eight labels goes on with its last seven.
  EXPECT_EQ(walk_names("a.mail.example.com", 8),
            (std::vector<std::string>{"a.mail.example.com", "mail.example.com", "example.com", "com"}));
  const auto names = walk_names("a.b.c.d.e.f.g.h.i.j.mail.example.com", 8);
  ASSERT_EQ(names.size(), 8U);
  EXPECT_EQ(names[1], "g.h.i.j.mail.example.com");
  EXPECT_EQ(names[7], "com");
}

class Dmarc : public testing::Test {
 protected:
  DmarcVerdict evaluate(std::vector<std::string> from, const std::string& spf_domain = "",
                        const std::string& dkim_domain = "", AuthResult spf_result = AuthResult::kPass) {
    SpfVerdict spf;
    spf.domain = spf_domain;
    spf.result = spf_domain.empty() ? AuthResult::kNone : spf_result;
    std::vector<DkimVerdict> dkim;
    if (!dkim_domain.empty()) {
      dkim.emplace_back();
      dkim[0].result = AuthResult::kPass;
      dkim[0].domain = dkim_domain;
    }
    DmarcEvaluator evaluator(zone_, DmarcLimits{});
    return test::run_task(
        evaluator.evaluate(std::move(from), std::move(spf), std::move(dkim), core::Deadline::never()));
  }
  void policy(const std::string& domain, const std::string& tags) {
    zone_.add_txt("_dmarc." + domain, "v=DMARC1; " + tags);
  }
  net::ZoneResolver zone_;
};

TEST_F(Dmarc, RelaxedAlignmentMeetsInTheOrganisation) {
  policy("example.com", "p=reject");
  zone_.add_a("news.example.com", "192.0.2.1");
  const DmarcVerdict verdict = evaluate({"news.example.com"}, "bounce.example.com", "example.com");
  EXPECT_EQ(verdict.result, AuthResult::kPass);
  EXPECT_EQ(verdict.aligned_by, (std::vector<std::string>{"spf", "dkim"}));
  EXPECT_EQ(verdict.policy_domain, "example.com");
  EXPECT_EQ(verdict.disposition, DmarcPolicy::kNone);
}

TEST_F(Dmarc, StrictAlignmentWantsTheSameName) {
  policy("example.com", "p=reject; adkim=s; aspf=s");
  EXPECT_EQ(evaluate({"example.com"}, "mail.example.com", "mail.example.com").result, AuthResult::kFail);
  EXPECT_EQ(evaluate({"example.com"}, "", "Example.COM").result, AuthResult::kPass);
}

TEST_F(Dmarc, FailureTakesThePublishedPolicy) {
  policy("example.com", "p=reject; sp=quarantine; np=none");
  zone_.add_a("real.example.com", "192.0.2.1");
  EXPECT_EQ(evaluate({"example.com"}, "evil.example").disposition, DmarcPolicy::kReject);
  EXPECT_EQ(evaluate({"real.example.com"}, "evil.example").disposition, DmarcPolicy::kQuarantine);
  EXPECT_EQ(evaluate({"unreal.example.com"}, "evil.example").disposition, DmarcPolicy::kNone);
}

TEST_F(Dmarc, TestModeGoesOneStepDown) {
  policy("example.com", "p=reject; t=y");
  policy("example.net", "p=quarantine; t=y");
  const DmarcVerdict verdict = evaluate({"example.com"});
  EXPECT_EQ(verdict.policy, DmarcPolicy::kReject);
  EXPECT_EQ(verdict.disposition, DmarcPolicy::kQuarantine);
  EXPECT_EQ(evaluate({"example.net"}).disposition, DmarcPolicy::kNone);
}

TEST_F(Dmarc, PublicSuffixSeparatesItsCustomers) {
  // RFC 9989 section 4.10.2, rule 2: below a record with psd=y every name is an organisation of its own.
  policy("giant.bank.example", "p=reject");
  policy("bank.example", "p=reject; psd=y; np=reject; sp=quarantine");
  zone_.add_a("other.bank.example", "192.0.2.1");
  EXPECT_EQ(evaluate({"mail.giant.bank.example"}, "", "giant.bank.example").result, AuthResult::kPass);
  EXPECT_EQ(evaluate({"mail.giant.bank.example"}, "", "other.bank.example").result, AuthResult::kFail);
  EXPECT_EQ(evaluate({"mail.giant.bank.example"}, "", "bank.example").result, AuthResult::kFail);
  const DmarcVerdict inherited = evaluate({"other.bank.example"});
  EXPECT_EQ(inherited.policy_domain, "bank.example");
  EXPECT_EQ(inherited.disposition, DmarcPolicy::kQuarantine);
  EXPECT_EQ(evaluate({"none.bank.example"}).disposition, DmarcPolicy::kReject);
}

TEST_F(Dmarc, DeclaredOrganisationStopsTheWalk) {
  // Rule 1: psd=n makes the name the organisation, whatever stands above.
  policy("branch.example.com", "p=quarantine; psd=n");
  policy("example.com", "p=reject");
  EXPECT_EQ(evaluate({"mail.branch.example.com"}, "", "example.com").result, AuthResult::kFail);
  EXPECT_EQ(evaluate({"mail.branch.example.com"}, "", "x.branch.example.com").result, AuthResult::kPass);
  EXPECT_EQ(evaluate({"mail.branch.example.com"}).disposition, DmarcPolicy::kQuarantine);
}

TEST_F(Dmarc, HighestRecordIsTheOrganisation) {
  policy("a.b.example.com", "p=none");
  policy("example.com", "p=reject");
  const DmarcVerdict verdict = evaluate({"a.b.example.com"}, "", "other.example.com");
  EXPECT_EQ(verdict.result, AuthResult::kPass);
  EXPECT_EQ(verdict.policy, DmarcPolicy::kNone);  // its own record governs
}

TEST_F(Dmarc, NoRecordMeansNone) {
  const DmarcVerdict verdict = evaluate({"example.com"}, "example.com");
  EXPECT_EQ(verdict.result, AuthResult::kNone);
  EXPECT_EQ(verdict.policy_domain, "");
}

TEST_F(Dmarc, TroubleIsNeverAPass) {
  policy("example.com", "p=reject");
  EXPECT_EQ(evaluate({"example.com"}, "example.com", "", AuthResult::kTempError).result, AuthResult::kTempError);
  EXPECT_EQ(evaluate({"example.com"}, "evil.example", "", AuthResult::kTempError).result, AuthResult::kFail);
  EXPECT_EQ(evaluate({"example.com"}, "example.com", "", AuthResult::kSoftFail).result, AuthResult::kFail);
  zone_.fail_name("_dmarc.example.com", net::DnsStatus::kServFail);
  EXPECT_EQ(evaluate({"example.com"}, "example.com").result, AuthResult::kTempError);
  EXPECT_EQ(evaluate({"example.com"}, "example.com").disposition, DmarcPolicy::kNone);
}

TEST_F(Dmarc, OneAuthorDomainOnly) {
  policy("example.com", "p=reject");
  EXPECT_EQ(evaluate({"example.com", "example.net"}, "example.com").result, AuthResult::kPermError);
  EXPECT_EQ(evaluate({}).result, AuthResult::kNone);
}

}  // namespace
}  // namespace postern::pipeline
