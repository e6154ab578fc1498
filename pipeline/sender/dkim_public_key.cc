#include "pipeline/sender/dkim_public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/x509.h>

#include <mutex>
#include <optional>
#include <unordered_map>

#include "core/encoding.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kEd25519Bytes = 32;

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT: bytes for a C API
}

// RFC 6376 says SubjectPublicKeyInfo; some signers publish the RSAPublicKey inside it, which others accept.
Pkey parse_rsa(const std::string& der) {
  const auto* begin = bytes_of(der);
  const auto* at = begin;
  Pkey key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  if (key == nullptr) {
    at = begin;
    key.reset(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, static_cast<long>(der.size())));
  }
  if (key == nullptr || at != begin + der.size() || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) return nullptr;
  BIGNUM* exponent = nullptr;
  if (EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_E, &exponent) != 1) return nullptr;
  const int bits = BN_num_bits(exponent);
  BN_free(exponent);
  return bits <= kRsaExponentBitsMax ? std::move(key) : nullptr;
}

std::shared_ptr<const DkimPublicKey> parse(const std::string& type, const std::string& encoded) {
  const std::optional<std::string> decoded = core::from_base64(encoded);
  if (!decoded) return nullptr;
  auto key = std::make_shared<DkimPublicKey>();
  if (type == "ed25519") {
    if (decoded->size() != kEd25519Bytes) return nullptr;
    key->handle.reset(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(*decoded), decoded->size()));
    key->bytes = *decoded;
    key->bits = 256;
    return key->handle == nullptr ? nullptr : key;
  }
  key->handle = parse_rsa(*decoded);
  if (key->handle == nullptr) return nullptr;
  key->bits = static_cast<std::uint32_t>(EVP_PKEY_get_bits(key->handle.get()));
  unsigned char* spki = nullptr;
  const int size = i2d_PUBKEY(key->handle.get(), &spki);
  if (size <= 0) return nullptr;
  key->bytes.assign(spki, spki + size);
  OPENSSL_free(spki);
  return key;
}

struct Cache {
  std::mutex mutex;
  std::unordered_map<std::string, std::shared_ptr<const DkimPublicKey>> keys;
};

Cache& cache() {
  static Cache instance;
  return instance;
}

}  // namespace

std::shared_ptr<const DkimPublicKey> find_public_key(const std::string& type, const std::string& encoded) {
  const std::string name = type + ":" + encoded;
  {
    const std::lock_guard lock(cache().mutex);
    if (const auto it = cache().keys.find(name); it != cache().keys.end()) return it->second;
  }
  std::shared_ptr<const DkimPublicKey> key = parse(type, encoded);
  if (key == nullptr) return nullptr;
  const std::lock_guard lock(cache().mutex);
  // Starting over is cheap and keeps the bound without an order of use.
  if (cache().keys.size() >= kKeysKeptMax) cache().keys.clear();
  cache().keys.emplace(name, key);
  return key;
}

}  // namespace postern::pipeline
