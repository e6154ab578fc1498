#pragma once
// storage/rocks_engine.h: RocksDB instances with their files, options and snapshots; no policy. Private to storage/ and
// its tests: RocksDB's types stop here and in the committer. Thread-safety: any thread.  Ownership: shared by the
// store, its writer and every snapshot; the last one closes it.
#include <rocksdb/db.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <future>
#include <memory>
#include <mutex>

#include "storage/read_cache.h"
#include "storage/rocks_store.h"

namespace postern::storage {

// The word for a status in logs and error contexts: no file content, no keys.
std::string_view status_word(const rocksdb::Status& status);
// kIo (transient), or kCorrupt for damage.
core::Error to_error(const rocksdb::Status& status, std::string_view where);

class LogTails;
class ResilientFiles;

// One RocksDB instance over the folder.
class RocksEngine {
 public:
  // What the instances of one folder share.
  struct Volume {
    ~Volume();
    RocksOptions options;
    std::shared_ptr<rocksdb::FileSystem> base;
    std::shared_ptr<LogTails> tails;
    rocksdb::FileLock* lock = nullptr;  // none when read only
  };
  static core::Result<std::shared_ptr<Volume>> open_volume(RocksOptions options,
                                                           std::shared_ptr<rocksdb::FileSystem> base);
  // `version_base` is above every version of the instances before.
  static core::Result<std::shared_ptr<RocksEngine>> open(std::shared_ptr<Volume> volume, const core::Clock& clock,
                                                         std::uint64_t version_base);
  RocksEngine(const RocksEngine&) = delete;
  ~RocksEngine();

  rocksdb::DB& db() const { return *db_; }
  const RocksOptions& options() const { return volume_->options; }
  const std::shared_ptr<Volume>& volume() const { return volume_; }
  // Versions of snapshots and commits: RocksDB's sequence numbers, made to increase over instances.
  std::uint64_t version_of(std::uint64_t sequence) const { return version_base_ + sequence; }
  std::uint64_t latest_version() const { return version_of(db_->GetLatestSequenceNumber()); }
  // One write with one sync of the log.
  rocksdb::Status write_synced(rocksdb::WriteBatch& batch);
  // True after a failed write, or when RocksDB could not flush in the background. It stays so: the instance can be
  // read from, and be replaced.
  bool has_failed() const { return failed_->load(); }
  // What its views were asked for lately. The writer tells it of each key before it writes.
  ReadCache& read_cache() const { return *read_cache_; }
  // Cuts it off from the folder at once and asks its background work to stop.
  void fence();

 private:
  RocksEngine() = default;
  rocksdb::Status open_db(std::shared_ptr<const std::atomic<bool>>& foreign);
  core::Result<void> check_format(const core::Clock& clock);

  std::shared_ptr<Volume> volume_;
  std::shared_ptr<ResilientFiles> files_;
  std::uint64_t version_base_ = 0;
  const std::unique_ptr<ReadCache> read_cache_ = std::make_unique<ReadCache>();
  std::unique_ptr<rocksdb::Env> env_;  // outlives db_
  std::shared_ptr<std::atomic<bool>> failed_ = std::make_shared<std::atomic<bool>>(false);
  std::unique_ptr<rocksdb::DB> db_;
};

// The instance in use. Readers never wait: during a replacement they read from the failed one.
class EngineSlot {
 public:
  explicit EngineSlot(std::shared_ptr<RocksEngine> engine) : engine_(std::move(engine)) {}
  ~EngineSlot();
  std::shared_ptr<RocksEngine> get() const {
    const std::lock_guard lock(mutex_);
    return engine_;
  }
  // Replaces a failed instance by a new one that has written and synced. False: the disk still fails.
  // One caller at a time.
  bool replace(const core::Clock& clock);

 private:
  void retire(std::shared_ptr<RocksEngine> engine);
  std::vector<std::future<void>> retiring_;  // closing an instance waits for RocksDB's pauses of 1 s
  mutable std::mutex mutex_;
  std::shared_ptr<RocksEngine> engine_;
};

std::shared_ptr<const Snapshot> make_rocks_snapshot(std::shared_ptr<const RocksEngine> engine);

// open_rocks_store() on another file system than the machine's: tests fail its writes.
core::Result<std::unique_ptr<Store>> open_rocks_store_on(RocksOptions options, const core::Clock& clock,
                                                         std::shared_ptr<rocksdb::FileSystem> base);

}  // namespace postern::storage
