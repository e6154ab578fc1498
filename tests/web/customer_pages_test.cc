// Pages for people without an account, over HTTP (issue 8, part 6; Z-31, Z-36): what they show, what they refuse, and that
// looking changes nothing.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/web/described.h"
#include "ticketing/customers/customer_desk.h"
#include "ticketing/satisfaction/ratings.h"
#include "web/customer/form_data.h"
#include "web/customer/html.h"

namespace postern::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct CustomerApp : WebApp {
  core::TicketId first = receive("ann@customer.example", "Kettle <b>", "\r\nIt <script>alert(1)</script> leaks.");
  ticketing::CustomerDesk& customers() { return desk->customers(); }
  core::UserId ann() { return tickets->get(workspace(), first)->requester; }
  std::string link(ticketing::LinkUse use = ticketing::LinkUse::kRequests) {
    return ticketing::customer_path(use, customers().make_link(workspace(), ann(), first, use).value());
  }
  Reply page(const std::string& path, const std::string& language = "en") {
    return send(Call{"GET", path, {{"Accept-Language", language}}, ""});
  }
  Reply submit(const std::string& path, const std::vector<std::pair<std::string, std::string>>& fields, const std::string& site = "same-origin") {
    std::string body;
    for (const auto& [name, value] : fields) body += "--xyz\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    body += "--xyz\r\nContent-Disposition: form-data; name=\"files\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--xyz--\r\n";
    return send(Call{"POST", path, {{"Content-Type", "multipart/form-data; boundary=xyz"}, {"Sec-Fetch-Site", site}}, body});
  }
  std::uint64_t version() { return tickets->get(workspace(), first)->version; }
  std::uint32_t comment_count() { return tickets->get(workspace(), first)->comment_count; }
};

std::string stamp_in(const std::string& html) {
  const std::string mark = "name=\"stamp\" value=\"";
  const std::size_t begin = html.find(mark) + mark.size();
  return html.substr(begin, html.find('"', begin) - begin);
}

TEST(CustomerPages, ShowTheConversationAsTextUnderAPolicyWithoutScripts) {
  CustomerApp app;
  const Reply reply = app.page(app.link());
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_THAT(reply.body, HasSubstr("Kettle &lt;b&gt;"));
  EXPECT_THAT(reply.body, HasSubstr("It &lt;script&gt;alert(1)&lt;/script&gt; leaks."));
  EXPECT_THAT(reply.body, Not(HasSubstr("<script")));
  EXPECT_THAT(reply.field("content-security-policy"), StartsWith("default-src 'none'; style-src 'nonce-"));
  EXPECT_THAT(reply.field("content-security-policy"), Not(HasSubstr("script")));
  EXPECT_EQ(reply.field("cache-control"), "no-store");
  EXPECT_EQ(reply.field("x-robots-tag"), "noindex, nofollow");
  EXPECT_EQ(reply.field("content-language"), "en");
}

TEST(CustomerPages, SpeakFrenchWhenTheBrowserOrThePersonDoes) {
  CustomerApp app;
  EXPECT_THAT(app.page(app.link(), "fr-CH, en;q=0.5").body, HasSubstr("Votre message"));
  EXPECT_THAT(app.page(app.link(), "en;q=0.4, fr;q=0.9").body, HasSubstr("<html lang=\"fr\">"));
  EXPECT_THAT(app.page(app.link(), "de").body, HasSubstr("Your message"));
  ASSERT_EQ(app.put(fmt::format("/api/v2/users/{}", app.ann().value), app.agent_token, R"({"user":{"locale":"fr"}})").status, 200);
  EXPECT_THAT(app.page(app.link(), "en").body, HasSubstr("Votre message"));
}

TEST(CustomerPages, LookingChangesNothingAndEveryWrongLinkIsToldTheSame) {
  CustomerApp app;
  const std::uint64_t version = app.version();
  const std::string rating = app.link(ticketing::LinkUse::kRating);
  for (const std::string& path : {app.link(), app.link() + "?done=solved&act=solve", rating, rating + "?score=bad"}) {
    app.page(path);
    app.send(Call{"HEAD", path, {}, ""});
  }
  EXPECT_EQ(app.version(), version);
  const std::string genuine = app.link();
  std::string forged = genuine;
  forged[forged.size() - 3] = forged[forged.size() - 3] == 'A' ? 'B' : 'A';
  const std::string unknown = ticketing::customer_path(ticketing::LinkUse::kRequests, app.customers().make_link(app.workspace(), app.ann(), core::TicketId{99}, ticketing::LinkUse::kRequests).value());
  std::string told;
  for (const std::string& path : {forged, unknown, std::string("/requests/x"), genuine + "/99", std::string("/requests/file/x"), genuine + "/x"}) {
    const Reply reply = app.page(path);
    EXPECT_EQ(reply.status, 404) << path;
    const std::string main = reply.body.substr(reply.body.find("<main>"));
    if (told.empty()) told = main;
    EXPECT_EQ(main, told) << path;
  }
}

TEST(CustomerPages, WrongLinksAreLimitedByNetwork) {
  web::WebOptions options;
  options.rate_customer_misses = {3, 1};
  WebApp app(options);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(app.send(Call{"GET", "/requests/x", {}, ""}).status, 404);
  const Reply refused = app.send(Call{"GET", "/requests/x", {}, ""});
  EXPECT_EQ(refused.status, 429);
  EXPECT_TRUE(refused.has("retry-after"));
}

TEST(CustomerPages, AnAnswerComesOnceHoweverOftenTheButtonIsPressed) {
  CustomerApp app;
  const std::string link = app.link();
  const std::string stamp = stamp_in(app.page(link).body);
  for (int i = 0; i < 2; ++i) {
    const Reply sent = app.submit(link, {{"stamp", stamp}, {"act", "answer"}, {"text", "My card: 4111 1111 1111 1111"}});
    ASSERT_EQ(sent.status, 303) << sent.body;
    EXPECT_EQ(sent.field("location"), link + "?done=answer");
  }
  EXPECT_EQ(app.comment_count(), 2U);
  const Reply shown = app.page(link + "?done=answer");
  EXPECT_THAT(shown.body, HasSubstr("Your message has arrived."));
  EXPECT_THAT(shown.body, Not(HasSubstr("4111 1111 1111 1111")));
  EXPECT_THAT(shown.body, HasSubstr("removed for your protection"));
}

TEST(CustomerPages, TakeFilesAndGiveThemAsDownloadsThatNothingRuns) {
  CustomerApp app;
  const std::string link = app.link();
  const std::string stamp = stamp_in(app.page(link).body);
  const std::string body = "--xyz\r\nContent-Disposition: form-data; name=\"stamp\"\r\n\r\n" + stamp +
                           "\r\n--xyz\r\nContent-Disposition: form-data; name=\"files\"; filename=\"..\\\\a%22b.html\"\r\nContent-Type: text/html\r\n\r\n<p>hello</p>\r\n--xyz--\r\n";
  const Reply sent = app.send(Call{"POST", link, {{"Content-Type", "multipart/form-data; boundary=\"xyz\""}, {"Sec-Fetch-Site", "same-origin"}}, body});
  ASSERT_EQ(sent.status, 303) << sent.body;
  const std::string html = app.page(link).body;
  const std::size_t begin = html.find("/requests/file/");
  ASSERT_NE(begin, std::string::npos);
  const Reply file = app.page(html.substr(begin, html.find('"', begin) - begin));
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.field("content-type"), "application/octet-stream");
  EXPECT_THAT(file.field("content-disposition"), StartsWith("attachment; filename=\"a_b.html\""));
  EXPECT_THAT(file.field("content-security-policy"), StartsWith("sandbox; default-src 'none'"));
}

TEST(CustomerPages, RefuseFormsOfOtherSitesWithoutAStampOrTooLarge) {
  CustomerApp app;
  const std::string link = app.link();
  const std::string stamp = stamp_in(app.page(link).body);
  const Reply elsewhere = app.submit(link, {{"stamp", stamp}, {"text", "x"}}, "cross-site");
  EXPECT_EQ(elsewhere.status, 403);
  EXPECT_THAT(elsewhere.body, HasSubstr("The form was not sent from its own page."));
  EXPECT_THAT(elsewhere.body, testing::Not(HasSubstr("open for too long")));
  EXPECT_EQ(app.submit(link, {{"text", "x"}}).status, 422);
  EXPECT_EQ(app.submit(link, {{"stamp", stamp}, {"text", " "}}).status, 422);
  EXPECT_EQ(app.submit(link, {{"stamp", stamp}, {"text", std::string(app.customers().limits().text_bytes_max + 1, 'x')}}).status, 422);
  const Reply no_form = app.send(Call{"POST", link, {{"Content-Type", "application/json"}}, "{}"});
  EXPECT_EQ(no_form.status, 415);
  EXPECT_THAT(no_form.body, HasSubstr("is not this page’s form"));
  EXPECT_EQ(app.send(Call{"PUT", link, {}, ""}).status, 405);
  const Reply large = app.send(Call{"POST", link, {{"Content-Type", "multipart/form-data; boundary=x"}}, std::string(app.customers().limits().file_bytes_max + (1U << 20U), 'x')});
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(app.comment_count(), 1U);
}

TEST(CustomerPages, SolveAndReopen) {
  CustomerApp app;
  const std::string link = app.link();
  const std::string html = app.page(link).body;
  EXPECT_THAT(html, HasSubstr("Mark as solved"));
  EXPECT_EQ(app.submit(link, {{"stamp", stamp_in(html)}, {"act", "solve"}}).field("location"), link + "?done=solved");
  EXPECT_EQ(app.tickets->get(app.workspace(), app.first)->status, ticketing::Status::kSolved);
  EXPECT_THAT(app.page(link).body, HasSubstr("Reopen"));
  EXPECT_EQ(app.submit(link, {{"stamp", stamp_in(html)}, {"act", "reopen"}}).status, 303);
  EXPECT_EQ(app.tickets->get(app.workspace(), app.first)->status, ticketing::Status::kOpen);
}

TEST(CustomerPages, LinksAreTakenBackOverTheApi) {
  CustomerApp app;
  const std::string link = app.link();
  const Reply revoked = app.send(Call{"DELETE", fmt::format("/api/v2/users/{}/customer_links", app.ann().value), {{"Authorization", "Bearer " + app.agent_token}}, ""});
  EXPECT_EQ(revoked.status, 204) << revoked.body;
  EXPECT_EQ(app.page(link).status, 404);
}

struct SurveyApp : CustomerApp {
  SurveyApp() {
    const std::string trigger = R"({"trigger":{"title":"Survey","conditions":{"all":[{"field":"status","operator":"value","value":"solved"}]},
        "actions":[{"field":"notification_user","value":["requester_id","How was it?","{{satisfaction.rating_section}}"]}]}})";
    EXPECT_EQ(post("/api/v2/triggers", admin_token, trigger).status, 201);
    EXPECT_EQ(put(fmt::format("/api/v2/tickets/{}", first.value), agent_token,
                  fmt::format(R"({{"ticket":{{"status":"solved","assignee_id":{},"comment":{{"body":"Done."}}}}}})", agent.id.value)).status, 200);
  }
};

TEST(RatingPage, ProposesAChoiceAndThePostGivesIt) {
  SurveyApp app;
  const std::string link = app.link(ticketing::LinkUse::kRating);
  const std::string html = app.page(link + "?score=bad").body;
  EXPECT_THAT(html, HasSubstr("value=\"bad\" checked"));
  EXPECT_EQ(boost::json::serialize(app.get("/api/v2/satisfaction_ratings?score=received", app.agent_token).at("satisfaction_ratings")), "[]");
  const Reply sent = app.submit(link, {{"stamp", stamp_in(html)}, {"score", "bad"}, {"reason", "5"}, {"comment", "Slow"}});
  ASSERT_EQ(sent.status, 303) << sent.body;
  EXPECT_THAT(app.page(sent.field("location")).body, HasSubstr("Thank you"));
  EXPECT_EQ(app.submit(link, {{"stamp", stamp_in(html)}, {"score", "fine"}}).status, 422);
  const Reply ticket = app.get(fmt::format("/api/v2/tickets/{}", app.first.value), app.agent_token);
  EXPECT_EQ(ticket.at("ticket", "satisfaction_rating", "score"), "bad");
}

TEST(SatisfactionApi, SpeaksZendesksShapes) {
  SurveyApp app;
  const std::string path = fmt::format("/api/v2/tickets/{}/satisfaction_rating", app.first.value);
  const Reply rated = app.post(path, app.agent_token, R"({"satisfaction_rating":{"score":"good","comment":"Thanks"}})");
  ASSERT_EQ(rated.status, 201) << rated.body;
  EXPECT_EQ(rated.at("satisfaction_rating", "score"), "good");
  EXPECT_EQ(rated.at("satisfaction_rating", "assignee_id").to_number<std::uint64_t>(), app.agent.id.value);
  const auto id = rated.at("satisfaction_rating", "id").to_number<std::uint64_t>();
  const Described described(app);
  const std::string one = fmt::format("/api/v2/satisfaction_ratings/{}", id);
  EXPECT_EQ(described.wrong_with(app.get(one, app.agent_token), "/api/v2/satisfaction_ratings/{id}", "get"), "");
  EXPECT_EQ(described.wrong_with(app.get("/api/v2/satisfaction_ratings", app.agent_token), "/api/v2/satisfaction_ratings", "get"), "");
  EXPECT_EQ(described.wrong_with(app.get("/api/v2/satisfaction_ratings/count", app.agent_token), "/api/v2/satisfaction_ratings/count", "get"), "");
  EXPECT_EQ(described.wrong_with(app.get("/api/v2/satisfaction_ratings/figures?by=assignee", app.agent_token), "/api/v2/satisfaction_ratings/figures", "get"), "");
  EXPECT_EQ(described.wrong_with(app.get("/api/v2/satisfaction_reasons", app.agent_token), "/api/v2/satisfaction_reasons", "get"), "");
  EXPECT_EQ(app.get("/api/v2/satisfaction_ratings/figures?by=assignee", app.agent_token).at("figures").as_array().at(0).at("good"), 1);
  EXPECT_EQ(app.get("/api/v2/satisfaction_ratings?score=good_with_comment", app.agent_token).at("satisfaction_ratings").as_array().size(), 1U);
  EXPECT_EQ(app.get("/api/v2/satisfaction_ratings?score=bad", app.agent_token).at("satisfaction_ratings").as_array().size(), 0U);
  EXPECT_EQ(app.get("/api/v2/satisfaction_ratings?score=superb", app.agent_token).status, 422);
  EXPECT_EQ(app.get("/api/v2/satisfaction_ratings?start_time=soon", app.agent_token).status, 422);
  EXPECT_EQ(app.get(one, app.foreign_token).status, 404);
  EXPECT_EQ(app.post(path, app.agent_token, R"({"satisfaction_rating":{"score":"superb"}})").status, 422);
  EXPECT_EQ(app.get("/api/v2/satisfaction_reasons/5", app.agent_token).status, 200);
  EXPECT_EQ(app.get("/api/v2/satisfaction_reasons/4", app.agent_token).status, 404);
}

TEST(SignaturesApi, OfAUserAndOfAnInboxWithAPreview) {
  CustomerApp app;
  const std::string inbox = fmt::format("/api/v2/inboxes/{}/signature", app.tickets->get(app.workspace(), app.first)->inbox.value);
  EXPECT_EQ(app.put(inbox, app.agent_token, R"({"signature":{"body":"Acme"}})").status, 403);
  EXPECT_EQ(app.put(inbox, app.admin_token, R"({"signature":{"body":"{{nobody}}"}})").status, 422);
  ASSERT_EQ(app.put(inbox, app.admin_token, R"({"signature":{"body":"Acme"}})").status, 200);
  EXPECT_EQ(app.get(inbox, app.agent_token).at("signature", "body"), "Acme");
  EXPECT_EQ(app.get(inbox, app.foreign_token).status, 404);
  const std::string me = fmt::format("/api/v2/users/{}", app.agent.id.value);
  ASSERT_EQ(app.put(me, app.agent_token, R"({"user":{"signature":"Bob"}})").status, 200);
  EXPECT_EQ(app.get(me, app.agent_token).at("user", "signature"), "Bob");
  const Reply preview = app.post("/api/v2/signatures/preview", app.agent_token, fmt::format(R"({{"signature":{{"ticket_id":{}}}}})", app.first.value));
  EXPECT_EQ(preview.at("signature", "body"), "Bob\n\nAcme");
  EXPECT_EQ(app.put(fmt::format("/api/v2/users/{}", app.ann().value), app.agent_token, R"({"user":{"signature":"x"}})").status, 422);
}

TEST(FormData, TakesWhatBrowsersSendAndNothingElse) {
  using web::customer::parse_form_data;
  const std::string type = "multipart/form-data; boundary=b";
  const auto good = parse_form_data(type, "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.txt\"\r\n\r\n--b is inside\r\n--b--");
  ASSERT_TRUE(good);
  EXPECT_EQ(good->field("a"), "1\r\n2");
  ASSERT_EQ(good->files.size(), 1U);
  EXPECT_EQ(good->files[0].second.content, "--b is inside");
  EXPECT_EQ(parse_form_data("application/x-www-form-urlencoded", "a=1+2&b=%41")->field("a"), "1 2");
  for (const char* body : {"", "--b", "--b\r\n", "--b--x--b\r\n\r\n", "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx",
                           "--b\r\nno colon\r\n\r\nx\r\n--b--"}) {
    const auto parsed = parse_form_data(type, body);
    EXPECT_TRUE(!parsed || parsed->fields.empty()) << body;
  }
  std::string many;
  for (int i = 0; i < 50; ++i) many += "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n";
  EXPECT_FALSE(parse_form_data(type, many + "--b--"));
  EXPECT_FALSE(parse_form_data("multipart/form-data; boundary=" + std::string(71, 'b'), "x"));
  EXPECT_FALSE(parse_form_data("text/plain", "x"));
}

TEST(CustomerHtml, EscapesFoldsAndLinks) {
  using web::customer::message_html;
  const auto& words = web::customer::words("en");
  EXPECT_EQ(web::customer::text_html("a\xE2\x80\xAE" "b\x01<\xFF"), "ab&lt;\xEF\xBF\xBD");
  EXPECT_THAT(message_html("See https://example.com/a?b=1&c=\"x\".", true, words), HasSubstr("href=\"https://example.com/a?b=1&amp;c=\""));
  EXPECT_THAT(message_html("javascript:alert(1)", true, words), Not(HasSubstr("<a ")));
  EXPECT_THAT(message_html("See https://example.com", false, words), Not(HasSubstr("<a ")));
  EXPECT_THAT(message_html("Yes.\n\nAnn wrote:\n> old\n> words\n", false, words), HasSubstr("</div><details><summary>Quoted text"));
  EXPECT_THAT(message_html("> quote\nanswer below", false, words), Not(HasSubstr("<details>")));
}

}  // namespace
}  // namespace postern::test
