// The API's description of the redaction routes, held against what they answer and what they refuse.
#include <fmt/format.h>

#include "tests/web/web_app.h"
#include "web/api/schemas.h"

namespace postern::test {
namespace {

namespace json = boost::json;

// What is wrong with `value` under the schema; empty: nothing. Knows what schema_json() writes.
std::string against(const json::value& value, const json::object& schema, const json::object& all) {
  if (const json::value* reference = schema.if_contains("$ref")) {
    const std::string path(reference->as_string());
    return against(value, all.at(path.substr(path.rfind('/') + 1)).as_object(), all);
  }
  std::vector<std::string> types;
  const json::value& type = schema.at("type");
  if (type.is_string()) types.emplace_back(type.as_string());
  else for (const json::value& each : type.as_array()) types.emplace_back(each.as_string());
  const auto may_be = [&types](std::string_view name) { return std::ranges::find(types, name) != types.end(); };
  if (value.is_null()) return may_be("null") ? "" : "null";
  if (value.is_string()) {
    if (!may_be("string")) return "a string";
    const json::value* words = schema.if_contains("enum");
    return words == nullptr || std::ranges::find(words->as_array(), value) != words->as_array().end() ? "" : "none of the words";
  }
  if (value.is_bool()) return may_be("boolean") ? "" : "a boolean";
  if (value.is_number()) return may_be("number") || (may_be("integer") && !value.is_double()) ? "" : "a number";
  if (value.is_array()) {
    if (!may_be("array")) return "an array";
    for (const json::value& each : value.as_array()) {
      if (const std::string wrong = against(each, schema.at("items").as_object(), all); !wrong.empty()) return "item: " + wrong;
    }
    return "";
  }
  if (!may_be("object")) return "an object";
  const json::object& properties = schema.at("properties").as_object();
  for (const auto& field : value.as_object()) {
    const json::value* known = properties.if_contains(field.key());
    if (known == nullptr) return std::string(field.key()) + ": not described";
    if (field.key() == "counts" && field.value().is_null()) continue;  // so much was counted that nobody adds it up
    if (const std::string wrong = against(field.value(), known->as_object(), all); !wrong.empty()) return std::string(field.key()) + ": " + wrong;
  }
  return "";
}

struct Described {
  json::object paths, schemas;
  explicit Described(WebApp& app) {
    const json::value all = json::parse(app.get("/api/v2/openapi", app.admin_token).body);
    paths = all.at("paths").as_object();
    schemas = all.at("components").at("schemas").as_object();
  }
  // Of the answer to a request that did well.
  std::string wrong_with(const Reply& reply, const char* pattern, const char* verb) const {
    const json::value& response = paths.at(pattern).at(verb).at("responses").at("2XX");
    return against(json::parse(reply.body), response.at("content").at("application/json").at("schema").as_object(), schemas);
  }
};

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
      {"post", "/api/v2/redaction_rule_sets", "/api/v2/redaction_rule_sets", R"({"redaction_rule_set":{"document":"a shadow A"}})"},
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
  std::size_t references = 0;
  const auto look = [&](const auto& self, const json::value& value) -> void {
    if (value.is_array()) {
      for (const json::value& each : value.as_array()) self(self, each);
    }
    if (!value.is_object()) return;
    for (const auto& field : value.as_object()) {
      if (field.key() != "$ref") {
        self(self, field.value());
        continue;
      }
      ++references;
      const std::string path(field.value().as_string());
      EXPECT_TRUE(described.schemas.contains(path.substr(path.rfind('/') + 1))) << path;
    }
  };
  look(look, described.paths);
  look(look, described.schemas);
  EXPECT_GT(references, 40U);
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
