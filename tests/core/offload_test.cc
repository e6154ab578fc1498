#include "core/offload.h"

#include <gtest/gtest.h>

#include <boost/asio/strand.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/task_group.h"
#include "tests/support/run_task.h"

namespace postern::core {
namespace {

// A door at which jobs wait until the test opens it.
class Door {
 public:
  void wait() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return is_open_; });
  }
  void open() {
    std::lock_guard lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = false;
  int waiting_ = 0;
};

Task<void> check_thread(WorkPool* pool) {
  const auto home = std::this_thread::get_id();
  auto job = [] { return std::this_thread::get_id(); };
  const auto away = co_await offload(*pool, job);
  EXPECT_NE(away.value(), home);
  EXPECT_EQ(std::this_thread::get_id(), home);
}

TEST(Offload, RunsOnThePoolAndResumesAtHome) {
  boost::asio::io_context io;
  WorkPool pool("cpu", 1, 4);  // joined before the context that its jobs post to ends
  test::run_task(io, check_thread(&pool));
  EXPECT_EQ(pool.jobs(), 0U);
}

Task<void> submit(WorkPool* pool, Door* door, int* done, int* refused) {
  auto job = [door] {
    door->wait();
    return 1;
  };
  const auto got = co_await offload(*pool, job);
  if (got) {
    ++*done;
  } else {
    EXPECT_TRUE(got.error() == Errc::kOverloaded);
    EXPECT_TRUE(got.error().is_transient());
    ++*refused;
  }
}

TEST(Offload, RefusesWhenTheQueueIsFull) {
  boost::asio::io_context io;
  WorkPool pool("disk", 1, 3);
  Door door;
  int done = 0;
  int refused = 0;
  TaskGroup group("jobs", system_clock());
  for (int i = 0; i < 5; ++i) group.spawn(io.get_executor(), submit(&pool, &door, &done, &refused));
  io.poll();
  EXPECT_EQ(refused, 2);
  EXPECT_EQ(pool.jobs(), 3U);
  door.open();
  io.restart();
  test::run_task(io, group.drain(Deadline::after(std::chrono::seconds(20), system_clock())));
  EXPECT_EQ(done, 3);
  EXPECT_EQ(pool.jobs(), 0U);
}

Task<void> check_exception(WorkPool* pool) {
  auto job = []() -> int { throw std::runtime_error("job"); };
  bool was_thrown = false;
  try {
    (void)co_await offload(*pool, job);
  } catch (const std::runtime_error&) {
    was_thrown = true;
  }
  EXPECT_TRUE(was_thrown);
  EXPECT_EQ(pool->jobs(), 0U);
}

TEST(Offload, RethrowsWhatTheJobThrows) {
  boost::asio::io_context io;
  WorkPool pool("cpu", 1, 4);
  test::run_task(io, check_exception(&pool));
}

}  // namespace
}  // namespace postern::core
