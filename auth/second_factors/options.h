#pragma once
// auth/second_factors/options.h: limits of second factors, sign-ins in two steps, and devices.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace postern::auth {

// The gateway that sends text messages; none without a URL. Where a request holds "{{number}}", "{{text}}" and "{{code}}" these are
// put in, escaped for where they stand: JSON, a form, or the URL.
struct TextGatewayOptions {
  std::string url;                              // https; plain http to this machine only, and if allowed
  std::string method = "POST";                  // POST, PUT or GET
  std::string content_type = "application/json";
  std::string body;                             // of POST and PUT
  std::vector<std::string> headers;             // "Name: value"
  std::string secret_header = "Authorization";  // gets what the secret file holds, "Bearer …" and all
  std::string secret_file;                      // empty: none
};

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
  TextGatewayOptions text_gateway;
  std::vector<std::string> text_countries;     // "+43": numbers that begin so get messages; empty: all
  std::chrono::minutes text_code_life{5};
  std::uint32_t text_attempts_max = 3;         // of one code
  std::chrono::seconds text_pause{30};         // between two messages to one person
  std::uint32_t texts_per_user_max = 5;        // each in texts_window
  std::uint32_t texts_per_number_max = 5;
  std::uint32_t texts_per_network_max = 20;    // /24 or /64
  std::uint32_t texts_per_workspace_max = 200;
  std::chrono::seconds texts_window{3600};
  std::size_t devices_max = 50;                // of one user; more: the one that was used longest ago goes
};

}  // namespace postern::auth
