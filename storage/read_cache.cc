#include "storage/read_cache.h"

#include <algorithm>

#include "storage/conflict_window.h"

namespace postern::storage {

// The writer knows each key by that of the window.
std::size_t ReadCache::hash(std::string_view key) { return ConflictWindow::hash(key); }

void ReadCache::will_change(std::size_t key_hash, std::uint64_t version) {
  marks_[key_hash % kMarks].store(version, std::memory_order_release);
}

std::optional<ReadCache::Value> ReadCache::find(std::string_view key, std::size_t key_hash, std::uint64_t view) const {
  const std::size_t place = key_hash % kEntries;
  const std::lock_guard lock(lock_of(place));
  const Known& known = known_[place];
  if (known.hash != key_hash || known.key != key) return std::nullopt;
  // Read behind the lock: whoever kept an answer of a later view had seen the marks of all that it shows.
  const std::uint64_t changed = marks_[key_hash % kMarks].load(std::memory_order_acquire);
  if (changed > std::min(known.view, view)) return std::nullopt;
  return known.value;
}

void ReadCache::keep(std::string_view key, std::size_t key_hash, const Value& value, std::uint64_t view) {
  if (key.size() > kValueBytesMax || (value && value->size() > kValueBytesMax)) return;
  const std::size_t place = key_hash % kEntries;
  const std::lock_guard lock(lock_of(place));
  Known& known = known_[place];
  if (known.asked != key_hash) {  // most keys are those of one message, and never asked for again
    known.asked = key_hash;
    return;
  }
  if (known.hash == key_hash && known.key == key && known.view >= view) return;
  known.hash = key_hash;
  known.view = view;
  known.key = key;
  known.value = value;
}

}  // namespace postern::storage
