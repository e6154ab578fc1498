#pragma once
// auth/second_factors/challenge.h: challenges of WebAuthn that need no store until they are answered: a nonce and an end,
// authenticated together with their purpose and with whom they were given to. An answered one is remembered until its
// end, in the transaction that accepts the answer: it works once, on whatever node.
// Thread-safety: pure, apart from the transaction.  Errors: Errc::kExpired when it is not ours, not for this, or over.
// 40 bytes: nonce 16, end 8 (Unix milliseconds, big-endian), HMAC-SHA-256 cut to 16.
#include <string>
#include <string_view>

#include "storage/store.h"

namespace postern::auth {

inline constexpr const char* kChallengeKeyPurpose = "webauthn-challenge";  // of the key, which workspace 0 derives

enum class ChallengeFor : std::uint8_t { kRegister = 1, kSignIn = 2, kStepUp = 3, kPasswordless = 4 };

struct Challenge {
  std::string nonce;
  std::int64_t expires_unix_ms = 0;
};

// `bound_to`: the session, the pending sign-in, or nothing.
std::string make_challenge(std::string_view key, ChallengeFor purpose, std::string_view bound_to, std::int64_t expires_unix_ms);
core::Result<Challenge> open_challenge(std::string_view key, std::string_view challenge, ChallengeFor purpose,
                                       std::string_view bound_to, std::int64_t now_unix_ms);
core::Result<void> spend_challenge(storage::Transaction& transaction, const Challenge& challenge, std::int64_t now_unix_ms);

}  // namespace postern::auth
