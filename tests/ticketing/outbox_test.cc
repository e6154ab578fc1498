#include "ticketing/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ticketing/detail/due_index.h"
#include "tests/ticketing/desk.h"

namespace postern::ticketing {
namespace {

using pipeline::DeliveryOutcome;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::Desk;
using testing::Contains;
using testing::HasSubstr;

constexpr core::TicketId kFirst{1};

void queue_one(Desk& desk) {
  ASSERT_TRUE(desk.take({}));
  ASSERT_TRUE(desk.reply(kFirst, "Try again."));
}

std::string delivery(Desk& desk) { return desk.comments(desk.acme, kFirst)->back().delivery; }

TEST(Outbox, LeasesAnEntryToOneCallerAtATime) {
  Desk desk;
  queue_one(desk);
  EXPECT_EQ(desk.claim().size(), 1U);
  EXPECT_TRUE(desk.claim().empty());
  EXPECT_EQ(desk.outbox->next_due().value(), desk.clock.wall_now() + minutes(1));
  desk.clock.advance(minutes(1));  // the caller died
  EXPECT_EQ(desk.claim().size(), 1U);
}

// RFC 8689 section 5: what answers a message is as private as it was.
TEST(Outbox, WhatAnswersMailWithRequireTlsHasItToo) {
  Desk desk;
  pipeline::Envelope envelope = desk.envelope({}, {"support@acme.example"});
  envelope.requires_tls = true;
  ASSERT_TRUE(desk.run(desk.intake->accept(std::move(envelope), test::Mail().build())));
  ASSERT_TRUE(desk.reply(kFirst, "Try again."));
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_TRUE(sent[0].requires_tls);
  ASSERT_TRUE(desk.take(test::answer()));  // the answer came without: the conversation quotes what came with it
  ASSERT_TRUE(desk.reply(kFirst, "And again."));
  for (const auto& each : desk.claim()) EXPECT_TRUE(each.requires_tls);
}

TEST(Outbox, WhatAnswersOtherMailAsksForNoTls) {
  Desk desk;
  queue_one(desk);
  EXPECT_FALSE(desk.claim().at(0).requires_tls);
}

TEST(Outbox, DeliveredEntriesEndWithAnEvent) {
  Desk desk;
  queue_one(desk);
  const auto sent = desk.claim();
  desk.report(sent.at(0), DeliveryOutcome::kDelivered);
  EXPECT_EQ(delivery(desk), "delivered");
  EXPECT_THAT(desk.event_kinds(kFirst), Contains("delivered"));
  EXPECT_THAT(desk.events(desk.acme, kFirst)->back().detail, HasSubstr("mx.customer.example"));
  EXPECT_FALSE(desk.outbox->next_due());
  EXPECT_TRUE(desk.outbox->list(desk.acme, 10)->empty());
  const auto version = desk.ticket(kFirst).version;
  desk.report(sent.at(0), DeliveryOutcome::kDelivered);  // a late second report changes nothing
  EXPECT_EQ(desk.ticket(kFirst).version, version);
}

TEST(Outbox, DeferredEntriesBackOffFrom5MinutesTo4HoursAndEndAfter5Days) {
  Desk desk;
  queue_one(desk);
  const auto created = desk.clock.wall_now();
  std::vector<std::int64_t> waits;
  for (;;) {
    const auto sent = desk.claim();
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].attempts, waits.size());
    desk.report(sent[0], DeliveryOutcome::kDeferred, "451 later");
    const auto due = desk.outbox->next_due();
    if (!due) break;
    EXPECT_EQ(delivery(desk), "deferred");
    waits.push_back(std::chrono::duration_cast<minutes>(*due - desk.clock.wall_now()).count());
    desk.clock.advance(*due - desk.clock.wall_now());
  }
  ASSERT_GE(waits.size(), 8U);
  EXPECT_THAT(std::vector(waits.begin(), waits.begin() + 8), testing::ElementsAre(5, 10, 20, 40, 80, 160, 240, 240));
  EXPECT_LE(desk.clock.wall_now() - created, hours(120));
  EXPECT_GT(desk.clock.wall_now() - created, hours(115));
  EXPECT_EQ(delivery(desk), "failed");
  EXPECT_EQ(desk.events(desk.acme, kFirst)->back().kind, "delivery_failed");
}

TEST(Outbox, RefusedEntriesTellTheTicket) {
  Desk desk;
  queue_one(desk);
  const auto before = desk.ticket(kFirst).updated_unix_ms;
  desk.clock.advance(seconds(5));
  desk.report(desk.claim().at(0), DeliveryOutcome::kFailed, "550 5.1.1 no such user");
  EXPECT_EQ(delivery(desk), "failed");
  EXPECT_THAT(desk.events(desk.acme, kFirst)->back().detail, HasSubstr("550 5.1.1"));
  EXPECT_GT(desk.ticket(kFirst).updated_unix_ms, before);
  EXPECT_FALSE(desk.outbox->next_due());
}

TEST(Outbox, OperatorsHoldRetryAndDrop) {
  Desk desk;
  queue_one(desk);
  const auto id = desk.outbox->list(desk.acme, 10)->at(0).id;
  EXPECT_TRUE(desk.outbox->list(desk.other, 10)->empty());
  auth::Principal agent = desk.agent;
  agent.role = auth::Role::kAgent;
  EXPECT_EQ(desk.run(desk.outbox->hold(agent, id, true)).error(), auth::Errc::kForbidden);
  auth::Principal stranger = desk.agent;
  stranger.workspace = desk.other;
  EXPECT_EQ(desk.run(desk.outbox->drop(stranger, id)).error(), Errc::kNotFound);

  ASSERT_TRUE(desk.run(desk.outbox->hold(desk.agent, id, true)));
  EXPECT_FALSE(desk.outbox->next_due());
  EXPECT_TRUE(desk.claim().empty());
  EXPECT_EQ(desk.run(desk.outbox->retry_now(desk.agent, id)).error(), Errc::kInvalid);
  ASSERT_TRUE(desk.run(desk.outbox->hold(desk.agent, id, false)));
  desk.report(desk.claim().at(0), DeliveryOutcome::kDeferred);
  EXPECT_TRUE(desk.claim().empty());
  ASSERT_TRUE(desk.run(desk.outbox->retry_now(desk.agent, id)));
  EXPECT_EQ(desk.claim().size(), 1U);
  desk.clock.advance(minutes(1));  // the attempt came to nothing
  ASSERT_TRUE(desk.run(desk.outbox->drop(desk.agent, id)));
  EXPECT_TRUE(desk.outbox->list(desk.acme, 10)->empty());
  EXPECT_EQ(delivery(desk), "failed");
  for (const char* action : {"queue.hold", "queue.release", "queue.retry", "queue.drop"}) {
    EXPECT_THAT(desk.audit_actions(desk.acme), Contains(action));
  }
}

TEST(Outbox, OperatorsLeaveARunningAttemptAlone) {
  Desk desk;
  queue_one(desk);
  const auto sent = desk.claim().at(0);
  EXPECT_EQ(desk.run(desk.outbox->retry_now(desk.agent, sent.id)).error(), Errc::kConflict);
  EXPECT_EQ(desk.run(desk.outbox->hold(desk.agent, sent.id, true)).error(), Errc::kConflict);
  EXPECT_EQ(desk.run(desk.outbox->hold(desk.agent, sent.id, false)).error(), Errc::kConflict);
  EXPECT_EQ(desk.run(desk.outbox->drop(desk.agent, sent.id)).error(), Errc::kConflict);
  EXPECT_TRUE(desk.claim().empty());
  EXPECT_GT(desk.outbox->list(desk.acme, 10)->at(0).leased_until_unix_ms, 0);
  desk.report(sent, DeliveryOutcome::kDelivered);
  EXPECT_EQ(delivery(desk), "delivered");
}

TEST(Outbox, WhatIsGivenBackIsDueAtOnce) {
  Desk desk;
  queue_one(desk);
  const auto sent = desk.claim().at(0);
  ASSERT_TRUE(desk.run(desk.outbox->release(sent.workspace, sent.id)));
  EXPECT_EQ(desk.outbox->list(desk.acme, 10)->at(0).leased_until_unix_ms, 0);
  const auto again = desk.claim();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].attempts, 0U);
  desk.report(again[0], DeliveryOutcome::kDeferred, "451 later");
  ASSERT_TRUE(desk.run(desk.outbox->release(sent.workspace, sent.id)));  // not leased: nothing to give back
  EXPECT_TRUE(desk.claim().empty());
  desk.clock.advance(minutes(5));
  desk.report(desk.claim().at(0), DeliveryOutcome::kDelivered);
  EXPECT_TRUE(desk.run(desk.outbox->release(sent.workspace, sent.id)));  // gone
}

TEST(Outbox, ARepeatedReportCountsOnce) {
  Desk desk;
  queue_one(desk);
  const auto sent = desk.claim().at(0);
  desk.report(sent, DeliveryOutcome::kDeferred, "451 later");
  const auto before = desk.outbox->list(desk.acme, 10)->at(0);
  desk.clock.advance(seconds(30));
  desk.report(sent, DeliveryOutcome::kDeferred, "451 later");
  const auto after = desk.outbox->list(desk.acme, 10)->at(0);
  EXPECT_EQ(after.attempts, 1U);
  EXPECT_EQ(after.due_unix_ms, before.due_unix_ms);
}

TEST(Outbox, EachReplyHasATraceUnderItsQueueId) {
  Desk desk;
  queue_one(desk);
  auto sent = desk.claim().at(0);
  desk.report(sent, DeliveryOutcome::kDeferred, "451 later");
  desk.clock.advance(minutes(5));
  sent = desk.claim().at(0);
  desk.report(sent, DeliveryOutcome::kDelivered, "250 taken");
  const auto trace = find_trace(*desk.store, *desk.vault, {desk.acme}, core::TraceId{sent.id.value}).value();
  EXPECT_THAT(trace.tickets, testing::ElementsAre(1U));
  EXPECT_EQ(trace.size, sent.message.size());
  std::vector<std::string> steps;
  for (const auto& step : trace.steps) steps.push_back(step.what);
  EXPECT_THAT(steps, testing::ElementsAre("queued", "deferred", "delivered"));
  EXPECT_THAT(trace.steps[1].detail, HasSubstr("451 later"));
}

TEST(Outbox, WakesTheDelivererOnCommit) {
  Desk desk;
  int woken = 0;
  desk.outbox->on_due([&] { ++woken; });
  queue_one(desk);
  EXPECT_GE(woken, 2);
}

// Mail that comes in changes no queue: whoever delivers is not woken by it, or a scan of the queue would be part of every message.
TEST(Outbox, CommitsLongAfterTheLastChangeOfTheQueueWakeNobody) {
  Desk desk;
  queue_one(desk);
  const core::Instant now = core::system_clock().now();
  EXPECT_TRUE(may_have_changed_due(now));
  EXPECT_TRUE(may_have_changed_due(now + kChangeStands - std::chrono::seconds(1)));
  EXPECT_FALSE(may_have_changed_due(now + kChangeStands + std::chrono::seconds(1)));
}

}  // namespace
}  // namespace postern::ticketing
