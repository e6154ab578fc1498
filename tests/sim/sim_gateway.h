#pragma once
// tests/sim/sim_gateway.h: one life of the gateway process, wired as app/gateway.cc and app/services.cc wire it: the
// SMTP server, the pipeline with its real stages, ticketing and the deliverer, over seams that the simulation owns.
// Thread-safety: one io_context thread.  Ownership: borrows everything in Outside, which outlives it; end() before
// destruction.  Errors: open() gives those of the store, transient while there is a storm.
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "auth/accounts.h"
#include "core/manual_clock.h"
#include "core/task_group.h"
#include "pipeline/redaction/redactor.h"
#include "pipeline/runner/runner.h"
#include "pipeline/sender/authenticator.h"
#include "smtp/client/deliverer.h"
#include "smtp/server/server.h"
#include "storage/vault.h"
#include "ticketing/intake.h"
#include "ticketing/outbox.h"

namespace postern::sim {

// Starts a task that ends, at the latest, with this life of the gateway.
using Spawn = std::function<void(core::Task<void>)>;

// What a self-test puts in the place of a real part. Empty: the real one.
struct Sabotage {
  std::function<std::unique_ptr<pipeline::MessageSink>(pipeline::MessageSink& real, Spawn spawn)> sink;
  std::function<std::unique_ptr<pipeline::OutboundSource>(pipeline::OutboundSource& real)> outbox;
};

ticketing::Options sim_ticketing_options();
auth::Options sim_auth_options();
core::SecretBuffer sim_master_key();

class SimGateway {
 public:
  static constexpr auto kEndsWithin = std::chrono::seconds(140);  // of simulated time
  struct Outside {
    boost::asio::io_context& io;
    core::ManualClock& clock;
    storage::Store& store;
    storage::Vault::Sealing sealing;
    net::DnsResolver& resolver;
    core::WorkPool& cpu;
    smtp::Connect connect;
    std::function<bool()> knows_recipients;
    Sabotage sabotage;
  };
  static core::Task<core::Result<std::unique_ptr<SimGateway>>> open(Outside outside);
  ~SimGateway();
  SimGateway(const SimGateway&) = delete;

  void start() { deliverer_->start(); }
  // A connection at the listener.
  void serve(std::unique_ptr<net::Stream> stream);
  // Something that an agent does through the API.
  void request(core::Task<void> body);
  ticketing::Tickets& tickets() { return *tickets_; }
  void begin_drain() { server_->begin_drain(); }
  // Every task of this life is cancelled where it stands. Runs the loop. What should have ended and did not, or memory
  // that was not given back, is told.
  std::vector<std::string> end();

 private:
  explicit SimGateway(Outside outside);
  void build();
  bool stop_deliverer();
  Outside outside_;
  core::IdSource ids_;
  storage::Vault vault_;
  std::shared_ptr<const ticketing::Directory> directory_;
  std::unique_ptr<auth::Accounts> accounts_;
  std::unique_ptr<ticketing::Tickets> tickets_;
  std::unique_ptr<ticketing::Intake> intake_;
  std::unique_ptr<ticketing::Outbox> outbox_;
  core::TaskGroup sessions_;
  core::TaskGroup requests_;
  std::unique_ptr<pipeline::MessageSink> sabotaged_sink_;
  std::unique_ptr<pipeline::OutboundSource> sabotaged_outbox_;
  std::unique_ptr<pipeline::SenderAuthenticator> authenticator_;
  std::unique_ptr<pipeline::SpamClassifier> classifier_;
  std::unique_ptr<pipeline::Runner> runner_;
  std::unique_ptr<pipeline::MessageSigner> signer_;
  std::unique_ptr<smtp::Server> server_;
  std::unique_ptr<smtp::Deliverer> deliverer_;
};

// One for the process: making the detector costs more than a simulation, and it has no state.
const pipeline::Redactor& sim_redactor();

}  // namespace postern::sim
