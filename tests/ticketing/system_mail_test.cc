// Mail of the system in the queue, and entries that cannot be read: neither may hold up the mail of tickets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/records.h"
#include "storage/schema/ticket.pb.h"
#include "tests/ticketing/desk.h"
#include "ticketing/detail/keys.h"

namespace postern::ticketing {
namespace {

using pipeline::DeliveryOutcome;
using std::chrono::hours;
using std::chrono::minutes;
using test::Desk;

SystemMail report_mail(const Desk& desk) {
  SystemMail out;
  out.workspace = desk.acme;
  out.purpose = "DMARC report example.com 2026-11-21";
  out.mail_from = {"noreply", "acme.example"};
  out.rcpt = {"rua", "example.com"};
  out.from_domain = "ACME.example";
  out.message = "Subject: report\r\n\r\nbody\r\n";
  return out;
}

std::size_t queue_records(Desk& desk) {
  const std::string prefix = storage::KeyBuilder(desk.acme, storage::Space::kOutbox).bytes();
  return desk.store->snapshot()->scan(prefix, storage::Direction::kForward, 1000)->size();
}

void put_garbage(Desk& desk, std::string key) {
  auto transaction = desk.store->begin();
  transaction.put(std::move(key), "no sealed record at all, but long enough to look like one");
  ASSERT_TRUE(desk.run(desk.store->commit(std::move(transaction))));
}

TEST(SystemMail, IsDeliveredWithoutATicket) {
  Desk desk;
  const auto id = desk.run(desk.outbox->post(report_mail(desk)));
  ASSERT_TRUE(id) << id.error().describe();
  const auto listed = desk.outbox->list(desk.acme, 10).value();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].id, *id);
  EXPECT_FALSE(listed[0].ticket);
  EXPECT_EQ(listed[0].purpose, "DMARC report example.com 2026-11-21");
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].message, "Subject: report\r\n\r\nbody\r\n");
  EXPECT_EQ(sent[0].mail_from.to_string(), "noreply@acme.example");
  EXPECT_EQ(sent[0].from_domain, "acme.example");
  EXPECT_FALSE(sent[0].needs_smtputf8);
  desk.report(sent[0], DeliveryOutcome::kDelivered);
  desk.report(sent[0], DeliveryOutcome::kDelivered);  // may be repeated
  EXPECT_EQ(queue_records(desk), 0U);
  EXPECT_TRUE(desk.tickets->list(desk.acme, {})->tickets.empty());
  const Trace trace = find_trace(*desk.store, *desk.vault, {desk.acme}, core::TraceId{id->value}).value();
  EXPECT_TRUE(trace.tickets.empty());
  ASSERT_EQ(trace.steps.size(), 2U);
  EXPECT_EQ(trace.steps[0].detail, "DMARC report example.com 2026-11-21");
  EXPECT_EQ(trace.steps[1].what, "delivered");
}

TEST(SystemMail, IsGivenUpAtItsOwnTime) {
  Desk desk;
  ASSERT_TRUE(desk.run(desk.outbox->post(report_mail(desk))));
  int attempts = 0;
  for (; attempts < 100; ++attempts) {
    const auto sent = desk.claim();
    if (sent.empty() && queue_records(desk) == 0) break;
    for (const auto& one : sent) desk.report(one, DeliveryOutcome::kDeferred, "451 later");
    desk.clock.advance(hours(4));
  }
  EXPECT_GT(attempts, 3);
  EXPECT_LE(attempts, 8);  // a day of four-hour pauses, not the five days of replies
  EXPECT_EQ(queue_records(desk), 0U);
}

TEST(SystemMail, AnOperatorMayHoldAndDropIt) {
  Desk desk;
  const auto id = desk.run(desk.outbox->post(report_mail(desk))).value();
  ASSERT_TRUE(desk.run(desk.outbox->hold(desk.agent, id, true)));
  EXPECT_TRUE(desk.claim().empty());
  ASSERT_TRUE(desk.run(desk.outbox->drop(desk.agent, id)));
  EXPECT_EQ(queue_records(desk), 0U);
}

TEST(SystemMail, ItsAddressesAreChecked) {
  Desk desk;
  for (const char* local : {"", "a\r\nb", "a b", "<a>"}) {
    SystemMail mail = report_mail(desk);
    mail.rcpt.local = local;
    EXPECT_EQ(desk.run(desk.outbox->post(mail)).error(), Errc::kInvalid) << local;
  }
  SystemMail mail = report_mail(desk);
  mail.mail_from = {};
  EXPECT_TRUE(desk.run(desk.outbox->post(mail)));
  EXPECT_TRUE(desk.claim().at(0).mail_from.empty());
}

// One unreadable record must not keep all others from being delivered.
TEST(DamagedQueueEntry, IsPassedOverAndStaysListed) {
  Desk desk;
  const auto bad = desk.run(desk.outbox->post(report_mail(desk))).value();
  desk.clock.advance(minutes(1));
  const auto good = desk.run(desk.outbox->post(report_mail(desk))).value();
  put_garbage(desk, keys::outbox(desk.acme, bad));
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].id, good);
  desk.report(sent[0], DeliveryOutcome::kDelivered);
  EXPECT_FALSE(desk.outbox->next_due());  // not looked at again and again
  const auto listed = desk.outbox->list(desk.acme, 10).value();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_TRUE(listed[0].is_damaged);
  EXPECT_EQ(listed[0].id, bad);
  EXPECT_FALSE(desk.run(desk.outbox->retry_now(desk.agent, bad)));
  ASSERT_TRUE(desk.run(desk.outbox->drop(desk.agent, bad)));
  EXPECT_EQ(queue_records(desk), 0U);
}

TEST(DamagedQueueEntry, MayBeTheMessageOrAnOlderVersions) {
  Desk desk;
  const auto no_body = desk.run(desk.outbox->post(report_mail(desk))).value();
  const auto bad_body = desk.run(desk.outbox->post(report_mail(desk))).value();
  const auto old = desk.run(desk.outbox->post(report_mail(desk))).value();
  const auto good = desk.run(desk.outbox->post(report_mail(desk))).value();
  const auto due = desk.outbox->list(desk.acme, 10)->at(0).due_unix_ms;
  put_garbage(desk, keys::outbox_message(desk.acme, bad_body));
  put_garbage(desk, keys::outbox(desk.acme, old));
  auto transaction = desk.store->begin();
  transaction.erase(keys::outbox_message(desk.acme, no_body));
  transaction.put(keys::due(desk.acme, due, old), {});  // an older version wrote no digest: the claim reads the record early
  ASSERT_TRUE(desk.run(desk.store->commit(std::move(transaction))));
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].id, good);
  desk.report(sent[0], DeliveryOutcome::kDelivered);
  EXPECT_FALSE(desk.outbox->next_due());
  EXPECT_EQ(desk.outbox->list(desk.acme, 10)->size(), 3U);
}

// An entry that was only out of reach for a while comes back when an operator says so.
TEST(DamagedQueueEntry, ComesBackWhenItCanBeReadAgain) {
  Desk desk;
  const auto id = desk.run(desk.outbox->post(report_mail(desk))).value();
  const std::string key = keys::outbox(desk.acme, id);
  const std::string record = desk.store->snapshot()->get(key)->value();
  put_garbage(desk, key);
  EXPECT_TRUE(desk.claim().empty());
  auto transaction = desk.store->begin();
  transaction.put(key, record);
  ASSERT_TRUE(desk.run(desk.store->commit(std::move(transaction))));
  EXPECT_TRUE(desk.claim().empty());
  ASSERT_TRUE(desk.run(desk.outbox->retry_now(desk.agent, id)));
  EXPECT_EQ(desk.claim().size(), 1U);
}

}  // namespace
}  // namespace postern::ticketing
