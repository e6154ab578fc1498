// SPF beyond the suites: limits, addresses and identities that libspf2 gets wrong.
#include "pipeline/sender/spf.h"

#include <gtest/gtest.h>

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

TEST_F(Spf, NamesOfPeersCannotPoseAsAliases) {
  zone_.add_txt("example.org", "v=spf1 a:0.alias.invalid ptr:alias.invalid -all");
  zone_.add_ptr("1.2.0.192.in-addr.arpa", "0.alias.invalid");
  zone_.add_a("0.alias.invalid", "192.0.2.7");
  EXPECT_EQ(check("192.0.2.1").result, AuthResult::kFail);
  EXPECT_EQ(check("192.0.2.7").result, AuthResult::kPass);
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
