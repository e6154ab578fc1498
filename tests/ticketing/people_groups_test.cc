// Groups of agents: who is in them, what they mean for tickets, and what is left when one is deleted.
#include <gtest/gtest.h>

#include "tests/ticketing/desk.h"
#include "ticketing/people/groups.h"

namespace postern::test {
namespace {

using ticketing::Assignment;
using ticketing::Group;
using ticketing::Groups;

struct GroupsDesk : Desk {
  Groups& groups() { return helpdesk->groups(); }
  Groups::Change named(std::string name) {
    Groups::Change change;
    change.name = std::move(name);
    return change;
  }
  Group make(std::string name) { return run(groups().create(agent, named(std::move(name)))).value(); }
  core::UserId invite(const char* email) { return run(accounts->invite(agent, email, "", auth::Role::kAgent)).value().first.id; }
  ticketing::GroupMembership join(std::uint64_t group, core::UserId user) {
    clock.advance(std::chrono::milliseconds(5));
    return run(groups().join(agent, group, user, false)).value();
  }
  core::Result<Assignment> settle(Assignment before, std::optional<std::uint64_t> group, std::optional<core::UserId> assignee) {
    storage::Transaction transaction = store->begin();
    return groups().settle(transaction, acme, before, group, assignee);
  }
};

TEST(PeopleGroups, NamesAreUniqueBoundedAndRedacted) {
  GroupsDesk desk;
  const Group first = desk.make(" Billing ");
  EXPECT_EQ(first.name, "Billing");
  EXPECT_TRUE(first.is_default);
  const auto refused = [&desk](std::string name) { return desk.run(desk.groups().create(desk.agent, desk.named(std::move(name)))); };
  EXPECT_TRUE(refused("bILLING").error() == ticketing::Errc::kInvalid);
  EXPECT_TRUE(refused("  ").error() == ticketing::Errc::kInvalid);
  EXPECT_TRUE(refused(std::string(201, 'x')).error() == ticketing::Errc::kInvalid);
  EXPECT_EQ(desk.make("Card 4111111111111111").name.find("4111111111111111"), std::string::npos);
  const auto renamed = desk.run(desk.groups().update(desk.agent, first.id, desk.named("billing")));
  EXPECT_EQ(renamed.value().name, "billing");
  EXPECT_TRUE(desk.groups().find(desk.other, first.id).error() == ticketing::Errc::kNotFound);
  const auto actions = desk.audit_actions(desk.acme);
  EXPECT_EQ(std::ranges::count(actions, "group.created"), 2);
  EXPECT_EQ(std::ranges::count(actions, "group.changed"), 1);
}

TEST(PeopleGroups, ThereAreNoMoreThanTheLimit) {
  GroupsDesk desk;
  Groups few(desk.helpdesk->services(), desk.redactor, {.groups_max = 2, .members_max = 1});
  const Group one = desk.run(few.create(desk.agent, desk.named("A"))).value();
  ASSERT_TRUE(desk.run(few.create(desk.agent, desk.named("B"))));
  EXPECT_TRUE(desk.run(few.create(desk.agent, desk.named("C"))).error() == ticketing::Errc::kInvalid);
  ASSERT_TRUE(desk.run(few.join(desk.agent, one.id, desk.agent.user, false)));
  EXPECT_TRUE(desk.run(few.join(desk.agent, one.id, desk.invite("carl@staff.example"), false)).error() == ticketing::Errc::kInvalid);
}

TEST(PeopleGroups, AgentsJoinAndLeaveContactsDoNot) {
  GroupsDesk desk;
  const Group group = desk.make("Billing");
  const core::UserId carl = desk.invite("carl@staff.example");
  const auto membership = desk.join(group.id, carl);
  EXPECT_EQ(desk.join(group.id, carl).id, membership.id) << "there already";
  EXPECT_EQ(desk.groups().find(desk.acme, group.id).value().members, std::vector{carl});
  EXPECT_EQ(desk.groups().groups_of(desk.acme, carl).value(), std::vector{group.id});
  const auto ticket = desk.take(Mail{}).value().tickets.at(0);
  const core::UserId ann = desk.ticket(ticket).requester;
  EXPECT_TRUE(desk.run(desk.groups().join(desk.agent, group.id, ann, false)).error() == ticketing::Errc::kInvalid);
  ASSERT_TRUE(desk.run(desk.groups().leave(desk.agent, membership.id)));
  EXPECT_TRUE(desk.groups().find(desk.acme, group.id).value().members.empty());
  EXPECT_TRUE(desk.run(desk.groups().leave(desk.agent, membership.id)).error() == ticketing::Errc::kNotFound);
}

TEST(PeopleGroups, TheDefaultGroupOfSomebodyIsTheChosenOneOrTheOldest) {
  GroupsDesk desk;
  const Group a = desk.make("A"), b = desk.make("B");
  const core::UserId carl = desk.invite("carl@staff.example");
  desk.join(b.id, carl);
  const auto in_a = desk.join(a.id, carl);
  const auto default_of = [&] {
    for (const auto& each : desk.groups().memberships(desk.acme, carl, 0).value()) {
      if (each.is_default) return each.group;
    }
    return std::uint64_t{0};
  };
  EXPECT_EQ(default_of(), b.id);
  ASSERT_TRUE(desk.run(desk.groups().make_default(desk.agent, carl, in_a.id)));
  EXPECT_EQ(default_of(), a.id);
  EXPECT_TRUE(desk.run(desk.groups().make_default(desk.agent, desk.agent.user, in_a.id)).error() == ticketing::Errc::kNotFound);
  ASSERT_TRUE(desk.run(desk.groups().leave(desk.agent, in_a.id)));
  EXPECT_EQ(default_of(), b.id);
}

TEST(PeopleGroups, NewAgentsJoinTheDefaultGroupWhichIsNotDeleted) {
  GroupsDesk desk;
  const core::UserId carl = desk.invite("carl@staff.example");
  ASSERT_TRUE(desk.run(desk.groups().welcome(desk.agent, carl))) << "there is no group yet";
  const Group a = desk.make("A");
  Groups::Change wish = desk.named("B");
  wish.is_default = true;
  const Group b = desk.run(desk.groups().create(desk.agent, wish)).value();
  EXPECT_TRUE(b.is_default);
  EXPECT_FALSE(desk.groups().find(desk.acme, a.id).value().is_default);
  ASSERT_TRUE(desk.run(desk.groups().welcome(desk.agent, carl)));
  EXPECT_EQ(desk.groups().groups_of(desk.acme, carl).value(), std::vector{b.id});
  EXPECT_TRUE(desk.run(desk.groups().erase(desk.agent, b.id)).error() == ticketing::Errc::kInvalid);
  ASSERT_TRUE(desk.run(desk.groups().erase(desk.agent, a.id)));
  EXPECT_TRUE(desk.run(desk.groups().erase(desk.agent, b.id))) << "the last one";
}

// Zendesk's rules: what was asked for stays, the other follows.
TEST(PeopleGroups, AnAssigneeIsAMemberOfTheGroup) {
  GroupsDesk desk;
  const Group a = desk.make("A"), b = desk.make("B");
  const core::UserId carl = desk.invite("carl@staff.example"), dora = desk.invite("dora@staff.example");
  desk.join(a.id, carl);
  const Assignment with_carl{a.id, carl};
  EXPECT_EQ(desk.settle({}, a.id, carl).value(), with_carl);
  EXPECT_EQ(desk.settle({}, b.id, carl).error().context().substr(0, 8), "assignee");
  EXPECT_EQ(desk.settle({}, 77, {}).error().context().substr(0, 5), "group");
  EXPECT_EQ(desk.settle(with_carl, b.id, {}).value(), (Assignment{b.id, {}})) << "nobody's any more";
  EXPECT_EQ(desk.settle(with_carl, 0, {}).value(), (Assignment{0, carl})) << "without a group anybody has it";
  EXPECT_EQ(desk.settle({b.id, {}}, {}, carl).value(), with_carl) << "into his default group";
  EXPECT_EQ(desk.settle(with_carl, {}, dora).value(), (Assignment{0, dora})) << "who is in none";
  EXPECT_EQ(desk.settle(with_carl, {}, core::UserId{}).value(), (Assignment{a.id, {}}));
}

TEST(PeopleGroups, AChangeOfMembersConflictsWithAnAssignment) {
  GroupsDesk desk;
  const Group a = desk.make("A");
  const auto membership = desk.join(a.id, desk.agent.user);
  storage::Transaction transaction = desk.store->begin();
  ASSERT_TRUE(desk.groups().check_assignment(transaction, desk.acme, a.id, desk.agent.user));
  transaction.put("x", "y");
  ASSERT_TRUE(desk.run(desk.groups().leave(desk.agent, membership.id)));
  const auto committed = desk.run(desk.store->commit(std::move(transaction)));
  ASSERT_FALSE(committed);
  EXPECT_TRUE(committed.error() == storage::Errc::kConflict);
}

TEST(PeopleGroups, ADeletedGroupIsLeftByItsTickets) {
  GroupsDesk desk;
  const Group keep = desk.make("Keep"), gone = desk.make("Gone");
  std::vector<core::TicketId> tickets;
  for (const char* id : {"a@x", "b@x", "c@x"}) {
    Mail mail;
    mail.message_id = id;
    tickets.push_back(desk.take(mail).value().tickets.at(0));
    ticketing::Tickets::Update change;
    change.wishes.group = id[0] == 'c' ? keep.id : gone.id;
    ASSERT_TRUE(desk.update(tickets.back(), change));
  }
  ASSERT_TRUE(desk.run(desk.groups().erase(desk.agent, gone.id)));
  // Whoever touches one before the background does finds it without a group.
  ASSERT_TRUE(desk.reply(tickets[0], "Hello"));
  EXPECT_EQ(desk.ticket(tickets[0]).group, 0U);
  EXPECT_EQ(desk.ticket(tickets[1]).group, gone.id);
  const std::int64_t touched = desk.ticket(tickets[1]).updated_unix_ms;
  EXPECT_EQ(desk.run(desk.helpdesk->chores().run_once("people leave")).value(), 1U);
  EXPECT_EQ(desk.ticket(tickets[1]).group, 0U);
  EXPECT_EQ(desk.ticket(tickets[1]).updated_unix_ms, touched) << "nobody wrote to it";
  EXPECT_EQ(desk.event_kinds(tickets[1]).back(), "group");
  EXPECT_EQ(desk.ticket(tickets[2]).group, keep.id);
  EXPECT_EQ(desk.run(desk.helpdesk->chores().run_once("people leave")).value(), 0U);
}

}  // namespace
}  // namespace postern::test
