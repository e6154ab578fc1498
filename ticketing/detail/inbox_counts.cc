#include "ticketing/detail/inbox_counts.h"

#include <map>

#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/pool_job.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kCensusAtOnce = 1000;

using Place = std::pair<std::uint64_t, std::uint32_t>;  // inbox, status
using Counts = std::map<Place, std::int64_t>;

Place place_of(const schema::Ticket& ticket) { return {ticket.inbox(), ticket.status()}; }

std::string key_of(core::WorkspaceId workspace, const Place& place) {
  return keys::inbox_counter(workspace, core::InboxId{place.first}, static_cast<Status>(place.second));
}

// Tickets behind `after`; the key of the last one, empty when it was the last of all.
core::Result<std::string> count_some(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace,
                                     const std::string& after, Counts& counts, std::size_t& seen) {
  POSTERN_TRY(const auto entries, snapshot.scan(keys::tickets_prefix(workspace), storage::Direction::kForward, kCensusAtOnce, after));
  for (const storage::Entry& entry : entries) {
    schema::Ticket ticket;
    POSTERN_CHECK(storage::open_record(vault, workspace, entry.key, entry.value, ticket));
    if (ticket.deleted_unix_ms() == 0) ++counts[place_of(ticket)];
  }
  seen += entries.size();
  return entries.size() < kCensusAtOnce ? std::string() : entries.back().key;
}

core::Result<void> subtract_counted(const storage::Snapshot& snapshot, core::WorkspaceId workspace, Counts& counts) {
  std::string after;
  for (;;) {
    POSTERN_TRY(const auto counters, snapshot.scan(keys::inbox_counters_prefix(workspace), storage::Direction::kForward, kCensusAtOnce, after));
    for (const storage::Entry& counter : counters) counts[keys::read_inbox_counter(counter.key)] -= storage::decode_counter(counter.value);
    if (counters.size() < kCensusAtOnce) return {};
    after = counters.back().key;
  }
}

}  // namespace

void move_inbox_count(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Ticket* before, const schema::Ticket* after) {
  if (before != nullptr && after != nullptr && place_of(*before) == place_of(*after)) return;
  if (before != nullptr) transaction.add(key_of(workspace, place_of(*before)), -1);
  if (after != nullptr) transaction.add(key_of(workspace, place_of(*after)), 1);
}

void begin_inbox_counts(storage::Transaction& transaction, core::WorkspaceId workspace) { transaction.put(keys::inbox_counts_mark(workspace), {}); }

core::Result<std::optional<std::uint64_t>> count_in_inboxes(const storage::Snapshot& snapshot, core::WorkspaceId workspace,
                                                            std::span<const core::InboxId> inboxes, Status status) {
  POSTERN_TRY(const std::optional<std::string> mark, snapshot.get(keys::inbox_counts_mark(workspace)));
  if (!mark) return std::optional<std::uint64_t>();
  std::int64_t out = 0;
  for (const core::InboxId inbox : inboxes) {
    POSTERN_TRY(const std::optional<std::string> value, snapshot.get(keys::inbox_counter(workspace, inbox, status)));
    out += storage::decode_counter(value);
  }
  return std::optional(static_cast<std::uint64_t>(std::max<std::int64_t>(0, out)));
}

core::Task<core::Result<std::size_t>> InboxCensus::take(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
  const std::string mark = keys::inbox_counts_mark(workspace);
  const std::shared_ptr<const storage::Snapshot> snapshot = store_.snapshot();
  POSTERN_CO_TRY(const std::optional<std::string> is_done, snapshot->get(mark));
  if (is_done) co_return std::size_t{0};
  Counts counts;
  std::size_t seen = 0;
  std::string after;
  do {
    if (is_stopping) co_return std::size_t{0};  // from the beginning next time
    auto job = [&] { return count_some(*snapshot, vault_, workspace, after, counts, seen); };
    POSTERN_CO_TRY(after, co_await run_on(pool_, job));
  } while (!after.empty());
  // In the same view the counters tell what has changed since they began: the difference is what was before, and whatever
  // changes from now on commutes with adding it. One that has no ticket any more may stand below zero.
  POSTERN_CO_CHECK(subtract_counted(*snapshot, workspace, counts));
  storage::Transaction transaction = store_.begin();
  POSTERN_CO_TRY(const std::optional<std::string> meanwhile, transaction.get(mark));
  if (meanwhile) co_return std::size_t{0};
  for (const auto& [place, missing] : counts) {
    if (missing != 0) transaction.add(key_of(workspace, place), missing);
  }
  transaction.put(mark, {});
  POSTERN_CO_CHECK(co_await store_.commit(std::move(transaction)));
  co_return seen;
}

}  // namespace postern::ticketing
