#pragma once
// core/clock.h: time as an injected service, so that tests move it by hand.
// Thread-safety: all methods from any thread.  Ownership: a Clock outlives everything that was given a reference.
#include <chrono>
#include <cstdint>
#include <string>

#include "core/task.h"

namespace postern::core {

using Duration = std::chrono::nanoseconds;
using Instant = std::chrono::time_point<std::chrono::steady_clock, Duration>;   // for deadlines: never goes back
using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;  // for records: UTC

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  virtual WallTime wall_now() const = 0;
  // Returns at `when`, or earlier if the awaiting task is cancelled.
  virtual Task<void> sleep_until(Instant when) = 0;
  Task<void> sleep_for(Duration how_long);
};

// The machine's clock.
Clock& system_clock();

// Seconds and milliseconds since 1970-01-01T00:00:00Z, the form in which records hold time.
std::int64_t to_unix_ms(WallTime time);
WallTime from_unix_ms(std::int64_t ms);
// RFC 3339, UTC, seconds: "2026-11-22T09:30:00Z".
std::string to_rfc3339(WallTime time);
// RFC 5322 section 3.3 date-time in UTC: "Sun, 22 Nov 2026 09:30:00 +0000".
std::string to_rfc5322(WallTime time);

}  // namespace postern::core
