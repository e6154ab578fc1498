// Invariant 1: kill -9 at any instant loses no acknowledged commit and stores none twice. The child is this binary
// again (a fork would not have RocksDB's threads); it reports each acknowledged number on a pipe.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <random>
#include <set>
#include <thread>

#include "tests/storage/store_fixture.h"

extern char** environ;

namespace postern::storage {
namespace {

using test::commit;
using test::get;
using test::key_of;
using test::kOne;

constexpr int kRounds = 20;
constexpr int kLanes = 4;
constexpr std::uint64_t kNumbersPerRound = 1'000'000;
constexpr const char* kFolderVariable = "POSTERN_CRASH_FOLDER";
constexpr const char* kFirstVariable = "POSTERN_CRASH_FIRST";
constexpr int kReportFd = 30;

const std::string kCount = key_of("count", kOne, Space::kCounter);

TEST(CrashChild, CommitsUntilItIsKilled) {
  const char* folder = std::getenv(kFolderVariable);
  if (folder == nullptr) GTEST_SKIP() << "only as a child of CrashTest";
  RocksOptions options = test::rocks_options_for(folder);
  options.memtable_bytes = 256U << 10U;  // flushes and compactions happen meanwhile
  auto store = *open_rocks_store(std::move(options), core::system_clock());
  std::atomic<std::uint64_t> next{std::strtoull(std::getenv(kFirstVariable), nullptr, 10)};
  std::vector<std::thread> lanes;
  for (int lane = 0; lane < kLanes; ++lane) {
    lanes.emplace_back([&] {
      for (;;) {
        const std::uint64_t number = next++;
        Transaction transaction = store->begin();
        transaction.put(key_of(number),
                        std::string(number % 3 == 0 ? 6000 : 600, static_cast<char>('a' + number % 26)));
        transaction.add(kCount, 1);
        transaction.record(kOne, {"ticket.created", number, 0});
        if (!commit(*store, std::move(transaction))) ::_exit(3);
        if (::write(kReportFd, &number, sizeof number) != sizeof number) ::_exit(4);
      }
    });
  }
  for (auto& lane : lanes) lane.join();
}

class Child {
 public:
  Child(const std::filesystem::path& folder, std::uint64_t first) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], kReportFd);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    const std::string folder_text = std::string(kFolderVariable) + "=" + folder.string();
    const std::string first_text = std::string(kFirstVariable) + "=" + std::to_string(first);
    std::vector<char*> environment;
    for (char** entry = environ; *entry != nullptr; ++entry) environment.push_back(*entry);
    std::vector<std::string> own{folder_text, first_text, "self", "--gtest_filter=CrashChild.*"};
    environment.push_back(own[0].data());
    environment.push_back(own[1].data());
    environment.push_back(nullptr);
    char* arguments[] = {own[2].data(), own[3].data(), nullptr};
    EXPECT_EQ(::posix_spawn(&pid_, "/proc/self/exe", &actions, nullptr, arguments, environment.data()), 0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    reports_ = ends[0];
  }
  ~Child() { ::close(reports_); }
  Child(const Child&) = delete;

  // Kills it after that many reports; returns all that it managed to send.
  std::set<std::uint64_t> kill_after(std::size_t count) {
    std::set<std::uint64_t> acknowledged;
    std::uint64_t number = 0;
    while (acknowledged.size() < count && ::read(reports_, &number, sizeof number) == sizeof number) {
      EXPECT_TRUE(acknowledged.insert(number).second);
    }
    EXPECT_EQ(acknowledged.size(), count);
    ::kill(pid_, SIGKILL);
    while (::read(reports_, &number, sizeof number) == sizeof number) acknowledged.insert(number);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    return acknowledged;
  }

 private:
  pid_t pid_ = -1;
  int reports_ = -1;
};

// All acknowledged are there; whatever is there is counted once and told once, in a feed without gaps.
void check(const std::filesystem::path& folder, const std::set<std::uint64_t>& acknowledged) {
  const core::ManualClock clock;
  auto opened = open_rocks_store(test::rocks_options_for(folder), clock);
  ASSERT_TRUE(opened) << opened.error().describe();
  const Store& store = **opened;
  std::set<std::uint64_t> present;
  std::uint64_t after = 0;
  for (;;) {
    const auto feed = store.feed(kOne, after, 1000);
    ASSERT_TRUE(feed);
    if (feed->empty()) break;
    for (const FeedEntry& entry : *feed) {
      ASSERT_EQ(entry.sequence, ++after);
      EXPECT_TRUE(present.insert(entry.changes.at(0).object).second);
    }
  }
  EXPECT_EQ(store.last_sequence(kOne), after);
  EXPECT_EQ(decode_counter(get(store, kCount)), static_cast<std::int64_t>(present.size()));
  for (std::uint64_t number : acknowledged) EXPECT_TRUE(present.contains(number)) << number;
  std::size_t stored = 0;
  for (std::uint64_t number : present) stored += get(store, key_of(number)).has_value() ? 1 : 0;
  EXPECT_EQ(stored, present.size());
}

TEST(CrashTest, KillLosesNoAcknowledgedCommit) {
  const test::TempFolder folder;
  std::mt19937_64 random(20261122);
  std::set<std::uint64_t> acknowledged;
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    Child child(folder.path(), round * kNumbersPerRound + 1);
    acknowledged.merge(child.kill_after(1 + random() % 120));
    check(folder.path(), acknowledged);
    if (HasFailure()) FAIL() << "round " << round;
  }
}

}  // namespace
}  // namespace postern::storage
