// Ticket metric events over HTTP, in the shape of the Zendesk API (issue 7: incremental exports).
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>

#include "tests/web/described.h"
#include "tests/web/web_app.h"

namespace postern::test {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kPath = "/api/v2/incremental/ticket_metric_events";
constexpr const char* kPromise =
    R"({"sla_policy":{"title":"Normal","filter":{"all":[],"any":[]},"policy_metrics":[{"priority":"normal","metric":"first_reply_time","target":60}]}})";

std::vector<std::string> types_of(const Reply& reply, std::string_view metric, int instance) {
  std::vector<std::string> out;
  const json::value all_of_reply = reply.at("ticket_metric_events");
  for (const json::value& each : all_of_reply.as_array()) {
    if (each.at("metric").as_string() == metric && each.at("instance_id").to_number<int>() == instance) out.emplace_back(each.at("type").as_string());
  }
  return out;
}

json::value event_of(const Reply& reply, std::string_view type) {
  const json::value all_of_reply = reply.at("ticket_metric_events");
  for (const json::value& each : all_of_reply.as_array()) {
    if (each.at("type").as_string() == type && each.at("metric").as_string() == "reply_time") return each;
  }
  return {};
}

TEST(MetricEventsApi, ClocksAreToldFromBeginningToEnd) {
  WebApp app;
  const Described described(app);
  ASSERT_EQ(app.post("/api/v2/slas/policies", app.admin_token, kPromise).status, 201);
  app.receive("ann@customer.example", "Refund please", "\r\nNow.\r\n");
  app.clock.advance(std::chrono::hours(2));
  ASSERT_EQ(app.run(app.desk->chores().run_once("service levels")).value(), 1U);
  ASSERT_EQ(app.put("/api/v2/tickets/1", app.agent_token, R"({"ticket":{"status":"pending","comment":{"body":"On its way.","public":true}}})").status, 200);
  app.clock.advance(std::chrono::minutes(30));
  ASSERT_EQ(app.put("/api/v2/tickets/1", app.agent_token, R"({"ticket":{"status":"solved"}})").status, 200);
  const Reply reply = app.get(fmt::format("{}?start_time=0", kPath), app.agent_token);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(described.wrong_with(reply, kPath, "get"), "");
  EXPECT_THAT(types_of(reply, "reply_time", 1), ElementsAre("activate", "apply_sla", "breach", "fulfill", "update_status"));
  EXPECT_THAT(types_of(reply, "requester_wait_time", 1), ElementsAre("activate", "pause", "update_status", "fulfill", "update_status"));
  EXPECT_THAT(types_of(reply, "agent_work_time", 1), ElementsAre("activate", "pause", "update_status", "fulfill", "update_status"));
  EXPECT_THAT(types_of(reply, "resolution_time", 1), ElementsAre("activate", "fulfill", "update_status"));
  const json::value promised = event_of(reply, "apply_sla").at("sla");
  EXPECT_EQ(promised.at("target").to_number<int>(), 60);
  EXPECT_FALSE(promised.at("business_hours").as_bool());
  EXPECT_EQ(promised.at("policy").at("title").as_string(), "Normal");
  EXPECT_FALSE(event_of(reply, "breach").at("deleted").as_bool());
  EXPECT_EQ(event_of(reply, "update_status").at("status").at("calendar").to_number<int>(), 120);
  std::set<std::uint64_t> ids;
  std::string last;
  const json::value all_of_reply = reply.at("ticket_metric_events");
  for (const json::value& each : all_of_reply.as_array()) {
    EXPECT_TRUE(ids.insert(each.at("id").to_number<std::uint64_t>()).second);
    EXPECT_GE(std::string(each.at("time").as_string()), last) << "oldest first";
    last = each.at("time").as_string();
  }
}

TEST(MetricEventsApi, PagesGoOnByCursorAndByTimeAndEnd) {
  WebApp app;
  for (int i = 0; i < 3; ++i) {
    app.receive(fmt::format("ann{}@customer.example", i), "Refund please", "\r\nNow.\r\n");
    app.clock.advance(std::chrono::minutes(10));
  }
  std::set<std::uint64_t> tickets;
  std::string next = fmt::format("{}?start_time=0&per_page=1", kPath);
  bool is_end = false;
  for (int pages = 0; pages < 10 && !is_end; ++pages) {
    const Reply page = app.get(next, app.agent_token);
    ASSERT_EQ(page.status, 200) << page.body;
    const json::value all_of_page = page.at("ticket_metric_events");
    for (const json::value& each : all_of_page.as_array()) tickets.insert(each.at("ticket_id").to_number<std::uint64_t>());
    is_end = page.at("end_of_stream").as_bool();
    next = std::string(page.at(pages % 2 == 0 ? "after_url" : "next_page").as_string());
    next = next.substr(next.find("/api/"));
  }
  EXPECT_TRUE(is_end);
  EXPECT_EQ(tickets.size(), 3U);
  EXPECT_THAT(app.get(next, app.agent_token).at("ticket_metric_events").as_array(), IsEmpty());
  EXPECT_EQ(app.get(fmt::format("{}?cursor=9999999", kPath), app.agent_token).status, 410);
  EXPECT_EQ(app.get(fmt::format("{}?start_time=0&per_page=0", kPath), app.agent_token).status, 422);
  EXPECT_EQ(app.get(fmt::format("{}?start_time=0", kPath), "").status, 401);
}

TEST(MetricEventsApi, ABreachThatMoreTimeTookBackIsDeleted) {
  WebApp app;
  const Reply made = app.post("/api/v2/slas/policies", app.admin_token, kPromise);
  ASSERT_EQ(made.status, 201);
  app.receive("ann@customer.example", "Refund please", "\r\nNow.\r\n");
  app.clock.advance(std::chrono::hours(2));
  ASSERT_EQ(app.run(app.desk->chores().run_once("service levels")).value(), 1U);
  const std::string policy = fmt::format("/api/v2/slas/policies/{}", made.at("sla_policy", "id").to_number<std::uint64_t>());
  ASSERT_EQ(app.put(policy, app.admin_token, R"({"sla_policy":{"policy_metrics":[{"priority":"normal","metric":"first_reply_time","target":300}]}})").status, 200);
  ASSERT_TRUE(app.run(app.desk->chores().run_once("service level rebuild")));
  const Reply reply = app.get(fmt::format("{}?start_time=0", kPath), app.agent_token);
  EXPECT_THAT(types_of(reply, "reply_time", 1), ElementsAre("activate", "apply_sla", "breach", "apply_sla"));
  EXPECT_TRUE(event_of(reply, "breach").at("deleted").as_bool());
}

}  // namespace
}  // namespace postern::test
