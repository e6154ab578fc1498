// What redaction rules find in live traffic, and what people call wrong about it. Never a value.
#include <algorithm>

#include "web/api/days.h"
#include "web/api/handlers.h"
#include "web/api/rule_shapes.h"
#include "web/api/schemas.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

using Bench = const ticketing::RuleBench*;
using Marks = std::vector<ticketing::FindingMark>;

constexpr std::uint64_t kDaysByDefault = 7;
constexpr std::size_t kPlacesMax = 100;  // of one rule in one answer
constexpr std::size_t kRuleIdBytesMax = 40;
constexpr std::size_t kWhereBytesMax = 1'000;

json::object sums_json(const ticketing::FindingSums& sums, std::uint64_t seen) {
  json::object out;
  out["messages"] = sums.messages;
  out["findings"] = sums.findings;
  out["hit_rate"] = rate(sums.messages, seen);
  return out;
}

json::object rule_stats_json(const ticketing::RuleFindings& of, std::uint64_t seen) {
  json::array places;
  for (const ticketing::FindingPlace& each : of.places) {
    if (places.size() >= kPlacesMax) break;
    json::object one;
    one["where"] = each.where;
    one["label"] = each.label;
    one["mode"] = each.is_shadow ? "shadow" : "enforce";
    one["findings"] = each.findings;
    places.push_back(std::move(one));
  }
  json::object out;
  out["rule"] = of.rule;
  out["hit_rate"] = rate(of.enforced.messages + of.shadow.messages, seen);
  out["enforced"] = sums_json(of.enforced, seen);
  out["shadow"] = sums_json(of.shadow, seen);
  out["false_positives"] = of.false_positives;
  out["false_positive_rate"] = rate(of.false_positives, of.enforced.messages + of.shadow.messages);
  out["places_left_out"] = of.places.size() - places.size();
  out["places"] = std::move(places);
  return out;
}

json::object day_json(const ticketing::FindingDay& day) {
  json::object out;
  out["date"] = date_of(day.day);
  out["messages_seen"] = day.messages_seen;
  out["enforced"] = sums_json(day.enforced, day.messages_seen);
  out["shadow"] = sums_json(day.shadow, day.messages_seen);
  out["false_positives"] = day.false_positives;
  return out;
}

json::object mark_json(const ticketing::FindingMark& mark) {
  json::object out;
  out["id"] = mark.id;
  out["ticket_id"] = mark.ticket.value;
  out["ticket_url"] = "/api/v2/tickets/" + std::to_string(mark.ticket.value);
  out["comment_id"] = mark.comment.value;
  out["inbox_id"] = id_or_null(mark.inbox.value);
  out["rule"] = mark.rule;
  out["label"] = mark.label;
  out["part"] = mark.part;
  out["where"] = mark.where;
  out["count"] = mark.count;
  out["mode"] = mark.is_shadow ? "shadow" : "enforce";
  out["author_id"] = id_or_null(mark.author.value);
  out["created_at"] = timestamp(mark.at_unix_ms);
  return out;
}

std::optional<std::string> given(const Request& request, std::string_view name) {
  const std::optional<std::string_view> value = request.query_value(name);
  return value ? std::optional<std::string>(std::string(*value)) : std::nullopt;
}

}  // namespace

Answer show_redaction_stats(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  ticketing::FindingQuestion question;
  POSTERN_CO_TRY(question.last_day, read_date(request, "to", bench->findings.today()));
  POSTERN_CO_TRY(question.first_day, read_date(request, "from", question.last_day - std::min(question.last_day, kDaysByDefault - 1)));
  POSTERN_CO_TRY(question.inbox.value, query_number(request, "inbox_id", 0));
  question.rule = given(request, "rule").value_or(std::string());
  if (question.rule.size() > kRuleIdBytesMax) co_return core::fail(Errc::kInvalid, "rule");
  POSTERN_CO_TRY(ticketing::FindingReport report, bench->findings.report(request.who().workspace, question));
  json::array rules;
  for (const ticketing::RuleFindings& each : report.rules) rules.push_back(rule_stats_json(each, report.messages_seen));
  json::array days;
  for (const ticketing::FindingDay& each : report.days) days.push_back(day_json(each));
  json::object out;
  out["from"] = date_of(question.first_day);
  out["to"] = date_of(question.last_day);
  out["messages_seen"] = report.messages_seen;
  out["rules"] = std::move(rules);
  out["days"] = std::move(days);
  co_return json_response(200, out);
}

Answer list_redaction_feedback(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  POSTERN_CO_TRY(Page page, read_page(request, context.options));
  POSTERN_CO_TRY(std::uint64_t before, query_number(request, "page[after]", 0));
  POSTERN_CO_TRY(Marks marks, bench->feedback.list(request.who().workspace, page.size + 1, before));
  const bool has_more = marks.size() > page.size;
  if (has_more) marks.resize(page.size);
  json::array list;
  for (const ticketing::FindingMark& each : marks) list.push_back(mark_json(each));
  json::object out;
  out["redaction_feedback"] = std::move(list);
  add_page(out, request, has_more, marks.empty() ? std::string() : std::to_string(marks.back().id), page.size);
  co_return json_response(200, out);
}

Answer show_comment_feedback(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  const auto ticket = id_param<core::TicketId>(request, "id");
  const auto comment = id_param<core::CommentId>(request, "comment_id");
  POSTERN_CO_CHECK(context.services.tickets.comment(request.who(), ticket, comment));
  POSTERN_CO_TRY(Marks marks, bench->feedback.of_comment(request.who().workspace, ticket, comment));
  const bool sees_shadow = auth::may(request.who(), auth::Permission::kRulesManage);
  json::array list;
  for (const ticketing::FindingMark& each : marks) {
    if (sees_shadow || !each.is_shadow) list.push_back(mark_json(each));
  }
  json::object out;
  out["redaction_feedback"] = std::move(list);
  co_return json_response(200, out);
}

Answer mark_redaction(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  refuse_others(outer, body, "RedactionFeedbackBody");
  json::object object = outer.object("redaction_feedback");
  Form form(object, "redaction_feedback");
  refuse_others(form, object, "RedactionFeedbackWrite");
  ticketing::FindingChoice choice;
  choice.rule = form.required_text("rule", kRuleIdBytesMax);
  choice.part = form.text("part", kWhereBytesMax);
  choice.where = form.text("where", kWhereBytesMax);
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  const auto ticket = id_param<core::TicketId>(request, "id");
  const auto comment = id_param<core::CommentId>(request, "comment_id");
  POSTERN_CO_TRY(ticketing::FindingMark mark, co_await bench->feedback.mark(request.who(), ticket, comment, std::move(choice)));
  json::object out;
  out["redaction_feedback"] = mark_json(mark);
  co_return json_response(201, out);
}

Answer withdraw_redaction_mark(Request& request, Context& context) {
  POSTERN_CO_TRY(Bench bench, bench_of(context));
  ticketing::FindingChoice choice;
  choice.rule = given(request, "rule").value_or(std::string());
  choice.part = given(request, "part");
  choice.where = given(request, "where");
  if (choice.rule.empty()) co_return invalid_field(request, "rule", "BlankValue", "cannot be blank");
  const auto ticket = id_param<core::TicketId>(request, "id");
  const auto comment = id_param<core::CommentId>(request, "comment_id");
  POSTERN_CO_CHECK(co_await bench->feedback.withdraw(request.who(), ticket, comment, std::move(choice)));
  Response response;
  response.status = 204;
  co_return response;
}

}  // namespace postern::web::api
