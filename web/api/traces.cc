// One message's story, without content: where is my mail, and why was its sender judged so?
#include "core/encoding.h"
#include "ticketing/feed_scope.h"
#include "web/api/handlers.h"
#include "web/api/shapes.h"

namespace postern::web::api {

Answer show_trace(Request& request, Context& context) {
  const std::string id(request.param("trace_id"));
  core::WorkspaceId workspace = request.who().workspace;
  POSTERN_CO_TRY(ticketing::Trace found, ticketing::find_trace(context.services.store, context.services.vault, {workspace},
                                                               core::TraceId{core::from_base32(id)}));
  POSTERN_CO_TRY(found, ticketing::within(context.services.store, context.services.vault, request.who(), std::move(found)));
  json::array steps;
  for (const ticketing::TraceStep& each : found.steps) {
    steps.push_back(json::object{
        {"at", core::to_rfc3339(core::from_unix_ms(each.at_unix_ms))}, {"what", each.what}, {"detail", each.detail}});
  }
  json::array tickets;
  for (std::uint64_t each : found.tickets) tickets.emplace_back(each);
  json::object trace;
  trace["url"] = "/api/v2/traces/" + id;
  trace["id"] = id;
  trace["client_ip"] = found.client_ip;
  trace["helo"] = found.helo;
  trace["tls"] = found.tls;
  trace["size"] = found.size;
  trace["ticket_ids"] = std::move(tickets);
  trace["verdicts"] = verdicts_json(found.verdicts);
  trace["redactions"] = redactions_json(found.verdicts.redactions);
  trace["steps"] = std::move(steps);
  json::object out;
  out["trace"] = std::move(trace);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
