#pragma once
// web/api/desk/view_handlers.h: handlers of view_routes.cc; see web/api/handlers.h.
#include "web/api/handlers.h"

namespace postern::web::api {

// views.cc
Answer list_views(Request& request, Context& context);
Answer list_active_views(Request& request, Context& context);
Answer list_compact_views(Request& request, Context& context);
Answer count_views(Request& request, Context& context);
Answer search_views(Request& request, Context& context);
Answer show_many_views(Request& request, Context& context);
Answer show_view(Request& request, Context& context);
Answer create_view(Request& request, Context& context);
Answer update_view(Request& request, Context& context);
Answer update_many_views(Request& request, Context& context);
Answer delete_view(Request& request, Context& context);
Answer show_view_definitions(Request& request, Context& context);
// view_tickets.cc
Answer list_view_tickets(Request& request, Context& context);
Answer execute_view(Request& request, Context& context);
Answer count_view_tickets(Request& request, Context& context);
Answer count_many_views(Request& request, Context& context);
Answer preview_view(Request& request, Context& context);
Answer count_preview(Request& request, Context& context);

}  // namespace postern::web::api
