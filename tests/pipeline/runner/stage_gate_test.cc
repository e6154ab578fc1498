// Issue 5, backpressure: a stage that is slow delays, then defers with a reason; nothing queues without bound.
#include "pipeline/runner/stage_gate.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <optional>
#include <vector>

#include "core/errc.h"
#include "core/manual_clock.h"

namespace postern::pipeline {
namespace {

class StageGateTest : public ::testing::Test {
 protected:
  using Entered = core::Result<StageGate::Lease>;
  // Begins to enter; the result appears when it is known.
  std::shared_ptr<std::optional<Entered>> enter(StageGate& gate, std::size_t bytes, core::Deadline by = core::Deadline::never()) {
    auto out = std::make_shared<std::optional<Entered>>();
    boost::asio::co_spawn(io, gate.enter(bytes, by), [out](std::exception_ptr failed, Entered entered) {
      EXPECT_FALSE(failed);
      out->emplace(std::move(entered));
    });
    settle();
    return out;
  }
  void settle() {
    io.restart();
    io.poll();
  }
  void pass(core::Duration time) {
    clock.advance(time);
    settle();
  }
  std::uint64_t full() { return deferrals_of("test", "full").value(); }

  core::ManualClock clock;
  boost::asio::io_context io;
  StageBudgets all{.wait_max = std::chrono::seconds(10), .waiting_max = 3};
  StageBudget budget{std::chrono::seconds(5), 100};
};

TEST_F(StageGateTest, LetsInWhatFitsAndMakesTheRestWaitInOrder) {
  StageGate gate("test", budget, all, clock);
  auto first = enter(gate, 60);
  auto second = enter(gate, 40);
  ASSERT_TRUE(*first && **first && *second && **second);
  auto third = enter(gate, 50);
  auto fourth = enter(gate, 10);  // it would fit sooner, but came later
  EXPECT_FALSE(*third || *fourth);
  EXPECT_EQ(gate.waiting(), 2U);
  second->reset();  // gives 40 back: not enough for the third
  settle();
  EXPECT_FALSE(*third || *fourth);
  first->reset();
  settle();
  EXPECT_TRUE(*third && **third);
  EXPECT_TRUE(*fourth && **fourth);
  EXPECT_EQ(gate.waiting(), 0U);
}

TEST_F(StageGateTest, DefersWhoWaitsTooLongAndGivesItsPlaceToOthers) {
  StageGate gate("test", budget, all, clock);
  const std::uint64_t before = full();
  auto inside = enter(gate, 60);
  auto large = enter(gate, 90);
  auto small = enter(gate, 40);
  pass(std::chrono::seconds(9));
  EXPECT_FALSE(*large || *small);
  auto patient = enter(gate, 90);
  pass(std::chrono::seconds(1));
  ASSERT_TRUE(*large);
  EXPECT_TRUE((*large)->error() == core::Errc::kOverloaded);
  EXPECT_TRUE((*large)->error().is_transient());
  EXPECT_EQ((*large)->error().context(), "test");
  EXPECT_EQ(full(), before + (*small && !**small ? 2 : 1));
  inside->reset();
  small->reset();
  settle();
  EXPECT_TRUE(*patient && **patient) << "whoever has not waited long yet comes in";
}

TEST_F(StageGateTest, TheQueueIsBounded) {
  StageGate gate("test", budget, all, clock);
  auto inside = enter(gate, 100);
  std::vector<std::shared_ptr<std::optional<Entered>>> waiting;
  for (int i = 0; i < 3; ++i) waiting.push_back(enter(gate, 1));
  const auto refused = enter(gate, 1);
  ASSERT_TRUE(*refused);
  EXPECT_FALSE(**refused) << "refused at once, not after a wait";
  EXPECT_EQ(gate.waiting(), 3U);
  inside->reset();
  settle();
  for (const auto& each : waiting) EXPECT_TRUE(*each && **each);
}

TEST_F(StageGateTest, AMessageLargerThanTheBudgetGoesInAlone) {
  StageGate gate("test", budget, all, clock);
  auto large = enter(gate, 1000);
  ASSERT_TRUE(*large && **large);
  auto other = enter(gate, 1);
  EXPECT_FALSE(*other);
  large->reset();
  settle();
  EXPECT_TRUE(*other && **other);
}

TEST_F(StageGateTest, ADeadlineOfTheMessageEndsTheWaitEarlier) {
  StageGate gate("test", budget, all, clock);
  auto inside = enter(gate, 100);
  auto hurried = enter(gate, 1, core::Deadline::after(std::chrono::seconds(2), clock));
  pass(std::chrono::seconds(2));
  ASSERT_TRUE(*hurried);
  EXPECT_FALSE(**hurried);
}

TEST_F(StageGateTest, LeasesOutliveTheGate) {
  auto gate = std::make_unique<StageGate>("test", budget, all, clock);
  auto inside = enter(*gate, 100);
  gate.reset();
  inside->reset();  // gives back to what is still there
}

}  // namespace
}  // namespace postern::pipeline
