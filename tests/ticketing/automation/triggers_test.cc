// Triggers: when they fire, in which order, what they tell, and what stops them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ticketing/automation/rule_desk.h"

namespace postern::ticketing {
namespace {

using test::kFirst;
using test::RuleDesk;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const test::RuleWords kCreated{"update_type", "is", "Create"};

TEST(Triggers, ChangeATicketInTheTransactionThatMakesIt) {
  RuleDesk desk;
  const std::uint64_t id = desk.trigger({kCreated, {"subject_includes_word", "includes", "help"}}, {{"priority", "high"}, {"current_tags", "vip new"}}, "Sort");
  ASSERT_TRUE(desk.take({}));
  const Ticket ticket = desk.ticket(kFirst);
  EXPECT_EQ(ticket.priority, Priority::kHigh);
  EXPECT_THAT(ticket.tags, ElementsAre("new", "vip"));
  const std::string told = desk.details(kFirst, "trigger");
  EXPECT_THAT(told, HasSubstr(std::to_string(id) + " Sort"));
  EXPECT_THAT(told, HasSubstr("because: update_type is Create; subject_includes_word includes help"));
  EXPECT_THAT(told, HasSubstr("did: priority high; current_tags vip new"));
  EXPECT_EQ(rule_use(desk.helpdesk->triggers().parts(), desk.acme, id)->ever, 1U);
}

TEST(Triggers, FireOnceInASaveAndLetEarlierOnesLookAgain) {
  RuleDesk desk;
  // The first one holds only after the second one has fired.
  desk.trigger({{"priority", "is", "urgent"}}, {{"current_tags", "seen"}}, "First");
  desk.trigger({kCreated}, {{"priority", "urgent"}}, "Second");
  ASSERT_TRUE(desk.take({}));
  EXPECT_THAT(desk.ticket(kFirst).tags, ElementsAre("seen"));
  EXPECT_EQ(desk.count_events(kFirst, "trigger"), 2U);
  EXPECT_EQ(desk.count_events(kFirst, "trigger_loop"), 0U);
}

TEST(Triggers, ThatUndoEachOtherEndAndAreReported) {
  RuleDesk desk;
  const std::uint64_t up = desk.trigger({{"priority", "is_not", "high"}}, {{"priority", "high"}});
  desk.trigger({{"priority", "is", "high"}}, {{"priority", "low"}});
  ASSERT_TRUE(desk.take({}));
  EXPECT_EQ(desk.ticket(kFirst).priority, Priority::kLow);
  EXPECT_EQ(desk.count_events(kFirst, "trigger"), 2U);
  EXPECT_THAT(desk.details(kFirst, "trigger_loop"), HasSubstr(std::to_string(up) + " would change the ticket again"));
  EXPECT_EQ(rule_use(desk.helpdesk->triggers().parts(), desk.acme, up)->loops, 1U);
  EXPECT_TRUE(desk.helpdesk->triggers().find(desk.acme, up)->is_active());
}

TEST(Triggers, AreLeftOutWhenTheyFireTooOftenOnOneTicket) {
  RuleDesk desk;
  const std::uint64_t id = desk.trigger({{"update_type", "is", "Change"}}, {{"notification_user", "assignee_id", "S", "B"}});
  ASSERT_TRUE(desk.take({}));
  const std::size_t most = desk.helpdesk->triggers().parts().limits.loop_firings_max;
  for (std::size_t i = 0; i <= most; ++i) ASSERT_TRUE(desk.reply(kFirst, "Once more."));
  EXPECT_EQ(desk.count_events(kFirst, "trigger"), most);
  EXPECT_EQ(desk.count_events(kFirst, "trigger_loop"), 1U);
  EXPECT_EQ(rule_use(desk.helpdesk->triggers().parts(), desk.acme, id)->loops, 1U);
  desk.clock.advance(std::chrono::minutes(11));
  ASSERT_TRUE(desk.reply(kFirst, "Much later."));
  EXPECT_EQ(desk.count_events(kFirst, "trigger"), most + 1);
}

TEST(Triggers, LeaveClosedTicketsAlone) {
  RuleDesk desk;
  ASSERT_TRUE(desk.take({}));
  Tickets::Update close;
  close.status = Status::kClosed;
  ASSERT_TRUE(desk.update(kFirst, close));
  desk.trigger({{"update_type", "is", "Change"}}, {{"current_tags", "late"}});
  test::Mail machine = test::answer();
  machine.machine.is_auto_submitted = true;
  machine.in_reply_to = {"m1@customer.example"};
  ASSERT_TRUE(desk.take(machine));
  EXPECT_THAT(desk.ticket(kFirst).tags, IsEmpty());
}

TEST(Triggers, NeverStopAMailFromBecomingATicket) {
  RuleDesk desk;
  const auto made = desk.trigger({kCreated}, {{"assignee_id", std::to_string(desk.agent.user.value)}, {"notification_user", "assignee_id", "S", "B"}});
  ASSERT_NE(made, 0U);
  auth::Principal owner = desk.agent;
  owner.user = {};
  owner.role = auth::Role::kOwner;
  owner.method = auth::Method::kOperator;
  ASSERT_TRUE(desk.run(desk.accounts->set_disabled(owner, desk.agent.user, true)));
  ASSERT_TRUE(desk.take({}));
  EXPECT_EQ(desk.ticket(kFirst).assignee, core::UserId{});
  EXPECT_THAT(desk.details(kFirst, "trigger"), HasSubstr("not done: assignee_id " + std::to_string(desk.agent.user.value)));
}

TEST(Triggers, WriteInternalNotesOnly) {
  RuleDesk desk;
  EXPECT_FALSE(desk.try_trigger({kCreated}, {{"comment_value", "Hello"}, {"comment_mode_is_public", "true"}}));
  desk.trigger({kCreated}, {{"comment_value", "From {{ticket.requester.name}}: 4111111111111111"}});
  ASSERT_TRUE(desk.take({}));
  const auto comments = desk.comments(desk.acme, kFirst).value();
  ASSERT_EQ(comments.size(), 2U);
  EXPECT_FALSE(comments[1].is_public);
  EXPECT_THAT(comments[1].text, HasSubstr("From Ann: "));
  EXPECT_THAT(comments[1].text, Not(HasSubstr("4111111111111111")));
  EXPECT_TRUE(desk.claim().empty());
}

TEST(Triggers, WhatIsTypedIntoOneIsRedacted) {
  RuleDesk desk;
  const std::uint64_t id = desk.trigger({kCreated, {"subject_includes_word", "includes", "4111111111111111"}}, {{"comment_value", "4111111111111111"}}, "4111111111111111");
  EXPECT_THAT(desk.helpdesk->triggers().find(desk.acme, id)->SerializeAsString(), Not(HasSubstr("4111111111111111")));
}

TEST(Triggers, KeepTheirRevisions) {
  RuleDesk desk;
  const std::uint64_t id = desk.trigger({kCreated}, {{"priority", "high"}}, "One");
  auto rename = [](schema::Trigger& trigger) -> core::Result<void> {
    trigger.set_title("Two");
    return {};
  };
  ASSERT_TRUE(desk.run(desk.helpdesk->triggers().save(desk.agent, id, rename)));
  ASSERT_TRUE(desk.run(desk.helpdesk->triggers().save(desk.agent, id, rename)));  // nothing new
  const auto revisions = desk.helpdesk->triggers().revisions(desk.acme, id).value();
  ASSERT_EQ(revisions.size(), 2U);
  EXPECT_EQ(revisions[0].trigger.title(), "Two");
  EXPECT_EQ(revisions[0].trigger.revision(), 2U);
  EXPECT_EQ(revisions[1].trigger.title(), "One");
  EXPECT_EQ(revisions[1].trigger.changed_by(), desk.agent.user.value);
  ASSERT_TRUE(desk.run(desk.helpdesk->triggers().erase(desk.agent, id)));
  const std::string left = storage::KeyBuilder(desk.acme, storage::Space::kDefinition).u64(1007).bytes();
  EXPECT_THAT(desk.store->snapshot()->scan(left, storage::Direction::kForward, 10).value(), IsEmpty());
}

TEST(Triggers, ExplainAndDryRunStoreNothing) {
  RuleDesk desk;
  ASSERT_TRUE(desk.take({}));
  ASSERT_TRUE(desk.take(test::mail_of("m9", "Refund", "zoe@customer.example")));
  schema::Trigger draft;
  test::write_rule(draft, "Draft", {{"subject_includes_word", "includes", "refund"}, {"status", "is", "new"}},
                   {{"priority", "urgent"}, {"notification_user", "requester_id", "S", "B"}});
  const auto& parts = desk.helpdesk->triggers().parts();
  const auto sequence = desk.store->last_sequence(desk.acme);
  const auto run = dry_run(parts, desk.acme, draft, 100).value();
  EXPECT_EQ(run.looked_at, 2U);
  ASSERT_EQ(run.firing.size(), 2U);  // of the second ticket, made and changed
  EXPECT_EQ(run.firing[0].ticket, core::TicketId{2});
  EXPECT_EQ(run.firing[0].after.priority, Priority::kUrgent);
  EXPECT_EQ(run.firing[0].effects.messages.size(), 1U);
  const auto review = review_trigger(parts, desk.acme, draft, kFirst, ReviewAs::kChange).value();
  EXPECT_FALSE(review.would_fire);
  ASSERT_EQ(review.conditions.size(), 2U);
  EXPECT_FALSE(review.conditions[0].holds);
  EXPECT_TRUE(review.conditions[1].holds);
  EXPECT_EQ(desk.store->last_sequence(desk.acme), sequence);
  EXPECT_EQ(desk.ticket(core::TicketId{2}).priority, Priority::kNone);
  EXPECT_TRUE(desk.claim().empty());
  auth::Reach elsewhere(desk.acme);
  elsewhere.inboxes = auth::InboxScope::only({});
  EXPECT_EQ(review_trigger(parts, elsewhere, draft, kFirst, ReviewAs::kChange).error(), Errc::kNotFound);
  EXPECT_EQ(dry_run(parts, desk.acme, draft, 201).error(), Errc::kInvalid);
}

TEST(Triggers, OfANewWorkspaceAreThereOnceAndMailNobody) {
  RuleDesk desk;
  EXPECT_EQ(desk.run(desk.helpdesk->chores().run_once("rule upkeep")).value(), 8U);  // of two workspaces
  EXPECT_EQ(desk.run(desk.helpdesk->chores().run_once("rule upkeep")).value(), 0U);
  for (const schema::Trigger& each : *desk.helpdesk->triggers().all(desk.acme).value()) EXPECT_FALSE(each.is_active()) << each.title();
  ASSERT_TRUE(desk.take({}));
  EXPECT_TRUE(desk.claim().empty());
}

}  // namespace
}  // namespace postern::ticketing
