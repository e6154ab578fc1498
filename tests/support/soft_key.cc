#include "tests/support/soft_key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>

#include <array>
#include <stdexcept>

#include "core/encoding.h"
#include "core/random.h"

namespace postern::test {
namespace {

constexpr std::size_t kIdBytes = 32;

std::string big_endian(std::uint64_t value, int bytes) {
  std::string out;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(value >> static_cast<unsigned>(shift));
  return out;
}

std::string client_data(const std::string& type, const std::string& challenge, const std::string& origin, const std::string& more) {
  return R"({"type":")" + type + R"(","challenge":")" + core::to_base64url(challenge) + R"(","origin":")" + origin + "\"" + more + "}";
}

// COSE_Key of RFC 9052: {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}
std::string cose_key(EVP_PKEY* key) {
  std::array<unsigned char, 65> point{};
  std::size_t length = 0;
  if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(), &length) != 1 || length != 65) {
    throw std::runtime_error("no public key");
  }
  const std::string x(reinterpret_cast<const char*>(point.data()) + 1, 32);
  const std::string y(reinterpret_cast<const char*>(point.data()) + 33, 32);
  return std::string("\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", 10) + x + std::string("\x22\x58\x20", 3) + y;
}

std::string sign(EVP_PKEY* key, const std::string& text) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::string out(256, '\0');
  std::size_t length = out.size();
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &length, reinterpret_cast<const unsigned char*>(text.data()),
                     text.size()) != 1) {
    throw std::runtime_error("no signature");
  }
  out.resize(length);
  return out;
}

const std::string& first_of(const std::string& lie, const std::string& truth) { return lie.empty() ? truth : lie; }

}  // namespace

SoftKey::SoftKey(std::string rp_id, std::string origin)
    : rp_id_(std::move(rp_id)), origin_(std::move(origin)), id_(core::random_bytes(kIdBytes)),
      key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), &EVP_PKEY_free) {
  if (!key_) throw std::runtime_error("no key");
}

SoftKey::Made SoftKey::create(const std::string& challenge, const Lies& lies) {
  Made out;
  out.client_data_json = client_data(first_of(lies.type, "webauthn.create"), challenge, first_of(lies.origin, origin_), lies.more_client_data);
  out.authenticator_data = core::sha256(first_of(lies.rp_id, rp_id_)) + static_cast<char>(lies.flags | 0x40U) + big_endian(counter, 4) +
                           std::string(16, '\0') + big_endian(id_.size(), 2) + id_ + cose_key(key_.get());
  return out;
}

SoftKey::Made SoftKey::get(const std::string& challenge, const Lies& lies) {
  Made out;
  if (lies.counts) ++counter;
  out.client_data_json = client_data(first_of(lies.type, "webauthn.get"), challenge, first_of(lies.origin, origin_), lies.more_client_data);
  out.authenticator_data = core::sha256(first_of(lies.rp_id, rp_id_)) + static_cast<char>(lies.flags) + big_endian(counter, 4);
  out.signature = sign(key_.get(), out.authenticator_data + core::sha256(out.client_data_json));
  if (lies.spoils_signature) out.signature[10] = static_cast<char>(out.signature[10] ^ 1);
  return out;
}

}  // namespace postern::test
