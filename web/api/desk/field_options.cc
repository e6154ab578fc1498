// The options of a dropdown or a multiselect, one by one.
#include "ticketing/errc.h"
#include "web/api/desk/definition_answers.h"
#include "web/api/desk/field_shapes.h"
#include "web/api/desk/ticket_handlers.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

int place_of(const schema::TicketField& field, const schema::FieldOption& option) {
  for (int i = 0; i < field.options_size(); ++i) {
    const schema::FieldOption& each = field.options(i);
    if (option.id() != 0 ? each.id() == option.id() : each.value() == option.value()) return i;
  }
  return -1;
}

}  // namespace

Answer list_field_options(Request& request, Context& context) {
  POSTERN_CO_TRY(const ticketing::TicketFields* fields, fields_of(context));
  POSTERN_CO_TRY(const schema::TicketField field, fields->fields().find(request.who().workspace, definition_id(request)));
  json::array list;
  for (const schema::FieldOption& each : field.options()) list.push_back(field_option_json(field, each));
  co_return json_response(200, one_page(std::move(list), "custom_field_options"));
}

Answer show_field_option(Request& request, Context& context) {
  POSTERN_CO_TRY(const ticketing::TicketFields* fields, fields_of(context));
  POSTERN_CO_TRY(const schema::TicketField field, fields->fields().find(request.who().workspace, definition_id(request)));
  schema::FieldOption wanted;
  wanted.set_id(id_param<core::TicketId>(request, "option_id").value);
  const int place = place_of(field, wanted);
  if (place < 0) co_return core::fail(ticketing::Errc::kNotFound, "option");
  json::object out;
  out["custom_field_option"] = field_option_json(field, field.options(place));
  co_return json_response(200, out);
}

// With an id it changes that one; without, the one of that value, or it adds one.
Answer put_field_option(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::TicketFields* fields, fields_of(context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  if (!outer.has("custom_field_option")) outer.refuse("custom_field_option", "BlankValue", "cannot be blank");
  const json::object object = outer.object("custom_field_option");
  if (!outer.ok()) co_return outer.response(request);
  Form form(object, "custom_field_option");
  const std::optional<schema::FieldOption> option = read_field_option(form);
  if (!option) co_return form.response(request);
  auto change = [option = *option](schema::TicketField& field) -> core::Result<void> {
    const int place = place_of(field, option);
    if (place < 0 && option.id() != 0) return core::fail(ticketing::Errc::kNotFound, "option");
    schema::FieldOption& to = place < 0 ? *field.add_options() : *field.mutable_options(place);
    const std::uint64_t id = to.id();
    to = option;
    to.set_id(id);
    return {};
  };
  POSTERN_CO_TRY(const schema::TicketField before, fields->fields().find(request.who().workspace, definition_id(request)));
  auto saved = co_await fields->save_field(request.who(), before.id(), std::move(change));
  if (!saved) co_return refused_definition(saved.error(), request, "ticket_field");
  json::object out;
  const int known = place_of(before, *option);
  const schema::FieldOption& stored = known < 0 ? saved->options(saved->options_size() - 1) : saved->options(known);
  out["custom_field_option"] = field_option_json(*saved, stored);
  co_return json_response(known < 0 ? 201 : 200, out);
}

Answer delete_field_option(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::TicketFields* fields, fields_of(context));
  const std::uint64_t option = id_param<core::TicketId>(request, "option_id").value;
  auto change = [option](schema::TicketField& field) -> core::Result<void> {
    const schema::TicketField before = field;
    field.clear_options();
    for (const schema::FieldOption& each : before.options()) {
      if (each.id() != option) *field.add_options() = each;
    }
    if (field.options_size() == before.options_size()) return core::fail(ticketing::Errc::kNotFound, "option");
    return {};
  };
  auto saved = co_await fields->save_field(request.who(), definition_id(request), std::move(change));
  if (!saved) co_return refused_definition(saved.error(), request, "ticket_field");
  Response response;
  response.status = 204;
  co_return response;
}

}  // namespace postern::web::api
