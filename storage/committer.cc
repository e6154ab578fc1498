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

bool Pending::start() {
  State expected = State::kWaiting;
  return state_.compare_exchange_strong(expected, State::kStarted, std::memory_order_acq_rel);
}

void Pending::complete(core::Result<Committed> result) {
  if (state_.exchange(State::kTold, std::memory_order_acq_rel) == State::kTold) return;
  tell(std::move(result), std::move(transaction));
}

void Pending::give_up() {
  switch (state_.exchange(State::kTold, std::memory_order_acq_rel)) {
    case State::kTold: return;
    case State::kWaiting:  // its memory need not wait for the disk either
      tell(core::fail_transient(Errc::kIo, "given up before it was written"), std::move(transaction));
      return;
    case State::kStarted:
      tell(core::fail_transient(Errc::kIo, "given up while it was written"), Transaction(nullptr));
      return;
  }
}

Committer::Committer(EngineSlot& slot, const RocksOptions& options, const core::Clock& clock, NumberSource& numbers,
                     Watchers& watchers)
    : slot_(slot),
      limits_(options.limits),
      heal_delay_max_(options.heal_delay_max),
      write_stall_max_(options.write_stall_max),
      clock_(clock),
      numbers_(numbers),
      watchers_(watchers),
      heal_delay_(kHealDelayMin),
      batch_(std::make_unique<CommitBatch>(slot_.get(), clock_)),
      writer_([this] { run(); }) {}

Committer::~Committer() { close(); }

std::optional<core::Error> Committer::check_admission() const {
  if (closing_) return core::fail_transient(Errc::kClosed);
  if (is_stalled()) return core::fail_transient(Errc::kIo, "the disk does not answer");
  if (queue_.size() >= limits_.commit_queue_max) return core::fail_transient(Errc::kIo, "commit queue is full");
  return std::nullopt;
}

void Committer::submit(std::shared_ptr<Pending> pending) {
  bool was_empty = false;
  std::optional<core::Error> refusal;
  {
    const std::lock_guard lock(queue_mutex_);
    refusal = check_admission();
    if (!refusal) {
      was_empty = queue_.empty();
      queue_.push_back(std::move(pending));
    }
  }
  if (refusal) {
    pending->complete(std::move(*refusal));
  } else if (was_empty) {
    wake_.notify_one();
  }
}

bool Committer::is_stalled() const {
  const core::Instant since = busy_since_.load(std::memory_order_relaxed);
  if (since == core::Instant() || core::system_clock().now() - since <= write_stall_max_) return false;
  // Who waits for the disk cannot say so: whoever notices first does.
  if (!stall_is_told_.exchange(true)) core::log::error("storage.disk_stalled");
  return true;
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
  Queue waiting;
  {
    const std::lock_guard lock(queue_mutex_);
    closing_ = true;
    waiting.swap(queue_);
  }
  wake_.notify_one();
  for (auto& pending : waiting) pending->complete(core::fail_transient(Errc::kClosed));
  const std::lock_guard once(close_mutex_);
  if (writer_.joinable()) writer_.join();
}

void Committer::run() {
  Queue taken;
  while (take(taken)) {
    busy_since_.store(core::system_clock().now(), std::memory_order_relaxed);
    heal_when_due();
    if (healthy_.load(std::memory_order_relaxed)) {
      if (!taken.empty()) write(taken);
    } else {
      for (auto& pending : taken) pending->complete(core::fail_transient(Errc::kIo, "the store cannot write"));
    }
    taken.clear();
    busy_since_.store(core::Instant(), std::memory_order_relaxed);
    if (stall_is_told_.exchange(false)) core::log::warn("storage.disk_answers");
  }
}

bool Committer::take(Queue& out) {
  std::unique_lock lock(queue_mutex_);
  // Also wakes by itself: a background error (a full disk in a flush) comes without a commit.
  const auto pause = healthy_.load(std::memory_order_relaxed) ? heal_delay_max_ : heal_delay_;
  wake_.wait_for(lock, pause, [this] { return closing_ || !queue_.empty(); });
  if (closing_) return false;
  std::size_t bytes = 0;
  while (!queue_.empty()) {
    bytes += queue_.front()->bytes;
    if (!out.empty() && bytes > limits_.batch_bytes_max) break;
    out.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return true;
}

void Committer::heal_when_due() {
  if (healthy_.load(std::memory_order_relaxed) && !batch_->engine().has_failed()) return;
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
  for (auto& pending : taken) {
    if (pending->start()) batch_->add(std::move(pending));
  }
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
