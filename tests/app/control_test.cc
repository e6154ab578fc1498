// The control socket: requests and answers, and what neither a lack of file descriptors nor a silent peer may do to it.
#include "app/control.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <thread>

#include "core/errc.h"
#include "core/manual_clock.h"
#include "tests/support/run_task.h"

namespace postern::app {
namespace {

using std::chrono::seconds;

core::Task<core::Result<Json>> echo(Json request) { co_return Json(JsonObject{{"said", std::move(request)}}); }

// A client by hand, whose every step the test sees.
class RawClient {
 public:
  explicit RawClient(const std::filesystem::path& at) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    at.string().copy(address.sun_path, sizeof address.sun_path - 1);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawClient() { ::close(fd_); }
  RawClient(const RawClient&) = delete;
  bool is_connected() const { return connected_; }
  void say(std::string_view text) const { EXPECT_EQ(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size())); }
  // What has arrived; "<closed>" at the end, empty when nothing came.
  std::string hear() const {
    char block[4096];
    const ssize_t got = ::recv(fd_, block, sizeof block, 0);
    return got > 0 ? std::string(block, static_cast<std::size_t>(got)) : got == 0 ? "<closed>" : "";
  }

 private:
  int fd_;
  bool connected_ = false;
};

// Leaves the process no file descriptor to open while it lives.
class NoDescriptorsLeft {
 public:
  NoDescriptorsLeft() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int next = ::dup(0);
    ::close(next);
    rlimit now = before_;
    now.rlim_cur = static_cast<rlim_t>(next);
    ::setrlimit(RLIMIT_NOFILE, &now);
  }
  ~NoDescriptorsLeft() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptorsLeft(const NoDescriptorsLeft&) = delete;

 private:
  rlimit before_{};
};

class ControlTest : public testing::Test {
 protected:
  ControlTest() {
    char name[] = "/tmp/postern-control-XXXXXX";
    folder = ::mkdtemp(name);
    at = folder / "control.sock";
  }
  ~ControlTest() override {
    if (server) {
      io.restart();
      test::run_task(io, server->stop(core::Deadline(clock.now())));
      settle();
    }
    std::filesystem::remove_all(folder);
  }
  void make() {
    auto bound = ControlServer::bind(io, at, clock);
    ASSERT_TRUE(bound) << bound.error().describe();
    server = std::move(*bound);
    server->start(echo);
    settle();
  }
  void settle() {
    io.restart();
    io.poll();
  }
  boost::asio::io_context io;
  core::ManualClock clock;
  std::filesystem::path folder, at;
  std::unique_ptr<ControlServer> server;
};

TEST_F(ControlTest, AnswersEachLine) {
  make();
  const RawClient client(at);
  client.say("{\"command\":\"x\"}\n");
  settle();
  EXPECT_EQ(client.hear(), "{\"said\":{\"command\":\"x\"}}\n");
  client.say("nonsense\n");
  settle();
  EXPECT_NE(client.hear().find("\"error\""), std::string::npos);
}

TEST_F(ControlTest, GoesOnWhenDescriptorsRunOut) {
  make();
  // A sanitizer looks at the type of an object through a pipe, for which there will be no descriptors; it remembers the
  // types that it has seen: those of an answered client and of an error of the system.
  {
    const RawClient first(at);
    first.say("0\n");
    settle();
    const boost::system::error_code full(EMFILE, boost::system::system_category());
    EXPECT_TRUE(full.failed() && !full.message().empty());
  }
  settle();
  const RawClient client(at);
  ASSERT_TRUE(client.is_connected());
  client.say("1\n");
  {
    const NoDescriptorsLeft none;
    settle();
    EXPECT_EQ(client.hear(), "");
  }
  clock.advance(seconds(1));
  settle();
  EXPECT_EQ(client.hear(), "{\"said\":1}\n");
}

TEST_F(ControlTest, ASilentClientIsClosedInTime) {
  make();
  const RawClient client(at);
  settle();
  clock.advance(ControlLimits{}.time_max - seconds(1));
  settle();
  EXPECT_EQ(client.hear(), "");
  clock.advance(seconds(2));
  settle();
  EXPECT_EQ(client.hear(), "<closed>");
}

TEST_F(ControlTest, TheSocketIsOursAlone) {
  make();
  EXPECT_EQ(std::filesystem::status(at).permissions(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(ControlTest, CallsAServerThatRuns) {
  make();
  core::Result<std::optional<Json>> answer = std::optional<Json>();
  std::thread caller([&] {
    answer = call_control(at, Json(JsonObject{{"command", "ping"}}));
    io.stop();
  });
  io.restart();
  io.run_for(seconds(30));
  caller.join();
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ(boost::json::serialize(**answer), R"({"said":{"command":"ping"}})");
}

TEST_F(ControlTest, WithoutAServerThereIsNoAnswerAndNoError) {
  const auto nothing = call_control(at, Json(nullptr));
  ASSERT_TRUE(nothing);
  EXPECT_FALSE(*nothing);
  {
    boost::asio::io_context other;
    auto left_behind = ControlServer::bind(other, at, clock);  // never stopped, as after a crash: its file stays
    ASSERT_TRUE(left_behind);
  }
  ASSERT_TRUE(std::filesystem::exists(at));
  const auto stale = call_control(at, Json(nullptr));
  ASSERT_TRUE(stale) << stale.error().describe();
  EXPECT_FALSE(*stale);
}

TEST_F(ControlTest, AServerThatNeverAnswersIsAnError) {
  auto mute = ControlServer::bind(io, at, clock);  // listens, accepts nothing
  ASSERT_TRUE(mute);
  ControlLimits limits;
  limits.time_max = seconds(0);
  const auto answer = call_control(at, Json(nullptr), limits);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), core::Errc::kTimedOut);
}

TEST_F(ControlTest, APathTooLongForASocketIsSaid) {
  const std::filesystem::path far = folder / std::string(120, 'x');
  EXPECT_FALSE(ControlServer::bind(io, far, clock));
  const auto answer = call_control(far, Json(nullptr));
  ASSERT_TRUE(answer);
  EXPECT_FALSE(*answer);
}

}  // namespace
}  // namespace postern::app
