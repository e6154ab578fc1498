// Where is my mail: one message's story over the API, with the records that its sender was judged by.
#include <charconv>

#include "core/encoding.h"
#include "tests/web/web_app.h"

namespace postern::test {
namespace {

// "/api/v2/traces/…" of the one message that is held back.
std::string trace_url(WebApp& app) {
  const std::string url(app.get("/api/v2/suspended_tickets", app.agent_token).at("suspended_tickets").at(0).at("url").as_string());
  const std::string_view name = std::string_view(url).substr(url.rfind('/') + 1);
  std::uint64_t trace = 0;
  std::from_chars(name.data(), name.data() + name.find('-'), trace);
  return "/api/v2/traces/" + core::to_base32(trace);
}

TEST(Traces, TellTheStoryAndTheRecordsUsed) {
  WebApp app;
  app.hold("mallory@spam.example", "You won", "\r\ncard 4111 1111 1111 1111");
  const Reply reply = app.get(trace_url(app), app.agent_token);
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("trace", "client_ip"), "198.51.100.7");
  EXPECT_EQ(reply.at("trace", "verdicts").at("spf").at("result"), "pass");
  const boost::json::value step = reply.at("trace", "verdicts").at("dns").at(0);
  EXPECT_EQ(step.at("name"), "customer.example");
  EXPECT_EQ(step.at("records").at(0), "v=spf1 ip4:198.51.100.7 -all");
  EXPECT_TRUE(step.at("is_secure").as_bool());
  EXPECT_EQ(reply.at("trace", "redactions").at(0).at("rule"), "card");
  EXPECT_EQ(reply.at("trace", "steps").as_array().back().at("what"), "suspended");
  EXPECT_EQ(reply.body.find("You won"), std::string::npos);
}

TEST(Traces, ThoseOfAnotherWorkspaceAreUnknown) {
  WebApp app;
  app.hold("mallory@spam.example", "You won", "\r\nhello");
  const std::string url = trace_url(app);
  EXPECT_EQ(app.get(url, app.foreign_token).status, 404);
  EXPECT_EQ(app.get("/api/v2/traces/nonsense!", app.agent_token).status, 404);
  EXPECT_EQ(app.get(url, app.agent_token).status, 200);
}

}  // namespace
}  // namespace postern::test
