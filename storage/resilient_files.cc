#include "storage/resilient_files.h"

#include <filesystem>
#include <system_error>
#include <utility>

namespace postern::storage {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

IOStatus retryable(IOStatus status) {
  if (status.ok() || !status.IsIOError()) return status;
  IOStatus out = IOStatus::IOError(status.IsNoSpace() ? kNoSpaceMessage : "",
                                   status.getState() != nullptr ? status.getState() : "");
  out.SetRetryable(true);
  return out;
}

IOStatus fenced_off() { return retryable(IOStatus::IOError("replaced by a newer instance")); }

bool is_log(std::string_view name) { return name.ends_with(".log"); }

class ResilientWritableFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  ResilientWritableFile(std::unique_ptr<rocksdb::FSWritableFile> target, std::shared_ptr<Fence> fence,
                        std::shared_ptr<LogTails> tails, std::string name)
      : FSWritableFileOwnerWrapper(std::move(target)),
        fence_(std::move(fence)),
        tails_(std::move(tails)),
        name_(std::move(name)) {}
  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    const auto pass = fence_->enter();
    if (!pass) return fenced_off();
    before_append(data.size());
    return retryable(target()->Append(data, options, debug));
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo& info,
                  IODebugContext* debug) override {
    const auto pass = fence_->enter();
    if (!pass) return fenced_off();
    before_append(data.size());
    return retryable(target()->Append(data, options, info, debug));
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    const auto pass = fence_->enter();
    return pass ? retryable(target()->Truncate(size, options, debug)) : fenced_off();
  }
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    return retryable(target()->Close(options, debug));
  }
  IOStatus Flush(const IOOptions& options, IODebugContext* debug) override {
    const auto pass = fence_->enter();
    return pass ? retryable(target()->Flush(options, debug)) : fenced_off();
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    const auto pass = fence_->enter();
    return pass ? after_sync(target()->Sync(options, debug)) : fenced_off();
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    const auto pass = fence_->enter();
    return pass ? after_sync(target()->Fsync(options, debug)) : fenced_off();
  }
  IOStatus RangeSync(std::uint64_t offset, std::uint64_t size, const IOOptions& options,
                     IODebugContext* debug) override {
    const auto pass = fence_->enter();
    return pass ? retryable(target()->RangeSync(offset, size, options, debug)) : fenced_off();
  }

 private:
  void before_append(std::size_t bytes) {
    length_ += bytes;
    if (tails_) tails_->appended(name_, length_);
  }
  IOStatus after_sync(IOStatus status) {
    if (status.ok() && tails_) tails_->synced(name_, length_);
    return retryable(std::move(status));
  }
  const std::shared_ptr<Fence> fence_;
  const std::shared_ptr<LogTails> tails_;  // of logs only
  const std::string name_;
  std::uint64_t length_ = 0;
};

class ResilientDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  explicit ResilientDirectory(std::unique_ptr<rocksdb::FSDirectory>&& target) : FSDirectoryWrapper(std::move(target)) {}
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return retryable(FSDirectoryWrapper::Fsync(options, debug));
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions& dir_options) override {
    return retryable(FSDirectoryWrapper::FsyncWithDirOptions(options, debug, dir_options));
  }
};

class EmptySequentialFile final : public rocksdb::FSSequentialFile {
 public:
  IOStatus Read(std::size_t, const IOOptions&, Slice* result, char*, IODebugContext*) override {
    *result = Slice();
    return IOStatus::OK();
  }
  IOStatus Skip(std::uint64_t) override { return IOStatus::OK(); }
};

class SharedLock final : public rocksdb::FileLock {};

}  // namespace

void LogTails::appended(const std::string& name, std::uint64_t length) {
  const std::lock_guard lock(mutex_);
  logs_[name].length = length;
}

void LogTails::synced(const std::string& name, std::uint64_t length) {
  const std::lock_guard lock(mutex_);
  logs_[name].synced = length;
}

void LogTails::removed(const std::string& name) {
  const std::lock_guard lock(mutex_);
  logs_.erase(name);
}

bool LogTails::cut() {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, tail] : logs_) {
    if (tail.length <= tail.synced) continue;
    // Not through RocksDB's file system: its Truncate() is not supported on POSIX in 7.8.
    std::error_code failed;
    const std::uintmax_t size = std::filesystem::file_size(name, failed);
    if (failed == std::errc::no_such_file_or_directory) continue;
    if (failed) return false;  // it may be there, with a tail that was refused
    if (size <= tail.synced) continue;
    std::filesystem::resize_file(name, tail.synced, failed);
    if (failed) return false;
  }
  return true;
}

ResilientFiles::ResilientFiles(std::shared_ptr<rocksdb::FileSystem> base, std::size_t prefix_bytes,
                               std::shared_ptr<LogTails> tails)
    : FileSystemWrapper(std::move(base)), prefix_bytes_(prefix_bytes), tails_(std::move(tails)) {}

IOStatus ResilientFiles::GetFileSize(const std::string& name, const IOOptions& options, std::uint64_t* size,
                                     Debug* debug) {
  IOStatus status = target()->GetFileSize(name, options, size, debug);
  if (status.ok() && *size < prefix_bytes_) *size = 0;
  return status;
}

IOStatus ResilientFiles::NewSequentialFile(const std::string& name, const Options& options,
                                           std::unique_ptr<rocksdb::FSSequentialFile>* result, Debug* debug) {
  std::uint64_t size = 0;
  if (prefix_bytes_ > 0 && GetFileSize(name, options.io_options, &size, debug).ok() && size == 0) {
    *result = std::make_unique<EmptySequentialFile>();
    return IOStatus::OK();
  }
  return target()->NewSequentialFile(name, options, result, debug);
}

IOStatus ResilientFiles::wrap(const std::string& name, IOStatus opened,
                              std::unique_ptr<rocksdb::FSWritableFile>* file) {
  if (!opened.ok()) return retryable(std::move(opened));
  *file = std::make_unique<ResilientWritableFile>(std::move(*file), fence_, is_log(name) ? tails_ : nullptr, name);
  return opened;
}

IOStatus ResilientFiles::NewWritableFile(const std::string& name, const Options& options,
                                         std::unique_ptr<rocksdb::FSWritableFile>* result, Debug* debug) {
  const auto pass = fence_->enter();
  if (!pass) return fenced_off();
  if (is_log(name)) tails_->removed(name);
  return wrap(name, target()->NewWritableFile(name, options, result, debug), result);
}

IOStatus ResilientFiles::ReopenWritableFile(const std::string& name, const Options& options,
                                            std::unique_ptr<rocksdb::FSWritableFile>* result, Debug* debug) {
  const auto pass = fence_->enter();
  if (!pass) return fenced_off();
  return wrap(name, target()->ReopenWritableFile(name, options, result, debug), result);
}

IOStatus ResilientFiles::NewDirectory(const std::string& name, const IOOptions& options,
                                      std::unique_ptr<rocksdb::FSDirectory>* result, Debug* debug) {
  IOStatus status = retryable(target()->NewDirectory(name, options, result, debug));
  if (status.ok()) *result = std::make_unique<ResilientDirectory>(std::move(*result));
  return status;
}

IOStatus ResilientFiles::RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                                    Debug* debug) {
  const auto pass = fence_->enter();
  return pass ? retryable(target()->RenameFile(from, to, options, debug)) : fenced_off();
}

IOStatus ResilientFiles::DeleteFile(const std::string& name, const IOOptions& options, Debug* debug) {
  const auto pass = fence_->enter();
  if (!pass) return fenced_off();
  IOStatus status = target()->DeleteFile(name, options, debug);
  if (status.ok() && is_log(name)) tails_->removed(name);
  return status;
}

IOStatus ResilientFiles::LockFile(const std::string&, const IOOptions&, rocksdb::FileLock** lock, Debug*) {
  *lock = new SharedLock;  // RocksDB gives it back to UnlockFile
  return IOStatus::OK();
}

IOStatus ResilientFiles::UnlockFile(rocksdb::FileLock* lock, const IOOptions&, Debug*) {
  delete lock;
  return IOStatus::OK();
}

}  // namespace postern::storage
