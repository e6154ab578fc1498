// Roles, tokens, passwords and networks through the API, and those who try to get more out of it (requirements I0-03,
// Z-25, Z-28, Z-29, C-07, I0-14; ASVS 5.0 6.x, 8.x).
#include <fmt/format.h>

#include "tests/web/web_app.h"

namespace postern::test {
namespace {

std::string user_path(const auth::User& user, const char* rest = "") { return fmt::format("/api/v2/users/{}{}", user.id.value, rest); }

std::int64_t number(const boost::json::value& value) { return value.to_number<std::int64_t>(); }

std::uint64_t define(WebApp& app, const Browser& by, const std::string& name, const std::string& permissions) {
  const Reply made = app.act(by, "POST", "/api/v2/custom_roles",
                             fmt::format(R"({{"custom_role":{{"name":"{}","permissions":[{}]}}}})", name, permissions));
  EXPECT_EQ(made.status, 201) << made.body;
  return made.at("custom_role", "id").to_number<std::uint64_t>();
}

TEST(RolesApi, I0_03_ACustomRoleIsDefinedGivenAndInForceAtOnce) {
  WebApp app;
  const Browser owner = app.sign_in("owner@example.com");
  const std::uint64_t role = define(app, owner, "Auditor", R"("audit:read","tickets:read")");
  EXPECT_EQ(app.get("/api/v2/audit_logs", app.agent_token).status, 403);
  const std::string give = fmt::format(R"({{"user":{{"role":"agent","custom_role_id":{}}}}})", role);
  Reply given = app.act(owner, "PUT", user_path(app.agent, "/role"), give);
  ASSERT_EQ(given.status, 200) << given.body;
  EXPECT_EQ(given.at("user", "custom_role_id").to_number<std::uint64_t>(), role);
  EXPECT_EQ(app.get("/api/v2/audit_logs", app.agent_token).status, 200);
  EXPECT_EQ(app.get("/api/v2/users", app.agent_token).status, 403);
  const Reply who = app.get("/api/v2/session", app.agent_token);
  EXPECT_EQ(who.at("permissions").as_array().size(), 2U);
  EXPECT_EQ(app.act(owner, "DELETE", fmt::format("/api/v2/custom_roles/{}", role)).status, 409);
  EXPECT_EQ(app.act(owner, "POST", "/api/v2/custom_roles", R"({"custom_role":{"name":"x","permissions":["everything"]}})").status, 422);
  EXPECT_EQ(app.get("/api/v2/custom_roles", app.admin_token).at("custom_roles").as_array().size(), 6U);
}

TEST(RolesApi, Z29_ALightAgentReadsAndWritesNotesOnly) {
  WebApp app;
  const Browser owner = app.sign_in("owner@example.com");
  const auto ticket = app.receive("customer@example.org", "Help", "Please");
  const std::string path = fmt::format("/api/v2/tickets/{}", ticket.value);
  ASSERT_EQ(app.act(owner, "PUT", user_path(app.agent, "/role"), R"({"user":{"role":"agent","custom_role_id":1}})").status, 200);
  EXPECT_EQ(app.get(path, app.agent_token).status, 200);
  EXPECT_EQ(app.put(path, app.agent_token, R"({"ticket":{"comment":{"body":"a note","public":false}}})").status, 200);
  EXPECT_EQ(app.put(path, app.agent_token, R"({"ticket":{"comment":{"body":"to the customer","public":true}}})").status, 403);
  EXPECT_EQ(app.put(path, app.agent_token, R"({"ticket":{"comment":{"body":"public by default"}}})").status, 403);
  EXPECT_EQ(app.put(path, app.agent_token, R"({"ticket":{"status":"solved"}})").status, 403);
  EXPECT_EQ(app.put(path, app.agent_token, R"({"ticket":{"status":"solved","comment":{"body":"n","public":false}}})").status, 403);
  EXPECT_EQ(app.get("/api/v2/suspended_tickets", app.agent_token).status, 403);
}

TEST(RolesApi, Asvs_8_3_1_NobodyRaisesHimselfOrOthersAboveHimself) {
  WebApp app;
  const Browser owner = app.sign_in("owner@example.com");
  const std::uint64_t roles_only = define(app, owner, "Roles", R"("roles:manage","users:manage","users:read")");
  ASSERT_EQ(app.act(owner, "PUT", user_path(app.agent, "/role"),
                    fmt::format(R"({{"user":{{"role":"agent","custom_role_id":{}}}}})", roles_only)).status, 200);
  const Browser agent = app.sign_in("agent@example.com");
  EXPECT_EQ(app.act(agent, "PUT", user_path(app.agent, "/role"), R"({"user":{"role":"admin"}})").status, 403);
  EXPECT_EQ(app.act(agent, "POST", "/api/v2/custom_roles", R"({"custom_role":{"name":"x","permissions":["audit:read"]}})").status, 403);
  EXPECT_EQ(app.act(agent, "PUT", fmt::format("/api/v2/custom_roles/{}", roles_only),
                    R"({"custom_role":{"name":"Roles","permissions":["roles:manage","security:manage"]}})").status, 403);
  EXPECT_EQ(app.act(agent, "PUT", user_path(app.admin, "/role"), R"({"user":{"role":"agent"}})").status, 403);
  EXPECT_EQ(app.act(agent, "POST", user_path(app.admin, "/password_link")).status, 403);
  EXPECT_EQ(app.act(agent, "PUT", user_path(app.owner), R"({"user":{"suspended":true}})").status, 403);
  const Browser admin = app.sign_in("admin@example.com");
  EXPECT_EQ(app.act(admin, "PUT", user_path(app.agent, "/role"), R"({"user":{"role":"owner"}})").status, 403);
  EXPECT_EQ(app.act(admin, "PUT", user_path(app.owner, "/role"), R"({"user":{"role":"agent"}})").status, 403);
  EXPECT_EQ(app.act(owner, "PUT", user_path(app.owner, "/role"), R"({"user":{"role":"agent"}})").status, 403) << "the last owner, himself";
}

TEST(RolesApi, Asvs_15_3_3_FieldsThatARouteDoesNotKnowChangeNothing) {
  WebApp app;
  const Browser admin = app.sign_in("admin@example.com");
  const std::string more = R"({"user":{"suspended":false,"role":"owner","custom_role_id":1,"permissions":["audit:read"],"is_owner":true}})";
  const Reply refused = app.act(admin, "PUT", user_path(app.agent), more);
  EXPECT_EQ(refused.status, 422) << refused.body;
  const Reply shown = app.get(user_path(app.agent), app.owner_token);
  EXPECT_EQ(shown.at("user", "role").as_string(), "agent");
  EXPECT_TRUE(shown.at("user", "custom_role_id").is_null());
  const Browser agent = app.sign_in("agent@example.com");
  EXPECT_EQ(app.act(agent, "PUT", "/api/v2/users/me/password",
                    R"({"previous_password":"correct horse battery staple","password":"glory teapot moss","role":"owner","user_id":1})").status, 204);
  EXPECT_EQ(app.get("/api/v2/users/me", app.agent_token).at("user", "role").as_string(), "agent");
}

TEST(RolesApi, Asvs_8_4_1_AnotherWorkspacesPeopleRolesAndTokensAreNotThere) {
  WebApp app;
  const Browser owner = app.sign_in("owner@example.com");
  for (const char* rest : {"/unlock", "/password_link"}) {
    EXPECT_EQ(app.act(owner, "POST", user_path(app.foreign_agent, rest)).status, 404) << rest;
  }
  EXPECT_EQ(app.act(owner, "PUT", user_path(app.foreign_agent, "/role"), R"({"user":{"role":"admin"}})").status, 404);
  const std::uint64_t role = define(app, owner, "Here", R"("tickets:read")");
  const Reply there = app.get("/api/v2/custom_roles", app.foreign_token);
  EXPECT_EQ(there.at("custom_roles").as_array().size(), 5U) << "built-in ones only";
  (void)role;
  const Reply tokens = app.get("/api/v2/api_tokens/all", app.owner_token);
  const boost::json::value listed = tokens.at("api_tokens");
  for (const auto& each : listed.as_array()) {
    EXPECT_NE(number(each.at("user_id")), static_cast<std::int64_t>(app.foreign_agent.id.value));
  }
}

Reply make_token(WebApp& app, const Browser& by, const std::string& fields) {
  return app.act(by, "POST", "/api/v2/api_tokens", R"({"api_token":{"description":"t")" + fields + "}}");
}

TEST(TokensApi, Z28_AReadOnlyTokenReads) {
  WebApp app;
  const auto ticket = app.receive("customer@example.org", "Help", "Please");
  const std::string path = fmt::format("/api/v2/tickets/{}", ticket.value);
  const Browser agent = app.sign_in("agent@example.com");
  const Reply made = make_token(app, agent, R"(,"read_only":true,"expires_in_days":30)");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string secret(made.at("api_token", "token").as_string());
  EXPECT_EQ(made.at("api_token", "scopes").as_array().size(), 2U);
  EXPECT_EQ(app.get(path, secret).status, 200);
  EXPECT_EQ(app.put(path, secret, R"({"ticket":{"status":"solved"}})").status, 403);
  EXPECT_EQ(make_token(app, agent, R"(,"scopes":["audit:read"])").status, 403);
  EXPECT_EQ(make_token(app, agent, R"(,"scopes":["no:such"])").status, 422);
}

TEST(TokensApi, Asvs_9_AStolenTokenIsWorthNothingElsewhere) {
  WebApp app;
  const Browser agent = app.sign_in("agent@example.com");
  const Reply far = make_token(app, agent, R"(,"networks":["203.0.113.0/24"])");
  const Reply here = make_token(app, agent, R"(,"networks":["192.0.2.0/24"])");
  EXPECT_EQ(app.get("/api/v2/users/me", std::string(here.at("api_token", "token").as_string())).status, 200);
  const Reply refused = app.get("/api/v2/users/me", std::string(far.at("api_token", "token").as_string()));
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.body.find("network"), std::string::npos) << "a thief is not told why";
  EXPECT_EQ(make_token(app, agent, R"(,"networks":["nowhere"])").status, 422);
}

TEST(TokensApi, AdminsSeeAndRevokeThemAllOwnersRotateTheirs) {
  WebApp app;
  const Browser agent = app.sign_in("agent@example.com");
  const Reply made = make_token(app, agent, "");
  const auto id = made.at("api_token", "id").to_number<std::uint64_t>();
  const Reply rotated = app.act(agent, "POST", fmt::format("/api/v2/api_tokens/{}/rotate", id));
  ASSERT_EQ(rotated.status, 201) << rotated.body;
  EXPECT_EQ(app.get("/api/v2/users/me", std::string(made.at("api_token", "token").as_string())).status, 401);
  const std::string secret(rotated.at("api_token", "token").as_string());
  EXPECT_EQ(app.get("/api/v2/users/me", secret).status, 200);
  EXPECT_EQ(app.get("/api/v2/api_tokens/all", app.agent_token).status, 403);
  EXPECT_GE(app.get("/api/v2/api_tokens/all", app.admin_token).at("api_tokens").as_array().size(), 5U);
  EXPECT_EQ(app.act(app.sign_in("admin@example.com"), "DELETE", fmt::format("/api/v2/api_tokens/{}", id)).status, 204);
  EXPECT_EQ(app.get("/api/v2/users/me", secret).status, 401);
}

TEST(PeopleApi, Z28_PeopleAreInvitedWithTheirRole) {
  WebApp app;
  const Browser owner = app.sign_in("owner@example.com");
  const auto invite = [&](const char* email, const char* fields) {
    return app.act(owner, "POST", "/api/v2/users", fmt::format(R"({{"user":{{"email":"{}",{}}}}})", email, fields));
  };
  const Reply light = invite("light@example.com", R"("role":"light-agent")");
  ASSERT_EQ(light.status, 201) << light.body;
  EXPECT_EQ(number(light.at("user").at("custom_role_id")), 1);
  EXPECT_EQ(invite("other@example.com", R"("role":"agent","custom_role_id":1)").status, 201);
  EXPECT_EQ(invite("x@example.com", R"("role":"admin","custom_role_id":1)").status, 422);
  const Reply unknown = invite("x@example.com", R"("role":"agent","custom_role_id":77)");
  EXPECT_EQ(unknown.status, 422);
  EXPECT_NE(unknown.body.find("user.custom_role_id"), std::string::npos) << unknown.body;
  const Browser admin = app.sign_in("admin@example.com");
  const Reply role = app.act(admin, "POST", "/api/v2/custom_roles", R"({"custom_role":{"name":"Reader","permissions":["tickets:read"]}})");
  const std::string id = std::to_string(number(role.at("custom_role").at("id")));
  const Reply own = invite("reader@example.com", (R"("role":"agent","custom_role_id":)" + id).c_str());
  ASSERT_EQ(own.status, 201) << own.body;
  EXPECT_EQ(std::to_string(number(own.at("user").at("custom_role_id"))), id);
}

TEST(PeopleApi, WhatIsWrongIsToldInItsOwnWords) {
  WebApp app;
  const Browser agent = app.sign_in("agent@example.com");
  const auto make = [&](const char* fields) {
    return app.act(agent, "POST", "/api/v2/api_tokens", fmt::format(R"({{"api_token":{{"description":"t",{}}}}})", fields));
  };
  for (const char* days : {"-1", "\"30\"", "1.5", "3661", "true", "1e300"}) {
    const Reply refused = make(fmt::format(R"("expires_in_days":{})", days).c_str());
    EXPECT_EQ(refused.status, 422) << days;
    EXPECT_NE(refused.body.find("a whole number from 0"), std::string::npos) << refused.body;
  }
  EXPECT_EQ(make(R"("expires_in_days":30)").status, 201);
  const Reply both = make(R"("networks":["192.0.2.1","nowhere","10.0.0.0/99"])");
  EXPECT_EQ(both.at("details").at("api_token.networks").as_array().size(), 2U) << both.body;
  const Browser admin = app.sign_in("admin@example.com");
  const Reply rules = app.act(admin, "PUT", "/api/v2/network_rules", R"({"network_rules":{"allowed":["x","y","192.0.2.0/24"]}})");
  EXPECT_EQ(rules.at("details").at("network_rules.allowed").as_array().size(), 2U) << rules.body;
}

// The cookie changes with every proof; who still sends the one before is told that, and nothing about a password.
TEST(PeopleApi, AReplacedCookieAndAWrongTokenAreCalledWhatTheyAre) {
  WebApp app;
  const Browser before = app.sign_in("agent@example.com");
  const Reply proved = app.act(before, "POST", "/api/v2/session/proof", fmt::format(R"({{"password":"{}"}})", WebApp::kPassword));
  ASSERT_EQ(proved.status / 100, 2) << proved.body;
  const Reply stale = app.act(before, "GET", "/api/v2/session");
  EXPECT_EQ(stale.status, 401);
  EXPECT_NE(stale.body.find("sign in again"), std::string::npos) << stale.body;
  EXPECT_EQ(stale.body.find("password"), std::string::npos) << stale.body;
  const Reply wrong = app.get("/api/v2/tickets", "pst_" + std::string(43, 'x'));
  EXPECT_EQ(wrong.status, 401);
  EXPECT_NE(wrong.body.find("token"), std::string::npos) << wrong.body;
  EXPECT_EQ(wrong.body.find("password"), std::string::npos) << wrong.body;
}

TEST(PasswordsApi, Z25_PoliciesAreForThoseWhoManageSecurity) {
  WebApp app;
  const char* path = "/api/v2/password_policies";
  EXPECT_EQ(app.get(path, app.agent_token).status, 403);
  EXPECT_EQ(app.get(path, app.admin_token).at("password_policies", "agents").at("level").as_string(), "recommended");
  const Browser admin = app.sign_in("admin@example.com");
  EXPECT_EQ(app.act(admin, "PUT", path, R"({"password_policies":{"agents":{"level":"low"}}})").status, 422);
  EXPECT_EQ(app.act(admin, "PUT", path, R"({"password_policies":{"agents":{"level":"custom","length_min":4}}})").status, 422);
  const Reply shorter = app.act(admin, "PUT", path, R"({"password_policies":{"agents":{"level":"high"}}})");
  EXPECT_EQ(shorter.status, 422) << "6 characters instead of 12";
  EXPECT_NE(shorter.body.find("6 characters"), std::string::npos) << shorter.body;
  const auto custom = R"({"password_policies":{"agents":{"level":"custom","length_min":14,"needs_digit":true}}})";
  EXPECT_EQ(app.act(admin, "PUT", path, custom).status, 200) << "nothing to confirm";
  EXPECT_EQ(app.act(admin, "PUT", path, R"({"password_policies":{"agents":{"level":"recommended"}}})").status, 422) << "12 instead of 14";
  const Reply high = app.act(admin, "PUT", path, R"({"password_policies":{"agents":{"level":"high"},"confirm_weaker":true}})");
  ASSERT_EQ(high.status, 200) << high.body;
  EXPECT_EQ(number(high.at("password_policies", "agents").at("expiry_days")), 90);
  EXPECT_EQ(high.at("password_policies", "end_users").at("level").as_string(), "recommended");
}

TEST(PasswordsApi, Z25_AfterTheGracePeriodASignInAsksForAnotherPassword) {
  WebApp app;
  const Browser admin = app.sign_in("admin@example.com");
  ASSERT_EQ(app.act(admin, "PUT", "/api/v2/password_policies", R"({"password_policies":{"agents":{"level":"medium"},"confirm_weaker":true}})").status, 200);
  const std::string credentials = fmt::format(R"({{"email":"agent@example.com","password":"{}"}})", WebApp::kPassword);
  EXPECT_EQ(app.post("/api/v2/session", "", credentials).status, 201);
  app.clock.advance(std::chrono::hours(5 * 24));
  const Reply due = app.post("/api/v2/session", "", credentials);
  EXPECT_EQ(due.status, 403);
  EXPECT_EQ(due.at("error").as_string(), "PasswordChangeDue");
  EXPECT_FALSE(due.has("set-cookie"));
  const std::string token(due.at("password_change", "token").as_string());
  EXPECT_EQ(app.post("/api/v2/enrolment", "", fmt::format(R"({{"token":"{}","password":"Glory-Teapot-7"}})", token)).status, 201);
  EXPECT_EQ(app.post("/api/v2/session", "", R"({"email":"agent@example.com","password":"Glory-Teapot-7"})").status, 201);
}

TEST(PasswordsApi, Asvs_6_3_8_AskingForALinkIsTheSameForEverybody) {
  WebApp app;
  std::vector<std::string> bodies;
  for (const char* email : {"agent@example.com", "nobody@example.com", "agent@other.example", "contact@example.com", "not an address"}) {
    const std::uint64_t before = app.store->snapshot()->version();
    const Reply reply = app.post("/api/v2/password_resets", "", fmt::format(R"({{"email":"{}"}})", email));
    EXPECT_EQ(reply.status, 202) << email;
    EXPECT_EQ(app.store->snapshot()->version(), before) << "no work before the answer: " << email;
    bodies.push_back(reply.body);
  }
  EXPECT_EQ(app.asked_resets.size(), 5U) << "the same work behind it, for each";
  for (const std::string& body : bodies) EXPECT_EQ(body, bodies.front());
}

TEST(PasswordsApi, Asvs_6_2_3_ChangingOnesOwnNeedsTheOldOneAndASession) {
  WebApp app;
  const Browser agent = app.sign_in("agent@example.com");
  const char* path = "/api/v2/users/me/password";
  const std::string good = fmt::format(R"({{"previous_password":"{}","password":"glory teapot moss"}})", WebApp::kPassword);
  EXPECT_EQ(app.put(path, app.agent_token, good).status, 403);
  EXPECT_EQ(app.act(agent, "PUT", path, R"({"previous_password":"wrong wrong","password":"glory teapot moss"})").status, 422);
  EXPECT_EQ(app.act(agent, "PUT", path, fmt::format(R"({{"previous_password":"{}","password":"password1234"}})", WebApp::kPassword)).status, 422);
  EXPECT_EQ(app.act(agent, "PUT", path, good).status, 204);
  EXPECT_EQ(app.act(agent, "GET", "/api/v2/users/me").status, 200) << "this session stays";
}

TEST(PasswordsApi, C07_AnAdminUnlocksALogin) {
  WebApp app;
  const Browser admin = app.sign_in("admin@example.com");
  for (int i = 0; i < 5; ++i) app.post("/api/v2/session", "", R"({"email":"agent@example.com","password":"wrong wrong"})");
  const std::string credentials = fmt::format(R"({{"email":"agent@example.com","password":"{}"}})", WebApp::kPassword);
  EXPECT_EQ(app.post("/api/v2/session", "", credentials).status, 429);
  EXPECT_EQ(app.act(admin, "POST", user_path(app.agent, "/unlock")).status, 204);
  EXPECT_EQ(app.post("/api/v2/session", "", credentials).status, 201);
}

TEST(NetworksApi, I0_14_RulesHoldForEveryRouteAndCredential) {
  WebApp app;
  const char* path = "/api/v2/network_rules";
  const Browser admin = app.sign_in("admin@example.com");
  const Browser agent = app.sign_in("agent@example.com");
  const char* far = R"({"network_rules":{"allowed":["203.0.113.0/24"]}})";
  const Reply guarded = app.act(admin, "PUT", path, far);
  EXPECT_EQ(guarded.status, 422) << "he would shut himself out";
  EXPECT_NE(guarded.body.find("192.0.2.1"), std::string::npos) << guarded.body;
  EXPECT_EQ(app.act(admin, "PUT", path, R"({"network_rules":{"allowed":["192.0.2.0/24"]}})").status, 200);
  EXPECT_EQ(app.act(agent, "GET", "/api/v2/tickets").status, 200);
  EXPECT_EQ(app.act(agent, "PUT", path, R"({"network_rules":{"allowed":[]}})").status, 403);
  ASSERT_EQ(app.act(admin, "PUT", path, R"({"network_rules":{"allowed":["203.0.113.0/24"],"confirm_lockout":true}})").status, 200);
  for (const char* each : {"/api/v2/tickets", "/api/v2/attachments/1/content", "/api/v2/changes", "/api/v2/changes/stream", "/api/v2/session"}) {
    EXPECT_EQ(app.act(agent, "GET", each).status, 403) << each;
    EXPECT_EQ(app.get(each, app.owner_token).status, 403) << each;
  }
  EXPECT_EQ(app.get("/api/v2/users/me", app.contact_token).status, 200) << "end users were not meant";
  EXPECT_EQ(app.post("/api/v2/session", "", fmt::format(R"({{"email":"agent@example.com","password":"{}"}})", WebApp::kPassword)).status, 401);
}

}  // namespace
}  // namespace postern::test
