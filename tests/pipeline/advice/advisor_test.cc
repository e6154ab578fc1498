// The port's implementation: files, limits, the short memory.
#include "pipeline/advice/advisor.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "core/errc.h"
#include "core/file.h"
#include "pipeline/advice/answer_memo.h"
#include "tests/pipeline/advice/advice_zone.h"

namespace postern::pipeline {
namespace {

class DomainAdvisorTest : public testing::Test {
 protected:
  DomainAdvisorTest() {
    test::fill_zone(zone);
    options.hostname = "mail.example.org";
    options.addresses = {"192.0.2.1"};
  }
  core::Result<DomainAdvice> advise(DnsDomainAdvisor& advisor, const std::string& domain) {
    return test::run_task(io, advisor.advise(domain, core::Deadline::never()));
  }
  boost::asio::io_context io;
  core::ManualClock clock;
  core::WorkPool pool{"cpu", 1, 8};
  net::ZoneResolver zone;
  AdvisorOptions options;
};

TEST_F(DomainAdvisorTest, AnAnswerIsGivenAgainForAWhile) {
  DnsDomainAdvisor advisor(zone, clock, pool, options);
  const auto first = advise(advisor, "Example.ORG");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->domain, "example.org");
  const std::size_t asked = zone.query_count();
  EXPECT_GT(asked, 10U);
  clock.advance(std::chrono::seconds(9));
  EXPECT_EQ(advise(advisor, "example.org")->checked_at, first->checked_at);
  EXPECT_EQ(zone.query_count(), asked);
  clock.advance(std::chrono::seconds(2));
  EXPECT_NE(advise(advisor, "example.org")->checked_at, first->checked_at);
  EXPECT_EQ(zone.query_count(), 2 * asked);
}

TEST_F(DomainAdvisorTest, WhatIsNoDomainIsRefused) {
  DnsDomainAdvisor advisor(zone, clock, pool, options);
  for (const char* name : {"", "org", "exa mple.org", "a..b", "a.b\n"}) {
    const auto got = advise(advisor, name);
    ASSERT_FALSE(got) << name;
    EXPECT_EQ(got.error(), core::Errc::kInvalid) << name;
  }
  EXPECT_EQ(zone.query_count(), 0U);
}

TEST_F(DomainAdvisorTest, ChecksBeyondTheLimitAreRefused) {
  options.checks_max = 0;
  DnsDomainAdvisor advisor(zone, clock, pool, options);
  const auto got = advise(advisor, "example.org");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error(), core::Errc::kOverloaded);
}

TEST_F(DomainAdvisorTest, AFullMemoryKeepsWorking) {
  options.kept_max = 0;
  DnsDomainAdvisor advisor(zone, clock, pool, options);
  EXPECT_TRUE(advise(advisor, "example.org"));
  const std::size_t asked = zone.query_count();
  EXPECT_TRUE(advise(advisor, "example.org"));
  EXPECT_EQ(zone.query_count(), 2 * asked);
}

TEST_F(DomainAdvisorTest, KeysAndCertificatesComeFromFiles) {
  char name[] = "/tmp/postern-advice-XXXXXX";
  const std::filesystem::path folder = ::mkdtemp(name);
  ASSERT_TRUE(DkimKeyFolder(folder / "dkim").create("example.org", clock));
  ASSERT_TRUE(core::write_file(folder / "cert.pem", "not a certificate"));
  options.dkim_folder = folder / "dkim";
  options.smtp_certificate = folder / "cert.pem";
  options.web_certificate = folder / "absent.pem";
  const auto subject = read_subject(options, "example.org");
  ASSERT_TRUE(subject);
  EXPECT_EQ(subject->dkim.size(), 2U);
  EXPECT_EQ(subject->smtp_certificate_pem, "not a certificate");
  DnsDomainAdvisor advisor(zone, clock, pool, options);
  const auto advice = advise(advisor, "example.org");
  ASSERT_TRUE(advice);
  EXPECT_EQ(advice->state(), AdviceState::kMissing);
  EXPECT_EQ(advice->reply.state, AdviceState::kWarning);
  // What is advised for the keys makes them good.
  for (const RecordAdvice& record : advice->records) {
    if (record.purpose == "dkim") zone.add_txt(record.publish.owner, record.publish.value);
  }
  clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(advise(advisor, "example.org")->state(), AdviceState::kOk);
  std::filesystem::remove_all(folder);
}

TEST_F(DomainAdvisorTest, TheServedPolicyIsTheAdvisedOne) {
  options.mta_sts.mode = "enforce";
  DnsDomainAdvisor advisor(zone, clock, pool, options);
  EXPECT_EQ(advisor.mta_sts_policy(), advise(advisor, "example.org")->mta_sts_policy);
  EXPECT_EQ(advisor.mta_sts_policy(), "version: STSv1\r\nmode: enforce\r\nmx: mail.example.org\r\nmax_age: 604800\r\n");
}

TEST(AnswerMemo, AsksOnceAndNotBeyondItsLimit) {
  net::ZoneResolver zone;
  zone.add_txt("a.example", "x");
  AnswerMemo memo(zone, 2);
  const auto ask = [&](const char* name) {
    return test::run_task(memo.query(net::DnsQuestion(name, net::DnsType::kTxt), core::Deadline::never())).status;
  };
  EXPECT_EQ(ask("a.example"), net::DnsStatus::kOk);
  EXPECT_EQ(ask("A.example."), net::DnsStatus::kOk);
  EXPECT_EQ(zone.query_count(), 1U);
  EXPECT_EQ(ask("b.example"), net::DnsStatus::kNxDomain);
  EXPECT_EQ(ask("c.example"), net::DnsStatus::kTimeout);
  EXPECT_EQ(zone.query_count(), 2U);
}

// Nothing that a zone holds makes the advice ask without end.
TEST(DomainAdvice, AHostileZoneCostsABoundedNumberOfQuestions) {
  net::ZoneResolver zone;
  test::fill_zone(zone, {test::Part::kSpf, test::Part::kDmarc});
  std::string wide = "v=spf1";
  std::string rua = "v=DMARC1; p=none; rua=mailto:a@x0.example.net";
  for (int i = 0; i < 100; ++i) wide += " include:x" + std::to_string(i) + ".example.net mx:y" + std::to_string(i) + ".example.net";
  for (int i = 1; i < 100; ++i) rua += ",mailto:a@x" + std::to_string(i) + ".example.net";
  for (int i = 0; i < 100; ++i) zone.add_txt("x" + std::to_string(i) + ".example.net", wide + " -all");
  zone.add_txt("example.org", wide + " -all");
  zone.add_txt("_dmarc.example.org", rua);
  const DomainAdvice advice = test::advice_on(zone);
  EXPECT_LE(zone.query_count(), AdviceLimits{}.questions_max);
  EXPECT_FALSE(advice.is_good());
}

}  // namespace
}  // namespace postern::pipeline
