#pragma once
// auth/second_factors/webauthn.h: what a browser sends in the ceremonies of WebAuthn level 2 (sections 7.1 and 7.2), checked;
// the only place that knows libfido2. Attestation is neither asked for nor looked at: any authenticator will do.
// The challenge is handed to the caller, who knows for what and to whom it was given.
// Thread-safety: pure.  Errors: Errc::kBadCredentials when it is not a proof for us, with the reason as context for the
// audit record; never a part of what was sent.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace postern::auth {

struct RelyingParty {
  std::string id;      // "help.example.com"
  std::string origin;  // "https://help.example.com:8443"
};
// Of an origin; nullopt when it is none, or one on which browsers offer no credentials (not https, and not localhost).
std::optional<RelyingParty> relying_party(std::string_view origin);

struct ClientData {
  std::string challenge;  // raw
};
enum class Ceremony : std::uint8_t { kCreate, kGet };
core::Result<ClientData> check_client_data(const RelyingParty& party, Ceremony ceremony, std::string_view client_data_json);

struct Registration {
  std::string client_data_json;    // both raw
  std::string authenticator_data;
};
struct NewCredential {
  std::string id;
  std::string public_key;
  int algorithm = 0;               // COSE
  std::uint32_t sign_count = 0;
  bool verified_user = false;
};
core::Result<NewCredential> check_registration(const RelyingParty& party, const Registration& registration);

struct Assertion {
  std::string credential_id;       // all raw
  std::string client_data_json;
  std::string authenticator_data;
  std::string signature;
};
struct ProvedCredential {
  std::uint32_t sign_count = 0;
  bool verified_user = false;
};
core::Result<ProvedCredential> check_assertion(const RelyingParty& party, const Assertion& assertion, std::string_view public_key,
                                               int algorithm, bool needs_verified_user);

}  // namespace postern::auth
