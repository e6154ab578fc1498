// All methods together, the field that reports them, and author domains.
#include "pipeline/sender/authenticator.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/manual_clock.h"
#include "net/zone_resolver.h"
#include "pipeline/mime/content.h"
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
  EXPECT_EQ(verdicts.arc.result, AuthResult::kFail);  // a seal without its set
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
                                                          "From: ann@example.org\r\nFrom: eve@evil.example\r\n\r\n",
                                                          "From: <ann@example.org> <eve@evil.example>\r\n\r\n",
                                                          "From: <eve@evil.example> <ann@example.org>\r\n\r\n",
                                                          "From: ann@example..org\r\n\r\n",
                                                          "From: G: ann@example.org, eve@evil.example;\r\n\r\n",
                                                          long_from, many_fields + "From: ann@example.org\r\n\r\n"}) {
    EXPECT_EQ(authenticate("192.0.2.1", mail).dmarc.result, AuthResult::kPermError) << mail.substr(0, 60);
  }
}

TEST_F(Authentication, WhatIsShownTakesThePolicyHoweverBrokenTheFieldIs) {
  // One of our two address readers sees nobody here, tickets show Ann.
  for (const char* mail :
       {"From: \"Bank <ann@example.org>\r\n\r\n", "From: x( <ann@example.org>\r\n\r\n",
        "From: ann@example.org..\r\n\r\n", "From: <ann@example.org> < >\r\n\r\n", "From: ann@example.org'\r\n\r\n",
        "From: ann@example.org\r\nFrom: ann@example.org\r\n\r\n",
        "From: ann@example.org\r\nFrom: x@EXAMPLE.org\r\n\r\n",
        "From: [??]\r\nFrom: ann@example.org\r\n\r\n", "\r\nFrom: ann@example.org\r\n\r\n",
        "Subject: x\rFrom: ann@example.org\r\r", "From : ann@example.org\n\nhi\n"}) {
    const DmarcVerdict forged = authenticate("198.51.100.9", mail).dmarc;
    EXPECT_EQ(forged.disposition, DmarcPolicy::kReject) << mail;
    EXPECT_EQ(forged.domain, "example.org") << mail;
    EXPECT_EQ(authenticate("192.0.2.1", mail).dmarc.result, AuthResult::kPass) << mail;
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
            "header.from=example.org;\r\n\tarc=none\r\n");
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

// Every arrangement of a few tokens: whoever a ticket shows is among the domains that DMARC judges, or it is a defect.
TEST(FromDomains, NobodyIsShownUnjudged) {
  const std::vector<std::string> tokens{"<a@x.example>", "<b@y.example>", "c@z.example", "\"", "(", ")", ",",
                                        ";",             ":",             "<",           ">",  " ", "\\"};
  const std::size_t count = tokens.size();
  for (std::size_t number = 0; number < count * count * count * count; ++number) {
    std::string from;
    for (std::size_t rest = number, i = 0; i < 4; ++i, rest /= count) from += tokens[rest % count];
    const auto message = Message::copy_of("From: " + from + "\r\n\r\n");
    const FromDomains found = find_from_domains(*message, AuthOptions{});
    for (const NamedAddress& shown : build_content(*message, parse_mime(*message)).from) {
      // A stray quote behind the domain is shown with it and judged without it.
      const std::string text = shown.address.domain_lower();
      const bool is_judged = std::ranges::any_of(
          found.domains, [&](const std::string& domain) { return text.find(domain) != std::string::npos; });
      ASSERT_TRUE(is_judged || found.has_unusable || !found.literals.empty()) << from;
    }
  }
}

TEST(FromDomains, DefectsAreToldInWords) {
  const auto defect_of = [](const std::string& from) {
    const auto message = Message::copy_of("From: " + from + "\r\n\r\n");
    return from_defect(find_from_domains(*message, AuthOptions{})).value_or("none");
  };
  EXPECT_EQ(defect_of("<a@bank.example> <b@evil.example>"),
            "The From field names several domains (bank.example, evil.example)");
  EXPECT_EQ(defect_of("a@bank.example, b@[192.0.2.1]"), "The From field names several domains");
  EXPECT_EQ(defect_of("a@" + std::string(60, 'x') + "." + std::string(60, 'y') + ".example, b@" + std::string(60, 'z') +
                      "." + std::string(60, 'z') + ".example"),
            "The From field names several domains");
  EXPECT_EQ(defect_of("a@bank..example"), "The From field holds an address whose domain is not a valid name");
  EXPECT_EQ(defect_of("a@bank\u202eknab.example"), "The From field holds an address whose domain is not a valid name");
  EXPECT_EQ(defect_of(std::string(DmarcLimits{}.from_bytes_max, 'x') + " <a@bank.example>"),
            "The From field or the header is too long to tell who the author is");
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "a@d" + std::to_string(i) + ".example,";
  const auto crowd = Message::copy_of("From: " + many + "\r\n\r\n");
  EXPECT_LT(find_from_domains(*crowd, AuthOptions{}).domains.size(), 100U);
  EXPECT_EQ(defect_of(many).find("The From field names several domains"), 0U);
  std::string fields;
  while (fields.size() < DmarcLimits{}.from_bytes_max) fields += "From: a@bank.example\r\n";
  fields += fields;  // each is short, together they are too long
  EXPECT_FALSE(find_from_domains(*Message::copy_of(fields + "\r\n"), AuthOptions{}).is_complete);
  for (const char* from : {"a@bank.example", "a@[192.0.2.1]", "a@localhost", "nobody", "", "A, B <a@bank.example>",
                           "Sales @ Acme <a@bank.example>", "b\u00fc@b\u00fccher.example, b@xn--bcher-kva.example"}) {
    EXPECT_EQ(defect_of(from), "none") << from;
  }
}

TEST(HeaderPart, IsTheHeaderOfTheWholeMessage) {
  for (const std::string mail :
       {"A: b\r\nC: d\r\n\r\nbody\n", "A: b\n c\n\nbody", "A: b", "A: b\r", "", "\n", "\r\nA: b\r\n",
        "A: b\r\r\nC: d\r\n\r\n",
        "A: b\rC: d\n\r\nx", " \nA: b\n\n"}) {
    const core::SecretBuffer whole = with_crlf_lines(mail);
    const HeaderLayout expected = split_header(core::view(whole), 100);
    const HeaderPart header = read_header(mail, 1000, 100);
    ASSERT_EQ(header.layout.fields.size(), expected.fields.size()) << mail;
    for (std::size_t i = 0; i < expected.fields.size(); ++i) {
      EXPECT_EQ(header.layout.fields[i].whole, expected.fields[i].whole) << mail;
      EXPECT_EQ(header.layout.fields[i].name, expected.fields[i].name) << mail;
    }
    EXPECT_FALSE(header.layout.is_truncated);
  }
  EXPECT_FALSE(read_header("A: b\n\nbody", 6, 100).layout.is_truncated);
  EXPECT_TRUE(read_header("A: b\n\nbody", 5, 100).layout.is_truncated);
  EXPECT_TRUE(read_header("A: b\nC: d\n\n", 100, 1).layout.is_truncated);
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

}  // namespace
}  // namespace postern::pipeline
