// Attacks that belong to no single resource, each named after the requirement of OWASP ASVS 5.0 that it tries (tests/asvs.md
// has the whole list). Brute force, reuse of codes, forged requests and stolen tokens are tried beside what they are about.
#include <fmt/format.h>

#include "tests/web/web_app.h"
#include "web/api/routes.h"

namespace postern::test {
namespace {

using web::Route;

web::WebOptions without_limits() {
  web::WebOptions options;
  options.rate_per_ip = options.rate_per_principal = options.rate_per_token = options.rate_per_route = options.rate_costly = options.rate_sign_in = {1e6, 1e6};
  return options;
}

std::string filled(const Route& route) {
  std::string path(route.pattern);
  for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{')) path.replace(open, path.find('}') - open + 1, "1");
  return path;
}

bool is_readable(const Route& route) { return route.verb == web::Verb::kGet && route.pattern != "/api/v2/changes/stream"; }

// The link to the next page repeats what the caller asked: as data, never as more of the address.
TEST(SecurityAttacks, Asvs_1_2_2_LinksThatAreBuiltEncodeWhatTheyCarry) {
  WebApp app(without_limits());
  app.receive("one@customer.example", "One", "\r\nOne\r\n");
  app.receive("two@customer.example", "Two", "\r\nTwo\r\n");
  const Reply page = app.get("/api/v2/tickets?page[size]=1&zz=%26page%5Bsize%5D%3D9%23%22%3E%0D%0AX-A:%20b%2F..%2F", app.agent_token);
  ASSERT_EQ(page.status, 200) << page.body;
  const std::string next(page.at("links", "next").as_string());
  EXPECT_TRUE(next.starts_with("https://help.example.com/api/v2/tickets?")) << next;
  EXPECT_NE(next.find("zz=%26page%5Bsize%5D%3D9%23%22%3E%0D%0AX-A%3A%20b%2F..%2F&"), std::string::npos) << next;
}

TEST(SecurityAttacks, Asvs_3_4_2_NoOriginIsEverAllowed) {
  WebApp app(without_limits());
  for (const Route& route : web::api_routes()) {
    for (const std::string& verb : {std::string(web::to_string(route.verb)), std::string("OPTIONS")}) {
      if (verb == "GET" && !is_readable(route)) continue;
      Call call{verb, filled(route), {}, ""};
      call.with("Origin", "https://evil.example").with("Access-Control-Request-Method", "POST").with("Authorization", "Bearer " + app.agent_token);
      const Reply reply = app.send(call);
      EXPECT_FALSE(reply.has("access-control-allow-origin")) << verb << " " << route.pattern;
      EXPECT_FALSE(reply.has("access-control-allow-credentials")) << verb << " " << route.pattern;
    }
  }
}

// A link or a picture makes browsers send GET with the cookie: none of them may change anything.
TEST(SecurityAttacks, Asvs_3_5_3_NothingIsChangedByGet) {
  WebApp app(without_limits());
  app.receive("carl@customer.example", "Refund", "\r\nHello\r\n");
  const Browser owner = app.sign_in("owner@example.com");
  const std::uint64_t changes = app.store->last_sequence(app.workspace());
  const std::string people = app.get("/api/v2/users", app.owner_token).body;
  for (const Route& route : web::api_routes()) {
    if (is_readable(route)) EXPECT_NE(app.act(owner, "GET", filled(route)).status, 500) << route.pattern;
    if (route.verb == web::Verb::kGet) continue;
    // What changes something is not done by the safe verbs of the same address either.
    const int status = app.act(owner, "HEAD", filled(route)).status;
    EXPECT_NE(status, 201) << route.pattern;
    EXPECT_NE(status, 202) << route.pattern;
  }
  EXPECT_EQ(app.store->last_sequence(app.workspace()), changes);
  EXPECT_EQ(app.get("/api/v2/users", app.owner_token).body, people);
}

TEST(SecurityAttacks, Asvs_5_3_2_NoPathLeavesThePages) {
  WebApp app(without_limits());
  for (const char* path : {"/../../etc/passwd", "/ui/../../etc/passwd", "/ui/%2e%2e/%2e%2e/etc/passwd", "/ui/..%2f..%2fetc%2fpasswd", "/ui//etc/passwd",
                           "/ui/..%5c..%5cetc%5cpasswd", "/ui/icon.svg%00.png", "/.git/config", "/ui/", "/postern.toml", "/keys/master.key"}) {
    const Reply reply = app.send({"GET", path, {}, ""});
    EXPECT_TRUE(reply.status == 400 || reply.status == 404) << path << " " << reply.status;
    EXPECT_EQ(reply.body.find("root:"), std::string::npos) << path;
  }
}

TEST(SecurityAttacks, Asvs_6_3_2_ANewStoreHasNoAccounts) {
  WebApp app(without_limits());
  EXPECT_EQ(app.accounts->accounts(app.workspace())->size(), 3U) << "those that the test made";
  for (const char* login : {"admin", "root", "owner", "admin@example.org", "postmaster@example.com", "support@example.com"}) {
    EXPECT_FALSE(app.accounts->find_by_email(login).value()) << login;
    const std::string body = fmt::format(R"({{"email":"{0}","password":"{0}"}})", login);
    EXPECT_EQ(app.post("/api/v2/session", "", body).status, 401) << login;
  }
}

// Session fixation: a cookie that was planted before is neither taken up nor becomes a way in.
TEST(SecurityAttacks, Asvs_7_2_4_ACookieFromBeforeIsNotTakenUp) {
  WebApp app(without_limits());
  const std::string planted = "__Host-postern=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  const std::string body = fmt::format(R"({{"email":"agent@example.com","password":"{}"}})", WebApp::kPassword);
  Call call{"POST", "/api/v2/session", {}, body};
  const Reply signed_in = app.send(call.with("Cookie", planted).with("Content-Type", "application/json"));
  ASSERT_EQ(signed_in.status, 201);
  const std::string given = signed_in.field("set-cookie");
  EXPECT_NE(given.substr(0, given.find(';')), planted);
  EXPECT_EQ(app.send(Call{"GET", "/api/v2/session", {}, ""}.with("Cookie", planted)).status, 401);
  // Nor does signing in beside a live session hand it on: the earlier one is another session, with another secret.
  const Browser first = app.sign_in("agent@example.com");
  Call again{"POST", "/api/v2/session", {}, body};
  const Reply second = app.send(again.with("Cookie", first.cookie).with("Content-Type", "application/json"));
  ASSERT_EQ(second.status, 201);
  EXPECT_NE(second.field("set-cookie").substr(0, first.cookie.size()), first.cookie);
}

TEST(SecurityAttacks, Asvs_13_4_4_TraceIsNotAnswered) {
  WebApp app(without_limits());
  for (const char* path : {"/", "/api/v2/tickets"}) {
    const Reply reply = app.send(Call{"TRACE", path, {}, ""}.with("X-Marker", "echo-me").with("Authorization", "Bearer " + app.agent_token));
    EXPECT_GE(reply.status, 400) << path;
    EXPECT_EQ(reply.body.find("echo-me"), std::string::npos) << path;
  }
}

// Addresses end in logs and histories. The token of an upload is for its user only and no way in (Uploads.TokenIsForItsUser…).
TEST(SecurityAttacks, Asvs_14_2_1_NoSecretStandsInAnAddress) {
  WebApp app(without_limits());
  for (const Route& route : web::api_routes()) {
    for (const char* word : {"password", "secret", "code", "cookie", "session="}) {
      EXPECT_EQ(route.query.find(word), std::string_view::npos) << route.pattern;
    }
    if (route.query.find("token") != std::string_view::npos) EXPECT_EQ(route.pattern, "/api/v2/uploads");
  }
  for (const char* name : {"access_token", "token", "api_token", "Authorization"}) {
    EXPECT_EQ(app.send({"GET", fmt::format("/api/v2/tickets?{}={}", name, app.agent_token), {}, ""}).status, 401) << name;
  }
}

TEST(SecurityAttacks, Asvs_15_3_1_NoAnswerHoldsAStoredSecret) {
  WebApp app(without_limits());
  const Browser owner = app.sign_in("owner@example.com");
  for (const Route& route : web::api_routes()) {
    if (!is_readable(route)) continue;
    std::string path = filled(route);
    if (path == "/api/v2/users/1") path = fmt::format("/api/v2/users/{}", app.admin.id.value);
    const Reply reply = app.act(owner, "GET", path);
    for (const std::string& secret : {std::string("$argon2"), std::string("password_hash"), std::string("secret_hash"), app.owner_token, app.admin_token,
                                      owner.cookie.substr(owner.cookie.find('=') + 1)}) {
      EXPECT_EQ(reply.body.find(secret), std::string::npos) << path;
    }
  }
}

}  // namespace
}  // namespace postern::test
