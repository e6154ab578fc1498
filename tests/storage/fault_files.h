#pragma once
// tests/storage/fault_files.h: a disk that fails on demand and forgets, at a power cut, what was never synced.
// Thread-safety: any thread.
#include <rocksdb/file_system.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>

namespace postern::storage::test {

class FaultFiles final : public rocksdb::FileSystemWrapper {
 public:
  enum class Fault { kNone, kNoSpace, kIoOnSync, kHalfWritten, kPowerCut, kHang };
  FaultFiles() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "test.fault_files"; }

  void set(Fault fault) { set_after(fault, 0); }
  // The fault comes with the nth operation from now, wherever that is: log, flush or compaction.
  void set_after(Fault fault, int operations) {
    left_.store(operations);
    fault_.store(fault);
    fault_.notify_all();
  }
  // kHang: a sync does not come back before another fault, or none, is set.
  void hang();
  void wait_until_hanging() { hangs_.wait(0); }
  // Counts an operation; the fault that it meets.
  Fault next() { return left_.fetch_sub(1) > 0 ? Fault::kNone : fault_.load(); }
  // After kPowerCut and closing: cuts every file to its synced length, removes those whose name was never synced.
  void forget_unsynced();

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* result,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

  void on_sync(const std::string& name, std::uint64_t length);
  void on_directory_sync();

 private:
  struct Durable {
    std::uint64_t length = 0;
    bool has_name = false;
  };
  std::atomic<Fault> fault_{Fault::kNone};
  std::atomic<int> left_{0};
  std::atomic<int> hangs_{0};  // that ever began
  std::mutex mutex_;
  std::map<std::string, Durable> files_;
};

}  // namespace postern::storage::test
