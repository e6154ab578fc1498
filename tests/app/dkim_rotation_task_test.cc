// The task that carries rotation out: files, signer and log follow each other, whatever fails in between.
#include "app/dkim_rotation_task.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "core/encoding.h"
#include "core/log.h"
#include "core/manual_clock.h"
#include "core/metrics.h"
#include "core/random.h"
#include "net/zone_resolver.h"
#include "tests/support/run_task.h"

namespace postern::app {
namespace {

using pipeline::DkimAlgorithm;
using pipeline::DkimKeyInfo;
using pipeline::DkimKeyState;

constexpr const char* kDomain = "example.org";

std::mutex g_log_mutex;
std::string g_log;
void keep_line(std::string_view line) {
  const std::lock_guard lock(g_log_mutex);
  g_log += std::string(line) + "\n";
}
std::size_t count_lines(std::string_view with) {
  const std::lock_guard lock(g_log_mutex);
  std::size_t count = 0;
  for (std::size_t at = g_log.find(with); at != std::string::npos; at = g_log.find(with, at + 1)) ++count;
  return count;
}

class DkimRotationTaskTest : public testing::Test {
 protected:
  DkimRotationTaskTest()
      : dir_(std::filesystem::temp_directory_path() / ("postern-task-" + core::to_hex(core::random_bytes(8)))),
        folder_(dir_),
        signer_(clock_) {
    const std::vector<DkimAlgorithm> quick{DkimAlgorithm::kEd25519Sha256};
    EXPECT_TRUE(folder_.create(kDomain, clock_, DkimKeyState::kActive, quick));
    EXPECT_TRUE(signer_.reload(folder_));
    g_log.clear();
    core::log::set_sink(keep_line);
  }
  ~DkimRotationTaskTest() override {
    core::log::set_sink(nullptr);
    std::filesystem::remove_all(dir_);
  }
  DkimRotationTask::Parts parts() {
    return {folder_, signer_, *zone_, pool_, clock_, [this]() -> core::Result<pipeline::DkimQueueView> { return queue_; }};
  }
  std::size_t check() {
    DkimRotationTask task(parts(), options_);
    return test::run_task(io_, task.check());
  }
  std::vector<DkimKeyInfo> keys() { return folder_.list(kDomain).value(); }
  void publish_all() {
    zone_ = std::make_unique<net::ZoneResolver>();
    for (const DkimKeyInfo& key : keys()) {
      const auto record = folder_.txt_record(key);
      ASSERT_TRUE(record);
      zone_->add_txt(record->owner, record->value);
    }
  }
  std::string selector(DkimKeyState state) {
    for (const DkimKeyInfo& key : keys()) {
      if (key.state == state) return key.selector;
    }
    return {};
  }

  boost::asio::io_context io_;
  core::ManualClock clock_;
  core::WorkPool pool_{"cpu", 1, 8};
  std::filesystem::path dir_;
  pipeline::DkimKeyFolder folder_;
  pipeline::DkimSigner signer_;
  std::unique_ptr<net::ZoneResolver> zone_ = std::make_unique<net::ZoneResolver>();
  pipeline::DkimQueueView queue_{true, std::nullopt};
  DkimTaskOptions options_;
};

TEST_F(DkimRotationTaskTest, TheSignerFollowsTheFolderThroughALife) {
  publish_all();
  EXPECT_EQ(check(), 1U);
  clock_.advance(std::chrono::days(180));
  EXPECT_EQ(check(), 1U);
  const std::string first = selector(DkimKeyState::kActive);
  const std::string second = selector(DkimKeyState::kWaiting);
  EXPECT_EQ(count_lines("dkim.keys_made"), 1U);
  EXPECT_EQ(check(), 0U);
  EXPECT_EQ(count_lines("dkim.record_to_publish"), 1U);  // said once a day, not at every check
  EXPECT_EQ(signer_.selectors(kDomain), std::vector<std::string>{first});
  publish_all();
  EXPECT_EQ(check(), 1U);
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(check(), 2U);
  EXPECT_EQ(signer_.selectors(kDomain), std::vector<std::string>{second});
  queue_.oldest_tried = clock_.wall_now() - std::chrono::hours(1);
  clock_.advance(std::chrono::days(8));
  EXPECT_EQ(check(), 0U);
  queue_.oldest_tried.reset();
  EXPECT_EQ(check(), 1U);
  EXPECT_EQ(selector(DkimKeyState::kRetired), first);
  const std::string metrics = core::metrics().render();
  EXPECT_NE(metrics.find("postern_dkim_keys{state=\"retired\"} 1"), std::string::npos);
  EXPECT_NE(metrics.find("postern_dkim_rotation_steps_total{step=\"activate\"} 1"), std::string::npos);
  // A retired key's private half may be deleted.
  std::filesystem::remove(dir_ / kDomain / (first + ".pem"));
  EXPECT_EQ(check(), 0U);
  EXPECT_EQ(count_lines("dkim.check_failed"), 0U);
}

TEST_F(DkimRotationTaskTest, ASignerThatMissedAChangeIsBroughtUpFirst) {
  publish_all();
  // The command line changed the files and could not tell us; or we died between file and signer.
  const std::string before = selector(DkimKeyState::kActive);
  const std::vector<DkimAlgorithm> quick{DkimAlgorithm::kEd25519Sha256};
  clock_.advance(std::chrono::days(1));
  ASSERT_TRUE(folder_.create(kDomain, clock_, DkimKeyState::kActive, quick));
  const std::string now = keys()[0].selector;
  EXPECT_EQ(signer_.selectors(kDomain), std::vector<std::string>{before});
  check();
  EXPECT_EQ(signer_.selectors(kDomain).size(), 2U);
  EXPECT_EQ(count_lines("dkim.signer_reloaded"), 1U);
  // A signer that cannot be brought up keeps the domain as it is.
  ASSERT_TRUE(folder_.retire(kDomain, before, clock_));
  std::filesystem::resize_file(dir_ / kDomain / (now + ".pem"), 10);
  clock_.advance(std::chrono::days(30));
  EXPECT_EQ(check(), 0U);
  EXPECT_EQ(count_lines("dkim.check_failed"), 1U);
  EXPECT_EQ(selector(DkimKeyState::kRetiring), before);
  EXPECT_EQ(signer_.selectors(kDomain).size(), 2U);
}

TEST_F(DkimRotationTaskTest, ALostRecordIsToldDailyAndWhenItChanges) {
  EXPECT_EQ(check(), 0U);
  DkimRotationTask task(parts(), options_);
  EXPECT_EQ(count_lines("dkim.record_missing"), 1U);
  test::run_task(io_, task.check());
  test::run_task(io_, task.check());
  EXPECT_EQ(count_lines("dkim.record_missing"), 2U);  // a new task says it again, once
  clock_.advance(std::chrono::hours(24));
  test::run_task(io_, task.check());
  EXPECT_EQ(count_lines("dkim.record_missing"), 3U);
  zone_->add_txt(selector(DkimKeyState::kActive) + "._domainkey.example.org", "v=DKIM1; p=");
  test::run_task(io_, task.check());
  EXPECT_EQ(count_lines("\"different\""), 1U);
  EXPECT_NE(core::metrics().render().find("postern_dkim_keys_unpublished 1"), std::string::npos);
  EXPECT_EQ(signer_.selectors(kDomain).size(), 1U);  // it signs all the same
}

TEST_F(DkimRotationTaskTest, RunsByTheClockAndStops) {
  publish_all();
  DkimRotationTask task(parts(), options_);
  task.start(io_.get_executor());
  const auto run_until_asleep = [&](core::Instant not_before) {
    for (int i = 0; i < 20'000 && (clock_.next_wake() == core::Instant::max() || clock_.next_wake() <= not_before); ++i) {
      io_.restart();
      io_.run_for(std::chrono::milliseconds(1));
    }
  };
  run_until_asleep(clock_.now());
  EXPECT_EQ(clock_.next_wake() - clock_.now(), options_.first_check);
  EXPECT_EQ(zone_->query_count(), 0U);
  clock_.advance(options_.first_check);
  run_until_asleep(clock_.now());
  EXPECT_EQ(zone_->query_count(), 1U);
  EXPECT_TRUE(keys()[0].seen_since);
  const core::Duration pause = clock_.next_wake() - clock_.now();
  EXPECT_GE(pause, options_.check_interval);
  EXPECT_LE(pause, options_.check_interval + options_.jitter_max);
  test::run_task(io_, task.stop(core::Deadline::after(std::chrono::seconds(1), clock_)));
  clock_.advance(std::chrono::hours(5));
  io_.restart();
  io_.poll();
  EXPECT_EQ(zone_->query_count(), 1U);
}

}  // namespace
}  // namespace postern::app
