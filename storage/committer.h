#pragma once
// storage/committer.h: the one writer of a RocksDB store. Many threads hand over transactions; it takes all that wait,
// checks their read sets, numbers their changes, writes one batch with one sync, and completes them.
//
//   submit() ──► queue (bounded) ──► [writer] check · number · one synced Write · publish ──► watchers ──► callers
//
// No lock is held while writing. There is no delay for the sake of larger batches: they form while a sync is running.
// Thread-safety: all methods from any thread.  Ownership: owns its thread; close() joins it.
// Errors: a completion gets kConflict, kIo (transient, nothing of it is visible) or kClosed.
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "storage/feed.h"
#include "storage/number_source.h"
#include "storage/store.h"

namespace postern::storage {

class CommitBatch;
class EngineSlot;

// A transaction that waits, and its caller.
class Pending {
 public:
  explicit Pending(Transaction the_transaction) : transaction(std::move(the_transaction)) {}
  virtual ~Pending() = default;
  // Called exactly once; must not block. The transaction is gone afterwards.
  virtual void complete(core::Result<Committed> result) = 0;
  Transaction transaction;
};

class Committer {
 public:
  Committer(EngineSlot& slot, const Limits& limits, std::chrono::milliseconds heal_delay_max, const core::Clock& clock,
            NumberSource& numbers, Watchers& watchers);
  ~Committer();
  void submit(std::unique_ptr<Pending> pending);
  std::uint64_t last_sequence(core::WorkspaceId workspace) const;
  bool is_healthy() const { return healthy_.load(std::memory_order_relaxed); }
  void close();

 private:
  using Queue = std::deque<std::unique_ptr<Pending>>;
  void run();
  // Waits for work; false when closing.
  bool take(Queue& out);
  void write(Queue& taken);
  void publish();
  void heal_when_due();

  EngineSlot& slot_;
  const Limits limits_;
  const std::chrono::milliseconds heal_delay_max_;
  const core::Clock& clock_;
  NumberSource& numbers_;
  Watchers& watchers_;

  std::mutex queue_mutex_;
  std::condition_variable wake_;
  Queue queue_;
  bool closing_ = false;

  std::atomic<bool> healthy_{true};
  std::chrono::milliseconds heal_delay_;
  core::Instant heal_at_ = core::Instant::min();  // of the machine's clock, whatever clock_ is: disks heal in real time
  mutable std::mutex sequences_mutex_;
  std::map<core::WorkspaceId, std::uint64_t> sequences_;  // published; what is absent is in the database
  std::unique_ptr<CommitBatch> batch_;
  std::mutex close_mutex_;
  std::thread writer_;  // last: everything else exists when it starts
};

}  // namespace postern::storage
