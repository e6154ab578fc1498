// Automations: the index of due times follows changed automations, in the background.
#include "ticketing/automation/automations.h"
#include "ticketing/automation/keys.h"
#include "ticketing/detail/keys.h"

namespace postern::ticketing {
namespace {

core::TicketId ticket_at_end(const std::string& key) {
  std::uint64_t number = 0;
  for (const char c : key.substr(key.size() - 8)) number = (number << 8U) | static_cast<unsigned char>(c);
  return core::TicketId{number};
}

}  // namespace

core::Task<core::Result<std::size_t>> Automations::rebuild(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
  std::size_t done = 0;
  std::size_t most = parts_.limits.rebuilt_at_once_max;
  for (std::size_t step = 0; step < parts_.limits.rebuilds_a_round_max && !is_stopping; ++step) {
    storage::Transaction transaction = parts_.with.store.begin();
    POSTERN_CO_TRY(const std::size_t here, rebuild_step(transaction, workspace, most));
    if (transaction.writes().empty()) break;
    const auto committed = co_await parts_.with.store.commit(std::move(transaction));
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
  if (entries.size() == most) {
    state.set_after(entries.back().key);
  } else {
    state.clear_after();
    state.set_status(state.status() + 1);
    state.set_is_running(state.status() < static_cast<std::uint32_t>(Status::kClosed));
  }
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
