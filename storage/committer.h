#pragma once
// storage/committer.h: the one writer of a RocksDB store. Many threads hand over transactions; it takes all that wait,
// checks their read sets, numbers their changes, writes one batch with one sync, and completes them.
//
//   submit() ──► queue (bounded) ──► [writer] check · number · one synced Write · publish ──► watchers ──► callers
//
// No lock is held while writing. There is no delay for the sake of larger batches: they form while a sync is running.
// Thread-safety: all methods from any thread.  Ownership: owns its thread; close() joins it.
// Errors: a completion gets kConflict, kIo (transient, nothing of it is visible) or kClosed.
// Limits: a disk that does not answer holds the writer, never a caller that gives up; after write_stall_max the store
// is unhealthy and submit() refuses, until the writer comes back.
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "storage/feed.h"
#include "storage/number_source.h"
#include "storage/rocks_store.h"

namespace postern::storage {

class CommitBatch;
class EngineSlot;

// A transaction that waits, and its caller, who is told exactly once: by the writer, or by giving up. Until start() the
// transaction is the caller's to take back, from then on the writer's: a write is never interrupted.
// Thread-safety: start() and complete() by the committer, give_up() by the caller meanwhile.
class Pending {
 public:
  explicit Pending(Transaction the_transaction)
      : bytes(the_transaction.bytes()), transaction(std::move(the_transaction)) {}
  virtual ~Pending() = default;
  Pending(const Pending&) = delete;
  // False when the caller has given up: nothing of it may be written.
  bool start();
  // Tells the caller, unless it has given up. The transaction is gone afterwards if it was never started, or told.
  void complete(core::Result<Committed> result);
  // Tells the caller kIo (transient) now. What was not started will not be written; what was may still be, unseen.
  void give_up();

  const std::size_t bytes;  // of the transaction
  Transaction transaction;  // the writer's, after start()

 protected:
  // Hands the result to the caller; must not block. `spent` may be taken apart there.
  virtual void tell(core::Result<Committed> result, Transaction spent) = 0;

 private:
  enum class State { kWaiting, kStarted, kTold };
  std::atomic<State> state_{State::kWaiting};
};

class Committer {
 public:
  Committer(EngineSlot& slot, const RocksOptions& options, const core::Clock& clock, NumberSource& numbers,
            Watchers& watchers);
  ~Committer();
  void submit(std::shared_ptr<Pending> pending);
  std::uint64_t last_sequence(core::WorkspaceId workspace) const;
  bool is_healthy() const { return healthy_.load(std::memory_order_relaxed) && !is_stalled(); }
  // Completes what has not been started with kClosed at once; then waits for the write in progress, however long.
  void close();

 private:
  using Queue = std::deque<std::shared_ptr<Pending>>;
  // Why a transaction cannot be taken now; called with the queue's mutex held.
  std::optional<core::Error> check_admission() const;
  bool is_stalled() const;
  void run();
  // Waits for work; false when closing.
  bool take(Queue& out);
  void write(Queue& taken);
  void publish();
  void heal_when_due();

  EngineSlot& slot_;
  const Limits limits_;
  const std::chrono::milliseconds heal_delay_max_;
  const std::chrono::milliseconds write_stall_max_;
  const core::Clock& clock_;
  NumberSource& numbers_;
  Watchers& watchers_;

  std::mutex queue_mutex_;
  std::condition_variable wake_;
  Queue queue_;
  bool closing_ = false;

  std::atomic<bool> healthy_{true};
  // When the writer turned to the disk, on the machine's clock as heal_at_; the epoch while it waits for work.
  std::atomic<core::Instant> busy_since_{core::Instant()};
  mutable std::atomic<bool> stall_is_told_{false};
  std::chrono::milliseconds heal_delay_;
  core::Instant heal_at_ = core::Instant::min();  // of the machine's clock, whatever clock_ is: disks heal in real time
  mutable std::mutex sequences_mutex_;
  std::map<core::WorkspaceId, std::uint64_t> sequences_;  // published; what is absent is in the database
  std::unique_ptr<CommitBatch> batch_;
  std::mutex close_mutex_;
  std::thread writer_;  // last: everything else exists when it starts
};

}  // namespace postern::storage
