// helpdesk.md 4.2 rule 13: whom a workspace lets in or keeps out, how long held mail waits, the daily mail about it.
#include "ticketing/senders/sender_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ticketing/desk.h"
#include "ticketing/purge.h"
#include "ticketing/suspended_digest.h"
#include "ticketing/suspended_upkeep.h"

namespace postern::ticketing {
namespace {

using pipeline::AuthResult;
using test::Desk;
using test::Mail;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

const std::atomic<bool> kGoesOn{false};
constexpr auto kOneDay = std::chrono::hours(24);

void list(Desk& desk, std::string pattern, SenderList which) {
  ASSERT_TRUE(desk.run(desk.helpdesk->senders().add(desk.agent, std::move(pattern), which, {})));
}

Mail mail_from(std::string from, int number) {
  Mail mail;
  mail.from = std::move(from);
  mail.message_id = "n" + std::to_string(number) + "@customer.example";
  return mail;
}

std::string cause_of_newest(Desk& desk) {
  const auto held = desk.suspended->list(desk.acme, 1).value();
  return held.empty() ? std::string() : held.front().cause;
}

TEST(IntakeRule13, ABlockedAddressOrDomainWaitsWithItsCause) {
  Desk desk;
  list(desk, "Mallory@Spam.example", SenderList::kBlock);
  list(desk, "@evil.example", SenderList::kBlock);
  ASSERT_TRUE(desk.take(mail_from("mallory@spam.example", 1)));
  EXPECT_EQ(cause_of_newest(desk), "blocked");
  ASSERT_TRUE(desk.take(mail_from("eve@mail.evil.example", 2)));
  EXPECT_EQ(desk.suspended->list(desk.acme, 10)->size(), 2U);
  EXPECT_EQ(desk.take(mail_from("mallet@spam.example", 3))->tickets.size(), 1U);
  EXPECT_EQ(desk.take(mail_from("eve@notevil.example", 4))->tickets.size(), 1U);
  ASSERT_TRUE(desk.take(mail_from("eve@evil.example", 5), {"desk@other.example"}));
  EXPECT_TRUE(desk.suspended->list(desk.other, 10)->empty()) << "lists of one workspace are not those of another";
}

TEST(IntakeRule13, AnAllowedSenderIsLetInWhateverTheScoreOnlyWhenProven) {
  Desk desk;
  list(desk, "customer.example", SenderList::kAllow);
  Mail spam = mail_from("ann@customer.example", 1);
  spam.spam = pipeline::SpamAction::kSuspend;
  EXPECT_EQ(desk.take(spam)->tickets.size(), 1U);
  spam.message_id = "n2@customer.example";
  spam.dmarc = AuthResult::kFail;
  ASSERT_TRUE(desk.take(spam));
  EXPECT_EQ(cause_of_newest(desk), "spam") << "anybody can write any From";
}

TEST(IntakeRule13, AllowBeatsBlockAndOnlyTheProvenProfit) {
  Desk desk;
  list(desk, "*", SenderList::kBlock);
  list(desk, "customer.example", SenderList::kAllow);
  EXPECT_EQ(desk.take(mail_from("ann@customer.example", 1))->tickets.size(), 1U);
  Mail forged = mail_from("ann@customer.example", 2);
  forged.dmarc = AuthResult::kNone;
  ASSERT_TRUE(desk.take(forged));
  EXPECT_EQ(cause_of_newest(desk), "blocked");
  ASSERT_TRUE(desk.take(mail_from("bea@else.example", 3)));
  EXPECT_EQ(desk.suspended->list(desk.acme, 10)->size(), 2U);
}

TEST(IntakeRule13, AnEntryMovesChangesAndGoesWithItsEffect) {
  Desk desk;
  SenderLists& lists = desk.helpdesk->senders();
  const ListedSender made = desk.run(lists.add(desk.agent, "spam.example", SenderList::kBlock, "4111111111111111")).value();
  EXPECT_EQ(made.note, "411111******1111") << "what is typed passes the redactor";
  const ListedSender moved = desk.run(lists.add(desk.agent, "SPAM.example", SenderList::kAllow, {})).value();
  EXPECT_EQ(moved.id, made.id);
  EXPECT_EQ(lists.all(desk.acme)->size(), 1U);
  EXPECT_EQ(desk.take(mail_from("x@spam.example", 1))->tickets.size(), 1U);
  ASSERT_TRUE(desk.run(lists.change(desk.agent, made.id, SenderList::kBlock, std::nullopt)));
  ASSERT_TRUE(desk.take(mail_from("x@spam.example", 2)));
  EXPECT_EQ(cause_of_newest(desk), "blocked");
  ASSERT_TRUE(desk.run(lists.remove(desk.agent, made.id)));
  EXPECT_EQ(desk.take(mail_from("x@spam.example", 3))->tickets.size(), 1U);
  EXPECT_THAT(desk.audit_actions(desk.acme), AllOf(Contains("sender.created"), Contains("sender.changed"), Contains("sender.deleted")));
}

TEST(IntakeRule13, WhatIsNoPatternIsRefused) {
  Desk desk;
  for (const char* each : {"", "a b", "a@b@", "x..y", "<a@b.example>", ".example", "4111111111111111@x.example", "a,b"}) {
    EXPECT_EQ(desk.run(desk.helpdesk->senders().add(desk.agent, each, SenderList::kBlock, {})).error(), Errc::kInvalid) << each;
  }
  EXPECT_EQ(normal_sender_pattern(" @Example.COM "), "example.com");
  EXPECT_EQ(normal_sender_pattern("*"), "*");
}

Mail held_mail(int number) {
  Mail mail = mail_from("mallory@spam.example", number);
  mail.spam = pipeline::SpamAction::kSuspend;
  mail.subject = "Secret offer";
  mail.text = std::string(20'000, 'x');  // a blob
  return mail;
}

TEST(IntakeRule13, HeldMailIsErasedAfterItsDaysFromTheDiskToo) {
  Desk desk;
  SuspendedUpkeep& upkeep = desk.helpdesk->suspended_upkeep();
  for (int i = 1; i <= 60; ++i) ASSERT_TRUE(desk.take(held_mail(i)));
  const auto oldest = desk.suspended->list(desk.acme, 100)->back();
  desk.clock.advance(13 * kOneDay);
  for (int i = 61; i <= 63; ++i) ASSERT_TRUE(desk.take(held_mail(i)));
  EXPECT_EQ(desk.run(upkeep.expire(desk.acme, kGoesOn)).value(), 0U);
  desk.clock.advance(kOneDay + std::chrono::minutes(5));
  EXPECT_EQ(desk.run(upkeep.expire(desk.acme, kGoesOn)).value(), 60U);
  EXPECT_EQ(desk.suspended->list(desk.acme, 100)->size(), 3U);
  EXPECT_EQ(desk.run(upkeep.expire(desk.acme, kGoesOn)).value(), 0U);
  EXPECT_EQ(find_trace(*desk.store, *desk.vault, {desk.acme}, oldest.trace)->steps.back().what, "deleted");
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("mail.expired"));
  core::WorkPool pool("purge", 1, 4);
  Purger purger(*desk.store, *desk.vault, desk.ids, desk.clock, pool);
  EXPECT_EQ(purger.pending(desk.acme).value(), 60U);
  EXPECT_EQ(desk.run(purger.run()).value(), 60U);
  EXPECT_THAT(desk.audit_actions(desk.acme), Contains("mail.purged"));
}

TEST(IntakeRule13, AWorkspaceChoosesItsDaysWithinBounds) {
  Desk desk;
  SuspendedUpkeep& upkeep = desk.helpdesk->suspended_upkeep();
  EXPECT_EQ(upkeep.settings(desk.acme)->days, 14U);
  EXPECT_EQ(desk.run(upkeep.set_days(desk.agent, 0)).error(), Errc::kInvalid);
  EXPECT_EQ(desk.run(upkeep.set_days(desk.agent, 91)).error(), Errc::kInvalid);
  ASSERT_TRUE(desk.run(upkeep.set_days(desk.agent, 2)));
  EXPECT_TRUE(upkeep.settings(desk.acme)->is_chosen);
  EXPECT_EQ(upkeep.settings(desk.other)->days, 14U);
  ASSERT_TRUE(desk.take(held_mail(1)));
  desk.clock.advance(3 * kOneDay);
  EXPECT_EQ(desk.run(upkeep.expire(desk.acme, kGoesOn)).value(), 1U);
  ASSERT_TRUE(desk.run(upkeep.set_days(desk.agent, std::nullopt)));
  EXPECT_EQ(upkeep.settings(desk.acme)->days, 14U);
  auth::Principal contact = desk.agent;
  contact.role = auth::Role::kContact;
  EXPECT_EQ(desk.run(upkeep.set_days(contact, 3)).error(), auth::Errc::kForbidden);
}

// One a day, in numbers, to whoever wants it.
TEST(IntakeRule13, TheDigestTellsCountsAndCausesWithoutContent) {
  Desk desk;
  SuspendedUpkeep& upkeep = desk.helpdesk->suspended_upkeep();
  const auto since_midnight = core::to_unix_ms(desk.clock.wall_now()) % (24 * 3600 * 1000);
  desk.clock.advance(kOneDay - std::chrono::milliseconds(since_midnight) + std::chrono::hours(7));
  ASSERT_TRUE(desk.take(held_mail(1)));
  list(desk, "evil.example", SenderList::kBlock);
  ASSERT_TRUE(desk.take(mail_from("eve@evil.example", 2)));
  EXPECT_EQ(desk.run(upkeep.send_digests(desk.acme, kGoesOn)).value(), 0U) << "nobody wants one";
  ASSERT_TRUE(desk.run(upkeep.want_digest(desk.agent, true)));
  EXPECT_EQ(desk.run(upkeep.send_digests(desk.acme, kGoesOn)).value(), 1U);
  EXPECT_EQ(desk.run(upkeep.send_digests(desk.acme, kGoesOn)).value(), 0U) << "once a day";
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].rcpt.to_string(), "bob@staff.example");
  EXPECT_TRUE(sent[0].mail_from.empty());
  EXPECT_THAT(sent[0].message, AllOf(HasSubstr("Auto-Submitted: auto-generated"), HasSubstr("2 messages held back, 2 of them since yesterday"),
                                     HasSubstr("1  looks like spam"), HasSubstr("1  its sender is blocked"),
                                     HasSubstr("https://help.acme.example:8443/suspended")));
  EXPECT_THAT(sent[0].message, AllOf(Not(HasSubstr("Secret")), Not(HasSubstr("mallory")), Not(HasSubstr("evil"))));
  desk.clock.advance(kOneDay);
  EXPECT_EQ(desk.run(upkeep.send_digests(desk.acme, kGoesOn)).value(), 1U);
  ASSERT_TRUE(desk.run(upkeep.want_digest(desk.agent, false)));
  desk.clock.advance(kOneDay);
  EXPECT_EQ(desk.run(upkeep.send_digests(desk.acme, kGoesOn)).value(), 0U);
}

TEST(IntakeRule13, ManyAreRecoveredWithTheirRequestersAndWhatFailsIsNamed) {
  Desk desk;
  for (int i = 1; i <= 3; ++i) {
    Mail mail = held_mail(i);
    mail.from = "c" + std::to_string(i) + "@customer.example";
    ASSERT_TRUE(desk.take(mail));
  }
  std::vector<SuspendedId> ids;
  for (const SuspendedMail& each : desk.suspended->list(desk.acme, 10).value()) ids.push_back({each.trace, each.inbox});
  ASSERT_TRUE(desk.run(desk.suspended->remove(desk.agent, ids[1].trace, ids[1].inbox)));
  const SuspendedMany many = desk.run(desk.suspended->recover_many(desk.agent, ids)).value();
  EXPECT_EQ(many.done, 2U);
  ASSERT_EQ(many.refused.size(), 1U);
  EXPECT_EQ(many.refused[0].id, ids[1]);
  EXPECT_EQ(many.refused[0].why, Errc::kNotFound);
  ASSERT_EQ(many.tickets.size(), 2U);
  const auto requester = desk.accounts->find(desk.acme, desk.ticket(many.tickets[0]).requester).value();
  EXPECT_EQ(requester->email, "c3@customer.example") << "newest first, as listed";
  EXPECT_EQ(desk.run(desk.suspended->recover_many(desk.agent, std::vector<SuspendedId>(101, ids[0]))).error(), Errc::kInvalid);
  EXPECT_EQ(desk.run(desk.suspended->remove_many(desk.agent, ids))->refused.size(), 3U);
}

}  // namespace
}  // namespace postern::ticketing
