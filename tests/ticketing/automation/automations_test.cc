// Automations: to the second, once, whatever happens in between.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/faulty_store.h"
#include "tests/ticketing/automation/rule_desk.h"
#include "ticketing/automation/automation_review.h"
#include "ticketing/automation/keys.h"

namespace postern::ticketing {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::kFirst;
using test::RuleDesk;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::size_t due_entries(RuleDesk& desk) {
  return desk.store->snapshot()->scan(keys::rule_due_prefix(desk.acme), storage::Direction::kForward, 1000)->size();
}

void set_status(RuleDesk& desk, Status status) {
  Tickets::Update change;
  change.status = status;
  ASSERT_TRUE(desk.run(desk.tickets->update(desk.agent, kFirst, change)));
}

TEST(Automations, FireToTheSecondAndEndByTheirAction) {
  RuleDesk desk;
  desk.automation({{"status", "is", "solved"}, {"SOLVED", "greater_than", "96"}}, {{"status", "closed"}});
  ASSERT_TRUE(desk.take({}));
  set_status(desk, Status::kSolved);
  desk.tick();
  desk.clock.advance(hours(96) - seconds(1));
  EXPECT_EQ(desk.tick(), 0U);
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kSolved);
  desk.clock.advance(seconds(2));
  EXPECT_EQ(desk.tick(), 1U);
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kClosed);
  EXPECT_THAT(desk.details(kFirst, "automation"), HasSubstr("because: status is solved; SOLVED greater_than 96\ndid: status closed"));
  EXPECT_EQ(due_entries(desk), 0U);
}

TEST(Automations, ADryRunTellsWhatFiresNowAndWhenItLooksAgainAndStoresNothing) {
  RuleDesk desk;
  ASSERT_TRUE(desk.take({}));
  ASSERT_TRUE(desk.take(test::mail_of("m9", "Refund", "zoe@customer.example")));
  ASSERT_TRUE(desk.take(test::mail_of("m10", "Old", "zoe@customer.example")));
  set_status(desk, Status::kSolved);
  desk.clock.advance(hours(97));
  Tickets::Update solve;
  solve.status = Status::kSolved;
  ASSERT_TRUE(desk.run(desk.tickets->update(desk.agent, core::TicketId{2}, solve)));
  solve.status = Status::kClosed;
  ASSERT_TRUE(desk.run(desk.tickets->update(desk.agent, core::TicketId{3}, solve)));
  schema::Automation draft;
  test::write_rule(draft, "Draft", {{"status", "is", "solved"}, {"SOLVED", "greater_than", "96"}}, {{"status", "closed"}});
  const auto& parts = desk.helpdesk->automations().parts();
  ASSERT_TRUE(prepare_automation(parts, desk.acme, draft));
  const auto sequence = desk.store->last_sequence(desk.acme);
  const AutomationDryRun run = dry_run(parts, desk.acme, draft, 100).value();
  EXPECT_EQ(run.looked_at, 2U) << "closed ones are over";
  ASSERT_EQ(run.firing.size(), 1U);
  EXPECT_EQ(run.firing[0].ticket, kFirst);
  EXPECT_EQ(run.firing[0].after.status, Status::kClosed);
  EXPECT_EQ(run.firing[0].conditions.size(), 2U);
  ASSERT_EQ(run.upcoming.size(), 1U);
  EXPECT_EQ(run.upcoming[0].ticket, core::TicketId{2});
  const std::int64_t now = core::to_unix_ms(desk.clock.wall_now());
  EXPECT_GT(run.upcoming[0].at_unix_ms, now + 95 * 3'600'000LL);
  EXPECT_LE(run.upcoming[0].at_unix_ms, now + 97 * 3'600'000LL);
  EXPECT_EQ(desk.store->last_sequence(desk.acme), sequence);
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kSolved);
  EXPECT_EQ(dry_run(parts, desk.acme, draft, 0).error(), Errc::kInvalid);
  schema::Automation endless;
  test::write_rule(endless, "Endless", {{"SOLVED", "greater_than", "96"}}, {{"current_tags", "old"}});
  EXPECT_EQ(prepare_automation(parts, desk.acme, endless).error(), Errc::kInvalid);
}

TEST(Automations, StartAgainWhenTheMomentMoves) {
  RuleDesk desk;
  desk.automation({{"status", "is", "pending"}, {"PENDING", "is", "24"}}, {{"current_tags", "waiting"}});
  ASSERT_TRUE(desk.take({}));
  set_status(desk, Status::kPending);
  desk.tick();
  desk.clock.advance(hours(23));
  set_status(desk, Status::kOpen);
  set_status(desk, Status::kPending);
  desk.clock.advance(hours(2));
  EXPECT_EQ(desk.tick(), 0U);
  desk.clock.advance(hours(22));
  EXPECT_EQ(desk.tick(), 1U);
  EXPECT_THAT(desk.ticket(kFirst).tags, ElementsAre("waiting"));
}

TEST(Automations, FireOnceWhileTheyHoldAndAgainWhenTheyHoldAgain) {
  RuleDesk desk;
  const std::uint64_t id = desk.automation({{"status", "is", "open"}, {"OPEN", "is", "1"}}, {{"comment_value", "An hour is over."}});
  ASSERT_TRUE(desk.take({}));
  set_status(desk, Status::kOpen);
  desk.tick();
  for (int minute = 0; minute < 180; minute += 5) {
    desk.clock.advance(minutes(5));
    desk.tick();
  }
  EXPECT_EQ(desk.count_events(kFirst, "automation"), 1U);
  set_status(desk, Status::kPending);
  set_status(desk, Status::kOpen);
  desk.clock.advance(minutes(61));
  desk.tick();
  EXPECT_EQ(desk.count_events(kFirst, "automation"), 2U);
  EXPECT_EQ(rule_use(desk.helpdesk->automations().parts(), desk.acme, id)->ever, 2U);
}

TEST(Automations, MustEnd) {
  RuleDesk desk;
  EXPECT_EQ(desk.try_automation({{"status", "is", "open"}}, {{"current_tags", "x"}}).error(), Errc::kInvalid);
  EXPECT_EQ(desk.try_automation({{"SOLVED", "greater_than", "5"}}, {{"priority", "low"}}).error(), Errc::kInvalid);
  EXPECT_EQ(desk.try_automation({{"status", "less_than", "solved"}, {"OPEN", "greater_than", "5"}}, {{"status", "pending"}}).error(), Errc::kInvalid);
  EXPECT_EQ(desk.try_automation({{"current_tags", "includes", "x"}}, {{"current_tags", "y"}}).error(), Errc::kInvalid);
  EXPECT_TRUE(desk.try_automation({{"status", "less_than", "solved"}}, {{"status", "solved"}}));
  EXPECT_TRUE(desk.try_automation({{"current_tags", "not_includes", "x"}}, {{"current_tags", "x"}}));
  EXPECT_TRUE(desk.try_automation({{"current_tags", "includes", "x"}}, {{"remove_tags", "x"}}));
  EXPECT_TRUE(desk.try_automation({{"OPEN", "is", "5"}}, {{"priority", "low"}}));
}

TEST(Automations, FindTicketsOfBefore) {
  RuleDesk desk;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(desk.take(test::mail_of("m" + std::to_string(i))));
  const std::uint64_t id = desk.automation({{"status", "is", "new"}, {"NEW", "greater_than", "1"}, {"current_tags", "not_includes", "old"}}, {{"current_tags", "old"}});
  desk.tick();
  EXPECT_EQ(due_entries(desk), 5U);
  desk.clock.advance(hours(2));
  EXPECT_EQ(desk.tick(), 5U);
  EXPECT_THAT(desk.ticket(core::TicketId{5}).tags, ElementsAre("old"));
  ASSERT_TRUE(desk.run(desk.helpdesk->automations().erase(desk.agent, id)));
  desk.tick();
  EXPECT_EQ(due_entries(desk), 0U);
}

// Whatever is saved: the index says when to look next, so that looking at all tickets would find nothing that it did not.
TEST(Automations, TheIndexHoldsOneEntryATicketWhateverIsSaved) {
  RuleDesk desk;
  desk.automation({{"OPEN", "is", "3"}}, {{"priority", "high"}});
  desk.automation({{"status", "is", "pending"}, {"PENDING", "greater_than", "2"}}, {{"status", "open"}});
  ASSERT_TRUE(desk.take({}));
  for (const Status status : {Status::kOpen, Status::kPending, Status::kOpen, Status::kSolved, Status::kPending}) {
    desk.clock.advance(minutes(50));
    set_status(desk, status);
    EXPECT_LE(due_entries(desk), 1U);
  }
  desk.tick();
  desk.clock.advance(hours(2) + seconds(1));
  desk.tick();
  EXPECT_EQ(desk.ticket(kFirst).status, Status::kOpen);
  desk.clock.advance(hours(3));
  desk.tick();
  EXPECT_EQ(desk.ticket(kFirst).priority, Priority::kHigh);
}

TEST(Automations, StartTriggersOnce) {
  RuleDesk desk;
  desk.trigger({{"priority", "value", "urgent"}}, {{"current_tags", "escalated"}});
  desk.automation({{"NEW", "is", "1"}}, {{"priority", "urgent"}});
  ASSERT_TRUE(desk.take({}));
  desk.tick();
  desk.clock.advance(minutes(61));
  EXPECT_EQ(desk.tick(), 1U);
  EXPECT_THAT(desk.ticket(kFirst).tags, ElementsAre("escalated"));
  EXPECT_EQ(desk.count_events(kFirst, "trigger"), 1U);
}

class AutomationFaults : public testing::TestWithParam<storage::FaultyStore::Fault> {};

// Whatever fails, the next round makes up for it, and nothing is done twice.
TEST_P(AutomationFaults, LeaveNothingHalfDoneAndNothingDoneTwice) {
  for (std::size_t fail_at = 0;; ++fail_at) {
    ASSERT_LT(fail_at, 200U);
    RuleDesk desk;
    desk.automation({{"NEW", "is", "1"}}, {{"comment_value", "An hour."}, {"notification_user", "all_agents", "S", "B"}});
    ASSERT_TRUE(desk.take({}));
    desk.tick();
    desk.clock.advance(minutes(61));
    storage::FaultyStore faulty(*desk.store, GetParam(), fail_at);
    const Services& real = desk.helpdesk->services();
    const Services with({faulty, real.vault, real.directory, real.ids, real.clock, real.options, real.hooks}, real.accounts);
    Automations automations(RuleParts{with, desk.redactor, &desk.helpdesk->groups(), &desk.helpdesk->fields(), nullptr});
    const std::atomic<bool> is_stopping{false};
    static_cast<void>(desk.run(automations.fire_due(desk.acme, is_stopping)));
    const std::size_t notes = desk.comments(desk.acme, kFirst)->size() - 1;
    EXPECT_EQ(desk.count_events(kFirst, "automation"), notes);
    static_cast<void>(desk.run(automations.fire_due(desk.acme, is_stopping)));
    static_cast<void>(desk.run(automations.fire_due(desk.acme, is_stopping)));
    EXPECT_EQ(desk.comments(desk.acme, kFirst)->size(), 2U);
    EXPECT_EQ(desk.count_events(kFirst, "automation"), 1U);
    EXPECT_EQ(desk.claim().size(), 1U);
    if (faulty.exhausted()) break;
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, AutomationFaults,
                         testing::Values(storage::FaultyStore::Fault::kBeforeCommit, storage::FaultyStore::Fault::kConflict,
                                         storage::FaultyStore::Fault::kRead));

TEST(Automations, InactiveOnesDoNothing) {
  RuleDesk desk;
  const std::uint64_t id = desk.automation({{"NEW", "is", "1"}}, {{"priority", "urgent"}});
  auto stop = [](schema::Automation& automation) -> core::Result<void> {
    automation.set_is_active(false);
    return {};
  };
  ASSERT_TRUE(desk.run(desk.helpdesk->automations().save(desk.agent, id, stop)));
  ASSERT_TRUE(desk.take({}));
  desk.tick();
  desk.clock.advance(minutes(61));
  EXPECT_EQ(desk.tick(), 0U);
  EXPECT_EQ(desk.ticket(kFirst).priority, Priority::kNone);
}

}  // namespace
}  // namespace postern::ticketing
