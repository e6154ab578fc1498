// Who is in which group.
#include "web/api/desk/people_handlers.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

json::object membership_json(const ticketing::GroupMembership& membership) {
  json::object out;
  out["url"] = "/api/v2/group_memberships/" + std::to_string(membership.id);
  out["id"] = membership.id;
  out["user_id"] = membership.user.value;
  out["group_id"] = membership.group;
  out["default"] = membership.is_default;
  out["created_at"] = timestamp(membership.created_unix_ms);
  out["updated_at"] = timestamp(membership.created_unix_ms);
  return out;
}

Response membership_response(int status, const ticketing::GroupMembership& membership) {
  json::object out;
  out["group_membership"] = membership_json(membership);
  Response response = json_response(status, out);
  if (status == 201) response.set("Location", "/api/v2/group_memberships/" + std::to_string(membership.id));
  return response;
}

core::Result<Response> memberships_response(const Request& request, Context& context, const std::vector<ticketing::GroupMembership>& all) {
  POSTERN_TRY(const NumberPage page, read_number_page(request, context.options));
  const auto slice = slice_of(all, page);
  json::array list;
  for (const ticketing::GroupMembership& each : slice.items) list.push_back(membership_json(each));
  json::object out;
  out["group_memberships"] = std::move(list);
  out["count"] = all.size();
  add_page(out, request, slice.has_more, slice.after, page.size);
  return json_response(200, out);
}

core::Result<Response> list_of(const Request& request, Context& context, core::UserId user, std::uint64_t group) {
  POSTERN_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_TRY(const auto all, desk->groups().memberships(request.who().workspace, user, group));
  return memberships_response(request, context, all);
}

}  // namespace

Answer list_group_memberships(Request& request, Context& context) { co_return list_of(request, context, {}, 0); }

Answer list_memberships_of_group(Request& request, Context& context) {
  POSTERN_CO_TRY(const std::uint64_t group, read_number(request.param("id")));
  if (group == 0) co_return core::fail(Errc::kNotFound, "group");
  co_return list_of(request, context, {}, group);
}

Answer list_memberships_of_user(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::User user, seen_user(request, context, id_param<core::UserId>(request, "id")));
  co_return list_of(request, context, user.id, 0);
}

Answer show_group_membership(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const std::uint64_t id, read_number(request.param("id")));
  POSTERN_CO_TRY(const auto membership, desk->groups().membership(request.who().workspace, id));
  co_return membership_response(200, membership);
}

Answer create_group_membership(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("group_membership");
  Form form(object, "group_membership");
  refuse_others(form, object, "GroupMembershipWrite");
  const std::uint64_t user = form.id("user_id").value_or(0), group = form.id("group_id").value_or(0);
  const bool is_default = form.boolean("default").value_or(false);
  if (user == 0) form.refuse("user_id", "BlankValue", "cannot be blank");
  if (group == 0) form.refuse("group_id", "BlankValue", "cannot be blank");
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_TRY(const auto made, co_await desk->groups().join(request.who(), group, core::UserId{user}, is_default));
  co_return membership_response(201, made);
}

Answer delete_group_membership(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const std::uint64_t id, read_number(request.param("id")));
  POSTERN_CO_CHECK(co_await desk->groups().leave(request.who(), id));
  Response response;
  response.status = 204;
  co_return response;
}

Answer make_group_membership_default(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const std::uint64_t membership, read_number(request.param("membership_id")));
  const auto user = id_param<core::UserId>(request, "id");
  POSTERN_CO_TRY(const auto all, co_await desk->groups().make_default(request.who(), user, membership));
  co_return memberships_response(request, context, all);
}

}  // namespace postern::web::api
