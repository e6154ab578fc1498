#include "net/listener.h"

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/strand.hpp>

#include "core/log.h"
#include "core/metrics.h"
#include "net/errc.h"
#include "net/tcp_stream.h"

namespace postern::net {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr int kBacklog = 1024;
constexpr core::Duration kBackOff = std::chrono::milliseconds(100);  // after EMFILE and its kin: retrying at once spins

}  // namespace

struct Listener::State {
  State(asio::io_context& the_io, std::string the_name, std::size_t most, core::Clock& the_clock)
      : io(the_io),
        name(std::move(the_name)),
        connections_max(most),
        clock(the_clock),
        strand(asio::make_strand(the_io)),
        acceptor(strand),
        accepted(core::metrics().counter("postern_net_connections_accepted_total", "Connections given to a session.",
                                         label())),
        refused(core::metrics().counter("postern_net_connections_refused_total",
                                        "Connections closed at once because the listener was full.", label())),
        sessions(name, the_clock),
        accepting(name + ".accept", the_clock) {}

  std::string label() const { return "listener=\"" + name + "\""; }

  asio::io_context& io;
  std::string name;
  std::size_t connections_max;
  core::Clock& clock;
  asio::strand<asio::io_context::executor_type> strand;
  tcp::acceptor acceptor;
  Endpoint local;
  std::atomic<bool> is_stopping{false};
  core::Counter& accepted;
  core::Counter& refused;
  Session session;
  Home home;
  core::TaskGroup sessions;
  core::TaskGroup accepting;
};

namespace {

core::Task<void> run_leased(std::shared_ptr<void> /*lease*/, core::Task<void> session) { co_await std::move(session); }

// One accepted connection or one failure.
template <class State>
core::Task<void> accept_one(State& state) {
  Listener::Place place = state.home();
  tcp::socket socket{place.executor};
  error_code code;
  std::tie(code) = co_await state.acceptor.async_accept(socket, core::kTuple);
  if (state.is_stopping || code == asio::error::connection_aborted) co_return;
  if (code) {
    core::log::warn("net.accept_failed", {{"listener", state.name}, {"what", code.message()}});
    co_await state.clock.sleep_for(kBackOff);
    co_return;
  }
  if (state.sessions.size() >= state.connections_max) {
    state.refused.add();
    co_return;
  }
  state.accepted.add();
  const auto executor = place.executor;
  state.sessions.spawn(executor, run_leased(std::move(place.lease), state.session(make_tcp_stream(std::move(socket), state.clock))));
}

template <class State>
core::Task<void> accept_all(State& state) {
  while (!state.is_stopping) co_await accept_one(state);
}

}  // namespace

Listener::Listener(std::shared_ptr<State> state) : state_(std::move(state)) {}
Listener::~Listener() = default;

core::Result<std::unique_ptr<Listener>> Listener::bind(asio::io_context& io, std::string name, Endpoint at,
                                                       std::size_t connections_max, core::Clock& clock) {
  auto state = std::make_shared<State>(io, std::move(name), connections_max, clock);
  const tcp::endpoint endpoint(at.address.asio(), at.port);
  tcp::acceptor& acceptor = state->acceptor;
  error_code code;
  acceptor.open(endpoint.protocol(), code);
  if (!code) acceptor.set_option(asio::socket_base::reuse_address(true), code);
  // Each configured address is exactly itself: "[::]" and "0.0.0.0" can both be listened on.
  if (!code && at.address.is_v6()) acceptor.set_option(asio::ip::v6_only(true), code);
  if (!code) acceptor.bind(endpoint, code);
  if (!code) acceptor.listen(kBacklog, code);
  if (code) return core::fail(Errc::kListen, at.to_string() + ": " + code.message());
  const auto bound = acceptor.local_endpoint(code);
  state->local = {IpAddress(bound.address()), bound.port()};
  return std::unique_ptr<Listener>(new Listener(std::move(state)));
}

Endpoint Listener::local() const { return state_->local; }
std::size_t Listener::connections() const { return state_->sessions.size(); }

void Listener::start(Session session, Home home) {
  state_->session = std::move(session);
  state_->home = home ? std::move(home) : [&io = state_->io] { return Place{asio::make_strand(io), nullptr}; };
  state_->accepting.spawn(state_->strand, accept_all(*state_));
}

void Listener::stop_accepting() {
  if (state_->is_stopping.exchange(true)) return;
  asio::post(state_->strand, [state = state_] {
    error_code ignored;
    state->acceptor.close(ignored);
  });
}

core::Task<void> Listener::drain(core::Deadline by) {
  auto state = state_;
  stop_accepting();
  co_await state->accepting.drain(by);
  co_await state->sessions.drain(by);
}

}  // namespace postern::net
