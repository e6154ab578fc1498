// Custom fields of tickets, behind those that every ticket has.
#include "web/api/desk/definition_answers.h"
#include "web/api/desk/definition_version.h"
#include "web/api/desk/field_shapes.h"
#include "web/api/desk/ticket_handlers.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

core::Result<Response> one_field(int status, const schema::TicketField& field) {
  json::object out;
  out["ticket_field"] = ticket_field_json(field);
  Response response = json_response(status, out);
  response.set("ETag", definition_etag(field));
  if (status == 201) response.set("Location", "/api/v2/ticket_fields/" + std::to_string(field.id()));
  return response;
}

Answer save_field(Request& request, Context& context, std::uint64_t id) {
  POSTERN_CO_TRY(ticketing::TicketFields* fields, fields_of(context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  if (!outer.has("ticket_field")) outer.refuse("ticket_field", "BlankValue", "cannot be blank");
  const json::object object = outer.object("ticket_field");
  Form form(object, "ticket_field");
  FieldChange change = read_ticket_field(form, object, id == 0);
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  IfMatch match(request);
  auto guarded = [&match, &change](schema::TicketField& field) -> core::Result<void> {
    POSTERN_CHECK(match.check(field, ticket_field_json));
    return change(field);
  };
  auto saved = co_await fields->save_field(request.who(), id, std::move(guarded));
  if (auto refused = match.refusal()) co_return *std::move(refused);
  if (!saved) co_return refused_definition(saved.error(), request, "ticket_field");
  co_return one_field(id == 0 ? 201 : 200, *saved);
}

}  // namespace

Answer list_ticket_fields(Request& request, Context& context) {
  POSTERN_CO_TRY(const ticketing::TicketFields* fields, fields_of(context));
  POSTERN_CO_TRY(const auto all, fields->fields().all(request.who().workspace));
  json::array list;
  for (const ticketing::SystemField& each : ticketing::kSystemFields) list.push_back(system_field_json(each, list.size() + 1));
  for (const schema::TicketField& each : *all) list.push_back(ticket_field_json(each));
  co_return json_response(200, one_page(std::move(list), "ticket_fields"));
}

Answer count_ticket_fields(Request& request, Context& context) {
  POSTERN_CO_TRY(const ticketing::TicketFields* fields, fields_of(context));
  POSTERN_CO_TRY(const auto all, fields->fields().all(request.who().workspace));
  json::object out;
  out["count"] = json::object{{"value", all->size() + ticketing::kSystemFields.size()}, {"refreshed_at", core::to_rfc3339(context.services.clock.wall_now())}};
  co_return json_response(200, out);
}

Answer show_ticket_field(Request& request, Context& context) {
  POSTERN_CO_TRY(const ticketing::TicketFields* fields, fields_of(context));
  const std::uint64_t id = id_param<core::TicketId>(request, "id").value;
  for (std::size_t i = 0; i < ticketing::kSystemFields.size(); ++i) {
    if (ticketing::kSystemFields.at(i).id != id) continue;
    json::object out;
    out["ticket_field"] = system_field_json(ticketing::kSystemFields.at(i), i + 1);
    co_return json_response(200, out);
  }
  POSTERN_CO_TRY(const schema::TicketField field, fields->fields().find(request.who().workspace, id));
  co_return one_field(200, field);
}

Answer create_ticket_field(Request& request, Context& context) { return save_field(request, context, 0); }
Answer update_ticket_field(Request& request, Context& context) { return save_field(request, context, definition_id(request)); }

Answer delete_ticket_field(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::TicketFields* fields, fields_of(context));
  IfMatch match(request);
  const auto erased = co_await fields->erase_field(request.who(), id_param<core::TicketId>(request, "id").value, match.guard<schema::TicketField>(ticket_field_json));
  co_return match.removed(erased);
}

Answer reorder_ticket_fields(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::TicketFields* fields, fields_of(context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form form(body, "");
  POSTERN_CO_TRY(std::vector<std::uint64_t> order, read_order(form, body, "ticket_field_ids"));
  if (!form.ok()) co_return form.response(request);
  std::erase_if(order, [](std::uint64_t id) { return id < ticketing::kSystemIdsEnd; });
  auto ordered = co_await fields->reorder_fields(request.who(), std::move(order));
  if (!ordered) co_return refused_definition(ordered.error(), request, "ticket_fields");
  co_return co_await list_ticket_fields(request, context);
}

}  // namespace postern::web::api
