// Roles: those that a workspace makes of single permissions, and who has which. The built-in ones are listed with them.
#include "auth/errc.h"
#include "core/errc.h"
#include "web/api/desk/definition_version.h"
#include "web/api/desk/people_version.h"
#include "web/api/handlers.h"
#include "web/api/shapes.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kNameBytesMax = 200;
constexpr std::size_t kDescriptionBytesMax = 800;
constexpr std::size_t kWordBytesMax = 64;

json::array words_json(auth::PermissionSet permissions) {
  json::array out;
  for (const std::string& word : auth::words_of(permissions)) out.emplace_back(word);
  return out;
}

json::object role_json(const auth::CustomRole& role) {
  json::object out;
  out["id"] = role.id;
  out["name"] = role.name;
  out["description"] = role.description;
  out["permissions"] = words_json(role.permissions);
  out["built_in"] = false;
  out["created_at"] = timestamp(role.created_unix_ms);
  out["updated_at"] = timestamp(role.updated_unix_ms);
  return out;
}

json::object built_in_json(const char* name, const char* description, auth::PermissionSet permissions, std::uint64_t id) {
  json::object out;
  out["id"] = id_or_null(id);
  out["name"] = name;
  out["description"] = description;
  out["permissions"] = words_json(permissions);
  out["built_in"] = true;
  return out;
}

std::optional<auth::CustomRole> read_role(Form& form, Request& request, Context& context) {
  auth::CustomRole role;
  role.name = form.required_text("name", kNameBytesMax);
  role.description = form.text("description", kDescriptionBytesMax).value_or(std::string());
  for (const std::string& word : form.texts("permissions", auth::kPermissions.size(), kWordBytesMax)) {
    const std::optional<auth::Permission> permission = auth::parse_permission(word);
    if (!permission) {
      form.refuse("permissions", "InvalidValue", "unknown: " + word);
      return std::nullopt;
    }
    role.permissions.add(*permission);
  }
  const core::WorkspaceId workspace = request.who().workspace;
  role.name = context.services.redactor.redact_text(role.name, {"role", workspace, {}}).text();
  role.description = context.services.redactor.redact_text(role.description, {"role", workspace, {}}).text();
  return role;
}

Response role_response(int status, const auth::CustomRole& role) {
  json::object out;
  out["custom_role"] = role_json(role);
  Response response = json_response(status, out);
  response.set("ETag", version_etag(role));
  return response;
}

auth::Roles::Guard role_guard(IfMatch& match) {
  return [&match](const auth::CustomRole& role) {
    return match.check_tag(version_etag(role), [&role] { return core::Result<json::object>(role_json(role)); });
  };
}

}  // namespace

Answer show_role(Request& request, Context& context) {
  if (context.services.roles == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(const auto role, context.services.roles->find(request.who().workspace, read_number(request.param("id")).value()));
  if (!role) co_return core::fail(Errc::kNotFound);
  co_return role_response(200, *role);
}

Answer list_roles(Request& request, Context& context) {
  json::array list;
  using auth::Role;
  list.push_back(built_in_json("owner", "An admin whom only owners manage", auth::permissions_of(Role::kOwner), 0));
  list.push_back(built_in_json("admin", "Settings, people and security", auth::permissions_of(Role::kAdmin), 0));
  list.push_back(built_in_json("agent", "Works on tickets", auth::permissions_of(Role::kAgent), 0));
  list.push_back(built_in_json("light-agent", "Reads, and writes internal notes", auth::light_agent_permissions(), auth::kLightAgent));
  list.push_back(built_in_json("end-user", "Writes to the desk by mail", auth::permissions_of(Role::kContact), 0));
  if (context.services.roles != nullptr) {
    POSTERN_CO_TRY(const std::vector<auth::CustomRole> roles, context.services.roles->list(request.who().workspace));
    for (const auth::CustomRole& each : roles) list.push_back(role_json(each));
  }
  json::array permissions;
  for (const auth::PermissionInfo& each : auth::kPermissions) {
    permissions.push_back(json::object{{"name", each.word}, {"description", each.means}});
  }
  json::object out;
  out["count"] = list.size();
  out["custom_roles"] = std::move(list);
  out["permissions"] = std::move(permissions);
  co_return json_response(200, out);
}

Answer create_role(Request& request, Context& context) {
  if (context.services.roles == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  json::object object = outer.object("custom_role");
  Form form(object, "custom_role");
  std::optional<auth::CustomRole> draft = read_role(form, request, context);
  form.adopt(outer);
  if (!form.ok() || !draft) co_return form.response(request);
  POSTERN_CO_TRY(const auth::CustomRole made, co_await context.services.roles->create(request.who(), std::move(*draft)));
  co_return role_response(201, made);
}

Answer update_role(Request& request, Context& context) {
  if (context.services.roles == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  json::object object = outer.object("custom_role");
  Form form(object, "custom_role");
  std::optional<auth::CustomRole> changed = read_role(form, request, context);
  if (!form.has("permissions")) form.refuse("permissions", "BlankValue", "cannot be blank");
  form.adopt(outer);
  if (!form.ok() || !changed) co_return form.response(request);
  changed->id = read_number(request.param("id")).value();
  IfMatch match(request);
  const auto made = co_await context.services.roles->update(request.who(), std::move(*changed), role_guard(match));
  if (std::optional<Response> refused = match.refusal()) co_return *std::move(refused);
  if (!made) co_return made.error();
  co_return role_response(200, *made);
}

Answer delete_role(Request& request, Context& context) {
  if (context.services.roles == nullptr) co_return core::fail(Errc::kNotFound);
  const std::uint64_t id = read_number(request.param("id")).value();
  IfMatch match(request);
  const auto removed = co_await context.services.roles->remove(request.who(), id, role_guard(match));
  co_return match.removed(removed);
}

Answer set_user_role(Request& request, Context& context) {
  const auto id = id_param<core::UserId>(request, "id");
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  json::object object = outer.object("user");
  Form form(object, "user");
  const std::string word = form.required_text("role", kWordBytesMax);
  const std::uint64_t custom_role = form.id("custom_role_id").value_or(0);
  const std::optional<auth::Role> role = parse_role(word);
  if (!role || *role == auth::Role::kContact) form.refuse("role", "InvalidValue", "agent, admin or owner");
  if (custom_role != 0 && role && *role != auth::Role::kAgent) form.refuse("custom_role_id", "InvalidValue", "goes with the role agent");
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_TRY(const auth::User changed, co_await context.services.accounts.set_role(request.who(), id, *role, custom_role));
  json::object out;
  out["user"] = user_json(changed);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
