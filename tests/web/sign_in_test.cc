// Sign-in, cookies, CSRF, enrolment, Basic and Bearer (requirements Z-19, Z-28, C-12; ASVS 3.3, 3.5, 7).
#include <fmt/format.h>

#include "core/encoding.h"
#include "tests/web/web_app.h"

namespace postern::test {
namespace {

std::string login(const std::string& email, const std::string& password) {
  return fmt::format(R"({{"email":"{}","password":"{}"}})", email, password);
}

Call update(const Browser& browser) {
  Call call{"PUT", "/api/v2/tickets/1", {}, R"({"ticket":{"status":"open"}})"};
  return call.with("Cookie", browser.cookie).with("Content-Type", "application/json");
}

TEST(SignIn, GivesAHostCookieThatScriptsCannotRead) {
  WebApp app;
  Reply reply = app.post("/api/v2/session", "", login("agent@example.com", WebApp::kPassword));
  ASSERT_EQ(reply.status, 201) << reply.body;
  std::string cookie = reply.field("set-cookie");
  EXPECT_TRUE(cookie.starts_with("__Host-postern="));
  for (const char* attribute : {"; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"}) {
    EXPECT_NE(cookie.find(attribute), std::string::npos) << attribute;
  }
  EXPECT_EQ(cookie.find("Domain"), std::string::npos);
  EXPECT_EQ(reply.at("user", "email").as_string(), "agent@example.com");
  EXPECT_EQ(reply.at("user", "role").as_string(), "agent");
}

TEST(SignIn, WrongPasswordAndUnknownAccountLookTheSame) {
  WebApp app;
  Reply wrong = app.post("/api/v2/session", "", login("agent@example.com", "wrong wrong wrong"));
  Reply unknown = app.post("/api/v2/session", "", login("nobody@example.com", "wrong wrong wrong"));
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(unknown.status, 401);
  EXPECT_EQ(wrong.at("detail").as_string(), unknown.at("detail").as_string());
  EXPECT_FALSE(wrong.has("set-cookie"));
}

TEST(SignIn, LocksAfterFailuresEvenForTheRightPassword) {
  WebApp app;
  for (int i = 0; i < 5; ++i) {
    Reply reply = app.post("/api/v2/session", "", login("agent@example.com", "wrong wrong wrong"));
    EXPECT_TRUE(reply.status == 401 || reply.status == 429) << reply.status;
  }
  Reply locked = app.post("/api/v2/session", "", login("agent@example.com", WebApp::kPassword));
  EXPECT_TRUE(locked.status == 401 || locked.status == 429) << locked.status;
  EXPECT_EQ(app.post("/api/v2/session", "", login("admin@example.com", WebApp::kPassword)).status, 201);
}

TEST(SignIn, IsRateLimitedByAddress) {
  web::WebOptions options;
  options.rate_sign_in = web::RateOptions{1, 1};
  WebApp app(options);
  EXPECT_EQ(app.post("/api/v2/session", "", login("admin@example.com", WebApp::kPassword)).status, 201);
  Reply reply = app.post("/api/v2/session", "", login("admin@example.com", WebApp::kPassword));
  EXPECT_EQ(reply.status, 429);
  EXPECT_TRUE(reply.has("retry-after"));
}

TEST(SignIn, ChecksTheFormOfItsBody) {
  WebApp app;
  Reply reply = app.post("/api/v2/session", "", R"({"email":7})");
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.at("details", "email").as_array().at(0).at("error").as_string(), "InvalidFormat");
  EXPECT_EQ(reply.at("details", "password").as_array().at(0).at("error").as_string(), "BlankValue");
  EXPECT_EQ(app.post("/api/v2/session", "", "[]").status, 400);
  EXPECT_EQ(app.post("/api/v2/session", "", "{").status, 400);
  std::string deep(200, '[');
  EXPECT_EQ(app.post("/api/v2/session", "", R"({"email":)" + deep).status, 400);
  Call form{"POST", "/api/v2/session", {}, "email=a&password=b"};
  EXPECT_EQ(app.send(form.with("Content-Type", "application/x-www-form-urlencoded")).status, 415);
}

TEST(Session, WhoAmIAndSignOut) {
  WebApp app;
  Browser browser = app.sign_in("agent@example.com");
  Call who{"GET", "/api/v2/session", {}, ""};
  Reply reply = app.send(who.with("Cookie", browser.cookie));
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.at("session", "csrf_token").as_string(), browser.csrf);
  Call out{"DELETE", "/api/v2/session", {}, ""};
  reply = app.send(out.with("Cookie", browser.cookie).with("X-CSRF-Token", browser.csrf));
  EXPECT_EQ(reply.status, 204);
  EXPECT_NE(reply.field("set-cookie").find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(app.send(who).status, 401);
}

// Whatever a page kept in this browser is gone with the session; drafts are kept by the server.
TEST(Session, AsvsV14_3_1_SigningOutClearsWhatTheBrowserKept) {
  WebApp app;
  const Browser browser = app.sign_in("agent@example.com");
  const Reply left = app.act(browser, "DELETE", "/api/v2/session");
  ASSERT_EQ(left.status, 204);
  EXPECT_EQ(left.field("clear-site-data"), "\"cache\"");
  EXPECT_EQ(app.get("/api/v2/session", "").field("clear-site-data"), "") << "not for who merely is not signed in";
}

TEST(Csrf, AChangeNeedsTheTokenOfItsSession) {
  WebApp app;
  app.receive("c@customer.example", "Hi", "\r\nhello");
  Browser browser = app.sign_in("agent@example.com");
  Browser other = app.sign_in("admin@example.com");
  EXPECT_EQ(app.send(update(browser)).status, 403);
  EXPECT_EQ(app.send(update(browser).with("X-CSRF-Token", other.csrf)).status, 403);
  EXPECT_EQ(app.send(update(browser).with("X-CSRF-Token", browser.csrf)).status, 200);
}

TEST(Csrf, ForeignPagesAreRefusedWhateverTheCredential) {
  WebApp app;
  app.receive("c@customer.example", "Hi", "\r\nhello");
  Browser browser = app.sign_in("agent@example.com");
  for (auto [name, value] : {std::pair("Origin", "https://evil.example"), std::pair("Origin", "null"),
                             std::pair("Origin", "http://help.example.com.evil.example"),
                             std::pair("Sec-Fetch-Site", "cross-site"), std::pair("Sec-Fetch-Site", "same-site")}) {
    EXPECT_EQ(app.send(update(browser).with("X-CSRF-Token", browser.csrf).with(name, value)).status, 403) << value;
    Call by_token{"PUT", "/api/v2/tickets/1", {}, R"({"ticket":{"status":"open"}})"};
    by_token.with("Authorization", "Bearer " + app.agent_token).with("Content-Type", "application/json");
    EXPECT_EQ(app.send(by_token.with(name, value)).status, 403) << value;
    Call sign_in{"POST", "/api/v2/session", {}, login("agent@example.com", WebApp::kPassword)};
    EXPECT_EQ(app.send(sign_in.with("Content-Type", "application/json").with(name, value)).status, 403) << value;
  }
  Call own = update(browser).with("X-CSRF-Token", browser.csrf);
  own.with("Origin", "http://help.example.com").with("Sec-Fetch-Site", "same-origin");
  EXPECT_EQ(app.send(own).status, 200);
}

TEST(Csrf, ConfiguredOriginWinsOverTheHostHeader) {
  web::WebOptions options;
  options.public_origin = "https://desk.example.com";
  WebApp app(options);
  Browser browser = app.sign_in("agent@example.com");
  Call call{"DELETE", "/api/v2/sessions", {}, ""};
  call.with("Cookie", browser.cookie).with("X-CSRF-Token", browser.csrf);
  Call wrong = call;
  EXPECT_EQ(app.send(wrong.with("Origin", "http://help.example.com")).status, 403);
  EXPECT_EQ(app.send(call.with("Origin", "https://desk.example.com")).status, 204);
}

TEST(Tokens, BasicWithTheTokensOwnUserOnly) {
  WebApp app;
  auto basic = [&](const std::string& plain) {
    Call call{"GET", "/api/v2/users/me", {}, ""};
    return app.send(call.with("Authorization", "Basic " + core::to_base64(plain)));
  };
  EXPECT_EQ(basic("agent@example.com/token:" + app.agent_token).status, 200);
  EXPECT_EQ(basic("AGENT@example.com/token:" + app.agent_token).status, 200);
  EXPECT_EQ(basic("admin@example.com/token:" + app.agent_token).status, 401);
  EXPECT_EQ(basic("agent@example.com:" + app.agent_token).status, 401);
  EXPECT_EQ(basic(std::string("agent@example.com:") + WebApp::kPassword).status, 401);
  EXPECT_EQ(basic("/token:" + app.agent_token).status, 401);
}

TEST(Tokens, AWrongTokenIsNotFollowedByTheCookie) {
  WebApp app;
  Browser browser = app.sign_in("agent@example.com");
  Call call{"GET", "/api/v2/users/me", {}, ""};
  EXPECT_EQ(app.send(call.with("Cookie", browser.cookie).with("Authorization", "Bearer pst_wrong")).status, 401);
}

TEST(Enrolment, SetsThePasswordOnceAndSignsIn) {
  WebApp app;
  Reply invited = app.act(app.sign_in("admin@example.com"), "POST", "/api/v2/users",
                          R"({"user":{"email":"new@example.com","name":"New","role":"agent"}})");
  ASSERT_EQ(invited.status, 201) << invited.body;
  std::string token(invited.at("enrolment", "token").as_string());
  Reply preview = app.post("/api/v2/enrolment/preview", "", fmt::format(R"({{"token":"{}"}})", token));
  EXPECT_EQ(preview.at("enrolment", "email").as_string(), "new@example.com");
  Reply weak = app.post("/api/v2/enrolment", "", fmt::format(R"({{"token":"{}","password":"short"}})", token));
  EXPECT_EQ(weak.status, 422);
  EXPECT_TRUE(weak.at("details").as_object().contains("password"));
  std::string body = fmt::format(R"({{"token":"{}","password":"{}"}})", token, WebApp::kPassword);
  Reply done = app.post("/api/v2/enrolment", "", body);
  EXPECT_EQ(done.status, 201) << done.body;
  EXPECT_TRUE(done.has("set-cookie"));
  Reply again = app.post("/api/v2/enrolment", "", body);
  EXPECT_TRUE(again.status == 401 || again.status == 404) << again.status;
  EXPECT_EQ(app.post("/api/v2/session", "", login("new@example.com", WebApp::kPassword)).status, 201);
}

TEST(Sessions, ListAndEndOthers) {
  WebApp app;
  Browser first = app.sign_in("agent@example.com");
  Browser second = app.sign_in("agent@example.com");
  Call list{"GET", "/api/v2/sessions", {}, ""};
  Reply reply = app.send(list.with("Cookie", first.cookie));
  ASSERT_EQ(reply.status, 200);
  boost::json::value sessions = reply.at("sessions");
  ASSERT_EQ(sessions.as_array().size(), 2U);
  for (const boost::json::value& each : sessions.as_array()) {
    if (each.at("current").as_bool()) continue;
    Call end{"DELETE", fmt::format("/api/v2/sessions/{}", each.at("id").to_number<std::uint64_t>()), {}, ""};
    EXPECT_EQ(app.send(end.with("Cookie", first.cookie).with("X-CSRF-Token", first.csrf)).status, 204);
  }
  Call who{"GET", "/api/v2/session", {}, ""};
  EXPECT_EQ(app.send(who.with("Cookie", second.cookie)).status, 401);
}

TEST(ApiTokens, AreMadeBySessionsOnlyAndRevoked) {
  WebApp app;
  const char* body = R"({"api_token":{"description":"import"}})";
  EXPECT_EQ(app.post("/api/v2/api_tokens", app.agent_token, body).status, 403);
  Browser browser = app.sign_in("agent@example.com");
  Call make{"POST", "/api/v2/api_tokens", {}, body};
  make.with("Cookie", browser.cookie).with("X-CSRF-Token", browser.csrf).with("Content-Type", "application/json");
  Reply made = app.send(make);
  ASSERT_EQ(made.status, 201) << made.body;
  std::string secret(made.at("api_token", "token").as_string());
  EXPECT_TRUE(secret.starts_with("pst_"));
  EXPECT_EQ(app.get("/api/v2/users/me", secret).status, 200);
  Reply list = app.get("/api/v2/api_tokens", secret);
  EXPECT_EQ(list.body.find(secret), std::string::npos);
  std::uint64_t id = made.at("api_token", "id").to_number<std::uint64_t>();
  Call revoke{"DELETE", fmt::format("/api/v2/api_tokens/{}", id), {}, ""};
  EXPECT_EQ(app.send(revoke.with("Cookie", browser.cookie).with("X-CSRF-Token", browser.csrf)).status, 204);
  EXPECT_EQ(app.get("/api/v2/users/me", secret).status, 401);
}

}  // namespace
}  // namespace postern::test
