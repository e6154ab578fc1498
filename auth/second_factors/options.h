#pragma once
// auth/second_factors/options.h: limits of second factors, sign-ins in two steps, and devices.
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace postern::auth {

struct SecondFactorOptions {
  std::chrono::minutes fresh_for{15};          // after a proof, what makes ways in may be done without another
  std::chrono::minutes pending_life{5};        // between the password and the factor
  std::uint32_t pending_attempts_max = 5;      // then the password is asked for again
  std::size_t pending_per_user_max = 5;        // more: the oldest ends
  std::uint32_t totp_failures_max = 10;        // in lock_window, from everywhere; then codes are refused, other factors not
  std::chrono::minutes totp_offer_life{15};    // of a QR code that was not confirmed
  std::chrono::minutes challenge_life{5};      // of a WebAuthn ceremony
  std::size_t passkeys_max = 20;               // of one user
  std::size_t credential_id_bytes_max = 1023;  // WebAuthn section 4, credential ID
  std::size_t ceremony_bytes_max = 8192;       // of each part that a browser sends
  std::size_t recovery_codes = 10;
  std::chrono::hours trust_life{30 * 24};      // "remember this device"
  std::size_t devices_max = 50;                // of one user; more: the one that was used longest ago goes
};

}  // namespace postern::auth
