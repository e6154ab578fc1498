// What was hidden in a ticket, added up: by rule and comment, never a value (requirement Z-35, issue 4 part 7).
#include <fmt/format.h>

#include "tests/web/web_app.h"

namespace postern::test {
namespace {

constexpr const char* kLetter =
    "Content-Type: text/plain; charset=utf-8\r\n\r\nI paid with 4111 1111 1111 1111 and with 5555 5555 5555 4444.\r\n";

TEST(TicketRedactions, Z35_AreAddedUpByRuleAndCommentWithoutAValue) {
  WebApp app;
  const core::TicketId ticket = app.receive("v@customer.example", "Card 4111111111111111", kLetter);
  const std::string base = fmt::format("/api/v2/tickets/{}", ticket.value);
  ASSERT_EQ(app.put(base, app.agent_token, R"({"ticket":{"comment":{"body":"Is it 378282246310005?","public":false}}})").status, 200);
  ASSERT_EQ(app.put(base, app.agent_token, R"({"ticket":{"comment":{"body":"Nothing here.","public":false}}})").status, 200);
  const boost::json::value comments = app.get(base + "/comments", app.agent_token).at("comments");
  const auto sum = [&](std::size_t index) {
    std::uint64_t out = 0;
    for (const auto& each : comments.at(index).at("redactions").as_array()) out += each.at("count").to_number<std::uint64_t>();
    return out;
  };
  ASSERT_GE(sum(0), 3U) << boost::json::serialize(comments);
  ASSERT_EQ(sum(1), 1U);

  const Reply told = app.get(base + "/redactions", app.agent_token);
  ASSERT_EQ(told.status, 200) << told.body;
  EXPECT_EQ(told.at("ticket_redactions", "ticket_id").to_number<std::uint64_t>(), ticket.value);
  EXPECT_EQ(told.at("ticket_redactions", "count").to_number<std::uint64_t>(), sum(0) + sum(1));
  EXPECT_EQ(told.at("ticket_redactions", "comments_looked_at").to_number<int>(), 3);
  EXPECT_TRUE(told.at("ticket_redactions", "complete").as_bool());
  const boost::json::array rules = told.at("ticket_redactions", "rules").as_array();  // a copy: at() answers by value
  ASSERT_EQ(rules.size(), 1U) << told.body;
  EXPECT_EQ(rules[0].at("rule").as_string(), "card");
  const auto& by_comment = rules[0].at("comments").as_array();
  ASSERT_EQ(by_comment.size(), 2U) << "the third has nothing";
  EXPECT_EQ(by_comment[1].at("comment_id"), comments.at(1).at("id"));
  EXPECT_EQ(by_comment[1].at("count").to_number<int>(), 1);
  for (const char* kept : {"4111", "4444", "0005"}) EXPECT_EQ(told.body.find(kept), std::string::npos) << told.body;
}

TEST(TicketRedactions, Z35_WhatRulesOnlyCountIsForThoseWhoLookAfterRules) {
  WebApp app;
  const core::TicketId ticket = app.receive("v@customer.example", "Refund",
                                            "Content-Type: text/plain\r\n\r\nIBAN: DE89 3704 0044 0532 0130 00 please\r\n");
  const std::string path = fmt::format("/api/v2/tickets/{}/redactions", ticket.value);
  const Reply admin = app.get(path, app.admin_token);
  ASSERT_EQ(admin.status, 200) << admin.body;
  EXPECT_EQ(admin.at("ticket_redactions", "count").to_number<int>(), 0);
  const bool counts = !app.get(fmt::format("/api/v2/tickets/{}/comments", ticket.value), app.admin_token).at("comments").at(0).at("shadow_findings").as_array().empty();
  EXPECT_EQ(!admin.at("ticket_redactions", "shadow_rules").as_array().empty(), counts) << admin.body;
  EXPECT_EQ(app.get(path, app.agent_token).at("ticket_redactions").as_object().if_contains("shadow_rules"), nullptr);
  EXPECT_EQ(app.get("/api/v2/tickets/999999/redactions", app.agent_token).status, 404);
}

}  // namespace
}  // namespace postern::test
