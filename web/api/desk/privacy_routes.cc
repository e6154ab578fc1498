// Routes of deleting and erasing people, and of what is handed to them of their own, with their schemas.
#include "web/api/desk/privacy_handlers.h"
#include "web/api/desk/tables.h"
#include "web/api/route_words.h"

namespace postern::web {
namespace {

using auth::Permission;
using route_words::audited;
using route_words::change;
using route_words::costly;
using route_words::freshly;
using route_words::get;
using route_words::speaks;
using route_words::versioned;
using Need = SchemaField::Need;
using Type = FieldType;

constexpr auto kPeople = Permission::kUsersManage;

constexpr Route kRoutes[] = {
    speaks(versioned(freshly(change(Verb::kDelete, "/api/v2/users/{id}", kPeople, Body::kNone, api::delete_user,
                                    "Delete an end user: the address is nobody's any more; what they wrote stays until they are erased"))),
           "UserAnswer"),
    speaks(get("/api/v2/deleted_users", kPeople, api::list_deleted_users, "Deleted end users who are not erased yet", "page[size],page[after]"), "DeletedUsersAnswer"),
    speaks(get("/api/v2/deleted_users/{id}", kPeople, api::show_deleted_user, "One of them"), "DeletedUserAnswer"),
    speaks(freshly(change(Verb::kDelete, "/api/v2/deleted_users/{id}", kPeople, Body::kNone, api::erase_user,
                          "Erase a deleted end user for good: content and files of their comments, name and address, from the disk too. "
                          "Needs comments:redact and tickets:delete as well")),
           "DeletedUserAnswer"),
    speaks(costly(get("/api/v2/users/{id}/erasure", kPeople, api::preview_erasure, "What erasing this end user would take out")), "ErasurePreviewAnswer"),
    speaks(costly(audited(freshly(get("/api/v2/users/{id}/personal_data", kPeople, api::show_personal_data,
                                      "Everything that there is of somebody, for that person, page by page", "page[after]")),
                          "user.data_exported")),
           "PersonalDataAnswer"),
};

constexpr SchemaField kDeletedUser[] = {{"id", Type::kInteger, {}},
                                        {"url", Type::kText, {}},
                                        {"name", Type::kText, {}},
                                        {"email", Type::kText, {}},
                                        {"role", Type::kText, "end-user"},
                                        {"active", Type::kFlag, {}},
                                        {"is_being_erased", Type::kFlag, {}},
                                        {"created_at", Type::kTime, {}, Need::kNullable},
                                        {"updated_at", Type::kTime, {}}};
constexpr SchemaField kDeletedAnswer[] = {{"deleted_user", Type::kObject, "DeletedUser"}};
constexpr SchemaField kDeletedListAnswer[] = {{"deleted_users", Type::kObjects, "DeletedUser"}, {"count", Type::kInteger, {}}, {"meta", Type::kAny, {}}, {"links", Type::kAny, {}}};
constexpr SchemaField kPreview[] = {{"tickets_requested", Type::kInteger, {}}, {"tickets_copied", Type::kInteger, {}}, {"comments", Type::kInteger, {}},
                                    {"attachments", Type::kInteger, {}},       {"suspended_mails", Type::kInteger, {}}, {"is_whole", Type::kFlag, {}}};
constexpr SchemaField kPreviewAnswer[] = {{"erasure", Type::kObject, "ErasurePreview"}};
constexpr SchemaField kPersonalTicket[] = {{"ticket", Type::kAny, {}},
                                           {"is_requester", Type::kFlag, {}},
                                           {"is_copied", Type::kFlag, {}},
                                           {"comments", Type::kAny, {}},
                                           {"satisfaction_rating", Type::kObject, "PersonalRating", Need::kNullable}};
constexpr SchemaField kPersonalRating[] = {{"score", Type::kText, {}},
                                           {"comment", Type::kText, {}},
                                           {"reason", Type::kText, {}, Need::kNullable},
                                           {"created_at", Type::kTime, {}},
                                           {"updated_at", Type::kTime, {}}};
constexpr SchemaField kHiddenField[] = {{"id", Type::kInteger, {}}, {"values", Type::kTexts, {}}};
constexpr SchemaField kPersonalHeld[] = {{"id", Type::kText, {}}, {"received_at", Type::kTime, {}}, {"subject", Type::kText, {}}, {"text", Type::kText, {}}};
constexpr SchemaField kPersonalAnswer[] = {{"user", Type::kAny, {}},
                                           {"deleted_user_fields", Type::kObjects, "DeletedFieldValues"},
                                           {"tickets", Type::kObjects, "PersonalTicket"},
                                           {"suspended_mails", Type::kObjects, "PersonalHeldMail"},
                                           {"meta", Type::kAny, {}},
                                           {"links", Type::kAny, {}}};
constexpr Schema kSchemas[] = {{"DeletedUser", kDeletedUser},          {"DeletedUserAnswer", kDeletedAnswer}, {"DeletedUsersAnswer", kDeletedListAnswer},
                               {"ErasurePreview", kPreview},           {"ErasurePreviewAnswer", kPreviewAnswer}, {"PersonalTicket", kPersonalTicket},
                               {"PersonalHeldMail", kPersonalHeld},    {"PersonalDataAnswer", kPersonalAnswer},
                               {"PersonalRating", kPersonalRating},    {"DeletedFieldValues", kHiddenField}};

}  // namespace

std::span<const Route> privacy_routes() { return kRoutes; }
std::span<const Schema> privacy_schemas() { return kSchemas; }

}  // namespace postern::web
