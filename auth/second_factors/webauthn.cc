#include "auth/second_factors/webauthn.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <memory>

#include "auth/errc.h"
#include "core/encoding.h"

namespace postern::auth {
namespace {

constexpr std::size_t kJsonBytesMax = 4096;
// Flags of authenticator data: WebAuthn section 6.1.
constexpr unsigned kUserPresent = 0x01;
constexpr unsigned kUserVerified = 0x04;
constexpr unsigned kBackupEligible = 0x08;
constexpr unsigned kBackedUp = 0x10;
constexpr std::size_t kRpIdHashBytes = 32;
constexpr std::array kAlgorithms{COSE_ES256, COSE_EDDSA, COSE_RS256};

struct Fido {
  void operator()(fido_cred_t* p) const { fido_cred_free(&p); }
  void operator()(fido_assert_t* p) const { fido_assert_free(&p); }
  void operator()(es256_pk_t* p) const { es256_pk_free(&p); }
  void operator()(eddsa_pk_t* p) const { eddsa_pk_free(&p); }
  void operator()(rs256_pk_t* p) const { rs256_pk_free(&p); }
};
template <class T>
using Owned = std::unique_ptr<T, Fido>;

// It keeps its log switch per thread.
void init_library() { fido_init(FIDO_DISABLE_U2F_FALLBACK); }

const unsigned char* octets(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

core::Error refused(const char* why) { return core::fail(Errc::kBadCredentials, why); }

// The library checks only some of the flags, and of a registration none.
core::Result<void> check_flags(unsigned flags) {
  if ((flags & kUserPresent) == 0) return refused("user not present");
  if ((flags & kBackedUp) != 0 && (flags & kBackupEligible) == 0) return refused("impossible flags");
  return {};
}

const boost::json::string* text_of(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  return value == nullptr ? nullptr : value->if_string();
}

// Parses with the first algorithm that fits; the library refuses a key of another one.
Owned<fido_cred_t> parse_credential(std::string_view authenticator_data, int& algorithm) {
  for (const int each : kAlgorithms) {
    Owned<fido_cred_t> credential(fido_cred_new());
    if (!credential || fido_cred_set_type(credential.get(), each) != FIDO_OK) continue;
    if (fido_cred_set_authdata_raw(credential.get(), octets(authenticator_data), authenticator_data.size()) != FIDO_OK) continue;
    algorithm = each;
    return credential;
  }
  return nullptr;
}

int verify_with(fido_assert_t* assertion, std::string_view public_key, int algorithm) {
  if (algorithm == COSE_ES256) {
    const Owned<es256_pk_t> key(es256_pk_new());
    if (!key || es256_pk_from_ptr(key.get(), public_key.data(), public_key.size()) != FIDO_OK) return FIDO_ERR_INVALID_ARGUMENT;
    return fido_assert_verify(assertion, 0, algorithm, key.get());
  }
  if (algorithm == COSE_EDDSA) {
    const Owned<eddsa_pk_t> key(eddsa_pk_new());
    if (!key || eddsa_pk_from_ptr(key.get(), public_key.data(), public_key.size()) != FIDO_OK) return FIDO_ERR_INVALID_ARGUMENT;
    return fido_assert_verify(assertion, 0, algorithm, key.get());
  }
  if (algorithm == COSE_RS256) {
    const Owned<rs256_pk_t> key(rs256_pk_new());
    if (!key || rs256_pk_from_ptr(key.get(), public_key.data(), public_key.size()) != FIDO_OK) return FIDO_ERR_INVALID_ARGUMENT;
    return fido_assert_verify(assertion, 0, algorithm, key.get());
  }
  return FIDO_ERR_UNSUPPORTED_ALGORITHM;
}

}  // namespace

std::optional<RelyingParty> relying_party(std::string_view origin) {
  static constexpr std::string_view kSecure = "https://";
  static constexpr std::string_view kPlain = "http://";
  std::string lower = core::to_lower_ascii(origin);
  const bool is_secure = lower.starts_with(kSecure);
  if (!is_secure && !lower.starts_with(kPlain)) return std::nullopt;
  std::string host = lower.substr(is_secure ? kSecure.size() : kPlain.size());
  host.resize(std::min(host.size(), host.find(':')));
  if (host.empty() || host.find_first_of("/@[]") != std::string::npos) return std::nullopt;
  if (!is_secure && host != "localhost") return std::nullopt;
  return RelyingParty{std::move(host), std::move(lower)};
}

core::Result<ClientData> check_client_data(const RelyingParty& party, Ceremony ceremony, std::string_view client_data_json) {
  if (client_data_json.size() > kJsonBytesMax) return refused("client data too long");
  boost::system::error_code error;
  const boost::json::value parsed = boost::json::parse(boost::json::string_view(client_data_json.data(), client_data_json.size()), error);
  if (error || !parsed.is_object()) return refused("client data");
  const boost::json::object& object = parsed.as_object();
  const boost::json::string* type = text_of(object, "type");
  const boost::json::string* origin = text_of(object, "origin");
  const boost::json::string* challenge = text_of(object, "challenge");
  if (type == nullptr || origin == nullptr || challenge == nullptr) return refused("client data");
  if (*type != (ceremony == Ceremony::kCreate ? "webauthn.create" : "webauthn.get")) return refused("another ceremony");
  if (std::string_view(*origin) != party.origin) return refused("another origin");
  // Our pages are in nobody's frame; whoever has one there is after a click.
  const boost::json::value* cross = object.if_contains("crossOrigin");
  if ((cross != nullptr && (!cross->is_bool() || cross->as_bool())) || object.contains("topOrigin")) return refused("framed");
  std::optional<std::string> raw = core::from_base64url(std::string_view(*challenge));
  if (!raw) return refused("challenge");
  return ClientData{std::move(*raw)};
}

core::Result<NewCredential> check_registration(const RelyingParty& party, const Registration& registration) {
  init_library();
  const std::string& data = registration.authenticator_data;
  NewCredential out;
  const Owned<fido_cred_t> credential = parse_credential(data, out.algorithm);
  if (!credential) return refused("authenticator data");
  if (!core::equals_in_constant_time(std::string_view(data).substr(0, kRpIdHashBytes), core::sha256(party.id))) return refused("another relying party");
  const unsigned flags = fido_cred_flags(credential.get());
  POSTERN_CHECK(check_flags(flags));
  const unsigned char* id = fido_cred_id_ptr(credential.get());
  const unsigned char* key = fido_cred_pubkey_ptr(credential.get());
  if (id == nullptr || key == nullptr) return refused("authenticator data");
  out.id.assign(reinterpret_cast<const char*>(id), fido_cred_id_len(credential.get()));
  out.public_key.assign(reinterpret_cast<const char*>(key), fido_cred_pubkey_len(credential.get()));
  out.sign_count = fido_cred_sigcount(credential.get());
  out.verified_user = (flags & kUserVerified) != 0;
  return out;
}

core::Result<ProvedCredential> check_assertion(const RelyingParty& party, const Assertion& assertion, std::string_view public_key,
                                               int algorithm, bool needs_verified_user) {
  init_library();
  const std::string client_data_hash = core::sha256(assertion.client_data_json);
  const Owned<fido_assert_t> checked(fido_assert_new());
  if (!checked) return core::fail_transient(Errc::kBadCredentials, "memory");
  fido_assert_t* const raw = checked.get();
  const bool is_set = fido_assert_set_count(raw, 1) == FIDO_OK && fido_assert_set_rp(raw, party.id.c_str()) == FIDO_OK &&
                      fido_assert_set_clientdata_hash(raw, octets(client_data_hash), client_data_hash.size()) == FIDO_OK &&
                      fido_assert_set_authdata_raw(raw, 0, octets(assertion.authenticator_data), assertion.authenticator_data.size()) == FIDO_OK &&
                      fido_assert_set_sig(raw, 0, octets(assertion.signature), assertion.signature.size()) == FIDO_OK &&
                      fido_assert_set_up(raw, FIDO_OPT_TRUE) == FIDO_OK &&
                      (!needs_verified_user || fido_assert_set_uv(raw, FIDO_OPT_TRUE) == FIDO_OK);
  if (!is_set) return refused("authenticator data");
  const unsigned flags = fido_assert_flags(raw, 0);
  POSTERN_CHECK(check_flags(flags));
  if (needs_verified_user && (flags & kUserVerified) == 0) return refused("user not verified");
  if (verify_with(raw, public_key, algorithm) != FIDO_OK) return refused("signature or relying party");
  return ProvedCredential{fido_assert_sigcount(raw, 0), (flags & kUserVerified) != 0};
}

}  // namespace postern::auth
