#include "web/api/desk/definition_answers.h"

#include "ticketing/errc.h"
#include "ticketing/helpdesk.h"
#include "web/errc.h"

namespace postern::web::api {

core::Result<ticketing::TicketFields*> fields_of(Context& context) {
  if (context.services.desk == nullptr) return core::fail(Errc::kUnavailable);
  return &context.services.desk->fields();
}

std::uint64_t definition_id(const Request& request) { return std::max<std::uint64_t>(1, id_param<core::TicketId>(request, "id").value); }

core::Result<Response> refused_definition(const core::Error& error, const Request& request, std::string_view object) {
  const std::string& context = error.context();
  const std::size_t colon = context.find(": ");
  if (!(error == ticketing::Errc::kInvalid) || colon == std::string::npos) return error;
  return invalid_field(request, std::string(object) + "." + context.substr(0, colon), "InvalidValue", context.substr(colon + 2));
}

core::Result<std::vector<std::uint64_t>> read_order(Form& form, const json::object& body, std::string_view name) {
  std::vector<std::uint64_t> out;
  const json::value* value = body.if_contains(name);
  if (value == nullptr || !value->is_array()) {
    form.refuse(name, "BlankValue", "a list of all ids is expected");
    return out;
  }
  for (const json::value& each : value->as_array()) {
    const json::object one{{"id", each}};
    Form item(one, "");
    const auto id = item.id("id");
    if (!id) {
      form.refuse(name, "InvalidFormat", "ids are expected");
      break;
    }
    out.push_back(*id);
  }
  return out;
}

json::object one_page(json::array list, std::string_view name) {
  json::object out;
  out["count"] = list.size();
  out[name] = std::move(list);
  out["next_page"] = nullptr;
  out["previous_page"] = nullptr;
  return out;
}

}  // namespace postern::web::api
