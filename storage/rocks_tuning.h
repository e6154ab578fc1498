#pragma once
// storage/rocks_tuning.h: the RocksDB options of our store, and why. Private to storage/.
#include <rocksdb/options.h>

#include <atomic>
#include <memory>

#include "storage/rocks_store.h"

namespace postern::storage {

// `failed` turns true when RocksDB can no longer flush; it never recovers by itself, the committer replaces it.
rocksdb::Options rocks_options(const RocksOptions& options, rocksdb::Env* env,
                               std::shared_ptr<std::atomic<bool>> failed);

}  // namespace postern::storage
