#pragma once
// storage/rocks_purge.h: makes old values leave the disk. RocksDB keeps an overwritten or erased value in its log, its
// memtable, its tables and, when it is large, in a blob file, until something rewrites them. This does: it flushes, compacts
// the touched keys (the 8 bytes of a workspace alone, or the 9 of a space of it, stand for all keys in it) down to the last
// level, then the whole store if a blob file is still in use only because other values live in it, has the obsolete files
// deleted, and checks that they are.
// A key may stay in the manifest, which names the first and last one of each table, until the next start.
// Thread-safety: one at a time for one folder. Blocks. Private to storage/.
// Errors: kConflict (transient): a snapshot or iterator keeps an older view; kIo; kClosed once `is_cancelled` is true.
#include <atomic>
#include <span>
#include <string>

#include "core/result.h"

namespace postern::storage {

class RocksEngine;

core::Result<void> purge_engine(RocksEngine& engine, std::span<const std::string> keys, std::atomic<bool>& is_cancelled);

}  // namespace postern::storage
