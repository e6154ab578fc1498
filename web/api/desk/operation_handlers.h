#pragma once
// web/api/desk/operation_handlers.h: handlers of what mail admins and operators look after: signing keys, certificates, where a
// message is, and how the process does.
#include "web/api/handlers.h"

namespace postern::web::api {

// mail_keys.cc
Answer list_dkim_keys(Request& request, Context& context);
Answer rotate_dkim_keys(Request& request, Context& context);
Answer retire_dkim_key(Request& request, Context& context);
Answer list_certificates(Request& request, Context& context);
Answer reload_certificates(Request& request, Context& context);
// ../traces.cc
Answer list_traces(Request& request, Context& context);
// system_metrics.cc
Answer show_system_metrics(Request& request, Context& context);

}  // namespace postern::web::api
