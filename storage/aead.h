#pragma once
// storage/aead.h: AES-256-GCM as the store uses it (NIST SP 800-38D): 32-byte key, fresh random 12-byte nonce, 16-byte
// tag behind the ciphertext. Associated data comes in pieces, so that nobody concatenates.
// Thread-safety: any thread; cipher contexts are per thread.  Limits: 2^32 seals under one key (random nonces).
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "core/secret.h"

namespace postern::storage {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

using Associated = std::initializer_list<std::string_view>;

// Appends ciphertext and tag to `out`. Asserts that key and nonce have their sizes.
void gcm_seal(std::string_view key, std::string_view nonce, Associated associated, std::string_view plain,
              std::string& out);
// nullopt when the tag does not match. The plaintext is in wiped memory until the caller copies it.
std::optional<core::SecretBuffer> gcm_open(std::string_view key, std::string_view nonce, Associated associated,
                                           std::string_view sealed);

}  // namespace postern::storage
