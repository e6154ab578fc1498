#include "ticketing/webhooks/signing.h"

#include "core/clock.h"
#include "core/encoding.h"
#include "ticketing/webhooks/webhooks.h"

namespace postern::ticketing {

std::string signing_secret_text(const schema::WebhookSecret& secret) { return "whsec_" + core::to_base64(secret.key()); }

HeaderList signature_headers(const schema::Webhook& webhook, const std::string& id, std::int64_t at_unix_ms, const std::string& body) {
  const std::string seconds = std::to_string(at_unix_ms / 1000);
  const std::string iso = core::to_rfc3339(core::from_unix_ms(at_unix_ms));
  std::string signatures;
  std::string zendesk;
  for (const schema::WebhookSecret& each : webhook.secrets()) {
    if (each.ends_unix_ms() != 0 && each.ends_unix_ms() <= at_unix_ms) continue;
    if (!signatures.empty()) signatures += ' ';
    signatures += "v1," + core::to_base64(core::hmac_sha256(each.key(), id + "." + seconds + "." + body));
    // The key is the text itself, as Zendesk's receivers have it.
    if (zendesk.empty()) zendesk = core::to_base64(core::hmac_sha256(signing_secret_text(each), iso + body));
  }
  HeaderList out{{"webhook-id", id}, {"webhook-timestamp", seconds}};
  if (signatures.empty()) return out;
  out.emplace_back("webhook-signature", signatures);
  out.emplace_back("X-Zendesk-Webhook-Signature", zendesk);
  out.emplace_back("X-Zendesk-Webhook-Signature-Timestamp", iso);
  return out;
}

HeaderList authentication_headers(const schema::Webhook& webhook) {
  switch (static_cast<WebhookAuthentication>(webhook.authentication())) {
    case WebhookAuthentication::kNone: return {};
    case WebhookAuthentication::kBasic:
      return {{"Authorization", "Basic " + core::to_base64(webhook.auth_name() + ":" + webhook.auth_secret())}};
    case WebhookAuthentication::kBearer: return {{"Authorization", "Bearer " + webhook.auth_secret()}};
    case WebhookAuthentication::kHeader: return {{webhook.auth_name(), webhook.auth_secret()}};
  }
  return {};
}

}  // namespace postern::ticketing
