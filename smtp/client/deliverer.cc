#include "smtp/client/deliverer.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <deque>
#include <map>

#include "core/ids.h"
#include "core/log.h"
#include "core/metrics.h"

namespace postern::smtp {

namespace asio = boost::asio;

namespace {

// Between looks at the queue when a claim found nothing or failed: an entry that is due and cannot be claimed must
// not make us spin.
constexpr core::Duration kPauseMin = std::chrono::seconds(1);

std::string_view to_word(pipeline::DeliveryOutcome outcome) {
  switch (outcome) {
    case pipeline::DeliveryOutcome::kDelivered: return "delivered";
    case pipeline::DeliveryOutcome::kDeferred: return "deferred";
    case pipeline::DeliveryOutcome::kFailed: return "failed";
  }
  return "deferred";
}

void record(const pipeline::OutboundMessage& message, const pipeline::DeliveryReport& report) {
  const std::string_view word = to_word(report.outcome);
  core::metrics()
      .counter("postern_delivery_attempts_total", "Attempts to deliver a message, by outcome.",
               "outcome=\"" + std::string(word) + "\"")
      .add();
  core::log::info("delivery.attempt", {{"id", core::to_base32(message.id.value)},
                                       {"ticket", message.ticket.value},
                                       {"rcpt", core::log::hashed(message.rcpt.canonical())},
                                       {"outcome", word},
                                       {"enhanced", report.enhanced},
                                       {"attempts", message.attempts + 1},
                                       {"tls", report.used_tls}});
}

}  // namespace

// Fields after `strand` belong to it.
struct Deliverer::State {
  State(asio::io_context& the_io, pipeline::OutboundSource& the_source, std::shared_ptr<const Courier> the_courier)
      : io(the_io),
        source(the_source),
        courier(std::move(the_courier)),
        strand(asio::make_strand(the_io)),
        event(strand, asio::steady_timer::time_point::max()),
        loop("delivery.loop", courier->clock),
        attempts("delivery.attempts", courier->clock) {}

  asio::io_context& io;
  pipeline::OutboundSource& source;
  std::shared_ptr<const Courier> courier;
  std::weak_ptr<State> self;
  std::atomic<bool> is_stopping{false};
  asio::strand<asio::io_context::executor_type> strand;
  asio::steady_timer event;  // never fires; cancelled to wake the loop
  bool is_woken = false;
  std::deque<pipeline::OutboundMessage> waiting;  // claimed, without a place yet
  std::map<std::string, std::size_t> running;     // attempts by recipient domain
  std::size_t running_total = 0;
  core::TaskGroup loop;
  core::TaskGroup attempts;
};

namespace {

template <class State>
void wake(State& state) {
  state.is_woken = true;
  state.event.cancel();
}

// Gives the place back however the attempt ended.
template <class State>
class Place {
 public:
  Place(std::shared_ptr<State> state, std::string domain) : state_(std::move(state)), domain_(std::move(domain)) {}
  Place(Place&& other) noexcept = default;
  ~Place() {
    if (!state_) return;
    asio::post(state_->strand, [state = state_, domain = std::move(domain_)] {
      if (const auto found = state->running.find(domain); --found->second == 0) state->running.erase(found);
      --state->running_total;
      wake(*state);
    });
  }

 private:
  std::shared_ptr<State> state_;  // the news arrives after stop() has returned when the attempt was cancelled
  std::string domain_;
};

template <class State>
core::Task<void> attempt(State& state, pipeline::OutboundMessage message, Place<State> place) {
  pipeline::DeliveryReport report = co_await deliver_once(message, state.courier);
  record(message, report);
  const auto kept = co_await state.source.report(message.workspace, message.id, std::move(report));
  if (!kept) core::log::error("delivery.report_lost", {{"what", kept.error().describe()}});
}

template <class State>
void start_what_fits(State& state) {
  const DeliveryOptions& options = state.courier->options;
  for (auto at = state.waiting.begin(); at != state.waiting.end() && state.running_total < options.concurrency_max;) {
    const std::string domain = at->rcpt.domain_lower();
    if (const auto busy = state.running.find(domain);
        busy != state.running.end() && busy->second >= options.per_destination_max) {
      ++at;
      continue;
    }
    ++state.running[domain];
    ++state.running_total;
    pipeline::OutboundMessage message = std::move(*at);
    at = state.waiting.erase(at);
    state.attempts.spawn(asio::make_strand(state.io),
                         attempt(state, std::move(message), Place<State>(state.self.lock(), domain)));
  }
}

// True when something was claimed.
template <class State>
core::Task<bool> claim(State& state) {
  const DeliveryOptions& options = state.courier->options;
  const std::size_t held = state.waiting.size() + state.running_total;
  if (held >= options.claimed_max) co_return false;
  auto claimed = co_await state.source.claim_due(options.claimed_max - held, options.lease);
  if (!claimed) {
    core::log::error("delivery.claim_failed", {{"what", claimed.error().describe()}});
    co_return false;
  }
  for (auto& message : *claimed) state.waiting.push_back(std::move(message));
  co_return !claimed->empty();
}

template <class State>
core::Task<void> wait_for_event(State& state) {
  if (!state.is_woken) co_await state.event.async_wait(core::kTuple);
}

template <class State>
core::Task<void> wait_for_work(State& state) {
  core::Clock& clock = state.courier->clock;
  core::Duration pause = state.courier->options.idle_max;
  if (const auto due = state.source.next_due()) {
    pause = std::clamp<core::Duration>(*due - clock.wall_now(), kPauseMin, pause);
  }
  using asio::experimental::awaitable_operators::operator||;
  co_await (wait_for_event(state) || clock.sleep_for(pause));
}

template <class State>
core::Task<void> run(State& state) {
  while (!state.is_stopping) {
    state.is_woken = false;
    const bool has_claimed = co_await claim(state);
    start_what_fits(state);
    if (!has_claimed && !state.is_woken && !state.is_stopping) co_await wait_for_work(state);
  }
}

}  // namespace

Deliverer::Deliverer(asio::io_context& io, pipeline::OutboundSource& source, const pipeline::MessageSigner& signer,
                     net::DnsResolver& resolver, core::Clock& clock, DeliveryOptions options, Connect connect) {
  if (!connect) {
    connect = [bind_to = options.bind_v4, clock_of_all = &clock](net::Endpoint to, core::Deadline by) {
      return net::connect_tcp(to, by, *clock_of_all, bind_to);
    };
  }
  auto courier = std::make_shared<const Courier>(signer, resolver, clock, std::move(options), std::move(connect));
  state_ = std::make_shared<State>(io, source, std::move(courier));
  state_->self = state_;
}

Deliverer::~Deliverer() = default;

void Deliverer::start() {
  state_->source.on_due([weak = std::weak_ptr(state_)] {
    const auto state = weak.lock();
    if (!state || state->is_stopping) return;
    asio::post(state->strand, [state] { wake(*state); });
  });
  state_->loop.spawn(state_->strand, run(*state_));
}

core::Task<void> Deliverer::stop(core::Deadline by) {
  const auto state = state_;
  state->is_stopping = true;
  asio::post(state->strand, [state] { wake(*state); });
  co_await state->loop.drain(by);
  co_await state->attempts.drain(by);
}

}  // namespace postern::smtp
