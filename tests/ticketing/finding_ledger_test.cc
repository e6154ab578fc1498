// What rules find is counted with the message that is stored, by rule, inbox and day; and what people call wrong.
#include "ticketing/finding_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/errc.h"
#include "tests/ticketing/desk.h"
#include "ticketing/detail/finding_counts.h"
#include "ticketing/finding_feedback.h"

namespace postern::ticketing {
namespace {

using pipeline::Redaction;
using test::Desk;
using testing::Contains;
using testing::HasSubstr;

constexpr core::TicketId kTicket{1};

class FindingLedgerTest : public testing::Test {
 protected:
  // A message with these findings reaches intake.
  core::Result<pipeline::Receipt> take(std::vector<Redaction> redactions, std::vector<Redaction> shadow = {},
                                       std::vector<std::string> rcpts = {"support@acme.example"}) {
    test::Mail mail;
    mail.message_id = "m" + std::to_string(++mails_) + "@customer.example";
    const pipeline::RedactedMessage plain = mail.build();
    pipeline::Verdicts verdicts = plain.verdicts();
    verdicts.redactions = std::move(redactions);
    verdicts.shadow_findings = std::move(shadow);
    last_ = desk.envelope(mail, rcpts);
    return desk.run(desk.intake->accept(last_, pipeline::Redactor::message(plain.content(), verdicts, plain.raw())));
  }
  FindingReport report(std::string rule = "", core::InboxId inbox = {}) {
    return ledger.report(desk.acme, {ledger.today(), ledger.today(), std::move(rule), inbox}).value();
  }
  core::CommentId first_comment() { return desk.comments(desk.acme, kTicket).value().at(0).id; }

  Desk desk;
  FindingLedger ledger{*desk.store, *desk.directory, desk.clock, FindingLimits{}};
  FindingFeedback feedback{*desk.store, *desk.vault, *desk.tickets, desk.ids, desk.clock, Desk::options()};
  pipeline::Envelope last_;
  int mails_ = 0;
};

TEST_F(FindingLedgerTest, CountsMessagesFindingsAndPlacesApartByMode) {
  ASSERT_TRUE(take({{"card", "visa", "1", "text/plain", 2}, {"card", "amex", "0", "header:subject", 1}}, {{"iban", "", "1", "text/html", 1}}));
  ASSERT_TRUE(take({}, {{"iban", "", "2", "text/html", 3}}));
  ASSERT_TRUE(take({}));
  const FindingReport all = report();
  EXPECT_EQ(all.messages_seen, 3U);
  ASSERT_EQ(all.rules.size(), 2U);
  EXPECT_EQ(all.rules[0].rule, "iban");
  EXPECT_EQ(all.rules[0].shadow, (FindingSums{2, 4}));
  EXPECT_EQ(all.rules[0].enforced, (FindingSums{0, 0}));
  EXPECT_EQ(all.rules[1].enforced, (FindingSums{1, 3}));
  ASSERT_EQ(all.rules[1].places.size(), 2U);
  EXPECT_EQ(all.rules[1].places[0].where, "text/plain");
  EXPECT_EQ(all.rules[1].places[0].label, "visa");
  EXPECT_EQ(all.rules[1].places[0].findings, 2U);
  EXPECT_FALSE(all.rules[1].places[0].is_shadow);
  ASSERT_EQ(all.days.size(), 1U);
  EXPECT_EQ(all.days[0].messages_seen, 3U);
  EXPECT_EQ(all.days[0].shadow.messages, 2U);
  const FindingReport one = report("card");
  ASSERT_EQ(one.rules.size(), 1U);
  EXPECT_EQ(one.messages_seen, 3U);
}

// Hit rates would be wrong if a repeated delivery counted, or one that was never stored.
TEST_F(FindingLedgerTest, ARepeatedDeliveryCountsOnce) {
  ASSERT_TRUE(take({{"card", "visa", "1", "text/plain", 1}}));
  --mails_;
  const auto again = take({{"card", "visa", "1", "text/plain", 1}});
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->was_duplicate);
  EXPECT_EQ(report().messages_seen, 1U);
  EXPECT_EQ(report().rules.at(0).enforced, (FindingSums{1, 1}));
}

TEST_F(FindingLedgerTest, InboxesWorkspacesAndDaysAreApart) {
  ASSERT_TRUE(take({{"card", "", "1", "text/plain", 1}}, {}, {"support@acme.example", "sales@acme.example", "desk@other.example"}));
  EXPECT_EQ(report().messages_seen, 2U);
  EXPECT_EQ(report("", last_.rcpts[1].inbox).messages_seen, 1U);
  EXPECT_EQ(report("", last_.rcpts[1].inbox).rules.at(0).enforced, (FindingSums{1, 1}));
  EXPECT_EQ(ledger.report(desk.other, {ledger.today(), ledger.today(), "", {}})->messages_seen, 1U);
  desk.clock.advance(std::chrono::hours(24));
  EXPECT_EQ(report().messages_seen, 0U);
  EXPECT_TRUE(report().rules.empty());
  const FindingReport both = ledger.report(desk.acme, {ledger.today() - 1, ledger.today(), "", {}}).value();
  EXPECT_EQ(both.messages_seen, 2U);
  EXPECT_EQ(both.days.size(), 2U);
}

TEST_F(FindingLedgerTest, WhatAgentsTypeCountsToo) {
  ASSERT_TRUE(take({}));
  ASSERT_TRUE(desk.reply(kTicket, "It is 4111111111111111."));
  EXPECT_EQ(report().messages_seen, 2U);
  ASSERT_EQ(report().rules.size(), 1U);
  EXPECT_EQ(report().rules[0].places.at(0).where, "comment");
}

// Keys are not sealed: a sender must not write words of its own into them, nor make as many as it likes.
TEST_F(FindingLedgerTest, SendersChooseNoKeys) {
  EXPECT_EQ(place_of("application/x-4111111111111111"), "other");
  EXPECT_EQ(place_of("text/x-ann"), "text/other");
  EXPECT_EQ(place_of("header:x-ann"), "header:other");
  EXPECT_EQ(place_of("header:subject"), "header:subject");
  EXPECT_EQ(place_of("image/png; name=a"), "image");
  std::vector<Redaction> many;
  for (int i = 0; i < 300; ++i) many.push_back({"r" + std::to_string(i % 3), "l" + std::to_string(i), "1", "text/plain", 1});
  many.push_back({"Not A Rule: 4111111111111111", "", "1", "text/plain", 1});
  ASSERT_TRUE(take(many));
  const FindingReport all = report();
  ASSERT_EQ(all.rules.size(), 3U);
  std::size_t places = 0;
  std::uint64_t findings = 0;
  for (const RuleFindings& rule : all.rules) {
    places += rule.places.size();
    findings += rule.enforced.findings;
  }
  EXPECT_EQ(findings, 300U);
  EXPECT_LE(places, FindingLimits{}.kinds_per_message_max + 3);
}

TEST_F(FindingLedgerTest, QuestionsAreBoundedAndOldDaysGo) {
  ASSERT_TRUE(take({{"card", "", "1", "text/plain", 1}}));
  const std::uint64_t then = ledger.today();
  EXPECT_FALSE(ledger.report(desk.acme, {then, then + FindingLimits{}.period_days_max, "", {}}));
  EXPECT_FALSE(ledger.report(desk.acme, {then, then - 1, "", {}}));
  desk.clock.advance(std::chrono::hours(48));
  ASSERT_TRUE(take({{"card", "", "1", "text/plain", 1}}));
  ASSERT_TRUE(desk.run(ledger.erase_before(desk.acme, then + 1)));
  const FindingReport left = ledger.report(desk.acme, {then, ledger.today(), "", {}}).value();
  EXPECT_EQ(left.messages_seen, 1U);
  EXPECT_EQ(left.days.front().messages_seen, 0U);
}

// Until it has erased what is older than the retention.
core::Task<void> erase_in_background(FindingLedger& ledger, core::WorkspaceId workspace, std::uint64_t day) {
  ledger.start(co_await boost::asio::this_coro::executor);
  while (ledger.report(workspace, {day, day, "", {}})->messages_seen > 0) co_await core::system_clock().sleep_for(std::chrono::milliseconds(1));
  co_await ledger.stop(core::Deadline::never());
}

TEST_F(FindingLedgerTest, TheRetentionIsKeptInTheBackground) {
  ASSERT_TRUE(take({}));
  const std::uint64_t then = ledger.today();
  desk.clock.advance(std::chrono::hours(24) * (FindingLimits{}.retention_days + 1));
  ASSERT_TRUE(take({}));
  desk.run(erase_in_background(ledger, desk.acme, then));
  EXPECT_EQ(report().messages_seen, 1U);
}

TEST_F(FindingLedgerTest, AFalsePositiveIsCountedListedAudited) {
  ASSERT_TRUE(take({{"card", "visa", "1", "text/plain", 1}, {"card", "amex", "2", "text/html", 1}}));
  const auto marked = desk.run(feedback.mark(desk.agent, kTicket, first_comment(), {"card", "2", std::nullopt}));
  ASSERT_TRUE(marked) << marked.error().describe();
  EXPECT_EQ(marked->label, "amex");
  EXPECT_EQ(marked->where, "text/html");
  const auto again = desk.run(feedback.mark(desk.agent, kTicket, first_comment(), {"card", "2", "text/html"}));
  EXPECT_EQ(again->id, marked->id);
  EXPECT_EQ(report().rules.at(0).false_positives, 1U);
  EXPECT_EQ(report().days.at(0).false_positives, 1U);
  const auto listed = feedback.list(desk.acme, 10).value();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].ticket, kTicket);
  EXPECT_EQ(listed[0].author, desk.agent.user);
  EXPECT_TRUE(feedback.list(desk.other, 10)->empty());
  EXPECT_TRUE(feedback.list(desk.acme, 10, listed[0].id)->empty());
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("redaction.called_wrong"));
  desk.clock.advance(std::chrono::hours(24));  // it is taken back on the day on which it was made
  ASSERT_TRUE(desk.run(feedback.withdraw(desk.agent, kTicket, first_comment(), {"card", std::nullopt, std::nullopt})));
  EXPECT_TRUE(feedback.list(desk.acme, 10)->empty());
  EXPECT_TRUE(feedback.of_comment(desk.acme, kTicket, first_comment())->empty());
  EXPECT_EQ(ledger.report(desk.acme, {ledger.today() - 1, ledger.today(), "", {}})->rules.at(0).false_positives, 0U);
  EXPECT_EQ(desk.run(feedback.withdraw(desk.agent, kTicket, first_comment(), {"card", {}, {}})).error(), Errc::kNotFound);
}

TEST_F(FindingLedgerTest, OnlyWhatWasFoundCanBeCalledWrong) {
  ASSERT_TRUE(take({{"card", "visa", "1", "text/plain", 1}}, {{"iban", "", "1", "text/plain", 1}}));
  EXPECT_EQ(desk.run(feedback.mark(desk.agent, kTicket, first_comment(), {"order", {}, {}})).error(), Errc::kNotFound);
  EXPECT_EQ(desk.run(feedback.mark(desk.agent, kTicket, first_comment(), {"card", "7", {}})).error(), Errc::kNotFound);
  EXPECT_EQ(desk.run(feedback.mark(desk.agent, core::TicketId{9}, first_comment(), {"card", {}, {}})).error(), Errc::kNotFound);
  EXPECT_TRUE(desk.run(feedback.mark(desk.agent, kTicket, first_comment(), {"iban", {}, {}}))->is_shadow);
  auth::Principal agent = desk.agent;
  agent.role = auth::Role::kAgent;  // does not see what rules find in shadow
  EXPECT_EQ(desk.run(feedback.mark(agent, kTicket, first_comment(), {"iban", {}, {}})).error(), Errc::kNotFound);
  EXPECT_EQ(desk.run(feedback.withdraw(agent, kTicket, first_comment(), {"iban", {}, {}})).error(), Errc::kNotFound);
  EXPECT_TRUE(desk.run(feedback.mark(agent, kTicket, first_comment(), {"card", {}, {}})));
  agent.role = auth::Role::kContact;
  EXPECT_EQ(desk.run(feedback.mark(agent, kTicket, first_comment(), {"card", {}, {}})).error(), auth::Errc::kForbidden);
}

}  // namespace
}  // namespace postern::ticketing
