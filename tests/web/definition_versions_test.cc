// Definitions are changed and removed on condition of their version: ETag and If-Match (RFC 9110 section 13.1.1).
#include <fmt/format.h>

#include "tests/ticketing/webhooks/fake_sender.h"
#include "tests/web/web_app.h"
#include "ticketing/webhooks/webhooks.h"
#include "web/api/desk/definition_version.h"
#include "web/api/desk/webhook_body.h"

namespace postern::test {
namespace {

namespace json = boost::json;

struct DefinitionCase {
  const char* word;    // of the object
  const char* path;
  const char* made;    // the object of the first body
  const char* field;   // which is changed twice
};

constexpr DefinitionCase kDefinitionCases[] = {
    {"view", "/api/v2/views", R"({"title":"one","all":[{"field":"status","operator":"is","value":"open"}],"output":{"columns":["subject"]}})", "title"},
    {"macro", "/api/v2/macros", R"({"title":"one","actions":[{"field":"status","value":"solved"}]})", "title"},
    {"trigger", "/api/v2/triggers",
     R"({"title":"one","conditions":{"all":[{"field":"status","operator":"is","value":"open"}],"any":[]},"actions":[{"field":"priority","value":"high"}]})", "title"},
    {"automation", "/api/v2/automations",
     R"({"title":"one","conditions":{"all":[{"field":"SOLVED","operator":"is","value":"24"},{"field":"status","operator":"is","value":"solved"}],"any":[]},"actions":[{"field":"status","value":"closed"}]})",
     "title"},
    {"ticket_field", "/api/v2/ticket_fields", R"({"title":"one","type":"text"})", "title"},
    {"ticket_form", "/api/v2/ticket_forms", R"({"name":"one"})", "name"},
    {"custom_status", "/api/v2/custom_statuses", R"({"agent_label":"one","status_category":"open"})", "agent_label"},
    {"group", "/api/v2/groups", R"({"name":"one"})", "name"},
    {"organization", "/api/v2/organizations", R"({"name":"one"})", "name"},
    {"webhook", "/api/v2/webhooks", R"({"name":"one","endpoint":"https://hooks.shop.example/in"})", "name"},
};

class DefinitionVersions : public ::testing::TestWithParam<DefinitionCase> {
 protected:
  DefinitionVersions() {
    auto directory = [this] { return std::shared_ptr<const ticketing::Directory>(std::shared_ptr<void>(), app.directory.get()); };
    app.desk->webhooks().use({&sender, web::make_webhook_body(*app.tickets, directory, web::WebOptions())});
    const Reply made = app.post(GetParam().path, app.admin_token, wrapped(GetParam().made));
    EXPECT_EQ(made.status, 201) << made.body;
    path = fmt::format("{}/{}", GetParam().path, made.at(GetParam().word, "id").to_number<std::uint64_t>());
    first = std::string(made.field("etag"));
  }
  std::string wrapped(const std::string& object) const { return fmt::format(R"({{"{}":{}}})", GetParam().word, object); }
  Reply conditional(const std::string& verb, const std::string& tag, const std::string& title = {}) {
    Call call{verb, path, {}, title.empty() ? std::string() : wrapped(fmt::format(R"({{"{}":"{}"}})", GetParam().field, title))};
    call.with("Authorization", "Bearer " + app.admin_token).with("If-Match", tag);
    if (!title.empty()) call.with("Content-Type", "application/json");
    return app.send(call);
  }
  WebApp app;
  FakeSender sender;
  std::string path, first;
};

TEST_P(DefinitionVersions, OfTwoEditorsTheSecondIsShownWhatIsThereNow) {
  ASSERT_FALSE(first.empty());
  EXPECT_EQ(app.get(path, app.admin_token).field("etag"), first);
  const Reply changed = conditional("PUT", first, "two");
  ASSERT_EQ(changed.status, 200) << changed.body;
  const std::string second(changed.field("etag"));
  EXPECT_NE(second, first) << "in the same millisecond too: the clock stood still";

  const Reply late = conditional("PUT", first, "three");
  EXPECT_EQ(late.status, 412) << late.body;
  EXPECT_EQ(late.field("content-type"), "application/problem+json");
  EXPECT_EQ(late.field("etag"), second);
  EXPECT_EQ(late.at("error").as_string(), "PreconditionFailed");
  EXPECT_EQ(late.at("current", GetParam().field).as_string(), "two");
  EXPECT_EQ(app.get(path, app.admin_token).field("etag"), second) << "and nothing was changed";

  EXPECT_EQ(conditional("PUT", "W/" + second, "three").status, 412) << "weak tags do not compare";
  EXPECT_EQ(conditional("PUT", "\"other\", " + second, "three").status, 200);
  EXPECT_EQ(conditional("PUT", "*", "four").status, 200);
}

TEST_P(DefinitionVersions, ARemovalIsConditionalToo) {
  const Reply changed = conditional("PUT", first, "two");
  const Reply late = conditional("DELETE", first);
  EXPECT_EQ(late.status, 412) << late.body;
  EXPECT_EQ(late.at("current", GetParam().field).as_string(), "two");
  EXPECT_EQ(conditional("DELETE", std::string(changed.field("etag"))).status, 204);
  EXPECT_EQ(conditional("DELETE", first).status, 404);
}

INSTANTIATE_TEST_SUITE_P(Kinds, DefinitionVersions, ::testing::ValuesIn(kDefinitionCases),
                         [](const auto& info) { return std::string(info.param.word); });

Call conditional_put(const std::string& path, const std::string& token, const std::string& tag, const std::string& body) {
  Call call{"PUT", path, {}, body};
  return call.with("Authorization", "Bearer " + token).with("Content-Type", "application/json").with("If-Match", tag);
}

TEST(PeopleVersions, OfTwoWhoChangeAPersonTheSecondIsShownWhatIsThereNow) {
  WebApp app;
  const std::string path = fmt::format("/api/v2/users/{}", app.contact.id.value);
  const std::string first(app.get(path, app.agent_token).field("etag"));
  ASSERT_FALSE(first.empty());
  const Reply changed = app.send(conditional_put(path, app.agent_token, first, R"({"user":{"notes":"two"}})"));
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_NE(changed.field("etag"), first);
  const Reply late = app.send(conditional_put(path, app.agent_token, first, R"({"user":{"notes":"three"}})"));
  EXPECT_EQ(late.status, 412) << late.body;
  EXPECT_EQ(late.at("current", "notes").as_string(), "two");
  EXPECT_EQ(late.field("etag"), changed.field("etag"));
  EXPECT_EQ(app.send(conditional_put(path, app.agent_token, std::string(late.field("etag")), R"({"user":{"notes":"three"}})")).status, 200);
}

TEST(PeopleVersions, ASignatureOfAnInboxIsChangedOnConditionToo) {
  WebApp app;
  const auto inboxes = app.get("/api/v2/inboxes", app.admin_token).at("inboxes");
  const std::string path = fmt::format("/api/v2/inboxes/{}/signature", inboxes.at(0).at("id").to_number<std::uint64_t>());
  const std::string first(app.get(path, app.admin_token).field("etag"));
  ASSERT_FALSE(first.empty()) << "also of one that is not there";
  ASSERT_EQ(app.send(conditional_put(path, app.admin_token, first, R"({"signature":{"body":"two"}})")).status, 200);
  const Reply late = app.send(conditional_put(path, app.admin_token, first, R"({"signature":{"body":"three"}})"));
  EXPECT_EQ(late.status, 412) << late.body;
  EXPECT_EQ(late.at("current", "body").as_string(), "two");
  EXPECT_EQ(app.get(path, app.admin_token).at("signature", "body").as_string(), "two");
}

TEST(PeopleVersions, ARoleIsChangedAndRemovedOnCondition) {
  WebApp app;
  const Browser owner = app.sign_in("owner@example.com");
  const Reply made = app.act(owner, "POST", "/api/v2/custom_roles", R"({"custom_role":{"name":"one","permissions":["tickets:read"]}})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string path = fmt::format("/api/v2/custom_roles/{}", made.at("custom_role", "id").to_number<std::uint64_t>());
  const std::string first(made.field("etag"));
  EXPECT_EQ(app.get(path, app.admin_token).field("etag"), first);
  EXPECT_EQ(app.get("/api/v2/custom_roles/999", app.admin_token).status, 404);
  const auto conditional = [&](const std::string& verb, const std::string& tag, const std::string& body) {
    Call call{verb, path, {}, body};
    call.with("Cookie", owner.cookie).with("X-CSRF-Token", owner.csrf).with("If-Match", tag);
    if (!body.empty()) call.with("Content-Type", "application/json");
    return app.send(call);
  };
  const Reply changed = conditional("PUT", first, R"({"custom_role":{"name":"two","permissions":["tickets:read"]}})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  const Reply late = conditional("PUT", first, R"({"custom_role":{"name":"three","permissions":["tickets:read","audit:read"]}})");
  EXPECT_EQ(late.status, 412) << late.body;
  EXPECT_EQ(late.at("current", "name").as_string(), "two");
  EXPECT_EQ(conditional("DELETE", first, "").status, 412);
  EXPECT_EQ(conditional("DELETE", std::string(changed.field("etag")), "").status, 204);
}

// A digest that covers a password would be something to guess it against.
TEST(WebhookVersion, DoesNotTellOfItsSecrets) {
  schema::Webhook one;
  one.set_id(1);
  one.set_auth_secret("one");
  one.add_secrets()->set_key("a");
  schema::Webhook other;
  other.set_id(1);
  other.set_auth_secret("other");
  EXPECT_EQ(web::definition_etag(one), web::definition_etag(other));
  other.set_updated_unix_ms(1);
  EXPECT_NE(web::definition_etag(one), web::definition_etag(other));
}

}  // namespace
}  // namespace postern::test
