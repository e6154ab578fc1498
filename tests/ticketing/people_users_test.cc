// What is known of end users: profiles, finding people, mail of somebody who is suspended, copies.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/ticketing/desk.h"
#include "ticketing/people/organizations.h"
#include "ticketing/people/people.h"
#include "ticketing/people/ticket_people.h"

namespace postern::test {
namespace {

using ticketing::People;

struct PeopleDesk : Desk {
  People& people() { return helpdesk->people(); }
  core::UserId make(const char* email, const char* name) {
    People::Change change;
    change.name = name;
    clock.advance(std::chrono::milliseconds(5));
    return run(people().create(agent, email, change)).value();
  }
  std::size_t chore(const char* name) { return run(helpdesk->chores().run_once(name)).value(); }
  std::vector<core::UserId> found(const char* query, std::size_t count = 10) { return people().search(acme, query, count).value(); }
};

TEST(PeopleUsers, WhatIsTypedOfThemIsRedactedAndAudited) {
  PeopleDesk desk;
  const core::UserId ann = desk.make("ann@customer.example", "Ann 4111111111111111");
  EXPECT_EQ(desk.accounts->find(desk.acme, ann).value()->name.find("4111111111111111"), std::string::npos);
  People::Change change;
  change.notes = "pays with 4111111111111111";
  change.phone = "+44 20 7946 0018";
  change.tags = {{"VIP"}};
  change.external_id = "crm-7";
  const ticketing::Profile after = desk.run(desk.people().update(desk.agent, ann, change)).value();
  EXPECT_EQ(after.notes.find("4111111111111111"), std::string::npos);
  EXPECT_EQ(after.phone, "+44 20 7946 0018");
  EXPECT_EQ(after.tags, std::vector<std::string>{"vip"});
  EXPECT_EQ(desk.people().find_by_external_id(desk.acme, "crm-7").value(), ann);
  const auto refused = desk.run(desk.people().update(desk.agent, desk.make("bea@customer.example", "Bea"), change));
  EXPECT_EQ(refused.error().context(), "external_id: somebody else has it");
  const auto actions = desk.audit_actions(desk.acme);
  EXPECT_EQ(std::ranges::count(actions, "user.created"), 2);
  EXPECT_EQ(std::ranges::count(actions, "user.changed"), 1);
  EXPECT_EQ(desk.people().find(desk.other, ann).value().phone, "") << "of another workspace";
}

TEST(PeopleUsers, AnAddressIsOnePersons) {
  PeopleDesk desk;
  const core::UserId ann = desk.make("Ann@Customer.example", "Ann");
  const auto again = desk.run(desk.people().create(desk.agent, "ann@customer.example", {}));
  EXPECT_EQ(again.error().context().substr(0, 5), "email");
  EXPECT_EQ(desk.run(desk.people().create(desk.agent, "nowhere", {})).error().context().substr(0, 5), "email");
  EXPECT_EQ(desk.ticket(desk.take(Mail{}).value().tickets.at(0)).requester, ann) << "her mail is hers";
  EXPECT_TRUE(desk.run(desk.people().update(desk.agent, core::UserId{77}, {})).error() == ticketing::Errc::kNotFound);
}

TEST(PeopleUsers, AreFoundByNameAndAddress) {
  PeopleDesk desk;
  const core::UserId smith = desk.make("j.smith@customer.example", "John Smith");
  const core::UserId mary = desk.make("mary@elsewhere.example", "Mary Smithers");
  EXPECT_EQ(desk.found("smi"), (std::vector{smith, mary}));
  EXPECT_EQ(desk.found("SMITH joh"), std::vector{smith});
  EXPECT_EQ(desk.found("smithe"), std::vector{mary});
  EXPECT_EQ(desk.found("J.Smith@customer.example"), std::vector{smith});
  EXPECT_EQ(desk.found("j.smith@custo"), std::vector{smith});
  EXPECT_EQ(desk.found("@elsewhere.example"), std::vector{mary});
  EXPECT_EQ(desk.found("customer smi"), std::vector{smith}) << "a word of the domain beside one of the name";
  EXPECT_EQ(desk.found("smi", 1), std::vector{smith});
  EXPECT_TRUE(desk.found("nobody").empty());
  EXPECT_TRUE(desk.people().search(desk.other, "smith", 10).value().empty());
  People::Change married;
  married.name = "Mary Jones";
  ASSERT_TRUE(desk.run(desk.people().update(desk.agent, mary, married)));
  EXPECT_EQ(desk.found("jones"), std::vector{mary});
  EXPECT_EQ(desk.found("smi"), std::vector{smith});
}

core::Task<core::Result<storage::Committed>> add_silently(Desk& desk, int count) {
  storage::Transaction transaction = desk.store->begin();
  for (int i = 0; i < count; ++i) {
    const auto made = desk.accounts->ensure_contact(transaction, desk.acme, fmt::format("c{}@customer.example", i), fmt::format("Customer{}", i));
    if (!made) co_return made.error();
  }
  co_return co_await desk.store->commit(std::move(transaction));
}

// Contacts of before the index, and accounts, which no ticket brings in.
TEST(PeopleUsers, TheBackgroundFindsEverybodyInBoundedRounds) {
  PeopleDesk desk;
  ASSERT_TRUE(desk.run(add_silently(desk, 130)));
  EXPECT_TRUE(desk.found("customer129").empty());
  People slow(desk.helpdesk->services(), desk.redactor, {.index_round_max = 100, .index_batch_max = 50});
  const std::atomic<bool> is_stopping{false};
  desk.clock.advance(std::chrono::minutes(20));  // nobody is so young any more that they are looked at again
  EXPECT_EQ(desk.run(slow.index_round(desk.acme, is_stopping)).value(), 100U);
  EXPECT_TRUE(desk.found("customer129").empty()) << "a round is bounded";
  EXPECT_GT(desk.run(slow.index_round(desk.acme, is_stopping)).value(), 0U);
  EXPECT_EQ(desk.found("customer129").size(), 1U);
  EXPECT_EQ(desk.found("bob"), std::vector{desk.agent.user});
  EXPECT_EQ(desk.run(slow.index_round(desk.acme, is_stopping)).value(), 0U);
  const std::atomic<bool> stopped{true};
  EXPECT_EQ(desk.run(slow.index_round(desk.acme, stopped)).value(), 0U);
}

// The audit log outlives an end user whose data are erased (I1-14): it says which fields changed, not what they held.
TEST(PeopleUsers, I1_14_TheAuditLogHoldsNothingOfAnEndUser) {
  PeopleDesk desk;
  const core::UserId ann = desk.make("ann@customer.example", "Ann");
  People::Change change;
  change.name = "Nameworth";
  change.phone = "+43660555123";
  change.notes = "noteworth";
  change.tags = {{"tagworth"}};
  ASSERT_TRUE(desk.run(desk.people().update(desk.agent, ann, change)));
  std::vector<std::string> fields;
  for (const auto& entry : auth::list_audit(*desk.store, *desk.vault, desk.acme, {}, 100).value()) {
    if (entry.action != "user.changed") continue;
    for (const auto& each : entry.changes) {
      fields.push_back(each.field);
      EXPECT_EQ(each.before + each.after, "") << each.field;
    }
  }
  EXPECT_EQ(fields, (std::vector<std::string>{"name", "phone", "notes", "tags"}));
}

TEST(PeopleUsers, AgentsHaveANameThatChangesAndAreSuspendedElsewhere) {
  PeopleDesk desk;
  People::Change name, suspended, alias;
  name.name = "Robert";
  suspended.is_suspended = true;
  alias.alias = "Support Bob";
  EXPECT_TRUE(desk.run(desk.people().update(desk.agent, desk.agent.user, name)));
  EXPECT_EQ(desk.accounts->find(desk.agent.workspace, desk.agent.user).value()->name, "Robert");
  name.name = "  ";
  EXPECT_EQ(desk.run(desk.people().update(desk.agent, desk.agent.user, name)).error().context().substr(0, 4), "name");
  EXPECT_EQ(desk.run(desk.people().update(desk.agent, desk.agent.user, suspended)).error().context().substr(0, 9), "suspended");
  EXPECT_EQ(desk.run(desk.people().update(desk.agent, desk.agent.user, alias)).value().alias, "Support Bob");
}

TEST(PeopleUsers, NothingIsLongerThanItsLimit) {
  PeopleDesk desk;
  const core::UserId ann = desk.make("ann@customer.example", "Ann");
  People strict(desk.helpdesk->services(), desk.redactor,
                {.name_bytes_max = 4, .word_bytes_max = 5, .text_bytes_max = 6, .tags_max = 1, .organizations_max = 1});
  const auto refused = [&](auto edit) {
    People::Change change;
    edit(change);
    const auto answer = desk.run(strict.update(desk.agent, ann, std::move(change)));
    return answer ? std::string() : answer.error().context().substr(0, answer.error().context().find(':'));
  };
  EXPECT_EQ(refused([](auto& c) { c.name = "Annie"; }), "name");
  EXPECT_EQ(refused([](auto& c) { c.alias = "Annie!"; }), "alias");
  EXPECT_EQ(refused([](auto& c) { c.phone = "123456"; }), "phone");
  EXPECT_EQ(refused([](auto& c) { c.details = "1234567"; }), "details");
  EXPECT_EQ(refused([](auto& c) { c.notes = "1234567"; }), "notes");
  EXPECT_EQ(refused([](auto& c) { c.external_id = "123456"; }), "external_id");
  EXPECT_EQ(refused([](auto& c) { c.locale = "123456"; }), "locale");
  EXPECT_EQ(refused([](auto& c) { c.time_zone = "123456"; }), "time_zone");
  EXPECT_EQ(refused([](auto& c) { c.tags = std::vector<std::string>{"a", "b"}; }), "tags");
  EXPECT_EQ(refused([](auto& c) { c.tags = std::vector<std::string>{"a b"}; }), "tags");
  EXPECT_EQ(refused([](auto& c) { c.organizations = std::vector<std::uint64_t>{1, 2}; }), "organization_ids");
  EXPECT_EQ(refused([](auto& c) { c.name = "Anna"; c.alias = "Annie"; c.phone = "12345"; c.details = "123456"; c.tags = std::vector<std::string>{"a"}; }), "");
}

TEST(PeopleUsers, OneLookOpensABoundedNumberOfPeople) {
  PeopleDesk desk;
  ASSERT_TRUE(desk.run(add_silently(desk, 450)));
  desk.chore("people index");
  People hasty(desk.helpdesk->services(), desk.redactor, {.found_scan_max = 300});
  EXPECT_EQ(desk.found("customer", 1000).size(), 450U);
  EXPECT_EQ(hasty.search(desk.acme, "customer", 1000).value().size(), 400U) << "two steps of 200";
}

TEST(PeopleUsers, MailOfSomebodySuspendedIsHeldBack) {
  PeopleDesk desk;
  const core::UserId ann = desk.make("ann@customer.example", "Ann");
  People::Change change;
  change.is_suspended = true;
  ASSERT_TRUE(desk.run(desk.people().update(desk.agent, ann, change)));
  EXPECT_TRUE(desk.take(Mail{}).value().tickets.empty());
  const auto held = desk.suspended->list(desk.acme, 10).value();
  ASSERT_EQ(held.size(), 1U);
  EXPECT_EQ(held[0].cause, "suspended_user");
  const auto recovered = desk.run(desk.suspended->recover(desk.agent, held[0].trace, held[0].inbox));
  ASSERT_TRUE(recovered);
  EXPECT_EQ(desk.ticket(*recovered).requester, ann);
  Mail elsewhere;
  elsewhere.message_id = "m2@customer.example";
  EXPECT_EQ(desk.take(elsewhere, {"desk@other.example"}).value().tickets.size(), 1U) << "in another workspace she is not";
  Mail more;
  more.message_id = "m4@customer.example";
  EXPECT_TRUE(desk.take(more).value().tickets.empty()) << "as long as she is";
  change.is_suspended = false;
  ASSERT_TRUE(desk.run(desk.people().update(desk.agent, ann, change)));
  Mail later;
  later.message_id = "m3@customer.example";
  EXPECT_EQ(desk.take(later).value().tickets.size(), 1U);
}

TEST(PeopleUsers, WhoeverGetsAnAccountIsNotHeldBackAnyMore) {
  PeopleDesk desk;
  People::Change change;
  change.is_suspended = true;
  ASSERT_TRUE(desk.run(desk.people().update(desk.agent, desk.make("ann@customer.example", "Ann"), change)));
  ASSERT_TRUE(desk.run(desk.accounts->invite(desk.agent, "ann@customer.example", "Ann", auth::Role::kAgent)));
  EXPECT_EQ(desk.take(Mail{}).value().tickets.size(), 1U);
}

TEST(PeopleUsers, TicketsAreFoundByWhomTheyAreCopiedTo) {
  PeopleDesk desk;
  Mail mail;
  mail.cc = {{"Cleo", pipeline::split_address("cleo@customer.example")}};
  const core::TicketId first = desk.take(mail).value().tickets.at(0);
  mail.message_id = "m2@customer.example";
  mail.subject = "Another";
  const core::TicketId second = desk.take(mail).value().tickets.at(0);
  const core::UserId cleo = desk.people().find_by_email(desk.acme, "cleo@customer.example").value();
  EXPECT_EQ(desk.found("cleo"), std::vector{cleo}) << "copied people are found by name";
  const ticketing::TicketPeople& tickets = desk.helpdesk->ticket_people();
  const auto page = tickets.copied_to(desk.acme, cleo, {}, 1).value();
  EXPECT_EQ(page.tickets, std::vector{second});
  ASSERT_TRUE(page.has_more);
  const auto rest = tickets.copied_to(desk.acme, cleo, page.after, 1).value();
  EXPECT_EQ(rest.tickets, std::vector{first});
  EXPECT_FALSE(rest.has_more);
  EXPECT_FALSE(tickets.copied_to(desk.acme, cleo, "!", 1));
  EXPECT_FALSE(tickets.copied_to(desk.acme, cleo, "AAAA", 1)) << "three bytes are no place";
}

}  // namespace
}  // namespace postern::test
