// Routes of groups and organisations, and their schemas. Groups and organisations are what a workspace sets up, not a way in:
// whoever may change settings changes them, with a token too.
#include "web/api/desk/people_handlers.h"
#include "web/api/desk/tables.h"
#include "web/api/route_words.h"

namespace postern::web {
namespace {

using auth::Permission;
using route_words::aside;
using route_words::change;
using route_words::get;
using route_words::speaks;
using route_words::versioned;
using route_words::within;
using Need = SchemaField::Need;
using Type = FieldType;

constexpr auto kRead = Permission::kUsersRead;
constexpr auto kManage = Permission::kSettingsManage;
constexpr std::string_view kPage = "page[size],page[after]";

constexpr Route kGroupRoutes[] = {
    speaks(aside(get("/api/v2/groups", kRead, api::list_groups, "Groups of agents, by name", kPage)), "GroupsAnswer"),
    speaks(aside(get("/api/v2/groups/assignable", kRead, api::list_groups, "Groups that a ticket can be given to", kPage)), "GroupsAnswer"),
    speaks(aside(get("/api/v2/groups/count", kRead, api::count_groups, "How many")), "PeopleCountAnswer"),
    speaks(change(Verb::kPost, "/api/v2/groups", kManage, Body::kJson, api::create_group, "Make a group"), "GroupAnswer", "GroupBody"),
    speaks(aside(get("/api/v2/groups/{id}", kRead, api::show_group, "One group")), "GroupAnswer"),
    speaks(versioned(change(Verb::kPut, "/api/v2/groups/{id}", kManage, Body::kJson, api::update_group, "Rename it, or make it the default one")),
           "GroupAnswer", "GroupBody"),
    versioned(change(Verb::kDelete, "/api/v2/groups/{id}", kManage, Body::kNone, api::delete_group, "Delete it; its tickets are in no group then")),
    speaks(aside(get("/api/v2/groups/{id}/users", kRead, api::list_group_users, "Who is in it", kPage)), "UsersAnswer"),
    speaks(aside(get("/api/v2/groups/{id}/memberships", kRead, api::list_memberships_of_group, "Its memberships", kPage)), "GroupMembershipsAnswer"),
    speaks(aside(get("/api/v2/group_memberships", kRead, api::list_group_memberships, "Who is in which group", kPage)), "GroupMembershipsAnswer"),
    speaks(change(Verb::kPost, "/api/v2/group_memberships", kManage, Body::kJson, api::create_group_membership, "Put an agent into a group"),
           "GroupMembershipAnswer", "GroupMembershipBody"),
    speaks(aside(get("/api/v2/group_memberships/{id}", kRead, api::show_group_membership, "One membership")), "GroupMembershipAnswer"),
    change(Verb::kDelete, "/api/v2/group_memberships/{id}", kManage, Body::kNone, api::delete_group_membership, "Take an agent out of a group"),
    speaks(within(get("/api/v2/users/{id}/groups", kRead, api::list_groups_of_user, "The groups of somebody", kPage)), "GroupsAnswer"),
    speaks(within(get("/api/v2/users/{id}/group_memberships", kRead, api::list_memberships_of_user, "The same as memberships", kPage)),
           "GroupMembershipsAnswer"),
    speaks(change(Verb::kPut, "/api/v2/users/{id}/group_memberships/{membership_id}/make_default", kManage, Body::kNone,
                  api::make_group_membership_default, "Where tickets go that are assigned to him alone"),
           "GroupMembershipsAnswer"),
};

constexpr Route kOrganizationRoutes[] = {
    speaks(within(get("/api/v2/organizations", kRead, api::list_organizations, "Organisations of customers", kPage)), "OrganizationsAnswer"),
    speaks(get("/api/v2/organizations/count", kRead, api::count_organizations, "How many"), "PeopleCountAnswer"),
    speaks(within(get("/api/v2/organizations/show_many", kRead, api::show_many_organizations, "Organisations by id", "ids")), "OrganizationsAnswer"),
    speaks(within(get("/api/v2/organizations/search", kRead, api::search_organizations, "One by its whole name or the id of another system",
                      "name,external_id")),
           "OrganizationsAnswer"),
    speaks(within(get("/api/v2/organizations/autocomplete", kRead, api::autocomplete_organizations, "Those with words that begin so", "name")),
           "OrganizationsAnswer"),
    speaks(change(Verb::kPost, "/api/v2/organizations", kManage, Body::kJson, api::create_organization, "Make one"), "OrganizationAnswer",
           "OrganizationBody"),
    speaks(change(Verb::kPost, "/api/v2/organizations/create_or_update", kManage, Body::kJson, api::create_or_update_organization,
                  "The same, or change the one with that external id or name"),
           "OrganizationAnswer", "OrganizationBody"),
    speaks(within(get("/api/v2/organizations/{id}", kRead, api::show_organization, "One organisation")), "OrganizationAnswer"),
    speaks(versioned(change(Verb::kPut, "/api/v2/organizations/{id}", kManage, Body::kJson, api::update_organization, "Change it")), "OrganizationAnswer",
           "OrganizationBody"),
    versioned(change(Verb::kDelete, "/api/v2/organizations/{id}", kManage, Body::kNone, api::delete_organization,
                     "Delete it; its tickets and people are in none then")),
    speaks(within(get("/api/v2/organizations/{id}/users", kRead, api::list_organization_users, "Who belongs to it", kPage)), "UsersAnswer"),
    within(get("/api/v2/organizations/{id}/tickets", Permission::kTicketsRead, api::list_organization_tickets, "Its tickets, newest update first", "page[size],page[after],include")),
    speaks(within(get("/api/v2/users/{id}/organizations", kRead, api::list_organizations_of_user, "The organisations of somebody")), "OrganizationsAnswer"),
    speaks(within(get("/api/v2/users/{id}/organization_memberships", kRead, api::list_organization_memberships_of_user, "The same as memberships")),
           "OrganizationMembershipsAnswer"),
    speaks(within(get("/api/v2/organization_memberships/{id}", kRead, api::show_organization_membership, "One membership")),
           "OrganizationMembershipAnswer"),
    speaks(change(Verb::kPost, "/api/v2/organization_memberships", Permission::kTicketsWrite, Body::kJson, api::create_organization_membership,
                  "Put somebody into an organisation"),
           "OrganizationMembershipAnswer", "OrganizationMembershipBody"),
    change(Verb::kDelete, "/api/v2/organization_memberships/{id}", Permission::kTicketsWrite, Body::kNone, api::delete_organization_membership,
           "Take somebody out of it"),
    speaks(change(Verb::kPut, "/api/v2/users/{id}/organization_memberships/{membership_id}/make_default", Permission::kTicketsWrite, Body::kNone,
                  api::make_organization_membership_default, "Where the tickets of somebody belong"),
           "OrganizationMembershipsAnswer"),
};

constexpr SchemaField kMeta[] = {{"has_more", Type::kFlag, {}}, {"after_cursor", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kLinks[] = {{"next", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kCount[] = {{"value", Type::kInteger, {}}, {"refreshed_at", Type::kTime, {}}};
constexpr SchemaField kCountAnswer[] = {{"count", Type::kObject, "PeopleCount"}};
constexpr SchemaField kGroupWrite[] = {{"name", Type::kText, {}}, {"description", Type::kText, {}}, {"default", Type::kFlag, {}}, {"is_public", Type::kFlag, {}}};
constexpr SchemaField kGroupBody[] = {{"group", Type::kObject, "GroupWrite", Need::kRequired}};
constexpr SchemaField kGroup[] = {{"url", Type::kText, {}},         {"id", Type::kInteger, {}},     {"name", Type::kText, {}},
                                  {"description", Type::kText, {}}, {"default", Type::kFlag, {}},   {"is_public", Type::kFlag, {}},
                                  {"deleted", Type::kFlag, {}},     {"user_ids", Type::kIntegers, {}}, {"created_at", Type::kTime, {}},
                                  {"updated_at", Type::kTime, {}}};
constexpr SchemaField kGroupAnswer[] = {{"group", Type::kObject, "Group"}};
constexpr SchemaField kGroupsAnswer[] = {{"groups", Type::kObjects, "Group"}, {"count", Type::kInteger, {}}, {"meta", Type::kObject, "PeoplePageMeta"}, {"links", Type::kObject, "PeoplePageLinks"}};
constexpr SchemaField kMembershipWrite[] = {{"user_id", Type::kInteger, {}, Need::kRequired}, {"group_id", Type::kInteger, {}, Need::kRequired}, {"default", Type::kFlag, {}}};
constexpr SchemaField kMembershipBody[] = {{"group_membership", Type::kObject, "GroupMembershipWrite", Need::kRequired}};
constexpr SchemaField kMembership[] = {{"url", Type::kText, {}},      {"id", Type::kInteger, {}},     {"user_id", Type::kInteger, {}}, {"group_id", Type::kInteger, {}},
                                       {"default", Type::kFlag, {}}, {"created_at", Type::kTime, {}}, {"updated_at", Type::kTime, {}}};
constexpr SchemaField kMembershipAnswer[] = {{"group_membership", Type::kObject, "GroupMembership"}};
constexpr SchemaField kMembershipsAnswer[] = {{"group_memberships", Type::kObjects, "GroupMembership"}, {"count", Type::kInteger, {}}, {"meta", Type::kObject, "PeoplePageMeta"}, {"links", Type::kObject, "PeoplePageLinks"}};
constexpr SchemaField kOrganizationWrite[] = {{"name", Type::kText, {}},
                                              {"details", Type::kText, {}},
                                              {"notes", Type::kText, {}},
                                              {"domain_names", Type::kTexts, {}},
                                              {"tags", Type::kTexts, {}},
                                              {"external_id", Type::kText, {}, Need::kNullable},
                                              {"shared_tickets", Type::kFlag, {}},
                                              {"shared_comments", Type::kFlag, {}},
                                              {"group_id", Type::kInteger, {}, Need::kNullable},
                                              {"organization_fields", Type::kAny, {}}};
constexpr SchemaField kOrganizationBody[] = {{"organization", Type::kObject, "OrganizationWrite", Need::kRequired}};
constexpr SchemaField kOrganization[] = {{"url", Type::kText, {}},
                                         {"id", Type::kInteger, {}},
                                         {"name", Type::kText, {}},
                                         {"details", Type::kText, {}, Need::kNullable},
                                         {"notes", Type::kText, {}, Need::kNullable},
                                         {"domain_names", Type::kTexts, {}},
                                         {"tags", Type::kTexts, {}},
                                         {"external_id", Type::kText, {}, Need::kNullable},
                                         {"shared_tickets", Type::kFlag, {}},
                                         {"shared_comments", Type::kFlag, {}},
                                         {"group_id", Type::kInteger, {}, Need::kNullable},
                                         {"organization_fields", Type::kAny, {}},
                                         {"created_at", Type::kTime, {}},
                                         {"updated_at", Type::kTime, {}}};
constexpr SchemaField kOrganizationAnswer[] = {{"organization", Type::kObject, "Organization"}};
constexpr SchemaField kOrganizationsAnswer[] = {{"organizations", Type::kObjects, "Organization"}, {"count", Type::kInteger, {}}, {"meta", Type::kObject, "PeoplePageMeta"}, {"links", Type::kObject, "PeoplePageLinks"}};
constexpr SchemaField kBelongsWrite[] = {{"user_id", Type::kInteger, {}, Need::kRequired}, {"organization_id", Type::kInteger, {}, Need::kRequired}, {"default", Type::kFlag, {}}};
constexpr SchemaField kBelongsBody[] = {{"organization_membership", Type::kObject, "OrganizationMembershipWrite", Need::kRequired}};
constexpr SchemaField kBelongs[] = {{"url", Type::kText, {}},     {"id", Type::kInteger, {}},   {"user_id", Type::kInteger, {}}, {"organization_id", Type::kInteger, {}},
                                    {"default", Type::kFlag, {}}, {"created_at", Type::kTime, {}}};
constexpr SchemaField kBelongsAnswer[] = {{"organization_membership", Type::kObject, "OrganizationMembership"}};
constexpr SchemaField kBelongsListAnswer[] = {{"organization_memberships", Type::kObjects, "OrganizationMembership"}, {"count", Type::kInteger, {}}};

constexpr Schema kSchemas[] = {{"PeoplePageMeta", kMeta},
                               {"PeoplePageLinks", kLinks},
                               {"PeopleCount", kCount},
                               {"PeopleCountAnswer", kCountAnswer},
                               {"GroupWrite", kGroupWrite},
                               {"GroupBody", kGroupBody},
                               {"Group", kGroup},
                               {"GroupAnswer", kGroupAnswer},
                               {"GroupsAnswer", kGroupsAnswer},
                               {"GroupMembershipWrite", kMembershipWrite},
                               {"GroupMembershipBody", kMembershipBody},
                               {"GroupMembership", kMembership},
                               {"GroupMembershipAnswer", kMembershipAnswer},
                               {"GroupMembershipsAnswer", kMembershipsAnswer},
                               {"OrganizationWrite", kOrganizationWrite},
                               {"OrganizationBody", kOrganizationBody},
                               {"Organization", kOrganization},
                               {"OrganizationAnswer", kOrganizationAnswer},
                               {"OrganizationsAnswer", kOrganizationsAnswer},
                               {"OrganizationMembershipWrite", kBelongsWrite},
                               {"OrganizationMembershipBody", kBelongsBody},
                               {"OrganizationMembership", kBelongs},
                               {"OrganizationMembershipAnswer", kBelongsAnswer},
                               {"OrganizationMembershipsAnswer", kBelongsListAnswer}};

}  // namespace

std::span<const Route> group_routes() { return kGroupRoutes; }
std::span<const Route> organization_routes() { return kOrganizationRoutes; }
std::span<const Schema> group_schemas() { return kSchemas; }

}  // namespace postern::web
