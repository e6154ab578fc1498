// Tickets over the API, with the real services below.
#include <fmt/format.h>

#include "tests/web/web_app.h"

namespace postern::test {
namespace {

constexpr const char* kReply = R"({"ticket":{"comment":{"body":"Thank you","public":true},"status":"pending"}})";

TEST(TicketApi, ListsShowsAndCounts) {
  WebApp app;
  app.receive("one@customer.example", "First", "\r\nhello");
  core::TicketId second = app.receive("two@customer.example", "Second", "\r\nhello again");
  Reply list = app.get("/api/v2/tickets.json", app.agent_token);
  ASSERT_EQ(list.status, 200) << list.body;
  boost::json::value tickets = list.at("tickets");
  ASSERT_EQ(tickets.as_array().size(), 2U);
  EXPECT_EQ(tickets.at(0).at("subject").as_string(), "Second");
  EXPECT_EQ(tickets.at(0).at("recipient").as_string(), "support@example.com");
  EXPECT_FALSE(list.at("meta", "has_more").as_bool());
  Reply one = app.get(fmt::format("/api/v2/tickets/{}", second.value), app.agent_token);
  EXPECT_EQ(one.at("ticket", "id").to_number<std::uint64_t>(), second.value);
  EXPECT_TRUE(one.at("ticket", "assignee_id").is_null());
  Reply count = app.get("/api/v2/tickets/count?status=new", app.agent_token);
  EXPECT_EQ(count.at("count", "value").to_number<int>(), 2);
}

TEST(TicketApi, PagesByCursorWithoutGapsOrRepeats) {
  WebApp app;
  for (int i = 0; i < 5; ++i) app.receive("one@customer.example", fmt::format("T{}", i), "\r\nhello");
  std::string path = "/api/v2/tickets?page%5Bsize%5D=2&status=new";
  std::vector<std::string> subjects;
  for (int pages = 0; pages < 5 && !path.empty(); ++pages) {
    Reply reply = app.get(path, app.agent_token);
    ASSERT_EQ(reply.status, 200) << reply.body;
    const boost::json::value tickets = reply.at("tickets");
    for (const auto& each : tickets.as_array()) subjects.emplace_back(each.at("subject").as_string());
    boost::json::value next = reply.at("links", "next");
    path = next.is_null() ? std::string() : std::string(next.as_string());
  }
  EXPECT_EQ(subjects, (std::vector<std::string>{"T4", "T3", "T2", "T1", "T0"}));
  EXPECT_EQ(app.get("/api/v2/tickets?page[size]=101", app.agent_token).status, 422);
  EXPECT_EQ(app.get("/api/v2/tickets?page[size]=0", app.agent_token).status, 422);
  EXPECT_EQ(app.get("/api/v2/tickets?status=nonsense", app.agent_token).status, 422);
}

TEST(TicketApi, AnotherWorkspaceSeesNothing) {
  WebApp app;
  core::TicketId id = app.receive("one@customer.example", "Private", "\r\nhello");
  EXPECT_EQ(app.get(fmt::format("/api/v2/tickets/{}", id.value), app.foreign_token).status, 404);
  EXPECT_EQ(app.get(fmt::format("/api/v2/tickets/{}/comments", id.value), app.foreign_token).status, 404);
  EXPECT_EQ(app.put(fmt::format("/api/v2/tickets/{}", id.value), app.foreign_token, kReply).status, 404);
  EXPECT_TRUE(app.get("/api/v2/tickets", app.foreign_token).at("tickets").as_array().empty());
  EXPECT_EQ(app.get(fmt::format("/api/v2/users/{}", app.agent.id.value), app.foreign_token).status, 404);
  EXPECT_TRUE(app.get("/api/v2/changes", app.foreign_token).at("changes").as_array().empty());
}

TEST(TicketApi, CommentsShowVerdictsAndRedactions) {
  WebApp app;
  core::TicketId id = app.receive("one@customer.example", "Card", "\r\nmy card is 4111 1111 1111 1111 thanks");
  Reply reply = app.get(fmt::format("/api/v2/tickets/{}/comments", id.value), app.agent_token);
  ASSERT_EQ(reply.status, 200) << reply.body;
  boost::json::value comment = reply.at("comments").at(0);
  EXPECT_EQ(std::string_view(comment.at("body").as_string()).find("4111 1111 1111 1111"), std::string_view::npos);
  EXPECT_EQ(comment.at("verdicts").at("spf").at("result").as_string(), "pass");
  EXPECT_EQ(comment.at("redactions").at(0).at("rule").as_string(), "card");
  EXPECT_EQ(comment.at("redactions").at(0).at("brand").as_string(), "visa");
  EXPECT_EQ(comment.at("via").at("channel").as_string(), "email");
  Reply raw = app.get(std::string(comment.at("raw_url").as_string()), app.agent_token);
  EXPECT_EQ(raw.status, 200);
  EXPECT_NE(raw.body.find("Subject: Card"), std::string::npos);
  EXPECT_EQ(raw.body.find("4111 1111 1111 1111"), std::string::npos);
  EXPECT_TRUE(raw.field("content-disposition").starts_with("attachment"));
}

TEST(TicketApi, HtmlIsADocumentOfItsOwnWithoutAnOrigin) {
  WebApp app;
  core::TicketId id = app.receive("one@customer.example", "Html",
                                  "Content-Type: text/html; charset=utf-8\r\n\r\n<p>Hello <b>you</b></p><script>alert(1)</script>");
  boost::json::value comment = app.get(fmt::format("/api/v2/tickets/{}/comments", id.value), app.agent_token).at("comments").at(0);
  ASSERT_TRUE(comment.at("html_url").is_string());
  Reply html = app.get(std::string(comment.at("html_url").as_string()), app.agent_token);
  ASSERT_EQ(html.status, 200);
  EXPECT_EQ(html.body.find("<script"), std::string::npos);
  EXPECT_NE(html.body.find("<b>you</b>"), std::string::npos);
  std::string policy = html.field("content-security-policy");
  EXPECT_TRUE(policy.starts_with("sandbox"));
  EXPECT_EQ(policy.find("allow-scripts"), std::string::npos);
  EXPECT_EQ(policy.find("allow-same-origin"), std::string::npos);
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
}

TEST(TicketApi, ReplyChangesStatusAndIsQueued) {
  WebApp app;
  core::TicketId id = app.receive("one@customer.example", "Hi", "\r\nhello");
  Reply reply = app.put(fmt::format("/api/v2/tickets/{}", id.value), app.agent_token, kReply);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("ticket", "status").as_string(), "pending");
  EXPECT_EQ(reply.at("comment", "body").as_string(), "Thank you");
  EXPECT_TRUE(reply.at("comment", "public").as_bool());
  Reply queue = app.get("/api/v2/outbox", app.admin_token);
  ASSERT_EQ(queue.at("outbox").as_array().size(), 1U) << queue.body;
  EXPECT_EQ(queue.at("outbox").at(0).at("recipient").as_string(), "one@customer.example");
  Reply events = app.get(fmt::format("/api/v2/tickets/{}/events", id.value), app.agent_token);
  EXPECT_GE(events.at("events").as_array().size(), 2U);
}

TEST(TicketApi, OutboxCanBeHeldReleasedAndDropped) {
  WebApp app;
  core::TicketId id = app.receive("one@customer.example", "Hi", "\r\nhello");
  app.put(fmt::format("/api/v2/tickets/{}", id.value), app.agent_token, kReply);
  std::uint64_t entry = app.get("/api/v2/outbox", app.admin_token).at("outbox").at(0).at("id").to_number<std::uint64_t>();
  auto act = [&](const char* verb, const char* what) {
    Call call{verb, fmt::format("/api/v2/outbox/{}{}", entry, what), {}, ""};
    return app.send(call.with("Authorization", "Bearer " + app.admin_token)).status;
  };
  EXPECT_EQ(act("PUT", "/hold"), 204);
  EXPECT_TRUE(app.get("/api/v2/outbox", app.admin_token).at("outbox").at(0).at("held").as_bool());
  EXPECT_EQ(act("DELETE", "/hold"), 204);
  EXPECT_EQ(act("PUT", "/retry"), 204);
  EXPECT_EQ(act("DELETE", ""), 204);
  EXPECT_TRUE(app.get("/api/v2/outbox", app.admin_token).at("outbox").as_array().empty());
  EXPECT_EQ(act("DELETE", ""), 404);
}

TEST(TicketApi, NoteIsNotMailed) {
  WebApp app;
  core::TicketId id = app.receive("one@customer.example", "Hi", "\r\nhello");
  Reply reply = app.put(fmt::format("/api/v2/tickets/{}", id.value), app.agent_token,
                        R"({"ticket":{"comment":{"body":"careful","public":false}}})");
  EXPECT_FALSE(reply.at("comment", "public").as_bool());
  EXPECT_TRUE(app.get("/api/v2/outbox", app.admin_token).at("outbox").as_array().empty());
}

TEST(TicketApi, TypedCardNumbersAreRedactedToo) {
  WebApp app;
  core::TicketId id = app.receive("one@customer.example", "Hi", "\r\nhello");
  Reply reply = app.put(fmt::format("/api/v2/tickets/{}", id.value), app.agent_token,
                        R"({"ticket":{"comment":{"body":"charged 4111111111111111","public":false}}})");
  EXPECT_EQ(reply.body.find("4111111111111111"), std::string::npos);
}

TEST(TicketApi, IfMatchGuardsAgainstLostUpdates) {
  WebApp app;
  core::TicketId id = app.receive("one@customer.example", "Hi", "\r\nhello");
  std::string path = fmt::format("/api/v2/tickets/{}", id.value);
  Reply shown = app.get(path, app.agent_token);
  std::string tag = shown.field("etag");
  auto change = [&](const std::string& match) {
    Call call{"PUT", path, {}, R"({"ticket":{"status":"open"}})"};
    call.with("Authorization", "Bearer " + app.agent_token).with("Content-Type", "application/json");
    return app.send(call.with("If-Match", match));
  };
  Reply first = change(tag);
  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_NE(first.field("etag"), tag);
  EXPECT_EQ(change(tag).status, 412);
  EXPECT_EQ(change(first.field("etag")).status, 200);
  Call again{"GET", path, {}, ""};
  again.with("Authorization", "Bearer " + app.agent_token);
  EXPECT_EQ(app.send(Call(again).with("If-None-Match", app.get(path, app.agent_token).field("etag"))).status, 304);
  EXPECT_EQ(app.send(again.with("If-None-Match", tag)).status, 200);
}

TEST(TicketApi, SafeUpdateAnswers409) {
  WebApp app;
  core::TicketId id = app.receive("one@customer.example", "Hi", "\r\nhello");
  std::string path = fmt::format("/api/v2/tickets/{}", id.value);
  std::string stamp(app.get(path, app.agent_token).at("ticket", "updated_at").as_string());
  std::string body = fmt::format(R"({{"ticket":{{"status":"open","safe_update":true,"updated_stamp":"{}"}}}})", stamp);
  app.clock.advance(std::chrono::seconds(2));
  EXPECT_EQ(app.put(path, app.agent_token, body).status, 200);
  EXPECT_EQ(app.put(path, app.agent_token, body).status, 409);
  EXPECT_EQ(app.put(path, app.agent_token, R"({"ticket":{"status":"open","safe_update":true}})").status, 422);
}

TEST(TicketApi, AssignsToActiveAgentsOnly) {
  WebApp app;
  core::TicketId id = app.receive("one@customer.example", "Hi", "\r\nhello");
  std::string path = fmt::format("/api/v2/tickets/{}", id.value);
  auto assign = [&](const std::string& to) {
    return app.put(path, app.agent_token, fmt::format(R"({{"ticket":{{"assignee_id":{}}}}})", to));
  };
  std::string agent = std::to_string(app.agent.id.value);
  EXPECT_EQ(assign(agent).at("ticket", "assignee_id").to_number<std::uint64_t>(), app.agent.id.value);
  EXPECT_EQ(app.get("/api/v2/tickets?assignee_id=me", app.agent_token).at("tickets").as_array().size(), 1U);
  EXPECT_EQ(assign("\"" + agent + "\"").status, 200);
  EXPECT_EQ(assign(std::to_string(app.contact.id.value)).status, 422);
  EXPECT_EQ(assign(std::to_string(app.foreign_agent.id.value)).status, 422);
  EXPECT_EQ(assign("12345").status, 422);
  EXPECT_TRUE(assign("null").at("ticket", "assignee_id").is_null());
}

TEST(TicketApi, NamesEveryBadField) {
  WebApp app;
  core::TicketId id = app.receive("one@customer.example", "Hi", "\r\nhello");
  Reply reply = app.put(fmt::format("/api/v2/tickets/{}", id.value), app.agent_token,
                        R"({"ticket":{"status":"x","comment":{"body":"  ","public":"maybe","uploads":["nope"]}}})");
  EXPECT_EQ(reply.status, 422);
  for (const char* field : {"ticket.status", "ticket.comment.body", "ticket.comment.public", "ticket.comment.uploads"}) {
    EXPECT_TRUE(reply.at("details").as_object().contains(field)) << field;
  }
  EXPECT_EQ(app.put(fmt::format("/api/v2/tickets/{}", id.value), app.agent_token, "{}").status, 422);
  EXPECT_EQ(app.put(fmt::format("/api/v2/tickets/{}", id.value), app.agent_token, R"({"ticket":{}})").status, 422);
}

TEST(TicketApi, IdempotencyKeyMakesARepeatedSendOneComment) {
  WebApp app;
  core::TicketId id = app.receive("one@customer.example", "Hi", "\r\nhello");
  std::string path = fmt::format("/api/v2/tickets/{}", id.value);
  auto send = [&](const char* body) {
    Call call{"PUT", path, {}, body};
    call.with("Authorization", "Bearer " + app.agent_token).with("Content-Type", "application/json");
    return app.send(call.with("Idempotency-Key", "k1"));
  };
  Reply first = send(kReply);
  Reply second = send(kReply);
  EXPECT_EQ(first.field("x-idempotency-lookup"), "miss");
  EXPECT_EQ(second.field("x-idempotency-lookup"), "hit");
  EXPECT_EQ(first.body, second.body);
  EXPECT_NE(first.field("x-request-id"), second.field("x-request-id"));
  EXPECT_EQ(app.get(path + "/comments", app.agent_token).at("comments").as_array().size(), 2U);
  EXPECT_EQ(send(R"({"ticket":{"status":"open"}})").status, 422);
}

TEST(TicketApi, AuditLogTellsWhoChangedWhat) {
  WebApp app;
  core::TicketId id = app.receive("one@customer.example", "Hi", "\r\nhello");
  app.put(fmt::format("/api/v2/tickets/{}", id.value), app.agent_token, kReply);
  Reply log = app.get("/api/v2/audit_logs?page[size]=5", app.admin_token);
  ASSERT_EQ(log.status, 200);
  bool has_agent = false;
  const boost::json::value audit_logs = log.at("audit_logs");
  for (const auto& each : audit_logs.as_array()) {
    bool is_agent = !each.at("actor_id").is_null() && each.at("actor_id").to_number<std::uint64_t>() == app.agent.id.value;
    has_agent = has_agent || (is_agent && each.at("source_label").as_string() == fmt::format("ticket/{}", id.value));
  }
  EXPECT_TRUE(has_agent) << log.body;
  EXPECT_EQ(log.body.find("Thank you"), std::string::npos);
}

}  // namespace
}  // namespace postern::test
