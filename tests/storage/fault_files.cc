#include "tests/storage/fault_files.h"

namespace postern::storage::test {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;
using Fault = FaultFiles::Fault;

class FaultWritableFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultWritableFile(FaultFiles& disk, std::string name, std::unique_ptr<rocksdb::FSWritableFile> target)
      : FSWritableFileOwnerWrapper(std::move(target)), disk_(disk), name_(std::move(name)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    switch (disk_.next()) {
      case Fault::kNoSpace: return IOStatus::NoSpace("test");
      case Fault::kPowerCut: return IOStatus::IOError("test");
      case Fault::kHalfWritten: {
        const Slice half(data.data(), data.size() / 2);
        target()->Append(half, options, debug).PermitUncheckedError();
        length_ += half.size();
        return IOStatus::IOError("test");
      }
      default: break;
    }
    length_ += data.size();
    return target()->Append(data, options, debug);
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override { return sync(options, debug); }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override { return sync(options, debug); }

 private:
  IOStatus sync(const IOOptions& options, IODebugContext* debug) {
    const Fault met = disk_.next();
    if (met == Fault::kHang) disk_.hang();
    if (met == Fault::kIoOnSync || met == Fault::kPowerCut) return IOStatus::IOError("test");
    disk_.on_sync(name_, length_);
    return target()->Flush(options, debug);  // the machine does not crash: the page cache is durable enough
  }
  FaultFiles& disk_;
  std::string name_;
  std::uint64_t length_ = 0;
};

class FaultDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  FaultDirectory(FaultFiles& disk, std::unique_ptr<rocksdb::FSDirectory> target)
      : FSDirectoryWrapper(std::move(target)), disk_(disk) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return sync(); }
  IOStatus FsyncWithDirOptions(const IOOptions&, IODebugContext*, const rocksdb::DirFsyncOptions&) override {
    return sync();
  }

 private:
  IOStatus sync() {
    if (disk_.next() == Fault::kPowerCut) return IOStatus::IOError("test");
    disk_.on_directory_sync();
    return IOStatus::OK();
  }
  FaultFiles& disk_;
};

}  // namespace

IOStatus FaultFiles::NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                     std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* debug) {
  const Fault met = next();
  if (met == Fault::kNoSpace) return IOStatus::NoSpace("test");
  if (met == Fault::kPowerCut) return IOStatus::IOError("test");
  IOStatus status = target()->NewWritableFile(name, options, result, debug);
  if (!status.ok()) return status;
  {
    const std::lock_guard lock(mutex_);
    files_[name] = Durable{};
  }
  *result = std::make_unique<FaultWritableFile>(*this, name, std::move(*result));
  return status;
}

IOStatus FaultFiles::NewDirectory(const std::string& name, const IOOptions& options,
                                  std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext* debug) {
  IOStatus status = target()->NewDirectory(name, options, result, debug);
  if (status.ok()) *result = std::make_unique<FaultDirectory>(*this, std::move(*result));
  return status;
}

IOStatus FaultFiles::RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                                IODebugContext* debug) {
  if (next() == Fault::kPowerCut) return IOStatus::IOError("test");
  IOStatus status = target()->RenameFile(from, to, options, debug);
  if (status.ok()) {
    const std::lock_guard lock(mutex_);
    Durable moved = files_[from];
    moved.has_name = true;  // a rename is journalled; that it could be lost is not simulated
    files_.erase(from);
    files_[to] = moved;
  }
  return status;
}

IOStatus FaultFiles::DeleteFile(const std::string& name, const IOOptions& options, IODebugContext* debug) {
  if (next() == Fault::kPowerCut) return IOStatus::IOError("test");
  {
    const std::lock_guard lock(mutex_);
    files_.erase(name);
  }
  return target()->DeleteFile(name, options, debug);
}

void FaultFiles::hang() {
  hangs_.fetch_add(1);
  hangs_.notify_all();
  fault_.wait(Fault::kHang);
}

void FaultFiles::on_sync(const std::string& name, std::uint64_t length) {
  const std::lock_guard lock(mutex_);
  if (const auto place = files_.find(name); place != files_.end()) place->second.length = length;
}

void FaultFiles::on_directory_sync() {
  const std::lock_guard lock(mutex_);
  for (auto& [name, durable] : files_) durable.has_name = true;
}

void FaultFiles::forget_unsynced() {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, durable] : files_) {
    std::error_code ignored;
    if (!std::filesystem::exists(name)) continue;
    if (durable.has_name) {
      std::filesystem::resize_file(name, std::min(durable.length, std::filesystem::file_size(name)), ignored);
    } else {
      std::filesystem::remove(name, ignored);
    }
  }
}

}  // namespace postern::storage::test
