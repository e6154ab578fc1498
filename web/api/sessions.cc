// The caller's own signed-in browsers, and the end of somebody else's.
#include "web/api/handlers.h"
#include "web/api/shapes.h"

namespace postern::web::api {

Answer list_sessions(Request& request, Context& context) {
  const auth::Principal& who = request.who();
  POSTERN_CO_TRY(std::vector<auth::Session> sessions, context.services.sessions.list(who.workspace, who.user));
  json::array list;
  for (const auth::Session& each : sessions) {
    json::object shown = session_json(each);
    shown["current"] = request.session && request.session->id == each.id;
    list.push_back(std::move(shown));
  }
  json::object out;
  out["sessions"] = std::move(list);
  co_return json_response(200, out);
}

Answer delete_session(Request& request, Context& context) {
  const auth::Principal& who = request.who();
  core::SessionId id = id_param<core::SessionId>(request, "id");
  POSTERN_CO_CHECK(co_await context.services.sessions.close(who.workspace, who.user, id));
  Response response;
  response.status = 204;
  co_return response;
}

Answer end_user_sessions(Request& request, Context& context) {
  POSTERN_CO_CHECK(co_await context.services.sessions.end_all(request.who(), id_param<core::UserId>(request, "id")));
  Response response;
  response.status = 204;
  co_return response;
}

Answer sign_everybody_out(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::SignedOut done, co_await context.services.sessions.end_everybody(request.who()));
  json::object out;
  out["signed_out"] = done.people;
  out["spared"] = done.spared;
  co_return json_response(200, out);
}

Answer delete_all_sessions(Request& request, Context& context) {
  const auth::Principal& who = request.who();
  POSTERN_CO_CHECK(co_await context.services.sessions.close_all(who.workspace, who.user));
  Response response;
  response.status = 204;
  co_return response;
}

}  // namespace postern::web::api
