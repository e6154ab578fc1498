// What fields of results say, what strangers' addresses cannot make them say, and the field that we write.
#include "pipeline/sender/arc_results.h"

#include <gtest/gtest.h>

#include "pipeline/sender/arc_sealer.h"
#include "pipeline/sender/authenticator.h"

namespace postern::pipeline {
namespace {

// "method=result name=value …|method=result …", or "unreadable".
std::string shown(std::string_view value) {
  const auto field = read_results(value);
  if (!field) return "unreadable";
  std::string out = field->authserv_id;
  for (const MethodResult& method : field->methods) {
    out += "|" + method.method + "=" + method.result;
    for (const ResultProperty& property : method.properties) out += " " + property.name + "=" + property.value;
  }
  return out;
}

TEST(ArcResults, ReadsWhatSealersWrite) {
  EXPECT_EQ(shown(" mx.example; none"), "mx.example");
  EXPECT_EQ(shown("mx.example 1; none;"), "mx.example");
  EXPECT_EQ(shown("mx.example"), "mx.example");
  EXPECT_EQ(shown("\"mx example\"; SPF=Pass smtp.MailFrom=a@b.example"),
            "mx example|spf=pass smtp.mailfrom=a@b.example");
  EXPECT_EQ(shown(" mx.google.com;\r\n       dkim=pass header.i=@ietf.org header.s=ietf1 header.b=\"jqktr/I6\";\r\n"
                  "       spf=pass (google.com: domain of a@ietf.org designates 4.31.198.44 as (permitted) sender)"
                  " smtp.mailfrom=a@ietf.org"),
            "mx.google.com|dkim=pass header.i=@ietf.org header.s=ietf1 header.b=jqktr/I6|spf=pass "
            "smtp.mailfrom=a@ietf.org");
  EXPECT_EQ(shown("mx.microsoft.com 1; dmarc=pass action=none header.from=a.example; dkim=pass header.b=a/b+c=="),
            "mx.microsoft.com|dmarc=pass action=none header.from=a.example|dkim=pass header.b=a/b+c==");
  EXPECT_EQ(shown("a; dkim/1 = fail (\\) 2) reason=\"bad \\\"key\\\"\" header.d = b.example"),
            "a|dkim=fail reason=bad \"key\" header.d=b.example");
  EXPECT_EQ(shown("a; spf=pass smtp.mailfrom=\"a b; dmarc=pass\"@c.example"),
            "a|spf=pass smtp.mailfrom=a b; dmarc=pass@c.example");
}

TEST(ArcResults, AFieldThatCannotBeReadToItsEndSaysNothing) {
  for (const char* value :
       {"", ";", "a b c; spf=pass", "a; spf", "a; =pass", "a; spf=", "a; spf=pass;; dkim=pass",
        "a; spf=pass smtp.mailfrom", "a; spf=pass (open", "a; spf=pass reason=\"open", "a; spf=pass x=a\"b\"",
        "a; spf=pass x=\"a\"b", "a; spf=pass x=\x01y", "a; spf=pass smtp.mailfrom=\"x\"(y)z=1", "a; spf=pass x=y(c)z=1",
        // A quoted local part that ends the comment of a careless writer.
        "a; spf=fail (domain of \"x); dmarc=pass header.from=bank.example (\"@evil.example is unknown)"}) {
    EXPECT_EQ(shown(value), "unreadable") << value;
  }
}

TEST(ArcResults, AnInstanceStandsInFront) {
  EXPECT_EQ(read_results_instance(" i=7; mx; none"), 7U);
  EXPECT_EQ(read_results_instance("(c) i (c) = 50 ; broken ; ; ("), 50U);
  for (const char* value :
       {"", "mx; i=1", "i=; mx", "i=0; mx", "i=100; mx", "i=1 mx; none", "i=1", "I=1; mx", "i=-1; mx"})
    EXPECT_EQ(read_results_instance(value), std::nullopt) << value;
  const auto field = read_arc_results("i=2; mx.example; dmarc=pass header.from=a.example");
  ASSERT_TRUE(field);
  EXPECT_EQ(field->instance, 2U);
  EXPECT_EQ(field->methods.size(), 1U);
  EXPECT_FALSE(read_arc_results("mx.example; none"));
}

AuthResult sealed(std::string_view results) {
  const auto field = read_results("mx.example; " + std::string(results));
  return field ? sealed_dmarc_of(*field, "bank.example") : AuthResult::kNone;
}

TEST(ArcResults, DmarcOfTheAuthorsDomainCounts) {
  EXPECT_EQ(sealed("dmarc=pass header.from=bank.example"), AuthResult::kPass);
  EXPECT_EQ(sealed("dmarc=pass header.from=BANK.example; spf=fail smtp.mailfrom=x.example"), AuthResult::kPass);
  EXPECT_EQ(sealed("dmarc=pass header.from=ann@bank.example"), AuthResult::kPass);
  EXPECT_EQ(sealed("dmarc=fail header.from=bank.example; dkim=pass header.d=bank.example"), AuthResult::kFail);
  EXPECT_EQ(sealed("dmarc=temperror header.from=bank.example"), AuthResult::kTempError);
  EXPECT_EQ(sealed("dmarc=bestguesspass header.from=bank.example"), AuthResult::kNone);
  // Of another domain, of a domain below, of nobody.
  EXPECT_EQ(sealed("dmarc=pass header.from=evil.example; dkim=pass header.d=bank.example"), AuthResult::kNone);
  EXPECT_EQ(sealed("dmarc=pass header.from=sub.bank.example"), AuthResult::kNone);
  EXPECT_EQ(sealed("dmarc=pass"), AuthResult::kNone);
  EXPECT_EQ(sealed("none"), AuthResult::kNone);
  // Two words on one domain: whoever slipped in the better one gains nothing.
  EXPECT_EQ(sealed("dmarc=pass header.from=bank.example; dmarc=fail header.from=bank.example"), AuthResult::kFail);
  EXPECT_EQ(sealed("dmarc=fail header.from=bank.example; dmarc=pass header.from=bank.example"), AuthResult::kFail);
  EXPECT_EQ(sealed("dmarc=pass header.from=evil.example header.from=bank.example"), AuthResult::kNone);
}

TEST(ArcResults, WithoutDmarcAnAlignedPassOfTheSameDomainCounts) {
  EXPECT_EQ(sealed("dkim=pass header.d=bank.example"), AuthResult::kPass);
  EXPECT_EQ(sealed("dkim=pass header.i=@bank.example header.s=x"), AuthResult::kPass);
  EXPECT_EQ(sealed("dkim=fail header.d=bank.example; dkim=pass header.d=bank.example"), AuthResult::kPass);
  EXPECT_EQ(sealed("spf=pass smtp.mailfrom=bounce@bank.example"), AuthResult::kPass);
  EXPECT_EQ(sealed("spf=pass smtp.mfrom=bank.example"), AuthResult::kPass);
  EXPECT_EQ(sealed("dkim=pass header.d=sub.bank.example; spf=pass smtp.mailfrom=sub.bank.example"), AuthResult::kNone);
  EXPECT_EQ(sealed("dkim=pass header.d=evil.example header.i=@bank.example"), AuthResult::kNone);
  EXPECT_EQ(sealed("dkim=neutral header.d=bank.example; spf=softfail smtp.mailfrom=bank.example"), AuthResult::kNone);
  EXPECT_EQ(sealed("spf=pass smtp.helo=bank.example"), AuthResult::kNone);
  EXPECT_EQ(sealed("spf=pass smtp.mailfrom=bank.example; spf=fail smtp.mailfrom=evil.example"), AuthResult::kNone);
  EXPECT_EQ(sealed("spf=pass smtp.mailfrom=\"x@bank.example\"@evil.example"), AuthResult::kNone);
}

TEST(ArcResults, TheFieldsOfOneAuthorityAreCollected) {
  const std::string mail =
      "Authentication-Results: mx.example; spf=pass smtp.mailfrom=a.example;\r\n"
      "Authentication-Results: other.example; dmarc=pass header.from=bank.example\r\n"
      "authentication-results: MX.example;\r\n\tdkim=none\r\n"
      "Authentication-Results: mx.example; broken\r\nAuthentication-Results: mx.example; none\r\n\r\n";
  EXPECT_EQ(collect_results(mail, split_header(mail, 10), "mx.example"),
            "mx.example;\r\n\tspf=pass smtp.mailfrom=a.example;\r\n\tdkim=none");
  EXPECT_EQ(collect_results(mail, split_header(mail, 10), "mx.nowhere"), "mx.nowhere; none");
}

// The items behind the name, unfolded.
std::vector<std::string> items_of(const AuthVerdicts& verdicts) {
  const std::string field = authentication_results_header(verdicts, "mx");
  EXPECT_TRUE(read_results(std::string_view(field).substr(field.find(':') + 1))) << field;
  std::vector<std::string> items;
  std::size_t at = field.find(";\r\n\t");
  while (at != std::string::npos) {
    const std::size_t end = field.find(";\r\n\t", at + 4);
    std::string item = field.substr(at + 4, end == std::string::npos ? end : end - at - 4);
    for (std::size_t fold = item.find("\r\n"); fold != std::string::npos; fold = item.find("\r\n"))
      item.replace(fold, fold + 2 < item.size() ? 3 : 2, fold + 2 < item.size() ? " " : "");
    items.push_back(std::move(item));
    at = end;
  }
  return items;
}

TEST(ArcResults, OurOwnFieldTellsOfTheChain) {
  AuthVerdicts verdicts;
  EXPECT_EQ(items_of(verdicts).back(), "arc=none");
  verdicts.arc.result = AuthResult::kPass;
  verdicts.arc.instances = 2;
  verdicts.arc.sealer = "forwarder.example";
  EXPECT_EQ(items_of(verdicts).back(), "arc=pass (i=2 d=forwarder.example)");
  verdicts.arc.is_trusted = true;
  verdicts.arc.sealed_dmarc = AuthResult::kPass;
  EXPECT_EQ(items_of(verdicts).back(),
            "arc=pass (i=2 d=forwarder.example) policy.trusted-sealer=forwarder.example policy.sealed-dmarc=pass");
  verdicts.arc = {};
  verdicts.arc.result = AuthResult::kTempError;
  verdicts.arc.instances = 1;
  verdicts.arc.reason = "too busy to check the chain";
  EXPECT_EQ(items_of(verdicts).back(), "arc=fail (i=1) reason=\"too busy to check the chain\"");
}

TEST(ArcResults, OurOwnFieldTellsOfOverridesAndAllowLists) {
  AuthVerdicts verdicts;
  verdicts.dmarc.result = AuthResult::kFail;
  verdicts.dmarc.domain = "author.example";
  verdicts.dmarc.overridden_by = "trusted_forwarder";
  verdicts.lists.push_back({"zen.example", "127.0.0.2", false});
  verdicts.lists.push_back({"list.example", "127.0.10.1", true});
  const std::vector<std::string> items = items_of(verdicts);
  ASSERT_EQ(items.size(), 6U);
  EXPECT_EQ(items[3], "dmarc=fail policy.override=trusted_forwarder header.from=author.example");
  EXPECT_EQ(items[4], "arc=none");
  EXPECT_EQ(items[5], "dnswl=pass dns.zone=list.example policy.ip=127.0.10.1");
}

}  // namespace
}  // namespace postern::pipeline
