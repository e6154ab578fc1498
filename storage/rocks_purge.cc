#include "storage/rocks_purge.h"

#include <rocksdb/metadata.h>

#include <algorithm>
#include <set>
#include <thread>

#include "storage/rocks_engine.h"

namespace postern::storage {
namespace {

constexpr std::chrono::milliseconds kLookAgain{20};

core::Error cancelled() { return core::fail_transient(Errc::kClosed, "purge"); }

std::string base_name(const std::string& name) { return name.substr(name.find_last_of('/') + 1); }

bool is_log(const std::string& name) { return name.ends_with(".log"); }

// Files of the folder that hold values.
std::set<std::string> value_files(const std::filesystem::path& folder) {
  std::set<std::string> out;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    const std::string name = entry.path().filename().string();
    if (is_log(name) || name.ends_with(".sst") || name.ends_with(".blob")) out.insert(name);
  }
  return out;
}

class Purge {
 public:
  Purge(RocksEngine& engine, std::span<const std::string> keys, std::atomic<bool>& is_cancelled)
      : engine_(engine), db_(engine.db()), keys_(keys), is_cancelled_(is_cancelled) {}

  core::Result<void> run() {
    POSTERN_CHECK(wait_for_readers());
    before_ = value_files(engine_.options().folder);
    rocksdb::FlushOptions flush;
    flush.wait = true;
    POSTERN_CHECK(checked(db_.Flush(flush), "purge: flush"));
    for (const std::string& key : keys_) {
      const rocksdb::Slice place(key);
      POSTERN_CHECK(compact(&place));
    }
    if (is_garbage_left()) {
      POSTERN_CHECK(compact(nullptr));
    }
    return delete_files();
  }

 private:
  core::Result<void> checked(const rocksdb::Status& status, std::string_view where) const {
    if (is_cancelled_.load()) return cancelled();
    if (!status.ok()) return to_error(status, where);
    return {};
  }

  // A version that a snapshot sees survives every compaction.
  core::Result<void> wait_for_readers() {
    const std::uint64_t now = db_.GetLatestSequenceNumber();
    for (auto left = engine_.options().purge_wait_max;; left -= kLookAgain) {
      std::uint64_t oldest = 0;
      const bool is_known = db_.GetIntProperty(rocksdb::DB::Properties::kOldestSnapshotSequence, &oldest);
      if (is_known && (oldest == 0 || oldest >= now)) return {};
      if (is_cancelled_.load()) return cancelled();
      if (left <= kLookAgain) return still_read();
      std::this_thread::sleep_for(kLookAgain);
    }
  }

  static core::Error still_read() { return core::fail_transient(Errc::kConflict, "purge: an older view is still being read"); }

  // Of one key, or of everything.
  core::Result<void> compact(const rocksdb::Slice* key) {
    rocksdb::CompactRangeOptions options;
    options.exclusive_manual_compaction = false;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    options.blob_garbage_collection_policy = rocksdb::BlobGarbageCollectionPolicy::kForce;
    options.blob_garbage_collection_age_cutoff = 1.0;
    options.canceled = &is_cancelled_;
    return checked(db_.CompactRange(options, key, key), "purge: compaction");
  }

  // A blob file goes when nothing in it is used any more: what else lives in it has to move, and which tables refer to it
  // RocksDB does not tell.
  bool is_garbage_left() const {
    rocksdb::ColumnFamilyMetaData meta;
    db_.GetColumnFamilyMetaData(&meta);
    return std::any_of(meta.blob_files.begin(), meta.blob_files.end(), [this](const rocksdb::BlobMetaData& file) {
      return file.garbage_blob_count > 0 && before_.contains(base_name(file.blob_file_name));
    });
  }

  core::Result<void> delete_files() {
    for (auto left = engine_.options().purge_wait_max;; left -= kLookAgain) {
      // Switching deletions off and on is RocksDB's way to have obsolete files looked for and deleted now.
      POSTERN_CHECK(checked(db_.DisableFileDeletions(), "purge: deletion"));
      POSTERN_CHECK(checked(db_.EnableFileDeletions(false), "purge: deletion"));
      if (!is_anything_left()) return {};
      if (is_cancelled_.load()) return cancelled();
      if (left <= kLookAgain) return still_read();
      std::this_thread::sleep_for(kLookAgain);
    }
  }

  // Files from before that may still hold an old value: tables with one of the keys, blob files with garbage, and whatever
  // is no part of the store any more but is still there because somebody reads it.
  bool is_anything_left() const {
    rocksdb::ColumnFamilyMetaData meta;
    db_.GetColumnFamilyMetaData(&meta);
    std::set<std::string> in_use;
    bool is_left = false;
    const auto see = [&](const std::string& name, bool may_hold) {
      in_use.insert(base_name(name));
      is_left = is_left || (may_hold && before_.contains(base_name(name)));
    };
    for (const auto& level : meta.levels) {
      for (const auto& table : level.files) {
        see(table.name, std::any_of(keys_.begin(), keys_.end(), [&table](const std::string& key) {
              return table.smallestkey <= key && key <= table.largestkey;
            }));
      }
    }
    for (const auto& file : meta.blob_files) see(file.blob_file_name, file.garbage_blob_count > 0);
    const std::set<std::string> now = value_files(engine_.options().folder);
    const auto newest_log = std::find_if(now.rbegin(), now.rend(), is_log);
    for (const std::string& name : before_) {
      const bool is_current = in_use.contains(name) || (newest_log != now.rend() && name == *newest_log);
      is_left = is_left || (now.contains(name) && !is_current);
    }
    return is_left;
  }

  RocksEngine& engine_;
  rocksdb::DB& db_;
  const std::span<const std::string> keys_;
  std::atomic<bool>& is_cancelled_;
  std::set<std::string> before_;  // files that an old value can be in
};

}  // namespace

core::Result<void> purge_engine(RocksEngine& engine, std::span<const std::string> keys, std::atomic<bool>& is_cancelled) {
  return Purge(engine, keys, is_cancelled).run();
}

}  // namespace postern::storage
