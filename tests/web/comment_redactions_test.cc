// Removal by hand in the shapes of the Zendesk API, with the real engine and rewriting below (requirement Z-35).
#include <fmt/format.h>

#include "tests/web/web_app.h"

namespace postern::test {
namespace {

constexpr const char* kBody =
    "Content-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    "<p>My name is <b>Vio</b>let Example, see <a href=\"http://x.test/me\">me</a></p>\r\n--b1\r\n"
    "Content-Type: text/plain; name=\"note.txt\"\r\nContent-Disposition: attachment; filename=\"note.txt\"\r\n\r\n"
    "Signed: Violet Example\r\n--b1--\r\n";

class CommentRedactions : public ::testing::Test {
 protected:
  CommentRedactions() : ticket(app.receive("v@customer.example", "From Violet Example", kBody)) {
    const boost::json::value first = comments().at(0);
    comment = first.at("id").to_number<std::uint64_t>();
    file = first.at("attachments").at(0).at("id").to_number<std::uint64_t>();
    file_url = std::string(first.at("attachments").at(0).at("content_url").as_string());
  }
  boost::json::value comments() {
    return app.get(fmt::format("/api/v2/tickets/{}/comments", ticket.value), app.agent_token).at("comments");
  }
  std::string text_path() const { return fmt::format("/api/v2/tickets/{}/comments/{}/redact", ticket.value, comment); }
  std::string file_path() const {
    return fmt::format("/api/v2/tickets/{}/comments/{}/attachments/{}/redact", ticket.value, comment, file);
  }
  std::string marked_path() const { return fmt::format("/api/v2/comment_redactions/{}", comment); }
  std::string raw() { return app.get(fmt::format("/api/v2/tickets/{}/comments/{}/raw", ticket.value, comment), app.agent_token).body; }

  WebApp app;
  core::TicketId ticket;
  std::uint64_t comment = 0;
  std::uint64_t file = 0;
  std::string file_url;
};

TEST_F(CommentRedactions, AStringLeavesTheCommentAndItsCopies) {
  const Reply reply = app.put(text_path() + ".json", app.admin_token, R"({"text":"Violet Example"})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("comment", "id").to_number<std::uint64_t>(), comment);
  const std::string body(reply.at("comment", "plain_body").as_string());
  EXPECT_NE(body.find("My name is ▇▇▇▇▇▇ ▇▇▇▇▇▇▇"), std::string::npos) << body;
  EXPECT_NE(std::string(reply.at("comment", "html_body").as_string()).find("<b>▇▇▇</b>▇▇▇ ▇▇▇▇▇▇▇"), std::string::npos);
  EXPECT_GE(reply.at("redaction", "count").to_number<int>(), 3);
  EXPECT_FALSE(reply.at("redaction", "being_sent").as_bool());
  EXPECT_TRUE(reply.at("redaction", "also_in_comment_ids").as_array().empty());
  const std::string stored = raw();
  EXPECT_EQ(stored.find("Violet"), std::string::npos) << stored;
  EXPECT_EQ(stored.find("let Example"), std::string::npos) << stored;
  EXPECT_EQ(app.get(file_url, app.agent_token).body.find("Violet"), std::string::npos);
  const Reply shown = app.get(fmt::format("/api/v2/tickets/{}", ticket.value), app.agent_token);
  EXPECT_EQ(shown.at("ticket", "subject").as_string(), "From ▇▇▇▇▇▇ ▇▇▇▇▇▇▇");
  EXPECT_EQ(reply.field("etag"), shown.field("etag"));
  const Reply audit = app.get("/api/v2/audit_logs", app.admin_token);
  EXPECT_NE(audit.body.find("\"comment.redacted\""), std::string::npos);
  EXPECT_EQ(audit.body.find("Violet"), std::string::npos);
}

TEST_F(CommentRedactions, WhatIsMarkedInTheHtmlGoes) {
  const std::string json = fmt::format(
      R"({{"ticket_id":{},"html_body":"<p>My name is <redact><b>Vio</b>let Example</redact>, see <a href=\"http://x.test/me\" redact>me</a></p>",)"
      R"("external_attachment_urls":["https://help.example.com{}"]}})",
      ticket.value, file_url);
  const Reply reply = app.put(marked_path(), app.admin_token, json);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(std::string(reply.at("comment", "html_body").as_string()).find("x.test"), std::string::npos) << reply.body;
  EXPECT_EQ(reply.at("comment", "attachments").at(0).at("file_name").as_string(), "redacted.txt");
  const std::string stored = raw();
  for (const char* gone : {"Violet", "let Example", "x.test/me", "note.txt", "Signed"}) {
    EXPECT_EQ(stored.find(gone), std::string::npos) << gone << "\n" << stored;
  }
}

TEST_F(CommentRedactions, AnAttachmentBecomesAnEmptyOne) {
  const Reply reply = app.put(file_path(), app.admin_token, "");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("attachment", "id").to_number<std::uint64_t>(), file);
  EXPECT_EQ(reply.at("attachment", "file_name").as_string(), "redacted.txt");
  EXPECT_EQ(reply.at("attachment", "content_type").as_string(), "text/plain");
  EXPECT_TRUE(reply.at("attachment", "replaced").as_bool());
  EXPECT_EQ(app.get(file_url, app.agent_token).body.find("Signed"), std::string::npos);
  EXPECT_EQ(raw().find("Signed"), std::string::npos);
  const Reply again = app.put(file_path(), app.admin_token, "");  // nothing more to do
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.at("redaction", "count").to_number<int>(), 0);
}

TEST_F(CommentRedactions, QuotationsAreNamed) {
  const Reply quoted = app.put(fmt::format("/api/v2/tickets/{}", ticket.value), app.agent_token,
                               R"({"ticket":{"comment":{"body":"> Violet\n> Example","public":false}}})");
  ASSERT_EQ(quoted.status, 200) << quoted.body;
  const Reply reply = app.put(text_path(), app.admin_token, R"({"text":"Violet Example"})");
  ASSERT_EQ(reply.at("redaction", "also_in_comment_ids").as_array().size(), 1U) << reply.body;
  EXPECT_EQ(reply.at("redaction", "also_in_comment_ids").at(0), quoted.at("comment", "id"));
  const std::string path = fmt::format("/api/v2/tickets/{}/comments/{}/redact", ticket.value,
                                       quoted.at("comment", "id").to_number<std::uint64_t>());
  EXPECT_EQ(app.put(path, app.admin_token, R"({"text":"Violet Example","everywhere_in_ticket":true})").status, 200);
  EXPECT_EQ(boost::json::serialize(comments()).find("Violet"), std::string::npos);
}

TEST_F(CommentRedactions, WhoMayNotChangesNothing) {
  for (const std::string& path : {text_path(), file_path(), marked_path()}) {
    const std::string json = path == file_path() ? "" : fmt::format(R"({{"ticket_id":{},"text":"Violet","html_body":"<redact>Violet</redact>"}})", ticket.value);
    EXPECT_EQ(app.put(path, app.agent_token, json).status, 403) << path;
    EXPECT_EQ(app.put(path, app.contact_token, json).status, 403) << path;
    EXPECT_EQ(app.put(path, "", json).status, 401) << path;
  }
  auth::Principal by;
  by.workspace = app.foreign_agent.workspace;
  by.role = auth::Role::kOwner;
  by.method = auth::Method::kOperator;
  const auto theirs = app.run(app.accounts->invite(by, "boss@other.example", "Boss", auth::Role::kOwner)).value();
  by.user = theirs.first.id;
  ASSERT_TRUE(app.run(app.accounts->enrol(theirs.second, WebApp::kPassword, "192.0.2.1")));
  const std::string fresh = app.run(app.sessions->create_token(by, by.user, "test", 0)).value().first;
  EXPECT_EQ(app.put(text_path(), fresh, R"({"text":"Violet"})").status, 404);
  EXPECT_EQ(app.put(file_path(), fresh, "").status, 404);
  EXPECT_NE(raw().find("let Example"), std::string::npos);
}

TEST_F(CommentRedactions, ErrorsNameTheField) {
  const auto refusal = [this](const std::string& path, const std::string& json) { return app.put(path, app.admin_token, json); };
  EXPECT_EQ(refusal(text_path(), "{}").status, 422);
  EXPECT_EQ(refusal(text_path(), R"({"text":"V"})").status, 422);
  const Reply absent = refusal(text_path(), R"({"text":"not in it"})");
  EXPECT_EQ(absent.status, 422);
  EXPECT_EQ(absent.field("content-type"), "application/problem+json");
  EXPECT_NE(absent.body.find("not found in the comment"), std::string::npos) << absent.body;
  EXPECT_EQ(refusal(marked_path(), R"({"html_body":"<redact>Violet</redact>"})").status, 422);
  EXPECT_EQ(refusal(marked_path(), fmt::format(R"({{"ticket_id":{}}})", ticket.value)).status, 422);
  EXPECT_EQ(refusal(marked_path(), fmt::format(R"({{"ticket_id":{},"html_body":"<p>Violet</p>"}})", ticket.value)).status, 422);
  EXPECT_EQ(refusal(marked_path(), fmt::format(R"({{"ticket_id":{},"external_attachment_urls":["http://x.test/1"]}})", ticket.value)).status, 422);
  EXPECT_EQ(refusal(marked_path(), fmt::format(R"({{"ticket_id":{},"external_attachment_urls":["/api/v2/attachments/7/content"]}})", ticket.value)).status, 404);
  EXPECT_EQ(refusal(fmt::format("/api/v2/tickets/{}/comments/1/redact", ticket.value), R"({"text":"Violet"})").status, 404);
  EXPECT_NE(raw().find("let Example"), std::string::npos);
}

TEST_F(CommentRedactions, IfMatchIsKept) {
  const std::string etag(app.get(fmt::format("/api/v2/tickets/{}", ticket.value), app.agent_token).field("etag"));
  Call call{"PUT", text_path(), {}, R"({"text":"Violet"})"};
  call.with("Authorization", "Bearer " + app.admin_token).with("Content-Type", "application/json");
  EXPECT_EQ(app.send(Call(call).with("If-Match", "\"999\"")).status, 412);
  EXPECT_EQ(app.send(Call(call).with("If-Match", etag)).status, 200);
}

}  // namespace
}  // namespace postern::test
