#include "core/ids.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "core/manual_clock.h"

namespace postern::core {
namespace {

TEST(IdSource, IdsAreUniqueAndOrderedInEachThread) {
  IdSource ids(system_clock(), 7);
  constexpr std::size_t kEach = 20'000;
  std::vector<std::vector<std::uint64_t>> made(4);
  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&ids, &mine] {
      for (std::size_t i = 0; i < kEach; ++i) mine.push_back(ids.next());
    });
  }
  for (auto& thread : threads) thread.join();
  std::vector<std::uint64_t> all;
  for (const auto& mine : made) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    all.insert(all.end(), mine.begin(), mine.end());
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
  EXPECT_EQ(all.size(), 4 * kEach);
}

TEST(IdSource, FollowsTimeAndNeverGoesBack) {
  ManualClock clock;
  IdSource ids(clock, 1);
  const auto first = ids.next();
  clock.advance(std::chrono::milliseconds(10));
  const auto later = ids.next();
  EXPECT_GT(later, first);
  clock.advance(std::chrono::seconds(-3600));
  EXPECT_GT(ids.next(), later);
}

TEST(IdSource, AFloorKeepsIdsUniqueWhenTheClockIsSetBackAcrossARestart) {
  ManualClock clock;
  clock.advance(std::chrono::hours(24));
  std::uint64_t last = 0;
  {
    IdSource before(clock, 9);
    for (int i = 0; i < 300; ++i) last = before.next();
  }
  clock.advance(-std::chrono::hours(1));
  for (const std::uint16_t node : std::vector<std::uint16_t>{1, 9, 15}) {
    IdSource after(clock, node);
    after.start_after(last);
    EXPECT_GT(after.next(), last) << node;
  }
}

TEST(IdSource, ALowerFloorChangesNothing) {
  ManualClock clock;
  IdSource early(clock, 1);
  const std::uint64_t old = early.next();
  clock.advance(std::chrono::hours(1));
  IdSource ids(clock, 1);
  const std::uint64_t first = ids.next();
  ids.start_after(old);
  EXPECT_EQ(ids.next(), first + 1);
}

TEST(IdSource, FitsASignedIntegerAndDiffersByNode) {
  ManualClock clock;
  IdSource a(clock, 1);
  IdSource b(clock, 2);
  EXPECT_NE(a.next(), b.next());
  EXPECT_LT(a.next(), std::uint64_t{1} << 63U);
}

TEST(IdSource, ABurstLargerThanTheSequenceStaysUnique) {
  ManualClock clock;  // time stands still
  IdSource ids(clock, 1);
  std::uint64_t before = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto id = ids.next();
    ASSERT_GT(id, before);
    before = id;
  }
}

TEST(Base32, GoesBothWaysAndSorts) {
  for (std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{31}, std::uint64_t{123456789},
                              (std::uint64_t{1} << 63U) - 1, ~std::uint64_t{0}}) {
    EXPECT_EQ(to_base32(value).size(), 13U);
    EXPECT_EQ(from_base32(to_base32(value)), value);
  }
  EXPECT_LT(to_base32(99), to_base32(100));
  for (const char* text : {"", "0", "000000000000i", "00000000000001", "000000000000A", "000000000000 "}) {
    EXPECT_EQ(from_base32(text), 0U) << text;
  }
}

}  // namespace
}  // namespace postern::core
