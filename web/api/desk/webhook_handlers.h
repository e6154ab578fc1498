#pragma once
// web/api/desk/webhook_handlers.h: handlers of webhook_routes.cc; see web/api/handlers.h.
#include "storage/schema/webhooks.pb.h"
#include "ticketing/helpdesk.h"
#include "ticketing/webhooks/log.h"
#include "ticketing/webhooks/webhooks.h"
#include "web/api/handlers.h"
#include "web/api/json.h"
#include "web/errc.h"

namespace postern::web::api {

// webhooks.cc
Answer list_webhooks(Request& request, Context& context);
Answer create_webhook(Request& request, Context& context);
Answer show_webhook(Request& request, Context& context);
Answer update_webhook(Request& request, Context& context);
Answer delete_webhook(Request& request, Context& context);
Answer test_webhook(Request& request, Context& context);
Answer show_signing_secret(Request& request, Context& context);
Answer rotate_signing_secret(Request& request, Context& context);
// webhook_deliveries.cc
Answer list_webhook_invocations(Request& request, Context& context);
Answer show_webhook_invocation(Request& request, Context& context);
Answer list_webhook_attempts(Request& request, Context& context);
Answer replay_webhook_invocation(Request& request, Context& context);

// Shared by both. Errors: kNotFound where webhooks are not offered.
core::Result<ticketing::Webhooks*> webhooks_of(Context& context);
// What a stranger's server said, as JSON can hold it: what is not UTF-8 becomes U+FFFD. null for nothing.
json::value shown_text(std::string_view text);

}  // namespace postern::web::api
