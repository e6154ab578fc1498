#pragma once
// ticketing/detail/inbox_counts.h: how many tickets each inbox has in each status, exactly, for those who are limited to inboxes.
// Counters follow every save. A store from before there were any lacks what it had then: a census adds that once, from one
// view of the store, and until it has, nobody relies on them.
// Thread-safety: free functions over a transaction or a snapshot; InboxCensus by one task at a time.
// Errors: those of the store and the vault.  Limits: kCensusAtOnce tickets between two looks at whether to stop.
#include <atomic>
#include <memory>
#include <optional>
#include <span>

#include "core/offload.h"
#include "storage/records.h"
#include "ticketing/tickets.h"

namespace postern::schema {
class Ticket;
}

namespace postern::ticketing {

// Of a change that is being saved; null: there was none, or it is deleted.
void move_inbox_count(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Ticket* before, const schema::Ticket* after);
// In the transaction of a workspace's first ticket: nothing was before, so nothing is to be counted.
void begin_inbox_counts(storage::Transaction& transaction, core::WorkspaceId workspace);
// Nothing while the census has not been.
core::Result<std::optional<std::uint64_t>> count_in_inboxes(const storage::Snapshot& snapshot, core::WorkspaceId workspace,
                                                            std::span<const core::InboxId> inboxes, Status status);

class InboxCensus {
 public:
  // `pool`: null for the caller's thread.
  InboxCensus(storage::Store& store, const storage::Vault& vault, core::WorkPool* pool) : store_(store), vault_(vault), pool_(pool) {}
  // How many tickets it counted; 0 where it has been before.
  core::Task<core::Result<std::size_t>> take(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping);

 private:
  storage::Store& store_;
  const storage::Vault& vault_;
  core::WorkPool* pool_;
};

}  // namespace postern::ticketing
