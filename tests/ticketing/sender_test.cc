// Who may speak for whom by mail: accounts only when their mail is proven to be theirs, bounces for nobody.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/support/support_access.h"
#include "tests/ticketing/desk.h"
#include "ticketing/intake.h"

namespace postern::ticketing {
namespace {

using pipeline::AuthResult;
using test::answer;
using test::answered;
using test::Desk;
using test::Mail;
using test::signed_message_id;
using testing::ElementsAre;

constexpr core::TicketId kFirst{1};
constexpr core::TicketId kSecond{2};
constexpr const char* kAgentAddress = "bob@staff.example";  // Desk's agent

std::string author_of_last(Desk& desk) {
  const core::UserId author = desk.comments(desk.acme, kFirst)->back().author;
  const auto user = desk.accounts->find(desk.acme, author).value();
  return user->email.empty() ? user->name : user->email;
}

core::UserId actor_of_newest(Desk& desk, std::string_view action) {
  for (const auto& entry : auth::list_audit(*desk.store, *desk.vault, desk.acme, {}, 100).value()) {
    if (entry.action == action) return entry.actor;
  }
  ADD_FAILURE() << "nothing of " << action;
  return {};
}

Mail bounce_of(const pipeline::OutboundMessage& sent, std::string from) {
  Mail mail = answer();
  mail.from = std::move(from);
  mail.machine.is_bounce = true;
  mail.dmarc = AuthResult::kNone;
  mail.to = {{"Ann", {"ann", "customer.example"}}};
  mail.raw_extra = "\r\nMessage-ID: <" + signed_message_id(sent) + ">\r\n";
  return mail;
}

TEST(Sender, ABounceInAnAgentsNameSpeaksForNobody) {
  Desk desk;
  const auto sent = answered(desk);
  Mail mail = bounce_of(sent, kAgentAddress);
  mail.text = "We refund everything.";
  for (const std::string& rcpt : {std::string("support@acme.example"), sent.mail_from.to_string()}) {
    mail.message_id = rcpt;
    ASSERT_THAT(desk.take(mail, {rcpt})->tickets, ElementsAre(kFirst));
    const Comment filed = desk.comments(desk.acme, kFirst)->back();
    EXPECT_EQ(filed.text, "We refund everything.");
    EXPECT_FALSE(filed.is_public);
    EXPECT_EQ(author_of_last(desk), "unknown sender");
    EXPECT_NE(actor_of_newest(desk, "ticket.comment"), desk.agent.user);
    for (const Event& event : desk.events(desk.acme, kFirst).value()) {
      if (event.kind == "joined_by") EXPECT_NE(event.actor, desk.agent.user);
    }
  }
}

TEST(Sender, ABounceInAnAgentsNameIsANoteEvenWhenAuthenticated) {
  Desk desk;
  const auto sent = answered(desk);
  Mail mail = bounce_of(sent, kAgentAddress);
  mail.dmarc = AuthResult::kPass;  // an out-of-office reply of his own
  mail.in_reply_to = {signed_message_id(sent)};
  ASSERT_THAT(desk.take(mail)->tickets, ElementsAre(kFirst));
  EXPECT_EQ(author_of_last(desk), kAgentAddress);
  EXPECT_FALSE(desk.comments(desk.acme, kFirst)->back().is_public);
}

TEST(Sender, ABounceOfAMailSystemKeepsItsName) {
  Desk desk;
  const auto sent = answered(desk);
  ASSERT_THAT(desk.take(bounce_of(sent, "MAILER-DAEMON@customer.example"))->tickets, ElementsAre(kFirst));
  EXPECT_EQ(author_of_last(desk), "MAILER-DAEMON@customer.example");
}

TEST(Sender, ABounceHasANullSender) {
  Desk desk;
  const auto sent = answered(desk);
  const Mail mail = bounce_of(sent, "mailer-daemon@customer.example");
  core::TicketId next = kSecond;
  for (const std::string& rcpt : {std::string("support@acme.example"), sent.mail_from.to_string()}) {
    auto envelope = desk.envelope(mail, {rcpt});
    envelope.mail_from = {"eve", "elsewhere.example"};
    const auto receipt = desk.run(desk.intake->accept(envelope, [&] {
      Mail other = mail;
      other.message_id = rcpt;
      return other.build();
    }()));
    EXPECT_THAT(receipt->tickets, ElementsAre(next)) << rcpt;
    ++next.value;
  }
  EXPECT_EQ(desk.ticket(kFirst).comment_count, 2U);
}

TEST(Sender, AnAgentsReplyAddressDoesNotProveHimAlone) {
  Desk desk;
  Mail mail;
  mail.cc = {{"Bob", {"bob", "staff.example"}}};
  ASSERT_TRUE(desk.take(mail));
  auth::Principal op = desk.agent;
  op.method = auth::Method::kOperator;
  auth::Principal colleague = desk.agent;
  colleague.user = desk.run(desk.accounts->invite(op, "carol@staff.example", "Carol", auth::Role::kAgent)).value().first.id;
  Tickets::Update reply;
  reply.text = "Try again.";
  ASSERT_TRUE(desk.run(desk.tickets->update(colleague, kFirst, reply)));
  std::string shown_to_all;  // once Bob answers to all
  for (const auto& sent : desk.claim()) {
    if (sent.rcpt.to_string() == kAgentAddress) shown_to_all = sent.mail_from.to_string();
  }
  ASSERT_NE(shown_to_all, "");

  Mail forged = answer();
  forged.from = kAgentAddress;
  forged.dmarc = AuthResult::kFail;
  forged.to = {{"Ann", {"ann", "customer.example"}}};
  EXPECT_THAT(desk.take(forged, {shown_to_all})->tickets, ElementsAre(kSecond));
  EXPECT_EQ(desk.ticket(kSecond).claims_ticket, 1U);
  EXPECT_EQ(desk.ticket(kFirst).comment_count, 2U);
  EXPECT_EQ(actor_of_newest(desk, "ticket.created"), core::UserId{});

  Mail genuine = forged;
  genuine.message_id = "m7@staff.example";
  genuine.dmarc = AuthResult::kPass;
  EXPECT_THAT(desk.take(genuine, {shown_to_all})->tickets, ElementsAre(kFirst));
  EXPECT_EQ(author_of_last(desk), kAgentAddress);
  EXPECT_EQ(actor_of_newest(desk, "ticket.comment"), desk.agent.user);
}

TEST(Sender, AVerdictAboutAnotherDomainProvesNothing) {
  Desk desk;
  Mail mail;
  mail.from = kAgentAddress;
  mail.dmarc_domain = "evil.test";
  ASSERT_TRUE(desk.take(mail));
  EXPECT_EQ(actor_of_newest(desk, "ticket.created"), core::UserId{});
  mail.message_id = "m9@staff.example";
  mail.dmarc_domain = "Staff.Example";
  ASSERT_TRUE(desk.take(mail));
  EXPECT_EQ(actor_of_newest(desk, "ticket.created"), desk.agent.user);
}

TEST(Sender, UnprovenMailOfAnAccountIsNotAuditedAsItsDeed) {
  Desk desk;
  Mail mail;
  mail.from = kAgentAddress;
  mail.dmarc = AuthResult::kNone;
  ASSERT_TRUE(desk.take(mail));
  EXPECT_EQ(actor_of_newest(desk, "ticket.created"), core::UserId{});
  mail.message_id = "m8@staff.example";
  mail.dmarc = AuthResult::kPass;
  ASSERT_TRUE(desk.take(mail));
  EXPECT_EQ(actor_of_newest(desk, "ticket.created"), desk.agent.user);
}

// T-28: what support access does by mail is marked like what it does in the page.
TEST(Sender, T28_MailOfSupportAccessIsAuditedAsThat) {
  Desk desk;
  auth::SupportAccess support(*desk.store, *desk.vault, *desk.accounts, desk.ids, desk.clock);
  auth::Principal owner = desk.agent;
  owner.role = auth::Role::kOwner;
  const auto grant = desk.run(support.grant(owner, {"vendor@out.example", "Vera", true, 2, "a slow search"})).value().first;
  Mail mail;
  mail.from = "vendor@out.example";
  ASSERT_TRUE(desk.take(mail));
  const auto entries = auth::list_audit(*desk.store, *desk.vault, desk.acme, {}, 100).value();
  const auto made = std::ranges::find(entries, "ticket.created", &auth::AuditEntry::action);
  ASSERT_NE(made, entries.end());
  EXPECT_EQ(made->actor, grant.user);
  EXPECT_EQ(made->role, "support:agent");
  mail.from = kAgentAddress;
  mail.message_id = "m2@staff.example";
  ASSERT_TRUE(desk.take(mail));
  EXPECT_EQ(auth::list_audit(*desk.store, *desk.vault, desk.acme, {}, 1).value().at(0).role, "admin");
  mail.dmarc = AuthResult::kNone;  // anybody can write this address
  mail.message_id = "m3@staff.example";
  ASSERT_TRUE(desk.take(mail));
  EXPECT_EQ(auth::list_audit(*desk.store, *desk.vault, desk.acme, {}, 1).value().at(0).role, "end-user");
}

TEST(Sender, AMailedNoteKeepsItsCopiesOutOfTheTicket) {
  Desk desk;
  answered(desk);
  Mail note = answer();
  note.from = kAgentAddress;
  note.references = {"m1@customer.example"};
  note.to = {{"", {"dora", "staff.example"}}};
  note.cc = {{"", {"lawyer", "elsewhere.example"}}};
  ASSERT_THAT(desk.take(note)->tickets, ElementsAre(kFirst));
  EXPECT_FALSE(desk.comments(desk.acme, kFirst)->back().is_public);
  EXPECT_TRUE(desk.ticket(kFirst).ccs.empty());
  note.message_id = "m6@staff.example";
  note.to = {{"", {"ann", "customer.example"}}};
  ASSERT_THAT(desk.take(note)->tickets, ElementsAre(kFirst));
  EXPECT_TRUE(desk.comments(desk.acme, kFirst)->back().is_public);
  EXPECT_EQ(desk.ticket(kFirst).ccs.size(), 1U);
}

}  // namespace
}  // namespace postern::ticketing
