// Incremental exports over HTTP: cursors, times, deletions, limits.
#include <fmt/format.h>

#include <set>

#include "storage/feed.h"
#include "tests/web/described.h"
#include "tests/web/web_app.h"

namespace postern::test {
namespace {

constexpr const char* kCursor = "/api/v2/incremental/tickets/cursor";

std::vector<std::uint64_t> ids_of(const Reply& reply) {
  std::vector<std::uint64_t> out;
  const boost::json::value tickets = reply.at("tickets");
  for (const auto& each : tickets.as_array()) out.push_back(each.at("id").to_number<std::uint64_t>());
  return out;
}

TEST(Exports, CursorsGoThroughEverythingOnceAndThenOn) {
  WebApp app;
  for (int i = 0; i < 5; ++i) app.receive("one@customer.example", "Hi", "\r\nhello");
  Reply reply = app.get(std::string(kCursor) + "?start_time=0&per_page=2", app.agent_token);
  ASSERT_EQ(reply.status, 200) << reply.body;
  std::vector<std::uint64_t> all = ids_of(reply);
  while (!reply.at("end_of_stream").as_bool()) {
    reply = app.get(std::string(reply.at("after_url").as_string()), app.agent_token);
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_LE(ids_of(reply).size(), 2U);
    for (const std::uint64_t id : ids_of(reply)) all.push_back(id);
  }
  EXPECT_EQ(all, (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
  const std::string next(reply.at("after_url").as_string());
  EXPECT_TRUE(ids_of(app.get(next, app.agent_token)).empty());
  ASSERT_EQ(app.put("/api/v2/tickets/2", app.agent_token, R"({"ticket":{"status":"pending"}})").status, 200);
  const Reply more = app.get(next, app.agent_token);
  EXPECT_EQ(ids_of(more), std::vector<std::uint64_t>{2});
  EXPECT_EQ(more.at("tickets").as_array()[0].at("status").as_string(), "pending");
}

TEST(Exports, TimesWorkAsCursorsDo) {
  WebApp app;
  app.receive("one@customer.example", "Hi", "\r\nhello");
  app.clock.advance(std::chrono::minutes(5));
  const std::int64_t then = core::to_unix_ms(app.clock.wall_now()) / 1000;
  app.receive("one@customer.example", "Hi", "\r\nhello");
  const Reply reply = app.get(fmt::format("/api/v2/incremental/tickets?start_time={}", then), app.agent_token);
  EXPECT_EQ(ids_of(reply), std::vector<std::uint64_t>{2});
  EXPECT_EQ(reply.at("count").to_number<int>(), 1);
  EXPECT_TRUE(ids_of(app.get(std::string(reply.at("next_page").as_string()), app.agent_token)).empty());
  EXPECT_EQ(app.get("/api/v2/incremental/tickets?start_time=soon", app.agent_token).status, 422);
  EXPECT_EQ(app.get(std::string(kCursor) + "?cursor=999999", app.agent_token).status, 410);
  EXPECT_EQ(app.get(std::string(kCursor) + "?start_time=0&per_page=1001", app.agent_token).status, 422);
}

// From the moment somebody decides on it, not when its last piece leaves the disk.
TEST(Exports, ATicketWhoseErasureHasBegunIsItsNumber) {
  WebApp app;
  app.receive("one@customer.example", "Secret", "\r\nhello");
  const auto erase = [&app](const std::string& path) { return app.send(Call{"DELETE", path, {}, ""}.with("Authorization", "Bearer " + app.admin_token)).status; };
  ASSERT_EQ(erase("/api/v2/tickets/1"), 204);
  const Reply deleted = app.get(std::string(kCursor) + "?start_time=0", app.admin_token);
  EXPECT_NE(deleted.body.find("Secret"), std::string::npos) << "whoever may delete may see what was deleted";
  ASSERT_EQ(erase("/api/v2/deleted_tickets/1"), 200);
  const Reply gone = app.get(std::string(kCursor) + "?start_time=0", app.admin_token);
  ASSERT_EQ(gone.status, 200);
  EXPECT_EQ(gone.body.find("Secret"), std::string::npos) << gone.body;
  EXPECT_EQ(ids_of(gone), std::vector<std::uint64_t>{1});
  EXPECT_EQ(gone.at("tickets").as_array()[0].at("status").as_string(), "deleted");
}

// Clients of Zendesk take a page without tickets for the end.
TEST(Exports, PagesWithoutTicketsAreSkipped) {
  WebApp app;
  for (int i = 0; i < 4; ++i) app.receive("one@customer.example", "Hi", "\r\nhello");
  for (int i = 1; i <= 3; ++i) {
    ASSERT_EQ(app.send(Call{"DELETE", fmt::format("/api/v2/tickets/{}", i), {}, ""}.with("Authorization", "Bearer " + app.admin_token)).status, 204);
  }
  ASSERT_EQ(app.put("/api/v2/tickets/4", app.agent_token, R"({"ticket":{"status":"pending"}})").status, 200);
  for (const char* path : {"/api/v2/incremental/tickets", kCursor}) {
    const Reply first = app.get(std::string(path) + "?start_time=0&per_page=1&exclude_deleted=true", app.agent_token);
    EXPECT_EQ(ids_of(first), std::vector<std::uint64_t>{4}) << path << first.body;
  }
}

TEST(Exports, EventsTellWhatHappened) {
  WebApp app;
  app.receive("one@customer.example", "Hi", "\r\nhello");
  ASSERT_EQ(app.put("/api/v2/tickets/1", app.agent_token, R"({"ticket":{"status":"pending"}})").status, 200);
  const Reply reply = app.get("/api/v2/incremental/ticket_events?start_time=0", app.agent_token);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_NE(reply.body.find("new -> pending"), std::string::npos) << reply.body;
  const Described described(app);
  EXPECT_EQ(described.wrong_with(reply, "/api/v2/incremental/ticket_events", "get"), "");
  EXPECT_EQ(described.wrong_with(app.get("/api/v2/changes", app.agent_token), "/api/v2/changes", "get"), "");
}

core::Task<Reply> poll(HttpClient& client, std::string request) {
  co_await client.send(std::move(request));
  co_return co_await client.read_reply();
}

core::Task<void> poll_into(HttpClient* client, std::string request, std::optional<Reply>* into) { *into = co_await poll(*client, std::move(request)); }

std::string poll_request(const std::string& token, const std::string& query) {
  return fmt::format("GET /api/v2/changes?{} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\r\n", query, token);
}

TEST(LongPoll, AnswersWhenSomethingHappensOrTimeIsOver) {
  WebApp app;
  app.receive("one@customer.example", "Hi", "\r\nhello");
  const std::uint64_t newest = app.store->last_sequence(app.workspace());
  const Reply at_once = app.get(fmt::format("/api/v2/changes?after={}&wait=60", newest - 1), app.agent_token);
  EXPECT_EQ(at_once.at("changes").as_array().size(), 1U) << "there is something already";
  std::optional<Reply> answered;
  std::unique_ptr<HttpClient> client = app.connect();
  app.group->spawn(app.io.get_executor(), poll_into(client.get(), poll_request(app.agent_token, fmt::format("after={}&wait=60", newest)), &answered));
  app.io.restart();
  for (int i = 0; i < 100; ++i) app.io.poll();
  EXPECT_FALSE(answered);
  app.receive("two@customer.example", "Hi", "\r\nhello");
  for (int i = 0; i < 1000 && !answered; ++i) app.io.run_one_for(std::chrono::milliseconds(10));
  ASSERT_TRUE(answered);
  EXPECT_NE(answered->body.find("ticket.created"), std::string::npos) << answered->body;

  answered.reset();
  const std::uint64_t last = app.store->last_sequence(app.workspace());
  client = app.connect();
  app.group->spawn(app.io.get_executor(), poll_into(client.get(), poll_request(app.agent_token, fmt::format("after={}&wait=5", last)), &answered));
  app.io.restart();
  for (int i = 0; i < 100; ++i) app.io.poll();
  app.clock.advance(std::chrono::seconds(5));
  for (int i = 0; i < 1000 && !answered; ++i) app.io.run_one_for(std::chrono::milliseconds(10));
  ASSERT_TRUE(answered);
  EXPECT_TRUE(answered->at("changes").as_array().empty());
  EXPECT_EQ(app.get("/api/v2/changes?wait=61", app.agent_token).status, 422);
}

TEST(LongPoll, ACursorBehindWhatIsKeptIs410) {
  WebApp app;
  app.receive("one@customer.example", "Hi", "\r\nhello");
  app.receive("one@customer.example", "Hi", "\r\nhello");
  storage::Transaction transaction = app.store->begin();
  transaction.erase(storage::feed_key(app.workspace(), 1));
  ASSERT_TRUE(app.run(app.store->commit(std::move(transaction))));
  EXPECT_EQ(app.get("/api/v2/changes?after=0", app.agent_token).status, 410);
  EXPECT_EQ(app.get("/api/v2/changes?after=1", app.agent_token).status, 200);
}

// Everybody first, then who changed: nobody is missed, and what was erased is told.
TEST(Exports, PeopleAndOrganizationsComeWholeAndThenAsTheyChange) {
  WebApp app;
  for (int i = 0; i < 5; ++i) app.receive(fmt::format("user{}@customer.example", i), "Hi", "\r\nhello");
  std::set<std::uint64_t> all;
  std::string next = "/api/v2/incremental/users/cursor?per_page=2";
  for (int pages = 0; pages < 20; ++pages) {
    const Reply reply = app.get(next, app.owner_token);
    ASSERT_EQ(reply.status, 200) << reply.body;
    const boost::json::value users = reply.at("users");
    for (const auto& each : users.as_array()) all.insert(each.at("id").to_number<std::uint64_t>());
    next = std::string(reply.at("after_url").as_string());
    if (reply.at("end_of_stream").as_bool()) break;
  }
  std::set<std::uint64_t> expected;
  for (const auto& each : app.accounts->list(app.workspace(), 100).value()) expected.insert(each.id.value);
  EXPECT_EQ(all, expected);
  EXPECT_TRUE(app.get(next, app.owner_token).at("users").as_array().empty());
  const std::uint64_t ann = *all.rbegin();
  ASSERT_EQ(app.put(fmt::format("/api/v2/users/{}", ann), app.owner_token, R"({"user":{"phone":"+43 1 234"}})").status, 200);
  const Reply changed = app.get(next, app.owner_token);
  ASSERT_EQ(changed.at("users").as_array().size(), 1U) << changed.body;
  EXPECT_EQ(changed.at("users").as_array()[0].at("phone").as_string(), "+43 1 234");

  const Reply none = app.get("/api/v2/incremental/organizations?start_time=0", app.owner_token);
  ASSERT_EQ(none.status, 200) << none.body;
  const std::string later(none.at("next_page").as_string());
  const Reply made = app.post("/api/v2/organizations", app.owner_token, R"({"organization":{"name":"Customer Ltd"}})");
  ASSERT_EQ(made.status, 201) << made.body;
  const Reply organizations = app.get(later, app.owner_token);
  ASSERT_EQ(organizations.at("organizations").as_array().size(), 1U) << organizations.body;
  EXPECT_EQ(organizations.at("organizations").as_array()[0].at("name").as_string(), "Customer Ltd");
  EXPECT_EQ(app.get("/api/v2/incremental/users/cursor?cursor=walk.x", app.owner_token).status, 422);
  EXPECT_EQ(app.get("/api/v2/incremental/users/cursor?cursor=999999999", app.owner_token).status, 410);
  EXPECT_EQ(app.get("/api/v2/incremental/users?per_page=0", app.owner_token).status, 422);
  EXPECT_EQ(app.get("/api/v2/incremental/organizations/cursor", app.contact_token).status, 403);
}

}  // namespace
}  // namespace postern::test
