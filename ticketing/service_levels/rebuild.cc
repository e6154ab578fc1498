// ServiceLevels: tickets follow changed policies and schedules, in the background.
#include "storage/schema/automation.pb.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/service_levels/service_levels.h"

namespace postern::ticketing {
namespace {

core::TicketId ticket_of_key(const std::string& key) {
  std::uint64_t number = 0;
  for (const char c : key.substr(key.size() - 8)) number = (number << 8U) | static_cast<unsigned char>(c);
  return core::TicketId{number};
}

}  // namespace

core::Task<core::Result<std::size_t>> ServiceLevels::rebuild(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
  std::size_t done = 0;
  std::size_t most = limits_.rebuilt_at_once_max;
  for (std::size_t step = 0; step < limits_.rebuilds_a_round_max && !is_stopping; ++step) {
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

core::Result<std::size_t> ServiceLevels::rebuild_step(storage::Transaction& transaction, core::WorkspaceId workspace, std::size_t most) {
  const std::string key = keys::sla_rebuild(workspace);
  POSTERN_TRY(const auto stored, transaction.get(key));
  schema::DueRebuild state;
  if (stored) POSTERN_CHECK(storage::parse_record(*stored, state));
  if (!state.is_running()) return std::size_t{0};
  const std::string prefix = keys::by_status_prefix(workspace, static_cast<Status>(state.status()));
  POSTERN_TRY(const auto entries, transaction.snapshot().scan(prefix, storage::Direction::kForward, most, state.after()));
  for (const storage::Entry& entry : entries) POSTERN_CHECK(look_again(transaction, workspace, ticket_of_key(entry.key)));
  if (entries.size() == most) {
    state.set_after(entries.back().key);
  } else {
    state.clear_after();
    state.set_status(state.status() + 1);
    state.set_is_running(state.status() < static_cast<std::uint32_t>(Status::kSolved));  // nothing runs in solved ones
  }
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
