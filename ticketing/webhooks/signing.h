#pragma once
// ticketing/webhooks/signing.h: what makes a receiver sure that a request is ours and new: the headers of Standard Webhooks
// (standardwebhooks.com, version 1: webhook-id, webhook-timestamp, webhook-signature) and those that Zendesk's receivers check.
// While a secret is being replaced both sign the first; Zendesk's header has room for one signature: the current secret's.
// Thread-safety: pure.
#include <string>
#include <utility>
#include <vector>

#include "storage/schema/webhooks.pb.h"

namespace postern::ticketing {

inline constexpr std::size_t kSigningKeyBytes = 32;
using HeaderList = std::vector<std::pair<std::string, std::string>>;

// "whsec_" and base64, as libraries of Standard Webhooks take it.
std::string signing_secret_text(const schema::WebhookSecret& secret);
// `id`: the same in every attempt; `at_unix_ms` is that of the attempt.
HeaderList signature_headers(const schema::Webhook& webhook, const std::string& id, std::int64_t at_unix_ms, const std::string& body);
// Basic, bearer or a header of its own; none without authentication.
HeaderList authentication_headers(const schema::Webhook& webhook);

}  // namespace postern::ticketing
