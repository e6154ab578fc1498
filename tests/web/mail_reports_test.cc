// Reports of others about our mail, over the API: lists, sums, sources, TLS; who sees them, periods, pages.
#include <fmt/format.h>

#include "tests/web/described.h"
#include "tests/web/web_app.h"

namespace postern::test {
namespace {

using pipeline::ReceivedReports;
namespace json = boost::json;

constexpr const char* kPath = "/api/v2/mail_reports";

pipeline::ReportRow row(const std::string& address, std::uint64_t count, bool is_aligned) {
  pipeline::ReportRow out;
  out.source_ip = address;
  out.count = count;
  out.is_dkim_aligned = is_aligned;
  if (!is_aligned) out.disposition = pipeline::ReportDisposition::kQuarantine;
  out.header_from = "example.com";
  out.dkim = {{"example.com", "s1", is_aligned ? pipeline::AuthResult::kPass : pipeline::AuthResult::kFail}};
  out.reasons = {{"local_policy", "list"}};
  return out;
}

// Of the day before today.
class Reporting {
 public:
  explicit Reporting(WebApp& app) : app_(app), day_(core::to_unix_ms(app.clock.wall_now()) / 86'400'000 - 1) {}
  void aggregate(const std::string& id, std::vector<pipeline::ReportRow> rows, bool is_proven = true) {
    pipeline::AggregateReport report;
    report.metadata.org_name = "Reporter";
    report.metadata.report_id = id;
    report.metadata.begin_unix = day_ * 86'400;
    report.metadata.end_unix = report.metadata.begin_unix + 86'399;
    report.policy.domain = "example.com";
    report.policy.p = "reject";
    report.rows = std::move(rows);
    ReceivedReports received;
    received.aggregate.push_back(std::move(report));
    app_.receive_reports("dmarc@reporter.example", std::move(received), is_proven);
  }
  void tls() {
    pipeline::TlsReport report;
    report.organization = "Reporter";
    report.report_id = "t";
    report.begin_unix = day_ * 86'400;
    report.end_unix = report.begin_unix + 86'399;
    report.policies.push_back({"sts", "example.com", {"mx.example.com"}, 95, 5, {{"certificate-expired", "192.0.2.9", "mx.example.com", "", "", 5, ""}}});
    ReceivedReports received;
    received.tls.push_back(std::move(report));
    app_.receive_reports("tls@reporter.example", std::move(received));
  }
  std::string date() const { return core::to_rfc3339(core::from_unix_ms(day_ * 86'400'000)).substr(0, 10); }

 private:
  WebApp& app_;
  std::int64_t day_;
};

std::int64_t number(const json::value& value) { return value.to_number<std::int64_t>(); }

TEST(MailReportsApi, ListsAndShowsWhatCameIn) {
  WebApp app;
  Reporting reporting(app);
  reporting.aggregate("a-1", {row("192.0.2.1", 8, true), row("192.0.2.2", 2, false)});
  reporting.tls();
  reporting.aggregate("a-1", {row("192.0.2.1", 8, true)}, false);
  Reply list = app.get(kPath, app.admin_token);
  ASSERT_EQ(list.status, 200) << list.body;
  const json::value reports = list.at("mail_reports");
  ASSERT_EQ(reports.as_array().size(), 3U);
  EXPECT_FALSE(reports.at(0).at("authenticated").as_bool());
  EXPECT_EQ(reports.at(1).at("kind").as_string(), "tls");
  EXPECT_EQ(number(reports.at(1).at("sessions")), 100);
  const json::value aggregate = reports.at(2);
  EXPECT_EQ(aggregate.at("kind").as_string(), "aggregate");
  EXPECT_EQ(aggregate.at("reporter").as_string(), "reporter.example");
  EXPECT_EQ(aggregate.at("report_id").as_string(), "a-1");
  EXPECT_TRUE(aggregate.at("counted").as_bool());
  EXPECT_TRUE(aggregate.at("not_counted").is_null());
  EXPECT_EQ(number(aggregate.at("messages")), 10);
  EXPECT_EQ(aggregate.at("begins_at").as_string(), reporting.date() + "T00:00:00Z");

  Reply shown = app.get(std::string(aggregate.at("url").as_string()), app.admin_token);
  ASSERT_EQ(shown.status, 200) << shown.body;
  const json::value report = shown.at("mail_report");
  EXPECT_EQ(report.at("published").at("p").as_string(), "reject");
  EXPECT_EQ(report.at("rows").as_array().size(), 2U);
  EXPECT_EQ(report.at("rows").at(1).at("disposition").as_string(), "quarantine");
  EXPECT_EQ(report.at("rows").at(0).at("dkim").at(0).at("selector").as_string(), "s1");
  EXPECT_EQ(report.at("rows").at(0).at("reasons").at(0).at("type").as_string(), "local_policy");
  Reply tls = app.get(std::string(reports.at(1).at("url").as_string()), app.admin_token);
  EXPECT_EQ(tls.at("mail_report", "policies").at(0).at("failure_details").at(0).at("result_type").as_string(), "certificate-expired");
  EXPECT_EQ(app.get(fmt::format("{}/12", kPath), app.admin_token).status, 404);
}

TEST(MailReportsApi, PagesByCursorWithoutGapsOrRepeats) {
  WebApp app;
  Reporting reporting(app);
  for (int i = 0; i < 5; ++i) reporting.aggregate(std::to_string(i), {row(fmt::format("192.0.2.{}", i), static_cast<std::uint64_t>(10 - i), true)});
  const auto walk = [&app](std::string path, const char* list, const char* field) {
    std::string out;
    for (std::size_t pages = 0; pages < 9 && !path.empty(); ++pages) {
      Reply reply = app.get(path, app.admin_token);
      EXPECT_EQ(reply.status, 200) << reply.body;
      const json::value page = reply.at(list);
      for (const auto& each : page.as_array()) out += std::string(each.at(field).as_string()) + ' ';
      const json::value next = reply.at("links", "next");
      path = next.is_null() ? std::string() : std::string(next.as_string());
    }
    return out;
  };
  EXPECT_EQ(walk(fmt::format("{}?page%5Bsize%5D=2", kPath), "mail_reports", "report_id"), "4 3 2 1 0 ");
  EXPECT_EQ(walk(fmt::format("{}/sources?domain=Example.com&page%5Bsize%5D=2", kPath), "sources", "source_ip"),
            "192.0.2.0 192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4 ");
}

TEST(MailReportsApi, AggregateAddsUpByDomainAndDay) {
  WebApp app;
  Reporting reporting(app);
  reporting.aggregate("1", {row("192.0.2.1", 6, true), row("192.0.2.2", 2, false)});
  reporting.aggregate("2", {row("192.0.2.9", 92, true)}, false);
  const std::string path = std::string(kPath) + "/aggregate";
  Reply all = app.get(path, app.admin_token);
  ASSERT_EQ(all.status, 200) << all.body;
  const json::value domains = all.at("domains");
  ASSERT_EQ(domains.as_array().size(), 1U);
  EXPECT_EQ(number(domains.at(0).at("messages")), 8);
  EXPECT_EQ(domains.at(0).at("pass_rate").to_number<double>(), 0.75);
  EXPECT_EQ(number(domains.at(0).at("quarantined")), 2);
  EXPECT_FALSE(domains.at(0).as_object().contains("days"));
  Reply one = app.get(path + "?domain=example.com&from=" + reporting.date() + "&to=" + reporting.date(), app.admin_token);
  ASSERT_EQ(one.at("domains").as_array().size(), 1U) << one.body;
  EXPECT_EQ(one.at("domains").at(0).at("days").at(0).at("date").as_string(), reporting.date());
  EXPECT_EQ(one.at("domains").at(0).at("reporters").at(0).at("domain").as_string(), "reporter.example");
  Reply trusting = app.get(path + "?domain=example.com&unauthenticated=true", app.admin_token);
  EXPECT_EQ(number(trusting.at("domains").at(0).at("messages")), 100);
  EXPECT_TRUE(app.get(path + "?domain=example.com&from=2020-01-01&to=2020-01-31", app.admin_token).at("domains").as_array().empty());
  EXPECT_TRUE(app.get(path + "?domain=other.example", app.admin_token).at("domains").as_array().empty());
}

TEST(MailReportsApi, TlsShowsFailuresByType) {
  WebApp app;
  Reporting reporting(app);
  reporting.tls();
  Reply reply = app.get(std::string(kPath) + "/tls?domain=example.com", app.admin_token);
  ASSERT_EQ(reply.status, 200) << reply.body;
  const json::value domain = reply.at("domains").at(0);
  EXPECT_EQ(number(domain.at("sessions")), 100);
  EXPECT_EQ(domain.at("success_rate").to_number<double>(), 0.95);
  EXPECT_EQ(domain.at("policies").at(0).at("policy_type").as_string(), "sts");
  EXPECT_EQ(domain.at("failure_types").at(0).at("result_type").as_string(), "certificate-expired");
  EXPECT_EQ(number(domain.at("failure_types").at(0).at("sessions")), 5);
}

TEST(MailReportsApi, WrongQuestionsAreRefusedInWords) {
  WebApp app;
  for (const char* query : {"aggregate?from=yesterday", "aggregate?from=2026-02-30", "aggregate?to=2026-1-1", "aggregate?from=2020-01-01&to=2026-01-01",
                            "aggregate?from=2026-01-02&to=2026-01-01", "tls?from=2026-13-01", "sources", "sources?domain=a.example&page%5Bsize%5D=0"}) {
    Reply reply = app.get(fmt::format("{}/{}", kPath, query), app.admin_token);
    EXPECT_EQ(reply.status, 422) << query << ' ' << reply.body;
  }
  EXPECT_EQ(app.get(fmt::format("{}?page[after]=x", kPath), app.admin_token).status, 422);
}

TEST(MailReportsApi, NobodyElseReachesIt) {
  WebApp app;
  Reporting(app).aggregate("1", {row("192.0.2.1", 6, true)});
  const std::string url(app.get(kPath, app.admin_token).at("mail_reports").at(0).at("url").as_string());
  for (const std::string& path : {std::string(kPath), url, std::string(kPath) + "/aggregate"}) {
    EXPECT_EQ(app.get(path, app.agent_token).status, 403) << path;
    EXPECT_EQ(app.get(path, app.foreign_token).status, 403) << path;
  }
}

TEST(MailReportsApi, AnswersAreAsDescribed) {
  WebApp app;
  const Described described(app);
  Reporting reporting(app);
  reporting.aggregate("a-1", {row("192.0.2.1", 8, true), row("192.0.2.2", 2, false)});
  reporting.tls();
  const Reply list = app.get(kPath, app.admin_token);
  EXPECT_EQ(described.wrong_with(list, kPath, "get"), "");
  const json::value reports = list.at("mail_reports");
  for (const json::value& each : reports.as_array()) {
    const Reply one = app.get(fmt::format("{}/{}", kPath, each.at("id").to_number<std::uint64_t>()), app.admin_token);
    EXPECT_EQ(described.wrong_with(one, "/api/v2/mail_reports/{id}", "get"), "");
  }
  for (const char* kind : {"aggregate", "sources", "tls"}) {
    const std::string path = fmt::format("{}/{}", kPath, kind);
    for (const std::string query : {"", "?domain=example.com"}) {
      if (query.empty() && path.ends_with("sources")) continue;  // those of one domain
      const Reply sums = app.get(path + query, app.admin_token);
      ASSERT_EQ(sums.status, 200) << sums.body;
      EXPECT_EQ(described.wrong_with(sums, path, "get"), "") << query;
    }
  }
}

}  // namespace
}  // namespace postern::test
