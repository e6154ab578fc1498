// Webhooks: what is told, in which order, how often, signed how; what is kept of it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "core/encoding.h"
#include "tests/ticketing/damage.h"
#include "tests/ticketing/desk.h"
#include "tests/ticketing/webhooks/fake_sender.h"
#include "ticketing/webhooks/dispatcher.h"
#include "ticketing/webhooks/keys.h"
#include "ticketing/webhooks/log.h"
#include "ticketing/webhooks/signing.h"

namespace postern::test {
namespace {

using ticketing::Tickets;
using ticketing::Webhooks;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// "ticket.created 1"
std::string told(core::WorkspaceId, const schema::WebhookDelivery& delivery) {
  std::string out = delivery.kind() + " " + std::to_string(delivery.event().ticket());
  for (const auto& each : delivery.event().changes()) out += " " + each.field() + "=" + each.before() + ">" + each.after();
  return out;
}

Mail mail(std::string message_id) {
  Mail out;
  out.message_id = std::move(message_id);
  return out;
}

class WebhooksTest : public ::testing::Test {
 protected:
  WebhooksTest() {
    webhooks.use({&sender, [](core::WorkspaceId workspace, const schema::WebhookDelivery& delivery) { return core::Result<std::string>(told(workspace, delivery)); }});
  }

  schema::Webhook add(std::vector<std::string> subscriptions) {
    schema::Webhook draft;
    draft.set_title("shop");
    draft.set_is_active(true);
    draft.set_endpoint("https://hooks.shop.example/in?x=1");
    draft.set_http_method("POST");
    draft.set_request_format("application/json");
    for (std::string& each : subscriptions) draft.add_subscriptions(std::move(each));
    return desk.run(webhooks.create(desk.agent, draft)).value();
  }
  std::size_t deliver() { return desk.run(webhooks.dispatcher().deliver_due(desk.acme)).value(); }
  std::vector<std::string> bodies() const {
    std::vector<std::string> out;
    for (const auto& each : sender.requests) out.push_back(each.body);
    return out;
  }
  void set_status(std::uint64_t ticket, ticketing::Status status) {
    Tickets::Update update;
    update.status = status;
    ASSERT_TRUE(desk.update(core::TicketId{ticket}, std::move(update)));
  }
  std::vector<schema::WebhookDelivery> log_of(std::uint64_t webhook) {
    return webhooks.log().page(desk.acme, webhook, 0, 100, std::nullopt).value().deliveries;
  }

  Desk desk;
  FakeSender sender;
  Webhooks& webhooks = desk.helpdesk->webhooks();
};

TEST_F(WebhooksTest, TellsWhatASubscriptionNamesAndNothingElse) {
  (void)add({"ticket.created", "ticket.status_changed"});
  ASSERT_TRUE(desk.take({}));
  ASSERT_TRUE(desk.reply(core::TicketId{1}, "Try again."));
  set_status(1, ticketing::Status::kPending);
  deliver();
  EXPECT_THAT(bodies(), ElementsAre("ticket.created 1", "ticket.status_changed 1 status=new>open", "ticket.status_changed 1 status=open>pending"));
}

TEST_F(WebhooksTest, EverySpellingOfAnEventMeansIt) {
  (void)add({"zen:event-type:ticket.created", "comment.created", "ticket.assignee_changed"});
  ASSERT_TRUE(desk.take({}));
  Tickets::Update update;
  update.text = "A note.";
  update.is_public = false;
  update.assignee = desk.agent.user;
  ASSERT_TRUE(desk.update(core::TicketId{1}, std::move(update)));
  deliver();
  ASSERT_THAT(bodies(), SizeIs(3));
  EXPECT_THAT(bodies()[0], HasSubstr("zen:event-type:ticket.created 1"));
  EXPECT_THAT(bodies()[1] + bodies()[2], HasSubstr("comment.created 1"));
  EXPECT_THAT(bodies()[1] + bodies()[2], HasSubstr("assignee_id=>" + std::to_string(desk.agent.user.value)));
}

TEST_F(WebhooksTest, WithoutAWebhookASaveLeavesNothing) {
  ASSERT_TRUE(desk.take({}));
  (void)add({"ticket.created", "ticket.updated"});
  EXPECT_EQ(deliver(), 0U) << "what happened before it was made";
  const std::string prefix = storage::KeyBuilder(desk.acme, storage::Space::kWebhook).bytes();
  EXPECT_THAT(desk.store->snapshot()->scan(prefix, storage::Direction::kForward, 10).value(), IsEmpty());
}

TEST_F(WebhooksTest, OnesThatAreNotActiveAreToldNothing) {
  const schema::Webhook webhook = add({"ticket.created"});
  ASSERT_TRUE(desk.run(webhooks.update(desk.agent, webhook.id(), [](schema::Webhook& each) -> core::Result<void> {
    each.set_is_active(false);
    return {};
  })));
  ASSERT_TRUE(desk.take({}));
  deliver();
  EXPECT_THAT(sender.requests, IsEmpty());
}

TEST_F(WebhooksTest, SignsAsStandardWebhooksAndZendeskDo) {
  const schema::Webhook webhook = add({"ticket.created"});
  ASSERT_TRUE(desk.take({}));
  deliver();
  ASSERT_THAT(sender.requests, SizeIs(1));
  const std::string& body = sender.requests[0].body;
  const std::string signed_text = sender.header(0, "webhook-id") + "." + sender.header(0, "webhook-timestamp") + "." + body;
  const std::string secret = ticketing::signing_secret_text(webhook.secrets(0));
  ASSERT_TRUE(secret.starts_with("whsec_"));
  const std::string key = core::from_base64(secret.substr(6)).value();
  EXPECT_EQ(key.size(), 32U);
  EXPECT_EQ(sender.header(0, "webhook-signature"), "v1," + core::to_base64(core::hmac_sha256(key, signed_text)));
  EXPECT_EQ(sender.header(0, "X-Zendesk-Webhook-Signature"),
            core::to_base64(core::hmac_sha256(secret, sender.header(0, "X-Zendesk-Webhook-Signature-Timestamp") + body)));
  EXPECT_EQ(sender.header(0, "webhook-id").substr(0, 4), "msg_");
}

TEST_F(WebhooksTest, WhileASecretIsReplacedBothSign) {
  const schema::Webhook first = add({"ticket.created"});
  const schema::Webhook second = desk.run(webhooks.rotate_secret(desk.agent, first.id())).value();
  ASSERT_TRUE(desk.take({}));
  deliver();
  EXPECT_THAT(sender.header(0, "webhook-signature"), ::testing::ContainsRegex("^v1,[^ ]+ v1,[^ ]+$"));
  desk.clock.advance(webhooks.options().secret_overlap);
  ASSERT_TRUE(desk.take(mail("m9@customer.example")));
  deliver();
  ASSERT_THAT(sender.requests, SizeIs(2));
  const std::string text = sender.header(1, "webhook-id") + "." + sender.header(1, "webhook-timestamp") + "." + sender.requests[1].body;
  EXPECT_EQ(sender.header(1, "webhook-signature"), "v1," + core::to_base64(core::hmac_sha256(second.secrets(0).key(), text)));
}

TEST_F(WebhooksTest, FailuresAreRepeatedWithTheSameIdAndEndAfterADay) {
  const schema::Webhook webhook = add({"ticket.created"});
  ASSERT_TRUE(desk.take({}));
  sender.statuses = {500, 503};
  deliver();
  EXPECT_EQ(deliver(), 0U) << "not at once";
  desk.clock.advance(std::chrono::seconds(6));
  deliver();
  desk.clock.advance(std::chrono::seconds(12));
  deliver();
  ASSERT_THAT(sender.requests, SizeIs(3));
  EXPECT_EQ(sender.header(0, "webhook-id"), sender.header(2, "webhook-id"));
  EXPECT_NE(sender.header(0, "webhook-timestamp"), sender.header(2, "webhook-timestamp"));
  EXPECT_EQ(log_of(webhook.id()).at(0).state(), static_cast<std::uint32_t>(ticketing::DeliveryState::kDelivered));
  EXPECT_EQ(log_of(webhook.id()).at(0).attempts(), 3U);

  ASSERT_TRUE(desk.take(mail("m9@customer.example")));
  sender.status = 500;
  for (int hour = 0; hour < 26; ++hour) {
    deliver();
    desk.clock.advance(std::chrono::hours(1));
  }
  EXPECT_EQ(log_of(webhook.id()).at(0).state(), static_cast<std::uint32_t>(ticketing::DeliveryState::kFailed));
  EXPECT_EQ(deliver(), 0U);
}

TEST_F(WebhooksTest, NothingOfATicketOvertakesWhatFailed) {
  (void)add({"ticket.updated", "ticket.created"});
  ASSERT_TRUE(desk.take({}));
  sender.statuses = {500};
  deliver();
  set_status(1, ticketing::Status::kPending);
  set_status(1, ticketing::Status::kSolved);
  ASSERT_TRUE(desk.take(mail("m9@customer.example")));
  deliver();
  EXPECT_THAT(bodies(), ElementsAre("ticket.created 1", "ticket.created 2")) << "another ticket does not wait";
  desk.clock.advance(std::chrono::seconds(6));
  deliver();
  ASSERT_THAT(bodies(), SizeIs(5));
  EXPECT_EQ(bodies()[2], "ticket.created 1");
  EXPECT_THAT(bodies()[3], HasSubstr(">pending"));
  EXPECT_THAT(bodies()[4], HasSubstr(">solved"));
}

TEST_F(WebhooksTest, ABrokenEndpointIsLeftAloneAndTriedAgain) {
  const schema::Webhook webhook = add({"ticket.created"});
  const std::size_t most = webhooks.options().breaker_failures;
  for (std::size_t i = 0; i < most + 5; ++i) ASSERT_TRUE(desk.take(mail("b" + std::to_string(i) + "@customer.example")));
  sender.status = 502;
  deliver();
  EXPECT_EQ(sender.requests.size(), most);
  EXPECT_GT(webhooks.dispatcher().health(desk.acme, webhook.id()).open_until_unix_ms, 0);
  desk.clock.advance(webhooks.options().breaker_first);
  deliver();
  EXPECT_EQ(sender.requests.size(), most + 1) << "one request tries";
  sender.status = 200;
  desk.clock.advance(webhooks.options().breaker_first * 2);
  deliver();
  EXPECT_EQ(webhooks.dispatcher().health(desk.acme, webhook.id()).failures, 0U);
  desk.clock.advance(std::chrono::minutes(5));
  deliver();
  EXPECT_EQ(webhooks.log().count_waiting(desk.acme, webhook.id(), 100).value(), 0U);
}

TEST_F(WebhooksTest, AReplayIsAnotherDeliveryOfTheSameMessage) {
  const schema::Webhook webhook = add({"ticket.created"});
  ASSERT_TRUE(desk.take({}));
  deliver();
  const std::uint64_t id = log_of(webhook.id()).at(0).id();
  ASSERT_TRUE(desk.run(webhooks.log().replay(desk.agent, webhook.id(), id)));
  deliver();
  ASSERT_THAT(sender.requests, SizeIs(2));
  EXPECT_EQ(sender.header(0, "webhook-id"), sender.header(1, "webhook-id"));
  EXPECT_THAT(log_of(webhook.id()), SizeIs(2));
  EXPECT_EQ(desk.run(webhooks.log().replay(desk.agent, webhook.id(), 1)).error(), ticketing::Errc::kNotFound);
}

TEST_F(WebhooksTest, RulesSendThroughTheSameQueue) {
  const schema::Webhook webhook = add({"ticket.created", "conditional_ticket_events"});
  ASSERT_TRUE(desk.take({}));
  storage::Transaction transaction = desk.store->begin();
  ASSERT_TRUE(webhooks.notify(transaction, {desk.acme, webhook.id(), core::TicketId{1}, 7, {}, "from a rule", "text/plain"}));
  ASSERT_TRUE(desk.run(desk.store->commit(std::move(transaction))));
  deliver();
  EXPECT_THAT(bodies(), ElementsAre("ticket.created 1", "from a rule"));
  EXPECT_EQ(sender.header(1, "Content-Type"), "text/plain");
  storage::Transaction another = desk.store->begin();
  EXPECT_EQ(webhooks.notify(another, {desk.acme, webhook.id(), core::TicketId{1}, 7, {}, std::string(webhooks.options().body_bytes_max + 1, 'x'), ""}).error(),
            ticketing::Errc::kInvalid);
}

TEST_F(WebhooksTest, AuthenticationAndOwnHeadersGoAlong) {
  schema::Webhook webhook = add({"ticket.created"});
  ASSERT_TRUE(desk.run(webhooks.update(desk.agent, webhook.id(), [](schema::Webhook& each) -> core::Result<void> {
    each.set_authentication(static_cast<std::uint32_t>(ticketing::WebhookAuthentication::kBasic));
    each.set_auth_name("ann");
    each.set_auth_secret("s3cret");
    auto* header = each.add_headers();
    header->set_name("X-Shop");
    header->set_value("7");
    return {};
  })));
  ASSERT_TRUE(desk.take({}));
  deliver();
  EXPECT_EQ(sender.header(0, "Authorization"), "Basic " + core::to_base64("ann:s3cret"));
  EXPECT_EQ(sender.header(0, "X-Shop"), "7");
  for (const auto& entry : auth::list_audit(*desk.store, *desk.vault, desk.acme, {}, 100).value()) {
    for (const auto& change : entry.changes) EXPECT_EQ((change.before + change.after).find("s3cret"), std::string::npos);
  }
}

TEST_F(WebhooksTest, RefusesWhatCannotBeSent) {
  const auto refusal = [this](const std::function<void(schema::Webhook&)>& spoil) {
    schema::Webhook draft;
    draft.set_title("shop");
    draft.set_endpoint("https://hooks.shop.example/");
    draft.set_http_method("POST");
    draft.set_request_format("application/json");
    spoil(draft);
    const auto made = desk.run(webhooks.create(desk.agent, draft));
    return made ? std::string() : made.error().context();
  };
  EXPECT_EQ(refusal([](schema::Webhook&) {}), "");
  EXPECT_THAT(refusal([](schema::Webhook& w) { w.set_endpoint("ftp://x.example/"); }), HasSubstr("endpoint"));
  EXPECT_THAT(refusal([](schema::Webhook& w) { w.set_endpoint("https://ann:pw@x.example/"); }), HasSubstr("endpoint"));
  EXPECT_THAT(refusal([](schema::Webhook& w) { w.set_endpoint("https://x.example/\r\nA: b"); }), HasSubstr("endpoint"));
  EXPECT_THAT(refusal([](schema::Webhook& w) { w.add_subscriptions("ticket.exploded"); }), HasSubstr("subscriptions"));
  EXPECT_THAT(refusal([](schema::Webhook& w) {
                w.set_http_method("GET");
                w.add_subscriptions("ticket.created");
              }),
              HasSubstr("subscriptions"));
  for (const char* name : {"Host", "content-length", "Webhook-Id", "X-Zendesk-Webhook-Signature", "Authorization", "a b", ""}) {
    EXPECT_THAT(refusal([name](schema::Webhook& w) { w.add_headers()->set_name(name); }), HasSubstr("custom_headers")) << name;
  }
  EXPECT_THAT(refusal([](schema::Webhook& w) {
                auto* header = w.add_headers();
                header->set_name("X-A");
                header->set_value("1\r\nX-B: 2");
              }),
              HasSubstr("custom_headers"));
}

TEST_F(WebhooksTest, TheLogIsBoundedAndGoesWithItsWebhook) {
  const schema::Webhook webhook = add({"ticket.created"});
  ASSERT_TRUE(desk.take({}));
  sender.answer = std::string(5000, 'x');
  deliver();
  EXPECT_EQ(log_of(webhook.id()).at(0).log(0).answer().size(), webhooks.options().answer_bytes_max);
  EXPECT_EQ(desk.run(webhooks.prune(desk.acme)).value(), 0U);
  desk.clock.advance(webhooks.options().log_life);
  EXPECT_EQ(desk.run(webhooks.prune(desk.acme)).value(), 1U);
  EXPECT_THAT(log_of(webhook.id()), IsEmpty());

  ASSERT_TRUE(desk.take(mail("m9@customer.example")));
  sender.status = 500;
  deliver();
  ASSERT_TRUE(desk.run(webhooks.erase(desk.agent, webhook.id())));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(desk.run(webhooks.prune(desk.acme)));
  const std::string prefix = storage::KeyBuilder(desk.acme, storage::Space::kWebhook).bytes();
  EXPECT_THAT(desk.store->snapshot()->scan(prefix, storage::Direction::kForward, 10).value(), IsEmpty());
}

// Each change is told exactly once when nothing fails twice, in the order of its ticket, whatever fails in between.
TEST_F(WebhooksTest, AnyHistoryIsToldWholeAndInOrder) {
  (void)add({"ticket.created", "ticket.status_changed"});
  for (const unsigned seed : {1U, 2U}) {
    std::mt19937 random(seed);
    const std::size_t before = sender.requests.size();
    std::map<std::uint64_t, std::vector<std::string>> happened;
    std::map<std::uint64_t, ticketing::Status> status;
    std::vector<std::uint64_t> tickets;
    for (int step = 0; step < 60; ++step) {
      if (tickets.empty() || random() % 5 == 0) {
        const auto receipt = desk.take(mail(fmt::format("p{}-{}@customer.example", seed, step))).value();
        tickets.push_back(receipt.tickets.at(0).value);
        happened[tickets.back()].push_back("created");
        status[tickets.back()] = ticketing::Status::kNew;
      } else {
        const std::uint64_t ticket = tickets[random() % tickets.size()];
        const auto to = static_cast<ticketing::Status>(2 + random() % 4);
        const auto from = desk.ticket(core::TicketId{ticket}).status;
        if (from == to) continue;
        set_status(ticket, to);
        happened[ticket].push_back(">" + std::string(ticketing::to_string(to)));
      }
      if (random() % 3 == 0) sender.statuses.push_back(503);
      if (random() % 2 == 0) deliver();
    }
    sender.statuses.clear();
    for (int i = 0; i < 40; ++i) {
      deliver();
      desk.clock.advance(std::chrono::minutes(2));
    }
    std::map<std::uint64_t, std::vector<std::string>> heard;
    std::set<std::string> ids;
    for (std::size_t i = before; i < sender.requests.size(); ++i) {
      if (!ids.insert(sender.header(i, "webhook-id")).second) continue;  // a repetition
      const std::string& body = sender.requests[i].body;
      const std::string behind = body.substr(body.find(' ') + 1);
      const bool is_created = body.starts_with("ticket.created");
      heard[std::stoull(behind)].push_back(is_created ? "created" : ">" + behind.substr(behind.rfind('>') + 1));
    }
    EXPECT_EQ(heard, happened) << "seed " << seed;
  }
}

// Damage stops nothing else: not the other events, not the other tickets, not what waits behind it.
TEST_F(WebhooksTest, AnEventThatCannotBeReadHoldsUpNoOther) {
  (void)add({"ticket.created"});
  ASSERT_TRUE(desk.take(mail("a@x")));
  damage(desk, first_key(desk, ticketing::webhook_keys::prefix(desk.acme, ticketing::webhook_keys::Kind::kEvent)));
  ASSERT_TRUE(desk.take(mail("b@x")));
  deliver();
  EXPECT_THAT(bodies(), ElementsAre("ticket.created 2"));
  EXPECT_EQ(count_keys(desk, ticketing::webhook_keys::prefix(desk.acme, ticketing::webhook_keys::Kind::kEvent)), 0U);
}

TEST_F(WebhooksTest, ADeliveryThatCannotBeReadIsPassedOver) {
  const schema::Webhook hook = add({"ticket.created", "ticket.status_changed"});
  ASSERT_TRUE(desk.take(mail("a@x")));
  set_status(1, ticketing::Status::kPending);
  set_status(1, ticketing::Status::kOpen);
  ASSERT_TRUE(desk.take(mail("b@x")));
  ASSERT_TRUE(desk.run(webhooks.log().share_out(desk.acme, webhooks.list(desk.acme).value())));
  const auto known = log_of(hook.id());
  ASSERT_THAT(known, SizeIs(4));  // newest first
  using ticketing::webhook_keys::delivery;
  damage(desk, delivery(desk.acme, hook.id(), known.at(3).id()));  // the first one of ticket 1 …
  damage(desk, delivery(desk.acme, hook.id(), known.at(2).id()));  // … and the one behind it
  EXPECT_THAT(log_of(hook.id()), SizeIs(2)) << "the log shows the others";
  deliver();
  EXPECT_THAT(bodies(), ::testing::UnorderedElementsAre("ticket.status_changed 1 status=pending>open", "ticket.created 2"));
  EXPECT_EQ(count_keys(desk, ticketing::webhook_keys::prefix(desk.acme, ticketing::webhook_keys::Kind::kDue)), 0U);
  EXPECT_EQ(count_keys(desk, ticketing::webhook_keys::prefix(desk.acme, ticketing::webhook_keys::Kind::kQueue)), 0U);
}

}  // namespace
}  // namespace postern::test
