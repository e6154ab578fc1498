// MTA-STS as a sender keeps to it (RFC 8461): the record, the text, the hosts, and how long what was read holds.
#include "smtp/client/sts_policy.h"

#include <gtest/gtest.h>

#include "core/errc.h"
#include "core/log.h"
#include "core/manual_clock.h"
#include "net/zone_resolver.h"
#include "smtp/client/sts_policies.h"
#include "tests/support/run_task.h"

namespace postern::smtp {
namespace {

constexpr std::string_view kText = "version: STSv1\r\nmode: enforce\r\nmx: mx1.dest.test\r\nmx: *.Backup.test\r\nmax_age: 86400\r\n";

TEST(StsPolicy, Z32_TheRecordsIdIsOfTheOnlyOne) {
  EXPECT_EQ(sts_id({"v=STSv1; id=20261123T1;"}), "20261123T1");
  EXPECT_EQ(sts_id({"spf", "v=STSv1;id=a; more=b"}), "a");
  for (const std::vector<std::string>& none : {std::vector<std::string>{}, {"v=STSv1"}, {"v=STSv1; id="}, {"v=STSv1; id=a-b"}, {"id=a; v=STSv1"}, {"v=STSv10; id=a"},
                                               {"v=STSv1; id=a", "v=STSv1; id=b"}, {"v=STSv1; id=" + std::string(33, 'a')}}) {
    EXPECT_FALSE(sts_id(none)) << testing::PrintToString(none);
  }
}

TEST(StsPolicy, Z32_ReadsWhatRfc8461Allows) {
  const auto policy = parse_sts_policy(kText);
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->mode, StsPolicy::Mode::kEnforce);
  EXPECT_EQ(policy->max_age, std::chrono::hours(24));
  EXPECT_TRUE(sts_allows(*policy, "MX1.dest.test."));
  EXPECT_TRUE(sts_allows(*policy, "a.backup.test"));
  for (const char* other : {"mx2.dest.test", "backup.test", "a.b.backup.test", "xbackup.test", "mx1.dest.test.evil.test", ""}) EXPECT_FALSE(sts_allows(*policy, other)) << other;
  EXPECT_EQ(parse_sts_policy("version:STSv1\nmode:none\nmax_age:0\n")->mode, StsPolicy::Mode::kNone);
  EXPECT_EQ(parse_sts_policy("version: STSv1\nfuture: x\nmode: testing\nmode: enforce\nmx: a.test\nmax_age: 99999999999")->max_age, kStsAgeMax);
  for (const char* broken : {"", "version: STSv2\nmode: none\nmax_age: 1", "version: STSv1\nmode: Enforce\nmx: a\nmax_age: 1", "version: STSv1\nmode: enforce\nmax_age: 1",
                             "version: STSv1\nmode: enforce\nmx: a\nmax_age: -1", "version: STSv1\nmode: enforce\nmx: a", "mode: none\nmax_age: 1", "<html>"}) {
    EXPECT_FALSE(parse_sts_policy(broken)) << broken;
  }
}

TEST(StsPolicy, Z32_WhatIsKeptOfOneIsReadBack) {
  for (const char* text : {"version: STSv1\nmode: enforce\nmx: a.test\nmx: *.b.test\nmax_age: 604800\n", "version: STSv1\nmode: testing\nmx: a.test\nmax_age: 1\n",
                           "version: STSv1\nmode: none\nmax_age: 0\n"}) {
    EXPECT_EQ(to_text(parse_sts_policy(text).value()), text);
  }
}

class StsPoliciesTest : public testing::Test {
 protected:
  StsPoliciesTest() {
    policies = std::make_unique<StsPolicies>(zone, clock, [this](std::string url) -> core::Task<core::Result<std::string>> { return fetch(std::move(url)); });
  }
  core::Task<core::Result<std::string>> fetch(std::string url) {
    urls.push_back(std::move(url));
    if (text.empty()) co_return core::fail(core::Errc::kIo, "away");
    co_return text;
  }
  std::optional<StsPolicy> of(const std::string& domain) { return test::run_task(io, policies->of(domain, core::Deadline::never())); }

  boost::asio::io_context io;
  core::ManualClock clock;
  net::ZoneResolver zone;
  std::string text{kText};
  std::vector<std::string> urls;
  std::unique_ptr<StsPolicies> policies;
};

TEST_F(StsPoliciesTest, Z32_AreReadOnceAndHoldAlsoWhenTheRecordIsTakenAway) {
  EXPECT_FALSE(of("dest.test"));
  EXPECT_TRUE(urls.empty()) << "nobody announced one";
  zone.add_txt("_mta-sts.dest.test", "v=STSv1; id=1");
  EXPECT_TRUE(of("dest.test"));
  EXPECT_TRUE(of("dest.test"));
  EXPECT_EQ(urls, std::vector<std::string>{"https://mta-sts.dest.test/.well-known/mta-sts.txt"});
  zone.fail_name("_mta-sts.dest.test", net::DnsStatus::kNxDomain);
  EXPECT_TRUE(of("dest.test")) << "whoever hides the record does not end the policy";
  clock.advance(std::chrono::hours(25));
  EXPECT_FALSE(of("dest.test"));
  EXPECT_EQ(urls.size(), 1U);
}

TEST_F(StsPoliciesTest, Z32_ANewIdIsReadAnewAndWhatCannotBeReadLeavesTheOldOne) {
  zone.add_txt("_mta-sts.dest.test", "v=STSv1; id=1");
  EXPECT_TRUE(of("dest.test"));
  zone.fail_name("_mta-sts.dest.test", net::DnsStatus::kNxDomain);
  StsPolicies fresh(zone, clock, [this](std::string url) { return fetch(std::move(url)); });
  EXPECT_FALSE(test::run_task(io, fresh.of("dest.test", core::Deadline::never())));
  zone.add_txt("_mta-sts.other.test", "v=STSv1; id=1");
  text.clear();
  EXPECT_FALSE(of("other.test"));
  EXPECT_FALSE(of("other.test"));
  EXPECT_EQ(urls.size(), 2U) << "a failure is not repeated at once";
  text = kText;
  clock.advance(std::chrono::minutes(6));
  EXPECT_TRUE(of("other.test"));
}

// RFC 8461 section 3.3: mail that goes on keeps the policy, although its text is away just when its first age ends.
TEST_F(StsPoliciesTest, Z32_APolicyInUseIsReadAgainBeforeItEnds) {
  zone.add_txt("_mta-sts.dest.test", "v=STSv1; id=1");
  text = "version: STSv1\nmode: enforce\nmx: mx.dest.test\nmax_age: 604800\n";
  EXPECT_TRUE(of("dest.test"));
  clock.advance(std::chrono::hours(23));
  EXPECT_TRUE(of("dest.test"));
  EXPECT_EQ(urls.size(), 1U);
  clock.advance(std::chrono::hours(2));
  const std::string good = std::exchange(text, "");
  EXPECT_TRUE(of("dest.test")) << "it holds, whatever reading it again comes to";
  EXPECT_TRUE(of("dest.test"));
  EXPECT_EQ(urls.size(), 2U) << "which is not tried again at once";
  text = good;
  clock.advance(std::chrono::minutes(6));
  EXPECT_TRUE(of("dest.test"));
  EXPECT_EQ(urls.size(), 3U);
  text.clear();
  clock.advance(std::chrono::hours(24 * 6 + 12));
  EXPECT_TRUE(of("dest.test")) << "its age began anew";
  clock.advance(std::chrono::hours(24));
  EXPECT_FALSE(of("dest.test"));
}

// DNS that says something else later.
struct ChangedZone final : net::DnsResolver {
  core::Task<net::DnsAnswer> query(net::DnsQuestion question, core::Deadline by) override {
    co_return co_await (is_changed ? after : before).query(std::move(question), by);
  }
  net::ZoneResolver before;
  net::ZoneResolver after;
  bool is_changed = false;
};

TEST_F(StsPoliciesTest, Z32_ANewIdWhoseTextIsAwayIsNotAskedForWithEachMessage) {
  ChangedZone dns;
  dns.before.add_txt("_mta-sts.dest.test", "v=STSv1; id=1");
  dns.after.add_txt("_mta-sts.dest.test", "v=STSv1; id=2");
  StsPolicies changing(dns, clock, [this](std::string url) { return fetch(std::move(url)); });
  const auto ask = [&] { return test::run_task(io, changing.of("dest.test", core::Deadline::never())).has_value(); };
  EXPECT_TRUE(ask());
  dns.is_changed = true;
  const std::string good = std::exchange(text, "");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(ask());
  EXPECT_EQ(urls.size(), 2U);
  text = good;
  clock.advance(std::chrono::minutes(6));
  EXPECT_TRUE(ask());
  EXPECT_TRUE(ask());
  EXPECT_EQ(urls.size(), 3U) << "the new one is known now";
}

std::string told;

// A domain that was written to is a customer's: the log has its hash, and nothing of what a stranger's server said.
TEST_F(StsPoliciesTest, TheLogNamesNoDomainInTheOpen) {
  zone.add_txt("_mta-sts.4111111111111111.test", "v=STSv1; id=1");
  text = "secret words of a server";
  core::log::set_sink([](std::string_view line) { told += line; });
  EXPECT_FALSE(of("4111111111111111.test"));
  core::log::set_sink(nullptr);
  EXPECT_NE(told.find("delivery.mta_sts"), std::string::npos);
  EXPECT_EQ(told.find("4111"), std::string::npos);
  EXPECT_EQ(told.find("secret"), std::string::npos);
}

// Of the size of the limit a policy counts, with one host more the rest is left out; a million lines are read once.
TEST(StsPolicy, Z32_HostileTextsAreBounded) {
  std::string many = "version: STSv1\nmode: enforce\nmax_age: 1\n";
  for (std::size_t i = 0; i <= kStsHostsMax; ++i) many += "mx: h" + std::to_string(i) + ".test\n";
  const auto policy = parse_sts_policy(many);
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->mx.size(), kStsHostsMax);
  EXPECT_FALSE(parse_sts_policy(std::string(1'000'000, '\n')));
  EXPECT_FALSE(parse_sts_policy(std::string(1'000'000, ':')));
}

}  // namespace
}  // namespace postern::smtp
