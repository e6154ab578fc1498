#include "core/task_group.h"

#include <gtest/gtest.h>

#include <boost/asio/strand.hpp>
#include <stdexcept>
#include <thread>

#include "core/log.h"
#include "core/manual_clock.h"
#include "tests/support/run_task.h"

namespace postern::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Task<void> sleep_then_count(Clock* clock, Duration how_long, int* ended) {
  co_await clock->sleep_for(how_long);
  ++*ended;
}

TEST(TaskGroup, DrainLetsTasksEndByThemselves) {
  boost::asio::io_context io;
  TaskGroup group("t", system_clock());
  int ended = 0;
  for (int i = 0; i < 3; ++i)
    group.spawn(io.get_executor(), sleep_then_count(&system_clock(), milliseconds(5), &ended));
  EXPECT_EQ(group.size(), 3U);
  test::run_task(io, group.drain(Deadline::after(seconds(20), system_clock())));
  EXPECT_EQ(ended, 3);
  EXPECT_EQ(group.size(), 0U);
}

Task<void> sleep_for_ever(Clock* clock, bool* was_cut) {
  struct Note {
    bool* flag;
    ~Note() { *flag = true; }
  };
  const Note note{was_cut};
  for (;;) co_await clock->sleep_for(std::chrono::hours(1));
}

TEST(TaskGroup, DrainCancelsWhatIsLeftAtTheDeadlineAndJoinsIt) {
  boost::asio::io_context io;
  TaskGroup group("t", system_clock());
  bool was_cut = false;
  group.spawn(io.get_executor(), sleep_for_ever(&system_clock(), &was_cut));
  test::run_task(io, group.drain(Deadline::after(milliseconds(10), system_clock())));
  EXPECT_TRUE(was_cut);
  EXPECT_EQ(group.size(), 0U);
}

TEST(TaskGroup, StartsNothingAfterCancel) {
  boost::asio::io_context io;
  TaskGroup group("t", system_clock());
  group.cancel();
  int ended = 0;
  group.spawn(io.get_executor(), sleep_then_count(&system_clock(), milliseconds(0), &ended));
  io.run();
  EXPECT_EQ(ended, 0);
  EXPECT_EQ(group.size(), 0U);
}

std::string logged;

Task<void> explode() {
  co_await system_clock().sleep_for(milliseconds(0));
  throw std::runtime_error("bad\nluck");
}

TEST(TaskGroup, LogsAnExceptionAndGoesOn) {
  logged.clear();
  log::set_sink([](std::string_view line) { logged = line; });
  boost::asio::io_context io;
  TaskGroup group("group-name", system_clock());
  group.spawn(io.get_executor(), explode());
  io.run();
  log::set_sink(nullptr);
  EXPECT_EQ(group.size(), 0U);
  EXPECT_NE(logged.find("task.failed"), std::string::npos);
  EXPECT_NE(logged.find("group-name"), std::string::npos);
  EXPECT_NE(logged.find("bad?luck"), std::string::npos) << logged;
}

TEST(TaskGroup, CancelsTasksOfManyThreadsOnTheirOwnExecutors) {
  boost::asio::io_context io;
  auto guard = boost::asio::make_work_guard(io);
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back([&io] { io.run(); });
  TaskGroup group("t", system_clock());
  std::vector<std::unique_ptr<bool>> cut;
  for (int i = 0; i < 100; ++i) {
    cut.push_back(std::make_unique<bool>(false));
    group.spawn(boost::asio::make_strand(io), sleep_for_ever(&system_clock(), cut.back().get()));
  }
  boost::asio::io_context local;
  test::run_task(local, group.drain(Deadline::after(milliseconds(5), system_clock())));
  guard.reset();
  for (auto& thread : threads) thread.join();
  for (const auto& one : cut) EXPECT_TRUE(*one);
}

TEST(TaskGroupDeathTest, DyingWithTasksLeftIsABug) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_DEATH(
      {
        boost::asio::io_context io;
        bool was_cut = false;
        TaskGroup group("t", system_clock());
        group.spawn(io.get_executor(), sleep_for_ever(&system_clock(), &was_cut));
      },
      "assertion failed");
}

}  // namespace
}  // namespace postern::core
