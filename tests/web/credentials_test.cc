// What programs sign in with: tokens, and passwords as Basic credentials where that is switched on (requirements Z-28, I0-14;
// ASVS 6.3, 7.2.2, 9.2, 11.4), and what only somebody who may see it gets: attachments (Z-31), settings that nobody changed
// meanwhile (If-Match).
#include <fmt/format.h>

#include "auth/audit.h"
#include "auth/detail/keys.h"
#include "core/encoding.h"
#include "tests/web/web_app.h"

namespace postern::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const std::string kMe = "/api/v2/users/me";

Reply basic(WebApp& app, const std::string& plain, const std::string& verb = "GET", const std::string& path = kMe, const std::string& body = "") {
  Call call{verb, path, {}, body};
  if (!body.empty()) call.with("Content-Type", "application/json");
  return app.send(call.with("Authorization", "Basic " + core::to_base64(plain)));
}

std::string with_password(const char* password = WebApp::kPassword) { return std::string("agent@example.com:") + password; }

web::WebOptions taking_passwords() {
  web::WebOptions options;
  options.takes_passwords = true;
  return options;
}

std::size_t entries(WebApp& app, std::string_view action, std::string_view detail) {
  std::size_t count = 0;
  for (const auth::AuditEntry& entry : auth::list_audit(*app.store, *app.vault, app.workspace(), {}, 200).value()) {
    if (entry.action == action && entry.detail == detail) ++count;
  }
  return count;
}

TEST(PasswordBasic, Z_28_IsOffUnlessSwitchedOn) {
  WebApp app;
  EXPECT_EQ(basic(app, with_password()).status, 401);
  WebApp on(taking_passwords());
  EXPECT_EQ(basic(on, with_password()).status, 200);
  EXPECT_EQ(basic(on, with_password("wrong wrong wrong")).status, 401);
  EXPECT_EQ(basic(on, "nobody@example.com:" + std::string(WebApp::kPassword)).status, 401);
  EXPECT_EQ(basic(on, "agent@example.com/token:" + on.agent_token).status, 200);
  EXPECT_EQ(basic(on, "agent@example.com/token:" + std::string(WebApp::kPassword)).status, 401) << "a password is no token";
}

TEST(PasswordBasic, DoesWhatATokenMayAndIsAudited) {
  WebApp app(taking_passwords());
  const auto ticket = app.receive("customer@example.org", "Help", "\r\nPlease");
  const std::string path = fmt::format("/api/v2/tickets/{}", ticket.value);
  EXPECT_EQ(basic(app, with_password(), "PUT", path, R"({"ticket":{"status":"solved"}})").status, 200);
  EXPECT_EQ(basic(app, with_password(), "POST", "/api/v2/api_tokens", R"({"api_token":{"description":"t"}})").status, 403);
  EXPECT_EQ(basic(app, with_password(), "GET", "/api/v2/changes/stream").status, 403);
  EXPECT_EQ(entries(app, "sign_in", "password, without a session"), 1U) << "not for every request";
  app.clock.advance(minutes(2));
  EXPECT_EQ(basic(app, with_password()).status, 200);
  EXPECT_EQ(entries(app, "sign_in", "password, without a session"), 2U);
}

// ASVS 6.3.3: otherwise it would be the way around the second factor.
TEST(PasswordBasic, Asvs_6_3_3_IsNotEnoughWhereASecondFactorIsDemanded) {
  WebApp app(taking_passwords());
  const Browser admin = app.sign_in("admin@example.com");
  const char* demand = R"({"security_policy":{"confirm_lockout":true,"second_factor":{"required_of":"everybody","grace_days":0}}})";
  ASSERT_EQ(app.act(admin, "PUT", "/api/v2/security_policy", demand).status, 200);
  app.clock.advance(minutes(2));
  EXPECT_EQ(basic(app, with_password()).status, 401);
  EXPECT_EQ(entries(app, "sign_in_refused", "a password alone is not enough"), 1U);
  EXPECT_EQ(app.get(kMe, app.agent_token).status, 200) << "programs go on";
}

// ASVS 6.3.1: each request costs a password hash, and is a guess.
TEST(PasswordBasic, Asvs_6_3_1_CountsAsAnAttemptToSignIn) {
  web::WebOptions options = taking_passwords();
  options.rate_sign_in = {2, 1};
  WebApp app(options);
  EXPECT_EQ(basic(app, with_password()).status, 200);
  EXPECT_EQ(basic(app, "/token:x").status, 401);
  EXPECT_EQ(basic(app, with_password()).status, 429);
  EXPECT_EQ(basic(app, "agent@example.com/token:" + app.agent_token).status, 200) << "tokens are not concerned";
  WebApp locking(taking_passwords());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(basic(locking, with_password("wrong wrong wrong")).status, 401);
  EXPECT_EQ(basic(locking, with_password()).status, 429) << "locked, as for the page";
}

TEST(ApiTokens, Asvs_11_4_AreStoredAsHashesAndShownOnce) {
  WebApp app;
  const Browser agent = app.sign_in("agent@example.com");
  const Reply made = app.act(agent, "POST", "/api/v2/api_tokens", R"({"api_token":{"description":"import"}})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string secret(made.at("api_token", "token").as_string());
  EXPECT_EQ(secret.size(), 47U) << "256 bits (ASVS 7.2.3)";
  for (const std::string& path : {std::string("/api/v2/api_tokens"), std::string("/api/v2/api_tokens/all"), std::string("/api/v2/audit_logs")}) {
    const std::string shown = app.get(path, app.admin_token).body + app.get(path, app.agent_token).body;
    EXPECT_EQ(shown.find(secret.substr(4)), std::string::npos) << path;
  }
  std::size_t seen = 0;
  for (const std::string& prefix : {auth::keys::tokens_of_workspace(app.workspace()), auth::keys::tokens_of_workspace(core::WorkspaceId{0})}) {
    const auto stored = app.store->snapshot()->scan(prefix, storage::Direction::kForward, 100).value();
    for (const storage::Entry& entry : stored) EXPECT_EQ((entry.key + entry.value).find(secret.substr(4)), std::string::npos);
    seen += stored.size();
  }
  EXPECT_GE(seen, 11U) << "five records, and the index of all six tokens";
}

TEST(ApiTokens, Z_28_TellWhenAndFromWhereTheyWereUsedAndEnd) {
  WebApp app;
  const Browser agent = app.sign_in("agent@example.com");
  const Reply made = app.act(agent, "POST", "/api/v2/api_tokens", R"({"api_token":{"description":"import","expires_in_days":1}})");
  const std::string secret(made.at("api_token", "token").as_string());
  const auto shown = [&] {
    const boost::json::value all = app.act(agent, "GET", "/api/v2/api_tokens").at("api_tokens");
    for (const boost::json::value& each : all.as_array()) {
      if (each.at("description").as_string() == "import") return each;
    }
    return boost::json::value();
  };
  EXPECT_TRUE(shown().at("last_used_at").is_null());
  app.clock.advance(minutes(5));
  EXPECT_EQ(app.get(kMe, secret).status, 200);
  EXPECT_TRUE(shown().at("last_used_at").is_string());
  EXPECT_EQ(shown().at("last_used_ip").as_string(), "192.0.2.1");
  EXPECT_TRUE(shown().at("expires_at").is_string());
  app.clock.advance(hours(24));
  EXPECT_EQ(app.get(kMe, secret).status, 401);
  EXPECT_EQ(app.get(kMe, app.agent_token).status, 200);
}

TEST(Attachments, Z_31_ArePrivateToWhoMayReadTheTicket) {
  WebApp app;
  app.receive("customer@example.org", "A file",
              "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee it.\r\n--b\r\n"
              "Content-Type: text/html; name=a.html\r\nContent-Disposition: attachment; filename=a.html\r\n\r\n<script>1</script>\r\n--b--\r\n");
  const Reply comments = app.get("/api/v2/tickets/1/comments", app.agent_token);
  ASSERT_EQ(comments.status, 200) << comments.body;
  const boost::json::value file = comments.at("comments").as_array().at(0).at("attachments").as_array().at(0);
  const std::string path = fmt::format("/api/v2/attachments/{}/content", file.at("id").to_number<std::uint64_t>());
  const Reply got = app.get(path, app.agent_token);
  ASSERT_EQ(got.status, 200);
  EXPECT_NE(got.field("content-disposition").find("attachment;"), std::string::npos);
  EXPECT_EQ(got.field("content-type"), "application/octet-stream");
  EXPECT_EQ(got.field("cache-control"), "no-store");
  EXPECT_NE(got.field("content-security-policy").find("sandbox"), std::string::npos);
  EXPECT_EQ(app.get(path, "").status, 401) << "no link works without a credential";
  EXPECT_EQ(app.get(path, app.contact_token).status, 403);
  EXPECT_EQ(app.get(path, app.foreign_token).status, 404);
  for (const std::string& more : {"?token=" + app.agent_token, "?access_token=" + app.agent_token}) {
    EXPECT_EQ(app.get(path + more, "").status, 401) << "credentials in addresses end up in logs (ASVS 14.2.1)";
  }
}

TEST(SecurityPolicy, AChangeIsMadeOnlyWhileNobodyElseMadeOne) {
  WebApp app;
  const Browser admin = app.sign_in("admin@example.com");
  const std::string path = "/api/v2/security_policy";
  const std::string tag = app.act(admin, "GET", path).field("etag");
  EXPECT_EQ(tag, "\"0\"");
  const auto put = [&](const std::string& match, int days) {
    Call call{"PUT", path, {}, fmt::format(R"({{"security_policy":{{"second_factor":{{"grace_days":{}}}}}}})", days)};
    call.with("Cookie", admin.cookie).with("X-CSRF-Token", admin.csrf).with("Content-Type", "application/json");
    if (!match.empty()) call.with("If-Match", match);
    return app.send(call);
  };
  const Reply first = put(tag, 3);
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.field("etag"), "\"1\"");
  EXPECT_EQ(put(tag, 4).status, 412);
  for (const char* odd : {"1", "\"", "\"x\"", "W/\"1\"", "\"1\", \"2\""}) EXPECT_EQ(put(odd, 4).status, 412) << odd;
  EXPECT_EQ(app.act(admin, "GET", path).at("security_policy", "second_factor").at("grace_days").to_number<int>(), 3);
  EXPECT_EQ(put("\"1\"", 4).status, 200);
  EXPECT_EQ(put("*", 5).status, 200);
  EXPECT_EQ(put("", 6).status, 200);
  // The same by the revision in the body, as whoever sends back what he read has it.
  const auto put_body = [&](const char* match, int revision) {
    Call call{"PUT", path, {}, fmt::format(R"({{"security_policy":{{"revision":{},"second_factor":{{"grace_days":{}}}}}}})", revision, revision + 10)};
    call.with("Cookie", admin.cookie).with("X-CSRF-Token", admin.csrf).with("Content-Type", "application/json");
    if (*match != '\0') call.with("If-Match", match);
    return app.send(call).status;
  };
  EXPECT_EQ(put_body("", 3), 412);
  EXPECT_EQ(put_body("\"3\"", 4), 412) << "they disagree";
  EXPECT_EQ(put_body("\"4\"", 3), 412);
  EXPECT_EQ(put_body("\"4\"", 4), 200);
  EXPECT_EQ(put_body("", 5), 200);
  EXPECT_EQ(app.act(admin, "GET", path).at("security_policy", "second_factor").at("grace_days").to_number<int>(), 15);
}

TEST(Hsts, Asvs_3_4_1_SubdomainsCanBeLeftOut) {
  web::WebOptions options;
  options.hsts_subdomains = false;
  WebApp app(options);
  EXPECT_EQ(app.send({"GET", "/", {}, ""}).field("strict-transport-security"), "max-age=31536000");
}

}  // namespace
}  // namespace postern::test
