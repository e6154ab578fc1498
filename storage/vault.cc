#include "storage/vault.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "core/assert.h"
#include "core/encoding.h"
#include "core/random.h"
#include "storage/aead.h"
#include "storage/key.h"
#include "storage/records.h"
#include "storage/schema/store.pb.h"
#include "storage/sealed_record.h"

namespace postern::storage {
namespace {

constexpr std::uint32_t kFirstKeyNumber = 1;
constexpr int kEnsureAttemptsMax = 8;

constexpr char kReadableVersion = 0;

// A workspace's data keys by number. The newest seals; the oldest is the root of derived keys, so that rotation does
// not change blob addresses or reply tokens.
using DataKeys = std::map<std::uint32_t, core::SecretBuffer>;

std::string data_key_key(core::WorkspaceId workspace, std::uint32_t number) {
  KeyBuilder key(workspace, Space::kDataKey);
  key.u64(number);
  return std::move(key).take();
}

core::Error wrong_master_key(core::WorkspaceId workspace) {
  return core::fail(Errc::kCorrupt, "data key of workspace " + std::to_string(workspace.value) +
                                        ": damaged or wrapped by another master key");
}

// HKDF-SHA256 (RFC 5869) without salt: the input is a uniformly random key already.
std::string hkdf(std::string_view key, std::string_view info) {
  using Kdf = std::unique_ptr<EVP_KDF, decltype([](EVP_KDF* k) { EVP_KDF_free(k); })>;
  using Context = std::unique_ptr<EVP_KDF_CTX, decltype([](EVP_KDF_CTX* c) { EVP_KDF_CTX_free(c); })>;
  static const Kdf kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  POSTERN_ASSERT(kdf);
  const Context context(EVP_KDF_CTX_new(kdf.get()));
  std::string digest = "SHA256";
  std::string key_copy(key);
  std::string info_copy(info);
  const std::array params{OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), digest.size()),
                          OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key_copy.data(), key_copy.size()),
                          OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info_copy.data(), info_copy.size()),
                          OSSL_PARAM_construct_end()};
  std::string out(kKeyBytes, '\0');
  const int derived =
      EVP_KDF_derive(context.get(), reinterpret_cast<unsigned char*>(out.data()), out.size(), params.data());
  core::wipe(key_copy.data(), key_copy.size());
  POSTERN_ASSERT(derived == 1);
  return out;
}

using KeysByPurpose = std::map<std::string, std::string, std::less<>>;
constexpr std::size_t kDerivedKeysMax = 64;  // kept of one workspace; others are derived at each use

void wipe_keys(KeysByPurpose& keys) {
  for (auto& [purpose, key] : keys) core::wipe(key.data(), key.size());
}

}  // namespace

struct Vault::State {
  State(Store& the_store, core::SecretBuffer key, Sealing how)
      : store(the_store), master_key(std::move(key)), sealing(how) {}

  // Reads a workspace's keys from the store. kNotFound when it has none.
  core::Result<std::shared_ptr<const DataKeys>> load(core::WorkspaceId workspace) {
    const auto snapshot = store.snapshot();
    const std::string prefix = KeyBuilder(workspace, Space::kDataKey).take();
    POSTERN_TRY(const auto entries, snapshot->scan(prefix, Direction::kForward, Limits{}.scan_entries_max));
    auto keys = std::make_shared<DataKeys>();
    for (const Entry& entry : entries) {
      KeyReader reader(entry.key);
      const auto number = static_cast<std::uint32_t>(reader.u64());
      schema::DataKey record;
      POSTERN_CHECK(parse_record(entry.value, record));
      if (!reader.ok() || record.nonce().size() != kNonceBytes) return wrong_master_key(workspace);
      auto key = gcm_open(core::view(master_key), record.nonce(), {entry.key}, record.wrapped());
      if (!key || key->size() != kKeyBytes) return wrong_master_key(workspace);
      keys->emplace(number, std::move(*key));
    }
    if (keys->empty()) {
      return core::fail(Errc::kNotFound, "data key of workspace " + std::to_string(workspace.value));
    }
    const std::unique_lock lock(mutex);
    return cache[workspace] = std::move(keys);
  }

  core::Result<std::shared_ptr<const DataKeys>> keys_of(core::WorkspaceId workspace) {
    {
      const std::shared_lock lock(mutex);
      if (const auto place = cache.find(workspace); place != cache.end()) return place->second;
    }
    return load(workspace);
  }

  core::Result<std::string> derive(core::WorkspaceId workspace, std::string_view purpose) {
    {
      const std::shared_lock lock(mutex);
      if (const auto of_it = derived.find(workspace); of_it != derived.end()) {
        if (const auto known = of_it->second.find(purpose); known != of_it->second.end()) return known->second;
      }
    }
    POSTERN_TRY(const auto keys, keys_of(workspace));
    std::string key = hkdf(core::view(keys->begin()->second), std::string("postern/1/").append(purpose));
    const std::unique_lock lock(mutex);
    // Not of a workspace that was forgotten meanwhile. Purposes are words of the program, so there are few.
    if (cache.contains(workspace) && derived[workspace].size() < kDerivedKeysMax) derived[workspace].emplace(purpose, key);
    return key;
  }

  Store& store;
  const core::SecretBuffer master_key;
  const Sealing sealing;
  std::shared_mutex mutex;
  std::map<core::WorkspaceId, std::shared_ptr<const DataKeys>> cache;
  std::map<core::WorkspaceId, KeysByPurpose> derived;  // by purpose: each message needs several
};

Vault::Vault(Store& store, core::SecretBuffer master_key, Sealing sealing)
    : state_(std::make_unique<State>(store, std::move(master_key), sealing)) {
  POSTERN_ASSERT(state_->master_key.size() == kKeyBytes);
}

Vault::~Vault() {
  for (auto& [workspace, keys] : state_->derived) wipe_keys(keys);
}

core::Task<core::Result<void>> Vault::ensure_workspace(core::WorkspaceId workspace) {
  core::Error last;
  for (int attempt = 0; attempt < kEnsureAttemptsMax; ++attempt) {
    const auto known = state_->keys_of(workspace);
    if (known) co_return core::Result<void>();
    if (!(known.error() == Errc::kNotFound)) co_return known.error();
    Transaction transaction = state_->store.begin();
    std::string key = data_key_key(workspace, kFirstKeyNumber);
    POSTERN_CO_TRY(const auto existing, transaction.get(key));
    if (existing) continue;  // somebody else was faster
    schema::DataKey record;
    record.set_nonce(core::random_bytes(kNonceBytes));
    std::string fresh = core::random_bytes(kKeyBytes);
    gcm_seal(core::view(state_->master_key), record.nonce(), {key}, fresh, *record.mutable_wrapped());
    core::wipe(fresh.data(), fresh.size());
    POSTERN_CO_CHECK(put_plain(transaction, std::move(key), record));
    const auto committed = co_await state_->store.commit(std::move(transaction));
    if (committed) {
      const auto loaded = state_->load(workspace);
      if (!loaded) co_return loaded.error();
      co_return core::Result<void>();
    }
    last = committed.error();
    if (!(last == Errc::kConflict)) break;
  }
  co_return last;
}

core::Result<std::vector<std::string>> Vault::shred(Transaction& transaction, core::WorkspaceId workspace) const {
  const std::string prefix = KeyBuilder(workspace, Space::kDataKey).take();
  POSTERN_TRY(const auto entries, transaction.snapshot().scan(prefix, Direction::kForward, Limits{}.scan_entries_max));
  if (entries.empty()) return core::fail(Errc::kNotFound, "data key of workspace " + std::to_string(workspace.value));
  std::vector<std::string> out;
  for (const Entry& entry : entries) {
    POSTERN_CHECK(transaction.get(entry.key));  // a second shredding, or a new key, conflicts
    transaction.erase(entry.key);
    out.push_back(entry.key);
  }
  return out;
}

void Vault::forget(core::WorkspaceId workspace) const {
  const std::unique_lock lock(state_->mutex);
  state_->cache.erase(workspace);
  const auto derived = state_->derived.find(workspace);
  if (derived == state_->derived.end()) return;
  wipe_keys(derived->second);
  state_->derived.erase(derived);
}

core::Result<std::string> Vault::seal(core::WorkspaceId workspace, std::string_view record_key,
                                      std::string_view plain) const {
  if (state_->sealing == Sealing::kReadable) return std::string(1, kReadableVersion).append(plain);
  POSTERN_TRY(const auto keys, state_->keys_of(workspace));
  const auto& [number, key] = *keys->rbegin();
  return seal_record(core::view(key), number, record_key, plain);
}

core::Result<std::string> Vault::open(core::WorkspaceId workspace, std::string_view record_key,
                                      std::string_view sealed) const {
  if (state_->sealing == Sealing::kReadable && sealed.starts_with(kReadableVersion)) return std::string(sealed.substr(1));
  POSTERN_TRY(const std::uint32_t number, sealed_key_number(sealed));
  POSTERN_TRY(auto keys, state_->keys_of(workspace));
  auto place = keys->find(number);
  if (place == keys->end()) return core::fail(Errc::kCorrupt, "sealed record: no data key of its number");
  return open_sealed_record(core::view(place->second), record_key, sealed);
}

core::Result<std::string> Vault::content_hash(core::WorkspaceId workspace, std::string_view plain) const {
  POSTERN_TRY(const std::string key, state_->derive(workspace, "content-hash"));
  return core::blake2b_keyed(key, plain);
}

core::Result<std::string> Vault::derive_key(core::WorkspaceId workspace, std::string_view purpose) const {
  return state_->derive(workspace, std::string("purpose/").append(purpose));
}

}  // namespace postern::storage
