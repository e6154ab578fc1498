// Routes of views and their schemas.
#include "web/api/desk/tables.h"
#include "web/api/desk/view_handlers.h"
#include "web/api/route_words.h"

namespace postern::web {
namespace {

using auth::Permission;
using route_words::change;
using route_words::costly;
using route_words::get;
using route_words::or_with;
using route_words::replaying;
using route_words::speaks;
using route_words::versioned;
using route_words::within;
using Need = SchemaField::Need;
using Type = FieldType;

// Whoever reads tickets has views of his own; shared ones the service keeps to those who set up the workspace.
constexpr auto kRead = Permission::kTicketsRead;
// Not a token that may only read.
constexpr auto kWrite = Permission::kNotesWrite;
constexpr auth::PermissionSet kOrThese{Permission::kReply, Permission::kTicketsWrite, Permission::kSettingsManage};
constexpr std::string_view kListQuery = "access,active,page[size],page[after],page,per_page";
constexpr std::string_view kTicketsQuery = "page[size],page[after],sort_by,sort_order,reverse,include";

constexpr Route kRoutes[] = {
    within(speaks(get("/api/v2/views", kRead, api::list_views, "Views that you see, by position", kListQuery), "ViewsAnswer")),
    within(replaying(or_with(speaks(change(Verb::kPost, "/api/v2/views", kWrite, Body::kJson, api::create_view,
                                           "A new view: of your own, or with settings:manage a shared one; it is filled in the background"),
                                    "ViewAnswer", "ViewBody"),
                             kOrThese))),
    within(speaks(get("/api/v2/views/active", kRead, api::list_active_views, "Those in use", kListQuery), "ViewsAnswer")),
    within(speaks(get("/api/v2/views/compact", kRead, api::list_compact_views, "The first 32 in use"), "ViewsAnswer")),
    within(speaks(get("/api/v2/views/count", kRead, api::count_views, "How many views you see"), "ViewsCountAnswer")),
    within(speaks(get("/api/v2/views/count_many", kRead, api::count_many_views, "Exact counts of up to 100 views", "ids"), "ViewCountsAnswer")),
    within(speaks(get("/api/v2/views/definitions", kRead, api::show_view_definitions, "What conditions and columns there are"), "ViewDefinitionsAnswer")),
    within(costly(speaks(change(Verb::kPost, "/api/v2/views/preview", kRead, Body::kJson, api::preview_view,
                                "What a view would show, among a bounded number of tickets"),
                         "ViewPreviewAnswer", "ViewBody"))),
    within(costly(speaks(change(Verb::kPost, "/api/v2/views/preview/count", kRead, Body::kJson, api::count_preview, "The same, counted"),
                         "ViewCountAnswer", "ViewBody"))),
    within(speaks(get("/api/v2/views/search", kRead, api::search_views, "Views by words of their titles", "query,access,active,page[size],page[after],page,per_page"),
                  "ViewsAnswer")),
    within(speaks(get("/api/v2/views/show_many", kRead, api::show_many_views, "Several by id", "ids"), "ViewsAnswer")),
    within(or_with(speaks(change(Verb::kPut, "/api/v2/views/update_many", kWrite, Body::kJson, api::update_many_views, "Positions and activity of several"),
                          "ViewsAnswer", "ViewsBody"),
                   kOrThese)),
    within(speaks(get("/api/v2/views/{id}", kRead, api::show_view, "One view"), "ViewAnswer")),
    within(or_with(speaks(versioned(change(Verb::kPut, "/api/v2/views/{id}", kWrite, Body::kJson, api::update_view,
                                 "Change what is named; until it is filled anew the view shows what it showed")),
                          "ViewAnswer", "ViewBody"),
                   kOrThese)),
    within(or_with(versioned(change(Verb::kDelete, "/api/v2/views/{id}", kWrite, Body::kNone, api::delete_view, "End a view; its tickets stay")), kOrThese)),
    within(speaks(get("/api/v2/views/{id}/tickets", kRead, api::list_view_tickets, "Its tickets, in its order", kTicketsQuery), "ViewTicketsAnswer")),
    within(speaks(get("/api/v2/views/{id}/execute", kRead, api::execute_view, "Its tickets as rows of its columns", kTicketsQuery), "ViewRowsAnswer")),
    within(speaks(get("/api/v2/views/{id}/count", kRead, api::count_view_tickets, "How many tickets it has, exactly"), "ViewCountAnswer")),
};

constexpr std::string_view kOrders = "asc,desc";
constexpr SchemaField kCondition[] = {{"field", Type::kText, {}, Need::kRequired}, {"operator", Type::kText, {}, Need::kRequired}, {"value", Type::kAny, {}}};
constexpr SchemaField kConditions[] = {{"all", Type::kObjects, "ViewCondition"}, {"any", Type::kObjects, "ViewCondition"}};
constexpr SchemaField kColumn[] = {{"id", Type::kAny, {}}, {"title", Type::kText, {}}};
constexpr SchemaField kOrder[] = {{"id", Type::kText, {}}, {"title", Type::kText, {}}, {"order", Type::kText, kOrders}};
constexpr SchemaField kOutput[] = {{"columns", Type::kTexts, {}},
                                   {"group_by", Type::kText, {}, Need::kNullable},
                                   {"group_order", Type::kText, kOrders},
                                   {"sort_by", Type::kText, {}},
                                   {"sort_order", Type::kText, kOrders}};
constexpr SchemaField kExecution[] = {{"columns", Type::kObjects, "ViewColumn"},
                                      {"group_by", Type::kText, {}, Need::kNullable},
                                      {"group_order", Type::kText, kOrders},
                                      {"sort_by", Type::kText, {}},
                                      {"sort_order", Type::kText, kOrders},
                                      {"group", Type::kObject, "ViewOrder", Need::kNullable},
                                      {"sort", Type::kObject, "ViewOrder", Need::kNullable}};
constexpr SchemaField kRestriction[] = {{"type", Type::kText, "User,Group", Need::kRequired}, {"id", Type::kInteger, {}}, {"ids", Type::kIntegers, {}}};
constexpr SchemaField kViewWrite[] = {{"title", Type::kText, {}},
                                  {"description", Type::kText, {}},
                                  {"active", Type::kFlag, {}},
                                  {"position", Type::kInteger, {}},
                                  {"all", Type::kObjects, "ViewCondition"},
                                  {"any", Type::kObjects, "ViewCondition"},
                                  {"conditions", Type::kObject, "ViewConditions"},
                                  {"output", Type::kObject, "ViewOutput"},
                                  {"execution", Type::kObject, "ViewExecution"},
                                  {"restriction", Type::kObject, "ViewRestriction", Need::kNullable},
                                  {"id", Type::kInteger, {}, Need::kReadOnly},
                                  {"url", Type::kText, {}, Need::kReadOnly},
                                  {"raw_title", Type::kText, {}, Need::kReadOnly},
                                  {"default", Type::kFlag, {}, Need::kReadOnly},
                                  {"created_at", Type::kTime, {}, Need::kReadOnly},
                                  {"updated_at", Type::kTime, {}, Need::kReadOnly}};
constexpr SchemaField kBody[] = {{"view", Type::kObject, "ViewWrite", Need::kRequired}};
constexpr SchemaField kMove[] = {{"id", Type::kInteger, {}, Need::kRequired}, {"position", Type::kInteger, {}}, {"active", Type::kFlag, {}}};
constexpr SchemaField kMoves[] = {{"views", Type::kObjects, "ViewMove", Need::kRequired}};
constexpr SchemaField kView[] = {{"url", Type::kText, {}},
                                 {"id", Type::kInteger, {}},
                                 {"title", Type::kText, {}},
                                 {"raw_title", Type::kText, {}},
                                 {"description", Type::kText, {}},
                                 {"active", Type::kFlag, {}},
                                 {"position", Type::kInteger, {}},
                                 {"default", Type::kFlag, {}},
                                 {"execution", Type::kObject, "ViewExecution"},
                                 {"conditions", Type::kObject, "ViewConditions"},
                                 {"restriction", Type::kObject, "ViewRestriction", Need::kNullable},
                                 {"created_at", Type::kTime, {}},
                                 {"updated_at", Type::kTime, {}}};
constexpr SchemaField kAnswer[] = {{"view", Type::kObject, "View"}};
constexpr SchemaField kMeta[] = {{"has_more", Type::kFlag, {}}, {"after_cursor", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kLinks[] = {{"next", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kListAnswer[] = {{"views", Type::kObjects, "View"},
                                       {"count", Type::kInteger, {}},
                                       {"meta", Type::kObject, "ViewPageMeta"},
                                       {"links", Type::kObject, "ViewPageLinks"},
                                       {"next_page", Type::kText, {}, Need::kNullable},
                                       {"previous_page", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kViewsCount[] = {{"value", Type::kInteger, {}}, {"refreshed_at", Type::kTime, {}}};
constexpr SchemaField kViewsCountAnswer[] = {{"count", Type::kObject, "ViewsCount"}};
constexpr SchemaField kCount[] = {{"view_id", Type::kInteger, {}, Need::kNullable},
                                  {"url", Type::kText, {}, Need::kNullable},
                                  {"value", Type::kInteger, {}, Need::kNullable},
                                  {"pretty", Type::kText, {}},
                                  {"fresh", Type::kFlag, {}},
                                  {"building", Type::kInteger, {}},
                                  {"looked_at", Type::kInteger, {}}};
constexpr SchemaField kCountAnswer[] = {{"view_count", Type::kObject, "ViewCount"}};
constexpr SchemaField kCountsAnswer[] = {{"view_counts", Type::kObjects, "ViewCount"}};
constexpr SchemaField kColumnChoice[] = {{"id", Type::kText, {}}, {"title", Type::kText, {}}, {"sortable", Type::kFlag, {}}, {"groupable", Type::kFlag, {}}};
constexpr SchemaField kDefinitions[] = {{"conditions_all", Type::kObjects, "RuleSubject"},
                                        {"conditions_any", Type::kObjects, "RuleSubject"},
                                        {"columns", Type::kObjects, "ViewColumnChoice"}};
constexpr SchemaField kDefinitionsAnswer[] = {{"definitions", Type::kObject, "ViewDefinitions"}};
constexpr SchemaField kTicketsAnswer[] = {{"tickets", Type::kObjects, "Ticket"},
                                          {"count", Type::kInteger, {}, Need::kNullable},
                                          {"building", Type::kInteger, {}},
                                          {"users", Type::kAny, {}},
                                          {"groups", Type::kAny, {}},
                                          {"organizations", Type::kAny, {}},
                                          {"meta", Type::kObject, "ViewPageMeta"},
                                          {"links", Type::kObject, "ViewPageLinks"},
                                          {"next_page", Type::kText, {}, Need::kNullable},
                                          {"previous_page", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kRowTicket[] = {{"id", Type::kInteger, {}},
                                      {"url", Type::kText, {}},
                                      {"subject", Type::kText, {}},
                                      {"status", Type::kText, {}},
                                      {"type", Type::kText, {}, Need::kNullable},
                                      {"priority", Type::kText, {}, Need::kNullable}};
// Beside the first two, those of the view's columns.
constexpr SchemaField kRow[] = {{"ticket_id", Type::kInteger, {}},
                                {"ticket", Type::kObject, "ViewRowTicket"},
                                {"nice_id", Type::kInteger, {}},
                                {"subject", Type::kText, {}},
                                {"status", Type::kText, {}},
                                {"custom_status_id", Type::kInteger, {}, Need::kNullable},
                                {"type", Type::kText, {}, Need::kNullable},
                                {"priority", Type::kText, {}, Need::kNullable},
                                {"requester_id", Type::kInteger, {}, Need::kNullable},
                                {"submitter_id", Type::kInteger, {}, Need::kNullable},
                                {"assignee_id", Type::kInteger, {}, Need::kNullable},
                                {"group_id", Type::kInteger, {}, Need::kNullable},
                                {"organization_id", Type::kInteger, {}, Need::kNullable},
                                {"brand_id", Type::kInteger, {}, Need::kNullable},
                                {"ticket_form_id", Type::kInteger, {}, Need::kNullable},
                                {"tags", Type::kTexts, {}},
                                {"created", Type::kTime, {}},
                                {"updated", Type::kTime, {}},
                                {"updated_requester", Type::kTime, {}, Need::kNullable},
                                {"updated_assignee", Type::kTime, {}, Need::kNullable},
                                {"assigned", Type::kTime, {}, Need::kNullable},
                                {"solved", Type::kTime, {}, Need::kNullable},
                                {"due_date", Type::kTime, {}, Need::kNullable},
                                {"satisfaction_rating", Type::kObject, "TicketSatisfaction", Need::kNullable},
                                {"custom_fields", Type::kObjects, "CustomFieldValue"}};
constexpr SchemaField kRowsAnswer[] = {{"rows", Type::kObjects, "ViewRow"},
                                       {"columns", Type::kObjects, "ViewColumn"},
                                       {"view", Type::kObject, "ViewReference"},
                                       {"count", Type::kInteger, {}, Need::kNullable},
                                       {"building", Type::kInteger, {}},
                                       {"users", Type::kAny, {}},
                                       {"groups", Type::kAny, {}},
                                       {"organizations", Type::kAny, {}},
                                       {"meta", Type::kObject, "ViewPageMeta"},
                                       {"links", Type::kObject, "ViewPageLinks"},
                                       {"next_page", Type::kText, {}, Need::kNullable},
                                       {"previous_page", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kPreviewAnswer[] = {{"rows", Type::kObjects, "ViewRow"},
                                          {"columns", Type::kObjects, "ViewColumn"},
                                          {"count", Type::kInteger, {}},
                                          {"complete", Type::kFlag, {}},
                                          {"looked_at", Type::kInteger, {}},
                                          {"users", Type::kAny, {}},
                                          {"groups", Type::kAny, {}},
                                          {"organizations", Type::kAny, {}}};
constexpr SchemaField kReference[] = {{"id", Type::kInteger, {}}, {"url", Type::kText, {}}};

constexpr Schema kSchemas[] = {{"ViewCondition", kCondition},
                               {"ViewConditions", kConditions},
                               {"ViewColumn", kColumn},
                               {"ViewOrder", kOrder},
                               {"ViewOutput", kOutput},
                               {"ViewExecution", kExecution},
                               {"ViewRestriction", kRestriction},
                               {"ViewWrite", kViewWrite},
                               {"ViewBody", kBody},
                               {"ViewMove", kMove},
                               {"ViewsBody", kMoves},
                               {"View", kView},
                               {"ViewAnswer", kAnswer},
                               {"ViewPageMeta", kMeta},
                               {"ViewPageLinks", kLinks},
                               {"ViewsAnswer", kListAnswer},
                               {"ViewsCount", kViewsCount},
                               {"ViewsCountAnswer", kViewsCountAnswer},
                               {"ViewCount", kCount},
                               {"ViewCountAnswer", kCountAnswer},
                               {"ViewCountsAnswer", kCountsAnswer},
                               {"ViewColumnChoice", kColumnChoice},
                               {"ViewDefinitions", kDefinitions},
                               {"ViewDefinitionsAnswer", kDefinitionsAnswer},
                               {"ViewRowTicket", kRowTicket},
                               {"ViewRow", kRow},
                               {"ViewReference", kReference},
                               {"ViewTicketsAnswer", kTicketsAnswer},
                               {"ViewRowsAnswer", kRowsAnswer},
                               {"ViewPreviewAnswer", kPreviewAnswer}};

}  // namespace

std::span<const Route> view_routes() { return kRoutes; }
std::span<const Schema> view_schemas() { return kSchemas; }

}  // namespace postern::web
