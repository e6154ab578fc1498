#include "storage/committer.h"

#include <algorithm>

#include "core/log.h"
#include "core/metrics.h"
#include "storage/commit_batch.h"
#include "storage/counter.h"
#include "storage/rocks_engine.h"

namespace postern::storage {
namespace {

constexpr std::chrono::milliseconds kHealDelayMin{10};

core::Counter& commits(std::string_view label) {
  return core::metrics().counter("postern_storage_commits_total", "transactions by outcome", label);
}

}  // namespace

Committer::Committer(EngineSlot& slot, const Limits& limits, std::chrono::milliseconds heal_delay_max,
                     const core::Clock& clock, NumberSource& numbers, Watchers& watchers)
    : slot_(slot),
      limits_(limits),
      heal_delay_max_(heal_delay_max),
      clock_(clock),
      numbers_(numbers),
      watchers_(watchers),
      heal_delay_(kHealDelayMin),
      batch_(std::make_unique<CommitBatch>(slot_.get(), clock_)),
      writer_([this] { run(); }) {}

Committer::~Committer() { close(); }

void Committer::submit(std::unique_ptr<Pending> pending) {
  bool was_empty = false;
  {
    const std::lock_guard lock(queue_mutex_);
    if (!closing_ && queue_.size() < limits_.commit_queue_max) {
      was_empty = queue_.empty();
      queue_.push_back(std::move(pending));
    } else if (!closing_) {
      pending->complete(core::fail_transient(Errc::kIo, "commit queue is full"));
      return;
    }
  }
  if (pending) {
    pending->complete(core::fail_transient(Errc::kClosed));
  } else if (was_empty) {
    wake_.notify_one();
  }
}

std::uint64_t Committer::last_sequence(core::WorkspaceId workspace) const {
  {
    const std::lock_guard lock(sequences_mutex_);
    if (const auto place = sequences_.find(workspace); place != sequences_.end()) return place->second;
  }
  std::string value;
  if (!slot_.get()->db().Get({}, last_sequence_key(workspace), &value).ok()) return 0;
  return decode_maximum(value).value_or(0);
}

void Committer::close() {
  {
    const std::lock_guard lock(queue_mutex_);
    closing_ = true;
  }
  wake_.notify_one();
  const std::lock_guard once(close_mutex_);
  if (writer_.joinable()) writer_.join();
}

void Committer::run() {
  Queue taken;
  while (take(taken)) {
    heal_when_due();
    if (taken.empty()) continue;
    if (healthy_.load(std::memory_order_relaxed)) {
      write(taken);
    } else {
      for (auto& pending : taken) pending->complete(core::fail_transient(Errc::kIo, "the store cannot write"));
    }
    taken.clear();
  }
  for (auto& pending : taken) pending->complete(core::fail_transient(Errc::kClosed));
}

bool Committer::take(Queue& out) {
  std::unique_lock lock(queue_mutex_);
  // Also wakes by itself: a background error (a full disk in a flush) comes without a commit.
  const auto pause = is_healthy() ? heal_delay_max_ : heal_delay_;
  wake_.wait_for(lock, pause, [this] { return closing_ || !queue_.empty(); });
  if (closing_) {
    out.swap(queue_);
    return false;
  }
  std::size_t bytes = 0;
  while (!queue_.empty()) {
    bytes += queue_.front()->transaction.bytes();
    if (!out.empty() && bytes > limits_.batch_bytes_max) break;
    out.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return true;
}

void Committer::heal_when_due() {
  if (is_healthy() && !batch_->engine().has_failed()) return;
  const core::Instant now = core::system_clock().now();
  if (now < heal_at_) return;
  batch_.reset();  // so that not this thread is the last owner of the failed instance, and waits for its end
  const bool is_replaced = slot_.replace(clock_);
  batch_ = std::make_unique<CommitBatch>(slot_.get(), clock_);
  if (is_replaced) {
    healthy_.store(true, std::memory_order_relaxed);
    heal_delay_ = kHealDelayMin;
    core::log::info("storage.healed");
    return;
  }
  healthy_.store(false, std::memory_order_relaxed);
  heal_at_ = now + heal_delay_;
  heal_delay_ = std::min(heal_delay_ * 2, heal_delay_max_);
}

void Committer::write(Queue& taken) {
  static core::Counter& batches = core::metrics().counter("postern_storage_batches_total", "synced writes");
  static core::Histogram& seconds =
      core::metrics().histogram("postern_storage_batch_seconds", "one batch, with its sync");
  const core::Instant start = clock_.now();
  batch_->begin();
  for (auto& pending : taken) batch_->add(std::move(pending));
  const auto written = batch_->write();
  batches.add();
  seconds.observe(std::chrono::duration<double>(clock_.now() - start).count());
  if (written) {
    publish();
    return;
  }
  healthy_.store(false, std::memory_order_relaxed);
  heal_at_ = core::system_clock().now() + heal_delay_;
  static core::Counter& failed = commits("result=\"failed\"");
  failed.add(batch_->accepted().size());
  for (auto& accepted : batch_->accepted()) accepted.pending->complete(written.error());
  batch_->begin();  // releases the transactions and their snapshots
}

void Committer::publish() {
  {
    const std::lock_guard lock(sequences_mutex_);
    for (const auto& [workspace, sequence] : batch_->sequences()) sequences_[workspace] = sequence;
  }
  static core::Counter& good = commits("result=\"ok\"");
  good.add(batch_->accepted().size());
  for (auto& accepted : batch_->accepted()) {
    for (const auto& [key, write] : accepted.pending->transaction.writes()) {
      if (write.kind == Transaction::Write::Kind::kRaise)
        numbers_.observe(key, static_cast<std::uint64_t>(write.delta));
    }
    for (const auto& [workspace, sequence] : accepted.committed.sequence) watchers_.notify(workspace, sequence);
    accepted.pending->complete(std::move(accepted.committed));
  }
  batch_->begin();  // releases the transactions and their snapshots before the writer waits
}

}  // namespace postern::storage
