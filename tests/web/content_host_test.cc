// What customers sent comes from a name of its own, by links that are over soon (ASVS 5.0 V3.5.4, Z-31).
#include <fmt/format.h>

#include "tests/web/web_app.h"
#include "web/server/content_host.h"
#include "web/server/security_headers.h"

namespace postern::test {
namespace {

constexpr const char* kPage = "https://desk.example.com";
constexpr const char* kContent = "https://content.example.net:8443";
constexpr const char* kContentHost = "content.example.net:8443";

web::WebOptions apart() {
  web::WebOptions options;
  options.public_origin = kPage;
  options.content_origin = kContent;
  return options;
}

struct ContentHost : testing::Test {
  ContentHost() {
    ticket = app.receive("ann@customer.example", "Html",
                         "Content-Type: text/html; charset=utf-8\r\n\r\n<p>Hello <b>you</b></p><script>alert(1)</script>");
    const auto comment = app.get(fmt::format("/api/v2/tickets/{}/comments", ticket.value), app.agent_token).at("comments").at(0);
    html = fmt::format("/api/v2/tickets/{}/comments/{}/html", ticket.value, boost::json::value_to<std::uint64_t>(comment.at("id")));
    browser = app.sign_in("agent@example.com");
  }
  // The link's path at the content host; empty when there is none.
  std::string link_of(const std::string& path) {
    const Reply sent = app.act(browser, "GET", path);
    EXPECT_EQ(sent.status, 302) << sent.body;
    const std::string location = sent.field("location");
    EXPECT_TRUE(location.starts_with(std::string(kContent) + "/c/")) << location;
    return location.size() > std::string_view(kContent).size() ? location.substr(std::string_view(kContent).size()) : std::string();
  }
  Reply at_content(const std::string& path, const std::string& verb = "GET", const char* host = kContentHost) {
    return app.send(Call{verb, path, {}, ""}.with("Host", host));
  }

  WebApp app{apart()};
  core::TicketId ticket;
  std::string html;
  Browser browser;
};

TEST_F(ContentHost, Asvs_3_5_4_BrowsersGetWhatCustomersSentFromAnotherOrigin) {
  const Reply document = at_content(link_of(html));
  ASSERT_EQ(document.status, 200) << document.body;
  EXPECT_NE(document.body.find("<b>you</b>"), std::string::npos);
  const std::string policy = document.field("content-security-policy");
  EXPECT_TRUE(policy.starts_with("sandbox")) << policy;
  EXPECT_NE(policy.find(fmt::format("frame-ancestors {}", kPage)), std::string::npos) << policy;
  EXPECT_FALSE(document.has("x-frame-options")) << "it knows no other origin and would forbid the page's frame";
  EXPECT_EQ(document.field("cross-origin-resource-policy"), "cross-origin");
  EXPECT_EQ(document.field("access-control-allow-origin"), kPage);
  EXPECT_EQ(document.field("access-control-allow-credentials"), "");
  EXPECT_EQ(document.field("cache-control"), "no-store");
}

TEST_F(ContentHost, ProgramsGetTheBytesWhereTheyAsk) {
  EXPECT_EQ(app.get(html, app.agent_token).status, 200);
}

TEST_F(ContentHost, Z31_ALinkIsOverSoonAndWithItsSession) {
  const std::string link = link_of(html);
  app.clock.advance(std::chrono::minutes(4));
  EXPECT_EQ(at_content(link).status, 200);
  app.clock.advance(std::chrono::minutes(2));
  EXPECT_EQ(at_content(link).status, 404);
  const std::string another = link_of(html);
  EXPECT_EQ(at_content(another).status, 200);
  EXPECT_EQ(app.act(browser, "DELETE", "/api/v2/session").status / 100, 2);
  EXPECT_EQ(at_content(another).status, 404);
}

TEST_F(ContentHost, Z31_NothingOfALinkCanBeChanged) {
  const std::string link = link_of(html + "?a=1");
  ASSERT_EQ(at_content(link).status, 200);
  const std::size_t mac = std::string_view("/c/").size();
  const std::size_t whose = link.find('/', mac) + 1;
  for (std::size_t i = mac; i < link.size(); ++i) {
    std::string forged = link;
    forged[i] = forged[i] == '1' ? '2' : '1';
    EXPECT_EQ(at_content(forged).status, 404) << forged;
  }
  EXPECT_EQ(at_content(link + "&b=2").status, 404);
  EXPECT_EQ(at_content(link.substr(0, whose)).status, 404);
  EXPECT_EQ(at_content("/c//" + link.substr(whose)).status, 404);
  EXPECT_EQ(at_content("/c/").status, 404);
  EXPECT_EQ(at_content("/c/x/1.2.3").status, 404);
}

TEST_F(ContentHost, NothingElseStandsThere) {
  for (const char* path : {"/", "/ui/", "/api/v2/users/me", "/api/v2/openapi", "/.well-known/security.txt", "/enrol"}) {
    EXPECT_EQ(at_content(path).status, 404) << path;
    EXPECT_EQ(at_content(path, "GET", "CONTENT.example.net:8443").status, 404) << path;
  }
  const std::string link = link_of(html);
  EXPECT_EQ(at_content(link, "POST").status, 404);
  EXPECT_EQ(at_content(link, "DELETE").status, 404);
  // No cookie and no token counts there, so that what runs there could do nothing with them.
  EXPECT_EQ(app.send(Call{"GET", html, {}, ""}.with("Host", kContentHost).with("Authorization", "Bearer " + app.agent_token)).status, 404);
  EXPECT_EQ(app.send(Call{"GET", html, {}, ""}.with("Host", kContentHost).with("Cookie", browser.cookie)).status, 404);
  EXPECT_EQ(app.send(Call{"GET", link, {}, ""}.with("Host", "desk.example.com")).status, 404) << "and links lead nowhere else";
}

TEST_F(ContentHost, OnlyContentIsLinked) {
  const Reply ticket_itself = app.act(browser, "GET", fmt::format("/api/v2/tickets/{}", ticket.value));
  EXPECT_EQ(ticket_itself.status, 200);
}

TEST_F(ContentHost, ItsUserMustStillBeAllowed) {
  const std::string link = link_of(html);
  ASSERT_TRUE(app.run(app.accounts->set_disabled(app.operator_of("main"), app.agent.id, true)));
  EXPECT_EQ(at_content(link).status, 404);
}

TEST(PagePolicy, NamesTheContentHostForShowingAndReadingOnly) {
  const std::string policy = web::page_policy("abc", apart());
  for (const char* what : {"frame-src", "img-src", "connect-src"}) EXPECT_NE(policy.find(fmt::format("{} 'self' {}", what, kContent)), std::string::npos) << policy;
  EXPECT_NE(policy.find("script-src 'nonce-abc';"), std::string::npos) << policy;
  EXPECT_EQ(web::page_policy("abc", web::WebOptions()).find("frame-src"), std::string::npos);
}

}  // namespace
}  // namespace postern::test
