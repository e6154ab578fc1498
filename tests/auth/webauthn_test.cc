// What browsers send of security keys (requirement I0-02; ASVS 6.3, 6.5, 6.7).
#include "auth/second_factors/webauthn.h"

#include <gtest/gtest.h>

#include "auth/errc.h"
#include "auth/second_factors/challenge.h"
#include "auth/detail/keys.h"
#include "core/encoding.h"
#include "tests/auth/fixture.h"
#include "tests/support/soft_key.h"

namespace postern::test {
namespace {

const auth::RelyingParty kParty{"desk.example.com", "https://desk.example.com"};

SoftKey own_key() { return SoftKey(kParty.id, kParty.origin); }

struct Registered {
  SoftKey key = own_key();
  auth::NewCredential credential = [this] {
    const SoftKey::Made made = key.create("c");
    return auth::check_registration(kParty, {made.client_data_json, made.authenticator_data}).value();
  }();

  core::Result<auth::ProvedCredential> prove(const SoftKey::Lies& lies, bool needs_verified_user = true) {
    const SoftKey::Made made = key.get("c", lies);
    return auth::check_assertion(kParty, {key.id(), made.client_data_json, made.authenticator_data, made.signature}, credential.public_key,
                                 credential.algorithm, needs_verified_user);
  }
};

core::Result<auth::ClientData> client_data(const SoftKey::Lies& lies) {
  return auth::check_client_data(kParty, auth::Ceremony::kGet, own_key().get("challenge bytes", lies).client_data_json);
}

TEST(RelyingParties, ComeFromOriginsOnWhichBrowsersOfferKeys) {
  EXPECT_EQ(auth::relying_party("https://Desk.example.com:8443")->id, "desk.example.com");
  EXPECT_EQ(auth::relying_party("https://Desk.example.com:8443")->origin, "https://desk.example.com:8443");
  EXPECT_EQ(auth::relying_party("http://localhost:8080")->id, "localhost");
  for (const char* bad : {"", "desk.example.com", "http://desk.example.com", "https://", "https://[::1]:8443", "https://a/b", "https://u@h", "ftp://x"}) {
    EXPECT_FALSE(auth::relying_party(bad)) << bad;
  }
}

TEST(WebAuthn, I0_02_RegistersAndProves) {
  Registered user;
  EXPECT_EQ(user.credential.id, user.key.id());
  EXPECT_EQ(user.credential.algorithm, -7);
  EXPECT_TRUE(user.credential.verified_user);
  const auto proved = user.prove({});
  ASSERT_TRUE(proved) << proved.error().describe();
  EXPECT_EQ(proved->sign_count, user.key.counter);
  EXPECT_TRUE(proved->verified_user);
}

TEST(WebAuthn, ClientDataOfAnotherOriginCeremonyOrFrameIsRefused) {
  EXPECT_EQ(client_data({})->challenge, "challenge bytes");
  for (const char* origin : {"https://evil.example", "https://desk.example.com.evil.example", "https://desk.example.com:444", "http://desk.example.com", "null"}) {
    SoftKey::Lies lies;
    lies.origin = origin;
    EXPECT_FALSE(client_data(lies)) << origin;
  }
  SoftKey::Lies other;
  other.type = "webauthn.create";
  EXPECT_FALSE(client_data(other));
  for (const char* frame : {R"(,"crossOrigin":true)", R"(,"crossOrigin":1)", R"(,"crossOrigin":false,"topOrigin":"https://desk.example.com")"}) {
    SoftKey::Lies lies;
    lies.more_client_data = frame;
    EXPECT_FALSE(client_data(lies)) << frame;
  }
  SoftKey::Lies same;
  same.more_client_data = R"(,"crossOrigin":false,"other":[1])";
  EXPECT_TRUE(client_data(same));
  for (const std::string& bad : {std::string("{}"), std::string("[]"), std::string("{"), std::string(), std::string(5000, ' '),
                                 std::string(R"({"type":"webauthn.get","origin":"https://desk.example.com","challenge":7})"),
                                 std::string(R"({"type":"webauthn.get","origin":"https://desk.example.com","challenge":"+/="})")}) {
    EXPECT_FALSE(auth::check_client_data(kParty, auth::Ceremony::kGet, bad)) << bad.substr(0, 40);
  }
}

TEST(WebAuthn, ARegistrationForAnotherPartyOrWithoutItsUserIsRefused) {
  SoftKey key = own_key();
  SoftKey::Lies elsewhere;
  elsewhere.rp_id = "evil.example";
  SoftKey::Lies absent;
  absent.flags = 0x04;
  SoftKey::Lies impossible;
  impossible.flags = 0x15;  // backed up, but not eligible for it
  for (const SoftKey::Lies& lies : {elsewhere, absent, impossible}) {
    const SoftKey::Made made = key.create("c", lies);
    const auto checked = auth::check_registration(kParty, {made.client_data_json, made.authenticator_data});
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error(), auth::Errc::kBadCredentials);
  }
  SoftKey::Lies unverified;
  unverified.flags = 0x01;
  const SoftKey::Made plain = key.create("c", unverified);
  EXPECT_FALSE(auth::check_registration(kParty, {plain.client_data_json, plain.authenticator_data})->verified_user);
}

// Every prefix, and every byte changed: it may be refused or be another key, and is never a crash.
TEST(WebAuthn, DamagedAuthenticatorDataIsHarmless) {
  SoftKey key = own_key();
  const SoftKey::Made made = key.create("c");
  const std::string& data = made.authenticator_data;
  for (std::size_t cut = 0; cut < data.size(); ++cut) {
    EXPECT_FALSE(auth::check_registration(kParty, {made.client_data_json, data.substr(0, cut)})) << cut;
  }
  for (std::size_t at = 0; at < data.size(); ++at) {
    std::string changed = data;
    changed[at] = static_cast<char>(changed[at] ^ 0x81);
    (void)auth::check_registration(kParty, {made.client_data_json, changed});
  }
}

TEST(WebAuthn, AssertionsForAnotherPartyUnverifiedOrNotSignedAreRefused) {
  Registered user;
  SoftKey::Lies elsewhere;
  elsewhere.rp_id = "evil.example";
  SoftKey::Lies unverified;
  unverified.flags = 0x01;
  SoftKey::Lies absent;
  absent.flags = 0x04;
  SoftKey::Lies spoiled;
  spoiled.spoils_signature = true;
  for (const SoftKey::Lies& lies : {elsewhere, unverified, absent, spoiled}) EXPECT_FALSE(user.prove(lies));
  EXPECT_TRUE(user.prove(unverified, false));
  EXPECT_FALSE(user.prove(absent, false));
  Registered other;
  const SoftKey::Made made = other.key.get("c");
  EXPECT_FALSE(auth::check_assertion(kParty, {user.key.id(), made.client_data_json, made.authenticator_data, made.signature},
                                     user.credential.public_key, user.credential.algorithm, false));
}

TEST(Challenges, BelongToOnePurposeOneHolderAndATime) {
  const std::string key(32, 'k');
  const std::string made = auth::make_challenge(key, auth::ChallengeFor::kSignIn, "holder", 1000);
  EXPECT_TRUE(auth::open_challenge(key, made, auth::ChallengeFor::kSignIn, "holder", 999));
  EXPECT_FALSE(auth::open_challenge(key, made, auth::ChallengeFor::kSignIn, "holder", 1000));
  EXPECT_FALSE(auth::open_challenge(key, made, auth::ChallengeFor::kStepUp, "holder", 999));
  EXPECT_FALSE(auth::open_challenge(key, made, auth::ChallengeFor::kSignIn, "other", 999));
  EXPECT_FALSE(auth::open_challenge(std::string(32, 'x'), made, auth::ChallengeFor::kSignIn, "holder", 999));
  for (std::size_t at = 0; at < made.size(); ++at) {
    std::string changed = made;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(auth::open_challenge(key, changed, auth::ChallengeFor::kSignIn, "holder", 999)) << at;
  }
  EXPECT_FALSE(auth::open_challenge(key, "", auth::ChallengeFor::kSignIn, "holder", 999));
}

TEST(Challenges, WorkOnceAndLeaveNothingBehind) {
  People people;
  const std::string key(32, 'k');
  std::int64_t now = 1'000'000;
  auto spend = [&](const auth::Challenge& challenge) {
    storage::Transaction transaction = people.store->begin();
    const auto done = auth::spend_challenge(transaction, challenge, now);
    if (done) EXPECT_TRUE(people.run(people.store->commit(std::move(transaction))));
    return done.has_value();
  };
  for (int i = 0; i < 40; ++i) {
    const auto challenge = auth::open_challenge(key, auth::make_challenge(key, auth::ChallengeFor::kSignIn, "h", now + 100), auth::ChallengeFor::kSignIn, "h", now);
    EXPECT_TRUE(spend(*challenge));
    EXPECT_FALSE(spend(*challenge));
    now += 200;  // over
  }
  const auto left = people.store->snapshot()->scan(auth::keys::spent_challenges_prefix(), storage::Direction::kForward, 100);
  EXPECT_EQ(left->size(), 1U);
}

}  // namespace
}  // namespace postern::test
