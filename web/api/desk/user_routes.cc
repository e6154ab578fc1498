// Routes of people, and their schemas. End users are made and changed by whoever works on tickets; what concerns an account, the
// handlers look at: it takes users:manage, a session and a fresh proof (users.cc).
#include "web/api/desk/people_handlers.h"
#include "web/api/desk/tables.h"
#include "web/api/route_words.h"

namespace postern::web {
namespace {

using auth::Permission;
using route_words::change;
using route_words::get;
using route_words::or_with;
using route_words::speaks;
using route_words::versioned;
using route_words::within;
using Need = SchemaField::Need;
using Type = FieldType;

constexpr auto kRead = Permission::kUsersRead;
constexpr auto kWrite = Permission::kTicketsWrite;
constexpr std::string_view kTicketPage = "page[size],page[after],include";

constexpr Route kRoutes[] = {
    speaks(within(get("/api/v2/users", kRead, api::list_users, "People: everybody, agents (those who can be assigned), admins or end users",
                      "role,page[size],page[after]")),
           "UsersAnswer"),
    speaks(within(get("/api/v2/users/show_many", kRead, api::show_many_users, "Users by id", "ids")), "UsersAnswer"),
    speaks(within(get("/api/v2/users/search", kRead, api::search_users,
                      "People whose name or address has words that begin so, who have that id in another system, or that value in a field: plan:gold", "query,external_id")),
           "UsersAnswer"),
    speaks(within(get("/api/v2/users/autocomplete", kRead, api::autocomplete_users, "The same by name", "name")), "UsersAnswer"),
    speaks(within(get("/api/v2/users/{id}", kRead, api::show_user, "One user")), "UserAnswer"),
    or_with(change(Verb::kPost, "/api/v2/users", kWrite, Body::kJson, api::create_user, "Make an end user, or invite an agent (in a session)"),
            {Permission::kUsersManage}),
    speaks(change(Verb::kPost, "/api/v2/users/create_or_update", kWrite, Body::kJson, api::create_or_update_user,
                  "Make an end user, or change the one with that external id or address"),
           "UserAnswer", "UserBody"),
    speaks(within(or_with(versioned(change(Verb::kPut, "/api/v2/users/{id}", kWrite, Body::kJson, api::update_user,
                                           "Change what is known of somebody; suspend an end user, or (in a session) an agent")),
                          {Permission::kUsersManage})),
           "UserAnswer", "UserBody"),
    speaks(within(get("/api/v2/users/{id}/identities", kRead, api::list_identities, "Addresses that lead to somebody, the primary one first")),
           "IdentitiesAnswer"),
    speaks(within(get("/api/v2/users/{id}/identities/{identity_id}", kRead, api::show_identity, "One of them")), "IdentityAnswer"),
    speaks(change(Verb::kPost, "/api/v2/users/{id}/identities", kWrite, Body::kJson, api::create_identity, "Let a further address lead to an end user"),
           "IdentityAnswer", "IdentityBody"),
    speaks(change(Verb::kPut, "/api/v2/users/{id}/identities/{identity_id}", kWrite, Body::kJson, api::update_identity,
                  "Put another address in its place, make it the primary one, or say that the person is verified"),
           "IdentityAnswer", "IdentityBody"),
    speaks(change(Verb::kPut, "/api/v2/users/{id}/identities/{identity_id}/make_primary", kWrite, Body::kNone, api::make_identity_primary,
                  "Mail goes there from now on"),
           "IdentitiesAnswer"),
    change(Verb::kDelete, "/api/v2/users/{id}/identities/{identity_id}", kWrite, Body::kNone, api::delete_identity,
           "Take it away; whoever writes from there is somebody new"),
    speaks(change(Verb::kPut, "/api/v2/users/{id}/merge", kWrite, Body::kJson, api::merge_user,
                  "Merge this end user into the one in the body, for good: tickets, comments, copies, addresses, organisations and notes move"),
           "UserAnswer", "UserMergeBody"),
    speaks(change(Verb::kPut, "/api/v2/end_users/{id}/merge", kWrite, Body::kJson, api::merge_user, "The same"), "UserAnswer", "UserMergeBody"),
    within(get("/api/v2/users/{id}/tickets/requested", Permission::kTicketsRead, api::list_requested_tickets, "Tickets of somebody, newest first", kTicketPage)),
    within(get("/api/v2/users/{id}/tickets/assigned", Permission::kTicketsRead, api::list_assigned_tickets, "Tickets assigned to somebody", kTicketPage)),
    within(get("/api/v2/users/{id}/tickets/ccd", Permission::kTicketsRead, api::list_copied_tickets, "Tickets that are copied to somebody", kTicketPage)),
    speaks(within(get("/api/v2/users/{id}/related", Permission::kTicketsRead, api::show_user_related, "How many of each, up to a thousand")),
           "UserRelatedAnswer"),
};

constexpr SchemaField kUserWrite[] = {{"email", Type::kText, {}},
                                      {"name", Type::kText, {}},
                                      {"role", Type::kText, "end-user,light-agent,agent,admin,owner"},
                                      {"custom_role_id", Type::kInteger, {}, Need::kNullable},
                                      {"alias", Type::kText, {}, Need::kNullable},
                                      {"phone", Type::kText, {}, Need::kNullable},
                                      {"details", Type::kText, {}, Need::kNullable},
                                      {"notes", Type::kText, {}, Need::kNullable},
                                      {"external_id", Type::kText, {}, Need::kNullable},
                                      {"locale", Type::kText, {}, Need::kNullable},
                                      {"time_zone", Type::kText, {}, Need::kNullable},
                                      {"signature", Type::kText, {}, Need::kNullable}, {"signature_html", Type::kText, {}, Need::kNullable},
                                      {"tags", Type::kTexts, {}},
                                      {"verified", Type::kFlag, {}},
                                      {"shared", Type::kFlag, {}},
                                      {"suspended", Type::kFlag, {}},
                                      {"organization_id", Type::kInteger, {}, Need::kNullable},
                                      {"organization_ids", Type::kIntegers, {}},
                                      {"user_fields", Type::kAny, {}},
                                      {"skip_verify_email", Type::kFlag, {}}};
constexpr SchemaField kUserBody[] = {{"user", Type::kObject, "UserWrite", Need::kRequired}};
constexpr SchemaField kMerge[] = {{"id", Type::kInteger, {}, Need::kRequired}};
constexpr SchemaField kMergeBody[] = {{"user", Type::kObject, "UserMergeWrite", Need::kRequired}};
constexpr SchemaField kUsersAnswer[] = {{"users", Type::kObjects, "User"}, {"count", Type::kInteger, {}}, {"meta", Type::kObject, "PeoplePageMeta"}, {"links", Type::kObject, "PeoplePageLinks"}};
constexpr SchemaField kRelated[] = {{"requested_tickets", Type::kInteger, {}},
                                    {"assigned_tickets", Type::kInteger, {}},
                                    {"ccd_tickets", Type::kInteger, {}},
                                    {"organization_subscriptions", Type::kInteger, {}}};
constexpr SchemaField kRelatedAnswer[] = {{"user_related", Type::kObject, "UserRelated"}};

constexpr SchemaField kIdentity[] = {{"url", Type::kText, {}},       {"id", Type::kInteger, {}},
                                     {"user_id", Type::kInteger, {}}, {"type", Type::kText, "email"},
                                     {"value", Type::kText, {}},      {"verified", Type::kFlag, {}},
                                     {"primary", Type::kFlag, {}},    {"created_at", Type::kTime, {}},
                                     {"updated_at", Type::kTime, {}}};
constexpr SchemaField kIdentityWrite[] = {{"type", Type::kText, {}},     {"value", Type::kText, {}},
                                          {"verified", Type::kFlag, {}}, {"primary", Type::kFlag, {}},
                                          {"skip_verify_email", Type::kFlag, {}}};
constexpr SchemaField kIdentityBody[] = {{"identity", Type::kObject, "IdentityWrite", Need::kRequired}};
constexpr SchemaField kIdentityAnswer[] = {{"identity", Type::kObject, "Identity"}};
constexpr SchemaField kIdentitiesAnswer[] = {{"identities", Type::kObjects, "Identity"}, {"count", Type::kInteger, {}}};

constexpr Schema kSchemas[] = {{"Identity", kIdentity},
                               {"IdentityWrite", kIdentityWrite},
                               {"IdentityBody", kIdentityBody},
                               {"IdentityAnswer", kIdentityAnswer},
                               {"IdentitiesAnswer", kIdentitiesAnswer},
                               {"UserWrite", kUserWrite},
                               {"UserBody", kUserBody},
                               {"UserMergeWrite", kMerge},
                               {"UserMergeBody", kMergeBody},
                               {"UsersAnswer", kUsersAnswer},
                               {"UserRelated", kRelated},
                               {"UserRelatedAnswer", kRelatedAnswer}};

}  // namespace

std::span<const Route> user_routes() { return kRoutes; }
std::span<const Schema> user_schemas() { return kSchemas; }

}  // namespace postern::web
