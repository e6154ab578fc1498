// Held mail over the API, beside suspended_test.cc: many at once, its sender, its files, how long it waits, the daily mail.
#include <fmt/format.h>

#include "tests/web/web_app.h"

namespace postern::test {
namespace {

constexpr const char* kHeldPath = "/api/v2/suspended_tickets";

Reply call(WebApp& app, const char* verb, const std::string& path, const std::string& token) {
  Call request{verb, path, {}, ""};
  return app.send(request.with("Authorization", "Bearer " + token));
}

std::vector<std::string> held_ids(WebApp& app) {
  std::vector<std::string> out;
  const boost::json::value mails = app.get(kHeldPath, app.agent_token).at("suspended_tickets");
  for (const auto& each : mails.as_array()) out.emplace_back(each.at("id").as_string());
  return out;
}

std::string sender_body(const std::string& pattern, const std::string& list) {
  return fmt::format(R"({{"sender_list":{{"pattern":"{}","list":"{}"}}}})", pattern, list);
}

TEST(HeldMail, ManyAreRecoveredOrDeletedAndFailuresAreNamed) {
  WebApp app;
  for (int i = 0; i < 4; ++i) app.hold(fmt::format("c{}@customer.example", i), "S", "\r\nhello");
  const std::vector<std::string> ids = held_ids(app);
  ASSERT_EQ(ids.size(), 4U);
  Reply some = call(app, "PUT", fmt::format("{}/recover_many?ids={},{}", kHeldPath, ids[0], ids[1]), app.agent_token);
  ASSERT_EQ(some.status, 200) << some.body;
  EXPECT_EQ(some.at("tickets").as_array().size(), 2U);
  Reply again = call(app, "PUT", fmt::format("{}/recover_many?ids={},{}", kHeldPath, ids[1], ids[2]), app.agent_token);
  EXPECT_EQ(again.status, 422) << again.body;
  EXPECT_EQ(again.at("tickets").as_array().size(), 1U);
  EXPECT_EQ(again.at("refused").at(0).at("id").as_string(), ids[1]);
  EXPECT_EQ(call(app, "DELETE", fmt::format("{}/destroy_many?ids={}", kHeldPath, ids[3]), app.agent_token).status, 204);
  EXPECT_EQ(call(app, "DELETE", fmt::format("{}/destroy_many?ids={}", kHeldPath, ids[3]), app.agent_token).status, 422);
  EXPECT_TRUE(held_ids(app).empty());
  for (const char* wrong : {"", "?ids=", "?ids=1", "?ids=a-b", "?ids=1-2,"}) {
    EXPECT_EQ(call(app, "PUT", fmt::format("{}/recover_many{}", kHeldPath, wrong), app.agent_token).status, 422) << wrong;
  }
  EXPECT_EQ(call(app, "PUT", fmt::format("{}/recover_many?ids=1-2", kHeldPath), app.contact_token).status, 403);
}

TEST(HeldMail, ItsSenderIsBlockedOrLetInFromTheMessage) {
  WebApp app;
  app.hold("mallory@spam.example", "You won", "\r\nbuy");
  const std::string path = fmt::format("{}/{}/sender", kHeldPath, held_ids(app).at(0));
  Reply blocked = app.post(path, app.agent_token, R"({"list":"block","scope":"domain"})");
  ASSERT_EQ(blocked.status, 200) << blocked.body;
  EXPECT_EQ(blocked.at("sender_list", "pattern").as_string(), "spam.example");
  EXPECT_EQ(blocked.at("sender_list", "list").as_string(), "block");
  Reply allowed = app.post(path, app.agent_token, R"({"list":"allow"})");
  EXPECT_EQ(allowed.at("sender_list", "pattern").as_string(), "mallory@spam.example");
  EXPECT_EQ(app.post(path, app.agent_token, R"({"list":"maybe"})").status, 422);
  EXPECT_EQ(app.post(path, app.agent_token, R"({"list":"block","scope":"all"})").status, 422);
  EXPECT_EQ(app.post(path, app.foreign_token, R"({"list":"block"})").status, 404);
  EXPECT_EQ(app.get("/api/v2/sender_lists", app.agent_token).at("sender_lists").as_array().size(), 2U);
  EXPECT_EQ(app.get("/api/v2/sender_lists?filter[list]=allow", app.agent_token).at("sender_lists").as_array().size(), 1U);
}

TEST(HeldMail, ListsOfSendersAreKeptByAdmins) {
  WebApp app;
  Reply made = app.post("/api/v2/sender_lists", app.admin_token, sender_body("Evil.example", "block"));
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string url = fmt::format("/api/v2/sender_lists/{}", made.at("sender_list", "id").to_number<std::uint64_t>());
  EXPECT_EQ(app.get(url, app.agent_token).at("sender_list", "pattern").as_string(), "evil.example");
  EXPECT_EQ(app.put(url, app.admin_token, R"({"sender_list":{"list":"allow","note":"a customer"}})").at("sender_list", "list").as_string(), "allow");
  EXPECT_EQ(app.put(url, app.admin_token, R"({"sender_list":{"pattern":"b.example"}})").status, 422);
  EXPECT_EQ(app.post("/api/v2/sender_lists", app.admin_token, sender_body("not a pattern", "block")).status, 422);
  EXPECT_EQ(app.post("/api/v2/sender_lists", app.admin_token, R"({"sender_list":{"pattern":"a.example"}})").status, 422);
  EXPECT_EQ(app.post("/api/v2/sender_lists", app.agent_token, sender_body("a.example", "block")).status, 403);
  EXPECT_EQ(app.get(url, app.foreign_token).status, 404);
  EXPECT_EQ(call(app, "DELETE", url, app.admin_token).status, 204);
  EXPECT_EQ(app.get(url, app.agent_token).status, 404);
}

TEST(HeldMail, ItsFilesBecomeAnUploadForAComment) {
  WebApp app;
  app.hold("ann@customer.example", "File",
           "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n"
           "Content-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nabc\r\n--b--\r\n");
  const std::string path = fmt::format("{}/{}/attachments", kHeldPath, held_ids(app).at(0));
  Reply made = call(app, "POST", path, app.agent_token);
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.at("upload", "attachments").at(0).at("file_name").as_string(), "a.txt");
  const core::TicketId ticket = app.receive("ann@customer.example", "Other", "\r\nhello");
  Reply put = app.put(fmt::format("/api/v2/tickets/{}", ticket.value), app.agent_token,
                      fmt::format(R"({{"ticket":{{"comment":{{"body":"see","public":false,"uploads":["{}"]}}}}}})",
                                  std::string_view(made.at("upload", "token").as_string())));
  EXPECT_EQ(put.status, 200) << put.body;
  EXPECT_EQ(call(app, "POST", path, app.foreign_token).status, 404);
}

TEST(HeldMail, HowLongItWaitsAndWhoIsToldAreSettings) {
  WebApp app;
  const std::string settings = fmt::format("{}/settings", kHeldPath);
  EXPECT_EQ(app.get(settings, app.agent_token).at("suspended_settings", "retention_days").to_number<int>(), 14);
  Reply put = app.put(settings, app.admin_token, R"({"suspended_settings":{"retention_days":30}})");
  ASSERT_EQ(put.status, 200) << put.body;
  EXPECT_EQ(put.at("suspended_settings", "retention_days").to_number<int>(), 30);
  EXPECT_TRUE(put.at("suspended_settings", "retention_days_chosen").as_bool());
  EXPECT_EQ(app.put(settings, app.admin_token, R"({"suspended_settings":{"retention_days":1000}})").status, 422);
  EXPECT_EQ(app.put(settings, app.admin_token, R"({"suspended_settings":{}})").status, 422);
  EXPECT_EQ(app.put(settings, app.agent_token, R"({"suspended_settings":{"retention_days":3}})").status, 403);
  EXPECT_EQ(app.put(settings, app.admin_token, R"({"suspended_settings":{"retention_days":null}})").at("suspended_settings", "retention_days").to_number<int>(), 14);
  const std::string digest = fmt::format("{}/digest", kHeldPath);
  EXPECT_FALSE(app.get(digest, app.agent_token).at("suspended_digest", "wanted").as_bool());
  EXPECT_TRUE(app.put(digest, app.agent_token, R"({"suspended_digest":{"wanted":true}})").at("suspended_digest", "wanted").as_bool());
  EXPECT_EQ(app.get(settings, app.admin_token).at("suspended_settings", "digest_readers").to_number<int>(), 1);
  EXPECT_EQ(app.put(digest, app.contact_token, R"({"suspended_digest":{"wanted":true}})").status, 403);
}

}  // namespace
}  // namespace postern::test
