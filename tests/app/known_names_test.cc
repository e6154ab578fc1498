// Whose names strangers may not borrow: agents of real accounts, domains of a real directory.
#include "app/known_names.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/auth/fixture.h"

namespace postern::app {
namespace {

class AccountNamesTest : public testing::Test {
 protected:
  AccountNamesTest() {
    ticketing::Options options;
    options.hostname = "mx.example.com";
    options.inboxes.resize(2);
    options.inboxes[0].workspace = "main";
    options.inboxes[0].addresses = {"support@Example.com", "@desk.example.com"};
    options.inboxes[1].workspace = "other";
    options.inboxes[1].addresses = {"sales@m\xC3\xBCller.example"};
    directory = people.run(ticketing::Directory::load(*people.store, *people.vault, options)).value();
    workspace = directory->workspace_named("main");
    other = directory->workspace_named("other");
    names = make({});
  }
  std::unique_ptr<AccountNames> make(KnownNamesLimits limits) {
    return std::make_unique<AccountNames>(directory, *people.accounts, people.clock, limits);
  }
  core::UserId invite(const std::string& email, const std::string& name) {
    return people.run(people.accounts->invite(people.owner_of(workspace), email, name, auth::Role::kAgent)).value().first.id;
  }

  test::People people;
  core::ManualClock& clock = people.clock;
  std::shared_ptr<const ticketing::Directory> directory;
  std::unique_ptr<AccountNames> names;
  core::WorkspaceId workspace;
  core::WorkspaceId other;
};

TEST_F(AccountNamesTest, DomainsOfAllInboxesAreOurs) {
  std::vector<std::string> domains = names->own_domains();
  std::ranges::sort(domains);
  EXPECT_EQ(domains, (std::vector<std::string>{"desk.example.com", "example.com", "xn--mller-kva.example"}));
}

TEST_F(AccountNamesTest, AgentsAreKnownInTheirWorkspaceHoweverTheNameIsWritten) {
  invite("ann@example.com", "Zo\xC3\xAB Smith");
  invite("bob@example.com", "Bob");
  EXPECT_TRUE(names->is_colleague(workspace, "Zo\xC3\xAB Smith"));
  EXPECT_TRUE(names->is_colleague(workspace, "SMITH, ZOE"));
  EXPECT_FALSE(names->is_colleague(workspace, "Zoe Smythe"));
  EXPECT_FALSE(names->is_colleague(workspace, "Bob")) << "one word is anybody's";
  EXPECT_FALSE(names->is_colleague(workspace, ""));
  EXPECT_FALSE(names->is_colleague(other, "Zoe Smith"));
  EXPECT_FALSE(names->is_colleague(core::WorkspaceId{4711}, "Zoe Smith"));
}

TEST_F(AccountNamesTest, CustomersAreNoColleagues) {
  storage::Transaction transaction = people.store->begin();
  ASSERT_TRUE(people.accounts->ensure_contact(transaction, workspace, "eve@customer.example", "Eve Adams"));
  ASSERT_TRUE(people.run(people.store->commit(std::move(transaction))));
  EXPECT_FALSE(names->is_colleague(workspace, "Eve Adams"));
}

TEST_F(AccountNamesTest, ChangesCountAfterAMinuteAndNotBefore) {
  EXPECT_FALSE(names->is_colleague(workspace, "Zoe Smith"));
  const core::UserId zoe = invite("ann@example.com", "Zoe Smith");
  clock.advance(std::chrono::seconds(59));
  EXPECT_FALSE(names->is_colleague(workspace, "Zoe Smith")) << "the store is not asked for every message";
  clock.advance(std::chrono::seconds(1));
  EXPECT_TRUE(names->is_colleague(workspace, "Zoe Smith"));
  ASSERT_TRUE(people.run(people.accounts->set_disabled(people.owner_of(workspace), zoe, true)));
  EXPECT_TRUE(names->is_colleague(workspace, "Zoe Smith"));
  clock.advance(std::chrono::minutes(1));
  EXPECT_FALSE(names->is_colleague(workspace, "Zoe Smith")) << "who left may write to us under the own name";
}

TEST_F(AccountNamesTest, NamesAreBounded) {
  invite("ann@example.com", "Zoe Smith");
  clock.advance(std::chrono::seconds(1));
  invite("bob@example.com", "Bob Jones");
  KnownNamesLimits limits;
  limits.names_max = 1;
  const auto few = make(limits);
  EXPECT_TRUE(few->is_colleague(workspace, "Zoe Smith"));
  EXPECT_FALSE(few->is_colleague(workspace, "Bob Jones"));
}

}  // namespace
}  // namespace postern::app
