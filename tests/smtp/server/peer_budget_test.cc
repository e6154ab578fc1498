// C-09, C-10, Z-05: what one client may spend, and what becomes of one who spends too much.
#include "smtp/server/peer_budget.h"

#include <gtest/gtest.h>

#include "core/log.h"
#include "core/manual_clock.h"

namespace postern::smtp {
namespace {

using std::chrono::seconds;

net::IpAddress ip(std::string_view text) { return net::IpAddress::parse(text).value(); }

struct Edge {
  explicit Edge(PeerLimits limits) : budget(limits, blocks, clock) { core::log::set_level(core::log::Level::kOff); }
  core::ManualClock clock;
  net::BlockList blocks{clock};
  PeerBudget budget;
  // How many errors it takes until the client is blocked, and for how long.
  std::pair<int, seconds> offend(std::string_view client) {
    for (int errors = 1; errors < 1000; ++errors) {
      if (!budget.count_error(ip(client))) continue;
      const auto block = blocks.find(ip(client));
      if (!block) return {errors, seconds(-1)};
      return {errors, std::chrono::duration_cast<seconds>(*block->until - clock.wall_now())};
    }
    return {0, seconds(0)};
  }
};

PeerLimits none() {
  PeerLimits limits;
  limits.connections = limits.errors = {};
  return limits;
}

TEST(PeerBudget, C_10_AMinuteGivesTheWholeAllowanceBack) {
  PeerLimits limits = none();
  limits.rcpts = {60, 0};
  Edge edge(limits);
  EXPECT_FALSE(edge.budget.spend(Expense::kRcpts, ip("192.0.2.1"), 60));
  const auto excess = edge.budget.spend(Expense::kRcpts, ip("192.0.2.1"), 10);
  ASSERT_TRUE(excess);
  EXPECT_FALSE(excess->is_network);
  EXPECT_EQ(excess->wait, seconds(10));
  EXPECT_FALSE(edge.budget.spend(Expense::kRcpts, ip("192.0.2.2"), 60));
  EXPECT_FALSE(edge.budget.spend(Expense::kMessages, ip("192.0.2.1"), 1'000'000));
  edge.clock.advance(seconds(10));
  EXPECT_FALSE(edge.budget.spend(Expense::kRcpts, ip("192.0.2.1"), 10));
  EXPECT_TRUE(edge.budget.spend(Expense::kRcpts, ip("192.0.2.1"), 1));
  edge.clock.advance(seconds(3600));
  EXPECT_TRUE(edge.budget.spend(Expense::kRcpts, ip("192.0.2.1"), 61));  // an hour saves no more than a minute
  EXPECT_FALSE(edge.budget.spend(Expense::kRcpts, ip("192.0.2.1"), 60));
}

TEST(PeerBudget, C_10_ANetworkHasAnAllowanceOfItsOwn) {
  PeerLimits limits = none();
  limits.connections = {2, 3};
  Edge edge(limits);
  EXPECT_FALSE(edge.budget.spend(Expense::kConnections, ip("192.0.2.1"), 2));
  EXPECT_FALSE(edge.budget.spend(Expense::kConnections, ip("192.0.2.2")));
  const auto excess = edge.budget.spend(Expense::kConnections, ip("192.0.2.3"));
  ASSERT_TRUE(excess);
  EXPECT_TRUE(excess->is_network);
  EXPECT_FALSE(edge.budget.spend(Expense::kConnections, ip("192.0.3.3")));
  // IPv6: one /64 is one client, one /48 a network.
  EXPECT_FALSE(edge.budget.spend(Expense::kConnections, ip("2001:db8:0:1::1"), 2));
  EXPECT_TRUE(edge.budget.spend(Expense::kConnections, ip("2001:db8:0:1::2")));
  EXPECT_FALSE(edge.budget.spend(Expense::kConnections, ip("2001:db8:0:2::1")));
  EXPECT_TRUE(edge.budget.spend(Expense::kConnections, ip("2001:db8:0:3::1")));
  EXPECT_FALSE(edge.budget.spend(Expense::kConnections, ip("2001:db8:1:3::1")));
}

TEST(PeerBudget, BytesMayLeaveADebtThatWaitsOut) {
  PeerLimits limits = none();
  limits.bytes = {6000, 0};
  Edge edge(limits);
  edge.budget.charge(Expense::kBytes, ip("192.0.2.1"), 18'000);
  const auto excess = edge.budget.check(Expense::kBytes, ip("192.0.2.1"));
  ASSERT_TRUE(excess);
  EXPECT_EQ(excess->wait, seconds(121));
  edge.clock.advance(seconds(121));
  EXPECT_FALSE(edge.budget.check(Expense::kBytes, ip("192.0.2.1")));
}

TEST(PeerBudget, C_09_EachOffenceBlocksTwiceAsLongUpToADay) {
  PeerLimits limits = none();
  limits.errors = {10, 0};
  Edge edge(limits);
  seconds expected(600);
  for (int offence = 0; offence < 10; ++offence) {
    const auto [errors, time] = edge.offend("192.0.2.1");
    EXPECT_EQ(errors, 11);
    EXPECT_EQ(time, std::min(expected, seconds(86'400))) << offence;
    expected *= 2;
    edge.clock.advance(time);
    EXPECT_FALSE(edge.blocks.find(ip("192.0.2.1")));
  }
  edge.clock.advance(seconds(86'401));
  EXPECT_EQ(edge.offend("192.0.2.1").second, seconds(600));  // a quiet day is forgiven
  EXPECT_FALSE(edge.blocks.find(ip("192.0.2.2")));
}

TEST(PeerBudget, C_09_ManyAddressesOfOneNetworkBlockIt) {
  PeerLimits limits = none();
  limits.errors = {100, 20};
  Edge edge(limits);
  for (int i = 0; i < 21; ++i) edge.budget.count_error(ip("192.0.2." + std::to_string(i)));
  const auto block = edge.blocks.find(ip("192.0.2.250"));
  ASSERT_TRUE(block);
  EXPECT_EQ(block->network.to_string(), "192.0.2.0/24");
  EXPECT_FALSE(edge.blocks.find(ip("192.0.3.1")));
}

TEST(PeerBudget, Z_05_HalfOfTheErrorsMakeASuspect) {
  PeerLimits limits = none();
  limits.errors = {10, 0};
  Edge edge(limits);
  for (int i = 0; i < 5; ++i) edge.budget.count_error(ip("192.0.2.1"));
  EXPECT_FALSE(edge.budget.is_suspect(ip("192.0.2.1")));
  edge.budget.count_error(ip("192.0.2.1"));
  EXPECT_TRUE(edge.budget.is_suspect(ip("192.0.2.1")));
  EXPECT_FALSE(edge.budget.is_suspect(ip("192.0.2.2")));
  edge.clock.advance(seconds(60));
  EXPECT_FALSE(edge.budget.is_suspect(ip("192.0.2.1")));
}

// A flood of addresses must neither grow without bound nor make room for an offender.
TEST(PeerBudget, AFloodOfAddressesDoesNotForgetAnOffender) {
  PeerLimits limits = none();
  limits.errors = {10, 0};
  Edge edge(limits);
  for (int i = 0; i < 8; ++i) edge.budget.count_error(ip("192.0.2.1"));
  for (unsigned i = 0; i < PeerBudget::kPeersMax + 100; ++i) {
    edge.budget.count_error(ip("10." + std::to_string(i >> 16U) + '.' + std::to_string((i >> 8U) & 255U) + '.' + std::to_string(i & 255U)));
  }
  EXPECT_TRUE(edge.budget.is_suspect(ip("192.0.2.1")));
  EXPECT_EQ(edge.offend("192.0.2.1").first, 3);
}

}  // namespace
}  // namespace postern::smtp
