// Routes of ticket imports and their schemas.
#include "web/api/desk/import_handlers.h"
#include "web/api/desk/tables.h"
#include "web/api/route_words.h"

namespace postern::web {
namespace {

using auth::Permission;
using route_words::change;
using route_words::costly;
using route_words::replaying;
using route_words::speaks;
using route_words::within;
using Need = SchemaField::Need;
using Type = FieldType;

constexpr Route kRoutes[] = {
    speaks(costly(replaying(within(change(Verb::kPost, "/api/v2/imports/tickets", Permission::kSettingsManage, Body::kJson, api::import_ticket,
                                          "A ticket of another helpdesk, with the times that it had there: nothing is mailed, no trigger runs. Needs tickets:write as well",
                                          "archive_immediately")))),
           "TicketAnswer", "ImportTicketBody"),
    speaks(costly(replaying(within(change(Verb::kPost, "/api/v2/imports/tickets/create_many", Permission::kSettingsManage, Body::kJson,
                                          api::import_many_tickets, "Many of them; a job that has ended with the answer", "archive_immediately")))),
           "JobStatusAnswer", "ImportTicketsBody"),
};

constexpr SchemaField kComment[] = {{"author_id", Type::kInteger, {}}, {"value", Type::kText, {}}, {"body", Type::kText, {}}, {"html_body", Type::kText, {}},
                                    {"public", Type::kFlag, {}},       {"created_at", Type::kTime, {}}, {"uploads", Type::kTexts, {}}};
constexpr SchemaField kTicket[] = {{"subject", Type::kText, {}},
                                   {"description", Type::kText, {}},
                                   {"comments", Type::kObjects, "ImportComment"},
                                   {"status", Type::kText, "new,open,pending,hold,solved,closed"},
                                   {"type", Type::kText, "problem,incident,question,task", Need::kNullable},
                                   {"priority", Type::kText, "low,normal,high,urgent", Need::kNullable},
                                   {"requester_id", Type::kInteger, {}},
                                   {"requester", Type::kObject, "TicketPerson"},
                                   {"submitter_id", Type::kInteger, {}},
                                   {"assignee_id", Type::kInteger, {}, Need::kNullable},
                                   {"group_id", Type::kInteger, {}, Need::kNullable},
                                   {"organization_id", Type::kInteger, {}, Need::kNullable},
                                   {"external_id", Type::kText, {}, Need::kNullable},
                                   {"tags", Type::kTexts, {}},
                                   {"custom_fields", Type::kAny, {}},
                                   {"email_cc_ids", Type::kIntegers, {}},
                                   {"due_at", Type::kTime, {}, Need::kNullable},
                                   {"inbox_id", Type::kInteger, {}},
                                   {"created_at", Type::kTime, {}},
                                   {"updated_at", Type::kTime, {}},
                                   {"solved_at", Type::kTime, {}, Need::kNullable}};
constexpr SchemaField kOne[] = {{"ticket", Type::kObject, "ImportTicket", Need::kRequired}};
constexpr SchemaField kMany[] = {{"tickets", Type::kObjects, "ImportTicket", Need::kRequired}};
constexpr Schema kSchemas[] = {{"ImportComment", kComment}, {"ImportTicket", kTicket}, {"ImportTicketBody", kOne}, {"ImportTicketsBody", kMany}};

}  // namespace

std::span<const Route> import_routes() { return kRoutes; }
std::span<const Schema> import_schemas() { return kSchemas; }

}  // namespace postern::web
