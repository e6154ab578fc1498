// API tokens: one's own, and for who oversees them everybody's. The secret is in the answer to its creation and nowhere else.
#include "auth/networks.h"
#include "web/api/handlers.h"
#include "web/api/shapes.h"

namespace postern::web::api {
namespace {

constexpr std::int64_t kMsPerDay = 86'400'000;
constexpr std::int64_t kDaysMax = 3660;
constexpr std::size_t kNetworksMax = 50;
constexpr std::size_t kWordBytesMax = 64;

json::object tokens_json(const std::vector<auth::Token>& tokens) {
  json::array list;
  for (const auth::Token& each : tokens) list.push_back(token_json(each));
  json::object out;
  out["api_tokens"] = std::move(list);
  return out;
}

Response made_json(const std::pair<std::string, auth::Token>& made) {
  json::object shown = token_json(made.second);
  shown["token"] = made.first;
  json::object out;
  out["api_token"] = std::move(shown);
  return json_response(201, out);
}

// "scopes": names of permissions; "read_only": true narrows them, or what the owner may do, to reading.
auth::TokenLimits read_limits(Form& form, const auth::Principal& who) {
  auth::TokenLimits limits;
  if (form.has("scopes")) {
    limits.scopes = auth::PermissionSet();
    for (const std::string& word : form.texts("scopes", auth::kPermissions.size(), kWordBytesMax)) {
      const std::optional<auth::Permission> permission = auth::parse_permission(word);
      if (permission) limits.scopes->add(*permission);
      else form.refuse("scopes", "InvalidValue", "unknown: " + word);
    }
  }
  if (form.boolean("read_only").value_or(false)) limits.scopes = limits.scopes.value_or(auth::permissions_of(who)) & auth::kReadOnly;
  limits.networks = form.texts("networks", kNetworksMax, kWordBytesMax);
  // All that are wrong at once.
  for (const std::string& each : limits.networks) {
    const auto list = auth::NetworkList::parse_new({each});
    if (!list) form.refuse("networks", "InvalidValue", list.error().context());
  }
  return limits;
}

// A count, not an id: a number, and no text. null and 0: for ever.
std::uint64_t read_days(Form& form, const json::object& object) {
  const json::value* given = object.if_contains("expires_in_days");
  if (given == nullptr || given->is_null()) return 0;
  boost::system::error_code wrong;
  const std::int64_t days = given->is_number() ? given->to_number<std::int64_t>(wrong) : -1;
  if (!wrong && days >= 0 && days <= kDaysMax) return static_cast<std::uint64_t>(days);
  form.refuse("expires_in_days", "InvalidValue", "a whole number from 0 (for ever) to 3660");
  return 0;
}

}  // namespace

Answer list_api_tokens(Request& request, Context& context) {
  const auth::Principal& who = request.who();
  POSTERN_CO_TRY(std::vector<auth::Token> tokens, context.services.sessions.list_tokens(who.workspace, who.user));
  co_return json_response(200, tokens_json(tokens));
}

Answer list_all_api_tokens(Request& request, Context& context) {
  POSTERN_CO_TRY(std::vector<auth::Token> tokens, context.services.sessions.all_tokens(request.who().workspace));
  co_return json_response(200, tokens_json(tokens));
}

Answer rotate_api_token(Request& request, Context& context) {
  auto id = id_param<core::TokenId>(request, "id");
  POSTERN_CO_TRY(auto made, co_await context.services.sessions.rotate_token(request.who(), id));
  co_return made_json(made);
}

Answer create_api_token(Request& request, Context& context) {
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  json::object object = outer.object("api_token");
  Form form(object, "api_token");
  std::string description = form.required_text("description", 200);
  description = context.services.redactor.redact_text(description, {"token", request.who().workspace, {}}).text();
  const std::uint64_t days = read_days(form, object);
  auth::TokenLimits limits = read_limits(form, request.who());
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  std::int64_t now = core::to_unix_ms(context.services.clock.wall_now());
  std::int64_t expires = days == 0 ? 0 : now + static_cast<std::int64_t>(days) * kMsPerDay;
  POSTERN_CO_TRY(auto made, co_await context.services.sessions.create_token(request.who(), request.who().user,
                                                                           std::move(description), expires, std::move(limits)));
  co_return made_json(made);
}

Answer delete_api_token(Request& request, Context& context) {
  auto id = id_param<core::TokenId>(request, "id");
  POSTERN_CO_CHECK(co_await context.services.sessions.revoke_token(request.who(), id));
  Response response;
  response.status = 204;
  co_return response;
}

}  // namespace postern::web::api
