// Custom roles, scoped tokens, networks (requirements I0-03, I1-09, Z-28, Z-29, C-09; ASVS 5.0 8.2, 8.3).
#include "auth/roles/roles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/detail/owners.h"
#include "auth/detail/records.h"
#include "auth/networks.h"
#include "core/errc.h"
#include "tests/auth/fixture.h"

namespace postern::auth {
namespace {

using test::People;
using testing::Contains;

struct Desk : People {
  Roles roles{*store, *vault, *accounts, ids, clock, options};
  Networks networks{*store, *vault, ids, clock, options};

  CustomRole define(const char* name, PermissionSet permissions) {
    CustomRole draft;
    draft.name = name;
    draft.permissions = permissions;
    return run(roles.create(owner_of(home), draft)).value();
  }
  // Somebody with a role of these permissions, as a request finds him.
  Principal somebody(const char* email, PermissionSet permissions) {
    const User user = make(email);
    run(accounts->set_role(owner_of(home), user.id, Role::kAgent, define(email, permissions).id)).value();
    return as(user);
  }
  Principal as(const User& user) {
    return principal_for(accounts->find(home, user.id).value().value(), Method::kSession, 1, "192.0.2.1");
  }
};

TEST(CustomRoles, I0_03_GiveTheirPermissionsAndNoOthers) {
  Desk desk;
  for (const PermissionInfo& each : kPermissions) {
    const Principal by = desk.somebody((std::string(each.word) + "@x.example").c_str(), {each.permission});
    for (const PermissionInfo& other : kPermissions) EXPECT_EQ(may(by, other.permission), &each == &other) << each.word << other.word;
  }
}

TEST(CustomRoles, ChangesHoldFromTheNextRequestOn) {
  Desk desk;
  const User ann = desk.make("ann@x.example");
  CustomRole role = desk.define("triage", {Permission::kTicketsRead});
  ASSERT_TRUE(desk.run(desk.accounts->set_role(desk.owner_of(desk.home), ann.id, Role::kAgent, role.id)));
  const std::string cookie = desk.run(desk.sessions->open(*desk.accounts->find(desk.home, ann.id).value(), "192.0.2.1", "")).value().secret;
  const auto now = [&] { return desk.run(desk.sessions->resolve(cookie, "192.0.2.1")).value().first; };
  EXPECT_TRUE(may(now(), Permission::kTicketsRead));
  EXPECT_FALSE(may(now(), Permission::kReply));
  role.permissions.add(Permission::kReply);
  ASSERT_TRUE(desk.run(desk.roles.update(desk.owner_of(desk.home), role)));
  EXPECT_TRUE(may(now(), Permission::kReply));
  EXPECT_EQ(desk.run(desk.roles.remove(desk.owner_of(desk.home), role.id)).error(), Errc::kExists) << "somebody has it";
  ASSERT_TRUE(desk.run(desk.accounts->set_role(desk.owner_of(desk.home), ann.id, Role::kAgent, kLightAgent)));
  EXPECT_FALSE(may(now(), Permission::kReply));
  EXPECT_TRUE(may(now(), Permission::kNotesWrite));
  EXPECT_TRUE(desk.run(desk.roles.remove(desk.owner_of(desk.home), role.id)));
}

// With their role from the first moment on, and with no other before it.
TEST(CustomRoles, Z28_PeopleAreInvitedAsLightAgentsAndWithOwnRoles) {
  Desk desk;
  const CustomRole triage = desk.define("triage", {Permission::kTicketsRead});
  const Principal owner = desk.owner_of(desk.home);
  const User light = desk.run(desk.accounts->invite(owner, "light@x.example", "", Role::kAgent, kLightAgent)).value().first;
  EXPECT_EQ(light.permissions, light_agent_permissions());
  EXPECT_EQ(desk.accounts->find(desk.home, light.id).value()->custom_role, kLightAgent);
  const User own = desk.run(desk.accounts->invite(owner, "own@x.example", "", Role::kAgent, triage.id)).value().first;
  EXPECT_EQ(own.permissions, PermissionSet({Permission::kTicketsRead}));
  EXPECT_EQ(desk.run(desk.accounts->invite(owner, "no@x.example", "", Role::kAgent, triage.id + 1)).error(), core::Errc::kInvalid);
  EXPECT_EQ(desk.run(desk.accounts->invite(owner, "no@x.example", "", Role::kAdmin, triage.id)).error(), core::Errc::kInvalid);
  const CustomRole strong = desk.define("strong", {Permission::kSecurityManage});
  const Principal helper = desk.somebody("helper@x.example", {Permission::kUsersManage, Permission::kTicketsRead});
  EXPECT_EQ(desk.run(desk.accounts->invite(helper, "no@x.example", "", Role::kAgent, strong.id)).error(), Errc::kForbidden);
  EXPECT_EQ(desk.run(desk.accounts->invite(helper, "no@x.example", "", Role::kAgent)).error(), Errc::kForbidden) << "an agent may reply";
  EXPECT_TRUE(desk.run(desk.accounts->invite(helper, "yes@x.example", "", Role::kAgent, triage.id)));
  EXPECT_FALSE(desk.accounts->find_by_email("no@x.example").value());
}

TEST(Owners, TheLastOneStaysWhateverIsDoneToHim) {
  Desk desk;
  const User first = desk.make("first@x.example", Role::kOwner);
  const User second = desk.make("second@x.example", Role::kOwner);
  const Principal by = desk.owner_of(desk.home);
  ASSERT_TRUE(desk.run(desk.accounts->set_disabled(by, second.id, true)));
  EXPECT_EQ(desk.run(desk.accounts->set_disabled(by, first.id, true)).error(), core::Errc::kInvalid);
  EXPECT_EQ(desk.run(desk.accounts->set_role(by, first.id, Role::kAdmin, 0)).error(), core::Errc::kInvalid) << "the other one is disabled";
  ASSERT_TRUE(desk.run(desk.accounts->set_disabled(by, second.id, false)));
  EXPECT_TRUE(desk.run(desk.accounts->set_role(by, first.id, Role::kAdmin, 0)));
  EXPECT_EQ(desk.run(desk.accounts->set_disabled(by, second.id, true)).error(), core::Errc::kInvalid);
  EXPECT_FALSE(desk.accounts->find(desk.home, second.id).value()->is_disabled);
}

// Each of two changes finds the other's owner still there; only one of them may be.
TEST(Owners, Asvs_15_4_2_TwoCannotBeTakenAwayAtTheSameMoment) {
  Desk desk;
  const User first = desk.make("first@x.example", Role::kOwner);
  const User second = desk.make("second@x.example", Role::kOwner);
  const auto take_away = [&desk](storage::Transaction& transaction, core::UserId id) {
    if (!check_owner_stays(transaction, *desk.vault, desk.home, id)) return false;
    schema::User record = read_user(transaction, *desk.vault, desk.home, id).value();
    record.set_role(static_cast<std::uint32_t>(Role::kAdmin));
    return put_user(transaction, *desk.vault, desk.home, record).has_value();
  };
  storage::Transaction one = desk.store->begin();
  storage::Transaction other = desk.store->begin();
  ASSERT_TRUE(take_away(one, first.id));
  ASSERT_TRUE(take_away(other, second.id));
  ASSERT_TRUE(desk.run(desk.store->commit(std::move(one))));
  EXPECT_EQ(desk.run(desk.store->commit(std::move(other))).error(), storage::Errc::kConflict);
  EXPECT_EQ(desk.accounts->find(desk.home, second.id).value()->role, Role::kOwner);
}

// No way leads there today; the rule does not rest on that.
TEST(Owners, SomebodyLetInFromOutsideIsNone) {
  Desk desk;
  const User owner = desk.make("first@x.example", Role::kOwner);
  const User guest = desk.make("vendor@out.example", Role::kOwner);
  storage::Transaction transaction = desk.store->begin();
  schema::User record = read_user(transaction, *desk.vault, desk.home, guest.id).value();
  record.set_support(7);
  ASSERT_TRUE(put_user(transaction, *desk.vault, desk.home, record));
  ASSERT_TRUE(desk.run(desk.store->commit(std::move(transaction))));
  EXPECT_EQ(desk.run(desk.accounts->set_disabled(desk.owner_of(desk.home), owner.id, true)).error(), core::Errc::kInvalid);
}

TEST(CustomRoles, Asvs_8_2_1_NobodyGivesWhatHeLacks) {
  Desk desk;
  const Principal by = desk.somebody("roles@x.example", {Permission::kRolesManage, Permission::kTicketsRead});
  CustomRole draft;
  draft.name = "more";
  draft.permissions = {Permission::kTicketsRead, Permission::kSecurityManage};
  EXPECT_EQ(desk.run(desk.roles.create(by, draft)).error(), Errc::kForbidden);
  CustomRole strong = desk.define("strong", {Permission::kSecurityManage});
  const User ann = desk.make("ann@x.example");
  ASSERT_TRUE(desk.run(desk.accounts->set_role(desk.owner_of(desk.home), ann.id, Role::kAgent, desk.define("plain", {}).id)));
  EXPECT_EQ(desk.run(desk.accounts->set_role(by, ann.id, Role::kAgent, strong.id)).error(), Errc::kForbidden);
  EXPECT_EQ(desk.run(desk.accounts->set_role(by, ann.id, Role::kAgent, 0)).error(), Errc::kForbidden) << "an agent may reply";
  EXPECT_EQ(desk.run(desk.accounts->set_role(by, ann.id, Role::kAdmin, 0)).error(), Errc::kForbidden);
  EXPECT_EQ(desk.run(desk.accounts->set_role(by, by.user, Role::kAgent, strong.id)).error(), Errc::kForbidden) << "his own";
  strong.permissions = {};
  EXPECT_EQ(desk.run(desk.roles.update(by, strong)).error(), Errc::kForbidden) << "nor takes away";
  EXPECT_EQ(desk.run(desk.roles.remove(by, strong.id)).error(), Errc::kForbidden);
  draft.permissions = {Permission::kTicketsRead};
  EXPECT_TRUE(desk.run(desk.roles.create(by, draft)));
}

TEST(CustomRoles, NobodyManagesSomebodyWhoMayDoMore) {
  Desk desk;
  const Principal helper = desk.somebody("help@x.example", {Permission::kUsersManage, Permission::kUsersRead});
  const User strong = desk.make("strong@x.example");
  ASSERT_TRUE(desk.run(desk.accounts->set_role(desk.owner_of(desk.home), strong.id, Role::kAgent,
                                               desk.define("strong", {Permission::kSecurityManage}).id)));
  EXPECT_EQ(desk.run(desk.accounts->new_enrolment(helper, strong.id)).error(), Errc::kForbidden) << "his password link is his account";
  EXPECT_EQ(desk.run(desk.accounts->set_disabled(helper, strong.id, true)).error(), Errc::kForbidden);
  EXPECT_EQ(desk.run(desk.accounts->invite(helper, "new@x.example", "", Role::kAgent)).error(), Errc::kForbidden);
}

TEST(CustomRoles, TheLastOwnerStaysAndWorkspacesAreWalled) {
  Desk desk;
  const User first = desk.make("first@x.example", Role::kOwner);
  EXPECT_EQ(desk.run(desk.accounts->set_role(desk.owner_of(desk.home), first.id, Role::kAgent, 0)).error(), core::Errc::kInvalid);
  desk.make("second@x.example", Role::kOwner);
  EXPECT_TRUE(desk.run(desk.accounts->set_role(desk.owner_of(desk.home), first.id, Role::kAdmin, 0)));
  const CustomRole role = desk.define("here", {Permission::kTicketsRead});
  EXPECT_TRUE(desk.roles.list(desk.other)->empty());
  EXPECT_EQ(desk.run(desk.roles.update(desk.owner_of(desk.other), role)).error(), Errc::kNotFound);
  EXPECT_EQ(desk.run(desk.roles.remove(desk.owner_of(desk.other), role.id)).error(), Errc::kNotFound);
  EXPECT_EQ(desk.run(desk.accounts->set_role(desk.owner_of(desk.other), first.id, Role::kAgent, 0)).error(), Errc::kNotFound);
  CustomRole twin;
  twin.name = "HERE";
  EXPECT_EQ(desk.run(desk.roles.create(desk.owner_of(desk.home), twin)).error(), Errc::kExists);
}

core::Result<std::pair<std::string, Token>> make_token(Desk& desk, const Principal& by, core::UserId whose, TokenLimits limits) {
  return desk.run(desk.sessions->create_token(by, whose, "t", 0, std::move(limits)));
}

TEST(Tokens, Z28_ScopesAreLessThanTheirOwnerNowAndLater) {
  Desk desk;
  const User ann = desk.make("ann@x.example");
  const Principal by = desk.as(ann);
  EXPECT_EQ(make_token(desk, by, ann.id, {PermissionSet{Permission::kAuditRead}, {}}).error(), Errc::kForbidden);
  const auto read = make_token(desk, by, ann.id, {PermissionSet{Permission::kTicketsRead, Permission::kReply}, {}}).value();
  const auto now = [&] { return desk.run(desk.sessions->resolve_token(read.first, "192.0.2.1")).value(); };
  EXPECT_TRUE(may(now(), Permission::kReply));
  EXPECT_FALSE(may(now(), Permission::kUsersRead));
  ASSERT_TRUE(desk.run(desk.accounts->set_role(desk.owner_of(desk.home), ann.id, Role::kAgent, kLightAgent)));
  EXPECT_FALSE(may(now(), Permission::kReply)) << "its owner lost it";
  EXPECT_TRUE(may(now(), Permission::kTicketsRead));
  EXPECT_EQ(make_token(desk, desk.as(ann), ann.id, {}).error(), Errc::kForbidden) << "a light agent has no tokens";
}

TEST(Tokens, AreWorthNothingOutsideTheirNetworks) {
  Desk desk;
  const User ann = desk.make("ann@x.example");
  const auto made = make_token(desk, desk.as(ann), ann.id, {std::nullopt, {"203.0.113.0/24", "2001:db8::/32"}}).value();
  EXPECT_TRUE(desk.run(desk.sessions->resolve_token(made.first, "203.0.113.77")));
  EXPECT_TRUE(desk.run(desk.sessions->resolve_token(made.first, "2001:db8::1")));
  for (const char* elsewhere : {"203.0.114.1", "2001:db9::1", "", "::1", "nonsense"}) {
    EXPECT_EQ(desk.run(desk.sessions->resolve_token(made.first, elsewhere)).error(), Errc::kBadCredentials) << elsewhere;
  }
  const auto actions = desk.audit_actions(desk.home);
  EXPECT_EQ(std::ranges::count(actions, "token.refused"), 1) << "once a minute, however often";
  EXPECT_EQ(desk.sessions->list_tokens(desk.home, ann.id)->front().last_ip, "203.0.113.77");
  EXPECT_EQ(make_token(desk, desk.as(ann), ann.id, {std::nullopt, {"everywhere"}}).error(), core::Errc::kInvalid);
}

TEST(Tokens, RotatingEndsTheOldSecretAndKeepsTheRest) {
  Desk desk;
  const User ann = desk.make("ann@x.example");
  const User bob = desk.make("bob@x.example");
  const auto made = make_token(desk, desk.as(ann), ann.id, {PermissionSet{Permission::kTicketsRead}, {"192.0.2.0/24"}}).value();
  EXPECT_EQ(desk.run(desk.sessions->rotate_token(desk.as(bob), made.second.id)).error(), Errc::kNotFound) << "somebody else's";
  const auto again = desk.run(desk.sessions->rotate_token(desk.as(ann), made.second.id)).value();
  EXPECT_EQ(again.second.id, made.second.id);
  EXPECT_EQ(again.second.networks, made.second.networks);
  EXPECT_FALSE(desk.run(desk.sessions->resolve_token(made.first, "192.0.2.1")));
  EXPECT_TRUE(desk.run(desk.sessions->resolve_token(again.first, "192.0.2.1")));
}

TEST(Tokens, AreOverseenByWhoMay) {
  Desk desk;
  const User ann = desk.make("ann@x.example");
  const User bob = desk.make("bob@x.example");
  const auto made = make_token(desk, desk.as(ann), ann.id, {}).value();
  EXPECT_EQ(desk.run(desk.sessions->revoke_token(desk.as(bob), made.second.id)).error(), Errc::kForbidden);
  EXPECT_EQ(desk.run(desk.sessions->revoke_token(desk.owner_of(desk.other), made.second.id)).error(), Errc::kNotFound);
  const Principal overseer = desk.somebody("over@x.example", {Permission::kTokensOversee});
  EXPECT_EQ(desk.sessions->all_tokens(desk.home)->size(), 1U);
  EXPECT_TRUE(desk.sessions->all_tokens(desk.other)->empty());
  EXPECT_EQ(make_token(desk, overseer, ann.id, {}).error(), Errc::kForbidden) << "one for somebody who may do more is a way in";
  EXPECT_TRUE(desk.run(desk.sessions->revoke_token(overseer, made.second.id)));
  EXPECT_FALSE(desk.run(desk.sessions->resolve_token(made.first, "192.0.2.1")));
}

TEST(Networks, I0_14_KeepAgentsOutAndEndUsersOnlyWhenAsked) {
  Desk desk;
  const User ann = desk.make("ann@x.example", Role::kAdmin);
  Principal by = desk.as(ann);
  NetworkRules rules{{"203.0.113.0/24", "2001:db8::/32"}, false};
  EXPECT_EQ(desk.run(desk.networks.change(by, rules, false)).error(), core::Errc::kInvalid) << "he is at 192.0.2.1";
  EXPECT_TRUE(desk.networks.check(by));
  by.client_ip = "203.0.113.9";
  ASSERT_TRUE(desk.run(desk.networks.change(by, rules, false)));
  EXPECT_TRUE(desk.networks.check(by));
  by.client_ip = "::ffff:203.0.113.9";
  EXPECT_TRUE(desk.networks.check(by)) << "the same address, written otherwise";
  for (const char* elsewhere : {"192.0.2.1", "127.0.0.1", "::1", "10.0.0.1", ""}) {  // no trust in loopback or a LAN
    by.client_ip = elsewhere;
    EXPECT_EQ(desk.networks.check(by).error(), Errc::kForbidden) << elsewhere;
    EXPECT_EQ(desk.run(desk.sessions->open(ann, elsewhere, "")).error(), Errc::kForbidden) << elsewhere;
  }
  Principal contact;
  contact.workspace = desk.home;
  contact.client_ip = "192.0.2.1";
  EXPECT_TRUE(desk.networks.check(contact));
  rules.end_users_too = true;
  ASSERT_TRUE(desk.run(desk.networks.change(desk.owner_of(desk.home), rules, false)));
  EXPECT_FALSE(desk.networks.check(contact));
  contact.workspace = desk.other;
  EXPECT_TRUE(desk.networks.check(contact)) << "another workspace's rules";
  ASSERT_TRUE(desk.run(desk.networks.change(desk.owner_of(desk.home), NetworkRules(), false)));
  EXPECT_TRUE(desk.networks.check(by)) << "the operator opened it again";
  EXPECT_THAT(desk.audit_actions(desk.home), Contains("networks.changed"));
}

TEST(Networks, RefuseWhatIsNoRangeAndWhoMayNotChangeThem) {
  Desk desk;
  const User agent = desk.make("agent@x.example");
  EXPECT_EQ(desk.run(desk.networks.change(desk.as(agent), NetworkRules(), true)).error(), Errc::kForbidden);
  for (const char* wrong : {"192.0.2.0/33", "example.org", "192.0.2", ""}) {
    EXPECT_EQ(desk.run(desk.networks.change(desk.owner_of(desk.home), {{wrong}, false}, true)).error(), core::Errc::kInvalid) << wrong;
  }
  NetworkRules many;
  many.allowed.assign(desk.options.allowed_networks_max + 1, "192.0.2.0/24");
  EXPECT_EQ(desk.run(desk.networks.change(desk.owner_of(desk.home), many, true)).error(), core::Errc::kInvalid);
}

}  // namespace
}  // namespace postern::auth
