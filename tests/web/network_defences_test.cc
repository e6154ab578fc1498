// From where requests come and how many of them: blocked networks, proxies, allow lists in every step, limits by address,
// user, token and route (requirements I0-14, Z-30, C-09, C-10; ASVS 2.4.1, 4.1.3, 8.2.4).
#include <fmt/format.h>

#include "auth/audit.h"
#include "tests/web/web_app.h"
#include "web/server/client_address.h"

namespace postern::test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* kFar = "198.51.100.9:4000";
const std::string kMe = "/api/v2/users/me";

net::IpNetwork range(const char* text) { return net::IpNetwork::parse(text).value(); }

std::string raw(const std::string& verb, const std::string& path, const std::string& fields, const std::string& body = "") {
  return fmt::format("{} {} HTTP/1.1\r\nHost: help.example.com\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", verb, path,
                     fields, body.size(), body);
}

core::Task<Reply> exchange_on(HttpClient& client, std::string bytes) {
  co_await client.send(std::move(bytes));
  co_return co_await client.read_reply();
}

Reply send_from(WebApp& app, const char* from, const std::string& bytes) {
  const std::unique_ptr<HttpClient> client = app.connect(from);
  return app.run(exchange_on(*client, bytes));
}

std::string bearer(const std::string& token) { return "Authorization: Bearer " + token + "\r\n"; }

// What the API takes for the client's address; asked as an admin.
std::string seen_from(WebApp& app, const char* from, const std::string& fields) {
  const Reply reply = send_from(app, from, raw("GET", "/api/v2/network_rules", bearer(app.admin_token) + fields));
  return reply.status == 200 ? std::string(reply.at("your_address").as_string()) : std::to_string(reply.status);
}

web::WebOptions behind_a_proxy() {
  web::WebOptions options;
  options.proxy_peers = {range("10.0.0.0/8"), range("2001:db8:1::/48")};
  return options;
}

TEST(BlockedNetworks, C_09_GetNoConnectionUntilTheBlockEnds) {
  WebApp app;
  app.blocks.add({range("198.51.100.0/24"), "trouble", app.clock.wall_now() + minutes(10)});
  const std::unique_ptr<HttpClient> refused = app.connect(kFar);
  EXPECT_TRUE(app.run(refused->is_closed()));
  EXPECT_EQ(app.get(kMe, app.agent_token).status, 200) << "others are served";
  app.clock.advance(minutes(10));
  EXPECT_EQ(send_from(app, kFar, raw("GET", kMe, bearer(app.agent_token))).status, 200);
}

TEST(BlockedNetworks, C_09_HowFetchedListsStandIsTold) {
  WebApp app;
  app.block_feeds = {{"https://lists.example.com/drop.txt", net::Door::kWeb, 17, app.clock.wall_now(), {}},
                     {"https://lists.example.com/mail.txt", net::Door::kMail, 0, std::nullopt, "answered 500"}};
  const Reply reply = app.get("/api/v2/network_blocks", app.admin_token);
  ASSERT_EQ(reply.status, 200) << reply.body;
  const boost::json::array feeds = reply.at("feeds").as_array();
  ASSERT_EQ(feeds.size(), 2U);
  EXPECT_EQ(feeds.at(0).at("networks").to_number<int>(), 17);
  EXPECT_TRUE(feeds.at(0).at("problem").is_null());
  EXPECT_EQ(feeds.at(1).at("holds_for").as_string(), "mail");
  EXPECT_TRUE(feeds.at(1).at("fetched_at").is_null());
  EXPECT_EQ(feeds.at(1).at("problem").as_string(), "answered 500");
  EXPECT_EQ(app.get("/api/v2/network_blocks", app.agent_token).status, 403);
}

TEST(BlockedNetworks, C_09_WhatIsOpenIsRefusedAtTheNextRequest) {
  WebApp app;
  const std::unique_ptr<HttpClient> client = app.connect(kFar);
  EXPECT_EQ(app.run(exchange_on(*client, raw("GET", kMe, bearer(app.agent_token)))).status, 200);
  app.blocks.add({range("198.51.100.9/32"), "trouble", {}});
  EXPECT_EQ(app.run(exchange_on(*client, raw("GET", kMe, bearer(app.agent_token)))).status, 403);
  EXPECT_TRUE(app.run(client->is_closed()));
}

TEST(BlockedNetworks, AListOfMailSendersShutsNoCustomerOut) {
  WebApp app;
  app.blocks.add({range("198.51.100.0/24"), "sends no mail", {}, net::Door::kMail});
  EXPECT_EQ(send_from(app, kFar, raw("GET", kMe, bearer(app.agent_token))).status, 200);
}

TEST(BlockedNetworks, C_09_AClientBehindAProxyIsRefusedAndItsNeighboursAreNot) {
  WebApp app(behind_a_proxy());
  app.blocks.add({range("198.51.100.9/32"), "trouble", {}});
  const std::string call = bearer(app.agent_token);
  EXPECT_EQ(send_from(app, "10.0.0.1:1000", raw("GET", kMe, call + "X-Forwarded-For: 198.51.100.9\r\n")).status, 403);
  EXPECT_EQ(send_from(app, "10.0.0.1:1000", raw("GET", kMe, call + "X-Forwarded-For: 198.51.100.8\r\n")).status, 200);
}

TEST(Proxies, I0_14_NobodysWordCountsUnlessHeIsNamed) {
  WebApp plain;
  EXPECT_EQ(seen_from(plain, kFar, "X-Forwarded-For: 203.0.113.7\r\nForwarded: for=203.0.113.7\r\nX-Real-IP: 203.0.113.7\r\n"), "198.51.100.9");
  EXPECT_EQ(seen_from(plain, "127.0.0.1:1", "X-Forwarded-For: 203.0.113.7\r\n"), "127.0.0.1") << "loopback is no proxy by itself";
  WebApp app(behind_a_proxy());
  EXPECT_EQ(seen_from(app, kFar, "X-Forwarded-For: 203.0.113.7\r\n"), "198.51.100.9");
}

TEST(Proxies, Asvs_4_1_3_WhatAClientPutsIntoTheFieldIsNotBelieved) {
  WebApp app(behind_a_proxy());
  const char* proxy = "10.0.0.1:1000";
  EXPECT_EQ(seen_from(app, proxy, "X-Forwarded-For: 203.0.113.7\r\n"), "203.0.113.7");
  EXPECT_EQ(seen_from(app, proxy, "X-Forwarded-For: 192.0.2.1, 203.0.113.7\r\n"), "203.0.113.7");
  EXPECT_EQ(seen_from(app, proxy, "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 203.0.113.7\r\n"), "203.0.113.7");
  EXPECT_EQ(seen_from(app, proxy, "X-Forwarded-For: junk, 203.0.113.7, 10.9.9.9\r\n"), "203.0.113.7") << "two proxies in a row";
  EXPECT_EQ(seen_from(app, proxy, "X-Forwarded-For: [2001:db8:2::7]:4711\r\n"), "2001:db8:2::7");
  EXPECT_EQ(seen_from(app, proxy, "X-Forwarded-For: 203.0.113.7:4711\r\n"), "203.0.113.7");
  EXPECT_EQ(seen_from(app, proxy, "X-Forwarded-For: ::ffff:203.0.113.7\r\n"), "203.0.113.7");
  EXPECT_EQ(seen_from(app, proxy, ""), "10.0.0.1") << "a proxy that asks for itself";
  for (const char* junk : {"unknown", "203.0.113", "203.0.113.7x", "[2001:db8::1", "a:b:c", "\"203.0.113.7\""}) {
    EXPECT_EQ(seen_from(app, proxy, fmt::format("X-Forwarded-For: {}\r\n", junk)), "400") << junk;
  }
}

TEST(Proxies, HopsAreBounded) {
  web::Request request;
  std::string chain = "203.0.113.7";
  for (std::size_t i = 0; i < web::kHopsMax; ++i) chain += ", 10.0.0.2";
  request.fields.push_back({"x-forwarded-for", chain});
  const std::vector<net::IpNetwork> proxies{range("10.0.0.0/8")};
  EXPECT_EQ(web::client_address(net::IpAddress::parse("10.0.0.1").value(), request, proxies).value().to_string(), "10.0.0.2");
}

TEST(Proxies, C_10_LimitsCountTheClientsNotTheProxy) {
  web::WebOptions options = behind_a_proxy();
  options.rate_per_ip = {1, 1};
  options.connections_per_network_max = 1;
  WebApp app(options);
  const std::unique_ptr<HttpClient> other = app.connect("10.0.0.1:999");  // holds a connection of the proxy
  EXPECT_EQ(send_from(app, "10.0.0.1:1000", raw("GET", "/", "X-Forwarded-For: 203.0.113.7\r\n")).status, 200);
  EXPECT_EQ(send_from(app, "10.0.0.1:1000", raw("GET", "/", "X-Forwarded-For: 203.0.113.7\r\n")).status, 429);
  EXPECT_EQ(send_from(app, "10.0.0.1:1000", raw("GET", "/", "X-Forwarded-For: 203.0.113.8\r\n")).status, 200);
}

TEST(RateLimits, C_10_ATokenThatIsUsedUpLeavesItsUserTheOthers) {
  web::WebOptions options;
  options.rate_per_token = {2, 60};
  WebApp app(options);
  const Browser browser = app.sign_in("agent@example.com");
  EXPECT_EQ(app.get(kMe, app.agent_token).status, 200);
  EXPECT_EQ(app.get(kMe, app.agent_token).field("x-rate-limit-remaining"), "0");
  const Reply refused = app.get(kMe, app.agent_token);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.field("ratelimit"), "\"token\";r=0;t=2");
  EXPECT_EQ(refused.field("ratelimit-policy"), "\"token\";q=2;w=2");
  EXPECT_EQ(refused.field("x-rate-limit"), "60");
  EXPECT_EQ(refused.field("x-rate-limit-remaining"), "0");
  EXPECT_EQ(refused.field("retry-after"), "1");
  EXPECT_EQ(app.act(browser, "GET", kMe).status, 200);
}

TEST(RateLimits, C_10_OneRouteThatIsUsedUpLeavesTheOthers) {
  web::WebOptions options;
  options.rate_per_route = {2, 60};
  WebApp app(options);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(app.get(kMe, app.agent_token).status, 200);
  const Reply refused = app.get(kMe, app.agent_token);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.field("ratelimit"), "\"route\";r=0;t=2");
  EXPECT_EQ(app.get("/api/v2/tickets", app.agent_token).status, 200);
  EXPECT_EQ(app.get(kMe, app.admin_token).status, 200);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(app.get(fmt::format("/api/v2/tickets/{}", i + 1), app.agent_token).status, 404);
  EXPECT_EQ(app.get("/api/v2/tickets/3", app.agent_token).status, 429) << "a route is its pattern, not its path";
}

TEST(RateLimits, C_10_WhatWorksForLongIsLimitedMore) {
  web::WebOptions options;
  options.rate_costly = {1, 60};
  WebApp app(options);
  EXPECT_EQ(app.get("/api/v2/audit_logs/export", app.admin_token).status, 200);
  EXPECT_EQ(app.get("/api/v2/audit_logs/export", app.admin_token).field("ratelimit"), "\"costly\";r=0;t=1");
  EXPECT_EQ(app.get("/api/v2/audit_logs", app.admin_token).status, 200);
}

TEST(RateLimits, TheFieldsTellOfTheTightestLimit) {
  web::WebOptions options;
  options.rate_per_principal = {3, 60};
  WebApp app(options);
  EXPECT_EQ(app.get(kMe, app.agent_token).field("ratelimit"), "\"user\";r=2;t=1");
}

// ---- allow lists ----

void allow_only(WebApp& app, const char* networks) {
  auth::Principal by;
  by.workspace = app.workspace();
  by.role = auth::Role::kOwner;
  by.method = auth::Method::kOperator;
  auth::NetworkRules rules;
  rules.allowed = {networks};
  ASSERT_TRUE(app.run(app.networks->change(by, rules, true)));
}

std::size_t refusals(WebApp& app) {
  std::size_t count = 0;
  for (const auth::AuditEntry& entry : auth::list_audit(*app.store, *app.vault, app.workspace(), {}, 100).value()) {
    if (entry.action == "sign_in_refused") count += entry.outcome == auth::Outcome::kFailed ? 1 : 0;
  }
  return count;
}

TEST(AllowedNetworks, Z_30_TheFirstStepEndsOutsideAndIsAudited) {
  WebApp app;
  allow_only(app, "203.0.113.0/24");
  const std::string right = fmt::format(R"({{"email":"agent@example.com","password":"{}"}})", WebApp::kPassword);
  EXPECT_EQ(app.post("/api/v2/session", "", right).status, 401) << "as for a wrong password: nobody outside learns that it is right";
  EXPECT_EQ(refusals(app), 1U);
  EXPECT_EQ(app.post("/api/v2/session", "", R"({"email":"agent@example.com","password":"wrong wrong"})").status, 401) << "nothing else is told";
  EXPECT_EQ(send_from(app, "203.0.113.5:1", raw("POST", "/api/v2/session", "", right)).status, 201);
}

TEST(AllowedNetworks, Z_30_AStreamEndsWithItsNetwork) {
  WebApp app;
  const std::unique_ptr<HttpClient> client = app.connect();
  app.run(client->send(fmt::format("GET /api/v2/changes/stream HTTP/1.1\r\nHost: h\r\n{}\r\n", bearer(app.agent_token))));
  EXPECT_NE(app.run(client->read_until("event: hello")), "");
  app.clock.advance(seconds(15));
  EXPECT_NE(app.run(client->read_until(": \n\n")), "");
  allow_only(app, "203.0.113.0/24");
  app.clock.advance(seconds(15));
  EXPECT_NE(app.run(client->read_until("event: bye")), "");
  EXPECT_NE(app.run(client->read_until("0\r\n\r\n")), "");
}

TEST(Streams, I0_12_EndWithThePermissionOrABlock) {
  WebApp app;
  const std::string request = "GET /api/v2/changes/stream HTTP/1.1\r\nHost: h\r\n";
  const std::unique_ptr<HttpClient> demoted = app.connect();
  app.run(demoted->send(request + bearer(app.agent_token) + "\r\n"));
  EXPECT_NE(app.run(demoted->read_until("event: hello")), "");
  const std::unique_ptr<HttpClient> blocked = app.connect(kFar);
  app.run(blocked->send(request + bearer(app.admin_token) + "\r\n"));
  EXPECT_NE(app.run(blocked->read_until("event: hello")), "");
  const std::unique_ptr<HttpClient> kept = app.connect();
  app.run(kept->send(request + bearer(app.owner_token) + "\r\n"));
  EXPECT_NE(app.run(kept->read_until("event: hello")), "");

  auth::Principal by;
  by.workspace = app.workspace();
  by.role = auth::Role::kOwner;
  by.method = auth::Method::kOperator;
  auth::CustomRole draft;
  draft.name = "Reads no tickets";
  draft.permissions = {auth::Permission::kUsersRead};
  const auth::CustomRole role = app.run(app.roles->create(by, draft)).value();
  ASSERT_TRUE(app.run(app.accounts->set_role(by, app.agent.id, auth::Role::kAgent, role.id)));
  app.blocks.add({range("198.51.100.9/32"), "trouble", {}});
  app.clock.advance(seconds(15));
  EXPECT_NE(app.run(demoted->read_until("event: bye")), "");
  EXPECT_NE(app.run(blocked->read_until("event: bye")), "");
  EXPECT_NE(app.run(kept->read_until(": \n\n")), "");
}

TEST(AllowedNetworks, Z_30_RangesAreWrittenAsPeopleWriteThem) {
  WebApp app;
  const Browser admin = app.sign_in("admin@example.com");
  const auto put = [&](const char* list) {
    return app.act(admin, "PUT", "/api/v2/network_rules", fmt::format(R"({{"network_rules":{{"allowed":[{}]}}}})", list));
  };
  const Reply stars = put(R"("192.0.2.*","10.1.*.*","2001:db8::/32")");
  ASSERT_EQ(stars.status, 200) << stars.body;
  EXPECT_EQ(boost::json::serialize(stars.at("network_rules", "allowed")), R"(["192.0.2.0/24","10.1.0.0/16","2001:db8::/32"])");
  for (const char* bad : {R"("0.0.0.0/0")", R"("::/0")", R"("*.*.*.*")", R"("192.*.2.1")", R"("192.0.2.1-9")", R"("")"}) {
    EXPECT_EQ(put(bad).status, 422) << bad;
  }
}

TEST(NetworkBlocks, C09_AreAddedListedAndEndedByTheApi) {
  WebApp app;
  const std::string path = "/api/v2/network_blocks";
  const Browser admin = app.sign_in("admin@example.com");
  const auto add = [&](const std::string& fields) { return app.act(admin, "POST", path, fmt::format(R"({{"network_block":{{{}}}}})", fields)); };
  EXPECT_EQ(send_from(app, kFar, raw("GET", kMe, bearer(app.agent_token))).status, 200);
  const Reply added = add(R"("network":"198.51.100.0/24","reason":"guesses passwords","hours":2)");
  ASSERT_EQ(added.status, 201) << added.body;
  const Reply listed = app.act(admin, "GET", path);
  EXPECT_EQ(listed.at("network_blocks").as_array().size(), 1U);
  EXPECT_NE(listed.body.find("guesses passwords"), std::string::npos);
  EXPECT_NE(send_from(app, kFar, raw("GET", kMe, bearer(app.agent_token))).status, 200) << "at once";
  EXPECT_EQ(app.act(admin, "DELETE", path + "?network=198.51.100.0%2F24").status, 204);
  EXPECT_EQ(send_from(app, kFar, raw("GET", kMe, bearer(app.agent_token))).status, 200);
  EXPECT_EQ(app.act(admin, "DELETE", path + "?network=198.51.100.0%2F24").status, 404);
  ASSERT_EQ(add(R"("network":"198.51.100.9","reason":"again","hours":1)").status, 201);
  app.clock.advance(minutes(61));
  EXPECT_EQ(send_from(app, kFar, raw("GET", kMe, bearer(app.agent_token))).status, 200) << "it ends by itself";
  std::vector<std::string> told;
  for (const auto& each : auth::list_audit(*app.store, *app.vault, app.workspace(), {}, 50).value()) {
    if (each.action.starts_with("network.")) told.push_back(each.action);
  }
  EXPECT_EQ(told, (std::vector<std::string>{"network.blocked", "network.unblocked", "network.blocked"}));
}

TEST(NetworkBlocks, Z35_AReasonWithACardNumberIsKeptAsWhatMayStandInALineOfAReply) {
  WebApp app;
  const std::string path = "/api/v2/network_blocks";
  const Browser admin = app.sign_in("admin@example.com");
  const auto add = [&](const std::string& fields) { return app.act(admin, "POST", path, fmt::format(R"({{"network_block":{{{}}}}})", fields)); };
  const Reply added = add(R"("network":"198.51.100.0/24","reason":"sent card 4111 1111 1111 1111 again","hours":2)");
  ASSERT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(added.at("network_block").at("reason").as_string(), "sent card 4111 11** **** 1111 again");
  // As long as it may be, too: a star is one byte as the digit was.
  const std::string longest = std::string(auth::BlockBook::kReasonBytesMax - 17, 'x') + " 4111111111111111";
  EXPECT_EQ(add(fmt::format(R"("network":"198.51.100.0/24","reason":"{}")", longest)).status, 201);
  const Reply foreign = add(R"("network":"198.51.100.0/24","reason":"zu häufig")");
  EXPECT_EQ(foreign.status, 422);
  EXPECT_NE(foreign.body.find("#/network_block/reason"), std::string::npos) << foreign.body;
}

TEST(NetworkBlocks, C09_NobodyShutsHimselfOutBySlipOrEverybodyAtAll) {
  WebApp app;
  const std::string path = "/api/v2/network_blocks";
  const Browser admin = app.sign_in("admin@example.com");
  const auto add = [&](const std::string& fields) { return app.act(admin, "POST", path, fmt::format(R"({{"network_block":{{{}}}}})", fields)); };
  const Reply own = add(R"("network":"192.0.2.0/24","reason":"slip")");
  EXPECT_EQ(own.status, 422);
  EXPECT_NE(own.body.find("192.0.2.1"), std::string::npos) << own.body;
  for (const char* fields : {R"("network":"0.0.0.0/0","reason":"x")", R"("network":"nowhere","reason":"x")", R"("network":"198.51.100.0/24")",
                             R"("network":"198.51.100.0/24","reason":"two\nlines")", R"("network":"198.51.100.0/24","reason":"x","hours":0)",
                             R"("network":"198.51.100.0/24","reason":"x","hours":"2")", R"("network":"198.51.100.0/24","reason":"x","hours":1e18)"}) {
    EXPECT_EQ(add(fields).status, 422) << fields;
  }
  EXPECT_EQ(app.act(admin, "GET", path).at("count").to_number<int>(), 0);
  EXPECT_EQ(app.act(admin, "DELETE", path).status, 422) << "which one is not said";
  EXPECT_EQ(app.get(path, app.agent_token).status, 403);
  app.clock.advance(minutes(16));
  EXPECT_EQ(add(R"("network":"198.51.100.0/24","reason":"x")").status, 403) << "the proof is too old";
}

}  // namespace
}  // namespace postern::test
