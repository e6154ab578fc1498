// DMARC: every state, the next step, and permissions of report receivers.
#include <gtest/gtest.h>

#include "tests/pipeline/advice/advice_zone.h"

namespace postern::test {
namespace {

using pipeline::AdviceState;

struct DmarcCase {
  explicit DmarcCase(const std::vector<std::string>& records) {
    fill_zone(zone, {Part::kDmarc});
    for (const std::string& record : records) zone.add_txt("_dmarc.example.org", record);
  }
  pipeline::RecordAdvice record() { return record_of(advice_on(zone), "dmarc"); }
  std::string verdict() { return verdict_of(advice_on(zone), "dmarc"); }
  net::ZoneResolver zone;
};

TEST(DmarcAdvice, NothingPublished) {
  DmarcCase dmarc({});
  EXPECT_EQ(dmarc.verdict(), "missing: no DMARC record is published for the domain or above it");
  EXPECT_EQ(dmarc.record().publish.zone_text,
            "_dmarc.example.org. 3600 IN TXT \"v=DMARC1; p=none; rua=mailto:postmaster@example.org\"");
}

TEST(DmarcAdvice, TheNextStepIsAdvised) {
  DmarcCase watching({"v=DMARC1; p=none; rua=mailto:r@example.org; T = y; pct=50"});
  EXPECT_EQ(watching.record().state, AdviceState::kWarning);
  EXPECT_EQ(watching.record().publish.value, "v=DMARC1; p=quarantine; rua=mailto:r@example.org");
  DmarcCase quarantine({"v=DMARC1; p=quarantine; rua=mailto:r@example.org"});
  EXPECT_EQ(quarantine.verdict(), "ok: policy quarantine is published");
  EXPECT_TRUE(has_note(quarantine.record(), "v=DMARC1; p=reject; rua=mailto:r@example.org"));
  DmarcCase reject({"v=DMARC1; p=reject; rua=mailto:r@example.org"});
  EXPECT_EQ(reject.verdict(), "ok: policy reject is published");
  EXPECT_TRUE(reject.record().notes.empty());
}

TEST(DmarcAdvice, WhatIsWeakIsNoted) {
  DmarcCase weak({"v=DMARC1; p=reject; sp=none; np=quarantine; pct=20"});
  EXPECT_EQ(weak.record().state, AdviceState::kOk);
  for (const char* words : {"Without rua=", "sp=none", "np=quarantine", "pct= is no longer read"}) {
    EXPECT_TRUE(has_note(weak.record(), words)) << words;
  }
  DmarcCase testing({"v=DMARC1; p=reject; t=y; rua=mailto:r@example.org"});
  EXPECT_EQ(testing.verdict(), "warning: t=y asks receivers to apply less than p=reject; remove it when the reports look right");
  EXPECT_EQ(testing.record().publish.value, "v=DMARC1; p=reject; rua=mailto:r@example.org");
  DmarcCase no_policy({"v=DMARC1; rua=mailto:r@example.org"});
  EXPECT_EQ(no_policy.verdict(), "warning: p= is missing or not valid, so that receivers take it for \"none\"");
}

TEST(DmarcAdvice, WhatReceiversIgnore) {
  DmarcCase twice({"v=DMARC1; p=reject", "v=DMARC1; p=none"});
  EXPECT_EQ(twice.verdict(), "different: 2 DMARC records are published, and receivers ignore all of them; keep one");
  DmarcCase empty({"v=DMARC1; p=oops"});
  EXPECT_EQ(empty.verdict(), "different: the record has neither a valid p= nor a valid rua=, so that receivers ignore it");
  DmarcCase other({"v=dmarc2; p=reject"});
  EXPECT_EQ(other.verdict(), "different: what is published is no DMARC record: it must begin with \"v=DMARC1\"");
}

TEST(DmarcAdvice, ThePolicyAboveASubdomainApplies) {
  net::ZoneResolver zone;
  zone.add_txt("_dmarc.example.org", "v=DMARC1; p=reject; sp=quarantine; rua=mailto:r@example.org");
  auto subject = advice_subject();
  subject.domain = "desk.example.org";
  EXPECT_EQ(verdict_of(advice_on(zone, subject), "dmarc"), "ok: the policy of example.org applies: quarantine");
  net::ZoneResolver weak;
  weak.add_txt("_dmarc.example.org", "v=DMARC1; p=none");
  EXPECT_EQ(verdict_of(advice_on(weak, subject), "dmarc"), "warning: the policy of example.org applies: none, which only watches");
}

TEST(DmarcAdvice, SilenceIsUnknown) {
  DmarcCase dmarc({"v=DMARC1; p=reject"});
  dmarc.zone.fail_name("_dmarc.example.org", net::DnsStatus::kTimeout);
  EXPECT_EQ(dmarc.verdict(), "unknown: DNS did not answer for the policy of example.org; try again");
}

TEST(DmarcAdvice, OthersMustAgreeToGetReports) {
  DmarcCase dmarc({"v=DMARC1; p=reject; rua=mailto:a@reports.example,mailto:b@example.org"});
  const auto advice = advice_on(dmarc.zone);
  const auto permission = record_of(advice, "dmarc_report");
  EXPECT_EQ(permission.state, AdviceState::kMissing);
  EXPECT_FALSE(permission.is_required);
  EXPECT_EQ(permission.publish.zone_text, "example.org._report._dmarc.reports.example. 3600 IN TXT \"v=DMARC1;\"");
  EXPECT_EQ(permission.explanation.rfind("no reports reach a@reports.example: ", 0), 0U) << permission.explanation;
  EXPECT_TRUE(advice.is_good());
  dmarc.zone.add_txt("example.org._report._dmarc.reports.example", "v=DMARC1;");
  EXPECT_EQ(verdict_of(advice_on(dmarc.zone), "dmarc_report"), "none");
}

TEST(DmarcAdvice, WithoutReportsTheNextStepIsReports) {
  DmarcCase blind({"v=DMARC1; p=none"});
  EXPECT_EQ(blind.verdict(), "warning: p=none without a mailto: address in rua= protects nothing and tells nothing; ask for reports");
  EXPECT_EQ(blind.record().publish.value, "v=DMARC1; p=none; rua=mailto:postmaster@example.org");
  DmarcCase seeing({"v=DMARC1; p=none; rua=mailto:reports@example.org"});
  EXPECT_EQ(seeing.record().publish.value, "v=DMARC1; p=quarantine; rua=mailto:reports@example.org");
}

}  // namespace
}  // namespace postern::test
