// The API's description of people, their ways in and the audit log, held against what those routes answer.
#include <fmt/format.h>

#include "tests/web/described.h"
#include "web/api/routes.h"

namespace postern::test {
namespace {

TEST(PeopleSchemas, DescribeWhatIsAnswered) {
  WebApp app;
  const Described described(app);
  const Browser admin = app.sign_in("admin@example.com");
  struct Case {
    const char* verb;
    std::string path;
    const char* pattern;
    const char* body;
  };
  const std::string agent = fmt::format("/api/v2/users/{}", app.agent.id.value);
  const std::vector<Case> cases{
      {"get", "/api/v2/session", "/api/v2/session", ""},
      {"get", "/api/v2/sessions", "/api/v2/sessions", ""},
      {"get", "/api/v2/users/me", "/api/v2/users/me", ""},
      {"get", agent, "/api/v2/users/{id}", ""},
      {"get", "/api/v2/users/me/sign_ins", "/api/v2/users/me/sign_ins", ""},
      {"get", agent + "/sign_ins", "/api/v2/users/{id}/sign_ins", ""},
      {"get", "/api/v2/two_factor", "/api/v2/two_factor", ""},
      {"post", "/api/v2/two_factor/totp", "/api/v2/two_factor/totp", ""},
      {"get", "/api/v2/devices", "/api/v2/devices", ""},
      {"get", "/api/v2/security_policy", "/api/v2/security_policy", ""},
      {"put", "/api/v2/security_policy", "/api/v2/security_policy", R"({"security_policy":{"second_factor":{"required_of":"everybody","grace_days":30}}})"},
      {"get", "/api/v2/security_policy/missing", "/api/v2/security_policy/missing", ""},
      {"post", "/api/v2/custom_roles", "/api/v2/custom_roles", R"({"custom_role":{"name":"Auditor","permissions":["audit:read"]}})"},
      {"get", "/api/v2/custom_roles", "/api/v2/custom_roles", ""},
      {"put", agent + "/role", "/api/v2/users/{id}/role", R"({"user":{"role":"agent","custom_role_id":1}})"},
      {"get", "/api/v2/password_policies", "/api/v2/password_policies", ""},
      {"put", "/api/v2/password_policies", "/api/v2/password_policies", R"({"password_policies":{"agents":{"level":"high"},"confirm_weaker":true}})"},
      {"get", "/api/v2/network_rules", "/api/v2/network_rules", ""},
      {"put", "/api/v2/network_rules", "/api/v2/network_rules", R"({"network_rules":{"allowed":["192.0.2.*"]}})"},
      {"post", "/api/v2/api_tokens", "/api/v2/api_tokens", R"({"api_token":{"description":"t","read_only":true,"networks":["192.0.2.1"]}})"},
      {"get", "/api/v2/api_tokens", "/api/v2/api_tokens", ""},
      {"get", "/api/v2/api_tokens/all", "/api/v2/api_tokens/all", ""},
      {"get", "/api/v2/audit_logs", "/api/v2/audit_logs", ""},
      {"get", "/api/v2/audit_logs/chain", "/api/v2/audit_logs/chain", ""},
      {"post", "/api/v2/audit_logs/chain/verify", "/api/v2/audit_logs/chain/verify", ""},
      {"get", "/api/v2/security_contact", "/api/v2/security_contact", ""},
      {"put", "/api/v2/security_contact", "/api/v2/security_contact", R"({"security_contact":{"email":"sec@example.com"}})"}};
  for (const Case& each : cases) {
    std::string verb = each.verb;
    for (char& c : verb) c = static_cast<char>(c - 'a' + 'A');
    const Reply reply = app.act(admin, verb, each.path, each.body);
    ASSERT_EQ(reply.status / 100, 2) << each.verb << ' ' << each.path << ' ' << reply.body;
    EXPECT_EQ(described.wrong_with(reply, each.pattern, each.verb), "") << each.verb << ' ' << each.path << ' ' << reply.body;
  }
  const Reply in = app.post("/api/v2/session", "", fmt::format(R"({{"email":"owner@example.com","password":"{}"}})", WebApp::kPassword));
  EXPECT_EQ(described.wrong_with(in, "/api/v2/session", "post"), "") << in.body;
  const Reply token = app.get("/api/v2/session", app.owner_token);
  EXPECT_EQ(described.wrong_with(token, "/api/v2/session", "get"), "") << "without a session: " << token.body;
}

// What a route says of itself has to be there: openapi.cc would throw for a name that is not.
TEST(PeopleSchemas, EveryNameOfTheTableIsASchema) {
  WebApp app;
  const Described described(app);
  for (const web::Route& route : web::api_routes()) {
    for (const std::string_view name : {route.request_schema, route.response_schema}) {
      if (!name.empty()) EXPECT_TRUE(described.schemas.contains(name)) << route.pattern << ' ' << name;
    }
  }
}

}  // namespace
}  // namespace postern::test
