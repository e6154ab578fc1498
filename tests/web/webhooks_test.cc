// Webhooks over HTTP: what they are, what they tell, what was sent, what is never shown.
#include "ticketing/webhooks/webhooks.h"

#include <fmt/format.h>

#include "tests/ticketing/webhooks/fake_sender.h"
#include "tests/web/described.h"
#include "tests/web/web_app.h"
#include "ticketing/webhooks/dispatcher.h"
#include "web/api/desk/webhook_body.h"

namespace postern::test {
namespace {

constexpr const char* kAll = "/api/v2/webhooks";

class WebhookApi : public ::testing::Test {
 protected:
  WebhookApi() {
    auto directory = [this] { return std::shared_ptr<const ticketing::Directory>(std::shared_ptr<void>(), app.directory.get()); };
    app.desk->webhooks().use({&sender, web::make_webhook_body(*app.tickets, directory, web::WebOptions())});
  }
  std::string path(const Reply& made, const std::string& rest = "") const {
    return fmt::format("{}/{}{}", kAll, made.at("webhook", "id").to_number<std::uint64_t>(), rest);
  }
  Reply make(const std::string& more = "") {
    return app.post(kAll, app.admin_token, R"({"webhook":{"name":"Shop","endpoint":"https://hooks.shop.example/in")" + more + "}}");
  }
  std::size_t deliver() { return app.run(app.desk->webhooks().dispatcher().deliver_due(app.workspace())).value(); }

  WebApp app;
  FakeSender sender;
};

TEST_F(WebhookApi, IsMadeShownChangedAndEnded) {
  const Reply made = make(R"(,"subscriptions":["zen:event-type:ticket.created"],"custom_headers":{"X-Shop":"7"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.field("location"), path(made));
  EXPECT_TRUE(std::string(made.at("webhook", "signing_secret", "secret").as_string()).starts_with("whsec_"));
  EXPECT_EQ(made.at("webhook", "status").as_string(), "active");
  const Reply shown = app.get(path(made), app.admin_token);
  EXPECT_EQ(shown.body.find("whsec_"), std::string::npos);
  EXPECT_EQ(shown.at("webhook", "custom_headers", "X-Shop").as_string(), "7");
  const Reply changed = app.send(Call{"PATCH", path(made), {}, R"({"webhook":{"status":"inactive"}})"}
                                     .with("Authorization", "Bearer " + app.admin_token)
                                     .with("Content-Type", "application/json"));
  EXPECT_EQ(changed.at("webhook", "status").as_string(), "inactive") << changed.body;
  EXPECT_EQ(changed.at("webhook", "name").as_string(), "Shop");
  EXPECT_EQ(app.get(std::string(kAll) + "?filter[status]=active", app.admin_token).at("webhooks").as_array().size(), 0U);
  EXPECT_EQ(app.get(std::string(kAll) + "?filter[name_contains]=sho", app.admin_token).at("webhooks").as_array().size(), 1U);
  EXPECT_EQ(app.send(Call{"DELETE", path(made), {}, ""}.with("Authorization", "Bearer " + app.admin_token)).status, 204);
  EXPECT_EQ(app.get(path(made), app.admin_token).status, 404);
  EXPECT_EQ(app.get(kAll, app.agent_token).status, 403);
  EXPECT_EQ(app.get(kAll, app.foreign_token).status, 403);
}

// Issue 7: what happens to people, in Zendesk's envelope.
TEST_F(WebhookApi, TellsWhoAPersonAndAnOrganizationIs) {
  auto directory = [this] { return std::shared_ptr<const ticketing::Directory>(std::shared_ptr<void>(), app.directory.get()); };
  app.desk->webhooks().use({&sender, web::make_webhook_body(*app.tickets, directory, web::WebOptions(), &app.desk->fields(),
                                                           {app.accounts.get(), &app.desk->people(), &app.desk->organizations()})});
  const Reply made = make(R"(,"subscriptions":["zen:event-type:user.created","user.name_changed","organization.created"])");
  ASSERT_EQ(made.status, 201) << made.body;
  const Reply user = app.post("/api/v2/users", app.admin_token, R"({"user":{"name":"Ann","email":"ann@customer.example","notes":"quiet"}})");
  ASSERT_EQ(user.status, 201) << user.body;
  const auto id = user.at("user", "id").to_number<std::uint64_t>();
  ASSERT_EQ(deliver(), 1U);
  const boost::json::value first = boost::json::parse(sender.requests.back().body);
  EXPECT_EQ(first.at("type").as_string(), "zen:event-type:user.created");
  EXPECT_EQ(first.at("subject").as_string(), fmt::format("zen:user:{}", id));
  EXPECT_EQ(first.at("detail").at("email").as_string(), "ann@customer.example");
  EXPECT_EQ(first.at("detail").at("role").as_string(), user.at("user", "role").as_string());
  EXPECT_EQ(sender.requests.back().body.find("quiet"), std::string::npos) << "who it is, not what is known";
  ASSERT_EQ(app.put(fmt::format("/api/v2/users/{}", id), app.admin_token, R"({"user":{"name":"Ann Low"}})").status, 200);
  ASSERT_EQ(deliver(), 1U);
  const boost::json::value second = boost::json::parse(sender.requests.back().body);
  EXPECT_EQ(second.at("detail").at("name").as_string(), "Ann Low");
  EXPECT_EQ(boost::json::serialize(second.at("event").at("changes")), R"([{"field":"name"}])");
  ASSERT_EQ(app.post("/api/v2/organizations", app.admin_token, R"({"organization":{"name":"Acme"}})").status, 201);
  ASSERT_EQ(deliver(), 1U);
  EXPECT_EQ(boost::json::parse(sender.requests.back().body).at("detail").at("name").as_string(), "Acme");
  const Reply log = app.get(path(made, "/invocations"), app.admin_token);
  EXPECT_EQ(log.at("invocations").at(2).at("user_id").to_number<std::uint64_t>(), id) << log.body;
  EXPECT_TRUE(log.at("invocations").at(2).at("ticket_id").is_null());
}

TEST_F(WebhookApi, MistakesAreNamed) {
  const auto wrong = [this](const std::string& more) { return make(more).body; };
  EXPECT_NE(wrong(R"(,"endpoint":"https://10.0.0.1/")").find("webhook.endpoint"), std::string::npos);
  EXPECT_NE(wrong(R"(,"subscriptions":["ticket.exploded"])").find("ticket.exploded"), std::string::npos);
  EXPECT_NE(wrong(R"(,"colour":1)").find("colour"), std::string::npos);
  EXPECT_NE(wrong(R"(,"authentication":{"type":"magic","data":{}})").find("webhook.authentication.type"), std::string::npos);
  EXPECT_NE(wrong(R"(,"authentication":{"type":"bearer_token","data":{}})").find("webhook.authentication.data.token"), std::string::npos);
  EXPECT_NE(wrong(R"(,"custom_headers":{"Authorization":"x"})").find("custom_headers"), std::string::npos);
  // What would be stored as something else is not stored (Z-35).
  EXPECT_NE(wrong(R"(,"custom_headers":{"X-Card":"4111 1111 1111 1111"})").find("may not be stored"), std::string::npos);
  EXPECT_EQ(make(R"(,"request_format":"yaml")").status, 422);
  EXPECT_EQ(app.get(kAll, app.admin_token).at("webhooks").as_array().size(), 0U);
}

TEST_F(WebhookApi, SecretsAreNeitherShownNorSentElsewhere) {
  const Reply made = make(R"(,"authentication":{"type":"bearer_token","add_position":"header","data":{"token":"s3cret-token"}})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.body.find("s3cret"), std::string::npos);
  EXPECT_EQ(made.at("webhook", "authentication", "type").as_string(), "bearer_token");
  EXPECT_EQ(app.put(path(made), app.admin_token, R"({"webhook":{"endpoint":"https://evil.example/"}})").status, 422);
  EXPECT_EQ(app.put(path(made), app.admin_token, R"({"webhook":{"endpoint":"https://hooks.shop.example/other"}})").status, 200);
  EXPECT_EQ(app.put(path(made), app.admin_token, R"({"webhook":{"endpoint":"https://evil.example/","authentication":null}})").status, 200);
  const std::string id = std::to_string(made.at("webhook", "id").to_number<std::uint64_t>());
  const std::string test = std::string(kAll) + "/test?webhook_id=" + id;
  EXPECT_EQ(app.get(path(made, "/signing_secret"), app.admin_token).status, 403) << "a token may not";
  EXPECT_EQ(app.post(test, app.admin_token, R"({"request":{"endpoint":"https://third.example/"}})").status, 200);
  EXPECT_EQ(sender.header(0, "webhook-signature"), "");
}

TEST_F(WebhookApi, ASecretIsShownAndReplacedAfterAFreshProof) {
  const Reply made = make();
  const Browser browser = app.sign_in("admin@example.com");
  const Reply secret = app.act(browser, "GET", path(made, "/signing_secret"));
  ASSERT_EQ(secret.status, 200) << secret.body;
  EXPECT_EQ(secret.at("signing_secret", "secret"), made.at("webhook", "signing_secret", "secret"));
  const Reply next = app.act(browser, "POST", path(made, "/signing_secret"));
  ASSERT_EQ(next.status, 201) << next.body;
  EXPECT_NE(next.at("signing_secret", "secret"), secret.at("signing_secret", "secret"));
  EXPECT_FALSE(next.at("signing_secret", "previous_expires_at").is_null());
}

TEST_F(WebhookApi, TellsTheTicketAndWhatChanged) {
  ASSERT_EQ(make(R"(,"subscriptions":["ticket.created","ticket.status_changed","ticket.comment_added"])").status, 201);
  const core::TicketId ticket = app.receive("one@customer.example", "Hi", "\r\nhello");
  ASSERT_EQ(app.put(fmt::format("/api/v2/tickets/{}", ticket.value), app.agent_token,
                    R"({"ticket":{"status":"pending","comment":{"body":"On its way.","public":true}}})")
                .status,
            200);
  EXPECT_EQ(deliver(), 3U);
  const boost::json::value created = boost::json::parse(sender.requests.at(0).body);
  EXPECT_EQ(created.at("type").as_string(), "ticket.created");
  EXPECT_EQ(created.at("subject").as_string(), fmt::format("zen:ticket:{}", ticket.value));
  EXPECT_EQ(created.at("detail").at("subject").as_string(), "Hi");
  std::string all = sender.requests.at(1).body + sender.requests.at(2).body;
  EXPECT_NE(all.find(R"("previous":"new","current":"pending")"), std::string::npos) << all;
  EXPECT_NE(all.find("On its way."), std::string::npos) << all;
}

TEST_F(WebhookApi, TellsWhichCustomFieldChangedAndItsValue) {
  auto directory = [this] { return std::shared_ptr<const ticketing::Directory>(std::shared_ptr<void>(), app.directory.get()); };
  app.desk->webhooks().use({&sender, web::make_webhook_body(*app.tickets, directory, web::WebOptions(), &app.desk->fields())});
  const auto make_field = [this](const std::string& json) {
    const Reply made = app.post("/api/v2/ticket_fields", app.admin_token, R"({"ticket_field":)" + json + "}");
    EXPECT_EQ(made.status, 201) << made.body;
    return made.at("ticket_field", "id").to_number<std::uint64_t>();
  };
  const std::uint64_t colour = make_field(R"({"type":"text","title":"Colour"})");
  const std::uint64_t urgent = make_field(R"({"type":"checkbox","title":"Urgent"})");
  ASSERT_EQ(make(R"(,"subscriptions":["ticket.custom_field_changed"])").status, 201);
  const core::TicketId ticket = app.receive("one@customer.example", "Hi", "\r\nhello");
  const auto change = [&](const std::string& fields) {
    ASSERT_EQ(app.put(fmt::format("/api/v2/tickets/{}", ticket.value), app.agent_token, R"({"ticket":{"custom_fields":[)" + fields + "]}}").status, 200);
  };
  change(fmt::format(R"({{"id":{},"value":"red"}},{{"id":{},"value":true}})", colour, urgent));
  ASSERT_EQ(deliver(), 1U);
  const boost::json::value told = boost::json::parse(sender.requests.at(0).body);
  const std::string shown = boost::json::serialize(told.at("event"));
  EXPECT_NE(shown.find(fmt::format(R"("field_id":{},"current":"red")", colour)), std::string::npos) << shown;
  EXPECT_NE(shown.find(fmt::format(R"("field_id":{},"current":true)", urgent)), std::string::npos) << shown;
  EXPECT_EQ(told.at("detail").at("custom_fields").as_array().size(), 2U);
  change(fmt::format(R"({{"id":{},"value":"blue"}})", colour));
  ASSERT_EQ(deliver(), 1U);
  const boost::json::value next = boost::json::parse(sender.requests.at(1).body);
  EXPECT_EQ(next.at("event").at("field").at("id").to_number<std::uint64_t>(), colour);
  EXPECT_EQ(next.at("event").at("current").as_string(), "blue");
  EXPECT_EQ(next.at("event").at("changes").as_array().size(), 1U) << "the other one did not change";
  EXPECT_FALSE(next.at("event").as_object().contains("previous")) << "of typed text no copy is kept";
  change(fmt::format(R"({{"id":{},"value":false}})", urgent));
  ASSERT_EQ(deliver(), 1U);
  const boost::json::value last = boost::json::parse(sender.requests.at(2).body);
  EXPECT_TRUE(last.at("event").at("previous").as_bool());
  EXPECT_FALSE(last.at("event").at("current").as_bool());
}

TEST_F(WebhookApi, TheLogShowsAttemptsAndReplays) {
  const Reply made = make(R"(,"subscriptions":["ticket.created"])");
  (void)app.receive("one@customer.example", "Hi", "\r\nhello");
  sender.statuses = {500};
  sender.answer = "no \xff\xfe way";
  deliver();
  const Reply list = app.get(path(made, "/invocations?filter[status]=pending"), app.admin_token);
  ASSERT_EQ(list.at("invocations").as_array().size(), 1U) << list.body;
  const boost::json::value first = list.at("invocations").as_array()[0];
  EXPECT_EQ(first.at("status_code").to_number<int>(), 500);
  const std::string one = path(made, fmt::format("/invocations/{}", first.at("id").to_number<std::uint64_t>()));
  const Reply attempts = app.get(one + "/attempts", app.admin_token);
  EXPECT_EQ(attempts.at("attempts").as_array().at(0).at("response_payload").as_string(), "no \xEF\xBF\xBD\xEF\xBF\xBD way");
  app.clock.advance(std::chrono::seconds(10));
  deliver();
  EXPECT_EQ(app.get(one, app.admin_token).at("invocation", "status").as_string(), "success");
  const Reply again = app.post(one + "/replay", app.admin_token, "");
  ASSERT_EQ(again.status, 201) << again.body;
  EXPECT_EQ(again.at("invocation", "message_id"), first.at("message_id"));
  deliver();
  EXPECT_EQ(sender.requests.size(), 3U);
  EXPECT_EQ(app.get(path(made, "/invocations/77"), app.admin_token).status, 404);
  const Described described(app);
  EXPECT_EQ(described.wrong_with(list, "/api/v2/webhooks/{id}/invocations", "get"), "");
  EXPECT_EQ(described.wrong_with(attempts, "/api/v2/webhooks/{id}/invocations/{invocation_id}/attempts", "get"), "");
  EXPECT_EQ(described.wrong_with(made, "/api/v2/webhooks", "post"), "");
  EXPECT_EQ(described.wrong_with(app.get(kAll, app.admin_token), "/api/v2/webhooks", "get"), "");
}

TEST_F(WebhookApi, ATestTellsWhatCameBack) {
  const Reply reply = app.post(std::string(kAll) + "/test", app.admin_token, R"({"request":{"endpoint":"https://hooks.shop.example/in","payload":"{\"a\":1}"}})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("response", "status").to_number<int>(), 200);
  EXPECT_EQ(reply.at("response", "payload").as_string(), "thanks");
  EXPECT_EQ(sender.requests.at(0).body, R"({"a":1})");
  EXPECT_EQ(app.post(std::string(kAll) + "/test", app.admin_token, R"({"request":{"endpoint":"https://10.0.0.1/"}})").status, 422);
}

}  // namespace
}  // namespace postern::test
