// Routes of what intake holds back and whom it lets in, and their schemas.
#include "web/api/desk/intake_handlers.h"
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
using route_words::within;
using Need = SchemaField::Need;
using Type = FieldType;

constexpr auto kManage = Permission::kSettingsManage;
constexpr std::string_view kHeld = "/api/v2/suspended_tickets/{trace}-{inbox}/attachments";
constexpr std::string_view kHeldSender = "/api/v2/suspended_tickets/{trace}-{inbox}/sender";

constexpr Route kRoutes[] = {
    speaks(costly(within(change(Verb::kPut, "/api/v2/suspended_tickets/recover_many", Permission::kTicketsWrite, Body::kNone,
                                api::recover_many_suspended, "Make tickets of up to 100 held messages, each of its sender", "ids"))),
           "RecoveredTicketsAnswer"),
    costly(within(change(Verb::kDelete, "/api/v2/suspended_tickets/destroy_many", Permission::kTicketsDelete, Body::kNone,
                         api::delete_many_suspended, "Delete up to 100 held messages for good", "ids"))),
    speaks(within(change(Verb::kPost, kHeld, Permission::kTicketsWrite, Body::kNone, api::attach_suspended,
                         "Its attachments as an upload, for a comment to come")),
           "SuspendedAttachmentsAnswer"),
    speaks(change(Verb::kPost, kHeldSender, Permission::kTicketsWrite, Body::kJson, api::list_sender_of_suspended,
                  "Always let its sender in, or always keep him out"),
           "SuspendedSenderAnswer", "SuspendedSenderBody"),
    speaks(aside(get("/api/v2/suspended_tickets/settings", Permission::kTicketsWrite, api::show_suspended_settings, "How long held mail waits")),
           "SuspendedSettingsAnswer"),
    speaks(change(Verb::kPut, "/api/v2/suspended_tickets/settings", kManage, Body::kJson, api::update_suspended_settings,
                  "Change how long held mail waits"),
           "SuspendedSettingsAnswer", "SuspendedSettingsBody"),
    speaks(aside(get("/api/v2/suspended_tickets/digest", Permission::kTicketsWrite, api::show_suspended_digest,
                     "Whether one gets the daily mail about held mail")),
           "SuspendedDigestAnswer"),
    speaks(aside(change(Verb::kPut, "/api/v2/suspended_tickets/digest", Permission::kTicketsWrite, Body::kJson, api::update_suspended_digest,
                        "Want it, or not")),
           "SuspendedDigestAnswer", "SuspendedDigestBody"),
    speaks(within(get("/api/v2/join_requests", Permission::kTicketsRead, api::list_all_join_requests,
                      "Requests to join any ticket, the newest ticket's first; of one status: waiting, accepted or refused",
                      "status,page[size],page[after]")),
           "JoinRequestsAnswer"),
    speaks(within(get("/api/v2/tickets/{id}/join_requests", Permission::kTicketsRead, api::list_join_requests,
                      "Who wrote to it without proof that he belongs to it, oldest first")),
           "JoinRequestsAnswer"),
    speaks(within(change(Verb::kPut, "/api/v2/tickets/{id}/join_requests/{made_id}/accept", Permission::kTicketsWrite, Body::kNone,
                         api::accept_join_request, "Let him in: his comments move here, he becomes a CC")),
           "JoinRequestAnswer"),
    speaks(within(change(Verb::kPut, "/api/v2/tickets/{id}/join_requests/{made_id}/refuse", Permission::kTicketsWrite, Body::kNone,
                         api::refuse_join_request, "Leave his mail a ticket of its own")),
           "JoinRequestAnswer"),
    speaks(within(change(Verb::kPut, "/api/v2/tickets/{id}/join_requests/{made_id}/undo", Permission::kTicketsWrite, Body::kNone,
                         api::undo_join_request, "Take the answer back: the request waits again, and what moved here goes back")),
           "JoinRequestAnswer"),
    speaks(within(change(Verb::kPut, "/api/v2/tickets/{id}/forwarded_requester", Permission::kTicketsWrite, Body::kJson, api::choose_forwarded_requester,
                         "Of a ticket that an agent forwarded: make the original sender its requester, or the agent")),
           "TicketAnswer", "ForwardedRequesterBody"),
    speaks(get("/api/v2/sender_lists", Permission::kTicketsWrite, api::list_senders, "Senders that are always let in, or kept out",
               "filter[list],page[size],page[after]"),
           "SenderListsAnswer"),
    speaks(change(Verb::kPost, "/api/v2/sender_lists", kManage, Body::kJson, api::create_sender, "Let an address or a domain in, or keep it out"),
           "SenderListAnswer", "SenderListBody"),
    speaks(get("/api/v2/sender_lists/{id}", Permission::kTicketsWrite, api::show_sender, "One of them"), "SenderListAnswer"),
    speaks(change(Verb::kPut, "/api/v2/sender_lists/{id}", kManage, Body::kJson, api::update_sender, "Move it to the other list, or change its note"),
           "SenderListAnswer", "SenderListBody"),
    change(Verb::kDelete, "/api/v2/sender_lists/{id}", kManage, Body::kNone, api::delete_sender, "Take it off"),
};

constexpr std::string_view kLists = "allow,block";
constexpr SchemaField kPageMeta[] = {{"has_more", Type::kFlag, {}}, {"after_cursor", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kPageLinks[] = {{"next", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kSender[] = {{"id", Type::kInteger, {}},      {"url", Type::kText, {}},          {"pattern", Type::kText, {}},
                                   {"list", Type::kText, kLists},   {"note", Type::kText, {}},         {"created_at", Type::kTime, {}},
                                   {"updated_at", Type::kTime, {}}};
constexpr SchemaField kSenderWrite[] = {{"pattern", Type::kText, {}}, {"list", Type::kText, kLists}, {"note", Type::kText, {}}};
constexpr SchemaField kSenderBody[] = {{"sender_list", Type::kObject, "SenderListWrite", Need::kRequired}};
constexpr SchemaField kSenderAnswer[] = {{"sender_list", Type::kObject, "SenderList"}};
constexpr SchemaField kSendersAnswer[] = {{"sender_lists", Type::kObjects, "SenderList"},
                                          {"meta", Type::kObject, "SenderListPageMeta"},
                                          {"links", Type::kObject, "SenderListPageLinks"}};
constexpr SchemaField kHeldSenderBody[] = {{"list", Type::kText, kLists, Need::kRequired}, {"scope", Type::kText, "address,domain"}};
constexpr SchemaField kHeldSenderAnswer[] = {{"sender_list", Type::kObject, "SenderList"}, {"is_proven", Type::kFlag, {}}};
constexpr SchemaField kRefused[] = {{"id", Type::kText, {}}, {"error", Type::kText, "RecordNotFound,RecordInvalid"}};
constexpr SchemaField kRecovered[] = {{"tickets", Type::kAny, {}}, {"refused", Type::kObjects, "SuspendedRefused"}};
constexpr SchemaField kFile[] = {{"file_name", Type::kText, {}}, {"content_type", Type::kText, {}}, {"size", Type::kInteger, {}}};
constexpr SchemaField kUpload[] = {{"token", Type::kText, {}, Need::kNullable},
                                   {"expires_at", Type::kTime, {}},
                                   {"attachments", Type::kObjects, "SuspendedFile"}};
constexpr SchemaField kUploadAnswer[] = {{"upload", Type::kObject, "SuspendedUpload"}};
constexpr SchemaField kSettings[] = {{"retention_days", Type::kInteger, {}},
                                     {"retention_days_chosen", Type::kFlag, {}},
                                     {"digest_readers", Type::kInteger, {}},
                                     {"digest_wanted", Type::kFlag, {}}};
constexpr SchemaField kSettingsAnswer[] = {{"suspended_settings", Type::kObject, "SuspendedSettings"}};
constexpr SchemaField kSettingsWrite[] = {{"retention_days", Type::kInteger, {}, Need::kNullable}};
constexpr SchemaField kSettingsBody[] = {{"suspended_settings", Type::kObject, "SuspendedSettingsWrite", Need::kRequired}};
constexpr SchemaField kDigest[] = {{"wanted", Type::kFlag, {}}};
constexpr SchemaField kDigestWrite[] = {{"wanted", Type::kFlag, {}, Need::kRequired}};
constexpr SchemaField kDigestAnswer[] = {{"suspended_digest", Type::kObject, "SuspendedDigest"}};
constexpr SchemaField kDigestBody[] = {{"suspended_digest", Type::kObject, "SuspendedDigestWrite", Need::kRequired}};

constexpr SchemaField kJoinRequest[] = {{"ticket_id", Type::kInteger, {}},
                                        {"made_ticket_id", Type::kInteger, {}},
                                        {"user_id", Type::kInteger, {}},
                                        {"evidence", Type::kText, {}},
                                        {"is_proven", Type::kFlag, {}},
                                        {"status", Type::kText, "waiting,accepted,refused"},
                                        {"created_at", Type::kTime, {}},
                                        {"answered_by_id", Type::kInteger, {}, Need::kNullable},
                                        {"answered_at", Type::kTime, {}, Need::kNullable}};
constexpr SchemaField kJoinRequestAnswer[] = {{"join_request", Type::kObject, "JoinRequest"}};
constexpr SchemaField kJoinRequestsAnswer[] = {{"join_requests", Type::kObjects, "JoinRequest"},
                                               {"count", Type::kInteger, {}},
                                               {"meta", Type::kAny, {}},
                                               {"links", Type::kAny, {}}};
constexpr SchemaField kForwardedBody[] = {{"requester", Type::kText, "original,forwarder", Need::kRequired}};

constexpr Schema kSchemas[] = {{"JoinRequest", kJoinRequest},
                               {"JoinRequestAnswer", kJoinRequestAnswer},
                               {"JoinRequestsAnswer", kJoinRequestsAnswer},
                               {"ForwardedRequesterBody", kForwardedBody},
                               {"SenderListPageMeta", kPageMeta},
                               {"SenderListPageLinks", kPageLinks},
                               {"SenderList", kSender},
                               {"SenderListWrite", kSenderWrite},
                               {"SenderListBody", kSenderBody},
                               {"SenderListAnswer", kSenderAnswer},
                               {"SenderListsAnswer", kSendersAnswer},
                               {"SuspendedSenderBody", kHeldSenderBody},
                               {"SuspendedSenderAnswer", kHeldSenderAnswer},
                               {"SuspendedRefused", kRefused},
                               {"RecoveredTicketsAnswer", kRecovered},
                               {"SuspendedFile", kFile},
                               {"SuspendedUpload", kUpload},
                               {"SuspendedAttachmentsAnswer", kUploadAnswer},
                               {"SuspendedSettings", kSettings},
                               {"SuspendedSettingsAnswer", kSettingsAnswer},
                               {"SuspendedSettingsWrite", kSettingsWrite},
                               {"SuspendedSettingsBody", kSettingsBody},
                               {"SuspendedDigest", kDigest},
                               {"SuspendedDigestWrite", kDigestWrite},
                               {"SuspendedDigestAnswer", kDigestAnswer},
                               {"SuspendedDigestBody", kDigestBody}};

}  // namespace

std::span<const Route> intake_routes() { return kRoutes; }
std::span<const Schema> intake_schemas() { return kSchemas; }

}  // namespace postern::web
