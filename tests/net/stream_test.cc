#include "net/stream.h"

#include <gtest/gtest.h>

#include "core/errc.h"
#include "net/errc.h"
#include "tests/net/loopback.h"

namespace postern::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

core::Deadline soon(core::Duration how) { return core::Deadline::after(how, core::system_clock()); }

core::Task<void> check_exchange(boost::asio::io_context& io) {
  auto [client, server] = co_await test::connect_pair(io, core::system_clock());
  EXPECT_EQ(client->remote(), server->local());
  EXPECT_EQ(server->remote(), client->local());
  EXPECT_FALSE(server->has_pending_input());
  CO_ASSERT_TRUE(co_await client->write_all("hello", soon(seconds(5))));
  std::array<char, 64> buffer;
  const auto count = co_await server->read_some(buffer, soon(seconds(5)));
  CO_ASSERT_TRUE(count);
  EXPECT_EQ(std::string_view(buffer.data(), *count), "hello");
  client->close();
  const auto end = co_await server->read_some(buffer, soon(seconds(5)));
  CO_ASSERT_TRUE(!end);
  EXPECT_TRUE(end.error() == Errc::kClosed);
}

TEST(TcpStream, ExchangesBytesAndReportsTheEnd) {
  boost::asio::io_context io;
  test::run_task(io, check_exchange(io));
}

core::Task<void> check_deadline(boost::asio::io_context& io) {
  auto [client, server] = co_await test::connect_pair(io, core::system_clock());
  std::array<char, 64> buffer;
  // A later deadline first: the timer that it armed must not delay the earlier one.
  CO_ASSERT_TRUE(co_await client->write_all("x", soon(seconds(5))));
  CO_ASSERT_TRUE(co_await server->read_some(buffer, soon(seconds(20))));
  const auto start = core::system_clock().now();
  const auto late = co_await server->read_some(buffer, soon(milliseconds(30)));
  CO_ASSERT_TRUE(!late);
  EXPECT_TRUE(late.error() == core::Errc::kTimedOut);
  EXPECT_TRUE(late.error().is_transient());
  EXPECT_LT(core::system_clock().now() - start, seconds(3));
  const auto after = co_await server->read_some(buffer, soon(seconds(5)));
  EXPECT_TRUE(!after && after.error() == core::Errc::kTimedOut) << "unusable afterwards";
}

TEST(TcpStream, TimesOutAReadAtItsDeadline) {
  boost::asio::io_context io;
  test::run_task(io, check_deadline(io));
}

core::Task<void> check_extended_deadline(boost::asio::io_context& io) {
  auto [client, server] = co_await test::connect_pair(io, core::system_clock());
  std::array<char, 64> buffer;
  CO_ASSERT_TRUE(co_await client->write_all("x", soon(seconds(5))));
  CO_ASSERT_TRUE(co_await server->read_some(buffer, soon(milliseconds(40))));
  CO_ASSERT_TRUE(co_await client->write_all("y", soon(seconds(5))));
  CO_ASSERT_TRUE(co_await server->read_some(buffer, soon(seconds(20))));
  co_await core::system_clock().sleep_for(milliseconds(80));  // the first deadline passes while nothing is outstanding
  CO_ASSERT_TRUE(co_await client->write_all("z", soon(seconds(5))));
  EXPECT_TRUE(co_await server->read_some(buffer, soon(seconds(20))));
}

TEST(TcpStream, AnEndedOperationsDeadlineHarmsNoLaterOne) {
  boost::asio::io_context io;
  test::run_task(io, check_extended_deadline(io));
}

core::Task<void> check_write_deadline(boost::asio::io_context& io) {
  auto [client, server] = co_await test::connect_pair(io, core::system_clock());
  const std::string large(64U << 20U, 'x');  // more than any socket buffer; nobody reads
  const auto stuck = co_await client->write_all(large, soon(milliseconds(50)));
  CO_ASSERT_TRUE(!stuck);
  EXPECT_TRUE(stuck.error() == core::Errc::kTimedOut);
}

TEST(TcpStream, TimesOutAWriteToAPeerThatDoesNotRead) {
  boost::asio::io_context io;
  test::run_task(io, check_write_deadline(io));
}

core::Task<void> check_refused(boost::asio::io_context& io) {
  auto listener = Listener::bind(io, "gone", Endpoint::parse("127.0.0.1:0").value(), 1, core::system_clock()).value();
  const Endpoint nowhere = listener->local();
  listener.reset();
  const auto refused = co_await connect_tcp(nowhere, soon(seconds(5)), core::system_clock());
  CO_ASSERT_TRUE(!refused);
  EXPECT_TRUE(refused.error() == Errc::kConnect);
  EXPECT_TRUE(refused.error().is_transient());
  const auto late = co_await connect_tcp(nowhere, soon(seconds(-1)), core::system_clock());
  EXPECT_TRUE(!late && late.error() == core::Errc::kTimedOut);
}

TEST(TcpStream, ReportsARefusedConnection) {
  boost::asio::io_context io;
  test::run_task(io, check_refused(io));
}

core::Task<void> check_last_words(boost::asio::io_context& io) {
  auto [client, server] = co_await test::connect_pair(io, core::system_clock());
  CO_ASSERT_TRUE(co_await client->write_all("a command that nobody will read", soon(seconds(5))));
  while (!server->has_pending_input()) co_await core::system_clock().sleep_for(milliseconds(1));
  CO_ASSERT_TRUE(co_await server->write_all("421 bye\r\n", soon(seconds(5))));
  server->close();
  std::array<char, 64> buffer;
  const auto count = co_await client->read_some(buffer, soon(seconds(5)));
  CO_ASSERT_TRUE(count);
  EXPECT_EQ(std::string_view(buffer.data(), *count), "421 bye\r\n");
  const auto end = co_await client->read_some(buffer, soon(seconds(5)));
  EXPECT_TRUE(!end && end.error() == Errc::kClosed);
}

TEST(TcpStream, UnreadInputDoesNotDestroyTheLastReply) {
  boost::asio::io_context io;
  test::run_task(io, check_last_words(io));
}

core::Task<void> read_until_end(Stream* stream, bool* ended) {
  std::array<char, 64> buffer;
  (void)co_await stream->read_some(buffer, core::Deadline::never());
  *ended = true;
}

core::Task<void> check_cancel(boost::asio::io_context& io) {
  auto [client, server] = co_await test::connect_pair(io, core::system_clock());
  core::TaskGroup group("reader", core::system_clock());
  bool has_ended = false;
  group.spawn(server->executor(), read_until_end(server.get(), &has_ended));
  co_await core::system_clock().sleep_for(milliseconds(5));
  EXPECT_EQ(group.size(), 1U);
  co_await group.drain(soon(milliseconds(1)));
  EXPECT_EQ(group.size(), 0U);
}

TEST(TcpStream, AReadWithoutDeadlineEndsWhenItsOwnerCancels) {
  boost::asio::io_context io;
  test::run_task(io, check_cancel(io));
}

}  // namespace
}  // namespace postern::net
