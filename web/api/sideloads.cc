#include "web/api/sideloads.h"

#include <set>

#include "ticketing/errc.h"
#include "ticketing/helpdesk.h"
#include "ticketing/people/groups.h"
#include "ticketing/people/organizations.h"
#include "web/api/desk/people_handlers.h"
#include "web/api/desk/sla_shapes.h"
#include "web/api/shapes.h"
#include "web/errc.h"

namespace postern::web {
namespace {

// Who has written and who is written to first: they are shown in every list.
std::vector<core::UserId> people_of(const std::vector<ticketing::Ticket>& tickets) {
  std::vector<core::UserId> out;
  std::set<core::UserId> seen;
  const auto add = [&](core::UserId user) {
    if (user && out.size() < kSideloadedUsersMax && seen.insert(user).second) out.push_back(user);
  };
  for (const ticketing::Ticket& each : tickets) {
    add(each.requester);
    add(each.submitter);
    add(each.assignee);
  }
  for (const ticketing::Ticket& each : tickets) {
    for (const core::UserId user : each.ccs) add(user);
    for (const core::UserId user : each.followers) add(user);
  }
  return out;
}

core::Result<json::array> users_of(const Request& request, Context& context, const std::vector<ticketing::Ticket>& tickets) {
  if (!auth::may(request.who(), auth::Permission::kUsersRead)) return core::fail(Errc::kForbidden, "include=users asks for users:read");
  json::array out;
  for (const core::UserId id : people_of(tickets)) {
    POSTERN_TRY(const auto user, context.services.accounts.find(request.who().workspace, id));
    if (user) out.push_back(person_of_ticket(*user));
  }
  return out;
}

// What is there of them: a ticket may name one that was deleted just now.
template <class Find, class Shape>
core::Result<json::array> named_by(const std::vector<ticketing::Ticket>& tickets, std::uint64_t ticketing::Ticket::*id, Find find, Shape shape) {
  std::set<std::uint64_t> ids;
  for (const ticketing::Ticket& each : tickets) {
    if (each.*id != 0) ids.insert(each.*id);
  }
  json::array out;
  for (const std::uint64_t each : ids) {
    const auto found = find(each);
    if (!found && !(found.error() == ticketing::Errc::kNotFound)) return found.error();
    if (!found) continue;
    POSTERN_TRY(json::object one, shape(*found));
    out.push_back(std::move(one));
  }
  return out;
}

core::Result<json::array> groups_of(const Request& request, Context& context, const std::vector<ticketing::Ticket>& tickets) {
  if (context.services.desk == nullptr) return json::array();
  const ticketing::Groups& groups = context.services.desk->groups();
  const auto find = [&](std::uint64_t id) { return groups.find(request.who().workspace, id); };
  return named_by(tickets, &ticketing::Ticket::group, find, [](const ticketing::Group& group) -> core::Result<json::object> { return api::group_json(group); });
}

core::Result<json::array> organizations_of(const Request& request, Context& context, const std::vector<ticketing::Ticket>& tickets) {
  if (!auth::may(request.who(), auth::Permission::kUsersRead)) return core::fail(Errc::kForbidden, "include=organizations asks for users:read");
  if (context.services.desk == nullptr) return json::array();
  const ticketing::Organizations& organizations = context.services.desk->organizations();
  const auto find = [&](std::uint64_t id) { return organizations.find(request.who().workspace, id); };
  const auto shape = [&](const ticketing::Organization& organization) { return api::organization_json(context, request.who().workspace, organization); };
  return named_by(tickets, &ticketing::Ticket::organization, find, shape);
}

}  // namespace

core::Result<void> add_sideloads(json::object& out, const Request& request, Context& context, const std::vector<ticketing::Ticket>& tickets) {
  std::string_view rest = request.query_value("include").value_or(std::string_view());
  while (!rest.empty()) {
    const std::string_view word = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    if (word == "users") {
      POSTERN_TRY(out["users"], users_of(request, context, tickets));
    } else if (word == "groups") {
      POSTERN_TRY(out["groups"], groups_of(request, context, tickets));
    } else if (word == "organizations") {
      POSTERN_TRY(out["organizations"], organizations_of(request, context, tickets));
    } else if (word != "comment_count" && word != "comment_counts") {  // every ticket has that
      POSTERN_TRY(const bool is_of_times, add_ticket_times(word, out, request, context, tickets));
      if (!is_of_times) return core::fail(Errc::kInvalid, "include: users, groups, organizations, slas, metric_sets or comment_count");
    }
  }
  return {};
}

}  // namespace postern::web
