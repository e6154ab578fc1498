#pragma once
// web/api/desk/person_field_shapes.h: fields of people and organisations, and what they are set to, as Zendesk's JSON objects.
// Thread-safety: pure.  Errors: collected in the form.
#include "ticketing/fields/person_fields.h"
#include "web/api/json.h"

namespace postern::web::api {

json::object person_field_json(ticketing::FieldsOf whose, const schema::TicketField& field);
// {"key": value} of every active field, null without a value; of an inactive one that has a value, too.
json::object person_values_json(const std::vector<schema::TicketField>& definitions, const std::vector<ticketing::FieldValue>& values);
// Values of fields that were deleted: nobody sees them but the person whose they are.
json::array hidden_values_json(const std::vector<schema::TicketField>& definitions, const std::vector<ticketing::FieldValue>& values);
// The object of that name: {"key": value}; null takes a value away.
std::vector<ticketing::FieldWish> read_person_values(Form& form, const json::object& body, ticketing::FieldsOf whose);

}  // namespace postern::web::api
