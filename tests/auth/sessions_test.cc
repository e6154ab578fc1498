#include "auth/sessions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/encoding.h"
#include "tests/auth/fixture.h"

namespace postern::auth {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::kPassword;
using test::People;
using testing::Contains;
using testing::ElementsAre;

TEST(Sessions, ACookieLeadsToItsPrincipal) {
  People people;
  const User ann = people.make("ann@x.example", Role::kAdmin);
  const auto signed_in = people.run(people.sessions->open(ann, "192.0.2.1", std::string(500, 'u'))).value();
  EXPECT_EQ(core::from_base64url(signed_in.secret)->size(), 32U);
  EXPECT_NE(signed_in.session.csrf_token, signed_in.secret);
  EXPECT_EQ(signed_in.session.agent.size(), 200U);
  const auto [by, session] = people.run(people.sessions->resolve(signed_in.secret, "192.0.2.2")).value();
  EXPECT_EQ(by.workspace, people.home);
  EXPECT_EQ(by.user, ann.id);
  EXPECT_EQ(by.role, Role::kAdmin);
  EXPECT_EQ(by.credential, signed_in.session.id.value);
  EXPECT_EQ(session.csrf_token, signed_in.session.csrf_token);
  EXPECT_EQ(people.run(people.sessions->resolve("", "")).error(), Errc::kBadCredentials);
  EXPECT_EQ(people.run(people.sessions->resolve(signed_in.secret + "x", "")).error(), Errc::kBadCredentials);
  EXPECT_THAT(people.audit_actions(people.home), Contains("sign_in"));
}

TEST(Sessions, EndWhenIdleOrOld) {
  People people;
  const User ann = people.make("ann@x.example");
  const auto idle = people.run(people.sessions->open(ann, "", "")).value();
  const auto busy = people.run(people.sessions->open(ann, "", "")).value();
  people.clock.advance(hours(11));
  EXPECT_TRUE(people.run(people.sessions->resolve(busy.secret, "")));
  people.clock.advance(hours(1));
  EXPECT_EQ(people.run(people.sessions->resolve(idle.secret, "")).error(), Errc::kExpired);
  EXPECT_EQ(people.sessions->list(people.home, ann.id)->size(), 1U);
  for (int i = 0; i < 15; ++i) {
    EXPECT_TRUE(people.run(people.sessions->resolve(busy.secret, ""))) << i;
    people.clock.advance(hours(10));
  }
  people.clock.advance(hours(6));  // 168 h: seven days
  EXPECT_EQ(people.run(people.sessions->resolve(busy.secret, "")).error(), Errc::kExpired);
}

TEST(Sessions, LastSeenIsWrittenAtMostOnceAMinute) {
  People people;
  const User ann = people.make("ann@x.example");
  const auto signed_in = people.run(people.sessions->open(ann, "", "")).value();
  people.clock.advance(seconds(59));
  EXPECT_EQ(people.run(people.sessions->resolve(signed_in.secret, ""))->second.last_seen_unix_ms, signed_in.session.created_unix_ms);
  people.clock.advance(seconds(1));
  const auto seen = people.run(people.sessions->resolve(signed_in.secret, ""))->second.last_seen_unix_ms;
  EXPECT_EQ(seen, signed_in.session.created_unix_ms + 60'000);
  EXPECT_EQ(people.sessions->list(people.home, ann.id)->at(0).last_seen_unix_ms, seen);
}

TEST(Sessions, CloseOneOrAll) {
  People people;
  const User ann = people.make("ann@x.example");
  const auto first = people.run(people.sessions->open(ann, "", "")).value();
  const auto second = people.run(people.sessions->open(ann, "", "")).value();
  const auto third = people.run(people.sessions->open(ann, "", "")).value();
  ASSERT_TRUE(people.run(people.sessions->close(people.other, ann.id, first.session.id)));  // another workspace: no effect
  EXPECT_TRUE(people.run(people.sessions->resolve(first.secret, "")));
  ASSERT_TRUE(people.run(people.sessions->close(people.home, ann.id, first.session.id)));
  EXPECT_FALSE(people.run(people.sessions->resolve(first.secret, "")));
  EXPECT_TRUE(people.run(people.sessions->resolve(second.secret, "")));
  ASSERT_TRUE(people.run(people.sessions->close_all(people.home, ann.id)));
  EXPECT_FALSE(people.run(people.sessions->resolve(second.secret, "")));
  EXPECT_FALSE(people.run(people.sessions->resolve(third.secret, "")));
  EXPECT_THAT(people.audit_actions(people.home), Contains("sign_out_all"));
}

TEST(Sessions, ANewPasswordEndsThemAll) {
  People people;
  const User ann = people.make("ann@x.example");
  const auto signed_in = people.run(people.sessions->open(ann, "", "")).value();
  const auto token = people.run(people.accounts->new_enrolment(people.owner_of(people.home), ann.id)).value();
  EXPECT_TRUE(people.run(people.sessions->resolve(signed_in.secret, "")));
  ASSERT_TRUE(people.run(people.accounts->enrol(token, "another long password", "")));
  EXPECT_FALSE(people.run(people.sessions->resolve(signed_in.secret, "")));
}

TEST(Sessions, TheLongestIdleMakesRoom) {
  People people;
  const User ann = people.make("ann@x.example");
  std::vector<std::string> secrets;
  for (std::size_t i = 0; i <= people.options.sessions_per_user_max; ++i) {
    secrets.push_back(people.run(people.sessions->open(ann, "", "")).value().secret);
    people.clock.advance(seconds(1));
  }
  EXPECT_EQ(people.sessions->list(people.home, ann.id)->size(), people.options.sessions_per_user_max);
  EXPECT_FALSE(people.run(people.sessions->resolve(secrets.front(), "")));
  EXPECT_TRUE(people.run(people.sessions->resolve(secrets.back(), "")));
}

TEST(Sessions, SecretsAreNotStored) {
  People people;
  const User ann = people.make("ann@x.example");
  const auto signed_in = people.run(people.sessions->open(ann, "", "")).value();
  const auto token = people.run(people.sessions->create_token(people.principal(ann), ann.id, "ci", 0)).value().first;
  for (const auto& entry : people.store->snapshot()->scan("", storage::Direction::kForward, 10'000).value()) {
    EXPECT_EQ(entry.value.find(signed_in.secret), std::string::npos);
    EXPECT_EQ(entry.key.find(signed_in.secret), std::string::npos);
    EXPECT_EQ(entry.value.find(token.substr(4)), std::string::npos);
  }
}

TEST(Tokens, WorkUntilRevoked) {
  People people;
  const User ann = people.make("ann@x.example");
  const auto [secret, token] = people.run(people.sessions->create_token(people.principal(ann), ann.id, "ci", 0)).value();
  EXPECT_EQ(secret.substr(0, 4), "pst_");
  EXPECT_EQ(secret.size(), 47U);
  const auto by = people.run(people.sessions->resolve_token(secret, "192.0.2.3")).value();
  EXPECT_EQ(by.user, ann.id);
  EXPECT_EQ(by.method, Method::kToken);
  EXPECT_EQ(by.credential, token.id.value);
  EXPECT_GT(people.sessions->list_tokens(people.home, ann.id)->at(0).last_used_unix_ms, 0);
  ASSERT_TRUE(people.run(people.sessions->revoke_token(people.principal(ann), token.id)));
  EXPECT_EQ(people.run(people.sessions->resolve_token(secret, "")).error(), Errc::kBadCredentials);
  EXPECT_EQ(people.run(people.sessions->revoke_token(people.principal(ann), token.id)).error(), Errc::kNotFound);
  EXPECT_TRUE(people.sessions->list_tokens(people.home, ann.id)->empty());
  EXPECT_THAT(people.audit_actions(people.home), Contains("token.created"));
  EXPECT_THAT(people.audit_actions(people.home), Contains("token.revoked"));
}

TEST(Tokens, ExpireWhenTold) {
  People people;
  const User ann = people.make("ann@x.example");
  const auto in_an_hour = core::to_unix_ms(people.clock.wall_now() + hours(1));
  const auto made = people.run(people.sessions->create_token(people.principal(ann), ann.id, "", in_an_hour)).value();
  EXPECT_TRUE(people.run(people.sessions->resolve_token(made.first, "")));
  people.clock.advance(hours(1));
  EXPECT_EQ(people.run(people.sessions->resolve_token(made.first, "")).error(), Errc::kExpired);
  EXPECT_EQ(people.run(people.sessions->create_token(people.principal(ann), ann.id, "", 1)).error(), core::Errc::kInvalid);
}

TEST(Tokens, OthersTokensNeedPowerOverThem) {
  People people;
  const User agent = people.make("agent@x.example");
  const User admin = people.make("admin@x.example", Role::kAdmin);
  EXPECT_EQ(people.run(people.sessions->create_token(people.principal(agent), admin.id, "", 0)).error(), Errc::kForbidden);
  const auto token = people.run(people.sessions->create_token(people.principal(agent), agent.id, "", 0)).value().second;
  auth::Principal stranger = people.principal(admin);
  stranger.workspace = people.other;
  EXPECT_EQ(people.run(people.sessions->revoke_token(stranger, token.id)).error(), Errc::kNotFound);
  EXPECT_TRUE(people.run(people.sessions->revoke_token(people.principal(admin), token.id)));
  ASSERT_TRUE(people.run(people.accounts->set_disabled(people.principal(admin), agent.id, true)));
}

TEST(Tokens, DieWithTheirOwnersAccount) {
  People people;
  const User agent = people.make("agent@x.example");
  const auto secret = people.run(people.sessions->create_token(people.principal(agent), agent.id, "", 0)).value().first;
  ASSERT_TRUE(people.run(people.accounts->set_disabled(people.owner_of(people.home), agent.id, true)));
  EXPECT_EQ(people.run(people.sessions->resolve_token(secret, "")).error(), Errc::kBadCredentials);
}

TEST(Tokens, ANewPasswordEndsThemAll) {
  People people;
  const User ann = people.make("ann@x.example");
  const User ben = people.make("ben@x.example");
  const auto mine = people.run(people.sessions->create_token(people.principal(ann), ann.id, "", 0)).value().first;
  const auto his = people.run(people.sessions->create_token(people.principal(ben), ben.id, "", 0)).value().first;
  const auto link = people.run(people.accounts->new_enrolment(people.owner_of(people.home), ann.id)).value();
  EXPECT_TRUE(people.run(people.sessions->resolve_token(mine, "")));
  ASSERT_TRUE(people.run(people.accounts->enrol(link, "another long password", "")));
  EXPECT_EQ(people.run(people.sessions->resolve_token(mine, "")).error(), Errc::kBadCredentials);
  EXPECT_TRUE(people.sessions->list_tokens(people.home, ann.id)->empty());
  EXPECT_TRUE(people.run(people.sessions->resolve_token(his, "")));
}

TEST(Audit, PagesNewestFirst) {
  People people;
  for (int i = 0; i < 5; ++i) people.make("u" + std::to_string(i) + "@x.example");
  const auto first = list_audit(*people.store, *people.vault, people.home, {}, 4).value();
  ASSERT_EQ(first.size(), 4U);
  EXPECT_EQ(first[0].action, "password.set");
  EXPECT_EQ(first[0].client_ip, "192.0.2.1");
  EXPECT_EQ(first[1].method, "operator");
  const auto second = list_audit(*people.store, *people.vault, people.home, first.back().id, 100).value();
  EXPECT_EQ(second.size(), 6U);
  EXPECT_LT(second.front().id, first.back().id);
  EXPECT_TRUE(list_audit(*people.store, *people.vault, people.other, {}, 100)->empty());
}

}  // namespace
}  // namespace postern::auth
