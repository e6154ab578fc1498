#pragma once
// ticketing/detail/retry.h: when an optimistic change is worth another attempt: only a conflict, and only so often or so long.
#include <algorithm>

#include "core/clock.h"
#include "core/random.h"
#include "core/task.h"
#include "storage/errc.h"
#include "ticketing/options.h"

namespace postern::ticketing {

inline bool should_retry(const core::Error& error, std::size_t attempts_made, const Options& options) {
  return error == storage::Errc::kConflict && attempts_made < options.commit_attempts_max;
}

// Of one change that many make at once: of those who commit together one wins, so that somebody may lose often. Behind the first
// attempts he waits, longer each time and by chance, until Options::commit_patience is over.
// Thread-safety: one owner.  Ownership: borrows both.
class Patience {
 public:
  Patience(core::Clock& clock, const Options& options) : clock_(clock), options_(options), until_(clock.now() + options.commit_patience) {}

  // Whether the failed attempt is worth another one, which may begin when this returns.
  core::Task<bool> again(core::Error error) {
    if (!(error == storage::Errc::kConflict)) co_return false;
    if (++attempts_ < options_.commit_attempts_max) co_return true;
    if (clock_.now() >= until_) co_return false;
    constexpr std::size_t kSlowest = 6;  // doublings of 2 ms
    const auto most_us = std::int64_t{2000} << std::min(attempts_ - options_.commit_attempts_max, kSlowest);
    const auto chance = static_cast<unsigned char>(core::random_bytes(1).front());
    co_await clock_.sleep_for(std::chrono::microseconds(most_us * (chance + 1) / 256));
    co_return true;
  }

 private:
  core::Clock& clock_;
  const Options& options_;
  core::Instant until_;
  std::size_t attempts_ = 0;
};

}  // namespace postern::ticketing
