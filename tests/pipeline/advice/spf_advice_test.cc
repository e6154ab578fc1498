// SPF: every state, and that what is advised works.
#include <gtest/gtest.h>

#include "tests/pipeline/advice/advice_zone.h"

namespace postern::test {
namespace {

using pipeline::AdviceState;

struct SpfCase {
  explicit SpfCase(const std::vector<std::string>& records) {
    fill_zone(zone, {Part::kSpf});
    for (const std::string& record : records) zone.add_txt("example.org", record);
  }
  pipeline::DomainAdvice advice() { return advice_on(zone); }
  std::string verdict() { return verdict_of(advice(), "spf"); }
  std::string text() { return record_of(advice(), "spf").publish.value; }
  net::ZoneResolver zone;
};

// The state of SPF when exactly `record` is published.
AdviceState state_with(const std::string& record) { return record_of(SpfCase({record}).advice(), "spf").state; }

TEST(SpfAdvice, NothingPublished) {
  SpfCase spf({"google-site-verification=x"});
  EXPECT_EQ(spf.verdict(), "missing: no SPF record is published at example.org");
  EXPECT_EQ(spf.text(), "v=spf1 ip4:192.0.2.1 ~all");
  EXPECT_EQ(state_with(spf.text()), AdviceState::kOk);
}

TEST(SpfAdvice, WithoutAKnownAddressTheNameIsAdvised) {
  net::ZoneResolver zone;
  fill_zone(zone, {Part::kSpf, Part::kHost});
  auto subject = advice_subject();
  subject.addresses.clear();
  EXPECT_EQ(record_of(advice_on(zone, subject), "spf").publish.value, "v=spf1 a:mail.example.org ~all");
  zone.add_txt("example.org", "v=spf1 mx -all");
  EXPECT_EQ(verdict_of(advice_on(zone, subject), "spf"),
            "unknown: no address of mail.example.org is known, so that the record cannot be tried");
}

TEST(SpfAdvice, ARecordThatPassesOurMail) {
  SpfCase spf({"v=spf1 a:mail.example.org mx -all"});
  EXPECT_EQ(spf.verdict(), "ok: the record passes mail from 192.0.2.1 and needs 2 of 10 DNS look-ups");
  EXPECT_EQ(spf.advice().spf_budget.lookups, 2U);
}

TEST(SpfAdvice, OurAddressIsPutBeforeAll) {
  SpfCase spf({"v=spf1 ip4:203.0.113.0/24 ~all"});
  EXPECT_EQ(spf.verdict(), "different: the record does not pass mail from 192.0.2.1 (softfail)");
  EXPECT_EQ(spf.text(), "v=spf1 ip4:203.0.113.0/24 ip4:192.0.2.1 ~all");
  EXPECT_EQ(state_with(spf.text()), AdviceState::kOk);
}

TEST(SpfAdvice, OnlyTheAddressThatLacksIsAdded) {
  net::ZoneResolver zone;
  fill_zone(zone);
  zone.add_a("mail.example.org", "2001:db8::1");
  auto subject = advice_subject();
  subject.addresses = {"192.0.2.1", "2001:db8::1"};
  const auto record = record_of(advice_on(zone, subject), "spf");
  EXPECT_EQ(record.explanation, "the record does not pass mail from 2001:db8::1 (fail)");
  EXPECT_EQ(record.publish.value, "v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 -all");
}

TEST(SpfAdvice, AMechanismThatRefusesUsIsOvertaken) {
  SpfCase spf({"v=spf1 -ip4:192.0.2.0/24 mx -all"});
  EXPECT_EQ(record_of(spf.advice(), "spf").state, AdviceState::kDifferent);
  EXPECT_EQ(spf.text(), "v=spf1 ip4:192.0.2.1 -ip4:192.0.2.0/24 mx -all");
  EXPECT_TRUE(has_note(record_of(spf.advice(), "spf"), "come first"));
  EXPECT_EQ(state_with(spf.text()), AdviceState::kOk);
}

TEST(SpfAdvice, MoreThanTenLookUpsBeforeUs) {
  std::string record = "v=spf1";
  SpfCase spf({});
  for (int i = 0; i < 11; ++i) {
    const std::string name = "s" + std::to_string(i) + ".example.net";
    record += " include:" + name;
    spf.zone.add_txt(name, "v=spf1 ip4:203.0.113." + std::to_string(i) + " -all");
  }
  spf.zone.add_txt("example.org", record + " -all");
  EXPECT_EQ(spf.verdict(),
            "different: receivers end with an error (more than 10 DNS lookups), so that mail from 192.0.2.1 does not pass");
  EXPECT_EQ(spf.advice().spf_budget.lookups, 11U);
  EXPECT_EQ(spf.text(), "v=spf1 ip4:192.0.2.1" + record.substr(6) + " -all");
}

TEST(SpfAdvice, MoreThanTenLookUpsBehindUsIsAWarning) {
  std::string record = "v=spf1 ip4:192.0.2.1";
  SpfCase spf({});
  for (int i = 0; i < 12; ++i) {
    const std::string name = "s" + std::to_string(i) + ".example.net";
    record += " include:" + name;
    spf.zone.add_txt(name, "v=spf1 -all");
  }
  spf.zone.add_txt("example.org", record + " -all");
  EXPECT_EQ(spf.verdict(), "warning: the record passes our mail, but the record needs 12 DNS look-ups, and receivers give up after 10");
}

TEST(SpfAdvice, SeveralRecordsBecomeOne) {
  SpfCase spf({"v=spf1 ip4:203.0.113.1 -all", "v=spf1 ip4:192.0.2.1 ~all"});
  EXPECT_EQ(spf.verdict(), "different: 2 SPF records are published, which receivers answer with an error; replace all by one");
  EXPECT_EQ(spf.text(), "v=spf1 ip4:203.0.113.1 ip4:192.0.2.1 ~all");
  EXPECT_EQ(record_of(spf.advice(), "spf").found.size(), 2U);
  EXPECT_EQ(state_with(spf.text()), AdviceState::kOk);
}

TEST(SpfAdvice, ASyntaxErrorIsNamed) {
  SpfCase spf({"v=spf1 ip4:192.0.2 mx -all"});
  EXPECT_EQ(spf.verdict(), "different: the record has a syntax error, which receivers answer with an error");
  EXPECT_EQ(spf.text(), "v=spf1 mx ip4:192.0.2.1 -all");
  EXPECT_TRUE(has_note(record_of(spf.advice(), "spf"), "Left out, because it is not valid or never reached: ip4:192.0.2."));
}

TEST(SpfAdvice, WeakRecordsAreWarnedOf) {
  SpfCase everybody({"v=spf1 +all"});
  EXPECT_EQ(everybody.verdict(),
            "warning: the record passes our mail, but the record ends in \"+all\", so that anybody may send as the domain");
  EXPECT_EQ(everybody.text(), "v=spf1 ip4:192.0.2.1 ~all");  // "+all" was all that let our mail pass
  EXPECT_EQ(state_with(everybody.text()), AdviceState::kOk);
  SpfCase open({"v=spf1 ip4:192.0.2.1"});
  EXPECT_EQ(open.verdict(), "warning: the record passes our mail, but the record has no \"all\", so that it refuses nobody");
  EXPECT_EQ(open.text(), "v=spf1 ip4:192.0.2.1 ~all");
  SpfCase reverse({"v=spf1 ip4:192.0.2.1 ptr -all"});
  EXPECT_EQ(reverse.verdict(),
            "warning: the record passes our mail, but \"ptr\" is slow and should not be used (RFC 7208 section 5.5)");
  SpfCase empty({"v=spf1 ip4:192.0.2.1 a:x.example a:y.example a:z.example -all"});
  EXPECT_EQ(empty.verdict(),
            "warning: the record passes our mail, but 3 look-ups of the record find nothing, and receivers give up after 2");
}

TEST(SpfAdvice, DnsTroubleIsUnknown) {
  SpfCase spf({"v=spf1 include:slow.example.net -all"});
  spf.zone.fail_name("slow.example.net", net::DnsStatus::kTimeout);
  EXPECT_EQ(spf.verdict(), "unknown: DNS did not answer while the record was tried; try again");
  SpfCase own({"v=spf1 -all"});
  own.zone.fail_type("example.org", net::DnsType::kTxt, net::DnsStatus::kServFail);
  EXPECT_EQ(own.verdict(), "unknown: DNS did not answer for example.org (servfail); try again");
}

}  // namespace
}  // namespace postern::test
