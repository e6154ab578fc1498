#pragma once
// pipeline/runner/stage_gate.h: the way into one stage: who finds no room waits in order, for a bounded time in a bounded queue.
// So a stage that is slow first delays the senders, then defers them, and memory stays where its budget says.
// Thread-safety: any thread; each caller of enter() on a strand of its own, as sessions are.
// Ownership: leases may outlive the gate. Errors: core::Errc::kOverloaded, transient.
// Limits: StageBudget::memory_max, waiting_max, wait_max.
#include <memory>
#include <string_view>

#include "core/deadline.h"
#include "core/metrics.h"
#include "core/result.h"
#include "core/task.h"
#include "pipeline/runner/stage_budget.h"

namespace postern::pipeline {

// Messages answered 451 because of a stage; `why` is "full" or "slow".
core::Counter& deferrals_of(std::string_view stage, std::string_view why);

class StageGate {
  struct State;

 public:
  // Room for one message; given back by destruction, and the next one comes in.
  class Lease {
   public:
    Lease() = default;
    Lease(std::shared_ptr<State> gate, std::size_t bytes) : gate_(std::move(gate)), bytes_(bytes) {}
    Lease(Lease&& other) noexcept : gate_(std::move(other.gate_)), bytes_(other.bytes_) {}
    Lease& operator=(Lease&& other) noexcept;
    ~Lease() { leave(); }

   private:
    void leave();
    std::shared_ptr<State> gate_;
    std::size_t bytes_ = 0;
  };

  // `name` of the stage, a literal: in metrics and replies.
  StageGate(std::string_view name, const StageBudget& budget, const StageBudgets& all, core::Clock& clock);
  std::string_view name() const;
  core::Duration time_max() const { return time_max_; }
  // Waits until there is room for `bytes`, at most until `by`.
  core::Task<core::Result<Lease>> enter(std::size_t bytes, core::Deadline by);
  // A message was deferred because it took too long in the stage.
  void count_slow() const;
  std::size_t waiting() const;

 private:
  struct Waiter;
  core::Result<Lease> deferred() const;

  std::shared_ptr<State> state_;
  core::Duration time_max_;
  core::Duration wait_max_;
  core::Clock& clock_;
};

}  // namespace postern::pipeline
