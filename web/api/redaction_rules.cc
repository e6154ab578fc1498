// The redaction rules that a workspace works with, one by one, and trials of rules on a text that the operator gives.
// The text of a trial is neither stored nor logged; ranges count bytes of its UTF-8.
#include <algorithm>

#include "core/secret.h"
#include "ticketing/errc.h"
#include "web/api/days.h"
#include "web/api/handlers.h"
#include "web/api/rule_shapes.h"
#include "web/api/schemas.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

using Bench = const ticketing::RuleBench*;
using Change = core::Result<ticketing::RuleSetChange>;

constexpr std::uint64_t kDaysCounted = 7;
constexpr std::size_t kRuleIdBytesMax = 40;

json::object counts_json(const ticketing::RuleFindings& of, std::uint64_t seen) {
  json::object out;
  out["messages"] = of.enforced.messages;
  out["findings"] = of.enforced.findings;
  out["shadow_messages"] = of.shadow.messages;
  out["shadow_findings"] = of.shadow.findings;
  out["false_positives"] = of.false_positives;
  out["hit_rate"] = rate(of.enforced.messages + of.shadow.messages, seen);
  return out;
}

// None: so much was counted that one answer does not read it; the rules are shown all the same.
using Week = std::optional<ticketing::FindingReport>;

core::Result<Week> week_of(Bench bench, core::WorkspaceId workspace) {
  const std::uint64_t today = bench->findings.today();
  core::Result<ticketing::FindingReport> report =
      bench->findings.report(workspace, {today - std::min(today, kDaysCounted - 1), today, {}, {}});
  if (report) return Week(*std::move(report));
  if (report.error() == ticketing::Errc::kInvalid) return Week();
  return report.error();
}

const pipeline::RuleSpec* find_rule(const ticketing::EffectiveRules& rules, std::string_view id) {
  const auto found = std::ranges::find(rules.rules, id, &pipeline::RuleSpec::id);
  return found == rules.rules.end() ? nullptr : &*found;
}

json::object shown(const pipeline::RuleSpec& rule, const Week& week) {
  json::object out = rule_json(rule);
  out["counts"] = nullptr;
  if (!week) return out;
  const auto counted = std::ranges::find(week->rules, rule.id, &ticketing::RuleFindings::rule);
  out["counts"] = counts_json(counted == week->rules.end() ? ticketing::RuleFindings() : *counted, week->messages_seen);
  return out;
}

// The object of that name in the body, which must be there, and alone.
core::Result<json::object> read_body(const Request& request, const Context& context, const char* name) {
  POSTERN_TRY(json::object body, parse_object(request, context.options));
  json::value* object = body.if_contains(name);
  if (object == nullptr || !object->is_object()) return core::fail(Errc::kInvalid, std::string(name) + ": an object is expected");
  for (const auto& [key, value] : body) {
    if (key == name) continue;
    return core::fail(Errc::kInvalid, "there is no such field: " + std::string(cut_text(std::string_view(key.data(), key.size()), kRuleIdBytesMax)));
  }
  return std::move(object->as_object());
}

json::object trial_json(const pipeline::TextTrial& trial) {
  json::array findings;
  for (const pipeline::TrialFinding& each : trial.findings) {
    json::object one;
    one["rule"] = each.rule;
    one["label"] = each.label;
    one["mode"] = to_string(each.mode);
    one["begin"] = each.range.begin;
    one["end"] = each.range.end;
    findings.push_back(std::move(one));
  }
  json::object out;
  out["findings"] = std::move(findings);
  out["after"] = trial.after;
  return out;
}

}  // namespace

Answer list_redaction_rules(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  POSTERN_CO_TRY(Week week, week_of(bench, request.who().workspace));
  const auto rules = bench->sets.effective(request.who().workspace);
  json::array list;
  for (const pipeline::RuleSpec& each : rules->rules) list.push_back(shown(each, week));
  json::object out;
  out["version"] = rules->version;
  out["is_fallback"] = rules->is_fallback;
  out["days_counted"] = kDaysCounted;
  out["messages_seen"] = week ? json::value(week->messages_seen) : json::value();
  out["redaction_rules"] = std::move(list);
  Response response = json_response(200, out);
  response.set("ETag", rules_etag(rules->version));
  co_return response;
}

Answer show_redaction_rule(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  const auto rules = bench->sets.effective(request.who().workspace);
  const pipeline::RuleSpec* rule = find_rule(*rules, request.param("rule"));
  if (rule == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(Week week, week_of(bench, request.who().workspace));
  json::object out;
  out["version"] = rules->version;
  out["redaction_rule"] = shown(*rule, week);
  Response response = json_response(200, out);
  response.set("ETag", rules_etag(rules->version));
  co_return response;
}

Answer create_redaction_rule(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  POSTERN_CO_TRY(json::object body, read_body(request, context, "redaction_rule"));
  Form form(body, "redaction_rule");
  const auto rules = bench->sets.effective(request.who().workspace);
  pipeline::RuleSpec rule;
  rule.id = form.required_text("id", kRuleIdBytesMax);
  rule.mode = pipeline::RuleMode::kShadow;  // unless told otherwise: a new rule only counts
  read_rule(form, body, rule);
  if (find_rule(*rules, rule.id) != nullptr) form.refuse("id", "DuplicateValue", "there is a rule of that id");
  POSTERN_CO_TRY(ticketing::RuleEdit edit, read_edit(request, &form, *bench));
  if (!form.ok()) co_return form.response(request);
  if (!edit.expected) edit.expected = rules->version;
  const Change change = co_await bench->sets.put_rule(request.who(), std::move(rule), std::move(edit));
  co_return change_response(change, request, *bench, 201);
}

Answer update_redaction_rule(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  POSTERN_CO_TRY(json::object body, read_body(request, context, "redaction_rule"));
  Form form(body, "redaction_rule");
  const auto rules = bench->sets.effective(request.who().workspace);
  const pipeline::RuleSpec* now = find_rule(*rules, request.param("rule"));
  if (now == nullptr) co_return core::fail(Errc::kNotFound);
  pipeline::RuleSpec rule = *now;
  read_rule(form, body, rule);
  if (form.text("id", kRuleIdBytesMax).value_or(rule.id) != rule.id) form.refuse("id", "InvalidValue", "the id of a rule stays");
  POSTERN_CO_TRY(ticketing::RuleEdit edit, read_edit(request, &form, *bench));
  if (!form.ok()) co_return form.response(request);
  if (!edit.expected) edit.expected = rules->version;
  const Change change = co_await bench->sets.put_rule(request.who(), std::move(rule), std::move(edit));
  co_return change_response(change, request, *bench);
}

Answer delete_redaction_rule(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  POSTERN_CO_TRY(ticketing::RuleEdit edit, read_edit(request, nullptr, *bench));
  const auto rules = bench->sets.effective(request.who().workspace);
  std::string id(request.param("rule"));
  if (find_rule(*rules, id) == nullptr) co_return core::fail(Errc::kNotFound);
  const Change change = co_await bench->sets.remove_rule(request.who(), std::move(id), std::move(edit));
  co_return change_response(change, request, *bench);
}

Answer roll_out_redaction_rule(Request& request, Context& context) {
  constexpr std::size_t kInboxesMax = 1'000;
  constexpr std::size_t kAddressBytesMax = 320;
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  POSTERN_CO_TRY(json::object body, read_body(request, context, "rollout"));
  Form form(body, "rollout");
  refuse_others(form, body, "RedactionRollout");
  ticketing::RuleRollout where;
  where.rule = std::string(request.param("rule"));
  const std::optional<pipeline::RuleMode> mode = read_mode(form, "mode");
  if (!form.has("mode")) form.refuse("mode", "BlankValue", "cannot be blank");
  where.mode = mode.value_or(pipeline::RuleMode::kOff);
  where.inboxes = form.texts("inboxes", kInboxesMax, kAddressBytesMax);
  if (form.has("elsewhere") && where.inboxes.empty()) {
    form.refuse("elsewhere", "InvalidValue", "only beside inboxes; without them the mode holds everywhere");
  }
  where.elsewhere = read_mode(form, "elsewhere").value_or(pipeline::RuleMode::kShadow);
  POSTERN_CO_TRY(ticketing::RuleEdit edit, read_edit(request, &form, *bench));
  if (!form.ok()) co_return form.response(request);
  const Change change = co_await bench->sets.rollout(request.who(), std::move(where), std::move(edit));
  co_return change_response(change, request, *bench);
}

Answer check_redaction_rules(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form form(body, "");
  refuse_others(form, body, "RedactionCheckBody");
  std::string document = form.text("document", pipeline::kRuleDocumentBytesMax).value_or(std::string());
  if (!form.has("document")) form.refuse("document", "BlankValue", "a rule document is expected");
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_TRY(pipeline::CheckedRules checked, co_await bench->sets.check(request.who().workspace, std::move(document)));
  if (!checked.is_good()) co_return rule_problems(checked.problems, request);
  json::array rules;
  for (const pipeline::RuleSpec& each : checked.rules) rules.push_back(rule_json(each));
  json::object out;
  out["tests_run"] = checked.tests_run;
  out["redaction_rules"] = std::move(rules);
  co_return json_response(200, out);
}

Answer test_redaction_rules(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  core::wipe(request.body.data(), request.body.size());
  Form form(body, "");
  refuse_others(form, body, "RedactionTestBody");
  std::optional<std::string> document = form.text("document", pipeline::kRuleDocumentBytesMax);
  std::string text = form.required_text("text", bench->sets.limits().trial_text_bytes_max);
  const std::string word = form.text("kind", 32).value_or("typed");
  const std::optional<pipeline::TextKind> kind = parse_kind(word);
  if (!kind) form.refuse("kind", "InvalidValue", "header, body, attachment, filename or typed");
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_TRY(ticketing::RuleTextTrial tried,
                 co_await bench->sets.try_text(request.who().workspace, std::move(document), std::move(text), *kind));
  if (!tried.problems.empty()) co_return rule_problems(tried.problems, request);
  co_return json_response(200, trial_json(tried.trial));
}

}  // namespace postern::web::api
