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
  POSTERN_CO_TRY(const NumberPage page, read_number_page(request, context.options));
  POSTERN_CO_TRY(std::vector<ticketing::QueueEntry> entries, context.services.outbox.list(request.who(), page.size + 1, core::OutboxId{page.after}));
  const bool has_more = entries.size() > page.size;
  if (has_more) entries.pop_back();
  json::array list;
  for (const ticketing::QueueEntry& each : entries) list.push_back(queue_entry_json(each));
  json::object out;
  out["outbox"] = std::move(list);
  add_page(out, request, has_more, entries.empty() ? std::string() : std::to_string(entries.back().id.value), page.size);
  co_return json_response(200, out);
}

Answer show_outbox(Request& request, Context& context) {
  POSTERN_CO_TRY(const ticketing::QueueEntry entry, context.services.outbox.find(request.who(), id_param<core::OutboxId>(request, "id")));
  json::object out;
  out["outbox_entry"] = queue_entry_json(entry);
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
