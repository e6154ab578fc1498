#pragma once
// storage/store.h: the Store port: ordered byte keys, consistent snapshots, scans in both directions, optimistic
// transactions, per-workspace sequence numbers, and a change feed without gaps. Engines: RocksDB (default), memory
// (tests), and a faulty twin. Nothing above may assume one process, a global lock, or that a commit cannot conflict.
// Thread-safety: Store from any thread; Snapshot from any thread; Transaction by one owner at a time.
// Errors: storage::Errc. kConflict and kIo are transient. After kIo from commit() nothing of the transaction is
// visible, unless the caller was cancelled meanwhile: then it may be, or become so.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.h"
#include "core/result.h"
#include "core/task.h"
#include "storage/errc.h"

namespace postern::storage {

struct Limits {
  std::size_t transaction_bytes_max = 256U << 20U;  // keys and values of one transaction
  std::size_t scan_entries_max = 10'000;            // of one scan call
  std::size_t commit_queue_max = 4096;              // transactions waiting for the writer; more: kIo transient
  std::size_t batch_bytes_max = 32U << 20U;         // transactions that share one synced write
  std::size_t conflict_keys_max = 1U << 19U;        // changed keys remembered; a reader older than that gets kConflict
};

struct Entry {
  std::string key;
  std::string value;
};

enum class Direction { kForward, kBackward };

// A consistent view. Cheap to take; released by destruction; do not keep one for long.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
  // nullopt when absent.
  virtual core::Result<std::optional<std::string>> get(std::string_view key) const = 0;
  // At most `limit` entries with the prefix, starting behind `after` (a whole key; empty: at the beginning) in the
  // direction of the scan.
  virtual core::Result<std::vector<Entry>> scan(std::string_view prefix, Direction direction, std::size_t limit,
                                                std::string_view after = {}) const = 0;
  // The last commit that this view holds, in numbers of its engine. For engines.
  virtual std::uint64_t version() const = 0;
};

// One change as the feed tells it. Small: ids, not content.
struct Change {
  std::string kind;          // "ticket.created", "comment.added", "ticket.status" …
  std::uint64_t object = 0;  // ticket number or other id
  std::uint64_t detail = 0;  // comment id or similar; 0 when none
};
struct FeedEntry {
  std::uint64_t sequence = 0;  // per workspace: 1, 2, 3 …
  std::int64_t at_unix_ms = 0;
  std::vector<Change> changes;  // of one transaction, together
};

// Everything that one change does. Build it, then hand it to commit(). get() adds to the read set, absent keys too;
// a later change of any of them by somebody else makes the commit fail with kConflict.
class Transaction {
 public:
  explicit Transaction(std::shared_ptr<const Snapshot> snapshot) : snapshot_(std::move(snapshot)) {}
  // Reads its own writes first.
  core::Result<std::optional<std::string>> get(std::string_view key);
  // Without conflict detection, and without its own writes: for data that may be slightly old.
  const Snapshot& snapshot() const { return *snapshot_; }
  void put(std::string key, std::string value);
  void erase(std::string key);
  // One key is either a counter (add) or a number sequence (raise), never both.
  void add(std::string key, std::int64_t delta);            // counter; commutes with others, never conflicts
  void raise(std::string key, std::uint64_t at_least);      // number sequence; commutes, never conflicts
  void record(core::WorkspaceId workspace, Change change);  // for the change feed

  struct Write {
    enum class Kind { kPut, kErase, kAdd, kRaise } kind = Kind::kPut;
    std::string value;
    std::int64_t delta = 0;  // of kAdd; the bits of the unsigned number of kRaise
  };
  // For engines.
  const std::map<std::string, Write, std::less<>>& writes() const { return writes_; }
  const std::vector<std::string>& reads() const { return reads_; }
  const std::map<core::WorkspaceId, std::vector<Change>>& changes() const { return changes_; }
  std::size_t bytes() const { return bytes_; }
  const std::shared_ptr<const Snapshot>& base() const { return snapshot_; }

 private:
  void merge(std::string key, Write operand);
  std::shared_ptr<const Snapshot> snapshot_;
  std::map<std::string, Write, std::less<>> writes_;
  std::vector<std::string> reads_;
  std::map<core::WorkspaceId, std::vector<Change>> changes_;
  std::size_t bytes_ = 0;
};

struct Committed {
  std::map<core::WorkspaceId, std::uint64_t> sequence;  // of each workspace that the transaction recorded changes in
};

class Store {
 public:
  using FeedWatcher = std::function<void(core::WorkspaceId, std::uint64_t sequence)>;

  virtual ~Store() = default;
  virtual std::shared_ptr<const Snapshot> snapshot() const = 0;
  Transaction begin() const { return Transaction(snapshot()); }
  // Durable (synced) when it returns a value. Resumes on the caller's executor. Cancelling the caller (terminal or
  // partial) ends its waiting at once with kIo, whatever the disk does; a write that has begun goes on without it.
  virtual core::Task<core::Result<Committed>> commit(Transaction transaction) = 0;
  // The next number of a sequence (tickets: 1, 2, 3 …), unique and increasing. It becomes durable with the first
  // committed transaction that raise()s `counter_key` to it; a number whose transaction failed is not used again
  // until restart.
  virtual core::Result<std::uint64_t> next_number(std::string_view counter_key) = 0;
  // Feed entries with a sequence above `after`, oldest first.
  virtual core::Result<std::vector<FeedEntry>> feed(core::WorkspaceId workspace, std::uint64_t after,
                                                    std::size_t limit) const = 0;
  virtual std::uint64_t last_sequence(core::WorkspaceId workspace) const = 0;
  // Called after each commit that recorded changes, on a thread of the store: must return at once. Returns a handle;
  // the watcher stays until the handle is destroyed.
  virtual std::shared_ptr<void> watch(FeedWatcher watcher) = 0;
  // False while the engine cannot write, or a write does not come back; the edge then answers 421/451.
  virtual bool is_healthy() const = 0;
  // Completes what is queued with kClosed and refuses every later commit() and next_number() with it. Reads still
  // work. Idempotent; destruction closes. The executors of waiting callers must still exist.
  virtual void close() = 0;
  // Makes the values that these keys no longer have, as of this call, leave the disk: logs, memtables, tables and blob files
  // that hold one are rewritten and deleted. Blocks its thread, in a large store for long: call it on a pool of its own; one
  // runs at a time. Errors: kConflict (transient) while somebody holds an older view, kIo, kClosed; it may be repeated.
  virtual core::Result<void> purge(const std::vector<std::string>& keys) = 0;
};

// Decoding for counters written with Transaction::add and raise; 0 when absent.
std::int64_t decode_counter(const std::optional<std::string>& value);
std::uint64_t decode_number(const std::optional<std::string>& value);

}  // namespace postern::storage
