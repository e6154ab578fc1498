#include "ticketing/intake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ticketing/desk.h"

namespace postern::ticketing {
namespace {

using pipeline::AuthResult;
using test::answer;
using test::answered;
using test::Desk;
using test::Mail;
using test::signed_message_id;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr core::TicketId kFirst{1};
constexpr core::TicketId kSecond{2};

TEST(Intake, NewMailMakesATicket) {
  Desk desk;
  Mail mail;
  mail.cc = {{"Carl", {"carl", "customer.example"}}, {"", {"sales", "acme.example"}}};
  mail.attachments.push_back({"a.txt", "text/plain", "", false, "content", false});
  const auto receipt = desk.take(mail);
  ASSERT_TRUE(receipt) << receipt.error().describe();
  EXPECT_THAT(receipt->tickets, ElementsAre(kFirst));
  EXPECT_FALSE(receipt->was_duplicate);

  const Ticket ticket = desk.ticket(kFirst);
  EXPECT_EQ(ticket.subject, "Help");
  EXPECT_EQ(ticket.status, Status::kNew);
  EXPECT_EQ(ticket.ccs.size(), 1U);  // our own address is nobody's copy
  EXPECT_EQ(ticket.claims_ticket, 0U);
  EXPECT_EQ(desk.accounts->find(desk.acme, ticket.requester).value()->email, "ann@customer.example");
  const auto comments = desk.comments(desk.acme, kFirst).value();
  ASSERT_EQ(comments.size(), 1U);
  EXPECT_EQ(comments[0].text, "It does not work.");
  EXPECT_EQ(comments[0].via, "mail");
  EXPECT_EQ(comments[0].verdicts->auth.dmarc.result, AuthResult::kPass);
  ASSERT_EQ(comments[0].attachments.size(), 1U);
  EXPECT_EQ(desk.tickets->attachment(desk.acme, comments[0].attachments[0].id).value().second, "content");
  EXPECT_THAT(desk.tickets->raw_message(desk.acme, kFirst, comments[0].id).value(), HasSubstr("It does not work."));
  EXPECT_EQ(desk.tickets->count(desk.acme, Status::kNew).value(), 1U);
  EXPECT_THAT(desk.event_kinds(kFirst), ElementsAre("created"));
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("ticket.created"));
  const auto feed = desk.store->feed(desk.acme, 0, 10).value();
  ASSERT_EQ(feed.size(), 1U);
  EXPECT_EQ(feed[0].changes.at(0).kind, "ticket.created");
}

TEST(Intake, WritesATrace) {
  Desk desk;
  const Mail mail;
  const auto envelope = desk.envelope(mail, {"support@acme.example"});
  ASSERT_TRUE(desk.run(desk.intake->accept(envelope, mail.build())));
  const auto trace = find_trace(*desk.store, *desk.vault, {desk.other, desk.acme}, envelope.trace).value();
  EXPECT_EQ(trace.workspace, desk.acme);
  EXPECT_THAT(trace.tickets, ElementsAre(1U));
  EXPECT_EQ(trace.steps.front().what, "received");
  EXPECT_EQ(trace.steps.back().what, "stored");
  EXPECT_FALSE(find_trace(*desk.store, *desk.vault, {desk.other}, envelope.trace));
}

TEST(Intake, ReplyToTheSignedAddressJoinsEvenWithoutDmarc) {
  Desk desk;
  const auto sent = answered(desk);
  Mail mail = answer();
  mail.dmarc = AuthResult::kFail;
  std::string address = sent.mail_from.to_string();
  std::ranges::transform(address, address.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  const auto receipt = desk.take(mail, {address});  // mail systems change case
  ASSERT_TRUE(receipt);
  EXPECT_THAT(receipt->tickets, ElementsAre(kFirst));
  EXPECT_THAT(desk.event_kinds(kFirst), Contains("joined_by"));
  EXPECT_EQ(desk.events(desk.acme, kFirst).value().back().detail, "signed address");
  EXPECT_EQ(desk.ticket(kFirst).comment_count, 3U);
}

TEST(Intake, ReplyByOurMessageIdJoinsWithAuthentication) {
  Desk desk;
  const auto sent = answered(desk);
  Mail mail = answer();
  mail.in_reply_to = {signed_message_id(sent)};
  EXPECT_THAT(desk.take(mail)->tickets, ElementsAre(kFirst));
  EXPECT_EQ(desk.events(desk.acme, kFirst).value().back().detail, "signed message-id");
}

TEST(Intake, ReplyByOurMessageIdWithoutAuthenticationOnlyClaims) {
  Desk desk;
  const auto sent = answered(desk);
  Mail mail = answer();
  mail.in_reply_to = {signed_message_id(sent)};
  mail.dmarc = AuthResult::kNone;
  EXPECT_THAT(desk.take(mail)->tickets, ElementsAre(kSecond));
  EXPECT_EQ(desk.ticket(kSecond).claims_ticket, 1U);
  EXPECT_EQ(desk.ticket(kFirst).comment_count, 2U);
}

TEST(Intake, ForgedMessageIdIsNoClaim) {
  Desk desk;
  answered(desk);
  Mail mail = answer();
  mail.in_reply_to = {"pst.1.12345.aaaaaaaaaaaaaaaa@mx.acme.example"};
  EXPECT_THAT(desk.take(mail)->tickets, ElementsAre(kSecond));
  EXPECT_EQ(desk.ticket(kSecond).claims_ticket, 0U);
}

TEST(Intake, StoredMessageIdJoinsWithAuthenticationOnly) {
  Desk desk;
  ASSERT_TRUE(desk.take({}));
  Mail mail = answer();
  mail.references = {"m1@customer.example"};
  EXPECT_THAT(desk.take(mail)->tickets, ElementsAre(kFirst));
  mail.message_id = "m3@customer.example";
  mail.dmarc = AuthResult::kFail;
  EXPECT_THAT(desk.take(mail)->tickets, ElementsAre(kSecond));
  EXPECT_EQ(desk.ticket(kSecond).claims_ticket, 1U);
}

TEST(Intake, AlignedDkimProvesTheSenderWhereNoPolicyIsPublished) {
  Desk desk;
  ASSERT_TRUE(desk.take({}));
  for (const auto& [domain, joins] : {std::pair("customer.example", true), std::pair("evil.example", false),
                                      std::pair("xcustomer.example", false), std::pair("example", false)}) {
    Mail mail = answer();
    mail.message_id = std::string("m2@") + domain;
    mail.references = {"m1@customer.example"};
    mail.dmarc = AuthResult::kNone;
    auto message = mail.build();
    pipeline::Verdicts verdicts = message.verdicts();
    verdicts.auth.dkim.push_back({AuthResult::kPass, domain, "s", "", "rsa-sha256", "", 2048});
    const auto receipt = desk.run(desk.intake->accept(desk.envelope(mail, {"support@acme.example"}),
                                                      pipeline::Redactor::message(message.content(), verdicts, message.raw())));
    EXPECT_EQ(receipt->tickets.at(0) == kFirst, joins) << domain;
  }
}

TEST(Intake, AuthenticatedStrangerOnlyClaims) {
  Desk desk;
  const auto sent = answered(desk);
  Mail mail = answer();
  mail.from = "eve@elsewhere.example";
  mail.in_reply_to = {signed_message_id(sent)};
  EXPECT_THAT(desk.take(mail)->tickets, ElementsAre(kSecond));
  EXPECT_EQ(desk.ticket(kSecond).claims_ticket, 1U);
}

TEST(Intake, StrangerWithALeakedReplyAddressOnlyClaims) {
  Desk desk;
  const auto sent = answered(desk);
  Mail mail = answer();
  mail.from = "eve@elsewhere.example";
  EXPECT_THAT(desk.take(mail, {sent.mail_from.to_string()})->tickets, ElementsAre(kSecond));
  EXPECT_EQ(desk.ticket(kSecond).claims_ticket, 1U);
  EXPECT_EQ(desk.ticket(kFirst).comment_count, 2U);
}

TEST(Intake, ReplyTokenHoldsInItsInboxOnly) {
  Desk desk;
  const auto sent = answered(desk);
  const std::string token = sent.mail_from.local.substr(sent.mail_from.local.find('+'));
  EXPECT_THAT(desk.take(answer(), {"sales" + token + "@acme.example"})->tickets, ElementsAre(kSecond));
  EXPECT_THAT(desk.take(answer(), {"desk" + token + "@other.example"})->tickets, ElementsAre(kFirst));
  EXPECT_EQ(desk.ticket(kFirst, desk.other).claims_ticket, 0U);
  EXPECT_EQ(desk.ticket(kFirst).comment_count, 2U);
}

TEST(Intake, RepeatedDeliveryStoresNothing) {
  Desk desk;
  ASSERT_TRUE(desk.take({}));
  const auto sequence = desk.store->last_sequence(desk.acme);
  Mail again;
  again.trace_header = "Received: from a by b; attempt 2\r\n\tfolded\r\nAuthentication-Results: x; y\r\n";
  const auto receipt = desk.take(again);
  ASSERT_TRUE(receipt);
  EXPECT_TRUE(receipt->was_duplicate);
  EXPECT_THAT(receipt->tickets, ElementsAre(kFirst));
  EXPECT_EQ(desk.store->last_sequence(desk.acme), sequence);
}

TEST(Intake, SameMessageIdWithOtherContentIsAnotherMessage) {
  Desk desk;
  ASSERT_TRUE(desk.take({}));
  Mail mail;
  mail.text = "Something else.";
  EXPECT_FALSE(desk.take(mail)->was_duplicate);
}

TEST(Intake, CopyWithAnotherFieldIsAnotherMessage) {
  Desk desk;
  ASSERT_TRUE(desk.take({}));
  Mail mail;
  mail.trace_header = "X-Relay: two\r\nReceived: by relay\r\n";
  EXPECT_FALSE(desk.take(mail)->was_duplicate);
}

TEST(Intake, OneTicketAnInboxInOneTransaction) {
  Desk desk;
  const auto receipt = desk.take({}, {"help@acme.example", "sales@acme.example", "support@acme.example", "desk@other.example"});
  EXPECT_THAT(receipt->tickets, ElementsAre(kFirst, kSecond, kFirst));
  EXPECT_EQ(desk.store->last_sequence(desk.acme), 1U);
  EXPECT_EQ(desk.ticket(kFirst, desk.other).subject, "Help");
}

TEST(Intake, BounceIsFiledAndDoesNotReopen) {
  Desk desk;
  const auto sent = answered(desk);
  Tickets::Update solve;
  solve.status = Status::kSolved;
  ASSERT_TRUE(desk.update(kFirst, solve));
  Mail mail = answer();
  mail.from = "mailer-daemon@customer.example";
  mail.machine.is_bounce = true;
  mail.dmarc = AuthResult::kNone;
  EXPECT_THAT(desk.take(mail, {sent.mail_from.to_string()})->tickets, ElementsAre(kFirst));
  mail.message_id = "b2@customer.example";
  mail.raw_extra = "\r\nMessage-ID: <" + signed_message_id(sent) + ">\r\n";
  EXPECT_THAT(desk.take(mail)->tickets, ElementsAre(kFirst));
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kSolved);
  EXPECT_FALSE(desk.comments(desk.acme, kFirst)->back().is_public);
}

TEST(Intake, AutoReplyDoesNotReopenButAPersonDoes) {
  Desk desk;
  const auto sent = answered(desk);
  Tickets::Update solve;
  solve.status = Status::kSolved;
  ASSERT_TRUE(desk.update(kFirst, solve));
  Mail mail = answer();
  mail.machine.is_auto_submitted = true;
  EXPECT_THAT(desk.take(mail, {sent.mail_from.to_string()})->tickets, ElementsAre(kFirst));
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kSolved);
  mail.machine = {};
  mail.message_id = "m3@customer.example";
  ASSERT_TRUE(desk.take(mail, {sent.mail_from.to_string()}));
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kOpen);
  EXPECT_EQ(desk.tickets->count(desk.acme, Status::kSolved).value(), 0U);
  EXPECT_EQ(desk.tickets->count(desk.acme, Status::kOpen).value(), 1U);
}

TEST(Intake, ReplyToAClosedTicketMakesAFollowUp) {
  Desk desk;
  const auto sent = answered(desk);
  Tickets::Update close;
  close.status = Status::kClosed;
  ASSERT_TRUE(desk.update(kFirst, close));
  EXPECT_THAT(desk.take(answer(), {sent.mail_from.to_string()})->tickets, ElementsAre(kSecond));
  EXPECT_EQ(desk.ticket(kSecond).follow_up_of, 1U);
  EXPECT_EQ(desk.ticket(kSecond).claims_ticket, 0U);
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kClosed);
}

TEST(Intake, SpamIsSuspendedAndCanBeRecovered) {
  Desk desk;
  Mail mail;
  mail.spam = pipeline::SpamAction::kSuspend;
  mail.attachments.push_back({"a.txt", "text/plain", "", false, "content", false});
  const auto receipt = desk.take(mail);
  ASSERT_TRUE(receipt);
  EXPECT_TRUE(receipt->tickets.empty());
  EXPECT_TRUE(desk.take(mail)->was_duplicate);
  const auto held = desk.suspended->list(desk.acme, 10).value();
  ASSERT_EQ(held.size(), 1U);
  EXPECT_EQ(held[0].from, "ann@customer.example");
  EXPECT_TRUE(desk.suspended->list(desk.other, 10)->empty());

  auth::Principal nobody = desk.agent;
  nobody.role = auth::Role::kContact;
  EXPECT_EQ(desk.run(desk.suspended->recover(nobody, held[0].trace, held[0].inbox)).error(), auth::Errc::kForbidden);
  EXPECT_EQ(desk.run(desk.suspended->recover(desk.agent, held[0].trace, held[0].inbox)).value(), kFirst);
  EXPECT_TRUE(desk.suspended->list(desk.acme, 10)->empty());
  EXPECT_EQ(desk.comments(desk.acme, kFirst)->at(0).attachments.size(), 1U);
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("mail.recovered"));
}

TEST(Intake, MailWithoutFromBelongsToItsEnvelopeSenderOrNobody) {
  Desk desk;
  Mail mail;
  mail.from = "";
  ASSERT_TRUE(desk.take(mail));
  EXPECT_EQ(desk.accounts->find(desk.acme, desk.ticket(kFirst).requester).value()->name, "unknown sender");
  auto envelope = desk.envelope(mail, {"sales@acme.example"});
  envelope.mail_from = {"env", "customer.example"};
  ASSERT_TRUE(desk.run(desk.intake->accept(envelope, mail.build())));
  EXPECT_EQ(desk.accounts->find(desk.acme, desk.ticket(kSecond).requester).value()->email, "env@customer.example");
}

TEST(Intake, BytesThatAreNotUtf8AreKept) {
  Desk desk;
  Mail mail;
  mail.subject = "caf\xE9";
  mail.message_id = "\xFF\xFE@x";
  mail.text = std::string("a\0b\xC3", 4);
  ASSERT_TRUE(desk.take(mail));
  EXPECT_EQ(desk.ticket(kFirst).subject, "caf\xE9");
  EXPECT_EQ(desk.comments(desk.acme, kFirst)->at(0).text, mail.text);
}

TEST(Intake, AgentByMailLeavingOutTheRequesterWritesANote) {
  Desk desk;
  answered(desk);
  Mail mail = answer();
  mail.from = "bob@staff.example";
  mail.references = {"m1@customer.example"};
  ASSERT_THAT(desk.take(mail)->tickets, ElementsAre(kFirst));
  EXPECT_FALSE(desk.comments(desk.acme, kFirst)->back().is_public);
  mail.message_id = "m5@staff.example";
  mail.to = {{"", {"Ann", "customer.example"}}};
  ASSERT_THAT(desk.take(mail)->tickets, ElementsAre(kFirst));
  EXPECT_TRUE(desk.comments(desk.acme, kFirst)->back().is_public);
}

}  // namespace
}  // namespace postern::ticketing
