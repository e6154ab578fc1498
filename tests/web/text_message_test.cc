// Codes by text message through HTTP (requirement C-08; ASVS 6.6).
#include <fmt/format.h>

#include "auth/second_factors/totp.h"
#include "tests/web/web_app.h"

namespace postern::test {
namespace {

const std::string kAgentLogin = R"({"email":"agent@example.com","password":"correct horse battery staple"})";

class TextApp : public WebApp {
 public:
  TextApp() { clock.advance(std::chrono::hours(1)); }
  Reply allow(bool allows) {
    return act(sign_in("admin@example.com"), "PUT", "/api/v2/security_policy",
               fmt::format(R"({{"security_policy":{{"second_factor":{{"text_messages":{}}}}}}})", allows));
  }
  void add_totp(const Browser& browser) {
    const Reply offer = act(browser, "POST", "/api/v2/two_factor/totp");
    ASSERT_EQ(offer.status, 201) << offer.body;
    secret = std::string(offer.at("totp", "secret").as_string());
    ASSERT_EQ(
        act(browser, "POST", "/api/v2/two_factor/totp/confirm", fmt::format(R"({{"code":"{}"}})", code(-1))).status,
        201);
  }
  std::string code(int steps) const {
    static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string raw;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : secret) {
      if (c == ' ') continue;
      bits = (bits << 5U) | static_cast<std::uint32_t>(kAlphabet.find(c));
      count += 5;
      if (count >= 8) raw += static_cast<char>((bits >> static_cast<unsigned>(count -= 8)) & 0xFFU);
    }
    return auth::totp_code(raw, auth::totp_step(clock.wall_now()) + steps);
  }
  Reply offer(const Browser& browser, const char* number = "+43 660 1234567") {
    return act(browser, "POST", "/api/v2/two_factor/phone", fmt::format(R"({{"number":"{}"}})", number));
  }
  Reply confirm(const Browser& browser, const std::string& typed) {
    return act(browser, "POST", "/api/v2/two_factor/phone/confirm", fmt::format(R"({{"code":"{}"}})", typed));
  }
  Reply begin() { return post("/api/v2/session", "", kAgentLogin); }
  Reply send_text(const std::string& token) {
    return post("/api/v2/session/text_message", "", fmt::format(R"({{"token":"{}"}})", token));
  }
  Reply answer(const std::string& token, const char* field, const std::string& value) {
    return post("/api/v2/session/second_factor", "", fmt::format(R"({{"token":"{}","{}":"{}"}})", token, field, value));
  }
  std::string secret;
};

TEST(TextMessageApi, C_08_FromTheNumberToTheSession) {
  TextApp app;
  ASSERT_EQ(app.allow(true).status, 200);
  const Browser browser = app.WebApp::sign_in("agent@example.com");
  app.add_totp(browser);
  EXPECT_EQ(app.offer(browser, "0660 1234567").status, 422);
  const Reply offered = app.offer(browser);
  ASSERT_EQ(offered.status, 202) << offered.body;
  EXPECT_EQ(offered.body.find("1234567"), std::string::npos);
  ASSERT_EQ(app.text_messages.size(), 1U);
  EXPECT_EQ(offered.body.find(app.text_messages.back().code), std::string::npos);
  EXPECT_EQ(app.confirm(browser, "not it").status, 422);
  ASSERT_EQ(app.confirm(browser, app.text_messages.back().code).status, 204);
  const Reply shown = app.act(browser, "GET", "/api/v2/two_factor");
  EXPECT_TRUE(shown.at("two_factor", "text_messages").at("available").as_bool());
  EXPECT_EQ(shown.at("two_factor", "text_messages").at("number").as_string(),
            "\xE2\x80\xA6"
            "67");

  const Reply pending = app.begin();
  ASSERT_EQ(pending.status, 202);
  EXPECT_NE(pending.body.find("text_message\""), std::string::npos) << pending.body;
  const std::string token(pending.at("sign_in", "token").as_string());
  app.clock.advance(std::chrono::seconds(30));
  ASSERT_EQ(app.send_text(token).status, 202);
  const Reply again = app.send_text(token);
  EXPECT_EQ(again.status, 429);
  EXPECT_EQ(again.field("retry-after"), "30");
  const Reply in = app.answer(token, "text_code", app.text_messages.back().code);
  ASSERT_EQ(in.status, 201) << in.body;
  EXPECT_TRUE(in.at("session", "fresh_until").is_null());
  const std::string cookie = in.field("set-cookie");
  const Browser by_text{cookie.substr(0, cookie.find(';')), std::string(in.at("session", "csrf_token").as_string())};
  EXPECT_EQ(app.act(by_text, "GET", "/api/v2/tickets").status, 200);
  EXPECT_EQ(app.act(by_text, "DELETE", "/api/v2/two_factor/phone").status, 403) << "asks for a proof";
  EXPECT_EQ(app.act(browser, "DELETE", "/api/v2/two_factor/phone").status, 204);
  EXPECT_EQ(app.act(browser, "DELETE", "/api/v2/two_factor/phone").status, 404);
}

TEST(TextMessageApi, IsOffUnlessTheWorkspaceSaysOtherwiseAndNeverForAdmins) {
  TextApp app;
  const Browser browser = app.WebApp::sign_in("agent@example.com");
  app.add_totp(browser);
  EXPECT_EQ(app.offer(browser).status, 403);
  ASSERT_EQ(app.allow(true).status, 200);
  const Browser admin = app.WebApp::sign_in("admin@example.com");
  app.add_totp(admin);
  EXPECT_EQ(app.offer(admin).status, 403);
  EXPECT_FALSE(app.act(admin, "GET", "/api/v2/two_factor").at("two_factor", "text_messages").at("available").as_bool());
  EXPECT_TRUE(app.text_messages.empty());
  app.texts->use({}, {});
  EXPECT_EQ(app.offer(browser).status, 403) << "no gateway";
}

TEST(TextMessageApi, AGatewayThatFailsIsSaidAndTheAppStillSignsIn) {
  TextApp app;
  ASSERT_EQ(app.allow(true).status, 200);
  const Browser browser = app.WebApp::sign_in("agent@example.com");
  app.add_totp(browser);
  ASSERT_EQ(app.offer(browser).status, 202);
  ASSERT_EQ(app.confirm(browser, app.text_messages.back().code).status, 204);
  app.clock.advance(std::chrono::minutes(1));
  const Reply pending = app.begin();
  const std::string token(pending.at("sign_in", "token").as_string());
  app.text_gateway_fails = true;
  const Reply failed = app.send_text(token);
  EXPECT_EQ(failed.status, 502);
  EXPECT_EQ(failed.at("error").as_string(), "TextMessageNotSent");
  EXPECT_NE(failed.body.find("another factor"), std::string::npos);
  EXPECT_EQ(app.answer(token, "code", app.code(0)).status, 201);
  EXPECT_EQ(app.send_text("nonsense").status, 401);
  EXPECT_EQ(app.answer(token, "text_code", "123456\",\"code\":\"123456").status, 422) << "one proof at a time";
}

}  // namespace
}  // namespace postern::test
