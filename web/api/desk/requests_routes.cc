// Routes of requests as end users see them, and their schemas.
#include "web/api/desk/requests_handlers.h"
#include "web/api/desk/tables.h"
#include "web/api/route_words.h"

namespace postern::web {
namespace {

using route_words::open;
using route_words::speaks;
using Need = SchemaField::Need;
using Type = FieldType;

constexpr Route kRoutes[] = {
    speaks(open(Verb::kPost, "/api/v2/requests", Body::kJson, api::create_request,
                "Make a request without an account, where an inbox takes them from the web; it passes the spam filter, and may wait for a person; as many as a form takes", Rate::kNormal),
           "RequestAnswer", "RequestBody"),
    speaks(open(Verb::kGet, "/api/v2/requests", Body::kNone, api::list_requests, "Own requests, with the link of a mail in X-Request-Link", Rate::kSignIn), "RequestsAnswer"),
    speaks(open(Verb::kGet, "/api/v2/requests/{id}", Body::kNone, api::show_request, "One of them", Rate::kSignIn), "RequestAnswer"),
    speaks(open(Verb::kPut, "/api/v2/requests/{id}", Body::kJson, api::update_request, "Answer it, or mark it as solved", Rate::kSignIn), "RequestAnswer", "RequestUpdateBody"),
    open(Verb::kGet, "/api/v2/requests/{id}/comments", Body::kNone, api::list_request_comments, "Its public comments, the newest; older ones with before", Rate::kSignIn),
};

constexpr SchemaField kVia[] = {{"channel", Type::kText, {}}};
constexpr SchemaField kRequest[] = {{"url", Type::kText, {}}, {"id", Type::kInteger, {}, Need::kNullable}, {"subject", Type::kText, {}}, {"description", Type::kText, {}},
                                    {"status", Type::kText, {}}, {"priority", Type::kText, {}, Need::kNullable}, {"type", Type::kText, {}, Need::kNullable},
                                    {"requester_id", Type::kInteger, {}}, {"is_public", Type::kFlag, {}}, {"can_be_solved_by_me", Type::kFlag, {}},
                                    {"solved", Type::kFlag, {}}, {"via", Type::kObject, "RequestVia"}, {"reference", Type::kText, {}},
                                    {"created_at", Type::kTime, {}}, {"updated_at", Type::kTime, {}}};
constexpr SchemaField kAnswer[] = {{"request", Type::kObject, "EndUserRequest"}};
constexpr SchemaField kList[] = {{"requests", Type::kObjects, "EndUserRequest"}, {"count", Type::kInteger, {}}};
constexpr SchemaField kRequester[] = {{"name", Type::kText, {}}, {"email", Type::kText, {}, Need::kRequired}};
constexpr SchemaField kComment[] = {{"body", Type::kText, {}}, {"html_body", Type::kText, {}}};
constexpr SchemaField kWrite[] = {{"requester", Type::kObject, "RequestRequester", Need::kRequired}, {"subject", Type::kText, {}},
                                  {"comment", Type::kObject, "RequestComment", Need::kRequired}, {"inbox_id", Type::kInteger, {}}, {"recipient", Type::kText, {}}, {"website", Type::kText, {}}};
constexpr SchemaField kBody[] = {{"request", Type::kObject, "RequestWrite", Need::kRequired}};
constexpr SchemaField kUpdate[] = {{"comment", Type::kObject, "RequestComment"}, {"solved", Type::kFlag, {}}};
constexpr SchemaField kUpdateBody[] = {{"request", Type::kObject, "RequestUpdate", Need::kRequired}};

constexpr Schema kSchemas[] = {{"RequestVia", kVia}, {"EndUserRequest", kRequest}, {"RequestAnswer", kAnswer}, {"RequestsAnswer", kList},
                               {"RequestRequester", kRequester}, {"RequestComment", kComment}, {"RequestWrite", kWrite}, {"RequestBody", kBody},
                               {"RequestUpdate", kUpdate}, {"RequestUpdateBody", kUpdateBody}};

}  // namespace

std::span<const Route> request_routes() { return kRoutes; }
std::span<const Schema> request_schemas() { return kSchemas; }

}  // namespace postern::web
