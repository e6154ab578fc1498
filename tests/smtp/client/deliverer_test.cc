#include "smtp/client/deliverer.h"

#include <gtest/gtest.h>

#include <set>

#include "core/errc.h"
#include "net/zone_resolver.h"
#include "tests/smtp/client/scripted_host.h"
#include "tests/support/run_task.h"

namespace postern::smtp {
namespace {

using pipeline::DeliveryOutcome;
using pipeline::OutboundMessage;
using std::chrono::seconds;

// A queue in memory; entries fall due at a time and are leased once.
class FakeSource final : public pipeline::OutboundSource {
 public:
  explicit FakeSource(core::Clock& clock) : clock_(clock) {}
  void put(std::uint64_t id, const std::string& domain, core::Duration due_in = {}) {
    OutboundMessage message;
    message.id.value = id;
    message.rcpt = {"bob", domain};
    message.message = "Subject: x\r\n\r\nx\r\n";
    queue.emplace(clock_.wall_now() + due_in, std::move(message));
    if (wake) wake();
  }
  core::Task<core::Result<std::vector<OutboundMessage>>> claim_due(std::size_t most, core::Duration) override {
    ++claims;
    if (is_broken) co_return core::fail_transient(core::Errc::kIo, "store");
    std::vector<OutboundMessage> out;
    while (!queue.empty() && queue.begin()->first <= clock_.wall_now() && out.size() < most) {
      out.push_back(std::move(queue.begin()->second));
      queue.erase(queue.begin());
    }
    claimed_most = std::max(claimed_most, out.size());
    co_return out;
  }
  core::Task<core::Result<void>> report(core::WorkspaceId, core::OutboxId id,
                                        pipeline::DeliveryReport report) override {
    reports.emplace(id.value, report.outcome);
    co_return core::Result<void>();
  }
  std::optional<core::WallTime> next_due() const override {
    if (queue.empty()) return std::nullopt;
    return queue.begin()->first;
  }
  void on_due(std::function<void()> call) override { wake = std::move(call); }

  std::multimap<core::WallTime, OutboundMessage> queue;
  std::map<std::uint64_t, DeliveryOutcome> reports;
  std::function<void()> wake;
  std::size_t claims = 0;
  std::size_t claimed_most = 0;
  bool is_broken = false;

 private:
  core::Clock& clock_;
};

class NoSigner final : public pipeline::MessageSigner {
 public:
  core::Result<std::string> sign(std::string_view, std::string_view) const override { return std::string(); }
};

const std::string kGood =
    "S: 220 mx\nC: EHLO\nS: 250 mx\nC: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 354 go\n"
    "C.: \nS: 250 ok\nC: QUIT\nS: 221 bye\n";

class DelivererTest : public testing::Test {
 protected:
  DelivererTest() : hosts(clock), source(clock) {
    for (int i = 1; i <= 3; ++i) zone.add_a("d" + std::to_string(i) + ".test", "192.0.2." + std::to_string(i));
  }
  void make() {
    deliverer = std::make_unique<Deliverer>(io, source, signer, zone, clock, options, hosts.connector());
    deliverer->start();
  }
  void settle() {
    io.restart();
    io.poll();
  }
  void stop() {
    io.restart();
    test::run_task(io, deliverer->stop(core::Deadline(clock.now())));
    test::run_task(io, hosts.sessions().drain(core::Deadline(clock.now())));
    settle();
  }
  boost::asio::io_context io;
  core::ManualClock clock;
  net::ZoneResolver zone;
  NoSigner signer;
  DeliveryOptions options;
  test::ScriptedHosts hosts;
  FakeSource source;
  std::unique_ptr<Deliverer> deliverer;
};

TEST_F(DelivererTest, DeliversWhatIsDueAndReports) {
  hosts.add("192.0.2.1", kGood);
  source.put(1, "d1.test");
  source.put(2, "nowhere.test");
  make();
  settle();
  EXPECT_EQ(source.reports, (std::map<std::uint64_t, DeliveryOutcome>{{1, DeliveryOutcome::kDelivered},
                                                                      {2, DeliveryOutcome::kFailed}}));
  stop();
}

TEST_F(DelivererTest, WakesForNewMailAndForTheNextDueTime) {
  hosts.add("192.0.2.1", kGood);
  hosts.add("192.0.2.2", kGood);
  make();
  settle();
  EXPECT_TRUE(source.reports.empty());
  source.put(1, "d1.test");
  settle();
  EXPECT_TRUE(source.reports.contains(1)) << "woken by the outbox";
  source.put(2, "d2.test", seconds(30));
  settle();
  clock.advance(seconds(29));
  settle();
  EXPECT_FALSE(source.reports.contains(2));
  clock.advance(seconds(1));
  settle();
  EXPECT_TRUE(source.reports.contains(2)) << "woken by its time";
  stop();
}

TEST_F(DelivererTest, BoundsAttemptsInAllAndByDestination) {
  options.concurrency_max = 3;
  options.per_destination_max = 2;
  options.claimed_max = 8;
  for (int i = 0; i < 20; ++i) hosts.add("192.0.2.1", "C: silent\n");
  for (int i = 0; i < 20; ++i) hosts.add("192.0.2.2", "C: silent\n");
  for (std::uint64_t id = 1; id <= 6; ++id) source.put(id, "d1.test");
  for (std::uint64_t id = 11; id <= 16; ++id) source.put(id, "d2.test");
  make();
  settle();
  EXPECT_EQ(hosts.connections(), 3U);
  EXPECT_EQ(source.claimed_most, 8U);
  EXPECT_EQ(source.queue.size(), 4U) << "no more is held in memory than allowed";
  stop();
  EXPECT_TRUE(source.reports.empty()) << "a cancelled attempt is no outcome: its lease runs out";
}

TEST_F(DelivererTest, GivesPlacesBack) {
  options.concurrency_max = 1;
  for (int i = 0; i < 5; ++i) hosts.add("192.0.2.1", kGood);
  for (std::uint64_t id = 1; id <= 5; ++id) source.put(id, "d1.test");
  make();
  settle();
  EXPECT_EQ(source.reports.size(), 5U);
  stop();
}

TEST_F(DelivererTest, ABrokenStoreIsRetriedWithoutSpinning) {
  source.is_broken = true;
  source.put(1, "d1.test");
  hosts.add("192.0.2.1", kGood);
  make();
  settle();
  const auto claims = source.claims;
  EXPECT_LE(claims, 3U);
  source.is_broken = false;
  clock.advance(seconds(1));
  settle();
  EXPECT_TRUE(source.reports.contains(1));
  stop();
}

TEST_F(DelivererTest, StopsWithoutWork) {
  make();
  settle();
  stop();
  EXPECT_EQ(io.poll(), 0U);
}

}  // namespace
}  // namespace postern::smtp
