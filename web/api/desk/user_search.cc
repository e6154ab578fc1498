// Finding people by name, address or the id of another system.
#include "web/api/desk/people_handlers.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kFoundMax = 100;
constexpr std::size_t kQueryBytesMax = 400;

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

}  // namespace

Answer search_users(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  if (const auto external_id = request.query_value("external_id")) {
    POSTERN_CO_TRY(const core::UserId found, desk->people().find_by_external_id(request.who().workspace, *external_id));
    co_return found_response(request, context, {found});
  }
  std::string_view query = request.query_value("query").value_or("");
  for (const std::string_view word : {"email:", "name:"}) {  // as Zendesk's query language has them
    if (query.starts_with(word)) query.remove_prefix(word.size());
  }
  if (query.size() >= 2 && query.front() == '"' && query.back() == '"') query = query.substr(1, query.size() - 2);
  if (query.empty()) co_return core::fail(Errc::kInvalid, "query or external_id is needed");
  co_return search(request, context, query);
}

Answer autocomplete_users(Request& request, Context& context) {
  co_return search(request, context, request.query_value("name").value_or(""));
}

}  // namespace postern::web::api
