#pragma once
// web/api/desk/bulk_handlers.h: handlers of bulk_routes.cc; see web/api/handlers.h. What they share is below.
#include "ticketing/bulk/bulk.h"
#include "ticketing/helpdesk.h"
#include "web/api/handlers.h"
#include "web/api/json.h"

namespace postern::web::api {

// job_statuses.cc
Answer list_job_statuses(Request& request, Context& context);
Answer show_job_status(Request& request, Context& context);
Answer show_many_job_statuses(Request& request, Context& context);
Answer kill_job(Request& request, Context& context);
// bulk_changes.cc
Answer update_many_tickets(Request& request, Context& context);
Answer create_many_tickets(Request& request, Context& context);
Answer apply_macro_to_many(Request& request, Context& context);
Answer merge_tickets(Request& request, Context& context);
Answer split_ticket(Request& request, Context& context);
Answer undo_change(Request& request, Context& context);
// deleted_tickets.cc
Answer delete_ticket(Request& request, Context& context);
Answer delete_many_tickets(Request& request, Context& context);
Answer mark_ticket_as_spam(Request& request, Context& context);
Answer mark_many_tickets_as_spam(Request& request, Context& context);
Answer list_deleted_tickets(Request& request, Context& context);
Answer restore_ticket(Request& request, Context& context);
Answer restore_many_tickets(Request& request, Context& context);
Answer erase_ticket(Request& request, Context& context);
Answer erase_many_tickets(Request& request, Context& context);
// drafts.cc
Answer list_drafts(Request& request, Context& context);
Answer show_draft(Request& request, Context& context);
Answer put_draft(Request& request, Context& context);
Answer delete_draft(Request& request, Context& context);
Answer unsend_comment(Request& request, Context& context);
Answer show_reply_hold(Request& request, Context& context);
Answer set_reply_hold(Request& request, Context& context);

// presence.cc
Answer show_presence(Request& request, Context& context);
Answer tell_presence(Request& request, Context& context);

// {"job_status": …}
Response job_response(const ticketing::JobStatus& job);
json::object job_json(const ticketing::JobStatus& job);
// 429, in contrast to 422, when the author has too many jobs.
core::Result<void> check_job_room(const Request& request, Context& context);
// ?ids=1,2,3
core::Result<std::vector<core::TicketId>> ticket_ids(const Request& request, Context& context);

}  // namespace postern::web::api
