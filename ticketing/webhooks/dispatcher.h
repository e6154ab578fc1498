#pragma once
// ticketing/webhooks/dispatcher.h: shares events out to webhooks and makes the requests: a few workers a webhook, each with one request
// of another ticket, so that a slow endpoint holds up no other and an answer that is awaited holds up no other ticket.
// An endpoint that fails several times in a row is left alone for a while (circuit breaker); then one request tries. The breaker
// lives in memory: after a restart an endpoint is tried at once.
// Thread-safety: any executor.  Ownership: owns its tasks; borrows the webhooks, which own it.
// Limits: WebhookOptions.
#include <map>
#include <mutex>
#include <set>

#include "core/task_group.h"
#include "ticketing/webhooks/webhooks.h"

namespace postern::ticketing {

struct DueDelivery;

class WebhookDispatcher {
 public:
  WebhookDispatcher(const Basics& with, Webhooks& webhooks);

  // Chore: shares out what happened, and starts workers where something is due. How many events.
  core::Task<core::Result<std::size_t>> round(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping);
  // The same on the caller's own time, until nothing is due; how many requests. For tests and commands.
  core::Task<core::Result<std::size_t>> deliver_due(core::WorkspaceId workspace);
  core::Task<WebhookReply> send(core::WorkspaceId workspace, schema::Webhook webhook, schema::WebhookDelivery delivery);
  core::Task<void> stop(core::Deadline by);

  struct Health {
    std::size_t failures = 0;           // in a row
    std::int64_t open_until_unix_ms = 0;  // nothing is sent before; 0: the breaker is closed
  };
  Health health(core::WorkspaceId workspace, std::uint64_t webhook) const;

 private:
  struct Lane {
    std::mutex mutex;
    std::set<std::uint64_t> busy;  // tickets
    std::size_t workers = 0;
    std::size_t failures = 0;
    core::Instant open_until;
    core::Duration pause = core::Duration::zero();
  };
  using LanePtr = std::shared_ptr<Lane>;
  struct Release;

  LanePtr lane_of(core::WorkspaceId workspace, std::uint64_t webhook) const;
  core::Result<std::optional<DueDelivery>> claim(core::WorkspaceId workspace, std::uint64_t webhook, Lane& lane);
  void learn(Lane& lane, bool is_success);
  core::Task<core::Result<std::size_t>> work(core::WorkspaceId workspace, std::uint64_t webhook, LanePtr lane);
  core::Task<void> work_in_background(core::WorkspaceId workspace, std::uint64_t webhook, LanePtr lane);
  core::Result<void> wake(boost::asio::any_io_executor executor, core::WorkspaceId workspace, std::uint64_t webhook);

  const Basics& with_;
  Webhooks& webhooks_;
  mutable std::mutex mutex_;  // of the map
  mutable std::map<std::pair<core::WorkspaceId, std::uint64_t>, LanePtr> lanes_;
  std::atomic<std::size_t> workers_{0};
  std::atomic<bool> is_stopping_{false};
  core::TaskGroup tasks_;
};

}  // namespace postern::ticketing
