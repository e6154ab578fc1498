#include "auth/second_factors/proof.h"

#include <algorithm>
#include <chrono>

#include "auth/second_factors/recovery_codes.h"
#include "auth/second_factors/text_codes.h"
#include "auth/second_factors/totp.h"
#include "auth/sessions.h"
#include "core/encoding.h"

namespace postern::auth {
namespace {

constexpr std::uint32_t kDoublingsMax = 20;

void count_wrong_code(schema::SecondFactors& record, const ProofContext& context) {
  const auto window = std::chrono::milliseconds(context.options.lock_window).count();
  const std::int64_t now = context.now_unix_ms;
  if (now - record.totp_window_unix_ms() >= window) {
    record.set_totp_window_unix_ms(now);
    record.set_totp_failures(0);
  }
  record.set_totp_failures(record.totp_failures() + 1);
  if (record.totp_failures() < context.options.factors.totp_failures_max) return;
  const auto first = std::chrono::milliseconds(context.options.lock_first).count();
  const auto longest = std::chrono::milliseconds(context.options.lock_max).count();
  record.set_totp_locked_until_unix_ms(now + std::min(first << std::min(record.totp_locks(), kDoublingsMax), longest));
  record.set_totp_locks(record.totp_locks() + 1);
  record.set_totp_failures(0);
}

core::Result<ProofResult> by_totp(schema::SecondFactors& record, const std::string& code, const ProofContext& context) {
  if (record.totp_secret().empty()) return ProofResult{0, "no authenticator app"};
  if (record.totp_locked_until_unix_ms() > context.now_unix_ms) return core::fail_transient(Errc::kLocked);
  const std::int64_t now = totp_step(core::from_unix_ms(context.now_unix_ms));
  const std::optional<std::int64_t> step = match_totp(record.totp_secret(), code, now, record.totp_step());
  if (!step) {
    count_wrong_code(record, context);
    return ProofResult{0, "wrong code"};
  }
  record.set_totp_step(*step);
  record.set_totp_failures(0);
  record.set_totp_locks(0);
  return ProofResult{kByTotp, {}};
}

core::Result<ProofResult> by_recovery_code(schema::SecondFactors& record, const std::string& code) {
  const std::string hash = recovery_hash(code);
  auto& hashes = *record.mutable_recovery_hashes();
  for (auto each = hashes.begin(); each != hashes.end(); ++each) {
    if (!core::equals_in_constant_time(*each, hash)) continue;
    hashes.erase(each);
    return ProofResult{kByRecoveryCode, {}};
  }
  return ProofResult{0, "wrong recovery code"};
}

// Counts like wrong codes of an app: who may guess at both has no more guesses.
core::Result<ProofResult> by_text_message(schema::SecondFactors& record, const std::string& code, const ProofContext& context) {
  if (context.text_key.empty() || record.phone().empty()) return ProofResult{0, "codes by text message are not for this"};
  if (record.totp_locked_until_unix_ms() > context.now_unix_ms) return core::fail_transient(Errc::kLocked);
  const bool is_ours = record.text_code().number() == record.phone();
  std::string wrong = is_ours ? check_text_code(record, context.text_key, context.bound_to, code, context.options.factors, context.now_unix_ms)
                              : "sent to another number";
  if (wrong.empty()) return ProofResult{kByTextMessage, {}};
  count_wrong_code(record, context);
  return ProofResult{0, std::move(wrong)};
}

core::Result<ProofResult> by_key(storage::Transaction& transaction, schema::SecondFactors& record, const Assertion& assertion,
                                 const ProofContext& context) {
  auto& keys = *record.mutable_passkeys();
  const auto key = std::ranges::find(keys, assertion.credential_id, &schema::Passkey::credential_id);
  if (key == keys.end() || !context.party) return ProofResult{0, "unknown key"};
  const auto client_data = check_client_data(*context.party, Ceremony::kGet, assertion.client_data_json);
  if (!client_data) return ProofResult{0, client_data.error().context()};
  const auto challenge = open_challenge(context.challenge_key, client_data->challenge, context.purpose, context.bound_to, context.now_unix_ms);
  if (!challenge) return ProofResult{0, "challenge"};
  const auto proved = check_assertion(*context.party, assertion, key->public_key(), key->algorithm(), context.needs_verified_user);
  if (!proved) return ProofResult{0, proved.error().context()};
  const auto spent = spend_challenge(transaction, *challenge, context.now_unix_ms);
  if (!spent && !(spent.error() == Errc::kExpired)) return spent.error();
  if (!spent) return ProofResult{0, "challenge used before"};
  // WebAuthn section 7.2 step 21: a counter that does not grow is that of a copy, unless the key has none.
  if ((proved->sign_count != 0 || key->sign_count() != 0) && proved->sign_count <= key->sign_count()) {
    return ProofResult{0, "counter went back: a copy of the key"};
  }
  key->set_sign_count(proved->sign_count);
  key->set_last_used_unix_ms(context.now_unix_ms);
  return ProofResult{context.purpose == ChallengeFor::kPasswordless ? kByPasskey : kBySecurityKey, {}};
}

}  // namespace

core::Result<ProofResult> prove(storage::Transaction& transaction, schema::SecondFactors& record, const FactorAnswer& answer,
                                const ProofContext& context) {
  if (answer.assertion) return by_key(transaction, record, *answer.assertion, context);
  if (!answer.recovery_code.empty()) return by_recovery_code(record, answer.recovery_code);
  if (!answer.totp_code.empty()) return by_totp(record, answer.totp_code, context);
  if (!answer.text_code.empty()) return by_text_message(record, answer.text_code, context);
  return ProofResult{0, "no answer"};
}

}  // namespace postern::auth
