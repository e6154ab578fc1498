// Ticket metric events: whoever replays them has what the clocks show, whatever happened to the ticket.
#include "ticketing/service_levels/metric_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/ticketing/automation/rule_desk.h"
#include "ticketing/service_levels/service_levels.h"

namespace postern::ticketing {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using test::kFirst;
using test::RuleDesk;
using testing::ElementsAre;
using testing::IsEmpty;

// A program that counts for itself.
class EventReplay {
 public:
  explicit EventReplay(const std::vector<schema::MetricEvents>& saves) {
    for (const schema::MetricEvents& save : saves) {
      for (const schema::MetricEvent& each : save.events()) take(each);
    }
  }
  std::int64_t spent(std::uint32_t metric, std::uint32_t instance, std::int64_t now_ms) {
    const Sum& sum = sums_[{metric, instance}];
    return sum.ms + (sum.since ? now_ms - *sum.since : 0);
  }
  std::size_t breaches = 0;

 private:
  struct Sum {
    std::int64_t ms = 0;
    std::optional<std::int64_t> since;
    bool has_begun = false;
  };
  void take(const schema::MetricEvent& event) {
    Sum& sum = sums_[{event.metric(), event.instance()}];
    switch (static_cast<MetricEventType>(event.type())) {
      case MetricEventType::kActivate:
        EXPECT_FALSE(sum.since) << "it runs already: " << event.metric();
        sum.since = event.at_unix_ms();
        sum.has_begun = true;
        break;
      case MetricEventType::kPause:
      case MetricEventType::kFulfill:
        if (sum.since) sum.ms += event.at_unix_ms() - *sum.since;
        sum.since.reset();
        break;
      case MetricEventType::kUpdateStatus: EXPECT_EQ(event.calendar_ms(), sum.ms) << event.metric() << '/' << event.instance(); break;
      case MetricEventType::kBreach: ++breaches; break;
      case MetricEventType::kApplySla:
      case MetricEventType::kUnbreach: break;
    }
  }
  std::map<std::pair<std::uint32_t, std::uint32_t>, Sum> sums_;
};

std::vector<schema::MetricEvents> events_of(RuleDesk& desk) { return metric_events_of(*desk.store->snapshot(), *desk.vault, desk.acme, kFirst).value(); }

void set_status(RuleDesk& desk, Status status) {
  Tickets::Update change;
  change.status = status;
  ASSERT_TRUE(desk.run(desk.tickets->update(desk.agent, kFirst, std::move(change))));
}

std::vector<std::string> words_of(RuleDesk& desk, SlaMetric metric) {
  std::vector<std::string> out;
  for (const schema::MetricEvents& save : events_of(desk)) {
    for (const schema::MetricEvent& each : save.events()) {
      if (each.metric() != static_cast<std::uint32_t>(metric)) continue;
      out.push_back(std::string(to_string(static_cast<MetricEventType>(each.type()))) + ' ' + std::to_string(name_of(each).instance));
    }
  }
  return out;
}

TEST(MetricEvents, AnAnswerEndsAnInstanceAndBeginsTheNext) {
  RuleDesk desk;
  ASSERT_TRUE(desk.take({}));
  ASSERT_TRUE(desk.reply(kFirst, "Try again."));
  desk.clock.advance(minutes(5));
  ASSERT_TRUE(desk.reply(kFirst, "And this."));
  EXPECT_THAT(words_of(desk, SlaMetric::kFirstReply), ElementsAre("activate 1", "fulfill 1", "update_status 1"));
  EXPECT_THAT(words_of(desk, SlaMetric::kPeriodicUpdate), ElementsAre("activate 1", "fulfill 1", "update_status 1", "activate 2"));
  EventReplay replay(events_of(desk));
  const std::int64_t spent = replay.spent(static_cast<std::uint32_t>(SlaMetric::kPeriodicUpdate), 1, 0);
  EXPECT_GE(spent, std::chrono::milliseconds(minutes(5)).count());
  EXPECT_LT(spent, std::chrono::milliseconds(minutes(6)).count());
}

TEST(MetricEvents, AQuestionAfterTheFirstAnswerIsTheSecondInstanceOfReplyTime) {
  RuleDesk desk;
  ASSERT_TRUE(desk.take({}));
  ASSERT_TRUE(desk.reply(kFirst, "Try again."));
  const auto sent = desk.claim();
  ASSERT_FALSE(sent.empty());
  test::Mail answer = test::answer();
  answer.in_reply_to = {test::signed_message_id(sent.front())};
  ASSERT_TRUE(desk.take(answer));
  EXPECT_THAT(words_of(desk, SlaMetric::kNextReply), ElementsAre("activate 2"));
  ASSERT_TRUE(desk.reply(kFirst, "There."));
  EXPECT_THAT(words_of(desk, SlaMetric::kNextReply), ElementsAre("activate 2", "fulfill 2", "update_status 2"));
}

TEST(MetricEvents, ReplayedTheyGiveWhatTheClocksShow) {
  for (const std::uint32_t seed : {1U, 2U, 3U, 4U}) {
    RuleDesk desk;
    std::mt19937 random(seed);
    ASSERT_TRUE(desk.take({}));
    for (int step = 0; step < 30; ++step) {
      desk.clock.advance(seconds(static_cast<std::int64_t>(random() % 40'000) + 1));
      if (random() % 3 == 0) {
        ASSERT_TRUE(desk.reply(kFirst, "Answer " + std::to_string(step)));
      } else {
        set_status(desk, static_cast<Status>(2 + random() % 4));
      }
      EventReplay replay(events_of(desk));
      const std::int64_t now = core::to_unix_ms(desk.clock.wall_now());
      const Ticket ticket = desk.ticket(kFirst);
      for (const schema::TicketClock& clock : ticket.service->clocks()) {
        if (!sla_metric(static_cast<SlaMetric>(clock.metric())).can_be_promised) continue;
        ASSERT_EQ(replay.spent(clock.metric(), clock.instance(), now), spent_of(clock, BusinessHours(), now).calendar_ms)
            << seed << ' ' << step << ' ' << clock.metric() << '/' << clock.instance();
      }
    }
  }
}

TEST(MetricEvents, TheyGoWithTheTicket) {
  RuleDesk desk;
  ASSERT_TRUE(desk.take({}));
  ASSERT_TRUE(desk.reply(kFirst, "Try again."));
  ASSERT_EQ(events_of(desk).size(), 2U);
  storage::Transaction transaction = desk.store->begin();
  EXPECT_EQ(forget_metric_events(transaction, desk.acme, kFirst, 100).value().size(), 2U);
  ASSERT_TRUE(desk.run(desk.store->commit(std::move(transaction))));
  EXPECT_THAT(events_of(desk), IsEmpty());
}

}  // namespace
}  // namespace postern::ticketing
