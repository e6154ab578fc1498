#include "ticketing/views/view_filler.h"

#include <algorithm>

#include "ticketing/detail/damage.h"
#include "ticketing/detail/keys.h"
#include "ticketing/views/keys.h"

namespace postern::ticketing {
namespace {

using view_keys::Kind;

core::Result<schema::ViewFilling> read_filling(const storage::Snapshot& snapshot, core::WorkspaceId workspace, std::uint64_t generation) {
  schema::ViewFilling out;
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(view_keys::filling(workspace, generation)));
  if (value) POSTERN_CHECK(storage::parse_record(*value, out));
  if (value) return out;
  // Later tickets are put in by whoever makes them: the plans that he read had this generation.
  POSTERN_TRY(const std::optional<std::string> counter, snapshot.get(keys::ticket_counter(workspace)));
  out.set_top(storage::decode_number(counter));
  return out;
}

std::uint64_t number_in(std::string_view eight_bytes) {
  std::uint64_t out = 0;
  for (const char c : eight_bytes) out = (out << 8U) | static_cast<unsigned char>(c);
  return out;
}

bool is_conflict(const core::Error& error) { return error == storage::Errc::kConflict; }

}  // namespace

// Generations that have come equally far are filled together: a ticket is opened once for all of them.
struct ViewFiller::Step {
  ViewPlans::Planning planning;
  std::vector<std::pair<const PlannedGeneration*, schema::ViewFilling>> generations;
  std::uint64_t filled = 0;
  std::uint64_t until = 0;  // not further than where others stand, or their end
};

core::Result<ViewFiller::Step> ViewFiller::plan_step(storage::Transaction& transaction, core::WorkspaceId workspace) const {
  Step step;
  POSTERN_TRY(step.planning, plans_.planning(transaction, workspace));
  std::vector<std::pair<const PlannedGeneration*, schema::ViewFilling>> all;
  for (const PlannedGeneration& each : step.planning->generations) {
    if (!each.is_filling) continue;
    POSTERN_TRY(schema::ViewFilling filling, read_filling(transaction.snapshot(), workspace, each.id));
    all.emplace_back(&each, std::move(filling));
  }
  if (all.empty()) return step;
  step.filled = std::ranges::min_element(all, {}, [](const auto& each) { return each.second.filled(); })->second.filled();
  step.until = step.filled + limits_.filled_at_once;
  for (const auto& each : all) {
    if (each.second.filled() > step.filled) {
      step.until = std::min(step.until, each.second.filled());
    } else {
      step.until = std::min(step.until, std::max(each.second.top(), step.filled));
      step.generations.push_back(each);
    }
  }
  return step;
}

core::Result<std::optional<schema::Ticket>> ViewFiller::read_ticket(storage::Transaction& transaction, core::WorkspaceId workspace,
                                                                    std::uint64_t number) const {
  const std::string key = keys::ticket(workspace, core::TicketId{number});
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  if (!value) return std::optional<schema::Ticket>();
  schema::Ticket ticket;
  const auto opened = storage::open_record(vault_, workspace, key, *value, ticket);
  if (opened) return std::optional(std::move(ticket));
  if (!is_damage(opened.error())) return opened.error();
  tell_damage("ticket", workspace, number, opened.error());  // no list could show it
  return std::optional<schema::Ticket>();
}

// Where a ticket stands is not known any more: it is put in anew, and may be counted twice until its list is made again.
core::Result<void> ViewFiller::settle(storage::Transaction& transaction, core::WorkspaceId workspace, const PlannedGeneration& generation,
                                      const schema::Ticket& ticket) const {
  const core::Result<void> settled = index_.settle(transaction, workspace, generation, ticket);
  if (settled || !is_damage(settled.error())) return settled;
  tell_damage("view.place", workspace, ticket.id(), settled.error());
  transaction.erase(view_keys::place(workspace, generation.id, ticket.id()));
  return index_.settle(transaction, workspace, generation, ticket);
}

core::Result<void> ViewFiller::take_step(storage::Transaction& transaction, core::WorkspaceId workspace, const Step& step,
                                         std::uint64_t last) const {
  for (std::uint64_t number = step.filled + 1; number <= last; ++number) {
    POSTERN_TRY(const std::optional<schema::Ticket> ticket, read_ticket(transaction, workspace, number));
    if (!ticket) continue;
    for (const auto& [generation, filling] : step.generations) POSTERN_CHECK(settle(transaction, workspace, *generation, *ticket));
  }
  for (const auto& [generation, filling] : step.generations) {
    if (last >= filling.top()) {
      POSTERN_CHECK(plans_.complete(transaction, workspace, generation->view, generation->id));
      continue;
    }
    schema::ViewFilling now = filling;
    now.set_filled(last);
    POSTERN_CHECK(storage::put_plain(transaction, view_keys::filling(workspace, generation->id), now));
  }
  return {};
}

core::Task<core::Result<bool>> ViewFiller::fill_step(core::WorkspaceId workspace) {
  // After a conflict fewer tickets at once, down to one: that one changes only now and then.
  for (std::uint64_t share = 1;; share *= 4) {
    storage::Transaction transaction = store_.begin();
    POSTERN_CO_TRY(const Step step, plan_step(transaction, workspace));
    if (step.generations.empty()) co_return false;
    const std::uint64_t count = std::max<std::uint64_t>(1, (step.until - step.filled) / share);
    POSTERN_CO_CHECK(take_step(transaction, workspace, step, std::min(step.until, step.filled + count)));
    const auto committed = co_await store_.commit(std::move(transaction));
    if (committed) co_return true;
    if (!is_conflict(committed.error()) || share > 4096) co_return committed.error();
  }
}

core::Task<core::Result<std::size_t>> ViewFiller::fill(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
  std::size_t done = 0;
  for (std::size_t steps = 0; steps < limits_.steps_a_round && !is_stopping; ++steps) {
    POSTERN_CO_TRY(const bool did, co_await fill_step(workspace));
    if (!did) break;
    ++done;
  }
  co_return done;
}

core::Result<std::size_t> ViewFiller::erase_some(storage::Transaction& transaction, core::WorkspaceId workspace,
                                                 std::uint64_t generation) const {
  std::size_t erased = 0;
  for (const Kind kind : {Kind::kMember, Kind::kCount, Kind::kPlace}) {
    const std::size_t left = limits_.erased_at_once - erased;
    if (left == 0) return erased;
    POSTERN_TRY(const std::vector<storage::Entry> entries,
                transaction.snapshot().scan(view_keys::prefix(workspace, kind, generation), storage::Direction::kForward, left));
    for (const storage::Entry& entry : entries) {
      transaction.erase(entry.key);
      ++erased;
      if (kind != Kind::kPlace) continue;
      schema::ViewPlace place;
      const std::uint64_t ticket = number_in(std::string_view(entry.key).substr(entry.key.size() - 8));
      const auto parsed = storage::parse_record(entry.value, place);
      if (!parsed) tell_damage("view.place", workspace, ticket, parsed.error());  // its due entry leads nowhere, and goes in its time
      if (parsed && place.flip_unix_ms() != 0) transaction.erase(view_keys::due(workspace, place.flip_unix_ms(), generation, ticket));
    }
  }
  if (erased < limits_.erased_at_once) {
    transaction.erase(view_keys::filling(workspace, generation));
    transaction.erase(view_keys::leftover(workspace, generation));
  }
  return erased;
}

core::Task<core::Result<std::size_t>> ViewFiller::erase(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
  std::size_t done = 0;
  for (std::size_t steps = 0; steps < limits_.steps_a_round && !is_stopping; ++steps) {
    storage::Transaction transaction = store_.begin();
    const std::string prefix = view_keys::prefix(workspace, Kind::kLeftover);
    POSTERN_CO_TRY(const std::vector<storage::Entry> first, transaction.snapshot().scan(prefix, storage::Direction::kForward, 1));
    if (first.empty()) break;
    POSTERN_CO_TRY(const std::size_t erased, erase_some(transaction, workspace, number_in(std::string_view(first.front().key).substr(prefix.size()))));
    POSTERN_CO_CHECK(co_await store_.commit(std::move(transaction)));
    done += erased + 1;
  }
  co_return done;
}

core::Result<std::size_t> ViewFiller::move_some(storage::Transaction& transaction, core::WorkspaceId workspace, std::size_t limit) const {
  const std::string prefix = view_keys::prefix(workspace, Kind::kDue);
  const auto now_ms = static_cast<std::uint64_t>(core::to_unix_ms(clock_.wall_now()));
  POSTERN_TRY(const std::vector<storage::Entry> entries, transaction.snapshot().scan(prefix, storage::Direction::kForward, limit));
  std::size_t moved = 0;
  POSTERN_TRY(const ViewPlans::Planning planning, plans_.planning(transaction, workspace));
  for (const storage::Entry& entry : entries) {
    const std::string_view rest = std::string_view(entry.key).substr(prefix.size());
    if (number_in(rest.substr(0, 8)) > now_ms) break;
    ++moved;
    transaction.erase(entry.key);
    const PlannedGeneration* generation = planning->find(number_in(rest.substr(8, 8)));
    if (generation == nullptr) continue;  // of lists that are being erased
    POSTERN_TRY(const std::optional<schema::Ticket> ticket, read_ticket(transaction, workspace, number_in(rest.substr(16, 8))));
    if (ticket) POSTERN_CHECK(settle(transaction, workspace, *generation, *ticket));
  }
  return moved;
}

core::Task<core::Result<std::size_t>> ViewFiller::follow_clock(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
  std::size_t done = 0;
  std::size_t limit = limits_.moved_at_once;
  for (std::size_t steps = 0; steps < limits_.steps_a_round && !is_stopping; ++steps) {
    storage::Transaction transaction = store_.begin();
    POSTERN_CO_TRY(const std::size_t moved, move_some(transaction, workspace, limit));
    if (moved == 0) break;
    const auto committed = co_await store_.commit(std::move(transaction));
    if (committed) {
      done += moved;
      limit = limits_.moved_at_once;
    } else if (is_conflict(committed.error())) {
      limit = std::max<std::size_t>(1, limit / 4);
    } else {
      co_return committed.error();
    }
  }
  co_return done;
}

core::Result<int> ViewFiller::percent_filled(const storage::Snapshot& snapshot, core::WorkspaceId workspace, std::uint64_t generation) const {
  POSTERN_TRY(const schema::ViewFilling filling, read_filling(snapshot, workspace, generation));
  if (filling.top() == 0) return 0;
  return static_cast<int>(std::min<std::uint64_t>(99, filling.filled() * 100 / filling.top()));
}

}  // namespace postern::ticketing
