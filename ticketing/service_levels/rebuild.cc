// ServiceLevels: tickets follow changed policies and schedules, in the background.
#include "storage/schema/automation.pb.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/rebuild.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/service_levels/service_levels.h"

namespace postern::ticketing {

core::Task<core::Result<std::size_t>> ServiceLevels::rebuild(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
  co_return co_await rebuild_in_rounds(
      parts_.with.store, limits_.rebuilt_at_once_max, limits_.rebuilds_a_round_max, is_stopping,
      [this, workspace](storage::Transaction& transaction, std::size_t most) { return rebuild_step(transaction, workspace, most); });
}

core::Result<std::size_t> ServiceLevels::rebuild_step(storage::Transaction& transaction, core::WorkspaceId workspace, std::size_t most) {
  const std::string key = keys::sla_rebuild(workspace);
  POSTERN_TRY(const auto stored, transaction.get(key));
  schema::DueRebuild state;
  if (stored) POSTERN_CHECK(storage::parse_record(*stored, state));
  if (!state.is_running()) return std::size_t{0};
  const std::string prefix = keys::by_status_prefix(workspace, static_cast<Status>(state.status()));
  POSTERN_TRY(const auto entries, transaction.snapshot().scan(prefix, storage::Direction::kForward, most, state.after()));
  for (const storage::Entry& entry : entries) POSTERN_CHECK(look_again(transaction, workspace, ticket_at_end(entry.key)));
  walk_on(state, entries, most, Status::kSolved);  // nothing runs in solved ones
  POSTERN_CHECK(storage::put_plain(transaction, key, state));
  return entries.size();
}

core::Result<void> ServiceLevels::look_again(storage::Transaction& transaction, core::WorkspaceId workspace, core::TicketId id) {
  auto ticket = TicketDraft::open(parts_.with, transaction, workspace, id);  // with conflict detection
  if (!ticket && (ticket.error() == Errc::kNotFound || is_damage(ticket.error()))) return {};
  if (!ticket) return ticket.error();
  ticket->changed_by({{}, auth::Role::kContact, "rule"});
  const std::string before = ticket->record().service().SerializeAsString();
  POSTERN_CHECK(before_save(*ticket));
  if (ticket->record().service().SerializeAsString() == before) return {};
  return ticket->save(false);
}

}  // namespace postern::ticketing
