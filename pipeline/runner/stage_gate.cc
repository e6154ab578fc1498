#include "pipeline/runner/stage_gate.h"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <mutex>
#include <string>

#include "core/errc.h"

namespace postern::pipeline {

core::Counter& deferrals_of(std::string_view stage, std::string_view why) {
  return core::metrics().counter("postern_pipeline_deferrals_total", "messages answered 451 because a stage was full or too slow",
                                 "stage=\"" + std::string(stage) + "\",why=\"" + std::string(why) + "\"");
}

// One that waits. `turn` never fires: it is cancelled, on the waiter's own strand.
struct StageGate::Waiter {
  Waiter(const boost::asio::any_io_executor& executor, std::size_t the_bytes)
      : home(executor), turn(executor, boost::asio::steady_timer::time_point::max()), bytes(the_bytes) {}
  boost::asio::any_io_executor home;
  boost::asio::steady_timer turn;
  const std::size_t bytes;
  bool has_turn = false;     // under the gate's mutex
  bool was_woken = false;    // on the waiter's strand
};

struct StageGate::State {
  State(std::string_view the_name, std::size_t most, std::size_t most_waiting)
      : name(the_name), memory_max(most), waiting_max(most_waiting), full(deferrals_of(the_name, "full")), slow(deferrals_of(the_name, "slow")) {}

  bool has_room(std::size_t more) const { return bytes == 0 || bytes + more <= memory_max; }

  // Called with the mutex held.
  void admit_next() {
    while (!queue.empty() && has_room(queue.front()->bytes)) {
      const std::shared_ptr<Waiter> next = std::move(queue.front());
      queue.pop_front();
      bytes += next->bytes;
      next->has_turn = true;
      boost::asio::post(next->home, [next] {
        next->was_woken = true;
        next->turn.cancel();
      });
    }
  }

  const std::string_view name;
  const std::size_t memory_max;
  const std::size_t waiting_max;
  core::Counter& full;
  core::Counter& slow;
  std::mutex mutex;
  std::size_t bytes = 0;  // of those inside
  std::deque<std::shared_ptr<Waiter>> queue;
};

StageGate::Lease& StageGate::Lease::operator=(Lease&& other) noexcept {
  if (this == &other) return *this;
  leave();
  gate_ = std::move(other.gate_);
  bytes_ = other.bytes_;
  return *this;
}

void StageGate::Lease::leave() {
  if (!gate_) return;
  {
    const std::lock_guard lock(gate_->mutex);
    gate_->bytes -= bytes_;
    gate_->admit_next();
  }
  gate_.reset();
}

StageGate::StageGate(std::string_view name, const StageBudget& budget, const StageBudgets& all, core::Clock& clock)
    : state_(std::make_shared<State>(name, budget.memory_max, all.waiting_max)),
      time_max_(budget.time_max),
      wait_max_(all.wait_max),
      clock_(clock) {}

std::string_view StageGate::name() const { return state_->name; }

void StageGate::count_slow() const { state_->slow.add(); }

std::size_t StageGate::waiting() const {
  const std::lock_guard lock(state_->mutex);
  return state_->queue.size();
}

core::Result<StageGate::Lease> StageGate::deferred() const {
  state_->full.add();
  return core::fail_transient(core::Errc::kOverloaded, std::string(state_->name));
}

core::Task<core::Result<StageGate::Lease>> StageGate::enter(std::size_t bytes, core::Deadline by) {
  using boost::asio::experimental::awaitable_operators::operator||;
  bytes = std::max<std::size_t>(bytes, 1);  // an empty message is one, too
  std::shared_ptr<Waiter> waiter;
  const boost::asio::any_io_executor home = co_await boost::asio::this_coro::executor;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->queue.empty() && state_->has_room(bytes)) {
      state_->bytes += bytes;
      co_return Lease(state_, bytes);
    }
    if (state_->queue.size() < state_->waiting_max) {
      waiter = std::make_shared<Waiter>(home, bytes);
      state_->queue.push_back(waiter);
    }
  }
  if (!waiter) co_return deferred();
  const auto turn = [](std::shared_ptr<Waiter> me) -> core::Task<void> {
    boost::system::error_code ignored;
    if (!me->was_woken) co_await me->turn.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  };
  const core::Deadline until = by.earlier_of(core::Deadline::after(wait_max_, clock_));
  co_await (turn(waiter) || clock_.sleep_until(until.at()));
  bool has_turn = false;
  {
    const std::lock_guard lock(state_->mutex);
    has_turn = waiter->has_turn;
    if (!has_turn) std::erase(state_->queue, waiter);
    if (!has_turn) state_->admit_next();  // a large one may have stood before small ones
  }
  if (has_turn) co_return Lease(state_, bytes);
  co_return deferred();
}

}  // namespace postern::pipeline
