// Every route of the table, for everyone who may not use it (ASVS 8.2.1, 8.3.1; requirements Z-10, T-03).
#include <fmt/format.h>

#include "tests/web/web_app.h"
#include "web/api/routes.h"

namespace postern::test {
namespace {

using web::Access;
using web::Route;

Call call_of(const Route& route) {
  Call call;
  call.verb = std::string(web::to_string(route.verb));
  call.path = std::string(route.pattern);
  for (std::size_t open = call.path.find('{'); open != std::string::npos; open = call.path.find('{')) {
    call.path.replace(open, call.path.find('}') - open + 1, "1");
  }
  if (route.body != web::Body::kNone) {
    call.body = "{}";
    call.with("Content-Type", "application/json");
  }
  return call;
}

core::Task<Reply> exchange(HttpClient& client, std::string request) {
  co_await client.send(std::move(request));
  co_return co_await client.read_reply();
}

std::string name_of(const Route& route) { return fmt::format("{} {}", web::to_string(route.verb), route.pattern); }

TEST(Routes, WithoutCredentialsEveryRouteButThePublicOnesIs401) {
  WebApp app;
  for (const Route& route : web::api_routes()) {
    Reply reply = app.send(call_of(route));
    if (route.access == Access::kPublic) {
      EXPECT_NE(reply.status, 401) << name_of(route);
      continue;
    }
    EXPECT_EQ(reply.status, 401) << name_of(route);
    EXPECT_TRUE(reply.has("www-authenticate")) << name_of(route);
    EXPECT_EQ(reply.field("content-type"), "application/problem+json") << name_of(route);
  }
}

TEST(Routes, WrongCredentialsAre401Everywhere) {
  web::WebOptions options;
  options.rate_per_ip = web::RateOptions{1e6, 1e6};  // so many calls are not what this is about
  WebApp app(options);
  for (const Route& route : web::api_routes()) {
    if (route.access == Access::kPublic) continue;
    for (const char* value : {"Bearer pst_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "Basic !!!", "Digest x", "Bearer"}) {
      EXPECT_EQ(app.send(call_of(route).with("Authorization", value)).status, 401) << name_of(route) << " " << value;
    }
    EXPECT_EQ(app.send(call_of(route).with("Cookie", "__Host-postern=nonsense")).status, 401) << name_of(route);
  }
}

TEST(Routes, AContactGets403WhereAPermissionIsNeeded) {
  web::WebOptions options;
  WebApp app(options);
  for (const Route& route : web::api_routes()) {
    if (route.access != Access::kPermission) continue;
    Reply reply = app.send(call_of(route).with("Authorization", "Bearer " + app.contact_token));
    bool may = auth::may(auth::Role::kContact, route.permission);
    EXPECT_EQ(reply.status == 403, !may) << name_of(route) << " " << reply.status;
    EXPECT_FALSE(may) << name_of(route);
  }
}

TEST(Routes, TheTableDecidesForEveryRole) {
  web::WebOptions options;
  options.rate_per_ip = web::RateOptions{1e6, 1e6};  // so many calls are not what this is about
  WebApp app(options);
  const std::pair<auth::Role, std::string> people[] = {
      {auth::Role::kAgent, app.agent_token}, {auth::Role::kAdmin, app.admin_token}, {auth::Role::kOwner, app.owner_token}};
  for (const auto& [role, token] : people) {
    for (const Route& route : web::api_routes()) {
      if (route.access != Access::kPermission || route.pattern == "/api/v2/changes/stream") continue;
      Reply reply = app.send(call_of(route).with("Authorization", "Bearer " + token));
      bool may = auth::may(role, route.permission) && !route.session_only;
      EXPECT_EQ(reply.status == 403, !may) << name_of(route) << " " << reply.body;
      EXPECT_NE(reply.status, 401) << name_of(route);
      EXPECT_LT(reply.status, 500) << name_of(route) << reply.body;
    }
  }
}

// A stolen token must not outlive its revocation: nothing that makes a way in, or shuts others out, is done with one.
TEST(Routes, WaysInAreMadeBySessionsOnly) {
  WebApp app;
  Browser owner = app.sign_in("owner@example.com");
  std::vector<std::string> guarded;
  for (const Route& route : web::api_routes()) {
    using auth::Permission;
    const auth::PermissionSet over_people{Permission::kUsersManage, Permission::kRolesManage, Permission::kSecurityManage};
    bool makes_a_way_in = route.access == Access::kPermission && route.verb != web::Verb::kGet &&
                          (over_people.has(route.permission) ||
                           (route.permission == Permission::kTokensManage && route.verb == web::Verb::kPost));
    if (makes_a_way_in) EXPECT_TRUE(route.session_only) << name_of(route);
    if (!route.session_only) continue;
    Call call = call_of(route);
    EXPECT_EQ(app.send(Call(call).with("Authorization", "Bearer " + app.owner_token)).status, 403) << name_of(route);
    EXPECT_NE(app.act(owner, call.verb, call.path, call.body).status, 403) << name_of(route);
    guarded.push_back(name_of(route));
  }
  EXPECT_GE(guarded.size(), 13U);
}

TEST(Routes, SecurityHeadersAreOnEveryResponse) {
  WebApp app;
  std::vector<Call> calls{{"GET", "/", {}, ""},          {"GET", "/ui/icon.svg", {}, ""}, {"GET", "/nothing", {}, ""},
                          {"GET", "/api/nothing", {}, ""}, {"PATCH", "/api/v2/tickets", {}, ""}};
  for (const Route& route : web::api_routes()) {
    calls.push_back(call_of(route));
    if (route.pattern != "/api/v2/changes/stream") calls.push_back(call_of(route).with("Authorization", "Bearer " + app.agent_token));
  }
  for (const Call& call : calls) {
    Reply reply = app.send(call);
    std::string where = call.verb + " " + call.path;
    EXPECT_EQ(reply.field("strict-transport-security"), "max-age=31536000; includeSubDomains") << where;
    EXPECT_EQ(reply.field("x-content-type-options"), "nosniff") << where;
    EXPECT_EQ(reply.field("referrer-policy"), "no-referrer") << where;
    EXPECT_EQ(reply.field("cross-origin-opener-policy"), "same-origin") << where;
    EXPECT_NE(reply.field("content-security-policy").find("frame-ancestors"), std::string::npos) << where;
    EXPECT_EQ(reply.field("content-security-policy").find("unsafe-inline"), std::string::npos) << where;
    EXPECT_FALSE(reply.field("permissions-policy").empty()) << where;
    EXPECT_EQ(reply.field("x-request-id").size(), 13U) << where;
    if (call.path.starts_with("/api/")) EXPECT_EQ(reply.field("cache-control"), "no-store") << where;
  }
}

TEST(Routes, UnknownPathsAndVerbs) {
  WebApp app;
  EXPECT_EQ(app.get("/api/v2/nothing", app.agent_token).status, 404);
  EXPECT_EQ(app.get("/api/v1/tickets", app.agent_token).status, 404);
  EXPECT_EQ(app.get("/api/v2/tickets/abc", app.agent_token).status, 404);
  Reply reply = app.send({"PATCH", "/api/v2/tickets/1", {}, ""});
  EXPECT_EQ(reply.status, 405);
  for (const char* verb : {"GET", "HEAD", "PUT", "DELETE"}) EXPECT_NE(reply.field("allow").find(verb), std::string::npos) << reply.field("allow");
}

TEST(Routes, ProblemBodiesReadAsBothRfc9457AndZendesk) {
  WebApp app;
  Reply reply = app.get("/api/v2/tickets/99", app.agent_token);
  EXPECT_EQ(reply.status, 404);
  boost::json::value body = reply.json();
  EXPECT_EQ(body.at("status").as_int64(), 404);
  EXPECT_EQ(body.at("title").as_string(), "Not Found");
  EXPECT_EQ(body.at("error").as_string(), "RecordNotFound");
  EXPECT_TRUE(body.at("description").is_string());
  EXPECT_EQ(body.at("instance").as_string(), "urn:postern:request:" + reply.field("x-request-id"));
}

TEST(Routes, RateLimitsAnswer429AndSayWhen) {
  web::WebOptions options;
  options.rate_per_principal = web::RateOptions{2, 60};
  WebApp app(options);
  EXPECT_EQ(app.get("/api/v2/users/me", app.agent_token).status, 200);
  Reply reply = app.get("/api/v2/users/me", app.agent_token);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.field("ratelimit"), "\"user\";r=0;t=2");
  reply = app.get("/api/v2/users/me", app.agent_token);
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.field("retry-after"), "1");
  EXPECT_EQ(app.get("/api/v2/users/me", app.admin_token).status, 200);
  app.clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(app.get("/api/v2/users/me", app.agent_token).status, 200);
}

TEST(Routes, AddressLimitComesBeforeEverythingElse) {
  web::WebOptions options;
  options.rate_per_ip = web::RateOptions{1, 1};
  WebApp app(options);
  EXPECT_EQ(app.send({"GET", "/", {}, ""}).status, 200);
  EXPECT_EQ(app.send({"GET", "/", {}, ""}).status, 429);
}

// One client with many idle connections must not shut everybody else out.
TEST(Connections, AreBoundedPerNetwork) {
  web::WebOptions options;
  options.connections_per_network_max = 2;
  WebApp app(options);
  std::unique_ptr<HttpClient> first = app.connect();
  std::unique_ptr<HttpClient> second = app.connect();
  std::unique_ptr<HttpClient> third = app.connect();
  EXPECT_TRUE(app.run(third->is_closed()));
  std::unique_ptr<HttpClient> other = app.connect("198.51.100.9:4000");
  const std::string request = "GET /api/v2/openapi HTTP/1.1\r\nHost: h\r\n\r\n";
  EXPECT_EQ(app.run(exchange(*other, request)).status, 200);
  EXPECT_EQ(app.run(exchange(*first, request)).status, 200);
  second->close();
  EXPECT_EQ(app.run(exchange(*first, request)).status, 200);  // runs what the closing left to do
  std::unique_ptr<HttpClient> fourth = app.connect();
  EXPECT_EQ(app.run(exchange(*fourth, request)).status, 200);
}

// The description has every route, and every operation of it answers (design part 7).
TEST(OpenApi, DescribesEveryRouteOfTheTable) {
  WebApp app;
  Reply reply = app.get("/api/v2/openapi.json", "");
  ASSERT_EQ(reply.status, 200);
  boost::json::value document = reply.json();
  EXPECT_EQ(document.at("openapi").as_string(), "3.1.0");
  std::size_t operations = 0;
  for (const auto& path : document.at("paths").as_object()) operations += path.value().as_object().size();
  EXPECT_EQ(operations, web::api_routes().size());
  for (const auto& path : document.at("paths").as_object()) {
    for (const auto& operation : path.value().as_object()) {
      Call call;
      call.verb = operation.key() == "get" ? "GET" : operation.key() == "put" ? "PUT" : operation.key() == "post" ? "POST" : "DELETE";
      call.path = std::string(path.key());
      for (std::size_t open = call.path.find('{'); open != std::string::npos; open = call.path.find('{')) {
        call.path.replace(open, call.path.find('}') - open + 1, "7");
      }
      Reply answer = app.send(call);
      EXPECT_NE(answer.status, 404) << call.path;
      EXPECT_NE(answer.status, 405) << call.path;
    }
  }
}

}  // namespace
}  // namespace postern::test
