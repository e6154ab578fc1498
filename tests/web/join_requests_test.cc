// Whom a ticket belongs to, over the API: requests to join it, the requester of a forwarded mail.
#include <fmt/format.h>

#include "tests/web/web_app.h"

namespace postern::test {
namespace {

Reply put_nothing(WebApp& app, const std::string& path, const std::string& token) {
  Call call{"PUT", path, {}, ""};
  return app.send(call.with("Authorization", "Bearer " + token));
}

// Two tickets, the second one of a stranger who quotes the first.
core::TicketId claimed(WebApp& app) {
  const core::TicketId first = app.receive("ann@customer.example", "Help", "\r\nmy secret");
  Reply talk = app.get(fmt::format("/api/v2/tickets/{}/comments", first.value), app.agent_token);
  const std::string id(talk.at("comments").at(0).at("message_id").as_string());
  app.receive("eve@elsewhere.example", "Re: Help", fmt::format("In-Reply-To: <{}>\r\n\r\nlet me in", id));
  return first;
}

TEST(JoinRequests, AreListedAcceptedOnceAndRefused) {
  WebApp app;
  const std::string path = fmt::format("/api/v2/tickets/{}/join_requests", claimed(app).value);
  Reply list = app.get(path, app.agent_token);
  ASSERT_EQ(list.status, 200) << list.body;
  ASSERT_EQ(list.at("join_requests").as_array().size(), 1U) << list.body;
  EXPECT_EQ(list.at("join_requests").at(0).at("status").as_string(), "waiting");
  EXPECT_EQ(list.at("join_requests").at(0).at("evidence").as_string(), "message-id");
  const auto made = list.at("join_requests").at(0).at("made_ticket_id").to_number<std::uint64_t>();
  Reply accepted = put_nothing(app, fmt::format("{}/{}/accept", path, made), app.agent_token);
  ASSERT_EQ(accepted.status, 200) << accepted.body;
  EXPECT_EQ(accepted.at("join_request", "status").as_string(), "accepted");
  EXPECT_EQ(put_nothing(app, fmt::format("{}/{}/refuse", path, made), app.agent_token).status, 409);
  EXPECT_EQ(put_nothing(app, fmt::format("{}/99/accept", path), app.agent_token).status, 404);
}

// Rule 5: one click there, one click back.
TEST(JoinRequests, AnAnswerIsTakenBack) {
  WebApp app;
  claimed(app);
  const std::string path = "/api/v2/tickets/1/join_requests/2";
  EXPECT_EQ(put_nothing(app, path + "/undo", app.agent_token).status, 409) << "it waits";
  ASSERT_EQ(put_nothing(app, path + "/accept", app.agent_token).status, 200);
  EXPECT_EQ(put_nothing(app, path + "/undo", app.foreign_token).status, 404);
  EXPECT_EQ(put_nothing(app, path + "/undo", app.contact_token).status, 403);
  Reply undone = put_nothing(app, path + "/undo", app.agent_token);
  ASSERT_EQ(undone.status, 200) << undone.body;
  EXPECT_EQ(undone.at("join_request", "status").as_string(), "waiting");
  EXPECT_TRUE(undone.at("join_request", "answered_by_id").is_null());
  EXPECT_EQ(app.get("/api/v2/tickets/2", app.agent_token).at("ticket", "status").as_string(), "new");
  EXPECT_EQ(app.get("/api/v2/tickets/1/comments", app.agent_token).at("comments").as_array().size(), 1U);
  ASSERT_EQ(put_nothing(app, path + "/refuse", app.agent_token).status, 200);
  EXPECT_EQ(put_nothing(app, path + "/undo", app.agent_token).at("join_request", "status").as_string(), "waiting");
}

// Rule 5 for whoever looks after all inboxes: what waits, without knowing the ticket.
TEST(JoinRequests, AllOfTheWorkspaceInPagesByStateAndWithinReach) {
  WebApp app;
  claimed(app);
  claimed(app);
  Reply first = app.get("/api/v2/join_requests?status=waiting&page[size]=1", app.agent_token);
  ASSERT_EQ(first.status, 200) << first.body;
  ASSERT_EQ(first.at("join_requests").as_array().size(), 1U) << first.body;
  EXPECT_EQ(first.at("join_requests").at(0).at("ticket_id").to_number<int>(), 3) << "the newest first";
  ASSERT_TRUE(first.at("meta", "has_more").as_bool());
  const std::string after(first.at("meta", "after_cursor").as_string());
  Reply second = app.get("/api/v2/join_requests?status=waiting&page[size]=1&page[after]=" + after, app.agent_token);
  ASSERT_EQ(second.at("join_requests").as_array().size(), 1U) << second.body;
  EXPECT_EQ(second.at("join_requests").at(0).at("ticket_id").to_number<int>(), 1);
  ASSERT_EQ(put_nothing(app, "/api/v2/tickets/1/join_requests/2/refuse", app.agent_token).status, 200);
  EXPECT_EQ(app.get("/api/v2/join_requests?status=waiting", app.agent_token).at("count").to_number<int>(), 1);
  EXPECT_EQ(app.get("/api/v2/join_requests?status=refused", app.agent_token).at("count").to_number<int>(), 1);
  EXPECT_EQ(app.get("/api/v2/join_requests", app.agent_token).at("count").to_number<int>(), 2);
  EXPECT_EQ(app.get("/api/v2/join_requests?status=secret", app.agent_token).status, 422);
  EXPECT_EQ(app.get("/api/v2/join_requests?page[after]=-", app.agent_token).status, 422);
  EXPECT_EQ(app.get("/api/v2/join_requests", app.foreign_token).at("count").to_number<int>(), 0) << "of another workspace";
  EXPECT_EQ(app.get("/api/v2/join_requests", app.contact_token).status, 403);
}

TEST(JoinRequests, NobodyElseReachesThem) {
  WebApp app;
  const std::string path = fmt::format("/api/v2/tickets/{}/join_requests", claimed(app).value);
  EXPECT_EQ(app.get(path, app.foreign_token).status, 404);
  EXPECT_EQ(app.get(path, app.contact_token).status, 403);
  EXPECT_EQ(put_nothing(app, path + "/2/accept", app.foreign_token).status, 404);
  EXPECT_EQ(put_nothing(app, path + "/2/refuse", app.contact_token).status, 403);
  EXPECT_EQ(app.get(path, app.agent_token).at("join_requests").at(0).at("status").as_string(), "waiting");
}

TEST(ForwardedRequester, OneClickThereAndOneBack) {
  WebApp app;
  const core::TicketId id =
      app.receive(app.agent.email, "Fwd: Broken",
                  "\r\nsee below\r\n\r\n---------- Forwarded message ---------\r\nFrom: Ada Low <ada@customer.example>\r\nDate: today\r\n"
                  "Subject: Broken\r\nTo: agent\r\n\r\nit is broken\r\n");
  Reply ticket = app.get(fmt::format("/api/v2/tickets/{}", id.value), app.agent_token);
  const auto field = [&ticket](const char* name) { return ticket.at("ticket", name).to_number<std::uint64_t>(); };
  ASSERT_FALSE(ticket.at("ticket", "forwarded_by_id").is_null()) << ticket.body;
  EXPECT_EQ(field("forwarded_by_id"), app.agent.id.value);
  EXPECT_EQ(field("requester_id"), field("forwarded_from_id"));
  const std::string path = fmt::format("/api/v2/tickets/{}/forwarded_requester", id.value);
  Reply mine = app.put(path, app.agent_token, R"({"requester":"forwarder"})");
  ASSERT_EQ(mine.status, 200) << mine.body;
  EXPECT_EQ(mine.at("ticket", "requester_id").to_number<std::uint64_t>(), app.agent.id.value);
  Reply his = app.put(path, app.agent_token, R"({"requester":"original"})");
  EXPECT_EQ(his.at("ticket", "requester_id").to_number<std::uint64_t>(), field("forwarded_from_id"));
  EXPECT_EQ(app.put(path, app.agent_token, R"({"requester":"somebody"})").status, 422);
  EXPECT_EQ(app.put(path, app.foreign_token, R"({"requester":"original"})").status, 404);
  const core::TicketId other = app.receive("ann@customer.example", "Help", "\r\nhello");
  EXPECT_EQ(app.put(fmt::format("/api/v2/tickets/{}/forwarded_requester", other.value), app.agent_token, R"({"requester":"original"})").status, 422);
}

}  // namespace
}  // namespace postern::test
