// Replays of a rule set over stored mail, beside the rules in force or others. They run on; the answer is asked for again.
#include "web/api/days.h"
#include "web/api/handlers.h"
#include "web/api/rule_shapes.h"
#include "web/api/schemas.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

using Bench = const ticketing::RuleBench*;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr const char* kLimitOfReplays =
    "Stored mail is redacted already: values that enforced rules have hidden do not show in either column.";

json::array tickets_json(const std::vector<core::TicketId>& tickets) {
  json::array out;
  for (const core::TicketId each : tickets) out.emplace_back(each.value);
  return out;
}

json::object side_json(const ticketing::FindingSums& sums, std::uint64_t read) {
  json::object out;
  out["messages"] = sums.messages;
  out["findings"] = sums.findings;
  out["hit_rate"] = rate(sums.messages, read);
  return out;
}

json::object replay_rule_json(const ticketing::ReplayRule& rule, std::uint64_t read) {
  json::array places;
  for (const ticketing::ReplayPlace& each : rule.places) {
    json::object one;
    one["where"] = each.where;
    one["label"] = each.label;
    one["active"] = each.active;
    one["candidate"] = each.candidate;
    places.push_back(std::move(one));
  }
  json::object out;
  out["rule"] = rule.rule;
  out["active"] = side_json(rule.active, read);
  out["candidate"] = side_json(rule.candidate, read);
  out["only_active"] = rule.only_active;
  out["only_candidate"] = rule.only_candidate;
  out["places"] = std::move(places);
  out["ticket_ids"] = tickets_json(rule.tickets);
  out["only_active_ticket_ids"] = tickets_json(rule.only_active_tickets);
  out["only_candidate_ticket_ids"] = tickets_json(rule.only_candidate_tickets);
  return out;
}

json::object replay_json(const ticketing::ReplayStatus& status) {
  json::object out;
  out["url"] = "/api/v2/redaction_replays/" + std::to_string(status.id);
  out["id"] = status.id;
  out["state"] = to_string(status.state);
  out["started_at"] = timestamp(status.started_unix_ms);
  out["ended_at"] = status.ended_unix_ms == 0 ? json::value() : json::value(timestamp(status.ended_unix_ms));
  out["active_version"] = status.active_version;
  out["against_version"] = status.against_version ? json::value(*status.against_version) : json::value();
  out["candidate_version"] = status.candidate_version ? json::value(*status.candidate_version) : json::value();
  out["messages_found"] = status.messages_found;
  out["messages_read"] = status.messages_read;
  out["messages_failed"] = status.messages_failed;
  out["bytes_read"] = status.bytes_read;
  out["cut_short_by"] = status.cut_short_by.empty() ? json::value() : json::value(status.cut_short_by);
  return out;
}

// The end of a day belongs to the period.
std::int64_t read_day(Form& form, const char* name, std::uint64_t days_later) {
  const std::optional<std::string> text = form.text(name, 32);
  if (!text) return 0;
  const std::optional<std::uint64_t> day = parse_date(*text);
  if (!day) form.refuse(name, "InvalidValue", "a date such as 2026-11-22 is expected");
  return static_cast<std::int64_t>(day.value_or(0) + days_later) * kDayMs;
}

}  // namespace

Answer start_redaction_replay(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  refuse_others(outer, body, "RedactionReplayBody");
  if (!outer.has("redaction_replay")) outer.refuse("redaction_replay", "BlankValue", "cannot be blank");
  json::object object = outer.object("redaction_replay");
  Form form(object, "redaction_replay");
  refuse_others(form, object, "RedactionReplayWrite");
  ticketing::ReplayRequest wanted;
  wanted.document = form.text("document", pipeline::kRuleDocumentBytesMax);
  const std::optional<std::uint64_t> version = form.id("version");
  wanted.version = version.value_or(0);
  wanted.messages_max = form.id("messages").value_or(0);
  wanted.from_unix_ms = read_day(form, "from", 0);
  wanted.until_unix_ms = read_day(form, "to", 1);
  wanted.against_document = form.text("against_document", pipeline::kRuleDocumentBytesMax);
  if (const json::value* against = object.if_contains("against_version"); against != nullptr && !against->is_null()) {
    wanted.against_version = form.id("against_version");
  }
  if (wanted.against_document && wanted.against_version) form.refuse("against_document", "InvalidValue", "a document or a version, not both");
  if (outer.ok() && wanted.document.has_value() == version.has_value()) form.refuse("document", "InvalidValue", "either a document or a version");
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_TRY(ticketing::ReplayStart started, co_await bench->replays.start(request.who(), std::move(wanted)));
  if (started.id == 0) co_return rule_problems(started.problems, request);
  POSTERN_CO_TRY(ticketing::ReplayStatus status, bench->replays.find(request.who().workspace, started.id));
  json::object out;
  out["redaction_replay"] = replay_json(status);
  Response response = json_response(202, out);
  response.set("Location", "/api/v2/redaction_replays/" + std::to_string(started.id));
  co_return response;
}

Answer list_redaction_replays(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  json::array list;
  for (const ticketing::ReplayStatus& each : bench->replays.list(request.who().workspace)) list.push_back(replay_json(each));
  json::object out;
  out["redaction_replays"] = std::move(list);
  co_return json_response(200, out);
}

Answer show_redaction_replay(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  POSTERN_CO_TRY(std::uint64_t id, read_number(request.param("id")));
  POSTERN_CO_TRY(ticketing::ReplayStatus status, bench->replays.find(request.who().workspace, id));
  json::array rules;
  for (const ticketing::ReplayRule& each : status.rules) rules.push_back(replay_rule_json(each, status.messages_read));
  json::object shown = replay_json(status);
  shown["limitation"] = kLimitOfReplays;
  shown["rules"] = std::move(rules);
  json::object out;
  out["redaction_replay"] = std::move(shown);
  co_return json_response(200, out);
}

Answer cancel_redaction_replay(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  POSTERN_CO_TRY(std::uint64_t id, read_number(request.param("id")));
  POSTERN_CO_CHECK(bench->replays.cancel(request.who(), id));
  Response response;
  response.status = 204;
  co_return response;
}

}  // namespace postern::web::api
