// Idempotency-Key: one change for one key, also over a restart, and whatever a crash interrupts.
#include <fmt/format.h>

#include "tests/web/web_app.h"
#include "web/api/replay_book.h"

namespace postern::test {
namespace {

using web::ReplayBook;
using web::Response;
using Kind = ReplayBook::Kind;

class ReplayBookTest : public ::testing::Test {
 protected:
  web::Services services() {
    return {*app.accounts, *app.sessions, *app.tickets, *app.outbox, *app.suspended, *app.mail_reports, *app.redactor,
            [] { return std::shared_ptr<const ticketing::Directory>(); }, *app.store, *app.vault, app.clock, app.ids};
  }
  // With the id of a request of its own.
  auth::Principal agent() {
    auth::Principal by;
    by.workspace = app.workspace();
    by.user = app.agent.id;
    by.role = auth::Role::kAgent;
    by.method = auth::Method::kToken;
    by.request = app.ids.next();
    return by;
  }
  ReplayBook::Outcome begin(ReplayBook& book, const std::string& key = "k", const std::string& digest = "d") {
    return app.run(book.begin(agent(), key, digest)).value();
  }
  void finish(ReplayBook& book, Response response, bool keeps_body = true, const std::string& key = "k") {
    ASSERT_TRUE(app.run(book.finish(agent(), key, std::move(response), keeps_body)));
  }

  WebApp app;
  web::WebOptions options;
  web::Services with = services();
  ReplayBook before{options, with};  // of one process,
  ReplayBook after{options, with};   // and of the next
};

TEST_F(ReplayBookTest, RepeatsTheAnswerAndRefusesAnotherRequest) {
  EXPECT_EQ(begin(before).kind, Kind::kNew);
  EXPECT_EQ(begin(before).kind, Kind::kInFlight);
  EXPECT_EQ(begin(before, "k", "other").kind, Kind::kDiffers);
  Response answer = web::plain_response(201, "done");
  answer.set("Location", "/api/v2/tickets/7").set("Set-Cookie", "secret");
  finish(before, std::move(answer));
  for (ReplayBook* book : {&before, &after}) {
    const ReplayBook::Outcome again = begin(*book);
    ASSERT_EQ(again.kind, Kind::kRepeated);
    EXPECT_EQ(again.response->status, 201);
    EXPECT_EQ(again.response->body, "done");
    EXPECT_EQ(again.response->field("Location"), "/api/v2/tickets/7");
    EXPECT_EQ(again.response->field("Set-Cookie"), "");
    EXPECT_EQ(begin(*book, "k", "other").kind, Kind::kDiffers);
  }
}

TEST_F(ReplayBookTest, AKeyBelongsToItsUser) {
  EXPECT_EQ(begin(before).kind, Kind::kNew);
  auth::Principal other = agent();
  other.user = app.admin.id;
  EXPECT_EQ(app.run(before.begin(other, "k", "d")).value().kind, Kind::kNew);
}

TEST_F(ReplayBookTest, AfterACrashBehindTheChangeItIsNotMadeAgain) {
  const core::TicketId ticket = app.receive("one@customer.example", "Hi", "\r\nhello");
  const auth::Principal by = agent();
  ASSERT_EQ(app.run(before.begin(by, "k", "d")).value().kind, Kind::kNew);
  ticketing::Tickets::Update update;
  update.status = ticketing::Status::kPending;
  ASSERT_TRUE(app.run(app.tickets->update(by, ticket, update)));
  const ReplayBook::Outcome again = begin(after);
  ASSERT_EQ(again.kind, Kind::kRepeated);
  EXPECT_EQ(again.response->status, 200);
  EXPECT_EQ(again.response->body, fmt::format(R"({{"ticket":{{"id":{}}}}})", ticket.value));
}

TEST_F(ReplayBookTest, AfterACrashBeforeTheChangeItIsMade) {
  const core::TicketId ticket = app.receive("one@customer.example", "Hi", "\r\nhello");
  ASSERT_EQ(begin(before).kind, Kind::kNew);
  ticketing::Tickets::Update update;
  update.status = ticketing::Status::kPending;
  ASSERT_TRUE(app.run(app.tickets->update(agent(), ticket, update))) << "the same user's other request";
  EXPECT_EQ(begin(after).kind, Kind::kNew);
}

TEST_F(ReplayBookTest, FailuresOfOursAreTriedAgain) {
  for (const int status : {500, 503, 429}) {
    EXPECT_EQ(begin(before).kind, Kind::kNew);
    finish(before, web::plain_response(status, "later"));
  }
  EXPECT_EQ(begin(before).kind, Kind::kNew);
  before.abandon(agent(), "k");
  EXPECT_EQ(begin(before).kind, Kind::kNew);
  finish(before, web::plain_response(422, "wrong"));
  EXPECT_EQ(begin(before).kind, Kind::kRepeated);
}

TEST_F(ReplayBookTest, KeepsTheShortFormOfWhatIsLargeOrSecret) {
  (void)begin(before);
  Response large = web::plain_response(200, std::string(options.replay_body_bytes_max + 1, 'x'));
  large.short_body = "short";
  finish(before, large);
  EXPECT_EQ(begin(before).response->body, "short");
  (void)begin(before, "secret");
  finish(before, web::plain_response(201, "pst_123"), false, "secret");
  EXPECT_EQ(begin(before, "secret").response->body, "{}");
}

// What an answer repeats of what was typed is kept as what is typed is: an upload's name, a value that was refused.
TEST_F(ReplayBookTest, KeepsNoSecretThatAnAnswerRepeats) {
  (void)begin(before);
  finish(before, web::plain_response(422, R"({"id":4111111111111111,"url":"/api/v2/x/4111111111111111","details":[{"detail":"no event 4111111111111111"}]})"));
  const std::string kept = begin(before).response->body;
  EXPECT_THAT(kept, testing::HasSubstr(R"("id":4111111111111111,"url":"/api/v2/x/4111111111111111")"));
  EXPECT_THAT(kept, testing::Not(testing::HasSubstr("event 4111111111111111")));
  (void)begin(before, "plain");
  finish(before, web::plain_response(200, "card 4111111111111111"), true, "plain");
  EXPECT_THAT(begin(before, "plain").response->body, testing::Not(testing::HasSubstr("4111111111111111")));
}

TEST_F(ReplayBookTest, ExpiresAndGivesItsPlaceBack) {
  options.replays_per_user_max = 2;
  for (const char* key : {"a", "b"}) {
    EXPECT_EQ(begin(before, key).kind, Kind::kNew);
    finish(before, web::plain_response(200, "done"), true, key);
  }
  EXPECT_EQ(begin(before, "c").kind, Kind::kFull);
  EXPECT_EQ(app.run(before.expire(app.workspace())).value(), 0U);
  app.clock.advance(options.replay_life);
  EXPECT_EQ(begin(before, "a", "another").kind, Kind::kNew) << "expired, although nobody has erased it";
  finish(before, web::plain_response(200, "new"), true, "a");
  EXPECT_EQ(app.run(before.expire(app.workspace())).value(), 1U);
  EXPECT_EQ(begin(before, "c").kind, Kind::kNew);
  EXPECT_EQ(begin(before, "a", "another").kind, Kind::kRepeated);
}

TEST(IdempotencyKey, WorksOnEveryPost) {
  WebApp app;
  const auto add = [&app](const char* key, const char* name) {
    Call call{"POST", "/api/v2/webhooks", {}, fmt::format(R"({{"webhook":{{"name":"{}","endpoint":"https://hooks.example.com/"}}}})", name)};
    call.with("Authorization", "Bearer " + app.admin_token).with("Content-Type", "application/json");
    return app.send(call.with("Idempotency-Key", key));
  };
  const Reply first = add("k1", "a");
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(first.field("x-idempotency-lookup"), "miss");
  const Reply second = add("k1", "a");
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(second.field("x-idempotency-lookup"), "hit");
  EXPECT_EQ(second.at("webhook", "id"), first.at("webhook", "id"));
  EXPECT_NE(first.body.find("whsec_"), std::string::npos);
  EXPECT_EQ(second.body.find("whsec_"), std::string::npos) << "a secret is not kept for another showing";
  EXPECT_EQ(add("k1", "b").status, 422);
  EXPECT_EQ(app.get("/api/v2/webhooks", app.admin_token).at("webhooks").as_array().size(), 1U);
  EXPECT_EQ(add("k2", "a").status, 201);
  EXPECT_EQ(app.get("/api/v2/webhooks", app.admin_token).at("webhooks").as_array().size(), 2U);
}

}  // namespace
}  // namespace postern::test
