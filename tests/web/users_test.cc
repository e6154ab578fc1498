#include <fmt/format.h>

#include "tests/web/web_app.h"

namespace postern::test {
namespace {

TEST(Users, ShowOneManyAndAgents) {
  WebApp app;
  Reply me = app.get("/api/v2/users/me", app.owner_token);
  EXPECT_EQ(me.at("user", "role").as_string(), "admin");
  EXPECT_TRUE(me.at("user", "is_owner").as_bool());
  Reply many = app.get(fmt::format("/api/v2/users/show_many?ids={},{},99", app.agent.id.value, app.admin.id.value), app.agent_token);
  EXPECT_EQ(many.at("users").as_array().size(), 2U);
  EXPECT_EQ(app.get("/api/v2/users/show_many?ids=1,x", app.agent_token).status, 422);
  Reply agents = app.get("/api/v2/users?role=agent", app.agent_token);
  const boost::json::value users = agents.at("users");
  for (const auto& each : users.as_array()) EXPECT_NE(each.at("role").as_string(), "end-user");
  EXPECT_EQ(agents.at("users").as_array().size(), 3U);
  EXPECT_EQ(app.get("/api/v2/users/12345", app.agent_token).status, 404);
}

TEST(Users, NobodyGivesARoleAboveHisOwn) {
  WebApp app;
  EXPECT_EQ(app.post("/api/v2/users", app.admin_token, R"({"user":{"email":"x@example.com","role":"owner"}})").status, 403);
  EXPECT_EQ(app.post("/api/v2/users", app.admin_token, R"({"user":{"email":"x@example.com","role":"end-user"}})").status, 422);
  EXPECT_EQ(app.post("/api/v2/users", app.agent_token, R"({"user":{"email":"x@example.com","role":"agent"}})").status, 403);
  EXPECT_EQ(app.post("/api/v2/users", app.admin_token, R"({"user":{"email":"agent@example.com","role":"agent"}})").status, 409);
}

TEST(Users, SuspendingEndsAccessAtOnce) {
  WebApp app;
  std::string path = fmt::format("/api/v2/users/{}", app.agent.id.value);
  EXPECT_EQ(app.put(path, app.admin_token, R"({"user":{"suspended":true}})").status, 200);
  EXPECT_EQ(app.get("/api/v2/users/me", app.agent_token).status, 401);
  std::string own = fmt::format("/api/v2/users/{}", app.admin.id.value);
  EXPECT_EQ(app.put(own, app.admin_token, R"({"user":{"suspended":true}})").status, 422);
  std::string owner = fmt::format("/api/v2/users/{}", app.owner.id.value);
  EXPECT_EQ(app.put(owner, app.admin_token, R"({"user":{"suspended":true}})").status, 403);
}

}  // namespace
}  // namespace postern::test
