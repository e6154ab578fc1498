#pragma once
// ticketing/search/upkeep.h: the background work of the index: takes what waits into postings and dictionary, many changes at
// once, so that a block is written once for all of them; and takes in the tickets of before there was an index.
// Each step is one transaction: a crash or a conflict repeats it, nothing is lost or counted twice.
// Thread-safety: any executor; of two that work on the same at once, one conflicts.  Ownership: borrows.
// A damaged record stops nothing: a ticket is passed over; of words that wait, the ticket is taken in once more.
// Errors: those of the store and the vault.  Limits: Limits.
#include <atomic>
#include <optional>

#include "core/offload.h"
#include "ticketing/search/index.h"
#include "ticketing/search/words.h"

namespace postern::ticketing::search {

class Upkeep {
 public:
  Upkeep(const Basics& with, SearchIndex& index, core::WorkPool* cpu, const Limits& limits)
      : with_(with), index_(index), cpu_(cpu), limits_(limits) {}

  // Until little waits and nothing is left to take in; how much was done.
  core::Task<core::Result<std::size_t>> run(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping);
  // One step each; 0: there was too little to do. `merge_min`: how much has to wait.
  core::Task<core::Result<std::size_t>> merge(core::WorkspaceId workspace, std::size_t merge_min);
  core::Task<core::Result<std::size_t>> fill(core::WorkspaceId workspace);

  // Tickets of before the index that are not in it yet, of how many. Nothing: all are.
  struct Progress {
    std::uint64_t next = 0;
    std::uint64_t last = 0;
  };
  static std::string all_done();  // what the store says of that
  static core::Result<std::optional<Progress>> progress(const storage::Snapshot& snapshot, core::WorkspaceId workspace);

 private:
  // Makes the changes of one step; how many. Runs on the pool.
  using Step = core::Result<std::size_t> (Upkeep::*)(storage::Transaction&, core::WorkspaceId, std::size_t) const;
  core::Task<core::Result<std::size_t>> transact(Step step, core::WorkspaceId workspace, std::size_t argument);
  core::Result<std::size_t> merge_into(storage::Transaction& transaction, core::WorkspaceId workspace, std::size_t merge_min) const;
  core::Result<Waiting> read_waiting(core::WorkspaceId workspace, const std::string& key, const std::string& value) const;
  core::Result<void> take_in_ticket(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t number) const;
  core::Result<std::size_t> fill_into(storage::Transaction& transaction, core::WorkspaceId workspace, std::size_t unused) const;

  const Basics with_;
  SearchIndex& index_;
  core::WorkPool* cpu_;
  const Limits& limits_;
};

}  // namespace postern::ticketing::search
