// Forms: which fields a ticket asks for, in which order.
#include "web/api/desk/definition_answers.h"
#include "web/api/desk/definition_lines.h"
#include "web/api/desk/definition_version.h"
#include "web/api/desk/ticket_handlers.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kNameMax = 1024;

}  // namespace

json::object form_json(const schema::TicketForm& form) {
  json::object out;
  out["url"] = "/api/v2/ticket_forms/" + std::to_string(form.id());
  out["id"] = form.id();
  out["name"] = form.title();
  out["raw_name"] = form.title();
  out["display_name"] = form.display_name().empty() ? form.title() : form.display_name();
  out["raw_display_name"] = out["display_name"];
  out["position"] = form.position();
  out["active"] = form.is_active();
  out["default"] = form.is_default();
  out["end_user_visible"] = form.is_visible_in_portal();
  json::array fields;
  for (const std::uint64_t each : form.fields()) fields.emplace_back(each);
  out["ticket_field_ids"] = std::move(fields);
  out["in_all_brands"] = true;
  out["restricted_brand_ids"] = json::array();
  out["agent_conditions"] = json::array();
  out["end_user_conditions"] = json::array();
  out["created_at"] = timestamp(form.created_unix_ms());
  out["updated_at"] = timestamp(form.updated_unix_ms());
  return out;
}

namespace {

core::Result<Response> one_form(int status, const schema::TicketForm& form) {
  json::object out;
  out["ticket_form"] = form_json(form);
  Response response = json_response(status, out);
  response.set("ETag", definition_etag(form));
  if (status == 201) response.set("Location", "/api/v2/ticket_forms/" + std::to_string(form.id()));
  return response;
}

struct FormWishes {
  std::optional<std::string> name, display_name;
  std::optional<bool> active, is_default, visible;
  std::optional<std::vector<std::uint64_t>> fields;
};

core::Result<FormWishes> read_form(Form& form, const json::object& object, bool is_new) {
  FormWishes out;
  out.name = is_new ? std::optional(form.required_text("name", kNameMax)) : form.text("name", kNameMax);
  out.display_name = form.text("display_name", kNameMax);
  out.active = form.boolean("active");
  out.is_default = form.boolean("default");
  out.visible = form.boolean("end_user_visible");
  for (const char* name : {"agent_conditions", "end_user_conditions"}) {
    const json::value* conditions = object.if_contains(name);
    const bool has_some = conditions != nullptr && conditions->is_array() && !conditions->as_array().empty();
    if (has_some) form.refuse(name, "InvalidValue", "conditions are not offered");
  }
  if (object.contains("ticket_field_ids")) {
    POSTERN_TRY(out.fields, read_order(form, object, "ticket_field_ids"));
  }
  return out;
}

Answer save_form(Request& request, Context& context, std::uint64_t id) {
  POSTERN_CO_TRY(ticketing::TicketFields* fields, fields_of(context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  if (!outer.has("ticket_form")) outer.refuse("ticket_form", "BlankValue", "cannot be blank");
  const json::object object = outer.object("ticket_form");
  Form form(object, "ticket_form");
  POSTERN_CO_TRY(const FormWishes wishes, read_form(form, object, id == 0));
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  IfMatch match(request);
  auto change = [&match, wishes, is_new = id == 0](schema::TicketForm& to) -> core::Result<void> {
    POSTERN_CHECK(match.check(to, form_json));
    if (is_new) to.set_is_active(true);
    if (wishes.name) to.set_title(*wishes.name);
    if (wishes.display_name) to.set_display_name(*wishes.display_name);
    if (wishes.active) to.set_is_active(*wishes.active);
    if (wishes.is_default) to.set_is_default(*wishes.is_default);
    if (wishes.visible) to.set_is_visible_in_portal(*wishes.visible);
    if (wishes.fields) to.mutable_fields()->Assign(wishes.fields->begin(), wishes.fields->end());
    return {};
  };
  auto saved = co_await fields->save_form(request.who(), id, std::move(change));
  if (auto refused = match.refusal()) co_return *std::move(refused);
  if (!saved) co_return refused_definition(saved.error(), request, "ticket_form");
  co_return one_form(id == 0 ? 201 : 200, *saved);
}

}  // namespace

Answer list_ticket_forms(Request& request, Context& context) {
  POSTERN_CO_TRY(const ticketing::TicketFields* fields, fields_of(context));
  POSTERN_CO_TRY(const auto all, fields->forms().all(request.who().workspace));
  json::array list;
  for (const schema::TicketForm& each : *all) list.push_back(form_json(each));
  co_return json_response(200, one_page(std::move(list), "ticket_forms"));
}

Answer show_ticket_form(Request& request, Context& context) {
  POSTERN_CO_TRY(const ticketing::TicketFields* fields, fields_of(context));
  POSTERN_CO_TRY(const schema::TicketForm form, fields->forms().find(request.who().workspace, definition_id(request)));
  co_return one_form(200, form);
}

Answer create_ticket_form(Request& request, Context& context) { return save_form(request, context, 0); }
Answer update_ticket_form(Request& request, Context& context) { return save_form(request, context, definition_id(request)); }

Answer delete_ticket_form(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::TicketFields* fields, fields_of(context));
  IfMatch match(request);
  const auto erased = co_await fields->erase_form(request.who(), definition_id(request), match.guard<schema::TicketForm>(form_json));
  co_return match.removed(erased);
}

Answer reorder_ticket_forms(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::TicketFields* fields, fields_of(context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form form(body, "");
  POSTERN_CO_TRY(std::vector<std::uint64_t> order, read_order(form, body, "ticket_form_ids"));
  if (!form.ok()) co_return form.response(request);
  auto ordered = co_await fields->reorder_forms(request.who(), std::move(order));
  if (!ordered) co_return refused_definition(ordered.error(), request, "ticket_forms");
  co_return co_await list_ticket_forms(request, context);
}

}  // namespace postern::web::api
