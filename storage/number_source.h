#pragma once
// storage/number_source.h: Store::next_number(): numbers handed out from memory, starting behind the stored ones.
// Thread-safety: any thread.  Limits: one entry per sequence (a few per workspace) stays in memory.
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "core/result.h"

namespace postern::storage {

class Snapshot;

class NumberSource {
 public:
  // `take_snapshot()` gives a current view; it is called at the first use of a key only.
  template <class TakeSnapshot>
  core::Result<std::uint64_t> next(std::string_view key, TakeSnapshot take_snapshot) {
    const std::lock_guard lock(mutex_);
    auto place = last_.find(key);
    if (place == last_.end()) {
      POSTERN_TRY(const std::uint64_t stored, read_stored(*take_snapshot(), key));
      place = last_.emplace(std::string(key), stored).first;
    }
    return ++place->second;
  }
  // A committed transaction has raised the sequence (an import, for instance): numbers below are taken.
  void observe(std::string_view key, std::uint64_t at_least);

 private:
  static core::Result<std::uint64_t> read_stored(const Snapshot& snapshot, std::string_view key);
  std::mutex mutex_;
  std::map<std::string, std::uint64_t, std::less<>> last_;
};

}  // namespace postern::storage
