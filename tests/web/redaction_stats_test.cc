// What rules find in live traffic, what people call wrong about it, and replays, over HTTP.
#include <fmt/format.h>

#include "tests/web/web_app.h"

namespace postern::test {
namespace {

namespace json = boost::json;

std::int64_t number(const json::value& value) { return value.to_number<std::int64_t>(); }

core::TicketId with_card(WebApp& app) { return app.receive("ann@customer.example", "Pay", "\r\nMy card is 4111 1111 1111 1111.\r\n"); }

std::string feedback_path(WebApp& app, core::TicketId ticket) {
  const std::string comments = fmt::format("/api/v2/tickets/{}/comments", ticket.value);
  return fmt::format("{}/{}/redaction_feedback", comments, number(app.get(comments, app.agent_token).at("comments").at(0).at("id")));
}

core::Task<void> wait_for_replay(WebApp& app, std::uint64_t id) {
  while (app.replays->find(app.workspace(), id)->state == ticketing::ReplayState::kRunning) {
    co_await core::system_clock().sleep_for(std::chrono::milliseconds(1));
  }
}

TEST(RedactionStatsApi, CountsByRuleDayAndPlace) {
  WebApp app;
  with_card(app);
  app.receive("ann@customer.example", "Hello", "\r\nNothing here.\r\n");
  Reply reply = app.get("/api/v2/redaction_stats", app.admin_token);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(number(reply.at("messages_seen")), 2);
  const json::value rule = reply.at("rules").at(0);
  EXPECT_EQ(rule.at("rule").as_string(), "card");
  EXPECT_EQ(number(rule.at("enforced").at("messages")), 1);
  EXPECT_EQ(rule.at("hit_rate").to_number<double>(), 0.5);
  EXPECT_EQ(number(rule.at("shadow").at("messages")), 0);
  EXPECT_EQ(rule.at("places").at(0).at("label").as_string(), "visa");
  EXPECT_EQ(reply.at("days").as_array().size(), 7U);
  EXPECT_EQ(number(reply.at("days").at(6).at("messages_seen")), 2);
  EXPECT_EQ(reply.body.find("4111"), std::string::npos);
  EXPECT_TRUE(app.get("/api/v2/redaction_stats?rule=iban", app.admin_token).at("rules").as_array().empty());
  EXPECT_TRUE(app.get("/api/v2/redaction_stats?from=2020-01-01&to=2020-01-02", app.admin_token).at("rules").as_array().empty());
  for (const char* query : {"from=yesterday", "from=2020-01-01&to=2026-01-01", "from=2026-01-02&to=2026-01-01", "inbox_id=x"}) {
    EXPECT_EQ(app.get(fmt::format("/api/v2/redaction_stats?{}", query), app.admin_token).status, 422) << query;
  }
}

TEST(RedactionStatsApi, AnAgentCallsARedactionWrongAndTakesItBack) {
  WebApp app;
  const auto ticket = with_card(app);
  const std::string path = feedback_path(app, ticket);
  Reply marked = app.post(path, app.agent_token, R"({"redaction_feedback":{"rule":"card"}})");
  ASSERT_EQ(marked.status, 201) << marked.body;
  EXPECT_EQ(marked.at("redaction_feedback", "label").as_string(), "visa");
  EXPECT_EQ(marked.body.find("4111"), std::string::npos);
  EXPECT_EQ(app.get(path, app.agent_token).at("redaction_feedback").as_array().size(), 1U);
  Reply list = app.get("/api/v2/redaction_feedback", app.admin_token);
  ASSERT_EQ(list.at("redaction_feedback").as_array().size(), 1U) << list.body;
  EXPECT_EQ(list.at("redaction_feedback").at(0).at("ticket_url").as_string(), fmt::format("https://help.example.com/api/v2/tickets/{}", ticket.value));
  EXPECT_EQ(number(list.at("redaction_feedback").at(0).at("author_id")), static_cast<std::int64_t>(app.agent.id.value));
  const json::value rule = app.get("/api/v2/redaction_stats", app.admin_token).at("rules").at(0);
  EXPECT_EQ(number(rule.at("false_positives")), 1);
  EXPECT_EQ(rule.at("false_positive_rate").to_number<double>(), 1.0);
  EXPECT_EQ(app.post(path, app.agent_token, R"({"redaction_feedback":{"rule":"iban"}})").status, 404);
  EXPECT_EQ(app.post(path, app.agent_token, R"({"redaction_feedback":{}})").status, 422);
  EXPECT_EQ(app.post(path, app.foreign_token, R"({"redaction_feedback":{"rule":"card"}})").status, 404);
  Call back{"DELETE", path + "?rule=card", {}, ""};
  back.with("Authorization", "Bearer " + app.agent_token);
  EXPECT_EQ(app.send(back).status, 204);
  EXPECT_EQ(app.send(back).status, 404);
  EXPECT_TRUE(app.get("/api/v2/redaction_feedback", app.admin_token).at("redaction_feedback").as_array().empty());
}

// Agents see what was hidden; what rules find in shadow is for those who manage rules.
TEST(RedactionStatsApi, ShadowFindingsAreForThoseWhoManageRules) {
  WebApp app;
  const std::string path = fmt::format("/api/v2/tickets/{}/comments", with_card(app).value);
  EXPECT_TRUE(app.get(path, app.admin_token).at("comments").at(0).at("shadow_findings").is_array());
  const json::value seen = app.get(path, app.agent_token).at("comments").at(0);
  EXPECT_FALSE(seen.as_object().contains("shadow_findings"));
  EXPECT_EQ(seen.at("redactions").at(0).at("rule").as_string(), "card");
}

TEST(RedactionReplaysApi, ACandidateIsReplayedBesideTheRulesInForce) {
  WebApp app;
  const auto ticket = app.receive("ann@customer.example", "Hello", "\r\nORDER 1\r\n");
  const std::string path = "/api/v2/redaction_replays";
  Reply started = app.post(path, app.admin_token, R"({"redaction_replay":{"document":"order shadow ORDER"}})");
  ASSERT_EQ(started.status, 202) << started.body;
  const std::string url = started.field("location");
  app.run(wait_for_replay(app, static_cast<std::uint64_t>(number(started.at("redaction_replay", "id")))));
  Reply done = app.get(url, app.admin_token);
  const json::value replay = done.at("redaction_replay");
  EXPECT_EQ(replay.at("state").as_string(), "done");
  EXPECT_EQ(number(replay.at("messages_read")), 1);
  EXPECT_TRUE(replay.at("candidate_version").is_null());
  EXPECT_NE(std::string(replay.at("limitation").as_string()).find("redacted already"), std::string::npos);
  json::value order;
  for (const json::value& each : replay.at("rules").as_array()) {
    if (each.at("rule").as_string() == "order") order = each;
  }
  EXPECT_EQ(number(order.at("candidate").at("messages")), 1);
  EXPECT_EQ(number(order.at("active").at("messages")), 0);
  EXPECT_EQ(number(order.at("only_candidate")), 1);
  EXPECT_EQ(number(order.at("ticket_ids").at(0)), static_cast<std::int64_t>(ticket.value));
  EXPECT_EQ(done.body.find("ORDER"), std::string::npos);
  EXPECT_EQ(app.get(path, app.admin_token).at("redaction_replays").as_array().size(), 1U);
  Call cancel{"DELETE", url, {}, ""};
  EXPECT_EQ(app.send(cancel.with("Authorization", "Bearer " + app.admin_token)).status, 204);
}

TEST(RedactionReplaysApi, TwoCandidatesSideBySide) {
  WebApp app;
  app.receive("ann@customer.example", "Hello", "\r\nORDER 1\r\n");
  const std::string body = R"({"redaction_replay":{"document":"order shadow NOWHERE","against_document":"order shadow ORDER"}})";
  Reply started = app.post("/api/v2/redaction_replays", app.admin_token, body);
  ASSERT_EQ(started.status, 202) << started.body;
  EXPECT_TRUE(started.at("redaction_replay", "against_version").is_null());
  app.run(wait_for_replay(app, static_cast<std::uint64_t>(number(started.at("redaction_replay", "id")))));
  Reply done = app.get(started.field("location"), app.admin_token);
  const json::value replay = done.at("redaction_replay");
  for (const json::value& each : replay.at("rules").as_array()) {
    if (each.at("rule").as_string() != "order") continue;
    EXPECT_EQ(number(each.at("active").at("messages")), 1);
    EXPECT_EQ(number(each.at("candidate").at("messages")), 0);
    EXPECT_EQ(number(each.at("only_active")), 1);
  }
  EXPECT_EQ(done.body.find("ORDER"), std::string::npos);
  Reply with_shipped = app.post("/api/v2/redaction_replays", app.admin_token, R"({"redaction_replay":{"document":"","against_version":0}})");
  ASSERT_EQ(with_shipped.status, 202) << with_shipped.body;
  EXPECT_EQ(number(with_shipped.at("redaction_replay", "against_version")), 0);
}

TEST(RedactionReplaysApi, WrongQuestionsAreRefused) {
  WebApp app;
  for (const char* body : {"{}", R"({"redaction_replay":{}})", R"({"redaction_replay":{"document":"","version":1}})",
                           R"({"redaction_replay":{"document":"bad enforce X"}})", R"({"redaction_replay":{"document":"","from":"then"}})",
                           R"({"redaction_replay":{"document":"","against_document":"bad enforce X"}})",
                           R"({"redaction_replay":{"document":"","against_document":"","against_version":0}})",
                           R"({"redaction_replay":{"document":"","messages":100000000}})",
                           R"({"redaction_replay":{"document":"","from":"2026-01-02","to":"2026-01-01"}})"}) {
    Reply reply = app.post("/api/v2/redaction_replays", app.admin_token, body);
    EXPECT_EQ(reply.status, 422) << body << ' ' << reply.body;
  }
  EXPECT_EQ(app.post("/api/v2/redaction_replays", app.admin_token, R"({"redaction_replay":{"version":7}})").status, 404);
  EXPECT_EQ(app.get("/api/v2/redaction_replays/1", app.admin_token).status, 404);
}

}  // namespace
}  // namespace postern::test
