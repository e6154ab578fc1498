// Symbols, weights and thresholds of the first spam verdict.
#include "pipeline/spam/classifier.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "pipeline/redaction/redactor.h"

namespace postern::pipeline {
namespace {

Envelope envelope() {
  Envelope out;
  out.helo = "mx.sender.test";
  out.mail_from = split_address("ann@sender.test");
  return out;
}

AuthVerdicts good_auth() {
  AuthVerdicts auth;
  auth.spf.result = AuthResult::kPass;
  auth.dkim.push_back({});
  auth.dkim[0].result = AuthResult::kPass;
  auth.dmarc.result = AuthResult::kPass;
  auth.iprev = AuthResult::kPass;
  return auth;
}

const char* const kGood =
    "From: Ann <ann@sender.test>\r\nTo: help@desk.test\r\nSubject: My order\r\nDate: Sun, 22 Nov 2026 09:30:00 "
    "+0000\r\n"
    "Message-ID: <1@sender.test>\r\n";

SpamVerdict classify(const std::string& message, AuthVerdicts auth, const Envelope& from = envelope(),
                     SpamOptions options = {}) {
  static const Redactor redactor;  // its patterns take a while to compile
  const auto redacted = redactor.redact(Message::copy_of(message), from, std::move(auth));
  EXPECT_TRUE(redacted);
  return SpamClassifier(options).classify(*redacted, from);
}

bool has(const SpamVerdict& verdict, std::string_view symbol) {
  return std::any_of(verdict.symbols.begin(), verdict.symbols.end(),
                     [symbol](const SpamSymbol& one) { return one.name == symbol; });
}

TEST(SpamClassifier, OrdinaryMailIsAccepted) {
  const SpamVerdict verdict = classify(std::string(kGood) + "\r\nHello\r\n", good_auth());
  EXPECT_EQ(verdict.action, SpamAction::kAccept);
  EXPECT_LT(verdict.score, 0.0);
}

TEST(SpamClassifier, ScoreIsTheSumOfItsSymbols) {
  const SpamVerdict verdict = classify("Subject: BUY THESE PILLS NOW\r\n\r\nx\r\n", AuthVerdicts{});
  double sum = 0;
  for (const SpamSymbol& symbol : verdict.symbols) sum += symbol.weight;
  EXPECT_NEAR(verdict.score, sum, 0.01);
  EXPECT_TRUE(has(verdict, "SUBJECT_ALL_CAPS"));
  EXPECT_TRUE(has(verdict, "MISSING_FROM"));
  EXPECT_TRUE(has(verdict, "DKIM_NONE"));
}

TEST(SpamClassifier, FaultsOfFormAloneDoNotSuspend) {
  Envelope odd = envelope();
  odd.helo = "laptop";
  AuthVerdicts none;
  none.iprev = AuthResult::kFail;
  none.helo = AuthResult::kFail;
  const SpamVerdict verdict =
      classify("garbage without a header\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n", none, odd);
  EXPECT_EQ(verdict.action, SpamAction::kAccept) << verdict.score;
}

double weight_of(const SpamVerdict& verdict, std::string_view symbol) {
  for (const SpamSymbol& one : verdict.symbols) {
    if (one.name == symbol) return one.weight;
  }
  return 0;
}

TEST(SpamClassifier, AmbiguityWeighsByDegreeAndIsBounded) {
  const double none = weight_of(classify(std::string(kGood) + "\r\nx\r\n", good_auth()), "MIME_AMBIGUOUS");
  const double some = weight_of(classify(std::string(kGood) + "\r\na\rb\r\n", good_auth()), "MIME_AMBIGUOUS");
  const std::string twice = "Content-Type: text/plain\r\nContent-Type: text/html\r\n";
  const double more = weight_of(classify(std::string(kGood) + twice + "\r\nx\r\n", good_auth()), "MIME_AMBIGUOUS");
  const std::string all = "Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64 (x)\r\nnonsense\r\n  \r\n"
                          "Content-Type: multipart/mixed; boundary=a; boundary=b\r\n";
  const SpamVerdict most = classify(all + twice + "\r\n--a\r\n\r\nx\r\n--a--\r\n--a\r\n\r\na\rb\r\n", AuthVerdicts{});
  EXPECT_EQ(none, 0.0);
  EXPECT_GT(some, 0.0);
  EXPECT_GT(more, some);
  EXPECT_EQ(weight_of(most, "MIME_AMBIGUOUS"), 1.5);
  EXPECT_EQ(most.action, SpamAction::kAccept) << most.score;
}

TEST(SpamClassifier, QuarantineSuspendsAndNothingBelowFifteenRejects) {
  AuthVerdicts auth = good_auth();
  auth.spf.result = AuthResult::kFail;
  auth.dkim[0].result = AuthResult::kFail;
  auth.dmarc.result = AuthResult::kFail;
  auth.dmarc.disposition = DmarcPolicy::kQuarantine;
  const SpamVerdict verdict = classify(std::string(kGood) + "\r\nx\r\n", auth);
  EXPECT_EQ(verdict.action, SpamAction::kSuspend);
  EXPECT_GE(verdict.score, 6.0);
  EXPECT_LT(verdict.score, 15.0);
}

TEST(SpamClassifier, ThresholdsDecideTheAction) {
  const SpamVerdict plain = classify("Subject: x\r\n\r\nx\r\n", AuthVerdicts{});
  SpamOptions options;
  options.suspend_score = plain.score;
  EXPECT_EQ(classify("Subject: x\r\n\r\nx\r\n", AuthVerdicts{}, envelope(), options).action, SpamAction::kSuspend);
  options.reject_score = plain.score;
  EXPECT_EQ(classify("Subject: x\r\n\r\nx\r\n", AuthVerdicts{}, envelope(), options).action, SpamAction::kReject);
}

TEST(SpamClassifier, ContentSymbols) {
  EXPECT_TRUE(
      has(classify(std::string(kGood) +
                       "Content-Type: text/html\r\n\r\n<a href=\"https://evil.test/\">https://bank.test/</a>\r\n",
                   good_auth()),
          "LINK_MISMATCH"));
  EXPECT_TRUE(
      has(classify(std::string(kGood) + "Content-Type: text/html\r\n\r\n<p>x</p>\r\n", good_auth()), "HTML_ONLY"));
  EXPECT_FALSE(has(classify(std::string(kGood) + "\r\nx\r\n", good_auth()), "HTML_ONLY"));
  EXPECT_TRUE(
      has(classify(std::string(kGood) + "Reply-To: boss@gmail.com\r\n\r\nx\r\n", good_auth()), "REPLYTO_FREEMAIL"));
  const SpamVerdict attached = classify(std::string(kGood) +
                                            "Content-Type: application/octet-stream\r\nContent-Disposition: "
                                            "attachment; filename=\"invoice.pdf.exe\"\r\n\r\nMZ\r\n",
                                        good_auth());
  EXPECT_TRUE(has(attached, "BAD_ATTACHMENT"));
  EXPECT_TRUE(has(attached, "DOUBLE_EXTENSION"));
  Envelope literal = envelope();
  literal.helo = "[192.0.2.1]";
  EXPECT_TRUE(has(classify(std::string(kGood) + "\r\nx\r\n", good_auth(), literal), "HELO_LITERAL"));
}

TEST(SpamClassifier, ClientSymbols) {
  const std::string mail = std::string(kGood) + "\r\nx\r\n";
  AuthVerdicts auth = good_auth();
  const double good = classify(mail, auth).score;
  auth.helo = AuthResult::kFail;
  EXPECT_TRUE(has(classify(mail, auth), "HELO_FAIL"));
  auth.helo = AuthResult::kTempError;
  EXPECT_FALSE(has(classify(mail, auth), "HELO_FAIL"));
  auth.lists.push_back({"deny.example", "127.0.0.2", false});
  const SpamVerdict one = classify(mail, auth);
  EXPECT_TRUE(has(one, "DNS_LIST"));
  EXPECT_FALSE(has(one, "DNS_LIST_MORE"));
  EXPECT_FALSE(has(one, "DNS_ALLOW"));
  auth.lists.push_back({"second.example", "127.0.0.2", false});
  const SpamVerdict two = classify(mail, auth);
  EXPECT_TRUE(has(two, "DNS_LIST_MORE"));
  EXPECT_GT(two.score, one.score);
  auth.lists = {{"allow.example", "127.0.5.1", true}};
  const SpamVerdict allowed = classify(mail, auth);
  EXPECT_TRUE(has(allowed, "DNS_ALLOW"));
  EXPECT_FALSE(has(allowed, "DNS_LIST"));
  EXPECT_LT(allowed.score, good);
}

TEST(SpamClassifier, WhatATrustedForwarderBrokeIsNotCounted) {
  const std::string mail = std::string(kGood) + "\r\nx\r\n";
  AuthVerdicts auth = good_auth();
  auth.spf.result = AuthResult::kFail;
  auth.dkim[0].result = AuthResult::kFail;
  auth.dmarc.result = AuthResult::kFail;
  EXPECT_TRUE(has(classify(mail, auth), "DMARC_FAIL"));
  auth.arc.is_trusted = true;
  auth.arc.sealed_dmarc = AuthResult::kFail;
  EXPECT_TRUE(has(classify(mail, auth), "DMARC_FAIL")) << "the forwarder saw it fail as well";
  auth.arc.sealed_dmarc = AuthResult::kPass;
  const SpamVerdict sealed = classify(mail, auth);
  for (const char* symbol : {"SPF_FAIL", "DKIM_FAIL", "DMARC_FAIL"}) EXPECT_FALSE(has(sealed, symbol)) << symbol;
  EXPECT_TRUE(has(sealed, "ARC_TRUSTED"));
  EXPECT_LT(sealed.score, 0.0);
  auth.arc = {};
  auth.dmarc.overridden_by = "trusted_forwarder";
  const SpamVerdict forwarded = classify(mail, auth);
  EXPECT_TRUE(has(forwarded, "FORWARDER_TRUSTED"));
  EXPECT_EQ(forwarded.score, 0.0);
}

TEST(SpamClassifier, MachineMailIsToldNotScored) {
  const SpamVerdict verdict =
      classify(std::string(kGood) + "Precedence: bulk\r\nAuto-Submitted: auto-replied\r\n\r\nx\r\n", good_auth());
  for (const SpamSymbol& symbol : verdict.symbols) {
    if (symbol.name == "BULK" || symbol.name == "AUTO_SUBMITTED") EXPECT_EQ(symbol.weight, 0.0);
  }
  EXPECT_TRUE(has(verdict, "BULK"));
  EXPECT_TRUE(has(verdict, "AUTO_SUBMITTED"));
}

TEST(SpamClassifier, EverySymbolIsListedOnce) {
  std::set<std::string_view> seen;
  for (const SpamRule& rule : spam_rules()) {
    EXPECT_TRUE(seen.insert(rule.symbol).second) << rule.symbol;
    EXPECT_FALSE(rule.meaning.empty());
  }
}

}  // namespace
}  // namespace postern::pipeline
