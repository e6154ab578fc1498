#pragma once
// web/api/desk/import_handlers.h: handlers of import_routes.cc; see web/api/handlers.h.
#include "web/api/handlers.h"

namespace postern::web::api {

// archive_imports.cc
Answer begin_archive_import(Request& request, Context& context);
Answer list_archive_imports(Request& request, Context& context);
Answer show_archive_import(Request& request, Context& context);
Answer stop_archive_import(Request& request, Context& context);

// imports.cc
Answer import_ticket(Request& request, Context& context);
Answer import_many_tickets(Request& request, Context& context);

}  // namespace postern::web::api
