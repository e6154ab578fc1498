// SLA policies, of the desk and of its groups: what is promised, and what a policy would have said of past tickets.
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

// The two lists of policies, which differ in who promises.
struct PolicySide {
  const SlaKind<schema::SlaPolicy>& kind;
  std::string_view order;  // of the body that reorders them
  ticketing::SlaPolicies& (*book)(ticketing::ServiceLevels&);
};
constexpr PolicySide kToCustomers{kPolicyKind, "sla_policy_ids", [](ticketing::ServiceLevels& of) -> ticketing::SlaPolicies& { return of.policies(); }};
constexpr PolicySide kOfGroups{kGroupPolicyKind, "group_sla_policy_ids",
                               [](ticketing::ServiceLevels& of) -> ticketing::SlaPolicies& { return of.group_policies(); }};

core::Result<ticketing::SlaPolicies*> book_of(const PolicySide& side, Context& context) {
  POSTERN_TRY(ticketing::ServiceLevels * levels, service_levels_of(context));
  return &side.book(*levels);
}

core::Result<Response> refused_policy(const PolicySide& side, const core::Error& error, const Request& request) {
  const std::string& context = error.context();
  const std::size_t end = context.find(": ");
  if (!(error == ticketing::Errc::kInvalid) || end == std::string::npos) return error;
  const std::string field = context.substr(0, end);
  const bool is_condition = field.starts_with("all") || field.starts_with("any") || field == "conditions";
  return invalid_field(request, std::string(side.kind.name) + "." + (is_condition ? "filter." : "") + field, "InvalidValue", context.substr(end + 2));
}

core::Task<core::Result<Response>> save_policy(const PolicySide& side, Request& request, Context& context, std::uint64_t id) {
  POSTERN_CO_TRY(ticketing::SlaPolicies * book, book_of(side, context));
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  if (!outer.has(side.kind.name)) outer.refuse(side.kind.name, "BlankValue", "cannot be blank");
  const json::object object = outer.object(side.kind.name);
  Form form(object, std::string(side.kind.name));
  form.adopt(outer);
  IfMatch match(request);
  ticketing::SlaPolicies::Edit edit = [&form, &object, &match, &side](schema::SlaPolicy& policy) -> core::Result<void> {
    POSTERN_CHECK(match.check(policy, side.kind.shape));
    read_policy(form, object, policy);
    return form.ok() ? core::Result<void>() : core::fail(ticketing::Errc::kInvalid);
  };
  const core::Result<schema::SlaPolicy> saved = co_await book->save(request.who(), id, std::move(edit));
  if (auto refused = match.refusal()) co_return *std::move(refused);
  if (!form.ok()) co_return form.response(request);
  if (!saved) co_return refused_policy(side, saved.error(), request);
  co_return sla_answer(side.kind, id == 0 ? 201 : 200, *saved);
}

core::Result<Response> list_policies(const PolicySide& side, const Request& request, Context& context) {
  POSTERN_TRY(ticketing::SlaPolicies * book, book_of(side, context));
  return list_slas(side.kind, *book, request, context);
}

core::Result<Response> show_policy(const PolicySide& side, const Request& request, Context& context) {
  POSTERN_TRY(ticketing::SlaPolicies * book, book_of(side, context));
  return show_sla(side.kind, *book, request);
}

core::Task<core::Result<Response>> delete_policy(const PolicySide& side, Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::SlaPolicies * book, book_of(side, context));
  IfMatch match(request);
  const auto erased = co_await book->erase(request.who(), definition_id(request), match.guard<schema::SlaPolicy>(side.kind.shape));
  co_return match.removed(erased);
}

core::Task<core::Result<Response>> reorder_policies(const PolicySide& side, Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::SlaPolicies * book, book_of(side, context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  std::optional<std::vector<std::uint64_t>> order = read_rule_order(body, side.order, side.kind.plural);
  if (!order) co_return invalid_field(request, std::string(side.order), "InvalidFormat", "the ids of all policies, in their new order");
  POSTERN_CO_CHECK(co_await book->reorder(request.who(), std::move(*order)));
  co_return list_policies(side, request, context);
}

core::Result<Response> definitions_of(const PolicySide& side, Request& request, Context& context) {
  POSTERN_TRY(ticketing::SlaPolicies * book, book_of(side, context));
  POSTERN_TRY(json::array conditions, rule_condition_definitions(request, context, ticketing::ConditionContext::kSla));
  json::array metrics;
  for (const ticketing::SlaMetricRow& each : ticketing::sla_metrics()) {
    if (ticketing::is_promised_by(each, book->side())) metrics.push_back(json::object{{"value", each.name}, {"title", each.title}});
  }
  json::object definitions;
  definitions["all"] = conditions;
  definitions["any"] = std::move(conditions);
  definitions["metrics"] = std::move(metrics);
  json::object out;
  out["definitions"] = std::move(definitions);
  return json_response(200, out);
}

core::Result<Response> preview_policy(const PolicySide& side, Request& request, Context& context) {
  POSTERN_TRY(ticketing::ServiceLevels * levels, service_levels_of(context));
  ticketing::SlaPolicies& book = side.book(*levels);
  POSTERN_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  if (!outer.has(side.kind.name)) outer.refuse(side.kind.name, "BlankValue", "cannot be blank");
  const json::object object = outer.object(side.kind.name);
  const std::uint64_t last = outer.id("last").value_or(kPreviewDefault);
  Form form(object, std::string(side.kind.name));
  form.adopt(outer);
  schema::SlaPolicy policy;
  const core::WorkspaceId workspace = request.who().workspace;
  if (const auto id = form.id("id"); id && *id != 0) {  // as it would be changed
    POSTERN_TRY(policy, book.find(workspace, *id));
  }
  read_policy(form, object, policy);
  if (policy.title().empty()) policy.set_title("preview");
  if (!form.ok()) return form.response(request);
  const core::Result<void> prepared = book.prepare(workspace, policy);
  if (!prepared) return refused_policy(side, prepared.error(), request);
  POSTERN_TRY(const ticketing::PolicyRun run, ticketing::preview_policy(*levels, book, workspace, policy, last));
  json::array results;
  for (const ticketing::PolicyPreview& each : run.chosen) results.push_back(policy_preview_json(each));
  json::object out;
  out["tickets_looked_at"] = run.looked_at;
  out["tickets_breached"] = run.broken;
  out["count"] = results.size();
  out["results"] = std::move(results);
  return json_response(200, out);
}

}  // namespace

Answer list_sla_policies(Request& request, Context& context) { co_return list_policies(kToCustomers, request, context); }
Answer show_sla_policy(Request& request, Context& context) { co_return show_policy(kToCustomers, request, context); }
Answer create_sla_policy(Request& request, Context& context) { co_return co_await save_policy(kToCustomers, request, context, 0); }
Answer update_sla_policy(Request& request, Context& context) { co_return co_await save_policy(kToCustomers, request, context, definition_id(request)); }
Answer delete_sla_policy(Request& request, Context& context) { co_return co_await delete_policy(kToCustomers, request, context); }
Answer reorder_sla_policies(Request& request, Context& context) { co_return co_await reorder_policies(kToCustomers, request, context); }
Answer show_sla_definitions(Request& request, Context& context) { co_return definitions_of(kToCustomers, request, context); }
Answer preview_sla_policy(Request& request, Context& context) { co_return preview_policy(kToCustomers, request, context); }

Answer list_group_sla_policies(Request& request, Context& context) { co_return list_policies(kOfGroups, request, context); }
Answer show_group_sla_policy(Request& request, Context& context) { co_return show_policy(kOfGroups, request, context); }
Answer create_group_sla_policy(Request& request, Context& context) { co_return co_await save_policy(kOfGroups, request, context, 0); }
Answer update_group_sla_policy(Request& request, Context& context) { co_return co_await save_policy(kOfGroups, request, context, definition_id(request)); }
Answer delete_group_sla_policy(Request& request, Context& context) { co_return co_await delete_policy(kOfGroups, request, context); }
Answer reorder_group_sla_policies(Request& request, Context& context) { co_return co_await reorder_policies(kOfGroups, request, context); }
Answer show_group_sla_definitions(Request& request, Context& context) { co_return definitions_of(kOfGroups, request, context); }
Answer preview_group_sla_policy(Request& request, Context& context) { co_return preview_policy(kOfGroups, request, context); }

}  // namespace postern::web::api
