#include "storage/rocks_store.h"

#include <fcntl.h>

#include <fstream>
#include <thread>

#include "core/file.h"
#include "core/log.h"
#include "storage/encrypted_files.h"
#include "storage/vault.h"
#include "tests/storage/store_fixture.h"

namespace postern::storage {
namespace {

using test::commit;
using test::get;
using test::key_of;
using test::kOne;
using test::put;

class RocksStoreTest : public ::testing::Test {
 protected:
  core::Result<std::unique_ptr<Store>> open() { return open(test::rocks_options_for(folder_.path())); }
  core::Result<std::unique_ptr<Store>> open(RocksOptions options) {
    return open_rocks_store(std::move(options), clock_);
  }
  bool folder_contains(std::string_view needle) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (!entry.is_regular_file()) continue;
      const auto content = core::read_file(entry.path());
      if (content && content->find(needle) != std::string::npos) return true;
    }
    return false;
  }
  test::TempFolder folder_;
  core::ManualClock clock_;
};

TEST_F(RocksStoreTest, FindsEverythingAfterReopening) {
  const std::string tickets = key_of("tickets", kOne, Space::kCounter);
  const std::string large(100'000, 'b');
  {
    auto store = *open();
    EXPECT_EQ(*store->next_number(tickets), 1U);
    EXPECT_EQ(*store->next_number(tickets), 2U);
    EXPECT_EQ(*store->next_number(tickets), 3U);
    Transaction transaction = store->begin();
    transaction.put(key_of("a"), large);
    transaction.add(key_of("sum"), -4);
    transaction.raise(tickets, 2);  // 3 was given out but never committed
    transaction.record(kOne, {"ticket.created", 2, 0});
    ASSERT_TRUE(commit(*store, std::move(transaction)));
  }
  auto store = *open();
  EXPECT_EQ(get(*store, key_of("a")), large);
  EXPECT_EQ(decode_counter(get(*store, key_of("sum"))), -4);
  EXPECT_EQ(*store->next_number(tickets), 3U);
  EXPECT_EQ(store->last_sequence(kOne), 1U);
  Transaction transaction = store->begin();
  transaction.add(key_of("sum"), 1);
  transaction.record(kOne, {"ticket.created", 3, 0});
  EXPECT_EQ(commit(*store, std::move(transaction))->sequence.at(kOne), 2U);
  EXPECT_EQ(store->feed(kOne, 0, 10)->size(), 2U);
  EXPECT_EQ(decode_counter(get(*store, key_of("sum"))), -3);
}

TEST_F(RocksStoreTest, RefusesAnotherMasterKey) {
  (*open()).reset();
  RocksOptions options = test::rocks_options_for(folder_.path());
  options.master_key = test::test_key('w');
  const auto wrong = open(std::move(options));
  ASSERT_FALSE(wrong);
  EXPECT_TRUE(wrong.error() == Errc::kCorrupt);
  EXPECT_NE(wrong.error().context().find("master key"), std::string::npos);
  EXPECT_TRUE(open());  // and has changed nothing
}

TEST_F(RocksStoreTest, TellsPlainFromEncryptedFolders) {
  (*open()).reset();
  RocksOptions plain = test::rocks_options_for(folder_.path());
  plain.encrypt_files = false;
  EXPECT_TRUE(open(std::move(plain)).error() == Errc::kCorrupt);
  const test::TempFolder other;
  RocksOptions options = test::rocks_options_for(other.path());
  options.encrypt_files = false;
  ASSERT_TRUE(open(std::move(options)));
  EXPECT_TRUE(open(test::rocks_options_for(other.path())).error() == Errc::kCorrupt);
}

TEST_F(RocksStoreTest, OnlyOneProcessWrites) {
  const auto first = open();
  ASSERT_TRUE(first);
  EXPECT_TRUE(open().error() == Errc::kIo);
}

TEST_F(RocksStoreTest, NothingReadableInEncryptedFiles) {
  // Keys, indexed values, blob values and counters; in the log, then in tables.
  for (const bool encrypted : {true, false}) {
    SCOPED_TRACE(encrypted);
    std::filesystem::remove_all(folder_.path());
    RocksOptions options = test::rocks_options_for(folder_.path());
    options.encrypt_files = encrypted;
    options.memtable_bytes = 64U << 10U;
    auto store = *open(std::move(options));
    ASSERT_TRUE(put(*store, key_of("NEEDLE-KEY"), "NEEDLE-VALUE"));
    EXPECT_EQ(folder_contains("NEEDLE"), !encrypted);
    for (std::uint64_t n = 0; n < 200; ++n) {
      ASSERT_TRUE(put(*store, key_of(n), "NEEDLE-VALUE" + std::string(n % 2 == 0 ? 200 : 9000, 'x')));
    }
    store.reset();
    EXPECT_EQ(folder_contains("NEEDLE-VALUExx"), !encrypted);
    EXPECT_EQ(folder_contains("NEEDLE-KEY"), !encrypted);
  }
}

TEST_F(RocksStoreTest, ReadsBesideARunningServer) {
  auto server = *open();
  ASSERT_TRUE(put(*server, key_of("a"), "1"));
  RocksOptions options = test::rocks_options_for(folder_.path());
  options.read_only = true;
  auto reader = *open(std::move(options));
  EXPECT_EQ(get(*reader, key_of("a")), "1");
  EXPECT_EQ(reader->last_sequence(kOne), 0U);
  EXPECT_TRUE(put(*reader, key_of("a"), "2").error() == Errc::kClosed);
  EXPECT_TRUE(reader->next_number(key_of("n")).error() == Errc::kClosed);
  ASSERT_TRUE(put(*server, key_of("a"), "3"));
}

TEST_F(RocksStoreTest, ReadingOnlyRefusesAnEmptyFolder) {
  RocksOptions options = test::rocks_options_for(folder_.path());
  options.read_only = true;
  EXPECT_FALSE(open(std::move(options)));
}

TEST_F(RocksStoreTest, SnapshotOutlivesItsStore) {
  std::shared_ptr<const Snapshot> snapshot;
  {
    auto store = *open();
    ASSERT_TRUE(put(*store, key_of("a"), "1"));
    snapshot = store->snapshot();
  }
  EXPECT_EQ(*snapshot->get(key_of("a")), "1");
  snapshot.reset();
  EXPECT_TRUE(open());
}

// The watcher stops the writer, so that the queue fills without any timing.
TEST_F(RocksStoreTest, QueueIsBoundedAndCloseCompletesWhatWaits) {
  RocksOptions options = test::rocks_options_for(folder_.path());
  options.limits.commit_queue_max = 4;
  auto store = *open(std::move(options));
  std::mutex gate;
  std::atomic<bool> is_writer_inside{false};
  const auto handle = store->watch([&](core::WorkspaceId, std::uint64_t) {
    is_writer_inside = true;
    const std::lock_guard wait(gate);
  });
  gate.lock();
  std::mutex results_mutex;
  std::map<std::string, int> results;
  auto start = [&](bool is_recorded) {
    return std::thread([&store, &results, &results_mutex, is_recorded] {
      Transaction transaction = store->begin();
      transaction.put(key_of("a"), "1");
      if (is_recorded) transaction.record(kOne, {"ticket.created", 1, 0});
      const auto result = commit(*store, std::move(transaction));
      const std::lock_guard lock(results_mutex);
      ++results[result ? "ok" : result.error().describe()];
    });
  };
  std::vector<std::thread> threads;
  threads.push_back(start(true));
  while (!is_writer_inside) std::this_thread::yield();
  for (int i = 0; i < 7; ++i) threads.push_back(start(false));  // 4 wait, 3 are refused
  for (std::size_t refused = 0; refused < 3;) {
    std::this_thread::yield();
    const std::lock_guard lock(results_mutex);
    refused = results.empty() ? 0 : static_cast<std::size_t>(results.begin()->second);
  }
  std::thread closing([&] { store->close(); });
  while (store->is_healthy()) std::this_thread::yield();
  gate.unlock();
  closing.join();
  for (auto& thread : threads) thread.join();
  // What waited was either written in the last batch or completed with kClosed; nothing is left hanging.
  int ended = 0;
  for (const auto& [what, count] : results) ended += count;
  EXPECT_EQ(ended, 8);
  EXPECT_EQ(results["ok"] + results["storage: the store is closed"], 5);
  EXPECT_EQ(results["storage: the store cannot read or write (commit queue is full)"], 3);
}

TEST_F(RocksStoreTest, AReaderOlderThanTheWindowConflicts) {
  RocksOptions options = test::rocks_options_for(folder_.path());
  options.limits.conflict_keys_max = 10;
  auto store = *open(std::move(options));
  Transaction old = store->begin();
  ASSERT_TRUE(old.get(key_of("untouched")));
  old.put(key_of("x"), "1");
  for (std::uint64_t n = 0; n < 30; ++n) ASSERT_TRUE(put(*store, key_of(n), "v"));
  EXPECT_TRUE(commit(*store, std::move(old)).error() == Errc::kConflict);
}

// A full disk can cut the encryption prefix of a new log; nothing in such a file was acknowledged.
TEST_F(RocksStoreTest, OpensBesideATornLog) {
  for (const std::string& content : {std::string(), std::string("POSTERN\x01 torn"), std::string(5000, '\0')}) {
    {
      auto store = *open();
      ASSERT_TRUE(put(*store, key_of("a"), "1"));
    }
    std::ofstream(folder_.path() / "999999.log", std::ios::binary) << content;
    auto store = open();
    ASSERT_TRUE(store) << store.error().describe() << content.size();
    EXPECT_EQ(get(**store, key_of("a")), "1");
    ASSERT_TRUE(put(**store, key_of("a"), "2"));
    store->reset();
    auto again = open();
    ASSERT_TRUE(again);
    EXPECT_EQ(get(**again, key_of("a")), "2");
    again->reset();
    std::filesystem::remove_all(folder_.path());
  }
}

TEST_F(RocksStoreTest, VaultKeysSurviveReopening) {
  std::string sealed;
  {
    auto store = *open();
    Vault vault(*store, test::test_key('v'));
    ASSERT_TRUE(postern::test::run_task(test::own_context(), vault.ensure_workspace(kOne)));
    sealed = *vault.seal(kOne, "key", "content");
  }
  auto store = *open();
  const Vault vault(*store, test::test_key('v'));
  EXPECT_EQ(*vault.open(kOne, "key", sealed), "content");
}

}  // namespace
}  // namespace postern::storage
