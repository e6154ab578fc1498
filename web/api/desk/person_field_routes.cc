// Routes of the fields of people and organisations, and their schemas: what a workspace sets up, as ticket fields are.
#include "web/api/desk/person_field_handlers.h"
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
using Need = SchemaField::Need;
using Type = FieldType;

constexpr auto kRead = Permission::kUsersRead;
constexpr auto kManage = Permission::kSettingsManage;

// Definitions belong to no inbox: whoever works anywhere reads them.
constexpr Route shows(std::string_view pattern, Handler handler, std::string_view summary, std::string_view answer) {
  return speaks(aside(get(pattern, kRead, handler, summary)), answer);
}
constexpr Route defines(Verb verb, std::string_view pattern, Handler handler, std::string_view summary, std::string_view answer, std::string_view body) {
  const Route route = aside(change(verb, pattern, kManage, Body::kJson, handler, summary));
  return speaks(pattern.ends_with("{id}") ? versioned(route) : route, answer, body);
}
constexpr Route ends(std::string_view pattern, Handler handler, std::string_view summary) {
  return versioned(aside(change(Verb::kDelete, pattern, kManage, Body::kNone, handler, summary)));
}

constexpr Route kRoutes[] = {
    shows("/api/v2/user_fields", api::list_user_fields, "Fields of people", "UserFieldsAnswer"),
    shows("/api/v2/user_fields/count", api::count_user_fields, "How many", "PeopleCountAnswer"),
    shows("/api/v2/user_fields/{id}", api::show_user_field, "One of them", "UserFieldAnswer"),
    defines(Verb::kPost, "/api/v2/user_fields", api::create_user_field, "Add a field of people", "UserFieldAnswer", "UserFieldBody"),
    defines(Verb::kPut, "/api/v2/user_fields/{id}", api::update_user_field, "Change it: what is named; type and key stay", "UserFieldAnswer",
            "UserFieldBody"),
    defines(Verb::kPut, "/api/v2/user_fields/reorder", api::reorder_user_fields, "Their order", "UserFieldsAnswer", "UserFieldOrder"),
    ends("/api/v2/user_fields/{id}", api::delete_user_field, "End it; people keep its values, hidden"),
    shows("/api/v2/organization_fields", api::list_organization_fields, "Fields of organisations", "OrganizationFieldsAnswer"),
    shows("/api/v2/organization_fields/count", api::count_organization_fields, "How many", "PeopleCountAnswer"),
    shows("/api/v2/organization_fields/{id}", api::show_organization_field, "One of them", "OrganizationFieldAnswer"),
    defines(Verb::kPost, "/api/v2/organization_fields", api::create_organization_field, "Add a field of organisations", "OrganizationFieldAnswer",
            "OrganizationFieldBody"),
    defines(Verb::kPut, "/api/v2/organization_fields/{id}", api::update_organization_field, "Change it: what is named; type and key stay",
            "OrganizationFieldAnswer", "OrganizationFieldBody"),
    defines(Verb::kPut, "/api/v2/organization_fields/reorder", api::reorder_organization_fields, "Their order", "OrganizationFieldsAnswer",
            "OrganizationFieldOrder"),
    ends("/api/v2/organization_fields/{id}", api::delete_organization_field, "End it; organisations keep its values, hidden"),
};

constexpr std::string_view kTypes = "text,textarea,checkbox,date,integer,decimal,regexp,dropdown,tagger,multiselect";
constexpr SchemaField kOption[] = {{"id", Type::kInteger, {}},
                                   {"name", Type::kText, {}, Need::kRequired},
                                   {"raw_name", Type::kText, {}, Need::kReadOnly},
                                   {"value", Type::kText, {}, Need::kRequired},
                                   {"default", Type::kFlag, {}}};
constexpr SchemaField kField[] = {{"url", Type::kText, {}, Need::kReadOnly},
                                  {"id", Type::kInteger, {}, Need::kReadOnly},
                                  {"key", Type::kText, {}},
                                  {"type", Type::kText, kTypes},
                                  {"title", Type::kText, {}},
                                  {"raw_title", Type::kText, {}, Need::kReadOnly},
                                  {"description", Type::kText, {}},
                                  {"raw_description", Type::kText, {}, Need::kReadOnly},
                                  {"position", Type::kInteger, {}, Need::kReadOnly},
                                  {"active", Type::kFlag, {}},
                                  {"system", Type::kFlag, {}, Need::kReadOnly},
                                  {"regexp_for_validation", Type::kText, {}, Need::kNullable},
                                  {"tag", Type::kText, {}, Need::kNullable},
                                  {"custom_field_options", Type::kObjects, "PersonFieldOption"},
                                  {"created_at", Type::kTime, {}, Need::kReadOnly},
                                  {"updated_at", Type::kTime, {}, Need::kReadOnly}};
constexpr SchemaField kUserBody[] = {{"user_field", Type::kObject, "PersonField", Need::kRequired}};
constexpr SchemaField kUserAnswer[] = {{"user_field", Type::kObject, "PersonField"}};
constexpr SchemaField kUserList[] = {{"user_fields", Type::kObjects, "PersonField"},
                                     {"count", Type::kInteger, {}},
                                     {"next_page", Type::kText, {}, Need::kNullable},
                                     {"previous_page", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kUserOrder[] = {{"user_field_ids", Type::kIntegers, {}, Need::kRequired}};
constexpr SchemaField kOrganizationBody[] = {{"organization_field", Type::kObject, "PersonField", Need::kRequired}};
constexpr SchemaField kOrganizationAnswer[] = {{"organization_field", Type::kObject, "PersonField"}};
constexpr SchemaField kOrganizationList[] = {{"organization_fields", Type::kObjects, "PersonField"},
                                             {"count", Type::kInteger, {}},
                                             {"next_page", Type::kText, {}, Need::kNullable},
                                             {"previous_page", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kOrganizationOrder[] = {{"organization_field_ids", Type::kIntegers, {}, Need::kRequired}};

constexpr Schema kSchemas[] = {{"PersonFieldOption", kOption},
                               {"PersonField", kField},
                               {"UserFieldBody", kUserBody},
                               {"UserFieldAnswer", kUserAnswer},
                               {"UserFieldsAnswer", kUserList},
                               {"UserFieldOrder", kUserOrder},
                               {"OrganizationFieldBody", kOrganizationBody},
                               {"OrganizationFieldAnswer", kOrganizationAnswer},
                               {"OrganizationFieldsAnswer", kOrganizationList},
                               {"OrganizationFieldOrder", kOrganizationOrder}};

}  // namespace

std::span<const Route> person_field_routes() { return kRoutes; }
std::span<const Schema> person_field_schemas() { return kSchemas; }

}  // namespace postern::web
