#pragma once
// web/api/desk/rule_handlers.h: handlers of rule_routes.cc; see web/api/handlers.h.
#include "web/api/handlers.h"
#include "web/api/json.h"

namespace postern::web::api {

// macros.cc
Answer list_macros(Request& request, Context& context);
Answer list_active_macros(Request& request, Context& context);
Answer search_macros(Request& request, Context& context);
Answer show_macro(Request& request, Context& context);
Answer create_macro(Request& request, Context& context);
Answer update_macro(Request& request, Context& context);
Answer delete_macro(Request& request, Context& context);
Answer reorder_macros(Request& request, Context& context);
Answer list_macro_categories(Request& request, Context& context);
Answer show_macro_definitions(Request& request, Context& context);
Answer list_macro_actions(Request& request, Context& context);
Answer apply_macro(Request& request, Context& context);
Answer apply_macro_to_ticket(Request& request, Context& context);
// "macro_ids" of a ticket that is changed: what its agent used counts as used with the change.
void count_used_macros(const json::object& ticket, const Request& request, Context& context, ticketing::Tickets::Update& update);
// triggers.cc
Answer list_triggers(Request& request, Context& context);
Answer list_active_triggers(Request& request, Context& context);
Answer search_triggers(Request& request, Context& context);
Answer show_trigger(Request& request, Context& context);
Answer create_trigger(Request& request, Context& context);
Answer update_trigger(Request& request, Context& context);
Answer delete_trigger(Request& request, Context& context);
Answer reorder_triggers(Request& request, Context& context);
Answer show_trigger_definitions(Request& request, Context& context);
// trigger_reviews.cc
Answer list_trigger_revisions(Request& request, Context& context);
Answer show_trigger_revision(Request& request, Context& context);
Answer explain_trigger(Request& request, Context& context);
Answer dry_run_trigger(Request& request, Context& context);
// automations.cc
Answer list_automations(Request& request, Context& context);
Answer list_active_automations(Request& request, Context& context);
Answer search_automations(Request& request, Context& context);
Answer show_automation(Request& request, Context& context);
Answer create_automation(Request& request, Context& context);
Answer update_automation(Request& request, Context& context);
Answer delete_automation(Request& request, Context& context);
Answer reorder_automations(Request& request, Context& context);
Answer show_automation_definitions(Request& request, Context& context);
Answer dry_run_automation(Request& request, Context& context);
Answer list_due_tickets(Request& request, Context& context);
Answer list_placeholders(Request& request, Context& context);

}  // namespace postern::web::api
