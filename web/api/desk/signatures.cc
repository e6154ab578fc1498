// Signatures of inboxes, and how a reply would end. That of a person is a field of the user.
#include "ticketing/helpdesk.h"
#include "ticketing/signatures/signatures.h"
#include "web/api/desk/definition_version.h"
#include "web/api/desk/people_version.h"
#include "web/api/desk/satisfaction_handlers.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

core::Result<core::InboxId> reached_inbox(const Request& request, const Context& context) {
  if (context.services.desk == nullptr) return core::fail(Errc::kUnavailable);
  const auto id = id_param<core::InboxId>(request, "id");
  const auto directory = context.services.directory();
  const ticketing::Inbox* const inbox = directory->find(id);
  if (inbox == nullptr || inbox->workspace != request.who().workspace || !request.who().inboxes.has(id)) return core::fail(Errc::kNotFound, "inbox");
  return id;
}

json::object signature_json(const ticketing::SignatureForm& form) {
  json::object out;
  out["body"] = form.text;
  out["html_body"] = form.html.empty() ? json::value() : json::value(form.html);
  return out;
}

Response signature_response(const ticketing::SignatureForm& form) {
  json::object out;
  out["signature"] = signature_json(form);
  Response response = json_response(200, out);
  response.set("ETag", version_etag(form));
  return response;
}

// What was typed; nothing when neither form was given.
std::optional<ticketing::SignatureForm> read_signature_form(Form& form) {
  const ticketing::SignatureLimits limits;
  std::optional<std::string> text = form.text("body", limits.bytes_max);
  std::optional<std::string> html = form.text("html_body", limits.html_bytes_max);
  if (!text && !html) return std::nullopt;
  return ticketing::SignatureForm{text.value_or(std::string()), html.value_or(std::string())};
}

core::Result<Response> refused_signature(const core::Error& error, const Request& request) {
  const std::size_t colon = error.context().find(": ");
  if (!(error == ticketing::Errc::kInvalid) || colon == std::string::npos) return error;
  return invalid_field(request, "signature." + error.context().substr(0, colon), "InvalidValue", error.context().substr(colon + 2));
}

}  // namespace

Answer show_inbox_signature(Request& request, Context& context) {
  POSTERN_CO_TRY(const core::InboxId inbox, reached_inbox(request, context));
  POSTERN_CO_TRY(const ticketing::SignatureForm form, context.services.desk->signatures().of_inbox(request.who().workspace, inbox));
  co_return signature_response(form);
}

Answer set_inbox_signature(Request& request, Context& context) {
  POSTERN_CO_TRY(const core::InboxId inbox, reached_inbox(request, context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("signature");
  Form form(object, "signature");
  std::optional<ticketing::SignatureForm> typed = read_signature_form(form);
  if (!typed && !form.has("body")) form.refuse("body", "BlankValue", "a text; null or empty takes it away");
  outer.adopt(form);
  if (!outer.ok()) co_return outer.response(request);
  ticketing::Signatures& signatures = context.services.desk->signatures();
  IfMatch match(request);
  ticketing::Signatures::Guard guard = [&match](const ticketing::SignatureForm& before) {
    return match.check_tag(version_etag(before), [&before] { return core::Result<json::object>(signature_json(before)); });
  };
  const auto stored = co_await signatures.set_of_inbox(request.who(), inbox, std::move(typed).value_or(ticketing::SignatureForm()), std::move(guard));
  if (std::optional<Response> refused = match.refusal()) co_return *std::move(refused);
  if (!stored) co_return refused_signature(stored.error(), request);
  co_return signature_response(*stored);
}

Answer preview_signature(Request& request, Context& context) {
  if (context.services.desk == nullptr) co_return core::fail(Errc::kUnavailable);
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("signature");
  Form form(object, "signature");
  const std::optional<ticketing::SignatureForm> typed = read_signature_form(form);
  const std::optional<std::uint64_t> ticket = form.id("ticket_id");
  if (!ticket || *ticket == 0) form.refuse("ticket_id", "BlankValue", "the number of a ticket");
  outer.adopt(form);
  if (!outer.ok()) co_return outer.response(request);
  const auto shown = context.services.desk->signatures().preview(request.who(), core::TicketId{*ticket}, typed);
  if (!shown) co_return refused_signature(shown.error(), request);
  co_return signature_response(*shown);
}

}  // namespace postern::web::api
