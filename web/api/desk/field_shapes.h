#pragma once
// web/api/desk/field_shapes.h: custom fields as Zendesk's JSON objects, and back.
// Thread-safety: pure.  Errors: collected in the form.
#include "ticketing/fields/ticket_fields.h"
#include "web/api/json.h"

namespace postern::web::api {

json::object ticket_field_json(const schema::TicketField& field);
json::object system_field_json(const ticketing::SystemField& field, std::size_t position);
json::object field_option_json(const schema::TicketField& field, const schema::FieldOption& option);

// What the body names; the rest stays. What is wrong with the values themselves the store says.
using FieldChange = std::function<core::Result<void>(schema::TicketField&)>;
// `object`: the API's name of the body, for problems.
FieldChange read_ticket_field(Form& form, const json::object& body, bool is_new, std::string_view object = "ticket_field");
// A value of a field as text: a text, a number, true or false.
std::optional<std::string> scalar_text(const json::value& value);
std::optional<schema::FieldOption> read_field_option(Form& form);

}  // namespace postern::web::api
