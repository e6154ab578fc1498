#pragma once
// auth/second_factors/proof.h: an answer to "prove it", looked at inside a transaction together with the record of the
// factors: codes, keys and challenges that were used cannot be used in a parallel one, which conflicts.
// Thread-safety: pure, apart from the transaction.
// Errors: Errc::kLocked (transient) when too many codes were wrong, for codes only: keys and recovery codes are not
// guessed, so that nobody who knows the password can lock its owner out of all factors. A wrong answer is a value, as the
// count of it has to be committed.
#include "auth/errc.h"
#include "auth/options.h"
#include "auth/second_factors/challenge.h"
#include "auth/second_factors/webauthn.h"
#include "storage/schema/security.pb.h"

namespace postern::auth {

// One of them.
struct FactorAnswer {
  std::string totp_code;
  std::string recovery_code;
  std::optional<Assertion> assertion;
  std::string text_code;
  bool empty() const { return totp_code.empty() && recovery_code.empty() && !assertion && text_code.empty(); }
};

struct ProofContext {
  const Options& options;
  std::int64_t now_unix_ms = 0;
  std::string challenge_key;
  std::optional<RelyingParty> party;  // none: no keys
  ChallengeFor purpose = ChallengeFor::kSignIn;
  std::string bound_to;
  bool needs_verified_user = false;
  std::string text_key;  // of codes by text message; empty: they are no proof here
};

struct ProofResult {
  std::uint32_t method = 0;  // auth::kBy…; 0: wrong
  std::string why;           // of a wrong one, for the audit record
};

// Changes the record in either case; the caller writes it.
core::Result<ProofResult> prove(storage::Transaction& transaction, schema::SecondFactors& record, const FactorAnswer& answer,
                                const ProofContext& context);

}  // namespace postern::auth
