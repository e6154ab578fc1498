// Whether an automation stops holding once it has fired.
#include <algorithm>

#include "ticketing/automation/automations.h"
#include "ticketing/conditions/condition_fields.h"

namespace postern::ticketing {
namespace {

using Field = ConditionField;

// What the action sets, on a ticket that has nothing else; false when it sets nothing that conditions ask for.
bool set_on(schema::Ticket& ticket, const schema::RuleAction& action) {
  const std::string word = action.values_size() == 0 ? std::string() : action.values(0);
  if (action.field() == "status") {
    ticket.set_status(static_cast<std::uint32_t>(parse_status(word).value_or(Status::kNew)));
  } else if (action.field() == "priority") {
    ticket.set_priority(static_cast<std::uint32_t>(parse_priority(word).value_or(Priority::kNone)));
  } else if (action.field() == "type") {
    ticket.set_type(static_cast<std::uint32_t>(parse_ticket_type(word).value_or(TicketType::kNone)));
  } else if (action.field() == "group_id") {
    ticket.set_group(rule_number(word));
  } else if (action.field() == "assignee_id") {
    ticket.set_assignee(rule_number(word));
  } else if (action.field() == "custom_status_id") {
    ticket.set_custom_status(rule_number(word));
  } else if (const std::uint64_t field = custom_field_of(action.field())) {
    schema::FieldValue& value = *ticket.add_fields();
    value.set_field(field);
    for (const std::string& each : action.values()) value.add_values(each);
  } else {
    return false;
  }
  return true;
}

bool is_about(const FoundConditionField& condition, const schema::RuleAction& action) {
  const Field field = condition.row->field;
  if (field == Field::kCustomField) return custom_field_of(action.field()) == condition.custom;
  if (action.field() == "status") return field == Field::kStatus;
  if (action.field() == "priority") return field == Field::kPriority;
  if (action.field() == "type") return field == Field::kType;
  if (action.field() == "group_id") return field == Field::kGroup;
  if (action.field() == "assignee_id") return field == Field::kAssignee;
  if (action.field() == "custom_status_id") return field == Field::kCustomStatus;
  const bool is_of_tags = action.field() == "set_tags" || action.field() == "current_tags" || action.field() == "remove_tags";
  return field == Field::kTags && is_of_tags;
}

std::vector<std::string> words_of_values(const google::protobuf::RepeatedPtrField<std::string>& values) {
  std::vector<std::string> out;
  for (const std::string& value : values) {
    for (const std::string_view each : rule_words(value, ' ')) out.push_back(normal_tag(each));
  }
  return out;
}

// Tags are many: what an action adds or takes away says something of one kind of condition each.
schema::Ticket with_tags(const schema::Condition& condition, const schema::RuleAction& action) {
  std::vector<std::string> tags = words_of_values(action.values());
  if (action.field() == "remove_tags") {
    const std::vector<std::string> gone = std::move(tags);
    tags = words_of_values(condition.values());
    std::erase_if(tags, [&gone](const std::string& tag) { return std::ranges::find(gone, tag) != gone.end(); });
  }
  schema::Ticket out;
  for (std::string& each : tags) out.add_tags(std::move(each));
  return out;
}

// Whether the condition is false on every ticket once the action is done.
bool is_ended_by(const schema::Condition& condition, const schema::RuleAction& action) {
  const auto found = find_condition_field(condition.field());
  if (!found || !is_about(*found, action)) return false;
  schema::Ticket ticket;
  if (found->row->field == Field::kTags) {
    const auto op = parse_condition_operator(condition.op());
    const bool asks_for_absence = op == ConditionOperator::kNotIncludes || op == ConditionOperator::kNotPresent;
    if (action.field() == "current_tags" && !asks_for_absence) return false;
    if (action.field() == "remove_tags" && op != ConditionOperator::kIncludes) return false;
    ticket = with_tags(condition, action);
  } else if (!set_on(ticket, action)) {
    return false;
  }
  schema::Conditions alone;
  *alone.add_all() = condition;
  const auto compiled = CompiledConditions::compile(alone, ConditionContext::kAutomation);
  TicketFacts facts;
  facts.after = &ticket;
  if (!compiled) return false;
  const auto holds = compiled->holds(facts);
  return holds && !*holds;
}

bool is_true_once(const schema::Condition& condition) {
  const auto found = find_condition_field(condition.field());
  return found && found->row->value == ConditionValue::kHours && parse_condition_operator(condition.op()) == ConditionOperator::kIs;
}

}  // namespace

core::Result<void> check_ends(const schema::Automation& automation) {
  const auto& all = automation.conditions().all();
  if (all.empty()) return core::fail(Errc::kInvalid, "conditions.all: an automation needs at least one");
  const auto ends = [&automation](const schema::Condition& condition) {
    return is_true_once(condition) || std::ranges::any_of(automation.actions(), [&condition](const schema::RuleAction& action) {
             return is_ended_by(condition, action);
           });
  };
  if (std::ranges::any_of(all, ends)) return {};
  return core::fail(Errc::kInvalid,
                    "conditions.all: it would hold for ever: one must be true only once (\"hours since … is\"), or an action must make one false");
}

}  // namespace postern::ticketing
