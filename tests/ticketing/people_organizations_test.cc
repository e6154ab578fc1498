// Organisations, who belongs to them, and what that means for tickets.
#include <gtest/gtest.h>

#include "storage/key.h"
#include "tests/ticketing/desk.h"
#include "ticketing/people/groups.h"
#include "ticketing/people/organizations.h"
#include "ticketing/people/people.h"
#include "ticketing/people/ticket_people.h"

namespace postern::test {
namespace {

using ticketing::Organization;
using ticketing::Organizations;

struct OrganizationsDesk : Desk {
  Organizations& organizations() { return helpdesk->organizations(); }
  ticketing::People& people() { return helpdesk->people(); }
  static Organizations::Change wish(std::string name, std::vector<std::string> domains = {}) {
    Organizations::Change change;
    change.name = std::move(name);
    if (!domains.empty()) change.domains = std::move(domains);
    return change;
  }
  Organization make(std::string name, std::vector<std::string> domains = {}) {
    return run(organizations().create(agent, wish(std::move(name), std::move(domains)))).value();
  }
  core::TicketId write(const char* from, const char* message_id) {
    Mail mail;
    mail.from = from;
    mail.message_id = message_id;
    return take(mail).value().tickets.at(0);
  }
  std::size_t chore(const char* name) { return run(helpdesk->chores().run_once(name)).value(); }
  std::vector<core::TicketId> tickets_of(std::uint64_t organization) {
    return helpdesk->ticket_people().of_organization(acme, organization, {}, 100).value().tickets;
  }
};

TEST(PeopleOrganizations, NamesDomainsAndForeignIdsAreUnique) {
  OrganizationsDesk desk;
  Organizations::Change all = OrganizationsDesk::wish("Umbrella", {"Umbrella.Example ", "umbrella.test", "umbrella.example"});
  all.external_id = "crm-1";
  all.tags = {{"VIP", "gold", "vip"}};
  all.notes = "card 4111111111111111";
  const Organization made = desk.run(desk.organizations().create(desk.agent, all)).value();
  EXPECT_EQ(made.domains, (std::vector<std::string>{"umbrella.example", "umbrella.test"}));
  EXPECT_EQ(made.tags, (std::vector<std::string>{"gold", "vip"}));
  EXPECT_EQ(made.notes.find("4111111111111111"), std::string::npos);
  const auto refused = [&desk](const Organizations::Change& change) {
    const auto answer = desk.run(desk.organizations().create(desk.agent, change));
    return answer ? std::string("made") : answer.error().context().substr(0, answer.error().context().find(':'));
  };
  EXPECT_EQ(refused(OrganizationsDesk::wish("uMBRELLA")), "name");
  EXPECT_EQ(refused(OrganizationsDesk::wish("Other", {"umbrella.test"})), "domain_names");
  EXPECT_EQ(refused(OrganizationsDesk::wish("Other", {"not a domain"})), "domain_names");
  Organizations::Change twin = OrganizationsDesk::wish("Twin");
  twin.external_id = "crm-1";
  EXPECT_EQ(refused(twin), "external_id");
  EXPECT_EQ(desk.organizations().count(desk.acme).value(), 1U);
  EXPECT_EQ(desk.organizations().find_by_external_id(desk.acme, "crm-1").value()->id, made.id);
  EXPECT_EQ(desk.organizations().find_by_name(desk.acme, "UMBRELLA").value()->id, made.id);
  EXPECT_FALSE(desk.organizations().find_by_name(desk.other, "Umbrella").value());
  // Its own words are no obstacle to it, and free for others when it gives them up.
  ASSERT_TRUE(desk.run(desk.organizations().update(desk.agent, made.id, OrganizationsDesk::wish("UMBRELLA Corp", {"umbrella.example"}))));
  EXPECT_EQ(refused(OrganizationsDesk::wish("Umbrella", {"umbrella.test"})), "made");
  EXPECT_EQ(desk.organizations().count(desk.acme).value(), 2U);
}

TEST(PeopleOrganizations, NothingIsLongerThanItsLimit) {
  OrganizationsDesk desk;
  Organizations strict(desk.helpdesk->services(), desk.redactor, desk.helpdesk->groups(),
                       {.name_bytes_max = 4, .text_bytes_max = 5, .domains_max = 1, .tags_max = 1, .external_id_bytes_max = 3});
  const auto refused = [&](auto edit) {
    Organizations::Change change = OrganizationsDesk::wish("Hive");
    edit(change);
    const auto answer = desk.run(strict.create(desk.agent, std::move(change)));
    return answer ? std::string() : answer.error().context().substr(0, answer.error().context().find(':'));
  };
  EXPECT_EQ(refused([](auto& c) { c.name = "Hives"; }), "name");
  EXPECT_EQ(refused([](auto& c) { c.name = " "; }), "name");
  EXPECT_EQ(refused([](auto& c) { c.details = "123456"; }), "details");
  EXPECT_EQ(refused([](auto& c) { c.notes = "123456"; }), "notes");
  EXPECT_EQ(refused([](auto& c) { c.external_id = "1234"; }), "external_id");
  EXPECT_EQ(refused([](auto& c) { c.domains = std::vector<std::string>{"a.test", "b.test"}; }), "domain_names");
  EXPECT_EQ(refused([](auto& c) { c.tags = std::vector<std::string>{"a", "b"}; }), "tags");
  EXPECT_EQ(refused([](auto& c) { c.group = 77; }), "group_id");
  EXPECT_EQ(refused([](auto& c) { c.details = "12345"; c.domains = std::vector<std::string>{"a.test"}; c.tags = std::vector<std::string>{"a"}; }), "");
}

TEST(PeopleOrganizations, AreFoundByTheBeginningsOfTheirWords) {
  OrganizationsDesk desk;
  desk.make("Ärztehaus Nord");
  desk.make("Nordic Wares International");
  desk.make("Southern Wares");
  const auto names = [&desk](const char* query) {
    std::vector<std::string> out;
    for (const Organization& each : desk.organizations().complete(desk.acme, query, 10).value()) out.push_back(each.name);
    return out;
  };
  EXPECT_EQ(names("nord"), (std::vector<std::string>{"Ärztehaus Nord", "Nordic Wares International"}));
  EXPECT_EQ(names("wares nordi"), std::vector<std::string>{"Nordic Wares International"});
  EXPECT_EQ(names("internationa"), std::vector<std::string>{"Nordic Wares International"}) << "longer than what is indexed";
  EXPECT_EQ(names("internationax"), std::vector<std::string>{});
  EXPECT_EQ(names("ärz"), std::vector<std::string>{"Ärztehaus Nord"});
  EXPECT_EQ(names(" ,"), std::vector<std::string>{});
  EXPECT_EQ(desk.organizations().complete(desk.acme, "w", 1).value().size(), 1U);
}

TEST(PeopleOrganizations, NoWordStandsInAKey) {
  OrganizationsDesk desk;
  desk.make("Umbrella", {"umbrella.example"});
  desk.write("ann@umbrella.example", "a@x");
  const auto entries = desk.store->snapshot()->scan(storage::KeyBuilder(desk.acme, storage::Space::kPeople).bytes(), storage::Direction::kForward, 1000).value();
  EXPECT_GT(entries.size(), 15U);
  for (const storage::Entry& entry : entries) {
    for (const char* word : {"mbrella", "ann"}) EXPECT_EQ((entry.key + entry.value).find(word), std::string::npos) << word;
  }
}

TEST(PeopleOrganizations, TheDomainOfTheRequesterDecidesForNewTickets) {
  OrganizationsDesk desk;
  const ticketing::Group group = [&desk] {
    ticketing::Groups::Change change;
    change.name = "Key accounts";
    return desk.run(desk.helpdesk->groups().create(desk.agent, change)).value();
  }();
  const core::TicketId before = desk.write("ann@umbrella.example", "a@x");
  const core::UserId old = desk.ticket(desk.write("old@umbrella.example", "o@x")).requester;
  Organizations::Change wish = OrganizationsDesk::wish("Umbrella", {"umbrella.example"});
  wish.group = group.id;
  const Organization made = desk.run(desk.organizations().create(desk.agent, wish)).value();
  const core::TicketId after = desk.write("ann@umbrella.example", "b@x");
  const core::TicketId second = desk.write("eve@umbrella.example", "c@x");
  const core::TicketId other = desk.write("ann@customer.example", "d@x");
  EXPECT_EQ(desk.ticket(before).organization, 0U);
  EXPECT_EQ(desk.ticket(after).organization, made.id);
  EXPECT_EQ(desk.ticket(after).group, group.id);
  EXPECT_EQ(desk.ticket(other).organization, 0U);
  EXPECT_EQ(desk.ticket(other).group, 0U);
  EXPECT_EQ(desk.tickets_of(made.id), (std::vector{second, after})) << "newest update first";
  ASSERT_TRUE(desk.reply(after, "Hello"));
  EXPECT_EQ(desk.tickets_of(made.id), (std::vector{after, second}));
  // Whoever has written since is a member; the background finds those of before.
  const auto members = [&] { return desk.organizations().members(desk.acme, made.id, {}, 10).value(); };
  EXPECT_EQ(members(), (std::vector{desk.ticket(after).requester, desk.ticket(second).requester}));
  desk.chore("people index");
  EXPECT_EQ(members(), (std::vector{desk.ticket(after).requester, old, desk.ticket(second).requester}));
}

TEST(PeopleOrganizations, WhatWasSaidOfSomebodyWinsOverTheDomain) {
  OrganizationsDesk desk;
  const Organization umbrella = desk.make("Umbrella", {"umbrella.example"}), hive = desk.make("Hive");
  const core::UserId ann = desk.ticket(desk.write("ann@umbrella.example", "a@x")).requester;
  const auto own = desk.people().find(desk.acme, ann).value().organizations;
  ASSERT_EQ(own.size(), 1U);
  EXPECT_EQ(own[0].organization, umbrella.id);
  const auto joined = desk.run(desk.people().join(desk.agent, ann, hive.id, true)).value();
  EXPECT_TRUE(joined.is_default);
  EXPECT_EQ(desk.ticket(desk.write("ann@umbrella.example", "b@x")).organization, hive.id);
  ASSERT_TRUE(desk.run(desk.people().leave(desk.agent, joined.id)));
  ASSERT_TRUE(desk.run(desk.people().leave(desk.agent, desk.people().find(desk.acme, ann).value().organizations.at(0).id)));
  EXPECT_EQ(desk.ticket(desk.write("ann@umbrella.example", "c@x")).organization, 0U) << "taken out by hand";
  desk.chore("people index");
  EXPECT_TRUE(desk.people().find(desk.acme, ann).value().organizations.empty());
  EXPECT_TRUE(desk.run(desk.people().join(desk.agent, ann, 77, false)).error() == ticketing::Errc::kInvalid);
  EXPECT_TRUE(desk.people().membership(desk.acme, joined.id).error() == ticketing::Errc::kNotFound);
}

TEST(PeopleOrganizations, ADomainThatMovesTakesItsPeopleAlong) {
  OrganizationsDesk desk;
  const Organization umbrella = desk.make("Umbrella", {"umbrella.example"}), hive = desk.make("Hive");
  const core::UserId ann = desk.ticket(desk.write("ann@umbrella.example", "a@x")).requester;
  desk.chore("people index");
  Organizations::Change none, theirs;
  none.domains.emplace();
  theirs.domains = {{"umbrella.example"}};
  ASSERT_TRUE(desk.run(desk.organizations().update(desk.agent, umbrella.id, none)));
  ASSERT_TRUE(desk.run(desk.organizations().update(desk.agent, hive.id, theirs)));
  EXPECT_EQ(desk.ticket(desk.write("ann@umbrella.example", "b@x")).organization, hive.id) << "at once for tickets";
  desk.chore("people index");
  EXPECT_EQ(desk.people().find(desk.acme, ann).value().organizations.at(0).organization, hive.id);
  EXPECT_TRUE(desk.organizations().members(desk.acme, umbrella.id, {}, 10).value().empty());
}

TEST(PeopleOrganizations, ADeletedOneIsLeftByTicketsAndPeople) {
  OrganizationsDesk desk;
  const Organization umbrella = desk.make("Umbrella", {"umbrella.example"});
  const core::TicketId ticket = desk.write("ann@umbrella.example", "a@x");
  const core::UserId ann = desk.ticket(ticket).requester;
  ASSERT_TRUE(desk.run(desk.organizations().erase(desk.agent, umbrella.id)));
  EXPECT_EQ(desk.chore("people leave"), 2U) << "the ticket and Ann";
  EXPECT_EQ(desk.ticket(desk.write("ann@umbrella.example", "b@x")).organization, 0U);
  EXPECT_EQ(desk.ticket(ticket).organization, 0U);
  EXPECT_EQ(desk.event_kinds(ticket).back(), "organization");
  EXPECT_TRUE(desk.tickets_of(umbrella.id).empty());
  EXPECT_TRUE(desk.people().find(desk.acme, ann).value().organizations.empty());
  EXPECT_EQ(desk.organizations().count(desk.acme).value(), 0U);
  EXPECT_EQ(desk.chore("people leave"), 0U);
  EXPECT_TRUE(desk.run(desk.organizations().create(desk.agent, OrganizationsDesk::wish("Umbrella", {"umbrella.example"})))) << "its words are free";
}

}  // namespace
}  // namespace postern::test
