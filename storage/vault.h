#pragma once
// storage/vault.h: sealing of customer content: zstd, then AES-256-GCM under the workspace's data key with the
// header and the record's key as associated data. Data keys are wrapped by the master key, which lives outside the
// store. Sealed form: 1 byte version (1), 1 byte flags (1 = zstd), 4 bytes data key number, 12 bytes nonce, ciphertext,
// 16 bytes tag.
// Thread-safety: seal() and open() from any thread.  Errors: Errc::kCorrupt when the tag does not match,
// kNotFound when the workspace's key has been destroyed.
#include <memory>
#include <string>
#include <string_view>

#include "core/ids.h"
#include "core/result.h"
#include "core/secret.h"
#include "storage/store.h"

namespace postern::storage {

class Vault {
 public:
  enum class Sealing { kSealed, kReadable };
  // `master_key`: 32 bytes. Existing data keys are loaded lazily from the store. kReadable writes records as version
  // byte 0 and the plain bytes, for tests that search the files for what must not be there; a sealing vault refuses them.
  Vault(Store& store, core::SecretBuffer master_key, Sealing sealing = Sealing::kSealed);
  ~Vault();
  // Makes the workspace's data key if it has none. Idempotent; call before the first seal().
  core::Task<core::Result<void>> ensure_workspace(core::WorkspaceId workspace);
  // Puts the end of all data keys of a workspace into the transaction, for good; returns the keys of their records, whose
  // values have to leave the disk too (Store::purge). Once it is committed, forget() them here: from then on nothing that
  // was sealed under them opens. Errors: kNotFound when there are none.
  core::Result<std::vector<std::string>> shred(Transaction& transaction, core::WorkspaceId workspace) const;
  void forget(core::WorkspaceId workspace) const;
  core::Result<std::string> seal(core::WorkspaceId workspace, std::string_view record_key,
                                 std::string_view plain) const;
  core::Result<std::string> open(core::WorkspaceId workspace, std::string_view record_key,
                                 std::string_view sealed) const;
  // Keyed BLAKE2b of content under the workspace: the address of a blob. 32 raw bytes.
  core::Result<std::string> content_hash(core::WorkspaceId workspace, std::string_view plain) const;
  // A key for one purpose ("reply-token", "message-id"), derived (HKDF-SHA256) from the data key. 32 raw bytes.
  core::Result<std::string> derive_key(core::WorkspaceId workspace, std::string_view purpose) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace postern::storage
