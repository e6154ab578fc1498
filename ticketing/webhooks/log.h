#pragma once
// ticketing/webhooks/log.h: deliveries: those that wait, in the order of each ticket, and those that ended, as a log.
// What is said of tickets here goes for people and organisations as well (webhook_place()). Of one ticket only the first waiting delivery to a webhook is due; the next one is when that has ended. So nothing overtakes,
// and a worker never looks at what cannot be sent.
// Thread-safety: any executor: each step is a transaction, and two that touch one ticket's queue conflict.
// Ownership: borrows the services.  Errors: Errc::kNotFound; those of the store and the vault.  Limits: WebhookOptions.
#include <set>

#include "ticketing/webhooks/webhooks.h"

namespace postern::ticketing {

// Never renumber: stored.
enum class DeliveryState : std::uint32_t { kWaiting = 1, kDelivered = 2, kFailed = 3 };
std::string_view to_string(DeliveryState state);  // "pending", "success", "failed"
std::optional<DeliveryState> parse_delivery_state(std::string_view word);

struct DueDelivery {
  schema::WebhookDelivery delivery;
  std::uint64_t ticket = 0;
  std::string damaged;  // where it stands among what is due, if it is missing or cannot be read; empty otherwise
};

class WebhookLog {
 public:
  WebhookLog(const Basics& with, const WebhookOptions& options) : with_(with), options_(options) {}

  // Moves events into deliveries to the webhooks that want them; how many events.
  core::Task<core::Result<std::size_t>> share_out(core::WorkspaceId workspace, Webhooks::List list);
  // What has been due for longest, of a ticket that is not among `busy`.
  core::Result<std::optional<DueDelivery>> next_due(core::WorkspaceId workspace, std::uint64_t webhook, const std::set<std::uint64_t>& busy) const;
  // One that is damaged is let go of; the next one of its ticket is due.
  core::Task<core::Result<void>> pass_over(core::WorkspaceId workspace, std::uint64_t webhook, DueDelivery damaged);
  // What came of an attempt: delivered, failed for good, or due again.
  core::Task<core::Result<DeliveryState>> note(core::WorkspaceId workspace, schema::WebhookDelivery sent, WebhookReply reply);

  struct Page {
    std::vector<schema::WebhookDelivery> deliveries;  // newest first
    std::uint64_t after = 0;
    bool has_more = false;
  };
  core::Result<Page> page(core::WorkspaceId workspace, std::uint64_t webhook, std::uint64_t before, std::size_t count,
                          std::optional<DeliveryState> state) const;
  core::Result<schema::WebhookDelivery> find(core::WorkspaceId workspace, std::uint64_t webhook, std::uint64_t id) const;
  core::Result<std::size_t> count_waiting(core::WorkspaceId workspace, std::uint64_t webhook, std::size_t most) const;
  // The same once more, behind what waits of its ticket.
  core::Task<core::Result<schema::WebhookDelivery>> replay(auth::Principal by, std::uint64_t webhook, std::uint64_t id);
  // Erases what ended long ago, and all of webhooks that are gone; how many.
  core::Task<core::Result<std::size_t>> prune(core::WorkspaceId workspace, Webhooks::List list);

 private:
  core::Result<void> add(storage::Transaction& transaction, core::WorkspaceId workspace, schema::WebhookDelivery& delivery);
  core::Result<void> put(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::WebhookDelivery& delivery);
  core::Result<void> share_out_one(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::WebhookEvent& event,
                                   const std::vector<schema::Webhook>& webhooks);
  core::Result<DeliveryState> note_in(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::WebhookDelivery& sent,
                                      const WebhookReply& reply);
  core::Result<void> advance(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::WebhookDelivery& ended);
  core::Result<std::size_t> prune_one(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t webhook, bool is_gone);
  template <class F, class R = std::invoke_result_t<F&, storage::Transaction&>>
  core::Task<R> transact(F change);

  const Basics& with_;
  const WebhookOptions& options_;
};

}  // namespace postern::ticketing
