// Replay of a candidate over stored mail beside the rules in force.
#include "ticketing/rule_replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/errc.h"
#include "tests/ticketing/desk.h"
#include "tests/ticketing/fake_rule_book.h"

namespace postern::ticketing {
namespace {

using test::Desk;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class RuleReplayTest : public testing::Test {
 protected:
  RuleReplayTest() { make({}); }
  ~RuleReplayTest() override { stop(); }

  void make(ReplayLimits limits) {
    stop();
    replays = std::make_unique<RuleReplays>(*desk.store, *desk.vault, sets, desk.ids, desk.clock, limits, &desk.cpu);
  }
  void stop() {
    if (replays) desk.run(replays->stop(core::Deadline::never()));
  }
  core::TicketId receive(std::string text) {
    test::Mail mail;
    mail.text = std::move(text);
    mail.message_id = "m" + std::to_string(++mails_) + "@customer.example";
    return desk.take(mail).value().tickets.at(0);
  }
  void put(std::string document) {
    RuleSetDraft draft{std::move(document), "", std::nullopt, true};
    ASSERT_TRUE(desk.run(sets.put_version(desk.agent, std::move(draft)))->is_done());
  }
  core::Result<ReplayStart> start(ReplayRequest request) { return desk.run(replays->start(desk.agent, std::move(request))); }
  static core::Task<void> wait(RuleReplays& replays, core::WorkspaceId workspace, std::uint64_t id) {
    while (replays.find(workspace, id)->state == ReplayState::kRunning) co_await core::system_clock().sleep_for(std::chrono::milliseconds(1));
  }
  ReplayStatus replay(ReplayRequest request) {
    const auto started = start(std::move(request));
    EXPECT_TRUE(started) << started.error().describe();
    desk.run(wait(*replays, desk.acme, started->id));
    return replays->find(desk.acme, started->id).value();
  }
  static const ReplayRule& rule(const ReplayStatus& status, const std::string& id) {
    for (const ReplayRule& one : status.rules) {
      if (one.rule == id) return one;
    }
    throw std::runtime_error("no rule " + id);
  }
  static ReplayRequest candidate(std::string document) {
    ReplayRequest out;
    out.document = std::move(document);
    return out;
  }

  Desk desk;
  test::FakeRuleBook book;
  RuleSets sets{*desk.store, *desk.vault, *desk.directory, desk.ids, desk.clock, book, desk.redactor, Desk::options(), &desk.cpu};
  std::unique_ptr<RuleReplays> replays;
  int mails_ = 0;
};

TEST_F(RuleReplayTest, ShowsBothSetsSideBySide) {
  const auto first = receive("ORDER 1, ORDER 2");
  const auto second = receive("ORDNUNG 3");
  receive("nothing");
  put("order shadow ORDER\n");
  const ReplayStatus status = replay(candidate("order shadow ORD\nnew shadow NOWHERE\n"));
  EXPECT_EQ(status.state, ReplayState::kDone);
  EXPECT_EQ(status.messages_found, 3U);
  EXPECT_EQ(status.messages_read, 3U);
  EXPECT_EQ(status.messages_failed, 0U);
  EXPECT_GT(status.bytes_read, 300U);
  EXPECT_EQ(status.active_version, 1U);
  EXPECT_FALSE(status.candidate_version);
  const ReplayRule& order = rule(status, "order");
  EXPECT_EQ(order.active, (FindingSums{1, 2}));
  EXPECT_EQ(order.candidate, (FindingSums{2, 3}));
  EXPECT_EQ(order.only_candidate, 1U);
  EXPECT_EQ(order.only_active, 0U);
  EXPECT_THAT(order.tickets, ElementsAre(second, first));
  EXPECT_THAT(order.only_candidate_tickets, ElementsAre(second));
  ASSERT_THAT(order.places, SizeIs(1));
  EXPECT_EQ(order.places[0].where, "text/plain");
  EXPECT_EQ(order.places[0].active, 2U);
  EXPECT_EQ(order.places[0].candidate, 3U);
  EXPECT_EQ(rule(status, "new").candidate, (FindingSums{0, 0}));
  EXPECT_EQ(sets.list(desk.acme)->active, 1U) << "a replay changes nothing";
}

TEST_F(RuleReplayTest, AStoredVersionIsACandidateToo) {
  receive("ORDER 1");
  put("order shadow ORDER\n");
  put("");
  ReplayRequest request;
  request.version = 1;
  const ReplayStatus status = replay(request);
  EXPECT_EQ(status.candidate_version, 1U);
  EXPECT_EQ(rule(status, "order").candidate.messages, 1U);
  EXPECT_EQ(rule(status, "order").active.messages, 0U);
  request.version = 7;
  EXPECT_EQ(start(request).error(), Errc::kNotFound);
}

// Two sets neither of which is in force, with places and counts of both.
TEST_F(RuleReplayTest, TwoOtherSetsSideBySide) {
  const auto first = receive("ORDER 1, ORDER 2");
  const auto second = receive("ORDNUNG 3");
  put("order shadow ORDER\n");
  put("house shadow nothing\n");
  ReplayRequest request = candidate("order shadow ORDNUNG\n");
  request.against_version = 1;
  ReplayStatus status = replay(request);
  EXPECT_EQ(status.active_version, 2U);
  EXPECT_EQ(status.against_version, 1U);
  EXPECT_FALSE(status.candidate_version);
  EXPECT_EQ(rule(status, "order").active, (FindingSums{1, 2}));
  EXPECT_EQ(rule(status, "order").candidate, (FindingSums{1, 1}));
  EXPECT_THAT(rule(status, "order").only_active_tickets, ElementsAre(first));
  EXPECT_THAT(rule(status, "order").only_candidate_tickets, ElementsAre(second));
  EXPECT_THROW(rule(status, "house"), std::runtime_error) << "the rules in force are no side of it";
  request.against_version.reset();
  request.against_document = "order shadow ORD\n";
  status = replay(request);
  EXPECT_FALSE(status.against_version);
  EXPECT_EQ(rule(status, "order").active.messages, 2U);
  request.against_document.reset();
  request.against_version = 0;  // the shipped rules alone
  EXPECT_EQ(rule(replay(request), "order").active.messages, 0U);
  EXPECT_EQ(replay(candidate("")).against_version, 2U) << "the rules in force, where nothing else is named";
}

TEST_F(RuleReplayTest, ABadSetToCompareWithIsRefused) {
  ReplayRequest request = candidate("a enforce A\n");
  request.against_document = "a enforce A\nbad enforce B\n";
  const auto refused = start(request).value();
  EXPECT_EQ(refused.id, 0U);
  ASSERT_THAT(refused.problems, SizeIs(1));
  EXPECT_TRUE(refused.are_of_against);
  request.against_version = 0;
  EXPECT_EQ(start(request).error(), Errc::kInvalid);
  request.against_document.reset();
  request.against_version = 7;
  EXPECT_EQ(start(request).error(), Errc::kNotFound);
}

// The newest messages of all, also where an old ticket was updated last.
TEST_F(RuleReplayTest, TakesTheNewestMessages) {
  const auto old = receive("ORDER old");
  std::vector<core::TicketId> newer;
  for (int i = 0; i < 3; ++i) newer.push_back(receive("ORDER"));
  ASSERT_TRUE(desk.reply(old, "We look into it."));
  ReplayRequest request = candidate("order shadow ORDER\n");
  request.messages_max = 2;
  EXPECT_THAT(rule(replay(request), "order").tickets, ElementsAre(newer[2], newer[1]));
  request.messages_max = 0;
  request.until_unix_ms = desk.ticket(newer[0]).created_unix_ms;
  EXPECT_THAT(rule(replay(request), "order").tickets, ElementsAre(old));
  request.from_unix_ms = desk.ticket(newer[1]).created_unix_ms;
  request.until_unix_ms = 0;
  EXPECT_THAT(rule(replay(request), "order").tickets, ElementsAre(newer[2], newer[1]));
}

TEST_F(RuleReplayTest, IsBoundedAndSaysSo) {
  for (int i = 0; i < 4; ++i) receive("ORDER");
  ReplayLimits limits;
  limits.bytes_max = 1;
  limits.slice_messages_max = 1;
  limits.tickets_shown_max = 1;
  make(limits);
  const ReplayStatus status = replay(candidate("order shadow ORDER\n"));
  EXPECT_EQ(status.state, ReplayState::kDone);
  EXPECT_EQ(status.cut_short_by, "bytes");
  EXPECT_EQ(status.messages_read, 1U);
  limits.bytes_max = ReplayLimits{}.bytes_max;
  make(limits);
  const ReplayStatus all = replay(candidate("order shadow ORDER\n"));
  EXPECT_EQ(all.cut_short_by, "");
  EXPECT_EQ(rule(all, "order").candidate.messages, 4U);
  EXPECT_THAT(rule(all, "order").tickets, SizeIs(1));
  limits.comments_read_max = 2;
  make(limits);
  EXPECT_EQ(replay(candidate("")).cut_short_by, "comments");
  limits.time_max = std::chrono::minutes(0);
  make(limits);
  EXPECT_EQ(replay(candidate("")).cut_short_by, "time");
  ReplayRequest request = candidate("");
  request.messages_max = limits.messages_max + 1;
  EXPECT_EQ(start(request).error(), Errc::kInvalid);
}

TEST_F(RuleReplayTest, AMessageThatCannotBeScannedIsCounted) {
  receive("EXPLODE");
  receive("ORDER");
  const ReplayStatus status = replay(candidate("order shadow ORDER\n"));
  EXPECT_EQ(status.messages_read, 2U);
  EXPECT_EQ(status.messages_failed, 1U);
  EXPECT_EQ(rule(status, "order").candidate.messages, 1U);
}

TEST_F(RuleReplayTest, ABadCandidateIsRefusedWithItsProblems) {
  const auto refused = start(candidate("a enforce A\nbad enforce B\n")).value();
  EXPECT_EQ(refused.id, 0U);
  ASSERT_THAT(refused.problems, SizeIs(1));
  EXPECT_EQ(refused.problems[0].line, 2U);
  EXPECT_THAT(replays->list(desk.acme), IsEmpty());
}

// Nobody runs it between these calls: it is still running.
TEST_F(RuleReplayTest, OneAtATimeAndCancellable) {
  receive("ORDER");
  const auto first = start(candidate("order shadow ORDER\n")).value();
  EXPECT_EQ(start(candidate("")).error(), Errc::kConflict);
  auth::Principal foreign = desk.agent;
  foreign.workspace = desk.other;
  EXPECT_EQ(replays->cancel(foreign, first.id).error(), Errc::kNotFound);
  ASSERT_TRUE(replays->cancel(desk.agent, first.id));
  desk.run(wait(*replays, desk.acme, first.id));
  EXPECT_EQ(replays->find(desk.acme, first.id)->state, ReplayState::kCancelled);
  EXPECT_FALSE(replays->find(desk.other, first.id));
  EXPECT_TRUE(start(candidate("")));
  EXPECT_THAT(replays->list(desk.acme), SizeIs(2));
}

TEST_F(RuleReplayTest, ResultsAreForgottenAfterAWhile) {
  ReplayLimits limits;
  limits.kept_max = 2;
  make(limits);
  for (int i = 0; i < 3; ++i) replay(candidate(""));
  EXPECT_THAT(replays->list(desk.acme), SizeIs(2));
  desk.clock.advance(limits.keep_results);
  EXPECT_THAT(replays->list(desk.acme), IsEmpty());
}

TEST_F(RuleReplayTest, AnAgentMayNot) {
  auth::Principal agent = desk.agent;
  agent.role = auth::Role::kAgent;
  EXPECT_EQ(desk.run(replays->start(agent, candidate(""))).error(), auth::Errc::kForbidden);
  EXPECT_EQ(replays->cancel(agent, 1).error(), auth::Errc::kForbidden);
}

}  // namespace
}  // namespace postern::ticketing
