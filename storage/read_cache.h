#pragma once
// storage/read_cache.h: values that many messages read and hardly any changes (settings, plans, rights, who somebody is; also that
// there is none), by key, for views of one instance. RocksDB finds such a key in its tables behind filters and indexes, at some
// microseconds; here it costs a hash and a comparison. It never answers what the view itself would not.
//
//   writer: will_change(keys, version of the batch) ──► write ──► visible        reader: view ──► find ─► else read, keep
//
// An answer that was read in a view counts in another one when no key of its mark was written after the older of the two; marks
// are set before what is written can be seen by anybody. Equal marks of two keys cost a read, nothing else.
// Thread-safety: any thread; will_change() by the one writer.  Ownership: of the instance, and ends with it.
// Limits: kEntries answers of at most kValueBytesMax each; one that was asked for once is not kept.
#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::storage {

class ReadCache {
 public:
  static constexpr std::size_t kEntries = 2048;
  static constexpr std::size_t kMarks = 1U << 16U;
  static constexpr std::size_t kValueBytesMax = 1024;

  using Value = std::optional<std::string>;  // nullopt: there is none

  ReadCache() : marks_(kMarks) {}
  // A batch that nobody sees before this returns writes the key; views that see it have at least this version.
  void will_change(std::size_t key_hash, std::uint64_t version);
  // Outer nullopt: not known here.
  std::optional<Value> find(std::string_view key, std::size_t key_hash, std::uint64_t view) const;
  // What the view says of the key.
  void keep(std::string_view key, std::size_t key_hash, const Value& value, std::uint64_t view);
  static std::size_t hash(std::string_view key);

 private:
  struct Known {
    std::size_t asked = 0;  // hash of the key that was asked for last, and not known
    std::size_t hash = 0;
    std::uint64_t view = 0;
    std::string key;  // empty: nothing is known
    Value value;
  };
  static constexpr std::size_t kLocks = 32;
  std::mutex& lock_of(std::size_t place) const { return locks_[place % kLocks]; }

  std::vector<std::atomic<std::uint64_t>> marks_;  // version of the last batch that wrote a key of this mark
  std::array<Known, kEntries> known_;
  mutable std::array<std::mutex, kLocks> locks_;
};

}  // namespace postern::storage
