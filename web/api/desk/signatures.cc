// Signatures of inboxes, and how a reply would end. That of a person is a field of the user.
#include "ticketing/helpdesk.h"
#include "ticketing/signatures/signatures.h"
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

Response signature_response(const std::string& text) {
  json::object signature;
  signature["body"] = text;
  json::object out;
  out["signature"] = std::move(signature);
  return json_response(200, out);
}

}  // namespace

Answer show_inbox_signature(Request& request, Context& context) {
  POSTERN_CO_TRY(const core::InboxId inbox, reached_inbox(request, context));
  POSTERN_CO_TRY(const std::string text, context.services.desk->signatures().of_inbox(request.who().workspace, inbox));
  co_return signature_response(text);
}

Answer set_inbox_signature(Request& request, Context& context) {
  POSTERN_CO_TRY(const core::InboxId inbox, reached_inbox(request, context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("signature");
  Form form(object, "signature");
  std::optional<std::string> text = form.text("body", ticketing::SignatureLimits().bytes_max);
  if (!text && !form.has("body")) form.refuse("body", "BlankValue", "a text; null or empty takes it away");
  outer.adopt(form);
  if (!outer.ok()) co_return outer.response(request);
  POSTERN_CO_TRY(const std::string stored, co_await context.services.desk->signatures().set_of_inbox(request.who(), inbox, text.value_or(std::string())));
  co_return signature_response(stored);
}

Answer preview_signature(Request& request, Context& context) {
  if (context.services.desk == nullptr) co_return core::fail(Errc::kUnavailable);
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("signature");
  Form form(object, "signature");
  const std::optional<std::string> text = form.text("body", ticketing::SignatureLimits().bytes_max);
  const std::optional<std::uint64_t> ticket = form.id("ticket_id");
  if (!ticket || *ticket == 0) form.refuse("ticket_id", "BlankValue", "the number of a ticket");
  outer.adopt(form);
  if (!outer.ok()) co_return outer.response(request);
  POSTERN_CO_TRY(const std::string shown, context.services.desk->signatures().preview(request.who(), core::TicketId{*ticket}, text));
  co_return signature_response(shown);
}

}  // namespace postern::web::api
