#include "auth/audit_trail/chain.h"

#include <algorithm>

#include "auth/audit_trail/entry.h"
#include "auth/audit_trail/keys.h"
#include "auth/detail/keys.h"
#include "core/log.h"
#include "core/metrics.h"
#include "storage/schema/audit.pb.h"

namespace postern::auth {
namespace {

constexpr std::uint64_t kIdsPerMs = 1U << 12U;  // core::IdSource: milliseconds above 12 bits

std::string head_key(core::WorkspaceId workspace) { return trail::prefix(workspace, trail::Kind::kHead); }

core::Result<schema::AuditHead> parse_head(const storage::Vault& vault, core::WorkspaceId workspace,
                                           const std::optional<std::string>& value) {
  schema::AuditHead head;
  if (value) POSTERN_CHECK(storage::open_record(vault, workspace, head_key(workspace), *value, head));
  if (head.hash().empty()) head.set_hash(std::string(kHashBytes, '\0'));
  return head;
}

}  // namespace

core::Result<ChainHead> read_head(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace) {
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(head_key(workspace)));
  POSTERN_TRY(const schema::AuditHead head, parse_head(vault, workspace, value));
  return ChainHead{head.sequence(), head.hash(), head.linked_unix_ms(), head.is_adopted()};
}

core::Result<std::size_t> count_waiting(const storage::Snapshot& snapshot, core::WorkspaceId workspace, std::size_t limit) {
  POSTERN_TRY(const auto marks, snapshot.scan(trail::prefix(workspace, trail::Kind::kWaiting), storage::Direction::kForward, limit));
  return marks.size();
}

struct ChainLinker::Step {
  Step(core::WorkspaceId the_workspace, storage::Transaction the_transaction)
      : workspace(the_workspace), transaction(std::move(the_transaction)) {}
  core::WorkspaceId workspace;
  storage::Transaction transaction;
  schema::AuditHead head;
  std::size_t joined = 0;
};

ChainLinker::ChainLinker(storage::Store& store, const storage::Vault& vault, const core::Clock& clock, LinkLimits limits)
    : store_(store), vault_(vault), clock_(clock), limits_(limits) {}

core::Result<void> ChainLinker::join(Step& step, AuditEntry entry) {
  entry.sequence = step.head.sequence() + 1;
  entry.previous_hash = step.head.hash();
  entry.hash = hash_of(step.workspace, entry);
  POSTERN_CHECK(put_entry(step.transaction, vault_, step.workspace, entry));
  put_index(step.transaction, step.workspace, entry);
  step.transaction.put(trail::numbered(step.workspace, trail::Kind::kLink, entry.sequence), std::to_string(entry.id.value));
  step.transaction.erase(trail::numbered(step.workspace, trail::Kind::kWaiting, entry.id.value));
  step.head.set_sequence(entry.sequence);
  step.head.set_hash(entry.hash);
  step.head.set_linked_unix_ms(core::to_unix_ms(clock_.wall_now()));
  ++step.joined;
  return {};
}

// Entries from before the chain have no mark and no index.
core::Result<void> ChainLinker::adopt(Step& step) {
  const std::string after = step.head.adopted_id() == 0 ? std::string() : keys::audit(step.workspace, core::AuditId{step.head.adopted_id()});
  POSTERN_TRY(const auto found, step.transaction.snapshot().scan(keys::audit_prefix(step.workspace), storage::Direction::kForward,
                                                                 limits_.link_batch_max, after));
  for (const storage::Entry& each : found) {
    step.head.set_adopted_id(trail::last_number(each.key));
    core::Result<AuditEntry> entry = open_entry(vault_, step.workspace, each.key, each.value);
    if (!entry) {
      found_lost(step.workspace, trail::last_number(each.key));
      continue;
    }
    if (entry->sequence != 0) continue;
    POSTERN_CHECK(join(step, std::move(*entry)));
  }
  if (found.size() < limits_.link_batch_max) step.head.set_is_adopted(true);
  return {};
}

void ChainLinker::found_lost(core::WorkspaceId workspace, std::uint64_t id) {
  core::metrics().counter("postern_audit_lost_total", "audit entries that are gone or do not open, found by the linker").add();
  core::log::error("audit.entry_lost", {{"workspace", workspace.value}, {"entry", id}});
}

core::Result<void> ChainLinker::take_waiting(Step& step, Place& place) {
  const core::Instant now = clock_.now();
  const bool is_full = place.full_scan == core::Instant::min() || now - place.full_scan >= limits_.full_scan_interval;
  const bool is_begun = is_full && place.is_in_full;  // by the batch before, which was not the last
  const std::string after = (is_full && !is_begun) || place.from_id == 0 ? std::string() : trail::numbered(step.workspace, trail::Kind::kWaiting, place.from_id);
  POSTERN_TRY(const auto marks, step.transaction.snapshot().scan(trail::prefix(step.workspace, trail::Kind::kWaiting),
                                                                 storage::Direction::kForward, limits_.link_batch_max, after));
  std::uint64_t last = 0;
  for (const storage::Entry& mark : marks) {
    last = trail::last_number(mark.key);
    const std::string key = keys::audit(step.workspace, core::AuditId{last});
    POSTERN_TRY(const std::optional<std::string> value, step.transaction.get(key));
    core::Result<AuditEntry> entry = core::fail(storage::Errc::kCorrupt);
    if (value) entry = open_entry(vault_, step.workspace, key, *value);
    if (!entry || entry->sequence != 0) {
      found_lost(step.workspace, last);
      continue;
    }
    POSTERN_CHECK(join(step, std::move(*entry)));
  }
  const auto lookback = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(limits_.lookback).count()) * kIdsPerMs;
  const bool is_more = marks.size() == limits_.link_batch_max;
  // A full batch of lost entries must not be met again and again.
  const bool is_stuck = is_more && step.joined == 0;
  if (is_stuck) place.floor = last;
  place.newest = std::max(place.newest, last);
  // What is erased is stepped over by every scan that begins below it: a catch-up goes straight on, and looks back once at its end.
  place.from_id = is_more ? last : std::max(place.floor, place.newest > lookback ? place.newest - lookback : 0);
  place.is_in_full = is_full && is_more && !is_stuck;
  if (is_full && !place.is_in_full) place.full_scan = now;
  return {};
}

core::Task<core::Result<std::size_t>> ChainLinker::link(core::WorkspaceId workspace) {
  Step step(workspace, store_.begin());
  POSTERN_CO_TRY(const std::optional<std::string> value, step.transaction.get(head_key(workspace)));
  POSTERN_CO_TRY(step.head, parse_head(vault_, workspace, value));
  const bool was_adopted = step.head.is_adopted();
  if (was_adopted) {
    POSTERN_CO_CHECK(take_waiting(step, places_[workspace]));
  } else {
    POSTERN_CO_CHECK(adopt(step));
  }
  if (step.joined == 0 && was_adopted) co_return std::size_t{0};
  POSTERN_CO_CHECK(storage::put_sealed(step.transaction, vault_, workspace, head_key(workspace), step.head));
  const std::size_t joined = step.joined;
  const auto committed = co_await store_.commit(std::move(step.transaction));
  if (!committed) {
    places_.erase(workspace);  // what was met is still waiting
    co_return committed.error();
  }
  // Adopting goes on even where a whole batch was in the chain already.
  co_return was_adopted || step.head.is_adopted() ? joined : limits_.link_batch_max;
}

}  // namespace postern::auth
