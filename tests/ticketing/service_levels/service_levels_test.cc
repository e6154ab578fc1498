// Service levels: what is promised, what is kept, and what is told when it is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "storage/faulty_store.h"
#include "tests/ticketing/automation/rule_desk.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/people/groups.h"
#include "ticketing/service_levels/policy_preview.h"
#include "ticketing/service_levels/ticket_times.h"
#include "ticketing/webhooks/recorder.h"

namespace postern::ticketing {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::kFirst;
using test::RuleWords;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t kMinuteMs = 60'000;

struct Promise {
  SlaMetric metric;
  std::int64_t target_minutes;
  bool is_business = false;
  Priority priority = Priority::kNormal;
};

class SlaDesk : public test::RuleDesk {
 public:
  ServiceLevels& levels() { return helpdesk->service_levels(); }
  std::uint64_t policy(const std::vector<RuleWords>& all, const std::vector<Promise>& promised, std::uint64_t schedule = 0) {
    auto edit = [&](schema::SlaPolicy& made) -> core::Result<void> {
      made.set_title("P");
      for (const RuleWords& each : all) {
        auto& condition = *made.mutable_conditions()->add_all();
        condition.set_field(each.at(0));
        condition.set_op(each.at(1));
        for (std::size_t i = 2; i < each.size(); ++i) condition.add_values(each[i]);
      }
      for (const Promise& each : promised) {
        auto& target = *made.add_targets();
        target.set_metric(static_cast<std::uint32_t>(each.metric));
        target.set_priority(static_cast<std::uint32_t>(each.priority));
        target.set_target_ms(each.target_minutes * kMinuteMs);
        target.set_is_business(each.is_business);
      }
      made.set_schedule(schedule);
      return {};
    };
    const auto made = run(levels().policies().save(agent, 0, std::move(edit)));
    EXPECT_TRUE(made) << made.error().describe();
    return made ? made->id() : 0;
  }
  // Open from now on for as long as told, every week, in UTC.
  std::uint64_t schedule(std::uint32_t open_minutes, std::vector<std::uint64_t> groups = {}) {
    auto edit = [&](schema::Schedule& made) -> core::Result<void> {
      made.set_title("S");
      made.set_time_zone("UTC");
      made.clear_week();
      const auto start = static_cast<std::uint32_t>((now() / kMinuteMs + 4 * 1440) % 10'080);
      auto& span = *made.add_week();
      span.set_start_minute(start);
      span.set_end_minute(std::min<std::uint32_t>(10'080, start + open_minutes));
      for (const std::uint64_t each : groups) made.add_groups(each);
      return {};
    };
    const auto made = run(levels().schedules().save(agent, 0, std::move(edit)));
    EXPECT_TRUE(made) << made.error().describe();
    return made ? made->id() : 0;
  }
  std::int64_t now() const { return core::to_unix_ms(clock.wall_now()); }
  void set_status(Status status, core::TicketId id = kFirst) {
    Tickets::Update change;
    change.status = status;
    ASSERT_TRUE(run(tickets->update(agent, id, std::move(change))));
  }
  void set_priority(Priority priority) {
    Tickets::Update change;
    change.wishes.priority = priority;
    ASSERT_TRUE(run(tickets->update(agent, kFirst, std::move(change))));
  }
  std::size_t tell() { return run(helpdesk->chores().run_once("service levels")).value(); }
  std::size_t rebuild() { return run(helpdesk->chores().run_once("service level rebuild")).value(); }
  const schema::TicketClock* clock_of_first(SlaMetric metric) {
    known_ = ticket(kFirst);
    return clock_of(*known_.service, metric);
  }
  ClockStage stage(SlaMetric metric) {
    const auto* found = clock_of_first(metric);
    return found == nullptr ? ClockStage{} : static_cast<ClockStage>(found->stage());
  }
  std::int64_t spent_minutes(SlaMetric metric) {
    const auto* found = clock_of_first(metric);
    return found == nullptr ? -1 : spent_of(*found, BusinessHours(), now()).calendar_ms / kMinuteMs;
  }
  std::size_t due_entries() { return store->snapshot()->scan(keys::sla_due_prefix(acme), storage::Direction::kForward, 1000)->size(); }

 private:
  Ticket known_;
};

TEST(ServiceLevels, ABreachIsToldAtItsVeryMomentAndOnce) {
  SlaDesk desk;
  desk.policy({}, {{SlaMetric::kFirstReply, 60}});
  ASSERT_TRUE(desk.take({}));
  const std::int64_t made = desk.now();
  EXPECT_EQ(desk.due_entries(), 1U);
  desk.clock.advance(hours(1) - milliseconds(1));
  EXPECT_EQ(desk.tell(), 0U);
  desk.clock.advance(milliseconds(1));
  const std::int64_t updated = desk.ticket(kFirst).updated_unix_ms;
  EXPECT_EQ(desk.tell(), 1U);
  EXPECT_EQ(desk.tell(), 0U);
  EXPECT_EQ(desk.clock_of_first(SlaMetric::kFirstReply)->breached_unix_ms(), made + 60 * kMinuteMs);
  EXPECT_EQ(desk.ticket(kFirst).updated_unix_ms, updated);
  EXPECT_THAT(desk.details(kFirst, "sla_breach"), HasSubstr("first_reply_time"));
  EXPECT_EQ(desk.count_events(kFirst, "sla_breach"), 1U);
  EXPECT_EQ(desk.due_entries(), 0U);
}

TEST(ServiceLevels, AnAnswerThatComesTooLateIsABreachEvenIfNobodyLooked) {
  SlaDesk desk;
  desk.policy({}, {{SlaMetric::kFirstReply, 60}});
  ASSERT_TRUE(desk.take({}));
  const std::int64_t made = desk.now();
  desk.clock.advance(hours(3));
  ASSERT_TRUE(desk.reply(kFirst, "Late."));
  EXPECT_EQ(desk.count_events(kFirst, "sla_breach"), 1U);
  EXPECT_EQ(desk.clock_of_first(SlaMetric::kFirstReply)->breached_unix_ms(), made + 60 * kMinuteMs);
  EXPECT_EQ(desk.stage(SlaMetric::kFirstReply), ClockStage::kAchieved);
  EXPECT_EQ(desk.tell(), 0U);
}

TEST(ServiceLevels, FirstAndNextReplyStartWithQuestionsAndEndWithAnswers) {
  SlaDesk desk;
  desk.policy({}, {{SlaMetric::kFirstReply, 60}, {SlaMetric::kNextReply, 30}, {SlaMetric::kPeriodicUpdate, 600}});
  ASSERT_TRUE(desk.take({}));
  Tickets::Update note;
  note.text = "Among ourselves.";
  note.is_public = false;
  desk.clock.advance(minutes(10));
  ASSERT_TRUE(desk.update(kFirst, note));
  EXPECT_EQ(desk.stage(SlaMetric::kFirstReply), ClockStage::kRunning);
  EXPECT_EQ(desk.clock_of_first(SlaMetric::kNextReply), nullptr);
  ASSERT_TRUE(desk.reply(kFirst, "Try again."));
  EXPECT_EQ(desk.stage(SlaMetric::kFirstReply), ClockStage::kAchieved);
  EXPECT_EQ(desk.stage(SlaMetric::kPeriodicUpdate), ClockStage::kRunning);
  const auto sent = desk.claim();
  ASSERT_THAT(sent, SizeIs(1));
  test::Mail answer = test::answer();
  answer.in_reply_to = {test::signed_message_id(sent.front())};
  desk.clock.advance(minutes(10));
  ASSERT_TRUE(desk.take(answer));
  EXPECT_EQ(desk.stage(SlaMetric::kNextReply), ClockStage::kRunning);
  const std::int64_t asked = desk.now();
  answer.message_id = "m3@customer.example";
  answer.text = "Hello?";
  desk.clock.advance(minutes(10));
  ASSERT_TRUE(desk.take(answer));
  EXPECT_EQ(desk.clock_of_first(SlaMetric::kNextReply)->breach_unix_ms(), asked + 30 * kMinuteMs) << "the oldest question counts";
  ASSERT_TRUE(desk.reply(kFirst, "There."));
  EXPECT_EQ(desk.stage(SlaMetric::kNextReply), ClockStage::kAchieved);
  EXPECT_EQ(desk.count_events(kFirst, "sla_breach"), 0U);
}

// Trap of helpdesk.md 4.2 rule 4: an out-of-office note neither starts a promise nor keeps one.
TEST(ServiceLevels, MachineMailMovesNoClock) {
  SlaDesk desk;
  desk.policy({}, {{SlaMetric::kFirstReply, 60}, {SlaMetric::kNextReply, 30}});
  const auto sent = test::answered(desk);
  const std::string before = desk.ticket(kFirst).service->SerializeAsString();
  test::Mail away = test::answer();
  away.in_reply_to = {test::signed_message_id(sent)};
  away.machine.is_auto_submitted = true;
  ASSERT_TRUE(desk.take(away));
  EXPECT_EQ(desk.ticket(kFirst).comment_count, 3U);
  EXPECT_EQ(desk.clock_of_first(SlaMetric::kNextReply), nullptr);
  EXPECT_EQ(desk.ticket(kFirst).service->SerializeAsString(), before);
}

TEST(ServiceLevels, ClocksStandStillAsTheirMetricSays) {
  SlaDesk desk;
  ASSERT_TRUE(desk.take({}));
  const auto spend = [&desk](Status status, int amount) {
    desk.set_status(status);
    desk.clock.advance(minutes(amount));
  };
  spend(Status::kOpen, 1);
  spend(Status::kPending, 2);
  spend(Status::kHold, 4);
  spend(Status::kSolved, 8);
  spend(Status::kOpen, 16);
  EXPECT_EQ(desk.spent_minutes(SlaMetric::kRequesterWait), 1 + 4 + 16);
  EXPECT_EQ(desk.spent_minutes(SlaMetric::kAgentWork), 1 + 16);
  EXPECT_EQ(desk.spent_minutes(SlaMetric::kTotalResolution), 1 + 2 + 4 + 16);
  EXPECT_EQ(desk.spent_minutes(SlaMetric::kAgentWait), 2);
  EXPECT_EQ(desk.spent_minutes(SlaMetric::kOnHold), 4);
  EXPECT_EQ(desk.spent_minutes(SlaMetric::kFirstReply), 1 + 2 + 4 + 16);
  desk.set_status(Status::kSolved);
  EXPECT_EQ(desk.stage(SlaMetric::kRequesterWait), ClockStage::kAchieved);
  const TicketTimes times = ticket_times(*desk.ticket(kFirst).service, BusinessHours(), desk.now());
  EXPECT_EQ(times.first_resolution->calendar_ms, 7 * kMinuteMs);
  EXPECT_EQ(times.full_resolution->calendar_ms, 31 * kMinuteMs);
  EXPECT_FALSE(times.first_reply);
}

TEST(ServiceLevels, APauseMovesTheBreach) {
  SlaDesk desk;
  desk.policy({}, {{SlaMetric::kRequesterWait, 60}});
  ASSERT_TRUE(desk.take({}));
  desk.clock.advance(minutes(20));
  desk.set_status(Status::kPending);
  EXPECT_EQ(desk.due_entries(), 0U);
  desk.clock.advance(hours(50));
  desk.set_status(Status::kOpen);
  const std::int64_t reopened = desk.now();
  EXPECT_EQ(desk.clock_of_first(SlaMetric::kRequesterWait)->breach_unix_ms(), reopened + 40 * kMinuteMs);
  desk.clock.advance(minutes(40));
  EXPECT_EQ(desk.tell(), 1U);
}

TEST(ServiceLevels, TheFirstPolicyThatHoldsAppliesAndChangesOfTheTicketChooseAnother) {
  SlaDesk desk;
  const std::uint64_t vip = desk.policy({{"current_tags", "includes", "vip"}}, {{SlaMetric::kFirstReply, 10}, {SlaMetric::kFirstReply, 5, false, Priority::kUrgent}});
  const std::uint64_t all = desk.policy({}, {{SlaMetric::kFirstReply, 60}, {SlaMetric::kFirstReply, 30, false, Priority::kUrgent}});
  ASSERT_TRUE(desk.take({}));
  const std::int64_t made = desk.now();
  const auto breach = [&desk] { return desk.clock_of_first(SlaMetric::kFirstReply)->breach_unix_ms(); };
  EXPECT_EQ(desk.ticket(kFirst).service->policy(), all);
  EXPECT_EQ(breach(), made + 60 * kMinuteMs);
  desk.clock.advance(minutes(2));
  desk.set_priority(Priority::kUrgent);
  EXPECT_EQ(breach(), made + 30 * kMinuteMs);
  Tickets::Update tagged;
  tagged.wishes.added_tags = {"vip"};
  ASSERT_TRUE(desk.update(kFirst, tagged));
  EXPECT_EQ(desk.ticket(kFirst).service->policy(), vip);
  EXPECT_EQ(breach(), made + 5 * kMinuteMs);
  EXPECT_THAT(desk.details(kFirst, "sla_policy"), HasSubstr(std::to_string(all) + " -> " + std::to_string(vip)));
  desk.set_priority(Priority::kLow);  // nothing is promised of it
  EXPECT_EQ(breach(), 0);
  EXPECT_EQ(desk.due_entries(), 0U);
}

TEST(ServiceLevels, MoreTimeTakesABreachBack) {
  SlaDesk desk;
  desk.policy({}, {{SlaMetric::kFirstReply, 10, false, Priority::kUrgent}, {SlaMetric::kFirstReply, 600}});
  ASSERT_TRUE(desk.take({}));
  desk.clock.advance(minutes(20));
  desk.set_priority(Priority::kUrgent);
  EXPECT_EQ(desk.count_events(kFirst, "sla_breach"), 1U) << "it is late at once";
  desk.set_priority(Priority::kNormal);
  EXPECT_EQ(desk.clock_of_first(SlaMetric::kFirstReply)->breached_unix_ms(), 0);
  EXPECT_EQ(desk.due_entries(), 1U);
}

TEST(ServiceLevels, BusinessHoursAreThoseOfThePolicyOfTheGroupOrTheFirst) {
  SlaDesk desk;
  Groups::Change nightly;
  nightly.name = "Nights";
  const auto group = desk.run(desk.helpdesk->groups().create(desk.agent, nightly));
  ASSERT_TRUE(group) << group.error().describe();
  const std::uint64_t first = desk.schedule(30);
  const std::uint64_t nights = desk.schedule(45, {group->id});
  const std::uint64_t named = desk.schedule(50);
  const std::uint64_t policy = desk.policy({}, {{SlaMetric::kFirstReply, 40, true}});
  ASSERT_TRUE(desk.take({}));
  const std::int64_t made = desk.now();
  const auto minutes_to_breach = [&desk, made] { return (desk.clock_of_first(SlaMetric::kFirstReply)->breach_unix_ms() - made) / kMinuteMs; };
  EXPECT_EQ(desk.ticket(kFirst).service->schedule(), first);
  EXPECT_GE(minutes_to_breach(), 7 * 1440 - 30);  // the rest comes a week later
  Tickets::Update moved;
  moved.wishes.group = group->id;
  ASSERT_TRUE(desk.update(kFirst, moved));
  EXPECT_EQ(desk.ticket(kFirst).service->schedule(), nights);
  EXPECT_EQ(minutes_to_breach(), 40);
  auto edit = [named](schema::SlaPolicy& changed) -> core::Result<void> {
    changed.set_schedule(named);
    return {};
  };
  ASSERT_TRUE(desk.run(desk.levels().policies().save(desk.agent, policy, edit)));
  EXPECT_EQ(desk.rebuild(), 1U);
  EXPECT_EQ(desk.ticket(kFirst).service->schedule(), named);
}

TEST(ServiceLevels, ChangedPoliciesAndSchedulesReachTicketsThatNobodyTouches) {
  SlaDesk desk;
  for (int i = 0; i < 120; ++i) ASSERT_TRUE(desk.take(test::mail_of("m" + std::to_string(i))));
  EXPECT_EQ(desk.due_entries(), 0U);
  const std::uint64_t id = desk.policy({}, {{SlaMetric::kFirstReply, 600}});
  EXPECT_EQ(desk.rebuild(), 120U);
  EXPECT_EQ(desk.due_entries(), 120U);
  EXPECT_EQ(desk.rebuild(), 0U);
  ASSERT_TRUE(desk.run(desk.levels().policies().erase(desk.agent, id)));
  EXPECT_EQ(desk.rebuild(), 120U);
  EXPECT_EQ(desk.due_entries(), 0U);
  EXPECT_EQ(desk.ticket(kFirst).service->policy(), 0U);
}

TEST(ServiceLevels, AnAgentWhoOpensATicketByWritingOwesNoFirstReply) {
  SlaDesk desk;
  desk.policy({}, {{SlaMetric::kFirstReply, 60}});
  Tickets::Update first;
  first.text = "We owe you a refund.";
  first.wishes.subject = "Refund";
  first.wishes.requester = PersonWish{{}, "ann@customer.example", {}};
  const auto made = desk.run(desk.tickets->create(desk.agent, {}, std::move(first)));
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_EQ(clock_of(*made->ticket.service, SlaMetric::kFirstReply), nullptr);
  EXPECT_EQ(desk.due_entries(), 0U);
}

TEST(ServiceLevels, AutomationsAskHowLongIsLeftAndHowLongItIsOver) {
  SlaDesk desk;
  desk.policy({}, {{SlaMetric::kFirstReply, 180}});
  desk.automation({{"status", "less_than", "solved"}, {"until_sla_next_breach_at", "less_than", "1"}, {"current_tags", "not_includes", "soon"}}, {{"current_tags", "soon"}});
  desk.automation({{"sla_next_breach_at", "greater_than", "2"}, {"current_tags", "not_includes", "late"}}, {{"current_tags", "late"}});
  ASSERT_TRUE(desk.take({}));
  desk.tick();
  desk.clock.advance(minutes(119));
  EXPECT_EQ(desk.tick(), 0U);
  desk.clock.advance(minutes(1) + seconds(1));
  EXPECT_EQ(desk.tick(), 1U);
  EXPECT_THAT(desk.ticket(kFirst).tags, testing::ElementsAre("soon"));
  desk.clock.advance(hours(1));
  EXPECT_EQ(desk.tell(), 1U);
  desk.clock.advance(minutes(119));
  EXPECT_EQ(desk.tick(), 0U);
  desk.clock.advance(minutes(1));
  EXPECT_EQ(desk.tick(), 1U);
  EXPECT_THAT(desk.ticket(kFirst).tags, testing::ElementsAre("late", "soon"));
}

TEST(ServiceLevels, APreviewSaysWhatWouldHaveBeenAndChangesNothing) {
  SlaDesk desk;
  const std::uint64_t first = desk.policy({{"current_tags", "includes", "vip"}}, {{SlaMetric::kFirstReply, 10}});
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(desk.take(test::mail_of("m" + std::to_string(i))));
  Tickets::Update tagged;
  tagged.wishes.added_tags = {"vip"};
  ASSERT_TRUE(desk.update(core::TicketId{2}, tagged));
  desk.clock.advance(minutes(30));
  ASSERT_TRUE(desk.reply(core::TicketId{3}, "Here."));
  desk.clock.advance(hours(2));
  schema::SlaPolicy policy;
  policy.set_title("New");
  auto& target = *policy.add_targets();
  target.set_metric(static_cast<std::uint32_t>(SlaMetric::kFirstReply));
  target.set_priority(static_cast<std::uint32_t>(Priority::kNormal));
  target.set_target_ms(60 * kMinuteMs);
  ASSERT_TRUE(desk.levels().policies().prepare(desk.acme, policy));
  const std::string before = desk.ticket(kFirst).service->SerializeAsString();
  const auto run = preview_policy(desk.levels(), desk.levels().policies(), desk.acme, policy, 10);
  ASSERT_TRUE(run) << run.error().describe();
  EXPECT_EQ(desk.ticket(kFirst).service->SerializeAsString(), before);
  EXPECT_EQ(desk.levels().policies().all(desk.acme).value()->size(), 1U);
  EXPECT_EQ(run->looked_at, 3U);
  ASSERT_THAT(run->chosen, SizeIs(3));
  EXPECT_EQ(run->broken, 2U);
  for (const PolicyPreview& each : run->chosen) {
    ASSERT_THAT(each.promises, SizeIs(1));
    EXPECT_EQ(each.overruled_by, each.ticket == core::TicketId{2} ? first : 0U);
    EXPECT_EQ(each.promises.front().is_broken, each.ticket != core::TicketId{3});
  }
  EXPECT_EQ(preview_policy(desk.levels(), desk.levels().policies(), desk.acme, policy, 0).error(), Errc::kInvalid);
  EXPECT_EQ(preview_policy(desk.levels(), desk.levels().policies(), desk.acme, policy, desk.levels().limits().preview_tickets_max + 1).error(), Errc::kInvalid);
}

TEST(ServiceLevels, WebhooksAreToldOfABreach) {
  schema::Ticket before;
  schema::Ticket after;
  after.mutable_service()->set_policy(7);
  after.mutable_service()->set_last_breach_unix_ms(1000);
  const ChangeSource source;
  const schema::WebhookEvent event = event_of_change({{}, &before, &after, {}, {}, &source});
  EXPECT_THAT(event.kinds(), testing::IsSupersetOf({"ticket.sla_breached", "ticket.sla_policy_changed", "ticket.updated"}));
  EXPECT_EQ(webhook_event_of("ticket.sla_breached"), "ticket.sla_breached");
}

TEST(ServiceLevels, TicketsOfBeforeThereWereClocksAreTakenOver) {
  SlaDesk desk;
  ASSERT_TRUE(desk.take({}));
  desk.clock.advance(minutes(10) - seconds(1));
  ASSERT_TRUE(desk.reply(kFirst, "Here."));
  storage::Transaction transaction = desk.store->begin();
  auto draft = TicketDraft::open(desk.helpdesk->services(), transaction, desk.acme, kFirst);
  ASSERT_TRUE(draft);
  draft->record().clear_service();
  ASSERT_TRUE(draft->save(false));
  ASSERT_TRUE(desk.run(desk.store->commit(std::move(transaction))));
  desk.clock.advance(minutes(5));
  desk.policy({}, {{SlaMetric::kFirstReply, 5}, {SlaMetric::kAgentWork, 600}});
  EXPECT_EQ(desk.rebuild(), 1U);
  EXPECT_EQ(desk.stage(SlaMetric::kFirstReply), ClockStage::kAchieved);
  EXPECT_EQ(desk.spent_minutes(SlaMetric::kFirstReply), 10);
  EXPECT_EQ(desk.spent_minutes(SlaMetric::kAgentWork), 15);
  EXPECT_EQ(desk.count_events(kFirst, "sla_breach"), 0U) << "nobody promised it then";
  EXPECT_EQ(desk.due_entries(), 1U);
}

TEST(ServiceLevels, DeletionTakesTheIndexWithIt) {
  SlaDesk desk;
  desk.policy({}, {{SlaMetric::kFirstReply, 60}});
  ASSERT_TRUE(desk.take({}));
  storage::Transaction transaction = desk.store->begin();
  auto draft = TicketDraft::open(desk.helpdesk->services(), transaction, desk.acme, kFirst);
  ASSERT_TRUE(draft);
  draft->record().set_deleted_unix_ms(desk.now());
  ASSERT_TRUE(draft->save(false));
  ASSERT_TRUE(desk.run(desk.store->commit(std::move(transaction))));
  EXPECT_EQ(desk.due_entries(), 0U);
  desk.clock.advance(hours(2));
  EXPECT_EQ(desk.tell(), 0U);
}

class ServiceLevelFaults : public testing::TestWithParam<storage::FaultyStore::Fault> {};

// Whatever fails, the next round makes up for it, and nothing is told twice.
TEST_P(ServiceLevelFaults, LeaveNothingUntoldAndTellNothingTwice) {
  for (std::size_t fail_at = 0;; ++fail_at) {
    ASSERT_LT(fail_at, 200U);
    SlaDesk desk;
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(desk.take(test::mail_of("m" + std::to_string(i))));
    desk.policy({}, {{SlaMetric::kFirstReply, 60}});
    storage::FaultyStore faulty(*desk.store, GetParam(), fail_at);
    const Services& real = desk.helpdesk->services();
    const Services with({faulty, real.vault, real.directory, real.ids, real.clock, real.options, real.hooks}, real.accounts);
    ServiceLevels levels(RuleParts{with, desk.redactor, &desk.helpdesk->groups(), &desk.helpdesk->fields(), nullptr});
    const std::atomic<bool> is_stopping{false};
    for (int i = 0; i < 3; ++i) static_cast<void>(desk.run(levels.rebuild(desk.acme, is_stopping)));
    EXPECT_EQ(desk.due_entries(), 3U) << fail_at;
    desk.clock.advance(hours(2));
    for (int i = 0; i < 3; ++i) static_cast<void>(desk.run(levels.tell_due(desk.acme, is_stopping)));
    for (std::uint64_t id = 1; id <= 3; ++id) EXPECT_EQ(desk.count_events(core::TicketId{id}, "sla_breach"), 1U) << fail_at;
    EXPECT_EQ(desk.due_entries(), 0U) << fail_at;
    if (faulty.exhausted()) break;
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, ServiceLevelFaults,
                         testing::Values(storage::FaultyStore::Fault::kBeforeCommit, storage::FaultyStore::Fault::kConflict,
                                         storage::FaultyStore::Fault::kRead));

// Whatever happens, in whatever order: each sum is that of the stretches in which its clock ran, the index holds the next breach and
// nothing else, and each promise is told to be broken exactly once.
TEST(ServiceLevels, SumsAndIndexAreRightAfterAnyHistory) {
  for (unsigned seed = 0; seed < 15; ++seed) {
    std::mt19937 random(seed);
    SlaDesk desk;
    desk.policy({}, {{SlaMetric::kRequesterWait, 90}, {SlaMetric::kTotalResolution, 300}});
    ASSERT_TRUE(desk.take({}));
    std::map<SlaMetric, std::int64_t> sums;
    std::size_t told = 0;
    Status status = Status::kNew;
    for (int step = 0; step < 25; ++step) {
      const std::int64_t pass = static_cast<std::int64_t>(random() % 40'000) + 1;
      desk.clock.advance(seconds(pass));
      for (const SlaMetricRow& row : sla_metrics()) {
        if ((row.statuses >> static_cast<unsigned>(status) & 1U) != 0) sums[row.metric] += pass * 1000;
      }
      if (random() % 2 == 0) told += desk.tell();
      status = static_cast<Status>(2 + random() % 4);
      desk.set_status(status);
      const Ticket ticket = desk.ticket(kFirst);
      for (const SlaMetric metric : {SlaMetric::kRequesterWait, SlaMetric::kAgentWork, SlaMetric::kTotalResolution, SlaMetric::kAgentWait, SlaMetric::kOnHold}) {
        const auto* clock = clock_of(*ticket.service, metric);
        ASSERT_EQ(clock == nullptr ? 0 : spent_of(*clock, BusinessHours(), desk.now()).calendar_ms, sums[metric]) << seed << " " << step << " " << sla_metric(metric).name;
      }
      ASSERT_EQ(desk.due_entries(), next_breach(*ticket.service) ? 1U : 0U) << seed << " " << step;
    }
    told += desk.tell();
    const std::size_t broken = (sums[SlaMetric::kRequesterWait] >= 90 * kMinuteMs ? 1U : 0U) + (sums[SlaMetric::kTotalResolution] >= 300 * kMinuteMs ? 1U : 0U);
    EXPECT_EQ(desk.count_events(kFirst, "sla_breach"), broken) << seed;
    EXPECT_LE(told, broken);
  }
}

}  // namespace
}  // namespace postern::ticketing
