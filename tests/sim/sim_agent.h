#pragma once
// tests/sim/sim_agent.h: an agent who answers, notes and closes tickets of one workspace through Tickets. A change whose
// answer never came is not repeated: it may or may not have happened.
// Thread-safety: one io_context thread.  Ownership: borrows the world, which owns it.
#include "auth/principal.h"
#include "tests/sim/chance.h"
#include "tests/sim/ledger.h"
#include "ticketing/tickets.h"

namespace postern::sim {

class World;

class Agent {
 public:
  Agent(World& world, auth::Principal principal, Chance chance)
      : world_(world), principal_(std::move(principal)), chance_(chance) {}
  core::Task<void> run();
  bool is_done() const { return is_done_; }

 private:
  core::Task<void> act(ticketing::Tickets& tickets);
  ticketing::Tickets::Update draw_change(Act& act);

  World& world_;
  const auth::Principal principal_;
  Chance chance_;
  bool is_done_ = false;
};

}  // namespace postern::sim
