#include <boost/json.hpp>

#include "tests/web/web_app.h"

namespace postern::test {
namespace {

namespace json = boost::json;

json::object body_of(const Reply& reply) { return json::parse(reply.body).as_object(); }

std::vector<std::int64_t> ids_of(const Reply& reply) {
  std::vector<std::int64_t> out;
  EXPECT_EQ(reply.status, 200) << reply.body;
  if (reply.status != 200) return out;
  const json::object body = body_of(reply);
  for (const json::value& each : body.at("results").as_array()) out.push_back(each.at("id").to_number<std::int64_t>());
  return out;
}

class SearchApi : public testing::Test {
 protected:
  Reply search(const std::string& query, const std::string& more = "") { return app.get("/api/v2/search?query=" + query + more, app.agent_token); }
  WebApp app;
};

TEST_F(SearchApi, AMailIsFoundAsSoonAsItIsTaken) {
  app.receive("ann@customer.example", "Printer on fire", "\r\nPlease send <b>help</b> to Ann.");
  const Reply reply = search("help%20printer");
  EXPECT_EQ(ids_of(reply), (std::vector<std::int64_t>{1}));
  const json::object body = body_of(reply);
  const json::object& hit = body.at("results").as_array().at(0).as_object();
  EXPECT_EQ(hit.at("result_type").as_string(), "ticket");
  EXPECT_EQ(hit.at("subject").as_string(), "Printer on fire");
  EXPECT_NE(std::string(hit.at("highlights").as_string()).find("&lt;b&gt;<mark>help</mark>&lt;/b&gt;"), std::string::npos);
  EXPECT_EQ(body.at("count").to_number<int>(), 1);
  EXPECT_FALSE(body.at("approximate").as_bool());
  EXPECT_TRUE(body.at("next_page").is_null());
}

TEST_F(SearchApi, PagesAndSorts) {
  for (int i = 0; i < 5; ++i) app.receive("ann" + std::to_string(i) + "@customer.example", "Zebra", "\r\nstripes");
  EXPECT_EQ(ids_of(search("zebra", "&sort_by=created_at&sort_order=asc&per_page=2&page=2")), (std::vector<std::int64_t>{3, 4}));
  const json::object body = body_of(search("zebra", "&per_page=2&page=2"));
  EXPECT_EQ(body.at("next_page").as_string(), "https://help.example.com/api/v2/search?query=zebra&per_page=2&page=3");
  EXPECT_EQ(body.at("previous_page").as_string(), "https://help.example.com/api/v2/search?query=zebra&per_page=2&page=1");
  EXPECT_EQ(body_of(app.get("/api/v2/search/count?query=zebra", app.agent_token)).at("count").to_number<int>(), 5);
}

TEST_F(SearchApi, AnOrderAloneAndNothingAtAllAreEverything) {
  for (int i = 0; i < 3; ++i) app.receive("ann" + std::to_string(i) + "@customer.example", "Zebra", "\r\nstripes");
  EXPECT_EQ(ids_of(search("order_by:created%20sort:asc")), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(ids_of(search("", "&sort_by=created_at&sort_order=desc")), (std::vector<std::int64_t>{3, 2, 1}));
  EXPECT_EQ(body_of(app.get("/api/v2/search/count?query=", app.agent_token)).at("count").to_number<int>(), 3);
  EXPECT_TRUE(ids_of(search("%21%21%21")).empty()) << "signs are no wish for everything";
  EXPECT_EQ(ids_of(app.get("/api/v2/search/export?query=&filter%5Btype%5D=ticket", app.agent_token)).size(), 3U);
}

TEST_F(SearchApi, ExportsEverythingByCursor) {
  for (int i = 0; i < 5; ++i) app.receive("ann" + std::to_string(i) + "@customer.example", "Zebra", "\r\nstripes");
  std::vector<std::int64_t> all;
  std::string path = "/api/v2/search/export?query=zebra&filter%5Btype%5D=ticket&page%5Bsize%5D=2";
  for (int pages = 0; pages < 10; ++pages) {
    const Reply reply = app.get(path, app.agent_token);
    for (const std::int64_t id : ids_of(reply)) all.push_back(id);
    const json::object body = body_of(reply);
    if (!body.at("meta").at("has_more").as_bool()) break;
    path = std::string(body.at("links").at("next").as_string());
  }
  EXPECT_EQ(all, (std::vector<std::int64_t>{5, 4, 3, 2, 1}));
}

TEST_F(SearchApi, RefusesWithTheReason) {
  EXPECT_EQ(app.get("/api/v2/search", app.agent_token).status, 422);
  const Reply unknown = search("printer%20colour:red");
  EXPECT_EQ(unknown.status, 422);
  EXPECT_NE(unknown.body.find("character 9"), std::string::npos) << unknown.body;
  EXPECT_EQ(search("zebra", "&per_page=101").status, 422);
  EXPECT_EQ(search("zebra", "&page=0").status, 422);
  EXPECT_EQ(search("zebra", "&page=101&per_page=100").status, 422);
  EXPECT_EQ(search("zebra", "&sort_by=colour").status, 422);
  EXPECT_EQ(app.get("/api/v2/search?query=zebra", app.contact_token).status, 403);
}

TEST_F(SearchApi, ARemovedPhraseIsNotFoundAnyMore) {
  app.receive("ann@customer.example", "Help", "\r\nMy password is hunter2secret really");
  EXPECT_EQ(ids_of(search("hunter2secret")).size(), 1U);
  const Reply comments = app.get("/api/v2/tickets/1/comments", app.admin_token);
  const std::int64_t comment = body_of(comments).at("comments").as_array().at(0).at("id").to_number<std::int64_t>();
  const Reply removed = app.put("/api/v2/tickets/1/comments/" + std::to_string(comment) + "/redact", app.owner_token, R"({"text":"hunter2secret"})");
  ASSERT_EQ(removed.status, 200) << removed.body;
  EXPECT_EQ(ids_of(search("hunter2secret")).size(), 0U);
  EXPECT_EQ(ids_of(search("password")).size(), 1U);
}

TEST_F(SearchApi, AnotherWorkspaceFindsNothing) {
  app.receive("ann@customer.example", "Zebra", "\r\nstripes");
  EXPECT_EQ(ids_of(app.get("/api/v2/search?query=zebra", app.foreign_token)).size(), 0U);
}

}  // namespace
}  // namespace postern::test
