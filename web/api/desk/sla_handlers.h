#pragma once
// web/api/desk/sla_handlers.h: handlers of sla_routes.cc; see web/api/handlers.h.
#include "web/api/handlers.h"

namespace postern::web::api {

// schedules.cc
Answer list_schedules(Request& request, Context& context);
Answer show_schedule(Request& request, Context& context);
Answer create_schedule(Request& request, Context& context);
Answer update_schedule(Request& request, Context& context);
Answer delete_schedule(Request& request, Context& context);
Answer update_workweek(Request& request, Context& context);
// schedule_holidays.cc
Answer list_holidays(Request& request, Context& context);
Answer show_holiday(Request& request, Context& context);
Answer create_holiday(Request& request, Context& context);
Answer update_holiday(Request& request, Context& context);
Answer delete_holiday(Request& request, Context& context);
// sla_policies.cc
Answer list_sla_policies(Request& request, Context& context);
Answer show_sla_policy(Request& request, Context& context);
Answer create_sla_policy(Request& request, Context& context);
Answer update_sla_policy(Request& request, Context& context);
Answer delete_sla_policy(Request& request, Context& context);
Answer reorder_sla_policies(Request& request, Context& context);
Answer show_sla_definitions(Request& request, Context& context);
Answer preview_sla_policy(Request& request, Context& context);
Answer list_group_sla_policies(Request& request, Context& context);
Answer show_group_sla_policy(Request& request, Context& context);
Answer create_group_sla_policy(Request& request, Context& context);
Answer update_group_sla_policy(Request& request, Context& context);
Answer delete_group_sla_policy(Request& request, Context& context);
Answer reorder_group_sla_policies(Request& request, Context& context);
Answer show_group_sla_definitions(Request& request, Context& context);
Answer preview_group_sla_policy(Request& request, Context& context);
// ticket_metrics.cc
Answer list_ticket_metrics(Request& request, Context& context);
Answer show_ticket_metrics(Request& request, Context& context);

}  // namespace postern::web::api
