#pragma once
// web/api/desk/tables.h: routes and schemas of what works on tickets beside the tickets themselves; one pair of tables for
// each file of routes in this folder. routes.cc and schemas.cc put them with their own.
// Thread-safety: constants.
#include <span>
#include <vector>

#include "web/api/routes.h"
#include "web/api/schemas.h"

namespace postern::web {

// bulk_routes.cc
std::span<const Route> bulk_routes();
std::span<const Schema> bulk_schemas();
// export_routes.cc
std::span<const Route> export_routes();
std::span<const Schema> export_schemas();
// people_routes.cc
std::span<const Route> group_routes();
std::span<const Route> organization_routes();
std::span<const Schema> group_schemas();
// person_field_routes.cc
std::span<const Route> person_field_routes();
std::span<const Schema> person_field_schemas();
// user_routes.cc
std::span<const Route> user_routes();
std::span<const Schema> user_schemas();
// ticket_routes.cc, ticket_schemas.cc: tickets, their fields, forms and statuses
std::span<const Route> ticket_routes();
std::span<const Schema> ticket_schemas();
// requests_routes.cc
std::span<const Route> request_routes();
std::span<const Schema> request_schemas();
// satisfaction_routes.cc
std::span<const Route> satisfaction_routes();
std::span<const Schema> satisfaction_schemas();
// search_routes.cc
std::span<const Route> search_routes();
std::span<const Schema> search_schemas();
// operation_routes.cc
std::span<const Route> operation_routes();
std::span<const Schema> operation_schemas();
// rule_routes.cc, rule_schemas.cc: macros, triggers, automations
std::span<const Route> rule_routes();
std::span<const Schema> rule_schemas();
// privacy_routes.cc
std::span<const Route> privacy_routes();
std::span<const Schema> privacy_schemas();
// import_routes.cc
std::span<const Route> import_routes();
std::span<const Schema> import_schemas();
// intake_routes.cc: held mail beside api/suspended.cc, senders, requests to join tickets
std::span<const Route> intake_routes();
std::span<const Schema> intake_schemas();
// webhook_routes.cc
std::span<const Route> webhook_routes();
std::span<const Schema> webhook_schemas();
// sla_routes.cc: schedules, SLA policies, ticket metrics
std::span<const Route> sla_routes();
std::span<const Schema> sla_schemas();
// view_routes.cc
std::span<const Route> view_routes();
std::span<const Schema> view_schemas();

std::vector<std::span<const Route>> desk_route_tables();
std::vector<std::span<const Schema>> desk_schema_tables();

}  // namespace postern::web
