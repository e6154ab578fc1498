// Mail that was held back, over the API: who sees it, pages, recovering, deleting, the audit log.
#include <fmt/format.h>

#include "tests/web/web_app.h"

namespace postern::test {
namespace {

constexpr const char* kPath = "/api/v2/suspended_tickets";

Reply erase(WebApp& app, const std::string& path, const std::string& token) {
  Call call{"DELETE", path, {}, ""};
  return app.send(call.with("Authorization", "Bearer " + token));
}

Reply recover(WebApp& app, const std::string& url, const std::string& token) {
  Call call{"PUT", url + "/recover", {}, ""};
  return app.send(call.with("Authorization", "Bearer " + token));
}

std::string first_url(WebApp& app) {
  return std::string(app.get(kPath, app.agent_token).at("suspended_tickets").at(0).at("url").as_string());
}

std::vector<std::string> audited(WebApp& app) {
  std::vector<std::string> out;
  const boost::json::value log = app.get("/api/v2/audit_logs?page[size]=20", app.admin_token).at("audit_logs");
  for (const auto& each : log.as_array()) {
    bool is_the_agent = !each.at("actor_id").is_null() && each.at("actor_id").to_number<std::uint64_t>() == app.agent.id.value;
    std::string action(each.at("action").as_string());
    if (is_the_agent && action.starts_with("mail.")) out.push_back(std::move(action));
  }
  return out;
}

TEST(Suspended, ListShowsWhyAndFromWhom) {
  WebApp app;
  app.hold("mallory@spam.example", "You won", "\r\nclick here, card 4111 1111 1111 1111");
  EXPECT_TRUE(app.get("/api/v2/tickets", app.agent_token).at("tickets").as_array().empty());
  Reply list = app.get(kPath, app.agent_token);
  ASSERT_EQ(list.status, 200) << list.body;
  const boost::json::value mails = list.at("suspended_tickets");
  ASSERT_EQ(mails.as_array().size(), 1U);
  const boost::json::value mail = mails.at(0);
  EXPECT_EQ(mail.at("cause").as_string(), "spam");
  EXPECT_EQ(mail.at("score").to_number<double>(), 7.5);
  EXPECT_EQ(mail.at("author").at("email").as_string(), "mallory@spam.example");
  EXPECT_EQ(mail.at("subject").as_string(), "You won");
  EXPECT_EQ(mail.at("recipient").as_string(), "support@example.com");
  EXPECT_EQ(mail.at("verdicts").at("spf").at("result").as_string(), "pass");
  EXPECT_EQ(mail.at("url").as_string(), fmt::format("https://help.example.com{}/{}", kPath, std::string_view(mail.at("id").as_string())));
  Reply count = app.get("/api/v2/suspended_tickets/count", app.agent_token);
  EXPECT_EQ(count.at("count", "value").to_number<int>(), 1);
  EXPECT_FALSE(count.at("count", "has_more").as_bool());
}

TEST(Suspended, OneShowsItsRedactedText) {
  WebApp app;
  app.hold("mallory@spam.example", "You won",
           "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nclick, card 4111 1111 1111 1111\r\n--b\r\n"
           "Content-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nabc\r\n--b--\r\n");
  Reply one = app.get(first_url(app), app.agent_token);
  ASSERT_EQ(one.status, 200) << one.body;
  EXPECT_NE(one.body.find("click"), std::string::npos);
  EXPECT_EQ(one.body.find("4111 1111 1111 1111"), std::string::npos);
  EXPECT_FALSE(one.at("suspended_ticket", "content_truncated").as_bool());
  const boost::json::value files = one.at("suspended_ticket", "attachments");
  ASSERT_EQ(files.as_array().size(), 1U);
  EXPECT_EQ(files.at(0).at("file_name").as_string(), "a.txt");
  EXPECT_EQ(app.get(fmt::format("{}/12-34", kPath), app.agent_token).status, 404);
  EXPECT_EQ(app.get(fmt::format("{}/12", kPath), app.agent_token).status, 404);
}

TEST(Suspended, PagesByCursorWithoutGapsOrRepeats) {
  WebApp app;
  for (int i = 0; i < 5; ++i) app.hold("mallory@spam.example", fmt::format("S{}", i), "\r\nbuy");
  std::string path = fmt::format("{}?page%5Bsize%5D=2", kPath);
  std::vector<std::string> subjects;
  std::size_t pages = 0;
  for (; pages < 5 && !path.empty(); ++pages) {
    Reply reply = app.get(path, app.agent_token);
    ASSERT_EQ(reply.status, 200) << reply.body;
    const boost::json::value mails = reply.at("suspended_tickets");
    for (const auto& each : mails.as_array()) subjects.emplace_back(each.at("subject").as_string());
    boost::json::value next = reply.at("links", "next");
    path = next.is_null() ? std::string() : std::string(next.as_string());
  }
  EXPECT_EQ(subjects, (std::vector<std::string>{"S4", "S3", "S2", "S1", "S0"}));
  EXPECT_EQ(pages, 3U);
  EXPECT_EQ(app.get(fmt::format("{}?page[size]=101", kPath), app.agent_token).status, 422);
  EXPECT_EQ(app.get(fmt::format("{}?page[after]=x", kPath), app.agent_token).status, 422);
}

TEST(Suspended, AnAgentMakesTheTicketOfItsSender) {
  WebApp app;
  app.hold("ann@customer.example", "Where is my order", "\r\nhello");
  const std::string url = first_url(app);
  Reply made = recover(app, url, app.agent_token);
  ASSERT_EQ(made.status, 200) << made.body;
  const std::string requester = std::to_string(made.at("ticket", "requester_id").to_number<std::uint64_t>());
  Reply user = app.get("/api/v2/users/" + requester, app.agent_token);
  EXPECT_EQ(user.at("user", "email").as_string(), "ann@customer.example");
  EXPECT_EQ(made.at("ticket", "subject").as_string(), "Where is my order");
  EXPECT_EQ(app.get("/api/v2/tickets", app.agent_token).at("tickets").as_array().size(), 1U);
  EXPECT_TRUE(app.get(kPath, app.agent_token).at("suspended_tickets").as_array().empty());
  EXPECT_EQ(recover(app, url, app.agent_token).status, 404);
  EXPECT_EQ(audited(app), (std::vector<std::string>{"mail.recovered"}));
}

TEST(Suspended, AnAgentDeletesIt) {
  WebApp app;
  app.hold("mallory@spam.example", "You won", "\r\nbuy");
  const std::string url = first_url(app);
  EXPECT_EQ(erase(app, url, app.agent_token).status, 204);
  EXPECT_EQ(erase(app, url, app.agent_token).status, 404);
  EXPECT_EQ(app.get("/api/v2/suspended_tickets/count", app.agent_token).at("count", "value").to_number<int>(), 0);
  EXPECT_TRUE(app.get("/api/v2/tickets", app.agent_token).at("tickets").as_array().empty());
  EXPECT_EQ(audited(app), (std::vector<std::string>{"mail.deleted"}));
}

TEST(Suspended, NobodyElseReachesIt) {
  WebApp app;
  app.hold("mallory@spam.example", "You won", "\r\nbuy");
  const std::string url = first_url(app);
  EXPECT_TRUE(app.get(kPath, app.foreign_token).at("suspended_tickets").as_array().empty());
  EXPECT_EQ(app.get(url, app.foreign_token).status, 404);
  EXPECT_EQ(recover(app, url, app.foreign_token).status, 404);
  EXPECT_EQ(erase(app, url, app.foreign_token).status, 404);
  EXPECT_EQ(recover(app, url, app.contact_token).status, 403);
  EXPECT_EQ(erase(app, url, app.contact_token).status, 403);
  EXPECT_EQ(app.get(kPath, app.agent_token).at("suspended_tickets").as_array().size(), 1U);
}

}  // namespace
}  // namespace postern::test
