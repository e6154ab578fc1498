#pragma once
// ticketing/detail/retry.h: when an optimistic change is worth another attempt: only a conflict, and only so often.
#include "core/result.h"
#include "storage/errc.h"
#include "ticketing/options.h"

namespace postern::ticketing {

inline bool should_retry(const core::Error& error, std::size_t attempts_made, const Options& options) {
  return error == storage::Errc::kConflict && attempts_made < options.commit_attempts_max;
}

}  // namespace postern::ticketing
