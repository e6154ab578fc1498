// Support access and the security checklist over HTTP.
#include <gtest/gtest.h>

#include "tests/web/web_app.h"

namespace postern::test {
namespace {

constexpr const char* kPath = "/api/v2/support_access";

std::string wanted(const std::string& reason = "case 4711: replies bounce", int hours = 4) {
  return R"({"support_access":{"email":"engineer@vendor.example","name":"Engineer","reason":")" + reason + R"(","hours":)" + std::to_string(hours) + "}}";
}

TEST(SupportAccessApi, T_28_GrantedSeenByAllAndEnded) {
  WebApp app;
  const Browser owner = app.sign_in("owner@example.com");
  const Reply made = app.act(owner, "POST", kPath, wanted());
  ASSERT_EQ(made.status, 201) << made.body;
  const boost::json::value grant = made.json().at("support_access");
  EXPECT_TRUE(grant.at("is_active").as_bool());
  EXPECT_EQ(grant.at("role").as_string(), "light-agent");
  EXPECT_EQ(grant.at("granted_by_id").to_number<std::uint64_t>(), app.owner.id.value);
  EXPECT_TRUE(std::string(made.json().at("enrolment").at("path").as_string()).starts_with("/#/enrol/"));
  const Reply seen = app.get(kPath, app.agent_token);
  ASSERT_EQ(seen.status, 200) << "whoever works here may know who is in";
  EXPECT_EQ(seen.json().at("support_access").as_array().front().at("reason").as_string(), "case 4711: replies bounce");
  EXPECT_EQ(seen.body.find("enrol"), std::string::npos) << "the link is shown once";
  EXPECT_TRUE(app.get(kPath, app.foreign_token).json().at("support_access").as_array().empty());
  const std::string one = std::string(kPath) + "/" + std::to_string(grant.at("id").to_number<std::uint64_t>());
  EXPECT_EQ(app.act(app.sign_in("agent@example.com"), "DELETE", one).status, 403);
  EXPECT_EQ(app.act(owner, "DELETE", one).status, 200);
  EXPECT_FALSE(app.get(kPath, app.agent_token).json().at("support_access").as_array().front().at("is_active").as_bool());
  EXPECT_EQ(app.act(owner, "DELETE", std::string(kPath) + "/999").status, 404);
}

TEST(SupportAccessApi, T_28_NeedsAReasonATimeAndASession) {
  WebApp app;
  const Browser owner = app.sign_in("owner@example.com");
  EXPECT_EQ(app.act(owner, "POST", kPath, wanted("x")).status, 422);
  EXPECT_EQ(app.act(owner, "POST", kPath, wanted("a good reason", 0)).status, 422);
  EXPECT_EQ(app.act(owner, "POST", kPath, wanted("a good reason", 169)).status, 422);
  EXPECT_EQ(app.post(kPath, app.owner_token, wanted()).status, 403) << "a stolen token makes no way in";
  EXPECT_EQ(app.act(app.sign_in("agent@example.com"), "POST", kPath, wanted()).status, 403);
  // A card number in a reason is stored nowhere.
  const Reply made = app.act(owner, "POST", kPath, wanted("card 4111 1111 1111 1111 fails"));
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(app.get(kPath, app.owner_token).body.find("1111 1111 1111"), std::string::npos);
}

TEST(SecurityChecklistApi, I0_06_ShowsRowsAndAScore) {
  WebApp app;
  const Reply reply = app.get("/api/v2/security_checklist", app.owner_token);
  ASSERT_EQ(reply.status, 200) << reply.body;
  const boost::json::value shown = reply.json().at("security_checklist");
  EXPECT_EQ(shown.at("score").to_number<int>(), 80) << "(3 * 2 + 2) of (3 * 2 + 2 * 2); what is not known does not count";
  EXPECT_EQ(shown.at("checks").as_array().size(), 3U);
  EXPECT_EQ(shown.at("checks").as_array()[1].at("state").as_string(), "warning");
  EXPECT_TRUE(shown.at("checks").as_array()[1].at("page").is_null());
  EXPECT_EQ(app.get("/api/v2/security_checklist", app.agent_token).status, 403);
}

}  // namespace
}  // namespace postern::test
