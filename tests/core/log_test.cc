#include "core/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <future>

#include "core/metrics.h"

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

// A pipe in the place of stderr.
class StderrPipe {
 public:
  StderrPipe() : before_(::dup(STDERR_FILENO)) {
    EXPECT_EQ(::pipe(ends_), 0);
    ::dup2(ends_[1], STDERR_FILENO);
  }
  ~StderrPipe() {
    ::dup2(before_, STDERR_FILENO);
    for (int fd : {before_, ends_[0], ends_[1]}) ::close(fd);
  }
  StderrPipe(const StderrPipe&) = delete;
  void fill() {
    ::fcntl(ends_[1], F_SETFL, O_NONBLOCK);
    const std::string block(4096, 'x');
    while (::write(ends_[1], block.data(), block.size()) > 0) {
    }
    ::fcntl(ends_[1], F_SETFL, 0);
  }
  std::string drain() {
    ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
    std::string all;
    char block[4096];
    for (ssize_t got = 0; (got = ::read(ends_[0], block, sizeof block)) > 0;) all.append(block, std::size_t(got));
    return all;
  }

 private:
  int before_;
  int ends_[2] = {-1, -1};
};

TEST(LogOutput, AFullPipeLosesTheLineAndNotTheService) {
  const Counter& dropped = metrics().counter("postern_log_lines_dropped_total", "");
  const std::uint64_t before = dropped.value();
  StderrPipe pipe;
  pipe.fill();
  auto writing = std::async(std::launch::async, [] { error("log.into_a_full_pipe"); });
  const bool came_back = writing.wait_for(std::chrono::seconds(10)) == std::future_status::ready;
  EXPECT_EQ(pipe.drain().find("log.into_a_full_pipe"), std::string::npos);
  writing.wait();
  EXPECT_TRUE(came_back);
  EXPECT_EQ(dropped.value() - before, 1U);
  error("log.with_room_again");
  EXPECT_NE(pipe.drain().find("log.with_room_again\"}\n"), std::string::npos);
  EXPECT_EQ(dropped.value() - before, 1U);
}

}  // namespace
}  // namespace postern::core::log
