// Sign-in, sign-out, who am I, and the one-time links with which people set their password.
#include "web/api/handlers.h"
#include "web/api/shapes.h"
#include "web/api/visitor.h"
#include "web/errc.h"
#include "web/server/authenticate.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kEmailBytesMax = 320;
constexpr std::size_t kPasswordBytesMax = 1024;
constexpr std::size_t kTokenBytesMax = 256;

json::array permissions_json(const auth::User& user) {
  json::array out;
  for (const std::string& word : auth::words_of(user.permissions)) out.emplace_back(word);
  return out;
}

}  // namespace
}  // namespace postern::web::api

namespace postern::web {

json::object who_json(const auth::User& user, const auth::Session* session) {
  json::object out;
  if (session == nullptr) {
    out["session"] = nullptr;
  } else {
    json::object shown = session_json(*session);
    shown["csrf_token"] = session->csrf_token;
    shown["fresh_until"] = session->fresh_until_unix_ms == 0 ? json::value(nullptr) : json::value(timestamp(session->fresh_until_unix_ms));
    shown["must_enrol"] = session->must_enrol;
    out["session"] = std::move(shown);
  }
  out["user"] = user_json(user);
  out["permissions"] = api::permissions_json(user);
  return out;
}

}  // namespace postern::web

namespace postern::web::api {

Answer sign_in(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form form(body, "");
  std::string email = form.required_text("email", kEmailBytesMax);
  std::string password = form.required_text("password", kPasswordBytesMax);
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_TRY(auth::User user, co_await context.services.accounts.verify_password(std::move(email), std::move(password),
                                                                                    request.client_ip));
  auth::Visitor visitor = visitor_of(request, context, user.workspace);
  const core::Result<auth::SignInStep> step = co_await ways->sign_in.begin(std::move(user), auth::kByPassword, std::move(visitor));
  // From a network that is not let in, nobody learns that the password was right. The audit log tells why.
  if (!step && step.error() == auth::Errc::kForbidden) co_return core::fail(auth::Errc::kBadCredentials);
  POSTERN_CO_CHECK(step);
  co_return step_response(*step, 201, request, context.options);
}

Answer sign_out(Request& request, Context& context) {
  if (!request.session) co_return core::fail(Errc::kInvalid, "signed in by a token, not by a session");
  const auth::Principal& who = request.who();
  POSTERN_CO_CHECK(co_await context.services.sessions.close(who.workspace, who.user, request.session->id));
  Response response;
  response.status = 204;
  response.set("Set-Cookie", expired_session_cookie());
  response.set("Clear-Site-Data", "\"cache\"");  // the page keeps no content; how it looks may stay
  co_return response;
}

Answer show_session(Request& request, Context& context) {
  const auth::Principal& who = request.who();
  POSTERN_CO_TRY(std::optional<auth::User> user, context.services.accounts.find(who.workspace, who.user));
  if (!user) co_return core::fail(Errc::kUnauthenticated);
  co_return json_response(200, who_json(*user, request.session ? &*request.session : nullptr));
}

Answer preview_enrolment(Request& request, Context& context) {
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form form(body, "");
  std::string token = form.required_text("token", kTokenBytesMax);
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_TRY(auth::User user, context.services.accounts.enrolling(token));
  json::object shown;
  shown["email"] = user.email;
  shown["name"] = user.name;
  json::object out;
  out["enrolment"] = std::move(shown);
  co_return json_response(200, out);
}

Answer enrol(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::WaysIn* const ways, ways_in(context));
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form form(body, "");
  std::string token = form.required_text("token", kTokenBytesMax);
  std::string password = form.required_text("password", kPasswordBytesMax);
  if (!form.ok()) co_return form.response(request);
  core::Result<auth::User> user =
      co_await context.services.accounts.enrol(std::move(token), std::move(password), request.client_ip);
  if (!user && user.error() == auth::Errc::kWeakPassword) {
    co_return invalid_field(request, "password", "InvalidValue", user.error().context());
  }
  if (!user) co_return user.error();
  // The link stands for the password only: whoever has a second factor proves that too, unless that came before the link.
  const std::uint32_t methods = auth::kByLink | user->proven_methods;
  auth::Visitor visitor = visitor_of(request, context, user->workspace);
  POSTERN_CO_TRY(const auth::SignInStep step, co_await ways->sign_in.begin(std::move(*user), methods, std::move(visitor)));
  co_return step_response(step, 201, request, context.options);
}

}  // namespace postern::web::api
