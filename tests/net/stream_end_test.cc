// Deadlines in the middle of something, last words, ends and turns of a stream, in plain and over TLS.
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

#include "core/errc.h"
#include "net/errc.h"
#include "tests/net/rough_peer.h"
#include "tests/net/tls_host.h"

namespace postern::net {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Beside;
using test::Host;
using test::kTinyBytes;
using test::pair_of;
using test::read_text;
using test::receives_pattern;
using test::RoughPeer;
using test::send_pattern;
using test::within;
using test::words_of;

std::string last_words_of(const Endpoint& to) {
  RoughPeer rough(to);
  if (!rough.handshake() || !rough.say("a command that nobody will read")) return "failed";
  const std::string heard = rough.hear();
  return heard + (rough.saw_close_notify() ? ", goodbye" : ", cut off");
}

core::Task<void> check_last_reply(asio::io_context& io, bool is_late) {
  Host host(io);
  Beside peer(host, last_words_of);
  const std::unique_ptr<Stream> server = co_await host.accept();
  CO_ASSERT_TRUE(co_await server->start_tls_server(host.tls, within(seconds(5))));
  if (is_late) {
    EXPECT_TRUE(co_await read_text(*server));
    const auto late = co_await read_text(*server, milliseconds(30));
    EXPECT_TRUE(!late && late.error() == core::Errc::kTimedOut);
  } else {
    while (!server->has_pending_input()) co_await core::system_clock().sleep_for(milliseconds(1));
  }
  CO_ASSERT_TRUE(co_await server->write_all("421 bye", within(seconds(5))));
  server->close();
  EXPECT_EQ(co_await peer.words(), "421 bye, goodbye");
}

TEST(TlsStream, CloseWithUnreadInputDeliversTheLastReply) {
  asio::io_context io;
  test::run_task(io, check_last_reply(io, false));
}
TEST(TlsStream, AReadThatTimedOutLeavesRoomForALastReply) {
  asio::io_context io;
  test::run_task(io, check_last_reply(io, true));
}

core::Task<void> check_half_a_hello(asio::io_context& io) {
  Host host(io);
  auto connected = co_await connect_tcp(host.at(), within(seconds(5)), core::system_clock());
  const std::unique_ptr<Stream> client = std::move(connected).value();
  const std::unique_ptr<Stream> server = co_await host.accept();
  CO_ASSERT_TRUE(co_await client->write_all(std::string_view("\x16\x03\x01\x02\x00\x01\x00", 7), within(seconds(5))));
  const auto start = core::system_clock().now();
  const auto done = co_await server->start_tls_server(host.tls, within(milliseconds(30)));
  EXPECT_TRUE(!done && done.error() == core::Errc::kTimedOut);
  EXPECT_LT(core::system_clock().now() - start, seconds(3));
}

TEST(TlsStream, AHandshakeThatStopsInTheMiddleEndsAtItsDeadline) {
  asio::io_context io;
  test::run_task(io, check_half_a_hello(io));
}

core::Task<void> check_stuck_write(asio::io_context& io) {
  Host host(io, kTinyBytes);
  auto [client, server] = co_await pair_of(host, true);
  const std::string large(16U << 20U, 'x');
  const auto stuck = co_await server->write_all(large, within(milliseconds(50)));
  EXPECT_TRUE(!stuck && stuck.error() == core::Errc::kTimedOut);
  const auto after = co_await server->write_all("421 bye", within(seconds(5)));
  EXPECT_TRUE(!after && after.error() == core::Errc::kTimedOut) << "a record is half written: dead but for close()";
  const auto read = co_await read_text(*server);
  EXPECT_TRUE(!read && read.error() == core::Errc::kTimedOut);
  server->close();
}

TEST(TlsStream, TimesOutAWriteToAPeerThatDoesNotRead) {
  asio::io_context io;
  test::run_task(io, check_stuck_write(io));
}

core::Task<void> check_write_outlives_read(asio::io_context& io, bool is_tls) {
  constexpr std::size_t kBytes = 2'000'000;
  Host host(io, kTinyBytes);
  auto [client, server] = co_await pair_of(host, is_tls);
  core::TaskGroup group("writer", core::system_clock());
  bool is_sent = false;
  group.spawn(server->executor(), send_pattern(server.get(), kBytes, &is_sent));
  const auto late = co_await read_text(*server, milliseconds(30));
  EXPECT_TRUE(!late && late.error() == core::Errc::kTimedOut);
  EXPECT_TRUE(co_await receives_pattern(*client, kBytes));
  co_await group.drain(within(seconds(20)));
  EXPECT_TRUE(is_sent) << "its own deadline was not over";
}

TEST(TlsStream, AReadsDeadlineHarmsNoWriteBesideIt) {
  asio::io_context io;
  test::run_task(io, check_write_outlives_read(io, true));
}
TEST(TcpStream, AReadsDeadlineHarmsNoWriteBesideIt) {
  asio::io_context io;
  test::run_task(io, check_write_outlives_read(io, false));
}

core::Task<void> write_until(Stream* stream, core::Deadline by, core::Duration* took, bool* is_late) {
  const std::string large(16U << 20U, 'x');
  const auto start = core::system_clock().now();
  const auto done = co_await stream->write_all(large, by);
  *is_late = !done && done.error() == core::Errc::kTimedOut;
  *took = core::system_clock().now() - start;
}

core::Task<void> check_second_deadline(asio::io_context& io) {
  Host host(io, kTinyBytes);
  auto [client, server] = co_await pair_of(host, true);
  core::TaskGroup group("writer", core::system_clock());
  core::Duration took{};
  bool is_late = false;
  group.spawn(server->executor(), write_until(server.get(), within(milliseconds(120)), &took, &is_late));
  (void)co_await read_text(*server, milliseconds(30));
  co_await group.drain(within(seconds(20)));
  EXPECT_TRUE(is_late) << "the timer that the read's deadline used up is set again for the write's";
  EXPECT_LT(took, seconds(10));
}

TEST(TlsStream, AWriteKeepsItsDeadlineAfterThatOfTheReadBesideIt) {
  asio::io_context io;
  test::run_task(io, check_second_deadline(io));
}

core::Task<void> read_to_the_end(Stream* stream, core::Result<void>* into) {
  std::array<char, 64> buffer;
  const auto got = co_await stream->read_some(buffer, core::Deadline::never());
  if (!got) *into = got.error();
}

core::Task<void> check_close_beside(asio::io_context& io, bool is_tls) {
  Host host(io);
  auto [client, server] = co_await pair_of(host, is_tls);
  core::TaskGroup group("reader", core::system_clock());
  core::Result<void> outcome;
  group.spawn(server->executor(), read_to_the_end(server.get(), &outcome));
  co_await core::system_clock().sleep_for(milliseconds(5));
  CO_ASSERT_TRUE(co_await server->write_all("421 bye", within(seconds(5))));
  server->close();
  co_await group.drain(within(seconds(5)));
  EXPECT_FALSE(outcome);
  EXPECT_EQ(co_await words_of(*client), "421 bye");
  const auto end = co_await read_text(*client);
  EXPECT_TRUE(!end && end.error() == Errc::kClosed);
}

TEST(TlsStream, ClosesBesideAReadThatWaits) {
  asio::io_context io;
  test::run_task(io, check_close_beside(io, true));
  test::run_task(io, check_close_beside(io, false));
}

core::Task<void> check_cancelled_read(asio::io_context& io) {
  Host host(io);
  auto [client, server] = co_await pair_of(host, true);
  core::TaskGroup group("reader", core::system_clock());
  core::Result<void> outcome;
  group.spawn(server->executor(), read_to_the_end(server.get(), &outcome));
  co_await core::system_clock().sleep_for(milliseconds(5));
  EXPECT_EQ(group.size(), 1U);
  co_await group.drain(within(milliseconds(1)));
  EXPECT_EQ(group.size(), 0U);
}

TEST(TlsStream, AReadWithoutDeadlineEndsWhenItsOwnerCancels) {
  asio::io_context io;
  test::run_task(io, check_cancelled_read(io));
}

core::Task<void> check_broken_pipe(asio::io_context& io, bool is_tls) {
  Host host(io);
  auto [client, server] = co_await pair_of(host, is_tls);
  client->close();
  core::Result<void> outcome;
  for (int i = 0; i < 100 && outcome; ++i) {
    outcome = co_await server->write_all("into the void", within(seconds(5)));
    co_await core::system_clock().sleep_for(milliseconds(1));
  }
  EXPECT_TRUE(!outcome && outcome.error() == Errc::kClosed);
}

TEST(TlsStream, AWriteToAPeerThatIsGoneIsAnErrorAndNoSignal) {
  asio::io_context io;
  test::run_task(io, check_broken_pipe(io, true));
  test::run_task(io, check_broken_pipe(io, false));
}

core::Task<void> count_turns(const bool* is_over, int* turns) {
  while (!*is_over) {
    co_await asio::post(core::kTuple);
    ++*turns;
  }
}

core::Task<void> check_turns(asio::io_context& io, bool is_tls) {
  Host host(io);
  auto [client, server] = co_await pair_of(host, is_tls);
  CO_ASSERT_TRUE(co_await client->write_all(std::string(2000, 'x'), within(seconds(5))));
  while (!server->has_pending_input()) co_await core::system_clock().sleep_for(milliseconds(1));
  core::TaskGroup group("others", core::system_clock());
  bool is_over = false;
  int turns = 0;
  group.spawn(server->executor(), count_turns(&is_over, &turns));
  std::array<char, 1> one;
  for (int i = 0; i < 2000; ++i) CO_ASSERT_TRUE(co_await server->read_some(one, within(seconds(5))));
  is_over = true;
  co_await group.drain(within(seconds(5)));
  EXPECT_GT(turns, 20);
}

TEST(TlsStream, ReadsThatNeedNotWaitStillGiveOthersTheirTurn) {
  asio::io_context io;
  test::run_task(io, check_turns(io, true));
  test::run_task(io, check_turns(io, false));
}

}  // namespace
}  // namespace postern::net
