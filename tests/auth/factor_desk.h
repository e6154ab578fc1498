#pragma once
// tests/auth/factor_desk.h: somebody with second factors, over the services of People.
#include <memory>
#include <string>
#include <vector>

#include "auth/second_factors/totp.h"
#include "auth/second_factors/ways_in.h"
#include "tests/auth/fixture.h"
#include "tests/support/soft_key.h"

namespace postern::test {

inline const std::string kDeskOrigin = "https://desk.example.com";

inline std::string secret_of_text(std::string_view text) {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    bits = (bits << 5U) | static_cast<std::uint32_t>(kAlphabet.find(c));
    count += 5;
    if (count >= 8) out += static_cast<char>((bits >> static_cast<unsigned>(count -= 8)) & 0xFFU);
  }
  return out;
}

class FactorDesk : public People {
 public:
  FactorDesk() {
    clock.advance(std::chrono::hours(1));
    auto keep = [this](storage::Transaction&, const auth::SecurityNotice& notice) -> core::Result<void> {
      told.push_back(notice.what);
      return {};
    };
    sign_in = std::make_unique<auth::SignIn>(*store, *vault, *accounts, *sessions, ids, clock, options, keep);
    factors = std::make_unique<auth::SecondFactors>(*store, *vault, *accounts, ids, clock, options, keep);
    devices = std::make_unique<auth::Devices>(*store, *vault, ids, clock, options);
    policies = std::make_unique<auth::SecurityPolicies>(*store, *vault, ids, clock, options);
    user = make("ann@example.com");
  }
  auth::Visitor visitor(const std::string& ip = "192.0.2.1") {
    auth::Visitor out;
    out.client_ip = ip;
    out.agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    out.device_secret = [this](core::UserId) { return cookie; };
    out.party = auth::relying_party(kDeskOrigin);
    return out;
  }
  core::Result<auth::SignInStep> begin() { return run(sign_in->begin(user, auth::kByPassword, visitor())); }
  std::string pending() { return begin()->pending.value().secret; }
  core::Result<auth::SignInStep> answer(const std::string& secret, auth::FactorAnswer given, bool trust = false, const std::string& ip = "192.0.2.1") {
    return run(sign_in->answer(secret, std::move(given), trust, visitor(ip)));
  }
  std::string code(int steps = 0) { return auth::totp_code(totp_secret, auth::totp_step(clock.wall_now()) + steps); }
  std::string wrong_code() {
    for (int i = 0;; ++i) {
      const std::string each = std::to_string(100000 + i);
      if (each != code(-1) && each != code() && each != code(1)) return each;
    }
  }
  std::vector<std::string> add_totp() { return add_totp(principal(user)); }
  std::vector<std::string> add_totp(const auth::Principal& by) {
    totp_secret = secret_of_text(run(factors->offer_totp(by, "Postern"))->secret_text);
    const auto added = run(factors->confirm_totp(by, code(-1)));
    EXPECT_TRUE(added) << added.error().describe();
    return added->recovery_codes;
  }
  core::Result<auth::Added> add_key(SoftKey& key, core::SessionId session = core::SessionId{1}, const SoftKey::Lies& lies = {}) {
    const auto offer = run(factors->offer_passkey(principal(user), core::SessionId{1}));
    const SoftKey::Made made = key.create(offer->challenge, lies);
    return run(factors->add_passkey(principal(user), session, *auth::relying_party(kDeskOrigin), {made.client_data_json, made.authenticator_data}, "Blue"));
  }
  static auth::FactorAnswer by_key(SoftKey& key, const std::string& challenge, const SoftKey::Lies& lies = {}) {
    const SoftKey::Made made = key.get(challenge, lies);
    auth::FactorAnswer out;
    out.assertion = auth::Assertion{key.id(), made.client_data_json, made.authenticator_data, made.signature};
    return out;
  }
  static auth::FactorAnswer by_code(std::string text) { return {std::move(text), {}, {}, {}}; }
  static auth::FactorAnswer by_recovery(std::string text) { return {{}, std::move(text), {}, {}}; }
  static auth::FactorAnswer by_text(std::string text) { return {{}, {}, {}, std::move(text)}; }
  void demand(auth::RequiredOf whom, std::uint32_t days) {
    auto edit = [whom, days](auth::SecurityPolicy& policy) {
      policy.second_factor.required_of = whom;
      policy.second_factor.grace_days = days;
    };
    ASSERT_TRUE(run(policies->change(owner_of(home), edit)));
  }

  std::vector<auth::NoticeOf> told;
  std::unique_ptr<auth::SignIn> sign_in;
  std::unique_ptr<auth::SecondFactors> factors;
  std::unique_ptr<auth::Devices> devices;
  std::unique_ptr<auth::SecurityPolicies> policies;
  auth::User user;
  std::string totp_secret;
  std::string cookie;
};

}  // namespace postern::test
