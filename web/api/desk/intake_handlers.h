#pragma once
// web/api/desk/intake_handlers.h: handlers of intake_routes.cc; see web/api/handlers.h.
#include "ticketing/helpdesk.h"
#include "ticketing/senders/sender_lists.h"
#include "ticketing/suspended_upkeep.h"
#include "web/api/handlers.h"
#include "web/api/json.h"
#include "web/errc.h"

namespace postern::web::api {

// held_mail.cc
Answer recover_many_suspended(Request& request, Context& context);
Answer delete_many_suspended(Request& request, Context& context);
Answer attach_suspended(Request& request, Context& context);
Answer list_sender_of_suspended(Request& request, Context& context);
Answer show_suspended_settings(Request& request, Context& context);
Answer update_suspended_settings(Request& request, Context& context);
Answer show_suspended_digest(Request& request, Context& context);
Answer update_suspended_digest(Request& request, Context& context);
// join_requests.cc, with the other question of who a ticket belongs to
Answer list_join_requests(Request& request, Context& context);
Answer list_all_join_requests(Request& request, Context& context);
Answer accept_join_request(Request& request, Context& context);
Answer refuse_join_request(Request& request, Context& context);
Answer undo_join_request(Request& request, Context& context);
Answer choose_forwarded_requester(Request& request, Context& context);
// sender_lists.cc
Answer list_senders(Request& request, Context& context);
Answer show_sender(Request& request, Context& context);
Answer create_sender(Request& request, Context& context);
Answer update_sender(Request& request, Context& context);
Answer delete_sender(Request& request, Context& context);

json::object sender_json(const ticketing::ListedSender& sender);

}  // namespace postern::web::api
