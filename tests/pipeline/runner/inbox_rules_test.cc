// What inboxes make of a sender who is not proven: one answer for all of them, and nobody's mail is lost between two.
#include "pipeline/runner/inbox_rules.h"

#include <gtest/gtest.h>

namespace postern::pipeline {
namespace {

struct Case {
  Envelope envelope;
  AuthVerdicts auth;
  RunnerOptions options;
  SenderListCache lists;

  InboxPolicy& add_inbox() {
    auto policy = std::make_shared<InboxPolicy>();
    InboxPolicy& made = *policy;
    envelope.rcpts.emplace_back();
    envelope.rcpts.back().policy = std::move(policy);
    return made;
  }
  void disown(DmarcPolicy policy) {
    auth.dmarc.result = AuthResult::kFail;
    auth.dmarc.domain = "bank.test";
    auth.dmarc.policy_domain = "bank.test";
    auth.dmarc.policy = policy;
    auth.dmarc.disposition = policy;
  }
  std::optional<SmtpVerdict> apply(const std::string& mail = "From: a@bank.test\r\n\r\n") {
    return apply_inbox_rules(envelope, auth, *Message::copy_of(mail), options, lists);
  }
};

TEST(InboxRules, RejectDispositionNamesTheDomain) {
  Case one;
  one.disown(DmarcPolicy::kReject);
  one.auth.dmarc.domain = "bank.test\r\n250 ok";
  const auto refused = one.apply();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, 550);
  EXPECT_EQ(refused->enhanced, "5.7.26");
  EXPECT_NE(refused->text.find("bank.test"), std::string::npos);
  EXPECT_EQ(refused->text.find('\r'), std::string::npos);
}

TEST(InboxRules, WhereRejectionIsOffDisownedMailWaits) {
  Case one;
  one.disown(DmarcPolicy::kReject);
  one.options.rejects_dmarc_fail = false;
  one.add_inbox();
  EXPECT_FALSE(one.apply());
  EXPECT_EQ(one.envelope.rcpts[0].held_cause, "dmarc");
  EXPECT_EQ(one.auth.dmarc.disposition, DmarcPolicy::kQuarantine);
  EXPECT_EQ(one.auth.dmarc.overridden_by, "local_policy");
}

TEST(InboxRules, QuarantineWaitsForAPerson) {
  Case one;
  one.disown(DmarcPolicy::kQuarantine);
  one.add_inbox();
  EXPECT_FALSE(one.apply());
  EXPECT_EQ(one.envelope.rcpts[0].held_cause, "dmarc");
  EXPECT_EQ(one.auth.dmarc.overridden_by, "");
}

TEST(InboxRules, AnInboxMayAcceptSuspendOrRejectWhateverTheDomainAsks) {
  struct Row {
    SenderAction action;
    bool is_refused;
    std::string held;
    DmarcPolicy done;
  };
  for (const Row& row : {Row{SenderAction::kAccept, false, "", DmarcPolicy::kNone}, Row{SenderAction::kSuspend, false, "dmarc", DmarcPolicy::kQuarantine},
                         Row{SenderAction::kReject, true, "", DmarcPolicy::kReject}}) {
    for (const DmarcPolicy policy : {DmarcPolicy::kNone, DmarcPolicy::kQuarantine, DmarcPolicy::kReject}) {
      Case one;
      one.disown(policy);
      one.add_inbox().on_dmarc_fail = row.action;
      EXPECT_EQ(one.apply().has_value(), row.is_refused);
      EXPECT_EQ(one.envelope.rcpts[0].held_cause, row.held);
      EXPECT_EQ(one.auth.dmarc.disposition, row.done);
      EXPECT_EQ(one.auth.dmarc.overridden_by, row.done < policy ? "local_policy" : "");
    }
  }
}

TEST(InboxRules, WhereOneInboxRefusesAndAnotherTakesTheMailWaitsInTheFirst) {
  Case one;
  one.disown(DmarcPolicy::kReject);
  one.add_inbox();
  one.add_inbox().on_dmarc_fail = SenderAction::kAccept;
  EXPECT_FALSE(one.apply());
  EXPECT_EQ(one.envelope.rcpts[0].held_cause, "dmarc");
  EXPECT_EQ(one.envelope.rcpts[1].held_cause, "");
  EXPECT_EQ(one.auth.dmarc.disposition, DmarcPolicy::kNone);
}

TEST(InboxRules, ATrustedForwarderStandsInForABrokenSignature) {
  Case one;
  one.disown(DmarcPolicy::kReject);
  one.auth.dmarc.disposition = DmarcPolicy::kNone;
  one.auth.dmarc.overridden_by = "trusted_forwarder";
  one.add_inbox();
  EXPECT_FALSE(one.apply());
  EXPECT_EQ(one.envelope.rcpts[0].held_cause, "");
  EXPECT_EQ(one.auth.dmarc.overridden_by, "trusted_forwarder");
}

TEST(InboxRules, ATrustedForwarderNeedsNoProofAndNoAnswerEither) {
  for (const AuthResult result : {AuthResult::kNone, AuthResult::kTempError}) {
    Case one;
    one.auth.dmarc.result = result;
    one.add_inbox().on_no_dmarc = SenderAction::kReject;
    EXPECT_TRUE(one.apply());
    one.auth.dmarc.overridden_by = "trusted_forwarder";
    EXPECT_FALSE(one.apply());
    EXPECT_EQ(one.envelope.rcpts[0].held_cause, "");
  }
}

TEST(InboxRules, UnknownPolicyIsDeferredNeverPassed) {
  Case one;
  one.auth.dmarc.result = AuthResult::kTempError;
  EXPECT_EQ(one.apply()->code, 451);
  one.options.defers_dmarc_temperror = false;
  EXPECT_FALSE(one.apply());
  one.add_inbox().on_temperror = SenderAction::kSuspend;
  EXPECT_FALSE(one.apply());
  EXPECT_EQ(one.envelope.rcpts[0].held_cause, "temperror");
}

TEST(InboxRules, ATrustedSealSparesTheDeferral) {
  Case one;
  one.auth.dmarc.result = AuthResult::kTempError;
  one.auth.dmarc.domain = "bank.test";
  one.auth.arc.is_trusted = true;
  one.auth.arc.sealed_dmarc = AuthResult::kFail;
  EXPECT_EQ(one.apply()->code, 451);
  one.auth.arc.sealed_dmarc = AuthResult::kPass;
  EXPECT_FALSE(one.apply());
}

TEST(InboxRules, OneInboxThatDefersDefersForAll) {
  Case one;
  one.auth.dmarc.result = AuthResult::kTempError;
  one.add_inbox().on_temperror = SenderAction::kAccept;
  EXPECT_FALSE(one.apply());
  one.add_inbox();
  EXPECT_EQ(one.apply()->code, 451);
}

TEST(InboxRules, ADomainWithoutAWishIsNotHeldUpByItsBrokenRecords) {
  Case one;
  one.auth.dmarc.result = AuthResult::kTempError;
  one.auth.dmarc.domain = "bank.test";
  one.auth.dmarc.policy_domain = "bank.test";
  EXPECT_FALSE(one.apply());
  for (const DmarcPolicy policy : {DmarcPolicy::kQuarantine, DmarcPolicy::kReject}) {
    one.auth.dmarc.policy = policy;
    const auto deferred = one.apply();
    ASSERT_TRUE(deferred);
    EXPECT_EQ(deferred->code, 451);
    EXPECT_EQ(deferred->text, "The SPF or DKIM records for bank.test could not be looked up, try again later");
  }
}

TEST(InboxRules, AnInboxMayAskForProofFromDomainsWithoutAPolicy) {
  Case one;
  one.auth.dmarc.domain = "small.test";
  one.add_inbox().on_no_dmarc = SenderAction::kReject;
  const auto refused = one.apply();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->text, "Neither SPF nor DKIM proves that this is from small.test");
  one.auth.spf = {AuthResult::kPass, "mailfrom", "small.test", "", ""};
  EXPECT_FALSE(one.apply());
  EXPECT_EQ(one.envelope.rcpts[0].held_cause, "");
  one.auth.spf.domain = "elsewhere.test";
  EXPECT_TRUE(one.apply());
  one.add_inbox().on_no_dmarc = SenderAction::kSuspend;
  EXPECT_FALSE(one.apply());
  EXPECT_EQ(one.envelope.rcpts[0].held_cause, "unproven");
  EXPECT_EQ(one.envelope.rcpts[1].held_cause, "unproven");
}

TEST(InboxRules, ABlockedSenderIsRefusedAndWaitsWhereOthersWantIt) {
  Case one;
  one.auth.dmarc.result = AuthResult::kPass;
  one.auth.dmarc.domain = "bank.test";
  one.add_inbox().block = {"bank.test"};
  const auto refused = one.apply();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, 550);
  EXPECT_EQ(refused->enhanced, "5.7.1");
  EXPECT_EQ(refused->text, "This sender is blocked here");
  one.add_inbox();
  EXPECT_FALSE(one.apply());
  EXPECT_EQ(one.envelope.rcpts[0].held_cause, "blocked");
  EXPECT_EQ(one.envelope.rcpts[1].held_cause, "");
}

TEST(InboxRules, AllowBeatsBlockAndTheScoreButOnlyForAProvenDomain) {
  Case one;
  one.auth.dmarc.result = AuthResult::kPass;
  one.auth.dmarc.domain = "bank.test";
  InboxPolicy& policy = one.add_inbox();
  policy.allow = {"a@bank.test"};
  policy.block = {"*"};
  EXPECT_FALSE(one.apply());
  EXPECT_TRUE(one.envelope.rcpts[0].is_allowed);
  one.disown(DmarcPolicy::kReject);
  EXPECT_EQ(one.apply()->text, "This sender is blocked here");
  EXPECT_FALSE(one.envelope.rcpts[0].is_allowed);
}

TEST(InboxRules, AnAllowedNetworkNeedsNoProof) {
  Case one;
  one.disown(DmarcPolicy::kReject);
  one.envelope.client_ip = "192.0.2.9";
  one.add_inbox().allow = {"192.0.2.0/24"};
  EXPECT_FALSE(one.apply());
  EXPECT_TRUE(one.envelope.rcpts[0].is_allowed);
  EXPECT_EQ(one.auth.dmarc.overridden_by, "local_policy");
}

TEST(InboxRules, AnAuthorThatCannotBeToldIsRefusedWithTheReason) {
  Case one;
  one.auth.dmarc.result = AuthResult::kPermError;
  one.options.rejects_dmarc_fail = false;
  one.add_inbox().on_dmarc_fail = SenderAction::kAccept;
  for (const std::string reason : {"The From field names several domains (a.test,\r\nb.test)", ""}) {
    one.auth.dmarc.reason = reason;
    const auto refused = one.apply();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->code, 550);
    EXPECT_EQ(refused->enhanced, "5.7.1");
    EXPECT_NE(refused->text.find("From field"), std::string::npos);
    EXPECT_EQ(refused->text.find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace postern::pipeline
