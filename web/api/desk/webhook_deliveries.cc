// What was sent to a webhook, and what came of it.
#include "ticketing/errc.h"
#include "web/api/desk/webhook_handlers.h"

namespace postern::web::api {
namespace {

using ticketing::Webhooks;
using schema::WebhookDelivery;

struct Place {
  core::WorkspaceId workspace;
  std::uint64_t webhook = 0;
};

core::Result<Place> place_of(const Request& request, Webhooks& webhooks) {
  const Place out{request.who().workspace, read_number(request.param("id")).value()};
  POSTERN_CHECK(webhooks.find(out.workspace, out.webhook));
  return out;
}

// Bytes of the UTF-8 sequence at the front of it (RFC 3629 section 4); 0: there is none.
std::size_t sequence_bytes(std::string_view text) {
  const auto byte = [text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto continues = [&byte](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80U) return 1;
  if (first >= 0xC2U && first <= 0xDFU) return continues(1) ? 2 : 0;
  if (first >= 0xE0U && first <= 0xEFU) {
    const bool is_short = first == 0xE0U && byte(1) < 0xA0U;
    const bool is_surrogate = first == 0xEDU && byte(1) > 0x9FU;
    return continues(1) && continues(2) && !is_short && !is_surrogate ? 3 : 0;
  }
  if (first >= 0xF0U && first <= 0xF4U) {
    const bool is_out = (first == 0xF0U && byte(1) < 0x90U) || (first == 0xF4U && byte(1) > 0x8FU);
    return continues(1) && continues(2) && continues(3) && !is_out ? 4 : 0;
  }
  return 0;
}

json::object invocation_json(const WebhookDelivery& delivery) {
  const auto time_or_null = [](std::int64_t ms) { return ms == 0 ? json::value() : json::value(timestamp(ms)); };
  const int last = delivery.log_size() - 1;
  json::object out;
  out["id"] = delivery.id();
  out["webhook_id"] = delivery.webhook();
  out["message_id"] = "msg_" + core::to_base32(delivery.message());
  out["event_type"] = delivery.kind();
  out["ticket_id"] = id_or_null(delivery.event().ticket());
  out["user_id"] = id_or_null(delivery.event().user());
  out["organization_id"] = id_or_null(delivery.event().organization());
  out["status"] = ticketing::to_string(static_cast<ticketing::DeliveryState>(delivery.state()));
  out["status_code"] = last >= 0 && delivery.log(last).status() != 0 ? json::value(delivery.log(last).status()) : json::value();
  out["problem"] = last >= 0 && !delivery.log(last).problem().empty() ? json::value(delivery.log(last).problem()) : json::value();
  out["attempts"] = delivery.attempts();
  out["created_at"] = timestamp(delivery.created_unix_ms());
  out["next_attempt_at"] = time_or_null(delivery.due_unix_ms());
  out["latest_completed_at"] = last >= 0 ? json::value(timestamp(delivery.log(last).at_unix_ms())) : json::value();
  return out;
}

}  // namespace

json::value shown_text(std::string_view text) {
  if (text.empty()) return {};
  std::string out;
  while (!text.empty()) {
    const std::size_t bytes = sequence_bytes(text);
    out += bytes == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, bytes);
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return json::value(out);
}

Answer list_webhook_invocations(Request& request, Context& context) {
  POSTERN_CO_TRY(Webhooks* const webhooks, webhooks_of(context));
  POSTERN_CO_TRY(const Place place, place_of(request, *webhooks));
  POSTERN_CO_TRY(const NumberPage page, read_number_page(request, context.options));
  std::optional<ticketing::DeliveryState> state;
  if (const auto word = request.query_value("filter[status]")) {
    state = ticketing::parse_delivery_state(*word);
    if (!state) co_return core::fail(Errc::kInvalid, "filter[status]: pending, success or failed");
  }
  POSTERN_CO_TRY(const ticketing::WebhookLog::Page found, webhooks->log().page(place.workspace, place.webhook, page.after, page.size, state));
  json::array list;
  for (const WebhookDelivery& each : found.deliveries) list.push_back(invocation_json(each));
  json::object out;
  out["invocations"] = std::move(list);
  add_page(out, request, found.has_more, found.after == 0 ? std::string() : std::to_string(found.after), page.size);
  co_return json_response(200, out);
}

Answer show_webhook_invocation(Request& request, Context& context) {
  POSTERN_CO_TRY(Webhooks* const webhooks, webhooks_of(context));
  POSTERN_CO_TRY(const Place place, place_of(request, *webhooks));
  POSTERN_CO_TRY(const WebhookDelivery found, webhooks->log().find(place.workspace, place.webhook, read_number(request.param("invocation_id")).value()));
  json::object out;
  out["invocation"] = invocation_json(found);
  co_return json_response(200, out);
}

Answer list_webhook_attempts(Request& request, Context& context) {
  POSTERN_CO_TRY(Webhooks* const webhooks, webhooks_of(context));
  POSTERN_CO_TRY(const Place place, place_of(request, *webhooks));
  POSTERN_CO_TRY(const WebhookDelivery found, webhooks->log().find(place.workspace, place.webhook, read_number(request.param("invocation_id")).value()));
  json::array list;
  std::uint32_t number = found.attempts() - static_cast<std::uint32_t>(found.log_size());
  for (const schema::WebhookAttempt& each : found.log()) {
    json::object attempt;
    attempt["id"] = ++number;
    attempt["invocation_id"] = found.id();
    attempt["completed_at"] = timestamp(each.at_unix_ms());
    attempt["took_ms"] = each.took_ms();
    attempt["status_code"] = each.status() == 0 ? json::value() : json::value(each.status());
    attempt["problem"] = each.problem().empty() ? json::value() : json::value(each.problem());
    attempt["response_payload"] = shown_text(each.answer());
    list.push_back(std::move(attempt));
  }
  json::object out;
  out["attempts"] = std::move(list);
  co_return json_response(200, out);
}

Answer replay_webhook_invocation(Request& request, Context& context) {
  POSTERN_CO_TRY(Webhooks* const webhooks, webhooks_of(context));
  POSTERN_CO_TRY(const Place place, place_of(request, *webhooks));
  POSTERN_CO_TRY(const WebhookDelivery again, co_await webhooks->log().replay(request.who(), place.webhook, read_number(request.param("invocation_id")).value()));
  json::object out;
  out["invocation"] = invocation_json(again);
  Response response = json_response(201, out);
  response.set("Location", "/api/v2/webhooks/" + std::to_string(place.webhook) + "/invocations/" + std::to_string(again.id()));
  co_return response;
}

}  // namespace postern::web::api
