// Every engine passes the same suite: the port's promises, from outside.
#include <atomic>
#include <set>
#include <thread>

#include "storage/memory_store.h"
#include "tests/storage/store_fixture.h"

namespace postern::storage {
namespace {

using test::commit;
using test::get;
using test::key_of;
using test::kOne;
using test::kTwo;
using test::put;

class StoreConformance : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { open({}); }
  void open(Limits limits) {
    store_.reset();
    if (GetParam() == "memory") {
      store_ = make_memory_store(clock_, limits);
    } else {
      RocksOptions options = test::rocks_options_for(folder_.path());
      options.limits = limits;
      auto opened = open_rocks_store(std::move(options), clock_);
      ASSERT_TRUE(opened) << opened.error().describe();
      store_ = std::move(*opened);
    }
  }
  std::vector<std::uint64_t> numbers(Direction direction, std::size_t limit, std::string_view after = {}) {
    const std::string prefix = KeyBuilder(kOne, Space::kTicket).take();
    std::vector<std::uint64_t> out;
    for (const Entry& entry : *store_->snapshot()->scan(prefix, direction, limit, after)) {
      KeyReader key(entry.key);
      out.push_back(key.u64());
    }
    return out;
  }

  test::TempFolder folder_;
  core::ManualClock clock_;
  std::unique_ptr<Store> store_;
};

INSTANTIATE_TEST_SUITE_P(Engines, StoreConformance, ::testing::Values("memory", "rocks"),
                         [](const auto& info) { return info.param; });

using Numbers = std::vector<std::uint64_t>;

TEST_P(StoreConformance, KeepsWhatWasCommitted) {
  ASSERT_TRUE(put(*store_, key_of("a"), std::string("one\0two", 7)));
  EXPECT_EQ(get(*store_, key_of("a")), std::string("one\0two", 7));
  EXPECT_EQ(get(*store_, key_of("b")), std::nullopt);
  Transaction erasing = store_->begin();
  erasing.erase(key_of("a"));
  ASSERT_TRUE(commit(*store_, std::move(erasing)));
  EXPECT_EQ(get(*store_, key_of("a")), std::nullopt);
}

TEST_P(StoreConformance, KeepsLargeValues) {
  const std::string large(300'000, 'x');
  ASSERT_TRUE(put(*store_, key_of("large"), large));
  EXPECT_EQ(get(*store_, key_of("large")), large);
}

TEST_P(StoreConformance, ScansInBothDirectionsWithinThePrefix) {
  for (std::uint64_t n : {5, 1, 300, 2, 4}) ASSERT_TRUE(put(*store_, key_of(n), "v"));
  ASSERT_TRUE(put(*store_, key_of(3, kTwo), "other workspace"));
  ASSERT_TRUE(put(*store_, key_of(3, kOne, Space::kComment), "other space"));
  ASSERT_TRUE(put(*store_, key_of(3, kOne, Space::kInbox), "other space"));
  EXPECT_EQ(numbers(Direction::kForward, 100), (Numbers{1, 2, 4, 5, 300}));
  EXPECT_EQ(numbers(Direction::kBackward, 100), (Numbers{300, 5, 4, 2, 1}));
  EXPECT_EQ(numbers(Direction::kForward, 2), (Numbers{1, 2}));
  EXPECT_EQ(numbers(Direction::kBackward, 2), (Numbers{300, 5}));
  EXPECT_EQ(numbers(Direction::kForward, 0), Numbers{});
}

TEST_P(StoreConformance, ScansStartBehindTheGivenKey) {
  for (std::uint64_t n : {1, 2, 4, 5}) ASSERT_TRUE(put(*store_, key_of(n), "v"));
  EXPECT_EQ(numbers(Direction::kForward, 100, key_of(2)), (Numbers{4, 5}));
  EXPECT_EQ(numbers(Direction::kForward, 100, key_of(3)), (Numbers{4, 5}));
  EXPECT_EQ(numbers(Direction::kForward, 100, key_of(5)), Numbers{});
  EXPECT_EQ(numbers(Direction::kBackward, 100, key_of(4)), (Numbers{2, 1}));
  EXPECT_EQ(numbers(Direction::kBackward, 100, key_of(3)), (Numbers{2, 1}));
  EXPECT_EQ(numbers(Direction::kBackward, 100, key_of(1)), Numbers{});
  // Outside of the prefix, on either side.
  EXPECT_EQ(numbers(Direction::kForward, 100, key_of(9, kTwo)), Numbers{});
  EXPECT_EQ(numbers(Direction::kBackward, 100, key_of(9, kTwo)), (Numbers{5, 4, 2, 1}));
  EXPECT_EQ(numbers(Direction::kForward, 100, key_of(9, core::WorkspaceId{0})), (Numbers{1, 2, 4, 5}));
  EXPECT_EQ(numbers(Direction::kBackward, 100, key_of(9, core::WorkspaceId{0})), Numbers{});
}

TEST_P(StoreConformance, ScanHonoursItsLimit) {
  Limits limits;
  limits.scan_entries_max = 3;
  open(limits);
  for (std::uint64_t n = 1; n <= 5; ++n) ASSERT_TRUE(put(*store_, key_of(n), "v"));
  EXPECT_EQ(numbers(Direction::kForward, 100), (Numbers{1, 2, 3}));
}

TEST_P(StoreConformance, SnapshotsStandStill) {
  ASSERT_TRUE(put(*store_, key_of(1), "old"));
  const auto before = store_->snapshot();
  ASSERT_TRUE(put(*store_, key_of(1), "new"));
  ASSERT_TRUE(put(*store_, key_of(2), "later"));
  Transaction erasing = store_->begin();
  erasing.erase(key_of(1));
  ASSERT_TRUE(commit(*store_, std::move(erasing)));
  EXPECT_EQ(*before->get(key_of(1)), "old");
  EXPECT_EQ(*before->get(key_of(2)), std::nullopt);
  EXPECT_EQ(before->scan(KeyBuilder(kOne, Space::kTicket).bytes(), Direction::kForward, 10)->size(), 1U);
  EXPECT_EQ(numbers(Direction::kForward, 10), Numbers{2});
}

TEST_P(StoreConformance, TransactionReadsItsOwnWrites) {
  ASSERT_TRUE(put(*store_, key_of("a"), "stored"));
  Transaction transaction = store_->begin();
  EXPECT_EQ(*transaction.get(key_of("a")), "stored");
  transaction.put(key_of("a"), "own");
  EXPECT_EQ(*transaction.get(key_of("a")), "own");
  transaction.erase(key_of("a"));
  EXPECT_EQ(*transaction.get(key_of("a")), std::nullopt);
  transaction.add(key_of("n"), 5);
  transaction.add(key_of("n"), -7);
  EXPECT_EQ(decode_counter(*transaction.get(key_of("n"))), -2);
  EXPECT_EQ(*transaction.snapshot().get(key_of("a")), "stored");
}

TEST_P(StoreConformance, ConflictOnAChangedKey) {
  ASSERT_TRUE(put(*store_, key_of("a"), "1"));
  Transaction transaction = store_->begin();
  ASSERT_TRUE(transaction.get(key_of("a")));
  transaction.put(key_of("b"), "derived");
  ASSERT_TRUE(put(*store_, key_of("a"), "2"));
  const auto result = commit(*store_, std::move(transaction));
  ASSERT_FALSE(result);
  EXPECT_TRUE(result.error() == Errc::kConflict && result.error().is_transient());
  EXPECT_EQ(get(*store_, key_of("b")), std::nullopt);
}

TEST_P(StoreConformance, ConflictOnAKeyThatWasAbsent) {
  Transaction first = store_->begin();
  Transaction second = store_->begin();
  for (Transaction* transaction : {&first, &second}) {
    ASSERT_EQ(*transaction->get(key_of("login")), std::nullopt);
    transaction->put(key_of("login"), "mine");
  }
  EXPECT_TRUE(commit(*store_, std::move(first)));
  const auto result = commit(*store_, std::move(second));
  ASSERT_FALSE(result);
  EXPECT_TRUE(result.error() == Errc::kConflict);
}

TEST_P(StoreConformance, ConflictOnAnErasedKeyAndOnAReadCounter) {
  ASSERT_TRUE(put(*store_, key_of("a"), "1"));
  Transaction reader = store_->begin();
  ASSERT_TRUE(reader.get(key_of("a")));
  reader.put(key_of("x"), "x");
  Transaction counting = store_->begin();
  ASSERT_TRUE(counting.get(key_of("n")));
  counting.put(key_of("y"), "y");
  Transaction change = store_->begin();
  change.erase(key_of("a"));
  change.add(key_of("n"), 1);
  ASSERT_TRUE(commit(*store_, std::move(change)));
  EXPECT_FALSE(commit(*store_, std::move(reader)));
  EXPECT_FALSE(commit(*store_, std::move(counting)));
}

TEST_P(StoreConformance, UnreadKeysNeverConflict) {
  Transaction first = store_->begin();
  Transaction second = store_->begin();
  first.put(key_of("a"), "1");
  second.put(key_of("a"), "2");
  ASSERT_TRUE(second.snapshot().get(key_of("a")));
  EXPECT_TRUE(commit(*store_, std::move(first)));
  EXPECT_TRUE(commit(*store_, std::move(second)));
  EXPECT_EQ(get(*store_, key_of("a")), "2");
}

TEST_P(StoreConformance, ReadOnlyTransactionIsJudgedToo) {
  Transaction stale = store_->begin();
  ASSERT_TRUE(stale.get(key_of("a")));
  Transaction fresh = store_->begin();
  ASSERT_TRUE(fresh.get(key_of("b")));
  ASSERT_TRUE(put(*store_, key_of("a"), "1"));
  EXPECT_FALSE(commit(*store_, std::move(stale)));
  EXPECT_TRUE(commit(*store_, std::move(fresh)));
}

// Of every transaction that increments what it read, exactly the successful ones count.
TEST_P(StoreConformance, OptimisticIncrementsLoseNothing) {
  constexpr int kThreads = 8;
  constexpr int kEach = 25;
  std::atomic<int> conflicts{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int done = 0; done < kEach;) {
        Transaction transaction = store_->begin();
        const auto before = transaction.get(key_of("hot"));
        ASSERT_TRUE(before);
        transaction.put(key_of("hot"), std::to_string(std::stoi(before->value_or("0")) + 1));
        if (commit(*store_, std::move(transaction))) {
          ++done;
        } else {
          ++conflicts;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(get(*store_, key_of("hot")), std::to_string(kThreads * kEach));
}

TEST_P(StoreConformance, CountersMergeWithoutConflict) {
  constexpr int kThreads = 8;
  constexpr int kEach = 40;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        Transaction transaction = store_->begin();
        transaction.add(key_of("sum"), t % 2 == 0 ? 3 : -1);
        transaction.raise(key_of("top"), static_cast<std::uint64_t>(t * kEach + i));
        ASSERT_TRUE(commit(*store_, std::move(transaction)));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(decode_counter(get(*store_, key_of("sum"))), kThreads / 2 * kEach * (3 - 1));
  EXPECT_EQ(decode_number(get(*store_, key_of("top"))), static_cast<std::uint64_t>(kThreads * kEach - 1));
}

TEST_P(StoreConformance, NextNumberIsUniqueAndFollowsRaise) {
  const std::string tickets = key_of("tickets", kOne, Space::kCounter);
  EXPECT_EQ(*store_->next_number(tickets), 1U);
  EXPECT_EQ(*store_->next_number(tickets), 2U);
  EXPECT_EQ(*store_->next_number(key_of("other", kOne, Space::kCounter)), 1U);
  Transaction import = store_->begin();
  import.raise(tickets, 100);
  ASSERT_TRUE(commit(*store_, std::move(import)));
  std::mutex mutex;
  std::set<std::uint64_t> seen;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        const auto number = store_->next_number(tickets);
        const std::lock_guard lock(mutex);
        EXPECT_TRUE(seen.insert(*number).second);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(*seen.begin(), 101U);
  EXPECT_EQ(seen.size(), 400U);
}

// Invariant 6: one sequence per workspace, without gaps, whoever commits.
TEST_P(StoreConformance, FeedHasNoGapsUnderConcurrentCommits) {
  constexpr int kThreads = 8;
  constexpr std::uint64_t kEach = 40;
  std::mutex mutex;
  std::map<std::uint64_t, std::uint64_t> object_of;
  std::vector<std::uint64_t> told;
  const auto handle = store_->watch([&](core::WorkspaceId workspace, std::uint64_t sequence) {
    const std::lock_guard lock(mutex);
    if (workspace == kOne) told.push_back(sequence);
  });
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint64_t i = 0; i < kEach; ++i) {
        Transaction transaction = store_->begin();
        const std::uint64_t object = t * kEach + i + 1;
        transaction.record(kOne, {"ticket.created", object, 0});
        transaction.record(kOne, {"comment.added", object, 9});
        if (i % 4 == 0) transaction.record(kTwo, {"ticket.created", object, 0});
        const auto committed = commit(*store_, std::move(transaction));
        ASSERT_TRUE(committed);
        const std::lock_guard lock(mutex);
        object_of[committed->sequence.at(kOne)] = object;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  constexpr std::uint64_t kAll = kThreads * kEach;
  EXPECT_EQ(store_->last_sequence(kOne), kAll);
  EXPECT_EQ(store_->last_sequence(kTwo), kAll / 4);
  EXPECT_EQ(store_->last_sequence(core::WorkspaceId{3}), 0U);
  const auto feed = store_->feed(kOne, 0, 10'000);
  ASSERT_TRUE(feed);
  ASSERT_EQ(feed->size(), kAll);
  ASSERT_EQ(told.size(), kAll);
  for (std::uint64_t i = 0; i < kAll; ++i) {
    const FeedEntry& entry = (*feed)[i];
    EXPECT_EQ(entry.sequence, i + 1);
    EXPECT_EQ(told[i], i + 1);
    ASSERT_EQ(entry.changes.size(), 2U);
    EXPECT_EQ(entry.changes[1].kind, "comment.added");
    EXPECT_EQ(entry.changes[0].object, object_of.at(entry.sequence));
    EXPECT_EQ(entry.at_unix_ms, core::to_unix_ms(clock_.wall_now()));
  }
  EXPECT_EQ(store_->feed(kOne, kAll - 2, 10)->size(), 2U);
  EXPECT_EQ(store_->feed(kOne, 10, 3)->front().sequence, 11U);
}

TEST_P(StoreConformance, WatcherEndsWithItsHandle) {
  int calls = 0;
  auto handle = store_->watch([&](core::WorkspaceId, std::uint64_t) { ++calls; });
  auto touch = [&] {
    Transaction transaction = store_->begin();
    transaction.record(kOne, {"ticket.created", 1, 0});
    ASSERT_TRUE(commit(*store_, std::move(transaction)));
  };
  touch();
  EXPECT_EQ(calls, 1);
  ASSERT_TRUE(put(*store_, key_of("a"), "no change recorded"));
  EXPECT_EQ(calls, 1);
  handle.reset();
  touch();
  EXPECT_EQ(calls, 1);
}

TEST_P(StoreConformance, RefusesATransactionAboveItsLimit) {
  Limits limits;
  limits.transaction_bytes_max = 1000;
  open(limits);
  const auto result = put(*store_, key_of("a"), std::string(1000, 'x'));
  ASSERT_FALSE(result);
  EXPECT_TRUE(result.error() == Errc::kTooLarge && !result.error().is_transient());
  EXPECT_TRUE(put(*store_, key_of("a"), std::string(900, 'x')));
}

TEST_P(StoreConformance, ClosedStoreReadsButDoesNotCommit) {
  ASSERT_TRUE(put(*store_, key_of("a"), "1"));
  store_->close();
  store_->close();
  const auto result = put(*store_, key_of("a"), "2");
  ASSERT_FALSE(result);
  EXPECT_TRUE(result.error() == Errc::kClosed && result.error().is_transient());
  EXPECT_TRUE(store_->next_number(key_of("n")).error() == Errc::kClosed);
  EXPECT_FALSE(store_->is_healthy());
  EXPECT_EQ(get(*store_, key_of("a")), "1");
}

}  // namespace
}  // namespace postern::storage
