// Senders who pretend to be one of us, and honest ones who only look so.
#include "pipeline/spam/spoof.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "pipeline/redaction/redactor.h"
#include "pipeline/spam/classifier.h"
#include "pipeline/spam/name_key.h"

namespace postern::pipeline {
namespace {

constexpr core::WorkspaceId kWorkspace{7};

class FixedNames final : public KnownNames {
 public:
  std::vector<std::string> own_domains() const override { return domains; }
  bool is_colleague(core::WorkspaceId workspace, std::string_view name) const override {
    return workspace == kWorkspace && name_key(name) == name_key("Zoe Smith");
  }
  std::vector<std::string> domains{"postern.com", "help.acmeworks.example"};
};

AuthVerdicts passed(const std::string& domain) {
  AuthVerdicts auth;
  auth.spf.result = AuthResult::kPass;
  auth.spf.domain = domain;
  auth.dkim.resize(1);
  auth.dkim[0].result = AuthResult::kPass;
  auth.dkim[0].domain = domain;
  auth.dmarc.result = AuthResult::kPass;
  auth.dmarc.domain = domain;
  auth.iprev = AuthResult::kPass;
  auth.helo = AuthResult::kPass;
  return auth;
}

AuthVerdicts unproven(const std::string& domain) {
  AuthVerdicts auth;
  auth.dmarc.domain = domain;
  return auth;
}

class Spoof : public testing::Test {
 protected:
  Spoof() {
    envelope.client_ip = "198.51.100.9";
    envelope.helo = "mx.sender.example";
    envelope.mail_from = split_address("bounce@mailer.example");
    envelope.rcpts.resize(1);
    envelope.rcpts[0].workspace = kWorkspace;
  }
  SpamVerdict classify(const std::string& header, const AuthVerdicts& auth) {
    static const Redactor redactor;  // its patterns take a while to compile
    const std::string mail = header +
                             "To: support@postern.com\r\nSubject: My order\r\nDate: Sun, 22 Nov 2026 09:30:00 +0000\r\n"
                             "Message-ID: <1@sender.example>\r\n\r\nHello\r\n";
    const auto redacted = redactor.redact(Message::copy_of(mail), envelope, auth);
    EXPECT_TRUE(redacted);
    return classifier.classify(*redacted, envelope);
  }
  // The signs alone, in the order of the table.
  std::string signs(const std::string& header, const AuthVerdicts& auth) {
    std::string out;
    for (const SpamSymbol& symbol : classify(header, auth).symbols) {
      if (symbol.name.starts_with("SPOOF") || symbol.name == "LOOKALIKE_DOMAIN" || symbol.name == "REPLYTO_ELSEWHERE") {
        out += (out.empty() ? "" : " ") + symbol.name;
      }
    }
    return out;
  }
  FixedNames names;
  SpamClassifier classifier{SpamOptions{}, &names};
  Envelope envelope;
};

TEST_F(Spoof, OwnDomainNeedsProof) {
  const std::string boss = "From: Boss <boss@postern.com>\r\n";
  const AuthVerdicts forged = unproven("postern.com");
  EXPECT_EQ(signs(boss, forged), "SPOOF_OWN_DOMAIN");
  EXPECT_EQ(classify(boss, forged).action, SpamAction::kSuspend);
  // The forger's own domain passes everything; ours publishes no policy.
  AuthVerdicts dressed = passed("evil.example");
  dressed.dmarc = forged.dmarc;
  EXPECT_EQ(signs(boss, dressed), "SPOOF_OWN_DOMAIN");
  EXPECT_EQ(classify(boss, dressed).action, SpamAction::kSuspend);
  EXPECT_EQ(signs("From: x@sub.Postern.COM\r\n", unproven("sub.postern.com")), "SPOOF_OWN_DOMAIN");
  EXPECT_EQ(signs(boss, passed("postern.com")), "");
}

TEST_F(Spoof, OwnMailIsKnownByAnyProofOfOurs) {
  const std::string boss = "From: Zoe Smith <boss@postern.com>\r\n";
  AuthVerdicts auth = unproven("postern.com");
  auth.spf.result = AuthResult::kPass;
  auth.spf.domain = "mx.postern.com";  // a bounce of our own server: HELO identity, no DMARC record
  EXPECT_EQ(signs(boss, auth), "");
  auth.spf.result = AuthResult::kTempError;
  EXPECT_EQ(signs(boss, auth), "") << "our own DNS fails";
  auth.spf.domain = "evil.example";
  EXPECT_EQ(signs(boss, auth), "SPOOF_OWN_DOMAIN SPOOF_COLLEAGUE") << "somebody else's DNS fails";
  auth = unproven("postern.com");
  auth.dmarc.result = AuthResult::kTempError;
  EXPECT_EQ(signs(boss, auth), "");
  auth = unproven("postern.com");
  auth.arc.is_trusted = true;
  auth.arc.sealed_dmarc = AuthResult::kPass;
  EXPECT_EQ(signs(boss, auth), "");
  auth = unproven("postern.com");
  auth.dmarc.result = AuthResult::kFail;
  auth.dmarc.overridden_by = "trusted_forwarder";
  EXPECT_EQ(signs(boss, auth), "");
}

TEST_F(Spoof, MailOfOurOwnSiteIsNotFromOutside) {
  for (const char* ip : {"127.0.0.1", "::1", "10.1.2.3", "fd00::1"}) {
    envelope.client_ip = ip;
    EXPECT_EQ(signs("From: Zoe Smith <printer@postern.com>\r\nReply-To: x@other.example\r\n", unproven("postern.com")), "") << ip;
  }
}

TEST_F(Spoof, ColleaguesNameAtAnotherAddress) {
  const AuthVerdicts freemail = passed("freemail.example");
  EXPECT_EQ(signs("From: Zoe Smith <zoe1@freemail.example>\r\n", freemail), "SPOOF_COLLEAGUE");
  EXPECT_EQ(signs("From: \"SMITH, Zo\xC3\xAB\" <zoe1@freemail.example>\r\n", freemail), "SPOOF_COLLEAGUE");
  EXPECT_EQ(signs("From: =?utf-8?q?Zo=C3=AB_Smith?= <zoe1@freemail.example>\r\n", freemail), "SPOOF_COLLEAGUE");
  EXPECT_EQ(signs("From: Zoe Smith <zoe@postern.com>\r\n", passed("postern.com")), "");
  EXPECT_EQ(signs("From: Zoe Smithers <zoe1@freemail.example>\r\n", freemail), "");
  envelope.rcpts[0].workspace = core::WorkspaceId{8};
  EXPECT_EQ(signs("From: Zoe Smith <zoe1@freemail.example>\r\n", freemail), "") << "nobody of that name works there";
  Recipient second;
  second.workspace = kWorkspace;
  envelope.rcpts.push_back(second);
  EXPECT_EQ(signs("From: Zoe Smith <zoe1@freemail.example>\r\n", freemail), "SPOOF_COLLEAGUE");
}

TEST_F(Spoof, NameThatShowsAnotherAddress) {
  const AuthVerdicts evil = passed("evil.example");
  for (const char* from : {"\"billing@bank.example\" <x@evil.example>", "\"Bank <billing@bank.example>\" <x@evil.example>",
                           "\"www.bank.example\" <x@evil.example>", "\"bank.com\" <x@evil.example>", "\"Your bank.com team\" <x@evil.example>",
                           "\"support@postern.com\" <support=postern.com@evil.example>", "\"Postern.com\" <x@evil.example>",
                           "\"help.acmeworks.example\" <x@evil.example>", "\"ceo\xEF\xBC\xA0" "bank.com\" <x@evil.example>"}) {
    EXPECT_EQ(signs("From: " + std::string(from) + "\r\n", evil), "SPOOF_NAME_ADDRESS") << from;
  }
  for (const char* from : {"\"x@evil.example\" <x@evil.example>", "\"x@mail.evil.example\" <x@evil.example>", "Dr.No <x@evil.example>",
                           "\"J.R. Smith\" <x@evil.example>", "node.js <x@evil.example>", "\"a @ b\" <x@evil.example>", "x@evil.example",
                           "\"ann@customer.example via List\" <ann=customer.example@evil.example>", "\"St.Gallen\" <x@evil.example>"}) {
    EXPECT_EQ(signs("From: " + std::string(from) + "\r\n", evil), "") << from;
  }
  EXPECT_EQ(signs("From: \"customer@shop.example via Support\" <support@postern.com>\r\n", passed("postern.com")), "SPOOF_NAME_ADDRESS")
      << "a weak sign by itself";
  EXPECT_EQ(signs("From: \"zoe@help.acmeworks.example\" <support@postern.com>\r\n", passed("postern.com")), "") << "both are ours";
}

TEST_F(Spoof, TicketSystemsThatWriteForACustomerAreSpared) {
  const std::string header = "From: \"ann@customer.example\" <notify@crm.example>\r\nReply-To: ann@customer.example\r\n";
  EXPECT_EQ(signs(header, passed("crm.example")), "");
  EXPECT_EQ(signs(header, unproven("crm.example")), "SPOOF_NAME_ADDRESS REPLYTO_ELSEWHERE");
  EXPECT_EQ(signs("From: \"zoe@postern.com\" <notify@crm.example>\r\nReply-To: zoe@postern.com\r\n", passed("crm.example")), "SPOOF_NAME_ADDRESS")
      << "for us we write ourselves";
}

TEST_F(Spoof, LookalikesCountHoweverWellTheyAreSigned) {
  EXPECT_EQ(signs("From: x@p0stern.com\r\n", passed("p0stern.com")), "LOOKALIKE_DOMAIN");
  EXPECT_EQ(signs("From: x@xn--pstern-wxa.com\r\n", passed("xn--pstern-wxa.com")), "LOOKALIKE_DOMAIN");
  EXPECT_EQ(signs("From: x@p\xC3\xB6stern.com\r\n", passed("xn--pstern-wxa.com")), "LOOKALIKE_DOMAIN");
  EXPECT_EQ(signs("From: x@shop.example\r\nReply-To: pay@postern-billing.com\r\n", passed("shop.example")), "LOOKALIKE_DOMAIN");
  EXPECT_EQ(signs("From: x@shop.example\r\n", passed("shop.example")), "");
  names.domains = {"other.com"};
  EXPECT_EQ(signs("From: x@p0stern.com\r\n", passed("p0stern.com")), "") << "our domains are asked anew";
}

TEST_F(Spoof, AnswersElsewhere) {
  const std::string header = "From: x@shop.example\r\nReply-To: y@other.example\r\n";
  EXPECT_EQ(signs(header, unproven("shop.example")), "REPLYTO_ELSEWHERE");
  EXPECT_EQ(signs(header, passed("shop.example")), "");
  EXPECT_EQ(signs("From: x@shop.example\r\nReply-To: y@mail.shop.example\r\n", unproven("shop.example")), "");
  EXPECT_EQ(signs("From: x@shop.example\r\nReply-To: y@other.example, x@shop.example\r\n", unproven("shop.example")), "");
  EXPECT_EQ(signs("From: x@[192.0.2.1]\r\nReply-To: y@other.example\r\n", unproven("")), "");
}

// What an honest stranger may do wrong at once, with each sign that he can give innocently.
TEST_F(Spoof, NoSignAloneSuspendsHonestMail) {
  AuthVerdicts poor = unproven("shop.example");
  poor.iprev = AuthResult::kFail;
  poor.helo = AuthResult::kFail;
  for (const char* header : {"From: Zoe Smith <x@shop.example>\r\n", "From: \"y@other.example\" <x@shop.example>\r\n",
                             "From: x@shop.example\r\nReply-To: y@other.example\r\n"}) {
    EXPECT_EQ(classify(header, poor).action, SpamAction::kAccept) << header << classify(header, poor).score;
  }
  poor.dmarc.domain = "poster.com";
  EXPECT_EQ(classify("From: x@poster.com\r\n", poor).action, SpamAction::kAccept) << classify("From: x@poster.com\r\n", poor).score;
  poor.lists.push_back({"deny.example", "127.0.0.2", false});
  poor.lists.push_back({"second.example", "127.0.0.2", false});
  EXPECT_EQ(classify("From: x@shop.example\r\n", poor).action, SpamAction::kAccept) << "shared addresses are listed for others";
}

TEST_F(Spoof, ClearFraudWaitsForAPerson) {
  EXPECT_EQ(classify("From: Zoe Smith <zoe@p0stern.com>\r\n", passed("p0stern.com")).action, SpamAction::kSuspend);
  EXPECT_EQ(classify("From: \"support@postern.com\" <x@postern-support.com>\r\nReply-To: y@gmail.com\r\n", passed("postern-support.com")).action,
            SpamAction::kSuspend);
  AuthVerdicts listed = unproven("evil.example");
  listed.lists.push_back({"deny.example", "127.0.0.2", false});
  listed.iprev = AuthResult::kFail;
  EXPECT_EQ(classify("From: Zoe Smith <x@evil.example>\r\n", listed).action, SpamAction::kSuspend);
}

TEST_F(Spoof, WithoutNamesNobodyIsImpersonated) {
  classifier = SpamClassifier();
  EXPECT_EQ(signs("From: \"support@postern.com\" <boss@postern.com>\r\nReply-To: x@p0stern.com\r\n", unproven("postern.com")), "");
}

TEST_F(Spoof, ManyMailboxesAreReadToABound) {
  std::string from = "From: a@shop.example";
  std::string reply = "Reply-To: a@shop.example";
  for (std::size_t i = 1; i < kMailboxesMax; ++i) reply += ", a" + std::to_string(i) + "@shop.example";
  EXPECT_EQ(signs(from + "\r\n" + reply + ", x@p0stern.com\r\n", passed("shop.example")), "");
  EXPECT_EQ(signs(from + "\r\nReply-To: x@p0stern.com\r\n", passed("shop.example")), "LOOKALIKE_DOMAIN");
  EXPECT_EQ(signs("From: " + std::string(100'000, '.') + "\r\n", unproven("")), "");
}

}  // namespace
}  // namespace postern::pipeline
