// What others report about mail in our name: DMARC aggregate and TLS reports, for administrators.
#include <algorithm>

#include "core/encoding.h"
#include "web/api/days.h"
#include "web/api/handlers.h"
#include "web/api/json.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

using ticketing::ReportQuestion;

constexpr std::uint64_t kDaysByDefault = 30;
constexpr std::size_t kDetailsMax = 100;  // reporters, failures and domains of one answer
constexpr std::size_t kDomainBytesMax = 255;

using Reports = std::vector<ticketing::MailReport>;
using Sources = std::vector<ticketing::SourceSums>;
using Summaries = std::vector<ticketing::DomainSummary>;
using TlsSummaries = std::vector<ticketing::TlsSummary>;

// `domain`, `from`, `to` (both days included; the last thirty by default) and `unauthenticated`.
core::Result<ReportQuestion> read_question(const Request& request, const Context& context) {
  const auto today = static_cast<std::uint64_t>(core::to_unix_ms(context.services.clock.wall_now()) / 86'400'000);
  ReportQuestion out;
  out.domain = core::to_lower_ascii(request.query_value("domain").value_or(std::string_view()));
  if (out.domain.size() > kDomainBytesMax) return core::fail(Errc::kInvalid, "domain");
  POSTERN_TRY(out.last_day, read_date(request, "to", today));
  POSTERN_TRY(out.first_day, read_date(request, "from", out.last_day - std::min(out.last_day, kDaysByDefault - 1)));
  out.with_unauthenticated = request.query_value("unauthenticated").value_or(std::string_view()) == "true";
  return out;
}

json::object answer_to(const ReportQuestion& question) {
  json::object out;
  out["from"] = date_of(question.first_day);
  out["to"] = date_of(question.last_day);
  out["unauthenticated"] = question.with_unauthenticated;
  return out;
}

void add_sums(json::object& out, const ticketing::ReportSums& sums) {
  out["messages"] = sums.messages;
  out["passed"] = sums.passed;
  out["pass_rate"] = rate(sums.passed, sums.messages);
  out["dkim_aligned"] = sums.dkim_aligned;
  out["spf_aligned"] = sums.spf_aligned;
  out["quarantined"] = sums.quarantined;
  out["rejected"] = sums.rejected;
}

void add_sessions(json::object& out, std::uint64_t successes, std::uint64_t failures) {
  out["sessions"] = successes + failures;
  out["successes"] = successes;
  out["failures"] = failures;
  out["success_rate"] = rate(successes, successes + failures);
}

json::array reporters_json(const std::vector<ticketing::ReporterSums>& from, const char* unit) {
  json::array out;
  for (const ticketing::ReporterSums& each : from) {
    if (out.size() >= kDetailsMax) break;
    json::object one;
    one["domain"] = each.domain;
    one["organization"] = each.organization;
    one["reports"] = each.reports;
    one[unit] = each.total;
    out.push_back(std::move(one));
  }
  return out;
}

json::object summary_json(const ticketing::DomainSummary& from, bool with_days) {
  json::object out;
  out["domain"] = from.domain;
  add_sums(out, from.sums);
  if (!with_days) return out;
  json::array days;
  for (const auto& [day, sums] : from.days) {
    json::object one;
    one["date"] = date_of(day);
    add_sums(one, sums);
    days.push_back(std::move(one));
  }
  out["days"] = std::move(days);
  out["reporters"] = reporters_json(from.reporters, "messages");
  return out;
}

json::object tls_json(const ticketing::TlsSummary& from, bool with_days) {
  json::object out;
  out["domain"] = from.domain;
  add_sessions(out, from.successes, from.failures);
  if (!with_days) return out;
  json::array days;
  for (const ticketing::TlsDaySums& each : from.days) {
    json::object one;
    one["date"] = date_of(each.day);
    add_sessions(one, each.successes, each.failures);
    days.push_back(std::move(one));
  }
  json::array policies;
  for (const ticketing::TlsTypeSums& each : from.policies) {
    json::object one;
    one["policy_type"] = each.type;
    add_sessions(one, each.successes, each.failures);
    policies.push_back(std::move(one));
  }
  json::array failures;
  for (const ticketing::TlsFailureSums& each : from.details) {
    if (failures.size() >= kDetailsMax) break;
    json::object one;
    one["result_type"] = each.result_type;
    one["receiving_host"] = each.receiving_host;
    one["sessions"] = each.sessions;
    failures.push_back(std::move(one));
  }
  out["days"] = std::move(days);
  out["policies"] = std::move(policies);
  out["failure_types"] = std::move(failures);
  out["reporters"] = reporters_json(from.reporters, "sessions");
  return out;
}

// Of every domain in short, most first; of one domain with its days and reporters.
template <class Summary, class Shape>
json::object domains_json(const ReportQuestion& question, const std::vector<Summary>& from, Shape shape) {
  json::array domains;
  for (const Summary& each : from) {
    if (domains.size() < kDetailsMax) domains.push_back(shape(each, !question.domain.empty()));
  }
  json::object out = answer_to(question);
  out["domains_left_out"] = from.size() - domains.size();
  out["domains"] = std::move(domains);
  return out;
}

json::object report_json(const ticketing::MailReport& report) {
  json::array domains;
  for (const std::string& each : report.domains) domains.emplace_back(each);
  json::object out;
  out["url"] = "/api/v2/mail_reports/" + std::to_string(report.id);
  out["id"] = report.id;
  out["kind"] = ticketing::to_string(report.kind);
  out["received_at"] = timestamp(report.received_unix_ms);
  out["trace"] = core::to_base32(report.trace.value);
  out["inbox_id"] = report.inbox.value;
  out["reporter"] = report.reporter;
  out["authenticated"] = report.is_authenticated;
  out["counted"] = report.not_counted.empty();
  out["not_counted"] = report.not_counted.empty() ? json::value() : json::value(report.not_counted);
  out["organization"] = report.organization;
  out["contact"] = report.contact;
  out["report_id"] = report.report_id;
  out["begins_at"] = timestamp(report.begin_unix * 1000);
  out["ends_at"] = timestamp(report.end_unix * 1000);
  out["domains"] = std::move(domains);
  out[report.kind == ticketing::ReportKind::kTls ? "sessions" : "messages"] = report.total;
  out["passed"] = report.passed;
  return out;
}

json::object row_json(const pipeline::ReportRow& row) {
  json::array dkim;
  for (const auto& each : row.dkim) dkim.push_back(json::object{{"domain", each.domain}, {"selector", each.selector}, {"result", to_string(each.result)}});
  json::array spf;
  for (const auto& each : row.spf) spf.push_back(json::object{{"domain", each.domain}, {"scope", each.scope}, {"result", to_string(each.result)}});
  json::array reasons;
  for (const auto& each : row.reasons) reasons.push_back(json::object{{"type", each.type}, {"comment", each.comment}});
  json::object out;
  out["source_ip"] = row.source_ip;
  out["messages"] = row.count;
  out["disposition"] = to_string(row.disposition);
  out["dkim_aligned"] = row.is_dkim_aligned;
  out["spf_aligned"] = row.is_spf_aligned;
  out["header_from"] = row.header_from;
  out["envelope_from"] = row.envelope_from ? json::value(*row.envelope_from) : json::value();
  out["envelope_to"] = row.envelope_to;
  out["reasons"] = std::move(reasons);
  out["dkim"] = std::move(dkim);
  out["spf"] = std::move(spf);
  return out;
}

json::object policy_json(const pipeline::TlsPolicyReport& policy) {
  json::array hosts;
  for (const std::string& each : policy.mx_hosts) hosts.emplace_back(each);
  json::array failures;
  for (const auto& each : policy.details) {
    json::object one;
    one["result_type"] = each.result_type;
    one["sending_ip"] = each.sending_ip;
    one["receiving_host"] = each.receiving_host;
    one["receiving_helo"] = each.receiving_helo;
    one["receiving_ip"] = each.receiving_ip;
    one["sessions"] = each.count;
    one["reason_code"] = each.reason_code;
    failures.push_back(std::move(one));
  }
  json::object out;
  out["policy_type"] = policy.type;
  out["domain"] = policy.domain;
  out["mx_hosts"] = std::move(hosts);
  add_sessions(out, policy.successes, policy.failures);
  out["failure_details"] = std::move(failures);
  return out;
}

json::object published_json(const pipeline::AggregateReport& report) {
  const pipeline::ReportPolicy& policy = report.policy;
  return {{"domain", policy.domain}, {"p", policy.p},         {"sp", policy.sp},           {"np", policy.np}, {"adkim", policy.adkim},
          {"aspf", policy.aspf},     {"fo", policy.fo},       {"testing", policy.testing}, {"discovery_method", policy.discovery_method}};
}

}  // namespace

Answer list_mail_reports(Request& request, Context& context) {
  POSTERN_CO_TRY(Page page, read_page(request, context.options));
  POSTERN_CO_TRY(std::uint64_t before, query_number(request, "page[after]", 0));
  POSTERN_CO_TRY(Reports reports, context.services.mail_reports.list(request.who().workspace, page.size + 1, before));
  bool has_more = reports.size() > page.size;
  if (has_more) reports.resize(page.size);
  json::array list;
  for (const ticketing::MailReport& each : reports) list.push_back(report_json(each));
  json::object out;
  out["mail_reports"] = std::move(list);
  add_page(out, request, has_more, reports.empty() ? std::string() : std::to_string(reports.back().id), page.size);
  co_return json_response(200, out);
}

Answer show_mail_report(Request& request, Context& context) {
  POSTERN_CO_TRY(std::uint64_t id, read_number(request.param("id")));
  POSTERN_CO_TRY(ticketing::MailReportDetail detail, context.services.mail_reports.get(request.who().workspace, id));
  json::object shown = report_json(detail.report);
  shown["left_out"] = detail.left_out;
  if (detail.report.kind == ticketing::ReportKind::kTls) {
    json::array policies;
    for (const auto& each : detail.tls.policies) policies.push_back(policy_json(each));
    shown["policies"] = std::move(policies);
  } else {
    json::array rows;
    for (const auto& each : detail.aggregate.rows) rows.push_back(row_json(each));
    json::array errors;
    for (const std::string& each : detail.aggregate.metadata.errors) errors.emplace_back(each);
    shown["published"] = published_json(detail.aggregate);
    shown["errors"] = std::move(errors);
    shown["rows"] = std::move(rows);
  }
  json::object out;
  out["mail_report"] = std::move(shown);
  co_return json_response(200, out);
}

Answer show_aggregate_reports(Request& request, Context& context) {
  POSTERN_CO_TRY(ReportQuestion question, read_question(request, context));
  POSTERN_CO_TRY(Summaries domains, context.services.mail_reports.aggregate(request.who().workspace, question));
  co_return json_response(200, domains_json(question, domains, summary_json));
}

// The cursor is how many were shown: the list is made anew from sums that only grow.
Answer list_report_sources(Request& request, Context& context) {
  POSTERN_CO_TRY(NumberPage page, read_number_page(request, context.options));
  POSTERN_CO_TRY(ReportQuestion question, read_question(request, context));
  POSTERN_CO_TRY(Sources sources, context.services.mail_reports.sources(request.who().workspace, question));
  json::array list;
  std::size_t at = std::min<std::size_t>(page.after, sources.size());
  for (; at < sources.size() && list.size() < page.size; ++at) {
    json::object one;
    one["source_ip"] = sources[at].source_ip.empty() ? json::value() : json::value(sources[at].source_ip);
    add_sums(one, sources[at].sums);
    list.push_back(std::move(one));
  }
  json::object out = answer_to(question);
  out["domain"] = question.domain;
  out["count"] = sources.size();
  out["sources"] = std::move(list);
  add_page(out, request, at < sources.size(), std::to_string(at), page.size);
  co_return json_response(200, out);
}

Answer show_tls_reports(Request& request, Context& context) {
  POSTERN_CO_TRY(ReportQuestion question, read_question(request, context));
  POSTERN_CO_TRY(TlsSummaries domains, context.services.mail_reports.tls(request.who().workspace, question));
  co_return json_response(200, domains_json(question, domains, tls_json));
}

}  // namespace postern::web::api
