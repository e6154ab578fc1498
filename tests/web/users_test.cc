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

core::Task<core::Result<storage::Committed>> add_contacts(WebApp& app, int count) {
  storage::Transaction transaction = app.store->begin();
  for (int i = 0; i < count; ++i) {
    auto made = app.accounts->ensure_contact(transaction, app.workspace(), fmt::format("c{}@customer.example", i), "Customer");
    if (!made) co_return made.error();
  }
  co_return co_await app.store->commit(std::move(transaction));
}

// Agents are few and found among any number of contacts.
TEST(Users, AnAgentInvitedBehindAThousandContactsIsListed) {
  WebApp app;
  ASSERT_TRUE(app.run(add_contacts(app, 1010)).has_value());
  app.clock.advance(std::chrono::seconds(1));
  Reply invited = app.act(app.sign_in("admin@example.com"), "POST", "/api/v2/users",
                          R"({"user":{"email":"late@example.com","name":"Late","role":"agent"}})");
  ASSERT_EQ(invited.status, 201) << invited.body;
  Reply agents = app.get("/api/v2/users?role=agent", app.agent_token);
  EXPECT_EQ(agents.at("users").as_array().size(), 4U);
  EXPECT_NE(agents.body.find("late@example.com"), std::string::npos);
}

TEST(Users, NobodyGivesARoleAboveHisOwn) {
  WebApp app;
  Browser admin = app.sign_in("admin@example.com");
  auto invite = [&app](const Browser& by, const char* json) { return app.act(by, "POST", "/api/v2/users", json).status; };
  EXPECT_EQ(invite(admin, R"({"user":{"email":"x@example.com","role":"owner"}})"), 403);
  EXPECT_EQ(invite(admin, R"({"user":{"email":"x@example.com","role":"king"}})"), 422);
  EXPECT_EQ(invite(app.sign_in("agent@example.com"), R"({"user":{"email":"x@example.com","role":"agent"}})"), 403);
  EXPECT_EQ(invite(admin, R"({"user":{"email":"agent@example.com","role":"agent"}})"), 409);
}

TEST(Users, SuspendingEndsAccessAtOnce) {
  WebApp app;
  Browser admin = app.sign_in("admin@example.com");
  auto suspend = [&](const auth::User& whom) {
    return app.act(admin, "PUT", fmt::format("/api/v2/users/{}", whom.id.value), R"({"user":{"suspended":true}})").status;
  };
  EXPECT_EQ(suspend(app.agent), 200);
  EXPECT_EQ(app.get("/api/v2/users/me", app.agent_token).status, 401);
  EXPECT_EQ(suspend(app.admin), 422);
  EXPECT_EQ(suspend(app.owner), 403);
}

}  // namespace
}  // namespace postern::test
