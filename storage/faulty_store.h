#pragma once
// storage/faulty_store.h: the faulty twin: fails the Nth commit (or read), so that a test can fail each one in turn.
// Thread-safety: as the inner store.  Ownership: borrows the inner store; snapshots borrow the twin.
// Errors: the failed operation returns a transient kIo (kConflict for Fault::kConflict) and has no effect.
#include <atomic>
#include <memory>

#include "storage/store.h"

namespace postern::storage {

class FaultyStore final : public Store {
 public:
  enum class Fault { kBeforeCommit, kConflict, kRead, kPurge };
  FaultyStore(Store& inner, Fault fault, std::size_t fail_at) : inner_(inner), fault_(fault), fail_at_(fail_at) {}
  // True when the operation to be failed was never reached: the loop over N is done.
  bool exhausted() const { return operations_.load() <= fail_at_; }

  std::shared_ptr<const Snapshot> snapshot() const override;
  core::Task<core::Result<Committed>> commit(Transaction transaction) override;
  core::Result<std::uint64_t> next_number(std::string_view counter_key) override;
  core::Result<std::vector<FeedEntry>> feed(core::WorkspaceId workspace, std::uint64_t after,
                                            std::size_t limit) const override;
  std::uint64_t last_sequence(core::WorkspaceId workspace) const override;
  std::shared_ptr<void> watch(FeedWatcher watcher) override;
  core::Result<void> purge(const std::vector<std::string>& keys) override;
  bool is_healthy() const override;
  void close() override;

  // Counts one operation of this kind; true when it is the one to fail. For the twin's own snapshots.
  bool should_fail(Fault kind) const { return kind == fault_ && should_fail(); }

 private:
  bool should_fail() const { return operations_.fetch_add(1) == fail_at_; }
  Store& inner_;
  Fault fault_;
  std::size_t fail_at_;
  mutable std::atomic<std::size_t> operations_{0};
};

}  // namespace postern::storage
