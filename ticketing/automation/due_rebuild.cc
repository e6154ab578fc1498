// Automations: the index of due times follows changed automations, in the background.
#include "ticketing/automation/automations.h"
#include "ticketing/automation/keys.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/rebuild.h"

namespace postern::ticketing {
core::Task<core::Result<std::size_t>> Automations::rebuild(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
  co_return co_await rebuild_in_rounds(
      parts_.with.store, parts_.limits.rebuilt_at_once_max, parts_.limits.rebuilds_a_round_max, is_stopping,
      [this, workspace](storage::Transaction& transaction, std::size_t most) { return rebuild_step(transaction, workspace, most); });
}

core::Result<std::size_t> Automations::rebuild_step(storage::Transaction& transaction, core::WorkspaceId workspace, std::size_t most) {
  const std::string key = keys::rule_due_rebuild(workspace);
  POSTERN_TRY(const auto stored, transaction.get(key));
  schema::DueRebuild state;
  if (stored) POSTERN_CHECK(storage::parse_record(*stored, state));
  if (!state.is_running()) return std::size_t{0};
  POSTERN_TRY(const auto set, active(transaction, workspace));
  if (set->rules.empty()) return clear_step(transaction, workspace);
  const std::string prefix = keys::by_status_prefix(workspace, static_cast<Status>(state.status()));
  POSTERN_TRY(const auto entries, transaction.snapshot().scan(prefix, storage::Direction::kForward, most, state.after()));
  const GroupsOf groups_of = groups_for_conditions(parts_);
  for (const storage::Entry& entry : entries) {
    const core::TicketId id = ticket_at_end(entry.key);
    const std::string ticket_key = keys::ticket(workspace, id);
    POSTERN_TRY(const auto value, transaction.get(ticket_key));  // with conflict detection: a save meanwhile is followed by itself
    schema::Ticket ticket;
    if (!value || !storage::open_record(parts_.with.vault, workspace, ticket_key, *value, ticket)) continue;
    const StoredFacts more(parts_.with, transaction, workspace, groups_of);
    POSTERN_TRY(const auto due, next_due(*set, ticket, more));
    POSTERN_CHECK(move_due(transaction, workspace, id, due));
  }
  walk_on(state, entries, most, Status::kClosed);
  POSTERN_CHECK(storage::put_plain(transaction, key, state));
  return entries.size();
}

// No automation is active: nothing is due any more.
core::Result<std::size_t> Automations::clear_step(storage::Transaction& transaction, core::WorkspaceId workspace) const {
  POSTERN_TRY(const auto entries, transaction.snapshot().scan(keys::rule_due_prefix(workspace), storage::Direction::kForward, parts_.limits.rebuilt_at_once_max));
  for (const storage::Entry& entry : entries) {
    transaction.erase(entry.key);
    transaction.erase(keys::rule_due_of(workspace, keys::read_rule_due(entry.key).ticket));
  }
  if (entries.size() < parts_.limits.rebuilt_at_once_max) {
    POSTERN_CHECK(storage::put_plain(transaction, keys::rule_due_rebuild(workspace), schema::DueRebuild()));
  }
  return entries.size();
}

}  // namespace postern::ticketing
