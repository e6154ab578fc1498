// Tickets written over the API, in Zendesk's words: attributes, creation, tags, people, history, pages by number.
#include <fmt/format.h>

#include "tests/web/described.h"

namespace postern::test {
namespace {

struct Writing : WebApp {
  core::TicketId first = receive("ann@customer.example", "First", "\r\nhello");
  std::string path(std::string_view rest = "") const { return fmt::format("/api/v2/tickets/{}{}", first.value, rest); }
  Reply change(const std::string& json, std::string_view rest = "") { return put(path(rest), agent_token, json); }
  Reply make(const std::string& json) { return post("/api/v2/tickets", agent_token, json); }
};

std::string text_at(const Reply& reply, const char* object, const char* name) {
  const boost::json::value value = reply.at(object, name);
  return value.is_string() ? std::string(value.as_string()) : boost::json::serialize(value);
}

TEST(TicketWriting, EveryAttributeIsSetAndShown) {
  Writing app;
  const Reply reply = app.change(R"({"ticket":{"subject":"Kettle","type":"task","priority":"high","external_id":"E-1","due_at":"2027-01-02T03:04:05+01:00",
      "tags":["Red","blue"],"email_ccs":[{"user_email":"carl@customer.example","user_name":"Carl"}],"assignee_id":)" +
                                 std::to_string(app.agent.id.value) + "}}");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(text_at(reply, "ticket", "subject"), "Kettle");
  EXPECT_EQ(text_at(reply, "ticket", "type"), "task");
  EXPECT_EQ(text_at(reply, "ticket", "priority"), "high");
  EXPECT_EQ(text_at(reply, "ticket", "external_id"), "E-1");
  EXPECT_EQ(text_at(reply, "ticket", "due_at"), "2027-01-02T02:04:05Z");
  EXPECT_EQ(text_at(reply, "ticket", "tags"), R"(["blue","red"])");
  EXPECT_TRUE(text_at(reply, "ticket", "description").starts_with("hello"));
  EXPECT_EQ(reply.at("ticket", "email_cc_ids").as_array().size(), 1U);
  EXPECT_EQ(reply.at("ticket", "assignee_id").to_number<std::uint64_t>(), app.agent.id.value);
  const Described described(app);
  EXPECT_EQ(described.wrong_with(app.get("/api/v2/tickets/show_many?ids=1,2", app.agent_token), "/api/v2/tickets/show_many", "get"), "");
  const Reply found = app.get("/api/v2/tickets?external_id=E-1", app.agent_token);
  EXPECT_EQ(found.at("tickets").as_array().size(), 1U);
  EXPECT_TRUE(app.get("/api/v2/tickets?external_id=E-2", app.agent_token).at("tickets").as_array().empty());
  const Reply cleared = app.change(R"({"ticket":{"type":null,"priority":null,"external_id":null,"due_at":null,"assignee_id":null}})");
  ASSERT_EQ(cleared.status, 200) << cleared.body;
  for (const char* name : {"type", "priority", "external_id", "due_at", "assignee_id"}) EXPECT_TRUE(cleared.at("ticket", name).is_null()) << name;
}

TEST(TicketWriting, WhatIsWrongIsNamed) {
  Writing app;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"type":"riddle"})", "ticket.type"},
      {R"({"priority":"soon"})", "ticket.priority"},
      {R"({"due_at":"tomorrow"})", "ticket.due_at"},
      {R"({"due_at":"2027-01-01T00:00:00Z"})", "ticket.due_at"},
      {R"({"subject":" "})", "ticket.subject"},
      {R"({"requester_id":4711})", "ticket.requester_id"},
      {R"({"requester":{"name":"x"}})", "ticket.requester.email"},
      {R"({"email_ccs":[{"user_email":"support@example.com"}]})", "ticket.email_ccs"},
      {R"({"email_ccs":[{"action":"put"}]})", "ticket.email_ccs.user_id"},
      {R"({"followers":[{"user_email":"carl@customer.example"}]})", "ticket.followers"},
      {R"({"collaborator_ids":"x"})", "ticket.collaborator_ids"},
      {R"({"custom_fields":[{"id":4711,"value":"x"}]})", "ticket.custom_fields"},
      {R"({"custom_fields":[{"value":"x"}]})", "ticket.custom_fields.id"},
      {R"({"custom_status_id":4711})", "ticket.custom_status_id"},
      {R"({"ticket_form_id":4711})", "ticket.ticket_form_id"},
      {R"({"group_id":4711})", "ticket.group_id"},
      {R"({"organization_id":4711})", "ticket.organization_id"},
      {R"({"assignee_id":4711})", "ticket.assignee_id"},
      {R"({"problem_id":4711})", "ticket.problem_id"},
      {R"({"tags":["\"quoted\""]})", "ticket.tags"}};
  const std::string before = text_at(app.get(app.path(), app.agent_token), "ticket", "version");
  for (const auto& [json, field] : cases) {
    const Reply reply = app.change(R"({"ticket":)" + json + "}");
    EXPECT_EQ(reply.status, 422) << json << reply.body;
    if (reply.status == 422) EXPECT_TRUE(reply.at("details").as_object().contains(field)) << json << reply.body;
  }
  EXPECT_EQ(text_at(app.get(app.path(), app.agent_token), "ticket", "version"), before);
}

TEST(TicketWriting, CreatesForSomebodyAndMailsHim) {
  Writing app;
  const Reply reply = app.make(R"({"ticket":{"subject":"Your parcel","comment":{"body":"We found it."},"requester":{"name":"Zoe","email":"zoe@customer.example"},
      "priority":"urgent","tags":"parcel found"}})");
  ASSERT_EQ(reply.status, 201) << reply.body;
  const std::uint64_t id = reply.at("ticket", "id").to_number<std::uint64_t>();
  EXPECT_EQ(reply.field("location"), "/api/v2/tickets/" + std::to_string(id));
  EXPECT_EQ(text_at(reply, "ticket", "tags"), R"(["found","parcel"])");
  EXPECT_EQ(text_at(reply, "comment", "delivery"), "queued");
  EXPECT_EQ(reply.at("ticket", "submitter_id").to_number<std::uint64_t>(), app.agent.id.value);
  EXPECT_EQ(app.run(app.outbox->claim_due(10, std::chrono::minutes(1)))->size(), 1U);
  const Reply note = app.make(R"({"ticket":{"comment":{"body":"Called.","public":false},"requester":{"email":"zoe@customer.example"}}})");
  ASSERT_EQ(note.status, 201) << note.body;
  EXPECT_FALSE(note.at("ticket", "is_public").as_bool());
  EXPECT_TRUE(app.run(app.outbox->claim_due(10, std::chrono::minutes(1)))->empty());
  EXPECT_EQ(app.make(R"({"ticket":{"subject":"x"}})").status, 422);
  EXPECT_EQ(app.make(R"({"ticket":{"comment":{"body":"x"},"recipient":"nobody@else.example"}})").status, 422);
  EXPECT_EQ(app.post("/api/v2/tickets", app.contact_token, "{}").status, 403);
}

TEST(TicketWriting, TheSameRequestTwiceMakesOneTicket) {  // Idempotency-Key
  Writing app;
  const auto once = [&app] {
    Call call{"POST", "/api/v2/tickets", {}, R"({"ticket":{"comment":{"body":"Once.","public":false}}})"};
    return app.send(call.with("Authorization", "Bearer " + app.agent_token).with("Content-Type", "application/json").with("Idempotency-Key", "k1"));
  };
  const Reply one = once();
  ASSERT_EQ(one.status, 201) << one.body;
  EXPECT_EQ(once().at("ticket", "id"), one.at("ticket", "id"));
}

TEST(TicketWriting, TagsHaveRoutesOfTheirOwn) {
  Writing app;
  EXPECT_EQ(app.post(app.path("/tags"), app.agent_token, R"({"tags":["a","b"]})").status, 201);
  EXPECT_EQ(app.change(R"({"tags":["c"]})", "/tags").body, R"({"tags":["a","b","c"]})");
  Call call{"DELETE", app.path("/tags"), {}, R"({"tags":["a","c"]})"};
  EXPECT_EQ(app.send(call.with("Authorization", "Bearer " + app.agent_token).with("Content-Type", "application/json")).body, R"({"tags":["b"]})");
  EXPECT_EQ(app.get(app.path("/tags"), app.agent_token).body, R"({"tags":["b"]})");
  app.receive("two@customer.example", "Second", "\r\nhello");
  EXPECT_EQ(app.put("/api/v2/tickets/2/tags", app.agent_token, R"({"tags":["b","barn"]})").status, 200);
  const Reply tags = app.get("/api/v2/tags", app.agent_token);
  EXPECT_EQ(tags.at("tags").as_array().at(0), (boost::json::value{{"name", "b"}, {"count", 2}}));
  EXPECT_EQ(app.get("/api/v2/autocomplete/tags?name=ba", app.agent_token).at("tags").as_array().size(), 1U);
  EXPECT_EQ(app.get("/api/v2/autocomplete/tags?name=b", app.agent_token).status, 422);
}

TEST(TicketWriting, PeopleOfATicketAreListedAndSentAlong) {
  Writing app;
  ASSERT_EQ(app.change(R"({"ticket":{"email_ccs":[{"user_email":"carl@customer.example"}],"follower_ids":[)" + std::to_string(app.agent.id.value) + "]}}").status, 200);
  EXPECT_EQ(app.get(app.path("/email_ccs"), app.agent_token).at("users").at(0).at("email").as_string(), "carl@customer.example");
  EXPECT_EQ(app.get(app.path("/followers"), app.agent_token).at("users").at(0).at("id").to_number<std::uint64_t>(), app.agent.id.value);
  EXPECT_EQ(app.get("/api/v2/tickets?include=users", app.agent_token).at("users").as_array().size(), 3U);
  EXPECT_EQ(app.get("/api/v2/tickets?include=nonsense", app.agent_token).status, 422);
  const std::string reader = app.token_of_role("reader", {auth::Permission::kTicketsRead});
  EXPECT_EQ(app.get("/api/v2/tickets?include=users", reader).status, 403);
  EXPECT_EQ(app.get(app.path("/email_ccs"), reader).status, 403);
}

TEST(TicketWriting, PagesByNumberAreCapped) {
  Writing app;
  for (int i = 0; i < 4; ++i) app.receive("one@customer.example", fmt::format("T{}", i), "\r\nhello");
  const Reply second = app.get("/api/v2/tickets?page=2&per_page=2", app.agent_token);
  ASSERT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(second.at("tickets").at(0).at("subject").as_string(), "T1");
  EXPECT_EQ(second.at("count").to_number<int>(), 5);
  EXPECT_EQ(second.at("next_page").as_string(), "https://help.example.com/api/v2/tickets?page=3&per_page=2");
  EXPECT_EQ(second.at("previous_page").as_string(), "https://help.example.com/api/v2/tickets?page=1&per_page=2");
  const Reply last = app.get("/api/v2/tickets?page=3&per_page=2&status=new", app.agent_token);
  EXPECT_EQ(last.at("tickets").as_array().size(), 1U);
  EXPECT_TRUE(last.at("next_page").is_null());
  EXPECT_TRUE(app.get("/api/v2/tickets?page=9&per_page=2", app.agent_token).at("tickets").as_array().empty());
  for (const char* beyond : {"page=101&per_page=1", "page=0", "per_page=0"}) {
    EXPECT_EQ(app.get(std::string("/api/v2/tickets?") + beyond, app.agent_token).status, 400) << beyond;
  }
}

TEST(TicketWriting, AuditsTellWhatChangedTogether) {
  Writing app;
  ASSERT_EQ(app.change(R"({"ticket":{"priority":"high","subject":"Kettle","comment":{"body":"Note","public":false}}})").status, 200);
  const Reply reply = app.get(app.path("/audits"), app.agent_token);
  ASSERT_EQ(reply.status, 200) << reply.body;
  const boost::json::value audits = reply.at("audits");
  ASSERT_EQ(audits.as_array().size(), 2U) << reply.body;
  EXPECT_EQ(audits.at(0).at("events").at(0).at("type").as_string(), "Comment");
  EXPECT_EQ(audits.at(0).at("via").at("channel").as_string(), "email");
  std::map<std::string, std::string> changes;
  for (const auto& event : audits.at(1).at("events").as_array()) {
    if (event.at("type").as_string() == "Change") {
      changes[std::string(event.at("field_name").as_string())] = boost::json::serialize(event.at("previous_value")) + boost::json::serialize(event.at("value"));
    }
  }
  EXPECT_EQ(changes["subject"], R"("First""Kettle")");
  EXPECT_EQ(changes["priority"], R"(null"high")");
  // Page by page none is lost, and none is there twice.
  std::string next = app.path("/audits?page%5Bsize%5D=2");
  std::size_t seen = 0;
  std::size_t pages = 0;
  while (!next.empty() && ++pages < 9) {
    const Reply page = app.get(next, app.agent_token);
    const boost::json::value list = page.at("audits");
    for (const auto& each : list.as_array()) seen += each.at("events").as_array().size();
    next = page.at("links", "next").is_null() ? std::string() : std::string(page.at("links", "next").as_string());
  }
  EXPECT_EQ(seen, app.get(app.path("/events"), app.agent_token).at("events").as_array().size());
}

TEST(TicketWriting, ProblemsKnowTheirIncidents) {
  Writing app;
  app.receive("two@customer.example", "Second", "\r\nhello");
  ASSERT_EQ(app.change(R"({"ticket":{"type":"problem"}})").status, 200);
  ASSERT_EQ(app.put("/api/v2/tickets/2", app.agent_token, R"({"ticket":{"type":"incident","problem_id":1}})").status, 200);
  EXPECT_EQ(app.get(app.path("/incidents"), app.agent_token).at("tickets").at(0).at("id").to_number<int>(), 2);
  EXPECT_TRUE(app.get(app.path(), app.agent_token).at("ticket", "has_incidents").as_bool());
  EXPECT_EQ(app.get(app.path("/related"), app.agent_token).at("ticket_related", "incidents").to_number<int>(), 1);
}

}  // namespace
}  // namespace postern::test
