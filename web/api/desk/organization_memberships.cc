// Who belongs to which organisation.
#include "web/api/desk/people_handlers.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

Response membership_response(int status, const ticketing::OrganizationMembership& membership) {
  json::object out;
  out["organization_membership"] = organization_membership_json(membership);
  Response response = json_response(status, out);
  if (status == 201) response.set("Location", "/api/v2/organization_memberships/" + std::to_string(membership.id));
  return response;
}

Response memberships_response(const ticketing::Profile& profile) {
  json::array list;
  for (const ticketing::OrganizationMembership& each : profile.organizations) list.push_back(organization_membership_json(each));
  json::object out;
  out["count"] = list.size();
  out["organization_memberships"] = std::move(list);
  return json_response(200, out);
}

}  // namespace

Answer list_organization_memberships_of_user(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const auth::User user, seen_user(request, context, id_param<core::UserId>(request, "id")));
  POSTERN_CO_TRY(const ticketing::Profile profile, desk->people().find(user.workspace, user.id));
  co_return memberships_response(profile);
}

Answer show_organization_membership(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const std::uint64_t id, read_number(request.param("id")));
  POSTERN_CO_TRY(const auto membership, desk->people().membership(request.who().workspace, id));
  POSTERN_CO_CHECK(seen_user(request, context, membership.user));
  co_return membership_response(200, membership);
}

Answer create_organization_membership(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("organization_membership");
  Form form(object, "organization_membership");
  refuse_others(form, object, "OrganizationMembershipWrite");
  const core::UserId user{form.id("user_id").value_or(0)};
  const std::uint64_t organization = form.id("organization_id").value_or(0);
  const bool is_default = form.boolean("default").value_or(false);
  if (!user) form.refuse("user_id", "BlankValue", "cannot be blank");
  if (organization == 0) form.refuse("organization_id", "BlankValue", "cannot be blank");
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_TRY(const auto made, co_await desk->people().join(request.who(), user, organization, is_default));
  co_return membership_response(201, made);
}

Answer delete_organization_membership(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const std::uint64_t id, read_number(request.param("id")));
  POSTERN_CO_CHECK(co_await desk->people().leave(request.who(), id));
  Response response;
  response.status = 204;
  co_return response;
}

Answer make_organization_membership_default(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const std::uint64_t membership, read_number(request.param("membership_id")));
  const auto user = id_param<core::UserId>(request, "id");
  POSTERN_CO_TRY(const ticketing::Profile profile, co_await desk->people().make_default(request.who(), user, membership));
  co_return memberships_response(profile);
}

}  // namespace postern::web::api
