// Nobody acts above himself, nobody's duties are escaped by a role of another name, and nobody works in inboxes that were
// not given to him (requirements I0-03, Z-28, Z-34; ASVS 5.0 8.2, 8.3).
#include <gmock/gmock.h>

#include "auth/roles/roles.h"
#include "core/errc.h"
#include "tests/auth/factor_desk.h"

namespace postern::auth {
namespace {

using test::FactorDesk;
using testing::Contains;

struct Ladder : FactorDesk {
  Roles roles{*store, *vault, *accounts, ids, clock, options};
  auth::Principal boss{owner_of(home)};

  // Somebody with a role of these permissions, as a request finds him.
  Principal somebody(const std::string& email, PermissionSet permissions) {
    const User made = make(email);
    CustomRole draft;
    draft.name = email;
    draft.permissions = permissions;
    run(accounts->set_role(boss, made.id, Role::kAgent, run(roles.create(boss, draft)).value().id)).value();
    return as(made.id);
  }
  Principal as(core::UserId id) {
    return principal_for(accounts->find(home, id).value().value(), Method::kSession, 1, "192.0.2.1");
  }
  void limit(core::UserId id, std::vector<core::InboxId> inboxes) {
    ASSERT_TRUE(run(accounts->set_inboxes(boss, id, InboxScope::only(std::move(inboxes)))));
  }
};

const core::InboxId kSales{7};
const core::InboxId kPayroll{9};

TEST(Hierarchy, Asvs_8_2_1_NobodyActsOnSomebodyAbove) {
  Ladder desk;
  const User owner = desk.make("boss@example.com", Role::kOwner);
  const User auditor = desk.make("auditor@example.com");
  CustomRole draft;
  draft.name = "auditors";
  draft.permissions = {Permission::kAuditRead};
  ASSERT_TRUE(desk.run(desk.accounts->set_role(desk.boss, auditor.id, Role::kAgent, desk.run(desk.roles.create(desk.boss, draft)).value().id)));
  const Principal team_lead = desk.somebody("lead@example.com", {Permission::kUsersManage, Permission::kRolesManage, Permission::kTokensOversee});
  const Principal admin = desk.principal(desk.make("root@example.com", Role::kAdmin));
  // By role, and by permissions that only a custom role shows.
  for (const auto& [by, whom] : {std::pair(admin, owner.id), std::pair(team_lead, auditor.id)}) {
    EXPECT_EQ(desk.run(desk.accounts->unlock(by, whom)).error(), Errc::kForbidden);
    EXPECT_EQ(desk.run(desk.accounts->new_enrolment(by, whom)).error(), Errc::kForbidden);
    EXPECT_EQ(desk.run(desk.accounts->set_disabled(by, whom, true)).error(), Errc::kForbidden);
    EXPECT_EQ(desk.run(desk.accounts->set_role(by, whom, Role::kAgent, kLightAgent)).error(), Errc::kForbidden);
    EXPECT_EQ(desk.run(desk.accounts->set_inboxes(by, whom, InboxScope::only({}))).error(), Errc::kForbidden);
    EXPECT_EQ(desk.run(desk.factors->reset(by, whom)).error(), Errc::kForbidden);
    EXPECT_EQ(desk.run(desk.sessions->end_all(by, whom)).error(), Errc::kForbidden);
  }
  EXPECT_EQ(desk.run(desk.sessions->create_token(team_lead, auditor.id, "x", 0)).error(), Errc::kForbidden) << "a token of his would be a way in";
}

TEST(Hierarchy, C07_AnAdminEndsTheSessionsOfSomebodyElse) {
  Ladder desk;
  const auto session = *desk.begin()->session;
  EXPECT_EQ(desk.run(desk.sessions->end_all(desk.owner_of(desk.other), desk.user.id)).error(), Errc::kNotFound) << "another workspace";
  EXPECT_EQ(desk.run(desk.sessions->end_all(desk.principal(desk.make("bob@example.com")), desk.user.id)).error(), Errc::kForbidden);
  ASSERT_TRUE(desk.run(desk.sessions->end_all(desk.principal(desk.make("root@example.com", Role::kAdmin)), desk.user.id)));
  EXPECT_FALSE(desk.run(desk.sessions->resolve(session.secret, "192.0.2.1")));
  EXPECT_THAT(desk.audit_actions(desk.home), Contains("user.sessions_ended"));
}

TEST(Hierarchy, C07_AfterABreakInEverybodyButTheCallerIsSignedOut) {
  Ladder desk;
  const auto mine = *desk.begin()->session;
  const User boss = desk.make("boss@example.com", Role::kOwner);
  const User guard = desk.make("root@example.com", Role::kAdmin);
  const auto of_boss = desk.run(desk.sessions->open(boss, "192.0.2.1", "browser")).value();
  const auto of_guard = desk.run(desk.sessions->open(guard, "192.0.2.1", "browser")).value();
  const auto other_of_guard = desk.run(desk.sessions->open(guard, "192.0.2.2", "browser")).value();
  EXPECT_EQ(desk.run(desk.sessions->end_everybody(desk.as(desk.user.id))).error(), Errc::kForbidden);
  ASSERT_TRUE(desk.run(desk.sessions->resolve(mine.secret, "192.0.2.1")));
  const Principal by = desk.run(desk.sessions->resolve(of_guard.secret, "192.0.2.1")).value().first;
  const SignedOut done = desk.run(desk.sessions->end_everybody(by)).value();
  EXPECT_EQ(done.spared, 1U) << "the owner";
  EXPECT_TRUE(desk.run(desk.sessions->resolve(of_guard.secret, "192.0.2.1"))) << "his own";
  EXPECT_TRUE(desk.run(desk.sessions->resolve(of_boss.secret, "192.0.2.1")));
  EXPECT_FALSE(desk.run(desk.sessions->resolve(other_of_guard.secret, "192.0.2.2"))) << "his other one may be the thief's";
  EXPECT_FALSE(desk.run(desk.sessions->resolve(mine.secret, "192.0.2.1")));
  EXPECT_THAT(desk.audit_actions(desk.home), Contains("security.everybody_signed_out"));
}

// "Of admins" is what somebody may do, not what the role is called.
TEST(Hierarchy, I1_02_TheDutyOfAdminsIsThatOfCustomRolesLikeTheirs) {
  Ladder desk;
  const Principal keeper = desk.somebody("keeper@example.com", {Permission::kTicketsRead, Permission::kRulesManage});
  const Principal reader = desk.somebody("reader@example.com", {Permission::kTicketsRead, Permission::kReply});
  desk.demand(RequiredOf::kAdmins, 0);
  const auto missing = desk.factors->missing(desk.home).value();
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_EQ(missing[0].user.id, keeper.user);
  EXPECT_NE(desk.factors->status(desk.accounts->find(desk.home, keeper.user).value().value())->due_unix_ms, 0);
  EXPECT_EQ(desk.factors->status(desk.accounts->find(desk.home, reader.user).value().value())->due_unix_ms, 0);
  desk.user = *desk.accounts->find(desk.home, keeper.user).value();
  const auto session = *desk.begin()->session;
  EXPECT_TRUE(desk.run(desk.sessions->resolve(session.secret, "192.0.2.1"))->second.must_enrol);
  Principal here = keeper;
  here.credential = session.session.id.value;
  desk.add_totp(here);
  EXPECT_EQ(desk.run(desk.factors->remove_totp(here)).error(), core::Errc::kInvalid) << "the last one stays";
}

// ASVS 6.3.3, 6.4.3: an old password alone, with whatever was leaked with it, does not set a new one.
TEST(ExpiredPasswords, Asvs_6_4_3_AreReplacedAfterTheSecondFactor) {
  Ladder desk;
  desk.add_totp();
  PasswordPolicies policies;
  policies.agents.level = PasswordLevel::kCustom;
  policies.agents.custom.expiry_days = 1;
  ASSERT_TRUE(desk.run(desk.accounts->set_password_policies(desk.boss, policies)));
  desk.clock.advance(std::chrono::hours(6 * 24));
  desk.user = desk.verify("ann@example.com", test::kPassword).value();
  ASSERT_NE(desk.user.password_problem, "");
  const auto first = desk.begin();
  ASSERT_TRUE(first && first->pending);
  EXPECT_FALSE(first->due) << "nothing to set a password with";
  EXPECT_FALSE(first->pending->may_trust_device);
  const auto second = desk.answer(first->pending->secret, FactorDesk::by_code(desk.code()));
  ASSERT_TRUE(second && second->due);
  EXPECT_FALSE(second->session);
  EXPECT_EQ(second->due->problem, desk.user.password_problem);
  EXPECT_EQ(desk.run(desk.accounts->enrol(second->due->token, test::kPassword, "")).error(), Errc::kWeakPassword) << "the same again";
  desk.user = desk.run(desk.accounts->enrol(second->due->token, "another long password", "")).value();
  // The factor was proved before the link was given: no second code for one sign-in.
  const auto third = desk.run(desk.sign_in->begin(desk.user, kByLink | desk.user.proven_methods, desk.visitor()));
  ASSERT_TRUE(third && third->session);
  EXPECT_NE(third->session->session.methods & kByTotp, 0U);
}

TEST(ExpiredPasswords, ATrustedDeviceDoesNotStandInForTheFactor) {
  Ladder desk;
  desk.add_totp();
  desk.cookie = desk.answer(desk.pending(), FactorDesk::by_code(desk.code()), true)->new_device_secret;
  ASSERT_TRUE(desk.begin()->session) << "trusted";
  desk.user.password_problem = "it is older than it may be";
  EXPECT_TRUE(desk.begin()->pending);
}

TEST(ExpiredPasswords, WithoutAFactorThePasswordGivesTheLinkAndAMailedResetProvesNoFactor) {
  Ladder desk;
  desk.user.password_problem = "it is older than it may be";
  const auto step = desk.begin();
  ASSERT_TRUE(step && step->due);
  EXPECT_FALSE(step->session);
  desk.user = desk.run(desk.accounts->enrol(step->due->token, "another long password", "")).value();
  desk.add_totp();
  const auto mailed = desk.run(desk.accounts->reset_token("ann@example.com", "192.0.2.9")).value();
  ASSERT_TRUE(mailed);
  desk.user = desk.run(desk.accounts->enrol(mailed->second, "yet another password", "")).value();
  EXPECT_EQ(desk.user.proven_methods, 0U);
  EXPECT_TRUE(desk.run(desk.sign_in->begin(desk.user, kByLink, desk.visitor()))->pending);
}

TEST(Links, Asvs_6_4_3_WhoKnowsAnAddressTakesNoAdminsLinkAway) {
  Ladder desk;
  const std::string link = desk.run(desk.accounts->new_enrolment(desk.boss, desk.user.id)).value();
  EXPECT_FALSE(desk.run(desk.accounts->reset_token("ann@example.com", "192.0.2.9")).value());
  EXPECT_TRUE(desk.accounts->enrolling(link));
  desk.clock.advance(std::chrono::hours(25));
  EXPECT_TRUE(desk.run(desk.accounts->reset_token("ann@example.com", "192.0.2.9")).value()) << "it is over";
}

TEST(Links, Asvs_6_2_3_ThePasswordThatIsReplacedIsNotTakenAgain) {
  Ladder desk;
  ASSERT_EQ(rules_of(desk.accounts->password_policies(desk.home)->agents, desk.options).history, 0U);
  const auto mailed = desk.run(desk.accounts->reset_token("ann@example.com", "192.0.2.9")).value();
  ASSERT_TRUE(mailed);
  EXPECT_EQ(desk.run(desk.accounts->enrol(mailed->second, test::kPassword, "")).error(), Errc::kWeakPassword);
  EXPECT_TRUE(desk.run(desk.accounts->enrol(mailed->second, "another long password", "")));
}

TEST(TrustedDevices, DoNotReviveWhenTheyAreAllowedAgain) {
  Ladder desk;
  desk.add_totp();
  desk.cookie = desk.answer(desk.pending(), FactorDesk::by_code(desk.code()), true)->new_device_secret;
  ASSERT_TRUE(desk.begin()->session);
  auto allow = [&desk](bool allowed) {
    auto edit = [allowed](SecurityPolicy& policy) { policy.second_factor.allows_trusted_devices = allowed; };
    ASSERT_TRUE(desk.run(desk.policies->change(desk.boss, edit)));
  };
  desk.clock.advance(std::chrono::minutes(1));
  allow(false);
  EXPECT_TRUE(desk.begin()->pending);
  EXPECT_EQ(desk.devices->list(desk.home, desk.user.id)->front().trusted_until_unix_ms, 0);
  desk.clock.advance(std::chrono::minutes(1));
  allow(true);
  const auto again = desk.begin();
  ASSERT_TRUE(again->pending) << "trust from before came back";
  EXPECT_EQ(desk.devices->list(desk.home, desk.user.id)->front().trusted_until_unix_ms, 0);
  ASSERT_TRUE(desk.answer(again->pending->secret, FactorDesk::by_code(desk.code()), true));
  EXPECT_TRUE(desk.begin()->session) << "trusted anew";
}

TEST(InboxScopes, Z28_LimitAgentsUntilSomebodyLiftsIt) {
  Ladder desk;
  EXPECT_FALSE(desk.as(desk.user.id).inboxes.is_limited());
  desk.limit(desk.user.id, {kPayroll, kSales, kPayroll});
  EXPECT_EQ(to_string(desk.as(desk.user.id).inboxes), "7 9");
  const auto session = *desk.begin()->session;
  EXPECT_EQ(to_string(desk.run(desk.sessions->resolve(session.secret, "192.0.2.1"))->first.inboxes), "7 9");
  const std::string token = desk.run(desk.sessions->create_token(desk.boss, desk.user.id, "x", 0)).value().first;
  EXPECT_EQ(to_string(desk.run(desk.sessions->resolve_token(token, "192.0.2.1"))->inboxes), "7 9");
  desk.limit(desk.user.id, {});
  EXPECT_EQ(to_string(desk.as(desk.user.id).inboxes), "none");
  EXPECT_FALSE(desk.as(desk.user.id).inboxes.has(kSales)) << "limited to none is nowhere";
  const auto entries = list_audit(*desk.store, *desk.vault, desk.home, {}, 1).value();
  EXPECT_EQ(entries.at(0).action, "user.inboxes_changed");
  EXPECT_EQ(entries.at(0).changes, (std::vector<AuditChange>{{"inboxes", "7 9", "none"}}));
  ASSERT_TRUE(desk.run(desk.accounts->set_inboxes(desk.boss, desk.user.id, InboxScope())));
  EXPECT_FALSE(desk.as(desk.user.id).inboxes.is_limited());
}

TEST(InboxScopes, Asvs_8_3_1_NobodyGivesInboxesThatHeLacks) {
  Ladder desk;
  const PermissionSet lead{Permission::kRolesManage, Permission::kUsersManage, Permission::kTicketsRead,  Permission::kTicketsWrite, Permission::kNotesWrite,
                           Permission::kReply,       Permission::kTicketsDelete, Permission::kUsersRead, Permission::kTokensManage};
  Principal by = desk.somebody("lead@example.com", lead);
  desk.limit(by.user, {kSales});
  by = desk.as(by.user);
  EXPECT_EQ(desk.run(desk.accounts->set_inboxes(by, by.user, InboxScope())).error(), Errc::kForbidden) << "his own";
  EXPECT_EQ(desk.run(desk.accounts->set_inboxes(by, desk.user.id, InboxScope::only({kSales}))).error(), Errc::kForbidden)
      << "somebody who works everywhere";
  EXPECT_EQ(desk.run(desk.accounts->new_enrolment(by, desk.user.id)).error(), Errc::kForbidden);
  by.permissions->add(Permission::kTokensOversee);
  EXPECT_EQ(desk.run(desk.sessions->create_token(by, desk.user.id, "x", 0)).error(), Errc::kForbidden) << "a token that sees everything";
  desk.limit(desk.user.id, {kSales});
  EXPECT_EQ(desk.run(desk.accounts->set_inboxes(by, desk.user.id, InboxScope::only({kPayroll}))).error(), Errc::kForbidden);
  EXPECT_EQ(desk.run(desk.accounts->set_inboxes(by, desk.user.id, InboxScope())).error(), Errc::kForbidden);
  EXPECT_TRUE(desk.run(desk.accounts->set_inboxes(by, desk.user.id, InboxScope::only({}))));
  // Whom he brings in is limited like him.
  const auto invited = desk.run(desk.accounts->invite(by, "new@example.com", "", Role::kAgent)).value();
  EXPECT_EQ(to_string(desk.as(invited.first.id).inboxes), "7");
  EXPECT_EQ(desk.run(desk.accounts->set_inboxes(desk.boss, desk.make("root@example.com", Role::kAdmin).id, InboxScope::only({}))).error(),
            core::Errc::kInvalid);
}

}  // namespace
}  // namespace postern::auth
