#include "smtp/server/server.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <typeinfo>

#include "core/log.h"
#include "smtp/proto/reply.h"
#include "smtp/server/admission.h"
#include "smtp/server/session.h"

namespace postern::smtp {
namespace {

constexpr auto kFarewellMax = std::chrono::seconds(5);
constexpr auto kDrainPoll = std::chrono::milliseconds(5);

core::Task<void> say_and_close(std::shared_ptr<net::Stream> stream, std::string reply, core::Deadline by) {
  const core::Result<void> said = co_await stream->write_all(reply, by);
  if (!said) core::log::debug("smtp.farewell_lost");
  stream->close();
}

bool is_in(const std::vector<net::IpNetwork>& networks, const net::IpAddress& address) {
  return std::any_of(networks.begin(), networks.end(), [&](const net::IpNetwork& network) { return network.contains(address); });
}

}  // namespace

Context::Context(ServerOptions the_options, pipeline::MessageIntake& the_intake, DirectorySource the_directory,
                 std::shared_ptr<net::ReloadableTls> the_tls, core::IdSource& the_ids, core::Clock& the_clock)
    : options(std::move(the_options)),
      intake(the_intake),
      directory(std::move(the_directory)),
      tls(std::move(the_tls)),
      ids(the_ids),
      clock(the_clock),
      memory(std::make_shared<MemoryBudget>(options.memory_in_flight_max)),
      peers(options.sessions_per_network_max, options.aborted_per_network_max, options.aborted_window, the_clock),
      blocks(std::make_shared<net::BlockList>(the_clock)),
      budget(std::make_shared<PeerBudget>(options.peers, *blocks, the_clock)),
      refusals(std::make_shared<RefusalLog>()),
      grey_list(std::make_shared<GreyList>(options.grey_list, the_clock)),
      metrics(core::metrics()) {}

bool Context::trusts(const net::IpAddress& peer) const { return is_in(options.xclient_peers, peer); }

bool Context::is_proxy(const net::IpAddress& peer) const { return is_in(options.proxy_peers, peer); }

// A session's entry in the list that begin_drain() walks.
class Server::Registration {
 public:
  Registration(Server& server, Entry entry) : server_(server) {
    std::lock_guard lock(server_.mutex_);
    at_ = server_.sessions_.insert(server_.sessions_.end(), std::move(entry));
  }
  ~Registration() {
    std::lock_guard lock(server_.mutex_);
    server_.sessions_.erase(at_);
  }
  Registration(const Registration&) = delete;

 private:
  Server& server_;
  Entries::iterator at_;
};

Server::Server(ServerOptions options, pipeline::MessageIntake& intake, DirectorySource directory,
               std::shared_ptr<net::ReloadableTls> tls, core::IdSource& ids, core::Clock& clock)
    : context_(std::move(options), intake, std::move(directory), std::move(tls), ids, clock),
      farewells_("smtp.farewells", clock) {}

Server::~Server() = default;

void Server::set_healthy(std::function<bool()> healthy) { context_.healthy = std::move(healthy); }

void Server::share_memory(std::shared_ptr<MemoryBudget> memory) { context_.memory = std::move(memory); }

void Server::share_defences(std::shared_ptr<net::BlockList> blocks, std::shared_ptr<PeerBudget> budget) {
  context_.blocks = std::move(blocks);
  context_.budget = std::move(budget);
}

std::size_t Server::sessions() const {
  std::lock_guard lock(mutex_);
  return sessions_.size();
}

core::Task<void> Server::run_session(std::unique_ptr<net::Stream> stream) {
  auto control = std::make_shared<SessionControl>(std::shared_ptr<net::Stream>(std::move(stream)));
  Entry entry{control->stream->executor(), control};
  const Registration registration(*this, std::move(entry));
  const std::optional<net::IpAddress> client = co_await identify(context_, *control->stream);
  if (!client) {
    context_.metrics.refusals[static_cast<std::size_t>(Refusal::kProxy)]->add();
    control->stream->close();
    co_return;
  }
  co_await serve(control, *client);
}

// A front end that speaks for others is neither counted nor blocked as one client.
core::Task<void> Server::serve(std::shared_ptr<SessionControl> control, net::IpAddress client) {
  const bool is_trusted = context_.trusts(client);
  const PeerTable::Place place = is_trusted ? PeerTable::Place() : context_.peers.enter(client);
  std::optional<Answer> refusal = is_trusted ? std::nullopt : turn_away(context_, client);
  if (!refusal && !place && !is_trusted) {
    refusal = refuse_and_close(421, "4.7.0", context_.options.hostname + " too many sessions of your network", Refusal::kNetwork);
  }
  if (refusal) {
    context_.metrics.refusals[static_cast<std::size_t>(refusal->refusal)]->add();
    core::log::info("smtp.turned_away", {{"client", client.to_string()}, {"reason", to_string(refusal->refusal)}});
    context_.refusals->add({context_.clock.wall_now(), {}, {}, client.to_string(), {}, {}, {}, refusal->code, refusal->enhanced, refusal->text,
                            refusal->refusal});
    std::string reply;
    if (!context_.options.implicit_tls) append_reply(reply, refusal->code, refusal->enhanced, refusal->text);
    const auto by = core::Deadline::after(kFarewellMax, context_.clock);
    co_await say_and_close(control->stream, std::move(reply), by);
    co_return;
  }
  Session session(context_, control, client);
  bool has_failed = false;
  try {
    co_await session.run();
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::asio::error::operation_aborted) throw;
    has_failed = true;
    core::log::error("smtp.session_failed", {{"what", error.code().message()}});
  } catch (const std::exception& error) {
    has_failed = true;
    core::log::error("smtp.session_failed", {{"what", typeid(error).name()}});  // what() may quote content
  }
  if (has_failed) co_await session.apologise();
}

// On the session's executor. An idle session waits in a read that only a close would end: say it from here.
void Server::dismiss(const std::shared_ptr<SessionControl>& control) {
  if (!control->is_idle || control->was_dismissed) return;
  control->was_dismissed = true;
  std::string reply;
  append_reply(reply, 421, "4.3.2", context_.options.hostname + " shutting down");
  const auto by = core::Deadline::after(kFarewellMax, context_.clock);
  farewells_.spawn(control->stream->executor(), say_and_close(control->stream, std::move(reply), by));
}

void Server::begin_drain() {
  context_.is_draining.store(true);
  std::lock_guard lock(mutex_);
  for (const Entry& entry : sessions_) {
    ++posted_;
    boost::asio::post(entry.executor, [this, control = entry.control] {
      dismiss(control);
      --posted_;
    });
  }
}

core::Task<void> Server::drain(core::Deadline by) {
  begin_drain();
  core::Clock& real = core::system_clock();  // polls in real time even under a manual clock
  while ((sessions() > 0 || posted_ > 0) && !by.has_passed(context_.clock)) co_await real.sleep_for(kDrainPoll);
  co_await farewells_.drain(by);
}

}  // namespace postern::smtp
