// A disk that does not answer: whoever gives up is told at once, the write itself is not interrupted, and what waits
// behind it is never written. Callers may be gone, with their executors, when the disk comes back.
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <thread>

#include "core/task_group.h"
#include "storage/rocks_engine.h"
#include "tests/storage/fault_files.h"
#include "tests/storage/store_fixture.h"

namespace postern::storage {
namespace {

using boost::asio::experimental::awaitable_operators::operator||;
using test::FaultFiles;
using test::get;
using test::key_of;
using test::kOne;
using Outcome = std::optional<core::Result<Committed>>;
using Fault = FaultFiles::Fault;
using std::chrono::milliseconds;

constexpr auto kSoon = std::chrono::seconds(10);  // what is told at once is told within it; nothing waits for its end

core::Task<void> commit_into(Store& store, Transaction transaction, Outcome& outcome) {
  outcome = co_await store.commit(std::move(transaction));
}

// As the pipeline waits: `||` returns when both sides have ended.
core::Task<void> commit_within(Store& store, Transaction transaction, core::Duration limit, core::Clock& clock,
                               Outcome& outcome) {
  co_await (commit_into(store, std::move(transaction), outcome) || clock.sleep_for(limit));
}

bool was_given_up(const Outcome& outcome) {
  return outcome && !*outcome && outcome->error() == Errc::kIo && outcome->error().is_transient();
}

class StalledDisk : public ::testing::Test {
 protected:
  ~StalledDisk() override {
    disk_->set(Fault::kNone);
    store_.reset();
  }
  void open(milliseconds write_stall_max) {
    RocksOptions options = test::rocks_options_for(folder_.path());
    options.write_stall_max = write_stall_max;
    auto opened = open_rocks_store_on(std::move(options), core::system_clock(), disk_);
    ASSERT_TRUE(opened) << opened.error().describe();
    store_ = std::move(*opened);
  }
  Transaction change_of(std::string_view name) {
    Transaction transaction = store_->begin();
    transaction.put(key_of(name), "done");
    transaction.record(kOne, {"ticket.created", 1, 0});
    return transaction;
  }
  // Starts a commit whose sync does not come back, and one that waits behind it.
  void hang(core::TaskGroup& group, boost::asio::io_context& io, const boost::asio::any_io_executor& executor) {
    disk_->set(Fault::kHang);
    Transaction first = change_of("first");
    first_snapshot_ = first.base();
    group.spawn(executor, commit_into(*store_, std::move(first), first_));
    io.poll();
    disk_->wait_until_hanging();
    Transaction second = change_of("second");
    second_snapshot_ = second.base();
    group.spawn(executor, commit_into(*store_, std::move(second), second_));
    io.restart();
    io.poll();
  }

  test::TempFolder folder_;
  std::shared_ptr<FaultFiles> disk_ = std::make_shared<FaultFiles>();
  std::unique_ptr<Store> store_;
  Outcome first_;
  Outcome second_;
  std::weak_ptr<const Snapshot> first_snapshot_;
  std::weak_ptr<const Snapshot> second_snapshot_;
};

TEST_F(StalledDisk, CancelledCallersEndAndTheirExecutorMayGo) {
  open(kSoon);
  core::TaskGroup group("test.callers", core::system_clock());
  auto io = std::make_unique<boost::asio::io_context>();
  hang(group, *io, boost::asio::make_strand(*io));  // whose end touches its context
  EXPECT_FALSE(first_ || second_);
  EXPECT_TRUE(store_->is_healthy());  // it is only slow, so far
  group.cancel();
  io->restart();
  io->run_for(kSoon);
  const bool has_drained = group.size() == 0;
  EXPECT_TRUE(has_drained);
  EXPECT_TRUE(was_given_up(first_));
  EXPECT_TRUE(was_given_up(second_));
  EXPECT_FALSE(first_snapshot_.expired());  // the write holds its transaction
  EXPECT_TRUE(second_snapshot_.expired());  // memory that waits for nothing is released
  if (has_drained) io.reset();
  disk_->set(Fault::kNone);
  if (io) io->run();
  ASSERT_TRUE(test::commit(*store_, change_of("third")));
  EXPECT_EQ(get(*store_, key_of("first")), "done");
  EXPECT_EQ(get(*store_, key_of("second")), std::nullopt);
  EXPECT_EQ(get(*store_, key_of("third")), "done");
  EXPECT_EQ(store_->last_sequence(kOne), 2U);
  EXPECT_EQ(store_->feed(kOne, 0, 10)->size(), 2U);
}

TEST_F(StalledDisk, ATimeLimitBesideACommitHolds) {
  open(kSoon);
  core::ManualClock clock;
  core::TaskGroup group("test.callers", clock);
  boost::asio::io_context io;
  disk_->set(Fault::kHang);
  group.spawn(io.get_executor(),
              commit_within(*store_, change_of("first"), std::chrono::seconds(30), clock, first_));
  io.poll();
  disk_->wait_until_hanging();
  clock.advance(std::chrono::seconds(30));
  io.run_for(kSoon);
  EXPECT_EQ(group.size(), 0U);
  EXPECT_TRUE(was_given_up(first_));
  disk_->set(Fault::kNone);
  io.restart();
  io.run();
  ASSERT_TRUE(test::commit(*store_, change_of("second")));
  EXPECT_EQ(get(*store_, key_of("first")), "done");
}

TEST_F(StalledDisk, IsUnhealthyAndRefusesUntilTheDiskAnswers) {
  open(milliseconds(200));
  boost::asio::io_context io;
  core::TaskGroup group("test.callers", core::system_clock());
  hang(group, io, io.get_executor());
  const core::Instant end = core::system_clock().now() + kSoon;
  while (store_->is_healthy() && core::system_clock().now() < end) std::this_thread::yield();
  EXPECT_FALSE(store_->is_healthy());
  Outcome third;
  group.spawn(io.get_executor(), commit_into(*store_, change_of("third"), third));
  io.restart();
  io.poll();
  EXPECT_TRUE(was_given_up(third));
  EXPECT_EQ(*store_->snapshot()->get(key_of("third")), std::nullopt);  // reads do not wait for the disk
  disk_->set(Fault::kNone);
  io.restart();
  io.run();
  EXPECT_TRUE(first_ && *first_);
  EXPECT_TRUE(second_ && *second_);
  while (!store_->is_healthy()) std::this_thread::yield();
  EXPECT_TRUE(test::commit(*store_, change_of("fourth")));
}

TEST_F(StalledDisk, CloseTellsWhatWaitsBeforeTheDiskAnswers) {
  open(kSoon);
  boost::asio::io_context io;
  core::TaskGroup group("test.callers", core::system_clock());
  hang(group, io, io.get_executor());
  std::thread closing([this] { store_->close(); });
  io.restart();
  const core::Instant end = core::system_clock().now() + kSoon;
  while (!second_ && core::system_clock().now() < end) io.run_one_for(kSoon);
  EXPECT_TRUE(second_ && second_->error() == Errc::kClosed);
  EXPECT_FALSE(first_);
  disk_->set(Fault::kNone);
  closing.join();
  io.restart();
  io.run();
  EXPECT_TRUE(first_ && *first_);
}

// Whoever is told first, the caller is told once; a value means that it is written.
TEST_F(StalledDisk, GivingUpAtAnyMomentIsSafe) {
  constexpr std::size_t kCommits = 400;
  open(kSoon);
  std::vector<Outcome> outcomes(kCommits);
  // One thread, so that its executor needs no strand: the end of one is ordered by fences, which ThreadSanitizer does
  // not know. It outlives the last commit, and so the writer's posts.
  boost::asio::thread_pool callers(1);
  for (std::size_t i = 0; i < kCommits; ++i) {
    core::TaskGroup group("test.callers", core::system_clock());
    group.spawn(callers.get_executor(), commit_into(*store_, change_of("n" + std::to_string(i)), outcomes[i]));
    for (std::size_t turn = 0; turn < i % 40 * 5; ++turn) std::this_thread::yield();
    group.cancel();
    while (group.size() > 0) std::this_thread::yield();
  }
  std::size_t written = 0;
  for (std::size_t i = 0; i < kCommits; ++i) {
    if (!outcomes[i]) continue;  // cancelled before it began
    EXPECT_TRUE(*outcomes[i] || was_given_up(outcomes[i])) << outcomes[i]->error().describe();
    const bool is_there = get(*store_, key_of("n" + std::to_string(i))).has_value();
    if (*outcomes[i]) EXPECT_TRUE(is_there) << i;
  }
  ASSERT_TRUE(test::commit(*store_, change_of("last")));
  for (std::size_t i = 0; i < kCommits; ++i) written += get(*store_, key_of("n" + std::to_string(i))) ? 1U : 0U;
  EXPECT_EQ(store_->last_sequence(kOne), written + 1);
}

}  // namespace
}  // namespace postern::storage
