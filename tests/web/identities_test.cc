// The addresses of a person over HTTP, in the shapes of Zendesk's identities.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/web/described.h"
#include "tests/web/web_app.h"

namespace postern::test {
namespace {

using testing::HasSubstr;

std::uint64_t made_customer(WebApp& app, const std::string& email) {
  const Reply made = app.post("/api/v2/users", app.agent_token, fmt::format(R"({{"user":{{"name":"Ann","email":"{}"}}}})", email));
  EXPECT_EQ(made.status, 201) << made.body;
  return made.at("user", "id").to_number<std::uint64_t>();
}

// Issue 7: users/{id}/identities.
TEST(UserIdentities, AreAddedMadePrimaryAndTakenAway) {
  WebApp app;
  const Described described(app);
  const std::string base = fmt::format("/api/v2/users/{}/identities", made_customer(app, "ann@customer.example"));
  const std::string shape = "/api/v2/users/{id}/identities";
  const Reply made = app.post(base, app.agent_token, R"({"identity":{"type":"email","value":"ann@home.example","verified":true}})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(described.wrong_with(made, shape, "post"), "");
  EXPECT_FALSE(made.at("identity", "primary").as_bool());
  EXPECT_TRUE(made.at("identity", "verified").as_bool());
  const std::string place = fmt::format("{}/{}", base, made.at("identity", "id").to_number<std::uint64_t>());
  EXPECT_EQ(made.field("location"), place);
  const Reply list = app.get(base, app.agent_token);
  EXPECT_EQ(described.wrong_with(list, shape, "get"), "");
  ASSERT_EQ(list.at("count").to_number<int>(), 2);
  EXPECT_EQ(list.at("identities").at(0).at("value").as_string(), "ann@customer.example");
  EXPECT_TRUE(list.at("identities").at(0).at("primary").as_bool());
  Call call{"PUT", place + "/make_primary", {}, ""};
  const Reply primary = app.send(call.with("Authorization", "Bearer " + app.agent_token));
  ASSERT_EQ(primary.status, 200) << primary.body;
  EXPECT_EQ(described.wrong_with(primary, shape + "/{identity_id}/make_primary", "put"), "");
  EXPECT_EQ(primary.at("identities").at(0).at("value").as_string(), "ann@home.example");
  const Reply shown = app.get(base.substr(0, base.rfind('/')), app.agent_token);
  EXPECT_EQ(shown.at("user", "email").as_string(), "ann@home.example");
  EXPECT_EQ(shown.at("user", "other_emails").at(0).as_string(), "ann@customer.example");
  const auto old = primary.at("identities").at(1).at("id").to_number<std::uint64_t>();
  const Reply moved = app.put(fmt::format("{}/{}", base, old), app.agent_token, R"({"identity":{"value":"ann@work.example"}})");
  ASSERT_EQ(moved.status, 200) << moved.body;
  EXPECT_EQ(moved.at("identity", "value").as_string(), "ann@work.example");
  Call gone{"DELETE", fmt::format("{}/{}", base, moved.at("identity", "id").to_number<std::uint64_t>()), {}, ""};
  gone.with("Authorization", "Bearer " + app.agent_token);
  EXPECT_EQ(app.send(gone).status, 204);
  EXPECT_EQ(app.send(gone).status, 404);
  EXPECT_EQ(app.get(base, app.agent_token).at("count").to_number<int>(), 1);
}

TEST(UserIdentities, RefusalsNameWhatIsWrong) {
  WebApp app;
  const std::uint64_t ann = made_customer(app, "ann@customer.example");
  made_customer(app, "ben@customer.example");
  const std::string base = fmt::format("/api/v2/users/{}/identities", ann);
  const auto refused = [&](const std::string& body) {
    const Reply reply = app.post(base, app.agent_token, body);
    EXPECT_EQ(reply.status, 422) << reply.body;
    return reply.body;
  };
  EXPECT_THAT(refused(R"({"identity":{"type":"email","value":"ben@customer.example"}})"), HasSubstr("DuplicateValue"));
  EXPECT_THAT(refused(R"({"identity":{"type":"email","value":"nowhere"}})"), HasSubstr("InvalidFormat"));
  EXPECT_THAT(refused(R"({"identity":{"type":"email","value":"support+x@example.com"}})"), HasSubstr("an inbox here"));
  EXPECT_THAT(refused(R"({"identity":{"type":"email"}})"), HasSubstr("BlankValue"));
  EXPECT_THAT(refused(R"({"identity":{"type":"twitter","value":"@ann"}})"), HasSubstr("identity.type"));
  EXPECT_THAT(refused(R"({})"), HasSubstr("BlankValue"));
  const std::string first = fmt::format("{}/{}", base, app.get(base, app.agent_token).at("identities").at(0).at("id").to_number<std::uint64_t>());
  Call call{"DELETE", first, {}, ""};
  const Reply kept = app.send(call.with("Authorization", "Bearer " + app.agent_token));
  EXPECT_EQ(kept.status, 422);
  EXPECT_THAT(kept.body, HasSubstr("identity.primary"));
  const std::string body = R"({"identity":{"type":"email","value":"ann@home.example"}})";
  EXPECT_EQ(app.post(base, app.contact_token, body).status, 403);
  EXPECT_EQ(app.post(base, app.foreign_token, body).status, 404);
  EXPECT_EQ(app.get(base, app.foreign_token).status, 404);
  const std::string agents = fmt::format("/api/v2/users/{}/identities", app.agent.id.value);
  EXPECT_EQ(app.get(agents, app.agent_token).at("count").to_number<int>(), 1);
  EXPECT_EQ(app.post(agents, app.admin_token, body).status, 422) << "an account has the address by which it signs in";
}

}  // namespace
}  // namespace postern::test
