#pragma once
// core/manual_clock.h: a clock that stands still until a test advances it. Sleepers wake, in order of their
// deadline, from inside advance(); each resumes on its own executor.
// Thread-safety: all methods from any thread.
#include <map>
#include <memory>
#include <mutex>

#include "core/clock.h"

namespace postern::core {

class ManualClock final : public Clock {
 public:
  ManualClock();
  ~ManualClock() override;
  Instant now() const override;
  WallTime wall_now() const override;
  Task<void> sleep_until(Instant when) override;
  void advance(Duration by);
  // The earliest sleeper's deadline, or Instant::max() when nobody sleeps.
  Instant next_wake() const;

 private:
  struct Sleeper;
  mutable std::mutex mutex_;
  Instant now_;
  WallTime wall_;
  std::multimap<Instant, std::shared_ptr<Sleeper>> sleepers_;
};

}  // namespace postern::core
