// Setting, changing, forgetting and outliving passwords (requirements Z-25, C-07, Z-27; ASVS 5.0 6.2, 6.3, 6.4).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/detail/password_hash.h"
#include "auth/detail/records.h"
#include "auth/detail/transact.h"
#include "core/errc.h"
#include "tests/auth/fixture.h"

namespace postern::auth {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::kPassword;
using test::People;
using testing::Contains;

constexpr const char* kOther = "glory teapot moss";
constexpr const char* kThird = "seven paper lanterns";

core::Result<void> set_level(People& people, PasswordLevel level, PasswordRules custom = PasswordRules()) {
  PasswordPolicies policies;
  policies.agents.level = level;
  policies.agents.custom = custom;
  return people.run(people.accounts->set_password_policies(people.owner_of(people.home), policies));
}

core::Result<void> change(People& people, const User& user, const char* from, const char* to) {
  return people.run(people.accounts->change_password(people.principal(user), from, to));
}

core::Result<std::optional<std::pair<User, std::string>>> reset(People& people, const char* email) {
  return people.run(people.accounts->reset_token(email, "192.0.2.9"));
}

TEST(PasswordChange, Asvs_6_2_3_AsksForTheOldOneAndEndsOtherSessions) {
  People people;
  const User ann = people.make("ann@x.example");
  const auto here = people.run(people.sessions->open(ann, "192.0.2.1", "a")).value();
  const auto elsewhere = people.run(people.sessions->open(ann, "192.0.2.2", "b")).value();
  Principal by = people.run(people.sessions->resolve(here.secret, "192.0.2.1"))->first;
  EXPECT_EQ(people.run(people.accounts->change_password(by, "wrong wrong wrong", kOther)).error(), Errc::kBadCredentials);
  EXPECT_EQ(people.run(people.accounts->change_password(by, kPassword, kPassword)).error(), Errc::kWeakPassword);
  EXPECT_EQ(people.run(people.accounts->change_password(by, kPassword, "short")).error(), Errc::kWeakPassword);
  ASSERT_TRUE(people.run(people.accounts->change_password(by, kPassword, kOther)));
  EXPECT_TRUE(people.run(people.sessions->resolve(here.secret, "192.0.2.1")));
  EXPECT_FALSE(people.run(people.sessions->resolve(elsewhere.secret, "192.0.2.2")));
  EXPECT_FALSE(people.verify("ann@x.example", kPassword));
  EXPECT_TRUE(people.verify("ann@x.example", kOther));
  EXPECT_THAT(people.audit_actions(people.home), Contains("password.changed"));
}

TEST(PasswordChange, Z25_HighRefusesTheLastFive) {
  People people;
  PasswordRules rules;
  rules.history = 2;
  ASSERT_TRUE(set_level(people, PasswordLevel::kCustom, rules));
  const User ann = people.make("ann@x.example");
  ASSERT_TRUE(change(people, ann, kPassword, kOther));
  EXPECT_EQ(change(people, ann, kOther, kPassword).error(), Errc::kWeakPassword);
  ASSERT_TRUE(change(people, ann, kOther, kThird));
  EXPECT_TRUE(change(people, ann, kThird, kPassword)) << "three back is far enough for two";
}

TEST(PasswordChange, Z25_RaisingALevelGivesFiveDaysAndThenAsksForAnother) {
  People people;
  const User ann = people.make("ann@x.example");
  ASSERT_TRUE(set_level(people, PasswordLevel::kHigh));
  EXPECT_EQ(people.verify("ann@x.example", kPassword)->password_problem, "") << "the grace period";
  people.clock.advance(hours(5 * 24) - minutes(1));
  EXPECT_EQ(people.verify("ann@x.example", kPassword)->password_problem, "");
  people.clock.advance(minutes(1));
  EXPECT_NE(people.verify("ann@x.example", kPassword)->password_problem, "");
  const std::string token = people.run(people.accounts->password_change_token(ann, kByPassword)).value();
  EXPECT_EQ(people.run(people.accounts->enrol(token, kOther, "")).error(), Errc::kWeakPassword);
  ASSERT_TRUE(people.run(people.accounts->enrol(token, "Glory-Teapot-7", "")));
  EXPECT_EQ(people.verify("ann@x.example", "Glory-Teapot-7")->password_problem, "");
  people.clock.advance(hours(90 * 24));
  EXPECT_NE(people.verify("ann@x.example", "Glory-Teapot-7")->password_problem, "") << "expired";
}

TEST(PasswordChange, LoweringALevelExpiresNothing) {
  People people;
  people.make("ann@x.example");
  ASSERT_TRUE(set_level(people, PasswordLevel::kMedium));
  ASSERT_TRUE(set_level(people, PasswordLevel::kRecommended));
  people.clock.advance(hours(24 * 400));
  EXPECT_EQ(people.verify("ann@x.example", kPassword)->password_problem, "");
}

TEST(PasswordChange, ADueChangeLeavesTokensAliveAResetDoesNot) {
  People people;
  const User ann = people.make("ann@x.example");
  const std::string secret = people.run(people.sessions->create_token(people.principal(ann), ann.id, "cli", 0))->first;
  const std::string due = people.run(people.accounts->password_change_token(ann, kByPassword)).value();
  ASSERT_TRUE(people.run(people.accounts->enrol(due, kOther, "")));
  EXPECT_TRUE(people.run(people.sessions->resolve_token(secret, "192.0.2.1")));
  const auto mailed = reset(people, "ann@x.example").value();
  ASSERT_TRUE(mailed);
  ASSERT_TRUE(people.run(people.accounts->enrol(mailed->second, kThird, "")));
  EXPECT_FALSE(people.run(people.sessions->resolve_token(secret, "192.0.2.1")));
}

TEST(PasswordPolicies, Z25_OnlyWhoManagesSecurityChangesThem) {
  People people;
  const User agent = people.make("agent@x.example");
  EXPECT_EQ(people.run(people.accounts->set_password_policies(people.principal(agent), PasswordPolicies())).error(), Errc::kForbidden);
  PasswordPolicies low;
  low.agents.level = PasswordLevel::kLow;
  EXPECT_EQ(people.run(people.accounts->set_password_policies(people.owner_of(people.home), low)).error(), core::Errc::kInvalid);
  ASSERT_TRUE(set_level(people, PasswordLevel::kMedium));
  EXPECT_EQ(people.accounts->password_policies(people.home)->agents.level, PasswordLevel::kMedium);
  EXPECT_EQ(people.accounts->password_policies(people.other)->agents.level, PasswordLevel::kRecommended) << "another workspace";
  const AuditEntry entry = list_audit(*people.store, *people.vault, people.home, {}, 1)->front();
  EXPECT_EQ(entry.action, "password_policy.changed");
  ASSERT_EQ(entry.changes.size(), 1U);
  EXPECT_EQ(entry.changes[0].field, "agents");
  EXPECT_TRUE(entry.changes[0].before.starts_with("recommended: length 12"));
  EXPECT_TRUE(entry.changes[0].after.starts_with("medium: length 6, digit true"));
}

TEST(PasswordPolicies, FailuresBeforeALockAreTheSameForKnownAndUnknownLogins) {  // ASVS 6.3.8
  People people;
  people.make("ann@x.example");
  PasswordRules rules;
  rules.failures_max = 3;
  ASSERT_TRUE(set_level(people, PasswordLevel::kCustom, rules));
  for (const char* login : {"ann@x.example", "nobody@x.example"}) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(people.verify(login, "wrong wrong").error(), Errc::kBadCredentials) << login << i;
    EXPECT_EQ(people.verify(login, kPassword).error(), Errc::kLocked) << login;
  }
}

TEST(PasswordReset, Asvs_6_4_3_GivesASingleUseLinkThatEnds) {
  People people;
  people.make("ann@x.example");
  const auto made = reset(people, " ANN@x.example").value();
  ASSERT_TRUE(made);
  EXPECT_EQ(made->first.email, "ann@x.example");
  EXPECT_TRUE(people.verify("ann@x.example", kPassword)) << "asking changes nothing";
  ASSERT_TRUE(people.run(people.accounts->enrol(made->second, kOther, "")));
  EXPECT_EQ(people.run(people.accounts->enrol(made->second, kThird, "")).error(), Errc::kExpired);
  people.clock.advance(minutes(11));
  const auto late = reset(people, "ann@x.example").value();
  people.clock.advance(minutes(60));
  EXPECT_EQ(people.run(people.accounts->enrol(late->second, kThird, "")).error(), Errc::kExpired);
}

TEST(PasswordReset, NobodyFloodsAMailboxOrTakesAnInvitationAway) {
  People people;
  people.make("ann@x.example");
  EXPECT_TRUE(reset(people, "ann@x.example").value());
  EXPECT_FALSE(reset(people, "ann@x.example").value()) << "one just now";
  people.clock.advance(minutes(10));
  EXPECT_TRUE(reset(people, "ann@x.example").value());
  EXPECT_FALSE(reset(people, "nobody@x.example").value());
  const auto invited = people.run(people.accounts->invite(people.owner_of(people.home), "new@x.example", "", Role::kAgent)).value();
  EXPECT_FALSE(reset(people, "new@x.example").value());
  EXPECT_TRUE(people.accounts->enrolling(invited.second));
  const User bob = people.make("bob@x.example");
  ASSERT_TRUE(people.run(people.accounts->set_disabled(people.owner_of(people.home), bob.id, true)));
  EXPECT_FALSE(reset(people, "bob@x.example").value());
}

TEST(SignIn, I0_04_AnImportedHashIsReplacedByTheFirstSignIn) {
  People people;
  const User ann = people.make("ann@x.example");
  const std::string bcrypt = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
  EXPECT_EQ(people.run(people.accounts->import_password_hash(people.principal(ann), ann.id, bcrypt)).error(), Errc::kForbidden);
  ASSERT_TRUE(people.run(people.accounts->import_password_hash(people.owner_of(people.home), ann.id, bcrypt)));
  const auto signed_in = people.verify("ann@x.example", "U*U");
  ASSERT_TRUE(signed_in);
  EXPECT_NE(signed_in->password_problem, "") << "three characters";
  const auto stored = read_user(*people.store->snapshot(), *people.vault, people.home, ann.id).value();
  EXPECT_TRUE(stored->password_hash().starts_with("$argon2id$"));
  EXPECT_TRUE(people.verify("ann@x.example", "U*U"));
  EXPECT_FALSE(people.verify("ann@x.example", "U*V"));
}

TEST(SignIn, C07_AnAdminEndsALock) {
  People people;
  const User ann = people.make("ann@x.example");
  const User agent = people.make("agent@x.example");
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(people.verify("ann@x.example", "wrong wrong"));
  ASSERT_EQ(people.verify("ann@x.example", kPassword).error(), Errc::kLocked);
  EXPECT_EQ(people.run(people.accounts->unlock(people.principal(agent), ann.id)).error(), Errc::kForbidden);
  EXPECT_EQ(people.run(people.accounts->unlock(people.owner_of(people.other), ann.id)).error(), Errc::kNotFound) << "another workspace";
  ASSERT_TRUE(people.run(people.accounts->unlock(people.owner_of(people.home), ann.id)));
  EXPECT_TRUE(people.verify("ann@x.example", kPassword));
  EXPECT_THAT(people.audit_actions(people.home), Contains("user.unlocked"));
}

}  // namespace
}  // namespace postern::auth
