// Step-up, devices, what a workspace demands, and lost factors (requirements I1-02, I1-09, Z-26, Z-34; ASVS 7.5).
#include "auth/errc.h"
#include "core/errc.h"
#include "tests/auth/factor_desk.h"

namespace postern::test {
namespace {

using auth::Errc;

TEST(StepUps, AsvsV7_5_3_AProofMakesTheSessionFreshUnderANewSecret) {
  FactorDesk desk;
  auth::SignedIn before = *desk.begin()->session;
  desk.clock.advance(std::chrono::minutes(20));
  auth::StepUp by_password;
  by_password.password = kPassword;
  const auto renewed = desk.run(desk.sign_in->prove_again(desk.principal(desk.user), before.session.id, by_password, {}));
  ASSERT_TRUE(renewed) << renewed.error().describe();
  EXPECT_EQ(renewed->session.id, before.session.id);
  EXPECT_NE(renewed->secret, before.secret);
  EXPECT_NE(renewed->session.csrf_token, before.session.csrf_token);
  EXPECT_FALSE(desk.run(desk.sessions->resolve(before.secret, "192.0.2.1")));
  const auto now = desk.run(desk.sessions->resolve(renewed->secret, "192.0.2.1"));
  ASSERT_TRUE(now);
  EXPECT_GT(now->second.fresh_until_unix_ms, core::to_unix_ms(desk.clock.wall_now()));
  // With a factor the password is no longer a proof.
  auth::Principal here = desk.principal(desk.user);
  here.credential = before.session.id.value;
  desk.add_totp(here);
  EXPECT_FALSE(desk.run(desk.sign_in->prove_again(desk.principal(desk.user), before.session.id, by_password, {})));
  auth::StepUp by_code;
  by_code.answer = FactorDesk::by_code(desk.code());
  EXPECT_TRUE(desk.run(desk.sign_in->prove_again(desk.principal(desk.user), before.session.id, by_code, {})));
  EXPECT_FALSE(desk.run(desk.sign_in->prove_again(desk.principal(desk.user), before.session.id, by_code, {})));
}

TEST(DevicesOfUsers, Z_34_ANewOneIsToldAndAKnownOneIsNot) {
  FactorDesk desk;
  const auto first = desk.begin();
  EXPECT_EQ(desk.told, std::vector{auth::NoticeOf::kNewDevice});
  ASSERT_FALSE(first->new_device_secret.empty());
  desk.cookie = first->new_device_secret;
  EXPECT_TRUE(desk.begin()->new_device_secret.empty());
  EXPECT_EQ(desk.told.size(), 1U);
  const auto list = desk.devices->list(desk.home, desk.user.id).value();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].name, "Firefox on Linux");
  EXPECT_EQ(list[0].client_ip, "192.0.2.1");
  ASSERT_TRUE(desk.run(desk.devices->rename(desk.principal(desk.user), list[0].id, "FactorDesk")));
  EXPECT_EQ(desk.devices->list(desk.home, desk.user.id)->at(0).name, "FactorDesk");
  const auth::User other = desk.make("bob@example.com");
  EXPECT_EQ(desk.run(desk.devices->revoke(desk.principal(other), list[0].id)).error(), Errc::kNotFound);
  ASSERT_TRUE(desk.run(desk.devices->revoke(desk.principal(desk.user), list[0].id)));
  EXPECT_FALSE(desk.begin()->new_device_secret.empty());
  EXPECT_EQ(desk.told.size(), 2U);
  // An invited person's first browser is no surprise to them.
  desk.cookie.clear();
  desk.user = other;
  EXPECT_TRUE(desk.run(desk.sign_in->begin(desk.user, auth::kByLink, desk.visitor()))->session);
  EXPECT_EQ(desk.told.size(), 2U);
}

TEST(DevicesOfUsers, Z_26_ARememberedOneStandsInForTheFactorThirtyDaysOfOnePassword) {
  FactorDesk desk;
  desk.add_totp();
  desk.cookie = desk.answer(desk.pending(), FactorDesk::by_code(desk.code()), true)->new_device_secret;
  const auto trusted = desk.begin();
  ASSERT_TRUE(trusted->session);
  EXPECT_EQ(trusted->session->session.methods, auth::kByPassword | auth::kByTrustedDevice);
  EXPECT_EQ(trusted->session->session.fresh_until_unix_ms, 0);  // no proof of a factor
  // It is nothing under another account.
  const std::string cookie = desk.cookie;
  const auth::User ann = desk.user;
  desk.user = desk.make("bob@example.com");
  desk.add_totp();
  EXPECT_TRUE(desk.begin()->pending);
  desk.user = ann;
  desk.cookie = cookie;
  desk.clock.advance(std::chrono::hours(30 * 24) - std::chrono::minutes(1));
  EXPECT_TRUE(desk.begin()->session);
  desk.clock.advance(std::chrono::minutes(1));
  EXPECT_TRUE(desk.begin()->pending);
}

TEST(DevicesOfUsers, APasswordChangeOrThePolicyEndsTrust) {
  FactorDesk desk;
  desk.add_totp();
  desk.cookie = desk.answer(desk.pending(), FactorDesk::by_code(desk.code()), true)->new_device_secret;
  ASSERT_TRUE(desk.begin()->session);
  auto forbid = [](auth::SecurityPolicy& policy) { policy.second_factor.allows_trusted_devices = false; };
  ASSERT_TRUE(desk.run(desk.policies->change(desk.owner_of(desk.home), forbid)));
  EXPECT_TRUE(desk.begin()->pending);
  auto allow = [](auth::SecurityPolicy& policy) { policy.second_factor.allows_trusted_devices = true; };
  ASSERT_TRUE(desk.run(desk.policies->change(desk.owner_of(desk.home), allow)));
  desk.clock.advance(std::chrono::minutes(1));
  ASSERT_TRUE(desk.answer(desk.pending(), FactorDesk::by_code(desk.code()), true));
  ASSERT_TRUE(desk.begin()->session);
  desk.clock.advance(std::chrono::seconds(1));
  const std::string link = desk.run(desk.accounts->new_enrolment(desk.owner_of(desk.home), desk.user.id)).value();
  const auto changed = desk.run(desk.accounts->enrol(link, "another long password", "192.0.2.1"));
  ASSERT_TRUE(changed);
  const auto stale = desk.begin();
  ASSERT_FALSE(stale) << "the password that was proved is no longer the one";
  EXPECT_EQ(stale.error(), auth::Errc::kBadCredentials);
  desk.user = *changed;
  EXPECT_TRUE(desk.begin()->pending);
}

// Whoever signed in with the password alone has no place beside the first factor.
TEST(StepUps, AsvsV7_4_3_TheFirstFactorEndsTheOtherSessions) {
  FactorDesk desk;
  const auto mine = *desk.begin()->session;
  const auto thief = *desk.begin()->session;
  auth::Principal here = desk.principal(desk.user);
  here.credential = mine.session.id.value;
  desk.add_totp(here);
  EXPECT_TRUE(desk.run(desk.sessions->resolve(mine.secret, "192.0.2.1")));
  EXPECT_FALSE(desk.run(desk.sessions->resolve(thief.secret, "192.0.2.1")));
  // A sign-in that was decided before the factor was there opens nothing.
  EXPECT_FALSE(desk.run(desk.sessions->open(desk.user, "192.0.2.1", "late")));
}

TEST(Policies, I1_02_DemandAFactorByRoleAfterAGrace) {
  FactorDesk desk;
  const auth::User admin = desk.make("root@example.com", auth::Role::kAdmin);
  desk.demand(auth::RequiredOf::kAdmins, 7);
  const auto missing = desk.factors->missing(desk.home).value();
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_EQ(missing[0].user.id, admin.id);
  const auto agent_session = *desk.begin()->session;
  desk.user = admin;
  const auto session = *desk.begin()->session;
  auto must_enrol = [&](const auth::SignedIn& of) { return desk.run(desk.sessions->resolve(of.secret, "192.0.2.1"))->second.must_enrol; };
  EXPECT_FALSE(must_enrol(session));
  desk.clock.advance(std::chrono::hours(6 * 24));
  const auto later = *desk.begin()->session;
  EXPECT_FALSE(must_enrol(later));
  desk.clock.advance(std::chrono::hours(24));
  const auto after = *desk.begin()->session;
  EXPECT_TRUE(must_enrol(after));
  auth::Principal here = desk.principal(desk.user);
  here.credential = after.session.id.value;
  desk.add_totp(here);
  EXPECT_FALSE(must_enrol(after));
  EXPECT_TRUE(desk.factors->missing(desk.home)->empty());
  // The last factor stays as long as it is demanded.
  EXPECT_EQ(desk.run(desk.factors->remove_totp(desk.principal(desk.user))).error(), core::Errc::kInvalid);
  desk.demand(auth::RequiredOf::kNobody, 7);
  EXPECT_TRUE(desk.run(desk.factors->remove_totp(desk.principal(desk.user))));
}

TEST(Policies, AreChangedByAdminsWithinBoundsAndAudited) {
  FactorDesk desk;
  auto harder = [](auth::SecurityPolicy& policy) { policy.second_factor.required_of = auth::RequiredOf::kEverybody; };
  EXPECT_EQ(desk.run(desk.policies->change(desk.principal(desk.user), harder)).error(), Errc::kForbidden);
  auto never = [](auth::SecurityPolicy& policy) { policy.second_factor.grace_days = 91; };
  EXPECT_EQ(desk.run(desk.policies->change(desk.owner_of(desk.home), never)).error(), core::Errc::kInvalid);
  EXPECT_EQ(desk.policies->current(desk.home)->revision, 0U);
  EXPECT_EQ(desk.run(desk.policies->change(desk.owner_of(desk.home), harder))->revision, 1U);
  EXPECT_EQ(desk.run(desk.policies->change(desk.owner_of(desk.home), harder))->revision, 1U);  // nothing new
  EXPECT_EQ(desk.policies->current(desk.other)->second_factor.required_of, auth::RequiredOf::kNobody);
  const auto entries = auth::list_audit(*desk.store, *desk.vault, desk.home, {}, 1).value();
  EXPECT_EQ(entries.at(0).action, "security_policy.changed");
  EXPECT_EQ(entries.at(0).changes, (std::vector<auth::AuditChange>{{"second_factor.required_of", "none", "everybody"}}));
}

TEST(Resets, TakeFactorsDevicesAndSessionsButNotOfSomebodyAbove) {
  FactorDesk desk;
  SoftKey key("desk.example.com", kDeskOrigin);
  desk.add_totp();
  ASSERT_TRUE(desk.add_key(key));
  const auto step = desk.answer(desk.pending(), FactorDesk::by_code(desk.code()), true);
  desk.cookie = step->new_device_secret;
  const auth::User peer = desk.make("bob@example.com");
  EXPECT_EQ(desk.run(desk.factors->reset(desk.principal(peer), desk.user.id)).error(), Errc::kForbidden);
  const auth::User admin = desk.make("root@example.com", auth::Role::kAdmin);
  ASSERT_TRUE(desk.run(desk.factors->reset(desk.principal(admin), desk.user.id)));
  EXPECT_EQ(desk.told.back(), auth::NoticeOf::kFactorsReset);
  EXPECT_FALSE(desk.run(desk.sessions->resolve(step->session->secret, "192.0.2.1")));
  EXPECT_TRUE(desk.devices->list(desk.home, desk.user.id)->empty());
  const auto given = FactorDesk::by_key(key, desk.sign_in->passwordless_challenge()->challenge);
  EXPECT_FALSE(desk.run(desk.sign_in->by_passkey(*given.assertion, desk.visitor())));
  EXPECT_TRUE(desk.begin()->session);
  const auth::User owner = desk.make("boss@example.com", auth::Role::kOwner);
  EXPECT_EQ(desk.run(desk.factors->reset(desk.principal(admin), owner.id)).error(), Errc::kForbidden);
}

}  // namespace
}  // namespace postern::test
