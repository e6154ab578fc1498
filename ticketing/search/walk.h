#pragma once
// ticketing/search/walk.h: goes through tickets that indexes list, in their order, several indexes at once, each ticket once.
// Thread-safety: one owner.  Ownership: borrows the snapshot.  Errors: those of the store.
#include <deque>
#include <optional>
#include <unordered_set>
#include <vector>

#include "ticketing/search/filter.h"

namespace postern::ticketing::search {

class Walk {
 public:
  // Sources are of one kind. Newest or highest first, unless reversed. `below`: numbers beneath that only; of kRecords.
  Walk(const storage::Snapshot& snapshot, std::vector<Source> sources, bool is_reversed, std::uint64_t below = 0);

  struct Step {
    std::uint64_t ticket = 0;
    storage::Entry record;  // of kRecords: the ticket itself, sealed; otherwise empty
  };
  core::Result<std::optional<Step>> next();  // nothing: the end
  std::size_t entries() const { return entries_; }  // walked over so far

 private:
  struct Lane {
    Source source;
    std::deque<storage::Entry> waiting;
    std::string after;
    bool is_at_end = false;
  };
  core::Result<void> fill(Lane& lane);

  const storage::Snapshot& snapshot_;
  std::vector<Lane> lanes_;
  storage::Direction direction_;
  bool takes_least_ = true;  // of what waits in the lanes
  std::size_t entries_ = 0;
  std::unordered_set<std::uint64_t> seen_;
};

}  // namespace postern::ticketing::search
