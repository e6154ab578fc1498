// Deleting tickets, restoring them, and their end for good.
#include "web/api/desk/bulk_handlers.h"
#include "web/api/shapes.h"

namespace postern::web::api {
namespace {

using ticketing::JobKind;

Answer one(Request& request, Context& context, JobKind kind, int status) {
  const auto id = id_param<core::TicketId>(request, "id");
  POSTERN_CO_CHECK(co_await context.services.desk->bulk().remove(request.who(), id, kind));
  Response response;
  if (status != 204) response = json_response(status, json::object());
  response.status = status;
  co_return response;
}

Answer many(Request& request, Context& context, JobKind kind) {
  POSTERN_CO_CHECK(check_job_room(request, context));
  POSTERN_CO_TRY(std::vector<core::TicketId> ids, ticket_ids(request, context));
  POSTERN_CO_TRY(const ticketing::JobStatus job, co_await context.services.desk->bulk().remove_many(request.who(), std::move(ids), kind));
  co_return job_response(job);
}

}  // namespace

Answer delete_ticket(Request& request, Context& context) { return one(request, context, JobKind::kDelete, 204); }
Answer delete_many_tickets(Request& request, Context& context) { return many(request, context, JobKind::kDelete); }
Answer mark_ticket_as_spam(Request& request, Context& context) { return one(request, context, JobKind::kSpam, 200); }
Answer mark_many_tickets_as_spam(Request& request, Context& context) { return many(request, context, JobKind::kSpam); }
Answer restore_ticket(Request& request, Context& context) { return one(request, context, JobKind::kRestore, 200); }
Answer restore_many_tickets(Request& request, Context& context) { return many(request, context, JobKind::kRestore); }
Answer erase_many_tickets(Request& request, Context& context) { return many(request, context, JobKind::kErase); }

// A job, as Zendesk has it: what a ticket is made of goes step by step.
Answer erase_ticket(Request& request, Context& context) {
  POSTERN_CO_CHECK(check_job_room(request, context));
  std::vector<core::TicketId> ids{id_param<core::TicketId>(request, "id")};
  POSTERN_CO_CHECK(context.services.desk->bulk().check_deleted(request.who(), ids.front()));
  POSTERN_CO_TRY(const ticketing::JobStatus job, co_await context.services.desk->bulk().remove_many(request.who(), std::move(ids), JobKind::kErase));
  co_return job_response(job);
}

Answer list_deleted_tickets(Request& request, Context& context) {
  POSTERN_CO_TRY(const Page page, read_page(request, context.options));
  POSTERN_CO_TRY(const ticketing::DeletedPage found, context.services.desk->bulk().deleted(request.who(), page.size, page.after));
  json::array list;
  for (const ticketing::DeletedTicket& each : found.tickets) {
    const auto by = context.services.accounts.find(request.who().workspace, each.by);
    json::object actor;
    actor["id"] = id_or_null(each.by.value);
    actor["name"] = by && *by ? json::value((*by)->name.empty() ? (*by)->email : (*by)->name) : json::value();
    json::object ticket;
    ticket["id"] = each.ticket.id.value;
    ticket["subject"] = each.ticket.subject;
    ticket["actor"] = std::move(actor);
    ticket["previous_state"] = ticketing::to_string(each.ticket.status);
    ticket["deleted_at"] = timestamp(each.deleted_unix_ms);
    list.push_back(std::move(ticket));
  }
  json::object out;
  out["deleted_tickets"] = std::move(list);
  add_page(out, request, found.has_more, found.after, page.size);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
