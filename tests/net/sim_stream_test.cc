#include "tests/support/sim_stream.h"

#include <gtest/gtest.h>

#include "core/errc.h"
#include "core/manual_clock.h"
#include "core/task_group.h"
#include "net/errc.h"
#include "tests/support/run_task.h"

namespace postern::test {
namespace {

using std::chrono::seconds;

core::Task<std::string> read_to_end(net::Stream& stream, std::vector<std::size_t>* sizes) {
  std::string out;
  std::array<char, 4096> buffer;
  for (;;) {
    const auto count = co_await stream.read_some(buffer, core::Deadline::never());
    if (!count) co_return out;
    sizes->push_back(*count);
    out.append(buffer.data(), *count);
  }
}

core::Task<std::vector<std::size_t>> cuts(boost::asio::io_context& io, Split split, std::uint64_t seed) {
  core::ManualClock clock;
  SimOptions options;
  options.split = split;
  options.seed = seed;
  auto pair = make_sim_pair(io.get_executor(), clock, options);
  const std::string sent(1000, 'a');
  EXPECT_TRUE(co_await pair.first->write_all(sent, core::Deadline::never()));
  pair.first->close();
  std::vector<std::size_t> sizes;
  EXPECT_EQ(co_await read_to_end(*pair.second, &sizes), sent);
  co_return sizes;
}

TEST(SimStream, CutsReadsBySeed) {
  boost::asio::io_context io;
  EXPECT_EQ(run_task(io, cuts(io, Split::kNone, 1)).size(), 1U);
  EXPECT_EQ(run_task(io, cuts(io, Split::kEveryByte, 1)).size(), 1000U);
  EXPECT_EQ(run_task(io, cuts(io, Split::kRandom, 7)), run_task(io, cuts(io, Split::kRandom, 7)));
  EXPECT_NE(run_task(io, cuts(io, Split::kRandom, 7)), run_task(io, cuts(io, Split::kRandom, 8)));
}

core::Task<void> read_once(net::Stream* stream, core::Deadline by, core::Result<std::size_t>* into) {
  std::array<char, 16> buffer;
  *into = co_await stream->read_some(buffer, by);
}

TEST(SimStream, TimesOutWhenTheManualClockReachesTheDeadline) {
  boost::asio::io_context io;
  core::ManualClock clock;
  auto pair = make_sim_pair(io.get_executor(), clock);
  core::TaskGroup group("sim", clock);
  core::Result<std::size_t> got = std::size_t{99};
  group.spawn(io.get_executor(), read_once(pair.second.get(), core::Deadline::after(seconds(300), clock), &got));
  io.poll();
  clock.advance(seconds(299));
  io.poll();
  EXPECT_EQ(group.size(), 1U);
  clock.advance(seconds(1));
  io.poll();
  ASSERT_EQ(group.size(), 0U);
  ASSERT_FALSE(got);
  EXPECT_TRUE(got.error() == core::Errc::kTimedOut);
}

TEST(SimStream, WakesAReaderAndSeesTheEnd) {
  boost::asio::io_context io;
  core::ManualClock clock;
  auto pair = make_sim_pair(io.get_executor(), clock);
  core::TaskGroup group("sim", clock);
  core::Result<std::size_t> got = std::size_t{99};
  group.spawn(io.get_executor(), read_once(pair.second.get(), core::Deadline::after(seconds(300), clock), &got));
  io.poll();
  EXPECT_TRUE(run_task(io, pair.first->write_all("abc", core::Deadline::never())));
  io.restart();
  io.poll();
  ASSERT_EQ(group.size(), 0U);
  EXPECT_EQ(got.value(), 3U);
  pair.first.reset();
  io.restart();
  std::vector<std::size_t> sizes;
  EXPECT_EQ(run_task(io, read_to_end(*pair.second, &sizes)), "");
  io.restart();
  const auto closed = run_task(io, pair.second->write_all("x", core::Deadline::never()));
  EXPECT_TRUE(!closed && closed.error() == net::Errc::kClosed);
}

}  // namespace
}  // namespace postern::test
