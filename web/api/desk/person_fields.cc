// Fields of people and of organisations: their definitions. What they are set to goes with the person and the organisation.
#include "web/api/desk/person_field_handlers.h"

#include "ticketing/helpdesk.h"
#include "web/api/desk/definition_answers.h"
#include "web/api/desk/definition_version.h"
#include "web/api/desk/field_shapes.h"
#include "web/api/desk/person_field_shapes.h"
#include "web/api/schemas.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

using ticketing::FieldsOf;

constexpr std::size_t kKeyReadMax = 255;

std::string list_word(FieldsOf whose) { return std::string(to_string(whose)); }
std::string one_word(FieldsOf whose) {
  std::string out = list_word(whose);
  out.pop_back();
  return out;
}

core::Result<ticketing::PersonFields*> person_fields_of(Context& context, FieldsOf whose) {
  if (context.services.desk == nullptr) return core::fail(Errc::kUnavailable);
  return whose == FieldsOf::kUser ? &context.services.desk->user_fields() : &context.services.desk->organization_fields();
}

auto person_field_shaper(FieldsOf whose) {
  return [whose](const schema::TicketField& field) { return person_field_json(whose, field); };
}

Response person_field_response(int status, FieldsOf whose, const schema::TicketField& field) {
  json::object out;
  out[one_word(whose)] = person_field_json(whose, field);
  Response response = json_response(status, out);
  response.set("ETag", definition_etag(field));
  if (status == 201) response.set("Location", "/api/v2/" + list_word(whose) + "/" + std::to_string(field.id()));
  return response;
}

Answer list_fields(Request& request, Context& context, FieldsOf whose) {
  POSTERN_CO_TRY(const ticketing::PersonFields* fields, person_fields_of(context, whose));
  POSTERN_CO_TRY(const auto all, fields->definitions().all(request.who().workspace));
  json::array list;
  for (const schema::TicketField& each : *all) list.push_back(person_field_json(whose, each));
  co_return json_response(200, one_page(std::move(list), to_string(whose)));
}

Answer count_fields(Request& request, Context& context, FieldsOf whose) {
  POSTERN_CO_TRY(const ticketing::PersonFields* fields, person_fields_of(context, whose));
  POSTERN_CO_TRY(const auto all, fields->definitions().all(request.who().workspace));
  json::object out;
  out["count"] = json::object{{"value", all->size()}, {"refreshed_at", core::to_rfc3339(context.services.clock.wall_now())}};
  co_return json_response(200, out);
}

Answer show_field(Request& request, Context& context, FieldsOf whose) {
  POSTERN_CO_TRY(const ticketing::PersonFields* fields, person_fields_of(context, whose));
  POSTERN_CO_TRY(const schema::TicketField field, fields->definitions().find(request.who().workspace, definition_id(request)));
  co_return person_field_response(200, whose, field);
}

Answer save_person_field(Request& request, Context& context, FieldsOf whose, std::uint64_t id) {
  POSTERN_CO_TRY(ticketing::PersonFields* fields, person_fields_of(context, whose));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  const std::string word = one_word(whose);
  Form outer(body, "");
  if (!outer.has(word)) outer.refuse(word, "BlankValue", "cannot be blank");
  const json::object object = outer.object(word);
  Form form(object, word);
  refuse_others(form, object, "PersonField");
  const std::optional<std::string> key = id == 0 ? std::optional(form.required_text("key", kKeyReadMax)) : form.text("key", kKeyReadMax);
  FieldChange change = read_ticket_field(form, object, id == 0, word);
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  IfMatch match(request);
  auto guarded = [&](schema::TicketField& field) -> core::Result<void> {
    POSTERN_CHECK(match.check(field, person_field_shaper(whose)));
    if (key) field.set_key(*key);
    return change(field);
  };
  auto saved = co_await fields->save(request.who(), id, std::move(guarded));
  if (auto refused = match.refusal()) co_return *std::move(refused);
  if (!saved) co_return refused_definition(saved.error(), request, word);
  co_return person_field_response(id == 0 ? 201 : 200, whose, *saved);
}

Answer delete_field(Request& request, Context& context, FieldsOf whose) {
  POSTERN_CO_TRY(ticketing::PersonFields* fields, person_fields_of(context, whose));
  IfMatch match(request);
  const auto erased = co_await fields->erase(request.who(), definition_id(request), match.guard<schema::TicketField>(person_field_shaper(whose)));
  co_return match.removed(erased);
}

Answer reorder_fields(Request& request, Context& context, FieldsOf whose) {
  POSTERN_CO_TRY(ticketing::PersonFields* fields, person_fields_of(context, whose));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form form(body, "");
  POSTERN_CO_TRY(std::vector<std::uint64_t> order, read_order(form, body, one_word(whose) + "_ids"));
  if (!form.ok()) co_return form.response(request);
  auto ordered = co_await fields->reorder(request.who(), std::move(order));
  if (!ordered) co_return refused_definition(ordered.error(), request, to_string(whose));
  co_return co_await list_fields(request, context, whose);
}

}  // namespace

Answer list_user_fields(Request& request, Context& context) { return list_fields(request, context, FieldsOf::kUser); }
Answer count_user_fields(Request& request, Context& context) { return count_fields(request, context, FieldsOf::kUser); }
Answer show_user_field(Request& request, Context& context) { return show_field(request, context, FieldsOf::kUser); }
Answer create_user_field(Request& request, Context& context) { return save_person_field(request, context, FieldsOf::kUser, 0); }
Answer update_user_field(Request& request, Context& context) { return save_person_field(request, context, FieldsOf::kUser, definition_id(request)); }
Answer delete_user_field(Request& request, Context& context) { return delete_field(request, context, FieldsOf::kUser); }
Answer reorder_user_fields(Request& request, Context& context) { return reorder_fields(request, context, FieldsOf::kUser); }
Answer list_organization_fields(Request& request, Context& context) { return list_fields(request, context, FieldsOf::kOrganization); }
Answer count_organization_fields(Request& request, Context& context) { return count_fields(request, context, FieldsOf::kOrganization); }
Answer show_organization_field(Request& request, Context& context) { return show_field(request, context, FieldsOf::kOrganization); }
Answer create_organization_field(Request& request, Context& context) { return save_person_field(request, context, FieldsOf::kOrganization, 0); }
Answer update_organization_field(Request& request, Context& context) {
  return save_person_field(request, context, FieldsOf::kOrganization, definition_id(request));
}
Answer delete_organization_field(Request& request, Context& context) { return delete_field(request, context, FieldsOf::kOrganization); }
Answer reorder_organization_fields(Request& request, Context& context) { return reorder_fields(request, context, FieldsOf::kOrganization); }

}  // namespace postern::web::api
