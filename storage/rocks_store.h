#pragma once
// storage/rocks_store.h: the default engine: one RocksDB folder, every file encrypted (AES-256-CTR), one writer thread
// that turns many transactions into one synced write.
// Threads: one writer of its own; reads run on the caller's thread (memory or page cache, else one disk read).
// Ownership: close() (or destruction) completes what is queued with kClosed and joins the writer. A snapshot keeps the
// engine open until it is released.
// After a failed write, and while one does not come back, the store is unhealthy and commits fail with kIo; it heals
// itself once writing works again. close() waits for a write in progress, however long: a disk that never answers keeps
// the process until it is killed, but no caller of commit(), which can be cancelled.
#include <chrono>
#include <filesystem>
#include <memory>

#include "core/secret.h"
#include "storage/store.h"

namespace postern::storage {

struct RocksOptions {
  std::filesystem::path folder;
  core::SecretBuffer master_key;  // 32 bytes; wraps the per-file keys
  bool encrypt_files = true;      // off only for tests that search the folder for canaries
  bool read_only = false;         // for command-line verbs beside a running server
  std::size_t memtable_bytes = 32U << 20U;         // half costs a message 4 % more, twice saves nothing and is 32 MB more at the peak
  std::size_t block_cache_bytes = 64U << 20U;
  std::size_t blob_bytes_min = 4096;               // values from here on live in blob files
  std::chrono::milliseconds heal_delay_max{2000};  // longest pause between two attempts to write again after a failure
  // A write that takes longer, which none does on a working disk, makes the store unhealthy until it ends: nothing more
  // is queued behind it.
  std::chrono::milliseconds write_stall_max{10'000};
  // A purge waits so long for readers of older views to finish, then it has to be called again.
  std::chrono::milliseconds purge_wait_max{5000};
  Limits limits;
};

// Errors: kIo (the folder cannot be opened, another process holds it), kCorrupt (wrong master key), kSchema.
core::Result<std::unique_ptr<Store>> open_rocks_store(RocksOptions options, const core::Clock& clock);

}  // namespace postern::storage
