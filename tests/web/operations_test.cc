// What mail admins and operators look after: signing keys, certificates, where a message is, how the process does (I0-12, I2-09).
#include <fmt/format.h>

#include "core/errc.h"
#include "core/metrics.h"
#include "tests/web/described.h"
#include "tests/web/web_app.h"

namespace postern::test {
namespace {

std::vector<std::string> trace_ids(const Reply& reply) {
  std::vector<std::string> out;
  const boost::json::value list_of = reply.at("traces");
  for (const boost::json::value& each : list_of.as_array()) out.emplace_back(each.at("id").as_string());
  return out;
}

struct Mailroom : WebApp {
  Reply traces(const std::string& query, const std::string& token) { return get("/api/v2/traces?" + query, token); }
};

TEST(TraceSearch, FindsMailBySenderRecipientMessageIdTicketAndTime) {
  Mailroom app;
  const core::TicketId first = app.receive("one@customer.example", "First", "\r\nhello");
  app.clock.advance(std::chrono::hours(1));
  const core::TicketId second = app.receive("two@customer.example", "Second", "\r\nhello");
  app.hold("mallory@spam.example", "You won", "\r\nhello");
  ASSERT_EQ(app.put(fmt::format("/api/v2/tickets/{}", first.value), app.agent_token, R"({"ticket":{"comment":{"body":"Yes","public":true}}})").status, 200);

  const Reply all = app.traces("page[size]=2", app.agent_token);
  ASSERT_EQ(all.status, 200) << all.body;
  EXPECT_EQ(all.at("traces").as_array().size(), 2U);
  EXPECT_EQ(all.at("traces").at(0).at("direction").as_string(), "out") << "the reply is the newest";
  const Reply rest = app.get(std::string(all.at("links", "next").as_string()), app.agent_token);
  EXPECT_EQ(rest.at("traces").as_array().size(), 2U) << rest.body;
  EXPECT_FALSE(rest.at("meta", "has_more").as_bool());

  const Reply sent = app.traces("sender=One@Customer.Example", app.agent_token);
  ASSERT_EQ(sent.at("traces").as_array().size(), 1U) << sent.body;
  EXPECT_EQ(sent.at("traces").at(0).at("ticket_ids").at(0).to_number<std::uint64_t>(), first.value);
  EXPECT_EQ(sent.at("traces").at(0).at("state").as_string(), "stored");
  EXPECT_EQ(app.traces("sender=mallory@spam.example", app.agent_token).at("traces").at(0).at("state").as_string(), "suspended");
  const Reply replies = app.traces("recipient=one@customer.example", app.agent_token);
  ASSERT_EQ(replies.at("traces").as_array().size(), 1U) << replies.body;
  EXPECT_EQ(replies.at("traces").at(0).at("direction").as_string(), "out");
  EXPECT_TRUE(trace_ids(app.traces("sender=nobody@customer.example", app.agent_token)).empty());

  const Reply comments = app.get(fmt::format("/api/v2/tickets/{}/comments", second.value), app.agent_token);
  const std::string name(comments.at("comments").at(0).at("message_id").as_string());
  const std::string trace(comments.at("comments").at(0).at("trace_id").as_string());
  EXPECT_EQ(trace_ids(app.traces("message_id=%3C" + name + "%3E", app.agent_token)), std::vector{trace});
  EXPECT_EQ(trace_ids(app.traces(fmt::format("ticket_id={}", second.value), app.agent_token)), std::vector{trace});
  EXPECT_EQ(trace_ids(app.traces("message_id=" + name + "&sender=two@customer.example", app.agent_token)), std::vector{trace}) << "all that is asked for";
  EXPECT_TRUE(trace_ids(app.traces("message_id=" + name + "&sender=one@customer.example", app.agent_token)).empty());

  const std::int64_t cut = core::to_unix_ms(app.clock.wall_now()) / 1000 - 60;
  EXPECT_EQ(trace_ids(app.traces(fmt::format("end_time={}", cut), app.agent_token)).size(), 1U);
  EXPECT_EQ(trace_ids(app.traces(fmt::format("start_time={}", cut), app.agent_token)).size(), 3U);
  EXPECT_EQ(app.traces("page[after]=nonsense", app.agent_token).status, 422);
  EXPECT_TRUE(trace_ids(app.traces("", app.foreign_token)).empty()) << "of another workspace";
  const Described described(app);
  EXPECT_EQ(described.wrong_with(all, "/api/v2/traces", "get"), "");
}

TEST(TraceSearch, WhoIsLimitedToInboxesFindsTheirsOnly) {
  Mailroom app;
  app.receive("one@customer.example", "First", "\r\nhello");
  const auto limit = [&app](const std::string& inboxes) {
    const Browser owner = app.sign_in("owner@example.com");
    return app.act(owner, "PUT", fmt::format("/api/v2/users/{}/inboxes", app.agent.id.value), R"({"user":{"inbox_ids":)" + inboxes + "}}").status;
  };
  ASSERT_EQ(limit("[]"), 200);
  EXPECT_TRUE(trace_ids(app.traces("", app.agent_token)).empty());
  EXPECT_TRUE(trace_ids(app.traces("sender=one@customer.example", app.agent_token)).empty());
}

// The port as app fills it has tests of its own (tests/app/mail_keys_test.cc).
class KeysOfOneDomain final : public web::MailKeys {
 public:
  core::Task<core::Result<std::vector<web::MailKeyState>>> keys(std::string domain) override {
    web::MailKeyState one;
    one.selector = "pst1";
    one.algorithm = "rsa-sha256";
    one.state = is_retired ? "retiring" : "active";
    one.in_dns = "seen";
    one.next = "sign";
    one.created = "2026-11-01T00:00:00Z";
    one.owner = "pst1._domainkey." + domain;
    one.txt = "v=DKIM1; p=x";
    co_return std::vector{one};
  }
  core::Task<core::Result<void>> rotate(std::string, bool is_now) override {
    rotations += is_now ? 10 : 1;
    co_return core::Result<void>();
  }
  core::Task<core::Result<void>> retire(std::string, std::string, bool is_forced) override {
    if (!is_forced) co_return core::fail(core::Errc::kInvalid, "the only key");
    is_retired = true;
    co_return core::Result<void>();
  }
  core::Task<core::Result<std::vector<web::CertificateState>>> certificates() override {
    web::CertificateState good{"smtp", {"mx.example.com"}, "CN=mx.example.com", "CN=CA", 2, false, 1, 2, {}};
    web::CertificateState bad{"web", {}, {}, {}, 0, false, 0, 0, "cannot be read"};
    co_return std::vector{good, bad};
  }
  core::Result<std::vector<std::string>> reload() override { return std::vector<std::string>{"smtp.listen"}; }
  bool may_reload() const override { return true; }
  int rotations = 0;
  bool is_retired = false;
};

TEST(DkimKeysApi, AreListedRotatedAndRetiredInAFreshSessionOnly) {
  KeysOfOneDomain keys;
  WebApp app(web::WebOptions(), WebApp::Rules::kFake, {&keys, nullptr, nullptr});
  const std::string path = "/api/v2/mail_domains/example.com/dkim_keys";
  const Reply list = app.get(path, app.admin_token);
  ASSERT_EQ(list.status, 200) << list.body;
  EXPECT_EQ(list.at("dkim_keys").at(0).at("record").at("name").as_string(), "pst1._domainkey.example.com");
  EXPECT_EQ(app.get(path, app.agent_token).status, 403);
  EXPECT_EQ(app.get("/api/v2/mail_domains/other.example/dkim_keys", app.admin_token).status, 404) << "not ours";
  EXPECT_EQ(app.post(path, app.admin_token, "{}").status, 403) << "no token";
  const Browser admin = app.sign_in("admin@example.com");
  EXPECT_EQ(app.act(admin, "POST", path, "{}").status, 201);
  EXPECT_EQ(app.act(admin, "POST", path, R"({"rotation":{"now":true}})").status, 201);
  EXPECT_EQ(keys.rotations, 11);
  EXPECT_EQ(app.act(admin, "POST", path, R"({"rotation":{"later":true}})").status, 422);
  const Reply refused = app.act(admin, "POST", path + "/retire", R"({"dkim_key":{"selector":"pst1"}})");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.at("details", "dkim_key.selector").at(0).at("description").as_string(), "the only key");
  EXPECT_EQ(app.act(admin, "POST", path + "/retire", R"({"dkim_key":{"selector":"pst9","force":true}})").status, 422);
  EXPECT_EQ(app.act(admin, "POST", path + "/retire", R"({"dkim_key":{"selector":"pst1","force":true}})").at("dkim_keys").at(0).at("state").as_string(), "retiring");
  const Described described(app);
  EXPECT_EQ(described.wrong_with(list, "/api/v2/mail_domains/{domain}/dkim_keys", "get"), "");
}

TEST(CertificatesApi, TellNamesAndEndAndAreReloaded) {
  KeysOfOneDomain keys;
  WebApp app(web::WebOptions(), WebApp::Rules::kFake, {&keys, nullptr, nullptr});
  const Reply list = app.get("/api/v2/certificates", app.admin_token);
  ASSERT_EQ(list.status, 200) << list.body;
  EXPECT_EQ(list.at("certificates").at(0).at("names").at(0).as_string(), "mx.example.com");
  EXPECT_TRUE(list.at("certificates").at(1).at("not_after").is_null());
  const Described described(app);
  EXPECT_EQ(described.wrong_with(list, "/api/v2/certificates", "get"), "");
  EXPECT_EQ(app.post("/api/v2/certificates/reload", app.admin_token, "").status, 403);
  const Reply done = app.act(app.sign_in("admin@example.com"), "POST", "/api/v2/certificates/reload");
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.at("restart_needed").at(0).as_string(), "smtp.listen");
}

TEST(SystemMetrics, AreThoseOfTheOperatorsListener) {
  EXPECT_EQ([] { WebApp several; return several.get("/api/v2/system/metrics", several.admin_token).status; }(), 404);
  WebApp app(web::WebOptions(), WebApp::Rules::kFake, {nullptr, &core::metrics(), nullptr});
  const Reply reply = app.get("/api/v2/system/metrics", app.admin_token);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_GT(reply.at("system_metrics", "resident_bytes").to_number<std::uint64_t>(), 1'000'000U);
  bool has_requests = false;
  bool has_latency = false;
  const boost::json::value list_of = reply.at("system_metrics", "readings");
  for (const boost::json::value& each : list_of.as_array()) {
    has_requests = has_requests || (each.at("name").as_string() == "postern_web_requests_total" && each.at("labels").as_object().contains("status"));
    has_latency = has_latency || (each.at("name").as_string() == "postern_web_request_seconds" && !each.at("buckets").as_array().empty());
  }
  EXPECT_TRUE(has_requests) << reply.body.substr(0, 2000);
  EXPECT_TRUE(has_latency);
  EXPECT_EQ(app.get("/api/v2/system/metrics", app.agent_token).status, 403);
  const Described described(app);
  EXPECT_EQ(described.wrong_with(reply, "/api/v2/system/metrics", "get"), "");
}

}  // namespace
}  // namespace postern::test
