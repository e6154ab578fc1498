#include "ticketing/tickets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ticketing/desk.h"

namespace postern::ticketing {
namespace {

using test::Desk;
using test::Mail;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr core::TicketId kFirst{1};

Mail numbered(int i) {
  Mail mail;
  mail.from = "user" + std::to_string(i % 3) + "@customer.example";
  mail.subject = "Help " + std::to_string(i);
  mail.message_id = "n" + std::to_string(i) + "@customer.example";
  return mail;
}

TEST(Tickets, PublicReplyIsStoredAndMailed) {
  Desk desk;
  Mail mail;
  mail.cc = {{"Carl", {"carl", "customer.example"}}};
  ASSERT_TRUE(desk.take(mail));
  const auto updated = desk.reply(kFirst, "Try again.");
  ASSERT_TRUE(updated) << updated.error().describe();
  EXPECT_EQ(updated->ticket.status, Status::kOpen);
  EXPECT_EQ(updated->ticket.comment_count, 2U);
  ASSERT_TRUE(updated->comment);
  EXPECT_EQ(updated->comment->text, "Try again.");
  EXPECT_EQ(updated->comment->author, desk.agent.user);
  EXPECT_EQ(updated->comment->delivery, "queued");
  EXPECT_THAT(desk.event_kinds(kFirst), ElementsAre("created", "comment", "status"));
  EXPECT_EQ(updated->ticket.version, 3U);
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("ticket.comment"));
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("ticket.status"));

  auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 2U);
  std::ranges::sort(sent, {}, [](const auto& one) { return one.rcpt.to_string(); });
  EXPECT_EQ(sent[0].rcpt.to_string(), "ann@customer.example");
  EXPECT_EQ(sent[1].rcpt.to_string(), "carl@customer.example");
  EXPECT_EQ(sent[0].from_domain, "acme.example");
  EXPECT_NE(sent[0].mail_from, sent[1].mail_from);
  EXPECT_THAT(sent[0].message, HasSubstr("\r\nFrom: \"Bob via Acme Support\" <support@acme.example>\r\n"));
  EXPECT_THAT(sent[0].message, HasSubstr("Reply-To: \"Acme Support\" <" + sent[0].mail_from.to_string() + ">\r\n"));
  EXPECT_THAT(sent[0].message, HasSubstr("\r\nTo: \"Ann\" <ann@customer.example>\r\nCc: \"Carl\" <carl@customer.example>\r\n"));
  EXPECT_THAT(sent[0].message, HasSubstr("\r\nSubject: Re: Help\r\n"));
  EXPECT_THAT(sent[0].message, HasSubstr("\r\nIn-Reply-To: <m1@customer.example>\r\n"));
  EXPECT_THAT(sent[0].message, HasSubstr("\r\nReferences: <m1@customer.example>\r\n"));
  EXPECT_THAT(sent[0].message, Not(HasSubstr("Auto-Submitted")));
}

TEST(Tickets, PublicReplyThatReachesNobodyIsRefused) {
  Desk desk;
  Mail mail;
  mail.from = "";  // neither the header nor the envelope says who wrote
  ASSERT_TRUE(desk.take(mail));
  mail.from = "sales@acme.example";  // one of our own inboxes
  mail.message_id = "own@acme.example";
  ASSERT_TRUE(desk.take(mail));
  for (const core::TicketId id : {kFirst, core::TicketId{2}}) {
    const auto refused = desk.reply(id, "Can you hear me?");
    EXPECT_EQ(refused.error(), Errc::kInvalid);
    EXPECT_EQ(desk.ticket(id).comment_count, 1U);
    EXPECT_EQ(desk.ticket(id).status, Status::kNew);
    Tickets::Update note;
    note.text = "cannot be reached";
    note.is_public = false;
    EXPECT_TRUE(desk.update(id, note));
  }
  EXPECT_TRUE(desk.claim().empty());
}

TEST(Tickets, WhatIsLeftOfAnAddressWithAHiddenNumberIsNeverMailed) {  // issue 4
  for (const std::string from : {"411111******1111@customer.example", "ann.4111-11**-****-1111@customer.example", "a@411111******1111.example",
                                 "411111\u2587\u2587\u2587\u2587\u2587\u25871111@customer.example"}) {
    Desk desk;
    Mail mail;
    mail.from = from;
    ASSERT_TRUE(desk.take(mail));
    const auto refused = desk.reply(kFirst, "Can you hear me?");
    ASSERT_EQ(refused.error(), Errc::kInvalid) << from;
    EXPECT_NE(refused.error().describe().find("a number was hidden in the address"), std::string::npos) << from;
    EXPECT_TRUE(desk.claim().empty());
  }
  Desk desk;
  Mail starred;
  starred.from = "a*b*c@customer.example";  // RFC 5322 section 3.2.3
  ASSERT_TRUE(desk.take(starred));
  EXPECT_TRUE(desk.reply(kFirst, "Can you hear me?"));
}

TEST(Tickets, NotesAreNotMailed) {
  Desk desk;
  ASSERT_TRUE(desk.take({}));
  Tickets::Update note;
  note.text = "internal";
  note.is_public = false;
  const auto updated = desk.update(kFirst, note);
  ASSERT_TRUE(updated);
  EXPECT_EQ(updated->ticket.status, Status::kNew);
  EXPECT_EQ(updated->comment->delivery, "");
  EXPECT_TRUE(desk.claim().empty());
}

TEST(Tickets, WhatAgentsTypeIsRedactedEverywhere) {  // design invariant 2
  Desk desk;
  ASSERT_TRUE(desk.take({}));
  Tickets::Update change;
  change.text = "Card 4111111111111111";
  change.files = {{"4111111111111111.txt", "text/plain", "in a file: 4111111111111111"}};
  const auto updated = desk.update(kFirst, change);
  ASSERT_TRUE(updated);
  EXPECT_EQ(updated->comment->text, "Card 411111******1111");
  ASSERT_EQ(updated->comment->attachments.size(), 1U);
  EXPECT_EQ(updated->comment->attachments[0].name, "411111******1111.txt");
  EXPECT_EQ(desk.tickets->attachment(desk.acme, updated->comment->attachments[0].id)->second, "in a file: 411111******1111");
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_THAT(sent[0].message, Not(HasSubstr("4111111111111111")));
  EXPECT_THAT(sent[0].message, HasSubstr("411111******1111"));
}

TEST(Tickets, LargeTextsComeBackWhole) {
  Desk desk;
  ASSERT_TRUE(desk.take({}));
  const std::string text = std::string(100'000, 'x') + "end";
  EXPECT_EQ(desk.reply(kFirst, text)->comment->text, text);
  EXPECT_EQ(desk.comments(desk.acme, kFirst)->back().text, text);
  EXPECT_EQ(desk.reply(kFirst, std::string((1U << 20U) + 1, 'x')).error(), Errc::kInvalid);
}

TEST(Tickets, StatusAndAssigneeMoveThroughTheIndexes) {
  Desk desk;
  ASSERT_TRUE(desk.take({}));
  Tickets::Update change;
  change.status = Status::kPending;
  change.assignee = desk.agent.user;
  ASSERT_TRUE(desk.update(kFirst, change));
  EXPECT_EQ(desk.tickets->count(desk.acme, Status::kNew).value(), 0U);
  EXPECT_EQ(desk.tickets->count(desk.acme, Status::kPending).value(), 1U);
  TicketQuery query;
  query.status = Status::kNew;
  EXPECT_TRUE(desk.tickets->list(desk.acme, query)->tickets.empty());
  query.status = Status::kPending;
  EXPECT_EQ(desk.tickets->list(desk.acme, query)->tickets.size(), 1U);
  query.assignee = desk.agent.user;
  EXPECT_EQ(desk.tickets->list(desk.acme, query)->tickets.size(), 1U);
  query = {};
  query.assignee = core::UserId{};
  EXPECT_TRUE(desk.tickets->list(desk.acme, query)->tickets.empty());
  change = {};
  change.assignee = desk.ticket(kFirst).requester;  // not an agent
  EXPECT_EQ(desk.update(kFirst, change).error(), Errc::kInvalid);
  change = {};
  change.status = Status::kNew;
  EXPECT_EQ(desk.update(kFirst, change).error(), Errc::kInvalid);
}

TEST(Tickets, ExpectedVersionGuardsAgainstLostUpdates) {
  Desk desk;
  ASSERT_TRUE(desk.take({}));
  Tickets::Update change;
  change.status = Status::kOpen;
  change.expected_version = desk.ticket(kFirst).version;
  ASSERT_TRUE(desk.update(kFirst, change));
  change.status = Status::kSolved;
  EXPECT_EQ(desk.update(kFirst, change).error(), Errc::kConflict);
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kOpen);
}

TEST(Tickets, ContactsMayNotWriteAndClosedTicketsDoNotChange) {
  Desk desk;
  ASSERT_TRUE(desk.take({}));
  auth::Principal contact = desk.agent;
  contact.role = auth::Role::kContact;
  Tickets::Update change;
  change.status = Status::kClosed;
  EXPECT_EQ(desk.run(desk.tickets->update(contact, kFirst, change)).error(), auth::Errc::kForbidden);
  ASSERT_TRUE(desk.update(kFirst, change));
  EXPECT_EQ(desk.reply(kFirst, "more").error(), Errc::kInvalid);
}

TEST(Tickets, ListsNewestFirstInPages) {
  Desk desk;
  for (int i = 1; i <= 7; ++i) ASSERT_TRUE(desk.take(numbered(i)));
  ASSERT_TRUE(desk.reply(core::TicketId{2}, "bump"));
  TicketQuery query;
  query.size = 3;
  std::vector<std::uint64_t> seen;
  for (;;) {
    const auto page = desk.tickets->list(desk.acme, query).value();
    for (const Ticket& ticket : page.tickets) seen.push_back(ticket.id.value);
    EXPECT_EQ(page.has_more, !page.after.empty());
    if (!page.has_more) break;
    query.after = page.after;
  }
  EXPECT_THAT(seen, ElementsAre(2U, 7U, 6U, 5U, 4U, 3U, 1U));
  query = {};
  query.requester = desk.ticket(kFirst).requester;
  query.status = Status::kNew;
  EXPECT_EQ(desk.tickets->list(desk.acme, query)->tickets.size(), 3U);  // 1, 4, 7
}

TEST(Tickets, ForgedCursorsLeadNowhereElse) {  // invariant 5
  Desk desk;
  ASSERT_TRUE(desk.take({}));
  for (const char* cursor : {"!!", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}) {
    TicketQuery query;
    query.after = cursor;
    EXPECT_EQ(desk.tickets->list(desk.acme, query).error(), Errc::kInvalid) << cursor;
  }
  TicketQuery query;
  query.after = "_____________________w";  // 16 bytes of ones: behind everything
  EXPECT_TRUE(desk.tickets->list(desk.acme, query)->tickets.empty());
}

TEST(Tickets, AWorkspaceIsAWall) {  // invariant 5
  Desk desk;
  Mail mail;
  mail.attachments.push_back({"a.txt", "text/plain", "", false, "content", false});
  ASSERT_TRUE(desk.take(mail));
  const auto comment = desk.comments(desk.acme, kFirst)->at(0);
  EXPECT_EQ(desk.tickets->get(desk.other, kFirst).error(), Errc::kNotFound);
  EXPECT_EQ(desk.comments(desk.other, kFirst).error(), Errc::kNotFound);
  EXPECT_EQ(desk.events(desk.other, kFirst).error(), Errc::kNotFound);
  EXPECT_EQ(desk.tickets->attachment(desk.other, comment.attachments[0].id).error(), Errc::kNotFound);
  EXPECT_EQ(desk.tickets->raw_message(desk.other, kFirst, comment.id).error(), Errc::kNotFound);
  EXPECT_TRUE(desk.tickets->list(desk.other, {})->tickets.empty());
  EXPECT_EQ(desk.tickets->count(desk.other, Status::kNew).value(), 0U);
  EXPECT_TRUE(desk.accounts->list(desk.other, 10)->empty());
  auth::Principal stranger = desk.agent;
  stranger.workspace = desk.other;
  Tickets::Update change;
  change.status = Status::kSolved;
  EXPECT_EQ(desk.run(desk.tickets->update(stranger, kFirst, change)).error(), Errc::kNotFound);
}

}  // namespace
}  // namespace postern::ticketing
