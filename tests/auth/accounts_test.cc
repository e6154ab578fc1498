#include "auth/accounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/detail/keys.h"
#include "auth/detail/login_guard.h"
#include "auth/detail/password_hash.h"
#include "core/encoding.h"
#include "storage/records.h"
#include "storage/schema/account.pb.h"
#include "tests/auth/fixture.h"

namespace postern::auth {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::kPassword;
using test::People;
using testing::Contains;
using testing::StartsWith;

TEST(Enrolment, SetsAPasswordOnce) {
  People people;
  const auto invited = people.run(people.accounts->invite(people.owner_of(people.home), " Ann@X.example ", "Ann", Role::kAgent));
  ASSERT_TRUE(invited) << invited.error().describe();
  const auto& [user, token] = *invited;
  EXPECT_FALSE(user.has_password);
  EXPECT_EQ(core::from_base64url(token)->size(), 32U);
  EXPECT_EQ(people.accounts->enrolling(token)->id, user.id);
  EXPECT_EQ(people.verify("ann@x.example", "").error(), Errc::kBadCredentials);  // no password yet

  EXPECT_EQ(people.run(people.accounts->enrol(token, "short", "")).error(), Errc::kWeakPassword);
  ASSERT_TRUE(people.run(people.accounts->enrol(token, kPassword, "192.0.2.1")));
  EXPECT_EQ(people.run(people.accounts->enrol(token, kPassword, "192.0.2.1")).error(), Errc::kExpired);
  EXPECT_EQ(people.accounts->enrolling(token).error(), Errc::kExpired);
  EXPECT_EQ(people.verify("ANN@x.example", kPassword)->id, user.id);
  EXPECT_THAT(people.audit_actions(people.home), testing::ElementsAre("password.set", "sign_in_failed", "user.invited"));
}

TEST(Enrolment, EndsAfter24HoursAndWithANewerLink) {
  People people;
  const auto owner = people.owner_of(people.home);
  const auto [user, first] = people.run(people.accounts->invite(owner, "ann@x.example", "", Role::kAgent)).value();
  const auto second = people.run(people.accounts->new_enrolment(owner, user.id)).value();
  EXPECT_EQ(people.accounts->enrolling(first).error(), Errc::kExpired);
  EXPECT_TRUE(people.accounts->enrolling(second));
  people.clock.advance(hours(24));
  EXPECT_EQ(people.run(people.accounts->enrol(second, kPassword, "")).error(), Errc::kExpired);
}

// Whoever can write to the store, but has not the workspace's keys, gives nobody a link and none a longer life (Z-25).
TEST(Enrolment, LinksAreSigned) {
  People people;
  const auto owner = people.owner_of(people.home);
  const auto [ann, token] = people.run(people.accounts->invite(owner, "ann@x.example", "", Role::kAgent)).value();
  const User boss = people.make("boss@x.example", Role::kAdmin);
  const std::string key = keys::enrolment(core::sha256(token));
  const auto write = [&](const schema::Enrolment& record, const std::string& where) {
    storage::Transaction transaction = people.store->begin();
    ASSERT_TRUE(storage::put_plain(transaction, where, record));
    ASSERT_TRUE(people.run(people.store->commit(std::move(transaction))));
  };
  schema::Enrolment right;
  ASSERT_TRUE(storage::parse_record(people.store->snapshot()->get(key).value().value(), right));
  schema::Enrolment of_another = right;
  of_another.set_user(boss.id.value);
  schema::Enrolment for_long = right;
  for_long.set_expires_unix_ms(right.expires_unix_ms() + 1);
  schema::Enrolment elsewhere = right;
  elsewhere.set_workspace(people.other.value);
  schema::Enrolment unsigned_one = right;
  unsigned_one.clear_mac();
  for (const schema::Enrolment& forged : {of_another, for_long, elsewhere, unsigned_one}) {
    write(forged, key);
    EXPECT_EQ(people.accounts->enrolling(token).error(), Errc::kExpired) << forged.ShortDebugString();
    EXPECT_EQ(people.run(people.accounts->enrol(token, kPassword, "")).error(), Errc::kExpired);
  }
  const std::string mine = "a secret that I know";
  write(right, keys::enrolment(core::sha256(mine)));
  EXPECT_EQ(people.accounts->enrolling(mine).error(), Errc::kExpired) << "a right record under another key";
  write(right, key);
  EXPECT_EQ(people.accounts->enrolling(token)->id, ann.id);
}

TEST(Enrolment, ParallelUseSucceedsOnce) {
  boost::asio::io_context io;  // before the pool of `people`, whose threads wake it
  People people;
  const auto [user, token] =
      people.run(people.accounts->invite(people.owner_of(people.home), "ann@x.example", "", Role::kAgent)).value();
  int done = 0;
  int succeeded = 0;
  for (int i = 0; i < 4; ++i) {
    boost::asio::co_spawn(io, people.accounts->enrol(token, kPassword, ""),
                          [&](std::exception_ptr, core::Result<User> result) {
                            ++done;
                            succeeded += result ? 1 : 0;
                            if (!result) EXPECT_EQ(result.error(), Errc::kExpired);
                          });
  }
  io.run_for(seconds(20));
  EXPECT_EQ(done, 4);
  EXPECT_EQ(succeeded, 1);
}

TEST(Accounts, LoginsAreUniqueOverAllWorkspaces) {
  People people;
  people.make("ann@x.example");
  EXPECT_EQ(people.run(people.accounts->invite(people.owner_of(people.other), "ANN@x.example", "", Role::kAgent)).error(),
            Errc::kExists);
  EXPECT_EQ(people.accounts->find_by_email("Ann@x.Example").value()->workspace, people.home);
  EXPECT_TRUE(people.accounts->list(people.other, 10)->empty());
  EXPECT_EQ(people.run(people.accounts->invite(people.owner_of(people.home), "not an address", "", Role::kAgent)).error(),
            core::Errc::kInvalid);
}

TEST(Accounts, NobodyManagesSomebodyAboveThemselves) {
  People people;
  const User admin = people.make("admin@x.example", Role::kAdmin);
  const User owner = people.make("owner@x.example", Role::kOwner);
  const User agent = people.make("agent@x.example", Role::kAgent);
  EXPECT_EQ(people.run(people.accounts->invite(people.principal(agent), "new@x.example", "", Role::kAgent)).error(), Errc::kForbidden);
  EXPECT_EQ(people.run(people.accounts->invite(people.principal(admin), "new@x.example", "", Role::kOwner)).error(), Errc::kForbidden);
  EXPECT_EQ(people.run(people.accounts->new_enrolment(people.principal(admin), owner.id)).error(), Errc::kForbidden);
  EXPECT_EQ(people.run(people.accounts->set_disabled(people.principal(admin), owner.id, true)).error(), Errc::kForbidden);
  EXPECT_EQ(people.run(people.accounts->set_disabled(people.principal(admin), admin.id, true)).error(), Errc::kForbidden);
  auth::Principal stranger = people.principal(owner);
  stranger.workspace = people.other;
  EXPECT_EQ(people.run(people.accounts->set_disabled(stranger, agent.id, true)).error(), Errc::kNotFound);
}

TEST(Accounts, DisabledAccountsCannotSignIn) {
  People people;
  const User agent = people.make("agent@x.example");
  const auto signed_in = people.run(people.sessions->open(agent, "192.0.2.1", "UA")).value();
  ASSERT_TRUE(people.run(people.accounts->set_disabled(people.owner_of(people.home), agent.id, true)));
  EXPECT_EQ(people.verify("agent@x.example", kPassword).error(), Errc::kBadCredentials);
  EXPECT_FALSE(people.run(people.sessions->resolve(signed_in.secret, "")));
  ASSERT_TRUE(people.run(people.accounts->set_disabled(people.owner_of(people.home), agent.id, false)));
  EXPECT_TRUE(people.verify("agent@x.example", kPassword));
}

TEST(Accounts, ContactsKeepTheirIdWhenInvited) {
  People people;
  auto transaction = people.store->begin();
  const auto contact = people.accounts->ensure_contact(transaction, people.home, "Ann@x.example", "Ann").value();
  EXPECT_EQ(people.accounts->ensure_contact(transaction, people.home, "ann@X.example", "Other").value(), contact);
  EXPECT_NE(people.accounts->ensure_contact(transaction, people.other, "ann@x.example", "").value(), contact);
  ASSERT_TRUE(people.run(people.store->commit(std::move(transaction))));
  EXPECT_EQ(people.accounts->find(people.home, contact).value()->role, Role::kContact);
  EXPECT_FALSE(people.accounts->find_by_email("ann@x.example").value());
  const User invited = people.make("ann@x.example", Role::kAdmin);
  EXPECT_EQ(invited.id, contact);
  auto later = people.store->begin();
  EXPECT_EQ(people.accounts->ensure_contact(later, people.home, "ann@x.example", "Evil").value(), contact);
  EXPECT_TRUE(later.writes().empty());
}

TEST(Accounts, AreListedWholeHoweverManyContactsThereAre) {
  People people;
  const User first = people.make("first@x.example", Role::kOwner);
  for (int batch = 0; batch < 3; ++batch) {
    auto transaction = people.store->begin();
    for (int i = 0; i < 400; ++i) {
      const std::string address = "c" + std::to_string(batch * 400 + i) + "@customer.example";
      ASSERT_TRUE(people.accounts->ensure_contact(transaction, people.home, address, ""));
    }
    ASSERT_TRUE(people.run(people.store->commit(std::move(transaction))));
  }
  const User last = people.make("last@x.example");
  ASSERT_TRUE(people.run(people.accounts->set_disabled(people.owner_of(people.home), last.id, true)));
  ASSERT_TRUE(people.run(people.accounts->invite(people.owner_of(people.other), "far@x.example", "", Role::kAgent)));
  const auto everybody = people.accounts->accounts(people.home).value();
  ASSERT_EQ(everybody.size(), 2U);
  EXPECT_EQ(everybody[0].id, first.id);
  EXPECT_EQ(everybody[1].id, last.id);
  EXPECT_TRUE(everybody[1].is_disabled);
}

TEST(Accounts, ListingReadsEveryPageOfTheIndex) {
  People people;
  constexpr std::size_t kMany = 520;  // more than one page
  for (std::size_t i = 0; i < kMany; ++i) {
    ASSERT_TRUE(people.run(people.accounts->invite(people.owner_of(people.home), "a" + std::to_string(i) + "@x.example", "", Role::kAgent)));
  }
  EXPECT_EQ(people.accounts->accounts(people.home)->size(), kMany);
}

TEST(SignIn, WrongAndUnknownLookTheSame) {
  People people;
  people.make("ann@x.example");
  EXPECT_EQ(people.verify("ann@x.example", "wrong password!").error(), Errc::kBadCredentials);
  EXPECT_EQ(people.verify("nobody@x.example", "wrong password!").error(), Errc::kBadCredentials);
  EXPECT_EQ(people.verify("ann@x.example", std::string(5000, 'x')).error(), Errc::kBadCredentials);
  EXPECT_THAT(people.audit_actions(people.home), Contains("sign_in_failed"));
  EXPECT_THAT(people.audit_actions(core::WorkspaceId{0}), testing::ElementsAre("sign_in_failed"));
}

TEST(SignIn, FiveFailuresLockKnownAndUnknownAccountsAlike) {
  People people;
  people.make("ann@x.example");
  for (const char* login : {"ann@x.example", "nobody@x.example"}) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(people.verify(login, "wrong password!").error(), Errc::kBadCredentials) << i;
    const auto locked = people.verify(login, kPassword);
    EXPECT_EQ(locked.error(), Errc::kLocked);
    EXPECT_TRUE(locked.error().is_transient());
  }
  people.clock.advance(seconds(600));
  EXPECT_TRUE(people.verify("ann@x.example", kPassword));
}

TEST(SignIn, LocksDoubleAndSuccessForgives) {
  People people;
  people.make("ann@x.example");
  const auto fail_five_times = [&] {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(people.verify("ann@x.example", "wrong password!").error(), Errc::kBadCredentials);
  };
  fail_five_times();
  people.clock.advance(seconds(600));
  fail_five_times();
  people.clock.advance(seconds(1199));
  EXPECT_EQ(people.verify("ann@x.example", kPassword).error(), Errc::kLocked);
  people.clock.advance(seconds(1));
  EXPECT_TRUE(people.verify("ann@x.example", kPassword));
  fail_five_times();
  people.clock.advance(seconds(600));
  EXPECT_TRUE(people.verify("ann@x.example", kPassword));
}

TEST(SignIn, ParallelGuessesCannotOutrunTheCount) {
  People people;
  people.make("ann@x.example");
  boost::asio::io_context io;
  int checked = 0;
  int done = 0;
  for (int i = 0; i < 30; ++i) {
    boost::asio::co_spawn(io, people.accounts->verify_password("ann@x.example", "wrong password!", ""),
                          [&](std::exception_ptr, core::Result<User> result) {
                            ++done;
                            checked += result.error() == Errc::kBadCredentials ? 1 : 0;
                          });
  }
  io.run_for(seconds(20));
  EXPECT_EQ(done, 30);
  EXPECT_LE(checked, 5);
}

TEST(SignIn, ANetworkThatGuessesIsLockedOut) {
  People people;
  people.make("ann@x.example");
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(people.verify("u" + std::to_string(i) + "@x.example", "wrong password!", "203.0.113." + std::to_string(i)).error(),
              Errc::kBadCredentials);
  }
  EXPECT_EQ(people.verify("ann@x.example", kPassword, "203.0.113.200").error(), Errc::kLocked);
  EXPECT_TRUE(people.verify("ann@x.example", kPassword, "198.51.100.1"));
  people.clock.advance(minutes(60));
  EXPECT_TRUE(people.verify("ann@x.example", kPassword, "203.0.113.200"));
}

// Requirement C-07: nobody locks somebody else out.
TEST(SignIn, GuessesFromElsewhereDoNotLockTheOwnerOut) {
  People people;
  people.make("ann@x.example");
  people.options.login_delay_step = {};
  Accounts patient(*people.store, *people.vault, people.ids, people.clock, people.cpu, people.options);
  const auto guess = [&](const std::string& ip) {
    return people.run(patient.verify_password("ann@x.example", "wrong password!", ip)).error();
  };
  for (int network = 0; network < 30; ++network) {
    const std::string ip = "203.0." + std::to_string(network) + ".1";
    for (int i = 0; i < 5; ++i) EXPECT_EQ(guess(ip), Errc::kBadCredentials);
    EXPECT_EQ(guess(ip), Errc::kLocked);
  }
  EXPECT_TRUE(people.run(patient.verify_password("ann@x.example", kPassword, "192.0.2.1")));
  EXPECT_EQ(guess("203.0.1.77"), Errc::kLocked);  // her success does not free them
}

TEST(SignIn, GuessesFromEverywhereDelayTheAnswer) {
  People people;
  people.make("ann@x.example");
  for (std::uint32_t i = 0; i < people.options.login_failures_free; ++i) {
    EXPECT_EQ(people.verify("ann@x.example", "wrong password!", "203.0." + std::to_string(i) + ".1").error(), Errc::kBadCredentials);
  }
  boost::asio::io_context io;
  const auto keep = boost::asio::make_work_guard(io);
  std::optional<core::Result<User>> answer;
  boost::asio::co_spawn(io, people.accounts->verify_password("ann@x.example", kPassword, "192.0.2.1"),
                        [&](std::exception_ptr, core::Result<User> result) { answer.emplace(std::move(result)); });
  const auto is_asleep = [&] { return people.clock.next_wake() != core::Instant::max(); };
  for (int i = 0; i < 2000 && !is_asleep() && !answer; ++i) io.run_one_for(std::chrono::milliseconds(10));
  ASSERT_FALSE(answer);
  EXPECT_EQ(people.clock.next_wake(), people.clock.now() + people.options.login_delay_step);
  people.clock.advance(people.options.login_delay_step);
  for (int i = 0; i < 2000 && !answer; ++i) io.run_one_for(std::chrono::milliseconds(10));
  ASSERT_TRUE(answer);
  EXPECT_TRUE(*answer);
  EXPECT_TRUE(people.verify("ann@x.example", kPassword)) << "success ends the delay";
}

TEST(SignIn, ANewPasswordEndsItsLocks) {
  People people;
  const User ann = people.make("ann@x.example");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(people.verify("ann@x.example", "wrong password!").error(), Errc::kBadCredentials);
  EXPECT_EQ(people.verify("ann@x.example", kPassword).error(), Errc::kLocked);
  const auto token = people.run(people.accounts->new_enrolment(people.owner_of(people.home), ann.id)).value();
  ASSERT_TRUE(people.run(people.accounts->enrol(token, "another long password", "198.51.100.1")));
  EXPECT_TRUE(people.verify("ann@x.example", "another long password"));
}

TEST(SignIn, SuccessesDoNotLockANetwork) {
  People people;
  people.make("ann@x.example");
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(people.verify("ann@x.example", kPassword, "203.0.113.1")) << i;
}

TEST(LoginGuard, NetworksAreSlash24AndSlash64) {
  EXPECT_EQ(network_of("192.0.2.77"), "192.0.2.0");
  EXPECT_EQ(network_of("::ffff:192.0.2.77"), "192.0.2.0");
  EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
  EXPECT_EQ(network_of("nonsense"), "");
}

TEST(PasswordHash, IsArgon2idInPhcForm) {
  Options options;
  options.argon2_memory_kib = 64;
  options.argon2_passes = 2;
  const std::string hash = hash_password("secret password", options).value();
  EXPECT_THAT(hash, StartsWith("$argon2id$v=19$m=64,t=2,p=1$"));
  EXPECT_TRUE(verify_hash(hash, "secret password"));
  EXPECT_FALSE(verify_hash(hash, "secret passwore"));
  EXPECT_NE(hash, hash_password("secret password", options).value());
  // The reference implementation's own vector (phc-winner-argon2, test.c): argon2id, v=19, t=2, m=65536, p=1.
  EXPECT_TRUE(verify_hash("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password"));
}

TEST(PasswordHash, TheDecoyIsWellFormedAndMatchesNothing) {
  Options options;
  options.argon2_memory_kib = 64;
  options.argon2_passes = 1;
  const std::string decoy = decoy_hash(options);
  EXPECT_EQ(decoy.size(), hash_password("x", options)->size());
  EXPECT_FALSE(verify_hash(decoy, ""));
}

TEST(Roles, EachMayDoWhatTheOnesBeforeItMay) {
  for (const auto& [permission, word, means] : kPermissions) {
    EXPECT_FALSE(may(Role::kContact, permission));
    for (int role = 0; role < 3; ++role) {
      EXPECT_LE(may(static_cast<Role>(role), permission), may(static_cast<Role>(role + 1), permission));
    }
  }
  EXPECT_TRUE(may(Role::kAgent, Permission::kTicketsWrite));
  EXPECT_FALSE(may(Role::kAgent, Permission::kUsersManage));
  EXPECT_FALSE(may(Role::kAgent, Permission::kRedact));
  EXPECT_TRUE(may(Role::kAdmin, Permission::kRedact));
}

}  // namespace
}  // namespace postern::auth
