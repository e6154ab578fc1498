// Trap 21: no log line holds content or an address, whatever goes wrong.
#include "core/log.h"

#include <gtest/gtest.h>

#include "tests/smtp/server/edge_fixture.h"

namespace postern::test {
namespace {

std::vector<std::string>& lines() {
  static std::vector<std::string> all;
  return all;
}
void keep_line(std::string_view line) { lines().emplace_back(line); }

class LogCapture {
 public:
  LogCapture() : before_(core::log::level()) {
    lines().clear();
    core::log::set_sink(keep_line);
    core::log::set_level(core::log::Level::kDebug);
  }
  ~LogCapture() {
    core::log::set_sink(nullptr);
    core::log::set_level(before_);
  }

 private:
  core::log::Level before_;
};

TEST(Logs, Trap21_HoldNoContentAndNoAddress) {
  EdgeFixture edge;
  const LogCapture capture;
  edge.read();
  edge.exchange("canary4111\r\n");
  edge.exchange("EHLO canary4111.example\r\n");
  edge.exchange("MAIL FROM:canary4111@sender.example\r\n");
  edge.exchange("MAIL FROM:<canary4111@sender.example> ENVID=canary4111\r\n");
  edge.exchange("RCPT TO:<canary4111@example.test>\r\n");
  edge.exchange("RCPT TO:<support+canary4111@example.test>\r\n");
  edge.exchange("DATA\r\n");
  EXPECT_TRUE(edge.exchange("Subject: canary4111\r\n\r\ncanary4111\r\n.\r\n").starts_with("250"));
  edge.intake.verdict = {550, "5.7.1", "No", "reject"};
  edge.begin("support+canary4111@example.test");
  edge.exchange("BDAT 12 LAST\r\ncanary4111\r\n");
  edge.begin("support+canary4111@example.test");
  edge.exchange("DATA\r\n");
  EXPECT_TRUE(edge.exchange("canary4111\n.\r\n.\r\n").starts_with("550"));
  edge.hang_up();
  bool has_message_line = false;
  for (const std::string& line : lines()) {
    EXPECT_EQ(line.find("canary4111"), std::string::npos) << line;
    EXPECT_EQ(line.find('@'), std::string::npos) << line;
    has_message_line |= line.find("smtp.message") != std::string::npos;
  }
  EXPECT_TRUE(has_message_line);
}

}  // namespace
}  // namespace postern::test
