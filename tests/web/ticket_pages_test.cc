// Long conversations: pages come from the store, and no answer is larger than its bound.
#include <fmt/format.h>

#include "tests/web/web_app.h"

namespace postern::test {
namespace {

struct Conversation {
  explicit Conversation(web::WebOptions options = web::WebOptions()) : app(std::move(options)) {
    id = app.receive("one@customer.example", "Hi", "\r\nfirst");
    path = fmt::format("/api/v2/tickets/{}", id.value);
  }
  void note(std::string text) {
    app.clock.advance(std::chrono::milliseconds(5));
    auth::Principal by;
    by.workspace = app.workspace();
    by.user = app.agent.id;
    by.role = auth::Role::kAgent;
    ticketing::Tickets::Update update;
    update.text = std::move(text);
    update.is_public = false;
    ASSERT_TRUE(app.run(app.tickets->update(by, id, std::move(update))).has_value());
  }
  // The lists of all pages one behind the other; `pages` counts them.
  std::vector<boost::json::value> all(std::string where, const char* name) {
    std::vector<boost::json::value> out;
    for (pages = 0; pages < 50 && !where.empty(); ++pages) {
      Reply reply = app.get(where, app.agent_token);
      EXPECT_EQ(reply.status, 200) << reply.body;
      const boost::json::value list = reply.at(name);
      for (const auto& each : list.as_array()) out.push_back(each);
      boost::json::value next = reply.at("links", "next");
      where = next.is_null() ? std::string() : std::string(next.as_string());
    }
    return out;
  }
  WebApp app;
  core::TicketId id;
  std::string path;
  std::size_t pages = 0;
};

TEST(TicketPages, CommentsAndEventsHaveNoGapsOrRepeats) {
  Conversation talk;
  for (int i = 0; i < 6; ++i) talk.note(fmt::format("note {}", i));
  auto comments = talk.all(talk.path + "/comments?page%5Bsize%5D=3", "comments");
  EXPECT_EQ(talk.pages, 3U);
  ASSERT_EQ(comments.size(), 7U);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(comments[static_cast<std::size_t>(i) + 1].at("body").as_string(), fmt::format("note {}", i));
  auto events = talk.all(talk.path + "/events?page%5Bsize%5D=2", "events");
  ASSERT_GE(events.size(), 7U);
  for (std::size_t i = 1; i < events.size(); ++i) {
    EXPECT_GT(events[i].at("id").to_number<std::uint64_t>(), events[i - 1].at("id").to_number<std::uint64_t>());
  }
  EXPECT_EQ(talk.pages, (events.size() + 1) / 2);
  EXPECT_EQ(talk.app.get(talk.path + "/comments?page[size]=101", talk.app.agent_token).status, 422);
}

TEST(TicketPages, BytesEndAPageToo) {
  web::WebOptions options;
  options.comments_bytes_max = 50'000;
  Conversation talk(options);
  for (int i = 0; i < 5; ++i) talk.note(std::string(20'000, static_cast<char>('a' + i)));
  Reply first = talk.app.get(talk.path + "/comments", talk.app.agent_token);
  EXPECT_LT(first.at("comments").as_array().size(), 6U);
  EXPECT_LT(first.body.size(), 2 * options.comments_bytes_max);
  auto comments = talk.all(talk.path + "/comments", "comments");
  ASSERT_EQ(comments.size(), 6U);
  EXPECT_GE(talk.pages, 3U);
  EXPECT_EQ(comments[5].at("body").as_string(), std::string(20'000, 'e'));
}

TEST(TicketPages, ALongTextIsShortenedInListsAndWholeAtItsOwnAddress) {
  web::WebOptions options;
  options.comment_text_bytes_max = 1000;
  options.plain_body_bytes_max = 100;
  Conversation talk(options);
  std::string text;
  while (text.size() < 1500) text += "é ";  // a cut at 1000 or 100 bytes could halve one
  text.pop_back();
  talk.note(text);
  const boost::json::value comment = talk.all(talk.path + "/comments", "comments").at(1);
  const std::string body(comment.at("body").as_string());
  EXPECT_TRUE(comment.at("body_truncated").as_bool());
  EXPECT_LE(body.size(), 1000U);
  EXPECT_GT(body.size(), 990U);
  EXPECT_TRUE(text.starts_with(body));
  EXPECT_LE(comment.at("plain_body").as_string().size(), 100U);
  Reply whole = talk.app.get(std::string(comment.at("text_url").as_string()), talk.app.agent_token);
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.body, text);
  EXPECT_EQ(whole.field("content-type"), "text/plain; charset=utf-8");
  EXPECT_TRUE(whole.field("content-security-policy").starts_with("sandbox"));
  EXPECT_EQ(talk.app.get(std::string(comment.at("text_url").as_string()), talk.app.foreign_token).status, 404);
}

TEST(TicketPages, ShortTextsAreWhole) {
  Conversation talk;
  talk.note("short");
  const boost::json::value comment = talk.all(talk.path + "/comments", "comments").at(1);
  EXPECT_FALSE(comment.at("body_truncated").as_bool());
  EXPECT_EQ(comment.at("body"), comment.at("plain_body"));
}

// A lost answer and a second press of the button must not mail twice, however long the text is.
TEST(TicketPages, IdempotencyKeyWorksForLongReplies) {
  Conversation talk;
  auto send = [&talk] {
    Call call{"PUT", talk.path, {}, fmt::format(R"({{"ticket":{{"comment":{{"body":"{}"}}}}}})", std::string(100'000, 'x'))};
    call.with("Authorization", "Bearer " + talk.app.agent_token).with("Content-Type", "application/json");
    return talk.app.send(call.with("Idempotency-Key", "k1"));
  };
  Reply first = send();
  ASSERT_EQ(first.status, 200) << first.body.substr(0, 500);
  Reply second = send();
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.field("x-idempotency-lookup"), "hit");
  EXPECT_EQ(second.at("ticket", "id").to_number<std::uint64_t>(), talk.id.value);
  EXPECT_LT(second.body.size(), 200U);
  EXPECT_EQ(talk.app.get("/api/v2/outbox", talk.app.admin_token).at("outbox").as_array().size(), 1U);
}

}  // namespace
}  // namespace postern::test
