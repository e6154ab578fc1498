// Second factors and sign-ins in two steps (requirements I0-02, Z-26, C-08; ASVS 6.3, 6.5, 6.6, 7.2).
#include <algorithm>
#include <set>

#include "auth/detail/keys.h"
#include "auth/errc.h"
#include "tests/auth/factor_desk.h"

namespace postern::test {
namespace {

using auth::Errc;

TEST(SignInSteps, WithoutAFactorThePasswordIsEnough) {
  FactorDesk desk;
  const auto step = desk.begin();
  ASSERT_TRUE(step && step->session);
  EXPECT_EQ(step->session->session.methods, auth::kByPassword);
  EXPECT_FALSE(step->pending);
}

TEST(SignInSteps, I0_02_AFactorOpensTheSessionAndThePasswordAloneDoesNot) {
  FactorDesk desk;
  EXPECT_EQ(desk.add_totp().size(), 10U);
  const auto first = desk.begin();
  ASSERT_TRUE(first && first->pending);
  EXPECT_FALSE(first->session);
  EXPECT_TRUE(first->pending->offers_totp && first->pending->offers_recovery_code);
  EXPECT_FALSE(first->pending->offers_key);
  // What is pending is no session (ASVS 7.2.4: nothing carries over).
  EXPECT_FALSE(desk.run(desk.sessions->resolve(first->pending->secret, "192.0.2.1")));
  const auto second = desk.answer(first->pending->secret, FactorDesk::by_code(desk.code()));
  ASSERT_TRUE(second && second->session);
  EXPECT_NE(second->session->secret, first->pending->secret);
  EXPECT_EQ(second->session->session.methods, auth::kByPassword | auth::kByTotp);
  EXPECT_TRUE(desk.run(desk.sessions->resolve(second->session->secret, "192.0.2.1")));
  // A pending sign-in works once, even with the next code.
  EXPECT_EQ(desk.answer(first->pending->secret, FactorDesk::by_code(desk.code(1))).error(), Errc::kExpired);
}

TEST(SignInSteps, APendingSignInEndsWithItsTimeItsAttemptsOrThePassword) {
  FactorDesk desk;
  desk.add_totp();
  const std::string late = desk.pending();
  desk.clock.advance(std::chrono::minutes(5));
  EXPECT_EQ(desk.answer(late, FactorDesk::by_code(desk.code())).error(), Errc::kExpired);
  const std::string old = desk.pending();
  const std::string link = desk.run(desk.accounts->new_enrolment(desk.owner_of(desk.home), desk.user.id)).value();
  desk.clock.advance(std::chrono::milliseconds(1));
  ASSERT_TRUE(desk.run(desk.accounts->enrol(link, "another long password", "192.0.2.1")));
  EXPECT_EQ(desk.answer(old, FactorDesk::by_code(desk.code())).error(), Errc::kExpired);
  EXPECT_EQ(desk.answer("nonsense", FactorDesk::by_code(desk.code())).error(), Errc::kExpired);
}

TEST(SignInSteps, AsvsV6_5_1_ACodeWorksOnce) {
  FactorDesk desk;
  desk.add_totp();
  const std::string code = desk.code();
  ASSERT_TRUE(desk.answer(desk.pending(), FactorDesk::by_code(code)));
  const auto again = desk.answer(desk.pending(), FactorDesk::by_code(code));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error(), Errc::kBadCredentials);
  desk.clock.advance(std::chrono::seconds(30));
  EXPECT_TRUE(desk.answer(desk.pending(), FactorDesk::by_code(desk.code())));
}

core::Task<void> answer_into(FactorDesk& desk, std::string secret, auth::FactorAnswer given, std::vector<core::Result<auth::SignInStep>>& out) {
  out.push_back(co_await desk.sign_in->answer(std::move(secret), std::move(given), false, desk.visitor()));
}

// Two transactions that were begun before either was committed: one of them has to lose.
TEST(SignInSteps, Z_26_TwoParallelUsesOfOneCodeOpenOneSession) {
  for (const bool with_recovery : {false, true}) {
    FactorDesk desk;
    const std::vector<std::string> codes = desk.add_totp();
    const std::string first = desk.pending();
    const std::string second = desk.pending();
    const auto given = with_recovery ? FactorDesk::by_recovery(codes[3]) : FactorDesk::by_code(desk.code());
    std::vector<core::Result<auth::SignInStep>> answers;
    boost::asio::io_context io;
    boost::asio::co_spawn(io, answer_into(desk, first, given, answers), [](const std::exception_ptr&) {});
    boost::asio::co_spawn(io, answer_into(desk, second, given, answers), [](const std::exception_ptr&) {});
    auto work = boost::asio::make_work_guard(io);
    while (answers.size() < 2) io.run_one();
    EXPECT_EQ(std::ranges::count_if(answers, [](const auto& each) { return each.has_value(); }), 1) << with_recovery;
  }
}

TEST(SignInSteps, AsvsV6_3_1_GuessesAreBoundedThoughThePasswordIsKnown) {
  FactorDesk desk;
  const std::vector<std::string> codes = desk.add_totp();
  std::size_t looked_at = 0;
  std::size_t locked = 0;
  // Each time from another network, and with the password again, which clears what it counts.
  for (int i = 0; i < 100; ++i) {
    const std::string ip = "198.51." + std::to_string(i) + ".7";
    ASSERT_TRUE(desk.verify("ann@example.com", kPassword, ip));
    const auto step = desk.answer(desk.pending(), FactorDesk::by_code(desk.wrong_code()), false, ip);
    ASSERT_FALSE(step);
    (step.error() == Errc::kLocked ? locked : looked_at) += 1;
  }
  EXPECT_EQ(looked_at, desk.options.factors.totp_failures_max);
  EXPECT_EQ(locked, 100U - looked_at);
  // The right code is refused too, from everywhere, but whoever has a recovery code is not locked out.
  EXPECT_EQ(desk.answer(desk.pending(), FactorDesk::by_code(desk.code())).error(), Errc::kLocked);
  EXPECT_TRUE(desk.answer(desk.pending(), FactorDesk::by_recovery(codes[0])));
  desk.clock.advance(desk.options.lock_first);
  EXPECT_TRUE(desk.answer(desk.pending(), FactorDesk::by_code(desk.code())));
}

TEST(SignInSteps, OneNetworkIsLockedAfterAFewAndTheRightPasswordDoesNotHelp) {
  FactorDesk desk;
  desk.add_totp();
  for (std::uint32_t i = 0; i < desk.options.login_failures_max; ++i) {
    ASSERT_TRUE(desk.verify("ann@example.com", kPassword));
    EXPECT_EQ(desk.answer(desk.pending(), FactorDesk::by_code(desk.wrong_code())).error(), Errc::kBadCredentials);
  }
  ASSERT_TRUE(desk.verify("ann@example.com", kPassword));
  EXPECT_EQ(desk.answer(desk.pending(), FactorDesk::by_code(desk.code())).error(), Errc::kLocked);
  EXPECT_TRUE(desk.answer(desk.pending(), FactorDesk::by_code(desk.code()), false, "203.0.113.5"));
  const auto actions = desk.audit_actions(desk.home);
  EXPECT_EQ(std::ranges::count(actions, "second_factor.failed"), desk.options.login_failures_max);
}

TEST(RecoveryCodesOfUsers, WorkOnceAndEndWithNewOnes) {
  FactorDesk desk;
  const std::vector<std::string> codes = desk.add_totp();
  EXPECT_EQ(std::set<std::string>(codes.begin(), codes.end()).size(), 10U);
  ASSERT_TRUE(desk.answer(desk.pending(), FactorDesk::by_recovery(codes[0])));
  EXPECT_EQ(desk.told.back() == auth::NoticeOf::kNewDevice ? desk.told[desk.told.size() - 2] : desk.told.back(), auth::NoticeOf::kRecoveryCodeUsed);
  EXPECT_FALSE(desk.answer(desk.pending(), FactorDesk::by_recovery(codes[0])));
  EXPECT_EQ(desk.factors->status(desk.user)->recovery_codes_left, 9U);
  const auto fresh = desk.run(desk.factors->new_recovery_codes(desk.principal(desk.user))).value();
  EXPECT_FALSE(desk.answer(desk.pending(), FactorDesk::by_recovery(codes[1])));
  EXPECT_TRUE(desk.answer(desk.pending(), FactorDesk::by_recovery(fresh[9])));
}

TEST(TotpOfUsers, CountsOnlyOnceItWasConfirmedInTime) {
  FactorDesk desk;
  desk.totp_secret = secret_of_text(desk.run(desk.factors->offer_totp(desk.principal(desk.user), "P"))->secret_text);
  EXPECT_EQ(desk.totp_secret.size(), 20U);  // 160 bits
  EXPECT_TRUE(desk.begin()->session);
  EXPECT_EQ(desk.run(desk.factors->confirm_totp(desk.principal(desk.user), desk.wrong_code())).error(), Errc::kBadCredentials);
  desk.clock.advance(std::chrono::minutes(15));
  EXPECT_EQ(desk.run(desk.factors->confirm_totp(desk.principal(desk.user), desk.code())).error(), Errc::kExpired);
  EXPECT_TRUE(desk.begin()->session);
  desk.add_totp();
  EXPECT_EQ(desk.run(desk.factors->offer_totp(desk.principal(desk.user), "P")).error(), Errc::kExists);
  const auto entries = desk.store->snapshot()->scan(auth::keys::second_factors(desk.home, desk.user.id), storage::Direction::kForward, 1).value();
  EXPECT_EQ(entries.at(0).value.find(desk.totp_secret), std::string::npos);  // sealed
  ASSERT_TRUE(desk.run(desk.factors->remove_totp(desk.principal(desk.user))));
  EXPECT_TRUE(desk.begin()->session);
  EXPECT_EQ(desk.factors->status(desk.user)->recovery_codes_left, 0U);
}

TEST(Keys, I0_02_AKeyIsASecondFactorAndEachLieIsRefused) {
  FactorDesk desk;
  SoftKey key("desk.example.com", kDeskOrigin);
  ASSERT_TRUE(desk.add_key(key));
  const auto lie = [](auto set) {
    SoftKey::Lies lies;
    set(lies);
    return lies;
  };
  const SoftKey::Lies all[] = {lie([](auto& l) { l.origin = "https://evil.example"; }), lie([](auto& l) { l.rp_id = "evil.example"; }),
                               lie([](auto& l) { l.type = "webauthn.create"; }), lie([](auto& l) { l.flags = 0x04; }),
                               lie([](auto& l) { l.spoils_signature = true; })};
  for (const SoftKey::Lies& lies : all) {
    const std::string secret = desk.pending();
    const std::string challenge = desk.sign_in->challenge_for_pending(secret)->challenge;
    EXPECT_FALSE(desk.answer(secret, FactorDesk::by_key(key, challenge, lies), false, "198.51.100." + std::to_string(&lies - all)));
    desk.clock.advance(std::chrono::hours(1));
  }
  const std::string secret = desk.pending();
  const auto challenge = desk.sign_in->challenge_for_pending(secret);
  EXPECT_EQ(challenge->allowed_ids, std::vector<std::string>{key.id()});
  const auto step = desk.answer(secret, FactorDesk::by_key(key, challenge->challenge, lie([](auto& l) { l.flags = 0x01; })));  // a touch is enough
  ASSERT_TRUE(step && step->session) << step.error().describe();
  EXPECT_EQ(step->session->session.methods, auth::kByPassword | auth::kBySecurityKey);
}

TEST(Keys, AChallengeIsForOnePendingSignInAndWorksOnce) {
  FactorDesk desk;
  SoftKey key("desk.example.com", kDeskOrigin);
  ASSERT_TRUE(desk.add_key(key));
  const std::string first = desk.pending();
  const std::string second = desk.pending();
  const std::string challenge = desk.sign_in->challenge_for_pending(first)->challenge;
  EXPECT_FALSE(desk.answer(second, FactorDesk::by_key(key, challenge)));
  const auto used = FactorDesk::by_key(key, challenge);
  EXPECT_TRUE(desk.answer(first, used));
  EXPECT_FALSE(desk.answer(desk.pending(), used));
  // Passwordless: nothing but the challenge itself tells that it was used.
  auto go = [&](const auth::FactorAnswer& given) { return desk.run(desk.sign_in->by_passkey(*given.assertion, desk.visitor())); };
  const auto open = FactorDesk::by_key(key, desk.sign_in->passwordless_challenge()->challenge);
  EXPECT_TRUE(go(open));
  EXPECT_FALSE(go(open));
  const std::string late = desk.sign_in->passwordless_challenge()->challenge;
  desk.clock.advance(std::chrono::minutes(5));
  EXPECT_FALSE(go(FactorDesk::by_key(key, late)));
}

TEST(Keys, APasskeyOpensASessionByItselfIfItVerifiedItsUser) {
  FactorDesk desk;
  SoftKey key("desk.example.com", kDeskOrigin);
  ASSERT_TRUE(desk.add_key(key));
  SoftKey::Lies unverified;
  unverified.flags = 0x01;
  auto go = [&](const SoftKey::Lies& lies) {
    const auto given = FactorDesk::by_key(key, desk.sign_in->passwordless_challenge()->challenge, lies);
    return desk.run(desk.sign_in->by_passkey(*given.assertion, desk.visitor()));
  };
  EXPECT_FALSE(go(unverified));
  const auto step = go({});
  ASSERT_TRUE(step && step->session);
  EXPECT_EQ(step->session->user.id, desk.user.id);
  EXPECT_EQ(step->session->session.methods, auth::kByPasskey);
  SoftKey stranger("desk.example.com", kDeskOrigin);
  const auto unknown = FactorDesk::by_key(stranger, desk.sign_in->passwordless_challenge()->challenge);
  EXPECT_EQ(desk.run(desk.sign_in->by_passkey(*unknown.assertion, desk.visitor())).error(), Errc::kBadCredentials);
  ASSERT_TRUE(desk.run(desk.accounts->set_disabled(desk.owner_of(desk.home), desk.user.id, true)));
  EXPECT_FALSE(go({}));
}

TEST(Keys, ACopyOfAKeyIsFoundByItsCounter) {
  FactorDesk desk;
  SoftKey key("desk.example.com", kDeskOrigin);
  ASSERT_TRUE(desk.add_key(key));
  SoftKey copy = key;
  auto go = [&](SoftKey& with) {
    const std::string secret = desk.pending();
    return desk.answer(secret, FactorDesk::by_key(with, desk.sign_in->challenge_for_pending(secret)->challenge));
  };
  EXPECT_TRUE(go(key));
  EXPECT_TRUE(go(key));
  EXPECT_FALSE(go(copy));
  EXPECT_TRUE(go(key));
}

TEST(Keys, RegistrationBelongsToItsSessionAndAKeyToOneUser) {
  FactorDesk desk;
  SoftKey key("desk.example.com", kDeskOrigin);
  EXPECT_EQ(desk.add_key(key, core::SessionId{2}).error(), Errc::kExpired);
  SoftKey::Lies lies;
  lies.origin = "https://evil.example";
  EXPECT_EQ(desk.add_key(key, core::SessionId{1}, lies).error(), Errc::kBadCredentials);
  EXPECT_EQ(desk.add_key(key)->recovery_codes.size(), 10U);
  EXPECT_EQ(desk.add_key(key).error(), Errc::kExists);
  desk.user = desk.make("bob@example.com");
  EXPECT_EQ(desk.add_key(key).error(), Errc::kExists);
  SoftKey second("desk.example.com", kDeskOrigin);
  EXPECT_TRUE(desk.add_key(second)->passkey_id != 0);
}

TEST(Keys, AreListedRenamedAndRemoved) {
  FactorDesk desk;
  SoftKey first("desk.example.com", kDeskOrigin);
  SoftKey second("desk.example.com", kDeskOrigin);
  const std::uint64_t id = desk.add_key(first)->passkey_id;
  EXPECT_TRUE(desk.add_key(second)->recovery_codes.empty());
  ASSERT_TRUE(desk.run(desk.factors->rename_passkey(desk.principal(desk.user), id, "Green")));
  EXPECT_EQ(desk.factors->status(desk.user)->passkeys.at(0).name, "Green");
  ASSERT_TRUE(desk.run(desk.factors->remove_passkey(desk.principal(desk.user), id)));
  EXPECT_EQ(desk.factors->status(desk.user)->passkeys.size(), 1U);
  const auto given = FactorDesk::by_key(first, desk.sign_in->passwordless_challenge()->challenge);
  EXPECT_FALSE(desk.run(desk.sign_in->by_passkey(*given.assertion, desk.visitor())));
  EXPECT_EQ(desk.run(desk.factors->remove_passkey(desk.principal(desk.user), id)).error(), Errc::kNotFound);
}

}  // namespace
}  // namespace postern::test
