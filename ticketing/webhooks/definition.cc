#include "ticketing/webhooks/definition.h"

#include <algorithm>
#include <array>

#include "core/clock.h"
#include "core/encoding.h"

namespace postern::ticketing {
namespace {

constexpr std::array<std::string_view, 5> kMethods{"GET", "POST", "PUT", "PATCH", "DELETE"};
constexpr std::array<std::string_view, 3> kFormats{"application/json", "application/xml", "application/x-www-form-urlencoded"};
// Ours, and those that say how a message is framed or where it goes.
constexpr std::array<std::string_view, 13> kOwnHeaders{"host",           "content-length",    "content-type", "transfer-encoding", "connection",
                                                       "te",             "trailer",           "upgrade",      "expect",            "user-agent",
                                                       "webhook-id",     "webhook-timestamp", "webhook-signature"};
constexpr std::string_view kOwnPrefix = "x-zendesk-webhook";

bool is_graphic(std::string_view text, bool with_blank) {
  return std::ranges::all_of(text, [with_blank](unsigned char c) { return (c > ' ' && c < 0x7F) || (with_blank && (c == ' ' || c == '\t')); });
}

// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) {
  static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || kMarks.find(c) != std::string_view::npos;
  });
}

bool is_own_header(std::string_view name) {
  const std::string lower = core::to_lower_ascii(name);
  return lower.starts_with(kOwnPrefix) || std::ranges::find(kOwnHeaders, lower) != kOwnHeaders.end();
}

core::Error wrong(const char* why) { return core::fail(Errc::kInvalid, why); }

core::Result<void> check_headers(const schema::Webhook& webhook, const WebhookOptions& options) {
  if (static_cast<std::size_t>(webhook.headers_size()) > options.headers_max) return wrong("custom_headers: too many");
  for (const schema::WebhookHeader& each : webhook.headers()) {
    if (!is_token(each.name()) || is_own_header(each.name())) return wrong("custom_headers: a name that cannot be set");
    if (core::equals_ignoring_case(each.name(), "authorization")) return wrong("custom_headers: use authentication, whose secrets are not shown");
    if (!is_graphic(each.value(), true)) return wrong("custom_headers: visible ASCII characters only");
    if (each.name().size() + each.value().size() > options.header_bytes_max) return wrong("custom_headers: too long");
  }
  return {};
}

core::Result<void> check_authentication(const schema::Webhook& webhook, const WebhookOptions& options) {
  const auto kind = static_cast<WebhookAuthentication>(webhook.authentication());
  if (kind > WebhookAuthentication::kHeader) return wrong("authentication: basic_auth, bearer_token or api_key");
  if (kind == WebhookAuthentication::kNone) return {};
  if (webhook.auth_secret().empty()) return wrong("authentication: has no secret");
  if (webhook.auth_name().size() + webhook.auth_secret().size() > options.secret_bytes_max) return wrong("authentication: too long");
  const bool is_basic = kind == WebhookAuthentication::kBasic;
  if (is_basic && webhook.auth_name().find(':') != std::string::npos) return wrong("authentication: a user name has no colon");
  if (!is_basic && !is_graphic(webhook.auth_secret(), true)) return wrong("authentication: visible ASCII characters only");
  const bool is_header = kind == WebhookAuthentication::kHeader;
  if (is_header && (!is_token(webhook.auth_name()) || is_own_header(webhook.auth_name()))) return wrong("authentication: a header's name that cannot be set");
  return {};
}

}  // namespace

std::string origin_of_url(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return {};
  return url.substr(0, std::min(url.find_first_of("/?#", scheme + 3), url.size()));
}

core::Result<void> check_webhook(const schema::Webhook& webhook, const WebhookOptions& options) {
  if (webhook.title().empty() || webhook.title().size() > options.title_bytes_max) return wrong("name: empty or too long");
  if (webhook.description().size() > options.description_bytes_max) return wrong("description: too long");
  const std::string& url = webhook.endpoint();
  if (url.size() > options.endpoint_bytes_max || !is_graphic(url, false)) return wrong("endpoint: too long, or not visible ASCII characters");
  if (!url.starts_with("https://") && !url.starts_with("http://")) return wrong("endpoint: begins with https://");
  if (origin_of_url(url).find('@') != std::string::npos) return wrong("endpoint: user names and passwords belong into authentication");
  if (std::ranges::find(kMethods, webhook.http_method()) == kMethods.end()) return wrong("http_method: GET, POST, PUT, PATCH or DELETE");
  if (std::ranges::find(kFormats, webhook.request_format()) == kFormats.end()) return wrong("request_format: json, xml or form_encoded");
  if (static_cast<std::size_t>(webhook.subscriptions_size()) > options.subscriptions_max) return wrong("subscriptions: too many");
  bool is_conditional = false;
  for (const std::string& each : webhook.subscriptions()) {
    if (webhook_event_of(each).empty()) return wrong("subscriptions: an event that there is not");
    is_conditional = is_conditional || each == kConditionalEvents;
  }
  const bool has_others = webhook.subscriptions_size() > (is_conditional ? 1 : 0);
  if (has_others && (webhook.http_method() != "POST" || webhook.request_format() != "application/json")) {
    return wrong("subscriptions: events are sent by POST as json; other methods are for conditional_ticket_events");
  }
  POSTERN_CHECK(check_headers(webhook, options));
  return check_authentication(webhook, options);
}

std::vector<std::pair<std::string, std::string>> shown_of_webhook(const schema::Webhook& webhook) {
  std::string subscriptions;
  for (const std::string& each : webhook.subscriptions()) subscriptions += (subscriptions.empty() ? "" : " ") + each;
  std::string headers;
  for (const schema::WebhookHeader& each : webhook.headers()) headers += (headers.empty() ? "" : " ") + each.name();
  // Whether it is another one, not which.
  const std::string url = origin_of_url(webhook.endpoint()) + " #" + core::to_hex(core::sha256(webhook.endpoint())).substr(0, 8);
  const std::string made = webhook.secrets_size() == 0 ? "" : core::to_rfc3339(core::from_unix_ms(webhook.secrets(0).made_unix_ms()));
  return {{"name", webhook.title()},
          {"status", webhook.is_active() ? "active" : "inactive"},
          {"endpoint", url},
          {"http_method", webhook.http_method()},
          {"request_format", webhook.request_format()},
          {"subscriptions", subscriptions},
          {"custom_headers", headers},
          {"authentication", std::to_string(webhook.authentication())},
          {"signing_secret", made}};
}

}  // namespace postern::ticketing
