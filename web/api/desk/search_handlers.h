#pragma once
// web/api/desk/search_handlers.h: handlers of the search; see ticketing/search.
#include "web/api/context.h"

namespace postern::web::api {

using Answer = core::Task<core::Result<Response>>;

Answer search_tickets(Request& request, Context& context);
Answer count_search(Request& request, Context& context);
Answer export_search(Request& request, Context& context);

}  // namespace postern::web::api
