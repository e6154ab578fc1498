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
  // As ticketing::Outbox: what is leased to a domain already counts.
  core::Task<LeaseCalls::Claimed> claim_some(std::size_t most, std::size_t per_destination_max) {
    ++claims;
    std::vector<OutboundMessage> out;
    for (auto at = queue.begin(); at != queue.end() && at->first <= clock_.wall_now() && out.size() < most;) {
      std::size_t& leased = leased_by_domain[at->second.rcpt.domain_lower()];
      if (leased >= per_destination_max) {
        ++at;
        continue;
      }
      ++leased;
      out.push_back(std::move(at->second));
      at = queue.erase(at);
    }
    co_return out;
  }
  core::Task<core::Result<void>> release(core::OutboxId id) {
    released.insert(id.value);
    co_return core::Result<void>();
  }
  LeaseCalls lease_calls() {
    return {[this](std::size_t most, core::Duration, std::size_t per_destination_max) { return claim_some(most, per_destination_max); },
            [this](core::WorkspaceId, core::OutboxId id) { return release(id); }};
  }
  core::Task<core::Result<void>> report(core::WorkspaceId, core::OutboxId id,
                                        pipeline::DeliveryReport report) override {
    ++report_calls;
    if (reports_to_lose > 0) {
      --reports_to_lose;
      co_return core::fail_transient(core::Errc::kIo, "store");
    }
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
  std::map<std::string, std::size_t> leased_by_domain;
  std::set<std::uint64_t> released;
  std::size_t report_calls = 0;
  std::size_t reports_to_lose = 0;
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
  void make(LeaseCalls leases = {}) {
    deliverer = std::make_unique<Deliverer>(io, source, signer, zone, clock, options, hosts.connector(), std::move(leases));
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

// A report that is lost means that the mail is sent again when its lease ends.
TEST_F(DelivererTest, RepeatsAReportUntilItIsKept) {
  hosts.add("192.0.2.1", kGood);
  source.reports_to_lose = 3;
  source.put(1, "d1.test");
  make();
  settle();
  EXPECT_EQ(source.report_calls, 1U) << "the next one comes after a pause";
  for (int i = 0; i < 10; ++i) {
    clock.advance(seconds(1));
    settle();
  }
  EXPECT_EQ(source.reports, (std::map<std::uint64_t, DeliveryOutcome>{{1, DeliveryOutcome::kDelivered}}));
  EXPECT_EQ(source.report_calls, 4U);
  EXPECT_EQ(hosts.connections(), 1U);
  stop();
}

TEST_F(DelivererTest, ReportsNoMoreOnceTheLeaseIsOver) {
  options.concurrency_max = 1;
  hosts.add("192.0.2.1", kGood);
  hosts.add("192.0.2.2", kGood);
  source.reports_to_lose = 1'000'000;
  source.put(1, "d1.test");
  make();
  settle();
  source.put(2, "d2.test");
  for (core::Duration gone{}; gone < options.lease - seconds(60); gone += seconds(10)) {
    clock.advance(seconds(10));
    settle();
  }
  EXPECT_EQ(hosts.connections(), 1U) << "while outcomes cannot be kept, nothing more is sent";
  EXPECT_GT(source.report_calls, 30U);
  clock.advance(seconds(60));
  settle();
  const auto calls = source.report_calls;
  source.reports_to_lose = 0;
  clock.advance(seconds(60));
  settle();
  EXPECT_FALSE(source.reports.contains(1)) << "it may be another's by now";
  EXPECT_LE(source.report_calls, calls + 1) << "only the second message is reported";
  stop();
}

TEST_F(DelivererTest, GivesBackWhatWaitedTooLong) {
  options.per_destination_max = 1;
  hosts.add("192.0.2.1", "C: silent\n");
  hosts.add("192.0.2.1", kGood);
  source.put(1, "d1.test");
  source.put(2, "d1.test");
  make(source.lease_calls());
  settle();
  for (int minute = 0; minute < 5; ++minute) {  // the silent host is given up after five
    EXPECT_TRUE(source.reports.empty());
    clock.advance(seconds(60));
    settle();
  }
  EXPECT_EQ(source.released, (std::set<std::uint64_t>{2})) << "an attempt begun now could outlive its lease";
  EXPECT_EQ(source.reports, (std::map<std::uint64_t, DeliveryOutcome>{{1, DeliveryOutcome::kDeferred}}));
  EXPECT_EQ(hosts.connections(), 1U);
  stop();
}

TEST_F(DelivererTest, NeverStartsWhatWaitedTooLongEvenWhenItCannotBeGivenBack) {
  options.per_destination_max = 1;
  hosts.add("192.0.2.1", "C: silent\n");
  hosts.add("192.0.2.1", kGood);
  source.put(1, "d1.test");
  source.put(2, "d1.test");
  make();
  settle();
  for (int minute = 0; minute < 6; ++minute) {
    clock.advance(seconds(60));
    settle();
  }
  EXPECT_EQ(hosts.connections(), 1U);
  EXPECT_TRUE(source.reports.contains(1));
  EXPECT_FALSE(source.reports.contains(2));
  stop();
}

TEST_F(DelivererTest, ASlowDestinationLeavesRoomForOthers) {
  options.claimed_max = 16;
  for (int i = 0; i < 16; ++i) hosts.add("192.0.2.1", "C: silent\n");
  hosts.add("192.0.2.2", kGood);
  for (std::uint64_t id = 1; id <= 40; ++id) source.put(id, "d1.test");
  source.put(99, "d2.test");
  make(source.lease_calls());
  settle();
  EXPECT_TRUE(source.reports.contains(99));
  EXPECT_EQ(source.leased_by_domain["d1.test"], options.claimed_per_destination_max);
  stop();
}

TEST_F(DelivererTest, GivesBackWhatWaitsWhenItStops) {
  options.per_destination_max = 2;
  hosts.add("192.0.2.1", "C: silent\n");
  hosts.add("192.0.2.1", "C: silent\n");
  for (std::uint64_t id = 1; id <= 5; ++id) source.put(id, "d1.test");
  make(source.lease_calls());
  settle();
  EXPECT_TRUE(source.released.empty());
  stop();
  EXPECT_EQ(source.released, (std::set<std::uint64_t>{3, 4, 5})) << "the two that were being tried may have arrived";
}

TEST_F(DelivererTest, StopsWithoutWork) {
  make();
  settle();
  stop();
  EXPECT_EQ(io.poll(), 0U);
}

}  // namespace
}  // namespace postern::smtp
