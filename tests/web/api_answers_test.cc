// What programs find in answers: whole addresses, plain numbers, what was passed over, and what is wrong, by field.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/web/described.h"
#include "web/api/json.h"

namespace postern::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Answers : WebApp {
  core::TicketId first = receive("ann@customer.example", "First", "\r\nhello");
  std::string path(std::string_view rest = "") const { return fmt::format("/api/v2/tickets/{}{}", first.value, rest); }
  Reply change(const std::string& json) { return put(path(), agent_token, json); }
  Reply make(const std::string& json) { return post("/api/v2/tickets", agent_token, json); }
  std::uint64_t requester() { return get(path(), agent_token).at("ticket", "requester_id").to_number<std::uint64_t>(); }
};

std::string shown_text(const boost::json::value& value) { return std::string(value.as_string()); }

TEST(ApiAnswers, AddressesAreWholeForProgramsAndFromTheRootForThePage) {
  Answers app;
  EXPECT_EQ(shown_text(app.get(app.path(), app.agent_token).at("ticket", "url")), "https://help.example.com" + app.path());
  app.receive("ann@customer.example", "Second", "\r\nhello");
  const Reply list = app.get("/api/v2/tickets?page[size]=1", app.agent_token);
  const std::string next = shown_text(list.at("links", "next"));
  EXPECT_THAT(next, ::testing::StartsWith("https://help.example.com/api/v2/tickets?"));
  EXPECT_EQ(app.get(next, app.agent_token).status, 200);
  const Browser browser = app.sign_in("agent@example.com");
  EXPECT_EQ(shown_text(app.act(browser, "GET", app.path()).at("ticket", "url")), app.path());
  // What somebody wrote stays as it is.
  const std::string typed = R"(\"url\":\"/api/v2/x)";
  ASSERT_EQ(app.change(R"({"ticket":{"subject":")" + typed + R"("}})").status, 200);
  EXPECT_EQ(shown_text(app.get(app.path(), app.agent_token).at("ticket", "subject")), R"("url":"/api/v2/x)");
  ASSERT_EQ(app.change(R"({"ticket":{"subject":"/api/v2/y"}})").status, 200);
  EXPECT_EQ(shown_text(app.get(app.path(), app.agent_token).at("ticket", "subject")), "/api/v2/y");
}

TEST(ApiAnswers, NumbersHaveNoExponents) {
  namespace json = boost::json;
  EXPECT_EQ(web::json_text(json::object{{"a", 100.0}, {"b", json::array{0.5, -3.0, 1e15}}, {"c", json::object()}, {"d", "1E2"}, {"e", nullptr}}),
            R"({"a":100,"b":[0.5,-3,1000000000000000],"c":{},"d":"1E2","e":null})");
  EXPECT_EQ(web::json_text(json::value(json::array())), "[]");
  EXPECT_EQ(json::parse(web::json_text(json::value(0.1))).as_double(), 0.1);
}

TEST(ApiAnswers, WhatWasPassedOverIsTold) {
  Answers app;
  const Reply told = app.change(R"({"ticket":{"priority":"high","flavour":"mint","created_at":"2001-01-01T00:00:00Z","submitter_id":4711,
      "comment":{"body":"x","public":false,"mood":"good"}}})");
  ASSERT_EQ(told.status, 200) << told.body;
  const std::string warnings = boost::json::serialize(told.at("warnings"));
  EXPECT_THAT(warnings, HasSubstr("ticket.flavour: there is no such attribute"));
  EXPECT_THAT(warnings, HasSubstr("ticket.created_at: is not changed by this request"));
  EXPECT_THAT(warnings, HasSubstr("ticket.submitter_id: is not changed by this request"));
  EXPECT_THAT(warnings, HasSubstr("ticket.comment.mood"));
  EXPECT_THAT(warnings, Not(HasSubstr("priority")));
  const Described described(app);
  EXPECT_EQ(described.wrong_with(told, "/api/v2/tickets/{id}", "put"), "");
  // Sending back what was read is no mistake.
  boost::json::value read = app.get(app.path(), app.agent_token).at("ticket");
  read.as_object()["subject"] = "Another";
  read.as_object()["raw_subject"] = "Another";
  for (const char* name : {"updated_at", "version"}) read.as_object().erase(name);
  const Reply back = app.change(boost::json::serialize(boost::json::object{{"ticket", read}}));
  ASSERT_EQ(back.status, 200) << back.body;
  EXPECT_EQ(back.json().as_object().count("warnings"), 0U) << back.body;
}

// A body of the smallest names must not come back as an answer many times its size.
TEST(ApiAnswers, WhatWasPassedOverIsToldWithinBounds) {
  Answers app;
  std::string many = fmt::format(R"("{}":1)", std::string(300, 'x'));
  for (int i = 0; i < 500; ++i) many += fmt::format(R"(,"k{}":1)", i);
  const Reply told = app.change(R"({"ticket":{"priority":"high",)" + many + "}}");
  ASSERT_EQ(told.status, 200) << told.body;
  const boost::json::array warnings = told.at("warnings").as_array();
  ASSERT_EQ(warnings.size(), 21U);
  EXPECT_EQ(shown_text(warnings.front()), "ticket.…: there is no such attribute; it was passed over");
  EXPECT_EQ(shown_text(warnings.back()), "481 more were passed over");
}

TEST(ApiAnswers, AnAssigneeIsFoundByAddress) {
  Answers app;
  const Reply done = app.change(R"({"ticket":{"assignee_email":"agent@example.com"}})");
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.at("ticket", "assignee_id").to_number<std::uint64_t>(), app.agent.id.value);
  const Reply nobody = app.change(R"({"ticket":{"assignee_email":"nobody@example.com"}})");
  EXPECT_EQ(nobody.status, 422);
  EXPECT_THAT(boost::json::serialize(nobody.at("details")), HasSubstr("ticket.assignee_email"));
  EXPECT_EQ(app.change(R"({"ticket":{"assignee_email":"ann@customer.example"}})").status, 422) << "no agent";
}

// Zendesk's agents write down what a customer said on the phone.
TEST(ApiAnswers, ACommentMayStandInTheNameOfTheRequester) {
  Answers app;
  const std::uint64_t ann = app.requester();
  const Reply said = app.change(fmt::format(R"({{"ticket":{{"comment":{{"body":"Ann called.","author_id":{}}}}}}})", ann));
  ASSERT_EQ(said.status, 200) << said.body;
  EXPECT_EQ(said.at("comment", "author_id").to_number<std::uint64_t>(), ann);
  EXPECT_TRUE(said.at("comment", "delivery").is_null()) << "she is not mailed what she said herself";
  const Reply own = app.change(fmt::format(R"({{"ticket":{{"comment":{{"body":"x","author_id":{}}}}}}})", app.agent.id.value));
  EXPECT_EQ(own.at("comment", "author_id").to_number<std::uint64_t>(), app.agent.id.value);
  const Reply wrong = app.change(fmt::format(R"({{"ticket":{{"comment":{{"body":"x","author_id":{}}}}}}})", app.admin.id.value));
  EXPECT_EQ(wrong.status, 422);
  EXPECT_THAT(boost::json::serialize(wrong.at("details")), HasSubstr("comment.author_id"));

  const Reply made = app.make(fmt::format(R"({{"ticket":{{"subject":"Call","requester_id":{0},"submitter_id":{0},"comment":{{"body":"Ann called."}}}}}})", ann));
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.at("ticket", "submitter_id").to_number<std::uint64_t>(), ann);
  EXPECT_EQ(made.at("comment", "author_id").to_number<std::uint64_t>(), ann);
  EXPECT_EQ(app.make(fmt::format(R"({{"ticket":{{"subject":"Call","requester_id":{},"submitter_id":4711,"comment":{{"body":"x"}}}}}})", ann)).status, 422);
  const Reply html = app.change(R"({"ticket":{"comment":{"html_body":"<p>One &amp; <b>two</b></p>","public":false}}})");
  EXPECT_EQ(shown_text(html.at("comment", "body")), "One & two");
}

TEST(ApiAnswers, WhatIsWrongHasDetailsEverywhere) {
  Answers app;
  const auto details = [&app](const std::string& at) {
    const Reply reply = app.get(at, app.agent_token);
    EXPECT_EQ(reply.status, 422) << at;
    return boost::json::serialize(reply.at("details"));
  };
  EXPECT_THAT(details("/api/v2/tickets?sort_by=nonsense"), HasSubstr("updated_at is the only order"));
  EXPECT_THAT(details("/api/v2/tickets?sort=id"), HasSubstr("\"sort\""));
  EXPECT_EQ(app.get("/api/v2/tickets?sort_by=updated_at&sort_order=desc", app.agent_token).status, 200);
  EXPECT_THAT(details("/api/v2/tickets?sort_order=up"), HasSubstr("asc or desc"));
  EXPECT_THAT(details("/api/v2/changes?limit=100000"), HasSubstr("is between 1 and "));
  EXPECT_THAT(details("/api/v2/search"), HasSubstr("\"query\""));
  const Reply many = app.put("/api/v2/tickets/update_many", app.agent_token, R"({"tickets":[{"id":1,"status":"open"},{"id":1,"priority":"sometime"}]})");
  EXPECT_THAT(boost::json::serialize(many.at("details")), HasSubstr("tickets.1.priority"));
  const Reply without = app.put("/api/v2/tickets/update_many", app.agent_token, R"({"ticket":{"status":"open"}})");
  EXPECT_THAT(boost::json::serialize(without.at("details")), HasSubstr("?ids="));
  const Reply created = app.post("/api/v2/tickets/create_many", app.agent_token, R"({"tickets":[{"comment":{"body":"x"}},7]})");
  EXPECT_THAT(boost::json::serialize(created.at("details")), HasSubstr("tickets.1"));
}

TEST(ApiAnswers, AWrongChoiceNamesTheRightOnes) {
  Answers app;
  const Reply field = app.post("/api/v2/ticket_fields", app.admin_token,
                               R"({"ticket_field":{"type":"tagger","title":"Colour","custom_field_options":[{"name":"Red","value":"red"},{"name":"Blue","value":"blue"}]}})");
  ASSERT_EQ(field.status, 201) << field.body;
  const Reply wrong = app.change(fmt::format(R"({{"ticket":{{"custom_fields":[{{"id":{},"value":"green"}}]}}}})",
                                             field.at("ticket_field", "id").to_number<std::uint64_t>()));
  EXPECT_EQ(wrong.status, 422);
  EXPECT_THAT(wrong.body, HasSubstr("is none of the field's options: red, blue"));
}

TEST(ApiAnswers, ANumberAheadOfTheFeedIs410) {
  Answers app;
  const std::uint64_t newest = app.store->last_sequence(app.workspace());
  EXPECT_EQ(app.get(fmt::format("/api/v2/changes?after={}", newest), app.agent_token).status, 200);
  const Reply ahead = app.get(fmt::format("/api/v2/changes?after={}", newest + 1), app.agent_token);
  EXPECT_EQ(ahead.status, 410);
  EXPECT_THAT(ahead.body, HasSubstr("ahead of the feed"));
}

TEST(ApiAnswers, TheRevisionOfADraftCountsBesideItToo) {
  Answers app;
  ASSERT_EQ(app.put(app.path("/draft"), app.agent_token, R"({"draft":{"body":"a"}})").status, 200);
  EXPECT_EQ(app.put(app.path("/draft"), app.agent_token, R"({"draft":{"body":"b"},"revision":7})").status, 409);
  EXPECT_EQ(app.put(app.path("/draft"), app.agent_token, R"({"draft":{"body":"b"},"revision":1})").status, 200);
}

TEST(ApiAnswers, MinutesAreTheUnitOfZendesksRateHeaders) {
  web::WebOptions options;
  options.rate_per_principal = {500, 60};
  WebApp app(options);
  const Reply reply = app.get("/api/v2/users/me", app.agent_token);
  EXPECT_LE(std::stoi(reply.field("x-rate-limit-remaining")), std::stoi(reply.field("x-rate-limit"))) << "one is what is left of the other";
}

}  // namespace
}  // namespace postern::test
