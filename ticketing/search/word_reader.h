#pragma once
// ticketing/search/word_reader.h: the tickets of one word of a query, or of several of which any will do, range by range: from
// postings and from what waits to be merged. One view of the store for both, so each ticket counts as of the same commit.
// Thread-safety: one owner.  Ownership: borrows the snapshot, the vault and the keys.
// Errors: those of the store; Errc::kInvalid for a beginning that too many words have.
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/store.h"
#include "ticketing/search/keys.h"
#include "ticketing/search/postings.h"
#include "ticketing/search/query.h"

namespace postern::ticketing::search {

struct View {
  const storage::Snapshot& snapshot;
  const storage::Vault& vault;
  const WordKeys& keys;
  const Limits& limits;
  const std::vector<std::string>& waiting;  // keys that may wait in this view
  bool knows_all_waiting = true;
};

// Words of which one is enough.
struct Wanted {
  std::vector<std::string> words;
  std::string prefix;
  std::uint8_t fields = kAnywhere;  // 0: anywhere, also in none
};

// What waits to be merged, as far as it has wanted words.
class Tail {
 public:
  // Scans it once for all of them.
  core::Result<void> read(const View& view, const std::vector<Wanted>& wanted);
  const std::map<std::uint64_t, Posting>& of(std::size_t wanted) const { return found_[wanted]; }
  // Tickets of which a fact, the wanted one's word of that number, holds no more.
  const std::set<std::uint64_t>& ended(std::size_t wanted, std::size_t word) const;
  const std::set<std::uint64_t>& whole() const { return whole_; }  // tickets whose postings do not count
  bool is_complete() const { return is_complete_; }

 private:
  struct Hit {
    std::size_t wanted;
    std::size_t word;  // of the wanted one's; all that were found by its beginning are one
    WordUse use;
  };
  using Found = std::map<std::pair<std::size_t, std::size_t>, std::map<std::uint64_t, Posting>>;  // by wanted one and word
  void take(std::uint64_t ticket, const Hit& hit, std::uint8_t length, Found& to);

  std::vector<std::map<std::uint64_t, Posting>> found_;
  std::map<std::pair<std::size_t, std::size_t>, std::set<std::uint64_t>> ended_;
  std::set<std::uint64_t> whole_;
  bool is_complete_ = true;
};

class WordReader {
 public:
  // The tail outlives it.
  WordReader(const View& view, const Tail& tail, std::size_t index, const Wanted& wanted)
      : view_(view), tail_(tail), index_(index), wanted_(wanted) {}
  core::Result<void> open();

  double estimate() const { return estimate_; }  // of the number of its tickets
  // Ranges in which there may be some, highest first. `last`: the highest ticket number there is.
  std::vector<std::uint64_t> ranges(std::uint64_t last) const;
  core::Result<const Postings*> range(std::uint64_t range);
  core::Result<const Posting*> find(std::uint64_t ticket);  // null: it has none of the words
  // Lets go of what range() made of its blocks, so that a common word's are never all in memory.
  void forget(std::uint64_t range) { ranges_.erase(range); }

 private:
  core::Result<std::vector<std::uint64_t>> digests() const;
  core::Result<std::vector<std::uint64_t>> words_with_prefix() const;
  core::Result<void> preload(std::size_t word, std::size_t blocks_max);
  core::Result<void> load_more();
  void drop_ended(std::size_t word, Postings& from) const;
  void add_tail(std::uint64_t range, Postings& to) const;

  const View& view_;
  const Tail& tail_;
  const std::size_t index_;
  const Wanted& wanted_;
  std::vector<std::uint64_t> digests_;
  bool is_preloaded_ = true;  // every block there is; otherwise those from lowest_ on
  std::uint64_t lowest_ = 0;
  std::string lowest_key_;
  struct Block {
    std::size_t word;  // number of its digest
    std::string bytes;
  };
  std::map<std::uint64_t, std::vector<Block>> blocks_;  // by range, as stored
  std::unordered_map<std::uint64_t, Postings> ranges_;
  double estimate_ = 0;
};

}  // namespace postern::ticketing::search
