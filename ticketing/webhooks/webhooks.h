#pragma once
// ticketing/webhooks/webhooks.h: programs of others are told what happens: each active webhook gets what it subscribed to, at least
// once, in the order in which it happened to a ticket; and what rules want to be sent.
//
//   TicketDraft::save ─► WebhookRecorder ─► event ─► WebhookDispatcher: share out ─► deliveries ─► workers ─► WebhookSender
//   a rule ─► notify() ───────────────────►  (in the transaction of the change)          └─► log, replay
//
// Thread-safety: all methods from any executor; use() before the first.  Ownership: borrows the services; the means too.
// Errors: Errc::kNotFound, Errc::kInvalid with a sentence; those of the store and the vault.
// Limits: WebhookOptions.
#include <memory>
#include <optional>

#include "core/task_group.h"
#include "pipeline/api/redacted_message.h"
#include "storage/schema/webhooks.pb.h"
#include "ticketing/definitions/definitions.h"
#include "ticketing/detail/services.h"
#include "ticketing/webhooks/options.h"
#include "ticketing/webhooks/sender.h"

namespace postern::ticketing {

class WebhookDispatcher;
class WebhookLog;
class WebhookRecorder;

// Never renumber: stored.
enum class WebhookAuthentication : std::uint32_t { kNone = 0, kBasic = 1, kBearer = 2, kHeader = 3 };

// What a rule wants to be sent, in the transaction of its change. `body` and `media_type` as the rule wrote them; without a
// body the webhook gets the ticket, as of an event "conditional_ticket_events".
struct WebhookNotice {
  core::WorkspaceId workspace;
  std::uint64_t webhook = 0;
  core::TicketId ticket;
  std::uint64_t rule = 0;
  core::UserId actor;
  std::string body;
  std::string media_type;  // empty: that of the webhook
};

class Webhooks {
 public:
  using List = Definitions<schema::Webhook>::List;
  struct Means {
    WebhookSender* sender = nullptr;  // null: deliveries wait
    WebhookBody body;
  };
  Webhooks(Services with, const pipeline::TextRedactor& redactor, WebhookOptions options = {});
  ~Webhooks();
  Webhooks(const Webhooks&) = delete;

  void use(Means means);
  const Means& means() const { return means_; }
  const pipeline::TextRedactor& redactor() const { return redactor_; }
  const WebhookOptions& options() const { return options_; }

  core::Result<List> list(core::WorkspaceId workspace) const { return definitions_.all(workspace); }
  core::Result<schema::Webhook> find(core::WorkspaceId workspace, std::uint64_t id) const { return definitions_.find(workspace, id); }
  // Gives it a signing secret.
  core::Task<core::Result<schema::Webhook>> create(auth::Principal by, schema::Webhook draft);
  core::Task<core::Result<schema::Webhook>> update(auth::Principal by, std::uint64_t id, std::function<core::Result<void>(schema::Webhook&)> edit);
  core::Task<core::Result<schema::Webhook>> erase(auth::Principal by, std::uint64_t id, Definitions<schema::Webhook>::Guard guard = {});
  // Another signing secret; the former one signs beside it for WebhookOptions::secret_overlap.
  core::Task<core::Result<schema::Webhook>> rotate_secret(auth::Principal by, std::uint64_t id);

  // Puts it into the transaction; a webhook that is gone or not active then gets nothing. Errors: kInvalid for a body that is
  // too large.
  core::Result<void> notify(storage::Transaction& transaction, WebhookNotice notice);

  // One request now, on the caller's time, that leaves no trace but what its receiver makes of it.
  core::Task<core::Result<WebhookReply>> try_out(auth::Principal by, schema::Webhook webhook, std::string body);

  WebhookRecorder& recorder() { return *recorder_; }
  WebhookLog& log() { return *log_; }
  WebhookDispatcher& dispatcher() { return *dispatcher_; }
  // Chore: erases what the log no longer keeps; how many.
  core::Task<core::Result<std::size_t>> prune(core::WorkspaceId workspace);
  core::Task<void> stop(core::Deadline by);

 private:
  Services with_;
  const pipeline::TextRedactor& redactor_;
  const WebhookOptions options_;
  Means means_;
  Definitions<schema::Webhook> definitions_;
  std::unique_ptr<WebhookRecorder> recorder_;
  std::unique_ptr<WebhookLog> log_;
  std::unique_ptr<WebhookDispatcher> dispatcher_;
};

// The words of its subscriptions; ones like "zen:event-type:ticket.created" mean what is behind the second colon.
std::vector<std::string> webhook_event_words();
// "ticket.created" for each of its spellings; empty for a word that there is not.
std::string webhook_event_of(std::string_view word);
// The one field that an event of this kind is about, "status" of "ticket.status_changed"; empty: none, or several.
std::string_view webhook_field_of(std::string_view kind);
// The custom field that a change in an event is about; 0: none.
std::uint64_t webhook_custom_field(std::string_view field);
inline constexpr std::string_view kConditionalEvents = "conditional_ticket_events";  // for rules: notify()

}  // namespace postern::ticketing
