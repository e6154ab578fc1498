#pragma once
// storage/encrypted_files.h: RocksDB's encrypted file system with our cipher: AES-256-CTR under a random key per file,
// which a 4096-byte prefix holds, wrapped by the master key (byte table in storage/README.md). CTR gives
// confidentiality only; integrity of content is RocksDB's checksums against accidents and the records' own seals.
// Thread-safety: any thread.  Errors: a prefix that does not open reads as Corruption, and saw_foreign_file() says so.
#include <rocksdb/file_system.h>

#include <atomic>
#include <memory>

#include "core/secret.h"

namespace postern::storage {

struct EncryptedFiles {
  std::shared_ptr<rocksdb::FileSystem> files;
  // True once a file was met that this master key does not open, or that is not encrypted.
  std::shared_ptr<const std::atomic<bool>> saw_foreign_file;
};

EncryptedFiles make_encrypted_files(std::shared_ptr<rocksdb::FileSystem> base, core::SecretBuffer master_key);

constexpr std::size_t kFilePrefixBytes = 4096;

}  // namespace postern::storage
