// The API's description of the redaction routes, held against what they answer and what they refuse.
#include <fmt/format.h>

#include "tests/web/described.h"
#include "web/api/schemas.h"

namespace postern::test {
namespace {

namespace json = boost::json;

TEST(RedactionSchemas, DescribeWhatIsAnswered) {
  WebApp app;
  const Described described(app);
  const auto ticket = app.receive("ann@customer.example", "Pay", "\r\nMy card is 4111 1111 1111 1111.\r\n");
  const std::string comments = fmt::format("/api/v2/tickets/{}/comments", ticket.value);
  const auto comment = app.get(comments, app.agent_token).at("comments").at(0).at("id").to_number<std::int64_t>();
  const std::string feedback = fmt::format("{}/{}/redaction_feedback", comments, comment);
  const char* const kFeedback = "/api/v2/tickets/{id}/comments/{comment_id}/redaction_feedback";
  struct Case {
    const char* verb;
    std::string path;
    const char* pattern;
    const char* body;
  };
  const std::vector<Case> cases{
      {"post", "/api/v2/redaction_rules", "/api/v2/redaction_rules", R"({"redaction_rule":{"id":"order","patterns":["ORDER"]}})"},
      {"get", "/api/v2/redaction_rules", "/api/v2/redaction_rules", nullptr},
      {"get", "/api/v2/redaction_rules/order", "/api/v2/redaction_rules/{rule}", nullptr},
      {"put", "/api/v2/redaction_rules/order", "/api/v2/redaction_rules/{rule}", R"({"redaction_rule":{"mode":"enforce"}})"},
      {"post", "/api/v2/redaction_rules/order/rollout", "/api/v2/redaction_rules/{rule}/rollout", R"({"rollout":{"mode":"off"}})"},
      {"post", "/api/v2/redaction_rules/check", "/api/v2/redaction_rules/check", R"({"document":"a shadow A"})"},
      {"post", "/api/v2/redaction_rules/test", "/api/v2/redaction_rules/test", R"({"document":"a shadow A","text":"an A"})"},
      {"post", "/api/v2/redaction_rule_sets", "/api/v2/redaction_rule_sets", R"({"redaction_rule_set":{"document":"a shadow A","on_top_of":3}})"},
      {"get", "/api/v2/redaction_rule_sets", "/api/v2/redaction_rule_sets", nullptr},
      {"get", "/api/v2/redaction_rule_sets/1", "/api/v2/redaction_rule_sets/{number}", nullptr},
      {"get", "/api/v2/redaction_rule_sets/1/difference", "/api/v2/redaction_rule_sets/{number}/difference", nullptr},
      {"post", "/api/v2/redaction_rule_sets/1/activate", "/api/v2/redaction_rule_sets/{number}/activate", "{}"},
      {"post", "/api/v2/redaction_rule_sets/rollback", "/api/v2/redaction_rule_sets/rollback", " { } "},
      {"post", feedback, kFeedback, R"({"redaction_feedback":{"rule":"card"}})"},
      {"get", feedback, kFeedback, nullptr},
      {"get", "/api/v2/redaction_feedback", "/api/v2/redaction_feedback", nullptr},
      {"get", "/api/v2/redaction_stats", "/api/v2/redaction_stats", nullptr},
      {"post", "/api/v2/redaction_replays", "/api/v2/redaction_replays", R"({"redaction_replay":{"document":"a shadow A"}})"},
      {"get", "/api/v2/redaction_replays", "/api/v2/redaction_replays", nullptr}};
  for (const Case& each : cases) {
    const std::string verb = each.verb;
    const Reply reply = verb == "get"   ? app.get(each.path, app.admin_token)
                        : verb == "put" ? app.put(each.path, app.admin_token, each.body)
                                        : app.post(each.path, app.admin_token, each.body);
    ASSERT_EQ(reply.status / 100, 2) << each.verb << ' ' << each.path << ' ' << reply.body;
    EXPECT_EQ(described.wrong_with(reply, each.pattern, each.verb), "") << each.verb << ' ' << each.path << ' ' << reply.body;
  }
}

TEST(RedactionSchemas, EveryReferenceLeadsSomewhere) {
  WebApp app;
  const Described described(app);
  EXPECT_TRUE(described.schemas.contains("Problem"));
  EXPECT_GT(described.follow_references(), 40U);
}

// A slip in a key is told, by its name; what is only shown may be sent back.
TEST(RedactionSchemas, OtherKeysAreRefused) {
  WebApp app;
  const std::pair<const char*, const char*> cases[] = {
      {"/api/v2/redaction_rules", R"({"redaction_rule":{"id":"a","patterns":["A"],"colour":1}})"},
      {"/api/v2/redaction_rules", R"({"redaction_rule":{"id":"a","patterns":["A"]},"colour":1})"},
      {"/api/v2/redaction_rules/iban/rollout", R"({"rollout":{"mode":"off","colour":1}})"},
      {"/api/v2/redaction_rules/check", R"({"document":"","colour":1})"},
      {"/api/v2/redaction_rules/test", R"({"text":"a","colour":1})"},
      {"/api/v2/redaction_rule_sets", R"({"redaction_rule_set":{"document":"","colour":1}})"},
      {"/api/v2/redaction_rule_sets", R"({"redaction_rule_set":{"document":""},"colour":1})"},
      {"/api/v2/redaction_replays", R"({"redaction_replay":{"document":"","colour":1}})"}};
  for (const auto& [path, body] : cases) {
    const Reply reply = app.post(path, app.admin_token, body);
    EXPECT_EQ(reply.status, 422) << path << reply.body;
    EXPECT_NE(reply.body.find("colour"), std::string::npos) << reply.body;
  }
  ASSERT_EQ(app.post("/api/v2/redaction_rules", app.admin_token, R"({"redaction_rule":{"id":"a","patterns":["A"]}})").status, 201);
  json::object shown = app.get("/api/v2/redaction_rules/a", app.admin_token).at("redaction_rule").as_object();
  shown["mode"] = "enforce";
  const auto send_back = [&] { return app.put("/api/v2/redaction_rules/a", app.admin_token, json::serialize(json::object{{"redaction_rule", shown}})); };
  EXPECT_EQ(send_back().status, 200);
  shown["id"] = "b";
  EXPECT_EQ(send_back().status, 422);
}

}  // namespace
}  // namespace postern::test
