// Routes of webhooks and their schemas.
#include "web/api/desk/tables.h"
#include "web/api/desk/webhook_handlers.h"
#include "web/api/route_words.h"

namespace postern::web {
namespace {

using auth::Permission;
using route_words::audited;
using route_words::change;
using route_words::costly;
using route_words::freshly;
using route_words::get;
using route_words::speaks;
using route_words::versioned;
using Need = SchemaField::Need;
using Type = FieldType;

constexpr auto kManage = Permission::kSettingsManage;

constexpr Route kRoutes[] = {
    speaks(get("/api/v2/webhooks", kManage, api::list_webhooks, "Webhooks", "filter[name_contains],filter[status],page[size],page[after]"), "WebhooksAnswer"),
    speaks(change(Verb::kPost, "/api/v2/webhooks", kManage, Body::kJson, api::create_webhook,
                  "Send what happens to a program; the answer holds the signing secret"),
           "WebhookAnswer", "WebhookBody"),
    audited(costly(speaks(change(Verb::kPost, "/api/v2/webhooks/test", kManage, Body::kJson, api::test_webhook,
                                 "Make one request now, as a webhook or as one to be would", "webhook_id"),
                          "WebhookTestAnswer", "WebhookTestBody")),
            "webhook.tested"),
    speaks(get("/api/v2/webhooks/{id}", kManage, api::show_webhook, "One webhook"), "WebhookAnswer"),
    speaks(versioned(change(Verb::kPut, "/api/v2/webhooks/{id}", kManage, Body::kJson, api::update_webhook, "Change it: what is named")), "WebhookAnswer", "WebhookBody"),
    speaks(versioned(change(Verb::kPatch, "/api/v2/webhooks/{id}", kManage, Body::kJson, api::update_webhook, "The same")), "WebhookAnswer", "WebhookBody"),
    versioned(change(Verb::kDelete, "/api/v2/webhooks/{id}", kManage, Body::kNone, api::delete_webhook, "End it, with its log")),
    audited(speaks(freshly(get("/api/v2/webhooks/{id}/signing_secret", kManage, api::show_signing_secret, "Its signing secret")), "SigningSecretAnswer"),
            "webhook.secret_read"),
    speaks(freshly(change(Verb::kPost, "/api/v2/webhooks/{id}/signing_secret", kManage, Body::kNone, api::rotate_signing_secret,
                          "Another signing secret; for a day the former one signs too")),
           "SigningSecretAnswer"),
    speaks(get("/api/v2/webhooks/{id}/invocations", kManage, api::list_webhook_invocations, "What was sent, newest first", "filter[status],page[size],page[after]"),
           "WebhookInvocationsAnswer"),
    speaks(get("/api/v2/webhooks/{id}/invocations/{invocation_id}", kManage, api::show_webhook_invocation, "One delivery"), "WebhookInvocationAnswer"),
    speaks(get("/api/v2/webhooks/{id}/invocations/{invocation_id}/attempts", kManage, api::list_webhook_attempts, "Its requests and what came back"),
           "WebhookAttemptsAnswer"),
    speaks(change(Verb::kPost, "/api/v2/webhooks/{id}/invocations/{invocation_id}/replay", kManage, Body::kNone, api::replay_webhook_invocation,
                  "Send it once more, with the same webhook-id"),
           "WebhookInvocationAnswer"),
};

constexpr std::string_view kMethods = "GET,POST,PUT,PATCH,DELETE";
constexpr std::string_view kFormats = "json,xml,form_encoded";
constexpr std::string_view kStates = "active,inactive";
constexpr SchemaField kPageMeta[] = {{"has_more", Type::kFlag, {}}, {"after_cursor", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kPageLinks[] = {{"next", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kSecrets[] = {{"username", Type::kText, {}}, {"password", Type::kText, {}}, {"token", Type::kText, {}}, {"name", Type::kText, {}}, {"value", Type::kText, {}}};
constexpr SchemaField kAuthentication[] = {{"type", Type::kText, "basic_auth,bearer_token,api_key", Need::kRequired},
                                           {"data", Type::kObject, "WebhookAuthenticationData"},
                                           {"add_position", Type::kText, "header"}};
constexpr SchemaField kWrite[] = {{"name", Type::kText, {}},
                                  {"description", Type::kText, {}},
                                  {"endpoint", Type::kText, {}},
                                  {"http_method", Type::kText, kMethods},
                                  {"request_format", Type::kText, kFormats},
                                  {"status", Type::kText, kStates},
                                  {"subscriptions", Type::kTexts, {}},
                                  {"custom_headers", Type::kObject, "WebhookHeaders"},
                                  {"authentication", Type::kObject, "WebhookAuthentication", Need::kNullable}};
constexpr SchemaField kBody[] = {{"webhook", Type::kObject, "WebhookWrite", Need::kRequired}};
constexpr SchemaField kHealth[] = {{"pending", Type::kInteger, {}}, {"failures_in_a_row", Type::kInteger, {}}, {"paused_until", Type::kTime, {}, Need::kNullable}};
constexpr SchemaField kSecret[] = {{"algorithm", Type::kText, "SHA256"}, {"secret", Type::kText, {}, Need::kNullable}, {"previous_expires_at", Type::kTime, {}, Need::kNullable}};
constexpr SchemaField kWebhook[] = {{"id", Type::kInteger, {}},
                                    {"name", Type::kText, {}},
                                    {"description", Type::kText, {}},
                                    {"endpoint", Type::kText, {}},
                                    {"http_method", Type::kText, kMethods},
                                    {"request_format", Type::kText, kFormats},
                                    {"status", Type::kText, kStates},
                                    {"subscriptions", Type::kTexts, {}},
                                    {"custom_headers", Type::kObject, "WebhookHeaders"},
                                    {"authentication", Type::kObject, "WebhookAuthentication", Need::kNullable},
                                    {"delivery", Type::kObject, "WebhookHealth"},
                                    {"signing_secret", Type::kObject, "SigningSecret"},
                                    {"created_at", Type::kTime, {}},
                                    {"created_by", Type::kText, {}},
                                    {"updated_at", Type::kTime, {}}};
constexpr SchemaField kAnswer[] = {{"webhook", Type::kObject, "Webhook"}};
constexpr SchemaField kListAnswer[] = {{"webhooks", Type::kObjects, "Webhook"}, {"meta", Type::kObject, "WebhookPageMeta"}, {"links", Type::kObject, "WebhookPageLinks"}};
constexpr SchemaField kSecretAnswer[] = {{"signing_secret", Type::kObject, "SigningSecret"}};
constexpr SchemaField kTestRequest[] = {{"endpoint", Type::kText, {}},
                                        {"http_method", Type::kText, kMethods},
                                        {"request_format", Type::kText, kFormats},
                                        {"payload", Type::kText, {}},
                                        {"custom_headers", Type::kObject, "WebhookHeaders"},
                                        {"authentication", Type::kObject, "WebhookAuthentication", Need::kNullable}};
constexpr SchemaField kTestBody[] = {{"request", Type::kObject, "WebhookTestRequest", Need::kRequired}};
constexpr SchemaField kTestReply[] = {{"status", Type::kInteger, {}, Need::kNullable},
                                      {"payload", Type::kText, {}, Need::kNullable},
                                      {"problem", Type::kText, {}, Need::kNullable},
                                      {"took_ms", Type::kInteger, {}}};
constexpr SchemaField kTestAnswer[] = {{"response", Type::kObject, "WebhookTestReply"}};
constexpr SchemaField kInvocation[] = {{"id", Type::kInteger, {}},
                                       {"webhook_id", Type::kInteger, {}},
                                       {"message_id", Type::kText, {}},
                                       {"event_type", Type::kText, {}},
                                       {"ticket_id", Type::kInteger, {}, Need::kNullable},
                                       {"user_id", Type::kInteger, {}, Need::kNullable},
                                       {"organization_id", Type::kInteger, {}, Need::kNullable},
                                       {"status", Type::kText, "pending,success,failed"},
                                       {"status_code", Type::kInteger, {}, Need::kNullable},
                                       {"problem", Type::kText, {}, Need::kNullable},
                                       {"attempts", Type::kInteger, {}},
                                       {"created_at", Type::kTime, {}},
                                       {"next_attempt_at", Type::kTime, {}, Need::kNullable},
                                       {"latest_completed_at", Type::kTime, {}, Need::kNullable}};
constexpr SchemaField kInvocationAnswer[] = {{"invocation", Type::kObject, "WebhookInvocation"}};
constexpr SchemaField kInvocationsAnswer[] = {{"invocations", Type::kObjects, "WebhookInvocation"},
                                              {"meta", Type::kObject, "WebhookPageMeta"},
                                              {"links", Type::kObject, "WebhookPageLinks"}};
constexpr SchemaField kAttempt[] = {{"id", Type::kInteger, {}},
                                    {"invocation_id", Type::kInteger, {}},
                                    {"completed_at", Type::kTime, {}},
                                    {"took_ms", Type::kInteger, {}},
                                    {"status_code", Type::kInteger, {}, Need::kNullable},
                                    {"problem", Type::kText, {}, Need::kNullable},
                                    {"response_payload", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kAttemptsAnswer[] = {{"attempts", Type::kObjects, "WebhookAttempt"}};

constexpr Schema kSchemas[] = {{"WebhookPageMeta", kPageMeta},
                               {"WebhookPageLinks", kPageLinks},
                               {"WebhookHeaders", {}},
                               {"WebhookAuthenticationData", kSecrets},
                               {"WebhookAuthentication", kAuthentication},
                               {"WebhookWrite", kWrite},
                               {"WebhookBody", kBody},
                               {"WebhookHealth", kHealth},
                               {"SigningSecret", kSecret},
                               {"Webhook", kWebhook},
                               {"WebhookAnswer", kAnswer},
                               {"WebhooksAnswer", kListAnswer},
                               {"SigningSecretAnswer", kSecretAnswer},
                               {"WebhookTestRequest", kTestRequest},
                               {"WebhookTestBody", kTestBody},
                               {"WebhookTestReply", kTestReply},
                               {"WebhookTestAnswer", kTestAnswer},
                               {"WebhookInvocation", kInvocation},
                               {"WebhookInvocationAnswer", kInvocationAnswer},
                               {"WebhookInvocationsAnswer", kInvocationsAnswer},
                               {"WebhookAttempt", kAttempt},
                               {"WebhookAttemptsAnswer", kAttemptsAnswer}};

}  // namespace

std::span<const Route> webhook_routes() { return kRoutes; }
std::span<const Schema> webhook_schemas() { return kSchemas; }

}  // namespace postern::web
