#include "net/listener.h"

#include <gtest/gtest.h>

#include <boost/asio/strand.hpp>
#include <set>
#include <thread>

#include "core/metrics.h"
#include "net/errc.h"
#include "net/loops.h"
#include "tests/net/loopback.h"

namespace postern::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

core::Deadline soon(core::Duration how) { return core::Deadline::after(how, core::system_clock()); }
Endpoint anywhere() { return Endpoint::parse("127.0.0.1:0").value(); }

core::Task<void> echo(std::unique_ptr<Stream> stream) {
  std::array<char, 256> buffer;
  for (;;) {
    const auto count = co_await stream->read_some(buffer, core::Deadline::never());
    if (!count) co_return;
    const std::string_view got(buffer.data(), *count);
    if (!co_await stream->write_all(got, core::Deadline::never())) co_return;
  }
}

core::Task<bool> says_back(Stream& stream) {
  std::array<char, 16> buffer;
  if (!co_await stream.write_all("ping", soon(seconds(5)))) co_return false;
  const auto count = co_await stream.read_some(buffer, soon(seconds(5)));
  co_return count && *count == 4;
}

core::Task<void> check_cap(boost::asio::io_context& io) {
  auto listener = Listener::bind(io, "captest", anywhere(), 2, core::system_clock()).value();
  listener->start(echo);
  std::vector<std::unique_ptr<Stream>> clients;
  for (int i = 0; i < 2; ++i) {
    auto client = co_await connect_tcp(listener->local(), soon(seconds(5)), core::system_clock());
    CO_ASSERT_TRUE(client);
    EXPECT_TRUE(co_await says_back(**client));
    clients.push_back(std::move(*client));
  }
  EXPECT_EQ(listener->connections(), 2U);
  auto third = co_await connect_tcp(listener->local(), soon(seconds(5)), core::system_clock());
  CO_ASSERT_TRUE(third);
  std::array<char, 16> buffer;
  const auto refused = co_await (*third)->read_some(buffer, soon(seconds(5)));
  EXPECT_TRUE(!refused && refused.error() == Errc::kClosed);
  const auto& counter = core::metrics().counter("postern_net_connections_refused_total", "", "listener=\"captest\"");
  EXPECT_EQ(counter.value(), 1U);
  clients.pop_back();
  while (listener->connections() == 2) co_await core::system_clock().sleep_for(milliseconds(1));
  auto fourth = co_await connect_tcp(listener->local(), soon(seconds(5)), core::system_clock());
  CO_ASSERT_TRUE(fourth);
  EXPECT_TRUE(co_await says_back(**fourth)) << "a slot that was freed is used again";
  co_await listener->drain(soon(milliseconds(10)));
}

TEST(Listener, ClosesConnectionsAboveItsCapAndCountsThem) {
  boost::asio::io_context io;
  test::run_task(io, check_cap(io));
}

core::Task<void> check_drain(boost::asio::io_context& io) {
  auto listener = Listener::bind(io, "drain", anywhere(), 16, core::system_clock()).value();
  listener->start(echo);
  auto client = co_await connect_tcp(listener->local(), soon(seconds(5)), core::system_clock());
  CO_ASSERT_TRUE(client);
  EXPECT_TRUE(co_await says_back(**client));
  listener->stop_accepting();
  EXPECT_TRUE(co_await says_back(**client)) << "running sessions go on";
  co_await listener->drain(soon(milliseconds(20)));
  EXPECT_EQ(listener->connections(), 0U);
  std::array<char, 16> buffer;
  const auto end = co_await (*client)->read_some(buffer, soon(seconds(5)));
  EXPECT_TRUE(!end && end.error() == Errc::kClosed);
  const auto after = co_await connect_tcp(listener->local(), soon(seconds(5)), core::system_clock());
  EXPECT_FALSE(after);
}

TEST(Listener, DrainEndsEverySession) {
  boost::asio::io_context io;
  test::run_task(io, check_drain(io));
}

TEST(Listener, SaysWhichAddressCannotBeBound) {
  boost::asio::io_context io;
  auto first = Listener::bind(io, "one", anywhere(), 1, core::system_clock()).value();
  const auto second = Listener::bind(io, "two", first->local(), 1, core::system_clock());
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error() == Errc::kListen);
  EXPECT_NE(second.error().context().find(first->local().to_string()), std::string::npos);
}

core::Task<void> connect_and_echo(Endpoint to, std::atomic<int>* good) {
  auto client = co_await connect_tcp(to, soon(seconds(10)), core::system_clock());
  if (!client) co_return;
  for (int i = 0; i < 20; ++i) {
    if (!co_await says_back(**client)) co_return;
  }
  good->fetch_add(1);
}

TEST(Listener, ServesManyConnectionsOnSeveralThreads) {
  boost::asio::io_context io;
  auto guard = boost::asio::make_work_guard(io);
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back([&io] { io.run(); });
  auto listener = Listener::bind(io, "many", anywhere(), 1000, core::system_clock()).value();
  listener->start(echo);
  std::atomic<int> good{0};
  core::TaskGroup clients("clients", core::system_clock());
  constexpr int kClients = 100;
  for (int i = 0; i < kClients; ++i) {
    clients.spawn(boost::asio::make_strand(io), connect_and_echo(listener->local(), &good));
  }
  boost::asio::io_context local;
  test::run_task(local, clients.drain(soon(seconds(20))));
  test::run_task(local, listener->drain(soon(seconds(5))));
  guard.reset();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good.load(), kClients);
}

struct Places {
  std::mutex mutex;
  std::vector<std::set<std::thread::id>> of_sessions;
};

// Answers as echo() does and writes down which threads it ran on.
core::Task<void> echo_and_note(std::unique_ptr<Stream> stream, Places* places) {
  std::set<std::thread::id> mine;
  std::array<char, 256> buffer;
  for (;;) {
    mine.insert(std::this_thread::get_id());
    const auto count = co_await stream->read_some(buffer, core::Deadline::never());
    mine.insert(std::this_thread::get_id());
    if (!count || !co_await stream->write_all({buffer.data(), *count}, core::Deadline::never())) break;
  }
  const std::lock_guard lock(places->mutex);
  places->of_sessions.push_back(std::move(mine));
}

TEST(Listener, ConnectionsLiveOnTheLoops) {
  boost::asio::io_context io;
  Loops loops(2);
  loops.start();
  auto listener = Listener::bind(io, "loops", anywhere(), 100, core::system_clock()).value();
  Places places;
  listener->start([&places](std::unique_ptr<Stream> stream) { return echo_and_note(std::move(stream), &places); },
                  [&loops] { return loops.place(); });
  constexpr int kClients = 8;
  std::atomic<int> good{0};
  core::TaskGroup clients("clients", core::system_clock());
  for (int i = 0; i < kClients; ++i) clients.spawn(io.get_executor(), connect_and_echo(listener->local(), &good));
  test::run_task(io, clients.drain(soon(seconds(20))));
  test::run_task(io, listener->drain(soon(seconds(5))));
  loops.stop();
  EXPECT_EQ(good.load(), kClients);
  ASSERT_EQ(places.of_sessions.size(), static_cast<std::size_t>(kClients));
  std::set<std::thread::id> all;
  for (const auto& mine : places.of_sessions) {
    EXPECT_EQ(mine.size(), 1U) << "a session stays on its thread";
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), 2U) << "connections are spread";
  EXPECT_FALSE(all.contains(std::this_thread::get_id())) << "and not where they were accepted";
}

TEST(Loops, APlaceIsWhereTheFewestLive) {
  Loops loops(2);
  Listener::Place one = loops.place();
  Listener::Place two = loops.place();
  EXPECT_NE(one.executor, two.executor);
  const Listener::Place three = loops.place();
  const auto crowded = three.executor;
  (crowded == one.executor ? two : one).lease.reset();
  const Listener::Place four = loops.place();
  const Listener::Place five = loops.place();
  EXPECT_NE(four.executor, crowded);
  EXPECT_NE(five.executor, crowded) << "what was given up is free again";
}

TEST(Loops, StopEndsThreadsThatWait) {
  Loops loops(0);  // one at least
  loops.start();
  std::atomic<bool> ran{false};
  boost::asio::post(loops.place().executor, [&ran] { ran = true; });
  while (!ran) std::this_thread::yield();
  loops.stop();
  loops.stop();  // again is nothing
}

}  // namespace
}  // namespace postern::net
