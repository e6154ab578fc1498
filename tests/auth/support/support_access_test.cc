// Support access (T-28): let in with a reason, for a time, marked in the log, out by itself; and the letter about a new password.
#include "auth/support/support_access.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "auth/audit_trail/keys.h"
#include "auth/audit_trail/search.h"
#include "auth/second_factors/notices.h"
#include "core/errc.h"
#include "tests/auth/fixture.h"

namespace postern::test {
namespace {

struct SupportDesk : People {
  SupportDesk() : support(*store, *vault, *accounts, ids, clock) {}
  auth::SupportRequest wanted(std::uint32_t hours = 4) const {
    auth::SupportRequest out;
    out.email = "engineer@vendor.example";
    out.name = "Engineer";
    out.hours = hours;
    out.reason = "case 4711: replies bounce";
    return out;
  }
  // Lets the engineer in and signs him in; the session's secret.
  std::string come_in(std::uint32_t hours = 4, const std::string& password = kPassword) {
    const auto granted = run(support.grant(owner_of(home), wanted(hours))).value();
    const auth::User user = run(accounts->enrol(granted.second, password, "192.0.2.9")).value();
    grant = granted.first;
    const auto opened = run(sessions->open(user, "192.0.2.9", "Browser"));
    return opened.value().secret;
  }
  bool is_in(const std::string& secret) { return static_cast<bool>(run(sessions->resolve(secret, "192.0.2.9"))); }
  auth::SupportAccess support;
  auth::SupportGrant grant;
};

TEST(SupportAccess, T_28_EndsByItselfWhoeverIsRunning) {
  SupportDesk desk;
  const std::string secret = desk.come_in(4);
  EXPECT_TRUE(desk.is_in(secret));
  desk.clock.advance(std::chrono::hours(4) - std::chrono::minutes(1));
  EXPECT_TRUE(desk.is_in(secret));
  desk.clock.advance(std::chrono::minutes(1));
  EXPECT_FALSE(desk.is_in(secret)) << "refused before anything has tidied up";
  EXPECT_TRUE(desk.accounts->find(desk.home, desk.grant.user)->value().is_disabled);
  EXPECT_EQ(desk.run(desk.support.end_due(desk.home)).value(), 1U);
  EXPECT_EQ(desk.run(desk.support.end_due(desk.home)).value(), 0U);
  EXPECT_TRUE(desk.sessions->list(desk.home, desk.grant.user)->empty());
  EXPECT_EQ(desk.audit_actions(desk.home).front(), "support.ended");
  EXPECT_FALSE(desk.support.list(desk.home)->front().is_active(core::to_unix_ms(desk.clock.wall_now())));
  // Reinstating the account does not bring the time back.
  EXPECT_EQ(desk.run(desk.accounts->set_disabled(desk.owner_of(desk.home), desk.grant.user, false)).error(), auth::Errc::kForbidden);
  EXPECT_TRUE(desk.accounts->find(desk.home, desk.grant.user)->value().is_disabled);
}

// However many are let in and out again since, the one who is still in is seen, counted and ended.
TEST(SupportAccess, T_28_AnOldGrantIsNotForgottenAmongNewerOnes) {
  SupportDesk desk;
  auth::SupportLimits limits;
  limits.listed_max = 3;
  limits.active_max = 2;
  auth::SupportAccess support(*desk.store, *desk.vault, *desk.accounts, desk.ids, desk.clock, limits);
  const auth::Principal owner = desk.owner_of(desk.home);
  const auto old = desk.run(support.grant(owner, desk.wanted(100))).value().first;
  for (int i = 0; i < 5; ++i) {
    auth::SupportRequest next = desk.wanted(1);
    next.email = "other" + std::to_string(i) + "@vendor.example";
    const auto granted = desk.run(support.grant(owner, next));
    ASSERT_TRUE(granted) << i;
    next.email = "third@vendor.example";
    EXPECT_EQ(desk.run(support.grant(owner, next)).error(), core::Errc::kInvalid) << "two are in";
    ASSERT_TRUE(desk.run(support.end(owner, granted->first.id)));
  }
  const auto listed = support.list(desk.home).value();
  ASSERT_EQ(listed.size(), 4U);
  EXPECT_EQ(listed.back().id, old.id);
  desk.clock.advance(std::chrono::hours(101));
  EXPECT_EQ(desk.run(support.end_due(desk.home)).value(), 1U);
  EXPECT_EQ(support.list(desk.home)->size(), 3U);
}

// A store that was written before open grants were indexed: the same, from the grants themselves.
TEST(SupportAccess, T_28_GrantsFromBeforeTheIndexAreFound) {
  SupportDesk desk;
  const auto old = desk.run(desk.support.grant(desk.owner_of(desk.home), desk.wanted(2))).value().first;
  storage::Transaction transaction = desk.store->begin();
  for (const std::uint64_t id : {std::uint64_t{0}, old.id}) transaction.erase(auth::trail::numbered(desk.home, auth::trail::Kind::kSupportOpen, id));
  ASSERT_TRUE(desk.run(desk.store->commit(std::move(transaction))));
  auth::SupportRequest next = desk.wanted(9);
  next.email = "other@vendor.example";
  ASSERT_TRUE(desk.run(desk.support.grant(desk.owner_of(desk.home), next)));
  desk.clock.advance(std::chrono::hours(3));
  EXPECT_EQ(desk.run(desk.support.end_due(desk.home)).value(), 1U);
}

TEST(SupportAccess, T_28_WhatIsDoneIsMarkedAndTheGrantTellsWhy) {
  SupportDesk desk;
  const std::string secret = desk.come_in();
  const auth::Principal by = desk.run(desk.sessions->resolve(secret, "192.0.2.9")).value().first;
  EXPECT_EQ(by.support, desk.grant.id);
  ASSERT_TRUE(desk.run(auth::audit_alone(*desk.store, *desk.vault, desk.ids, desk.clock, by, auth::AuditEvent{"ticket.status", "ticket/1"})));
  auth::AuditFilter filter;
  filter.actor = desk.grant.user;
  const auto entries = auth::search_audit(*desk.store->snapshot(), *desk.vault, desk.home, filter, auth::AuditOrder())->entries;
  ASSERT_GE(entries.size(), 2U) << "the sign-in too";
  for (const auth::AuditEntry& each : entries) EXPECT_EQ(each.role, "support:agent") << each.action;
  filter = {};
  filter.action = "support.granted";
  const auto granted = auth::search_audit(*desk.store->snapshot(), *desk.vault, desk.home, filter, auth::AuditOrder())->entries;
  ASSERT_EQ(granted.size(), 1U);
  EXPECT_EQ(granted.front().detail, "case 4711: replies bounce");
  EXPECT_EQ(desk.support.list(desk.home)->front().reason, "case 4711: replies bounce");
}

TEST(SupportAccess, T_28_RevokedAtOnceAndLetInAgain) {
  SupportDesk desk;
  const std::string secret = desk.come_in();
  EXPECT_FALSE(desk.run(desk.support.grant(desk.owner_of(desk.home), desk.wanted()))) << "is in already";
  ASSERT_TRUE(desk.run(desk.support.end(desk.owner_of(desk.home), desk.grant.id)));
  EXPECT_FALSE(desk.is_in(secret));
  EXPECT_FALSE(desk.verify("engineer@vendor.example", kPassword)) << "the password opens nothing";
  EXPECT_EQ(desk.run(desk.accounts->set_disabled(desk.owner_of(desk.home), desk.grant.user, false)).error(), auth::Errc::kForbidden);
  EXPECT_LE(desk.accounts->find(desk.home, desk.grant.user)->value().support_until_unix_ms, core::to_unix_ms(desk.clock.wall_now())) << "its time is over";
  ASSERT_TRUE(desk.run(desk.support.grant(desk.owner_of(desk.home), desk.wanted())));
  EXPECT_FALSE(desk.verify("engineer@vendor.example", kPassword)) << "a password of an earlier case is none of this one";
  ASSERT_TRUE(desk.run(desk.support.end(desk.owner_of(desk.home), desk.support.list(desk.home)->front().id)));
  const std::string again = desk.come_in(1, "another horse battery");
  EXPECT_TRUE(desk.is_in(again));
  EXPECT_FALSE(desk.is_in(secret)) << "an old session does not revive";
  EXPECT_EQ(desk.support.list(desk.home)->size(), 3U);
}

TEST(SupportAccess, T_28_CannotStayLongerOrLetOthersIn) {
  SupportDesk desk;
  auth::SupportRequest full = desk.wanted();
  full.is_light = false;
  const auto granted = desk.run(desk.support.grant(desk.owner_of(desk.home), full)).value();
  ASSERT_TRUE(desk.run(desk.accounts->enrol(granted.second, kPassword, "192.0.2.9")));
  const auth::User user = desk.accounts->find(desk.home, granted.first.user)->value();
  const auth::Principal by = auth::principal_for(user, auth::Method::kSession, 1, "192.0.2.9");
  EXPECT_TRUE(auth::may(by, auth::Permission::kReply));
  EXPECT_EQ(auth::permissions_of(by) & auth::kSupportDenied, auth::PermissionSet()) << "no token either";
  EXPECT_FALSE(desk.run(desk.support.grant(by, desk.wanted())));
  EXPECT_FALSE(desk.run(desk.support.end(by, granted.first.id)));
  // Nobody makes more of him than the grant says.
  EXPECT_EQ(desk.run(desk.accounts->set_role(desk.owner_of(desk.home), user.id, auth::Role::kAdmin, 0)).error(), auth::Errc::kForbidden);
  EXPECT_FALSE(desk.run(desk.accounts->invite(by, "more@vendor.example", "M", auth::Role::kAgent)));
}

TEST(SupportAccess, T_28_RefusesWhatIsNoGrant) {
  SupportDesk desk;
  const auth::User agent = desk.make("agent@example.com");
  EXPECT_EQ(desk.run(desk.support.grant(desk.principal(agent), desk.wanted())).error(), auth::Errc::kForbidden);
  auto refused = [&desk](auto change) {
    auth::SupportRequest wanted = desk.wanted();
    change(wanted);
    const auto granted = desk.run(desk.support.grant(desk.owner_of(desk.home), wanted));
    return granted ? std::string() : granted.error().context();
  };
  EXPECT_EQ(refused([](auth::SupportRequest& wanted) { wanted.hours = 0; }), "hours");
  EXPECT_EQ(refused([](auth::SupportRequest& wanted) { wanted.hours = 7 * 24 + 1; }), "hours");
  EXPECT_EQ(refused([](auth::SupportRequest& wanted) { wanted.reason = "    "; }), "reason");
  EXPECT_EQ(refused([](auth::SupportRequest& wanted) { wanted.reason = std::string(501, 'r'); }), "reason");
  EXPECT_EQ(refused([](auth::SupportRequest& wanted) { wanted.email = "nobody"; }), "email");
  EXPECT_NE(refused([](auth::SupportRequest& wanted) { wanted.email = "agent@example.com"; }), "") << "an account of the house is none of support";
  auth::Principal elsewhere = desk.owner_of(desk.other);
  ASSERT_FALSE(desk.come_in().empty());
  EXPECT_EQ(desk.run(desk.support.end(elsewhere, desk.grant.id)).error(), auth::Errc::kNotFound) << "another workspace's";
  EXPECT_TRUE(desk.support.list(desk.other)->empty());
}

TEST(PasswordNotice, Z_28_PeopleLearnThatTheirPasswordWasChanged) {
  People people;
  std::vector<auth::SecurityNotice> told;
  people.accounts->use_notices([&told](storage::Transaction&, const auth::SecurityNotice& notice) -> core::Result<void> {
    told.push_back(notice);
    return {};
  });
  const auth::User user = people.make("agent@example.com");
  EXPECT_TRUE(told.empty()) << "a first password is no change";
  ASSERT_TRUE(people.run(people.accounts->change_password(people.principal(user), kPassword, "another horse battery")));
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.front().what, auth::NoticeOf::kPasswordChanged);
  EXPECT_EQ(told.front().user.email, "agent@example.com");
  EXPECT_EQ(told.front().client_ip, "192.0.2.1");
  const std::string link = people.run(people.accounts->new_enrolment(people.owner_of(people.home), user.id)).value();
  ASSERT_TRUE(people.run(people.accounts->enrol(link, "a third horse battery", "192.0.2.1")));
  EXPECT_EQ(told.size(), 2U) << "by a link too";
}

}  // namespace
}  // namespace postern::test
