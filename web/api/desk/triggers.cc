// Triggers: rules that look at every change of a ticket.
#include "ticketing/automation/triggers.h"
#include "ticketing/errc.h"
#include "ticketing/helpdesk.h"
#include "web/api/desk/definition_version.h"
#include "web/api/desk/rule_handlers.h"
#include "web/api/desk/rule_shapes.h"
#include "web/api/schemas.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

ticketing::Triggers* triggers_of(Context& context) { return context.services.desk == nullptr ? nullptr : &context.services.desk->triggers(); }

core::Result<Response> one_trigger(int status, const Request& request, ticketing::Triggers& triggers, const schema::Trigger& trigger) {
  json::object shown = trigger_json(trigger);
  POSTERN_CHECK(add_rule_use(shown, triggers.parts(), request.who().workspace, trigger.id()));
  shown["timing"] = rule_timing_json(triggers.timing(trigger.id()).get());
  json::object out;
  out["trigger"] = std::move(shown);
  Response response = json_response(status, out);
  response.set("ETag", definition_etag(trigger));
  if (status == 201) response.set("Location", "/api/v2/triggers/" + std::to_string(trigger.id()));
  return response;
}

core::Result<Response> some_triggers(const Request& request, Context& context, bool is_active_only) {
  ticketing::Triggers* triggers = triggers_of(context);
  if (triggers == nullptr) return core::fail(Errc::kNotFound);
  POSTERN_TRY(const auto list, triggers->all(request.who().workspace));
  const std::string_view wanted = request.query_value("active").value_or(std::string_view());
  json::array out;
  for (const schema::Trigger& each : *list) {
    if ((is_active_only || wanted == "true") && !each.is_active()) continue;
    if (wanted == "false" && each.is_active()) continue;
    if (!has_rule_words(each.title(), request.query_value("query").value_or(std::string_view()))) continue;
    json::object shown = trigger_json(each);
    if (wants_usage(request)) POSTERN_CHECK(add_rule_use(shown, triggers->parts(), request.who().workspace, each.id()));
    out.push_back(std::move(shown));
  }
  return rule_list(request, context.options, "triggers", std::move(out));
}

core::Task<core::Result<Response>> save_trigger(Request& request, Context& context, std::uint64_t id) {
  ticketing::Triggers* triggers = triggers_of(context);
  if (triggers == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  if (!outer.has("trigger")) outer.refuse("trigger", "BlankValue", "cannot be blank");
  const json::object object = outer.object("trigger");
  Form form(object, "trigger");
  form.adopt(outer);
  IfMatch match(request);
  ticketing::Triggers::Edit edit = [&match, &form, &object](schema::Trigger& trigger) -> core::Result<void> {
    POSTERN_CHECK(match.check(trigger, trigger_json));
    read_rule_head(form, trigger);
    read_rule_conditions(form, object, *trigger.mutable_conditions());
    read_rule_actions(form, object, *trigger.mutable_actions());
    return form.ok() ? core::Result<void>() : core::fail(ticketing::Errc::kInvalid);
  };
  const core::Result<schema::Trigger> saved = co_await triggers->save(request.who(), id, std::move(edit));
  if (auto refused = match.refusal()) co_return *std::move(refused);
  if (!form.ok()) co_return form.response(request);
  if (!saved) co_return refused_rule(saved.error(), request, "trigger");
  co_return one_trigger(id == 0 ? 201 : 200, request, *triggers, *saved);
}

}  // namespace

Answer list_triggers(Request& request, Context& context) { co_return some_triggers(request, context, false); }
Answer list_active_triggers(Request& request, Context& context) { co_return some_triggers(request, context, true); }
Answer search_triggers(Request& request, Context& context) { co_return some_triggers(request, context, false); }

Answer show_trigger(Request& request, Context& context) {
  ticketing::Triggers* triggers = triggers_of(context);
  if (triggers == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(const schema::Trigger found, triggers->find(request.who().workspace, read_number(request.param("id")).value()));
  co_return one_trigger(200, request, *triggers, found);
}

Answer create_trigger(Request& request, Context& context) { co_return co_await save_trigger(request, context, 0); }
Answer update_trigger(Request& request, Context& context) {
  co_return co_await save_trigger(request, context, read_number(request.param("id")).value());
}

Answer delete_trigger(Request& request, Context& context) {
  ticketing::Triggers* triggers = triggers_of(context);
  if (triggers == nullptr) co_return core::fail(Errc::kNotFound);
  IfMatch match(request);
  const auto erased = co_await triggers->erase(request.who(), read_number(request.param("id")).value(), match.guard<schema::Trigger>(trigger_json));
  co_return match.removed(erased);
}

Answer reorder_triggers(Request& request, Context& context) {
  ticketing::Triggers* triggers = triggers_of(context);
  if (triggers == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  std::optional<std::vector<std::uint64_t>> order = read_rule_order(body, "trigger_ids", "triggers");
  if (!order) co_return invalid_field(request, "trigger_ids", "InvalidFormat", "the ids of all triggers, in their new order");
  POSTERN_CO_CHECK(co_await triggers->reorder(request.who(), std::move(*order)));
  co_return some_triggers(request, context, false);
}

Answer show_trigger_definitions(Request& request, Context& context) {
  if (triggers_of(context) == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(json::object definitions, rule_definitions(request, context, ticketing::RuleKind::kTrigger));
  json::object out;
  out["definitions"] = std::move(definitions);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
