// Schedules, SLA policies and ticket metrics over HTTP, in the shapes of the Zendesk API.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/web/described.h"
#include "tests/web/web_app.h"
#include "ticketing/service_levels/service_levels.h"

namespace postern::test {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSchedules = "/api/v2/business_hours/schedules";
constexpr const char* kPolicies = "/api/v2/slas/policies";
constexpr const char* kPolicy =
    R"({"sla_policy":{"title":"Normal","description":"All","filter":{"all":[{"field":"status","operator":"less_than","value":"solved"}],"any":[]},)"
    R"("policy_metrics":[{"priority":"normal","metric":"first_reply_time","target":60,"business_hours":false},)"
    R"({"priority":"urgent","metric":"first_reply_time","target_in_seconds":90}]}})";

std::uint64_t id_in(const Reply& reply, const char* kind) { return reply.at(kind, "id").to_number<std::uint64_t>(); }

Reply remove_at(WebApp& app, const std::string& path, const std::string& token) {
  Call call{"DELETE", path, {}, ""};
  return app.send(call.with("Authorization", "Bearer " + token));
}

// Issue 7: schedules in Zendesk's shapes.
TEST(ServiceLevelsApi, ASchedulesWeekAndHolidaysAreKept) {
  WebApp app;
  const Described described(app);
  const Reply made = app.post(kSchedules, app.admin_token, R"({"schedule":{"name":"Paris","time_zone":"Europe/Paris"}})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(described.wrong_with(made, kSchedules, "post"), "");
  const std::string place = fmt::format("{}/{}", kSchedules, id_in(made, "schedule"));
  EXPECT_EQ(made.field("location"), place);
  EXPECT_EQ(made.at("schedule", "intervals").as_array().size(), 5U);
  const Reply week = app.put(place + "/workweek", app.admin_token, R"({"workweek":{"intervals":[{"start_time":3480,"end_time":3600},{"start_time":1980,"end_time":2460}]}})");
  ASSERT_EQ(week.status, 200) << week.body;
  EXPECT_EQ(described.wrong_with(week, "/api/v2/business_hours/schedules/{id}/workweek", "put"), "");
  EXPECT_THAT(week.body, HasSubstr(R"([{"start_time":1980,"end_time":2460},{"start_time":3480,"end_time":3600}])"));
  const Reply holiday = app.post(place + "/holidays", app.admin_token, R"({"holiday":{"name":"Christmas","start_date":"2026-12-25","end_date":"2026-12-26"}})");
  ASSERT_EQ(holiday.status, 201) << holiday.body;
  EXPECT_EQ(described.wrong_with(holiday, "/api/v2/business_hours/schedules/{id}/holidays", "post"), "");
  const std::string day = fmt::format("{}/holidays/{}", place, id_in(holiday, "holiday"));
  const Reply moved = app.put(day, app.admin_token, R"({"holiday":{"end_date":"2026-12-25"}})");
  ASSERT_EQ(moved.status, 200) << moved.body;
  EXPECT_EQ(moved.at("holiday", "name").as_string(), "Christmas");
  EXPECT_EQ(app.get(day, app.agent_token).at("holiday", "end_date").as_string(), "2026-12-25");
  const Reply days = app.get(place + "/holidays", app.agent_token);
  EXPECT_EQ(days.at("count").to_number<int>(), 1);
  EXPECT_EQ(described.wrong_with(days, "/api/v2/business_hours/schedules/{id}/holidays", "get"), "");
  EXPECT_EQ(remove_at(app, day, app.admin_token).status, 204);
  EXPECT_EQ(remove_at(app, day, app.admin_token).status, 404);
  const Reply all = app.get(kSchedules, app.agent_token);
  EXPECT_EQ(described.wrong_with(all, kSchedules, "get"), "");
  EXPECT_EQ(all.at("count").to_number<int>(), 1);
  EXPECT_EQ(remove_at(app, place, app.admin_token).status, 204);
  EXPECT_EQ(app.get(place, app.agent_token).status, 404);
}

TEST(ServiceLevelsApi, RefusalsNameTheFieldAndRepeatNothing) {
  WebApp app;
  const auto refused = [&app](const std::string& path, const std::string& body) {
    const Reply reply = app.post(path, app.admin_token, body);
    EXPECT_EQ(reply.status, 422) << reply.body;
    EXPECT_THAT(reply.body, Not(HasSubstr("secretword")));
    return reply.body;
  };
  EXPECT_THAT(refused(kSchedules, R"({})"), HasSubstr("\"schedule\""));
  EXPECT_THAT(refused(kSchedules, R"({"schedule":{"name":"","time_zone":"UTC"}})"), HasSubstr("schedule.name"));
  EXPECT_THAT(refused(kSchedules, R"({"schedule":{"name":"A","time_zone":"secretword"}})"), HasSubstr("schedule.time_zone"));
  EXPECT_THAT(refused(kSchedules, R"({"schedule":{"name":"A","intervals":[{"start_time":5,"end_time":20000}]}})"), HasSubstr("schedule.intervals"));
  EXPECT_THAT(refused(kSchedules, R"({"schedule":{"name":"A","intervals":[{"start_time":"x"}]}})"), HasSubstr("schedule.intervals"));
  EXPECT_THAT(refused(kSchedules, R"({"schedule":{"name":"A","group_ids":[12345]}})"), HasSubstr("schedule.group_ids"));
  const Reply made = app.post(kSchedules, app.admin_token, R"({"schedule":{"name":"A"}})");
  const std::string holidays = fmt::format("{}/{}/holidays", kSchedules, id_in(made, "schedule"));
  EXPECT_THAT(refused(holidays, R"({"holiday":{"name":"H","start_date":"2026-02-30","end_date":"2026-03-01"}})"), HasSubstr("holiday.start_date"));
  EXPECT_THAT(refused(holidays, R"({"holiday":{"name":"H","start_date":"2026-03-02","end_date":"2026-03-01"}})"), HasSubstr("holiday"));
  EXPECT_THAT(refused(kPolicies, R"({"sla_policy":{"title":"P","filter":{"all":[{"field":"secretword","value":"x"}]}}})"), HasSubstr("sla_policy.filter.all[0].field"));
  EXPECT_THAT(refused(kPolicies, R"({"sla_policy":{"title":"P","filter":{"all":"x"}}})"), HasSubstr("sla_policy.filter"));
  EXPECT_THAT(refused(kPolicies, R"({"sla_policy":{"title":"P","filter":{"all":[{"field":"created_at","operator":"greater_than","value":"5"}]}}})"), HasSubstr("is not offered here"));
  EXPECT_THAT(refused(kPolicies, R"({"sla_policy":{"title":"P","policy_metrics":[{"priority":"normal","metric":"secretword","target":5}]}})"),
              HasSubstr("sla_policy.policy_metrics[0].metric"));
  EXPECT_THAT(refused(kPolicies, R"({"sla_policy":{"title":"P","policy_metrics":[{"priority":"normal","metric":"first_reply_time"}]}})"),
              HasSubstr("sla_policy.policy_metrics[0].target"));
  EXPECT_THAT(refused(kPolicies, R"({"sla_policy":{"title":"P","policy_metrics":[{"priority":"low","metric":"first_reply_time","target":5},{"priority":"low","metric":"first_reply_time","target":6}]}})"),
              HasSubstr("two targets"));
  EXPECT_THAT(refused(kPolicies, R"({"sla_policy":{"title":"P","policy_metrics":[{"priority":"low","metric":"first_reply_time","target":0}]}})"), HasSubstr("policy_metrics"));
  EXPECT_THAT(refused(kPolicies, R"({"sla_policy":{"title":"P","schedule_id":12345}})"), HasSubstr("sla_policy.schedule_id"));
  const std::uint64_t policy = id_in(app.post(kPolicies, app.admin_token, fmt::format(R"({{"sla_policy":{{"title":"P","schedule_id":{}}}}})", id_in(made, "schedule"))), "sla_policy");
  EXPECT_EQ(app.put(fmt::format("{}/{}", kPolicies, policy), app.admin_token, R"({"sla_policy":{"schedule_id":12345}})").status, 422);
  EXPECT_EQ(app.post(kPolicies, app.agent_token, kPolicy).status, 403);
  EXPECT_EQ(app.post(kSchedules, app.agent_token, R"({"schedule":{"name":"A"}})").status, 403);
}

TEST(ServiceLevelsApi, APolicyIsMadeAppliesAndGoes) {
  WebApp app;
  const Described described(app);
  const Reply made = app.post(kPolicies, app.admin_token, kPolicy);
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(described.wrong_with(made, kPolicies, "post"), "");
  const std::uint64_t id = id_in(made, "sla_policy");
  EXPECT_THAT(json::serialize(made.at("sla_policy", "policy_metrics")),
              HasSubstr(R"({"priority":"normal","metric":"first_reply_time","target":60,"target_in_seconds":3600,"business_hours":false})"));
  app.receive("ann@customer.example", "Refund please", "\r\nNow.\r\n");
  const Reply ticket = app.get("/api/v2/tickets/1?include=slas", app.agent_token);
  ASSERT_EQ(ticket.status, 200) << ticket.body;
  EXPECT_EQ(described.wrong_with(ticket, "/api/v2/tickets/{id}", "get"), "");
  const json::value slas = ticket.at("ticket", "slas");
  EXPECT_EQ(slas.at("sla_policy_id").to_number<std::uint64_t>(), id);
  const json::value metric = slas.at("policy_metrics").at(0);
  EXPECT_EQ(metric.at("metric").as_string(), "first_reply_time");
  EXPECT_EQ(metric.at("stage").as_string(), "active");
  EXPECT_EQ(metric.at("minutes").to_number<int>(), 60);
  EXPECT_TRUE(metric.at("breach_at").is_string());
  const Reply list = app.get("/api/v2/tickets?include=slas,metric_sets", app.agent_token);
  ASSERT_EQ(list.status, 200) << list.body;
  EXPECT_EQ(list.at("tickets").at(0).at("slas").at("policy_metrics").as_array().size(), 1U);
  EXPECT_EQ(list.at("metric_sets").at(0).at("ticket_id").to_number<int>(), 1);
  EXPECT_FALSE(app.get("/api/v2/tickets/1", app.agent_token).at("ticket").as_object().contains("slas"));
  const std::string place = fmt::format("{}/{}", kPolicies, id);
  const Reply changed = app.put(place, app.admin_token, R"({"sla_policy":{"title":"Slower","policy_metrics":[{"priority":"normal","metric":"first_reply_time","target":120}]}})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.at("sla_policy", "filter").at("all").as_array().size(), 1U);
  const Reply second = app.post(kPolicies, app.admin_token, R"({"sla_policy":{"title":"Second"}})");
  const std::uint64_t other = id_in(second, "sla_policy");
  const Reply order = app.put(fmt::format("{}/reorder", kPolicies), app.admin_token, fmt::format(R"({{"sla_policy_ids":[{},{}]}})", other, id));
  ASSERT_EQ(order.status, 200) << order.body;
  EXPECT_EQ(order.at("sla_policies").at(0).at("id").to_number<std::uint64_t>(), other);
  const Reply definitions = app.get(fmt::format("{}/definitions", kPolicies), app.agent_token);
  EXPECT_EQ(described.wrong_with(definitions, "/api/v2/slas/policies/definitions", "get"), "");
  EXPECT_THAT(definitions.body, testing::AllOf(HasSubstr("total_resolution_time"), HasSubstr("current_tags"), Not(HasSubstr("agent_wait_time"))));
  EXPECT_EQ(remove_at(app, place, app.admin_token).status, 204);
  EXPECT_EQ(app.get(place, app.agent_token).status, 404);
  EXPECT_EQ(app.get(kPolicies, app.agent_token).at("count").to_number<int>(), 1);
}

// Issue 7: group SLAs in Zendesk's shapes.
TEST(ServiceLevelsApi, AGroupsPolicyIsMadeAppliesAndGoes) {
  WebApp app;
  const Described described(app);
  const std::string base = "/api/v2/group_slas/policies";
  const std::uint64_t group = id_in(app.post("/api/v2/groups", app.admin_token, R"({"group":{"name":"Tier one"}})"), "group");
  const std::string body = fmt::format(
      R"({{"group_sla_policy":{{"title":"Tier one","description":"Hand on","filter":{{"all":[{{"field":"group_id","operator":"includes","value":[{}]}}],"any":[]}},)"
      R"("policy_metrics":[{{"priority":"normal","metric":"group_ownership_time","target":30,"business_hours":false}}]}}}})", group);
  const Reply made = app.post(base, app.admin_token, body);
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(described.wrong_with(made, base, "post"), "");
  const std::uint64_t id = id_in(made, "group_sla_policy");
  const std::string place = fmt::format("{}/{}", base, id);
  EXPECT_EQ(made.field("location"), place);
  EXPECT_FALSE(made.at("group_sla_policy").as_object().contains("schedule_id"));
  app.receive("ann@customer.example", "Refund please", "\r\nNow.\r\n");
  ASSERT_EQ(app.put("/api/v2/tickets/1", app.agent_token, fmt::format(R"({{"ticket":{{"group_id":{}}}}})", group)).status, 200);
  const json::value slas = app.get("/api/v2/tickets/1?include=slas", app.agent_token).at("ticket", "slas");
  EXPECT_EQ(slas.at("group_sla_policy_id").to_number<std::uint64_t>(), id);
  EXPECT_EQ(slas.at("policy_metrics").at(0).at("metric").as_string(), "group_ownership_time");
  EXPECT_EQ(slas.at("policy_metrics").at(0).at("minutes").to_number<int>(), 30);
  const Reply list = app.get(base, app.agent_token);
  EXPECT_EQ(described.wrong_with(list, base, "get"), "");
  EXPECT_EQ(list.at("count").to_number<int>(), 1);
  EXPECT_EQ(app.get(kPolicies, app.agent_token).at("count").to_number<int>(), 0) << "beside the desk's policies, not among them";
  const Reply definitions = app.get(base + "/definitions", app.agent_token);
  EXPECT_EQ(described.wrong_with(definitions, base + "/definitions", "get"), "");
  EXPECT_EQ(definitions.at("definitions", "metrics").as_array().size(), 1U);
  const Reply preview = app.post(base + "/preview", app.admin_token, body);
  ASSERT_EQ(preview.status, 200) << preview.body;
  EXPECT_EQ(described.wrong_with(preview, base + "/preview", "post"), "");
  EXPECT_EQ(preview.at("count").to_number<int>(), 1);
  const Reply changed = app.put(place, app.admin_token, R"({"group_sla_policy":{"title":"First tier"}})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(app.get(place, app.agent_token).at("group_sla_policy", "title").as_string(), "First tier");
  EXPECT_EQ(app.put(base + "/reorder", app.admin_token, fmt::format(R"({{"group_sla_policy_ids":[{}]}})", id)).status, 200);
  const Reply refused = app.post(base, app.admin_token, R"({"group_sla_policy":{"title":"All","filter":{"all":[],"any":[]}}})");
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.body, testing::AllOf(HasSubstr("group_sla_policy.filter"), HasSubstr("group_id")));
  EXPECT_EQ(app.post(base, app.agent_token, body).status, 403);
  EXPECT_EQ(app.get(place, app.foreign_token).status, 404);
  EXPECT_THAT(app.get("/api/v2/audit_logs?page[size]=50", app.admin_token).body, HasSubstr("group_sla_policy"));
  EXPECT_EQ(remove_at(app, place, app.admin_token).status, 204);
  EXPECT_EQ(app.get(place, app.agent_token).status, 404);
}

TEST(ServiceLevelsApi, TwoEditorsOfAPolicyDoNotOverwriteEachOther) {
  WebApp app;
  const Reply made = app.post(kPolicies, app.admin_token, kPolicy);
  const std::string place = fmt::format("{}/{}", kPolicies, id_in(made, "sla_policy"));
  const auto change = [&](const std::string& title) {
    Call call{"PUT", place, {}, fmt::format(R"({{"sla_policy":{{"title":"{}"}}}})", title)};
    return app.send(call.with("Authorization", "Bearer " + app.admin_token).with("Content-Type", "application/json").with("If-Match", made.field("etag")));
  };
  EXPECT_EQ(change("One").status, 200);
  EXPECT_EQ(change("Two").status, 412);
  EXPECT_EQ(app.get(place, app.agent_token).at("sla_policy", "title").as_string(), "One");
}

TEST(ServiceLevelsApi, MetricsOfATicketAreThoseOfItsEvents) {
  WebApp app;
  const Described described(app);
  app.receive("ann@customer.example", "Refund please", "\r\nNow.\r\n");
  app.clock.advance(std::chrono::minutes(12));
  ASSERT_EQ(app.put("/api/v2/tickets/1", app.agent_token, R"({"ticket":{"status":"pending","comment":{"body":"On its way.","public":true}}})").status, 200);
  app.clock.advance(std::chrono::minutes(30));
  ASSERT_EQ(app.put("/api/v2/tickets/1", app.agent_token, R"({"ticket":{"status":"solved"}})").status, 200);
  const Reply metrics = app.get("/api/v2/tickets/1/metrics", app.agent_token);
  ASSERT_EQ(metrics.status, 200) << metrics.body;
  EXPECT_EQ(described.wrong_with(metrics, "/api/v2/tickets/{id}/metrics", "get"), "");
  const json::value shown = metrics.at("ticket_metric");
  EXPECT_EQ(shown.at("reply_time_in_minutes").at("calendar").to_number<int>(), 12);
  EXPECT_EQ(shown.at("agent_wait_time_in_minutes").at("calendar").to_number<int>(), 30);
  EXPECT_EQ(shown.at("requester_wait_time_in_minutes").at("calendar").to_number<int>(), 12);
  EXPECT_TRUE(shown.at("on_hold_time_in_minutes").at("calendar").is_null());
  EXPECT_EQ(shown.at("full_resolution_time_in_minutes").at("calendar").to_number<int>(), 42);
  EXPECT_EQ(shown.at("replies").to_number<int>(), 1);
  EXPECT_TRUE(shown.at("solved_at").is_string());
  EXPECT_EQ(app.get("/api/v2/ticket_metrics/1", app.agent_token).body, metrics.body);
  const Reply list = app.get("/api/v2/ticket_metrics", app.agent_token);
  EXPECT_EQ(described.wrong_with(list, "/api/v2/ticket_metrics", "get"), "");
  EXPECT_EQ(list.at("ticket_metrics").as_array().size(), 1U);
  EXPECT_EQ(app.get("/api/v2/tickets/7/metrics", app.agent_token).status, 404);
  EXPECT_EQ(app.get("/api/v2/ticket_metrics", "").status, 401);
}

TEST(ServiceLevelsApi, APreviewTellsWhichTicketsWouldBeLate) {
  WebApp app;
  const Described described(app);
  app.receive("ann@customer.example", "Refund please", "\r\nNow.\r\n");
  app.receive("ben@customer.example", "Hello", "\r\nHello.\r\n");
  app.clock.advance(std::chrono::minutes(30));
  ASSERT_EQ(app.put("/api/v2/tickets/1", app.agent_token, R"({"ticket":{"comment":{"body":"On its way.","public":true}}})").status, 200);
  app.clock.advance(std::chrono::hours(2));
  const std::string body = std::string(kPolicy).insert(std::string(kPolicy).size() - 1, R"(,"last":10)");
  ASSERT_EQ(app.get(kPolicies, app.admin_token).status, 200);  // the token's use after so long is noted with this
  const std::uint64_t version = app.store->snapshot()->version();
  const Reply run = app.post("/api/v2/slas/policies/preview", app.admin_token, body);
  ASSERT_EQ(run.status, 200) << run.body;
  EXPECT_EQ(described.wrong_with(run, "/api/v2/slas/policies/preview", "post"), "");
  EXPECT_EQ(app.store->snapshot()->version(), version) << "nothing is stored";
  EXPECT_EQ(run.at("tickets_looked_at").to_number<int>(), 2);
  EXPECT_EQ(run.at("tickets_breached").to_number<int>(), 1);
  EXPECT_THAT(json::serialize(run.at("results")), HasSubstr(R"("used_in_minutes":30)"));
  EXPECT_EQ(app.get(kPolicies, app.agent_token).at("count").to_number<int>(), 0);
  EXPECT_EQ(app.post("/api/v2/slas/policies/preview", app.agent_token, body).status, 403);
  EXPECT_EQ(app.post("/api/v2/slas/policies/preview", app.admin_token, R"({"sla_policy":{"title":"P"},"last":201})").status, 422);
}

// Issue 8: the countdown in lists.
TEST(ServiceLevelsApi, ViewsSortByTheNextBreachAndShowIt) {
  WebApp app;
  ASSERT_EQ(app.post(kPolicies, app.admin_token, kPolicy).status, 201);
  app.receive("ann@customer.example", "First", "\r\nNow.\r\n");
  app.receive("ben@customer.example", "Second", "\r\nHello.\r\n");
  ASSERT_EQ(app.put("/api/v2/tickets/2", app.agent_token, R"({"ticket":{"priority":"urgent"}})").status, 200);
  const Reply view = app.post("/api/v2/views", app.admin_token,
                              R"({"view":{"title":"Late","all":[{"field":"status","operator":"less_than","value":"solved"},{"field":"until_sla_next_breach_at","operator":"less_than","value":"5"}],)"
                              R"("output":{"columns":["nice_id","sla_next_breach_at","sla_policy"],"sort_by":"sla_next_breach_at","sort_order":"asc"}}})");
  ASSERT_EQ(view.status, 201) << view.body;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(app.run(app.desk->chores().run_once("views")));
  const Reply rows = app.get(fmt::format("/api/v2/views/{}/execute", id_in(view, "view")), app.agent_token);
  ASSERT_EQ(rows.status, 200) << rows.body;
  ASSERT_EQ(rows.at("rows").as_array().size(), 2U);
  EXPECT_EQ(rows.at("rows").at(0).at("ticket_id").to_number<int>(), 2);
  EXPECT_TRUE(rows.at("rows").at(0).at("sla_next_breach_at").is_string());
  EXPECT_TRUE(rows.at("rows").at(0).at("sla_policy").is_number());
}

TEST(ServiceLevelsApi, ABreachIsInTheFeedAndInTheHistory) {
  WebApp app;
  ASSERT_EQ(app.post(kPolicies, app.admin_token, kPolicy).status, 201);
  app.receive("ann@customer.example", "First", "\r\nNow.\r\n");
  app.clock.advance(std::chrono::hours(2));
  ASSERT_EQ(app.run(app.desk->chores().run_once("service levels")).value(), 1U);
  EXPECT_THAT(app.get("/api/v2/changes?after=0", app.agent_token).body, HasSubstr("ticket.sla_breached"));
  EXPECT_THAT(app.get("/api/v2/tickets/1/events", app.agent_token).body, HasSubstr("first_reply_time"));
  const Reply ticket = app.get("/api/v2/tickets/1?include=slas", app.agent_token);
  const json::value metric = ticket.at("ticket", "slas").at("policy_metrics").at(0);
  EXPECT_EQ(metric.at("minutes").to_number<int>(), -60);
  EXPECT_EQ(metric.at("breached_at"), metric.at("breach_at"));
}

}  // namespace
}  // namespace postern::test
