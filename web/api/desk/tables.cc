#include "web/api/desk/tables.h"

namespace postern::web {

std::vector<std::span<const Route>> desk_route_tables() {
  return {ticket_routes(), user_routes(), group_routes(), organization_routes(), person_field_routes(), rule_routes(), view_routes(), sla_routes(), webhook_routes(), intake_routes(), bulk_routes(), import_routes(), privacy_routes(), export_routes(), request_routes(), satisfaction_routes(), search_routes(), operation_routes()};
}

std::vector<std::span<const Schema>> desk_schema_tables() {
  return {ticket_schemas(), user_schemas(), group_schemas(), person_field_schemas(), rule_schemas(), view_schemas(), sla_schemas(), webhook_schemas(), intake_schemas(), bulk_schemas(), import_schemas(), privacy_schemas(), export_schemas(), request_schemas(), satisfaction_schemas(), search_schemas(), operation_schemas()};
}

}  // namespace postern::web
