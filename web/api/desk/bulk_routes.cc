// Routes of changes of many tickets, of deleted ones, of jobs, undoing and drafts, and their schemas.
#include "web/api/desk/bulk_handlers.h"
#include "web/api/desk/tables.h"
#include "web/api/route_words.h"

namespace postern::web {
namespace {

using auth::Permission;
using route_words::aside;
using route_words::change;
using route_words::costly;
using route_words::get;
using route_words::or_with;
using route_words::replaying;
using route_words::speaks;
using route_words::within;
using Need = SchemaField::Need;
using Type = FieldType;

constexpr std::string_view kJob = "JobStatusAnswer";

constexpr Route job_of(Verb verb, std::string_view pattern, Permission permission, Handler handler, std::string_view summary) {
  return speaks(within(change(verb, pattern, permission, Body::kNone, handler, summary, "ids")), kJob);
}

constexpr Route kRoutes[] = {
    speaks(costly(within(or_with(change(Verb::kPut, "/api/v2/tickets/update_many", Permission::kTicketsWrite, Body::kJson, api::update_many_tickets,
                                 "One change for all tickets of ?ids=, or one for each in the body; a job", "ids"),
                          {Permission::kReply, Permission::kNotesWrite}))),
           kJob, "UpdateManyBody"),
    speaks(costly(replaying(within(change(Verb::kPost, "/api/v2/tickets/create_many", Permission::kTicketsWrite, Body::kJson, api::create_many_tickets,
                                   "New tickets; a job")))),
           kJob, "CreateManyBody"),
    speaks(costly(replaying(within(change(Verb::kPost, "/api/v2/tickets/apply_macro", Permission::kTicketsWrite, Body::kJson, api::apply_macro_to_many,
                                   "Apply a macro to up to 100 tickets, and send what it writes; a job")))),
           kJob, "ApplyMacroBody"),
    within(change(Verb::kDelete, "/api/v2/tickets/{id}", Permission::kTicketsDelete, Body::kNone, api::delete_ticket,
                  "Delete a ticket; it can be restored for 30 days")),
    job_of(Verb::kDelete, "/api/v2/tickets/destroy_many", Permission::kTicketsDelete, api::delete_many_tickets, "The same of many; a job"),
    within(change(Verb::kPut, "/api/v2/tickets/{id}/mark_as_spam", Permission::kTicketsDelete, Body::kNone, api::mark_ticket_as_spam,
                  "Delete it as spam; nobody is blocked")),
    job_of(Verb::kPut, "/api/v2/tickets/mark_many_as_spam", Permission::kTicketsDelete, api::mark_many_tickets_as_spam, "The same of many; a job"),
    speaks(within(get("/api/v2/deleted_tickets", Permission::kTicketsDelete, api::list_deleted_tickets, "Deleted tickets, the latest first",
                      "page[size],page[after]")),
           "DeletedTicketsAnswer"),
    within(change(Verb::kPut, "/api/v2/deleted_tickets/{id}/restore", Permission::kTicketsDelete, Body::kNone, api::restore_ticket,
                  "Restore it as it was")),
    job_of(Verb::kPut, "/api/v2/deleted_tickets/restore_many", Permission::kTicketsDelete, api::restore_many_tickets, "The same of many; a job"),
    job_of(Verb::kDelete, "/api/v2/deleted_tickets/{id}", Permission::kRedact, api::erase_ticket,
           "Erase a deleted ticket for good, from the disk too; a job. Needs tickets:delete as well"),
    job_of(Verb::kDelete, "/api/v2/deleted_tickets/destroy_many", Permission::kRedact, api::erase_many_tickets, "The same of many"),
    speaks(costly(replaying(within(change(Verb::kPost, "/api/v2/tickets/{id}/merge", Permission::kTicketsWrite, Body::kJson, api::merge_tickets,
                                   "Merge other tickets into this one; a job")))),
           kJob, "MergeBody"),
    speaks(replaying(within(change(Verb::kPost, "/api/v2/tickets/{id}/split", Permission::kTicketsWrite, Body::kJson, api::split_ticket,
                                   "Move comments into a new ticket"))),
           "SplitAnswer", "SplitBody"),
    speaks(within(change(Verb::kPost, "/api/v2/undo/{id}", Permission::kTicketsWrite, Body::kNone, api::undo_change,
                         "Undo a bulk change, a merge or a split, where nobody changed the tickets since; a job")),
           kJob),

    speaks(aside(get("/api/v2/job_statuses", Permission::kTicketsRead, api::list_job_statuses, "Own jobs, newest first", "page[size],page[after]")), "JobStatusesAnswer"),
    speaks(aside(get("/api/v2/job_statuses/show_many", Permission::kTicketsRead, api::show_many_job_statuses, "Jobs by id", "ids")),
           "JobStatusesAnswer"),
    speaks(aside(get("/api/v2/job_statuses/{trace_id}", Permission::kTicketsRead, api::show_job_status, "One job and what became of its items")),
           kJob),
    speaks(aside(change(Verb::kDelete, "/api/v2/job_statuses/{trace_id}", Permission::kTicketsRead, Body::kNone, api::kill_job,
                         "End an own job: what is not done stays undone")),
           kJob),

    speaks(within(or_with(get("/api/v2/drafts", Permission::kReply, api::list_drafts, "Own drafts"), {Permission::kNotesWrite})), "DraftsAnswer"),
    speaks(within(or_with(get("/api/v2/tickets/{id}/draft", Permission::kReply, api::show_draft, "What one has typed and not sent"),
                          {Permission::kNotesWrite})),
           "DraftAnswer"),
    speaks(within(or_with(change(Verb::kPut, "/api/v2/tickets/{id}/draft", Permission::kReply, Body::kJson, api::put_draft, "Keep it"),
                          {Permission::kNotesWrite})),
           "DraftAnswer", "DraftBody"),
    within(or_with(change(Verb::kDelete, "/api/v2/tickets/{id}/draft", Permission::kReply, Body::kNone, api::delete_draft, "Throw it away"),
                   {Permission::kNotesWrite})),
    speaks(within(change(Verb::kPost, "/api/v2/tickets/{id}/comments/{comment_id}/unsend", Permission::kReply, Body::kNone, api::unsend_comment,
                         "Take an own reply back while it is held; it is a draft again")),
           "UnsentAnswer"),
    speaks(aside(get("/api/v2/reply_hold", Permission::kReply, api::show_reply_hold, "How long own replies wait before they are mailed")),
           "ReplyHoldAnswer"),
    speaks(aside(change(Verb::kPut, "/api/v2/reply_hold", Permission::kReply, Body::kJson, api::set_reply_hold, "Change it: 0 to 60 seconds")),
           "ReplyHoldAnswer", "ReplyHoldAnswer"),
    speaks(within(get("/api/v2/tickets/{id}/presence", Permission::kTicketsRead, api::show_presence, "Who else is at the ticket now")),
           "PresenceAnswer"),
    speaks(within(change(Verb::kPost, "/api/v2/tickets/{id}/presence", Permission::kTicketsRead, Body::kJson, api::tell_presence,
                         "Tell others that one is there, for half a minute; they see it in the event stream")),
           "PresenceAnswer", "PresenceBody"),
};

constexpr SchemaField kResult[] = {{"index", Type::kInteger, {}},         {"id", Type::kInteger, {}, Need::kNullable}, {"action", Type::kText, {}},
                                   {"success", Type::kFlag, {}},          {"status", Type::kText, {}},                 {"error", Type::kText, {}},
                                   {"details", Type::kText, {}}};
constexpr SchemaField kStatus[] = {{"id", Type::kText, {}},
                                   {"url", Type::kText, {}},
                                   {"job_type", Type::kText, "update,create,delete,restore,erase,mark_as_spam,merge,undo,import"},
                                   {"total", Type::kInteger, {}},
                                   {"progress", Type::kInteger, {}},
                                   {"status", Type::kText, "queued,working,completed,failed,killed"},
                                   {"message", Type::kText, {}, Need::kNullable},
                                   {"results", Type::kObjects, "JobResult", Need::kNullable},
                                   {"user_id", Type::kInteger, {}, Need::kNullable},
                                   {"undo_url", Type::kText, {}, Need::kNullable},
                                   {"created_at", Type::kTime, {}},
                                   {"ended_at", Type::kTime, {}, Need::kNullable}};
constexpr SchemaField kStatusAnswer[] = {{"job_status", Type::kObject, "JobStatus"}};
constexpr SchemaField kStatusesAnswer[] = {{"job_statuses", Type::kObjects, "JobStatus"}, {"count", Type::kInteger, {}}, {"meta", Type::kAny, {}}, {"links", Type::kAny, {}}};
constexpr SchemaField kApplyMacro[] = {{"macro_id", Type::kInteger, {}, Need::kRequired}, {"ids", Type::kIntegers, {}, Need::kRequired}};
constexpr SchemaField kMerge[] = {{"ids", Type::kIntegers, {}, Need::kRequired},  {"target_comment", Type::kText, {}},
                                  {"source_comment", Type::kText, {}},            {"target_comment_is_public", Type::kFlag, {}},
                                  {"source_comment_is_public", Type::kFlag, {}}};
constexpr SchemaField kSplit[] = {{"comment_ids", Type::kIntegers, {}, Need::kRequired}, {"subject", Type::kText, {}}};
constexpr SchemaField kBulkTicket[] = {{"id", Type::kInteger, {}},       {"status", Type::kText, "new,open,pending,hold,solved,closed"},
                                       {"priority", Type::kText, "low,normal,high,urgent"},
                                       {"subject", Type::kText, {}},     {"assignee_id", Type::kInteger, {}, Need::kNullable},
                                       {"group_id", Type::kInteger, {}, Need::kNullable},
                                       {"tags", Type::kTexts, {}},       {"additional_tags", Type::kTexts, {}},
                                       {"remove_tags", Type::kTexts, {}}, {"comment", Type::kObject, "BulkComment"}};
constexpr SchemaField kBulkComment[] = {{"body", Type::kText, {}}, {"html_body", Type::kText, {}}, {"public", Type::kFlag, {}}};
constexpr SchemaField kUpdateMany[] = {{"ticket", Type::kObject, "BulkTicket"}, {"tickets", Type::kObjects, "BulkTicket"}};
constexpr SchemaField kCreateMany[] = {{"tickets", Type::kObjects, "BulkTicket", Need::kRequired}};
constexpr SchemaField kSplitAnswer[] = {{"ticket", Type::kObject, "BulkTicket"}, {"undo_url", Type::kText, {}}};
constexpr SchemaField kActor[] = {{"id", Type::kInteger, {}, Need::kNullable}, {"name", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kDeleted[] = {{"id", Type::kInteger, {}},
                                    {"subject", Type::kText, {}},
                                    {"actor", Type::kObject, "DeletedTicketActor"},
                                    {"previous_state", Type::kText, {}},
                                    {"deleted_at", Type::kTime, {}}};
constexpr SchemaField kDeletedAnswer[] = {{"deleted_tickets", Type::kObjects, "DeletedTicket"}};
constexpr SchemaField kDraft[] = {{"url", Type::kText, {}, Need::kReadOnly},
                                  {"ticket_id", Type::kInteger, {}, Need::kReadOnly},
                                  {"body", Type::kText, {}},
                                  {"html_body", Type::kText, {}, Need::kNullable},
                                  {"public", Type::kFlag, {}},
                                  {"revision", Type::kInteger, {}},
                                  {"updated_at", Type::kTime, {}, Need::kReadOnly}};
constexpr SchemaField kDraftAnswer[] = {{"draft", Type::kObject, "Draft"}};
constexpr SchemaField kDraftShown[] = {{"draft", Type::kObject, "Draft", Need::kNullable}};
constexpr SchemaField kDraftsAnswer[] = {{"drafts", Type::kObjects, "Draft"}, {"count", Type::kInteger, {}}};
constexpr SchemaField kUnsentAnswer[] = {{"draft", Type::kObject, "Draft"}, {"ticket", Type::kObject, "BulkTicket"}, {"attachments_removed", Type::kInteger, {}}};
constexpr SchemaField kHold[] = {{"seconds", Type::kInteger, {}, Need::kRequired}};
constexpr SchemaField kHoldAnswer[] = {{"reply_hold", Type::kObject, "ReplyHold"}};

constexpr SchemaField kPresenceWrite[] = {{"state", Type::kText, "viewing,typing,gone", Need::kRequired}};
constexpr SchemaField kPresenceBody[] = {{"presence", Type::kObject, "PresenceWrite", Need::kRequired}};
constexpr SchemaField kOther[] = {{"user_id", Type::kInteger, {}}, {"state", Type::kText, "viewing,typing"}};
constexpr SchemaField kPresence[] = {{"ticket_id", Type::kInteger, {}}, {"others", Type::kObjects, "PresentPerson"}};
constexpr SchemaField kPresenceAnswer[] = {{"presence", Type::kObject, "Presence"}};

constexpr Schema kSchemas[] = {
    {"JobResult", kResult},          {"JobStatus", kStatus},
    {"JobStatusAnswer", kStatusAnswer}, {"JobStatusesAnswer", kStatusesAnswer},
    {"ApplyMacroBody", kApplyMacro}, {"MergeBody", kMerge},           {"SplitBody", kSplit},
    {"BulkTicket", kBulkTicket},     {"BulkComment", kBulkComment},
    {"UpdateManyBody", kUpdateMany}, {"CreateManyBody", kCreateMany},
    {"SplitAnswer", kSplitAnswer},   {"DeletedTicketActor", kActor},
    {"DeletedTicket", kDeleted},     {"DeletedTicketsAnswer", kDeletedAnswer},
    {"Draft", kDraft},               {"DraftBody", kDraftAnswer},
    {"DraftAnswer", kDraftShown},   {"DraftsAnswer", kDraftsAnswer},
    {"UnsentAnswer", kUnsentAnswer}, {"ReplyHold", kHold},
    {"ReplyHoldAnswer", kHoldAnswer}, {"PresenceWrite", kPresenceWrite},
    {"PresenceBody", kPresenceBody}, {"PresentPerson", kOther},
    {"Presence", kPresence},         {"PresenceAnswer", kPresenceAnswer}};

}  // namespace

std::span<const Route> bulk_routes() { return kRoutes; }
std::span<const Schema> bulk_schemas() { return kSchemas; }

}  // namespace postern::web
