#include "web/api/desk/definition_lines.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <set>

#include "ticketing/automation/automations.h"
#include "ticketing/automation/macros.h"
#include "ticketing/automation/triggers.h"
#include "ticketing/definitions/definitions.h"
#include "ticketing/fields/person_fields.h"
#include "ticketing/fields/ticket_fields.h"
#include "ticketing/service_levels/service_levels.h"
#include "ticketing/views/views.h"
#include "web/api/desk/field_shapes.h"
#include "web/api/desk/person_field_shapes.h"
#include "web/api/desk/rule_shapes.h"
#include "web/api/desk/sla_shapes.h"
#include "web/api/desk/view_shapes.h"

namespace postern::web {

namespace {

// Those that somebody may use, and then those that other people have for themselves.
template <class Record>
core::Result<std::vector<Record>> with_personal(ticketing::Helpdesk& desk, core::WorkspaceId workspace, ticketing::DefinitionKind kind, std::vector<Record> seen) {
  const ticketing::Services& with = desk.services();
  const ticketing::Definitions<Record> stored(with.store, with.vault, with.ids, with.clock, {kind, "definition"});
  POSTERN_TRY(const auto every, stored.all(workspace));
  std::set<std::uint64_t> known;
  for (const Record& each : seen) known.insert(each.id());
  std::ranges::copy_if(*every, std::back_inserter(seen), [&known](const Record& each) { return !known.contains(each.id()); });
  return seen;
}

}  // namespace

core::Result<std::string> definition_lines(ticketing::Helpdesk& desk, const auth::Principal& by, std::size_t& count) {
  const core::WorkspaceId workspace = by.workspace;
  std::string out;
  const auto add = [&out, &count](std::string_view kind, const json::object& shown) {
    json::object line{{"kind", kind}};
    for (const auto& each : shown) line.insert(each);
    out += json::serialize(line) + "\n";
    ++count;
  };
  POSTERN_TRY(const auto fields, desk.fields().fields().all(workspace));
  for (const auto& each : *fields) add("ticket_field", api::ticket_field_json(each));
  POSTERN_TRY(const auto forms, desk.fields().forms().all(workspace));
  for (const auto& each : *forms) add("ticket_form", api::form_json(each));
  POSTERN_TRY(const auto statuses, desk.fields().statuses().all(workspace));
  for (const auto& each : *statuses) add("custom_status", api::status_json(each));
  POSTERN_TRY(const auto of_users, desk.user_fields().definitions().all(workspace));
  for (const auto& each : *of_users) add("user_field", api::person_field_json(ticketing::FieldsOf::kUser, each));
  POSTERN_TRY(const auto of_organizations, desk.organization_fields().definitions().all(workspace));
  for (const auto& each : *of_organizations) add("organization_field", api::person_field_json(ticketing::FieldsOf::kOrganization, each));
  POSTERN_TRY(auto seen_views, desk.views().visible(by));
  POSTERN_TRY(const auto views, with_personal(desk, workspace, ticketing::DefinitionKind::kView, std::move(seen_views)));
  for (const auto& each : views) add("view", view_json(each));
  POSTERN_TRY(auto seen_macros, desk.macros().all(by));
  POSTERN_TRY(const auto macros, with_personal(desk, workspace, ticketing::DefinitionKind::kMacro, std::move(seen_macros)));
  for (const auto& each : macros) add("macro", api::macro_json(each));
  POSTERN_TRY(const auto triggers, desk.triggers().all(workspace));
  for (const auto& each : *triggers) add("trigger", trigger_json(each));
  POSTERN_TRY(const auto automations, desk.automations().all(workspace));
  for (const auto& each : *automations) add("automation", api::timed_rule_json(each));
  POSTERN_TRY(const auto schedules, desk.service_levels().schedules().all(workspace));
  for (const auto& each : *schedules) add("schedule", schedule_json(each));
  POSTERN_TRY(const auto policies, desk.service_levels().policies().all(workspace));
  for (const auto& each : *policies) add("sla_policy", sla_policy_json(each));
  return out;
}

}  // namespace postern::web
