#pragma once
// pipeline/sender/dkim_public_key.h: parsed public keys of senders, kept by their published text, because parsing one
// costs more than verifying with it (OpenSSL 3 takes global locks there).
// Thread-safety: DkimPublicKey is immutable; find_public_key() from any thread.  Limits: kKeysKeptMax keys are kept.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "pipeline/sender/openssl_key.h"

namespace postern::pipeline {

constexpr std::size_t kKeysKeptMax = 4096;
// Of the public exponent: a larger one, up to the modulus, makes verifying as dear as signing. In use is 65537.
constexpr int kRsaExponentBitsMax = 64;

struct DkimPublicKey {
  std::string bytes;  // SubjectPublicKeyInfo for rsa, 32 raw bytes for ed25519: what p= holds by the standard
  std::uint32_t bits = 0;
  Pkey handle;
};

// `type` is "rsa" or "ed25519", `encoded` the base64 of p= without white space; nullptr when it is no such key.
std::shared_ptr<const DkimPublicKey> find_public_key(const std::string& type, const std::string& encoded);

}  // namespace postern::pipeline
