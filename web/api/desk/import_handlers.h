#pragma once
// web/api/desk/import_handlers.h: handlers of import_routes.cc; see web/api/handlers.h.
#include "web/api/handlers.h"

namespace postern::web::api {

// imports.cc
Answer import_ticket(Request& request, Context& context);
Answer import_many_tickets(Request& request, Context& context);

}  // namespace postern::web::api
