// Requests that people write into a form without an account (Z-36): the way of mail from the redactor on, held back when suspicious,
// limited by network; and the same over the API, with the link of a mail for what was answered.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "core/encoding.h"
#include "tests/web/described.h"
#include "ticketing/customers/customer_desk.h"

namespace postern::test {
namespace {

using testing::HasSubstr;
using testing::Not;

// The stages of the runner that matter here: the real redactor and intake, and a filter that knows one word.
struct FormTaker final : pipeline::MessageIntake {
  WebApp* app = nullptr;
  std::vector<std::string> protocols;
  int refuses_with = 0;
  core::Task<pipeline::SmtpVerdict> take(pipeline::Envelope envelope, std::shared_ptr<const pipeline::Message> message, core::Deadline) override {
    protocols.push_back(envelope.protocol);
    if (refuses_with != 0) co_return pipeline::SmtpVerdict{refuses_with, "5.7.1", "No", "reject"};
    auto redacted = app->redactor->redact(std::move(message), envelope, pipeline::AuthVerdicts());
    if (!redacted) co_return pipeline::SmtpVerdict();
    pipeline::SpamVerdict spam;
    if (redacted->content().text.find("casino") != std::string::npos) spam.action = pipeline::SpamAction::kSuspend;
    redacted->set_spam(std::move(spam));
    const auto taken = co_await app->intake->accept(std::move(envelope), std::move(*redacted));
    co_return taken ? pipeline::SmtpVerdict{250, "2.0.0", "Accepted", "accept"} : pipeline::SmtpVerdict();
  }
};

struct FormApp {
  explicit FormApp(web::WebOptions options = web::WebOptions()) : app(std::move(options), WebApp::Rules::kFake, {nullptr, nullptr, nullptr, &taker}) {
    taker.app = &app;
    inbox = app.directory->inboxes_of(app.workspace()).front().id;
    path = fmt::format("/requests/new/{}", inbox.value);
  }
  std::string stamp() {
    const std::string html = app.send(Call{"GET", path, {}, ""}).body;
    const std::string mark = "name=\"stamp\" value=\"";
    const std::size_t begin = html.find(mark) + mark.size();
    const std::string out = html.substr(begin, html.find('"', begin) - begin);
    app.clock.advance(std::chrono::seconds(10));  // somebody types
    return out;
  }
  Reply submit(const std::vector<std::pair<std::string, std::string>>& fields, const std::string& ip = "192.0.2.1:40000") {
    std::string body;
    for (const auto& [name, value] : fields) body += "--xyz\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    (void)ip;
    return app.send(Call{"POST", path, {{"Content-Type", "multipart/form-data; boundary=xyz"}, {"Sec-Fetch-Site", "same-origin"}}, body + "--xyz--\r\n"});
  }
  std::size_t tickets() { return app.tickets->list(app.workspace(), {}).value().tickets.size(); }
  std::string held() { return app.get("/api/v2/suspended_tickets", app.admin_token).body; }

  FormTaker taker;
  WebApp app;
  core::InboxId inbox;
  std::string path;
};

TEST(WebForm, Z36ARequestBecomesATicketOfSomebodyUnproven) {
  FormApp form;
  const std::string stamp = form.stamp();
  for (int i = 0; i < 2; ++i) {  // pressed twice
    const Reply sent = form.submit({{"stamp", stamp}, {"name", "Ann\r\nBcc: x@y.example"}, {"email", "ann@customer.example"}, {"subject", "Kettle"},
                                    {"text", "Card 4111 1111 1111 1111 leaks."}, {"website", ""}});
    ASSERT_EQ(sent.status, 200) << sent.body;
    EXPECT_THAT(sent.body, HasSubstr("Your request has arrived."));
  }
  ASSERT_EQ(form.tickets(), 1U);
  EXPECT_EQ(form.taker.protocols.front(), "HTTPS");
  const ticketing::Ticket ticket = form.app.tickets->list(form.app.workspace(), {}).value().tickets.front();
  EXPECT_EQ(ticket.subject, "Kettle");
  const auto comment = form.app.tickets->comment_page(form.app.workspace(), ticket.id, {}, 1, 1000).value().comments.at(0);
  EXPECT_EQ(comment.via, "web");
  EXPECT_THAT(comment.text, Not(HasSubstr("4111 1111 1111 1111")));
  EXPECT_EQ(form.app.accounts->find(form.app.workspace(), ticket.requester).value()->email, "ann@customer.example");
}

TEST(WebForm, Z36TheSameFormIsOneRequestAlsoWithAFile) {
  FormApp form;
  const std::string boundary = "xxboundary";
  const auto part = [&](const std::string& name, const std::string& more, const std::string& value) {
    return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"" + more + "\r\n\r\n" + value + "\r\n";
  };
  const std::string body = part("stamp", "", form.stamp()) + part("email", "", "ann@customer.example") + part("subject", "", "Kettle") + part("website", "", "") +
                           part("text", "", "broken \xFF bytes") +
                           part("files", "; filename=\"a\xFE.txt\"\r\nContent-Type: image/png; a=4111111111111111", "some bytes") + "--" + boundary + "--\r\n";
  for (int i = 0; i < 2; ++i) {
    Call call{"POST", form.path, {}, body};
    call.with("Content-Type", "multipart/form-data; boundary=" + boundary).with("Sec-Fetch-Site", "same-origin");
    const Reply sent = form.app.send(call);
    ASSERT_EQ(sent.status, 200) << sent.body;
  }
  ASSERT_EQ(form.tickets(), 1U);
  const ticketing::Ticket ticket = form.app.tickets->list(form.app.workspace(), {}).value().tickets.front();
  const auto comment = form.app.tickets->comment_page(form.app.workspace(), ticket.id, {}, 1, 1000).value().comments.at(0);
  EXPECT_THAT(comment.text, HasSubstr("broken \xEF\xBF\xBD bytes")) << "what is not UTF-8 would break every answer that tells of it";
  const std::string told = form.app.get(fmt::format("/api/v2/tickets/{}/comments", ticket.id.value), form.app.agent_token).body;
  EXPECT_THAT(told, Not(HasSubstr("4111111111111111")));
  EXPECT_THAT(told, HasSubstr("\"file_name\":\"a.txt\""));
}

TEST(WebForm, Z36WhatIsSuspiciousWaitsForAPersonAndTheAnswerDoesNotTell) {
  FormApp form;
  const auto fields = [](const std::string& stamp, const std::string& text, const std::string& trap) {
    return std::vector<std::pair<std::string, std::string>>{{"stamp", stamp}, {"email", "ann@customer.example"}, {"text", text}, {"website", trap}};
  };
  std::string told;
  const auto check = [&](const Reply& reply) {
    ASSERT_EQ(reply.status, 200) << reply.body;
    const std::size_t begin = reply.body.find("<main>");
    const std::string main = reply.body.substr(begin, reply.body.find("Reference") - begin);
    if (told.empty()) told = main;
    EXPECT_EQ(main, told);
  };
  check(form.submit(fields(form.stamp(), "I won at the casino", "")));
  check(form.submit(fields(form.stamp(), "Hello", "https://spam.example")));  // the field that nobody sees
  const std::string html = form.app.send(Call{"GET", form.path, {}, ""}).body;
  const std::size_t begin = html.find("name=\"stamp\" value=\"") + 20;
  check(form.submit(fields(html.substr(begin, html.find('"', begin) - begin), "Too fast", "")));
  EXPECT_EQ(form.tickets(), 0U);
  EXPECT_THAT(form.held(), HasSubstr("web_form"));
  check(form.submit(fields(form.stamp(), "Hello", "")));
  EXPECT_EQ(form.tickets(), 1U);
}

TEST(WebForm, Z36WhatIsWrongIsToldAndKept) {
  FormApp form;
  const std::string stamp = form.stamp();
  const Reply bad = form.submit({{"stamp", stamp}, {"email", "ann"}, {"text", "My <text>"}});
  EXPECT_EQ(bad.status, 422);
  EXPECT_THAT(bad.body, HasSubstr("Enter your mail address."));
  EXPECT_THAT(bad.body, HasSubstr("My &lt;text&gt;"));
  EXPECT_EQ(form.submit({{"stamp", stamp}, {"email", "ann@customer.example"}, {"text", " "}}).status, 422);
  EXPECT_EQ(form.submit({{"stamp", "forged"}, {"email", "ann@customer.example"}, {"text", "x"}}).status, 422);
  form.taker.refuses_with = 550;
  EXPECT_EQ(form.submit({{"stamp", stamp}, {"email", "ann@customer.example"}, {"text", "x"}}).status, 422);
  EXPECT_EQ(form.tickets(), 0U);
}

TEST(WebForm, IsThereOnlyWhereAnInboxTakesRequests) {
  FormApp form;
  const core::InboxId other = form.app.directory->inboxes_of(form.app.directory->workspace_named("other")).front().id;
  EXPECT_EQ(form.app.send(Call{"GET", fmt::format("/requests/new/{}", other.value), {}, ""}).status, 404);
  EXPECT_EQ(form.app.send(Call{"GET", "/requests/new/x", {}, ""}).status, 404);
  WebApp without;
  EXPECT_EQ(without.send(Call{"GET", fmt::format("/requests/new/{}", without.directory->inboxes_of(without.workspace()).front().id.value), {}, ""}).status, 404);
}

TEST(WebForm, Z36IsLimitedByNetwork) {
  web::WebOptions options;
  options.rate_customer_forms = {2, 1};
  FormApp form(options);
  const std::string stamp = form.stamp();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(form.submit({{"stamp", stamp}, {"email", "ann@customer.example"}, {"text", "x"}}).status, 200);
  EXPECT_EQ(form.submit({{"stamp", stamp}, {"email", "ann@customer.example"}, {"text", "x"}}).status, 429);
}

std::string request_body(const std::string& email, const std::string& more = "") {
  return R"({"request":{"requester":{"email":")" + email + R"("},"comment":{"body":"It leaks."})" + more + "}}";
}

TEST(RequestsApi, Z36HasTheLimitOfTheForm) {  // one for both: whoever is stopped on the page does not go on here
  web::WebOptions options;
  options.rate_customer_forms = {2, 1};
  FormApp form(options);
  const auto ask = [&form] { return form.app.send(Call{"POST", "/api/v2/requests", {{"Content-Type", "application/json"}}, request_body("ann@customer.example")}); };
  EXPECT_EQ(form.submit({{"stamp", form.stamp()}, {"email", "ann@customer.example"}, {"text", "x"}}).status, 200);
  EXPECT_EQ(ask().status, 201);
  const Reply over = ask();
  EXPECT_EQ(over.status, 429) << over.body;
  EXPECT_FALSE(over.field("retry-after").empty());
  EXPECT_EQ(form.submit({{"stamp", form.stamp()}, {"email", "ann@customer.example"}, {"text", "x"}}).status, 429);
}

TEST(RequestsApi, Z36WhatIsSuspiciousWaitsForAPersonAndTheAnswerDoesNotTell) {
  FormApp form;
  const auto ask = [&form](const std::string& body) { return form.app.send(Call{"POST", "/api/v2/requests", {{"Content-Type", "application/json"}}, body}); };
  const Reply trapped = ask(request_body("eve@customer.example", R"(,"website":"https://spam.example")"));
  ASSERT_EQ(trapped.status, 201) << trapped.body;
  EXPECT_EQ(form.tickets(), 0U) << "the field that nobody sees";
  EXPECT_THAT(form.held(), HasSubstr("web_form"));
  form.app.clock.advance(std::chrono::seconds(10));
  const Reply taken = ask(request_body("ann@customer.example"));
  EXPECT_EQ(form.tickets(), 1U);
  EXPECT_EQ(taken.at("request", "status"), trapped.at("request", "status"));
  EXPECT_EQ(ask(request_body("bob@customer.example")).status, 201);
  EXPECT_EQ(form.tickets(), 1U) << "faster than people write";
}

TEST(RequestsApi, Issue8TakesFormattedRequests) {
  FormApp form;
  const std::string body =
      R"({"request":{"requester":{"email":"ann@customer.example"},"subject":"Kettle","comment":{"html_body":"<p>It <b>leaks</b></p><script>x</script>"}}})";
  const Reply made = form.app.send(Call{"POST", "/api/v2/requests", {{"Content-Type", "application/json"}}, body});
  ASSERT_EQ(made.status, 201) << made.body;
  const ticketing::Ticket ticket = form.app.tickets->list(form.app.workspace(), {}).value().tickets.front();
  const auto comment = form.app.tickets->comment_page(form.app.workspace(), ticket.id, {}, 1, 1000).value().comments.at(0);
  EXPECT_THAT(comment.html, HasSubstr("<p>It <b>leaks</b></p>"));
  EXPECT_THAT(comment.html, Not(HasSubstr("script")));
  EXPECT_THAT(comment.text, HasSubstr("It leaks"));
}

TEST(RequestsApi, MakesARequestWithoutAnAccount) {
  FormApp form;
  const std::string body = R"({"request":{"requester":{"name":"Ann","email":"ann@customer.example"},"subject":"Kettle","comment":{"body":"It leaks."}}})";
  const Reply made = form.app.send(Call{"POST", "/api/v2/requests", {{"Content-Type", "application/json"}, {"Idempotency-Key", "k1"}}, body});
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_TRUE(made.at("request", "id").is_null());
  EXPECT_EQ(form.tickets(), 1U);
  EXPECT_EQ(form.app.send(Call{"POST", "/api/v2/requests", {{"Content-Type", "application/json"}, {"Idempotency-Key", "k1"}}, body}).status, 201);
  EXPECT_EQ(form.tickets(), 1U);
  const Described described(form.app);
  EXPECT_EQ(described.wrong_with(made, "/api/v2/requests", "post"), "");
  for (const char* wrong : {R"({"request":{"requester":{"email":"ann"},"comment":{"body":"x"}}})", R"({"request":{"comment":{"body":"x"}}})",
                            R"({"request":{"requester":{"email":"ann@customer.example"}}})"}) {
    EXPECT_EQ(form.app.send(Call{"POST", "/api/v2/requests", {{"Content-Type", "application/json"}}, wrong}).status, 422) << wrong;
  }
  EXPECT_EQ(form.app.send(Call{"POST", "/api/v2/requests", {{"Content-Type", "application/json"}},
                               R"({"request":{"recipient":"help@other.example","requester":{"email":"ann@customer.example"},"comment":{"body":"x"}}})"}).status, 404);
}

TEST(RequestsApi, IsReadAndAnsweredWithTheLinkOfAMail) {
  FormApp form;
  WebApp& app = form.app;
  const core::TicketId first = app.receive("ann@customer.example", "Kettle", "\r\nIt leaks.");
  const core::UserId ann = app.tickets->get(app.workspace(), first)->requester;
  ticketing::CustomerDesk& customers = app.desk->customers();
  const std::string link = customers.make_link(app.workspace(), ann, {}, ticketing::LinkUse::kRequests).value();
  const auto with = [&](const std::string& verb, const std::string& path, const std::string& json = "", const std::string& the_link = "") {
    Call call{verb, path, {{"X-Request-Link", the_link.empty() ? link : the_link}}, json};
    if (!json.empty()) call.with("Content-Type", "application/json").with("Idempotency-Key", "k");
    return app.send(call);
  };
  const std::string one = fmt::format("/api/v2/requests/{}", first.value);
  const Described described(app);
  const Reply list = with("GET", "/api/v2/requests");
  EXPECT_EQ(list.at("requests").as_array().size(), 1U);
  EXPECT_EQ(described.wrong_with(list, "/api/v2/requests", "get"), "");
  EXPECT_EQ(described.wrong_with(with("GET", one), "/api/v2/requests/{id}", "get"), "");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(with("PUT", one, R"({"request":{"comment":{"body":"Still."},"solved":true}})").at("request", "status"), "solved");
  EXPECT_EQ(with("GET", one + "/comments").at("comments").as_array().size(), 2U);
  EXPECT_EQ(with("GET", one, "", "forged").status, 404);
  EXPECT_EQ(app.send(Call{"GET", one, {}, ""}).status, 400);
  EXPECT_EQ(with("GET", "/api/v2/requests/99").status, 404);
}

}  // namespace
}  // namespace postern::test
