// What the API's description says of comments, held mail, the queue and own domains is what it answers (issue 7: OpenAPI).
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/web/described.h"
#include "tests/web/web_app.h"

namespace postern::test {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

std::string local(const json::value& url) {
  const std::string text(url.as_string());
  return text.substr(text.find("/api/"));
}

TEST(MailSchemas, ConversationsAreAsDescribed) {
  WebApp app;
  const Described described(app);
  app.receive("ann@customer.example", "Refund please",
              "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee file, card 4111 1111 1111 1111\r\n> quoted\r\n--b\r\n"
              "Content-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\nzebra,1\r\n--b--\r\n");
  ASSERT_EQ(app.put("/api/v2/tickets/1", app.agent_token, R"({"ticket":{"type":"question","priority":"high","comment":{"body":"On its way.","public":true}}})").status, 200);
  const Reply ticket = app.get("/api/v2/tickets/1", app.agent_token);
  EXPECT_EQ(described.wrong_with(ticket, "/api/v2/tickets/{id}", "get"), "");
  const Reply comments = app.get("/api/v2/tickets/1/comments", app.admin_token);
  ASSERT_EQ(comments.status, 200) << comments.body;
  ASSERT_EQ(comments.at("comments").as_array().size(), 2U);
  EXPECT_EQ(described.wrong_with(comments, "/api/v2/tickets/{id}/comments", "get"), "");
  EXPECT_EQ(described.wrong_with(app.get("/api/v2/tickets/1/events", app.agent_token), "/api/v2/tickets/{id}/events", "get"), "");
  const Reply file = app.get(local(comments.at("comments").at(0).at("attachments").at(0).at("url")), app.agent_token);
  ASSERT_EQ(file.status, 200) << file.body;
  EXPECT_EQ(described.wrong_with(file, "/api/v2/attachments/{id}", "get"), "");
  const Reply queue = app.get("/api/v2/outbox", app.admin_token);
  ASSERT_EQ(queue.status, 200) << queue.body;
  ASSERT_FALSE(queue.at("outbox").as_array().empty());
  EXPECT_EQ(described.wrong_with(queue, "/api/v2/outbox", "get"), "");
  const Reply entry = app.get(fmt::format("/api/v2/outbox/{}", queue.at("outbox").at(0).at("id").to_number<std::uint64_t>()), app.admin_token);
  EXPECT_EQ(described.wrong_with(entry, "/api/v2/outbox/{id}", "get"), "");
}

TEST(MailSchemas, HeldMailIsAsDescribed) {
  WebApp app;
  const Described described(app);
  app.hold("mallory@spam.example", "You won", "\r\nclick here");
  const Reply list = app.get("/api/v2/suspended_tickets", app.agent_token);
  ASSERT_EQ(list.status, 200) << list.body;
  EXPECT_EQ(described.wrong_with(list, "/api/v2/suspended_tickets", "get"), "");
  EXPECT_EQ(described.wrong_with(app.get("/api/v2/suspended_tickets/count", app.agent_token), "/api/v2/suspended_tickets/count", "get"), "");
  const std::string url = local(list.at("suspended_tickets").at(0).at("url"));
  EXPECT_EQ(described.wrong_with(app.get(url, app.agent_token), "/api/v2/suspended_tickets/{trace}-{inbox}", "get"), "");
  Call call{"PUT", url + "/recover", {}, ""};
  const Reply recovered = app.send(call.with("Authorization", "Bearer " + app.agent_token));
  ASSERT_EQ(recovered.status, 200) << recovered.body;
  EXPECT_EQ(described.wrong_with(recovered, "/api/v2/suspended_tickets/{trace}-{inbox}/recover", "put"), "");
}

TEST(MailSchemas, OwnDomainsAreAsDescribed) {
  WebApp app;
  const Described described(app);
  EXPECT_EQ(described.wrong_with(app.get("/api/v2/mail_domains", app.owner_token), "/api/v2/mail_domains", "get"), "");
  EXPECT_EQ(described.wrong_with(app.get("/api/v2/mail_domains/example.com/dns", app.owner_token), "/api/v2/mail_domains/{domain}/dns", "get"), "");
  EXPECT_GT(described.follow_references(), 100U);
}

TEST(MailSchemas, WordsThatMayBeNothingSayNullAmongThem) {
  WebApp app;
  const Described described(app);
  const json::value& priority = described.schemas.at("TicketWrite").at("properties").at("priority");
  EXPECT_THAT(json::serialize(priority.at("enum")), HasSubstr("\"urgent\",null"));
  EXPECT_THAT(json::serialize(described.schemas.at("Ticket").at("properties").at("type").at("enum")), HasSubstr("\"task\",null"));
}

// Issue 7: text of attachments in the search, from the mail to the answer.
TEST(FileSearchApi, TheTextOfAFileLeadsToItsTicketAndFile) {
  WebApp app;
  app.receive("ann@customer.example", "Refund please",
              "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee file\r\n--b\r\n"
              "Content-Type: text/csv\r\nContent-Disposition: attachment; filename=animals.csv\r\n\r\nzebra,4111 1111 1111 1111\r\n--b--\r\n");
  app.receive("bob@customer.example", "Other", "\r\nhello");
  const Reply found = app.get("/api/v2/search?query=attachment:zebra", app.agent_token);
  ASSERT_EQ(found.status, 200) << found.body;
  ASSERT_EQ(found.at("results").as_array().size(), 1U);
  const json::value hit = found.at("results").at(0);
  EXPECT_THAT(std::string(hit.at("highlights").as_string()), HasSubstr("<mark>zebra</mark>"));
  EXPECT_THAT(std::string(hit.at("highlights").as_string()), testing::Not(HasSubstr("1111 1111 1111")));
  const json::value source = hit.at("highlight_source");
  EXPECT_EQ(source.at("type").as_string(), "attachment");
  EXPECT_EQ(source.at("file_name").as_string(), "animals.csv");
  EXPECT_EQ(source.at("part").as_string(), "text");
  const std::string file = fmt::format("/api/v2/attachments/{}", source.at("attachment_id").to_number<std::uint64_t>());
  EXPECT_EQ(app.get(file, app.agent_token).status, 200);
  EXPECT_EQ(app.get("/api/v2/search/count?query=zebra", app.agent_token).at("count").to_number<int>(), 1);
  EXPECT_EQ(app.get("/api/v2/search/count?query=zebra", app.foreign_token).at("count").to_number<int>(), 0);
}

}  // namespace
}  // namespace postern::test
