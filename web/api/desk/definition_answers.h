#pragma once
// web/api/desk/definition_answers.h: what the handlers of fields, forms and statuses have in common.
// Thread-safety: pure.  Errors: web::Errc::kUnavailable without a helpdesk.
#include "ticketing/fields/ticket_fields.h"
#include "web/api/context.h"
#include "web/api/json.h"

namespace postern::web::api {

core::Result<ticketing::TicketFields*> fields_of(Context& context);
// Of the path; never 0, which means a new one.
std::uint64_t definition_id(const Request& request);
// kInvalid of a definition, whose context begins with its field, as a problem of that field of `object`.
core::Result<Response> refused_definition(const core::Error& error, const Request& request, std::string_view object);
// "ids" of the request, which names an order.
core::Result<std::vector<std::uint64_t>> read_order(Form& form, const json::object& body, std::string_view name);
json::object one_page(json::array list, std::string_view name);

}  // namespace postern::web::api
