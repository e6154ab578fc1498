// What the page and clients read in answers about people, views, rules and comments.
#include <fmt/format.h>

#include <set>

#include "tests/web/described.h"
#include "tests/web/web_app.h"

namespace postern::test {
namespace {

std::uint64_t id_at(const boost::json::value& value) { return value.at("id").to_number<std::uint64_t>(); }

TEST(AccountNames, ArePeoplesOwnAndThoseOfWhoManagesThem) {
  WebApp app;
  const std::string path = fmt::format("/api/v2/users/{}", app.agent.id.value);
  const Reply renamed = app.put(path, app.admin_token, R"({"user":{"name":"Ada Card 4111 1111 1111 1111"}})");
  ASSERT_EQ(renamed.status, 200) << renamed.body;
  EXPECT_EQ(renamed.body.find("4111 1111 1111 1111"), std::string::npos) << "typed text is redacted";
  const Browser agent = app.sign_in("agent@example.com");
  const Reply own = app.act(agent, "PUT", "/api/v2/users/me", R"({"user":{"name":"Ada Zebra","phone":"+33 1"}})");
  ASSERT_EQ(own.status, 200) << own.body;
  EXPECT_EQ(own.at("user", "name").as_string(), "Ada Zebra");
  EXPECT_EQ(own.at("user", "phone").as_string(), "+33 1");
  EXPECT_EQ(app.act(agent, "GET", "/api/v2/session").at("user", "name").as_string(), "Ada Zebra") << "everywhere";
  const Reply found = app.get("/api/v2/users/search?query=zebra", app.agent_token);
  ASSERT_EQ(found.at("users").as_array().size(), 1U) << found.body;
  EXPECT_EQ(app.get("/api/v2/users/search?query=card", app.agent_token).at("users").as_array().size(), 0U) << "nor by the former one";
  EXPECT_EQ(app.act(agent, "PUT", "/api/v2/users/me", R"({"user":{"name":" "}})").status, 422);
  for (const char* others : {R"({"user":{"email":"x@example.com"}})", R"({"user":{"role":"admin"}})", R"({"user":{"suspended":false}})",
                             R"({"user":{"organization_ids":[]}})", R"({"user":{"verified":true}})", R"({"user":{"notes":"x"}})"}) {
    EXPECT_EQ(app.act(agent, "PUT", "/api/v2/users/me", others).status, 422) << others;
  }
  EXPECT_EQ(app.put("/api/v2/users/me", app.agent_token, R"({"user":{"name":"X"}})").status, 403) << "a token is not its owner";
  EXPECT_EQ(app.put(fmt::format("/api/v2/users/{}", app.admin.id.value), app.agent_token, R"({"user":{"name":"X"}})").status, 403);
  const Described described(app);
  EXPECT_EQ(described.wrong_with(own, "/api/v2/users/me", "put"), "");
}

TEST(SecondFactors, AreToldToWhoManagesPeople) {
  WebApp app;
  const std::string path = fmt::format("/api/v2/users/{}", app.admin.id.value);
  EXPECT_FALSE(app.get(path, app.owner_token).at("user", "two_factor_enabled").as_bool());
  EXPECT_FALSE(app.get(path, app.agent_token).at("user").as_object().contains("two_factor_enabled"));
  EXPECT_TRUE(app.get("/api/v2/users/me", app.agent_token).at("user").as_object().contains("two_factor_enabled")) << "one's own";
}

TEST(ViewRows, ShowTheTimesOfATicket) {
  WebApp app;
  const core::TicketId ticket = app.receive("one@customer.example", "Hi", "\r\nhello");
  const std::string change = fmt::format(R"({{"ticket":{{"status":"solved","assignee_id":{},"comment":{{"body":"x","public":false}}}}}})", app.agent.id.value);
  ASSERT_EQ(app.put(fmt::format("/api/v2/tickets/{}", ticket.value), app.agent_token, change).status, 200);
  const Reply shown = app.post("/api/v2/views/preview", app.agent_token,
                               R"({"view":{"all":[{"field":"status","operator":"is","value":"solved"}],)"
                               R"("output":{"columns":["solved","assigned","updated_requester","updated_assignee"]}}})");
  ASSERT_EQ(shown.status, 200) << shown.body;
  const boost::json::value row = shown.at("rows").at(0);
  for (const char* column : {"solved", "assigned", "updated_requester", "updated_assignee"}) {
    ASSERT_TRUE(row.as_object().contains(column)) << shown.body;
    EXPECT_TRUE(row.at(column).is_string()) << column;
  }
}

TEST(ShippedTriggers, SayThatTheyCameWithTheWorkspace) {
  WebApp app;
  (void)app.run(app.desk->chores().run_once("rule upkeep"));
  const Reply list = app.get("/api/v2/triggers", app.admin_token);
  ASSERT_FALSE(list.at("triggers").as_array().empty());
  const boost::json::value first = list.at("triggers").at(0);
  EXPECT_TRUE(first.at("default").as_bool());
  const std::string path = fmt::format("/api/v2/triggers/{}", id_at(first));
  EXPECT_TRUE(app.put(path, app.admin_token, R"({"trigger":{"title":"Mine"}})").at("trigger", "default").as_bool()) << "whatever was made of it";
}

TEST(TicketsOfPeople, ComeWithWhatTheyName) {
  WebApp app;
  const core::TicketId ticket = app.receive("one@customer.example", "Hi", "\r\nhello");
  const std::uint64_t requester =
      app.get(fmt::format("/api/v2/tickets/{}", ticket.value), app.agent_token).at("ticket", "requester_id").to_number<std::uint64_t>();
  const Reply made = app.post("/api/v2/organizations", app.admin_token, R"({"organization":{"name":"Shop"}})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::uint64_t shop = made.at("organization", "id").to_number<std::uint64_t>();
  const std::string member = fmt::format(R"({{"organization_membership":{{"user_id":{},"organization_id":{}}}}})", requester, shop);
  ASSERT_EQ(app.post("/api/v2/organization_memberships", app.admin_token, member).status, 201);
  ASSERT_EQ(app.put(fmt::format("/api/v2/tickets/{}", ticket.value), app.agent_token, fmt::format(R"({{"ticket":{{"organization_id":{}}}}})", shop)).status, 200);
  for (const std::string& path : {fmt::format("/api/v2/users/{}/tickets/requested", requester), fmt::format("/api/v2/organizations/{}/tickets", shop)}) {
    const Reply list = app.get(path + "?include=users,organizations", app.agent_token);
    ASSERT_EQ(list.status, 200) << list.body;
    EXPECT_EQ(list.at("tickets").as_array().size(), 1U) << path;
    EXPECT_EQ(id_at(list.at("users").at(0)), requester) << path;
    EXPECT_EQ(id_at(list.at("organizations").at(0)), shop) << path;
    EXPECT_EQ(app.get(path + "?include=secrets", app.agent_token).status, 422);
  }
}

TEST(Comments, NameTheirTraceAndComeNewestFirst) {
  WebApp app;
  const core::TicketId ticket = app.receive("one@customer.example", "Hi", "\r\nhello");
  const std::string path = fmt::format("/api/v2/tickets/{}", ticket.value);
  for (const char* text : {"one", "two", "three"}) {
    ASSERT_EQ(app.put(path, app.agent_token, fmt::format(R"({{"ticket":{{"comment":{{"body":"{}","public":true}}}}}})", text)).status, 200);
  }
  std::vector<std::string> seen;
  for (std::string next = path + "/comments?sort_order=desc&page[size]=3"; !next.empty();) {
    const Reply page = app.get(next, app.agent_token);
    ASSERT_EQ(page.status, 200) << page.body;
    const boost::json::value list_of = page.at("comments");
    for (const boost::json::value& each : list_of.as_array()) seen.emplace_back(each.at("body").as_string());
    const boost::json::value link = page.at("links", "next");
    next = link.is_null() ? std::string() : std::string(link.as_string());
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"three", "two", "one", "hello"}));
  EXPECT_EQ(app.get(path + "/comments?sort=-created_at", app.agent_token).at("comments").at(0).at("body").as_string(), "three");
  EXPECT_EQ(app.get(path + "/comments?sort_order=up", app.agent_token).status, 422);
  const Reply oldest = app.get(path + "/comments", app.agent_token);
  const boost::json::value mail = oldest.at("comments").at(0);
  EXPECT_EQ(app.get("/api/v2/traces/" + std::string(mail.at("trace_id").as_string()), app.agent_token).status, 200);
  EXPECT_TRUE(oldest.at("comments").at(1).at("trace_id").is_null());
  const Reply queue = app.get("/api/v2/outbox", app.admin_token);
  ASSERT_EQ(queue.status, 200) << queue.body;
  const std::string sent(queue.at("outbox").at(0).at("trace_id").as_string());
  EXPECT_EQ(app.get("/api/v2/traces/" + sent, app.admin_token).status, 200);
}

TEST(Outbox, HasPagesAndEntries) {
  WebApp app;
  const core::TicketId ticket = app.receive("one@customer.example", "Hi", "\r\nhello");
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(app.put(fmt::format("/api/v2/tickets/{}", ticket.value), app.agent_token, R"({"ticket":{"comment":{"body":"x","public":true}}})").status, 200);
  }
  std::vector<std::uint64_t> seen;
  for (std::string next = "/api/v2/outbox?page[size]=2"; !next.empty();) {
    const Reply page = app.get(next, app.admin_token);
    ASSERT_EQ(page.status, 200) << page.body;
    const boost::json::value list_of = page.at("outbox");
    for (const boost::json::value& each : list_of.as_array()) seen.push_back(id_at(each));
    const boost::json::value link = page.at("links", "next");
    next = link.is_null() ? std::string() : std::string(link.as_string());
  }
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), 3U);
  const std::string path = fmt::format("/api/v2/outbox/{}", seen[1]);
  EXPECT_EQ(id_at(app.get(path, app.admin_token).at("outbox_entry")), seen[1]);
  EXPECT_EQ(app.get(path, app.foreign_token).status, 403);
  EXPECT_EQ(app.get("/api/v2/outbox/1", app.admin_token).status, 404);
}

TEST(Tags, AreRenamedByAJob) {
  WebApp app;
  const core::TicketId first = app.receive("one@customer.example", "Hi", "\r\nhello");
  const core::TicketId second = app.receive("two@customer.example", "Hi", "\r\nhello");
  for (const core::TicketId each : {first, second}) {
    ASSERT_EQ(app.put(fmt::format("/api/v2/tickets/{}", each.value), app.agent_token, R"({"ticket":{"tags":["old","other"]}})").status, 200);
  }
  const std::string body = R"({"tag":{"name":"old","new_name":"New"}})";
  EXPECT_EQ(app.post("/api/v2/tags/rename", app.agent_token, body).status, 403);
  const Reply done = app.post("/api/v2/tags/rename", app.admin_token, body);
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.at("job_status", "total").to_number<int>(), 2);
  EXPECT_FALSE(done.at("has_more").as_bool());
  for (const core::TicketId each : {first, second}) {
    EXPECT_EQ(boost::json::serialize(app.get(fmt::format("/api/v2/tickets/{}/tags", each.value), app.agent_token).at("tags")), R"(["new","other"])");
  }
  EXPECT_EQ(app.post("/api/v2/tags/rename", app.admin_token, body).status, 422) << "nobody has it any more";
  EXPECT_EQ(app.post("/api/v2/tags/rename", app.admin_token, R"({"tag":{"name":"new","new_name":"two words"}})").status, 422);
  EXPECT_EQ(app.post("/api/v2/tags/rename", app.admin_token, R"({"tag":{"name":"new","new_name":"NEW"}})").status, 422);
  const Described described(app);
  EXPECT_EQ(described.wrong_with(done, "/api/v2/tags/rename", "post"), "");
}

TEST(Jobs, HavePages) {
  WebApp app;
  const core::TicketId ticket = app.receive("one@customer.example", "Hi", "\r\nhello");
  for (int i = 0; i < 3; ++i) {
    const std::string path = fmt::format("/api/v2/tickets/update_many?ids={}", ticket.value);
    ASSERT_EQ(app.put(path, app.agent_token, R"({"ticket":{"additional_tags":["x"]}})").status, 200);
  }
  std::set<std::string> seen;
  for (std::string next = "/api/v2/job_statuses?page[size]=2"; !next.empty();) {
    const Reply page = app.get(next, app.agent_token);
    ASSERT_EQ(page.status, 200) << page.body;
    const boost::json::value list_of = page.at("job_statuses");
    for (const boost::json::value& each : list_of.as_array()) seen.emplace(each.at("id").as_string());
    const boost::json::value link = page.at("links", "next");
    next = link.is_null() ? std::string() : std::string(link.as_string());
  }
  EXPECT_EQ(seen.size(), 3U);
  EXPECT_EQ(app.get("/api/v2/job_statuses?page[after]=x", app.agent_token).status, 422);
}

}  // namespace
}  // namespace postern::test
