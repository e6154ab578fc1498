#include "storage/rocks_purge.h"

#include <rocksdb/metadata.h>

#include <algorithm>
#include <set>
#include <thread>

#include "storage/key.h"
#include "storage/rocks_engine.h"

namespace postern::storage {
namespace {

constexpr std::chrono::milliseconds kLookAgain{20};
constexpr std::size_t kPrefixBytes = 9;  // workspace and space, in front of every key

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

struct Range {
  std::string first;
  std::string last;
  bool meets(const std::string& least, const std::string& greatest) const { return least <= last && first <= greatest; }
};

// A workspace, or a space of one, stands for all keys in it. (A key that is no longer than that is in its range, too.)
Range range_of(const std::string& key) {
  if (key.size() > kPrefixBytes) return {key, key};
  // Keys have no greatest length, so none of the prefix is the last one: what sorts behind them all is what follows the prefix.
  std::string end = prefix_end(key);
  return {key, end.empty() ? std::string(kPrefixBytes + 1, '\xff') : std::move(end)};
}

class Purge {
 public:
  Purge(RocksEngine& engine, std::span<const std::string> keys, std::atomic<bool>& is_cancelled)
      : engine_(engine), db_(engine.db()), is_cancelled_(is_cancelled) {
    for (const std::string& key : keys) ranges_.push_back(range_of(key));
    std::sort(ranges_.begin(), ranges_.end(), [](const Range& one, const Range& other) { return one.first < other.first; });
  }

  core::Result<void> run() {
    POSTERN_CHECK(wait_for_readers());
    before_ = value_files(engine_.options().folder);
    rocksdb::FlushOptions flush;
    flush.wait = true;
    POSTERN_CHECK(checked(db_.Flush(flush), "purge: flush"));
    for (const Range& range : grouped()) {
      const rocksdb::Slice begin(range.first);
      const rocksdb::Slice last(range.last);
      POSTERN_CHECK(compact(&begin, &last));
    }
    keep_blob_files();
    if (is_garbage_left()) {
      POSTERN_CHECK(compact(nullptr, nullptr));
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

  // Keys that lie in one table of the last level are rewritten together. Every key is in a group: to leave out those whose
  // tables look rewritten is wrong, as a compaction of the store's own rewrites an old value beside the mark that erases it.
  std::vector<Range> grouped() const {
    rocksdb::ColumnFamilyMetaData meta;
    db_.GetColumnFamilyMetaData(&meta);
    const auto deepest = std::find_if(meta.levels.rbegin(), meta.levels.rend(), [](const auto& level) { return !level.files.empty(); });
    std::vector<Range> out;
    std::string reach;
    for (const Range& range : ranges_) {
      if (!out.empty() && range.first <= std::max(reach, out.back().last)) {
        out.back().last = std::max(out.back().last, range.last);
        continue;
      }
      out.push_back(range);
      reach.clear();
      if (deepest == meta.levels.rend()) continue;
      for (const auto& table : deepest->files) {
        if (range.meets(table.smallestkey, table.largestkey)) reach = std::max(reach, table.largestkey);
      }
    }
    return out;
  }

  // What compactions moved meanwhile may be an old value too.
  void keep_blob_files() {
    rocksdb::ColumnFamilyMetaData meta;
    db_.GetColumnFamilyMetaData(&meta);
    for (const auto& file : meta.blob_files) before_.insert(base_name(file.blob_file_name));
  }

  // From the first to the last, or everything.
  core::Result<void> compact(const rocksdb::Slice* first, const rocksdb::Slice* last) {
    rocksdb::CompactRangeOptions options;
    options.exclusive_manual_compaction = false;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    options.blob_garbage_collection_policy = rocksdb::BlobGarbageCollectionPolicy::kForce;
    options.blob_garbage_collection_age_cutoff = 1.0;
    options.canceled = &is_cancelled_;
    return checked(db_.CompactRange(options, first, last), "purge: compaction");
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
        see(table.name, std::any_of(ranges_.begin(), ranges_.end(), [&table](const Range& range) {
              return range.meets(table.smallestkey, table.largestkey);
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
  std::vector<Range> ranges_;
  std::atomic<bool>& is_cancelled_;
  std::set<std::string> before_;  // files that an old value can be in
};

}  // namespace

core::Result<void> purge_engine(RocksEngine& engine, std::span<const std::string> keys, std::atomic<bool>& is_cancelled) {
  return Purge(engine, keys, is_cancelled).run();
}

}  // namespace postern::storage
