// All methods together, the field that reports them, author domains, and the advice on records.
#include "pipeline/sender/authenticator.h"

#include <gtest/gtest.h>

#include "core/manual_clock.h"
#include "net/zone_resolver.h"
#include "pipeline/sender/dns_advice.h"
#include "pipeline/sender/domain_name.h"
#include "pipeline/sender/from_domains.h"
#include "tests/support/run_task.h"

namespace postern::pipeline {
namespace {

class Authentication : public testing::Test {
 protected:
  Authentication() {
    zone_.add_txt("example.org", "v=spf1 ip4:192.0.2.1 -all");
    zone_.add_txt("_dmarc.example.org", "v=DMARC1; p=reject");
    zone_.add_ptr("1.2.0.192.in-addr.arpa", "mail.example.org");
    zone_.add_a("mail.example.org", "192.0.2.1");
  }
  AuthVerdicts authenticate(const std::string& ip, const std::string& mail) {
    Envelope envelope;
    envelope.client_ip = ip;
    envelope.helo = "mail.example.org";
    envelope.mail_from = split_address("ann@example.org");
    SenderAuthenticator authenticator(zone_, clock_, AuthOptions{});
    return test::run_task(
        authenticator.authenticate(std::move(envelope), Message::copy_of(mail), core::Deadline::never()));
  }
  net::ZoneResolver zone_;
  core::ManualClock clock_;
};

TEST_F(Authentication, AlignedSpfPassesDmarc) {
  const AuthVerdicts verdicts = authenticate("192.0.2.1", "From: Ann <ann@Example.ORG>\r\nARC-Seal: i=1\r\n\r\nhi\r\n");
  EXPECT_EQ(verdicts.iprev, AuthResult::kPass);
  EXPECT_EQ(verdicts.iprev_name, "mail.example.org");
  EXPECT_EQ(verdicts.spf.result, AuthResult::kPass);
  EXPECT_TRUE(verdicts.dkim.empty());
  EXPECT_EQ(verdicts.dmarc.result, AuthResult::kPass);
  EXPECT_EQ(verdicts.arc.instances, 1U);
  EXPECT_EQ(verdicts.arc.result, AuthResult::kNone);
}

TEST_F(Authentication, ForgedMailTakesThePolicy) {
  const AuthVerdicts verdicts = authenticate("198.51.100.9", "From: ann@example.org\r\n\r\nhi\r\n");
  EXPECT_EQ(verdicts.iprev, AuthResult::kFail);
  EXPECT_EQ(verdicts.spf.result, AuthResult::kFail);
  EXPECT_EQ(verdicts.dmarc.disposition, DmarcPolicy::kReject);
}

TEST_F(Authentication, AmbiguousAuthorsArePermanentErrors) {
  // mail.md trap 29: a From that readers may take differently must not escape DMARC.
  std::string many_fields;
  for (std::size_t i = 0; i < DkimLimits{}.header_fields_max; ++i) many_fields += "X: y\r\n";
  const std::string long_from =
      "From: " + std::string(DmarcLimits{}.from_bytes_max, 'x') + " <ann@example.org>\r\n\r\n";
  for (const std::string& mail : std::vector<std::string>{"From: ann@example.org, eve@evil.example\r\n\r\n",
                                                          "From: ann@example.org\r\nFrom: ann@example.org\r\n\r\n",
                                                          "From: G: ann@example.org, eve@evil.example;\r\n\r\n",
                                                          long_from, many_fields + "From: ann@example.org\r\n\r\n"}) {
    EXPECT_EQ(authenticate("192.0.2.1", mail).dmarc.result, AuthResult::kPermError) << mail.substr(0, 60);
  }
}

TEST_F(Authentication, NoAuthorDomainMeansNoPolicy) {
  for (const char* mail :
       {"Subject: no author\r\n\r\n", "From: MAILER-DAEMON\r\n\r\n", "From: \r\n\r\n", "From: <>\r\n\r\n"}) {
    EXPECT_EQ(authenticate("192.0.2.1", mail).dmarc.result, AuthResult::kNone) << mail;
  }
  // What readers show counts, even where the grammar is broken.
  for (const char* mail : {"From: ann@example.org <>\r\n\r\n", "From: nobody, <ann@example.org>\r\n\r\n"}) {
    EXPECT_EQ(authenticate("198.51.100.9", mail).dmarc.disposition, DmarcPolicy::kReject) << mail;
  }
}

TEST(AuthenticationResults, IsFoldedAndHoldsAllMethods) {
  AuthVerdicts verdicts;
  verdicts.spf.result = AuthResult::kFail;
  verdicts.spf.domain = "example.org";
  verdicts.dkim.resize(1);
  verdicts.dkim[0].result = AuthResult::kPermError;
  verdicts.dkim[0].domain = "example.org";
  verdicts.dkim[0].reason = "no key for signature";
  verdicts.dmarc.result = AuthResult::kFail;
  verdicts.dmarc.domain = "example.org";
  EXPECT_EQ(authentication_results_header(verdicts, "mx.example.net"),
            "Authentication-Results: mx.example.net;\r\n\tiprev=none;\r\n\tspf=fail smtp.mailfrom=example.org;\r\n"
            "\tdkim=permerror reason=\"no key for signature\" header.d=example.org;\r\n\tdmarc=fail "
            "header.from=example.org\r\n");
}

TEST(AuthenticationResults, PeersCannotForgeResults) {
  AuthVerdicts verdicts;
  verdicts.spf.domain = "x; dkim=pass\r\nInjected: y";
  verdicts.spf.reason = "say \"hi\"\n";
  verdicts.iprev_name = "a\"b";
  const std::string field = authentication_results_header(verdicts, "mx.example.net");
  EXPECT_EQ(field.find("\nInjected"), std::string::npos);
  EXPECT_NE(field.find("smtp.mailfrom=\"x; dkim=pass??Injected: y\""), std::string::npos);
  EXPECT_NE(field.find("reason=\"say \\\"hi\\\"?\""), std::string::npos);
  EXPECT_NE(field.find("policy.iprev=\"a\\\"b\""), std::string::npos);
}

std::vector<std::string> domains_of(const std::string& from) {
  const std::string mail = "From: " + from + "\r\n\r\n";
  return find_from_domains(mail, split_header(mail, 10), DmarcLimits{}).domains;
}

TEST(FromDomains, ReadsWhatReadersSee) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(domains_of("ann@example.org"), Names{"example.org"});
  EXPECT_EQ(domains_of("\"eve@evil.example\" <ann@example.org>"), Names{"example.org"});
  EXPECT_EQ(domains_of("Ann (eve@evil.example) <ann@example.org>"), Names{"example.org"});
  EXPECT_EQ(domains_of("\"a, b\"@example.org, c@EXAMPLE.org"), Names{"example.org"});
  EXPECT_EQ(domains_of("Team: a@x.example, B <b@y.example>;"), (Names{"x.example", "y.example"}));
  EXPECT_EQ(domains_of("=?utf-8?q?Ann?=\r\n <ann@\r\n example.org>"), Names{"example.org"});
  EXPECT_EQ(domains_of("<@relay.example:ann@example.org>"), Names{"example.org"});
  EXPECT_EQ(domains_of("ann@b\xc3\xbc"
                       "cher.example"),
            Names{"xn--bcher-kva.example"});
}

TEST(DomainName, LabelsAndAncestors) {
  EXPECT_EQ(to_a_labels("Example.COM."), "example.com");
  EXPECT_FALSE(to_a_labels("a..b"));
  EXPECT_FALSE(to_a_labels("a b.c"));
  EXPECT_FALSE(to_a_labels(std::string(64, 'a') + ".b"));
  EXPECT_TRUE(is_same_or_subdomain("a.example.org", "example.org"));
  EXPECT_FALSE(is_same_or_subdomain("fexample.org", "example.org"));
  EXPECT_EQ(last_labels("a.b.c", 2), "b.c");
  EXPECT_EQ(last_labels("a.b.c", 9), "a.b.c");
}

TEST(DnsAdvice, NamesEveryRecordAndJudgesIt) {
  DnsSubject subject;
  subject.domain = "example.org";
  subject.hostname = "mail.example.org";
  subject.addresses = {"192.0.2.1"};
  subject.dkim = {{"s1._domainkey.example.org", "v=DKIM1; k=rsa; p=QUJD"}};
  net::ZoneResolver zone;
  const auto results = [&] {
    std::vector<std::string> words;
    for (const DnsCheck& check : test::run_task(check_dns(subject, zone, core::Deadline::never()))) {
      words.push_back(check.advice.purpose + " " + std::string(to_string(check.result)));
    }
    return words;
  };
  EXPECT_EQ(results(),
            (std::vector<std::string>{"mx missing", "spf missing", "dkim missing", "dmarc missing", "ptr missing"}));
  zone.add_mx("example.org", 10, "other.example");
  zone.add_txt("example.org", "v=spf1 -all");
  zone.add_txt("s1._domainkey.example.org", "v=DKIM1; p=REVG");
  zone.add_txt("_dmarc.example.org", "v=DMARC1; p=oops");
  zone.add_ptr("1.2.0.192.in-addr.arpa", "host.isp.example");
  EXPECT_EQ(results(), (std::vector<std::string>{"mx different", "spf different", "dkim different", "dmarc different",
                                                 "ptr different"}));
  net::ZoneResolver good;
  for (const DnsRecordAdvice& advice : advise(subject)) {
    if (advice.type == "TXT") good.add_txt(advice.owner, advice.value);
  }
  good.add_mx("example.org", 10, "mail.example.org");
  good.add_a("mail.example.org", "192.0.2.1");
  good.add_ptr("1.2.0.192.in-addr.arpa", "mail.example.org");
  for (const DnsCheck& check : test::run_task(check_dns(subject, good, core::Deadline::never()))) {
    EXPECT_EQ(check.result, DnsCheckResult::kOk) << check.advice.purpose << ": " << check.explanation;
  }
  good.fail_name("example.org", net::DnsStatus::kTimeout);
  EXPECT_EQ(test::run_task(check_dns(subject, good, core::Deadline::never()))[0].result, DnsCheckResult::kFailed);
}

}  // namespace
}  // namespace postern::pipeline
