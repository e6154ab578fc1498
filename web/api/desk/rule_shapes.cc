#include "web/api/desk/rule_shapes.h"

#include <algorithm>

#include "core/encoding.h"
#include "ticketing/conditions/condition_fields.h"
#include "ticketing/fields/ticket_fields.h"
#include "ticketing/errc.h"
#include "ticketing/helpdesk.h"
#include "ticketing/people/groups.h"
#include "web/errc.h"

namespace postern::web {
namespace {

constexpr std::size_t kPerPageMax = 100;

json::object condition_json(const schema::Condition& condition) {
  json::object out;
  out["field"] = condition.field();
  out["operator"] = condition.op();
  if (condition.is_list() || condition.values_size() > 1) {
    json::array values;
    for (const std::string& each : condition.values()) values.emplace_back(each);
    out["value"] = std::move(values);
  } else {
    out["value"] = condition.values_size() == 0 ? json::value() : json::value(condition.values(0));
  }
  return out;
}

// A value as clients write it; false when it is none that a rule could have.
bool read_value(const json::value& value, google::protobuf::RepeatedPtrField<std::string>& into) {
  switch (value.kind()) {
    case json::kind::null: into.Add(std::string()); return true;
    case json::kind::string: into.Add(std::string(value.get_string())); return true;
    case json::kind::bool_: into.Add(value.get_bool() ? "true" : "false"); return true;
    case json::kind::int64: into.Add(std::to_string(value.get_int64())); return true;
    case json::kind::uint64: into.Add(std::to_string(value.get_uint64())); return true;
    case json::kind::double_: into.Add(number_text(value.get_double())); return true;
    case json::kind::array:
      return std::ranges::all_of(value.get_array(), [&into](const json::value& each) { return !each.is_array() && read_value(each, into); });
    case json::kind::object: return false;
  }
  return false;
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* found = object.if_contains(name);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

void read_list(Form& form, const json::object& from, std::string_view name, google::protobuf::RepeatedPtrField<schema::Condition>& into) {
  const json::value* list = from.if_contains(name);
  if (list == nullptr || list->is_null()) return;
  if (!list->is_array()) return form.refuse("conditions." + std::string(name), "InvalidFormat", "is a list");
  into.Clear();
  for (const json::value& each : list->get_array()) {
    const std::string place = "conditions." + std::string(name) + "[" + std::to_string(into.size()) + "]";
    if (!each.is_object()) return form.refuse(place, "InvalidFormat", "is an object");
    schema::Condition& condition = *into.Add();
    condition.set_field(text_of(each.get_object(), "field"));
    condition.set_op(text_of(each.get_object(), "operator"));
    if (condition.op().empty()) condition.set_op("is");
    const json::value* value = each.get_object().if_contains("value");
    condition.set_is_list(value != nullptr && value->is_array());
    if (value != nullptr && !read_value(*value, *condition.mutable_values())) form.refuse(place + ".value", "InvalidFormat", "a text, a number or a list of them");
    if (value != nullptr && value->is_null()) condition.clear_values();
  }
}

json::array words_json(const std::vector<std::string_view>& words) {
  json::array out;
  for (const std::string_view word : words) out.push_back(json::object{{"value", word}, {"title", word}, {"enabled", true}});
  return out;
}

json::object operator_json(ticketing::ConditionOperator op) {
  return {{"value", ticketing::to_string(op)}, {"title", ticketing::to_string(op)}, {"terminal", !ticketing::takes_value(op)}};
}

json::object condition_row_json(const ticketing::ConditionFieldRow& row, ticketing::ConditionContext context) {
  json::array operators;
  const std::uint32_t bits = ticketing::operators_in(row, context);
  for (unsigned each = 0; each < 32; ++each) {
    if ((bits & (1U << each)) != 0) operators.push_back(operator_json(static_cast<ticketing::ConditionOperator>(each)));
  }
  const auto words = ticketing::condition_words(row.value);
  json::object out{{"title", row.title}, {"subject", row.name}, {"type", words.empty() ? "text" : "list"}, {"group", "ticket"},
                   {"nullable", row.is_nullable}, {"repeatable", true}, {"operators", std::move(operators)}};
  if (!words.empty()) out["values"] = words_json(words);
  return out;
}

// What may stand for a group, a field or a status, by its id.
struct Choices {
  json::array groups, statuses;
  std::vector<std::pair<std::uint64_t, std::string>> fields;
};

core::Result<Choices> choices(const Request& request, Context& context) {
  const core::WorkspaceId workspace = request.who().workspace;
  ticketing::Helpdesk& desk = *context.services.desk;
  Choices out;
  POSTERN_TRY(const auto groups, desk.groups().all(workspace));
  for (const auto& each : groups) out.groups.push_back(json::object{{"value", std::to_string(each.id)}, {"title", each.name}, {"enabled", true}});
  POSTERN_TRY(const auto statuses, desk.fields().statuses().all(workspace));
  for (const auto& each : *statuses) {
    out.statuses.push_back(json::object{{"value", std::to_string(each.id())}, {"title", each.title()}, {"enabled", each.is_active()}});
  }
  POSTERN_TRY(const auto fields, desk.fields().fields().all(workspace));
  for (const auto& each : *fields) {
    if (each.is_active()) out.fields.emplace_back(each.id(), each.title());
  }
  return out;
}

json::array conditions_of(const Choices& known, ticketing::ConditionContext where) {
  json::array conditions;
  for (const ticketing::ConditionFieldRow& row : ticketing::condition_fields()) {
    if (!ticketing::is_offered(row, where)) continue;
    if (row.field != ticketing::ConditionField::kCustomField) {
      json::object shown = condition_row_json(row, where);
      if (row.value == ticketing::ConditionValue::kGroup) shown["values"] = known.groups;
      conditions.push_back(std::move(shown));
      continue;
    }
    for (const auto& [id, title] : known.fields) {
      json::object shown = condition_row_json(row, where);
      shown["subject"] = std::string(row.name) + std::to_string(id);
      shown["title"] = title;
      conditions.push_back(std::move(shown));
    }
  }
  return conditions;
}

std::string_view type_of(ticketing::ActionTakes takes) {
  using enum ticketing::ActionTakes;
  switch (takes) {
    case kWord:
    case kFlag:
    case kGroup:
    case kCustomStatus: return "list";
    case kAgent:
    case kPerson: return "autocomplete";
    case kTags: return "tags";
    case kMail: return "user_notification";
    case kGroupMail: return "group_notification";
    case kWebhook: return "webhook";
    case kDue: return "due_date";
    case kText:
    case kCustomField: return "text";
  }
  return "text";
}

json::object action_row_json(const ticketing::ActionSpec& spec, const Choices& known) {
  json::object out{{"title", spec.title}, {"subject", spec.field}, {"type", type_of(spec.takes)}, {"group", spec.group},
                   {"nullable", spec.takes == ticketing::ActionTakes::kGroup || spec.takes == ticketing::ActionTakes::kAgent}, {"repeatable", false}};
  json::array values = words_json(ticketing::rule_words(spec.words, ','));
  const auto add = [&values](const json::array& more) { values.insert(values.end(), more.begin(), more.end()); };
  if (spec.takes == ticketing::ActionTakes::kGroup || spec.takes == ticketing::ActionTakes::kGroupMail) add(known.groups);
  if (spec.takes == ticketing::ActionTakes::kCustomStatus) add(known.statuses);
  if (!values.empty()) out["values"] = std::move(values);
  return out;
}

}  // namespace

json::array texts_json(const std::vector<std::string>& texts) {
  json::array out;
  for (const std::string& each : texts) out.emplace_back(each);
  return out;
}

json::object rule_conditions_json(const schema::Conditions& conditions) {
  json::array all;
  json::array any;
  for (const schema::Condition& each : conditions.all()) all.push_back(condition_json(each));
  for (const schema::Condition& each : conditions.any()) any.push_back(condition_json(each));
  json::object out;
  out["all"] = std::move(all);
  out["any"] = std::move(any);
  return out;
}

json::array rule_actions_json(const ticketing::Actions& actions) {
  json::array out;
  for (const schema::RuleAction& each : actions) {
    json::object action;
    action["field"] = each.field();
    if (each.values_size() == 1) {
      action["value"] = each.values(0);
    } else {
      json::array values;
      for (const std::string& value : each.values()) values.emplace_back(value);
      action["value"] = std::move(values);
    }
    out.push_back(std::move(action));
  }
  return out;
}

void read_rule_conditions(Form& form, const json::object& rule, schema::Conditions& into) {
  const json::value* inside = rule.if_contains("conditions");
  if (inside != nullptr && !inside->is_object() && !inside->is_null()) return form.refuse("conditions", "InvalidFormat", "is an object");
  const json::object& from = inside != nullptr && inside->is_object() ? inside->get_object() : rule;
  read_list(form, from, "all", *into.mutable_all());
  read_list(form, from, "any", *into.mutable_any());
}

void read_rule_actions(Form& form, const json::object& rule, ticketing::Actions& into) {
  const json::value* list = rule.if_contains("actions");
  if (list == nullptr || list->is_null()) return;
  if (!list->is_array()) return form.refuse("actions", "InvalidFormat", "is a list");
  into.Clear();
  for (const json::value& each : list->get_array()) {
    const std::string place = "actions[" + std::to_string(into.size()) + "]";
    if (!each.is_object()) return form.refuse(place, "InvalidFormat", "is an object");
    schema::RuleAction& action = *into.Add();
    action.set_field(text_of(each.get_object(), "field"));
    const json::value* value = each.get_object().if_contains("value");
    if (value == nullptr || !read_value(*value, *action.mutable_values())) form.refuse(place + ".value", "InvalidFormat", "a text, a number or a list of them");
  }
}

core::Result<json::array> rule_condition_definitions(const Request& request, Context& context, ticketing::ConditionContext where) {
  POSTERN_TRY(const Choices known, choices(request, context));
  return conditions_of(known, where);
}

core::Result<json::object> rule_definitions(const Request& request, Context& context, ticketing::RuleKind kind) {
  POSTERN_TRY(const Choices known, choices(request, context));
  json::array actions;
  for (const ticketing::ActionSpec& spec : ticketing::action_specs()) {
    if ((spec.rules & static_cast<unsigned>(kind)) == 0) continue;
    if (spec.takes != ticketing::ActionTakes::kCustomField) {
      actions.push_back(action_row_json(spec, known));
      continue;
    }
    for (const auto& [id, title] : known.fields) {
      json::object row = action_row_json(spec, known);
      row["subject"] = std::string(spec.field) + std::to_string(id);
      row["title"] = title;
      actions.push_back(std::move(row));
    }
  }
  json::object out;
  out["actions"] = std::move(actions);
  if (kind == ticketing::RuleKind::kMacro) return out;
  const auto where = kind == ticketing::RuleKind::kTrigger ? ticketing::ConditionContext::kTrigger : ticketing::ConditionContext::kAutomation;
  json::array conditions = conditions_of(known, where);
  out["conditions_all"] = conditions;
  out["conditions_any"] = std::move(conditions);
  return out;
}

core::Result<void> add_rule_use(json::object& out, const ticketing::RuleParts& parts, core::WorkspaceId workspace, std::uint64_t rule) {
  POSTERN_TRY(const ticketing::RuleUse use, ticketing::rule_use(parts, workspace, rule));
  out["usage_1h"] = use.last_hour;
  out["usage_24h"] = use.last_day;
  out["usage_7d"] = use.last_week;
  out["usage_30d"] = use.last_month;
  out["usage_total"] = use.ever;
  out["loops"] = use.loops;
  return {};
}

json::value rule_timing_json(const ticketing::RuleTiming* timing) {
  if (timing == nullptr || timing->samples == 0) return nullptr;
  const double samples = static_cast<double>(timing->samples);
  return json::object{{"samples", timing->samples.load()},
                      {"mean_us", static_cast<double>(timing->nanoseconds) / samples / 1000},
                      {"slowest_us", static_cast<double>(timing->slowest_ns) / 1000}};
}

bool wants_usage(const Request& request) {
  return request.query_value("include").value_or(std::string_view()).find("usage") != std::string_view::npos;
}

core::Result<Response> rule_list(const Request& request, const WebOptions& options, std::string_view name, json::array items) {
  json::object out;
  const std::size_t count = items.size();
  std::size_t begin = 0;
  std::size_t size = 0;
  const bool is_offset = request.query_value("per_page") || request.query_value("page");
  if (is_offset) {
    POSTERN_TRY(const std::uint64_t per_page, query_number(request, "per_page", kPerPageMax));
    POSTERN_TRY(const std::uint64_t page, query_number(request, "page", 1));
    if (per_page == 0 || per_page > kPerPageMax || page == 0 || page > kPerPageMax) return core::fail(Errc::kInvalid, "page and per_page are between 1 and 100");
    begin = std::min<std::size_t>(count, (page - 1) * per_page);
    size = std::min<std::size_t>(per_page, count - begin);
    const auto link = [&](std::uint64_t number) { return json::value(request.path + "?page=" + std::to_string(number) + "&per_page=" + std::to_string(per_page)); };
    out["next_page"] = begin + size < count ? link(page + 1) : json::value();
    out["previous_page"] = page > 1 ? link(page - 1) : json::value();
  } else {
    POSTERN_TRY(const NumberPage page, read_number_page(request, options));
    const auto is_last_seen = [&page](const json::value& each) { return each.at("id").to_number<std::uint64_t>() == page.after; };
    if (page.after != 0) begin = static_cast<std::size_t>(std::ranges::find_if(items, is_last_seen) - items.begin());
    if (page.after != 0) begin = std::min(count, begin + 1);
    size = std::min(page.size, count - begin);
    const bool has_more = begin + size < count;
    const std::string after = size == 0 ? std::string() : std::to_string(items[begin + size - 1].at("id").to_number<std::uint64_t>());
    add_page(out, request, has_more, after, page.size);
    out["next_page"] = nullptr;
    out["previous_page"] = nullptr;
  }
  json::array shown;
  for (std::size_t i = begin; i < begin + size; ++i) shown.push_back(std::move(items[i]));
  out[name] = std::move(shown);
  out["count"] = count;
  return json_response(200, out);
}

core::Result<Response> refused_rule(const core::Error& error, const Request& request, std::string_view kind) {
  if (!(error == ticketing::Errc::kInvalid)) return error;
  const std::string& context = error.context();
  const std::size_t end = context.find(": ");
  std::string field = context.substr(0, end);
  const bool is_condition = field.starts_with("all") || field.starts_with("any");
  if (end == std::string::npos || field.find(' ') != std::string::npos) return error;
  field = std::string(kind) + (is_condition ? ".conditions." : ".") + field;
  return invalid_field(request, std::move(field), "InvalidValue", context.substr(end + 2));
}

std::optional<std::vector<std::uint64_t>> read_rule_order(const json::object& body, std::string_view name, std::string_view plural) {
  std::vector<std::uint64_t> out;
  const auto add = [&out](const json::value& value) {
    const core::Result<std::uint64_t> id = value.is_string() ? read_number(value.get_string()) : read_number(json::serialize(value));
    if (id) out.push_back(*id);
    return id.has_value();
  };
  if (const json::value* ids = body.if_contains(name); ids != nullptr && ids->is_array()) {
    if (!std::ranges::all_of(ids->get_array(), add)) return std::nullopt;
    return out;
  }
  const json::value* list = body.if_contains(plural);
  if (list == nullptr || !list->is_array()) return std::nullopt;
  for (const json::value& each : list->get_array()) {
    const json::value* id = each.is_object() ? each.get_object().if_contains("id") : nullptr;
    if (id == nullptr || !add(*id)) return std::nullopt;
  }
  return out;
}

json::object trigger_json(const schema::Trigger& trigger) {
  json::object out;
  out["url"] = "/api/v2/triggers/" + std::to_string(trigger.id());
  out["id"] = trigger.id();
  out["title"] = trigger.title();
  out["raw_title"] = trigger.title();
  out["description"] = trigger.description();
  out["active"] = trigger.is_active();
  out["position"] = trigger.position();
  out["conditions"] = rule_conditions_json(trigger.conditions());
  out["actions"] = rule_actions_json(trigger.actions());
  out["default"] = trigger.is_shipped();
  out["revision"] = trigger.revision();
  out["created_at"] = timestamp(trigger.created_unix_ms());
  out["updated_at"] = timestamp(trigger.updated_unix_ms());
  return out;
}

bool has_rule_words(std::string_view title, std::string_view words) {
  const std::string in = core::to_lower_ascii(title);
  const std::string wanted = core::to_lower_ascii(words);
  return std::ranges::all_of(ticketing::rule_words(wanted, ' '), [&in](std::string_view word) { return in.find(word) != std::string::npos; });
}

}  // namespace postern::web
