// helpdesk.md 4.2 rule 5, mail.md trap 45: who holds a leaked reply address or Message-ID asks to join, and learns nothing.
#include "ticketing/joining/join_requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/ticketing/desk.h"

namespace postern::ticketing {
namespace {

using test::answer;
using test::answered;
using test::Desk;
using test::Mail;
using testing::Contains;
using testing::ElementsAre;

constexpr core::TicketId kAsked{1};
constexpr core::TicketId kMade{2};

// Eve answers Ann's ticket by an address that she was shown.
Mail stranger(int number) {
  Mail mail = answer();
  mail.from = "eve@elsewhere.example";
  mail.from_name = "Eve";
  mail.text = "I am his colleague.";
  mail.message_id = "e" + std::to_string(number) + "@elsewhere.example";
  return mail;
}

TEST(IntakeRule5, AStrangersMailAsksToJoinAndTellsHimNothing) {
  Desk desk;
  const auto sent = answered(desk);
  ASSERT_TRUE(desk.take(stranger(1), {sent.mail_from.to_string()}));
  const auto waiting = desk.helpdesk->join_requests().of(desk.agent, kAsked).value();
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].made, kMade);
  EXPECT_EQ(waiting[0].state, JoinState::kWaiting);
  EXPECT_EQ(waiting[0].evidence, "signed address");
  EXPECT_TRUE(waiting[0].is_proven);
  EXPECT_EQ(desk.ticket(kAsked).comment_count, 2U);
  for (const auto& mail : desk.claim()) {
    if (mail.rcpt.to_string() != "eve@elsewhere.example") continue;
    EXPECT_EQ(mail.message.find("Try again"), std::string::npos);
    EXPECT_EQ(mail.message.find("#1"), std::string::npos);
  }
  EXPECT_EQ(desk.helpdesk->join_requests().of(desk.other, kAsked).error(), Errc::kNotFound);
}

TEST(IntakeRule5, AcceptedTheCommentMovesInAndHeBecomesACc) {
  Desk desk;
  const auto sent = answered(desk);
  ASSERT_TRUE(desk.take(stranger(1), {sent.mail_from.to_string()}));
  Tickets::Update solve;
  solve.status = Status::kSolved;
  ASSERT_TRUE(desk.update(kAsked, std::move(solve)));
  const JoinRequest done = desk.run(desk.helpdesk->join_requests().accept(desk.agent, kAsked, kMade)).value();
  EXPECT_EQ(done.state, JoinState::kAccepted);
  EXPECT_EQ(done.answered_by, desk.agent.user);
  const Ticket ticket = desk.ticket(kAsked);
  EXPECT_EQ(ticket.status, Status::kOpen);
  EXPECT_THAT(ticket.ccs, ElementsAre(done.person));
  const Comment moved = desk.comments(desk.acme, kAsked)->back();
  EXPECT_EQ(moved.text, "I am his colleague.");
  EXPECT_EQ(moved.author, done.person);
  EXPECT_THAT(desk.event_kinds(kAsked), Contains("join_accepted"));
  const Ticket own = desk.ticket(kMade);
  EXPECT_EQ(own.status, Status::kClosed);
  EXPECT_EQ(own.merged_into, kAsked);
  ASSERT_EQ(desk.comments(desk.acme, kMade)->size(), 1U);
  EXPECT_FALSE(desk.comments(desk.acme, kMade)->at(0).is_public);
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("ticket.join_accepted"));
  EXPECT_EQ(desk.run(desk.helpdesk->join_requests().accept(desk.agent, kAsked, kMade)).error(), Errc::kConflict);
  // From now on he is a participant, and an answer to his own mail lands here too.
  Mail next = stranger(2);
  next.in_reply_to = {"e1@elsewhere.example"};
  EXPECT_THAT(desk.take(next)->tickets, ElementsAre(kAsked));
  ASSERT_TRUE(desk.reply(kAsked, "Hello both."));
  std::vector<std::string> rcpts;
  for (const auto& mail : desk.claim()) rcpts.push_back(mail.rcpt.to_string());
  EXPECT_THAT(rcpts, Contains("eve@elsewhere.example"));
}

TEST(IntakeRule5, AnAcceptanceThatIsUndoneLeavesBothTicketsAsTheyWere) {
  Desk desk;
  const auto sent = answered(desk);
  ASSERT_TRUE(desk.take(stranger(1), {sent.mail_from.to_string()}));
  Tickets::Update solve;
  solve.status = Status::kSolved;
  ASSERT_TRUE(desk.update(kAsked, std::move(solve)));
  const auto before = desk.comments(desk.acme, kAsked)->size();
  JoinRequests& requests = desk.helpdesk->join_requests();
  EXPECT_EQ(desk.run(requests.undo(desk.agent, kAsked, kMade)).error(), Errc::kConflict) << "nobody has answered";
  ASSERT_TRUE(desk.run(requests.accept(desk.agent, kAsked, kMade)));
  const JoinRequest waiting = desk.run(requests.undo(desk.agent, kAsked, kMade)).value();
  EXPECT_EQ(waiting.state, JoinState::kWaiting);
  EXPECT_EQ(waiting.answered_by, core::UserId{});
  const Ticket asked = desk.ticket(kAsked);
  EXPECT_EQ(asked.status, Status::kSolved) << "nobody touched it since";
  EXPECT_TRUE(asked.ccs.empty());
  EXPECT_EQ(desk.comments(desk.acme, kAsked)->size(), before);
  EXPECT_EQ(desk.event_kinds(kAsked).back(), "undone");
  const Ticket own = desk.ticket(kMade);
  EXPECT_EQ(own.status, Status::kNew);
  EXPECT_EQ(own.merged_into, core::TicketId{});
  ASSERT_EQ(desk.comments(desk.acme, kMade)->size(), 1U) << "the note that told where it went is gone";
  EXPECT_EQ(desk.comments(desk.acme, kMade)->at(0).text, "I am his colleague.");
  EXPECT_EQ(own.comment_count, 1U);
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("ticket.join_undone"));
  // Answers to his mail go where it is, he gets no more of the ticket, and the request can be answered anew.
  Mail next = stranger(2);
  next.in_reply_to = {"e1@elsewhere.example"};
  EXPECT_THAT(desk.take(next)->tickets, ElementsAre(kMade));
  ASSERT_TRUE(desk.reply(kAsked, "Hello Ann."));
  for (const auto& mail : desk.claim()) EXPECT_NE(mail.rcpt.to_string(), "eve@elsewhere.example");
  EXPECT_EQ(desk.run(requests.accept(desk.agent, kAsked, kMade))->state, JoinState::kAccepted);
  EXPECT_EQ(desk.comments(desk.acme, kMade)->size(), 1U) << "both of his comments moved";
}

TEST(IntakeRule5, WhatWasSaidSinceAnAcceptanceStaysWhenItIsUndone) {
  Desk desk;
  const auto sent = answered(desk);
  ASSERT_TRUE(desk.take(stranger(1), {sent.mail_from.to_string()}));
  JoinRequests& requests = desk.helpdesk->join_requests();
  ASSERT_TRUE(desk.run(requests.accept(desk.agent, kAsked, kMade)));
  ASSERT_TRUE(desk.reply(kAsked, "Hello both."));
  Tickets::Update pend;
  pend.status = Status::kPending;
  ASSERT_TRUE(desk.update(kAsked, std::move(pend)));
  const auto talk = desk.comments(desk.acme, kAsked)->size();
  ASSERT_TRUE(desk.run(requests.undo(desk.agent, kAsked, kMade)));
  EXPECT_EQ(desk.ticket(kAsked).status, Status::kPending) << "an agent chose it";
  EXPECT_EQ(desk.comments(desk.acme, kAsked)->size(), talk - 1);
  EXPECT_EQ(desk.comments(desk.acme, kAsked)->back().text, "Hello both.");
  EXPECT_TRUE(desk.ticket(kAsked).ccs.empty());
  EXPECT_EQ(desk.ticket(kMade).status, Status::kNew);
}

TEST(IntakeRule5, ARefusalIsUndoneAndWhatCannotBeUndoneStays) {
  Desk desk;
  const auto sent = answered(desk);
  ASSERT_TRUE(desk.take(stranger(1), {sent.mail_from.to_string()}));
  JoinRequests& requests = desk.helpdesk->join_requests();
  ASSERT_TRUE(desk.run(requests.refuse(desk.agent, kAsked, kMade)));
  EXPECT_EQ(desk.run(requests.undo(desk.agent, kAsked, kMade))->state, JoinState::kWaiting);
  ASSERT_TRUE(desk.run(requests.accept(desk.agent, kAsked, kMade)));
  auth::Principal contact = desk.agent;
  contact.role = auth::Role::kContact;
  EXPECT_EQ(desk.run(requests.undo(contact, kAsked, kMade)).error(), auth::Errc::kForbidden);
  auth::Principal elsewhere = desk.agent;
  elsewhere.inboxes = auth::InboxScope::only({core::InboxId{12345}});
  EXPECT_EQ(desk.run(requests.undo(elsewhere, kAsked, kMade)).error(), Errc::kNotFound);
  Tickets::Update close;
  close.status = Status::kClosed;
  ASSERT_TRUE(desk.update(kAsked, std::move(close)));
  EXPECT_EQ(desk.run(requests.undo(desk.agent, kAsked, kMade)).error(), Errc::kInvalid);
  EXPECT_EQ(desk.ticket(kMade).merged_into, kAsked);
}

TEST(IntakeRule5, RefusedItStaysItsOwnTicketAndAsksNoMore) {
  Desk desk;
  const auto sent = answered(desk);
  ASSERT_TRUE(desk.take(stranger(1), {sent.mail_from.to_string()}));
  JoinRequests& requests = desk.helpdesk->join_requests();
  EXPECT_EQ(desk.run(requests.refuse(desk.agent, kAsked, kMade))->state, JoinState::kRefused);
  EXPECT_EQ(desk.run(requests.accept(desk.agent, kAsked, kMade)).error(), Errc::kConflict);
  EXPECT_EQ(desk.ticket(kMade).status, Status::kNew);
  EXPECT_EQ(desk.ticket(kMade).merged_into, core::TicketId{});
  ASSERT_TRUE(desk.take(stranger(2), {sent.mail_from.to_string()}));
  EXPECT_EQ(requests.of(desk.agent, kAsked)->size(), 1U);
  EXPECT_EQ(desk.ticket(core::TicketId{3}).claims_ticket, 1U);
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("ticket.join_refused"));
}

TEST(IntakeRule5, TheRequesterWithoutProofAsksTooAndIsShownAsUnproven) {
  Desk desk;
  const auto sent = answered(desk);
  Mail mail = answer();
  mail.in_reply_to = {test::signed_message_id(sent)};
  mail.dmarc = pipeline::AuthResult::kFail;
  ASSERT_TRUE(desk.take(mail));
  const auto waiting = desk.helpdesk->join_requests().of(desk.agent, kAsked).value();
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_FALSE(waiting[0].is_proven);
  EXPECT_EQ(waiting[0].evidence, "signed message-id");
  ASSERT_TRUE(desk.run(desk.helpdesk->join_requests().accept(desk.agent, kAsked, kMade)));
  EXPECT_TRUE(desk.ticket(kAsked).ccs.empty()) << "he is on the ticket already";
  EXPECT_EQ(desk.ticket(kAsked).comment_count, 3U);
}

TEST(IntakeRule5, MachinesDoNotAskAndTheListIsBounded) {
  Desk desk;
  const auto sent = answered(desk);
  Mail machine = stranger(1);
  machine.machine.is_auto_submitted = true;
  ASSERT_TRUE(desk.take(machine, {sent.mail_from.to_string()}));
  EXPECT_TRUE(desk.helpdesk->join_requests().of(desk.agent, kAsked)->empty());
  for (int i = 2; i < 110; ++i) {
    Mail mail = stranger(i);
    mail.from = "eve" + std::to_string(i) + "@elsewhere.example";
    ASSERT_TRUE(desk.take(mail, {sent.mail_from.to_string()}));
  }
  EXPECT_EQ(desk.helpdesk->join_requests().of(desk.agent, kAsked)->size(), kJoinRequestsMax);
}

TEST(IntakeRule5, OnlyWhoMayAnswersAndOnlyWithinHisInboxes) {
  Desk desk;
  const auto sent = answered(desk);
  ASSERT_TRUE(desk.take(stranger(1), {sent.mail_from.to_string()}));
  auth::Principal contact = desk.agent;
  contact.role = auth::Role::kContact;
  EXPECT_EQ(desk.run(desk.helpdesk->join_requests().accept(contact, kAsked, kMade)).error(), auth::Errc::kForbidden);
  auth::Principal elsewhere = desk.agent;
  elsewhere.inboxes = auth::InboxScope::only({core::InboxId{12345}});
  EXPECT_EQ(desk.helpdesk->join_requests().of(elsewhere, kAsked).error(), Errc::kNotFound);
  EXPECT_EQ(desk.run(desk.helpdesk->join_requests().accept(elsewhere, kAsked, kMade)).error(), Errc::kNotFound);
  EXPECT_EQ(desk.run(desk.helpdesk->join_requests().refuse(elsewhere, kAsked, kMade)).error(), Errc::kNotFound);
  Tickets::Update close;
  close.status = Status::kClosed;
  ASSERT_TRUE(desk.update(kAsked, std::move(close)));
  EXPECT_EQ(desk.run(desk.helpdesk->join_requests().accept(desk.agent, kAsked, kMade)).error(), Errc::kInvalid);
}

}  // namespace
}  // namespace postern::ticketing
