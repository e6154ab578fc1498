// What a ticket is related to: other tickets, and people.
#include "ticketing/helpdesk.h"
#include "ticketing/ticket_links.h"
#include "web/api/desk/ticket_handlers.h"
#include "web/api/shapes.h"
#include "web/api/sideloads.h"
#include "web/api/ticket_shaper.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kShownAtOnceMax = 100;

core::Result<Response> tickets_response(const Request& request, Context& context, const std::vector<ticketing::Ticket>& tickets) {
  POSTERN_TRY(const TicketShaper shaper, TicketShaper::make(request, context));
  json::object out;
  out["tickets"] = shaper.list(tickets);
  POSTERN_CHECK(add_sideloads(out, request, context, tickets));
  out["count"] = tickets.size();
  out["next_page"] = nullptr;
  out["previous_page"] = nullptr;
  return json_response(200, out);
}

core::Result<Response> people_response(const Request& request, Context& context, const std::vector<core::UserId>& people) {
  if (!auth::may(request.who(), auth::Permission::kUsersRead)) return core::fail(Errc::kForbidden, "people of a ticket ask for users:read");
  json::array list;
  for (const core::UserId id : people) {
    POSTERN_TRY(const auto user, context.services.accounts.find(request.who().workspace, id));
    if (user) list.push_back(person_of_ticket(*user));
  }
  json::object out;
  out["count"] = list.size();
  out["users"] = std::move(list);
  out["next_page"] = nullptr;
  out["previous_page"] = nullptr;
  return json_response(200, out);
}

}  // namespace

Answer show_many_tickets(Request& request, Context& context) {
  std::string_view rest = request.query_value("ids").value_or("");
  std::vector<core::TicketId> ids;
  while (!rest.empty()) {
    if (ids.size() == kShownAtOnceMax) co_return invalid_field(request, "ids", "TooLong", "at most 100");
    const std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    const core::Result<std::uint64_t> id = read_number(one);
    if (!id) co_return invalid_field(request, "ids", "InvalidFormat", "numbers separated by commas");
    ids.push_back(core::TicketId{*id});
  }
  POSTERN_CO_TRY(const std::vector<ticketing::Ticket> found, context.services.tickets.among(request.who(), ids));
  co_return tickets_response(request, context, found);
}

Answer list_incidents(Request& request, Context& context) {
  const auto id = id_param<core::TicketId>(request, "id");
  POSTERN_CO_TRY(const std::vector<ticketing::Ticket> found, context.services.tickets.incidents_of(request.who(), id));
  co_return tickets_response(request, context, found);
}

Answer show_related(Request& request, Context& context) {
  const auto id = id_param<core::TicketId>(request, "id");
  POSTERN_CO_TRY(const ticketing::Ticket ticket, context.services.tickets.get(request.who(), id));
  POSTERN_CO_TRY(const std::vector<ticketing::Ticket> incidents, context.services.tickets.incidents_of(request.who(), id));
  json::object related;
  related["url"] = "/api/v2/tickets/" + std::to_string(id.value) + "/related";
  related["topic_id"] = nullptr;
  related["jira_issue_ids"] = json::array();
  related["followup_source_ids"] = ticket.follow_up_of == 0 ? json::array() : json::array{ticket.follow_up_of};
  related["from_archive"] = false;
  related["incidents"] = incidents.size();
  json::object out;
  out["ticket_related"] = std::move(related);
  co_return json_response(200, out);
}

Answer list_email_ccs(Request& request, Context& context) {
  POSTERN_CO_TRY(const ticketing::Ticket ticket, context.services.tickets.get(request.who(), id_param<core::TicketId>(request, "id")));
  co_return people_response(request, context, ticket.ccs);
}

Answer list_followers(Request& request, Context& context) {
  POSTERN_CO_TRY(const ticketing::Ticket ticket, context.services.tickets.get(request.who(), id_param<core::TicketId>(request, "id")));
  co_return people_response(request, context, ticket.followers);
}

}  // namespace postern::web::api
