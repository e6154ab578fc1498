#include "ticketing/webhooks/webhooks.h"

#include "core/random.h"
#include "ticketing/webhooks/definition.h"
#include "ticketing/webhooks/dispatcher.h"
#include "ticketing/webhooks/log.h"
#include "ticketing/webhooks/recorder.h"
#include "ticketing/webhooks/signing.h"

namespace postern::ticketing {
namespace {

Definitions<schema::Webhook>::Kind kind_of(const WebhookOptions& options) {
  Definitions<schema::Webhook>::Kind out;
  out.kind = DefinitionKind::kWebhook;
  out.word = "webhook";
  out.limits.count_max = options.webhooks_max;
  out.check = [options](const schema::Webhook& changed, const std::vector<schema::Webhook>&) { return check_webhook(changed, options); };
  out.shown = shown_of_webhook;
  return out;
}

void add_secret(schema::Webhook& webhook, std::int64_t now, std::chrono::hours overlap) {
  schema::Webhook before = webhook;
  webhook.clear_secrets();
  auto* made = webhook.add_secrets();
  made->set_key(core::random_bytes(kSigningKeyBytes));
  made->set_made_unix_ms(now);
  if (before.secrets_size() == 0) return;
  *webhook.add_secrets() = before.secrets(0);
  webhook.mutable_secrets(1)->set_ends_unix_ms(now + std::chrono::duration_cast<std::chrono::milliseconds>(overlap).count());
}

}  // namespace

Webhooks::Webhooks(Services with, const pipeline::TextRedactor& redactor, WebhookOptions options)
    : with_(with),
      redactor_(redactor),
      options_(options),
      definitions_(with.store, with.vault, with.ids, with.clock, kind_of(options)),
      recorder_(std::make_unique<WebhookRecorder>(definitions_, with_)),
      log_(std::make_unique<WebhookLog>(with_, options_)),
      dispatcher_(std::make_unique<WebhookDispatcher>(with_, *this)) {}

Webhooks::~Webhooks() = default;

void Webhooks::use(Means means) { means_ = std::move(means); }

core::Task<core::Result<schema::Webhook>> Webhooks::create(auth::Principal by, schema::Webhook draft) {
  draft.set_created_by(by.user.value);
  add_secret(draft, with_.now_ms(), options_.secret_overlap);
  co_return co_await definitions_.create(std::move(by), std::move(draft));
}

core::Task<core::Result<schema::Webhook>> Webhooks::update(auth::Principal by, std::uint64_t id,
                                                           std::function<core::Result<void>(schema::Webhook&)> edit) {
  co_return co_await definitions_.update(std::move(by), id, std::move(edit));
}

core::Task<core::Result<schema::Webhook>> Webhooks::erase(auth::Principal by, std::uint64_t id, Definitions<schema::Webhook>::Guard guard) {
  co_return co_await definitions_.erase(std::move(by), id, false, std::move(guard));
}

core::Task<core::Result<schema::Webhook>> Webhooks::rotate_secret(auth::Principal by, std::uint64_t id) {
  std::function<core::Result<void>(schema::Webhook&)> edit = [this](schema::Webhook& webhook) -> core::Result<void> {
    add_secret(webhook, with_.now_ms(), options_.secret_overlap);
    return {};
  };
  co_return co_await definitions_.update(std::move(by), id, std::move(edit));
}

core::Result<void> Webhooks::notify(storage::Transaction& transaction, WebhookNotice notice) {
  if (notice.body.size() > options_.body_bytes_max) return core::fail(Errc::kInvalid, "webhook body: too large");
  schema::WebhookEvent event;
  event.set_ticket(notice.ticket.value);
  event.set_actor(notice.actor.value);
  event.set_via("rule");
  event.add_kinds(std::string(kConditionalEvents));
  event.set_webhook(notice.webhook);
  event.set_rule(notice.rule);
  event.set_body(std::move(notice.body));
  event.set_media_type(std::move(notice.media_type));
  return recorder_->put(transaction, notice.workspace, std::move(event));
}

core::Task<core::Result<WebhookReply>> Webhooks::try_out(auth::Principal by, schema::Webhook webhook, std::string body) {
  if (body.size() > options_.body_bytes_max) co_return core::fail(Errc::kInvalid, "request: too large");
  POSTERN_CO_CHECK(check_webhook(webhook, options_));
  schema::WebhookDelivery delivery;
  delivery.set_id(with_.ids.next());
  delivery.set_message(delivery.id());
  delivery.set_webhook(webhook.id());
  delivery.set_kind("webhook.test");
  delivery.mutable_event()->set_at_unix_ms(with_.now_ms());
  delivery.mutable_event()->set_actor(by.user.value);
  delivery.mutable_event()->set_body(std::move(body));
  co_return co_await dispatcher_->send(by.workspace, std::move(webhook), std::move(delivery));
}

core::Task<core::Result<std::size_t>> Webhooks::prune(core::WorkspaceId workspace) {
  POSTERN_CO_TRY(const List all, list(workspace));
  co_return co_await log_->prune(workspace, all);
}

core::Task<void> Webhooks::stop(core::Deadline by) { co_await dispatcher_->stop(by); }

}  // namespace postern::ticketing
