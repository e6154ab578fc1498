// Every way in which a chain breaks, and whose word counts of one that holds.
#include "pipeline/sender/arc_verifier.h"

#include <gtest/gtest.h>

#include "core/offload.h"
#include "pipeline/sender/dkim_canon.h"
#include "pipeline/sender/header_fields.h"
#include "tests/pipeline/sender/arc_maker.h"

namespace postern::pipeline {
namespace {

const std::string kLetter =
    "From: ann@author.example\r\nTo: desk@example.net\r\nSubject: hello\r\n\r\nThe body of the letter.\r\n";

class ArcVerification : public testing::Test {
 protected:
  // Three sealers, one after the other.
  std::string three_sets() {
    return maker_.seal(maker_.seal(maker_.seal(kLetter, "one.example"), "two.example"), "three.example");
  }
  void expect_fail(const std::string& mail, std::string_view reason) {
    const ArcVerdict verdict = maker_.verify(mail);
    EXPECT_EQ(verdict.result, AuthResult::kFail) << reason;
    EXPECT_EQ(verdict.reason, reason);
  }
  // Each "Name: value\r\n" of the header, in order.
  static std::vector<std::string> fields_of(const std::string& mail) {
    std::vector<std::string> fields;
    for (const SignedField& field : split_header(mail, 100).fields)
      fields.push_back(mail.substr(field.whole.begin, field.whole.size() + 2));
    return fields;
  }
  static std::string replaced(std::string mail, std::string_view what, std::string_view by) {
    const std::size_t at = mail.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return at == std::string::npos ? mail : mail.replace(at, what.size(), by);
  }
  test::ArcMaker maker_;
};

TEST_F(ArcVerification, AChainOfThreeSealersHolds) {
  const ArcVerdict verdict = maker_.verify(three_sets());
  EXPECT_EQ(verdict.result, AuthResult::kPass) << verdict.reason;
  EXPECT_EQ(verdict.instances, 3U);
  EXPECT_EQ(verdict.sealer, "three.example");
  EXPECT_FALSE(verdict.is_trusted);
  EXPECT_EQ(verdict.sealed_dmarc, AuthResult::kNone);
}

TEST_F(ArcVerification, MailWithoutSetsAsksNothing) {
  const ArcVerdict verdict = maker_.verify(kLetter, "author.example", {"one.example"});
  EXPECT_EQ(verdict.result, AuthResult::kNone);
  EXPECT_EQ(verdict.instances, 0U);
  EXPECT_EQ(maker_.verify("").result, AuthResult::kNone);
  EXPECT_EQ(maker_.zone.query_count(), 0U);
}

TEST_F(ArcVerification, TheOrderOfTheFieldsDoesNotMatter) {
  const std::string mail = three_sets();
  std::string turned;
  const std::vector<std::string> fields = fields_of(mail);
  for (std::size_t i = 9; i-- > 0;) turned += fields[i];
  EXPECT_EQ(maker_.verify(turned + mail.substr(mail.find("From:"))).result, AuthResult::kPass);
}

TEST_F(ArcVerification, EachFieldOfEachSetIsNeededOnce) {
  const std::string mail = three_sets();
  const std::vector<std::string> fields = fields_of(mail);
  ASSERT_EQ(fields.size(), 12U);
  for (std::size_t i = 0; i < 9; ++i) {
    const ArcVerdict without = maker_.verify(replaced(mail, fields[i], ""));
    EXPECT_EQ(without.result, AuthResult::kFail) << fields[i];
    EXPECT_EQ(without.instances, 3U);
    EXPECT_EQ(maker_.verify(fields[i] + mail).result, AuthResult::kFail) << fields[i];
  }
  expect_fail(replaced(mail, fields[5], ""), "an ARC set lacks a field");
  expect_fail(fields[4] + mail, "more than one ARC-Message-Signature of ARC set 2");
  expect_fail(fields[8], "an ARC set lacks a field");
}

TEST_F(ArcVerification, AnyChangeToWhatIsSealedBreaksIt) {
  const std::string mail = three_sets();
  const std::vector<std::string> fields = fields_of(mail);
  for (std::size_t i = 0; i < 9; ++i) {
    std::string changed = fields[i];
    // Whatever is added to a field is signed by a seal.
    const std::size_t at = changed.find(i % 3 == 2 ? "; none" : "t=");
    ASSERT_NE(at, std::string::npos);
    changed.insert(at, i % 3 == 2 ? " x" : "z=1; ");
    EXPECT_EQ(maker_.verify(replaced(mail, fields[i], changed)).result, AuthResult::kFail) << changed;
  }
  expect_fail(replaced(mail, "ann@", "eve@"), "ARC-Message-Signature of ARC set 3: signature did not verify");
  expect_fail(mail + "more\r\n", "ARC-Message-Signature of ARC set 3: body hash did not verify");
  expect_fail(replaced(mail, "i=1; mx.one.example; none", "i=1; mx.one.example; dmarc=pass"),
              "ARC-Seal of ARC set 3: signature did not verify");
}

TEST_F(ArcVerification, OnlyTheNewestSignatureMustHold) {
  // A list that changes the mail breaks the signatures before its own.
  const std::string changed = replaced(maker_.seal(kLetter, "one.example"), "Subject: hello", "Subject: [list] hello");
  EXPECT_EQ(maker_.verify(changed).result, AuthResult::kFail);
  const std::string first = maker_.seal(kLetter, "one.example");
  ArcSealOptions options;
  const ArcSealer list(maker_.clock, maker_.key("list.example"), options);
  const std::string added = list.seal(changed, maker_.verify(first), "mx.list.example; none").value();
  EXPECT_EQ(maker_.verify(added + changed).result, AuthResult::kPass);
}

TEST_F(ArcVerification, InstancesAndStatusFollowTheRules) {
  const std::string one = maker_.seal(kLetter, "one.example");
  const std::string two = maker_.seal(one, "two.example");
  expect_fail(replaced(one, "i=1; s=", "i=0; s="), "ARC-Seal: i= missing or invalid");
  expect_fail(replaced(one, "i=1; s=", "i=1a; s="), "ARC-Seal: i= missing or invalid");
  expect_fail(replaced(one, "i=1; s=", "i=; s="), "ARC-Seal: i= missing or invalid");
  expect_fail(replaced(one, "i=1; s=", "i=101; s="), "ARC-Seal: i= missing or invalid");
  expect_fail(replaced(one, "i=1; s=", "i=50; s="), "ARC-Seal: i= leaves a gap");
  expect_fail(replaced(one, "Results: i=1;", "Results: i=2;"), "ARC-Authentication-Results: i= leaves a gap");
  expect_fail(replaced(one, "Results: i=1;", "Results: i=1 x;"), "ARC-Authentication-Results: i= missing or invalid");
  expect_fail(replaced(one, "cv=none", "cv=pass"), "wrong cv= of ARC set 1");
  expect_fail(replaced(two, "cv=pass", "cv=none"), "wrong cv= of ARC set 2");
  expect_fail(replaced(one, "cv=none", "cv=maybe"), "wrong cv= of ARC set 1");
  expect_fail(replaced(two, "cv=none", "cv=fail"), "wrong cv= of ARC set 1");
  maker_.zone.fail_name("s1._domainkey.two.example", net::DnsStatus::kTimeout);
  const std::size_t asked = maker_.zone.query_count();
  expect_fail(replaced(two, "cv=pass", "cv=fail"), "the newest seal says that the chain failed");
  EXPECT_EQ(maker_.zone.query_count(), asked);
}

TEST_F(ArcVerification, SealsAndSignaturesKeepTheirForms) {
  const std::string one = maker_.seal(kLetter, "one.example");
  expect_fail(replaced(one, "cv=none", "h=from; cv=none"), "ARC-Seal of ARC set 1: h= in a seal");
  expect_fail(replaced(one, "cv=none", "cv=none; cv=none"), "ARC-Seal: signature syntax error");
  expect_fail(replaced(one, "a=ed25519-sha256", "a=rsa-sha1"),
              "ARC-Seal of ARC set 1: rsa-sha1 is not a signature (RFC 8301)");
  expect_fail(maker_.seal(kLetter, "one.example", "none", {"from", "arc-seal"}),
              "ARC-Message-Signature of ARC set 1: h= names ARC-Seal");
  // An unknown tag is no defect, a v= is unknown (RFC 8617 section 4.1.2).
  const DkimReading reading =
      read_signature("ARC-Message-Signature: v=7; i=2; a=rsa-sha256; d=a.example; s=s; h=; bh=" +
                         core::to_base64(std::string(32, 'x')) + "; b=AAAA",
                     SignatureForm::kArcMessage, DkimLimits{}, maker_.clock.wall_now());
  EXPECT_TRUE(reading.is_usable()) << reading.verdict.reason;
  EXPECT_EQ(reading.signature.instance, 2U);
}

TEST_F(ArcVerification, LimitsApplyBeforeWork) {
  const std::string mail = three_sets();
  const std::size_t asked = maker_.zone.query_count();
  maker_.arc.sets_max = 2;
  expect_fail(mail, "more than 2 ARC sets");
  maker_.arc = {};
  maker_.arc.sets_checked_max = 2;
  expect_fail(mail, "more ARC sets than are checked (2)");
  maker_.arc = {};
  maker_.arc.results_bytes_max = 40;
  expect_fail(mail, "ARC-Authentication-Results too long");
  maker_.arc = {};
  maker_.dkim.signature_bytes_max = 60;
  expect_fail(mail, "ARC-Seal: signature field too long");
  maker_.dkim = {};
  maker_.dkim.header_fields_max = 10;
  expect_fail(mail, "too many header fields");
  EXPECT_EQ(maker_.zone.query_count(), asked);
}

TEST_F(ArcVerification, KeysThatCannotBeHadNowAreToldFromThoseThatCannotBeHad) {
  const std::string mail = three_sets();
  const std::size_t asked = maker_.zone.query_count();
  EXPECT_EQ(maker_.verify(mail).result, AuthResult::kPass);
  EXPECT_EQ(maker_.zone.query_count(), asked + 3);  // one question a name, though the newest key serves two fields
  maker_.zone.fail_name("s1._domainkey.two.example", net::DnsStatus::kServFail);
  EXPECT_EQ(maker_.verify(mail).result, AuthResult::kTempError);
  EXPECT_EQ(maker_.verify(mail).reason, "key s1._domainkey.two.example could not be fetched");
  maker_.zone.fail_name("s1._domainkey.one.example", net::DnsStatus::kNxDomain);
  expect_fail(mail, "key s1._domainkey.one.example: no key for signature");
}

TEST_F(ArcVerification, LargeMessagesAreCheckedOnThePool) {
  std::string text = kLetter;
  while (text.size() < DkimLimits{}.inline_bytes_max) text += "more of the same\r\n";
  const std::string large = maker_.seal(text, "one.example");
  const std::string small = maker_.seal(kLetter, "one.example");
  core::WorkPool cpu("cpu", 1, 2);
  EXPECT_EQ(maker_.verify(large, "", {}, &cpu).result, AuthResult::kPass);
  while (cpu.try_enter()) {
  }
  EXPECT_EQ(maker_.verify(small, "", {}, &cpu).result, AuthResult::kPass);
  const ArcVerdict refused = maker_.verify(large, "author.example", {"one.example"}, &cpu);
  EXPECT_EQ(refused.result, AuthResult::kTempError);
  EXPECT_EQ(refused.reason, "too busy to check the chain");
  EXPECT_FALSE(refused.is_trusted);
}

constexpr const char* kPassed =
    "spf=pass smtp.mailfrom=other.example; dmarc=pass (p=reject) header.from=author.example";
constexpr const char* kFailed = "spf=fail smtp.mailfrom=other.example; dmarc=fail header.from=author.example";

TEST_F(ArcVerification, ATrustedSealersWordIsReported) {
  const std::string mail = maker_.seal(kLetter, "mx.forwarder.example", kPassed);
  for (const char* trusted : {"mx.forwarder.example", "forwarder.example", "Forwarder.EXAMPLE."}) {
    const ArcVerdict verdict = maker_.verify(mail, "author.example", {"x.example", trusted});
    EXPECT_TRUE(verdict.is_trusted) << trusted;
    EXPECT_EQ(verdict.sealed_dmarc, AuthResult::kPass);
  }
  for (const char* other : {"warder.example", "a.mx.forwarder.example", "example.forwarder", ""}) {
    const ArcVerdict verdict = maker_.verify(mail, "author.example", {other});
    EXPECT_FALSE(verdict.is_trusted) << other;
    EXPECT_EQ(verdict.sealed_dmarc, AuthResult::kNone);
  }
  const ArcVerdict failed =
      maker_.verify(maker_.seal(kLetter, "forwarder.example", kFailed), "author.example", {"forwarder.example"});
  EXPECT_TRUE(failed.is_trusted);
  EXPECT_EQ(failed.sealed_dmarc, AuthResult::kFail);
  EXPECT_EQ(maker_.verify(mail, "another.example", {"forwarder.example"}).sealed_dmarc, AuthResult::kNone);
  EXPECT_EQ(maker_.verify(mail, "", {"forwarder.example"}).sealed_dmarc, AuthResult::kNone);
}

TEST_F(ArcVerification, ABrokenChainIsTrustedByNobody) {
  const std::string mail = maker_.seal(kLetter, "forwarder.example", kPassed);
  const ArcVerdict verdict = maker_.verify(mail + "x\r\n", "author.example", {"forwarder.example"});
  EXPECT_EQ(verdict.result, AuthResult::kFail);
  EXPECT_FALSE(verdict.is_trusted);
  EXPECT_EQ(verdict.sealed_dmarc, AuthResult::kNone);
}

TEST_F(ArcVerification, WhoeverSealsAboveATrustedSealerTakesItsWordAway) {
  const std::string mail = maker_.seal(maker_.seal(kLetter, "forwarder.example", kPassed), "eve.example", kPassed);
  const ArcVerdict verdict = maker_.verify(mail, "author.example", {"forwarder.example"});
  EXPECT_EQ(verdict.result, AuthResult::kPass);
  EXPECT_FALSE(verdict.is_trusted);
  EXPECT_EQ(verdict.sealed_dmarc, AuthResult::kNone);
}

TEST_F(ArcVerification, WhatStrangersSealedBelowIsNotAsked) {
  const std::string forged = maker_.seal(kLetter, "eve.example", kPassed);
  const std::string mail = maker_.seal(forged, "forwarder.example", kFailed);
  const ArcVerdict verdict = maker_.verify(mail, "author.example", {"forwarder.example"});
  EXPECT_TRUE(verdict.is_trusted);
  EXPECT_EQ(verdict.sealed_dmarc, AuthResult::kFail);
  // Nor behind a stranger between two trusted ones.
  const std::string first = maker_.seal(kLetter, "mailbox.example", kPassed);
  const std::string between = maker_.seal(maker_.seal(first, "eve.example", kPassed), "forwarder.example", kFailed);
  EXPECT_EQ(maker_.verify(between, "author.example", {"forwarder.example", "mailbox.example"}).sealed_dmarc,
            AuthResult::kFail);
}

TEST_F(ArcVerification, ATrustedSealersWordOutlivesATrustedForwarder) {
  const std::string mail = maker_.seal(maker_.seal(kLetter, "mailbox.example", kPassed), "forwarder.example", kFailed);
  EXPECT_EQ(maker_.verify(mail, "author.example", {"forwarder.example", "mailbox.example"}).sealed_dmarc,
            AuthResult::kPass);
  EXPECT_EQ(maker_.verify(mail, "author.example", {"forwarder.example"}).sealed_dmarc, AuthResult::kFail);
  // The lower one must have covered From, for only then does cv=pass above it mean the author.
  const std::string open =
      maker_.seal(maker_.seal(kLetter, "mailbox.example", kPassed, {"subject"}), "forwarder.example", kFailed);
  EXPECT_EQ(maker_.verify(open, "author.example", {"forwarder.example", "mailbox.example"}).sealed_dmarc,
            AuthResult::kFail);
}

TEST_F(ArcVerification, ASealThatDoesNotCoverWhatIsShownIsNotTrusted) {
  const std::string open = maker_.seal(kLetter, "forwarder.example", kPassed, {"to", "subject"});
  const ArcVerdict verdict = maker_.verify(open, "author.example", {"forwarder.example"});
  EXPECT_EQ(verdict.result, AuthResult::kPass);
  EXPECT_FALSE(verdict.is_trusted);
  EXPECT_EQ(verdict.sealed_dmarc, AuthResult::kNone);
  EXPECT_EQ(verdict.reason, "not trusted: the newest ARC-Message-Signature does not cover From and the whole body");
  const std::string mail = maker_.seal(kLetter, "forwarder.example", kPassed, {"from", "subject"});
  const ArcVerdict above = maker_.verify("Subject: other\r\n" + mail, "author.example", {"forwarder.example"});
  EXPECT_EQ(above.result, AuthResult::kPass);
  EXPECT_FALSE(above.is_trusted);
  EXPECT_EQ(above.reason, "not trusted: another subject field stands above the sealed one");
}

// A set made without the sealer, whose signature covers `length` bytes of the body.
std::string with_length(const SigningKey& key, std::uint64_t length) {
  const HeaderLayout layout = split_header(kLetter, 10);
  const DkimBodyHash body = hash_body(kLetter.substr(layout.body_begin), DkimCanon::kRelaxed, length);
  const std::string aar = "ARC-Authentication-Results: i=1; mx.one.example; none";
  std::string ams = "ARC-Message-Signature: i=1; a=ed25519-sha256; c=relaxed/relaxed; d=one.example; s=s1; h=from; l=" +
                    std::to_string(length) + "; bh=" + core::to_base64(body.digest) + "; b=";
  ams += core::to_base64(
      make_signature(key, signed_header_data(kLetter, layout, {"from"}, ams, DkimCanon::kRelaxed)).value());
  std::string seal = "ARC-Seal: i=1; a=ed25519-sha256; cv=none; d=one.example; s=s1; b=";
  std::string data;
  for (const std::string& field : {aar, ams, seal}) data += canonical_header(field, DkimCanon::kRelaxed);
  data.resize(data.size() - 2);
  seal += core::to_base64(make_signature(key, data).value());
  return seal + "\r\n" + ams + "\r\n" + aar + "\r\n" + kLetter;
}

TEST_F(ArcVerification, ASignatureOfPartOfTheBodyIsNoPassAndNeverTrusted) {
  const std::shared_ptr<const SigningKey> key = maker_.key("one.example");
  expect_fail(with_length(*key, 8), "ARC-Message-Signature of ARC set 1: l= leaves content unsigned");
  const ArcVerdict whole = maker_.verify(with_length(*key, 25), "author.example", {"one.example"});
  EXPECT_EQ(whole.result, AuthResult::kPass) << whole.reason;
  EXPECT_FALSE(whole.is_trusted);
}

TEST_F(ArcVerification, TheSealerAddsNothingToAChainThatHasEnded) {
  const std::string broken = maker_.seal(kLetter, "one.example") + "x\r\n";
  const std::string ended = maker_.seal(broken, "two.example");
  EXPECT_NE(ended.find("cv=fail; d=two.example; i=2;"), std::string::npos);
  EXPECT_EQ(maker_.verify(ended).reason, "the newest seal says that the chain failed");
  EXPECT_EQ(maker_.seal(ended, "three.example"), ended);
  ArcSealOptions options;
  options.arc.sets_max = 1;
  const ArcSealer sealer(maker_.clock, maker_.key("two.example"), options);
  const std::string full = maker_.seal(kLetter, "one.example");
  EXPECT_EQ(sealer.seal(full, maker_.verify(full), "mx; none").value(), "");
}

TEST_F(ArcVerification, ASealedMessageGainsNoField) {
  // The default names each field once more than it is there.
  const std::string mail = maker_.seal(kLetter, "one.example");
  EXPECT_EQ(maker_.verify("Reply-To: eve@evil.example\r\n" + mail).result, AuthResult::kFail);
  EXPECT_EQ(maker_.verify("X-Tag: 1\r\n" + mail).result, AuthResult::kPass);
}

}  // namespace
}  // namespace postern::pipeline
