// What redaction rules want done with mail, inbox by inbox: one answer for all recipients.
#include "pipeline/runner/rule_hits.h"

#include <gtest/gtest.h>

namespace postern::pipeline {
namespace {

constexpr core::WorkspaceId kShop{1};
constexpr core::WorkspaceId kBank{2};
constexpr core::InboxId kHelp{11};
constexpr core::InboxId kSales{12};

Envelope envelope_for(std::vector<std::pair<core::WorkspaceId, core::InboxId>> inboxes) {
  Envelope envelope;
  for (const auto& [workspace, inbox] : inboxes) {
    Recipient rcpt;
    rcpt.workspace = workspace;
    rcpt.inbox = inbox;
    envelope.rcpts.push_back(std::move(rcpt));
  }
  return envelope;
}

Verdicts hit_by(std::string rule, core::WorkspaceId workspace, std::vector<core::InboxId> inboxes, OnMatch action) {
  Verdicts verdicts;
  verdicts.rule_hits.push_back({std::move(rule), workspace, std::move(inboxes), action, {}});
  return verdicts;
}

TEST(RuleHits, RefusesOnlyWhenEveryInboxRefusesAndNamesTheRule) {
  Envelope one = envelope_for({{kShop, kHelp}});
  const auto refused = apply_rule_hits(one, hit_by("private_key", kShop, {kHelp}, OnMatch::kReject), false);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->code, 550);
  EXPECT_EQ(refused->enhanced, "5.7.1");
  EXPECT_NE(refused->text.find("private_key"), std::string::npos);

  Envelope two = envelope_for({{kShop, kHelp}, {kShop, kSales}});
  EXPECT_FALSE(apply_rule_hits(two, hit_by("private_key", kShop, {kHelp}, OnMatch::kReject), false));
  EXPECT_EQ(two.rcpts[0].held_cause, "redaction_rule");
  EXPECT_EQ(two.rcpts[1].held_cause, "");
}

TEST(RuleHits, ARuleOfOneWorkspaceSaysNothingInAnother) {
  Envelope envelope = envelope_for({{kBank, kHelp}, {kShop, kHelp}});
  EXPECT_FALSE(apply_rule_hits(envelope, hit_by("iban", kShop, {kHelp}, OnMatch::kSuspend), false));
  EXPECT_EQ(envelope.rcpts[0].held_cause, "");
  EXPECT_EQ(envelope.rcpts[1].held_cause, "redaction_rule");
}

TEST(RuleHits, TheStricterOfTwoRulesWins) {
  Envelope envelope = envelope_for({{kShop, kHelp}});
  Verdicts verdicts = hit_by("iban", kShop, {kHelp}, OnMatch::kSuspend);
  verdicts.rule_hits.push_back({"nir", kShop, {kHelp}, OnMatch::kReject, {}});
  const auto refused = apply_rule_hits(envelope, verdicts, false);
  ASSERT_TRUE(refused.has_value());
  EXPECT_NE(refused->text.find("nir"), std::string::npos);
}

TEST(RuleHits, AFileThatNobodyCanReadHoldsTheMailWhereThatIsWanted) {
  Verdicts verdicts;
  verdicts.parse.defects.emplace_back("unread_file");
  Envelope envelope = envelope_for({{kShop, kHelp}});
  EXPECT_FALSE(apply_rule_hits(envelope, verdicts, false));
  EXPECT_EQ(envelope.rcpts[0].held_cause, "");
  EXPECT_FALSE(apply_rule_hits(envelope, verdicts, true));
  EXPECT_EQ(envelope.rcpts[0].held_cause, "unread_file");
}

TEST(RuleHits, WhatHeldTheMailBeforeStaysTheCause) {
  Envelope envelope = envelope_for({{kShop, kHelp}});
  envelope.rcpts[0].held_cause = "dmarc";
  EXPECT_FALSE(apply_rule_hits(envelope, hit_by("iban", kShop, {kHelp}, OnMatch::kSuspend), true));
  EXPECT_EQ(envelope.rcpts[0].held_cause, "dmarc");
}

TEST(RuleHits, NoRecipientsNoAnswer) {
  Envelope envelope;
  EXPECT_FALSE(apply_rule_hits(envelope, hit_by("iban", kShop, {kHelp}, OnMatch::kReject), true));
}

}  // namespace
}  // namespace postern::pipeline
