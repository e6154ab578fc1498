// Views through the API, in the shapes of Zendesk's.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/web/described.h"
#include "tests/web/web_app.h"

namespace postern::test {
namespace {

using testing::HasSubstr;

constexpr const char* kUnsolved =
    R"({"view":{"title":"Unsolved","all":[{"field":"status","operator":"less_than","value":"solved"}],)"
    R"("output":{"columns":["nice_id","subject","requester","updated"],"sort_by":"created","sort_order":"asc"}}})";

struct ViewsOfTwoTickets {
  ViewsOfTwoTickets() {
    first = app.receive("one@customer.example", "First", "\r\nhello");
    app.clock.advance(std::chrono::seconds(1));
    second = app.receive("two@customer.example", "Second", "\r\nhello");
  }
  std::uint64_t make(const std::string& token, const std::string& body = kUnsolved) {
    const Reply reply = app.post("/api/v2/views", token, body);
    EXPECT_EQ(reply.status, 201) << reply.body;
    const auto id = reply.at("view", "id").to_number<std::uint64_t>();
    EXPECT_EQ(reply.field("location"), fmt::format("/api/v2/views/{}", id));
    return id;
  }
  std::string path(std::uint64_t id, const std::string& rest = {}) const { return fmt::format("/api/v2/views/{}{}", id, rest); }
  void settle() {
    while (app.run(app.desk->chores().run_once("views")).value() != 0) {}
    EXPECT_TRUE(app.run(app.desk->chores().run_once("views by time")));
  }
  WebApp app;
  core::TicketId first, second;
};

TEST(ViewsApi, AViewIsMadeReadCountedChangedAndDeleted) {
  ViewsOfTwoTickets desk;
  WebApp& app = desk.app;
  const std::uint64_t id = desk.make(app.admin_token);
  const Reply shown = app.get(desk.path(id), app.agent_token);
  EXPECT_EQ(shown.at("view", "conditions").at("all").at(0).at("field").as_string(), "status");
  EXPECT_EQ(shown.at("view", "execution").at("sort_by").as_string(), "created");
  EXPECT_EQ(shown.at("view", "execution").at("columns").as_array().size(), 4U);
  EXPECT_TRUE(shown.at("view", "restriction").is_null());

  Reply count = app.get(desk.path(id, "/count"), app.agent_token);
  EXPECT_EQ(count.at("view_count", "value").to_number<int>(), 2);
  EXPECT_EQ(count.at("view_count", "pretty").as_string(), "2");
  EXPECT_TRUE(count.at("view_count", "fresh").as_bool());

  Reply page = app.get(desk.path(id, "/tickets?page[size]=1"), app.agent_token);
  EXPECT_EQ(page.at("tickets").as_array().size(), 1U);
  EXPECT_EQ(page.at("tickets").at(0).at("id").to_number<std::uint64_t>(), desk.first.value);
  EXPECT_EQ(page.at("count").to_number<int>(), 2);
  page = app.get(std::string(page.at("links", "next").as_string()), app.agent_token);
  EXPECT_EQ(page.at("tickets").at(0).at("subject").as_string(), "Second");
  EXPECT_FALSE(page.at("meta", "has_more").as_bool());

  const Reply rows = app.get(desk.path(id, "/execute?sort_by=nice_id&sort_order=desc"), app.agent_token);
  EXPECT_EQ(rows.status, 200) << rows.body;
  EXPECT_EQ(rows.at("rows").at(0).at("ticket_id").to_number<std::uint64_t>(), desk.second.value);
  EXPECT_EQ(rows.at("rows").at(0).at("subject").as_string(), "Second");
  EXPECT_EQ(rows.at("columns").at(2).at("title").as_string(), "Requester");

  const std::string solve = R"({"ticket":{"status":"solved"}})";
  EXPECT_EQ(app.put(fmt::format("/api/v2/tickets/{}", desk.first.value), app.agent_token, solve).status, 200);
  EXPECT_EQ(app.get(desk.path(id, "/count"), app.agent_token).at("view_count", "value").to_number<int>(), 1);

  const Reply renamed = app.put(desk.path(id), app.admin_token, R"({"view":{"title":"Done","all":[{"field":"status","operator":"is","value":"solved"}]}})");
  EXPECT_EQ(renamed.status, 200) << renamed.body;
  EXPECT_EQ(renamed.at("view", "title").as_string(), "Done");
  desk.settle();
  EXPECT_EQ(app.get(desk.path(id, "/tickets"), app.agent_token).at("tickets").at(0).at("subject").as_string(), "First");

  Call erase{"DELETE", desk.path(id), {}, {}};
  EXPECT_EQ(app.send(erase.with("Authorization", "Bearer " + app.admin_token)).status, 204);
  EXPECT_EQ(app.get(desk.path(id), app.admin_token).status, 404);
}

TEST(ViewsApi, AViewAndTheListOfTicketsAreReadFromTheirEndToo) {
  ViewsOfTwoTickets desk;
  WebApp& app = desk.app;
  app.clock.advance(std::chrono::seconds(1));
  const core::TicketId third = app.receive("three@customer.example", "Third", "\r\nhello");
  const std::uint64_t id = desk.make(app.admin_token);
  const auto read = [&app](std::string at) {
    std::vector<std::uint64_t> out;
    while (!at.empty()) {
      const Reply page = app.get(at, app.agent_token);
      EXPECT_EQ(page.status, 200) << page.body;
      const boost::json::value tickets = page.at("tickets");  // in a range-for it would be gone before its first member
      for (const auto& each : tickets.as_array()) out.push_back(each.at("id").to_number<std::uint64_t>());
      const boost::json::value next = page.at("links", "next");
      at = next.is_null() ? std::string() : std::string(next.as_string());
    }
    return out;
  };
  const std::vector<std::uint64_t> oldest_first{desk.first.value, desk.second.value, third.value};
  const std::vector<std::uint64_t> newest_first(oldest_first.rbegin(), oldest_first.rend());
  EXPECT_EQ(read(desk.path(id, "/tickets?page[size]=2")), oldest_first);
  EXPECT_EQ(read(desk.path(id, "/tickets?page[size]=2&reverse=true")), newest_first);
  EXPECT_EQ(read("/api/v2/tickets?page[size]=2"), newest_first);
  EXPECT_EQ(read("/api/v2/tickets?page[size]=2&sort=updated_at"), oldest_first);
  EXPECT_EQ(read("/api/v2/tickets?page[size]=2&status=new&sort_by=updated_at&sort_order=asc"), oldest_first);
  EXPECT_EQ(app.get("/api/v2/tickets?per_page=2&page=2&sort=updated_at", app.agent_token).at("tickets").at(0).at("id").to_number<std::uint64_t>(), third.value);
  EXPECT_EQ(app.get(desk.path(id, "/tickets?reverse=yes"), app.agent_token).status, 422);
  EXPECT_EQ(app.get(desk.path(id, "/tickets?reverse=true&sort_by=nice_id"), app.agent_token).status, 422);
}

TEST(ViewsApi, ProblemsNameTheConditionAndSayWhatWouldDo) {
  ViewsOfTwoTickets desk;
  const auto refused = [&desk](const std::string& view) {
    const Reply reply = desk.app.post("/api/v2/views", desk.app.admin_token, R"({"view":{"title":"x",)" + view + "}}");
    EXPECT_EQ(reply.status, 422) << reply.body;
    return reply.body;
  };
  EXPECT_THAT(refused(R"("all":[{"field":"brand_id","operator":"less_than","value":"4"}])"), HasSubstr("view.conditions.all[0].operator"));
  EXPECT_THAT(refused(R"("all":[{"field":"status","operator":"is","value":"lost"}])"), HasSubstr("one of new, open"));
  EXPECT_THAT(refused(R"("conditions":{"any":[{"field":"status","operator":"is","value":"open"}]})"), HasSubstr("at least one condition on status"));
  EXPECT_THAT(refused(R"("all":[{"field":"status","operator":"is","value":"open"}],"output":{"sort_by":"subject"})"), HasSubstr("view.output.sort_by"));
  EXPECT_THAT(refused(R"("all":[{"field":"status","operator":"is","value":"open"}],"output":{"columns":["colour"]})"), HasSubstr("column"));
  EXPECT_THAT(refused(R"("all":[{"field":"status","operator":"is","value":"open"}],"restriction":{"type":"User","id":5})"), HasSubstr("one's own"));
  EXPECT_THAT(refused(R"("all":[{"field":"status","operator":"is","value":"open"},{"field":"custom_fields_77","operator":"is","value":"x"}])"),
              HasSubstr("view.conditions.all[1].field"));
  EXPECT_THAT(refused(R"("all":[{"field":"status","operator":"is","value":"open"}],"output":{"columns":["status",77]})"), HasSubstr("no such custom field"));
  EXPECT_THAT(refused(R"("all":"status")"), HasSubstr("is a list"));
  EXPECT_THAT(refused(R"("colour":"red")"), HasSubstr("view.colour"));
  EXPECT_EQ(desk.app.post("/api/v2/views", desk.app.admin_token, R"({"view":{}})").status, 422);
}

TEST(ViewsApi, AgentsMakeTheirOwnViewsAndAdminsSharedOnes) {
  ViewsOfTwoTickets desk;
  WebApp& app = desk.app;
  EXPECT_EQ(app.post("/api/v2/views", app.agent_token, kUnsolved).status, 403);
  std::string own(kUnsolved);
  own.insert(own.size() - 2, R"(,"restriction":{"type":"User"})");
  const std::uint64_t mine = desk.make(app.agent_token, own);
  const std::uint64_t shared = desk.make(app.admin_token);
  EXPECT_EQ(app.get(desk.path(mine), app.admin_token).status, 404);
  EXPECT_EQ(app.get(desk.path(mine, "/count"), app.owner_token).status, 404);
  EXPECT_EQ(app.put(desk.path(shared), app.agent_token, R"({"view":{"title":"mine now"}})").status, 403);
  EXPECT_EQ(app.get("/api/v2/views/count", app.agent_token).at("count", "value").to_number<int>(), 2);
  EXPECT_EQ(app.get("/api/v2/views?access=personal", app.agent_token).at("count").to_number<int>(), 1);
  EXPECT_EQ(app.get("/api/v2/views", app.foreign_token).at("count").to_number<int>(), 0);
  EXPECT_EQ(app.get(desk.path(shared), app.foreign_token).status, 404);
}

TEST(ViewsApi, ListsCountsAndPositionsOfMany) {
  ViewsOfTwoTickets desk;
  WebApp& app = desk.app;
  const std::uint64_t one = desk.make(app.admin_token);
  const std::uint64_t two = desk.make(app.admin_token, R"({"view":{"title":"Never","all":[{"field":"status","operator":"is","value":"hold"}]}})");
  const Reply counts = app.get(fmt::format("/api/v2/views/count_many?ids={},{},17", one, two), app.agent_token);
  ASSERT_EQ(counts.at("view_counts").as_array().size(), 2U) << counts.body;
  EXPECT_EQ(counts.at("view_counts").at(0).at("value").to_number<int>(), 2);
  EXPECT_EQ(counts.at("view_counts").at(1).at("value").to_number<int>(), 0);
  EXPECT_EQ(app.get(fmt::format("/api/v2/views/show_many?ids={}", two), app.agent_token).at("views").at(0).at("title").as_string(), "Never");
  EXPECT_EQ(app.get("/api/v2/views/search?query=nev", app.agent_token).at("count").to_number<int>(), 1);
  EXPECT_EQ(app.get("/api/v2/views/search", app.agent_token).status, 422);
  const std::string moves = fmt::format(R"({{"views":[{{"id":{},"position":9}},{{"id":{},"position":1,"active":false}}]}})", one, two);
  EXPECT_EQ(app.put("/api/v2/views/update_many", app.admin_token, moves).status, 200);
  EXPECT_EQ(app.put("/api/v2/views/update_many", app.agent_token, moves).status, 403);
  EXPECT_EQ(app.get("/api/v2/views", app.agent_token).at("views").at(0).at("id").to_number<std::uint64_t>(), two);
  EXPECT_EQ(app.get("/api/v2/views/active", app.agent_token).at("count").to_number<int>(), 1);
  EXPECT_EQ(app.get("/api/v2/views/compact", app.agent_token).at("views").as_array().size(), 1U);
  const Reply off = app.get(desk.path(two, "/count"), app.agent_token);
  EXPECT_TRUE(off.at("view_count", "value").is_null());
  EXPECT_FALSE(off.at("view_count", "fresh").as_bool());
}

TEST(ViewsApi, PreviewsShowWhatAViewWouldAndStoreNothing) {
  ViewsOfTwoTickets desk;
  WebApp& app = desk.app;
  const Reply rows = app.post("/api/v2/views/preview", app.agent_token, kUnsolved);
  EXPECT_EQ(rows.status, 200) << rows.body;
  EXPECT_EQ(rows.at("count").to_number<int>(), 2);
  EXPECT_TRUE(rows.at("complete").as_bool());
  EXPECT_EQ(rows.at("rows").at(0).at("subject").as_string(), "First");
  const Reply count = app.post("/api/v2/views/preview/count", app.agent_token, kUnsolved);
  EXPECT_EQ(count.at("view_count", "value").to_number<int>(), 2);
  EXPECT_EQ(app.post("/api/v2/views/preview", app.agent_token, R"({"view":{"all":[]}})").status, 422);
  EXPECT_EQ(app.get("/api/v2/views/count", app.agent_token).at("count", "value").to_number<int>(), 0);
}

TEST(ViewsApi, DefinitionsAndTheDescriptionSayWhatThereIs) {
  ViewsOfTwoTickets desk;
  WebApp& app = desk.app;
  const Reply definitions = app.get("/api/v2/views/definitions", app.agent_token);
  bool has_status = false;
  const boost::json::value conditions = definitions.at("definitions", "conditions_all");
  for (const auto& each : conditions.as_array()) {
    EXPECT_NE(each.at("subject").as_string(), "update_type") << "of triggers only";
    has_status = has_status || each.at("subject").as_string() == "status";
  }
  EXPECT_TRUE(has_status);
  const Described described(app);
  const std::uint64_t id = desk.make(app.admin_token);
  for (const char* rest : {"", "/count", "/tickets", "/execute"}) {
    EXPECT_EQ(described.wrong_with(app.get(desk.path(id, rest), app.agent_token), std::string("/api/v2/views/{id}") + rest, "get"), "") << rest;
  }
  for (const char* path : {"/api/v2/views", "/api/v2/views/active", "/api/v2/views/compact", "/api/v2/views/count", "/api/v2/views/definitions"}) {
    EXPECT_EQ(described.wrong_with(app.get(path, app.agent_token), path, "get"), "") << path;
  }
  EXPECT_EQ(described.wrong_with(app.post("/api/v2/views/preview", app.agent_token, kUnsolved), "/api/v2/views/preview", "post"), "");
}

TEST(ViewsApi, ALongViewIsBuiltWhileItsProgressShows) {
  ViewsOfTwoTickets desk;
  WebApp& app = desk.app;
  for (int i = 0; i < 110; ++i) app.receive(fmt::format("c{}@customer.example", i), "More", "\r\nhello");
  const std::uint64_t id = desk.make(app.admin_token);
  const Reply building = app.get(desk.path(id, "/count"), app.agent_token);
  EXPECT_TRUE(building.at("view_count", "value").is_null());
  EXPECT_EQ(building.at("view_count", "building").to_number<int>(), 89);
  EXPECT_EQ(app.get(desk.path(id, "/tickets"), app.agent_token).at("building").to_number<int>(), 89);
  desk.settle();
  EXPECT_EQ(app.get(desk.path(id, "/count"), app.agent_token).at("view_count", "value").to_number<int>(), 112);
  EXPECT_EQ(app.get("/api/v2/views/count", app.agent_token).at("count", "value").to_number<int>(), 8) << "with those of a new workspace";
}

}  // namespace
}  // namespace postern::test
