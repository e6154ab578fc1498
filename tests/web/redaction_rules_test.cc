// The operator's bench over HTTP: rules, their sets, trials; what is refused, and how the refusal reads.
#include <fmt/format.h>

#include "tests/web/web_app.h"

namespace postern::test {
namespace {

namespace json = boost::json;

constexpr const char* kRules = "/api/v2/redaction_rules";
constexpr const char* kSets = "/api/v2/redaction_rule_sets";

std::string set_of(const std::string& document, const std::string& more = "") {
  return fmt::format(R"({{"redaction_rule_set":{{"document":{}{}}}}})", json::serialize(json::value(document)), more);
}

std::int64_t number(const json::value& value) { return value.to_number<std::int64_t>(); }

Reply remove(WebApp& app, const std::string& path, const std::string& token) {
  Call call{"DELETE", path, {}, ""};
  return app.send(call.with("Authorization", "Bearer " + token));
}

TEST(RedactionRulesApi, ShippedRulesAreListedWithTheirCounts) {
  WebApp app;
  app.receive("ann@customer.example", "Pay", "\r\nMy card is 4111 1111 1111 1111.\r\n");
  Reply reply = app.get(kRules, app.admin_token);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.field("etag"), "\"rules-0\"");
  EXPECT_EQ(number(reply.at("messages_seen")), 1);
  const json::value card = reply.at("redaction_rules").at(0);
  EXPECT_EQ(card.at("id").as_string(), "card");
  EXPECT_EQ(card.at("mode").as_string(), "enforce");
  EXPECT_TRUE(card.at("is_shipped").as_bool());
  EXPECT_TRUE(card.at("is_locked").as_bool());
  EXPECT_EQ(number(card.at("counts").at("messages")), 1);
  EXPECT_EQ(card.at("counts").at("hit_rate").to_number<double>(), 1.0);
  EXPECT_EQ(app.get(std::string(kRules) + "/iban", app.admin_token).at("redaction_rule", "mode").as_string(), "shadow");
  EXPECT_EQ(app.get(std::string(kRules) + "/nothing", app.admin_token).status, 404);
  EXPECT_EQ(app.get(std::string(kRules) + "/Not-A-Rule", app.admin_token).status, 404);
}

TEST(RedactionRulesApi, ARuleIsMadeChangedRolledOutAndRemoved) {
  WebApp app;
  Reply made = app.post(kRules, app.admin_token, R"({"redaction_rule":{"id":"order","patterns":["ORDER"],"note":"new"}})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(number(made.at("redaction_rule_set", "number")), 1);
  EXPECT_EQ(made.at("redaction_rule_set", "note").as_string(), "new");
  EXPECT_EQ(number(made.at("redaction_rule_set", "author_id")), static_cast<std::int64_t>(app.admin.id.value));
  EXPECT_EQ(made.field("etag"), "\"rules-1\"");
  EXPECT_EQ(app.fake_book.published(app.workspace()), "order shadow ORDER\n") << "a new rule only counts";
  EXPECT_EQ(app.post(kRules, app.admin_token, R"({"redaction_rule":{"id":"order"}})").status, 422);
  Reply changed = app.put(std::string(kRules) + "/order", app.admin_token, R"({"redaction_rule":{"patterns":["ORD"]}})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(app.fake_book.published(app.workspace()), "order shadow ORD\n");
  Reply rolled = app.post(std::string(kRules) + "/order/rollout", app.admin_token,
                          R"({"rollout":{"mode":"enforce","inboxes":["support@example.com"]}})");
  ASSERT_EQ(rolled.status, 200) << rolled.body;
  EXPECT_EQ(app.fake_book.published(app.workspace()), "order enforce ORD support@example.com\n");
  ASSERT_EQ(app.post(std::string(kSets) + "/rollback", app.admin_token, "").status, 200);
  EXPECT_EQ(app.fake_book.published(app.workspace()), "order shadow ORD\n");
  ASSERT_EQ(remove(app, std::string(kRules) + "/order", app.admin_token).status, 200);
  EXPECT_EQ(app.fake_book.published(app.workspace()), "");
  EXPECT_EQ(remove(app, std::string(kRules) + "/order", app.admin_token).status, 404);
  EXPECT_EQ(app.post(std::string(kRules) + "/card/rollout", app.admin_token, R"({"rollout":{"mode":"off"}})").status, 422);
  EXPECT_EQ(app.post(std::string(kRules) + "/iban/rollout", app.admin_token, R"({"rollout":{"mode":"loud"}})").status, 422);
  EXPECT_EQ(app.fake_book.published(app.directory->workspace_named("other")), "") << "other workspaces keep theirs";
  const std::string audit = app.get("/api/v2/audit_logs", app.admin_token).body;
  EXPECT_NE(audit.find("rules.rolled_back"), std::string::npos);
  EXPECT_NE(audit.find("order: mode shadow -> enforce"), std::string::npos);
  EXPECT_EQ(audit.find("a sample of"), std::string::npos);
}

TEST(RedactionRulesApi, SetsHaveAHistoryADifferenceAndOneStepBack) {
  WebApp app;
  ASSERT_EQ(app.post(kSets, app.admin_token, set_of("order shadow ORDER\n")).status, 201);
  ASSERT_EQ(app.post(kSets, app.admin_token, set_of("order enforce ORDER\n", R"(,"activate":false)")).status, 201);
  Reply list = app.get(kSets, app.admin_token);
  EXPECT_EQ(number(list.at("active")), 1);
  EXPECT_EQ(number(list.at("rolls_back_to")), 0);
  ASSERT_EQ(list.at("redaction_rule_sets").as_array().size(), 2U);
  EXPECT_EQ(number(list.at("redaction_rule_sets").at(0).at("number")), 2);
  EXPECT_EQ(app.get(std::string(kSets) + "/2", app.admin_token).at("redaction_rule_set", "document").as_string(), "order enforce ORDER\n");
  Reply difference = app.get(std::string(kSets) + "/1/difference?to=2", app.admin_token);
  ASSERT_EQ(difference.at("differences").as_array().size(), 1U) << difference.body;
  EXPECT_EQ(difference.at("differences").at(0).at("field").as_string(), "mode");
  EXPECT_EQ(difference.at("differences").at(0).at("before").as_string(), "shadow");
  EXPECT_EQ(difference.at("differences").at(0).at("after").as_string(), "enforce");
  ASSERT_EQ(app.post(std::string(kSets) + "/2/activate", app.admin_token, "").status, 200);
  EXPECT_EQ(app.fake_book.published(app.workspace()), "order enforce ORDER\n");
  EXPECT_EQ(number(app.post(std::string(kSets) + "/rollback", app.admin_token, "").at("redaction_rule_set", "number")), 1);
  EXPECT_EQ(number(app.post(std::string(kSets) + "/rollback", app.admin_token, "").at("redaction_rule_set", "number")), 0);
  EXPECT_EQ(app.post(std::string(kSets) + "/rollback", app.admin_token, "").status, 422);
  EXPECT_EQ(app.get(std::string(kSets) + "/9", app.admin_token).status, 404);
  EXPECT_EQ(app.post(std::string(kSets) + "/9/activate", app.admin_token, "").status, 404);
}

TEST(RedactionRulesApi, ProblemsNameLineAndRule) {
  WebApp app;
  const std::string document = "order shadow ORDER\nbad enforce X\nx enforce X nobody@example.com\n";
  for (const std::string& path : {std::string(kSets), std::string(kRules) + "/check"}) {
    const bool is_check = path.ends_with("check");
    Reply reply = app.post(path, app.admin_token, is_check ? json::serialize(json::object{{"document", document}}) : set_of(document));
    EXPECT_EQ(reply.status, 422) << path;
    EXPECT_EQ(reply.field("content-type"), "application/problem+json");
    const json::value details = reply.at("details", "document");
    ASSERT_EQ(details.as_array().size(), 2U) << reply.body;
    EXPECT_EQ(number(details.at(0).at("line")), 2);
    EXPECT_EQ(details.at(0).at("rule").as_string(), "bad");
    EXPECT_EQ(details.at(0).at("text").as_string(), "this rule is bad");
    EXPECT_EQ(details.at(0).at("description").as_string(), "line 2: bad: this rule is bad");
  }
  EXPECT_EQ(app.fake_book.published(app.workspace()), "");
  Reply good = app.post(std::string(kRules) + "/check", app.admin_token, R"({"document":"order shadow ORDER"})");
  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(good.at("redaction_rules").as_array().size(), 3U);
  EXPECT_TRUE(app.get(kSets, app.admin_token).at("redaction_rule_sets").as_array().empty());
  EXPECT_EQ(app.post(kSets, app.admin_token, R"({"redaction_rule_set":{}})").status, 422);
}

TEST(RedactionRulesApi, TwoOperatorsDoNotOverwriteEachOther) {
  WebApp app;
  ASSERT_EQ(app.post(kSets, app.admin_token, set_of("a shadow A\n", R"(,"expected_version":0)")).status, 201);
  EXPECT_EQ(app.post(kSets, app.owner_token, set_of("b shadow B\n", R"(,"expected_version":0)")).status, 409);
  Call late{"POST", std::string(kSets) + "/rollback", {}, ""};
  late.with("Authorization", "Bearer " + app.owner_token).with("If-Match", "\"rules-0\"");
  const Reply refused = app.send(late);
  EXPECT_EQ(refused.status, 412);
  EXPECT_EQ(refused.field("etag"), "\"rules-1\"");
  EXPECT_EQ(number(refused.at("in_force")), 1) << "what is there now";
  late.fields.back().second = "\"rules-1\"";
  EXPECT_EQ(app.send(late).status, 200);
  late.fields.back().second = "nonsense";
  EXPECT_EQ(app.send(late).status, 412);
}

// Whoever sends an old document is told what it would undo (I4_07).
TEST(RedactionRulesApi, ADocumentOnTopOfAnotherVersionIsRefusedWithTheDifference) {
  WebApp app;
  ASSERT_EQ(app.post(kSets, app.admin_token, set_of("order shadow ORDER\n")).status, 201);
  ASSERT_EQ(app.post(std::string(kRules) + "/order/rollout", app.owner_token, R"({"rollout":{"mode":"enforce"}})").status, 200);
  Reply late = app.post(kSets, app.admin_token, set_of("order shadow ORDER\nnew shadow NEW\n", R"(,"on_top_of":1)"));
  EXPECT_EQ(late.status, 409);
  EXPECT_EQ(number(late.at("in_force")), 2);
  ASSERT_EQ(late.at("differences").as_array().size(), 2U) << late.body;
  EXPECT_EQ(late.at("differences").at(0).at("change").as_string(), "added");
  EXPECT_EQ(late.at("differences").at(1).at("before").as_string(), "enforce");
  EXPECT_EQ(late.at("differences").at(1).at("after").as_string(), "shadow");
  EXPECT_EQ(app.post(kSets, app.admin_token, set_of("# on top of version 1\norder shadow ORDER\n")).status, 409) << "it says so itself";
  Call call{"POST", kSets, {}, set_of("order shadow ORDER\n")};
  call.with("Authorization", "Bearer " + app.admin_token).with("Content-Type", "application/json").with("If-Match", "\"rules-1\"");
  const Reply conditional = app.send(call);
  EXPECT_EQ(conditional.status, 412);
  EXPECT_EQ(conditional.field("etag"), "\"rules-2\"");
  EXPECT_EQ(conditional.at("differences").as_array().size(), 1U);
  EXPECT_EQ(app.fake_book.published(app.workspace()), "order enforce ORDER\n");
  Reply unnamed = app.post(kSets, app.admin_token, set_of("order shadow ORDER\n"));
  EXPECT_EQ(unnamed.status, 428) << unnamed.body;
  EXPECT_EQ(unnamed.field("content-type"), "application/problem+json");
  EXPECT_EQ(number(unnamed.at("in_force")), 2);
  EXPECT_EQ(unnamed.at("differences").as_array().size(), 1U);
  EXPECT_EQ(unnamed.field("etag"), "\"rules-2\"");
  EXPECT_EQ(app.fake_book.published(app.workspace()), "order enforce ORDER\n");
  EXPECT_EQ(app.post(kSets, app.admin_token, set_of("draft shadow D\n", R"(,"activate":false)")).status, 201) << "a draft undoes nothing";
  Reply good = app.post(kSets, app.admin_token, set_of("order shadow ORDER\n", R"(,"on_top_of":2)"));
  EXPECT_EQ(good.status, 201);
  EXPECT_TRUE(good.at("changed").as_bool());
  EXPECT_EQ(good.at("differences").as_array().size(), 1U);
  call.fields.back().second = "*";
  call.body = set_of("");
  EXPECT_EQ(app.send(call).status, 201) << "any version may be replaced";
}

TEST(RedactionRulesApi, WhatChangesNothingMakesNoVersion) {
  WebApp app;
  ASSERT_EQ(app.post(kSets, app.admin_token, set_of("order shadow ORDER\n")).status, 201);
  Reply same = app.post(kSets, app.admin_token, set_of("order shadow ORDER\n"));
  EXPECT_EQ(same.status, 200);
  EXPECT_FALSE(same.at("changed").as_bool());
  EXPECT_EQ(number(same.at("redaction_rule_set", "number")), 1);
  EXPECT_FALSE(app.put(std::string(kRules) + "/order", app.admin_token, R"({"redaction_rule":{"mode":"shadow"}})").at("changed").as_bool());
  EXPECT_EQ(app.get(kSets, app.admin_token).at("redaction_rule_sets").as_array().size(), 1U);
}

TEST(RedactionRulesApi, ElsewhereStandsBesideInboxes) {
  WebApp app;
  const std::string rollout = std::string(kRules) + "/iban/rollout";
  EXPECT_EQ(app.post(rollout, app.admin_token, R"({"rollout":{"mode":"enforce","elsewhere":"off"}})").status, 422);
  EXPECT_EQ(app.put(std::string(kRules) + "/iban", app.admin_token, R"({"redaction_rule":{"elsewhere":"off"}})").status, 422);
  EXPECT_EQ(app.post(rollout, app.admin_token, R"({"rollout":{"mode":"enforce","elsewhere":"off","inboxes":["support@example.com"]}})").status, 200);
}

TEST(RedactionRulesApi, ARouteWithoutABodyTakesAnEmptyObject) {
  WebApp app;
  ASSERT_EQ(app.post(kSets, app.admin_token, set_of("order shadow ORDER\n")).status, 201);
  EXPECT_EQ(app.post(std::string(kSets) + "/rollback", app.admin_token, R"({"version":1})").status, 413);
  EXPECT_EQ(app.post(std::string(kSets) + "/rollback", app.admin_token, std::string(100, ' ')).status, 413);
  EXPECT_EQ(app.post(std::string(kSets) + "/rollback", app.admin_token, "{}").status, 200);
}

TEST(RedactionRulesApi, ATextIsTriedAndKeptNowhere) {
  WebApp app;
  const std::string path = std::string(kRules) + "/test";
  Reply tried = app.post(path, app.admin_token, R"({"document":"order enforce ORDER","text":"my ORDER now","kind":"body"})");
  ASSERT_EQ(tried.status, 200) << tried.body;
  EXPECT_EQ(tried.at("after").as_string(), "my ***** now");
  const json::value found = tried.at("findings").at(0);
  EXPECT_EQ(found.at("rule").as_string(), "order");
  EXPECT_EQ(number(found.at("begin")), 3);
  EXPECT_EQ(number(found.at("end")), 8);
  EXPECT_EQ(app.post(path, app.admin_token, R"({"text":"my ORDER now"})").at("after").as_string(), "my ORDER now");
  EXPECT_EQ(app.post(path, app.admin_token, R"({"document":"bad enforce X","text":"x"})").status, 422);
  EXPECT_EQ(app.post(path, app.admin_token, R"({"text":"x","kind":"dream"})").status, 422);
  EXPECT_EQ(app.post(path, app.admin_token, R"({"text":""})").status, 422);
  EXPECT_TRUE(app.get(kSets, app.admin_token).at("redaction_rule_sets").as_array().empty());
  EXPECT_EQ(app.get("/api/v2/audit_logs", app.admin_token).body.find("rules."), std::string::npos);
}

TEST(RedactionRulesApi, AgentsDoNotReachIt) {
  WebApp app;
  for (const char* path : {kRules, kSets, "/api/v2/redaction_stats", "/api/v2/redaction_feedback", "/api/v2/redaction_replays"}) {
    EXPECT_EQ(app.get(path, app.agent_token).status, 403) << path;
  }
  EXPECT_EQ(app.post(kSets, app.agent_token, set_of("a enforce A\n")).status, 403);
  EXPECT_EQ(app.post(std::string(kRules) + "/test", app.agent_token, R"({"text":"x"})").status, 403);
}

// From the API to the next mail, with the real rules: enforced in one inbox, counted in the others, taken back in one
// step (Z-35).
TEST(RedactionRulesApi, AStoredRuleDecidesWhatTheNextMailShows) {
  WebApp app({}, WebApp::Rules::kReal);
  const auto body_of_mail_to = [&app](const char* inbox) {
    const core::TicketId id = app.receive("ann@customer.example", "Hello", "\r\nMy number is KD-48213377.\r\n", inbox);
    const std::string path = fmt::format("/api/v2/tickets/{}/comments", id.value);
    return std::string(app.get(path, app.admin_token).at("comments").at(0).at("body").as_string());
  };
  Reply made = app.post(kRules, app.admin_token,
                        R"({"redaction_rule":{"id":"customer_no","patterns":["KD-[0-9]{8}"],"matches":["KD-12345678"],)"
                        R"("ignores":["KD-1"],"mode":"enforce","inboxes":["support@example.com"]}})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(body_of_mail_to("support@example.com").find("48213377"), std::string::npos);
  EXPECT_NE(body_of_mail_to("reports@example.com").find("KD-48213377"), std::string::npos);
  const json::value counts = app.get(std::string(kRules) + "/customer_no", app.admin_token).at("redaction_rule", "counts");
  EXPECT_EQ(number(counts.at("messages")), 1);
  EXPECT_EQ(number(counts.at("shadow_messages")), 1);
  ASSERT_EQ(app.post(std::string(kSets) + "/rollback", app.admin_token, "").status, 200);
  EXPECT_NE(body_of_mail_to("support@example.com").find("KD-48213377"), std::string::npos);
}

}  // namespace
}  // namespace postern::test
