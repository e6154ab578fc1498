// Groups of agents.
#include "web/api/desk/definition_version.h"
#include "web/api/desk/people_handlers.h"
#include "web/api/desk/people_version.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kNameBytesMax = 200;
constexpr std::size_t kDescriptionBytesMax = 2000;

Response group_response(int status, const ticketing::Group& group) {
  json::object out;
  out["group"] = group_json(group);
  Response response = json_response(status, out);
  if (status == 201) response.set("Location", "/api/v2/groups/" + std::to_string(group.id));
  response.set("ETag", version_etag(group));
  return response;
}

ticketing::Groups::Guard group_guard(IfMatch& match) {
  return [&match](const ticketing::Group& group) {
    return match.check_tag(version_etag(group), [&group] { return core::Result<json::object>(group_json(group)); });
  };
}

core::Result<Response> groups_response(const Request& request, Context& context, const std::vector<ticketing::Group>& groups) {
  POSTERN_TRY(const NumberPage page, read_number_page(request, context.options));
  const auto slice = slice_of(groups, page);
  json::array list;
  for (const ticketing::Group& each : slice.items) list.push_back(group_json(each));
  json::object out;
  out["groups"] = std::move(list);
  out["count"] = groups.size();
  add_page(out, request, slice.has_more, slice.after, page.size);
  return json_response(200, out);
}

// The response when something is wrong with the body.
struct GroupWish {
  ticketing::Groups::Change change;
  std::optional<Response> refused;
};

core::Result<GroupWish> read_group(const Request& request, Context& context, bool is_new) {
  POSTERN_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("group");
  Form form(object, "group");
  refuse_others(form, object, "GroupWrite");
  GroupWish out;
  if (is_new) out.change.name = form.required_text("name", kNameBytesMax);
  else out.change.name = form.text("name", kNameBytesMax);
  out.change.description = form.text("description", kDescriptionBytesMax);
  out.change.is_default = form.boolean("default");
  if (is_new && out.change.is_default == false) out.change.is_default.reset();
  if (form.boolean("is_public") == false) form.refuse("is_public", "InvalidValue", "there are no private groups");
  form.adopt(outer);
  if (!form.ok()) out.refused = form.response(request);
  return out;
}

}  // namespace

Answer list_groups(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const std::vector<ticketing::Group> all, desk->groups().all(request.who().workspace));
  co_return groups_response(request, context, all);
}

Answer count_groups(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const std::vector<ticketing::Group> all, desk->groups().all(request.who().workspace));
  co_return count_response(context, all.size());
}

Answer show_group(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const std::uint64_t id, read_number(request.param("id")));
  POSTERN_CO_TRY(const ticketing::Group group, desk->groups().find(request.who().workspace, id));
  co_return group_response(200, group);
}

Answer create_group(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(GroupWish read, read_group(request, context, true));
  if (read.refused) co_return std::move(*read.refused);
  POSTERN_CO_TRY(const ticketing::Group made, co_await desk->groups().create(request.who(), std::move(read.change)));
  co_return group_response(201, made);
}

Answer update_group(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const std::uint64_t id, read_number(request.param("id")));
  POSTERN_CO_TRY(GroupWish read, read_group(request, context, false));
  if (read.refused) co_return std::move(*read.refused);
  IfMatch match(request);
  const auto changed = co_await desk->groups().update(request.who(), id, std::move(read.change), group_guard(match));
  if (std::optional<Response> refused = match.refusal()) co_return *std::move(refused);
  if (!changed) co_return changed.error();
  co_return group_response(200, *changed);
}

Answer delete_group(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const std::uint64_t id, read_number(request.param("id")));
  IfMatch match(request);
  const auto erased = co_await desk->groups().erase(request.who(), id, group_guard(match));
  co_return match.removed(erased);
}

Answer list_group_users(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const std::uint64_t id, read_number(request.param("id")));
  POSTERN_CO_TRY(const ticketing::Group group, desk->groups().find(request.who().workspace, id));
  POSTERN_CO_TRY(const NumberPage page, read_number_page(request, context.options));
  const auto slice = slice_of(group.members, page);
  json::object out;
  POSTERN_CO_TRY(out["users"], people_json(request, context, std::vector<core::UserId>(slice.items.begin(), slice.items.end())));
  out["count"] = group.members.size();
  add_page(out, request, slice.has_more, slice.after, page.size);
  co_return json_response(200, out);
}

Answer list_groups_of_user(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const auth::User user, seen_user(request, context, id_param<core::UserId>(request, "id")));
  POSTERN_CO_TRY(std::vector<ticketing::Group> all, desk->groups().all(request.who().workspace));
  std::erase_if(all, [&user](const ticketing::Group& each) { return std::ranges::find(each.members, user.id) == each.members.end(); });
  co_return groups_response(request, context, all);
}

}  // namespace postern::web::api
