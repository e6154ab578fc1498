#include "ticketing/webhooks/dispatcher.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>

#include "core/log.h"
#include "core/metrics.h"
#include "ticketing/detail/damage.h"
#include "ticketing/webhooks/log.h"
#include "ticketing/webhooks/signing.h"

namespace postern::ticketing {

// On every way out of a worker, cancellation too.
struct WebhookDispatcher::Release {
  Lane& lane;
  std::uint64_t ticket;
  Release(Lane& the_lane, std::uint64_t the_ticket) : lane(the_lane), ticket(the_ticket) {}
  Release(const Release&) = delete;
  ~Release() {
    const std::lock_guard lock(lane.mutex);
    lane.busy.erase(ticket);
  }
};

WebhookDispatcher::WebhookDispatcher(const Basics& with, Webhooks& webhooks) : with_(with), webhooks_(webhooks), tasks_("webhooks", with.clock) {}

WebhookDispatcher::LanePtr WebhookDispatcher::lane_of(core::WorkspaceId workspace, std::uint64_t webhook) const {
  const std::lock_guard lock(mutex_);
  LanePtr& lane = lanes_[{workspace, webhook}];
  if (!lane) lane = std::make_shared<Lane>();
  return lane;
}

WebhookDispatcher::Health WebhookDispatcher::health(core::WorkspaceId workspace, std::uint64_t webhook) const {
  const LanePtr lane = lane_of(workspace, webhook);
  const std::lock_guard lock(lane->mutex);
  const core::Instant now = with_.clock.now();
  if (lane->open_until <= now) return {lane->failures, 0};
  return {lane->failures, core::to_unix_ms(with_.clock.wall_now() + (lane->open_until - now))};
}

core::Result<std::optional<DueDelivery>> WebhookDispatcher::claim(core::WorkspaceId workspace, std::uint64_t webhook, Lane& lane) {
  const std::lock_guard lock(lane.mutex);
  if (is_stopping_ || lane.open_until > with_.clock.now()) return std::nullopt;
  if (lane.failures >= webhooks_.options().breaker_failures && !lane.busy.empty()) return std::nullopt;  // one request tries
  POSTERN_TRY(std::optional<DueDelivery> due, webhooks_.log().next_due(workspace, webhook, lane.busy));
  if (due) lane.busy.insert(due->ticket);
  return due;
}

void WebhookDispatcher::learn(Lane& lane, bool is_success) {
  const WebhookOptions& options = webhooks_.options();
  const std::lock_guard lock(lane.mutex);
  if (is_success) {
    lane.failures = 0;
    lane.pause = core::Duration::zero();
    return;
  }
  if (++lane.failures < options.breaker_failures) return;
  lane.pause = std::clamp<core::Duration>(lane.pause * 2, options.breaker_first, options.breaker_max);
  lane.open_until = with_.clock.now() + lane.pause;
}

core::Task<WebhookReply> WebhookDispatcher::send(core::WorkspaceId workspace, schema::Webhook webhook, schema::WebhookDelivery delivery) {
  WebhookReply reply;
  if (webhooks_.means().sender == nullptr) {
    reply.problem = "this server sends no webhooks";
    co_return reply;
  }
  WebhookRequest request;
  const bool has_body = webhook.http_method() != "GET" && webhook.http_method() != "DELETE";
  if (has_body && !delivery.event().body().empty()) {
    request.body = delivery.event().body();
  } else if (has_body && webhooks_.means().body) {
    core::Result<std::string> body = webhooks_.means().body(workspace, delivery);
    if (!body) {
      reply.problem = "its body could not be made";
      co_return reply;
    }
    request.body = std::move(*body);
  }
  request.url = webhook.endpoint();
  request.method = webhook.http_method();
  request.answer_bytes_max = webhooks_.options().answer_bytes_max;
  const std::string id = "msg_" + core::to_base32(delivery.message());
  request.headers = signature_headers(webhook, id, with_.now_ms(), request.body);
  request.headers.emplace_back("X-Zendesk-Webhook-Id", std::to_string(webhook.id()));
  request.headers.emplace_back("X-Zendesk-Webhook-Invocation-Id", std::to_string(delivery.id()));
  if (has_body) {
    request.headers.emplace_back("Content-Type", delivery.event().media_type().empty() ? webhook.request_format() : delivery.event().media_type());
  }
  for (auto& each : authentication_headers(webhook)) request.headers.push_back(std::move(each));
  for (const schema::WebhookHeader& each : webhook.headers()) request.headers.emplace_back(each.name(), each.value());
  co_return co_await webhooks_.means().sender->send(std::move(request));
}

core::Task<core::Result<std::size_t>> WebhookDispatcher::work(core::WorkspaceId workspace, std::uint64_t webhook, LanePtr lane) {
  for (std::size_t done = 0;; ++done) {
    const core::Result<schema::Webhook> now = webhooks_.find(workspace, webhook);
    if (!now || !now->is_active()) co_return done;
    POSTERN_CO_TRY(const std::optional<DueDelivery> claimed, claim(workspace, webhook, *lane));
    if (!claimed) co_return done;
    const Release release(*lane, claimed->ticket);
    if (!claimed->damaged.empty()) {
      POSTERN_CO_CHECK(co_await webhooks_.log().pass_over(workspace, webhook, *claimed));
      continue;
    }
    const schema::WebhookDelivery* const due = &claimed->delivery;
    WebhookReply reply = co_await send(workspace, *now, *due);
    // Whatever strangers say is looked through before it is stored (invariant 2).
    if (!reply.answer.empty()) reply.answer = webhooks_.redactor().redact_text(reply.answer, {"answer", workspace, {}}).text();
    learn(*lane, reply.is_success());
    const core::Result<DeliveryState> state = co_await webhooks_.log().note(workspace, *due, reply);
    if (!state && !(state.error() == Errc::kNotFound)) co_return state.error();
    const std::string label = reply.is_success() ? "outcome=\"ok\"" : "outcome=\"failed\"";
    core::metrics().counter("postern_webhook_requests_total", "requests to webhooks", label).add();
    if (state && *state == DeliveryState::kFailed) {
      core::log::warn("webhook.failed", {{"workspace", workspace.value}, {"webhook", webhook}, {"delivery", due->id()}});
    }
  }
}

core::Task<void> WebhookDispatcher::work_in_background(core::WorkspaceId workspace, std::uint64_t webhook, LanePtr lane) {
  struct Place {
    Lane& lane;
    std::atomic<std::size_t>& all;
    Place(Lane& the_lane, std::atomic<std::size_t>& the_all) : lane(the_lane), all(the_all) {}
    Place(const Place&) = delete;
    ~Place() {
      const std::lock_guard lock(lane.mutex);
      --lane.workers;
      --all;
    }
  };
  const Place place(*lane, workers_);
  const core::Result<std::size_t> done = co_await work(workspace, webhook, lane);
  if (!done) core::log::warn("webhook.worker_failed", {{"webhook", webhook}, {"why", done.error().describe()}});
}

core::Result<void> WebhookDispatcher::wake(boost::asio::any_io_executor executor, core::WorkspaceId workspace, std::uint64_t webhook) {
  const WebhookOptions& options = webhooks_.options();
  const LanePtr lane = lane_of(workspace, webhook);
  std::size_t more = 0;
  {
    const std::lock_guard lock(lane->mutex);
    if (lane->open_until > with_.clock.now() || lane->workers >= options.workers_per_webhook_max) return {};
    POSTERN_TRY(const std::optional<DueDelivery> due, webhooks_.log().next_due(workspace, webhook, lane->busy));
    if (!due) return {};
    const bool is_probe = lane->failures >= options.breaker_failures;
    more = is_probe ? (lane->workers == 0 ? 1 : 0) : options.workers_per_webhook_max - lane->workers;
    more = std::min(more, options.workers_max - std::min(options.workers_max, workers_.load()));
    lane->workers += more;
    workers_ += more;
  }
  for (; more > 0; --more) tasks_.spawn(executor, work_in_background(workspace, webhook, lane));
  return {};
}

core::Task<core::Result<std::size_t>> WebhookDispatcher::round(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
  POSTERN_CO_TRY(const Webhooks::List list, webhooks_.list(workspace));
  std::size_t events = 0;
  FirstFailure failure;  // of one part; the others go on
  while (!is_stopping) {
    const core::Result<std::size_t> some = co_await webhooks_.log().share_out(workspace, list);
    if (!some) failure.note(some.error());
    if (!some) break;
    events += *some;
    if (*some < webhooks_.options().events_at_once_max) break;
  }
  if (webhooks_.means().sender == nullptr) co_return failure.or_count(events);
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  for (const schema::Webhook& each : *list) {
    if (!each.is_active() || is_stopping) continue;
    const core::Result<void> woken = wake(executor, workspace, each.id());
    if (!woken) failure.note(woken.error());
  }
  co_return failure.or_count(events);
}

core::Task<core::Result<std::size_t>> WebhookDispatcher::deliver_due(core::WorkspaceId workspace) {
  POSTERN_CO_TRY(const Webhooks::List list, webhooks_.list(workspace));
  for (;;) {
    POSTERN_CO_TRY(const std::size_t some, co_await webhooks_.log().share_out(workspace, list));
    if (some < webhooks_.options().events_at_once_max) break;
  }
  std::size_t done = 0;
  for (const schema::Webhook& each : *list) {
    POSTERN_CO_TRY(const std::size_t some, co_await work(workspace, each.id(), lane_of(workspace, each.id())));
    done += some;
  }
  co_return done;
}

core::Task<void> WebhookDispatcher::stop(core::Deadline by) {
  is_stopping_ = true;
  co_await tasks_.drain(by);
}

}  // namespace postern::ticketing
