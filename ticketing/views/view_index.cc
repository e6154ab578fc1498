#include "ticketing/views/view_index.h"

#include "ticketing/views/keys.h"
#include "ticketing/views/view_lists.h"

namespace postern::ticketing {
namespace {

ViewPosition position_of(const schema::ViewPlace& place) {
  ViewPosition out;
  for (int i = 0; i < place.users().size() && i < place.groups().size(); ++i) out.lists.push_back({place.users(i), place.groups(i)});
  if (out.lists.empty()) return out;
  out.inbox = place.inbox();
  out.group_key = place.group_key();
  out.sort_key = place.sort_key();
  out.ticket_key = place.ticket_key();
  return out;
}

schema::ViewPlace place_of(const ViewPosition& position, std::int64_t flip) {
  schema::ViewPlace out;
  for (const ViewList& list : position.lists) {
    out.add_users(list.user);
    out.add_groups(list.group);
  }
  out.set_inbox(position.inbox);
  out.set_group_key(position.group_key);
  out.set_sort_key(position.sort_key);
  out.set_ticket_key(position.ticket_key);
  out.set_flip_unix_ms(flip);
  return out;
}

}  // namespace

core::Result<void> ViewIndex::follow(storage::Transaction& transaction, const TicketChange& change) {
  POSTERN_TRY(const ViewPlans::Planning planning, plans_.planning(transaction, change.workspace));
  if (planning->generations.empty()) return {};
  const ConditionParts changed = change.before != nullptr ? changed_parts(*change.before, *change.after) : ~ConditionParts{0};
  const std::int64_t now_ms = core::to_unix_ms(clock_.wall_now());
  for (const PlannedGeneration& generation : planning->generations) {
    if ((generation.compiled.parts() & changed) == 0) continue;
    if (generation.compiled.depends_on_time()) {
      POSTERN_CHECK(settle_in_time(transaction, change.workspace, generation, *change.after, now_ms));
    } else {
      POSTERN_CHECK(follow_record(transaction, generation, change, now_ms));
    }
  }
  return {};
}

core::Result<void> ViewIndex::follow_record(storage::Transaction& transaction, const PlannedGeneration& generation,
                                            const TicketChange& change, std::int64_t now_ms) const {
  ViewPosition before;
  if (change.before != nullptr) {
    POSTERN_TRY(before, generation.compiled.position_of(*change.before, now_ms));
  }
  if (generation.is_filling && !before.lists.empty()) {
    POSTERN_TRY(const bool stands, stands_at(transaction, change.workspace, generation.id, before));
    if (!stands) before = {};
  }
  POSTERN_TRY(const ViewPosition after, generation.compiled.position_of(*change.after, now_ms));
  move_ticket(transaction, change.workspace, generation.id, before, after);
  return {};
}

core::Result<void> ViewIndex::settle(storage::Transaction& transaction, core::WorkspaceId workspace, const PlannedGeneration& generation,
                                     const schema::Ticket& ticket) const {
  const std::int64_t now_ms = core::to_unix_ms(clock_.wall_now());
  if (generation.compiled.depends_on_time()) return settle_in_time(transaction, workspace, generation, ticket, now_ms);
  POSTERN_TRY(const ViewPosition position, generation.compiled.position_of(ticket, now_ms));
  if (position.lists.empty()) return {};
  POSTERN_TRY(const bool stands, stands_at(transaction, workspace, generation.id, position));
  if (!stands) move_ticket(transaction, workspace, generation.id, {}, position);
  return {};
}

core::Result<void> ViewIndex::settle_in_time(storage::Transaction& transaction, core::WorkspaceId workspace,
                                             const PlannedGeneration& generation, const schema::Ticket& ticket, std::int64_t now_ms) const {
  const std::string key = view_keys::place(workspace, generation.id, ticket.id());
  POSTERN_TRY(const std::optional<std::string> known, transaction.get(key));
  schema::ViewPlace before;
  if (known) POSTERN_CHECK(storage::parse_record(*known, before));
  POSTERN_TRY(const ViewPosition position, generation.compiled.position_of(ticket, now_ms));
  const std::int64_t flip = ticket.deleted_unix_ms() != 0 ? 0 : generation.compiled.next_flip(ticket, now_ms).value_or(0);
  move_ticket(transaction, workspace, generation.id, position_of(before), position);
  if (before.flip_unix_ms() != flip) {
    if (before.flip_unix_ms() != 0) transaction.erase(view_keys::due(workspace, before.flip_unix_ms(), generation.id, ticket.id()));
    if (flip != 0) transaction.put(view_keys::due(workspace, flip, generation.id, ticket.id()), {});
  }
  if (position.lists.empty() && flip == 0) {
    if (known) transaction.erase(key);
    return {};
  }
  return storage::put_plain(transaction, key, place_of(position, flip));
}

}  // namespace postern::ticketing
