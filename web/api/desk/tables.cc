#include "web/api/desk/tables.h"

namespace postern::web {

std::vector<std::span<const Route>> desk_route_tables() {
  return {ticket_routes(), user_routes(), group_routes(), organization_routes(), rule_routes(), view_routes(), webhook_routes(), bulk_routes(), export_routes(), search_routes()};
}

std::vector<std::span<const Schema>> desk_schema_tables() {
  return {ticket_schemas(), user_schemas(), group_schemas(), rule_schemas(), view_schemas(), webhook_schemas(), bulk_schemas(), export_schemas(), search_schemas()};
}

}  // namespace postern::web
