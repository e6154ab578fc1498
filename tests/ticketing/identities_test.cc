// The addresses of a person: what leads to whom, and what follows when that changes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ticketing/desk.h"
#include "ticketing/people/people.h"

namespace postern::test {
namespace {

using ticketing::People;
using ticketing::PersonAddress;
using testing::ElementsAre;
using testing::HasSubstr;

struct AddressDesk : Desk {
  People& people() { return helpdesk->people(); }
  core::UserId make(const std::string& email) { return run(people().create(agent, email, {})).value(); }
  std::vector<std::string> emails(core::UserId user) {
    std::vector<std::string> out;
    for (const PersonAddress& each : people().addresses(acme, user).value()) out.push_back((each.is_primary ? "*" : "") + each.email);
    return out;
  }
  std::uint64_t id_of(core::UserId user, const std::string& email) {
    for (const PersonAddress& each : people().addresses(acme, user).value()) {
      if (each.email == email) return each.id;
    }
    return 0;
  }
  core::UserId author_of(const std::string& email, const std::string& id) {
    Mail mail;
    mail.from = email;
    mail.message_id = id + "@customer.example";
    return ticket(take(mail).value().tickets.at(0)).requester;
  }
};

// Issue 7: identities.
TEST(Identities, MailFromAnAddedAddressIsTheirs) {
  AddressDesk desk;
  const core::UserId ann = desk.make("ann@customer.example");
  const auto added = desk.run(desk.people().add_address(desk.agent, ann, " Ann@Home.example "));
  ASSERT_TRUE(added) << added.error().describe();
  EXPECT_THAT(desk.emails(ann), ElementsAre("*ann@customer.example", "Ann@Home.example"));
  EXPECT_EQ(desk.author_of("ann@home.example", "1"), ann);
  EXPECT_EQ(desk.people().find_by_email(desk.acme, "ANN@home.example").value(), ann);
  EXPECT_EQ(desk.run(desk.people().add_address(desk.agent, ann, "ann@home.example")).error().context(), "email_taken: it is theirs already");
  const core::UserId ben = desk.make("ben@customer.example");
  EXPECT_EQ(desk.run(desk.people().add_address(desk.agent, ben, "ann@home.example")).error().context(), "email_taken: it is somebody's already");
  EXPECT_THAT(desk.run(desk.people().add_address(desk.agent, ben, "nowhere")).error().context(), HasSubstr("email: "));
  EXPECT_EQ(std::ranges::count(desk.audit_actions(desk.acme), "user.changed"), 1);
}

TEST(Identities, ThePrimaryOneIsMailedAndTheOtherOneStaysTheirs) {
  AddressDesk desk;
  const core::UserId ann = desk.author_of("ann@customer.example", "1");
  ASSERT_TRUE(desk.run(desk.people().add_address(desk.agent, ann, "ann@home.example")));
  const std::uint64_t home = desk.id_of(ann, "ann@home.example");
  ASSERT_TRUE(desk.run(desk.people().make_address_primary(desk.agent, ann, home)));
  EXPECT_THAT(desk.emails(ann), ElementsAre("*ann@home.example", "ann@customer.example"));
  EXPECT_EQ(desk.id_of(ann, "ann@home.example"), home) << "an address keeps its id";
  ASSERT_TRUE(desk.reply(core::TicketId{1}, "Hello."));
  std::vector<std::string> rcpts;
  for (const auto& mail : desk.claim()) rcpts.push_back(mail.rcpt.to_string());
  EXPECT_THAT(rcpts, ElementsAre("ann@home.example"));
  EXPECT_EQ(desk.author_of("ann@customer.example", "2"), ann);
  EXPECT_THAT(desk.people().search(desk.acme, "ann@home.example", 5).value(), ElementsAre(ann));
}

TEST(Identities, OneThatIsTakenAwayIsSomebodyNew) {
  AddressDesk desk;
  const core::UserId ann = desk.make("ann@customer.example");
  ASSERT_TRUE(desk.run(desk.people().add_address(desk.agent, ann, "ann@home.example")));
  const std::uint64_t home = desk.id_of(ann, "ann@home.example");
  EXPECT_THAT(desk.run(desk.people().remove_address(desk.agent, ann, desk.id_of(ann, "ann@customer.example"))).error().context(), HasSubstr("primary: "));
  ASSERT_TRUE(desk.run(desk.people().remove_address(desk.agent, ann, home)));
  EXPECT_EQ(desk.run(desk.people().remove_address(desk.agent, ann, home)).error(), ticketing::Errc::kNotFound);
  EXPECT_THAT(desk.emails(ann), ElementsAre("*ann@customer.example"));
  EXPECT_NE(desk.author_of("ann@home.example", "1"), ann);
  const auto moved = desk.run(desk.people().replace_address(desk.agent, ann, desk.id_of(ann, "ann@customer.example"), "ann@work.example"));
  ASSERT_TRUE(moved) << moved.error().describe();
  EXPECT_TRUE(moved->is_primary);
  EXPECT_THAT(desk.emails(ann), ElementsAre("*ann@work.example"));
  EXPECT_NE(desk.author_of("ann@customer.example", "2"), ann);
}

TEST(Identities, AreChangedByWhoeverWorksInAllInboxesAndOfEndUsersOnly) {
  AddressDesk desk;
  const core::UserId ann = desk.make("ann@customer.example");
  auth::Principal elsewhere = desk.agent;
  elsewhere.inboxes = auth::InboxScope::only({core::InboxId{12345}});
  EXPECT_EQ(desk.run(desk.people().add_address(elsewhere, ann, "ann@home.example")).error(), auth::Errc::kForbidden);
  auth::Principal contact = desk.agent;
  contact.role = auth::Role::kContact;
  EXPECT_EQ(desk.run(desk.people().add_address(contact, ann, "ann@home.example")).error(), auth::Errc::kForbidden);
  EXPECT_THAT(desk.run(desk.people().add_address(desk.agent, desk.agent.user, "agent@home.example")).error().context(), HasSubstr("user: an account"));
  EXPECT_EQ(desk.run(desk.people().add_address(desk.agent, core::UserId{77}, "x@home.example")).error(), ticketing::Errc::kNotFound);
  EXPECT_EQ(desk.people().addresses(desk.other, ann).error(), ticketing::Errc::kNotFound);
}

}  // namespace
}  // namespace postern::test
