// People, groups and organisations as the JSON objects of the Zendesk API, and who sees whom.
#include "web/api/desk/people_handlers.h"
#include "web/api/desk/person_field_shapes.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

std::string address_of(const char* kind, std::uint64_t id) { return std::string("/api/v2/") + kind + "/" + std::to_string(id); }

json::value text_or_null(const std::string& text) { return text.empty() ? json::value() : json::value(text); }

json::array texts_json(const std::vector<std::string>& texts) {
  json::array out;
  for (const std::string& each : texts) out.emplace_back(each);
  return out;
}

bool may_see_inboxes(const Request& request, const auth::User& user) {
  return request.who().user == user.id || auth::may(request.who(), auth::Permission::kUsersManage) ||
         auth::may(request.who(), auth::Permission::kRolesManage);
}

void add_profile(json::object& out, const auth::User& user, const ticketing::Profile& profile) {
  const bool is_contact = user.role == auth::Role::kContact;
  if (is_contact && !profile.name.empty()) out["name"] = profile.name;
  if (is_contact) {
    out["suspended"] = profile.is_suspended;
    out["active"] = !user.is_disabled;  // false: deleted, or merged
    out["other_emails"] = texts_json(profile.other_emails);
    out["merged_into_id"] = id_or_null(profile.merged_into.value);
  }
  out["alias"] = text_or_null(profile.alias);
  out["phone"] = text_or_null(profile.phone);
  out["details"] = text_or_null(profile.details);
  out["notes"] = text_or_null(profile.notes);
  out["external_id"] = text_or_null(profile.external_id);
  out["locale"] = text_or_null(profile.locale);
  out["time_zone"] = text_or_null(profile.time_zone);
  if (!is_contact) out["signature"] = text_or_null(profile.signature);
  if (!is_contact) out["signature_html"] = text_or_null(profile.signature_html);
  out["tags"] = texts_json(profile.tags);
  out["verified"] = profile.is_verified || user.has_password;
  out["shared"] = profile.is_shared;
  out["organization_id"] = id_or_null(profile.organizations.empty() ? 0 : profile.organizations.front().organization);
  out["updated_at"] = timestamp(std::max(profile.updated_unix_ms, user.created_unix_ms));
}

}  // namespace

core::Result<ticketing::Helpdesk*> desk_of(Context& context) {
  if (context.services.desk == nullptr) return core::fail(Errc::kUnavailable);
  return context.services.desk;
}

core::Result<bool> is_seen(const Request& request, Context& context, const auth::User& user) {
  const bool is_everybody = !request.who().inboxes.is_limited() || user.role != auth::Role::kContact;
  if (is_everybody) return true;
  return context.services.tickets.has_written(request.who(), user.id);
}

core::Result<auth::User> seen_user(const Request& request, Context& context, core::UserId id) {
  POSTERN_TRY(std::optional<auth::User> user, context.services.accounts.find(request.who().workspace, id));
  if (!user) return core::fail(Errc::kNotFound, "user");
  POSTERN_TRY(const bool is_shown, is_seen(request, context, *user));
  if (!is_shown) return core::fail(Errc::kNotFound, "user");
  return std::move(*user);
}

core::Result<json::object> person_json(const Request& request, Context& context, const auth::User& user) {
  json::object out = user_json(user);
  if (!may_see_inboxes(request, user)) out.erase("inbox_ids");
  const bool sees_factors = request.who().user == user.id || (auth::may(request.who(), auth::Permission::kUsersManage) && !request.who().inboxes.is_limited());
  if (sees_factors && user.role != auth::Role::kContact && context.services.ways_in != nullptr) {
    POSTERN_TRY(out["two_factor_enabled"], context.services.ways_in->factors.has_any(user.workspace, user.id));
  }
  if (context.services.desk == nullptr) return out;
  POSTERN_TRY(const ticketing::Profile profile, context.services.desk->people().find(user.workspace, user.id));
  add_profile(out, user, profile);
  POSTERN_TRY(const auto fields, context.services.desk->user_fields().definitions().all(user.workspace));
  out["user_fields"] = person_values_json(*fields, profile.fields);
  std::uint64_t default_group = 0;
  if (user.role != auth::Role::kContact) {
    POSTERN_TRY(const auto memberships, context.services.desk->groups().memberships(user.workspace, user.id, 0));
    for (const ticketing::GroupMembership& each : memberships) {
      if (each.is_default) default_group = each.group;
    }
  }
  out["default_group_id"] = id_or_null(default_group);
  return out;
}

core::Result<json::array> people_json(const Request& request, Context& context, const std::vector<core::UserId>& ids) {
  json::array out;
  for (const core::UserId each : ids) {
    POSTERN_TRY(const std::optional<auth::User> user, context.services.accounts.find(request.who().workspace, each));
    if (!user) continue;
    POSTERN_TRY(const bool is_shown, is_seen(request, context, *user));
    if (!is_shown) continue;
    POSTERN_TRY(json::object one, person_json(request, context, *user));
    out.push_back(std::move(one));
  }
  return out;
}

json::object group_json(const ticketing::Group& group) {
  json::object out;
  out["url"] = address_of("groups", group.id);
  out["id"] = group.id;
  out["name"] = group.name;
  out["description"] = group.description;
  out["default"] = group.is_default;
  out["is_public"] = true;
  out["deleted"] = false;
  json::array members;
  for (const core::UserId each : group.members) members.emplace_back(each.value);
  out["user_ids"] = std::move(members);
  out["created_at"] = timestamp(group.created_unix_ms);
  out["updated_at"] = timestamp(group.updated_unix_ms);
  return out;
}

core::Result<json::object> organization_json(Context& context, core::WorkspaceId workspace, const ticketing::Organization& organization) {
  json::object out;
  POSTERN_TRY(ticketing::Helpdesk* const desk, desk_of(context));
  POSTERN_TRY(const auto fields, desk->organization_fields().definitions().all(workspace));
  out["url"] = address_of("organizations", organization.id);
  out["id"] = organization.id;
  out["name"] = organization.name;
  out["details"] = text_or_null(organization.details);
  out["notes"] = text_or_null(organization.notes);
  out["domain_names"] = texts_json(organization.domains);
  out["tags"] = texts_json(organization.tags);
  out["external_id"] = text_or_null(organization.external_id);
  out["shared_tickets"] = organization.shared_tickets;
  out["shared_comments"] = organization.shared_comments;
  out["group_id"] = id_or_null(organization.group);
  out["organization_fields"] = person_values_json(*fields, organization.fields);
  out["created_at"] = timestamp(organization.created_unix_ms);
  out["updated_at"] = timestamp(organization.updated_unix_ms);
  return out;
}

json::object organization_membership_json(const ticketing::OrganizationMembership& membership) {
  json::object out;
  out["url"] = address_of("organization_memberships", membership.id);
  out["id"] = membership.id;
  out["user_id"] = membership.user.value;
  out["organization_id"] = membership.organization;
  out["default"] = membership.is_default;
  out["created_at"] = timestamp(membership.created_unix_ms);
  return out;
}

Response count_response(const Context& context, std::uint64_t value) {
  json::object count;
  count["value"] = value;
  count["refreshed_at"] = core::to_rfc3339(context.services.clock.wall_now());
  json::object out;
  out["count"] = std::move(count);
  return json_response(200, out);
}

core::Result<std::vector<std::uint64_t>> read_ids(const Request& request, std::size_t count_max) {
  std::string_view rest = request.query_value("ids").value_or("");
  std::vector<std::uint64_t> out;
  while (!rest.empty()) {
    if (out.size() == count_max) return core::fail(Errc::kInvalid, "ids: at most " + std::to_string(count_max));
    const std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    const core::Result<std::uint64_t> id = read_number(one);
    if (!id) return core::fail(Errc::kInvalid, "ids: numbers separated by commas");
    out.push_back(*id);
  }
  return out;
}

}  // namespace postern::web::api
