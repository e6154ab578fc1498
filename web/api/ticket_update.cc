// POST /api/v2/tickets and PUT /api/v2/tickets/{id}: attributes, a comment, a status, an assignee, in one change.
// Two ways to say which version was read: If-Match with the ETag (exact; 412 when it is another) and Zendesk's
// safe_update with updated_stamp (whole seconds, as updated_at shows them; 409).
#include "pipeline/api/address.h"
#include "ticketing/errc.h"
#include "web/api/desk/rule_handlers.h"
#include "web/api/handlers.h"
#include "web/api/shapes.h"
#include "web/api/ticket_form.h"
#include "web/api/ticket_shaper.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

using Update = ticketing::Tickets::Update;

// Sets expected_version from what the client says it has read.
core::Result<void> read_version(const Request& request, Form& form, Context& context, core::TicketId id, Update& update) {
  std::string_view match = request.field("if-match");
  bool is_safe_update = form.boolean("safe_update").value_or(false);
  std::optional<std::string> stamp = form.text("updated_stamp", 64);
  if (is_safe_update && !stamp) form.refuse("updated_stamp", "BlankValue", "safe_update needs it");
  if ((match.empty() || match == "*") && !(is_safe_update && stamp)) return {};
  POSTERN_TRY(ticketing::Ticket current, context.services.tickets.get(request.who(), id));
  if (!match.empty() && match != "*" && match != ticket_etag(current)) return core::fail(Errc::kPrecondition);
  if (is_safe_update && stamp && *stamp != timestamp(current.updated_unix_ms)) {
    return core::fail(ticketing::Errc::kConflict);
  }
  update.expected_version = current.version;
  return {};
}

// The inbox that a new ticket stands in: named by its id, or by an address of it as Zendesk's "recipient" does.
core::InboxId read_inbox(Form& form, Context& context) {
  if (const auto id = form.id("inbox_id"); id && *id != 0) return core::InboxId{*id};
  const std::optional<std::string> recipient = form.text("recipient", 320);
  if (!recipient || recipient->empty()) return {};
  const auto directory = context.services.directory();
  const auto found = directory->resolve(pipeline::split_address(*recipient));
  if (!found) form.refuse("recipient", "InvalidValue", "is no address of an inbox");
  return found ? found->inbox : core::InboxId{};
}

core::Result<Response> updated_ticket(const Request& request, Context& context, const ticketing::Tickets::Updated& updated, const json::object& wish,
                                      int status) {
  POSTERN_TRY(const TicketShaper shaper, TicketShaper::make(request, context));
  POSTERN_TRY(json::object ticket, shaper.whole(updated.ticket));
  json::object out;
  json::array ignored = ignored_words(wish, ticket, status == 201);
  if (!ignored.empty()) out["warnings"] = std::move(ignored);
  out["ticket"] = std::move(ticket);
  if (updated.comment) {
    POSTERN_TRY(out["comment"], shown_comment(request, context, updated.ticket.id, *updated.comment));
  }
  Response response = json_response(status, out);
  response.set("ETag", ticket_etag(updated.ticket));
  json::object again;
  again["ticket"] = json::object{{"id", updated.ticket.id.value}};
  response.short_body = json::serialize(again);
  return response;
}

}  // namespace

Answer update_ticket(Request& request, Context& context) {
  core::TicketId id = id_param<core::TicketId>(request, "id");
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  if (!outer.has("ticket")) outer.refuse("ticket", "BlankValue", "cannot be blank");
  json::object object = outer.object("ticket");
  if (!outer.ok()) co_return outer.response(request);
  Form form(object, "ticket");
  Update update;
  std::vector<std::string> tokens = read_comment(form, object, request, context, update, false);
  POSTERN_CO_CHECK(read_ticket(form, object, request, context, update));
  count_used_macros(object, request, context, update);
  POSTERN_CO_CHECK(read_version(request, form, context, id, update));
  if (!form.ok()) co_return form.response(request);
  bool is_empty = !update.has_comment() && !update.status && !update.assignee && update.wishes.is_empty();
  if (is_empty) co_return invalid_field(request, "ticket", "BlankValue", "nothing to change");

  core::Result<ticketing::Tickets::Updated> updated =
      co_await context.services.tickets.update(request.who(), id, std::move(update));
  bool has_conflict = !updated && updated.error() == ticketing::Errc::kConflict;
  if (has_conflict && request.has_field("if-match")) co_return core::fail(Errc::kPrecondition);
  if (!updated) co_return refused_ticket(updated.error(), request);
  for (const std::string& token : tokens) context.uploads.forget(request.who(), token);
  co_return updated_ticket(request, context, *updated, object, 200);
}

Answer create_ticket(Request& request, Context& context) {
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  if (!outer.has("ticket")) outer.refuse("ticket", "BlankValue", "cannot be blank");
  json::object object = outer.object("ticket");
  if (!outer.ok()) co_return outer.response(request);
  Form form(object, "ticket");
  Update first;
  std::vector<std::string> tokens = read_comment(form, object, request, context, first, true);
  POSTERN_CO_CHECK(read_ticket(form, object, request, context, first));
  first.submitter = core::UserId{form.id("submitter_id").value_or(0)};
  if (first.submitter == request.who().user) first.submitter = {};
  const core::InboxId inbox = read_inbox(form, context);
  if (!form.ok()) co_return form.response(request);
  core::Result<ticketing::Tickets::Updated> made = co_await context.services.tickets.create(request.who(), inbox, std::move(first));
  if (!made) co_return refused_ticket(made.error(), request);
  for (const std::string& token : tokens) context.uploads.forget(request.who(), token);
  POSTERN_CO_TRY(Response response, updated_ticket(request, context, *made, object, 201));
  response.set("Location", "/api/v2/tickets/" + std::to_string(made->ticket.id.value));
  co_return response;
}

}  // namespace postern::web::api
