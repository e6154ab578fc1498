#pragma once
// ticketing/webhooks/definition.h: what a webhook may be.
// Thread-safety: pure.  Errors: Errc::kInvalid with a sentence that begins with the field's name.
#include "ticketing/webhooks/webhooks.h"

namespace postern::ticketing {

core::Result<void> check_webhook(const schema::Webhook& webhook, const WebhookOptions& options);
// What the audit log shows of one: no secret, and of an endpoint only scheme, host and port: paths hold secrets.
std::vector<std::pair<std::string, std::string>> shown_of_webhook(const schema::Webhook& webhook);
// "https://hooks.example.com:8443" of "https://hooks.example.com:8443/T0/B0?x"; empty for what is no URL.
std::string origin_of_url(const std::string& url);

}  // namespace postern::ticketing
