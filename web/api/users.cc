// People of the workspace: agents and contacts; inviting and suspending agents.
#include "auth/errc.h"
#include "web/api/handlers.h"
#include "web/api/shapes.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kIdsMax = 100;
constexpr std::size_t kListMax = 1000;

// Contacts belong to the workspace; who is limited to inboxes sees those who wrote to one of his.
core::Result<bool> is_seen(const Request& request, Context& context, const auth::User& user) {
  const bool is_everybody = !request.who().inboxes.is_limited() || user.role != auth::Role::kContact;
  if (is_everybody) return true;
  return context.services.tickets.has_written(request.who(), user.id);
}

core::Result<Response> one_user(const Request& request, Context& context, core::UserId id) {
  POSTERN_TRY(std::optional<auth::User> user, context.services.accounts.find(request.who().workspace, id));
  if (!user) return core::fail(Errc::kNotFound, "user");
  POSTERN_TRY(const bool is_shown, is_seen(request, context, *user));
  if (!is_shown) return core::fail(Errc::kNotFound, "user");
  json::object out;
  out["user"] = user_json(*user);
  return json_response(200, out);
}

}  // namespace

Answer show_me(Request& request, Context& context) { co_return one_user(request, context, request.who().user); }

Answer show_user(Request& request, Context& context) {
  co_return one_user(request, context, id_param<core::UserId>(request, "id"));
}

Answer show_many_users(Request& request, Context& context) {
  std::string_view rest = request.query_value("ids").value_or("");
  json::array list;
  for (std::size_t seen = 0; !rest.empty(); ++seen) {
    if (seen == kIdsMax) co_return invalid_field(request, "ids", "TooLong", "at most 100");
    std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    core::Result<std::uint64_t> id = read_number(one);
    if (!id) co_return invalid_field(request, "ids", "InvalidFormat", "numbers separated by commas");
    POSTERN_CO_TRY(std::optional<auth::User> user, context.services.accounts.find(request.who().workspace, core::UserId{*id}));
    if (!user) continue;
    POSTERN_CO_TRY(const bool is_shown, is_seen(request, context, *user));
    if (is_shown) list.push_back(user_json(*user));
  }
  json::object out;
  out["users"] = std::move(list);
  co_return json_response(200, out);
}

// role=agent lists everyone who can be assigned (agents, admins, the owner).
Answer list_users(Request& request, Context& context) {
  std::string_view role = request.query_value("role").value_or("agent");
  if (role != "agent" && role != "end-user") co_return invalid_field(request, "role", "InvalidValue", "agent or end-user");
  const auth::Accounts& accounts = context.services.accounts;
  core::WorkspaceId workspace = request.who().workspace;
  POSTERN_CO_TRY(std::vector<auth::User> users,
                 role == "agent" ? accounts.accounts(workspace) : accounts.list(workspace, kListMax));
  json::array list;
  for (const auth::User& each : users) {
    if (role != "agent" && each.role != auth::Role::kContact) continue;
    POSTERN_CO_TRY(const bool is_shown, is_seen(request, context, each));
    if (is_shown) list.push_back(user_json(each));
  }
  json::object out;
  out["count"] = list.size();
  out["users"] = std::move(list);
  co_return json_response(200, out);
}

Answer create_user(Request& request, Context& context) {
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  json::object object = outer.object("user");
  Form form(object, "user");
  std::string email = form.required_text("email", 320);
  std::string name = form.text("name", 200).value_or(std::string());
  std::string word = form.text("role", 32).value_or("agent");
  std::optional<auth::Role> role = parse_role(word);
  name = context.services.redactor.redact_text(name, {"name", request.who().workspace, {}}).text();
  if (!context.services.redactor.redact_text(email, {"email", request.who().workspace, {}}).redactions().empty())
    form.refuse("email", "InvalidValue", "holds a value that must not be stored");
  if (!role || *role == auth::Role::kContact) form.refuse("role", "InvalidValue", "agent, admin or owner");
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  if (*role > request.who().role) co_return core::fail(Errc::kForbidden, "a role above your own");
  POSTERN_CO_TRY(auto invited, co_await context.services.accounts.invite(request.who(), std::move(email), std::move(name), *role));
  json::object enrolment;
  enrolment["token"] = invited.second;
  enrolment["path"] = "/#/enrol/" + invited.second;  // a fragment never reaches a server's log
  json::object out;
  out["user"] = user_json(invited.first);
  out["enrolment"] = std::move(enrolment);
  Response response = json_response(201, out);
  response.set("Location", "/api/v2/users/" + std::to_string(invited.first.id.value));
  co_return response;
}

Answer update_user(Request& request, Context& context) {
  auto id = id_param<core::UserId>(request, "id");
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  json::object object = outer.object("user");
  Form form(object, "user");
  std::optional<bool> suspended = form.boolean("suspended");
  if (!suspended && form.ok()) form.refuse("suspended", "BlankValue", "cannot be blank");
  if (suspended && id == request.who().user) form.refuse("suspended", "InvalidValue", "cannot be yourself");
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_TRY(std::optional<auth::User> user, context.services.accounts.find(request.who().workspace, id));
  if (!user) co_return core::fail(Errc::kNotFound, "user");
  if (user->role > request.who().role || !auth::permissions_of(request.who()).has_all(user->permissions)) {
    co_return core::fail(Errc::kForbidden, "somebody who may do more than you");
  }
  POSTERN_CO_CHECK(co_await context.services.accounts.set_disabled(request.who(), id, *suspended));
  co_return one_user(request, context, id);
}

}  // namespace postern::web::api
