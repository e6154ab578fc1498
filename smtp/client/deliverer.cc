#include "smtp/client/deliverer.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "core/assert.h"
#include "core/ids.h"
#include "core/log.h"
#include "core/metrics.h"
#include "smtp/client/domain.h"

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

void record(const pipeline::OutboundMessage& message, const Delivery& delivery) {
  const pipeline::DeliveryReport& report = delivery.report;
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
                                       {"tls", report.used_tls},
                                       {"tls_policy", to_string(delivery.tls_demand)}});
}

// A claimed message, ours until the lease ends.
struct Leased {
  pipeline::OutboundMessage message;
  core::Deadline until;
};

}  // namespace

// Fields after `strand` belong to it.
struct Deliverer::State {
  State(asio::io_context& the_io, pipeline::OutboundSource& the_source, std::shared_ptr<const Courier> the_courier,
        LeaseCalls the_leases)
      : io(the_io),
        source(the_source),
        courier(std::move(the_courier)),
        leases(std::move(the_leases)),
        strand(asio::make_strand(the_io)),
        event(strand, asio::steady_timer::time_point::max()),
        loop("delivery.loop", courier->clock),
        attempts("delivery.attempts", courier->clock) {}

  asio::io_context& io;
  pipeline::OutboundSource& source;
  std::shared_ptr<const Courier> courier;
  const LeaseCalls leases;
  std::weak_ptr<State> self;
  std::atomic<bool> is_stopping{false};
  asio::strand<asio::io_context::executor_type> strand;
  asio::steady_timer event;  // never fires; cancelled to wake the loop
  bool is_woken = false;
  std::deque<Leased> waiting;  // claimed, without a place yet
  std::map<std::string, std::size_t> running;  // attempts by recipient domain
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

// Reports of one reply write the same ticket, so some lose the race each time; a store may also be away for a while.
// The place stays taken meanwhile: while outcomes cannot be kept, sending more would only mean sending it twice.
template <class State>
core::Task<void> keep_report(State& state, core::WorkspaceId workspace, core::OutboxId id, pipeline::DeliveryReport report,
                             core::Deadline until) {
  const DeliveryOptions& options = state.courier->options;
  core::Clock& clock = state.courier->clock;
  for (core::Duration pause = options.report_pause_first;; pause = std::min<core::Duration>(2 * pause, options.report_pause_max)) {
    const auto kept = co_await state.source.report(workspace, id, report);
    if (kept) co_return;
    // An attempt that was stopped late reports once.
    if (state.is_stopping || until.left(clock) <= pause) {
      core::log::error("delivery.report_lost", {{"id", core::to_base32(id.value)}, {"what", kept.error().describe()}});
      co_return;
    }
    core::log::warn("delivery.report_failed", {{"id", core::to_base32(id.value)}, {"what", kept.error().describe()}});
    // Off since the server had the message, so that the first report was made.
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    co_await clock.sleep_for(pause);
  }
}

template <class State>
core::Task<void> attempt(State& state, Leased leased, Place<State> place) {
  const core::WorkspaceId workspace = leased.message.workspace;
  const core::OutboxId id = leased.message.id;
  const core::Deadline until = leased.until;
  Delivery delivery = co_await deliver_once(leased.message, state.courier);
  record(leased.message, delivery);
  leased.message.message = {};  // megabytes, not needed for the report
  co_await keep_report(state, workspace, id, std::move(delivery.report), until);
}

template <class State>
bool may_start(const State& state, const Leased& leased) {
  const DeliveryOptions& options = state.courier->options;
  return leased.until.left(state.courier->clock) >= options.attempt_max + options.data_end_max + options.report_reserve;
}

// Without a way to give it back, it falls due when its lease runs out.
template <class State>
core::Task<void> give_back(State& state, Leased leased) {
  if (!state.leases.release) co_return;
  const auto released = co_await state.leases.release(leased.message.workspace, leased.message.id);
  if (!released) core::log::warn("delivery.release_failed", {{"what", released.error().describe()}});
}

template <class State>
core::Task<void> give_back_what_waited_too_long(State& state) {
  std::vector<Leased> late;
  for (Leased& leased : std::exchange(state.waiting, {})) {
    if (may_start(state, leased)) {
      state.waiting.push_back(std::move(leased));
    } else {
      late.push_back(std::move(leased));
    }
  }
  for (Leased& leased : late) co_await give_back(state, std::move(leased));
}

template <class State>
void start_what_fits(State& state) {
  const DeliveryOptions& options = state.courier->options;
  for (auto at = state.waiting.begin(); at != state.waiting.end() && state.running_total < options.concurrency_max;) {
    const std::string domain = destination_name(at->message.rcpt.domain);
    if (const auto busy = state.running.find(domain);
        busy != state.running.end() && busy->second >= options.per_destination_max) {
      ++at;
      continue;
    }
    ++state.running[domain];
    ++state.running_total;
    Leased leased = std::move(*at);
    at = state.waiting.erase(at);
    state.attempts.spawn(asio::make_strand(state.io),
                         attempt(state, std::move(leased), Place<State>(state.self.lock(), domain)));
  }
}

template <class State>
core::Task<LeaseCalls::Claimed> claim_from(State& state, std::size_t most) {
  const DeliveryOptions& options = state.courier->options;
  if (!state.leases.claim) co_return co_await state.source.claim_due(most, options.lease);
  co_return co_await state.leases.claim(most, options.lease, options.claimed_per_destination_max);
}

// True when something was claimed.
template <class State>
core::Task<bool> claim(State& state) {
  const DeliveryOptions& options = state.courier->options;
  const std::size_t held = state.waiting.size() + state.running_total;
  if (held >= options.claimed_max) co_return false;
  // Taken before the claim, so that ours ends first.
  const core::Deadline until = core::Deadline::after(options.lease, state.courier->clock);
  auto claimed = co_await claim_from(state, options.claimed_max - held);
  if (!claimed) {
    core::log::error("delivery.claim_failed", {{"what", claimed.error().describe()}});
    co_return false;
  }
  for (auto& message : *claimed) state.waiting.push_back({std::move(message), until});
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
    if (state.is_stopping) break;
    co_await give_back_what_waited_too_long(state);
    start_what_fits(state);
    if (!has_claimed && !state.is_woken && !state.is_stopping) co_await wait_for_work(state);
  }
}

}  // namespace

Deliverer::Deliverer(asio::io_context& io, pipeline::OutboundSource& source, const pipeline::MessageSigner& signer,
                     net::DnsResolver& resolver, core::Clock& clock, DeliveryOptions options, Connect connect,
                     LeaseCalls leases, StsPolicies::Fetch fetch_policy, pipeline::TlsObserver* tls_observer) {
  POSTERN_ASSERT(options.lease > options.attempt_max + options.data_end_max + options.report_reserve + options.idle_max);
  if (!connect) {
    connect = [bind_to = options.bind_v4, clock_of_all = &clock](net::Endpoint to, core::Deadline by) {
      return net::connect_tcp(to, by, *clock_of_all, bind_to);
    };
  }
  auto courier = std::make_shared<const Courier>(signer, resolver, clock, std::move(options), std::move(connect), std::move(fetch_policy), tls_observer);
  state_ = std::make_shared<State>(io, source, std::move(courier), std::move(leases));
  state_->self = state_;
}

Deliverer::~Deliverer() = default;

StsPolicies& Deliverer::sts_policies() const { return state_->courier->policies; }

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
  // The loop has ended: what waits is ours alone. Others, or this server after its restart, may take it at once.
  for (Leased& leased : std::exchange(state->waiting, {})) co_await give_back(*state, std::move(leased));
  co_await state->attempts.drain(by);
}

}  // namespace postern::smtp
