#include "core/manual_clock.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <vector>

namespace postern::core {

// Each sleeper waits on a timer that never fires by itself; waking it is cancelling the timer on its executor.
struct ManualClock::Sleeper {
  explicit Sleeper(const asio::any_io_executor& executor) : timer(executor, asio::steady_timer::time_point::max()) {}
  asio::steady_timer timer;
  bool awake = false;
};

ManualClock::ManualClock()
    : now_(Instant(std::chrono::hours(1))), wall_(WallTime(std::chrono::seconds(1'795'000'000))) {}

ManualClock::~ManualClock() = default;

Instant ManualClock::now() const {
  std::lock_guard lock(mutex_);
  return now_;
}

WallTime ManualClock::wall_now() const {
  std::lock_guard lock(mutex_);
  return wall_;
}

Instant ManualClock::next_wake() const {
  std::lock_guard lock(mutex_);
  return sleepers_.empty() ? Instant::max() : sleepers_.begin()->first;
}

Task<void> ManualClock::sleep_until(Instant when) {
  auto executor = co_await asio::this_coro::executor;
  auto sleeper = std::make_shared<Sleeper>(executor);
  std::multimap<Instant, std::shared_ptr<Sleeper>>::iterator place;
  {
    std::lock_guard lock(mutex_);
    if (when <= now_) co_return;
    place = sleepers_.emplace(when, sleeper);
  }
  co_await sleeper->timer.async_wait(kTuple);
  std::lock_guard lock(mutex_);
  if (!sleeper->awake) sleepers_.erase(place);  // cancelled from outside
}

void ManualClock::advance(Duration by) {
  std::vector<std::shared_ptr<Sleeper>> due;
  {
    std::lock_guard lock(mutex_);
    now_ += by;
    wall_ += by;
    while (!sleepers_.empty() && sleepers_.begin()->first <= now_) {
      due.push_back(sleepers_.begin()->second);
      due.back()->awake = true;
      sleepers_.erase(sleepers_.begin());
    }
  }
  for (auto& sleeper : due) {
    asio::post(sleeper->timer.get_executor(), [sleeper] { sleeper->timer.cancel(); });
  }
}

}  // namespace postern::core
