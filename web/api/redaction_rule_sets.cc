// Rule sets of a workspace: numbered documents with their history. One is in force; number 0 is the shipped rules alone.
#include "ticketing/rule_mark.h"
#include "web/api/handlers.h"
#include "web/api/rule_shapes.h"
#include "web/api/schemas.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

using Bench = const ticketing::RuleBench*;
using Change = core::Result<ticketing::RuleSetChange>;
using Differences = std::vector<ticketing::RuleDifference>;
using StoredSet = std::pair<ticketing::RuleSetVersion, std::string>;

core::Result<std::uint64_t> number_of(const Request& request) { return read_number(request.param("number")); }

}  // namespace

Answer list_rule_sets(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  POSTERN_CO_TRY(ticketing::RuleSetList sets, bench->sets.list(request.who().workspace));
  const auto rules = bench->sets.effective(request.who().workspace);
  json::array list;
  for (const ticketing::RuleSetVersion& each : sets.versions) list.push_back(rule_set_json(each));
  json::object out;
  out["active"] = sets.active;
  out["rolls_back_to"] = sets.before ? json::value(*sets.before) : json::value();
  out["is_fallback"] = rules->is_fallback;
  out["count"] = list.size();
  out["redaction_rule_sets"] = std::move(list);
  Response response = json_response(200, out);
  response.set("ETag", rules_etag(sets.active));
  co_return response;
}

Answer create_rule_set(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  refuse_others(outer, body, "RedactionRuleSetBody");
  if (!outer.has("redaction_rule_set")) outer.refuse("redaction_rule_set", "BlankValue", "cannot be blank");
  json::object object = outer.object("redaction_rule_set");
  if (!outer.ok()) co_return outer.response(request);
  Form form(object, "redaction_rule_set");
  refuse_others(form, object, "RedactionRuleSetWrite");
  ticketing::RuleSetDraft draft;
  draft.document = form.text("document", pipeline::kRuleDocumentBytesMax).value_or(std::string());
  if (!form.has("document")) form.refuse("document", "BlankValue", "a rule document is expected");
  const std::optional<std::uint64_t> on_top_of = form.id("on_top_of");
  draft.is_activated = form.boolean("activate").value_or(true);
  POSTERN_CO_TRY(ticketing::RuleEdit edit, read_edit(request, &form, *bench));
  if (!form.ok()) co_return form.response(request);
  draft.note = std::move(edit.note);
  draft.expected = edit.expected ? edit.expected : on_top_of;
  // What somebody else put in force meanwhile is not undone unseen; "*" says that any version may be.
  draft.must_name_version = draft.is_activated && request.field("if-match") != "*";
  const bool names_version = draft.expected || ticketing::marked_version(draft.document);
  const Change change = co_await bench->sets.put_version(request.who(), std::move(draft));
  co_return change_response(change, request, *bench, 201, names_version ? VersionNamed::kYes : VersionNamed::kNo);
}

Answer show_rule_set(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  POSTERN_CO_TRY(std::uint64_t number, number_of(request));
  POSTERN_CO_TRY(StoredSet stored, bench->sets.get(request.who().workspace, number));
  json::object shown = rule_set_json(stored.first);
  shown["document"] = stored.second;
  json::object out;
  out["redaction_rule_set"] = std::move(shown);
  co_return json_response(200, out);
}

Answer show_rule_set_difference(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  POSTERN_CO_TRY(std::uint64_t from, number_of(request));
  const std::uint64_t active = bench->sets.effective(request.who().workspace)->version;
  POSTERN_CO_TRY(std::uint64_t to, query_number(request, "to", active));
  POSTERN_CO_TRY(Differences differences, co_await bench->sets.difference(request.who().workspace, from, to));
  json::object out;
  out["from"] = from;
  out["to"] = to;
  out["differences"] = differences_json(differences);
  co_return json_response(200, out);
}

Answer activate_rule_set(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  POSTERN_CO_TRY(std::uint64_t number, number_of(request));
  POSTERN_CO_TRY(ticketing::RuleEdit edit, read_edit(request, nullptr, *bench));
  const Change change = co_await bench->sets.activate(request.who(), number, std::move(edit));
  co_return change_response(change, request, *bench);
}

Answer roll_back_rule_set(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  POSTERN_CO_TRY(ticketing::RuleEdit edit, read_edit(request, nullptr, *bench));
  const Change change = co_await bench->sets.rollback(request.who(), std::move(edit));
  co_return change_response(change, request, *bench);
}

}  // namespace postern::web::api
