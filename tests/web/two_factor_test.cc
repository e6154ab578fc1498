// Second factors, step-up, devices and the sign-in policy through HTTP, with the attacks on them (requirements I0-02, I1-02,
// I1-09, Z-26, Z-34, C-08; ASVS 6.3, 6.5, 7.2, 7.5).
#include <fmt/format.h>

#include "auth/second_factors/totp.h"
#include "core/encoding.h"
#include "tests/support/soft_key.h"
#include "tests/web/web_app.h"

namespace postern::test {
namespace {

const std::string kLogin = R"({"email":"agent@example.com","password":"correct horse battery staple"})";
constexpr const char* kOrigin = "https://help.example.com";

web::WebOptions https_options() {
  web::WebOptions options;
  options.public_origin = kOrigin;
  return options;
}

std::string secret_bytes(std::string_view text) {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    bits = (bits << 5U) | static_cast<std::uint32_t>(kAlphabet.find(c));
    count += 5;
    if (count >= 8) out += static_cast<char>((bits >> static_cast<unsigned>(count -= 8)) & 0xFFU);
  }
  return out;
}

Browser browser_of(const Reply& reply) {
  Browser out;
  const std::string cookie = reply.field("set-cookie");
  out.cookie = cookie.substr(0, cookie.find(';'));
  out.csrf = std::string(reply.at("session", "csrf_token").as_string());
  return out;
}

class FactorApp : public WebApp {
 public:
  FactorApp() : WebApp(https_options()) { clock.advance(std::chrono::hours(1)); }
  std::string code(int steps = 0) { return auth::totp_code(secret, auth::totp_step(clock.wall_now()) + steps); }
  // The agent gets an authenticator app; what the confirmation answered.
  Reply add_totp(const Browser& browser) {
    const Reply offer = act(browser, "POST", "/api/v2/two_factor/totp");
    EXPECT_EQ(offer.status, 201) << offer.body;
    secret = secret_bytes(std::string(offer.at("totp", "secret").as_string()));
    EXPECT_TRUE(offer.at("totp", "qr_svg").as_string().starts_with("<svg "));
    return act(browser, "POST", "/api/v2/two_factor/totp/confirm", fmt::format(R"({{"code":"{}"}})", code(-1)));
  }
  std::string pending() {
    const Reply reply = post("/api/v2/session", "", kLogin);
    EXPECT_EQ(reply.status, 202) << reply.body;
    EXPECT_FALSE(reply.has("set-cookie"));
    return std::string(reply.at("sign_in", "token").as_string());
  }
  Reply answer(const std::string& token, const std::string& field, const std::string& value, bool remembers = false) {
    return post("/api/v2/session/second_factor", "", fmt::format(R"({{"token":"{}","{}":"{}","remember_device":{}}})", token, field, value, remembers));
  }
  std::string key_json(SoftKey& key, const std::string& challenge, const SoftKey::Lies& lies = {}) {
    const auto raw = core::from_base64url(challenge);
    const SoftKey::Made made = key.get(raw.value_or(""), lies);
    return fmt::format(R"({{"rawId":"{}","type":"public-key","response":{{"clientDataJSON":"{}","authenticatorData":"{}","signature":"{}"}}}})",
                       core::to_base64url(key.id()), core::to_base64url(made.client_data_json), core::to_base64url(made.authenticator_data),
                       core::to_base64url(made.signature));
  }
  Reply add_key(const Browser& browser, SoftKey& key) {
    const Reply offer = act(browser, "POST", "/api/v2/two_factor/passkeys/challenge");
    EXPECT_EQ(offer.status, 201) << offer.body;
    EXPECT_EQ(offer.at("public_key", "rp").at("id").as_string(), "help.example.com");
    const SoftKey::Made made = key.create(*core::from_base64url(std::string(offer.at("public_key", "challenge").as_string())));
    return act(browser, "POST", "/api/v2/two_factor/passkeys",
               fmt::format(R"({{"name":"Blue","credential":{{"rawId":"{}","response":{{"clientDataJSON":"{}","authenticatorData":"{}"}}}}}})",
                           core::to_base64url(key.id()), core::to_base64url(made.client_data_json), core::to_base64url(made.authenticator_data)));
  }
  std::string challenge(const std::string& token) {
    const Reply reply = post("/api/v2/session/challenge", "", token.empty() ? "{}" : fmt::format(R"({{"token":"{}"}})", token));
    EXPECT_EQ(reply.status, 200) << reply.body;
    return std::string(reply.at("public_key", "challenge").as_string());
  }
  std::string secret;
};

TEST(TwoFactor, I0_02_SetsUpAnAppAndSignsInWithIt) {
  FactorApp app;
  const Browser first = app.sign_in("agent@example.com");
  const Reply added = app.add_totp(first);
  ASSERT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(added.at("recovery_codes").as_array().size(), 10U);
  const Reply shown = app.act(first, "GET", "/api/v2/two_factor");
  EXPECT_TRUE(shown.at("two_factor", "totp").at("enabled").as_bool());
  EXPECT_EQ(shown.body.find("secret"), std::string::npos);

  const std::string token = app.pending();
  EXPECT_EQ(app.answer(token, "code", "000").status, 401);
  const Reply in = app.answer(token, "code", app.code());
  ASSERT_EQ(in.status, 201) << in.body;
  EXPECT_EQ(app.act(browser_of(in), "GET", "/api/v2/users/me").status, 200);
  EXPECT_EQ(boost::json::serialize(in.at("session", "methods")), R"(["password","totp"])");
}

TEST(TwoFactor, AsvsV7_2_4_WhatIsPendingIsNoSessionAndTheSessionIsNewAtTheSecondStep) {
  FactorApp app;
  ASSERT_EQ(app.add_totp(app.sign_in("agent@example.com")).status, 201);
  const std::string token = app.pending();
  for (const char* path : {"/api/v2/users/me", "/api/v2/two_factor", "/api/v2/session"}) {
    EXPECT_EQ(app.send(Call{"GET", path, {}, ""}.with("Cookie", "__Host-postern=" + token)).status, 401);
    EXPECT_EQ(app.get(path, token).status, 401);
  }
  // A cookie that somebody planted before is not taken over.
  Call planted{"POST", "/api/v2/session/second_factor", {}, fmt::format(R"({{"token":"{}","code":"{}"}})", token, app.code())};
  const Reply in = app.send(planted.with("Content-Type", "application/json").with("Cookie", "__Host-postern=" + std::string(43, 'A')));
  ASSERT_EQ(in.status, 201) << in.body;
  EXPECT_EQ(in.field("set-cookie").find(std::string(43, 'A')), std::string::npos);
  EXPECT_EQ(in.field("set-cookie").find(token), std::string::npos);
  EXPECT_EQ(app.answer(token, "code", app.code(1)).status, 401);  // replayed
}

TEST(TwoFactor, AsvsV6_5_1_CodesAndRecoveryCodesWorkOnce) {
  FactorApp app;
  const Reply added = app.add_totp(app.sign_in("agent@example.com"));
  const std::string code = app.code();
  EXPECT_EQ(app.answer(app.pending(), "code", code).status, 201);
  EXPECT_EQ(app.answer(app.pending(), "code", code).status, 401);
  const std::string recovery(added.at("recovery_codes").as_array().at(0).as_string());
  EXPECT_EQ(app.answer(app.pending(), "recovery_code", recovery).status, 201);
  EXPECT_EQ(app.answer(app.pending(), "recovery_code", recovery).status, 401);
  EXPECT_EQ(app.notices.back().what, auth::NoticeOf::kNewDevice);
}

TEST(TwoFactor, AResetLinkDoesNotGoPastTheSecondFactor) {
  FactorApp app;
  ASSERT_EQ(app.add_totp(app.sign_in("agent@example.com")).status, 201);
  auth::Principal by;
  by.workspace = app.workspace();
  by.role = auth::Role::kOwner;
  by.method = auth::Method::kOperator;
  const std::string link = app.run(app.accounts->new_enrolment(by, app.agent.id)).value();
  const Reply set = app.post("/api/v2/enrolment", "", fmt::format(R"({{"token":"{}","password":"another long password"}})", link));
  ASSERT_EQ(set.status, 202) << set.body;
  EXPECT_FALSE(set.has("set-cookie"));
  EXPECT_EQ(app.answer(std::string(set.at("sign_in", "token").as_string()), "code", app.code()).status, 201);
}

TEST(TwoFactor, I0_02_KeysBesideThePasswordAndPasskeysWithoutIt) {
  FactorApp app;
  SoftKey key("help.example.com", kOrigin);
  const Browser browser = app.sign_in("agent@example.com");
  ASSERT_EQ(app.add_key(browser, key).status, 201);
  EXPECT_EQ(app.add_key(browser, key).status, 409);
  const std::string token = app.pending();
  const std::string asked = app.challenge(token);
  const std::string good = app.key_json(key, asked);
  EXPECT_EQ(app.post("/api/v2/session/second_factor", "", fmt::format(R"({{"token":"{}","credential":{}}})", token, good)).status, 201);
  EXPECT_EQ(app.post("/api/v2/session/second_factor", "", fmt::format(R"({{"token":"{}","credential":{}}})", app.pending(), good)).status, 401);

  auto passwordless = [&](const SoftKey::Lies& lies) {
    return app.post("/api/v2/session/passkey", "", fmt::format(R"({{"credential":{}}})", app.key_json(key, app.challenge(""), lies)));
  };
  const Reply in = passwordless({});
  ASSERT_EQ(in.status, 201) << in.body;
  EXPECT_EQ(in.at("user", "email").as_string(), "agent@example.com");
  SoftKey::Lies unverified;
  unverified.flags = 0x01;
  SoftKey::Lies elsewhere;
  elsewhere.origin = "https://evil.example";
  for (const SoftKey::Lies& lies : {unverified, elsewhere}) EXPECT_EQ(passwordless(lies).status, 401);
  EXPECT_EQ(app.post("/api/v2/session/passkey", "", R"({"credential":{"rawId":"?","response":7}})").status, 422);
  EXPECT_EQ(app.post("/api/v2/session/passkey", "", "{}").status, 422);
}

TEST(StepUp, AsvsV7_5_3_WaysInAreMadeShortlyAfterAProofOnly) {
  FactorApp app;
  Browser browser = app.sign_in("agent@example.com");
  const char* make = R"({"api_token":{"description":"x"}})";
  EXPECT_EQ(app.act(browser, "POST", "/api/v2/api_tokens", make).status, 201);
  app.clock.advance(std::chrono::minutes(15));
  const Reply stale = app.act(browser, "POST", "/api/v2/api_tokens", make);
  EXPECT_EQ(stale.status, 403);
  EXPECT_EQ(stale.at("type").as_string(), "urn:postern:problem:fresh-factor-required");
  EXPECT_EQ(app.act(browser, "GET", "/api/v2/users/me").status, 200);
  EXPECT_EQ(app.act(browser, "POST", "/api/v2/session/proof", R"({"password":"wrong wrong wrong"})").status, 422);
  EXPECT_EQ(app.act(browser, "POST", "/api/v2/api_tokens", make).status, 403);
  const Reply proved = app.act(browser, "POST", "/api/v2/session/proof", fmt::format(R"({{"password":"{}"}})", WebApp::kPassword));
  ASSERT_EQ(proved.status, 200) << proved.body;
  const Browser after = browser_of(proved);
  EXPECT_NE(after.cookie, browser.cookie);
  EXPECT_EQ(app.act(browser, "GET", "/api/v2/users/me").status, 401);
  EXPECT_EQ(app.act(after, "POST", "/api/v2/api_tokens", make).status, 201);
}

TEST(StepUp, APasswordIsNoProofForThoseWithAFactorAndATokenIsNoneAtAll) {
  FactorApp app;
  const Browser browser = app.sign_in("agent@example.com");
  ASSERT_EQ(app.add_totp(browser).status, 201);
  app.clock.advance(std::chrono::minutes(20));
  EXPECT_EQ(app.act(browser, "DELETE", "/api/v2/two_factor/totp").status, 403);
  EXPECT_EQ(app.act(browser, "POST", "/api/v2/session/proof", fmt::format(R"({{"password":"{}"}})", WebApp::kPassword)).status, 422);
  for (const char* path : {"/api/v2/session/proof", "/api/v2/session/proof/challenge", "/api/v2/two_factor/totp", "/api/v2/two_factor/recovery_codes"}) {
    EXPECT_EQ(app.post(path, app.agent_token, fmt::format(R"({{"code":"{}"}})", app.code())).status, 403) << path;
  }
  EXPECT_EQ(app.get("/api/v2/two_factor", app.agent_token).status, 403);
  const Reply proved = app.act(browser, "POST", "/api/v2/session/proof", fmt::format(R"({{"code":"{}"}})", app.code()));
  ASSERT_EQ(proved.status, 200) << proved.body;
  EXPECT_EQ(app.act(browser_of(proved), "DELETE", "/api/v2/two_factor/totp").status, 204);
}

TEST(StepUp, AProofNeedsTheCsrfTokenAndOneAnswer) {
  FactorApp app;
  Browser browser = app.sign_in("agent@example.com");
  EXPECT_EQ(app.act(browser, "POST", "/api/v2/session/proof", R"({"code":"1","recovery_code":"2"})").status, 422);
  EXPECT_EQ(app.act(browser, "POST", "/api/v2/session/proof", "{}").status, 422);
  browser.csrf = "wrong";
  EXPECT_EQ(app.act(browser, "POST", "/api/v2/session/proof", fmt::format(R"({{"password":"{}"}})", WebApp::kPassword)).status, 403);
}

TEST(DevicesApi, Z_34_AreListedRenamedAndForgottenByTheirOwner) {
  FactorApp app;
  Browser browser = app.sign_in("agent@example.com");
  EXPECT_EQ(app.notices.size(), 1U);
  EXPECT_EQ(app.notices.at(0).what, auth::NoticeOf::kNewDevice);
  const Reply list = app.act(browser, "GET", "/api/v2/devices");
  ASSERT_EQ(list.at("devices").as_array().size(), 1U);
  const auto id = list.at("devices").as_array().at(0).at("id").to_number<std::uint64_t>();
  const std::string path = fmt::format("/api/v2/devices/{}", id);
  const Browser other = app.sign_in("admin@example.com");
  EXPECT_EQ(app.act(other, "DELETE", path).status, 404);
  EXPECT_EQ(app.act(other, "PUT", path, R"({"name":"Mine"})").status, 404);
  EXPECT_EQ(app.act(browser, "PUT", path, R"({"name":"Card 4111 1111 1111 1111"})").status, 204);
  const Reply renamed = app.act(browser, "GET", "/api/v2/devices");
  EXPECT_EQ(renamed.body.find("4111 1111 1111 1111"), std::string::npos);
  EXPECT_EQ(app.act(browser, "DELETE", path).status, 204);
  EXPECT_TRUE(app.act(browser, "GET", "/api/v2/devices").at("devices").as_array().empty());
}

TEST(DevicesApi, Z_26_ARememberedOneIsAHostCookieOfItsUser) {
  FactorApp app;
  ASSERT_EQ(app.add_totp(app.sign_in("agent@example.com")).status, 201);
  const Reply in = app.answer(app.pending(), "code", app.code(), true);
  ASSERT_EQ(in.status, 201);
  const std::string name = "__Host-postern-device-" + core::to_base32(app.agent.id.value);
  std::string cookie;
  for (const auto& [field, value] : in.fields) {
    if (value.starts_with(name + "=")) cookie = value;
  }
  ASSERT_FALSE(cookie.empty());
  for (const char* attribute : {"; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"}) EXPECT_NE(cookie.find(attribute), std::string::npos);
  Call again{"POST", "/api/v2/session", {}, kLogin};
  again.with("Content-Type", "application/json").with("Cookie", cookie.substr(0, cookie.find(';')));
  EXPECT_EQ(app.send(again).status, 201);
  app.clock.advance(std::chrono::hours(30 * 24));
  EXPECT_EQ(app.send(again).status, 202);
}

TEST(SecurityPolicy, I1_02_PastTheGraceOnlyEnrollingWorks) {
  FactorApp app;
  const Browser admin = app.sign_in("admin@example.com");
  const char* demand = R"({"security_policy":{"second_factor":{"required_of":"everybody","grace_days":1}}})";
  const Reply changed = app.act(admin, "PUT", "/api/v2/security_policy", demand);
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.at("security_policy", "second_factor").at("required_of").as_string(), "everybody");
  const Reply missing = app.act(admin, "GET", "/api/v2/security_policy/missing");
  EXPECT_EQ(missing.at("count").to_number<int>(), 3);
  Browser agent = app.sign_in("agent@example.com");
  EXPECT_EQ(app.act(agent, "GET", "/api/v2/tickets").status, 200);
  app.clock.advance(std::chrono::hours(24));
  agent = app.sign_in("agent@example.com");
  const Reply refused = app.act(agent, "GET", "/api/v2/tickets");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.at("type").as_string(), "urn:postern:problem:second-factor-required");
  EXPECT_TRUE(app.act(agent, "GET", "/api/v2/session").at("session", "must_enrol").as_bool());
  EXPECT_TRUE(app.post("/api/v2/session", "", kLogin).at("session", "must_enrol").as_bool()) << "the answer that opens it says so too";
  ASSERT_EQ(app.add_totp(agent).status, 201);
  EXPECT_EQ(app.act(agent, "GET", "/api/v2/tickets").status, 200);
}

// Who demands it of himself at once, and has none, says that he means it.
TEST(SecurityPolicy, ADemandThatShutsItsAuthorOutHasToBeConfirmed) {
  FactorApp app;
  const Browser admin = app.sign_in("admin@example.com");
  const auto put = [&](const Browser& by, const char* of, int days, const char* more) {
    return app.act(by, "PUT", "/api/v2/security_policy",
                   fmt::format(R"({{"security_policy":{{{}"second_factor":{{"required_of":"{}","grace_days":{}}}}}}})", more, of, days));
  };
  const Reply refused = put(admin, "everybody", 0, "");
  EXPECT_EQ(refused.status, 422);
  EXPECT_NE(refused.body.find("confirm_lockout"), std::string::npos) << refused.body;
  EXPECT_EQ(app.act(admin, "GET", "/api/v2/security_policy").at("security_policy").at("revision").to_number<int>(), 0);
  EXPECT_EQ(put(admin, "everybody", 7, "").status, 200) << "there is time";
  EXPECT_EQ(put(admin, "everybody", 0, "").status, 422) << "a shorter time is over as well";
  EXPECT_EQ(put(admin, "none", 0, "").status, 200);
  EXPECT_EQ(put(admin, "admins", 0, "\"confirm_lockout\":true,").status, 200);
  EXPECT_EQ(put(admin, "none", 0, "").status, 403) << "it was meant";
  ASSERT_EQ(app.add_totp(admin).status, 201);
  EXPECT_EQ(put(admin, "everybody", 0, "").status, 200) << "who has one is not shut out";
}

TEST(SecurityPolicy, IsForAdminsFreshAndWithinBounds) {
  FactorApp app;
  const Browser agent = app.sign_in("agent@example.com");
  EXPECT_EQ(app.act(agent, "GET", "/api/v2/security_policy").status, 403);
  EXPECT_EQ(app.act(agent, "GET", "/api/v2/security_policy/missing").status, 403);
  const Browser admin = app.sign_in("admin@example.com");
  auto put = [&](const char* fields) {
    return app.act(admin, "PUT", "/api/v2/security_policy", fmt::format(R"({{"security_policy":{{"second_factor":{{{}}}}}}})", fields)).status;
  };
  EXPECT_EQ(put(R"("required_of":"some")"), 422);
  EXPECT_EQ(put(R"("grace_days":91)"), 422);
  EXPECT_EQ(put(R"("trusted_devices":"no")"), 422);
  EXPECT_EQ(put(R"("grace_days":90)"), 200);
  EXPECT_EQ(app.put("/api/v2/security_policy", app.admin_token, "{}").status, 403);
  app.clock.advance(std::chrono::minutes(15));
  EXPECT_EQ(put(R"("grace_days":0)"), 403);
}

TEST(SecurityPolicy, AdminsTakeLostFactorsFromOthersNotFromThoseAbove) {
  FactorApp app;
  const Browser agent = app.sign_in("agent@example.com");
  ASSERT_EQ(app.add_totp(agent).status, 201);
  const std::string path = fmt::format("/api/v2/users/{}/two_factor", app.agent.id.value);
  EXPECT_EQ(app.act(agent, "DELETE", path).status, 403);
  const Browser admin = app.sign_in("admin@example.com");
  EXPECT_EQ(app.act(admin, "DELETE", fmt::format("/api/v2/users/{}/two_factor", app.owner.id.value)).status, 403);
  EXPECT_EQ(app.act(admin, "DELETE", fmt::format("/api/v2/users/{}/two_factor", app.foreign_agent.id.value)).status, 404);
  EXPECT_EQ(app.act(admin, "DELETE", path).status, 204);
  EXPECT_EQ(app.act(agent, "GET", "/api/v2/users/me").status, 401);
  EXPECT_EQ(app.post("/api/v2/session", "", kLogin).status, 201);
}

}  // namespace
}  // namespace postern::test
