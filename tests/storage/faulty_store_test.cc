#include "storage/faulty_store.h"

#include "storage/memory_store.h"
#include "tests/storage/store_fixture.h"

namespace postern::storage {
namespace {

using test::commit;
using test::key_of;

// A change of two commits with a read before each: enough to see every operation fail once.
core::Result<void> two_steps(Store& store) {
  for (const char* name : {"a", "b"}) {
    Transaction transaction = store.begin();
    POSTERN_CHECK(transaction.get(key_of(name)));
    transaction.put(key_of(name), "done");
    POSTERN_CHECK(commit(store, std::move(transaction)));
  }
  return {};
}

std::size_t failures_until_exhausted(FaultyStore::Fault fault, Errc expected) {
  core::ManualClock clock;
  std::size_t failures = 0;
  for (std::size_t n = 0; n < 100; ++n) {
    const auto inner = make_memory_store(clock);
    FaultyStore store(*inner, fault, n);
    const auto result = two_steps(store);
    if (store.exhausted()) {
      EXPECT_TRUE(result);
      EXPECT_EQ(test::get(*inner, key_of("b")), "done");
      return failures;
    }
    ++failures;
    EXPECT_FALSE(result);
    EXPECT_TRUE(result.error() == expected && result.error().is_transient());
    EXPECT_EQ(test::get(*inner, key_of("b")), std::nullopt);
  }
  return failures;
}

TEST(FaultyStore, FailsEachCommitInTurn) {
  EXPECT_EQ(failures_until_exhausted(FaultyStore::Fault::kBeforeCommit, Errc::kIo), 2U);
}
TEST(FaultyStore, ConflictsEachCommitInTurn) {
  EXPECT_EQ(failures_until_exhausted(FaultyStore::Fault::kConflict, Errc::kConflict), 2U);
}
TEST(FaultyStore, FailsEachReadInTurn) {
  EXPECT_EQ(failures_until_exhausted(FaultyStore::Fault::kRead, Errc::kIo), 2U);
}

TEST(FaultyStore, RealConflictsStayVisibleThroughTheTwin) {
  core::ManualClock clock;
  const auto inner = make_memory_store(clock);
  FaultyStore store(*inner, FaultyStore::Fault::kConflict, 100);
  Transaction transaction = store.begin();
  ASSERT_TRUE(transaction.get(key_of("a")));
  transaction.put(key_of("b"), "1");
  ASSERT_TRUE(test::put(*inner, key_of("a"), "changed"));
  EXPECT_TRUE(commit(store, std::move(transaction)).error() == Errc::kConflict);
}

}  // namespace
}  // namespace postern::storage
