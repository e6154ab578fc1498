// Organisations. Whoever is limited to inboxes sees those that have a ticket in one of his.
#include "ticketing/people/ticket_people.h"
#include "web/api/desk/definition_version.h"
#include "web/api/desk/people_handlers.h"
#include "web/api/desk/people_version.h"
#include "web/api/desk/person_field_shapes.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kIdsMax = 100;
constexpr std::size_t kFoundMax = 100;
constexpr std::size_t kTicketsLookedAt = 200;  // of one organisation, for somebody who is limited to inboxes
constexpr std::size_t kNameBytesMax = 255;
constexpr std::size_t kTextBytesMax = 16384;
constexpr std::size_t kListMax = 100;

core::Result<bool> is_organization_seen(const Request& request, Context& context, ticketing::Helpdesk& desk, std::uint64_t id) {
  if (!request.who().inboxes.is_limited()) return true;
  POSTERN_TRY(const ticketing::TicketNumbers found,
              desk.ticket_people().of_organization(request.who().workspace, id, {}, kTicketsLookedAt));
  return std::ranges::any_of(found.tickets, [&](core::TicketId each) { return context.services.tickets.get(request.who(), each).has_value(); });
}

core::Result<ticketing::Organization> seen_organization(const Request& request, Context& context, ticketing::Helpdesk& desk, std::uint64_t id) {
  POSTERN_TRY(ticketing::Organization found, desk.organizations().find(request.who().workspace, id));
  POSTERN_TRY(const bool is_seen, is_organization_seen(request, context, desk, id));
  if (!is_seen) return core::fail(Errc::kNotFound, "organization");
  return found;
}

core::Result<json::array> organizations_json(const Request& request, Context& context, ticketing::Helpdesk& desk,
                                             const std::vector<ticketing::Organization>& all) {
  json::array out;
  for (const ticketing::Organization& each : all) {
    POSTERN_TRY(const bool is_seen, is_organization_seen(request, context, desk, each.id));
    if (!is_seen) continue;
    POSTERN_TRY(json::object one, organization_json(context, request.who().workspace, each));
    out.push_back(std::move(one));
  }
  return out;
}

core::Result<Response> organization_response(const Request& request, Context& context, int status, const ticketing::Organization& organization) {
  json::object out;
  POSTERN_TRY(out["organization"], organization_json(context, request.who().workspace, organization));
  Response response = json_response(status, out);
  if (status == 201) response.set("Location", "/api/v2/organizations/" + std::to_string(organization.id));
  response.set("ETag", version_etag(organization));
  return response;
}

ticketing::Organizations::Guard organization_guard(IfMatch& match, const Request& request, Context& context) {
  return [&match, &request, &context](const ticketing::Organization& organization) {
    return match.check_tag(version_etag(organization), [&] { return organization_json(context, request.who().workspace, organization); });
  };
}

core::Result<Response> found_response(const Request& request, Context& context, ticketing::Helpdesk& desk,
                                      const std::vector<ticketing::Organization>& all) {
  json::object out;
  POSTERN_TRY(json::array list, organizations_json(request, context, desk, all));
  out["count"] = list.size();
  out["organizations"] = std::move(list);
  return json_response(200, out);
}

// Absent is not the same as empty.
std::optional<std::vector<std::string>> list_of(Form& form, std::string_view name) {
  if (!form.has(name)) return std::nullopt;
  return form.texts(name, kListMax, kNameBytesMax);
}

struct OrganizationWish {
  ticketing::Organizations::Change change;
  std::optional<Response> refused;
};

core::Result<OrganizationWish> read_organization(const Request& request, Context& context, bool is_new) {
  POSTERN_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("organization");
  Form form(object, "organization");
  refuse_others(form, object, "OrganizationWrite");
  OrganizationWish out;
  ticketing::Organizations::Change& change = out.change;
  if (is_new) change.name = form.required_text("name", kNameBytesMax);
  else change.name = form.text("name", kNameBytesMax);
  change.details = form.text("details", kTextBytesMax);
  change.notes = form.text("notes", kTextBytesMax);
  change.external_id = form.text("external_id", kNameBytesMax);
  if (form.has("external_id") && !change.external_id) change.external_id = std::string();
  change.domains = list_of(form, "domain_names");
  change.tags = list_of(form, "tags");
  change.shared_tickets = form.boolean("shared_tickets");
  change.shared_comments = form.boolean("shared_comments");
  change.group = form.id("group_id");
  change.fields = read_person_values(form, object, ticketing::FieldsOf::kOrganization);
  form.adopt(outer);
  if (!form.ok()) out.refused = form.response(request);
  return out;
}

}  // namespace

Answer list_organizations(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const NumberPage page, read_number_page(request, context.options));
  POSTERN_CO_TRY(std::vector<ticketing::Organization> all, desk->organizations().page(request.who().workspace, page.after, page.size + 1));
  const bool has_more = all.size() > page.size;
  if (has_more) all.pop_back();
  json::object out;
  POSTERN_CO_TRY(out["organizations"], organizations_json(request, context, *desk, all));
  add_page(out, request, has_more, has_more ? std::to_string(all.back().id) : std::string(), page.size);
  co_return json_response(200, out);
}

Answer count_organizations(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const std::uint64_t count, desk->organizations().count(request.who().workspace));
  co_return count_response(context, count);
}

Answer show_organization(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const std::uint64_t id, read_number(request.param("id")));
  POSTERN_CO_TRY(const ticketing::Organization found, seen_organization(request, context, *desk, id));
  co_return organization_response(request, context, 200, found);
}

Answer show_many_organizations(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const std::vector<std::uint64_t> ids, read_ids(request, kIdsMax));
  std::vector<ticketing::Organization> all;
  for (const std::uint64_t each : ids) {
    auto found = desk->organizations().find(request.who().workspace, each);
    if (found) all.push_back(std::move(*found));
    else if (!(found.error() == ticketing::Errc::kNotFound)) co_return found.error();
  }
  co_return found_response(request, context, *desk, all);
}

Answer search_organizations(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  const core::WorkspaceId workspace = request.who().workspace;
  std::optional<ticketing::Organization> found;
  if (const auto external_id = request.query_value("external_id")) {
    POSTERN_CO_TRY(found, desk->organizations().find_by_external_id(workspace, *external_id));
  } else if (const auto name = request.query_value("name")) {
    POSTERN_CO_TRY(found, desk->organizations().find_by_name(workspace, *name));
  } else {
    co_return core::fail(Errc::kInvalid, "external_id or name is needed");
  }
  std::vector<ticketing::Organization> all;
  if (found) all.push_back(std::move(*found));
  co_return found_response(request, context, *desk, all);
}

Answer autocomplete_organizations(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  const std::string_view name = request.query_value("name").value_or("");
  POSTERN_CO_TRY(const auto all, desk->organizations().complete(request.who().workspace, name, kFoundMax));
  co_return found_response(request, context, *desk, all);
}

Answer create_organization(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(OrganizationWish read, read_organization(request, context, true));
  if (read.refused) co_return std::move(*read.refused);
  POSTERN_CO_TRY(const ticketing::Organization made, co_await desk->organizations().create(request.who(), std::move(read.change)));
  co_return organization_response(request, context, 201, made);
}

Answer create_or_update_organization(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(OrganizationWish read, read_organization(request, context, true));
  if (read.refused) co_return std::move(*read.refused);
  POSTERN_CO_TRY(const auto done, co_await desk->organizations().create_or_update(request.who(), std::move(read.change)));
  co_return organization_response(request, context, done.second ? 201 : 200, done.first);
}

Answer update_organization(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const std::uint64_t id, read_number(request.param("id")));
  POSTERN_CO_TRY(OrganizationWish read, read_organization(request, context, false));
  if (read.refused) co_return std::move(*read.refused);
  IfMatch match(request);
  const auto changed = co_await desk->organizations().update(request.who(), id, std::move(read.change), organization_guard(match, request, context));
  if (std::optional<Response> refused = match.refusal()) co_return *std::move(refused);
  if (!changed) co_return changed.error();
  co_return organization_response(request, context, 200, *changed);
}

Answer delete_organization(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const std::uint64_t id, read_number(request.param("id")));
  IfMatch match(request);
  const auto erased = co_await desk->organizations().erase(request.who(), id, organization_guard(match, request, context));
  co_return match.removed(erased);
}

Answer list_organization_users(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const std::uint64_t id, read_number(request.param("id")));
  POSTERN_CO_CHECK(seen_organization(request, context, *desk, id));
  POSTERN_CO_TRY(const NumberPage page, read_number_page(request, context.options));
  POSTERN_CO_TRY(std::vector<core::UserId> members,
                 desk->organizations().members(request.who().workspace, id, core::UserId{page.after}, page.size + 1));
  const bool has_more = members.size() > page.size;
  if (has_more) members.pop_back();
  json::object out;
  POSTERN_CO_TRY(out["users"], people_json(request, context, members));
  add_page(out, request, has_more, has_more ? std::to_string(members.back().value) : std::string(), page.size);
  co_return json_response(200, out);
}

Answer list_organization_tickets(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const std::uint64_t id, read_number(request.param("id")));
  POSTERN_CO_CHECK(seen_organization(request, context, *desk, id));
  POSTERN_CO_TRY(const Page page, read_page(request, context.options));
  POSTERN_CO_TRY(const ticketing::TicketNumbers found,
                 desk->ticket_people().of_organization(request.who().workspace, id, page.after, page.size));
  co_return tickets_response(request, context, found, page.size);
}

Answer list_organizations_of_user(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const auth::User user, seen_user(request, context, id_param<core::UserId>(request, "id")));
  POSTERN_CO_TRY(const ticketing::Profile profile, desk->people().find(user.workspace, user.id));
  json::array list;
  for (const ticketing::OrganizationMembership& each : profile.organizations) {
    const auto found = desk->organizations().find(user.workspace, each.organization);
    if (!found) continue;
    POSTERN_CO_TRY(json::object one, organization_json(context, user.workspace, *found));
    list.push_back(std::move(one));
  }
  json::object out;
  out["count"] = list.size();
  out["organizations"] = std::move(list);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
