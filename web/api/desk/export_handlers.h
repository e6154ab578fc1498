#pragma once
// web/api/desk/export_handlers.h: handlers of export_routes.cc; see web/api/handlers.h.
#include "web/api/handlers.h"

namespace postern::web::api {

// exports.cc
Answer export_tickets_by_cursor(Request& request, Context& context);
Answer export_tickets_by_time(Request& request, Context& context);
Answer export_ticket_events(Request& request, Context& context);
Answer export_metric_events(Request& request, Context& context);

// full_exports.cc
Answer export_workspace(Request& request, Context& context);

// incremental_people.cc
Answer export_users_by_cursor(Request& request, Context& context);
Answer export_users_by_time(Request& request, Context& context);
Answer export_organizations_by_cursor(Request& request, Context& context);
Answer export_organizations_by_time(Request& request, Context& context);

}  // namespace postern::web::api
