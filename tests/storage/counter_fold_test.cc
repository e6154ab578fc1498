#include "storage/counter_fold.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "storage/counter.h"
#include "tests/storage/store_fixture.h"

namespace postern::storage {
namespace {

using Kind = Transaction::Write::Kind;

Transaction::Write adding(std::int64_t delta) { return {Kind::kAdd, {}, delta}; }
Transaction::Write raising(std::uint64_t to) { return {Kind::kRaise, {}, static_cast<std::int64_t>(to)}; }

// A store of counters as the engine keeps them, and how often it was asked and written.
class CounterFoldTest : public ::testing::Test {
 protected:
  void finish() {
    fold.finish(
        [this](const std::string& key) -> core::Result<std::optional<std::string>> {
          ++reads;
          if (is_broken) return core::fail(Errc::kIo);
          const auto known = values.find(key);
          return known == values.end() ? std::optional<std::string>() : std::optional(known->second);
        },
        {[this](const std::string& key, const std::string& value) { ++puts, values[key] = value; },
         [this](const std::string& key, const std::string& operand) {
           ++merges;
           const auto known = values.find(key);
           const auto before = known == values.end() ? std::nullopt : std::optional<std::string_view>(known->second);
           values[key] = merge_counter(before, operand).value();
         }});
    fold.begin();
  }
  std::int64_t sum(const std::string& key) { return decode_sum(values.at(key)).value(); }

  CounterFold fold;
  std::map<std::string, std::string> values;
  int reads = 0, puts = 0, merges = 0;
  bool is_broken = false;
};

TEST_F(CounterFoldTest, OneWriteForWhatManyTransactionsAdd) {
  for (int i = 0; i < 10; ++i) {
    fold.add("a", adding(2), false);
    fold.add("n", raising(static_cast<std::uint64_t>(5 - i % 3)), false);
  }
  finish();
  EXPECT_EQ(merges, 2);
  EXPECT_EQ(sum("a"), 20);
  EXPECT_EQ(decode_maximum(values.at("n")), 5U);
  EXPECT_EQ(reads, 0) << "a counter that is new or seldom written is not read";
}

TEST_F(CounterFoldTest, AHotCounterIsReadOnceAndThenWrittenAsAValue) {
  values["a"] = encode_sum(100);
  for (int batch = 0; batch < 5; ++batch) {
    fold.add("a", adding(1), true);
    finish();
  }
  EXPECT_EQ(reads, 1);
  EXPECT_EQ(puts, 5);
  EXPECT_EQ(sum("a"), 105);
}

TEST_F(CounterFoldTest, WhatABatchPutsOrErasesIsNotReadFromTheStore) {
  values["a"] = encode_sum(100);
  fold.replace("a");
  values["a"] = encode_sum(7);  // the batch's own put, which a reading would not see
  fold.add("a", adding(1), true);
  finish();
  EXPECT_EQ(reads, 0);
  EXPECT_EQ(sum("a"), 8);
}

TEST_F(CounterFoldTest, WhatWasAddedBeforeAPutIsVoid) {
  fold.add("a", adding(50), true);
  fold.replace("a");
  finish();
  EXPECT_TRUE(values.empty());
}

TEST_F(CounterFoldTest, ABatchThatFailedLeavesNoValueBehind) {
  values["a"] = encode_sum(1);
  fold.add("a", adding(1), true);
  finish();
  values["a"] = encode_sum(1);  // as if it had not been written
  fold.forget();
  fold.add("a", adding(1), true);
  finish();
  EXPECT_EQ(sum("a"), 2);
}

TEST_F(CounterFoldTest, WhatCannotBeReadOrIsNoCounterIsLeftToTheMergeOperator) {
  is_broken = true;
  fold.add("a", adding(3), true);
  finish();
  EXPECT_EQ(merges, 1);
  EXPECT_EQ(sum("a"), 3);
}

TEST_F(CounterFoldTest, KeepsABoundedNumberOfValues) {
  for (std::size_t i = 0; i <= CounterFold::kHotCountersMax; ++i) fold.add("k" + std::to_string(i), adding(1), true);
  finish();
  fold.add("k0", adding(1), true);
  finish();
  EXPECT_EQ(sum("k0"), 2);
}

// The store as a whole against arithmetic: batches of many transactions that add, raise, put and erase the same few keys, with
// the engine opened anew in between. Whoever holds an older view goes on seeing it.
TEST(CountersOfAStore, AreWhatWasAddedWhateverSharesABatch) {
  test::TempFolder folder;
  core::ManualClock clock;
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  std::map<std::string, std::int64_t> expected;
  for (int run = 0; run < 3; ++run) {
    auto store = *open_rocks_store(test::rocks_options_for(folder.path()), clock);
    for (int round = 0; round < 12; ++round) {
      const auto old = store->snapshot();
      const std::map<std::string, std::int64_t> seen = expected;
      boost::asio::io_context& io = test::own_context();
      io.restart();
      auto work = boost::asio::make_work_guard(io);  // a context that has run out of work would take no more
      for (int i = 0; i < 30; ++i) {
        Transaction transaction = store->begin();
        const std::string name = "c" + std::to_string(random() % 6);
        const auto by = static_cast<std::int64_t>(random() % 9) - 4;
        if (random() % 10 == 0) {
          transaction.erase(test::key_of(name));
          expected[name] = 0;
        } else {
          transaction.add(test::key_of(name), by);
          expected[name] += by;
        }
        boost::asio::co_spawn(io, store->commit(std::move(transaction)), [](std::exception_ptr, core::Result<Committed> done) { EXPECT_TRUE(done); });
        io.poll();  // handed over in this order: what follows is in the same batch, or a later one
      }
      work.reset();
      io.run();
      for (const auto& [name, sum] : expected) EXPECT_EQ(decode_counter(test::get(*store, test::key_of(name))), sum) << name;
      for (const auto& [name, sum] : seen) EXPECT_EQ(decode_counter(*old->get(test::key_of(name))), sum) << name;
    }
  }
}

}  // namespace
}  // namespace postern::storage
