#pragma once
// auth/second_factors/totp.h: codes of authenticator apps: RFC 6238 with SHA-1, six digits, steps of thirty seconds, which
// is what every app understands. Thread-safety: pure.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace postern::auth {

inline constexpr std::size_t kTotpSecretBytes = 20;  // RFC 4226 section 4 R6: 160 bits recommended
inline constexpr std::int64_t kTotpStepSeconds = 30;
inline constexpr std::int64_t kTotpDriftSteps = 1;   // RFC 6238 section 5.2

std::int64_t totp_step(core::WallTime now);
std::string totp_code(std::string_view secret, std::int64_t step);
// The step that the code belongs to, if it is near `now` and behind `last_accepted`: a code works once, and one that is
// older than a used one does not work. Blanks in the code are ignored.
std::optional<std::int64_t> match_totp(std::string_view secret, std::string_view code, std::int64_t now, std::int64_t last_accepted);
// Base32 of RFC 4648 without padding, as people type it.
std::string totp_secret_text(std::string_view secret);
// What apps read from the QR code.
std::string totp_uri(std::string_view issuer, std::string_view account, std::string_view secret);

}  // namespace postern::auth
