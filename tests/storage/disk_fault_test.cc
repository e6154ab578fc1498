// Invariant 1 under a failing disk: what was acknowledged stays, what was refused is not there, and service resumes.
#include <random>
#include <set>

#include "storage/rocks_engine.h"
#include "tests/storage/fault_files.h"
#include "tests/storage/store_fixture.h"

namespace postern::storage {
namespace {

using test::commit;
using test::FaultFiles;
using test::get;
using test::key_of;
using test::kOne;
using Fault = FaultFiles::Fault;

constexpr std::uint64_t kNumbers = 2000;

struct Case {
  std::string name;
  Fault fault;
  bool encrypted;
  bool reopened;  // the memtable is empty when the fault comes
};

class DiskFault : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override { open(disk_); }
  void open(std::shared_ptr<rocksdb::FileSystem> files, std::size_t memtable_bytes = 4U << 20U) {
    store_.reset();
    RocksOptions options = test::rocks_options_for(folder_.path());
    options.memtable_bytes = memtable_bytes;
    options.encrypt_files = GetParam().encrypted;
    auto opened = open_rocks_store_on(std::move(options), clock_, std::move(files));
    ASSERT_TRUE(opened) << opened.error().describe();
    store_ = std::move(*opened);
  }
  bool put(std::uint64_t number, std::size_t bytes = 10) {
    Transaction transaction = store_->begin();
    transaction.put(key_of(number), std::string(bytes, 'v'));
    transaction.add(key_of("count", kOne, Space::kCounter), 1);
    transaction.record(kOne, {"ticket.created", number, 0});
    const auto result = commit(*store_, std::move(transaction));
    if (result) {
      acknowledged_.insert(number);
      return true;
    }
    EXPECT_TRUE(result.error() == Errc::kIo && result.error().is_transient()) << result.error().describe();
    return false;
  }
  // Exactly the acknowledged ones are visible, counted, and told by the feed.
  void check() {
    for (std::uint64_t number = 0; number < kNumbers; ++number) {
      EXPECT_EQ(get(*store_, key_of(number)).has_value(), acknowledged_.contains(number)) << number;
    }
    EXPECT_EQ(decode_counter(get(*store_, key_of("count", kOne, Space::kCounter))), std::int64_t(acknowledged_.size()));
    const auto feed = store_->feed(kOne, 0, kNumbers);
    ASSERT_TRUE(feed);
    ASSERT_EQ(feed->size(), acknowledged_.size());
    for (std::size_t i = 0; i < feed->size(); ++i) EXPECT_EQ((*feed)[i].sequence, i + 1);
    EXPECT_EQ(store_->last_sequence(kOne), acknowledged_.size());
  }
  // Commits until one succeeds again; the store heals by itself, in real time.
  void wait_until_healed(std::uint64_t number) {
    const core::Instant end = core::system_clock().now() + std::chrono::seconds(10);
    while (!put(number)) ASSERT_LT(core::system_clock().now(), end) << "did not heal";
    EXPECT_TRUE(store_->is_healthy());
  }

  test::TempFolder folder_;
  core::ManualClock clock_;
  std::shared_ptr<FaultFiles> disk_ = std::make_shared<FaultFiles>();
  std::unique_ptr<Store> store_;
  std::set<std::uint64_t> acknowledged_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, DiskFault,
                         ::testing::Values(Case{"NoSpace", Fault::kNoSpace, true, false},
                                           Case{"NoSpaceAtOnce", Fault::kNoSpace, true, true},
                                           Case{"Sync", Fault::kIoOnSync, true, false},
                                           Case{"SyncAtOnce", Fault::kIoOnSync, true, true},
                                           Case{"HalfWritten", Fault::kHalfWritten, true, false},
                                           Case{"HalfWrittenAtOnce", Fault::kHalfWritten, true, true},
                                           Case{"HalfWrittenPlain", Fault::kHalfWritten, false, false},
                                           Case{"SyncPlainAtOnce", Fault::kIoOnSync, false, true}),
                         [](const auto& info) { return info.param.name; });

TEST_P(DiskFault, RefusesThenHealsAndLosesNothing) {
  for (std::uint64_t n = 0; n < 10; ++n) ASSERT_TRUE(put(n));
  if (GetParam().reopened) open(disk_);
  disk_->set(GetParam().fault);
  for (std::uint64_t n = 10; n < 20; ++n) EXPECT_FALSE(put(n));
  EXPECT_FALSE(store_->is_healthy());
  check();
  disk_->set(Fault::kNone);
  wait_until_healed(20);
  for (std::uint64_t n = 21; n < 30; ++n) ASSERT_TRUE(put(n));
  check();
  open(rocksdb::FileSystem::Default());
  check();
  ASSERT_TRUE(put(30));
}

TEST_P(DiskFault, SurvivesSeveralFaultsAndAPowerCut) {
  std::uint64_t number = 0;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(put(number++));
    disk_->set(GetParam().fault);
    EXPECT_FALSE(put(number++));
    disk_->set(Fault::kNone);
    wait_until_healed(number++);
  }
  disk_->set(Fault::kPowerCut);
  EXPECT_FALSE(put(99));
  store_.reset();
  disk_->forget_unsynced();
  open(rocksdb::FileSystem::Default());
  check();
}

TEST_P(DiskFault, PowerCutWithoutWarningKeepsEverythingAcknowledged) {
  if (GetParam().reopened) open(disk_);
  for (std::uint64_t n = 0; n < 25; ++n) ASSERT_TRUE(put(n));
  disk_->set(Fault::kPowerCut);
  store_.reset();
  disk_->forget_unsynced();
  open(rocksdb::FileSystem::Default());
  check();
}

// The fault may hit the log, a flush, a compaction, a new file: wherever the disk is at that moment.
TEST_P(DiskFault, HealsWhereverTheFaultHits) {
  open(disk_, 32U << 10U);
  std::mt19937 random(GetParam().reopened ? 1 : 2);
  std::uint64_t number = 0;
  for (int round = 0; round < 12; ++round) {
    disk_->set_after(GetParam().fault, static_cast<int>(random() % 60));
    const std::uint64_t until = number + 1 + random() % 20;
    while (number < until) put(number++, random() % 6000);
    disk_->set(Fault::kNone);
    wait_until_healed(number++);
    if (HasFatalFailure()) return;
  }
  disk_->set_after(Fault::kPowerCut, static_cast<int>(random() % 60));
  while (put(number, 3000)) ++number;
  store_.reset();
  disk_->forget_unsynced();
  open(rocksdb::FileSystem::Default());
  // The cut may come between the sync of the last one and its answer, at a flush beside it: nobody was told, and it is there.
  if (get(*store_, key_of(number))) acknowledged_.insert(number);
  check();
}

}  // namespace
}  // namespace postern::storage
