#pragma once
// tests/sim/sim_world.h: one whole simulation: the store that survives, the lives of the gateway over it, the people and
// servers around it, and the hand that moves the clock. Everything runs on one io_context on the calling thread; the
// clock moves only when nothing is left to do.
// Thread-safety: none; one simulation at a time in a process, because it captures the log.
// Limits: ends after ten simulated days, which is a violation.
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "net/zone_resolver.h"
#include "tests/sim/sim_agent.h"
#include "tests/sim/sim_customer.h"
#include "tests/sim/sim_gateway.h"
#include "tests/sim/sim_receiver.h"

namespace postern::sim {

class World {
 public:
  explicit World(std::uint64_t seed, Sabotage sabotage = {});
  ~World();
  World(const World&) = delete;

  // To the end: everybody has an answer, the queue is empty, the last life of the gateway is over.
  void run();

  // For the people in it.
  core::ManualClock& clock() { return clock_; }
  Ledger& ledger() { return ledger_; }
  SimGateway* gateway() { return gateway_.get(); }  // null between two lives
  core::Task<core::Result<std::unique_ptr<net::Stream>>> dial(Persona from, Chance chance);
  std::string friend_of(const Persona& persona) const;
  // Which ticket our mail is about.
  std::optional<TicketRef> ticket_of(const Arrival& mail) const;

  // For the checker, after run().
  boost::asio::io_context& io() { return io_; }
  storage::Store& store() { return *store_; }
  storage::Vault& vault() { return *vault_; }
  core::WorkPool& cpu() { return cpu_; }
  const ticketing::Directory& directory() const { return *directory_; }

 private:
  void make_zone();
  void make_data_keys(std::uint64_t seed);
  void make_people(std::size_t customers);
  void draw_crashes();
  SimGateway::Outside outside();
  core::Task<void> boot(core::Instant at);
  core::Task<core::Result<std::unique_ptr<net::Stream>>> connect_out(net::Endpoint to);
  void deliver_to_mailbox(const Arrival& arrival);
  void settle();
  void crash_when_due();
  void crash();
  bool are_people_done() const;
  bool is_over() const;
  void finish();

  core::ManualClock clock_;
  LogCapture log_;
  Ledger ledger_;
  Weather weather_;
  Chance chance_;
  Sabotage sabotage_;
  boost::asio::io_context io_;
  core::WorkPool cpu_{"cpu", 1, 16};
  storage::Vault::Sealing sealing_;
  std::unique_ptr<storage::Store> store_;
  std::shared_ptr<void> watch_;
  std::unique_ptr<storage::Vault> vault_;  // over the plain store
  std::unique_ptr<ticketing::Directory> directory_;
  net::ZoneResolver zone_;
  FlakyResolver resolver_;
  StormyStore storm_;
  Chance directory_chance_;
  ReceivingHosts hosts_;
  core::TaskGroup people_;
  std::vector<std::unique_ptr<Customer>> customers_;
  std::vector<std::unique_ptr<Agent>> agents_;
  std::unique_ptr<SimGateway> gateway_;
  bool is_booting_ = false;
  bool is_draining_ = false;
  std::vector<std::size_t> crashes_at_;  // counted in events, so that they hit the middle of things; last one first
  core::Instant drained_at_ = core::Instant::max();
  core::Instant begun_;
};

}  // namespace postern::sim
