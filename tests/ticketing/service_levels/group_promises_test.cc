// Group SLAs: how long a group keeps a ticket; and what triggers may ask of promises.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ticketing/automation/rule_desk.h"
#include "ticketing/people/groups.h"
#include "ticketing/service_levels/metric_events.h"
#include "ticketing/service_levels/service_levels.h"

namespace postern::ticketing {
namespace {

using std::chrono::minutes;
using test::kFirst;
using test::RuleWords;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class GroupSlaDesk : public test::RuleDesk {
 public:
  GroupSlaDesk() : tier_one(group("Tier one")), tier_two(group("Tier two")) {}
  std::uint64_t group(const std::string& name) {
    Groups::Change made;
    made.name = name;
    return run(helpdesk->groups().create(agent, made))->id;
  }
  core::Result<schema::SlaPolicy> try_policy(SlaPolicies& book, const std::vector<RuleWords>& all, SlaMetric metric, std::int64_t target_minutes,
                                             Priority priority = Priority::kNormal) {
    auto edit = [&](schema::SlaPolicy& made) -> core::Result<void> {
      made.set_title("P");
      for (const RuleWords& each : all) {
        auto& condition = *made.mutable_conditions()->add_all();
        condition.set_field(each.at(0));
        condition.set_op(each.at(1));
        for (std::size_t i = 2; i < each.size(); ++i) condition.add_values(each[i]);
      }
      auto& target = *made.add_targets();
      target.set_metric(static_cast<std::uint32_t>(metric));
      target.set_priority(static_cast<std::uint32_t>(priority));
      target.set_target_ms(target_minutes * 60'000);
      return {};
    };
    return run(book.save(agent, 0, std::move(edit)));
  }
  std::uint64_t group_policy(std::uint64_t of, std::int64_t target_minutes) {
    return try_policy(levels().group_policies(), {{"group_id", "includes", std::to_string(of)}}, SlaMetric::kGroupOwnership, target_minutes)->id();
  }
  std::uint64_t policy(const std::vector<RuleWords>& all, std::int64_t target_minutes, Priority priority = Priority::kNormal) {
    return try_policy(levels().policies(), all, SlaMetric::kFirstReply, target_minutes, priority)->id();
  }
  ServiceLevels& levels() { return helpdesk->service_levels(); }
  void give_to(std::uint64_t group) {
    Tickets::Update change;
    change.wishes.group = group;
    ASSERT_TRUE(run(tickets->update(agent, kFirst, std::move(change))));
  }
  void set_status(Status status) {
    Tickets::Update change;
    change.status = status;
    ASSERT_TRUE(run(tickets->update(agent, kFirst, std::move(change))));
  }
  std::size_t tell() { return run(helpdesk->chores().run_once("service levels")).value(); }
  schema::TicketClock group_clock() {
    const Ticket now = ticket(kFirst);
    const schema::TicketClock* found = clock_of(*now.service, SlaMetric::kGroupOwnership);
    return found == nullptr ? schema::TicketClock() : *found;
  }
  ClockStage stage() { return static_cast<ClockStage>(group_clock().stage()); }
  std::string tags() {
    std::string out;
    for (const std::string& each : ticket(kFirst).tags) out += each + " ";
    return out;
  }

  std::uint64_t tier_one, tier_two;
};

// Issue 7: group SLAs.
TEST(GroupServiceLevels, AGroupKeepsATicketForSoLong) {
  GroupSlaDesk desk;
  const std::uint64_t one = desk.group_policy(desk.tier_one, 10);
  ASSERT_TRUE(desk.take({}));
  EXPECT_EQ(desk.group_clock().stage(), 0U) << "no group has it";
  desk.clock.advance(minutes(30));
  desk.give_to(desk.tier_one);
  EXPECT_EQ(desk.ticket(kFirst).service->group_policy(), one);
  EXPECT_EQ(desk.group_clock().target_ms(), 10 * 60'000) << "from when the group got it";
  EXPECT_THAT(desk.details(kFirst, "group_sla_policy"), HasSubstr(std::to_string(one)));
  desk.clock.advance(minutes(9));
  EXPECT_EQ(desk.tell(), 0U);
  desk.clock.advance(minutes(2));
  EXPECT_EQ(desk.tell(), 1U);
  EXPECT_THAT(desk.details(kFirst, "sla_breach"), HasSubstr("group_ownership_time"));
  EXPECT_EQ(promise_state(*desk.ticket(kFirst).service), PromiseSum::kBreached);
}

TEST(GroupServiceLevels, TheClockBeginsAnewWithEachGroupAndEndsWhenSolved) {
  GroupSlaDesk desk;
  desk.group_policy(desk.tier_one, 10);
  ASSERT_TRUE(desk.take({}));
  desk.give_to(desk.tier_one);
  desk.clock.advance(minutes(8));
  desk.give_to(desk.tier_two);
  EXPECT_EQ(desk.group_clock().instance(), 2U);
  EXPECT_EQ(desk.group_clock().target_ms(), 0) << "nothing is promised for this one";
  EXPECT_EQ(desk.ticket(kFirst).service->group_policy(), 0U);
  const std::uint64_t two = desk.group_policy(desk.tier_two, 5);
  ASSERT_TRUE(desk.run(desk.helpdesk->chores().run_once("service level rebuild")));
  EXPECT_EQ(desk.ticket(kFirst).service->group_policy(), two);
  EXPECT_EQ(desk.group_clock().target_ms(), 5 * 60'000);
  desk.clock.advance(minutes(4));
  desk.set_status(Status::kSolved);
  EXPECT_EQ(desk.stage(), ClockStage::kAchieved);
  desk.clock.advance(minutes(60));
  EXPECT_EQ(desk.tell(), 0U) << "kept";
  desk.set_status(Status::kOpen);
  EXPECT_EQ(desk.stage(), ClockStage::kRunning) << "a reopened ticket goes on where it was";
  desk.give_to(0);
  EXPECT_EQ(desk.stage(), ClockStage::kAchieved) << "no group has it any more";
  desk.clock.advance(minutes(60));
  EXPECT_EQ(desk.tell(), 0U);
  std::vector<std::string> told;
  const auto records = metric_events_of(*desk.store->snapshot(), *desk.vault, desk.acme, kFirst);
  for (const auto& record : records.value()) {
    for (const auto& each : record.events()) {
      if (each.metric() == static_cast<std::uint32_t>(SlaMetric::kGroupOwnership) && each.type() == static_cast<std::uint32_t>(MetricEventType::kActivate)) {
        told.push_back(std::string(name_of(each).name) + " " + std::to_string(each.instance()));
      }
    }
  }
  EXPECT_THAT(told, ElementsAre("group_ownership_time 1", "group_ownership_time 2", "group_ownership_time 2"));
}

TEST(GroupServiceLevels, EachSidePromisesItsOwnMetricsAndGroupsNameThemselves) {
  GroupSlaDesk desk;
  const RuleWords of_one{"group_id", "is", std::to_string(desk.tier_one)};
  const auto refused = [](const auto& made) { return made ? std::string("made") : made.error().context(); };
  EXPECT_THAT(refused(desk.try_policy(desk.levels().policies(), {of_one}, SlaMetric::kGroupOwnership, 5)), HasSubstr("policy_metrics: group_ownership_time"));
  EXPECT_THAT(refused(desk.try_policy(desk.levels().group_policies(), {of_one}, SlaMetric::kFirstReply, 5)), HasSubstr("policy_metrics: groups promise"));
  EXPECT_THAT(refused(desk.try_policy(desk.levels().group_policies(), {{"priority", "is", "high"}}, SlaMetric::kGroupOwnership, 5)), HasSubstr("group_id"));
  EXPECT_EQ(refused(desk.try_policy(desk.levels().policies(), {of_one}, SlaMetric::kFirstReply, 5)), "made") << "ordinary ones may ask for a group, too";
  EXPECT_TRUE(desk.levels().group_policies().all(desk.acme).value()->empty());
}

// Issue 7: conditions on SLA state in triggers.
TEST(PromisesInTriggers, AreThoseOfTheChangeThatTheyLookAt) {
  GroupSlaDesk desk;
  const std::uint64_t normal = desk.policy({{"priority", "is_not", "urgent"}}, 60);
  const std::uint64_t urgent = desk.policy({{"priority", "is", "urgent"}}, 5, Priority::kUrgent);
  // The policy of what the first trigger makes of the ticket, in the same save.
  desk.trigger({{"update_type", "is", "Create"}, {"subject_includes_word", "includes", "fire"}}, {{"priority", "urgent"}}, "Up");
  desk.trigger({{"sla_policy", "is", std::to_string(urgent)}, {"sla_state", "is", "active"}}, {{"current_tags", "hurry"}}, "Hurry");
  desk.trigger({{"sla_policy", "changed_to", std::to_string(normal)}, {"until_sla_next_breach_at", "greater_than", "0.5"}}, {{"current_tags", "calm"}}, "Calm");
  ASSERT_TRUE(desk.take(test::mail_of("m1", "Fire")));
  EXPECT_EQ(desk.ticket(kFirst).service->policy(), urgent);
  EXPECT_EQ(desk.tags(), "hurry ");
  EXPECT_EQ(desk.count_events(kFirst, "sla_policy"), 1U) << "looking ahead tells nothing";
  Tickets::Update slow;
  slow.wishes.priority = Priority::kNormal;
  ASSERT_TRUE(desk.run(desk.tickets->update(desk.agent, kFirst, std::move(slow))));
  EXPECT_EQ(desk.tags(), "calm hurry ");
  EXPECT_EQ(desk.ticket(kFirst).service->policy(), normal);
}

TEST(PromisesInTriggers, ABrokenPromiseIsSeenByTheNextChange) {
  GroupSlaDesk desk;
  desk.policy({}, 60);
  desk.trigger({{"sla_state", "is", "breached"}}, {{"current_tags", "late"}});
  ASSERT_TRUE(desk.take({}));
  EXPECT_EQ(desk.tags(), "");
  desk.clock.advance(minutes(61));
  desk.set_status(Status::kOpen);  // before the chore tells it
  EXPECT_EQ(desk.tags(), "late ");
  EXPECT_EQ(desk.count_events(kFirst, "sla_breach"), 1U);
}

TEST(PromisesInTriggers, AreNotAskedOfPoliciesThatMakeThem) {
  GroupSlaDesk desk;
  for (const char* field : {"sla_policy", "group_sla_policy", "sla_state"}) {
    const auto made = desk.try_policy(desk.levels().policies(), {{field, "is", "none"}}, SlaMetric::kFirstReply, 5);
    ASSERT_FALSE(made) << field;
    EXPECT_THAT(made.error().context(), HasSubstr("is not offered here"));
  }
}

}  // namespace
}  // namespace postern::ticketing
