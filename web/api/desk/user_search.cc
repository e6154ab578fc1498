// Finding people by name, address, the id of another system, or the value of a field of the workspace's own.
#include "ticketing/fields/person_fields.h"
#include "web/api/desk/people_handlers.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kFoundMax = 100;
constexpr std::size_t kQueryBytesMax = 400;

std::string_view unquoted(std::string_view text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"' ? text.substr(1, text.size() - 2) : text;
}

core::Result<Response> found_response(const Request& request, Context& context, const std::vector<core::UserId>& ids) {
  json::object out;
  POSTERN_TRY(json::array list, people_json(request, context, ids));
  out["count"] = list.size();
  out["users"] = std::move(list);
  return json_response(200, out);
}

core::Result<Response> search(const Request& request, Context& context, std::string_view query) {
  POSTERN_TRY(ticketing::Helpdesk * desk, desk_of(context));
  if (query.size() > kQueryBytesMax) return core::fail(Errc::kInvalid, "query: too long");
  POSTERN_TRY(const std::vector<core::UserId> found, desk->people().search(request.who().workspace, query, kFoundMax));
  return found_response(request, context, found);
}

// Of "plan:gold" the field that has the key, and the value; nothing: it is no such query.
struct FieldQuery {
  std::uint64_t field = 0;
  std::string_view value;
};
core::Result<std::optional<FieldQuery>> read_field_query(const Request& request, ticketing::Helpdesk& desk, std::string_view query) {
  const std::size_t colon = query.find(':');
  if (colon == std::string_view::npos || colon + 1 == query.size()) return std::optional<FieldQuery>();
  POSTERN_TRY(const auto fields, desk.user_fields().definitions().all(request.who().workspace));
  for (const schema::TicketField& each : *fields) {
    if (each.is_active() && each.key() == query.substr(0, colon)) return std::optional(FieldQuery{each.id(), unquoted(query.substr(colon + 1))});
  }
  return std::optional<FieldQuery>();
}

}  // namespace

Answer search_users(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  if (const auto external_id = request.query_value("external_id")) {
    POSTERN_CO_TRY(const core::UserId found, desk->people().find_by_external_id(request.who().workspace, *external_id));
    co_return found_response(request, context, {found});
  }
  std::string_view query = request.query_value("query").value_or("");
  if (query.size() > kQueryBytesMax) co_return core::fail(Errc::kInvalid, "query: too long");
  constexpr std::string_view kExternalId = "external_id:";
  if (query.starts_with(kExternalId)) {
    POSTERN_CO_TRY(const core::UserId found, desk->people().find_by_external_id(request.who().workspace, unquoted(query.substr(kExternalId.size()))));
    co_return found_response(request, context, {found});
  }
  POSTERN_CO_TRY(const std::optional<FieldQuery> by_field, read_field_query(request, *desk, query));
  if (by_field) {
    POSTERN_CO_TRY(const std::vector<core::UserId> found, desk->people().search_field(request.who().workspace, by_field->field, by_field->value, kFoundMax));
    co_return found_response(request, context, found);
  }
  for (const std::string_view word : {"email:", "name:"}) {  // as Zendesk's query language has them
    if (query.starts_with(word)) query.remove_prefix(word.size());
  }
  query = unquoted(query);
  if (query.empty()) co_return core::fail(Errc::kInvalid, "query or external_id is needed");
  co_return search(request, context, query);
}

Answer autocomplete_users(Request& request, Context& context) {
  co_return search(request, context, request.query_value("name").value_or(""));
}

}  // namespace postern::web::api
