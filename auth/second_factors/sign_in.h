#pragma once
// auth/second_factors/sign_in.h: from a proof to a session, in as many steps as the account asks for.
//   password or link ─► begin() ─┬─ no factor, or a trusted device ─► session
//                                └─ a pending sign-in (a secret, five minutes, five attempts) ─► answer() ─► session
//   A password that must not stay is replaced after the second factor: instead of the session comes the token for that.
//   passkey ─► by_passkey() ─► session               a session ─► prove_again() ─► the same, fresh, under a new secret
// Wrong answers are counted like wrong passwords, under a name of their own that the right password does not clear, and
// in the pending sign-in; wrong codes of an app also in the account, from everywhere (proof.h).
// Thread-safety: any executor.  Errors: auth::Errc (kBadCredentials, kLocked, kExpired: start anew), storage::Errc.
#include <functional>
#include <optional>
#include <string>

#include "auth/second_factors/notices.h"
#include "auth/second_factors/proof.h"
#include "auth/second_factors/text_codes.h"
#include "auth/sessions.h"
#include "storage/schema/account.pb.h"

namespace postern::auth {

// Who is at the door.
struct Visitor {
  std::string client_ip;
  std::string agent;                                      // User-Agent, redacted
  std::function<std::string(core::UserId)> device_secret; // of that user's cookie; empty when there is none
  std::optional<RelyingParty> party;                      // what browsers take us for; none: no keys
};

struct PendingStep {
  std::string secret;  // shown once
  std::int64_t expires_unix_ms = 0;
  bool offers_totp = false;
  bool offers_key = false;
  bool offers_recovery_code = false;
  std::string text_number;  // masked: TextCodes::send() has a code sent there; empty: it does not
  bool may_trust_device = false;
};

// The password has to be replaced first, by Accounts::enrol().
struct DuePassword {
  std::string problem;
  std::string token;
};

// One of the three.
struct SignInStep {
  std::optional<SignedIn> session;
  std::optional<PendingStep> pending;
  std::optional<DuePassword> due;
  std::string new_device_secret;  // the cookie to set; empty: the browser has one
};

// What a browser needs for navigator.credentials.get().
struct KeyChallenge {
  std::string challenge;
  std::vector<std::string> allowed_ids;  // empty: passwordless
};

struct StepUp {
  std::string password;  // of those who have no factor
  FactorAnswer answer;
};

class SignIn {
 public:
  SignIn(storage::Store& store, const storage::Vault& vault, Accounts& accounts, Sessions& sessions, core::IdSource& ids,
         core::Clock& clock, Options options, NoticePort notices);

  // Codes by text message; without this there are none. Before the first call; `texts` outlives this.
  void use(const TextCodes& texts) { texts_ = &texts; }
  // Errc::kForbidden, audited, when the workspace's networks (networks.h) keep somebody out who has proved something. Each
  // step asks by itself: nobody goes on from elsewhere.
  core::Task<core::Result<void>> check_network(User user, std::string client_ip, std::string agent);
  // `methods`: what was proved. The user is as verify_password() or enrol() gave it.
  core::Task<core::Result<SignInStep>> begin(User user, std::uint32_t methods, Visitor visitor);
  core::Task<core::Result<SignInStep>> answer(std::string secret, FactorAnswer answer, bool trust_device, Visitor visitor);
  core::Task<core::Result<SignInStep>> by_passkey(Assertion assertion, Visitor visitor);
  // For the session that `by` comes from. A wrong answer leaves the session as it is.
  core::Task<core::Result<SignedIn>> prove_again(Principal by, core::SessionId session, StepUp proof, std::optional<RelyingParty> party);

  core::Result<KeyChallenge> passwordless_challenge() const;
  core::Result<KeyChallenge> challenge_for_pending(const std::string& secret) const;
  core::Result<KeyChallenge> challenge_for_session(const Principal& by, core::SessionId session) const;

 private:
  struct Found;
  struct Judged;
  core::Result<Judged> judge(storage::Transaction& transaction, schema::SecondFactors& record, const User& user, const std::string& client_ip,
                             const FactorAnswer& answer, const ProofContext& context) const;
  core::Result<std::string> text_key_for(const User& user) const;
  core::Result<ProofContext> context_of(ChallengeFor purpose, std::string bound_to, std::optional<RelyingParty> party) const;
  core::Result<void> refuse(storage::Transaction& transaction, const User& user, const std::string& client_ip, const std::string& why) const;
  core::Result<void> tell_of_code(storage::Transaction& transaction, const schema::SecondFactors& record, const User& user,
                                  const std::string& client_ip, const std::string& agent) const;
  core::Result<PendingStep> put_pending(storage::Transaction& transaction, schema::SecondFactors& record, const schema::User& owner,
                                        const User& user, std::uint32_t methods) const;
  core::Task<core::Result<SignInStep>> ask_for_new_password(User user, std::uint32_t methods);
  core::Task<core::Result<SignInStep>> open(User user, std::uint32_t methods, bool is_fresh, bool trust_device, Visitor visitor);
  core::Result<void> note_device(storage::Transaction& transaction, const User& user, const Session& session, bool trust_device,
                                 const Visitor& visitor, const std::string& new_secret, bool& is_new) const;
  core::Result<KeyChallenge> challenge(ChallengeFor purpose, const std::string& bound_to, const schema::SecondFactors* record) const;
  std::int64_t now_ms() const { return core::to_unix_ms(clock_.wall_now()); }

  storage::Store& store_;
  const storage::Vault& vault_;
  Accounts& accounts_;
  Sessions& sessions_;
  core::IdSource& ids_;
  core::Clock& clock_;
  Options options_;
  NoticePort notices_;
  const TextCodes* texts_ = nullptr;
};

}  // namespace postern::auth
