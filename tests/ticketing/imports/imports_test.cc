// What is imported stands as of when it happened, wakes nothing, and comes once.
#include <gmock/gmock.h>

#include "tests/ticketing/bulk/bulk_desk.h"
#include "ticketing/errc.h"
#include "ticketing/imports/mail_import.h"
#include "ticketing/imports/ticket_import.h"

namespace postern::ticketing {
namespace {

using test::BulkDesk;
using test::Mail;
using testing::Contains;
using testing::ElementsAre;

constexpr std::int64_t kThen = 1'700'000'000'000;  // 2023-11-14
constexpr std::int64_t kHourMs = 3'600'000;

class ImportsTest : public testing::Test {
 protected:
  ImportsTest() : desk(0) {
    owner = desk.agent;
    owner.role = auth::Role::kOwner;
    owner.permissions.reset();
  }
  core::Result<MailDone> take(const Mail& mail, std::int64_t at, const std::string& digest) {
    MailOrder order;
    order.inbox = desk.inbox_of("support@acme.example");
    order.sent_unix_ms = at;
    order.source = "mbox";
    order.digest = digest;
    return desk.run(desk.helpdesk->mail_import().take(owner, order, mail.build()));
  }
  static ImportedTicket old_ticket() {
    ImportedTicket out;
    out.source = "zendesk";
    out.foreign_id = "77";
    out.wishes.subject = "Old 4111111111111111";
    out.wishes.requester = PersonWish{{}, "ann@customer.example", "Ann", false};
    out.status = Status::kSolved;
    out.created_unix_ms = kThen;
    out.updated_unix_ms = kThen + 5 * kHourMs;
    out.comments.push_back({"1", {}, "It broke, card 4111111111111111", true, kThen, {}});
    return out;
  }
  core::Result<ImportDone> create(ImportedTicket ticket) { return desk.run(desk.helpdesk->ticket_import().create(owner, std::move(ticket))); }
  BulkDesk desk;
  auth::Principal owner;
};

TEST_F(ImportsTest, MailStandsAsOfWhenItWasWritten) {
  ASSERT_EQ(take(Mail(), kThen, "a").value().as, MailDone::As::kNewTicket);
  Mail reply = test::answer();
  reply.message_id = "m2@customer.example";
  reply.references = {"m1@customer.example"};
  const MailDone joined = take(reply, kThen + kHourMs, "b").value();
  EXPECT_EQ(joined.as, MailDone::As::kComment);
  EXPECT_EQ(joined.ticket, core::TicketId{1});
  const Ticket ticket = desk.ticket(core::TicketId{1});
  EXPECT_EQ(ticket.created_unix_ms, kThen);
  EXPECT_EQ(ticket.updated_unix_ms, kThen + kHourMs);
  EXPECT_EQ(ticket.status, Status::kClosed);
  EXPECT_THAT(ticket.tags, ElementsAre("imported"));
  EXPECT_EQ(desk.record(core::TicketId{1})->metrics().requester_updated(), kThen + kHourMs);
  EXPECT_THAT(desk.event_kinds(core::TicketId{1}), Contains("created"));
  EXPECT_TRUE(desk.claim().empty());
  EXPECT_EQ(take(reply, kThen + kHourMs, "b").value().as, MailDone::As::kKnown);
  EXPECT_EQ(take(reply, kThen + kHourMs, "c").value().as, MailDone::As::kKnown);  // the same words with other header fields
  Mail other = reply;
  other.text = "Other words under the same id";
  EXPECT_EQ(take(other, kThen + 2 * kHourMs, "d").value().as, MailDone::As::kComment);  // is another message
}

TEST_F(ImportsTest, MailThatCameByItselfIsKnownAndItsTicketIsLeftAlone) {
  ASSERT_TRUE(desk.take(Mail()));
  EXPECT_EQ(take(Mail(), kThen, "a").value().as, MailDone::As::kKnown);
  Mail reply = test::answer();
  reply.message_id = "m9@customer.example";
  reply.in_reply_to = {"m1@customer.example"};
  EXPECT_EQ(take(reply, kThen, "b").value().as, MailDone::As::kNewTicket);  // an archive proves nothing about living tickets
  EXPECT_EQ(desk.comments(desk.acme, core::TicketId{1}).value().size(), 1U);
}

TEST_F(ImportsTest, WhatWeWroteIsAnAnswerToWhomItWent) {
  Mail sent;
  sent.from = "support@acme.example";
  sent.from_name = "Support";
  sent.to = {{"Carl", pipeline::split_address("carl@customer.example")}};
  ASSERT_TRUE(take(sent, kThen, "a"));
  const Ticket ticket = desk.ticket(core::TicketId{1});
  EXPECT_EQ(desk.accounts->find(desk.acme, ticket.requester).value()->email, "carl@customer.example");
  EXPECT_NE(ticket.submitter, ticket.requester);
}

TEST_F(ImportsTest, ATicketOfElsewhereComesOnceRedactedWithItsMetrics) {
  ImportedTicket ticket = old_ticket();
  ticket.comments.push_back({"2", desk.agent.user, "Mended", true, kThen + 2 * kHourMs, {}});
  const ImportDone done = create(ticket).value();
  EXPECT_EQ(done.comments, 2U);
  const Ticket made = desk.ticket(done.ticket);
  EXPECT_EQ(made.subject, "Old 411111******1111");
  EXPECT_EQ(made.status, Status::kSolved);
  EXPECT_EQ(made.created_unix_ms, kThen);
  EXPECT_EQ(made.updated_unix_ms, kThen + 5 * kHourMs);
  EXPECT_THAT(desk.texts(done.ticket), ElementsAre("It broke, card 411111******1111", "Mended"));
  const schema::TicketMetrics metrics = desk.record(done.ticket)->metrics();
  EXPECT_EQ(metrics.first_reply(), kThen + 2 * kHourMs);
  EXPECT_EQ(metrics.solved(), kThen + 5 * kHourMs);
  EXPECT_TRUE(desk.claim().empty());  // nobody is written to
  EXPECT_TRUE(create(ticket).value().is_known);
  EXPECT_EQ(desk.listed(), std::vector<std::uint64_t>{1});

  std::vector<ImportedComment> more{{"2", {}, "Again", true, kThen, {}}, {"3", {}, "Later", false, kThen + 9 * kHourMs, {}}};
  const auto added = desk.run(desk.helpdesk->ticket_import().add_comments(owner, "zendesk", done.ticket, more)).value();
  EXPECT_EQ(added.comments, 1U);
  EXPECT_EQ(desk.ticket(done.ticket).updated_unix_ms, kThen + 9 * kHourMs);
}

TEST_F(ImportsTest, RefusedTicketsTakeNoNumberAndTimesToComeAreNow) {
  ImportedTicket nobody = old_ticket();
  nobody.wishes.requester.reset();
  EXPECT_EQ(create(nobody).error(), Errc::kInvalid);
  ImportedTicket wrong = old_ticket();
  wrong.wishes.group = 4711;
  EXPECT_EQ(create(wrong).error(), Errc::kInvalid);
  auth::Principal plain = desk.agent;
  plain.permissions = auth::permissions_of(auth::Role::kAgent);
  EXPECT_EQ(desk.run(desk.helpdesk->ticket_import().create(plain, old_ticket())).error(), auth::Errc::kForbidden);
  ImportedTicket future = old_ticket();
  const std::int64_t now = core::to_unix_ms(desk.clock.wall_now());
  future.created_unix_ms = now + 10 * kHourMs;
  const ImportDone done = create(future).value();
  EXPECT_EQ(done.ticket, core::TicketId{1});
  EXPECT_LE(desk.ticket(done.ticket).created_unix_ms, now);
}

TEST_F(ImportsTest, FeedTellsOfThemAndSearchFindsTheOldNumber) {
  ImportedTicket ticket = old_ticket();
  ticket.wishes.external_id = "77";
  const std::uint64_t before = desk.store->last_sequence(desk.acme);
  const ImportDone done = create(ticket).value();
  bool is_told = false;
  for (const auto& entry : desk.store->feed(desk.acme, before, 100).value()) {
    for (const auto& each : entry.changes) is_told = is_told || (each.kind == "ticket.created" && each.object == done.ticket.value);
  }
  EXPECT_TRUE(is_told);
  EXPECT_EQ(desk.tickets->with_external_id(desk.agent, "77").value().size(), 1U);
}

}  // namespace
}  // namespace postern::ticketing
