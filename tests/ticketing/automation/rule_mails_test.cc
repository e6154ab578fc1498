// Mails that rules send: to whom, what they show, and everybody whom they must not reach.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ticketing/automation/rule_desk.h"

namespace postern::ticketing {
namespace {

using test::header_of;
using test::kFirst;
using test::Mail;
using test::RuleDesk;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const test::RuleWords kCreated{"update_type", "is", "Create"};
const test::RuleWords kAck{"notification_user", "requester_id", "Got it: {{ticket.title}}", "Number {{ticket.id}}.\n\n{{ticket.latest_comment}}"};

TEST(RuleMails, AcknowledgeAProvenSenderAsAMachineWould) {
  RuleDesk desk;
  desk.trigger({kCreated}, {kAck});
  ASSERT_TRUE(desk.take({}));
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_TRUE(sent[0].mail_from.empty());
  EXPECT_EQ(sent[0].rcpt.to_string(), "ann@customer.example");
  EXPECT_EQ(header_of(sent[0].message, "Auto-Submitted"), "auto-replied");
  EXPECT_EQ(header_of(sent[0].message, "X-Auto-Response-Suppress"), "All");
  EXPECT_EQ(header_of(sent[0].message, "X-Postern-Instance"), "mx.acme.example");
  EXPECT_EQ(header_of(sent[0].message, "Subject"), "Got it: Help");
  EXPECT_EQ(header_of(sent[0].message, "In-Reply-To"), "<m1@customer.example>");
  EXPECT_THAT(sent[0].message, HasSubstr("Number 1.\r\n\r\nIt does not work."));
}

TEST(RuleMails, AReplyToOneComesToTheSameTicket) {
  RuleDesk desk;
  desk.trigger({kCreated}, {kAck});
  ASSERT_TRUE(desk.take({}));
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 1U);
  const std::string reply_to = header_of(sent[0].message, "Reply-To");
  const auto begin = reply_to.find('<') + 1;
  Mail again = test::answer();
  again.dmarc = pipeline::AuthResult::kFail;  // the address proves it
  ASSERT_TRUE(desk.take(again, {reply_to.substr(begin, reply_to.find('>') - begin)}));
  EXPECT_EQ(desk.ticket(kFirst).comment_count, 2U);
}

TEST(RuleMails, NeverAnswerWhoeverIsNotProvenOrNoPerson) {
  for (const int which : {0, 1, 2, 3}) {
    RuleDesk desk;
    desk.trigger({kCreated}, {kAck});
    Mail mail;
    if (which == 0) mail.dmarc = pipeline::AuthResult::kFail;
    if (which == 1) mail.machine.is_auto_submitted = true;
    if (which == 2) mail.machine.wants_no_reply = true;
    if (which == 3) mail.from = "no-reply@customer.example";
    ASSERT_TRUE(desk.take(mail));
    EXPECT_THAT(desk.claim(), IsEmpty()) << which;
    EXPECT_THAT(desk.details(kFirst, "trigger"), HasSubstr("not done: notification_user requester_id")) << which;
  }
}

TEST(RuleMails, DoNotReachCopiesOfACustomersMail) {
  RuleDesk desk;
  desk.trigger({kCreated}, {{"notification_user", "requester_and_ccs", "S", "B"}});
  Mail mail;
  mail.cc = {{"", {"victim", "elsewhere.example"}}};
  ASSERT_TRUE(desk.take(mail));
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].rcpt.to_string(), "ann@customer.example");
}

TEST(RuleMails, AnUnprovenSenderGetsNoneUntilAnAgentHasAnswered) {
  RuleDesk desk;
  desk.trigger({{"update_type", "is", "Change"}}, {{"notification_user", "requester_id", "About: {{ticket.title}}", "{{ticket.description}}"}});
  Mail forged;
  forged.dmarc = pipeline::AuthResult::kFail;
  forged.subject = "Buy pills";
  ASSERT_TRUE(desk.take(forged));
  Tickets::Update assign;
  assign.assignee = desk.agent.user;
  ASSERT_TRUE(desk.update(kFirst, assign));
  EXPECT_THAT(desk.claim(), IsEmpty());
  EXPECT_THAT(desk.details(kFirst, "trigger"), HasSubstr("not proven to have written here"));
  ASSERT_TRUE(desk.reply(kFirst, "Hello."));  // an agent took it for real
  bool is_shown = false;
  for (const auto& each : desk.claim()) is_shown = is_shown || each.message.find("About: Buy pills") != std::string::npos;
  EXPECT_TRUE(is_shown);
}

// An automation is nobody's answer: without a look at the ticket's mails it would write to whoever was named as the sender.
TEST(RuleMails, AnAutomationMailsNoUnprovenSender) {
  for (const auto dmarc : {pipeline::AuthResult::kFail, pipeline::AuthResult::kPass}) {
    RuleDesk desk;
    desk.automation({{"status", "is", "new"}, {"NEW", "is", "1"}}, {{"notification_user", "requester_id", "Still there?", "Body"}});
    Mail mail;
    mail.dmarc = dmarc;
    ASSERT_TRUE(desk.take(mail));
    desk.tick();
    desk.clock.advance(std::chrono::minutes(70));
    desk.tick();
    ASSERT_EQ(desk.count_events(kFirst, "automation"), 1U);
    EXPECT_EQ(desk.claim().size(), dmarc == pipeline::AuthResult::kPass ? 1U : 0U);
  }
}

TEST(RuleMails, CustomersNeverSeeNotes) {
  RuleDesk desk;
  desk.trigger({{"update_type", "is", "Change"}}, {{"notification_user", "requester_id", "S", "{{ticket.latest_comment}}|{{ticket.comments_formatted}}"},
                                                   {"notification_user", "all_agents", "S", "{{ticket.latest_comment}}"}});
  ASSERT_TRUE(desk.take({}));
  Tickets::Update note;
  note.text = "He is a nuisance.";
  note.is_public = false;
  ASSERT_TRUE(desk.update(kFirst, note));
  std::size_t to_agents = 0;
  for (const auto& each : desk.claim()) {
    const bool is_customer = each.rcpt.to_string() == "ann@customer.example";
    EXPECT_EQ(each.message.find("nuisance") == std::string::npos, is_customer);
    to_agents += is_customer ? 0 : 1;
  }
  EXPECT_EQ(to_agents, 1U);
}

TEST(RuleMails, AreBoundedForEachAddress) {
  RuleDesk desk;
  desk.trigger({kCreated}, {kAck});
  const auto most = desk.helpdesk->triggers().parts().limits.answers_per_address_max;
  for (std::uint64_t i = 0; i < most + 3; ++i) ASSERT_TRUE(desk.take(test::mail_of("n" + std::to_string(i))));
  EXPECT_EQ(desk.claim().size(), most);
  desk.clock.advance(std::chrono::hours(4));
  ASSERT_TRUE(desk.take(test::mail_of("later")));
  EXPECT_EQ(desk.claim().size(), most + 1);  // the leases are over
}

TEST(RuleMails, ThatFailAreToldOnTheTicketAndStartNoRule) {
  RuleDesk desk;
  desk.trigger({}, {kAck});
  ASSERT_TRUE(desk.take({}));
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 1U);
  desk.report(sent[0], pipeline::DeliveryOutcome::kFailed, "550 no such user");
  EXPECT_EQ(desk.count_events(kFirst, "delivery_failed"), 1U);
  EXPECT_EQ(desk.count_events(kFirst, "trigger"), 1U);
  desk.clock.advance(std::chrono::hours(1));
  EXPECT_THAT(desk.claim(), IsEmpty());
}

TEST(RuleMails, ToAnAgentGoToThoseWhoSeeTheTicket) {
  RuleDesk desk;
  desk.trigger({kCreated}, {{"notification_user", "all_agents", "New: {{ticket.title}}", "{{ticket.url}}"}});
  auth::Principal owner = desk.agent;
  owner.user = {};
  owner.role = auth::Role::kOwner;
  owner.method = auth::Method::kOperator;
  const auto eve = desk.run(desk.accounts->invite(owner, "eve@staff.example", "Eve", auth::Role::kAgent)).value().first;
  ASSERT_TRUE(desk.run(desk.accounts->set_inboxes(owner, eve.id, auth::InboxScope::only({}))));
  ASSERT_TRUE(desk.take({}));
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].rcpt.to_string(), "bob@staff.example");
  EXPECT_THAT(sent[0].message, HasSubstr("https://help.acme.example:8443/#/tickets/1"));
}

TEST(RuleMails, HeadersCannotBeMadeOfWhatIsFilledIn) {
  RuleDesk desk;
  desk.trigger({kCreated}, {kAck});
  ASSERT_TRUE(desk.take(test::mail_of("m", "x\r\nBcc: all@victim.example")));
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_THAT(sent[0].message, Not(HasSubstr("\nBcc:")));
}

}  // namespace
}  // namespace postern::ticketing
