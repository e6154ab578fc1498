// Macros, triggers and automations over HTTP, in the shapes of the Zendesk API; what is refused, and how the refusal reads.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/web/described.h"
#include "tests/web/web_app.h"

namespace postern::test {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kTriggers = "/api/v2/triggers";
constexpr const char* kMacros = "/api/v2/macros";
constexpr const char* kAutomations = "/api/v2/automations";
constexpr const char* kVip =
    R"({"title":"VIP","conditions":{"all":[{"field":"update_type","operator":"is","value":"Create"},{"field":"subject_includes_word","operator":"includes","value":"refund"}],"any":[]},)"
    R"("actions":[{"field":"priority","value":"urgent"},{"field":"current_tags","value":"vip"},{"field":"notification_user","value":["requester_id","S","B"]}]})";

std::uint64_t rule_id(const Reply& reply, const char* kind) { return reply.at(kind, "id").to_number<std::uint64_t>(); }

Reply erase_rule(WebApp& app, const std::string& path, const std::string& token) {
  Call call{"DELETE", path, {}, ""};
  return app.send(call.with("Authorization", "Bearer " + token));
}

TEST(RulesApi, ATriggerIsMadeFiresTellsWhyAndGoes) {
  WebApp app;
  const Described described(app);
  const Reply made = app.post(kTriggers, app.admin_token, fmt::format(R"({{"trigger":{}}})", kVip));
  ASSERT_EQ(made.status, 201) << made.body;
  const std::uint64_t id = rule_id(made, "trigger");
  EXPECT_EQ(made.field("location"), fmt::format("{}/{}", kTriggers, id));
  EXPECT_EQ(described.wrong_with(made, kTriggers, "post"), "");
  app.receive("ann@customer.example", "Refund please", "\r\nNow.\r\n");
  const Reply ticket = app.get("/api/v2/tickets/1", app.agent_token);
  EXPECT_EQ(ticket.at("ticket", "priority").as_string(), "urgent");
  EXPECT_THAT(app.get("/api/v2/tickets/1/events", app.agent_token).body, HasSubstr("because: update_type is Create; subject_includes_word includes refund"));
  const Reply shown = app.get(fmt::format("{}/{}", kTriggers, id), app.agent_token);
  EXPECT_EQ(shown.at("trigger", "usage_24h").to_number<int>(), 1);
  EXPECT_EQ(shown.at("trigger", "loops").to_number<int>(), 0);
  const Reply why = app.get(fmt::format("{}/{}/explain?ticket_id=1&as=create", kTriggers, id), app.agent_token);
  ASSERT_EQ(why.status, 200) << why.body;
  EXPECT_TRUE(why.at("explanation", "would_fire").as_bool());
  EXPECT_EQ(described.wrong_with(why, "/api/v2/triggers/{id}/explain", "get"), "");
  EXPECT_FALSE(app.get(fmt::format("{}/{}/explain?ticket_id=1", kTriggers, id), app.agent_token).at("explanation", "would_fire").as_bool());
  EXPECT_EQ(app.get(fmt::format("{}/{}/explain?ticket_id=7", kTriggers, id), app.agent_token).status, 404);
  const Reply changed = app.put(fmt::format("{}/{}", kTriggers, id), app.admin_token, R"({"trigger":{"active":false}})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.at("trigger", "title").as_string(), "VIP");
  EXPECT_EQ(app.get(fmt::format("{}/active", kTriggers), app.agent_token).at("count").to_number<int>(), 0);
  const Reply revisions = app.get(fmt::format("{}/{}/revisions", kTriggers, id), app.agent_token);
  EXPECT_EQ(revisions.at("count").to_number<int>(), 2);
  EXPECT_EQ(described.wrong_with(revisions, "/api/v2/triggers/{id}/revisions", "get"), "");
  EXPECT_EQ(app.get(fmt::format("{}/{}/revisions/1", kTriggers, id), app.agent_token).at("trigger_revision", "active").as_bool(), true);
  EXPECT_EQ(erase_rule(app, fmt::format("{}/{}", kTriggers, id), app.admin_token).status, 204);
  EXPECT_EQ(app.get(fmt::format("{}/{}", kTriggers, id), app.agent_token).status, 404);
}

// T-02: every whole number in a rule ended the process; found by tests/e2e/api_fuzz_test.py. Defect since the rules' API.
TEST(RulesApi, ValuesMayBeNumbers) {
  WebApp app;
  for (const char* value : {"24", "18446744073709551615", "-1", "24.0", "[24,25]"}) {
    const Reply made = app.post(kAutomations, app.admin_token,
                                fmt::format(R"({{"automation":{{"title":"A","all":[{{"field":"SOLVED","operator":"is","value":{}}},)"
                                            R"({{"field":"status","operator":"is","value":"solved"}}],"actions":[{{"field":"priority","value":7}}]}}}})",
                                            value));
    EXPECT_TRUE(made.status == 201 || made.status == 422) << value << ": " << made.body;
  }
  const Reply made = app.post(kAutomations, app.admin_token,
                              R"({"automation":{"title":"A","all":[{"field":"SOLVED","operator":"is","value":24},{"field":"status","operator":"is","value":"solved"}],)"
                              R"("actions":[{"field":"status","value":"closed"}]}})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.at("automation", "conditions").at("all").at(0).at("value").as_string(), "24");
}

TEST(RulesApi, TellsWhenAutomationsLookNext) {
  WebApp app;
  ASSERT_EQ(app.post(kAutomations, app.admin_token,
                     R"({"automation":{"title":"A","all":[{"field":"SOLVED","operator":"is","value":24},{"field":"status","operator":"is","value":"solved"}],)"
                     R"("actions":[{"field":"status","value":"closed"}]}})").status, 201);
  for (int i = 1; i <= 3; ++i) {
    app.receive("ann@customer.example", "Hi", "\r\nhello");
    ASSERT_EQ(app.put(fmt::format("/api/v2/tickets/{}", i), app.agent_token, R"({"ticket":{"status":"solved"}})").status, 200);
  }
  std::vector<std::uint64_t> seen;
  for (std::string next = "/api/v2/automations/due?page[size]=2"; !next.empty();) {
    const Reply page = app.get(next, app.admin_token);
    ASSERT_EQ(page.status, 200) << page.body;
    const boost::json::value list_of = page.at("due");
    for (const json::value& each : list_of.as_array()) seen.push_back(each.at("ticket_id").to_number<std::uint64_t>());
    const json::value link = page.at("links", "next");
    next = link.is_null() ? std::string() : std::string(link.as_string());
  }
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{1, 2, 3})) << "the one that was solved first comes first";
  EXPECT_EQ(app.get("/api/v2/automations/due", app.agent_token).status, 403);
  EXPECT_EQ(app.get("/api/v2/automations/due?page[after]=x", app.admin_token).status, 422);
}

TEST(RulesApi, ADryRunShowsWhatWouldChangeAndChangesNothing) {
  WebApp app;
  const Described described(app);
  app.receive("ann@customer.example", "Refund please", "\r\nNow.\r\n");
  app.receive("ben@customer.example", "Hello", "\r\nHello.\r\n");
  const Reply run = app.post("/api/v2/triggers/dry_run", app.admin_token, fmt::format(R"({{"trigger":{},"last":10}})", kVip));
  ASSERT_EQ(run.status, 200) << run.body;
  EXPECT_EQ(described.wrong_with(run, "/api/v2/triggers/dry_run", "post"), "");
  EXPECT_EQ(run.at("tickets_looked_at").to_number<int>(), 2);
  ASSERT_EQ(run.at("count").to_number<int>(), 1);
  const json::value result = run.at("results").at(0);
  EXPECT_EQ(result.at("ticket_id").to_number<int>(), 1);
  EXPECT_THAT(json::serialize(result.at("changes")), HasSubstr(R"({"field":"tags","before":[],"after":["vip"]})"));
  EXPECT_TRUE(app.get("/api/v2/tickets/1", app.agent_token).at("ticket", "tags").as_array().empty());
  EXPECT_EQ(app.post("/api/v2/triggers/dry_run", app.admin_token, fmt::format(R"({{"trigger":{},"last":201}})", kVip)).status, 422);
  EXPECT_EQ(app.post("/api/v2/triggers/dry_run", app.agent_token, fmt::format(R"({{"trigger":{}}})", kVip)).status, 403);
}

TEST(RulesApi, ADryRunOfAnAutomationTellsWhatIsNowAndWhatIsDue) {
  WebApp app;
  const Described described(app);
  app.receive("ann@customer.example", "Refund please", "\r\nNow.\r\n");
  app.receive("ben@customer.example", "Hello", "\r\nHello.\r\n");
  ASSERT_EQ(app.put("/api/v2/tickets/1", app.agent_token, R"({"ticket":{"status":"solved"}})").status, 200);
  const std::string rule = R"({"conditions":{"all":[{"field":"status","operator":"is","value":"solved"},{"field":"SOLVED","operator":"greater_than","value":"4"}]},)"
                           R"("actions":[{"field":"status","value":"closed"}]})";
  const Reply run = app.post("/api/v2/automations/dry_run", app.admin_token, fmt::format(R"({{"automation":{},"last":10}})", rule));
  ASSERT_EQ(run.status, 200) << run.body;
  EXPECT_EQ(described.wrong_with(run, "/api/v2/automations/dry_run", "post"), "");
  EXPECT_EQ(run.at("tickets_looked_at").to_number<int>(), 2);
  EXPECT_EQ(run.at("count").to_number<int>(), 0);
  const json::value due = run.at("due");
  ASSERT_EQ(due.as_array().size(), 1U);
  EXPECT_EQ(due.at(0).at("ticket_id").to_number<int>(), 1);
  EXPECT_EQ(app.post("/api/v2/automations/dry_run", app.admin_token, fmt::format(R"({{"automation":{},"last":201}})", rule)).status, 422);
  EXPECT_EQ(app.post("/api/v2/automations/dry_run", app.agent_token, fmt::format(R"({{"automation":{}}})", rule)).status, 403);
  EXPECT_EQ(app.post("/api/v2/automations/dry_run", app.admin_token, R"({"automation":{"actions":[{"field":"priority","value":"high"}]}})").status, 422);
}

TEST(RulesApi, RefusalsNameTheFieldAndRepeatNothing) {
  WebApp app;
  const auto refused = [&app](const std::string& body) {
    const Reply reply = app.post(kTriggers, app.admin_token, body);
    EXPECT_EQ(reply.status, 422) << reply.body;
    return reply.body;
  };
  EXPECT_THAT(refused(R"({})"), HasSubstr("\"trigger\""));
  EXPECT_THAT(refused(R"({"trigger":{"title":"T","conditions":{"all":[{"field":"secretword","value":"x"}]},"actions":[{"field":"priority","value":"high"}]}})"),
              HasSubstr("trigger.conditions.all[0].field"));
  EXPECT_THAT(refused(R"({"trigger":{"title":"T","all":[{"field":"status","value":"open"}],"actions":[{"field":"priority","value":"secretword"}]}})"),
              testing::AllOf(HasSubstr("trigger.actions[0].value"), Not(HasSubstr("secretword"))));
  EXPECT_THAT(refused(R"({"trigger":{"title":"T","all":"x","actions":[]}})"), HasSubstr("conditions.all"));
  EXPECT_THAT(refused(R"({"trigger":{"title":"T","all":[{"field":"status","value":{"a":1}}],"actions":[{"field":"priority","value":"high"}]}})"),
              HasSubstr("conditions.all[0].value"));
  EXPECT_THAT(refused(R"({"trigger":{"title":"T","all":[{"field":"status","value":"open"}]}})"), HasSubstr("trigger.actions"));
  EXPECT_EQ(app.post(kTriggers, app.agent_token, fmt::format(R"({{"trigger":{}}})", kVip)).status, 403);
  const Reply endless = app.post(kAutomations, app.admin_token,
                                 R"({"automation":{"title":"A","all":[{"field":"status","value":"open"}],"actions":[{"field":"priority","value":"low"}]}})");
  EXPECT_EQ(endless.status, 422);
  EXPECT_THAT(endless.body, HasSubstr("it would hold for ever"));
}

TEST(RulesApi, MacrosAreAppliedWithoutBeingStored) {
  WebApp app;
  const Described described(app);
  app.receive("ann@customer.example", "Refund please", "\r\nNow.\r\n");
  const Reply made = app.post(kMacros, app.admin_token,
                              R"({"macro":{"title":"Refunds::Ask","actions":[{"field":"status","value":"pending"},{"field":"comment_value","value":"About {{ticket.title}}"}]}})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(described.wrong_with(made, kMacros, "post"), "");
  const std::uint64_t id = rule_id(made, "macro");
  const Reply alone = app.get(fmt::format("{}/{}/apply", kMacros, id), app.agent_token);
  ASSERT_EQ(alone.status, 200) << alone.body;
  EXPECT_EQ(alone.at("result", "ticket", "status").as_string(), "pending");
  EXPECT_FALSE(alone.at("result", "ticket").as_object().contains("priority"));
  const Reply ticket = app.get(fmt::format("/api/v2/tickets/1/macros/{}/apply", id), app.agent_token);
  ASSERT_EQ(ticket.status, 200) << ticket.body;
  EXPECT_EQ(described.wrong_with(ticket, "/api/v2/tickets/{id}/macros/{macro_id}/apply", "get"), "");
  EXPECT_EQ(ticket.at("result", "ticket", "comment", "body").as_string(), "About Refund please");
  EXPECT_EQ(ticket.at("result", "ticket", "subject").as_string(), "Refund please");
  EXPECT_EQ(app.get("/api/v2/tickets/1", app.agent_token).at("ticket", "status").as_string(), "new");
  EXPECT_EQ(app.get("/api/v2/macros/categories", app.agent_token).at("categories").at(0).as_string(), "Refunds");
  const std::string used = fmt::format(R"({{"ticket":{{"status":"pending","macro_ids":[{}]}}}})", id);
  ASSERT_EQ(app.put("/api/v2/tickets/1", app.agent_token, used).status, 200);
  EXPECT_EQ(app.get(fmt::format("{}/{}", kMacros, id), app.agent_token).at("macro", "usage_24h").to_number<int>(), 1);
  // Somebody's own.
  const Reply own = app.post(kMacros, app.agent_token, R"({"macro":{"title":"Mine","restriction":{"type":"User"},"actions":[{"field":"status","value":"open"}]}})");
  ASSERT_EQ(own.status, 201) << own.body;
  EXPECT_EQ(app.post(kMacros, app.agent_token, R"({"macro":{"title":"All's","actions":[{"field":"status","value":"open"}]}})").status, 403);
  EXPECT_EQ(app.get(fmt::format("{}/{}", kMacros, rule_id(own, "macro")), app.admin_token).status, 404);
  EXPECT_EQ(app.get("/api/v2/macros?access=personal", app.agent_token).at("count").to_number<int>(), 1);
  EXPECT_EQ(app.get("/api/v2/macros/search?query=ask", app.agent_token).at("count").to_number<int>(), 1);
}

TEST(RulesApi, ListsHavePagesOfBothKindsAndAnOrder) {
  WebApp app;
  std::vector<std::uint64_t> ids;
  for (const char* title : {"One", "Two", "Three"}) {
    const Reply made = app.post(kTriggers, app.admin_token,
                                fmt::format(R"({{"trigger":{{"title":"{}","all":[{{"field":"status","value":"open"}}],"actions":[{{"field":"priority","value":"high"}}]}}}})", title));
    ASSERT_EQ(made.status, 201) << made.body;
    ids.push_back(rule_id(made, "trigger"));
  }
  const Reply order = app.put("/api/v2/triggers/reorder", app.admin_token, fmt::format(R"({{"trigger_ids":[{},{},{}]}})", ids[2], ids[0], ids[1]));
  ASSERT_EQ(order.status, 200) << order.body;
  EXPECT_EQ(order.at("triggers").at(0).at("title").as_string(), "Three");
  EXPECT_EQ(app.put("/api/v2/triggers/reorder", app.admin_token, fmt::format(R"({{"trigger_ids":[{}]}})", ids[2])).status, 422);
  const Reply first = app.get("/api/v2/triggers?page[size]=2", app.agent_token);
  EXPECT_EQ(first.at("triggers").as_array().size(), 2U);
  EXPECT_TRUE(first.at("meta", "has_more").as_bool());
  const Reply rest = app.get(fmt::format("/api/v2/triggers?page[size]=2&page[after]={}", first.at("meta", "after_cursor").as_string().c_str()), app.agent_token);
  EXPECT_EQ(rest.at("triggers").at(0).at("title").as_string(), "Two");
  EXPECT_FALSE(rest.at("meta", "has_more").as_bool());
  const Reply offset = app.get("/api/v2/triggers?page=2&per_page=2", app.agent_token);
  EXPECT_EQ(offset.at("triggers").as_array().size(), 1U);
  EXPECT_EQ(offset.at("count").to_number<int>(), 3);
  EXPECT_TRUE(offset.at("next_page").is_null());
  EXPECT_THAT(std::string(offset.at("previous_page").as_string()), HasSubstr("page=1"));
}

TEST(RulesApi, DefinitionsSayWhatThereIs) {
  WebApp app;
  const Described described(app);
  for (const char* path : {"/api/v2/triggers/definitions", "/api/v2/automations/definitions", "/api/v2/macros/definitions", "/api/v2/macros/placeholders"}) {
    const Reply reply = app.get(path, app.agent_token);
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(described.wrong_with(reply, path, "get"), "");
  }
  EXPECT_THAT(app.get("/api/v2/triggers/definitions", app.agent_token).body, HasSubstr("notification_user"));
  EXPECT_THAT(app.get("/api/v2/macros/definitions", app.agent_token).body, Not(HasSubstr("notification_user")));
}

}  // namespace
}  // namespace postern::test
