// Many recipients at once: what a claim takes, what a reply to many stores, and how their reports get along.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "storage/faulty_store.h"
#include "storage/records.h"
#include "storage/schema/ticket.pb.h"
#include "tests/ticketing/desk.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/services.h"

namespace postern::ticketing {
namespace {

using pipeline::DeliveryOutcome;
using std::chrono::minutes;
using test::Desk;
using test::Mail;

constexpr core::TicketId kFirst{1};

// A ticket with that many participants at the domain, and a reply to them all.
void reply_to_many(Desk& desk, core::TicketId id, int people, const std::string& domain) {
  Mail mail;
  mail.from = "p0@" + domain;
  mail.message_id = std::to_string(id.value) + "@" + domain;
  for (int i = 1; i < people; ++i) mail.cc.push_back({"", {"p" + std::to_string(i), domain}});
  ASSERT_TRUE(desk.take(mail));
  ASSERT_TRUE(desk.reply(id, "To all of you."));
}

std::vector<pipeline::OutboundMessage> claim(Desk& desk, std::size_t most, std::size_t per_domain_max) {
  return desk.run(desk.outbox->claim_due(most, minutes(1), per_domain_max)).value();
}

std::size_t count_of(const std::vector<pipeline::OutboundMessage>& claimed, std::string_view domain) {
  return static_cast<std::size_t>(std::ranges::count(claimed, domain, [](const auto& one) { return one.rcpt.domain; }));
}

std::size_t stored(Desk& desk, core::WorkspaceId workspace, std::uint64_t kind) {
  const std::string prefix = storage::KeyBuilder(workspace, storage::Space::kOutbox).u64(kind).bytes();
  return desk.store->snapshot()->scan(prefix, storage::Direction::kForward, 1000)->size();
}

TEST(OutboxClaim, ASlowDomainLeavesRoomForOthers) {
  Desk desk;
  reply_to_many(desk, kFirst, 5, "slow.example");
  reply_to_many(desk, core::TicketId{2}, 2, "Quick.example");
  const auto first = claim(desk, 4, 2);
  EXPECT_EQ(count_of(first, "slow.example"), 2U);
  EXPECT_EQ(count_of(first, "Quick.example"), 2U);
  EXPECT_TRUE(claim(desk, 4, 2).empty());  // what is out on a lease counts
  const auto one = std::ranges::find(first, "slow.example", [](const auto& message) { return message.rcpt.domain; });
  desk.report(*one, DeliveryOutcome::kDeferred, "451 later");
  EXPECT_EQ(count_of(claim(desk, 4, 2), "slow.example"), 1U);
  desk.clock.advance(minutes(1));  // the leases end
  EXPECT_EQ(claim(desk, 10, 3).size(), 5U);
}

TEST(OutboxClaim, ALongQueueToOneDomainIsPassedOver) {
  Desk desk;
  for (std::uint64_t ticket = 1; ticket <= 6; ++ticket) reply_to_many(desk, core::TicketId{ticket}, 49, "slow.example");
  reply_to_many(desk, core::TicketId{7}, 1, "quick.example");
  const auto claimed = claim(desk, 64, 8);
  EXPECT_EQ(count_of(claimed, "slow.example"), 8U);
  EXPECT_EQ(count_of(claimed, "quick.example"), 1U);
}

TEST(OutboxClaim, ADomainIsBoundedOverAllWorkspaces) {
  Desk desk;
  reply_to_many(desk, kFirst, 3, "slow.example");
  Mail mail;
  mail.from = "q@slow.example";
  ASSERT_TRUE(desk.take(mail, {"desk@other.example"}));
  auth::Principal there = desk.agent;
  there.workspace = desk.other;
  Tickets::Update reply;
  reply.text = "Hello";
  ASSERT_TRUE(desk.run(desk.tickets->update(there, kFirst, reply)));
  EXPECT_EQ(claim(desk, 10, 2).size(), 2U);
  EXPECT_TRUE(claim(desk, 10, 2).empty());
}

TEST(OutboxClaim, AReplyToManyIsStoredOnce) {
  Desk desk;
  Mail mail;
  for (int i = 1; i <= 25; ++i) mail.cc.push_back({"", {"p" + std::to_string(i), "customer.example"}});
  ASSERT_TRUE(desk.take(mail));
  Tickets::Update change;
  change.text = "See the file.";
  change.files = {{"film.bin", "application/octet-stream", std::string(10U << 20U, 'x')}};
  const auto updated = desk.update(kFirst, change);
  ASSERT_TRUE(updated) << updated.error().describe();  // 26 copies would not fit into one transaction
  EXPECT_EQ(stored(desk, desk.acme, keys::kOutboxEntry), 26U);
  EXPECT_EQ(stored(desk, desk.acme, keys::kOutboxBody), 1U);
  EXPECT_EQ(stored(desk, desk.acme, keys::kOutboxMessage), 0U);
  const auto sent = desk.run(desk.outbox->claim_due(2, minutes(1))).value();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_NE(sent[0].mail_from, sent[1].mail_from);
  for (const auto& one : sent) {
    EXPECT_EQ(test::header_of(one.message, "Reply-To"), "\"Acme Support\" <" + one.mail_from.to_string() + ">");
  }
  const auto rest = [](const std::string& message) { return message.substr(message.find("\r\n")); };
  EXPECT_TRUE(rest(sent[0].message) == rest(sent[1].message));
  EXPECT_EQ(rest(sent[0].message).find("\r\nReply-To:"), std::string::npos);
}

TEST(OutboxClaim, TheSharedBodyGoesWithTheLastEntry) {
  Desk desk;
  reply_to_many(desk, kFirst, 3, "customer.example");
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 3U);
  desk.report(sent[0], DeliveryOutcome::kDelivered);
  desk.report(sent[1], DeliveryOutcome::kDeferred, "451 later");
  desk.report(sent[2], DeliveryOutcome::kFailed, "550 no");
  EXPECT_EQ(stored(desk, desk.acme, keys::kOutboxBody), 1U);
  desk.clock.advance(minutes(5));
  const auto again = desk.claim();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].message, sent[1].message);
  desk.report(again[0], DeliveryOutcome::kDelivered);
  EXPECT_EQ(stored(desk, desk.acme, keys::kOutboxBody), 0U);
  EXPECT_EQ(stored(desk, desk.acme, keys::kOutboxEntry), 0U);
  EXPECT_EQ(desk.comments(desk.acme, kFirst)->back().delivery, "failed");
}

// They all write the same ticket and comment; a report that is lost means that the mail is sent again.
TEST(OutboxClaim, ReportsOfOneReplyGetAlong) {
  Desk desk;
  reply_to_many(desk, kFirst, 40, "customer.example");
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 40U);
  boost::asio::io_context io;
  std::size_t kept = 0;
  for (const auto& one : sent) {
    pipeline::DeliveryReport report;
    report.outcome = DeliveryOutcome::kDelivered;
    boost::asio::co_spawn(io, desk.outbox->report(one.workspace, one.id, report),
                          [&](std::exception_ptr, core::Result<void> result) { kept += result ? 1 : 0; });
  }
  io.run();
  EXPECT_EQ(kept, 40U);
  EXPECT_EQ(desk.comments(desk.acme, kFirst)->back().delivery, "delivered");
  EXPECT_TRUE(desk.outbox->list(desk.acme, 100)->empty());
  EXPECT_EQ(stored(desk, desk.acme, keys::kOutboxBody), 0U);
}

TEST(OutboxClaim, AReportOutlastsManyLostRaces) {
  Desk desk;
  reply_to_many(desk, kFirst, 1, "customer.example");
  const auto sent = desk.claim().at(0);
  std::vector<std::unique_ptr<storage::FaultyStore>> races;  // each loses one
  storage::Store* store = desk.store.get();
  for (int i = 0; i < 39; ++i) {
    races.push_back(std::make_unique<storage::FaultyStore>(*store, storage::FaultyStore::Fault::kConflict, 0));
    store = races.back().get();
  }
  Outbox contended(*store, *desk.vault, *desk.directory, desk.ids, desk.clock, Desk::options());
  pipeline::DeliveryReport report;
  report.outcome = DeliveryOutcome::kDelivered;
  EXPECT_TRUE(desk.run(contended.report(sent.workspace, sent.id, report)));
  EXPECT_EQ(desk.comments(desk.acme, kFirst)->back().delivery, "delivered");
}

// As the version before wrote it: the message in a record of its own, an index entry without a value.
TEST(OutboxClaim, EntriesOfAnOlderVersionAreDelivered) {
  Desk desk;
  reply_to_many(desk, kFirst, 2, "customer.example");
  reply_to_many(desk, core::TicketId{2}, 1, "elsewhere.example");
  const QueueEntry old = desk.outbox->list(desk.acme, 10)->at(0);
  auto transaction = desk.store->begin();
  const std::string key = keys::outbox(desk.acme, old.id);
  schema::OutboxEntry entry;
  ASSERT_TRUE(storage::open_record(*desk.vault, desk.acme, key, transaction.get(key)->value(), entry));
  entry.clear_header();
  schema::OutboxMessage message;
  message.set_message("Subject: old\r\n\r\nold\r\n");
  ASSERT_TRUE(storage::put_sealed(transaction, *desk.vault, desk.acme, key, entry));
  ASSERT_TRUE(storage::put_sealed(transaction, *desk.vault, desk.acme, keys::outbox_message(desk.acme, old.id), message));
  transaction.put(keys::due(desk.acme, entry.due_unix_ms(), old.id), {});
  ASSERT_TRUE(desk.run(desk.store->commit(std::move(transaction))));

  const auto claimed = claim(desk, 10, 1);
  ASSERT_EQ(claimed.size(), 2U);  // its domain is known all the same
  EXPECT_EQ(claimed[0].id, old.id);
  EXPECT_EQ(claimed[0].message, "Subject: old\r\n\r\nold\r\n");
  desk.report(claimed[0], DeliveryOutcome::kDelivered);
  EXPECT_EQ(stored(desk, desk.acme, keys::kOutboxMessage), 0U);
  EXPECT_EQ(claim(desk, 10, 1).size(), 1U);
}

}  // namespace
}  // namespace postern::ticketing
