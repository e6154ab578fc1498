#include <gtest/gtest.h>

#include "core/metrics.h"
#include "core/task_group.h"
#include "net/unbound_resolver.h"
#include "tests/net/dns_server.h"
#include "tests/support/run_task.h"

namespace postern::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

core::Deadline soon(core::Duration how) { return core::Deadline::after(how, core::system_clock()); }

ResolverOptions options_for(const test::DnsServer& server) {
  ResolverOptions options;
  options.servers = {server.local()};
  return options;
}

core::Task<DnsAnswer> ask(DnsResolver& resolver, std::string name, DnsType type, core::Duration how_long = seconds(5)) {
  DnsQuestion question(std::move(name), type);
  co_return co_await resolver.query(std::move(question), soon(how_long));
}

core::Task<void> check_outcomes(boost::asio::io_context& io) {
  ZoneResolver zone;
  zone.add_a("mail.sender.test", "192.0.2.7");
  zone.add_a("mail.sender.test", "192.0.2.8");
  zone.add_txt("sender.example", "v=spf1 -all");
  zone.add_mx("sender.test", 20, "mx2.sender.test");
  zone.add_mx("sender.test", 10, "MX1.sender.test");
  zone.add_ptr("7.2.0.192.in-addr.arpa", "mail.sender.test");
  zone.add_ptr("1.0.0.127.in-addr.arpa", "loop.sender.test");
  zone.add_a("sender.invalid", "192.0.2.9");
  zone.fail_name("broken.test", DnsStatus::kServFail);
  const test::DnsServer server(zone);
  auto resolver = UnboundResolver::start(io, options_for(server), core::system_clock()).value();

  const DnsAnswer a = co_await ask(*resolver, "Mail.Sender.Test.", DnsType::kA);
  EXPECT_EQ(to_string(a.status), "ok");
  EXPECT_EQ(a.addresses().size(), 2U);
  EXPECT_GT(a.ttl_seconds, 0U);
  EXPECT_FALSE(a.is_secure);
  EXPECT_EQ(a.canonical_name, "");
  EXPECT_EQ((co_await ask(*resolver, "sender.example", DnsType::kTxt)).txt(), std::vector<std::string>{"v=spf1 -all"});
  const auto mx = (co_await ask(*resolver, "sender.test", DnsType::kMx)).mx();
  CO_ASSERT_TRUE(mx.size() == 2);
  EXPECT_EQ(mx[0].exchange, "mx1.sender.test");
  EXPECT_EQ((co_await ask(*resolver, "7.2.0.192.in-addr.arpa", DnsType::kPtr)).names(),
            std::vector<std::string>{"mail.sender.test"});
  EXPECT_EQ((co_await ask(*resolver, "1.0.0.127.in-addr.arpa", DnsType::kPtr)).names(),
            std::vector<std::string>{"loop.sender.test"});
  EXPECT_EQ(to_string((co_await ask(*resolver, "sender.invalid", DnsType::kA)).status), "ok");
  EXPECT_EQ(to_string((co_await ask(*resolver, "sender.test", DnsType::kTxt)).status), "nodata");
  EXPECT_EQ(to_string((co_await ask(*resolver, "nobody.test", DnsType::kA)).status), "nxdomain");
  EXPECT_EQ(to_string((co_await ask(*resolver, "broken.test", DnsType::kA)).status), "servfail");
  resolver->stop();
}

TEST(UnboundResolver, TellsTheOutcomesApart) {
  boost::asio::io_context io;
  test::run_task(io, check_outcomes(io));
}

core::Task<void> check_bad_names(boost::asio::io_context& io) {
  ZoneResolver zone;
  const test::DnsServer server(zone);
  auto resolver = UnboundResolver::start(io, options_for(server), core::system_clock()).value();
  const std::string long_label(64, 'a');
  const std::string long_name = std::string(60, 'a') + '.' + std::string(60, 'b') + '.' + std::string(60, 'c') + '.' +
                                std::string(60, 'd') + '.' + std::string(60, 'e');
  for (const std::string& name :
       {std::string(), std::string("."), std::string("a..test"), std::string(".test"), std::string("a\\.b.test"),
        std::string("a b.test"), std::string("a\0b.test", 8), long_label, long_name}) {
    EXPECT_EQ(to_string((co_await ask(*resolver, name, DnsType::kA)).status), "nxdomain") << name;
  }
  EXPECT_EQ(server.questions(), 0U);
  resolver->stop();
}

TEST(UnboundResolver, NeverAsksForWhatIsNoName) {
  boost::asio::io_context io;
  test::run_task(io, check_bad_names(io));
}

core::Task<void> check_cache(boost::asio::io_context& io) {
  ZoneResolver zone;
  zone.add_a("mail.test", "192.0.2.7");
  const test::DnsServer server(zone);
  auto resolver = UnboundResolver::start(io, options_for(server), core::system_clock()).value();
  EXPECT_TRUE((co_await ask(*resolver, "mail.test", DnsType::kA)).is_ok());
  const auto& hits = core::metrics().counter("postern_dns_cache_hits_total", "");
  const auto before = hits.value();
  for (int i = 0; i < 100; ++i) EXPECT_TRUE((co_await ask(*resolver, "MAIL.test.", DnsType::kA)).is_ok());
  EXPECT_EQ(hits.value() - before, 100U);
  EXPECT_EQ(server.questions(), 1U);
  resolver->stop();
}

TEST(UnboundResolver, AnswersARepeatedQuestionFromMemory) {
  boost::asio::io_context io;
  test::run_task(io, check_cache(io));
}

core::Task<void> check_timeout(boost::asio::io_context& io) {
  ZoneResolver zone;
  zone.add_a("mail.test", "192.0.2.7");
  for (int i = 0; i < 64; ++i) zone.fail_name("dead" + std::to_string(i) + ".test", DnsStatus::kTimeout);
  const test::DnsServer server(zone);
  ResolverOptions options = options_for(server);
  options.outstanding_max = 8;
  auto resolver = UnboundResolver::start(io, options, core::system_clock()).value();
  const auto start = core::system_clock().now();
  for (int i = 0; i < 12; ++i) {  // more than may be outstanding: those given up make room
    const std::string name = "dead" + std::to_string(i) + ".test";
    EXPECT_EQ(to_string((co_await ask(*resolver, name, DnsType::kA, milliseconds(20))).status), "timeout");
  }
  EXPECT_LT(core::system_clock().now() - start, seconds(4));
  EXPECT_TRUE((co_await ask(*resolver, "mail.test", DnsType::kA)).is_ok());
  EXPECT_EQ(to_string((co_await ask(*resolver, "x.test", DnsType::kA, seconds(-1))).status), "timeout");
  resolver->stop();
}

TEST(UnboundResolver, EndsAQuestionAtItsDeadlineAndFreesItsPlace) {
  boost::asio::io_context io;
  test::run_task(io, check_timeout(io));
}

core::Task<void> ask_into(DnsResolver* resolver, std::string name, core::Duration how_long,
                          std::vector<DnsStatus>* into) {
  DnsQuestion question(std::move(name), DnsType::kA);
  const DnsAnswer answer = co_await resolver->query(std::move(question), soon(how_long));
  into->push_back(answer.status);
}

core::Task<void> check_bound(boost::asio::io_context& io) {
  ZoneResolver zone;
  for (int i = 0; i < 8; ++i) zone.fail_name("dead" + std::to_string(i) + ".test", DnsStatus::kTimeout);
  const test::DnsServer server(zone);
  ResolverOptions options = options_for(server);
  options.outstanding_max = 4;
  auto resolver = UnboundResolver::start(io, options, core::system_clock()).value();
  const auto& refused = core::metrics().counter("postern_dns_refused_total", "");
  const auto before = refused.value();
  std::vector<DnsStatus> statuses;
  core::TaskGroup group("ask", core::system_clock());
  for (int i = 0; i < 6; ++i) {
    group.spawn(io.get_executor(),
                ask_into(resolver.get(), "dead" + std::to_string(i) + ".test", seconds(30), &statuses));
  }
  while (statuses.size() < 2) co_await core::system_clock().sleep_for(milliseconds(1));
  EXPECT_EQ(refused.value() - before, 2U);
  EXPECT_EQ(statuses, (std::vector<DnsStatus>{DnsStatus::kTimeout, DnsStatus::kTimeout}));
  resolver->stop();
  co_await group.drain(soon(seconds(5)));
  EXPECT_EQ(statuses.size(), 6U) << "stop() ends what is outstanding";
}

TEST(UnboundResolver, BoundsWhatIsOutstandingAndStopEndsIt) {
  boost::asio::io_context io;
  test::run_task(io, check_bound(io));
}

core::Task<void> check_cancel(boost::asio::io_context& io) {
  ZoneResolver zone;
  zone.fail_name("dead.test", DnsStatus::kTimeout);
  const test::DnsServer server(zone);
  auto resolver = UnboundResolver::start(io, options_for(server), core::system_clock()).value();
  std::vector<DnsStatus> statuses;
  core::TaskGroup group("ask", core::system_clock());
  group.spawn(io.get_executor(), ask_into(resolver.get(), "dead.test", seconds(8), &statuses));
  co_await core::system_clock().sleep_for(milliseconds(5));
  const auto start = core::system_clock().now();
  co_await group.drain(soon(milliseconds(1)));
  EXPECT_LT(core::system_clock().now() - start, seconds(2));
  resolver->stop();
}

TEST(UnboundResolver, ACancelledTaskDoesNotWaitForTheAnswer) {
  boost::asio::io_context io;
  test::run_task(io, check_cancel(io));
}

TEST(UnboundResolver, AnswersManyTasksOnSeveralThreads) {
  ZoneResolver zone;
  constexpr int kNames = 200;
  for (int i = 0; i < kNames; ++i) zone.add_a("n" + std::to_string(i) + ".test", "192.0.2.1");
  const test::DnsServer server(zone);
  boost::asio::io_context io;
  auto guard = boost::asio::make_work_guard(io);
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back([&io] { io.run(); });
  auto resolver = UnboundResolver::start(io, options_for(server), core::system_clock()).value();
  std::vector<std::vector<DnsStatus>> statuses(kNames * 2);
  core::TaskGroup group("ask", core::system_clock());
  for (int i = 0; i < kNames * 2; ++i) {
    group.spawn(io.get_executor(), ask_into(resolver.get(), "n" + std::to_string(i % kNames) + ".test", seconds(10),
                                            &statuses[static_cast<std::size_t>(i)]));
  }
  boost::asio::io_context local;
  test::run_task(local, group.drain(soon(seconds(20))));
  resolver->stop();
  guard.reset();
  for (auto& thread : threads) thread.join();
  for (const auto& one : statuses) EXPECT_EQ(one, std::vector<DnsStatus>{DnsStatus::kOk});
}

TEST(UnboundResolver, RefusesMissingTrustAnchor) {
  boost::asio::io_context io;
  ResolverOptions options;
  options.servers = {Endpoint::parse("127.0.0.1:53").value()};
  options.trust_anchor_file = "/nonexistent/root.key";
  EXPECT_FALSE(UnboundResolver::start(io, options, core::system_clock()));
}

}  // namespace
}  // namespace postern::net
