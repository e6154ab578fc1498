// What was overwritten or erased leaves every file of the folder (requirement Z-35).
#include <thread>

#include "core/file.h"
#include "tests/storage/store_fixture.h"

namespace postern::storage {
namespace {

using test::commit;
using test::get;
using test::key_of;

constexpr std::string_view kCanary = "canary-7f3a-of-a-customer";

class PurgeTest : public ::testing::Test {
 protected:
  PurgeTest() { reopen(); }
  void reopen() {
    store_.reset();
    RocksOptions options = test::rocks_options_for(folder_.path());
    options.encrypt_files = false;
    options.purge_wait_max = std::chrono::milliseconds(200);
    store_ = *open_rocks_store(std::move(options), clock_);
  }
  void put(const std::string& key, std::string value) {
    Transaction transaction = store_->begin();
    transaction.put(key, std::move(value));
    ASSERT_TRUE(commit(*store_, std::move(transaction)));
  }
  void erase(const std::string& key) {
    Transaction transaction = store_->begin();
    transaction.erase(key);
    ASSERT_TRUE(commit(*store_, std::move(transaction)));
  }
  // But for the manifest, which names the first and last key of each table and is begun anew with every start.
  bool is_on_disk(bool looks_at_manifest = false) const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (!entry.is_regular_file()) continue;
      if (!looks_at_manifest && entry.path().filename().string().starts_with("MANIFEST")) continue;
      const auto content = core::read_file(entry.path());
      if (content && content->find(kCanary) != std::string::npos) return true;
    }
    return false;
  }
  static std::string large(char filler) { return std::string(kCanary) + std::string(20'000, filler); }

  test::TempFolder folder_;
  core::ManualClock clock_;
  std::unique_ptr<Store> store_;
};

TEST_F(PurgeTest, AnOverwrittenValueLeavesTheLogAndTheTables) {
  put(key_of("a"), std::string(kCanary));
  put(key_of("b"), "other");
  put(key_of("a"), "clean");
  EXPECT_TRUE(is_on_disk());
  ASSERT_TRUE(store_->purge({key_of("a")}));
  EXPECT_FALSE(is_on_disk());
  EXPECT_EQ(get(*store_, key_of("a")), "clean");
  EXPECT_EQ(get(*store_, key_of("b")), "other");
}

TEST_F(PurgeTest, AnErasedLargeValueLeavesItsBlobFileWhoseOtherValuesStay) {
  put(key_of("big"), large('x'));
  for (char c = 'a'; c <= 'z'; ++c) put(key_of(std::string("neighbour-") + c), std::string(10'000, c));
  reopen();  // the log becomes tables and blob files
  EXPECT_TRUE(is_on_disk());
  erase(key_of("big"));
  ASSERT_TRUE(store_->purge({key_of("big")}));
  EXPECT_FALSE(is_on_disk());
  for (char c = 'a'; c <= 'z'; ++c) {
    EXPECT_EQ(get(*store_, key_of(std::string("neighbour-") + c)), std::string(10'000, c));
  }
}

// Keys are plain: addresses of contacts are among them. What ends a workspace names it, and not each of its keys.
TEST_F(PurgeTest, AllErasedKeysOfAWorkspaceLeaveEveryFile) {
  const auto key_in = [](std::uint64_t workspace, Space space, const std::string& text) {
    return KeyBuilder(core::WorkspaceId{workspace}, space).text(text).bytes();
  };
  const std::string workspace = KeyBuilder(core::WorkspaceId{7}, Space::kMeta).take().substr(0, 8);
  const std::vector<std::string> doomed = {key_in(7, Space::kMeta, std::string(kCanary)), key_in(7, Space::kContact, std::string(kCanary)),
                                           key_in(7, Space::kUndo, std::string(kCanary))};
  for (const std::string& key : doomed) put(key, "1");
  put(key_in(6, Space::kUndo, "neighbour"), "below");
  put(key_in(8, Space::kMeta, "neighbour"), "above");
  reopen();
  ASSERT_TRUE(store_->purge({workspace}));
  EXPECT_TRUE(is_on_disk()) << "what is in use stays";
  for (const std::string& key : doomed) erase(key);
  EXPECT_TRUE(is_on_disk());
  ASSERT_TRUE(store_->purge({workspace}));
  EXPECT_FALSE(is_on_disk());
  reopen();
  EXPECT_FALSE(is_on_disk(true));
  EXPECT_EQ(get(*store_, key_in(6, Space::kUndo, "neighbour")), "below");
  EXPECT_EQ(get(*store_, key_in(8, Space::kMeta, "neighbour")), "above");
}

TEST_F(PurgeTest, AllErasedKeysOfASpaceLeaveEveryFile) {
  const std::string space = KeyBuilder(core::WorkspaceId{7}, Space::kContact).take();
  const std::string doomed = KeyBuilder(core::WorkspaceId{7}, Space::kContact).text(kCanary).bytes();
  const std::string above = KeyBuilder(core::WorkspaceId{7}, Space::kUndo).text("neighbour").bytes();
  put(doomed, "1");
  put(above, "stays");
  reopen();
  erase(doomed);
  EXPECT_TRUE(is_on_disk());
  ASSERT_TRUE(store_->purge({space}));
  EXPECT_FALSE(is_on_disk());
  reopen();
  EXPECT_FALSE(is_on_disk(true));
  EXPECT_EQ(get(*store_, above), "stays");
}

TEST_F(PurgeTest, OldVersionsOnTheLastLevelGoToo) {
  put(key_of("a"), std::string(kCanary));
  put(key_of("big"), large('y'));
  ASSERT_TRUE(store_->purge({key_of("a")}));  // brings everything to the last level, where it is still wanted
  EXPECT_TRUE(is_on_disk());
  put(key_of("a"), "clean");
  erase(key_of("big"));
  ASSERT_TRUE(store_->purge({key_of("a"), key_of("big")}));
  EXPECT_FALSE(is_on_disk());
}

TEST_F(PurgeTest, AValueThatIsInUseStays) {
  put(key_of("a"), std::string(kCanary));
  ASSERT_TRUE(store_->purge({key_of("a"), key_of("absent")}));
  EXPECT_EQ(get(*store_, key_of("a")), kCanary);
}

TEST_F(PurgeTest, SomebodyWhoStillReadsIsWaitedForAndThenTold) {
  put(key_of("a"), std::string(kCanary));
  const auto reader = store_->snapshot();
  put(key_of("a"), "clean");
  const auto refused = store_->purge({key_of("a")});
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error() == Errc::kConflict);
  EXPECT_TRUE(refused.error().is_transient());
  EXPECT_EQ(**reader->get(key_of("a")), kCanary);
}

TEST_F(PurgeTest, WritingGoesOnMeanwhileAndAClosedStoreRefuses) {
  put(key_of("a"), std::string(kCanary));
  put(key_of("a"), "clean");
  core::Result<void> purged = core::fail(Errc::kIo);
  std::thread purging([&] { purged = store_->purge({key_of("a")}); });
  for (int i = 0; i < 50; ++i) put(key_of("n" + std::to_string(i)), std::string(5000, 'n'));
  purging.join();
  EXPECT_TRUE(purged);
  EXPECT_FALSE(is_on_disk());
  store_->close();
  EXPECT_TRUE(store_->purge({key_of("a")}).error() == Errc::kClosed);
}

}  // namespace
}  // namespace postern::storage
