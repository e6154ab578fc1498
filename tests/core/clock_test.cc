#include "core/clock.h"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "core/deadline.h"
#include "core/manual_clock.h"
#include "core/task_group.h"
#include "tests/support/run_task.h"

namespace postern::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Task<void> sleep_and_note(Clock* clock, Instant until, int name, std::vector<int>* into) {
  co_await clock->sleep_until(until);
  into->push_back(name);
}

TEST(ManualClock, WakesSleepersInTheOrderOfTheirDeadlines) {
  boost::asio::io_context io;
  ManualClock clock;
  TaskGroup group("sleepers", clock);
  std::vector<int> woken;
  const Instant start = clock.now();
  for (int i : {3, 1, 2}) group.spawn(io.get_executor(), sleep_and_note(&clock, start + seconds(i), i, &woken));
  io.poll();
  EXPECT_EQ(clock.next_wake(), start + seconds(1));
  clock.advance(milliseconds(999));
  io.poll();
  EXPECT_TRUE(woken.empty());
  clock.advance(seconds(2));
  io.poll();
  EXPECT_EQ(woken, (std::vector<int>{1, 2}));
  clock.advance(seconds(1));
  io.poll();
  EXPECT_EQ(woken, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(clock.next_wake(), Instant::max());
  EXPECT_EQ(group.size(), 0U);
}

TEST(ManualClock, ForgetsACancelledSleeper) {
  boost::asio::io_context io;
  ManualClock clock;
  TaskGroup group("sleepers", clock);
  std::vector<int> woken;
  group.spawn(io.get_executor(), sleep_and_note(&clock, clock.now() + seconds(1), 1, &woken));
  io.poll();
  group.cancel();
  io.poll();
  EXPECT_EQ(group.size(), 0U);
  EXPECT_EQ(clock.next_wake(), Instant::max());
  clock.advance(seconds(5));
  io.poll();
}

CO_TEST(ManualClock, ASleepIntoThePastReturnsAtOnce) {
  ManualClock clock;
  co_await clock.sleep_until(clock.now());
  co_await clock.sleep_for(seconds(-1));
  EXPECT_EQ(clock.next_wake(), Instant::max());
}

TEST(Deadline, CombinesAndPasses) {
  ManualClock clock;
  const auto soon = Deadline::after(seconds(1), clock);
  const auto late = Deadline::after(seconds(9), clock);
  EXPECT_EQ(late.earlier_of(soon).at(), soon.at());
  EXPECT_EQ(soon.earlier_of(Deadline::never()).at(), soon.at());
  EXPECT_TRUE(Deadline::never().is_never());
  EXPECT_EQ(Deadline::never().left(clock), Duration::max());
  EXPECT_FALSE(soon.has_passed(clock));
  EXPECT_EQ(soon.left(clock), seconds(1));
  clock.advance(seconds(1));
  EXPECT_TRUE(soon.has_passed(clock));
  EXPECT_EQ(soon.left(clock), Duration::zero());
}

TEST(WallTime, IsFormattedInUtc) {
  const WallTime time = from_unix_ms(1'795'339'800'123);
  EXPECT_EQ(to_unix_ms(time), 1'795'339'800'123);
  EXPECT_EQ(to_rfc3339(time), "2026-11-22T09:30:00Z");
  EXPECT_EQ(to_rfc5322(time), "Sun, 22 Nov 2026 09:30:00 +0000");
  EXPECT_EQ(to_rfc5322(from_unix_ms(0)), "Thu, 1 Jan 1970 00:00:00 +0000");
}

}  // namespace
}  // namespace postern::core
