#include "storage/read_cache.h"

#include <array>
#include <atomic>
#include <thread>

#include "storage/feed.h"
#include "tests/storage/store_fixture.h"

namespace postern::storage::test {
namespace {

using CacheValue = ReadCache::Value;

void keep_twice(ReadCache& cache, std::string_view key, const CacheValue& value, std::uint64_t view) {
  cache.keep(key, ReadCache::hash(key), value, view);
  cache.keep(key, ReadCache::hash(key), value, view);
}

std::optional<CacheValue> find_in(const ReadCache& cache, std::string_view key, std::uint64_t view) {
  return cache.find(key, ReadCache::hash(key), view);
}

TEST(ReadCache, KeepsWhatIsAskedForTwice) {
  ReadCache cache;
  cache.keep("settings", ReadCache::hash("settings"), "a", 5);
  EXPECT_FALSE(find_in(cache, "settings", 5));
  cache.keep("settings", ReadCache::hash("settings"), "a", 5);
  EXPECT_EQ(find_in(cache, "settings", 5), CacheValue("a"));
  keep_twice(cache, "nobody", std::nullopt, 5);
  ASSERT_TRUE(find_in(cache, "nobody", 5));
  EXPECT_FALSE(*find_in(cache, "nobody", 5)) << "that there is none is an answer";
}

TEST(ReadCache, AnswersViewsOnTheSameSideOfAChangeOnly) {
  ReadCache cache;
  keep_twice(cache, "k", "old", 5);
  EXPECT_EQ(find_in(cache, "k", 3), CacheValue("old")) << "nothing was written between";
  cache.will_change(ReadCache::hash("k"), 8);
  EXPECT_FALSE(find_in(cache, "k", 7)) << "not told from views that see the change";
  EXPECT_FALSE(find_in(cache, "k", 8));
  keep_twice(cache, "k", "old", 7);  // by a view from before the change, after it
  EXPECT_FALSE(find_in(cache, "k", 8));
  keep_twice(cache, "k", "new", 9);
  EXPECT_EQ(find_in(cache, "k", 8), CacheValue("new"));
  EXPECT_FALSE(find_in(cache, "k", 7));
  keep_twice(cache, "k", "old", 7);
  EXPECT_EQ(find_in(cache, "k", 9), CacheValue("new")) << "an older view takes nothing away";
}

TEST(ReadCache, LargeValuesAreNotKept) {
  ReadCache cache;
  keep_twice(cache, "fits", std::string(ReadCache::kValueBytesMax, 'x'), 1);
  keep_twice(cache, "large", std::string(ReadCache::kValueBytesMax + 1, 'x'), 1);
  EXPECT_TRUE(find_in(cache, "fits", 1));
  EXPECT_FALSE(find_in(cache, "large", 1));
  const std::string long_key(ReadCache::kValueBytesMax + 1, 'k');
  keep_twice(cache, long_key, "x", 1);
  EXPECT_FALSE(find_in(cache, long_key, 1));
}

// A scan reads the engine, a get may be answered by the cache: in one view they must always agree, and a later view must never be
// told less than an earlier one saw.
TEST(ReadCache, AStoreAnswersWhatItsViewsHoldWhileOthersWrite) {
  const TempFolder folder;
  core::ManualClock clock;
  auto store = *open_rocks_store(rocks_options_for(folder.path()), clock);
  constexpr std::size_t kKeys = 12;
  constexpr int kRounds = 400;
  std::atomic<bool> done{false};
  std::atomic<int> disagreements{0};
  std::atomic<std::uint64_t> reads{0};
  const auto reader = [&] {
    std::array<int, kKeys> seen{};
    while (!done.load()) {
      const auto view = store->snapshot();
      for (std::size_t i = 0; i < kKeys; ++i) {
        const std::string key = key_of(i, kOne, Space::kUser);
        const auto got = view->get(key);
        const auto scanned = view->scan(key, Direction::kForward, 1);
        const auto truth = scanned->empty() ? CacheValue() : CacheValue(scanned->front().value);
        const int number = truth ? std::stoi(*truth) : seen[i];
        if (*got != truth || number < seen[i]) ++disagreements;
        seen[i] = number;
        ++reads;
      }
    }
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) readers.emplace_back(reader);
  for (int round = 1; round <= kRounds; ++round) {
    Transaction transaction = store->begin();
    const std::string key = key_of(static_cast<std::uint64_t>(round) % 5, kOne, Space::kUser);  // the others never change
    if (round % 7 == 0) {
      transaction.erase(key);
    } else {
      transaction.put(key, std::to_string(round));
    }
    ASSERT_TRUE(commit(*store, std::move(transaction)));
  }
  done = true;
  for (auto& each : readers) each.join();
  EXPECT_EQ(disagreements.load(), 0);
  EXPECT_GT(reads.load(), kKeys);
}

// What the writer itself makes (the feed's last sequence) and counters are told to the cache too.
TEST(ReadCache, CountersAndSequencesAreNeverOld) {
  const TempFolder folder;
  core::ManualClock clock;
  auto store = *open_rocks_store(rocks_options_for(folder.path()), clock);
  const std::string counter = key_of("n", kOne, Space::kCounter);
  for (int i = 1; i <= 20; ++i) {
    Transaction transaction = store->begin();
    transaction.add(counter, 1);
    transaction.record(kOne, {"x", 1, 0});
    ASSERT_TRUE(commit(*store, std::move(transaction)));
    for (int again = 0; again < 3; ++again) {
      const auto view = store->snapshot();
      EXPECT_EQ(decode_counter(*view->get(counter)), i);
      EXPECT_EQ(decode_number(*view->get(last_sequence_key(kOne))), static_cast<std::uint64_t>(i));
    }
  }
}

}  // namespace
}  // namespace postern::storage::test
