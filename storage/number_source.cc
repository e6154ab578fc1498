#include "storage/number_source.h"

#include <algorithm>

#include "storage/counter.h"
#include "storage/store.h"

namespace postern::storage {

core::Result<std::uint64_t> NumberSource::read_stored(const Snapshot& snapshot, std::string_view key) {
  POSTERN_TRY(const auto stored, snapshot.get(key));
  if (!stored) return std::uint64_t{0};
  const auto number = decode_maximum(*stored);
  if (!number) return core::fail(Errc::kCorrupt, "number sequence");
  return *number;
}

void NumberSource::observe(std::string_view key, std::uint64_t at_least) {
  const std::lock_guard lock(mutex_);
  if (const auto place = last_.find(key); place != last_.end()) place->second = std::max(place->second, at_least);
}

}  // namespace postern::storage
