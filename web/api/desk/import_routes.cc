// Routes of ticket imports and their schemas.
#include "web/api/desk/import_handlers.h"
#include "web/api/desk/tables.h"
#include "web/api/route_words.h"

namespace postern::web {
namespace {

using auth::Permission;
using route_words::change;
using route_words::costly;
using route_words::get;
using route_words::needing;
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
    speaks(needing(costly(change(Verb::kPost, "/api/v2/imports/archives", Permission::kSettingsManage, Body::kArchive, api::begin_archive_import,
                                 "An archive of another desk as the body, imported in the background", "kind,inbox_id,status,dry_run")),
                   {Permission::kTicketsWrite, Permission::kUsersManage}),
           "ArchiveImportAnswer"),
    speaks(get("/api/v2/imports/archives", Permission::kSettingsManage, api::list_archive_imports, "The last imports of archives, newest first"),
           "ArchiveImportsAnswer"),
    speaks(get("/api/v2/imports/archives/{id}", Permission::kSettingsManage, api::show_archive_import, "How far one is"), "ArchiveImportAnswer"),
    change(Verb::kDelete, "/api/v2/imports/archives/{id}", Permission::kSettingsManage, Body::kNone, api::stop_archive_import,
           "End one that is at work; what came stays"),
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
constexpr SchemaField kArchiveImport[] = {{"id", Type::kInteger, {}}, {"kind", Type::kText, "mbox,maildir,eml,zendesk"}, {"inbox_id", Type::kInteger, {}},
                                          {"dry_run", Type::kFlag, {}}, {"state", Type::kText, "looking,importing,finished,stopped,failed"},
                                          {"done", Type::kInteger, {}}, {"total", Type::kInteger, {}, Need::kNullable}, {"tickets", Type::kInteger, {}},
                                          {"comments", Type::kInteger, {}}, {"people", Type::kInteger, {}}, {"organizations", Type::kInteger, {}},
                                          {"passed_over", Type::kAny, {}}, {"examples", Type::kTexts, {}}, {"error", Type::kText, {}, Need::kNullable},
                                          {"created_at", Type::kTime, {}}, {"ended_at", Type::kTime, {}, Need::kNullable}};
constexpr SchemaField kArchiveImportAnswer[] = {{"import", Type::kObject, "ArchiveImport"}};
constexpr SchemaField kArchiveImportsAnswer[] = {{"imports", Type::kObjects, "ArchiveImport"}, {"count", Type::kInteger, {}}};
constexpr Schema kSchemas[] = {{"ArchiveImport", kArchiveImport}, {"ArchiveImportAnswer", kArchiveImportAnswer}, {"ArchiveImportsAnswer", kArchiveImportsAnswer},
                               {"ImportComment", kComment}, {"ImportTicket", kTicket}, {"ImportTicketBody", kOne}, {"ImportTicketsBody", kMany}};

}  // namespace

std::span<const Route> import_routes() { return kRoutes; }
std::span<const Schema> import_schemas() { return kSchemas; }

}  // namespace postern::web
