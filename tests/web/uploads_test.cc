#include <fmt/format.h>

#include "tests/web/web_app.h"

namespace postern::test {
namespace {

Call upload(const WebApp& app, const std::string& query, const std::string& type, const std::string& bytes) {
  Call call{"POST", "/api/v2/uploads?" + query, {}, bytes};
  return call.with("Authorization", "Bearer " + app.agent_token).with("Content-Type", type);
}

TEST(Uploads, BecomeAttachmentsThatNoBrowserRuns) {
  WebApp app;
  core::TicketId id = app.receive("one@customer.example", "Hi", "\r\nhello");
  Reply sent = app.send(upload(app, "filename=..%2Fr%C3%A9sum%C3%A9.html", "text/html", "<script>alert(1)</script>"));
  ASSERT_EQ(sent.status, 201) << sent.body;
  EXPECT_EQ(sent.at("upload", "attachment", "file_name").as_string(), "résumé.html");
  std::string token(sent.at("upload", "token").as_string());
  Reply done = app.put(fmt::format("/api/v2/tickets/{}", id.value), app.agent_token,
                       fmt::format(R"({{"ticket":{{"comment":{{"body":"see file","uploads":["{}"]}}}}}})", token));
  ASSERT_EQ(done.status, 200) << done.body;
  boost::json::value attachment = done.at("comment", "attachments").at(0);
  EXPECT_EQ(attachment.at("file_name").as_string(), "résumé.html");
  Reply content = app.get(std::string(attachment.at("content_url").as_string()), app.agent_token);
  EXPECT_EQ(content.body, "<script>alert(1)</script>");
  EXPECT_EQ(content.field("content-type"), "application/octet-stream");
  EXPECT_TRUE(content.field("content-disposition").starts_with("attachment; "));
  EXPECT_NE(content.field("content-disposition").find("filename*=UTF-8''r%C3%A9sum%C3%A9.html"), std::string::npos);
  EXPECT_TRUE(content.field("content-security-policy").starts_with("sandbox;"));
  EXPECT_EQ(app.get(std::string(attachment.at("url").as_string()), app.agent_token).at("attachment", "size").to_number<int>(), 25);
  EXPECT_EQ(app.get(std::string(attachment.at("content_url").as_string()), app.foreign_token).status, 404);
}

TEST(Uploads, TokenIsForItsUserAndOnceUsedGone) {
  WebApp app;
  core::TicketId id = app.receive("one@customer.example", "Hi", "\r\nhello");
  std::string token(app.send(upload(app, "filename=a.txt", "text/plain", "abc")).at("upload", "token").as_string());
  std::string path = fmt::format("/api/v2/tickets/{}", id.value);
  std::string body = fmt::format(R"({{"ticket":{{"comment":{{"body":"x","uploads":["{}"]}}}}}})", token);
  EXPECT_EQ(app.put(path, app.admin_token, body).status, 422);
  EXPECT_EQ(app.put(path, app.agent_token, body).status, 200);
  EXPECT_EQ(app.put(path, app.agent_token, body).status, 422);
}

TEST(Uploads, ChunkedBodiesAreTaken) {
  WebApp app;
  Call call = upload(app, "filename=a.txt", "text/plain", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  Reply reply = app.send(call.with("Transfer-Encoding", "chunked"));
  EXPECT_EQ(reply.at("upload", "attachment", "size").to_number<int>(), 5);
}

TEST(Uploads, LargeBodiesOnlyHereAndOnlyForWhoMayWrite) {
  web::WebOptions options;
  options.upload_bytes_max = 2 << 20;
  WebApp app(options);
  std::string large((1 << 20) + 1, 'x');
  EXPECT_EQ(app.send(upload(app, "filename=a.bin", "application/octet-stream", large)).status, 201);
  Call json{"PUT", "/api/v2/tickets/1", {}, large};
  EXPECT_EQ(app.send(json.with("Authorization", "Bearer " + app.agent_token).with("Content-Type", "application/json")).status, 413);
  Call huge = upload(app, "filename=a.bin", "application/octet-stream", "");
  EXPECT_EQ(app.send(huge.with("Content-Length", "2097153")).status, 413);
  Call stranger{"POST", "/api/v2/uploads?filename=a", {}, ""};
  EXPECT_EQ(app.send(stranger.with("Content-Length", "1000000")).status, 401);
}

TEST(Uploads, NeedANameAndContent) {
  WebApp app;
  EXPECT_EQ(app.send(upload(app, "", "text/plain", "abc")).status, 422);
  EXPECT_EQ(app.send(upload(app, "filename=..", "text/plain", "abc")).status, 422);
  EXPECT_EQ(app.send(upload(app, "filename=a", "text/plain", "")).status, 422);
}

}  // namespace
}  // namespace postern::test
