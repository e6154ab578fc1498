// Routes of the search and their schemas.
#include "web/api/desk/search_handlers.h"
#include "web/api/desk/tables.h"
#include "web/api/route_words.h"

namespace postern::web {
namespace {

using auth::Permission;
using route_words::get;
using route_words::speaks;
using route_words::within;
using Need = SchemaField::Need;
using Type = FieldType;

constexpr Route kRoutes[] = {
    within(get("/api/v2/search", Permission::kTicketsRead, api::search_tickets, "Tickets by their words and fields, as of the last change",
               "query,sort_by,sort_order,page,per_page,include")),
    within(speaks(get("/api/v2/search/count", Permission::kTicketsRead, api::count_search, "How many tickets a search finds", "query"), "SearchCountAnswer")),
    within(get("/api/v2/search/export", Permission::kTicketsRead, api::export_search, "All tickets that a search finds, newest first, in pages without end",
               "query,filter[type],page[size],page[after]")),
};

constexpr SchemaField kIndexing[] = {{"done", Type::kInteger, {}}, {"total", Type::kInteger, {}}};
constexpr SchemaField kCount[] = {{"count", Type::kInteger, {}}, {"approximate", Type::kFlag, {}}, {"indexing", Type::kObject, "SearchIndexing", Need::kOptional}};

constexpr Schema kSchemas[] = {{"SearchCountAnswer", kCount}, {"SearchIndexing", kIndexing}};

}  // namespace

std::span<const Route> search_routes() { return kRoutes; }
std::span<const Schema> search_schemas() { return kSchemas; }

}  // namespace postern::web
