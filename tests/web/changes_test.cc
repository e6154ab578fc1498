// The change feed over HTTP: pages, the event stream, resuming, ending.
#include <fmt/format.h>

#include "tests/web/web_app.h"

namespace postern::test {
namespace {

std::string stream_request(const std::string& token, const std::string& more = "") {
  return fmt::format("GET /api/v2/changes/stream HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {}\r\n{}\r\n", token, more);
}

core::Task<std::string> open_stream(HttpClient& client, std::string request) {
  co_await client.send(std::move(request));
  std::string head = co_await client.read_until("\r\n\r\n");
  std::string hello = co_await client.read_until("\n\n");
  co_return head + hello;
}

TEST(Changes, PagesHaveNoGaps) {
  WebApp app;
  for (int i = 0; i < 3; ++i) app.receive("one@customer.example", "Hi", "\r\nhello");
  std::uint64_t expected = 1;
  std::uint64_t after = 0;
  for (bool more = true; more;) {
    Reply reply = app.get(fmt::format("/api/v2/changes?after={}&limit=2", after), app.agent_token);
    ASSERT_EQ(reply.status, 200) << reply.body;
    const boost::json::value changes = reply.at("changes");
    for (const auto& each : changes.as_array()) EXPECT_EQ(each.at("sequence").to_number<std::uint64_t>(), expected++);
    after = reply.at("after").to_number<std::uint64_t>();
    more = !reply.at("end_of_stream").as_bool();
  }
  EXPECT_GE(expected, 4U);
  EXPECT_EQ(app.get("/api/v2/changes?limit=501", app.agent_token).status, 422);
}

TEST(EventStream, TellsOfAChangeWhenItHappens) {
  WebApp app;
  std::unique_ptr<HttpClient> client = app.connect();
  std::string start = app.run(open_stream(*client, stream_request(app.agent_token)));
  EXPECT_NE(start.find("Content-Type: text/event-stream"), std::string::npos) << start;
  EXPECT_NE(start.find("event: hello"), std::string::npos);
  core::TicketId id = app.receive("one@customer.example", "Hi", "\r\nhello");
  std::string event = app.run(client->read_until("\n\n"));
  EXPECT_NE(event.find("event: change"), std::string::npos) << event;
  EXPECT_NE(event.find("\"ticket.created\""), std::string::npos) << event;
  EXPECT_NE(event.find(fmt::format("\"object\":{}", id.value)), std::string::npos) << event;
}

TEST(EventStream, TellsAtItsBeginningWhoIsWhere) {
  web::WebOptions options;
  options.presence_at_start_max = 2;
  WebApp app(options);
  for (int i = 0; i < 3; ++i) app.receive("one@customer.example", "Hi", "\r\nhello");
  for (int i = 1; i <= 3; ++i) {
    ASSERT_EQ(app.post(fmt::format("/api/v2/tickets/{}/presence", i), app.admin_token, R"({"presence":{"state":"typing"}})").status, 200);
  }
  ASSERT_EQ(app.post("/api/v2/tickets/1/presence", app.agent_token, R"({"presence":{"state":"viewing"}})").status, 200);
  std::unique_ptr<HttpClient> client = app.connect();
  app.run(open_stream(*client, stream_request(app.agent_token)));
  const std::string first = app.run(client->read_until("\n\n"));
  EXPECT_NE(first.find("event: presence"), std::string::npos) << first;
  EXPECT_NE(first.find(fmt::format(R"("ticket_id":1,"others":[{{"user_id":{},"state":"typing"}}])", app.admin.id.value)), std::string::npos) << first;
  const std::string second = app.run(client->read_until("\n\n"));
  EXPECT_NE(second.find(R"("ticket_id":2)"), std::string::npos) << second;
  ASSERT_EQ(app.post("/api/v2/tickets/2/presence", app.admin_token, R"({"presence":{"state":"gone"}})").status, 200);
  const std::string third = app.run(client->read_until("\n\n"));
  EXPECT_NE(third.find(R"("ticket_id":2,"others":[])"), std::string::npos) << "the third is beyond what is told at the beginning: " << third;
}

TEST(EventStream, ResumesBehindLastEventId) {
  WebApp app;
  for (int i = 0; i < 3; ++i) app.receive("one@customer.example", "Hi", "\r\nhello");
  std::uint64_t newest = app.store->last_sequence(app.workspace());
  ASSERT_GE(newest, 3U);
  std::unique_ptr<HttpClient> client = app.connect();
  app.run(open_stream(*client, stream_request(app.agent_token, fmt::format("Last-Event-ID: {}\r\n", newest - 2))));
  std::string first = app.run(client->read_until("\n\n"));
  EXPECT_NE(first.find(fmt::format("id: {}\n", newest - 1)), std::string::npos) << first;
  std::string second = app.run(client->read_until("\n\n"));
  EXPECT_NE(second.find(fmt::format("id: {}\n", newest)), std::string::npos) << second;
}

TEST(EventStream, ANumberFromAnotherStoreIs410) {
  WebApp app;
  Call ahead{"GET", "/api/v2/changes/stream", {}, ""};
  const Reply refused = app.send(ahead.with("Authorization", "Bearer " + app.agent_token).with("Last-Event-ID", "999999"));
  EXPECT_EQ(refused.status, 410) << refused.body;
  EXPECT_EQ(refused.at("error").as_string(), "CursorExpired");
  Call bad{"GET", "/api/v2/changes/stream", {}, ""};
  EXPECT_EQ(app.send(bad.with("Authorization", "Bearer " + app.agent_token).with("Last-Event-ID", "x")).status, 422);
}

TEST(EventStream, HeartbeatsAndEndsWithTheCredential) {
  WebApp app;
  Browser browser = app.sign_in("agent@example.com");
  std::unique_ptr<HttpClient> client = app.connect();
  std::string request = fmt::format("GET /api/v2/changes/stream HTTP/1.1\r\nHost: h\r\nCookie: {}\r\n\r\n", browser.cookie);
  app.run(open_stream(*client, request));
  app.clock.advance(std::chrono::seconds(15));
  EXPECT_NE(app.run(client->read_until(": \n\n")), "");
  Call out{"DELETE", "/api/v2/session", {}, ""};
  EXPECT_EQ(app.send(out.with("Cookie", browser.cookie).with("X-CSRF-Token", browser.csrf)).status, 204);
  app.clock.advance(std::chrono::seconds(15));
  EXPECT_NE(app.run(client->read_until("signed_out")), "");
  EXPECT_NE(app.run(client->read_until("0\r\n\r\n")), "");
}

TEST(EventStream, EndsOnDrain) {
  WebApp app;
  std::unique_ptr<HttpClient> client = app.connect();
  app.run(open_stream(*client, stream_request(app.agent_token)));
  app.server->begin_drain();
  EXPECT_NE(app.run(client->read_until("0\r\n\r\n")), "");
  EXPECT_TRUE(app.run(client->is_closed()));
}

TEST(EventStream, BoundedPerUser) {
  web::WebOptions options;
  options.event_streams_per_user_max = 1;
  WebApp app(options);
  std::unique_ptr<HttpClient> first = app.connect();
  app.run(open_stream(*first, stream_request(app.agent_token)));
  EXPECT_EQ(app.get("/api/v2/changes/stream", app.agent_token).status, 429);
  std::unique_ptr<HttpClient> other = app.connect();
  std::string start = app.run(open_stream(*other, stream_request(app.admin_token)));
  EXPECT_NE(start.find("200 OK"), std::string::npos);
}

}  // namespace
}  // namespace postern::test
