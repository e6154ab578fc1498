// The queue of outgoing mail, for administrators.
#include "web/api/handlers.h"
#include "web/api/shapes.h"

namespace postern::web::api {
namespace {

core::Result<Response> done(const core::Result<void>& outcome) {
  if (!outcome) return outcome.error();
  Response response;
  response.status = 204;
  return response;
}

}  // namespace

Answer list_outbox(Request& request, Context& context) {
  POSTERN_CO_TRY(Page page, read_page(request, context.options));
  POSTERN_CO_TRY(std::vector<ticketing::QueueEntry> entries, context.services.outbox.list(request.who(), page.size));
  json::array list;
  for (const ticketing::QueueEntry& each : entries) list.push_back(queue_entry_json(each));
  json::object out;
  out["outbox"] = std::move(list);
  co_return json_response(200, out);
}

Answer retry_outbox(Request& request, Context& context) {
  co_return done(co_await context.services.outbox.retry_now(request.who(), id_param<core::OutboxId>(request, "id")));
}

Answer hold_outbox(Request& request, Context& context) {
  co_return done(co_await context.services.outbox.hold(request.who(), id_param<core::OutboxId>(request, "id"), true));
}

Answer release_outbox(Request& request, Context& context) {
  co_return done(co_await context.services.outbox.hold(request.who(), id_param<core::OutboxId>(request, "id"), false));
}

Answer drop_outbox(Request& request, Context& context) {
  co_return done(co_await context.services.outbox.drop(request.who(), id_param<core::OutboxId>(request, "id")));
}

}  // namespace postern::web::api
