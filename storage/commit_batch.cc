#include "storage/commit_batch.h"

#include "core/assert.h"
#include "core/log.h"
#include "core/metrics.h"
#include "storage/counter.h"
#include "storage/rocks_engine.h"

namespace postern::storage {
namespace {

constexpr std::size_t kBatchBytesKept = 8U << 20U;  // a larger buffer is given back after use

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

CommitBatch::CommitBatch(std::shared_ptr<RocksEngine> engine, const core::Clock& clock)
    : engine_(std::move(engine)),
      clock_(clock),
      window_(engine_->options().limits.conflict_keys_max, engine_->latest_version()) {}

void CommitBatch::begin() {
  if (batch_.GetDataSize() > kBatchBytesKept) {
    batch_ = rocksdb::WriteBatch();
  } else {
    batch_.Clear();
  }
  counters_.begin();
  accepted_.clear();
  sequences_.clear();
  now_unix_ms_ = core::to_unix_ms(clock_.wall_now());
  version_ = engine_->latest_version() + 1;
}

bool CommitBatch::has_conflict(const Transaction& transaction) const {
  if (transaction.reads().empty()) return false;
  const std::uint64_t version = transaction.base()->version();
  for (const std::string& key : transaction.reads()) {
    if (window_.has_changed(ConflictWindow::hash(key), version)) return true;
  }
  return false;
}

core::Result<std::uint64_t> CommitBatch::next_sequence(core::WorkspaceId workspace) {
  if (const auto place = sequences_.find(workspace); place != sequences_.end()) return ++place->second;
  auto last = last_.find(workspace);
  if (last == last_.end()) {
    std::string value;
    const rocksdb::Status status = engine_->db().Get({}, last_sequence_key(workspace), &value);
    if (!status.ok() && !status.IsNotFound()) return to_error(status, "last sequence");
    const auto stored = status.ok() ? decode_maximum(value) : std::uint64_t{0};
    if (!stored) return core::fail(Errc::kCorrupt, "last sequence");
    last = last_.emplace(workspace, *stored).first;
  }
  return sequences_[workspace] = last->second + 1;
}

void CommitBatch::put(const std::string& key, const Transaction::Write& write) {
  using Kind = Transaction::Write::Kind;
  const std::uint64_t hash = ConflictWindow::hash(key);
  if (write.kind == Kind::kAdd || write.kind == Kind::kRaise) {
    counters_.add(key, write, window_.has_changed(hash, window_.floor()));
  } else {
    counters_.replace(key);
    // Memory only; limits were checked at submission.
    POSTERN_ASSERT((write.kind == Kind::kPut ? batch_.Put(key, write.value) : batch_.Delete(key)).ok());
  }
  window_.stage(hash);
  engine_->read_cache().will_change(hash, version_);
}

void CommitBatch::put_unjudged(const std::string& key, std::string_view value) {
  POSTERN_ASSERT(batch_.Put(key, slice(value)).ok());
  engine_->read_cache().will_change(ReadCache::hash(key), version_);
}

void CommitBatch::put_counters() {
  const auto read = [this](const std::string& key) -> core::Result<std::optional<std::string>> {
    std::string value;
    const rocksdb::Status status = engine_->db().Get({}, key, &value);
    if (status.ok()) return std::optional<std::string>(std::move(value));
    if (status.IsNotFound()) return std::optional<std::string>();
    return to_error(status, "counter");
  };
  const CounterFold::Emit emit{
      [this](const std::string& key, const std::string& value) { POSTERN_ASSERT(batch_.Put(key, value).ok()); },
      [this](const std::string& key, const std::string& operand) { POSTERN_ASSERT(batch_.Merge(key, operand).ok()); }};
  counters_.finish(read, emit);
}

void CommitBatch::add(std::shared_ptr<Pending> pending) {
  const Transaction& transaction = pending->transaction;
  if (has_conflict(transaction)) {
    static core::Counter& conflicts =
        core::metrics().counter("postern_storage_commits_total", "transactions by outcome", "result=\"conflict\"");
    conflicts.add();
    pending->complete(core::fail_transient(Errc::kConflict));
    return;
  }
  Committed committed;
  for (const auto& [workspace, changes] : transaction.changes()) {
    auto sequence = next_sequence(workspace);
    if (!sequence) {  // nothing of it is in the batch yet; a number taken for another workspace would leave a gap
      for (const auto& [other, number] : committed.sequence) sequences_[other] = number - 1;
      pending->complete(sequence.error());
      return;
    }
    committed.sequence.emplace(workspace, *sequence);
  }
  for (const auto& [workspace, changes] : transaction.changes()) {
    const std::string record = encode_feed(changes, now_unix_ms_);
    put_unjudged(feed_key(workspace, committed.sequence[workspace]), record);
  }
  for (const auto& [key, write] : transaction.writes()) put(key, write);
  accepted_.push_back({std::move(pending), std::move(committed)});
}

core::Result<void> CommitBatch::write() {
  static core::Counter& keys = core::metrics().counter("postern_storage_keys_total", "keys written, of whatever kind");
  put_counters();
  for (const auto& [workspace, sequence] : sequences_) {
    put_unjudged(last_sequence_key(workspace), encode_maximum(sequence));
  }
  if (batch_.Count() == 0) return {};  // only reads, all still true
  const rocksdb::Status status = engine_->write_synced(batch_);
  if (!status.ok()) {
    window_.discard();
    counters_.forget();
    sequences_.clear();
    core::log::error("storage.write_failed", {{"status", status_word(status)}});
    return core::fail_transient(Errc::kIo, std::string("write: ").append(status_word(status)));
  }
  keys.add(static_cast<std::uint64_t>(batch_.Count()));
  window_.publish(engine_->latest_version());
  for (const auto& [workspace, sequence] : sequences_) last_[workspace] = sequence;
  return {};
}

}  // namespace postern::storage
