// Lists of satisfaction ratings over HTTP: their order, page by page.
#include <fmt/format.h>

#include "tests/web/web_app.h"

namespace postern::test {
namespace {

constexpr const char* kRatings = "/api/v2/satisfaction_ratings";

std::vector<int> tickets_of(const Reply& reply) {
  std::vector<int> out;
  EXPECT_EQ(reply.status, 200) << reply.body;
  if (reply.status != 200) return out;
  const boost::json::value all = reply.at("satisfaction_ratings");
  for (const auto& each : all.as_array()) out.push_back(each.at("ticket_id").to_number<int>());
  return out;
}

TEST(SatisfactionApi, NewestFirstPageByPage) {
  WebApp app;
  for (int i = 1; i <= 3; ++i) {
    app.receive("one@customer.example", "Hi", "\r\nhello");
    const Reply rated = app.post(fmt::format("/api/v2/tickets/{}/satisfaction_rating", i), app.agent_token, R"({"satisfaction_rating":{"score":"good"}})");
    ASSERT_EQ(rated.status, 201) << rated.body;
  }
  EXPECT_EQ(tickets_of(app.get(kRatings, app.agent_token)), (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(tickets_of(app.get(std::string(kRatings) + "?sort_by=created_at&sort_order=desc", app.agent_token)), (std::vector<int>{3, 2, 1}));
  const Reply first = app.get(std::string(kRatings) + "?sort=-created_at&page[size]=2", app.agent_token);
  EXPECT_EQ(tickets_of(first), (std::vector<int>{3, 2}));
  EXPECT_TRUE(first.at("meta", "has_more").as_bool());
  const Reply rest = app.get(std::string(first.at("links", "next").as_string()), app.agent_token);
  EXPECT_EQ(tickets_of(rest), std::vector<int>{1}) << "the link keeps the order";
  EXPECT_EQ(app.get(std::string(kRatings) + "?sort=score", app.agent_token).status, 422);
  EXPECT_EQ(app.get(std::string(kRatings) + "?sort_by=created_at&sort_order=up", app.agent_token).status, 422);
}

}  // namespace
}  // namespace postern::test
