// Routes of satisfaction ratings, of customers' links and of signatures, and their schemas.
#include "web/api/desk/satisfaction_handlers.h"
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

constexpr auto kReadTickets = Permission::kTicketsRead;

constexpr Route kRoutes[] = {
    speaks(within(get("/api/v2/satisfaction_ratings", kReadTickets, api::list_ratings, "What customers say of the help they got, oldest first unless asked otherwise",
                      "score,start_time,end_time,sort,sort_by,sort_order,page[size],page[after]")),
           "RatingsAnswer"),
    speaks(get("/api/v2/satisfaction_ratings/count", kReadTickets, api::count_ratings, "How many ratings were asked for or given"), "RatingCountAnswer"),
    speaks(get("/api/v2/satisfaction_ratings/figures", kReadTickets, api::show_rating_figures, "Exact counts: of all, by assignee or by group", "by"),
           "RatingFiguresAnswer"),
    speaks(within(get("/api/v2/satisfaction_ratings/{id}", kReadTickets, api::show_rating, "One rating")), "RatingAnswer"),
    speaks(within(change(Verb::kPost, "/api/v2/tickets/{id}/satisfaction_rating", Permission::kTicketsWrite, Body::kJson, api::rate_ticket,
                         "Rate a ticket in the name of its requester")),
           "RatingAnswer", "RatingBody"),
    speaks(aside(get("/api/v2/satisfaction_reasons", kReadTickets, api::list_rating_reasons, "Why a rating may be bad")), "RatingReasonsAnswer"),
    speaks(aside(get("/api/v2/satisfaction_reasons/{id}", kReadTickets, api::show_rating_reason, "One reason, by its code")), "RatingReasonAnswer"),
    change(Verb::kDelete, "/api/v2/users/{id}/customer_links", Permission::kTicketsWrite, Body::kNone, api::revoke_customer_links,
           "Take back every link to their requests that somebody was mailed until now"),
    speaks(within(get("/api/v2/inboxes/{id}/signature", kReadTickets, api::show_inbox_signature, "What stands under replies from an inbox")), "SignatureAnswer"),
    speaks(within(versioned(change(Verb::kPut, "/api/v2/inboxes/{id}/signature", Permission::kSettingsManage, Body::kJson, api::set_inbox_signature,
                                   "Change it; an empty one takes it away"))),
           "SignatureAnswer", "SignatureBody"),
    speaks(within(change(Verb::kPost, "/api/v2/signatures/preview", kReadTickets, Body::kJson, api::preview_signature,
                         "How a reply of yours to a ticket would end; nothing is stored")),
           "SignatureAnswer", "SignaturePreviewBody"),
};

constexpr std::string_view kScores = "offered,good,bad";
constexpr SchemaField kRating[] = {{"url", Type::kText, {}}, {"id", Type::kInteger, {}}, {"ticket_id", Type::kInteger, {}}, {"score", Type::kText, kScores},
                                   {"comment", Type::kText, {}, Need::kNullable}, {"reason", Type::kText, {}, Need::kNullable},
                                   {"reason_code", Type::kInteger, {}, Need::kNullable}, {"reason_id", Type::kInteger, {}, Need::kNullable},
                                   {"requester_id", Type::kInteger, {}, Need::kNullable}, {"assignee_id", Type::kInteger, {}, Need::kNullable},
                                   {"group_id", Type::kInteger, {}, Need::kNullable}, {"created_at", Type::kTime, {}}, {"updated_at", Type::kTime, {}}};
constexpr SchemaField kRatingMeta[] = {{"has_more", Type::kFlag, {}}, {"after_cursor", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kRatingLinks[] = {{"next", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kRatings[] = {{"satisfaction_ratings", Type::kObjects, "Rating"}, {"meta", Type::kObject, "RatingMeta"}, {"links", Type::kObject, "RatingLinks"}};
constexpr SchemaField kOne[] = {{"satisfaction_rating", Type::kObject, "Rating"}};
constexpr SchemaField kCountValue[] = {{"value", Type::kInteger, {}}, {"refreshed_at", Type::kTime, {}}};
constexpr SchemaField kCount[] = {{"count", Type::kObject, "RatingCount"}};
constexpr SchemaField kFigure[] = {{"assignee_id", Type::kInteger, {}, Need::kNullable}, {"group_id", Type::kInteger, {}, Need::kNullable},
                                   {"offered", Type::kInteger, {}}, {"good", Type::kInteger, {}}, {"good_with_comment", Type::kInteger, {}},
                                   {"bad", Type::kInteger, {}}, {"bad_with_comment", Type::kInteger, {}}, {"good_percent", Type::kInteger, {}, Need::kNullable}};
constexpr SchemaField kFigures[] = {{"figures", Type::kObjects, "RatingFigures"}};
constexpr SchemaField kWrite[] = {{"score", Type::kText, "good,bad", Need::kRequired}, {"comment", Type::kText, {}}, {"reason_code", Type::kInteger, {}}};
constexpr SchemaField kBody[] = {{"satisfaction_rating", Type::kObject, "RatingWrite", Need::kRequired}};
constexpr SchemaField kWords[] = {{"en", Type::kText, {}}, {"fr", Type::kText, {}}};
constexpr SchemaField kReason[] = {{"url", Type::kText, {}}, {"id", Type::kInteger, {}}, {"reason_code", Type::kInteger, {}}, {"value", Type::kText, {}},
                                   {"raw_value", Type::kText, {}}, {"translations", Type::kObject, "RatingReasonWords"}};
constexpr SchemaField kReasons[] = {{"reasons", Type::kObjects, "RatingReason"}};
constexpr SchemaField kOneReason[] = {{"reason", Type::kObject, "RatingReason"}};

constexpr SchemaField kSignature[] = {{"body", Type::kText, {}, Need::kNullable}, {"html_body", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kSignatureBody[] = {{"signature", Type::kObject, "Signature", Need::kRequired}};
constexpr SchemaField kPreview[] = {{"body", Type::kText, {}}, {"html_body", Type::kText, {}}, {"ticket_id", Type::kInteger, {}, Need::kRequired}};
constexpr SchemaField kPreviewBody[] = {{"signature", Type::kObject, "SignaturePreview", Need::kRequired}};

constexpr Schema kSchemas[] = {
    {"Signature", kSignature}, {"SignatureAnswer", kSignatureBody}, {"SignatureBody", kSignatureBody}, {"SignaturePreview", kPreview}, {"SignaturePreviewBody", kPreviewBody},
    {"Rating", kRating}, {"RatingMeta", kRatingMeta}, {"RatingLinks", kRatingLinks}, {"RatingsAnswer", kRatings}, {"RatingAnswer", kOne},
    {"RatingCount", kCountValue}, {"RatingCountAnswer", kCount}, {"RatingFigures", kFigure}, {"RatingFiguresAnswer", kFigures}, {"RatingWrite", kWrite},
    {"RatingBody", kBody}, {"RatingReasonWords", kWords}, {"RatingReason", kReason}, {"RatingReasonsAnswer", kReasons}, {"RatingReasonAnswer", kOneReason},
};

}  // namespace

std::span<const Route> satisfaction_routes() { return kRoutes; }
std::span<const Schema> satisfaction_schemas() { return kSchemas; }

}  // namespace postern::web
