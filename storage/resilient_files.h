#pragma once
// storage/resilient_files.h: the files of one RocksDB instance, so that a failed instance can be replaced by a new one
// in the same process (README: healing):
// - fence() cuts an instance off from the folder: it goes on reading, but cannot write, rename or delete any more;
// - LogTails knows up to where each log was synced. What lies behind was refused to its callers and is cut away before
//   recovery, which would otherwise bring it back;
// - a file shorter than `prefix_bytes` is empty: a full disk or a crash cut the encryption prefix, and nothing in such
//   a file was ever synced;
// - a write error is retryable and never "no space": RocksDB then stops at once instead of recovering by itself;
// - the folder's lock is held by RocksVolume, for all instances.
// Thread-safety: any thread.
#include <rocksdb/file_system.h>

#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>

namespace postern::storage {

// How a full disk begins the message of its error.
constexpr const char* kNoSpaceMessage = "no space left";

// Shared by all instances over one folder.
class LogTails {
 public:
  void appended(const std::string& name, std::uint64_t length);
  void synced(const std::string& name, std::uint64_t length);
  void removed(const std::string& name);
  // Shortens every log to its synced length. Repeatable; false when the disk refuses.
  bool cut();

 private:
  struct Tail {
    std::uint64_t length = 0;
    std::uint64_t synced = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Tail> logs_;
};

// Whether an instance may still change the folder. Closing waits for the changes in progress.
class Fence {
 public:
  // The lock to hold during a change; not owned when the fence is closed.
  std::shared_lock<std::shared_mutex> enter() {
    std::shared_lock lock(mutex_);
    if (closed_) lock.unlock();
    return lock;
  }
  void close() {
    const std::unique_lock lock(mutex_);
    closed_ = true;
  }

 private:
  std::shared_mutex mutex_;
  bool closed_ = false;
};

class ResilientFiles final : public rocksdb::FileSystemWrapper {
 public:
  ResilientFiles(std::shared_ptr<rocksdb::FileSystem> base, std::size_t prefix_bytes, std::shared_ptr<LogTails> tails);
  const char* Name() const override { return "postern.resilient"; }
  void fence() { fence_->close(); }

  using Options = rocksdb::FileOptions;
  using Debug = rocksdb::IODebugContext;
  rocksdb::IOStatus GetFileSize(const std::string&, const rocksdb::IOOptions&, std::uint64_t*, Debug*) override;
  rocksdb::IOStatus NewSequentialFile(const std::string&, const Options&, std::unique_ptr<rocksdb::FSSequentialFile>*,
                                      Debug*) override;
  rocksdb::IOStatus NewWritableFile(const std::string&, const Options&, std::unique_ptr<rocksdb::FSWritableFile>*,
                                    Debug*) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string&, const Options&, std::unique_ptr<rocksdb::FSWritableFile>*,
                                       Debug*) override;
  rocksdb::IOStatus NewDirectory(const std::string&, const rocksdb::IOOptions&, std::unique_ptr<rocksdb::FSDirectory>*,
                                 Debug*) override;
  rocksdb::IOStatus RenameFile(const std::string&, const std::string&, const rocksdb::IOOptions&, Debug*) override;
  rocksdb::IOStatus DeleteFile(const std::string&, const rocksdb::IOOptions&, Debug*) override;
  rocksdb::IOStatus LockFile(const std::string&, const rocksdb::IOOptions&, rocksdb::FileLock**, Debug*) override;
  rocksdb::IOStatus UnlockFile(rocksdb::FileLock*, const rocksdb::IOOptions&, Debug*) override;

 private:
  rocksdb::IOStatus wrap(const std::string& name, rocksdb::IOStatus opened,
                         std::unique_ptr<rocksdb::FSWritableFile>* file);
  const std::size_t prefix_bytes_;
  const std::shared_ptr<LogTails> tails_;
  const std::shared_ptr<Fence> fence_ = std::make_shared<Fence>();
};

}  // namespace postern::storage
