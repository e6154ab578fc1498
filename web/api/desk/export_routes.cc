// Routes of incremental exports and their schemas, and those of the change feed.
#include "web/api/desk/export_handlers.h"
#include "web/api/desk/tables.h"
#include "web/api/route_words.h"

namespace postern::web {
namespace {

using auth::Permission;
using route_words::costly;
using route_words::get;
using route_words::needing;
using route_words::speaks;
using route_words::within;
using Need = SchemaField::Need;
using Type = FieldType;

constexpr std::string_view kTimeQuery = "start_time,after,per_page,exclude_deleted";

constexpr Route kRoutes[] = {
    needing(costly(get("/api/v2/exports/full", Permission::kSettingsManage, api::export_workspace, "Everything of the workspace as a tar archive",
                       "formats,after")),
            {Permission::kTicketsRead, Permission::kUsersRead}),
    within(costly(get("/api/v2/incremental/tickets/cursor", Permission::kTicketsRead, api::export_tickets_by_cursor,
                      "Tickets that changed since a time or a cursor, each as it is now", "start_time,cursor,per_page,exclude_deleted"))),
    within(costly(get("/api/v2/incremental/tickets", Permission::kTicketsRead, api::export_tickets_by_time, "The same by time alone", kTimeQuery))),
    within(costly(speaks(get("/api/v2/incremental/ticket_events", Permission::kTicketsRead, api::export_ticket_events,
                             "What happened to tickets since a time", "start_time,after,per_page"),
                         "TicketEventsExportAnswer"))),
    within(costly(speaks(get("/api/v2/incremental/ticket_metric_events", Permission::kTicketsRead, api::export_metric_events,
                             "What happened to the clocks of tickets since a time or a cursor", "start_time,after,cursor,per_page"),
                         "TicketMetricEventsAnswer"))),
    costly(speaks(get("/api/v2/incremental/users/cursor", Permission::kUsersRead, api::export_users_by_cursor,
                      "Everybody, then who changed since a time or a cursor, each as now", "start_time,cursor,per_page"),
                  "UsersExportAnswer")),
    costly(speaks(get("/api/v2/incremental/users", Permission::kUsersRead, api::export_users_by_time, "The same by time alone", "start_time,after,per_page"),
                  "UsersExportAnswer")),
    costly(speaks(get("/api/v2/incremental/organizations/cursor", Permission::kUsersRead, api::export_organizations_by_cursor,
                      "Organizations in the same way", "start_time,cursor,per_page"),
                  "OrganizationsExportAnswer")),
    costly(speaks(get("/api/v2/incremental/organizations", Permission::kUsersRead, api::export_organizations_by_time, "The same by time alone",
                      "start_time,after,per_page"),
                  "OrganizationsExportAnswer")),
};

constexpr SchemaField kChange[] = {{"kind", Type::kText, {}}, {"object", Type::kInteger, {}}, {"detail", Type::kInteger, {}}};
constexpr SchemaField kEntry[] = {{"sequence", Type::kInteger, {}}, {"created_at", Type::kTime, {}}, {"changes", Type::kObjects, "Change"}};
constexpr SchemaField kChangesAnswer[] = {{"changes", Type::kObjects, "FeedEntry"}, {"after", Type::kInteger, {}}, {"end_of_stream", Type::kFlag, {}}};
constexpr SchemaField kChild[] = {{"event_type", Type::kText, {}}, {"detail", Type::kText, {}}};
constexpr SchemaField kEvent[] = {{"id", Type::kInteger, {}},
                                  {"ticket_id", Type::kInteger, {}},
                                  {"author_id", Type::kInteger, {}, Need::kNullable},
                                  {"updater_id", Type::kInteger, {}, Need::kNullable},
                                  {"timestamp", Type::kInteger, {}},
                                  {"created_at", Type::kTime, {}},
                                  {"event_type", Type::kText, {}},
                                  {"kind", Type::kText, {}},
                                  {"detail", Type::kText, {}},
                                  {"child_events", Type::kObjects, "TicketChildEvent"}};
constexpr SchemaField kEventsAnswer[] = {{"count", Type::kInteger, {}},
                                         {"ticket_events", Type::kObjects, "ExportedTicketEvent"},
                                         {"next_page", Type::kText, {}},
                                         {"end_time", Type::kInteger, {}},
                                         {"end_of_stream", Type::kFlag, {}}};
constexpr SchemaField kMetricPolicy[] = {{"id", Type::kInteger, {}}, {"title", Type::kText, {}, Need::kNullable}, {"description", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kMetricSla[] = {{"target", Type::kInteger, {}}, {"target_in_seconds", Type::kInteger, {}}, {"business_hours", Type::kFlag, {}},
                                      {"policy", Type::kObject, "MetricEventPolicy"}};
constexpr SchemaField kMetricStatus[] = {{"calendar", Type::kInteger, {}}, {"business", Type::kInteger, {}}};
constexpr SchemaField kMetricEvent[] = {
    {"id", Type::kInteger, {}},
    {"ticket_id", Type::kInteger, {}},
    {"metric", Type::kText, "agent_work_time,group_ownership_time,pausable_update_time,periodic_update_time,reply_time,requester_wait_time,resolution_time"},
    {"instance_id", Type::kInteger, {}},
    {"type", Type::kText, "activate,pause,fulfill,apply_sla,breach,update_status"},
    {"time", Type::kTime, {}},
    {"sla", Type::kObject, "MetricEventSla", Need::kOptional},
    {"deleted", Type::kFlag, {}, Need::kOptional},
    {"status", Type::kObject, "MetricEventStatus", Need::kOptional}};
constexpr SchemaField kMetricEventsAnswer[] = {{"count", Type::kInteger, {}},      {"ticket_metric_events", Type::kObjects, "TicketMetricEvent"},
                                               {"next_page", Type::kText, {}},     {"end_time", Type::kInteger, {}},
                                               {"after_cursor", Type::kText, {}},  {"after_url", Type::kText, {}},
                                               {"end_of_stream", Type::kFlag, {}}};
constexpr SchemaField kUsersAnswer[] = {{"users", Type::kAny, {}},          {"after_cursor", Type::kText, {}}, {"after_url", Type::kText, {}},
                                        {"before_cursor", Type::kAny, {}},  {"before_url", Type::kAny, {}},    {"count", Type::kInteger, {}},
                                        {"next_page", Type::kText, {}},     {"end_time", Type::kInteger, {}},  {"end_of_stream", Type::kFlag, {}}};
constexpr SchemaField kOrganizationsAnswer[] = {{"organizations", Type::kAny, {}},  {"after_cursor", Type::kText, {}}, {"after_url", Type::kText, {}},
                                                {"before_cursor", Type::kAny, {}},  {"before_url", Type::kAny, {}},    {"count", Type::kInteger, {}},
                                                {"next_page", Type::kText, {}},     {"end_time", Type::kInteger, {}},  {"end_of_stream", Type::kFlag, {}}};
constexpr Schema kSchemas[] = {{"UsersExportAnswer", kUsersAnswer},
                               {"OrganizationsExportAnswer", kOrganizationsAnswer},
                               {"Change", kChange},
                               {"FeedEntry", kEntry},
                               {"ChangesAnswer", kChangesAnswer},
                               {"TicketChildEvent", kChild},
                               {"ExportedTicketEvent", kEvent},
                               {"TicketEventsExportAnswer", kEventsAnswer},
                               {"MetricEventPolicy", kMetricPolicy},
                               {"MetricEventSla", kMetricSla},
                               {"MetricEventStatus", kMetricStatus},
                               {"TicketMetricEvent", kMetricEvent},
                               {"TicketMetricEventsAnswer", kMetricEventsAnswer}};

}  // namespace

std::span<const Route> export_routes() { return kRoutes; }
std::span<const Schema> export_schemas() { return kSchemas; }

}  // namespace postern::web
