// Webhooks: what they are, their signing secrets, a try.
#include "core/encoding.h"
#include "ticketing/errc.h"
#include "ticketing/webhooks/definition.h"
#include "ticketing/webhooks/dispatcher.h"
#include "ticketing/webhooks/signing.h"
#include "web/api/desk/definition_version.h"
#include "web/api/desk/webhook_handlers.h"
#include "web/api/schemas.h"

namespace postern::web::api {
namespace {

using schema::Webhook;
using ticketing::Webhooks;
using Kind = ticketing::WebhookAuthentication;

struct Word {
  const char* word;
  const char* stored;
};
constexpr std::array kFormats{Word{"json", "application/json"}, Word{"xml", "application/xml"}, Word{"form_encoded", "application/x-www-form-urlencoded"}};
constexpr std::array<const char*, 4> kAuthWords{"", "basic_auth", "bearer_token", "api_key"};

json::object authentication_json(const Webhook& webhook) {
  // What it is, never what it says.
  return {{"type", kAuthWords.at(webhook.authentication())}, {"add_position", "header"}};
}

json::object webhook_json(const Webhook& webhook, Webhooks& webhooks, core::WorkspaceId workspace) {
  constexpr std::size_t kWaitingShownMax = 1000;
  json::object out;
  out["id"] = webhook.id();
  out["name"] = webhook.title();
  out["description"] = webhook.description();
  out["endpoint"] = webhook.endpoint();
  out["http_method"] = webhook.http_method();
  for (const Word& each : kFormats) {
    if (webhook.request_format() == each.stored) out["request_format"] = each.word;
  }
  out["status"] = webhook.is_active() ? "active" : "inactive";
  json::array subscriptions;
  for (const std::string& each : webhook.subscriptions()) subscriptions.emplace_back(each);
  out["subscriptions"] = std::move(subscriptions);
  json::object headers;
  for (const schema::WebhookHeader& each : webhook.headers()) headers[each.name()] = each.value();
  out["custom_headers"] = std::move(headers);
  out["authentication"] = webhook.authentication() == 0 ? json::value() : json::value(authentication_json(webhook));
  const auto health = webhooks.dispatcher().health(workspace, webhook.id());
  const core::Result<std::size_t> waiting = webhooks.log().count_waiting(workspace, webhook.id(), kWaitingShownMax);
  out["delivery"] = json::object{{"pending", waiting ? *waiting : 0},
                                 {"failures_in_a_row", health.failures},
                                 {"paused_until", health.open_until_unix_ms == 0 ? json::value() : json::value(timestamp(health.open_until_unix_ms))}};
  out["created_at"] = timestamp(webhook.created_unix_ms());
  out["created_by"] = std::to_string(webhook.created_by());
  out["updated_at"] = timestamp(webhook.updated_unix_ms());
  return out;
}

void read_format(Form& form, Webhook& into) {
  const std::optional<std::string> word = form.text("request_format", 64);
  if (!word) return;
  for (const Word& each : kFormats) {
    if (*word != each.word) continue;
    into.set_request_format(each.stored);
    return;
  }
  form.refuse("request_format", "InvalidValue", "json, xml or form_encoded");
}

void read_status(Form& form, Webhook& into) {
  const std::optional<std::string> word = form.text("status", 16);
  if (!word) return;
  if (*word != "active" && *word != "inactive") form.refuse("status", "InvalidValue", "active or inactive");
  into.set_is_active(*word == "active");
}

void read_headers(Form& form, Webhook& into, const ticketing::WebhookOptions& limits) {
  if (!form.has("custom_headers")) return;
  const json::object headers = form.object("custom_headers");
  into.clear_headers();
  for (const auto& [name, value] : headers) {
    if (!value.is_string() || value.as_string().size() > limits.header_bytes_max || headers.size() > limits.headers_max) {
      form.refuse("custom_headers", "InvalidValue", "too many, too long, or not texts");
      return;
    }
    auto* header = into.add_headers();
    header->set_name(std::string(name));
    header->set_value(std::string(value.as_string()));
  }
}

// null takes it away; absent leaves it as it is.
void read_authentication(Form& form, const json::object& from, Webhook& into, const ticketing::WebhookOptions& limits) {
  const json::value* given = from.if_contains("authentication");
  if (given == nullptr) return;
  into.set_authentication(0);
  into.clear_auth_name();
  into.clear_auth_secret();
  if (given->is_null()) return;
  const json::object object = form.object("authentication");
  Form inner(object, "webhook.authentication");
  const std::string type = inner.required_text("type", 32);
  const json::object values = inner.object("data");
  Form data(values, "webhook.authentication.data");
  const std::size_t most = limits.secret_bytes_max;
  if (type == "basic_auth") {
    into.set_authentication(static_cast<std::uint32_t>(Kind::kBasic));
    into.set_auth_name(data.required_text("username", most));
    into.set_auth_secret(data.required_text("password", most));
  } else if (type == "bearer_token") {
    into.set_authentication(static_cast<std::uint32_t>(Kind::kBearer));
    into.set_auth_secret(data.required_text("token", most));
  } else if (type == "api_key") {
    into.set_authentication(static_cast<std::uint32_t>(Kind::kHeader));
    into.set_auth_name(data.required_text("name", most));
    into.set_auth_secret(data.required_text("value", most));
  } else {
    inner.refuse("type", "InvalidValue", "basic_auth, bearer_token or api_key");
  }
  form.adopt(inner);
  form.adopt(data);
}

// What the request says, over what `into` has.
void read_webhook(Form& form, const json::object& from, Webhook& into, Request& request, Context& context, const Webhooks& webhooks) {
  const ticketing::WebhookOptions& limits = webhooks.options();
  const core::WorkspaceId workspace = request.who().workspace;
  const auto clean = [&](std::string text) { return context.services.redactor.redact_text(text, {"webhook", workspace, {}}).text(); };
  if (auto text = form.text("name", limits.title_bytes_max)) into.set_title(clean(std::move(*text)));
  if (auto text = form.text("description", limits.description_bytes_max)) into.set_description(clean(std::move(*text)));
  if (auto text = form.text("endpoint", limits.endpoint_bytes_max)) {
    // A URL that redaction would change would be another one: it is refused, not stored.
    if (clean(*text) != *text) form.refuse("endpoint", "InvalidValue", "holds what may not be stored");
    const std::string wrong = webhooks.means().sender == nullptr ? std::string() : webhooks.means().sender->complaint(*text);
    if (!wrong.empty()) form.refuse("endpoint", "InvalidValue", wrong);
    into.set_endpoint(std::move(*text));
  }
  if (auto text = form.text("http_method", 16)) into.set_http_method(std::move(*text));
  read_format(form, into);
  read_status(form, into);
  if (form.has("subscriptions")) {
    into.clear_subscriptions();
    for (std::string& each : form.texts("subscriptions", limits.subscriptions_max, 100)) {
      if (ticketing::webhook_event_of(each).empty()) form.refuse("subscriptions", "InvalidValue", "there is no event " + std::string(cut_text(each, 64)));
      into.add_subscriptions(std::move(each));
    }
  }
  read_headers(form, into, limits);
  for (const schema::WebhookHeader& each : into.headers()) {
    // Redacted it would not say what its receiver expects; secrets belong into `authentication`.
    if (clean(each.name()) != each.name() || clean(each.value()) != each.value()) form.refuse("custom_headers", "InvalidValue", "holds what may not be stored");
  }
  read_authentication(form, from, into, limits);
}

json::object secret_json(const Webhook& webhook, std::int64_t now) {
  json::object out;
  out["algorithm"] = "SHA256";
  out["secret"] = webhook.secrets_size() > 0 ? json::value(ticketing::signing_secret_text(webhook.secrets(0))) : json::value();
  out["previous_expires_at"] = nullptr;
  if (webhook.secrets_size() > 1 && webhook.secrets(1).ends_unix_ms() > now) out["previous_expires_at"] = timestamp(webhook.secrets(1).ends_unix_ms());
  return out;
}

std::int64_t now_ms(Context& context) { return core::to_unix_ms(context.services.clock.wall_now()); }

}  // namespace

core::Result<Webhooks*> webhooks_of(Context& context) {
  if (context.services.desk == nullptr) return core::fail(Errc::kNotFound);
  return &context.services.desk->webhooks();
}

Answer list_webhooks(Request& request, Context& context) {
  POSTERN_CO_TRY(Webhooks* const webhooks, webhooks_of(context));
  POSTERN_CO_TRY(const NumberPage page, read_number_page(request, context.options));
  POSTERN_CO_TRY(const Webhooks::List all, webhooks->list(request.who().workspace));
  const std::string part = core::to_lower_ascii(request.query_value("filter[name_contains]").value_or(std::string_view()));
  const std::string_view status = request.query_value("filter[status]").value_or(std::string_view());
  json::array list;
  bool is_behind = page.after == 0;
  std::uint64_t last = 0;
  bool has_more = false;
  for (const Webhook& each : *all) {
    const bool fits = core::to_lower_ascii(each.title()).find(part) != std::string::npos && (status.empty() || (status == "active") == each.is_active());
    if (is_behind && fits) {
      has_more = list.size() == page.size;
      if (has_more) break;
      list.push_back(webhook_json(each, *webhooks, request.who().workspace));
      last = each.id();
    }
    is_behind = is_behind || each.id() == page.after;
  }
  json::object out;
  out["webhooks"] = std::move(list);
  add_page(out, request, has_more, last == 0 ? std::string() : std::to_string(last), page.size);
  co_return json_response(200, out);
}

Answer create_webhook(Request& request, Context& context) {
  POSTERN_CO_TRY(Webhooks* const webhooks, webhooks_of(context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("webhook");
  Form form(object, "webhook");
  refuse_others(outer, body, "WebhookBody");
  refuse_others(form, object, "WebhookWrite");
  Webhook draft;
  draft.set_is_active(true);
  draft.set_http_method("POST");
  draft.set_request_format("application/json");
  for (const char* needed : {"name", "endpoint"}) (void)form.required_text(needed, context.options.json_bytes_max);
  read_webhook(form, object, draft, request, context, *webhooks);
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_TRY(const Webhook made, co_await webhooks->create(request.who(), std::move(draft)));
  json::object out;
  json::object shown = webhook_json(made, *webhooks, request.who().workspace);
  shown["signing_secret"] = secret_json(made, now_ms(context));
  out["webhook"] = std::move(shown);
  Response response = json_response(201, out);
  response.set("Location", "/api/v2/webhooks/" + std::to_string(made.id()));
  response.set("ETag", definition_etag(made));
  json::object again;
  again["webhook"] = webhook_json(made, *webhooks, request.who().workspace);
  response.short_body = json::serialize(again);
  response.set("Cache-Control", "no-store");  // it holds the secret
  co_return response;
}

Answer show_webhook(Request& request, Context& context) {
  POSTERN_CO_TRY(Webhooks* const webhooks, webhooks_of(context));
  POSTERN_CO_TRY(const Webhook found, webhooks->find(request.who().workspace, read_number(request.param("id")).value()));
  json::object out;
  out["webhook"] = webhook_json(found, *webhooks, request.who().workspace);
  Response response = json_response(200, out);
  response.set("ETag", definition_etag(found));
  co_return response;
}

// PUT and PATCH alike: what is not named stays as it is, so that no client loses a secret that it was never shown.
Answer update_webhook(Request& request, Context& context) {
  POSTERN_CO_TRY(Webhooks* const webhooks, webhooks_of(context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("webhook");
  Form form(object, "webhook");
  refuse_others(outer, body, "WebhookBody");
  refuse_others(form, object, "WebhookWrite");
  Webhook probe;
  read_webhook(form, object, probe, request, context, *webhooks);
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  IfMatch match(request);
  const auto shape = [&](const Webhook& webhook) { return webhook_json(webhook, *webhooks, request.who().workspace); };
  std::function<core::Result<void>(Webhook&)> edit = [&](Webhook& webhook) -> core::Result<void> {
    POSTERN_CHECK(match.check(webhook, shape));
    const std::string former = ticketing::origin_of_url(webhook.endpoint());
    Form again(object, "webhook");
    read_webhook(again, object, webhook, request, context, *webhooks);
    // A secret that nobody is shown is not sent to another host either.
    const bool moves = ticketing::origin_of_url(webhook.endpoint()) != former;
    if (moves && webhook.authentication() != 0 && !object.contains("authentication")) {
      return core::fail(ticketing::Errc::kInvalid, "authentication: give it anew, or null, with another endpoint");
    }
    return {};
  };
  const std::uint64_t id = read_number(request.param("id")).value();
  const core::Result<Webhook> changed = co_await webhooks->update(request.who(), id, std::move(edit));
  if (auto refused = match.refusal()) co_return *std::move(refused);
  if (!changed) co_return changed.error();
  json::object out;
  out["webhook"] = shape(*changed);
  Response response = json_response(200, out);
  response.set("ETag", definition_etag(*changed));
  co_return response;
}

Answer delete_webhook(Request& request, Context& context) {
  POSTERN_CO_TRY(Webhooks* const webhooks, webhooks_of(context));
  IfMatch match(request);
  const auto shape = [webhooks, workspace = request.who().workspace](const Webhook& webhook) { return webhook_json(webhook, *webhooks, workspace); };
  const auto erased = co_await webhooks->erase(request.who(), read_number(request.param("id")).value(), match.guard<Webhook>(shape));
  co_return match.removed(erased);
}

Answer test_webhook(Request& request, Context& context) {
  POSTERN_CO_TRY(Webhooks* const webhooks, webhooks_of(context));
  POSTERN_CO_TRY(const std::uint64_t id, query_number(request, "webhook_id", 0));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("request");
  Form form(object, "request");
  refuse_others(outer, body, "WebhookTestBody");
  refuse_others(form, object, "WebhookTestRequest");
  Webhook webhook;
  webhook.set_title("test");
  webhook.set_http_method("POST");
  webhook.set_request_format("application/json");
  if (id != 0) {
    POSTERN_CO_TRY(webhook, webhooks->find(request.who().workspace, id));
    // Its secrets go where it goes, and nowhere else: another endpoint is tried without them.
    if (const auto other = form.text("endpoint", webhooks->options().endpoint_bytes_max); other && *other != webhook.endpoint()) {
      webhook.clear_secrets();
      webhook.clear_headers();
      webhook.set_authentication(0);
    }
  }
  read_webhook(form, object, webhook, request, context, *webhooks);
  std::string payload = form.text("payload", webhooks->options().body_bytes_max).value_or("{}");
  if (webhook.endpoint().empty()) form.refuse("endpoint", "BlankValue", "cannot be blank");
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  webhook.clear_subscriptions();
  POSTERN_CO_TRY(const ticketing::WebhookReply reply, co_await webhooks->try_out(request.who(), std::move(webhook), std::move(payload)));
  json::object shown;
  shown["status"] = reply.status == 0 ? json::value() : json::value(reply.status);
  shown["payload"] = shown_text(context.services.redactor.redact_text(reply.answer, {"webhook", request.who().workspace, {}}).text());
  shown["problem"] = reply.problem.empty() ? json::value() : json::value(reply.problem);
  shown["took_ms"] = reply.took.count();
  json::object out;
  out["response"] = std::move(shown);
  co_return json_response(200, out);
}

Answer show_signing_secret(Request& request, Context& context) {
  POSTERN_CO_TRY(Webhooks* const webhooks, webhooks_of(context));
  POSTERN_CO_TRY(const Webhook found, webhooks->find(request.who().workspace, read_number(request.param("id")).value()));
  json::object out;
  out["signing_secret"] = secret_json(found, now_ms(context));
  co_return json_response(200, out);
}

Answer rotate_signing_secret(Request& request, Context& context) {
  POSTERN_CO_TRY(Webhooks* const webhooks, webhooks_of(context));
  POSTERN_CO_TRY(const Webhook changed, co_await webhooks->rotate_secret(request.who(), read_number(request.param("id")).value()));
  json::object out;
  out["signing_secret"] = secret_json(changed, now_ms(context));
  co_return json_response(201, out);
}

}  // namespace postern::web::api
