#pragma once
// storage/commit_batch.h: what the writer does with one batch of transactions: judge, number, write. Private to the
// committer.
// Ownership: one for each instance of the engine, whose numbers it remembers.
// Thread-safety: none; only the writer uses it.  Errors: add() refuses with kConflict or kIo; write() with kIo, and
// then everything is as before begin().
#include <rocksdb/write_batch.h>

#include <unordered_map>

#include "storage/committer.h"
#include "storage/conflict_window.h"
#include "storage/counter_fold.h"

namespace postern::storage {

class RocksEngine;

class CommitBatch {
 public:
  struct Accepted {
    std::shared_ptr<Pending> pending;
    Committed committed;
  };
  CommitBatch(std::shared_ptr<RocksEngine> engine, const core::Clock& clock);
  const RocksEngine& engine() const { return *engine_; }

  void begin();
  // Takes the started transaction into the batch, or completes it with the reason against.
  void add(std::shared_ptr<Pending> pending);
  core::Result<void> write();
  std::vector<Accepted>& accepted() { return accepted_; }
  // Of each workspace that the batch changed: its new last sequence.
  const std::map<core::WorkspaceId, std::uint64_t>& sequences() const { return sequences_; }

 private:
  bool has_conflict(const Transaction& transaction) const;
  core::Result<std::uint64_t> next_sequence(core::WorkspaceId workspace);
  void put(const std::string& key, const Transaction::Write& write);
  // A key that only the writer makes.
  void put_unjudged(const std::string& key, std::string_view value);
  // One write for each counter that the batch changes.
  void put_counters();

  const std::shared_ptr<RocksEngine> engine_;
  const core::Clock& clock_;
  ConflictWindow window_;
  CounterFold counters_;
  rocksdb::WriteBatch batch_;
  std::vector<Accepted> accepted_;
  std::map<core::WorkspaceId, std::uint64_t> sequences_;       // of this batch
  std::unordered_map<core::WorkspaceId, std::uint64_t> last_;  // written
  std::int64_t now_unix_ms_ = 0;
  std::uint64_t version_ = 0;  // no view that sees this batch has a lower one
};

}  // namespace postern::storage
