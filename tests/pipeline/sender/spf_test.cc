// SPF beyond the suites: limits, addresses, identities and long records.
#include "pipeline/sender/spf.h"

#include <gtest/gtest.h>

#include <array>

#include "core/manual_clock.h"
#include "net/zone_resolver.h"
#include "pipeline/sender/spf_macro.h"
#include "pipeline/sender/spf_record.h"
#include "tests/support/run_task.h"

namespace postern::pipeline {
namespace {

class Spf : public testing::Test {
 protected:
  SpfVerdict check(const std::string& ip, const std::string& from = "ann@example.org",
                   const std::string& helo = "mail.example.org") {
    SpfChecker checker(zone_, clock_, limits_);
    SpfQuery query(ip, helo, from.empty() ? EmailAddress() : split_address(from));
    return test::run_task(checker.check(std::move(query), core::Deadline::never()));
  }
  net::ZoneResolver zone_;
  core::ManualClock clock_;
  SpfLimits limits_;
};

TEST_F(Spf, LoopbackIsJudgedLikeAnyAddress) {
  zone_.add_txt("example.org", "v=spf1 ip4:127.0.0.2 ip6:::2 -all");
  EXPECT_EQ(check("127.0.0.1").result, AuthResult::kFail);
  EXPECT_EQ(check("127.0.0.2").result, AuthResult::kPass);
  EXPECT_EQ(check("::1").result, AuthResult::kFail);
  EXPECT_EQ(check("::2").result, AuthResult::kPass);
}

TEST_F(Spf, MappedAddressesAreIpv4) {
  zone_.add_txt("example.org", "v=spf1 ip4:192.0.2.1 -all");
  EXPECT_EQ(check("::ffff:192.0.2.1").result, AuthResult::kPass);
}

TEST_F(Spf, NullSenderIsJudgedByHelo) {
  zone_.add_txt("mail.example.org", "v=spf1 ip4:192.0.2.1 -all");
  const SpfVerdict verdict = check("192.0.2.1", "");
  EXPECT_EQ(verdict.result, AuthResult::kPass);
  EXPECT_EQ(verdict.identity, "helo");
  EXPECT_EQ(verdict.domain, "mail.example.org");
  EXPECT_EQ(check("192.0.2.1", "", "[192.0.2.1]").result, AuthResult::kNone);
}

TEST_F(Spf, FanOutOfIncludesStopsAtTenLookups) {
  for (const char* level : {"a", "b", "c", "d"}) {
    std::string record = "v=spf1";
    for (int i = 0; i < 9; ++i)
      record += " include:" + std::to_string(i) + "." + static_cast<char>(level[0] + 1) + ".example.org";
    for (int i = 0; i < 9; ++i) zone_.add_txt(std::to_string(i) + "." + level + ".example.org", record + " ?all");
  }
  for (int i = 0; i < 9; ++i) zone_.add_txt(std::to_string(i) + ".e.example.org", "v=spf1 ?all");
  zone_.add_txt("example.org", "v=spf1 include:0.a.example.org -all");
  const SpfVerdict verdict = check("192.0.2.1");
  EXPECT_EQ(verdict.result, AuthResult::kPermError);
  EXPECT_EQ(verdict.reason, "more than 10 DNS lookups");
  EXPECT_LE(zone_.query_count(), 11U);
}

TEST_F(Spf, IncludeOfItselfEnds) {
  zone_.add_txt("example.org", "v=spf1 include:example.org -all");
  EXPECT_EQ(check("192.0.2.1").result, AuthResult::kPermError);
  zone_.add_txt("loop.example", "v=spf1 redirect=loop.example");
  EXPECT_EQ(check("192.0.2.1", "x@loop.example").result, AuthResult::kPermError);
}

TEST_F(Spf, ThirdVoidLookupIsAnError) {
  zone_.add_txt("example.org", "v=spf1 a:v1.example.org a:v2.example.org ip4:192.0.2.1 -all");
  EXPECT_EQ(check("192.0.2.1").result, AuthResult::kPass);
  zone_.add_txt("three.example", "v=spf1 a:v1.example.org a:v2.example.org a:v3.example.org ip4:192.0.2.1 -all");
  EXPECT_EQ(check("192.0.2.1", "x@three.example").reason, "more than 2 void DNS lookups");
}

TEST_F(Spf, ErrorBehindTheMatchStillCounts) {
  zone_.add_txt("example.org", "v=spf1 ip4:192.0.2.1 bogus -all");
  EXPECT_EQ(check("192.0.2.1").reason, "record syntax error");
}

TEST_F(Spf, SilentDnsIsATemporaryError) {
  zone_.add_txt("example.org", "v=spf1 a:slow.example.org -all");
  zone_.fail_name("slow.example.org", net::DnsStatus::kTimeout);
  EXPECT_EQ(check("192.0.2.1").result, AuthResult::kTempError);
  zone_.fail_name("example.org", net::DnsStatus::kBogus);
  EXPECT_EQ(check("192.0.2.1").result, AuthResult::kTempError);
}

// Section 4.6.4 limits terms that ask DNS; it does not limit the networks that a record lists.
TEST_F(Spf, LongListsOfNetworksAreReadToTheirEnd) {
  std::string record = "v=spf1";
  for (int i = 0; i < 600; ++i) record += " ip4:198.51." + std::to_string(i / 200) + "." + std::to_string(i % 200);
  zone_.add_txt("example.org", record + " ip4:192.0.2.1 ip6:2001:db8::1 -all");
  EXPECT_EQ(check("192.0.2.1").result, AuthResult::kPass);
  EXPECT_EQ(check("2001:db8::1").result, AuthResult::kPass);
  EXPECT_EQ(check("192.0.2.2").result, AuthResult::kFail);
  zone_.add_txt("long.example", record + std::string(limits_.record_bytes_max, ' ') + "+all");
  EXPECT_EQ(check("192.0.2.1", "x@long.example").reason, "record too long");
}

// An ip6 network in mapped form is an IPv6 one: its short prefixes hold IPv6 clients and never IPv4 ones.
TEST_F(Spf, MappedNetworksAreIpv6) {
  zone_.add_txt("example.org", "v=spf1 ip6:::ffff:192.0.2.1/64 -all");
  EXPECT_EQ(check("::7").result, AuthResult::kPass);
  EXPECT_EQ(check("2001:db8::1").result, AuthResult::kFail);
  EXPECT_EQ(check("192.0.2.1").result, AuthResult::kFail);
}

TEST_F(Spf, PrefixesOfAnyLengthMatchBitByBit) {
  for (const auto& [network, inside, outside] : std::vector<std::array<std::string, 3>>{
           {"ip4:192.0.2.77/0", "203.0.113.9", ""},
           {"ip4:192.0.2.128/25", "192.0.2.255", "192.0.2.127"},
           {"ip4:192.0.2.4/31", "192.0.2.5", "192.0.2.6"},
           {"ip6:2001:db8:8000::/33", "2001:db8:ffff::1", "2001:db8:7fff::1"},
           {"ip6:2001:db8::/127", "2001:db8::1", "2001:db8::2"}}) {
    net::ZoneResolver zone;
    zone.add_txt("example.org", "v=spf1 " + network + " -all");
    SpfChecker checker(zone, clock_, limits_);
    const auto result = [&](const std::string& ip) {
      SpfQuery query(ip, "mail.example.org", split_address("ann@example.org"));
      return test::run_task(checker.check(std::move(query), core::Deadline::never())).result;
    };
    EXPECT_EQ(result(inside), AuthResult::kPass) << network;
    if (!outside.empty()) EXPECT_EQ(result(outside), AuthResult::kFail) << network;
  }
}

// Section 4.3 for the domains of include and redirect; section 5.2 makes "none" there a permanent error.
TEST_F(Spf, IncludedDomainNeedsTwoLabelsThatDnsCanHold) {
  zone_.add_txt("localhost", "v=spf1 +all");
  zone_.add_txt("example.org", "v=spf1 include:%{h} -all");
  EXPECT_EQ(check("192.0.2.1", "ann@example.org", "localhost").result, AuthResult::kPermError);
  EXPECT_EQ(check("192.0.2.1", "ann@example.org", "a..b").result, AuthResult::kPermError);
}

TEST_F(Spf, TermsForWhichDnsHasNothingAreCountedOnce) {
  // The hosts of a mx term and the names of a ptr term are not terms; a name that cannot be asked was no look-up.
  for (int i = 0; i < 4; ++i) zone_.add_mx("mx.example", 10, "v" + std::to_string(i) + ".mx.example");
  zone_.add_txt("example.org", "v=spf1 mx:mx.example ptr a:a..example.com a:%{l}.example.com a:v.example ip4:192.0.2.1 -all");
  EXPECT_EQ(check("192.0.2.1", "..@example.org").result, AuthResult::kPass);
  zone_.add_txt("three.example", "v=spf1 ptr exists:v.example mx:v.example ip4:192.0.2.1 -all");
  EXPECT_EQ(check("192.0.2.1", "x@three.example").reason, "more than 2 void DNS lookups");
}

TEST_F(Spf, OneMatchingExchangeIsEnough) {
  zone_.add_mx("example.org", 10, "slow.example.org");
  zone_.add_mx("example.org", 20, "good.example.org");
  zone_.add_a("good.example.org", "192.0.2.1");
  zone_.fail_name("slow.example.org", net::DnsStatus::kTimeout);
  zone_.add_txt("example.org", "v=spf1 mx -all");
  EXPECT_EQ(check("192.0.2.1").result, AuthResult::kPass);
  EXPECT_EQ(check("192.0.2.2").result, AuthResult::kTempError);
}

TEST_F(Spf, EachQuestionIsAskedOnce) {
  zone_.add_ptr("1.2.0.192.in-addr.arpa", "mail.example.org");
  zone_.add_a("mail.example.org", "192.0.2.9");
  zone_.add_txt("example.org", "v=spf1 ptr ptr:example.com a:mail.example.org a:MAIL.example.org exists:%{p}.x.example -all");
  EXPECT_EQ(check("192.0.2.1").result, AuthResult::kFail);
  EXPECT_EQ(zone_.query_count(), 4U);
}

TEST_F(Spf, ExplanationOfTheDecidingRecordIsExpanded) {
  zone_.add_txt("example.org", "v=spf1 include:other.example redirect=final.example exp=never.example");
  zone_.add_txt("other.example", "v=spf1 exp=never.example -all");
  zone_.add_txt("final.example", "v=spf1 -all exp=why.example");
  zone_.add_txt("why.example", "%{i} may not send for %{d}: see %{L}");
  EXPECT_EQ(check("192.0.2.1", "a b@example.org").explanation, "192.0.2.1 may not send for final.example: see a%20b");
}

TEST(SpfRecord, Syntax) {
  EXPECT_TRUE(parse_spf_record("v=spf1"));
  EXPECT_TRUE(parse_spf_record("V=SPF1 a/24//64 mx:%{d2}/0 unknown-mod.x=%{i} -ALL"));
  for (const char* text :
       {"v=spf10", "v=spf1 a/33", "v=spf1 a/032", "v=spf1 ip4:1.2.3", "v=spf1 ip4:::1", "v=spf1 ip6:1.2.3.4",
        "v=spf1 all:x", "v=spf1 include", "v=spf1 a:%{x}", "v=spf1 a:%{d0}", "v=spf1 a:nodots", "v=spf1 a:x.123",
        "v=spf1 exp=a.b exp=c.d", "v=spf1 redirect=", "v=spf1 +redirect=a.b", "v=spf1 -", "v=spf1 a:b.c\x7f",
        "v=spf1\tall", "v=spf1 ip6:fe80::1%eth0"}) {
    EXPECT_FALSE(parse_spf_record(text)) << text;
  }
}

TEST(SpfMacro, ExpandsTheExamplesOfTheStandard) {
  // RFC 7208 section 7.4.
  SpfMacroValues values;
  values.local = "strong-bad";
  values.sender_domain = values.domain = "email.example.com";
  values.ip = *net::IpAddress::parse("192.0.2.3");
  const auto expand = [&](std::string_view text) { return expand_macros(text, values); };
  EXPECT_EQ(expand("%{s}"), "strong-bad@email.example.com");
  EXPECT_EQ(expand("%{d4}"), "email.example.com");
  EXPECT_EQ(expand("%{d2}"), "example.com");
  EXPECT_EQ(expand("%{d1}"), "com");
  EXPECT_EQ(expand("%{dr}"), "com.example.email");
  EXPECT_EQ(expand("%{d2r}"), "example.email");
  EXPECT_EQ(expand("%{l-}"), "strong.bad");
  EXPECT_EQ(expand("%{lr-}"), "bad.strong");
  EXPECT_EQ(expand("%{l1r-}"), "strong");
  EXPECT_EQ(expand("%{ir}.%{v}._spf.%{d2}"), "3.2.0.192.in-addr._spf.example.com");
  EXPECT_EQ(expand("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}"), "bad.strong.lp.3.2.0.192.in-addr._spf.example.com");
  EXPECT_EQ(expand("a%%b%_c%-d"), "a%b c%20d");
}

TEST(SpfMacro, LongNamesLoseLabelsOnTheLeft) {
  SpfMacroValues values;
  values.local =
      std::string(60, 'a') + "." + std::string(60, 'b') + "." + std::string(60, 'c') + "." + std::string(60, 'd');
  values.domain = "example.com";
  const std::string name = expand_domain_spec("%{l}.%{d}.", values);
  EXPECT_LE(name.size(), 253U);
  EXPECT_TRUE(name.ends_with(".example.com"));
  EXPECT_TRUE(name.starts_with("aaa") || name.starts_with("bbb"));
}

}  // namespace
}  // namespace postern::pipeline
