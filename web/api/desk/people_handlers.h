#pragma once
// web/api/desk/people_handlers.h: handlers of people_routes.cc and user_routes.cc; see web/api/handlers.h. What they share is
// below.
#include <algorithm>
#include <span>

#include "ticketing/helpdesk.h"
#include "ticketing/people/groups.h"
#include "ticketing/people/organizations.h"
#include "ticketing/people/people.h"
#include "web/api/handlers.h"
#include "web/api/schemas.h"
#include "web/api/shapes.h"

namespace postern::ticketing {
struct TicketNumbers;
}

namespace postern::web::api {

// groups.cc
Answer list_groups(Request& request, Context& context);
Answer count_groups(Request& request, Context& context);
Answer show_group(Request& request, Context& context);
Answer create_group(Request& request, Context& context);
Answer update_group(Request& request, Context& context);
Answer delete_group(Request& request, Context& context);
Answer list_group_users(Request& request, Context& context);
Answer list_groups_of_user(Request& request, Context& context);
// group_memberships.cc
Answer list_group_memberships(Request& request, Context& context);
Answer list_memberships_of_group(Request& request, Context& context);
Answer list_memberships_of_user(Request& request, Context& context);
Answer show_group_membership(Request& request, Context& context);
Answer create_group_membership(Request& request, Context& context);
Answer delete_group_membership(Request& request, Context& context);
Answer make_group_membership_default(Request& request, Context& context);
// organizations.cc
Answer list_organizations(Request& request, Context& context);
Answer count_organizations(Request& request, Context& context);
Answer show_organization(Request& request, Context& context);
Answer show_many_organizations(Request& request, Context& context);
Answer search_organizations(Request& request, Context& context);
Answer autocomplete_organizations(Request& request, Context& context);
Answer create_organization(Request& request, Context& context);
Answer create_or_update_organization(Request& request, Context& context);
Answer update_organization(Request& request, Context& context);
Answer delete_organization(Request& request, Context& context);
Answer list_organization_users(Request& request, Context& context);
Answer list_organization_tickets(Request& request, Context& context);
Answer list_organizations_of_user(Request& request, Context& context);
// organization_memberships.cc
Answer list_organization_memberships_of_user(Request& request, Context& context);
Answer show_organization_membership(Request& request, Context& context);
Answer create_organization_membership(Request& request, Context& context);
Answer delete_organization_membership(Request& request, Context& context);
Answer make_organization_membership_default(Request& request, Context& context);
// user_search.cc
Answer search_users(Request& request, Context& context);
Answer autocomplete_users(Request& request, Context& context);
// user_tickets.cc
Answer list_requested_tickets(Request& request, Context& context);
Answer list_assigned_tickets(Request& request, Context& context);
Answer list_copied_tickets(Request& request, Context& context);
Answer show_user_related(Request& request, Context& context);
// user_merge.cc
Answer merge_user(Request& request, Context& context);
// user_identities.cc
Answer list_identities(Request& request, Context& context);
Answer show_identity(Request& request, Context& context);
Answer create_identity(Request& request, Context& context);
Answer update_identity(Request& request, Context& context);
Answer make_identity_primary(Request& request, Context& context);
Answer delete_identity(Request& request, Context& context);
// users.cc
Answer create_or_update_user(Request& request, Context& context);

// people_shapes.cc. Errors: Errc::kUnavailable where people are not offered.
core::Result<ticketing::Helpdesk*> desk_of(Context& context);
// Contacts belong to the workspace; who is limited to inboxes sees those who wrote to one of his.
core::Result<bool> is_seen(const Request& request, Context& context, const auth::User& user);
// Errc::kNotFound when whoever asks does not see him.
core::Result<auth::User> seen_user(const Request& request, Context& context, core::UserId id);
// An account with what is known of the person beside it. In which inboxes somebody works is told to himself and to those who
// manage people.
core::Result<json::object> person_json(const Request& request, Context& context, const auth::User& user);
// Those of them whom whoever asks sees.
core::Result<json::array> people_json(const Request& request, Context& context, const std::vector<core::UserId>& ids);
json::object group_json(const ticketing::Group& group);
core::Result<json::object> organization_json(Context& context, core::WorkspaceId workspace, const ticketing::Organization& organization);
json::object organization_membership_json(const ticketing::OrganizationMembership& membership);
// {"count": {"value", "refreshed_at"}}
Response count_response(const Context& context, std::uint64_t value);
// user_tickets.cc: those of a page that whoever asks may see.
core::Result<Response> tickets_response(const Request& request, Context& context, const ticketing::TicketNumbers& found, std::size_t size);
// Of "ids=1,2,3". Errors: kInvalid.
core::Result<std::vector<std::uint64_t>> read_ids(const Request& request, std::size_t count_max);
// A page of what is in memory, by place.
template <class T>
struct Slice {
  std::span<const T> items;
  bool has_more = false;
  std::string after;
};
template <class T>
Slice<T> slice_of(const std::vector<T>& all, const NumberPage& page) {
  const std::size_t begin = std::min<std::size_t>(page.after, all.size());
  const std::size_t end = begin + std::min(page.size, all.size() - begin);
  return {std::span(all).subspan(begin, end - begin), end < all.size(), end < all.size() ? std::to_string(end) : std::string()};
}

}  // namespace postern::web::api
