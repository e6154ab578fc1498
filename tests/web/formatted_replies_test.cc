// html_body (issue 8, Zendesk's name): what agents and clients format is sanitised, redacted, stored, mailed and shown, by the
// real redactor.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "pipeline/mime/content.h"
#include "pipeline/mime/part.h"
#include "tests/web/described.h"
#include "ticketing/customers/customer_desk.h"

namespace postern::test {
namespace {

using testing::HasSubstr;
using testing::Not;

struct FormattedApp : WebApp {
  core::TicketId first = receive("ann@customer.example", "First", "\r\nhello");
  std::string path(std::string_view rest = "") const { return fmt::format("/api/v2/tickets/{}{}", first.value, rest); }
  Reply change(const std::string& json) { return put(path(), agent_token, json); }
  boost::json::object newest() {
    const boost::json::array list = get(path("/comments"), agent_token).at("comments").as_array();
    return list.at(list.size() - 1).as_object();
  }
  std::string mailed() {
    const auto sent = run(outbox->claim_due(10, std::chrono::minutes(1))).value();
    return sent.empty() ? std::string() : sent.front().message;
  }
};

std::string in(const boost::json::object& object, const char* name) {
  const boost::json::value& value = object.at(name);
  return value.is_string() ? std::string(value.as_string()) : boost::json::serialize(value);
}

TEST(FormattedReplies, Issue8AreSanitisedRedactedAndMailedInBothForms) {
  FormattedApp app;
  const Reply reply = app.change(
      R"({"ticket":{"comment":{"html_body":"<p onclick=\"x()\">Card <b>4111</b> 1111 1111 <i>1111</i><script>y()</script><img src=\"https://spy.example/a.png\"></p><ul><li><a href=\"javascript:z()\">a</a></li></ul>"}}})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const boost::json::object comment = app.newest();
  const std::string html = in(comment, "html_body");
  EXPECT_THAT(html, HasSubstr("<p>Card <b>4111</b> 11"));
  EXPECT_THAT(html, HasSubstr("</p><ul><li><a>a</a></li></ul>"));
  for (const char* gone : {"onclick", "script", "img", "spy"}) EXPECT_THAT(html, Not(HasSubstr(gone)));
  EXPECT_THAT(in(comment, "body"), HasSubstr("Card 4111 11\u2587\u2587 \u2587\u2587\u2587\u2587 1111\n\n- a"));
  EXPECT_EQ(comment.at("plain_body"), comment.at("body"));
  EXPECT_EQ(comment.at("redactions").as_array().size(), 1U);
  const std::string url = in(comment, "html_url");
  const Reply document = app.get(url.substr(url.find("/api/")), app.agent_token);
  EXPECT_THAT(document.body, HasSubstr(html));
  EXPECT_THAT(document.field("content-security-policy"), HasSubstr("default-src 'none'"));
  const std::string mail = app.mailed();
  EXPECT_THAT(mail, HasSubstr("multipart/alternative"));
  EXPECT_THAT(mail, HasSubstr("Content-Type: text/html; charset=UTF-8"));
  const Described described(app);
  EXPECT_EQ(described.wrong_with(app.get(app.path("/comments"), app.agent_token), "/api/v2/tickets/{id}/comments", "get"), "");
}

// What leaves is read by our own parser as what was meant: the forms inside, the file beside them.
TEST(FormattedReplies, Issue7TheMailParsesBackToTheSameTree) {
  FormattedApp app;
  Call upload{"POST", "/api/v2/uploads?filename=a.txt", {}, "some bytes"};
  const Reply uploaded = app.send(upload.with("Authorization", "Bearer " + app.agent_token).with("Content-Type", "text/plain"));
  ASSERT_EQ(uploaded.status, 201) << uploaded.body;
  const std::string token(uploaded.at("upload", "token").as_string());
  const std::string long_line(5000, 'x');
  ASSERT_EQ(app.change(R"({"ticket":{"comment":{"html_body":"<p>Gr\u00fc\u00dfe <b>=20</b>.</p><p>)" + long_line + R"(</p>","uploads":[")" + token + "\"]}}}").status, 200);
  const auto message = pipeline::Message::copy_of(app.mailed());
  const pipeline::MimeTree tree = pipeline::parse_mime(*message);
  ASSERT_EQ(tree.root.type(), "multipart/mixed");
  ASSERT_EQ(tree.root.children.size(), 2U);
  EXPECT_EQ(tree.root.children[0].type(), "multipart/alternative");
  ASSERT_EQ(tree.root.children[0].children.size(), 2U);
  EXPECT_EQ(tree.root.children[0].children[0].type(), "text/plain");
  EXPECT_EQ(tree.root.children[0].children[1].type(), "text/html");
  const pipeline::MessageContent content = pipeline::build_content(*message, tree);
  EXPECT_THAT(content.text, testing::StartsWith("Gr\u00fc\u00dfe =20.\n\n" + long_line));
  EXPECT_THAT(content.html, HasSubstr("<p>Gr\u00fc\u00dfe <b>=20</b>.</p><p>" + long_line + "</p>"));
  ASSERT_EQ(content.attachments.size(), 1U);
  EXPECT_EQ(content.attachments[0].name, "a.txt");
}

TEST(FormattedReplies, HtmlAloneMakesATicketToo) {
  FormattedApp app;
  const Reply made = app.post("/api/v2/tickets", app.agent_token,
                              R"({"ticket":{"comment":{"html_body":"<h2>Parcel</h2><p>Found.</p>"},"requester":{"email":"zoe@customer.example"}}})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.at("ticket", "subject"), "Parcel");
  EXPECT_EQ(made.at("comment", "html_body"), "<h2>Parcel</h2><p>Found.</p>");
  EXPECT_EQ(made.at("comment", "body"), "Parcel\n\nFound.");
}

TEST(FormattedReplies, WhatSaysNothingOrTooMuchIsNamed) {
  FormattedApp app;
  for (const char* blank : {R"({"ticket":{"comment":{"html_body":"<p> </p>"}}})", R"({"ticket":{"comment":{"html_body":"<script>x</script>"}}})"}) {
    const Reply reply = app.change(blank);
    EXPECT_EQ(reply.status, 422) << reply.body;
    EXPECT_TRUE(reply.at("details").as_object().contains("ticket.comment.html_body")) << reply.body;
  }
  EXPECT_EQ(app.change(R"({"ticket":{"comment":{"html_body":" "}}})").status, 422);
  const Reply large = app.change(R"({"ticket":{"comment":{"html_body":")" + std::string(ticketing::Options().comment_bytes_max + 1, 'x') + "\"}}}");
  EXPECT_TRUE(large.status == 422 || large.status == 413) << large.status;
}

TEST(FormattedReplies, BulkJobsImportsAndDraftsTakeThem) {
  FormattedApp app;
  const Reply job = app.put(fmt::format("/api/v2/tickets/update_many?ids={}", app.first.value), app.agent_token,
                            R"({"ticket":{"comment":{"html_body":"<p>To <b>all</b></p>","public":false}}})");
  ASSERT_EQ(job.status, 200) << job.body;
  EXPECT_EQ(in(app.newest(), "html_body"), "<p>To <b>all</b></p>");
  const Reply draft = app.put(app.path("/draft"), app.agent_token, R"({"draft":{"html_body":"<p>Not <i>yet</i></p><img src=x>"}})");
  ASSERT_EQ(draft.status, 200) << draft.body;
  EXPECT_EQ(draft.at("draft", "html_body"), "<p>Not <i>yet</i></p>");
  EXPECT_EQ(draft.at("draft", "body"), "Not yet");
  const Reply imported = app.post("/api/v2/imports/tickets", app.admin_token,
                                  R"({"ticket":{"subject":"Old","requester":{"email":"zoe@customer.example"},"comments":[{"html_body":"<blockquote>was</blockquote>","created_at":"2020-01-01T00:00:00Z"}]}})");
  ASSERT_EQ(imported.status, 201) << imported.body;
  const Reply old = app.get(fmt::format("/api/v2/tickets/{}/comments", imported.at("ticket", "id").to_number<std::uint64_t>()), app.agent_token);
  EXPECT_EQ(in(old.at("comments").as_array().at(0).as_object(), "html_body"), "<blockquote>was</blockquote>");
  EXPECT_EQ(in(old.at("comments").as_array().at(0).as_object(), "body"), "> was");
}

TEST(FormattedReplies, MacrosWriteThem) {
  FormattedApp app;
  const Reply made = app.post("/api/v2/macros", app.admin_token,
                              R"({"macro":{"title":"Ask","actions":[{"field":"comment_value_html","value":"<p>About <b>{{ticket.title}}</b><script>x</script></p>"}]}})");
  ASSERT_EQ(made.status, 201) << made.body;
  const auto id = made.at("macro", "id").to_number<std::uint64_t>();
  const Reply applied = app.get(app.path(fmt::format("/macros/{}/apply", id)), app.agent_token);
  ASSERT_EQ(applied.status, 200) << applied.body;
  const boost::json::object comment = applied.at("result").at("ticket").at("comment").as_object();
  EXPECT_EQ(in(comment, "html_body"), "<p>About <b>First</b></p>");
  EXPECT_EQ(in(comment, "body"), "About First");
}

TEST(FormattedReplies, APhraseGoesFromBothForms) {
  FormattedApp app;
  ASSERT_EQ(app.change(R"({"ticket":{"comment":{"html_body":"<p>Ask <b>Violet</b> Example</p>"}}})").status, 200);
  const std::string id = boost::json::serialize(app.newest().at("id"));
  const Reply gone = app.put(app.path("/comments/" + id + "/redact"), app.admin_token, R"({"text":"Violet Example"})");
  ASSERT_EQ(gone.status, 200) << gone.body;
  const boost::json::object comment = app.newest();
  EXPECT_THAT(in(comment, "html_body"), HasSubstr("<p>Ask <b>\u2587\u2587\u2587\u2587\u2587\u2587</b> \u2587"));
  EXPECT_THAT(in(comment, "body"), Not(HasSubstr("Violet")));
  EXPECT_THAT(app.mailed(), Not(HasSubstr("Violet")));
}

TEST(FormattedReplies, SignaturesHaveAFormForThem) {
  FormattedApp app;
  const std::string inbox = fmt::format("/api/v2/inboxes/{}/signature", app.directory->inboxes_of(app.workspace()).front().id.value);
  const Reply set = app.put(inbox, app.admin_token, R"({"signature":{"html_body":"<b>Acme</b> {{ticket.id}}<img src=x>"}})");
  ASSERT_EQ(set.status, 200) << set.body;
  EXPECT_EQ(set.at("signature", "html_body"), "<b>Acme</b> {{ticket.id}}");
  EXPECT_EQ(set.at("signature", "body"), "Acme {{ticket.id}}");
  const Reply wrong = app.put(inbox, app.admin_token, R"({"signature":{"html_body":"{{nobody}}"}})");
  EXPECT_EQ(wrong.status, 422) << wrong.body;
  const Reply own = app.put(fmt::format("/api/v2/users/{}", app.agent.id.value), app.admin_token, R"({"user":{"signature_html":"<i>Bob</i>"}})");
  ASSERT_EQ(own.status, 200) << own.body;
  EXPECT_EQ(own.at("user", "signature_html"), "<i>Bob</i>");
  EXPECT_EQ(own.at("user", "signature"), "Bob");
  ASSERT_EQ(app.change(R"({"ticket":{"comment":{"html_body":"<p>Hi</p>"}}})").status, 200);
  EXPECT_THAT(app.mailed(), HasSubstr("<div><i>Bob</i></div><div><b>Acme</b> 1</div>"));
  EXPECT_EQ(in(app.newest(), "html_body"), "<p>Hi</p>");
}

TEST(FormattedReplies, CustomersMayAnswerWithThem) {
  FormattedApp app;
  ticketing::CustomerDesk& customers = app.desk->customers();
  const core::UserId ann = app.tickets->get(app.workspace(), app.first)->requester;
  const std::string link = customers.make_link(app.workspace(), ann, {}, ticketing::LinkUse::kRequests).value();
  Call call{"PUT", fmt::format("/api/v2/requests/{}", app.first.value), {{"X-Request-Link", link}, {"Content-Type", "application/json"}},
            R"({"request":{"comment":{"html_body":"<p>Still <b>broken</b></p><iframe src=x></iframe>"}}})"};
  const Reply answered = app.send(call);
  ASSERT_EQ(answered.status, 200) << answered.body;
  EXPECT_EQ(in(app.newest(), "html_body"), "<p>Still <b>broken</b></p>");
  EXPECT_EQ(in(app.newest(), "body"), "Still broken");
}

}  // namespace
}  // namespace postern::test
