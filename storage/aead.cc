#include "storage/aead.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <limits>
#include <memory>

#include "core/assert.h"

namespace postern::storage {
namespace {

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

const EVP_CIPHER* cipher() {
  // Fetched once: an implicit fetch costs more than sealing a small record. Never freed, threads may outlive statics.
  static EVP_CIPHER* const fetched = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  POSTERN_ASSERT(fetched != nullptr);
  return fetched;
}

// A thread's context of one direction. It stays with the key of its last use: records of one workspace follow each other, and
// preparing a key (its schedule, the tables of GHASH) is done once for them.
struct Prepared {
  using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype([](EVP_CIPHER_CTX* c) { EVP_CIPHER_CTX_free(c); })>;
  const Context context{EVP_CIPHER_CTX_new()};
  core::SecretBuffer key;  // empty: none
};

Prepared& prepared(bool seal) {
  thread_local Prepared sealing;
  thread_local Prepared opening;
  Prepared& own = seal ? sealing : opening;
  POSTERN_ASSERT(own.context);
  return own;
}

// One direction of the cipher; `out` nullptr: associated data. OpenSSL counts in int.
void update(EVP_CIPHER_CTX* ctx, unsigned char* out, std::string_view in) {
  POSTERN_ASSERT(in.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
  int done = 0;
  if (!in.empty()) POSTERN_ASSERT(EVP_CipherUpdate(ctx, out, &done, bytes(in), static_cast<int>(in.size())) == 1);
}

EVP_CIPHER_CTX* begin(std::string_view key, std::string_view nonce, Associated associated, bool seal) {
  POSTERN_ASSERT(key.size() == kKeyBytes && nonce.size() == kNonceBytes);
  Prepared& own = prepared(seal);
  EVP_CIPHER_CTX* const ctx = own.context.get();
  const bool is_ready = own.key.size() == key.size() && CRYPTO_memcmp(own.key.data(), key.data(), key.size()) == 0;
  if (is_ready) {
    POSTERN_ASSERT(EVP_CipherInit_ex2(ctx, nullptr, nullptr, bytes(nonce), seal ? 1 : 0, nullptr) == 1);
  } else {  // whatever throws on the way, no key is told that the context has not
    core::SecretBuffer copy(key.begin(), key.end());
    own.key.clear();
    POSTERN_ASSERT(EVP_CipherInit_ex2(ctx, cipher(), bytes(key), bytes(nonce), seal ? 1 : 0, nullptr) == 1);
    own.key = std::move(copy);
  }
  for (std::string_view piece : associated) update(ctx, nullptr, piece);
  return ctx;
}

}  // namespace

void gcm_seal(std::string_view key, std::string_view nonce, Associated associated, std::string_view plain,
              std::string& out) {
  EVP_CIPHER_CTX* const ctx = begin(key, nonce, associated, true);
  const std::size_t start = out.size();
  out.resize(start + plain.size() + kTagBytes);
  auto* const to = reinterpret_cast<unsigned char*>(out.data() + start);
  int done = 0;
  update(ctx, to, plain);
  POSTERN_ASSERT(EVP_CipherFinal_ex(ctx, to + plain.size(), &done) == 1);
  POSTERN_ASSERT(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, kTagBytes, to + plain.size()) == 1);
}

std::optional<core::SecretBuffer> gcm_open(std::string_view key, std::string_view nonce, Associated associated,
                                           std::string_view sealed) {
  if (sealed.size() < kTagBytes) return std::nullopt;
  EVP_CIPHER_CTX* const ctx = begin(key, nonce, associated, false);
  const std::string_view body = sealed.substr(0, sealed.size() - kTagBytes);
  std::string tag(sealed.substr(body.size()));
  core::SecretBuffer plain(body.size());
  auto* const to = reinterpret_cast<unsigned char*>(plain.data());
  unsigned char last[16];
  int done = 0;
  update(ctx, to, body);
  POSTERN_ASSERT(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1);
  if (EVP_CipherFinal_ex(ctx, last, &done) != 1) return std::nullopt;
  return plain;
}

}  // namespace postern::storage
