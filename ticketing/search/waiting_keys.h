#pragma once
// ticketing/search/waiting_keys.h: which changes wait to be merged, in memory: a scan of the store would walk over every change that
// ever waited, for what was erased stays in its files until they are compacted. What is here is at least what waits: keys come before
// the commit that writes them, and go after the commit that merged them; whoever reads looks them up one by one.
// Exact for one process that writes, and one SearchIndex a store.
// Thread-safety: all methods from any thread; look() and forget() exclude each other, so that nothing that waits in the view of a
// query is let go of before the query knows of it.
// Errors: those of the store.  Limits: kForgetAfter: keys whose transaction failed are here for so long.
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/store.h"

namespace postern::ticketing::search {

class WaitingKeys {
 public:
  static constexpr std::chrono::minutes kForgetAfter{10};

  // A view of the store, with the first `most` keys that may wait in it, sorted.
  struct Look {
    std::shared_ptr<const storage::Snapshot> snapshot;
    std::vector<std::string> keys;
    bool is_complete = true;
  };
  core::Result<Look> look(const storage::Store& store, core::WorkspaceId workspace, std::size_t most);
  // The same for a view that is older than this call, as that of a transaction: what came before it and waits now.
  core::Result<std::vector<std::string>> known(const storage::Snapshot& snapshot, core::WorkspaceId workspace, std::size_t most);

  void add(core::WorkspaceId workspace, const std::string& key);
  // Before a transaction begins that may erase some.
  std::uint64_t mark() const;
  // Of keys that a committed transaction erased, unless they were added again behind the mark: those wait once more.
  void forget(core::WorkspaceId workspace, const std::vector<std::string>& keys, std::uint64_t mark);
  // Of keys that are not in the store: those that came long ago.
  void forget_old(core::WorkspaceId workspace, const std::vector<std::string>& keys);

 private:
  using Clock = std::chrono::steady_clock;
  struct Since {
    Clock::time_point at;
    std::uint64_t count = 0;  // of additions
  };
  struct State {
    bool is_loaded = false;
    std::map<std::string, Since> keys;
  };
  core::Result<void> load(State& state, const storage::Snapshot& snapshot, core::WorkspaceId workspace) const;

  mutable std::mutex mutex_;
  std::uint64_t added_ = 0;
  std::map<core::WorkspaceId, State> states_;
};

}  // namespace postern::ticketing::search
