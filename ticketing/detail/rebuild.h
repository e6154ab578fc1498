#pragma once
// ticketing/detail/rebuild.h: walking all tickets of a workspace by status, some at a time, because what an index of theirs is made
// from has changed (due times of automations, promised times). Where the walk stands is a DueRebuild record, so that it goes on
// after a restart.
// Thread-safety: one walk at a time.  Errors: those of the store; a conflict makes the steps smaller.
#include <algorithm>
#include <atomic>
#include <vector>

#include "core/task.h"
#include "storage/errc.h"
#include "storage/schema/automation.pb.h"
#include "storage/store.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {

// Takes steps until there is nothing to write, at most `rounds`; how many tickets were looked at. `step`: (transaction, most) ->
// Result<std::size_t>, how many it looked at.
template <class Step>
core::Task<core::Result<std::size_t>> rebuild_in_rounds(storage::Store& store, std::size_t most, std::size_t rounds,
                                                        const std::atomic<bool>& is_stopping, Step step) {
  std::size_t done = 0;
  for (std::size_t round = 0; round < rounds && !is_stopping; ++round) {
    storage::Transaction transaction = store.begin();
    POSTERN_CO_TRY(const std::size_t here, step(transaction, most));
    if (transaction.writes().empty()) break;
    const auto committed = co_await store.commit(std::move(transaction));
    if (committed) {
      done += here;
    } else if (committed.error() == storage::Errc::kConflict && most > 1) {
      most = std::max<std::size_t>(1, most / 4);  // somebody saved one of them: fewer at once
    } else {
      co_return committed.error();
    }
  }
  co_return done;
}

// Of a key that ends with it.
inline core::TicketId ticket_at_end(const std::string& key) {
  std::uint64_t number = 0;
  for (const char c : key.substr(key.size() - 8)) number = (number << 8U) | static_cast<unsigned char>(c);
  return core::TicketId{number};
}

// Behind `entries`, of which there are `most` unless the status has no more; the walk is over at `end`.
inline void walk_on(schema::DueRebuild& state, const std::vector<storage::Entry>& entries, std::size_t most, Status end) {
  if (entries.size() == most) {
    state.set_after(entries.back().key);
    return;
  }
  state.clear_after();
  state.set_status(state.status() + 1);
  state.set_is_running(state.status() < static_cast<std::uint32_t>(end));
}

}  // namespace postern::ticketing
