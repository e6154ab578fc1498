// SLA policies: what is promised, and what a policy would have said of past tickets.
#include "ticketing/errc.h"
#include "web/api/desk/sla_answers.h"
#include "web/api/desk/sla_handlers.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::uint64_t kPreviewDefault = 50;
constexpr std::uint64_t kSecondsMax = 1'000'000'000;  // more than any target may have
constexpr std::int64_t kMsASecond = 1000;

void read_target(Form& form, const json::value& from, const std::string& place, schema::SlaPolicy& into) {
  if (!from.is_object()) return form.refuse(place, "InvalidFormat", "is an object");
  Form one(from.get_object(), "");
  const auto metric = ticketing::parse_sla_metric(one.text("metric", 64).value_or(std::string()));
  const auto priority = ticketing::parse_priority(one.text("priority", 64).value_or(std::string()));
  if (!metric) return form.refuse(place + ".metric", "InvalidValue", "one of those that /api/v2/slas/policies/definitions names");
  if (!priority || *priority == ticketing::Priority::kNone) return form.refuse(place + ".priority", "InvalidValue", "low, normal, high or urgent");
  const auto seconds = one.id("target_in_seconds");
  const auto minutes = one.id("target");
  if (!one.ok() || (!seconds && !minutes)) return form.refuse(place + ".target", "BlankValue", "whole minutes, or target_in_seconds");
  const std::uint64_t target = seconds ? *seconds : std::min(*minutes, kSecondsMax) * 60;
  schema::SlaTarget& made = *into.add_targets();
  made.set_metric(static_cast<std::uint32_t>(*metric));
  made.set_priority(static_cast<std::uint32_t>(*priority));
  made.set_target_ms(static_cast<std::int64_t>(std::min(target, kSecondsMax)) * kMsASecond);
  made.set_is_business(one.boolean("business_hours").value_or(false));
}

void read_policy(Form& form, const json::object& object, schema::SlaPolicy& into) {
  read_rule_head(form, into);
  if (form.has("schedule_id")) into.set_schedule(form.id("schedule_id").value_or(0));
  if (const json::value* filter = object.if_contains("filter")) {
    const json::object inside{{"conditions", *filter}};
    Form lists(inside, "");
    if (!filter->is_null()) read_rule_conditions(lists, inside, *into.mutable_conditions());
    if (!lists.ok()) form.refuse("filter", "InvalidFormat", "all and any are lists of conditions: field, operator, value");
  }
  const json::value* targets = object.if_contains("policy_metrics");
  if (targets == nullptr) return;
  if (!targets->is_array()) return form.refuse("policy_metrics", "InvalidFormat", "is a list");
  into.clear_targets();
  std::size_t at = 0;
  for (const json::value& each : targets->get_array()) read_target(form, each, "policy_metrics[" + std::to_string(at++) + "]", into);
}

core::Result<Response> refused_policy(const core::Error& error, const Request& request) {
  const std::string& context = error.context();
  const std::size_t end = context.find(": ");
  if (!(error == ticketing::Errc::kInvalid) || end == std::string::npos) return error;
  const std::string field = context.substr(0, end);
  const bool is_condition = field.starts_with("all") || field.starts_with("any") || field == "conditions";
  return invalid_field(request, std::string("sla_policy.") + (is_condition ? "filter." : "") + field, "InvalidValue", context.substr(end + 2));
}

core::Task<core::Result<Response>> save_policy(Request& request, Context& context, std::uint64_t id) {
  POSTERN_CO_TRY(ticketing::ServiceLevels * levels, service_levels_of(context));
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  if (!outer.has("sla_policy")) outer.refuse("sla_policy", "BlankValue", "cannot be blank");
  const json::object object = outer.object("sla_policy");
  Form form(object, "sla_policy");
  form.adopt(outer);
  IfMatch match(request);
  ticketing::SlaPolicies::Edit edit = [&form, &object, &match](schema::SlaPolicy& policy) -> core::Result<void> {
    POSTERN_CHECK(match.check(policy, sla_policy_json));
    read_policy(form, object, policy);
    return form.ok() ? core::Result<void>() : core::fail(ticketing::Errc::kInvalid);
  };
  const core::Result<schema::SlaPolicy> saved = co_await levels->policies().save(request.who(), id, std::move(edit));
  if (auto refused = match.refusal()) co_return *std::move(refused);
  if (!form.ok()) co_return form.response(request);
  if (!saved) co_return refused_policy(saved.error(), request);
  co_return sla_answer(kPolicyKind, id == 0 ? 201 : 200, *saved);
}

}  // namespace

Answer list_sla_policies(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::ServiceLevels * levels, service_levels_of(context));
  co_return list_slas(kPolicyKind, levels->policies(), request, context);
}

Answer show_sla_policy(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::ServiceLevels * levels, service_levels_of(context));
  co_return show_sla(kPolicyKind, levels->policies(), request);
}

Answer create_sla_policy(Request& request, Context& context) { co_return co_await save_policy(request, context, 0); }
Answer update_sla_policy(Request& request, Context& context) { co_return co_await save_policy(request, context, definition_id(request)); }

Answer delete_sla_policy(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::ServiceLevels * levels, service_levels_of(context));
  IfMatch match(request);
  const auto erased = co_await levels->policies().erase(request.who(), definition_id(request), match.guard<schema::SlaPolicy>(sla_policy_json));
  co_return match.removed(erased);
}

Answer reorder_sla_policies(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::ServiceLevels * levels, service_levels_of(context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  std::optional<std::vector<std::uint64_t>> order = read_rule_order(body, "sla_policy_ids", "sla_policies");
  if (!order) co_return invalid_field(request, "sla_policy_ids", "InvalidFormat", "the ids of all policies, in their new order");
  POSTERN_CO_CHECK(co_await levels->policies().reorder(request.who(), std::move(*order)));
  co_return co_await list_sla_policies(request, context);
}

Answer show_sla_definitions(Request& request, Context& context) {
  POSTERN_CO_CHECK(service_levels_of(context));
  POSTERN_CO_TRY(json::array conditions, rule_condition_definitions(request, context, ticketing::ConditionContext::kSla));
  json::array metrics;
  for (const ticketing::SlaMetricRow& each : ticketing::sla_metrics()) {
    if (each.can_be_promised) metrics.push_back(json::object{{"value", each.name}, {"title", each.title}});
  }
  json::object definitions;
  definitions["all"] = conditions;
  definitions["any"] = std::move(conditions);
  definitions["metrics"] = std::move(metrics);
  json::object out;
  out["definitions"] = std::move(definitions);
  co_return json_response(200, out);
}

Answer preview_sla_policy(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::ServiceLevels * levels, service_levels_of(context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  if (!outer.has("sla_policy")) outer.refuse("sla_policy", "BlankValue", "cannot be blank");
  const json::object object = outer.object("sla_policy");
  const std::uint64_t last = outer.id("last").value_or(kPreviewDefault);
  Form form(object, "sla_policy");
  form.adopt(outer);
  schema::SlaPolicy policy;
  const core::WorkspaceId workspace = request.who().workspace;
  if (const auto id = form.id("id"); id && *id != 0) {  // as it would be changed
    POSTERN_CO_TRY(policy, levels->policies().find(workspace, *id));
  }
  read_policy(form, object, policy);
  if (policy.title().empty()) policy.set_title("preview");
  if (!form.ok()) co_return form.response(request);
  const core::Result<void> prepared = levels->policies().prepare(workspace, policy);
  if (!prepared) co_return refused_policy(prepared.error(), request);
  POSTERN_CO_TRY(const ticketing::PolicyRun run, ticketing::preview_policy(*levels, workspace, policy, last));
  json::array results;
  for (const ticketing::PolicyPreview& each : run.chosen) results.push_back(policy_preview_json(each));
  json::object out;
  out["tickets_looked_at"] = run.looked_at;
  out["tickets_breached"] = run.broken;
  out["count"] = results.size();
  out["results"] = std::move(results);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
