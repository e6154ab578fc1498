// Routes and schemas of schedules, SLA policies and ticket metrics. Definitions belong to no inbox; metrics are their ticket's.
#include "web/api/desk/sla_handlers.h"
#include "web/api/desk/tables.h"
#include "web/api/route_words.h"

namespace postern::web {
namespace {

using auth::Permission;
using route_words::aside;
using route_words::change;
using route_words::costly;
using route_words::get;
using route_words::speaks;
using route_words::versioned;
using route_words::within;
using Need = SchemaField::Need;
using Type = FieldType;

constexpr auto kRead = Permission::kTicketsRead;
constexpr auto kManage = Permission::kSettingsManage;
constexpr std::string_view kPaged = "page[size],page[after],page,per_page";

constexpr Route manage(Verb verb, std::string_view pattern, Handler handler, std::string_view summary, std::string_view answer, std::string_view body) {
  return speaks(aside(change(verb, pattern, kManage, Body::kJson, handler, summary)), answer, body);
}
constexpr Route end_of(std::string_view pattern, Handler handler, std::string_view summary) {
  return aside(change(Verb::kDelete, pattern, kManage, Body::kNone, handler, summary));
}

constexpr Route kRoutes[] = {
    speaks(aside(get("/api/v2/business_hours/schedules", kRead, api::list_schedules, "Schedules: when people work", kPaged)), "SchedulesAnswer"),
    speaks(aside(get("/api/v2/business_hours/schedules/{id}", kRead, api::show_schedule, "One schedule")), "ScheduleAnswer"),
    manage(Verb::kPost, "/api/v2/business_hours/schedules", api::create_schedule, "Add a schedule; Monday to Friday, 9 to 17, unless told otherwise",
           "ScheduleAnswer", "ScheduleBody"),
    versioned(manage(Verb::kPut, "/api/v2/business_hours/schedules/{id}", api::update_schedule, "Change it: what is named", "ScheduleAnswer", "ScheduleBody")),
    versioned(end_of("/api/v2/business_hours/schedules/{id}", api::delete_schedule, "Delete it; what followed it follows the first one")),
    versioned(manage(Verb::kPut, "/api/v2/business_hours/schedules/{id}/workweek", api::update_workweek, "Its week", "WorkweekAnswer", "WorkweekBody")),
    speaks(aside(get("/api/v2/business_hours/schedules/{id}/holidays", kRead, api::list_holidays, "Its holidays", kPaged)), "HolidaysAnswer"),
    speaks(aside(get("/api/v2/business_hours/schedules/{id}/holidays/{holiday_id}", kRead, api::show_holiday, "One of them")), "HolidayAnswer"),
    manage(Verb::kPost, "/api/v2/business_hours/schedules/{id}/holidays", api::create_holiday, "Add one: whole local days", "HolidayAnswer", "HolidayBody"),
    manage(Verb::kPut, "/api/v2/business_hours/schedules/{id}/holidays/{holiday_id}", api::update_holiday, "Change it: what is named", "HolidayAnswer",
           "HolidayBody"),
    end_of("/api/v2/business_hours/schedules/{id}/holidays/{holiday_id}", api::delete_holiday, "Delete it"),

    speaks(aside(get("/api/v2/slas/policies", kRead, api::list_sla_policies, "SLA policies in their order", kPaged)), "SlaPoliciesAnswer"),
    speaks(aside(get("/api/v2/slas/policies/definitions", kRead, api::show_sla_definitions, "What they can ask and promise")), "SlaDefinitionsAnswer"),
    speaks(aside(get("/api/v2/slas/policies/{id}", kRead, api::show_sla_policy, "One policy")), "SlaPolicyAnswer"),
    manage(Verb::kPost, "/api/v2/slas/policies", api::create_sla_policy, "A new one, behind the others", "SlaPolicyAnswer", "SlaPolicyBody"),
    versioned(manage(Verb::kPut, "/api/v2/slas/policies/{id}", api::update_sla_policy, "Change it: what is named", "SlaPolicyAnswer", "SlaPolicyBody")),
    versioned(end_of("/api/v2/slas/policies/{id}", api::delete_sla_policy, "Delete it")),
    manage(Verb::kPut, "/api/v2/slas/policies/reorder", api::reorder_sla_policies, "All of them in a new order", "SlaPoliciesAnswer", "SlaPolicyOrderBody"),
    speaks(costly(change(Verb::kPost, "/api/v2/slas/policies/preview", kManage, Body::kJson, api::preview_sla_policy,
                         "What one would have said of the newest tickets; nothing is stored")),
           "SlaPreviewAnswer", "SlaPreviewBody"),

    speaks(aside(get("/api/v2/group_slas/policies", kRead, api::list_group_sla_policies, "SLA policies of groups in their order", kPaged)),
           "GroupSlaPoliciesAnswer"),
    speaks(aside(get("/api/v2/group_slas/policies/definitions", kRead, api::show_group_sla_definitions, "What they can ask and promise")),
           "SlaDefinitionsAnswer"),
    speaks(aside(get("/api/v2/group_slas/policies/{id}", kRead, api::show_group_sla_policy, "One policy of groups")), "GroupSlaPolicyAnswer"),
    manage(Verb::kPost, "/api/v2/group_slas/policies", api::create_group_sla_policy, "A new one, behind the others; a condition of all asks group_id",
           "GroupSlaPolicyAnswer", "GroupSlaPolicyBody"),
    versioned(manage(Verb::kPut, "/api/v2/group_slas/policies/{id}", api::update_group_sla_policy, "Change it: what is named", "GroupSlaPolicyAnswer",
                     "GroupSlaPolicyBody")),
    versioned(end_of("/api/v2/group_slas/policies/{id}", api::delete_group_sla_policy, "Delete it")),
    manage(Verb::kPut, "/api/v2/group_slas/policies/reorder", api::reorder_group_sla_policies, "All of them in a new order", "GroupSlaPoliciesAnswer",
           "GroupSlaPolicyOrderBody"),
    speaks(costly(change(Verb::kPost, "/api/v2/group_slas/policies/preview", kManage, Body::kJson, api::preview_group_sla_policy,
                         "What one would have said of the newest tickets; nothing is stored")),
           "SlaPreviewAnswer", "GroupSlaPreviewBody"),

    speaks(within(get("/api/v2/ticket_metrics", kRead, api::list_ticket_metrics, "How long tickets took, newest update first", kPaged)), "TicketMetricsAnswer"),
    speaks(within(get("/api/v2/ticket_metrics/{id}", kRead, api::show_ticket_metrics, "Those of one ticket, by its number")), "TicketMetricAnswer"),
    speaks(within(get("/api/v2/tickets/{id}/metrics", kRead, api::show_ticket_metrics, "How long the ticket took")), "TicketMetricAnswer"),
};

#define POSTERN_SLA_PAGE(plural, of)                                                                                     \
  {{plural, Type::kObjects, of},                    {"count", Type::kInteger, {}},                                       \
   {"meta", Type::kAny, {}},                        {"links", Type::kAny, {}},                                           \
   {"next_page", Type::kText, {}, Need::kNullable}, {"previous_page", Type::kText, {}, Need::kNullable}}

constexpr SchemaField kInterval[] = {{"start_time", Type::kInteger, {}, Need::kRequired}, {"end_time", Type::kInteger, {}, Need::kRequired}};
constexpr SchemaField kSchedule[] = {{"url", Type::kText, {}, Need::kReadOnly},        {"id", Type::kInteger, {}, Need::kReadOnly},
                                     {"name", Type::kText, {}},                        {"time_zone", Type::kText, {}},
                                     {"intervals", Type::kObjects, "ScheduleInterval"}, {"group_ids", Type::kIntegers, {}},
                                     {"active", Type::kFlag, {}},                      {"position", Type::kInteger, {}},
                                     {"created_at", Type::kTime, {}, Need::kReadOnly}, {"updated_at", Type::kTime, {}, Need::kReadOnly}};
constexpr SchemaField kScheduleOne[] = {{"schedule", Type::kObject, "Schedule", Need::kRequired}};
constexpr SchemaField kSchedules[] = POSTERN_SLA_PAGE("schedules", "Schedule");
constexpr SchemaField kWorkweek[] = {{"intervals", Type::kObjects, "ScheduleInterval", Need::kRequired}};
constexpr SchemaField kWorkweekOne[] = {{"workweek", Type::kObject, "Workweek", Need::kRequired}};
constexpr SchemaField kHoliday[] = {{"id", Type::kInteger, {}, Need::kReadOnly}, {"name", Type::kText, {}}, {"start_date", Type::kDate, {}}, {"end_date", Type::kDate, {}}};
constexpr SchemaField kHolidayOne[] = {{"holiday", Type::kObject, "Holiday", Need::kRequired}};
constexpr SchemaField kHolidays[] = POSTERN_SLA_PAGE("holidays", "Holiday");

constexpr std::string_view kMetricWords =
    "first_reply_time,next_reply_time,periodic_update_time,pausable_update_time,requester_wait_time,agent_work_time,total_resolution_time";
constexpr SchemaField kTarget[] = {{"priority", Type::kText, "low,normal,high,urgent", Need::kRequired}, {"metric", Type::kText, kMetricWords, Need::kRequired},
                                   {"target", Type::kInteger, {}},                                       {"target_in_seconds", Type::kInteger, {}},
                                   {"business_hours", Type::kFlag, {}}};
constexpr SchemaField kPolicy[] = {{"url", Type::kText, {}, Need::kReadOnly},        {"id", Type::kInteger, {}},
                                   {"title", Type::kText, {}},                       {"description", Type::kText, {}, Need::kNullable},
                                   {"active", Type::kFlag, {}},                      {"position", Type::kInteger, {}},
                                   {"filter", Type::kObject, "RuleConditions"},      {"policy_metrics", Type::kObjects, "SlaTarget"},
                                   {"schedule_id", Type::kInteger, {}, Need::kNullable},
                                   {"created_at", Type::kTime, {}, Need::kReadOnly}, {"updated_at", Type::kTime, {}, Need::kReadOnly}};
constexpr SchemaField kPolicyOne[] = {{"sla_policy", Type::kObject, "SlaPolicy", Need::kRequired}};
constexpr SchemaField kPolicies[] = POSTERN_SLA_PAGE("sla_policies", "SlaPolicy");
constexpr SchemaField kPolicyOrder[] = {{"sla_policy_ids", Type::kIntegers, {}, Need::kRequired}};
constexpr SchemaField kGroupTarget[] = {{"priority", Type::kText, "low,normal,high,urgent", Need::kRequired},
                                        {"metric", Type::kText, "group_ownership_time", Need::kRequired},
                                        {"target", Type::kInteger, {}},
                                        {"target_in_seconds", Type::kInteger, {}},
                                        {"business_hours", Type::kFlag, {}}};
constexpr SchemaField kGroupPolicy[] = {{"url", Type::kText, {}, Need::kReadOnly},        {"id", Type::kInteger, {}},
                                        {"title", Type::kText, {}},                       {"description", Type::kText, {}, Need::kNullable},
                                        {"active", Type::kFlag, {}},                      {"position", Type::kInteger, {}},
                                        {"filter", Type::kObject, "RuleConditions"},      {"policy_metrics", Type::kObjects, "GroupSlaTarget"},
                                        {"created_at", Type::kTime, {}, Need::kReadOnly}, {"updated_at", Type::kTime, {}, Need::kReadOnly}};
constexpr SchemaField kGroupPolicyOne[] = {{"group_sla_policy", Type::kObject, "GroupSlaPolicy", Need::kRequired}};
constexpr SchemaField kGroupPolicies[] = POSTERN_SLA_PAGE("group_sla_policies", "GroupSlaPolicy");
constexpr SchemaField kGroupPolicyOrder[] = {{"group_sla_policy_ids", Type::kIntegers, {}, Need::kRequired}};
constexpr SchemaField kGroupPreviewBody[] = {{"group_sla_policy", Type::kObject, "GroupSlaPolicy", Need::kRequired}, {"last", Type::kInteger, {}}};
constexpr SchemaField kMetricChoice[] = {{"value", Type::kText, {}}, {"title", Type::kText, {}}};
constexpr SchemaField kDefinitions[] = {{"all", Type::kObjects, "RuleSubject"}, {"any", Type::kObjects, "RuleSubject"}, {"metrics", Type::kObjects, "SlaMetricChoice"}};
constexpr SchemaField kDefinitionsAnswer[] = {{"definitions", Type::kObject, "SlaDefinitions"}};
constexpr SchemaField kPreviewBody[] = {{"sla_policy", Type::kObject, "SlaPolicy", Need::kRequired}, {"last", Type::kInteger, {}}};
constexpr SchemaField kPreviewedMetric[] = {{"metric", Type::kText, {}},           {"stage", Type::kText, "active,paused,achieved"},
                                            {"target_in_minutes", Type::kInteger, {}}, {"used_in_minutes", Type::kInteger, {}},
                                            {"business_hours", Type::kFlag, {}},   {"breached", Type::kFlag, {}}};
constexpr SchemaField kPreviewed[] = {{"ticket_id", Type::kInteger, {}}, {"overruled_by_id", Type::kInteger, {}, Need::kNullable}, {"breached", Type::kFlag, {}},
                                      {"policy_metrics", Type::kObjects, "SlaPreviewedMetric"}};
constexpr SchemaField kPreviewAnswer[] = {{"tickets_looked_at", Type::kInteger, {}}, {"tickets_breached", Type::kInteger, {}}, {"count", Type::kInteger, {}},
                                          {"results", Type::kObjects, "SlaPreview"}};

constexpr SchemaField kMinutes[] = {{"calendar", Type::kInteger, {}, Need::kNullable}, {"business", Type::kInteger, {}, Need::kNullable}};
constexpr SchemaField kSeconds[] = {{"calendar", Type::kInteger, {}, Need::kNullable}};
constexpr SchemaField kMetric[] = {{"url", Type::kText, {}},
                                   {"id", Type::kInteger, {}},
                                   {"ticket_id", Type::kInteger, {}},
                                   {"group_stations", Type::kInteger, {}},
                                   {"assignee_stations", Type::kInteger, {}},
                                   {"reopens", Type::kInteger, {}},
                                   {"replies", Type::kInteger, {}},
                                   {"assignee_updated_at", Type::kTime, {}, Need::kNullable},
                                   {"requester_updated_at", Type::kTime, {}, Need::kNullable},
                                   {"status_updated_at", Type::kTime, {}, Need::kNullable},
                                   {"custom_status_updated_at", Type::kTime, {}, Need::kNullable},
                                   {"initially_assigned_at", Type::kTime, {}, Need::kNullable},
                                   {"assigned_at", Type::kTime, {}, Need::kNullable},
                                   {"solved_at", Type::kTime, {}, Need::kNullable},
                                   {"latest_comment_added_at", Type::kTime, {}, Need::kNullable},
                                   {"reply_time_in_minutes", Type::kObject, "MetricMinutes"},
                                   {"reply_time_in_seconds", Type::kObject, "MetricSeconds"},
                                   {"first_resolution_time_in_minutes", Type::kObject, "MetricMinutes"},
                                   {"full_resolution_time_in_minutes", Type::kObject, "MetricMinutes"},
                                   {"agent_wait_time_in_minutes", Type::kObject, "MetricMinutes"},
                                   {"requester_wait_time_in_minutes", Type::kObject, "MetricMinutes"},
                                   {"on_hold_time_in_minutes", Type::kObject, "MetricMinutes"},
                                   {"created_at", Type::kTime, {}},
                                   {"updated_at", Type::kTime, {}}};
constexpr SchemaField kMetricOne[] = {{"ticket_metric", Type::kObject, "TicketMetric"}};
constexpr SchemaField kMetrics[] = POSTERN_SLA_PAGE("ticket_metrics", "TicketMetric");
#undef POSTERN_SLA_PAGE

constexpr Schema kSchemas[] = {
    {"ScheduleInterval", kInterval}, {"Schedule", kSchedule},         {"ScheduleAnswer", kScheduleOne}, {"ScheduleBody", kScheduleOne},
    {"SchedulesAnswer", kSchedules}, {"Workweek", kWorkweek},         {"WorkweekAnswer", kWorkweekOne}, {"WorkweekBody", kWorkweekOne},
    {"Holiday", kHoliday},           {"HolidayAnswer", kHolidayOne},  {"HolidayBody", kHolidayOne},     {"HolidaysAnswer", kHolidays},
    {"SlaTarget", kTarget},          {"SlaPolicy", kPolicy},          {"SlaPolicyAnswer", kPolicyOne},  {"SlaPolicyBody", kPolicyOne},
    {"GroupSlaTarget", kGroupTarget}, {"GroupSlaPolicy", kGroupPolicy}, {"GroupSlaPolicyAnswer", kGroupPolicyOne}, {"GroupSlaPolicyBody", kGroupPolicyOne},
    {"GroupSlaPoliciesAnswer", kGroupPolicies}, {"GroupSlaPolicyOrderBody", kGroupPolicyOrder}, {"GroupSlaPreviewBody", kGroupPreviewBody},
    {"SlaPoliciesAnswer", kPolicies}, {"SlaPolicyOrderBody", kPolicyOrder}, {"SlaMetricChoice", kMetricChoice}, {"SlaDefinitions", kDefinitions},
    {"SlaDefinitionsAnswer", kDefinitionsAnswer}, {"SlaPreviewBody", kPreviewBody}, {"SlaPreviewedMetric", kPreviewedMetric}, {"SlaPreview", kPreviewed},
    {"SlaPreviewAnswer", kPreviewAnswer}, {"MetricMinutes", kMinutes}, {"MetricSeconds", kSeconds}, {"TicketMetric", kMetric},
    {"TicketMetricAnswer", kMetricOne}, {"TicketMetricsAnswer", kMetrics},
};

}  // namespace

std::span<const Route> sla_routes() { return kRoutes; }
std::span<const Schema> sla_schemas() { return kSchemas; }

}  // namespace postern::web
