#include "tests/sim/sim_agent.h"

#include <fmt/format.h>

#include <array>

#include "tests/sim/sim_letter.h"
#include "tests/sim/sim_world.h"

namespace postern::sim {

using std::chrono::minutes;
using std::chrono::seconds;

core::Task<void> Agent::run() {
  const std::size_t changes = 5 + chance_.index(5);
  for (std::size_t i = 0; i < changes; ++i) {
    co_await world_.clock().sleep_for(chance_.between(minutes(1), minutes(12)));
    if (SimGateway* gateway = world_.gateway()) gateway->request(act(gateway->tickets()));
  }
  is_done_ = true;
}

ticketing::Tickets::Update Agent::draw_change(Act& act) {
  using ticketing::Status;
  ticketing::Tickets::Update change;
  const auto kind = chance_.below(100);
  if (kind < 85) {
    act.marker = fmt::format("[act-{}]", world_.ledger().acts.size());
    act.is_public = kind < 70;
    change.is_public = act.is_public;
    change.text = "Hello,\r\n" + act.marker + "\r\nplease try again.\r\n";
    if (chance_.percent(25)) *change.text += "Was it card " + plant_card(chance_, world_.ledger()) + "?\r\n";
  }
  if (kind >= 60) {
    constexpr std::array kStatus{Status::kOpen, Status::kPending, Status::kHold, Status::kSolved, Status::kClosed};
    change.status = kStatus[chance_.index(kStatus.size())];
  }
  return change;
}

core::Task<void> Agent::act(ticketing::Tickets& tickets) {
  ticketing::TicketQuery query;
  query.size = 20;
  const auto page = tickets.list(principal_.workspace, query);
  if (!page || page->tickets.empty()) co_return;
  const ticketing::Ticket& ticket = page->tickets[chance_.index(page->tickets.size())];
  Act& act = world_.ledger().acts.emplace_back();
  act.ticket = {principal_.workspace, ticket.id};
  ticketing::Tickets::Update change = draw_change(act);
  if (chance_.percent(10)) change.expected_version = ticket.version;
  const auto done = co_await tickets.update(principal_, ticket.id, std::move(change));
  act.is_acknowledged = done.has_value();
  world_.ledger().count(done ? "act" : "act failed");
  world_.ledger().note(fmt::format("act {} on {}: {}", act.marker, act.ticket.ticket.value, done.has_value()));
}

}  // namespace postern::sim
