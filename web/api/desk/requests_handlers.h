#pragma once
// web/api/desk/requests_handlers.h: handlers of requests as end users see them: made without an account where an inbox takes them from
// the web, read and answered with the link of a mail (web/customer, ticketing/customers).
#include "web/api/handlers.h"

namespace postern::web::api {

Answer create_request(Request& request, Context& context);
Answer list_requests(Request& request, Context& context);
Answer show_request(Request& request, Context& context);
Answer update_request(Request& request, Context& context);
Answer list_request_comments(Request& request, Context& context);

}  // namespace postern::web::api
