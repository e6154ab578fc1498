#pragma once
// web/api/desk/satisfaction_handlers.h: handlers of satisfaction ratings, of links that customers have, and of signatures.
#include "web/api/handlers.h"

namespace postern::web::api {

// satisfaction.cc
Answer list_ratings(Request& request, Context& context);
Answer count_ratings(Request& request, Context& context);
Answer show_rating(Request& request, Context& context);
Answer rate_ticket(Request& request, Context& context);
Answer show_rating_figures(Request& request, Context& context);
Answer list_rating_reasons(Request& request, Context& context);
Answer show_rating_reason(Request& request, Context& context);
Answer revoke_customer_links(Request& request, Context& context);
// signatures.cc
Answer show_inbox_signature(Request& request, Context& context);
Answer set_inbox_signature(Request& request, Context& context);
Answer preview_signature(Request& request, Context& context);

}  // namespace postern::web::api
