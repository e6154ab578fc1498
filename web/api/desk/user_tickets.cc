// The tickets of somebody: asked by him, assigned to him, copied to him.
#include "ticketing/people/ticket_people.h"
#include "web/api/desk/people_handlers.h"
#include "web/api/sideloads.h"
#include "web/api/ticket_shaper.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kCountedMax = 1000;

core::Result<Response> list_by(const Request& request, Context& context, const ticketing::TicketQuery& query) {
  POSTERN_TRY(const ticketing::TicketPage found, context.services.tickets.list(request.who(), query));
  POSTERN_TRY(const TicketShaper shape, TicketShaper::make(request, context));
  json::object out;
  out["tickets"] = shape.list(found.tickets);
  POSTERN_CHECK(add_sideloads(out, request, context, found.tickets));
  add_page(out, request, found.has_more, found.after, query.size);
  return json_response(200, out);
}

// Up to kCountedMax of those within the reach.
core::Result<std::uint64_t> count_by(const Request& request, Context& context, ticketing::TicketQuery query) {
  query.size = context.options.page_size_max;
  std::uint64_t out = 0;
  for (;;) {
    POSTERN_TRY(const ticketing::TicketPage found, context.services.tickets.list(request.who(), query));
    out += found.tickets.size();
    if (!found.has_more || found.tickets.empty() || out >= kCountedMax) return std::min<std::uint64_t>(out, kCountedMax);
    query.after = found.after;
  }
}

}  // namespace

core::Result<Response> tickets_response(const Request& request, Context& context, const ticketing::TicketNumbers& found, std::size_t size) {
  std::vector<ticketing::Ticket> tickets;
  for (const core::TicketId each : found.tickets) {
    const auto ticket = context.services.tickets.get(request.who(), each);
    if (ticket) tickets.push_back(*ticket);
    else if (!(ticket.error() == ticketing::Errc::kNotFound)) return ticket.error();
  }
  POSTERN_TRY(const TicketShaper shape, TicketShaper::make(request, context));
  json::object out;
  out["tickets"] = shape.list(tickets);
  POSTERN_CHECK(add_sideloads(out, request, context, tickets));
  add_page(out, request, found.has_more, found.after, size);
  return json_response(200, out);
}

Answer list_requested_tickets(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::User user, seen_user(request, context, id_param<core::UserId>(request, "id")));
  POSTERN_CO_TRY(Page page, read_page(request, context.options));
  ticketing::TicketQuery query;
  query.requester = user.id;
  query.size = page.size;
  query.after = page.after;
  co_return list_by(request, context, query);
}

Answer list_assigned_tickets(Request& request, Context& context) {
  POSTERN_CO_TRY(const auth::User user, seen_user(request, context, id_param<core::UserId>(request, "id")));
  POSTERN_CO_TRY(Page page, read_page(request, context.options));
  ticketing::TicketQuery query;
  query.assignee = user.id;
  query.size = page.size;
  query.after = page.after;
  co_return list_by(request, context, query);
}

Answer list_copied_tickets(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const auth::User user, seen_user(request, context, id_param<core::UserId>(request, "id")));
  POSTERN_CO_TRY(const Page page, read_page(request, context.options));
  POSTERN_CO_TRY(const ticketing::TicketNumbers found, desk->ticket_people().copied_to(request.who().workspace, user.id, page.after, page.size));
  co_return tickets_response(request, context, found, page.size);
}

Answer show_user_related(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk * desk, desk_of(context));
  POSTERN_CO_TRY(const auth::User user, seen_user(request, context, id_param<core::UserId>(request, "id")));
  ticketing::TicketQuery requested, assigned;
  requested.requester = assigned.assignee = user.id;
  json::object related;
  POSTERN_CO_TRY(related["requested_tickets"], count_by(request, context, requested));
  POSTERN_CO_TRY(related["assigned_tickets"], count_by(request, context, assigned));
  POSTERN_CO_TRY(const ticketing::TicketNumbers copied, desk->ticket_people().copied_to(request.who().workspace, user.id, {}, kCountedMax));
  related["ccd_tickets"] = std::ranges::count_if(copied.tickets, [&](core::TicketId each) { return context.services.tickets.get(request.who(), each).has_value(); });
  POSTERN_CO_TRY(const ticketing::Profile profile, desk->people().find(user.workspace, user.id));
  related["organization_subscriptions"] = profile.organizations.size();
  json::object out;
  out["user_related"] = std::move(related);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
