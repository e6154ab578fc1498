#include "smtp/client/route.h"

#include <gtest/gtest.h>

#include <set>

#include "net/zone_resolver.h"
#include "tests/support/run_task.h"

namespace postern::smtp {
namespace {

using pipeline::DeliveryOutcome;

class RouteTest : public testing::Test {
 protected:
  Route find(const std::string& domain, std::uint64_t random = 1) {
    return test::run_task(find_route(domain, zone, options, random, core::Deadline::never()));
  }
  std::vector<std::string> hosts(const std::string& domain, std::uint64_t random = 1) {
    std::vector<std::string> out;
    for (const auto& target : find(domain, random).targets)
      out.push_back(target.host + ' ' + target.endpoint.to_string());
    return out;
  }
  void expect_failure(const std::string& domain, DeliveryOutcome outcome, const std::string& enhanced) {
    const Route route = find(domain);
    ASSERT_TRUE(route.failure) << domain;
    EXPECT_EQ(route.failure->outcome, outcome) << domain;
    EXPECT_EQ(route.failure->enhanced, enhanced) << domain;
    EXPECT_TRUE(route.targets.empty()) << domain;
  }
  net::ZoneResolver zone;
  DeliveryOptions options;
};

TEST_F(RouteTest, FollowsMxByPreferenceThenAddressFamily) {
  zone.add_mx("a.test", 20, "mx2.a.test");
  zone.add_mx("a.test", 10, "mx1.a.test");
  zone.add_a("mx1.a.test", "2001:db8::1");
  zone.add_a("mx1.a.test", "192.0.2.1");
  zone.add_a("mx2.a.test", "192.0.2.2");
  EXPECT_EQ(hosts("A.test"), (std::vector<std::string>{"mx1.a.test 192.0.2.1:25", "mx1.a.test [2001:db8::1]:25",
                                                       "mx2.a.test 192.0.2.2:25"}));
}

TEST_F(RouteTest, ShufflesEqualPreferences) {
  for (const char* name : {"x", "y", "z"}) {
    zone.add_mx("a.test", 10, std::string(name) + ".a.test");
    zone.add_a(std::string(name) + ".a.test", "192.0.2.1");
  }
  zone.add_mx("a.test", 20, "last.a.test");
  zone.add_a("last.a.test", "192.0.2.9");
  std::set<std::vector<std::string>> orders;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto order = hosts("a.test", seed);
    ASSERT_EQ(order.size(), 4U);
    EXPECT_EQ(order.back(), "last.a.test 192.0.2.9:25");
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), 6U);
}

TEST_F(RouteTest, FallsBackToTheDomainsAddressOnlyWithoutMx) {
  zone.add_a("plain.test", "192.0.2.5");
  EXPECT_EQ(hosts("plain.test"), std::vector<std::string>{"plain.test 192.0.2.5:25"});
  zone.add_mx("half.test", 10, "gone.half.test");
  zone.add_a("half.test", "192.0.2.5");
  expect_failure("half.test", DeliveryOutcome::kFailed, "5.4.4");
}

TEST_F(RouteTest, TellsNullMxFromAbsenceFromDnsTrouble) {
  zone.add_mx("null.test", 0, ".");
  zone.add_a("null.test", "192.0.2.5");
  expect_failure("null.test", DeliveryOutcome::kFailed, "5.1.10");
  expect_failure("nowhere.test", DeliveryOutcome::kFailed, "5.1.2");
  zone.fail_name("dead.test", net::DnsStatus::kTimeout);
  expect_failure("dead.test", DeliveryOutcome::kDeferred, "4.4.3");
  zone.fail_name("forged.test", net::DnsStatus::kBogus);
  expect_failure("forged.test", DeliveryOutcome::kDeferred, "4.4.3");
  zone.add_mx("mxdead.test", 10, "mx.dead.test");
  zone.fail_name("mx.dead.test", net::DnsStatus::kServFail);
  expect_failure("mxdead.test", DeliveryOutcome::kDeferred, "4.4.3");
  expect_failure("not a domain", DeliveryOutcome::kFailed, "5.1.2");
}

TEST_F(RouteTest, NeverLeadsBackToUs) {
  options.helo_name = "Mail.us.test";
  options.own_addresses = {net::IpAddress::parse("192.0.2.77").value()};
  zone.add_mx("backup.test", 10, "mx.backup.test");
  zone.add_mx("backup.test", 20, "mail.us.test");
  zone.add_mx("backup.test", 30, "worse.backup.test");
  zone.add_a("mx.backup.test", "192.0.2.1");
  zone.add_a("worse.backup.test", "192.0.2.3");
  EXPECT_EQ(hosts("backup.test"), std::vector<std::string>{"mx.backup.test 192.0.2.1:25"});
  zone.add_mx("us.test", 10, "mail.us.test");
  zone.add_mx("us.test", 20, "mx.backup.test");
  expect_failure("us.test", DeliveryOutcome::kFailed, "5.4.6");
  zone.add_a("sneaky.test", "192.0.2.77");
  expect_failure("sneaky.test", DeliveryOutcome::kFailed, "5.4.6");
  zone.add_a("loop.test", "127.0.0.1");
  expect_failure("loop.test", DeliveryOutcome::kFailed, "5.4.6");
  zone.add_a("zero.test", "0.0.0.0");
  expect_failure("zero.test", DeliveryOutcome::kFailed, "5.4.6");
  options.port = 2525;
  EXPECT_EQ(hosts("loop.test").size(), 1U) << "another port of this machine is another server";
}

TEST_F(RouteTest, TriesABoundedNumberOfHosts) {
  for (int i = 0; i < 40; ++i) {
    const std::string name = "mx" + std::to_string(i) + ".many.test";
    zone.add_mx("many.test", 10, name);
    zone.add_a(name, "192.0.2." + std::to_string(i + 1));
  }
  EXPECT_EQ(hosts("many.test").size(), options.hosts_max);
  EXPECT_LE(zone.query_count(), 1 + 2 * options.mx_max);
}

TEST_F(RouteTest, ADeadHostWithManyAddressesLeavesRoomForTheNext) {
  zone.add_mx("a.test", 10, "mx1.a.test");
  zone.add_mx("a.test", 20, "mx2.a.test");
  for (const char* last : {"1", "2", "3", "4"}) {
    zone.add_a("mx1.a.test", std::string("192.0.2.") + last);
    zone.add_a("mx1.a.test", std::string("2001:db8::") + last);
  }
  zone.add_a("mx2.a.test", "192.0.2.9");
  const auto order = hosts("a.test");
  ASSERT_EQ(order.size(), 5U);
  EXPECT_EQ(order.back(), "mx2.a.test 192.0.2.9:25");
}

TEST_F(RouteTest, ARelayMayBeOnThisMachineAndIsWaitedFor) {
  options.relay = "localhost:25";
  zone.add_a("localhost", "127.0.0.1");
  EXPECT_EQ(hosts("any.test"), std::vector<std::string>{"localhost 127.0.0.1:25"});
  options.relay = "relay.test:25";
  expect_failure("any.test", DeliveryOutcome::kDeferred, "4.4.4");
}

TEST_F(RouteTest, KnowsAddressLiteralsAndTheRelay) {
  EXPECT_EQ(hosts("[192.0.2.1]"), std::vector<std::string>{"192.0.2.1 192.0.2.1:25"});
  EXPECT_EQ(hosts("[IPv6:2001:db8::1]"), std::vector<std::string>{"2001:db8::1 [2001:db8::1]:25"});
  expect_failure("[hello]", DeliveryOutcome::kFailed, "5.1.2");
  options.relay = "192.0.2.8:2525";
  EXPECT_EQ(hosts("any.test"), std::vector<std::string>{"192.0.2.8 192.0.2.8:2525"});
  options.relay = "Smart.Relay.test:587";
  zone.add_a("smart.relay.test", "192.0.2.9");
  EXPECT_EQ(hosts("any.test"), std::vector<std::string>{"smart.relay.test 192.0.2.9:587"});
  options.relay = "relay.without.port";
  expect_failure("any.test", DeliveryOutcome::kDeferred, "4.3.5");
}

TEST_F(RouteTest, AsksForInternationalDomainsByTheirALabels) {
  zone.add_a("xn--bcher-kva.test", "192.0.2.5");
  EXPECT_EQ(hosts("b\xc3\xbc"
                  "cher.test"),
            std::vector<std::string>{"xn--bcher-kva.test 192.0.2.5:25"});
}

}  // namespace
}  // namespace postern::smtp
