#include "tests/sim/sim_gateway.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <filesystem>

#include "core/file.h"
#include "core/random.h"

namespace postern::sim {
namespace {

constexpr const char* kHost = "mx.acme.example";

// No domain of ours has a key here; signing has tests of its own.
class NoKeys final : public pipeline::MessageSigner {
 public:
  core::Result<std::string> sign(std::string_view, std::string_view) const override { return std::string(); }
};

std::shared_ptr<net::ReloadableTls> sim_tls() {
  static const std::shared_ptr<net::ReloadableTls> tls = [] {
    const auto folder = std::filesystem::temp_directory_path() / ("postern-sim-" + core::random_token(8));
    std::filesystem::create_directories(folder);
    const net::SelfSigned pair = net::make_self_signed({kHost}, 1).value();
    net::TlsServerOptions options;
    options.certificate_file = folder / "certificate.pem";
    options.key_file = folder / "key.pem";
    core::write_file(options.certificate_file, pair.certificate_pem).value();
    core::write_file(options.key_file, pair.key_pem).value();
    auto loaded = net::ReloadableTls::load(options).value();
    std::filesystem::remove_all(folder);
    return loaded;
  }();
  return tls;
}

smtp::ServerOptions server_options() {
  smtp::ServerOptions options;
  options.hostname = kHost;
  options.postmaster_domain = "acme.example";
  options.message_bytes_max = 40'000;
  options.memory_in_flight_max = 48'000;  // three small messages: 452 is seen
  options.read_buffer_bytes = 8192;
  return options;
}

smtp::LeaseCalls lease_calls(ticketing::Outbox& outbox) {
  return {[&outbox](std::size_t most, core::Duration lease, std::size_t per_destination_max) {
            return outbox.claim_due(most, lease, per_destination_max);
          },
          [&outbox](core::WorkspaceId workspace, core::OutboxId id) { return outbox.release(workspace, id); }};
}

}  // namespace

const pipeline::Redactor& sim_redactor() {
  static const pipeline::Redactor redactor;
  return redactor;
}

ticketing::Options sim_ticketing_options() {
  ticketing::Options out;
  out.hostname = kHost;
  out.inboxes = {{"acme", {"support@acme.example", "help@acme.example"}, "Acme Support", {}},
                 {"acme", {"sales@acme.example"}, "Acme Sales", {}},
                 {"other", {"desk@other.example"}, "Other", {}}};
  return out;
}

auth::Options sim_auth_options() {
  auth::Options out;
  out.argon2_memory_kib = 64;
  out.argon2_passes = 1;
  return out;
}

core::SecretBuffer sim_master_key() { return core::SecretBuffer(32, 'k'); }

SimGateway::SimGateway(Outside outside)
    : outside_(std::move(outside)),
      ids_(outside_.clock, 1),
      vault_(outside_.store, sim_master_key(), outside_.sealing),
      sessions_("sim.sessions", outside_.clock),
      requests_("sim.requests", outside_.clock) {}

SimGateway::~SimGateway() = default;

core::Task<core::Result<std::unique_ptr<SimGateway>>> SimGateway::open(Outside outside) {
  std::unique_ptr<SimGateway> made(new SimGateway(std::move(outside)));
  POSTERN_CO_TRY(auto directory,
                 co_await ticketing::Directory::load(made->outside_.store, made->vault_, sim_ticketing_options()));
  made->directory_ = std::move(directory);
  made->build();
  co_return std::move(made);
}

void SimGateway::build() {
  storage::Store& store = outside_.store;
  core::Clock& clock = outside_.clock;
  const ticketing::Options options = sim_ticketing_options();
  accounts_ = std::make_unique<auth::Accounts>(store, vault_, ids_, clock, outside_.cpu, sim_auth_options());
  tickets_ = std::make_unique<ticketing::Tickets>(store, vault_, *accounts_, *directory_, sim_redactor(), ids_, clock, options);
  intake_ = std::make_unique<ticketing::Intake>(store, vault_, *accounts_, *directory_, ids_, clock, options);
  outbox_ = std::make_unique<ticketing::Outbox>(store, vault_, *directory_, ids_, clock, options);
  if (outside_.sabotage.sink) {
    sabotaged_sink_ = outside_.sabotage.sink(*intake_, [this](core::Task<void> body) { request(std::move(body)); });
  }
  if (outside_.sabotage.outbox) sabotaged_outbox_ = outside_.sabotage.outbox(*outbox_);
  pipeline::MessageSink& sink = sabotaged_sink_ ? *sabotaged_sink_ : *intake_;
  pipeline::OutboundSource& source = sabotaged_outbox_ ? *sabotaged_outbox_ : *outbox_;

  authenticator_ = std::make_unique<pipeline::SenderAuthenticator>(outside_.resolver, clock, pipeline::AuthOptions());
  classifier_ = std::make_unique<pipeline::SpamClassifier>();
  auto authenticate = [sender = authenticator_.get()](pipeline::Envelope envelope,
                                                      std::shared_ptr<const pipeline::Message> message, core::Deadline by) {
    return sender->authenticate(std::move(envelope), std::move(message), by);
  };
  pipeline::RunnerOptions runner;
  runner.authserv_id = kHost;
  runner.inline_bytes_max = 1U << 30U;  // no thread may decide the order of events
  runner_ = std::make_unique<pipeline::Runner>(std::move(authenticate), sim_redactor(), *classifier_, sink, outside_.cpu,
                                               clock, runner);
  auto directory = [this]() -> std::shared_ptr<const pipeline::RecipientDirectory> {
    return outside_.knows_recipients() ? directory_ : nullptr;
  };
  server_ = std::make_unique<smtp::Server>(server_options(), *runner_, directory, sim_tls(), ids_, clock);
  server_->set_healthy([this] { return outside_.store.is_healthy(); });
  signer_ = std::make_unique<NoKeys>();
  smtp::DeliveryOptions delivery;
  delivery.helo_name = kHost;
  delivery.per_destination_max = 1;  // a slow receiver keeps the others of its domain waiting
  deliverer_ = std::make_unique<smtp::Deliverer>(outside_.io, source, *signer_, outside_.resolver, clock, delivery,
                                                 outside_.connect, lease_calls(*outbox_));
}

void SimGateway::serve(std::unique_ptr<net::Stream> stream) {
  sessions_.spawn(outside_.io.get_executor(), server_->run_session(std::move(stream)));
}

void SimGateway::request(core::Task<void> body) { requests_.spawn(outside_.io.get_executor(), std::move(body)); }

// It looks in real time whether its tasks have ended, and some may not be cancelled: a farewell, the report of what was
// just delivered. The clock moves on for those, as it would without us; nobody outside sees when exactly this returns.
bool SimGateway::stop_deliverer() {
  constexpr int kTriesMax = 500;
  core::ManualClock& clock = outside_.clock;
  const core::Instant latest = clock.now() + kEndsWithin;
  bool is_stopped = false;
  boost::asio::co_spawn(outside_.io, deliverer_->stop(core::Deadline(clock.now())), [&](std::exception_ptr) {
    is_stopped = true;
    outside_.io.stop();
  });
  for (int i = 0; i < kTriesMax && !is_stopped; ++i) {
    outside_.io.restart();
    outside_.io.run_for(std::chrono::milliseconds(20));
    if (!is_stopped && clock.next_wake() < latest) clock.advance(std::max<core::Duration>(clock.next_wake() - clock.now(), {}));
  }
  return is_stopped;
}

std::vector<std::string> SimGateway::end() {
  sessions_.cancel();
  requests_.cancel();
  const bool is_stopped = stop_deliverer();
  outside_.io.restart();
  while (outside_.io.poll() > 0) {
  }
  std::vector<std::string> left;
  if (!is_stopped) left.push_back("the deliverer does not stop");
  if (sessions_.size() != 0) left.push_back("an SMTP session outlived its gateway");
  if (requests_.size() != 0) left.push_back("a request outlived its gateway");
  if (server_->sessions() != 0) left.push_back("the server counts sessions that have ended");
  if (server_->memory()->in_use() != 0) left.push_back("memory in flight was not given back");
  return left;
}

}  // namespace postern::sim
