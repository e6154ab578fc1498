#include "storage/conflict_window.h"

#include <gtest/gtest.h>

namespace postern::storage {
namespace {

void change(ConflictWindow& window, std::uint64_t key, std::uint64_t version) {
  window.stage(key);
  window.publish(version);
}

TEST(ConflictWindow, TellsLaterChangesOnly) {
  ConflictWindow window(1000, 10);
  change(window, 1, 20);
  EXPECT_TRUE(window.has_changed(1, 19));
  EXPECT_FALSE(window.has_changed(1, 20));
  EXPECT_FALSE(window.has_changed(2, 10));
  change(window, 1, 30);
  EXPECT_TRUE(window.has_changed(1, 20));
}

TEST(ConflictWindow, StagedKeysConflictWithinTheBatchAndCanBeDiscarded) {
  ConflictWindow window(1000, 10);
  change(window, 1, 20);
  window.stage(1);
  window.stage(2);
  window.stage(2);
  EXPECT_TRUE(window.has_changed(1, 25));
  EXPECT_TRUE(window.has_changed(2, 25));
  window.discard();
  EXPECT_FALSE(window.has_changed(1, 20));
  EXPECT_TRUE(window.has_changed(1, 19));
  EXPECT_FALSE(window.has_changed(2, 10));
}

TEST(ConflictWindow, ForgetsTheOldestAndRaisesItsFloor) {
  ConflictWindow window(1000, 10);
  for (std::uint64_t key = 1; key <= 20'000; ++key) change(window, key * 0x9e3779b97f4a7c15ULL, 10 + key);
  EXPECT_GT(window.floor(), 10 + 20'000 - 1100U);
  EXPECT_LE(window.floor(), 10 + 20'000 - 500U);
  EXPECT_TRUE(window.has_changed(12345, window.floor() - 1));
  EXPECT_FALSE(window.has_changed(12345, window.floor()));
  EXPECT_TRUE(window.has_changed(20'000 * 0x9e3779b97f4a7c15ULL, 20'009));
}

TEST(ConflictWindow, DiscardKeepsWhatTheOlderGenerationKnows) {
  ConflictWindow window(2, 1);  // every published batch starts a new generation
  change(window, 7, 50);
  window.stage(7);
  window.discard();
  EXPECT_TRUE(window.has_changed(7, 49));
  EXPECT_FALSE(window.has_changed(7, 50));
}

}  // namespace
}  // namespace postern::storage
