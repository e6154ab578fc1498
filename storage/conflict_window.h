#pragma once
// storage/conflict_window.h: which keys changed lately, for optimistic transactions: hash of the key -> version of its
// last commit. Two generations: when the younger is full the older is forgotten, and the floor rises to its newest
// version; a reader older than the floor cannot be judged and conflicts. Equal hashes of two keys cost a retry, nothing
// else.
// Thread-safety: none; the committer owns it.  Limits: 2 * keys_max entries of 16 bytes at half load; grows on demand.
#include <cstdint>
#include <string_view>
#include <vector>

namespace postern::storage {

class ConflictWindow {
 public:
  ConflictWindow(std::size_t keys_max, std::uint64_t floor);
  static std::uint64_t hash(std::string_view key);

  std::uint64_t floor() const { return floor_; }
  // True when the key changed after `version`, or is changed by a transaction staged in this batch.
  bool has_changed(std::uint64_t key_hash, std::uint64_t version) const;
  // The key is written by a transaction of the batch in preparation.
  void stage(std::uint64_t key_hash);
  // The batch was written (as `version`) or has failed: then its keys have their former versions again.
  void publish(std::uint64_t version);
  void discard();

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::uint64_t version = 0;  // 0: free
  };
  class Table {
   public:
    explicit Table(std::size_t slots) : slots_(slots) {}
    const Slot* find(std::uint64_t key_hash) const;
    Slot& insert(std::uint64_t key_hash);  // the slot of the key, which may be new (version 0)
    std::size_t size() const { return used_; }
    std::size_t capacity() const { return slots_.size() / 2; }
    std::uint64_t newest() const;

   private:
    void grow();
    std::vector<Slot> slots_;
    std::size_t used_ = 0;
  };
  struct Staged {
    std::uint64_t hash;
    std::uint64_t before;
  };

  std::size_t keys_max_;
  std::uint64_t floor_;
  Table young_;
  Table old_;
  std::vector<Staged> staged_;
};

}  // namespace postern::storage
