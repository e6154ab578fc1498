#include "storage/rocks_tuning.h"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/merge_operator.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <algorithm>

#include "core/log.h"
#include "storage/counter.h"
#include "storage/key.h"

namespace postern::storage {
namespace {

constexpr std::size_t kSpacePrefixBytes = 9;  // workspace and space: key.h
constexpr std::size_t kFieldBytes = 8;
constexpr std::size_t kListFields = 5;        // of a place in a list of a view: kind, generation, user, group, inbox (ticketing/views/keys.h)
constexpr std::uint64_t kListKind = 2;
constexpr double kMemtableFilterShare = 0.02;  // of write_buffer_size: 20 bits a key of 60 bytes with a value of 80

class CounterMerge final : public rocksdb::AssociativeMergeOperator {
 public:
  const char* Name() const override { return "postern.counter.1"; }  // on disk: never change
  bool Merge(const rocksdb::Slice&, const rocksdb::Slice* existing, const rocksdb::Slice& operand, std::string* out,
             rocksdb::Logger*) const override {
    std::optional<std::string_view> before;
    if (existing != nullptr) before.emplace(existing->data(), existing->size());
    auto merged = merge_counter(before, {operand.data(), operand.size()});
    if (!merged) return false;
    *out = std::move(*merged);
    return true;
  }
};

// Which keys grow together: the memtable remembers of each such run where it wrote last, and searches from there. A space that has
// kinds, statuses or lists has as many runs; of one by person or by hash each key would be a run, so it is taken as a whole.
class KeyRuns final : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "postern.runs.1"; }
  bool InDomain(const rocksdb::Slice& key) const override { return key.size() >= kSpacePrefixBytes; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
    const std::size_t fields = fields_of(key);
    return {key.data(), std::min(key.size(), kSpacePrefixBytes + fields * kFieldBytes)};
  }

 private:
  static std::size_t fields_of(const rocksdb::Slice& key) {
    switch (static_cast<Space>(key[kSpacePrefixBytes - 1])) {
      case Space::kView: {
        const bool is_place_in_list = key.size() > kSpacePrefixBytes + kFieldBytes &&
                                      static_cast<unsigned char>(key[kSpacePrefixBytes + kFieldBytes - 1]) == kListKind;
        return is_place_in_list ? kListFields : 1;
      }
      case Space::kTicketByStatus:
      case Space::kTicketByAssignee:
      case Space::kAuditTrail:
      case Space::kTicketDue:
      case Space::kSearch:
      case Space::kRuleBench: return 1;
      default: return 0;
    }
  }
};

// RocksDB's own log, into ours. Only the format string is kept: its arguments can be keys.
class EngineLog final : public rocksdb::Logger {
 public:
  EngineLog() : Logger(rocksdb::InfoLogLevel::WARN_LEVEL) {}
  using Logger::Logv;
  void Logv(const char*, va_list) override {}
  void Logv(const rocksdb::InfoLogLevel level, const char* format, va_list) override {
    if (level < rocksdb::InfoLogLevel::WARN_LEVEL || level == rocksdb::InfoLogLevel::HEADER_LEVEL) return;
    core::log::warn("storage.engine", {{"what", std::string_view(format)}});
  }
};

// RocksDB's own recovery is off: 7.8 goes on with a broken log when the memtable is empty (and Debian's build, which
// has assertions on, aborts), and can stall the writer for ever. A failed instance is replaced instead.
class ErrorListener final : public rocksdb::EventListener {
 public:
  explicit ErrorListener(std::shared_ptr<std::atomic<bool>> failed) : failed_(std::move(failed)) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status*) override {
    // A failed compaction is tried again by RocksDB and stops nobody.
    if (reason != rocksdb::BackgroundErrorReason::kCompaction) failed_->store(true);
  }
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status, bool* auto_recovery) override {
    *auto_recovery = false;
  }

 private:
  std::shared_ptr<std::atomic<bool>> failed_;
};

}  // namespace

rocksdb::Options rocks_options(const RocksOptions& options, rocksdb::Env* env,
                               std::shared_ptr<std::atomic<bool>> failed) {
  rocksdb::Options out;
  out.env = env;
  out.create_if_missing = !options.read_only;
  out.paranoid_checks = true;
  out.merge_operator = std::make_shared<CounterMerge>();
  out.info_log = std::make_shared<EngineLog>();
  out.stats_dump_period_sec = 0;
  out.stats_persist_period_sec = 0;
  out.listeners.push_back(std::make_shared<ErrorListener>(std::move(failed)));
  out.max_bgerror_resume_count = 0;
  // A torn tail after a crash ends recovery there, at a whole transaction. Everything acknowledged lies before it.
  out.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;

  out.write_buffer_size = options.memtable_bytes;
  out.max_background_jobs = 2;
  out.avoid_flush_during_shutdown = true;       // the log has it all
  out.allow_concurrent_memtable_write = false;  // one writer
  out.memtable_insert_with_hint_prefix_extractor = std::make_shared<KeyRuns>();
  out.enable_write_thread_adaptive_yield = false;
  // Most reads of a message ask for what is not there (repeats, known ids, profiles): the filter answers without a search.
  out.memtable_prefix_bloom_size_ratio = kMemtableFilterShare;
  out.memtable_whole_key_filtering = true;

  out.compression = rocksdb::kNoCompression;  // sealed values are compressed before sealing, and random after
  out.enable_blob_files = true;
  out.min_blob_size = options.blob_bytes_min;
  out.blob_compression_type = rocksdb::kNoCompression;
  out.enable_blob_garbage_collection = true;

  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  table.cache_index_and_filter_blocks = true;  // so that the cache bounds them
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  // In pieces of a block's size: a whole one is megabytes in a large file, and each read fetched again what the cache had no room for.
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.pin_top_level_index_and_filter = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.format_version = 5;
  out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return out;
}

}  // namespace postern::storage
