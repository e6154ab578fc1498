// Webhooks of people and organisations: told in the transaction that changes them, in order, without what is known of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ticketing/desk.h"
#include "tests/ticketing/webhooks/fake_sender.h"
#include "ticketing/erasure/person_erasure.h"
#include "ticketing/people/organizations.h"
#include "ticketing/people/people.h"
#include "ticketing/people/person_merge.h"
#include "ticketing/webhooks/dispatcher.h"
#include "ticketing/webhooks/log.h"
#include "ticketing/webhooks/webhooks.h"

namespace postern::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using ticketing::Organizations;
using ticketing::People;

class PeopleWebhooks : public ::testing::Test {
 protected:
  PeopleWebhooks() {
    desk.helpdesk->webhooks().use({&sender, [this](core::WorkspaceId, const schema::WebhookDelivery& delivery) {
                                     const schema::WebhookEvent& event = delivery.event();
                                     std::string out = delivery.kind();
                                     out += event.user() != 0 ? " " + name_of(event.user()) : "";
                                     if (event.into() != 0) out += " into " + name_of(event.into());
                                     for (const auto& each : event.changes()) out += " " + each.field() + each.before() + each.after();
                                     return core::Result<std::string>(out);
                                   }});
  }
  void subscribe(std::vector<std::string> words) {
    schema::Webhook draft;
    draft.set_title("crm");
    draft.set_is_active(true);
    draft.set_endpoint("https://hooks.crm.example/in");
    draft.set_http_method("POST");
    draft.set_request_format("application/json");
    for (std::string& each : words) draft.add_subscriptions(std::move(each));
    const auto made = desk.run(desk.helpdesk->webhooks().create(desk.agent, draft));
    ASSERT_TRUE(made) << made.error().describe();
  }
  std::vector<std::string> told() {
    (void)desk.run(desk.helpdesk->webhooks().dispatcher().deliver_due(desk.acme)).value();
    std::vector<std::string> out;
    for (const auto& each : sender.requests) out.push_back(each.body);
    sender.requests.clear();
    return out;
  }
  std::string name_of(std::uint64_t user) { return names.contains(user) ? names.at(user) : std::to_string(user); }
  core::UserId person(const std::string& email) {
    const core::UserId made = desk.run(people().create(desk.agent, email, {})).value();
    names[made.value] = email.substr(0, email.find('@'));
    return made;
  }
  People& people() { return desk.helpdesk->people(); }
  Organizations& organizations() { return desk.helpdesk->organizations(); }

  Desk desk;
  FakeSender sender;
  std::map<std::uint64_t, std::string> names;
};

// Issue 7: webhooks of people.
TEST_F(PeopleWebhooks, ToldOfPeopleFromTheirFirstDayToTheirLast) {
  subscribe({"user.created", "user.updated", "zen:event-type:user.name_changed", "user.merged", "user.deleted"});
  const core::UserId ann = person("ann@customer.example");
  EXPECT_THAT(told(), ElementsAre("user.created ann"));
  People::Change renamed;
  renamed.name = "Ann Low";
  renamed.notes = "VIP";
  ASSERT_TRUE(desk.run(people().update(desk.agent, ann, renamed)));
  EXPECT_THAT(told(), UnorderedElementsAre("user.updated ann name notes", "zen:event-type:user.name_changed ann name notes")) << "names of fields, no values";
  ASSERT_TRUE(desk.run(people().update(desk.agent, ann, renamed)));
  EXPECT_THAT(told(), IsEmpty()) << "nothing changed";
  const core::UserId old = person("ann.old@customer.example");
  names[old.value] = "old";
  (void)told();
  ASSERT_TRUE(desk.run(desk.helpdesk->person_merges().merge(desk.agent, old, ann)));
  EXPECT_THAT(told(), UnorderedElementsAre("user.merged old into ann", "user.updated ann"));
  auth::Principal admin = desk.agent;
  admin.role = auth::Role::kOwner;
  ASSERT_TRUE(desk.run(desk.helpdesk->erasures().remove(admin, ann)));
  EXPECT_THAT(told(), ElementsAre("user.deleted ann"));
}

TEST_F(PeopleWebhooks, WhoWritesForTheFirstTimeIsToldOfOnceWithTheTicket) {
  subscribe({"user.created", "user.updated"});
  ASSERT_TRUE(desk.take({}));
  const auto first = told();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_THAT(first.front(), testing::StartsWith("user.created "));
  Mail again;
  again.message_id = "again@customer.example";
  ASSERT_TRUE(desk.take(again));
  EXPECT_THAT(told(), IsEmpty());
  ASSERT_TRUE(desk.run(desk.helpdesk->chores().run_once("people index")));
  (void)told();
  ASSERT_TRUE(desk.run(desk.helpdesk->chores().run_once("people index")));
  EXPECT_THAT(told(), IsEmpty()) << "whoever is known stays known";
}

TEST_F(PeopleWebhooks, ToldOfOrganizations) {
  subscribe({"organization.created", "organization.updated", "organization.tags_changed", "organization.deleted"});
  Organizations::Change change;
  change.name = "Acme";
  const std::uint64_t id = desk.run(organizations().create(desk.agent, change))->id;
  EXPECT_THAT(told(), ElementsAre("organization.created"));
  change.tags = {"vip"};
  ASSERT_TRUE(desk.run(organizations().update(desk.agent, id, change)));
  EXPECT_THAT(told(), UnorderedElementsAre("organization.updated tags", "organization.tags_changed tags"));
  ASSERT_TRUE(desk.run(organizations().erase(desk.agent, id)));
  EXPECT_THAT(told(), ElementsAre("organization.deleted"));
}

TEST_F(PeopleWebhooks, NothingOfAPersonOvertakesWhatFailed) {
  subscribe({"user.created", "user.deleted"});
  sender.statuses = {500};
  const core::UserId ann = person("ann@customer.example");
  auth::Principal admin = desk.agent;
  admin.role = auth::Role::kOwner;
  ASSERT_TRUE(desk.run(desk.helpdesk->erasures().remove(admin, ann)));
  (void)person("ben@customer.example");
  EXPECT_THAT(told(), UnorderedElementsAre("user.created ann", "user.created ben")) << "the deletion waits behind what failed";
  desk.clock.advance(std::chrono::minutes(10));
  EXPECT_THAT(told(), ElementsAre("user.created ann", "user.deleted ann"));
}

TEST_F(PeopleWebhooks, WithoutAWebhookThatWantsThemNothingIsWritten) {
  subscribe({"ticket.created"});
  (void)person("ann@customer.example");
  const std::string prefix = storage::KeyBuilder(desk.acme, storage::Space::kWebhook).bytes();
  EXPECT_TRUE(desk.store->snapshot()->scan(prefix, storage::Direction::kForward, 10)->empty());
}

}  // namespace
}  // namespace postern::test
