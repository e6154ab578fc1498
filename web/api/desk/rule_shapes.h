#pragma once
// web/api/desk/rule_shapes.h: conditions, actions and definitions of macros, triggers and automations in the shapes of the
// Zendesk API, and pages of short lists. (What is said of redaction rules stands in web/api/rule_shapes.h.)
// Thread-safety: pure.  Errors: collected in the form, by field; those of the store.
#include <span>

#include "storage/schema/automation.pb.h"
#include "ticketing/automation/action_table.h"
#include "ticketing/automation/rule_book.h"
#include "ticketing/automation/rule_record.h"
#include "ticketing/automation/trigger_review.h"
#include "web/api/context.h"
#include "web/api/handlers.h"
#include "web/api/json.h"

namespace postern::web {

json::object rule_conditions_json(const schema::Conditions& conditions);
json::array rule_actions_json(const ticketing::Actions& actions);
json::array texts_json(const std::vector<std::string>& texts);

// "conditions": {"all", "any"}, or both beside the other fields, as Zendesk takes either.
void read_rule_conditions(Form& form, const json::object& rule, schema::Conditions& into);
void read_rule_actions(Form& form, const json::object& rule, ticketing::Actions& into);
// Title, description, active and position: what is there.
template <class Record>
void read_rule_head(Form& form, Record& into) {
  constexpr std::size_t kTextBytesMax = 8192;  // the record has narrower ones
  if (auto title = form.text("title", kTextBytesMax)) into.set_title(*title);
  if (auto description = form.text("description", kTextBytesMax)) into.set_description(*description);
  if (const auto active = form.boolean("active")) into.set_is_active(*active);
  if (const auto position = form.id("position")) into.set_position(static_cast<std::uint32_t>(std::min<std::uint64_t>(*position, 100'000)));
}

// What there is to choose from.
core::Result<json::object> rule_definitions(const Request& request, Context& context, ticketing::RuleKind kind);
core::Result<json::array> rule_condition_definitions(const Request& request, Context& context, ticketing::ConditionContext where);
// usage_1h … usage_30d and loops of a rule.
core::Result<void> add_rule_use(json::object& out, const ticketing::RuleParts& parts, core::WorkspaceId workspace, std::uint64_t rule);
json::value rule_timing_json(const ticketing::RuleTiming* timing);  // null: nothing was measured yet
bool wants_usage(const Request& request);  // ?include=usage_24h

// A page of a list that is short enough to be held whole, by its cursor ("page[size]", "page[after]") or by "page" and "per_page";
// `items` have an id.
core::Result<Response> rule_list(const Request& request, const WebOptions& options, std::string_view name, json::array items);

// kInvalid of ticketing as a problem of the field that its context begins with: "trigger.conditions.all[0].value".
core::Result<Response> refused_rule(const core::Error& error, const Request& request, std::string_view kind);
// "trigger_ids", or "triggers" of objects with an id: a new order. Nothing when it is neither.
std::optional<std::vector<std::uint64_t>> read_rule_order(const json::object& body, std::string_view name, std::string_view plural);
json::object trigger_json(const schema::Trigger& trigger);

// Whether a title has all the words, whatever their case; without words it has.
bool has_rule_words(std::string_view title, std::string_view words);

}  // namespace postern::web
