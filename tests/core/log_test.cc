#include "core/log.h"

#include <gtest/gtest.h>

namespace postern::core::log {
namespace {

using std::string_literals::operator""s;

std::string last_line;

class LogTest : public testing::Test {
 protected:
  LogTest() {
    last_line.clear();
    set_sink([](std::string_view line) { last_line = line; });
  }
  ~LogTest() override {
    set_sink(nullptr);
    set_level(Level::kInfo);
  }
};

TEST_F(LogTest, WritesOneJsonObjectALine) {
  info("smtp.rcpt_refused", {{"session", 12U}, {"code", 452}, {"tls", true}, {"why", "full"}, {"seconds", 0.25}});
  EXPECT_NE(
      last_line.find(
          R"("level":"info","event":"smtp.rcpt_refused","session":12,"code":452,"tls":true,"why":"full","seconds":0.250})"),
      std::string::npos)
      << last_line;
}

TEST_F(LogTest, NeverPrintsControlBytesOrBreaksItsFrame) {
  info("x", {{"v", "a\r\n\x1b[31m\x7f\xc3\xa4\"\\\0b"s}});
  for (char c : last_line) EXPECT_TRUE(c >= 0x20 && c < 0x7f);
  EXPECT_NE(last_line.find(R"("v":"a???[31m???\"\\?b"})"), std::string::npos) << last_line;
}

TEST_F(LogTest, CutsLongValues) {
  info("x", {{"v", std::string(5000, 'y')}});
  EXPECT_LT(last_line.size(), 400U);
}

TEST_F(LogTest, LevelsBelowTheThresholdAreSilent) {
  debug("x");
  EXPECT_TRUE(last_line.empty());
  set_level(Level::kOff);
  error("x");
  EXPECT_TRUE(last_line.empty());
  set_level(Level::kDebug);
  debug("x");
  EXPECT_FALSE(last_line.empty());
}

TEST_F(LogTest, PrintableIsShortAsciiOnly) {
  EXPECT_EQ(printable("a\nb\0c\xff"s), "a?b?c?");
  EXPECT_EQ(printable(std::string(100, 'x')).size(), 30U);
}

TEST_F(LogTest, HashedFollowsAnAddressWithoutShowingIt) {
  set_hash_key("one");
  const auto first = hashed("bob@example.org");
  EXPECT_EQ(first, hashed("bob@example.org"));
  EXPECT_NE(first, hashed("bobby@example.org"));
  EXPECT_EQ(first.size(), 14U);
  EXPECT_EQ(first.find("bob"), std::string::npos);
  set_hash_key("two");
  EXPECT_NE(first, hashed("bob@example.org"));
}

}  // namespace
}  // namespace postern::core::log
