// Merging end users over HTTP (issue 7): Zendesk's shape, who may, and what becomes of the one that was merged.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/web/described.h"
#include "tests/web/web_app.h"
#include "web/api/desk/survivor_ids.h"

namespace postern::test {
namespace {

using testing::HasSubstr;
using testing::Not;

struct UserMergeApi : testing::Test {
  UserMergeApi() {
    first = app.receive("ann@old.example", "First", "\r\nOld words\r\n").value;
    second = app.receive("ann@new.example", "Second", "\r\nNew words\r\n").value;
    old = requester_of(first);
    now = requester_of(second);
  }
  std::uint64_t requester_of(std::uint64_t ticket) {
    return app.get(fmt::format("/api/v2/tickets/{}", ticket), app.agent_token).at("ticket", "requester_id").to_number<std::uint64_t>();
  }
  Reply merge(std::uint64_t from, std::uint64_t into, const std::string& token, const char* where = "users") {
    return app.put(fmt::format("/api/v2/{}/{}/merge", where, from), token, fmt::format(R"({{"user":{{"id":{}}}}})", into));
  }
  WebApp app;
  std::uint64_t first = 0, second = 0, old = 0, now = 0;
};

TEST_F(UserMergeApi, AnswersWithTheSurvivorAndListsHimAlone) {
  const Described described(app);
  const Reply merged = merge(old, now, app.agent_token);
  ASSERT_EQ(merged.status, 200) << merged.body;
  EXPECT_EQ(described.wrong_with(merged, "/api/v2/users/{id}/merge", "put"), "") << merged.body;
  EXPECT_EQ(merged.at("user", "id").to_number<std::uint64_t>(), now);
  EXPECT_EQ(merged.at("user", "other_emails").at(0).as_string(), "ann@old.example");
  EXPECT_EQ(requester_of(first), now);
  EXPECT_EQ(app.get(fmt::format("/api/v2/users/{}/tickets/requested", now), app.agent_token).at("tickets").as_array().size(), 2U);
  const Reply gone = app.get(fmt::format("/api/v2/users/{}", old), app.agent_token);
  ASSERT_EQ(gone.status, 200) << gone.body;
  EXPECT_EQ(described.wrong_with(gone, "/api/v2/users/{id}", "get"), "") << gone.body;
  EXPECT_FALSE(gone.at("user", "active").as_bool());
  EXPECT_EQ(gone.at("user", "merged_into_id").to_number<std::uint64_t>(), now);
  EXPECT_THAT(app.get("/api/v2/users?role=end-user", app.agent_token).body, Not(HasSubstr(fmt::format("\"id\":{}", old))));
  EXPECT_THAT(app.get("/api/v2/users/search?query=ann@old.example", app.agent_token).body, HasSubstr(fmt::format("\"id\":{}", now)));
  EXPECT_EQ(requester_of(app.receive("ann@old.example", "Third", "\r\nMore\r\n").value), now) << "mail from the old address is the survivor's";
  // Whoever is named by the old id is the survivor.
  const Reply made = app.post("/api/v2/tickets", app.agent_token, fmt::format(R"({{"ticket":{{"subject":"S","requester_id":{},"comment":{{"body":"Hello"}}}}}})", old));
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.at("ticket", "requester_id").to_number<std::uint64_t>(), now);
  EXPECT_THAT(app.get("/api/v2/audit_logs", app.owner_token).body, HasSubstr("user.merged"));
  EXPECT_THAT(app.get("/api/v2/changes?after=0&limit=500", app.agent_token).body, HasSubstr("user.merged"));
}

TEST_F(UserMergeApi, SearchesByTheOldIdFindTheSurvivorsTickets) {
  ASSERT_EQ(merge(old, now, app.agent_token).status, 200);
  const auto count = [this](const std::string& query) {
    const Reply reply = app.get("/api/v2/search/count?query=" + query, app.agent_token);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.status == 200 ? reply.at("count").to_number<int>() : -1;
  };
  EXPECT_EQ(count(fmt::format("requester:{}", now)), 2);
  EXPECT_EQ(count(fmt::format("requester:{}", old)), 2);
  EXPECT_EQ(count(fmt::format("-requester:{}", old)), 0);
  EXPECT_EQ(app.get(fmt::format("/api/v2/search?query=requester:{}", old), app.agent_token).at("results").as_array().size(), 2U);
  EXPECT_EQ(app.get(fmt::format("/api/v2/search/export?query=requester:{}&filter[type]=ticket", old), app.agent_token).at("results").as_array().size(), 2U);
}

TEST(SurvivorIds, StandForThoseWhoWereMergedAndTouchNothingElse) {
  const auto seven = [](core::UserId user) { return core::Result<core::UserId>(core::UserId{user.value == 81 ? 7U : 0U}); };
  const auto with = [&](std::string_view query) { return web::with_survivors(query, seven).value(); };
  EXPECT_EQ(with("requester:81 status:open"), "requester:7 status:open");
  EXPECT_EQ(with("-CC:\"81\" (assignee:81)"), "-CC:\"7\" (assignee:7)");
  for (const char* same : {"requester:82", "requester:8100", "requester:81x", "81", "\"requester:81\"", "subject:\"a requester:81\" b", "requester:\"81 Ann\"", "requester:",
                           "unclosed \"requester:81", "group:81", "myrequester:81", ""}) {
    EXPECT_EQ(with(same), same);
  }
  std::string many;
  for (std::size_t i = 0; i <= web::kPeopleLookedUpMax; ++i) many += "cc:81 ";
  EXPECT_TRUE(with(many).ends_with("cc:7 cc:81 ")) << "a query cannot ask for everybody";
}

TEST_F(UserMergeApi, RefusesWhoMayNotAndWhatCannotBe) {
  EXPECT_EQ(merge(old, now, app.contact_token).status, 403);
  EXPECT_EQ(merge(old, now, app.foreign_token).status, 404) << "of another workspace";
  EXPECT_EQ(merge(old, app.agent.id.value, app.agent_token).status, 422);
  EXPECT_EQ(merge(app.agent.id.value, now, app.agent_token).status, 422);
  EXPECT_EQ(merge(old, old, app.agent_token).status, 422);
  EXPECT_EQ(merge(old, 12345, app.agent_token).status, 404);
  EXPECT_EQ(app.put(fmt::format("/api/v2/users/{}/merge", old), app.agent_token, R"({"user":{}})").status, 422);
  EXPECT_EQ(app.put(fmt::format("/api/v2/users/{}/merge", old), app.agent_token, R"({"user":{"id":1,"email":"x"}})").status, 422);
  EXPECT_EQ(requester_of(first), old) << "nothing was done";
  EXPECT_EQ(merge(old, now, app.agent_token, "end_users").status, 200);
  EXPECT_EQ(merge(old, now, app.agent_token).status, 422) << "merged already";
  EXPECT_EQ(app.put(fmt::format("/api/v2/users/{}", old), app.agent_token, R"({"user":{"notes":"x"}})").status, 422);
}

// An account would answer for addresses that nobody sees at it, and mail from there would be an agent's.
TEST_F(UserMergeApi, WhoHasAddressesOfOthersBecomesNoAccount) {
  ASSERT_EQ(merge(old, now, app.agent_token).status, 200);
  const Browser admin = app.sign_in("admin@example.com");
  for (const char* address : {"ann@old.example", "ann@new.example"}) {
    const Reply invited = app.act(admin, "POST", "/api/v2/users", fmt::format(R"({{"user":{{"email":"{}","name":"Ann","role":"agent"}}}})", address));
    EXPECT_EQ(invited.status, 422) << address << invited.body;
    EXPECT_THAT(invited.body, HasSubstr("further addresses"));
  }
  EXPECT_EQ(app.get(fmt::format("/api/v2/users/{}", now), app.agent_token).at("user", "role").as_string(), "end-user");
}

TEST_F(UserMergeApi, DoesNotLiftASuspension) {
  ASSERT_EQ(app.put(fmt::format("/api/v2/users/{}", old), app.agent_token, R"({"user":{"suspended":true}})").status, 200);
  EXPECT_EQ(merge(old, now, app.agent_token).status, 422);
  EXPECT_EQ(merge(now, old, app.agent_token).status, 422);
  ASSERT_EQ(app.put(fmt::format("/api/v2/users/{}", now), app.agent_token, R"({"user":{"suspended":true}})").status, 200);
  EXPECT_EQ(merge(old, now, app.agent_token).status, 200);
}

}  // namespace
}  // namespace postern::test
