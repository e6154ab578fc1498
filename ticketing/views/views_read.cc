// Views: what is in them.
#include <algorithm>

#include "core/encoding.h"
#include "ticketing/conditions/compiled_condition.h"
#include "ticketing/detail/keys.h"
#include "ticketing/views/views.h"

namespace postern::ticketing {
namespace {

core::Result<std::optional<schema::Ticket>> read_ticket(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                        core::WorkspaceId workspace, std::uint64_t number) {
  const std::string key = keys::ticket(workspace, core::TicketId{number});
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
  if (!value) return std::optional<schema::Ticket>();
  schema::Ticket ticket;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, ticket));
  return std::optional(std::move(ticket));
}

// The indexes that between them have every ticket of the statuses that `all` lets through.
std::vector<std::string> indexes_for(core::WorkspaceId workspace, const schema::Conditions& conditions) {
  schema::Conditions of_status;
  for (const schema::Condition& each : conditions.all()) {
    if (each.field() == "status") *of_status.add_all() = each;
  }
  const auto compiled = CompiledConditions::compile(of_status, ConditionContext::kView);
  std::vector<std::string> out;
  for (auto status = static_cast<std::uint32_t>(Status::kNew); status <= static_cast<std::uint32_t>(Status::kClosed); ++status) {
    schema::Ticket ticket;
    ticket.set_status(status);
    TicketFacts facts;
    facts.after = &ticket;
    const core::Result<bool> is_let = compiled ? compiled->holds(facts) : core::Result<bool>(true);
    if (!is_let || *is_let) out.push_back(keys::by_status_prefix(workspace, static_cast<Status>(status)));
  }
  if (out.size() == 6) return {keys::by_update_prefix(workspace)};
  return out;
}

std::uint64_t ticket_of_key(std::string_view key) {
  std::uint64_t out = 0;
  for (const char c : key.substr(key.size() - 8)) out = (out << 8U) | static_cast<unsigned char>(c);
  return out;
}

}  // namespace

struct Views::Look {
  std::shared_ptr<const storage::Snapshot> snapshot;
  ViewPlans::Planning planning;
  const PlannedGeneration* live = nullptr;  // null: there are no lists yet
  ViewSight sight;
  int percent = 100;
};

core::Result<Views::Look> Views::look(const auth::Principal& by, std::uint64_t id) const {
  POSTERN_CHECK(find(by, id));
  return look_at(with_.store.snapshot(), by, id);
}

core::Result<Views::Look> Views::look_at(std::shared_ptr<const storage::Snapshot> snapshot, const auth::Principal& by, std::uint64_t id) const {
  Look out;
  out.snapshot = std::move(snapshot);
  POSTERN_TRY(out.planning, plans_.planning(*out.snapshot, by.workspace));
  if (const PlannedGeneration* next = out.planning->next(id)) {
    POSTERN_TRY(out.percent, filler_.percent_filled(*out.snapshot, by.workspace, next->id));
  }
  out.live = out.planning->live(id);
  if (out.live == nullptr) return out;
  std::vector<std::uint64_t> groups;
  if (out.live->compiled.asks_for_groups()) {
    POSTERN_TRY(groups, groups_of_(by.workspace, by.user));
  }
  POSTERN_TRY(out.sight, sight_of(by, out.live->compiled, out.live->id, by.user, groups, limits_));
  return out;
}

core::Result<Views::Count> Views::count_of(const Look& look, std::uint64_t id) const {
  Count out;
  out.view = id;
  out.percent = look.percent;
  if (look.live == nullptr) return out;
  POSTERN_TRY(out.value, count_tickets(*look.snapshot, look.sight));
  return out;
}

core::Result<Views::Count> Views::count(const auth::Principal& by, std::uint64_t id) const {
  POSTERN_TRY(const Look look, this->look(by, id));
  return count_of(look, id);
}

core::Result<std::vector<Views::Count>> Views::count_many(const auth::Principal& by, const std::vector<std::uint64_t>& ids) const {
  if (ids.size() > limits_.counted_at_once_max) return core::fail(Errc::kInvalid, "ids: at most " + std::to_string(limits_.counted_at_once_max));
  POSTERN_TRY(const std::vector<schema::View> seen, visible(by));
  const std::shared_ptr<const storage::Snapshot> snapshot = with_.store.snapshot();  // of one moment, all of them
  std::vector<Count> out;
  for (const std::uint64_t id : ids) {
    if (std::ranges::none_of(seen, [id](const schema::View& view) { return view.id() == id; })) continue;
    POSTERN_TRY(const Look look, look_at(snapshot, by, id));
    POSTERN_TRY(const Count count, count_of(look, id));
    out.push_back(count);
  }
  return out;
}

core::Result<Views::Page> Views::page(const auth::Principal& by, std::uint64_t id, std::size_t size, const std::string& after,
                                       storage::Direction direction) const {
  const auto cursor = core::from_base64url(after);
  if (!cursor || (!cursor->empty() && cursor->size() != kViewPlaceBytes)) return core::fail(Errc::kInvalid, "cursor");
  size = std::clamp<std::size_t>(size, 1, limits_.page_size_max);
  POSTERN_TRY(const Look look, this->look(by, id));
  Page out;
  out.percent = look.percent;
  if (look.live == nullptr) return out;
  POSTERN_TRY(std::vector<ViewEntry> entries, list_tickets(*look.snapshot, look.sight, size + 1, *cursor, direction));
  out.has_more = entries.size() > size;
  if (out.has_more) entries.resize(size);
  for (const ViewEntry& entry : entries) out.tickets.push_back(core::TicketId{look.live->compiled.ticket_of(entry.ticket_key)});
  if (out.has_more) out.after = core::to_base64url(entries.back().place);
  return out;
}

core::Result<Views::Page> Views::sorted(const auth::Principal& by, std::uint64_t id, ViewColumn column, bool is_descending) const {
  POSTERN_TRY(const Look look, this->look(by, id));
  Page out;
  out.percent = look.percent;
  if (look.live == nullptr) return out;
  POSTERN_TRY(const std::vector<ViewEntry> entries, list_tickets(*look.snapshot, look.sight, limits_.sorted_max + 1, {}));
  if (entries.size() > limits_.sorted_max) {
    return core::fail(Errc::kInvalid, "sort_by: the view has more than " + std::to_string(limits_.sorted_max) +
                                          " tickets: it is read in its own order; set another one in the view");
  }
  std::vector<std::tuple<std::uint64_t, std::size_t, core::TicketId>> keyed;  // equal ones stay in the order of the view
  for (const ViewEntry& entry : entries) {
    const std::uint64_t number = look.live->compiled.ticket_of(entry.ticket_key);
    POSTERN_TRY(const std::optional<schema::Ticket> ticket, read_ticket(*look.snapshot, with_.vault, by.workspace, number));
    if (!ticket) continue;
    const std::uint64_t value = sort_value(*ticket, column);
    keyed.emplace_back(is_descending ? ~value : value, keyed.size(), core::TicketId{number});
  }
  std::ranges::sort(keyed);
  for (const auto& each : keyed) out.tickets.push_back(std::get<core::TicketId>(each));
  return out;
}

core::Result<Views::Preview> Views::preview(const auth::Principal& by, const schema::ViewShape& shape) const {
  POSTERN_TRY(const CompiledView view, CompiledView::compile(shape, limits_));
  POSTERN_TRY(const std::vector<std::uint64_t> groups, groups_of_(by.workspace, by.user));
  const std::vector<ViewList> mine = view.lists_of(by.user, groups);
  const auto snapshot = with_.store.snapshot();
  const std::int64_t now_ms = with_.now_ms();
  Preview out;
  out.is_complete = true;
  std::vector<std::pair<ViewPosition, core::TicketId>> found;
  for (const std::string& index : indexes_for(by.workspace, shape.conditions())) {
    const std::size_t left = limits_.preview_scan_max - out.looked_at;
    POSTERN_TRY(const std::vector<storage::Entry> entries, snapshot->scan(index, storage::Direction::kForward, left + 1));
    if (entries.size() > left) out.is_complete = false;
    for (std::size_t i = 0; i < std::min(left, entries.size()); ++i) {
      ++out.looked_at;
      POSTERN_TRY(const std::optional<schema::Ticket> ticket, read_ticket(*snapshot, with_.vault, by.workspace, ticket_of_key(entries[i].key)));
      if (!ticket || !by.inboxes.has(core::InboxId{ticket->inbox()})) continue;
      POSTERN_TRY(ViewPosition position, view.position_of(*ticket, now_ms));
      const auto is_mine = [&mine](const ViewList& list) { return std::ranges::find(mine, list) != mine.end(); };
      if (std::ranges::any_of(position.lists, is_mine)) found.emplace_back(std::move(position), core::TicketId{ticket->id()});
    }
  }
  const auto order = [](const ViewPosition& at) { return std::tuple(at.group_key, at.sort_key, at.ticket_key); };
  std::ranges::sort(found, [&order](const auto& a, const auto& b) { return order(a.first) < order(b.first); });
  for (const auto& [position, ticket] : found) out.tickets.push_back(ticket);
  return out;
}

}  // namespace postern::ticketing
