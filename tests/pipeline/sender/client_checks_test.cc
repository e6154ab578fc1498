// What the client's address and HELO name say: reverse DNS, HELO, lists in DNS.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/log.h"
#include "core/manual_clock.h"
#include "net/zone_resolver.h"
#include "pipeline/sender/dns_lists.h"
#include "pipeline/sender/helo_check.h"
#include "pipeline/sender/iprev.h"
#include "tests/support/run_task.h"

namespace postern::pipeline {
namespace {

AuthResult helo(net::ZoneResolver& zone, const std::string& name, const std::string& ip = "192.0.2.1") {
  return test::run_task(check_helo(zone, name, ip, core::Deadline::never()));
}

TEST(HeloCheck, NameMustLeadToTheClient) {
  net::ZoneResolver zone;
  zone.add_a("mx.example.org", "192.0.2.7");
  zone.add_a("mx.example.org", "192.0.2.1");
  zone.add_a("mx.example.org", "2001:db8::1");
  zone.add_cname("alias.example.org", "mx.example.org");
  zone.add_a("elsewhere.example.org", "198.51.100.1");
  zone.fail_name("slow.example.org", net::DnsStatus::kTimeout);
  zone.fail_name("bogus.example.org", net::DnsStatus::kBogus);
  EXPECT_EQ(helo(zone, "MX.example.org."), AuthResult::kPass);
  EXPECT_EQ(helo(zone, "alias.example.org"), AuthResult::kPass);
  EXPECT_EQ(helo(zone, "mx.example.org", "2001:db8::1"), AuthResult::kPass);
  EXPECT_EQ(helo(zone, "mx.example.org", "::ffff:192.0.2.1"), AuthResult::kPass);
  EXPECT_EQ(helo(zone, "mx.example.org", "2001:db8::2"), AuthResult::kFail);
  EXPECT_EQ(helo(zone, "elsewhere.example.org"), AuthResult::kFail);
  EXPECT_EQ(helo(zone, "elsewhere.example.org", "2001:db8::1"), AuthResult::kFail) << "no address of that family";
  EXPECT_EQ(helo(zone, "absent.example.org"), AuthResult::kFail);
  EXPECT_EQ(helo(zone, "slow.example.org"), AuthResult::kTempError);
  EXPECT_EQ(helo(zone, "bogus.example.org"), AuthResult::kTempError) << "bogus is not absent";
}

TEST(HeloCheck, WhatIsNoHostNameIsNotAskedAbout) {
  net::ZoneResolver zone;
  for (const char* name :
       {"", ".", "[192.0.2.1]", "[IPv6:2001:db8::1]", "192.0.2.1", "laptop", "a_b.example.org", "-a.example.org", "a-.example.org",
        "a..example.org", ".example.org", "a b.example.org", "a\r\n.example.org", "*.example.org", "x.123", "\"x\".example.org"}) {
    EXPECT_EQ(helo(zone, name), AuthResult::kNone) << name;
  }
  EXPECT_EQ(helo(zone, std::string(64, 'a') + ".example.org"), AuthResult::kNone);
  EXPECT_EQ(helo(zone, std::string(5000, 'a') + ".example.org"), AuthResult::kNone);
  EXPECT_EQ(helo(zone, "mx.example.org", "no address"), AuthResult::kNone);
  EXPECT_EQ(zone.query_count(), 0U);
  EXPECT_EQ(helo(zone, "m\xC3\xBCller.example"), AuthResult::kFail);
  EXPECT_EQ(zone.query_count(), 1U) << "a U-label names a host";
}

TEST(Iprev, NeedsANameThatLeadsBack) {
  net::ZoneResolver zone;
  const auto check = [&zone](const std::string& ip, std::uint32_t names_max = 10) {
    return test::run_task(check_iprev(zone, ip, names_max, core::Deadline::never()));
  };
  zone.add_ptr("1.2.0.192.in-addr.arpa", "other.example.org");
  zone.add_ptr("1.2.0.192.in-addr.arpa", "mx.example.org");
  zone.add_a("mx.example.org", "192.0.2.1");
  zone.add_ptr("2.2.0.192.in-addr.arpa", "mx.example.org");
  zone.fail_name("3.2.0.192.in-addr.arpa", net::DnsStatus::kServFail);
  zone.add_ptr("4.2.0.192.in-addr.arpa", "slow.example.org");
  zone.fail_name("slow.example.org", net::DnsStatus::kTimeout);
  EXPECT_EQ(check("192.0.2.1").result, AuthResult::kPass);
  EXPECT_EQ(check("192.0.2.1").name, "mx.example.org");
  EXPECT_EQ(check("192.0.2.1", 1).result, AuthResult::kFail) << "only the first name is looked at";
  EXPECT_EQ(check("192.0.2.2").result, AuthResult::kFail);
  EXPECT_EQ(check("192.0.2.3").result, AuthResult::kTempError);
  EXPECT_EQ(check("192.0.2.4").result, AuthResult::kTempError);
  EXPECT_EQ(check("192.0.2.5").result, AuthResult::kFail) << "no name at all";
  EXPECT_EQ(check("x").result, AuthResult::kNone);
}

TEST(Iprev, NamesThatAreNoneAreNotAskedAbout) {
  net::ZoneResolver zone;
  zone.add_ptr("1.2.0.192.in-addr.arpa", "a b;c.example.org");
  const IprevVerdict verdict = test::run_task(check_iprev(zone, "192.0.2.1", 10, core::Deadline::never()));
  EXPECT_EQ(verdict.result, AuthResult::kFail);
  EXPECT_EQ(zone.query_count(), 1U);
}

class DnsListsTest : public testing::Test {
 protected:
  DnsListsTest() {
    options_.deny = {"deny.example", "Second.Example."};
    options_.allow = {"allow.example"};
    lines().clear();
    core::log::set_sink([](std::string_view line) { lines().emplace_back(line); });
  }
  ~DnsListsTest() override { core::log::set_sink(nullptr); }
  static std::vector<std::string>& lines() {
    static std::vector<std::string> all;
    return all;
  }
  std::vector<std::string> hits(const std::string& ip) {
    std::vector<std::string> out;
    if (!lists_) lists_ = std::make_unique<DnsLists>(clock_, options_);
    for (const DnsListHit& hit : test::run_task(lists_->look_up(zone_, ip, core::Deadline::never()))) {
      out.push_back((hit.is_allow ? "+" : "-") + hit.list + " " + hit.answer);
    }
    return out;
  }
  using Words = std::vector<std::string>;
  core::ManualClock clock_;
  DnsListOptions options_;
  net::ZoneResolver zone_;
  std::unique_ptr<DnsLists> lists_;
};

TEST_F(DnsListsTest, AsksAllZonesForTheReversedAddress) {
  zone_.add_a("9.100.51.198.deny.example", "127.0.0.4");
  zone_.add_a("9.100.51.198.second.example", "127.0.0.2");
  zone_.add_a("9.100.51.198.allow.example", "127.0.5.1");
  zone_.add_a("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.deny.example", "127.0.0.10");
  EXPECT_EQ(hits("198.51.100.9"),
            (Words{"-deny.example 127.0.0.4", "-second.example 127.0.0.2", "+allow.example 127.0.5.1"}));
  EXPECT_EQ(hits("2001:db8::1"), Words{"-deny.example 127.0.0.10"});
  EXPECT_EQ(hits("::ffff:198.51.100.9").size(), 3U);
  EXPECT_EQ(hits("198.51.100.10"), Words{});
}

TEST_F(DnsListsTest, ClientsOfOneSiteAreNotAskedAbout) {
  for (const char* ip : {"127.0.0.2", "10.1.2.3", "172.31.0.1", "192.168.1.1", "169.254.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1",
                         "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:127.0.0.2", "nonsense", ""}) {
    EXPECT_EQ(hits(ip), Words{}) << ip;
  }
  EXPECT_EQ(zone_.query_count(), 0U);
  EXPECT_TRUE(is_public_address(*net::IpAddress::parse("172.32.0.1")));
  EXPECT_TRUE(is_public_address(*net::IpAddress::parse("100.128.0.1")));
  EXPECT_TRUE(is_public_address(*net::IpAddress::parse("2001:db8::1")));
}

TEST_F(DnsListsTest, RefusalsAndForeignAnswersAreNoListingsAndAreSaidOnce) {
  zone_.add_a("9.100.51.198.deny.example", "127.255.255.254");
  zone_.add_a("9.100.51.198.second.example", "203.0.113.80");
  zone_.add_a("9.100.51.198.allow.example", "127.0.0.255");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(hits("198.51.100.9"), Words{});
  ASSERT_EQ(lines().size(), 3U);
  EXPECT_NE(lines()[0].find("deny.example"), std::string::npos);
  EXPECT_NE(lines()[0].find("127.255.255.254"), std::string::npos);
  EXPECT_NE(lines()[0].find("refused"), std::string::npos);
  EXPECT_NE(lines()[1].find("foreign"), std::string::npos);
}

TEST_F(DnsListsTest, AMixedAnswerCountsByItsListing) {
  zone_.add_a("9.100.51.198.deny.example", "203.0.113.80");
  zone_.add_a("9.100.51.198.deny.example", "127.0.0.3");
  EXPECT_EQ(hits("198.51.100.9"), Words{"-deny.example 127.0.0.3"});
}

TEST_F(DnsListsTest, AListThatKnowsEverybodyKnowsNobody) {
  // RFC 5782 section 5: 127.0.0.1 must not be listed.
  zone_.add_a("9.100.51.198.deny.example", "127.0.0.2");
  zone_.add_a("1.0.0.127.deny.example", "127.0.0.2");
  zone_.add_a("9.100.51.198.second.example", "127.0.0.2");
  EXPECT_EQ(hits("198.51.100.9"), Words{"-second.example 127.0.0.2"});
  zone_.add_a("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.second.example", "127.0.0.2");
  zone_.add_a("1.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.second.example", "127.0.0.2");
  EXPECT_EQ(hits("2001:db8::1"), Words{});
  EXPECT_EQ(lines().size(), 2U);
}

TEST_F(DnsListsTest, SilenceIsNoListing) {
  zone_.fail_name("9.100.51.198.deny.example", net::DnsStatus::kTimeout);
  zone_.fail_name("9.100.51.198.second.example", net::DnsStatus::kServFail);
  zone_.add_a("9.100.51.198.allow.example", "127.0.9.2");
  zone_.fail_name("1.0.0.127.allow.example", net::DnsStatus::kTimeout);
  EXPECT_EQ(hits("198.51.100.9"), Words{"+allow.example 127.0.9.2"});
  EXPECT_TRUE(lines().empty());
}

// Answers nothing and remembers by when it should have.
class DeadlineResolver final : public net::DnsResolver {
 public:
  core::Task<net::DnsAnswer> query(net::DnsQuestion question, core::Deadline by) override {
    latest = std::max(latest, by.at());
    net::DnsAnswer answer;
    answer.status = net::DnsStatus::kTimeout;
    co_return answer;
  }
  core::Instant latest = core::Instant::min();
};

TEST_F(DnsListsTest, AllListsTogetherHaveOneDeadline) {
  options_.time_max = std::chrono::seconds(3);
  DnsLists lists(clock_, options_);
  DeadlineResolver resolver;
  EXPECT_TRUE(test::run_task(lists.look_up(resolver, "198.51.100.9", core::Deadline::never())).empty());
  EXPECT_EQ(resolver.latest, clock_.now() + std::chrono::seconds(3));
  resolver.latest = core::Instant::min();
  const core::Deadline sooner = core::Deadline::after(std::chrono::seconds(1), clock_);
  EXPECT_TRUE(test::run_task(lists.look_up(resolver, "198.51.100.9", sooner)).empty());
  EXPECT_EQ(resolver.latest, sooner.at());
}

TEST_F(DnsListsTest, ZonesAreValidatedAndBounded) {
  EXPECT_FALSE(dns_list_complaint("zen.spamhaus.org"));
  EXPECT_FALSE(dns_list_complaint("my_key.zen.dq.spamhaus.net."));
  for (const char* zone : {"", "org", "https://zen.spamhaus.org", "zen spamhaus.org", "127.0.0.1", "a..b", "-a.example"}) {
    EXPECT_TRUE(dns_list_complaint(zone)) << zone;
  }
  const std::string label(60, 'a');
  EXPECT_TRUE(dns_list_complaint(label + "." + label + "." + label + ".example.org")) << "no room for an IPv6 address";
  options_ = {};
  options_.deny = {"not a zone"};
  for (std::size_t i = 0; i < kDnsListZonesMax + 5; ++i) options_.deny.push_back("l" + std::to_string(i) + ".example");
  EXPECT_EQ(hits("198.51.100.9"), Words{});
  EXPECT_EQ(zone_.query_count(), kDnsListZonesMax);
}

TEST_F(DnsListsTest, AKeyInTheZoneIsNotShown) {
  options_.deny = {"abcdefghijklmnopqrstuvwxyz.zen.example"};
  zone_.add_a("9.100.51.198.abcdefghijklmnopqrstuvwxyz.zen.example", "127.0.0.2");
  EXPECT_EQ(hits("198.51.100.9"), Words{"-*.zen.example 127.0.0.2"});
}

}  // namespace
}  // namespace postern::pipeline
