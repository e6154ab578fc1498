#pragma once
// ticketing/imports/past_clock.h: a clock that says another time of day, so that what is imported is written as of when it
// happened: records, events and metrics take their time from the clock they are given. Audit entries take the real one.
// Thread-safety: one owner of a PastClock, which lives as long as what was given it.  Ownership: borrows the real clock.
#include "core/clock.h"

namespace postern::ticketing {

class PastClock final : public core::Clock {
 public:
  PastClock(core::Clock& real, std::int64_t unix_ms) : real_(real), unix_ms_(unix_ms) {}
  void set(std::int64_t unix_ms) { unix_ms_ = unix_ms; }
  core::Instant now() const override { return real_.now(); }
  core::WallTime wall_now() const override { return core::from_unix_ms(unix_ms_); }
  core::Task<void> sleep_until(core::Instant when) override { return real_.sleep_until(when); }

 private:
  core::Clock& real_;
  std::int64_t unix_ms_;
};

}  // namespace postern::ticketing
