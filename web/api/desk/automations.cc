// Automations: rules that time sets off, and the placeholders of all rules.
#include "ticketing/automation/automation_review.h"
#include "ticketing/errc.h"
#include "ticketing/helpdesk.h"
#include "web/api/desk/definition_lines.h"
#include "web/api/desk/definition_version.h"
#include "web/api/desk/rule_handlers.h"
#include "web/api/desk/rule_review_shape.h"
#include "web/api/desk/rule_shapes.h"
#include "web/api/schemas.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

ticketing::Automations* automations_of(Context& context) { return context.services.desk == nullptr ? nullptr : &context.services.desk->automations(); }

}  // namespace

json::object timed_rule_json(const schema::Automation& automation) {
  json::object out;
  out["url"] = "/api/v2/automations/" + std::to_string(automation.id());
  out["id"] = automation.id();
  out["title"] = automation.title();
  out["raw_title"] = automation.title();
  out["description"] = automation.description();
  out["active"] = automation.is_active();
  out["position"] = automation.position();
  out["conditions"] = rule_conditions_json(automation.conditions());
  out["actions"] = rule_actions_json(automation.actions());
  out["default"] = false;
  out["created_at"] = timestamp(automation.created_unix_ms());
  out["updated_at"] = timestamp(automation.updated_unix_ms());
  return out;
}

namespace {

core::Result<Response> one_automation(int status, const Request& request, ticketing::Automations& automations, const schema::Automation& automation) {
  json::object shown = timed_rule_json(automation);
  POSTERN_CHECK(add_rule_use(shown, automations.parts(), request.who().workspace, automation.id()));
  json::object out;
  out["automation"] = std::move(shown);
  Response response = json_response(status, out);
  response.set("ETag", definition_etag(automation));
  if (status == 201) response.set("Location", "/api/v2/automations/" + std::to_string(automation.id()));
  return response;
}

core::Result<Response> some_automations(const Request& request, Context& context, bool is_active_only) {
  ticketing::Automations* automations = automations_of(context);
  if (automations == nullptr) return core::fail(Errc::kNotFound);
  POSTERN_TRY(const auto list, automations->all(request.who().workspace));
  const std::string_view wanted = request.query_value("active").value_or(std::string_view());
  json::array out;
  for (const schema::Automation& each : *list) {
    if ((is_active_only || wanted == "true") && !each.is_active()) continue;
    if (wanted == "false" && each.is_active()) continue;
    if (!has_rule_words(each.title(), request.query_value("query").value_or(std::string_view()))) continue;
    json::object shown = timed_rule_json(each);
    if (wants_usage(request)) POSTERN_CHECK(add_rule_use(shown, automations->parts(), request.who().workspace, each.id()));
    out.push_back(std::move(shown));
  }
  return rule_list(request, context.options, "automations", std::move(out));
}

core::Task<core::Result<Response>> save_automation(Request& request, Context& context, std::uint64_t id) {
  ticketing::Automations* automations = automations_of(context);
  if (automations == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  if (!outer.has("automation")) outer.refuse("automation", "BlankValue", "cannot be blank");
  const json::object object = outer.object("automation");
  Form form(object, "automation");
  form.adopt(outer);
  IfMatch match(request);
  ticketing::Automations::Edit edit = [&match, &form, &object](schema::Automation& automation) -> core::Result<void> {
    POSTERN_CHECK(match.check(automation, timed_rule_json));
    read_rule_head(form, automation);
    read_rule_conditions(form, object, *automation.mutable_conditions());
    read_rule_actions(form, object, *automation.mutable_actions());
    return form.ok() ? core::Result<void>() : core::fail(ticketing::Errc::kInvalid);
  };
  const core::Result<schema::Automation> saved = co_await automations->save(request.who(), id, std::move(edit));
  if (auto refused = match.refusal()) co_return *std::move(refused);
  if (!form.ok()) co_return form.response(request);
  if (!saved) co_return refused_rule(saved.error(), request, "automation");
  co_return one_automation(id == 0 ? 201 : 200, request, *automations, *saved);
}

}  // namespace

Answer list_automations(Request& request, Context& context) { co_return some_automations(request, context, false); }
Answer list_active_automations(Request& request, Context& context) { co_return some_automations(request, context, true); }
Answer search_automations(Request& request, Context& context) { co_return some_automations(request, context, false); }

Answer show_automation(Request& request, Context& context) {
  ticketing::Automations* automations = automations_of(context);
  if (automations == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(const schema::Automation found, automations->find(request.who().workspace, read_number(request.param("id")).value()));
  co_return one_automation(200, request, *automations, found);
}

Answer create_automation(Request& request, Context& context) { co_return co_await save_automation(request, context, 0); }
Answer update_automation(Request& request, Context& context) {
  co_return co_await save_automation(request, context, read_number(request.param("id")).value());
}

Answer delete_automation(Request& request, Context& context) {
  ticketing::Automations* automations = automations_of(context);
  if (automations == nullptr) co_return core::fail(Errc::kNotFound);
  IfMatch match(request);
  const auto erased = co_await automations->erase(request.who(), read_number(request.param("id")).value(), match.guard<schema::Automation>(timed_rule_json));
  co_return match.removed(erased);
}

Answer reorder_automations(Request& request, Context& context) {
  ticketing::Automations* automations = automations_of(context);
  if (automations == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  std::optional<std::vector<std::uint64_t>> order = read_rule_order(body, "automation_ids", "automations");
  if (!order) co_return invalid_field(request, "automation_ids", "InvalidFormat", "the ids of all automations, in their new order");
  POSTERN_CO_CHECK(co_await automations->reorder(request.who(), std::move(*order)));
  co_return some_automations(request, context, false);
}

Answer dry_run_automation(Request& request, Context& context) {
  const ticketing::Automations* automations = automations_of(context);
  if (automations == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  DryRunWish<schema::Automation> wish(body, "automation", request);
  if (wish.refused) co_return *std::move(wish.refused);
  const core::Result<void> prepared = ticketing::prepare_automation(automations->parts(), request.who().workspace, wish.rule);
  if (!prepared) co_return refused_rule(prepared.error(), request, "automation");
  const auto run = ticketing::dry_run(automations->parts(), request.who().workspace, wish.rule, wish.last);
  if (!run) co_return refused_rule(run.error(), request, "automation");
  json::array results, upcoming;
  for (const ticketing::TriggerReview& each : run->firing) {
    json::object shown = rule_review_json(each);
    shown.erase("as");  // time sets it off
    results.push_back(std::move(shown));
  }
  for (const auto& each : run->upcoming) upcoming.push_back(json::object{{"ticket_id", each.ticket.value}, {"due_at", timestamp(each.at_unix_ms)}});
  json::object out;
  out["tickets_looked_at"] = run->looked_at;
  out["tickets_firing"] = results.size();
  out["count"] = results.size();
  out["results"] = std::move(results);
  out["due"] = std::move(upcoming);
  co_return json_response(200, out);
}

// The index of due times, in its order: page[after] is "milliseconds.ticket".
Answer list_due_tickets(Request& request, Context& context) {
  ticketing::Automations* automations = automations_of(context);
  if (automations == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(const Page page, read_page(request, context.options));
  ticketing::Automations::Upcoming behind;
  if (!page.after.empty()) {
    const std::size_t dot = page.after.find('.');
    const core::Result<std::uint64_t> at = read_number(page.after.substr(0, dot));
    const core::Result<std::uint64_t> ticket = read_number(dot == std::string::npos ? std::string() : page.after.substr(dot + 1));
    if (!at || !ticket || *ticket == 0) co_return core::fail(Errc::kInvalid, "page[after]: not a cursor of ours");
    behind = {core::TicketId{*ticket}, static_cast<std::int64_t>(*at)};
  }
  POSTERN_CO_TRY(auto found, automations->upcoming(request.who().workspace, page.size + 1, behind));
  const bool has_more = found.size() > page.size;
  if (has_more) found.pop_back();
  json::array list;
  for (const auto& each : found) list.push_back(json::object{{"ticket_id", each.ticket.value}, {"due_at", timestamp(each.at_unix_ms)}});
  json::object out;
  out["due"] = std::move(list);
  add_page(out, request, has_more, found.empty() ? std::string() : std::to_string(found.back().at_unix_ms) + "." + std::to_string(found.back().ticket.value), page.size);
  co_return json_response(200, out);
}

Answer show_automation_definitions(Request& request, Context& context) {
  if (automations_of(context) == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(json::object definitions, rule_definitions(request, context, ticketing::RuleKind::kAutomation));
  json::object out;
  out["definitions"] = std::move(definitions);
  co_return json_response(200, out);
}

Answer list_placeholders(Request& request, Context& context) {
  static_cast<void>(request);
  if (automations_of(context) == nullptr) co_return core::fail(Errc::kNotFound);
  json::array list;
  for (const ticketing::PlaceholderInfo& each : ticketing::placeholder_list()) {
    list.push_back(json::object{{"name", each.name}, {"title", each.title}});
  }
  json::object out;
  out["count"] = list.size();
  out["placeholders"] = std::move(list);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
