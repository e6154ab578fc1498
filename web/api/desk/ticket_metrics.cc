// Ticket metrics: how long customers waited, and for what.
#include "web/api/desk/sla_handlers.h"
#include "web/api/desk/sla_shapes.h"
#include "web/api/offset_page.h"
#include "web/errc.h"

namespace postern::web::api {

// In the order of the list of tickets: newest update first.
Answer list_ticket_metrics(Request& request, Context& context) {
  POSTERN_CO_TRY(const std::optional<OffsetPage> by_number, read_offset_page(request, context.options));
  POSTERN_CO_TRY(const Page page, read_page(request, context.options));
  ticketing::TicketQuery query;
  query.size = by_number ? by_number->size : page.size;
  query.after = by_number ? std::string() : page.after;
  query.skip = by_number ? by_number->skipped() : 0;
  POSTERN_CO_TRY(const ticketing::TicketPage found, context.services.tickets.list(request.who(), query));
  POSTERN_CO_TRY(const TicketClocks clocks, TicketClocks::make(request, context));
  json::array list;
  for (const ticketing::Ticket& each : found.tickets) list.push_back(clocks.metrics(each));
  json::object out;
  out["ticket_metrics"] = std::move(list);
  if (by_number) {
    add_offset_page(out, request, *by_number, found.has_more, std::nullopt);
  } else {
    add_page(out, request, found.has_more, found.after, page.size);
  }
  co_return json_response(200, out);
}

// A ticket's metrics have its number.
Answer show_ticket_metrics(Request& request, Context& context) {
  POSTERN_CO_TRY(const ticketing::Ticket ticket, context.services.tickets.get(request.who(), id_param<core::TicketId>(request, "id")));
  POSTERN_CO_TRY(const TicketClocks clocks, TicketClocks::make(request, context));
  json::object out;
  out["ticket_metric"] = clocks.metrics(ticket);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
