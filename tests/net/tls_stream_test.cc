// TLS under what peers and networks do to it: both directions at once, keys that change, cut and forged records, words
// before and with the handshake.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "core/errc.h"
#include "net/errc.h"
#include "net/tls_session.h"
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
using test::read_text;
using test::receives_pattern;
using test::RoughPeer;
using test::send_pattern;
using test::within;
using test::words_of;
using tcp = asio::ip::tcp;

core::Task<void> serve_exchange(Host& host, Stream* stream, std::size_t bytes, bool* is_good) {
  if (!co_await stream->start_tls_server(host.tls, within(seconds(10)))) co_return;
  core::TaskGroup group("writer", core::system_clock());
  bool is_sent = false;
  group.spawn(stream->executor(), send_pattern(stream, bytes, &is_sent));
  const bool is_received = co_await receives_pattern(*stream, bytes);
  co_await group.drain(within(seconds(20)));
  *is_good = is_received && is_sent;
}

core::Task<void> check_duplex(asio::io_context& io, int version) {
  constexpr std::size_t kBytes = 1'500'000;
  Host host(io, kTinyBytes);
  auto connected = co_await connect_tcp(host.at(), within(seconds(5)), core::system_clock());
  const std::unique_ptr<Stream> client = std::move(connected).value();
  const std::unique_ptr<Stream> server = co_await host.accept();
  core::TaskGroup group("server", core::system_clock());
  bool is_good = false;
  group.spawn(server->executor(), serve_exchange(host, server.get(), kBytes, &is_good));
  auto context = TlsContext::client(false).value();
  SSL_CTX_set_max_proto_version(context->native(), version);
  CO_ASSERT_TRUE(co_await client->start_tls_client(context, "", within(seconds(10))));
  EXPECT_EQ(client->tls_info().version, version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3");
  bool is_sent = false;
  group.spawn(client->executor(), send_pattern(client.get(), kBytes, &is_sent));
  EXPECT_TRUE(co_await receives_pattern(*client, kBytes));
  co_await group.drain(within(seconds(20)));
  EXPECT_TRUE(is_sent && is_good);
}

TEST(TlsStream, CarriesBothDirectionsAtOnceThroughTinyBuffersTls13) {
  asio::io_context io;
  test::run_task(io, check_duplex(io, TLS1_3_VERSION));
}
TEST(TlsStream, CarriesBothDirectionsAtOnceThroughTinyBuffersTls12) {
  asio::io_context io;
  test::run_task(io, check_duplex(io, TLS1_2_VERSION));
}

core::Task<void> check_key_updates(asio::io_context& io, int version, int update_every) {
  constexpr std::size_t kBytes = 1'000'000;
  Host host(io, kTinyBytes);
  Beside peer(host, [=](const Endpoint& to) -> std::string {
    RoughPeer rough(to, version, kTinyBytes);
    if (!rough.handshake()) return "no handshake";
    return rough.exchange(kBytes, update_every) ? "all arrived" : "lost";
  });
  const std::unique_ptr<Stream> server = co_await host.accept();
  bool is_good = false;
  co_await serve_exchange(host, server.get(), kBytes, &is_good);
  EXPECT_TRUE(is_good);
  server->close();
  EXPECT_EQ(co_await peer.words(), "all arrived");
}

TEST(TlsStream, FollowsKeyUpdatesInTheMiddleOfBothDirections) {
  asio::io_context io;
  test::run_task(io, check_key_updates(io, TLS1_3_VERSION, 3));
}
TEST(TlsStream, ServesAForeignClientInBothDirectionsTls12) {
  asio::io_context io;
  test::run_task(io, check_key_updates(io, TLS1_2_VERSION, 0));
}

core::Task<void> check_flood(asio::io_context& io) {
  Host host(io);
  Beside peer(host, [](const Endpoint& to) -> std::string {
    RoughPeer rough(to);
    return rough.handshake() && rough.change_keys(8'000) && rough.say("done") ? rough.hear() + "over" : "failed";
  });
  tcp::socket socket(io);
  co_await host.acceptor.async_accept(socket, core::kTuple);
  socket.non_blocking(true);
  const auto session = TlsSession::create(*host.tls, socket, TlsSession::Side::kServer);
  for (Attempt step = session->handshake(); !step.is_done(); step = session->handshake()) {
    CO_ASSERT_TRUE(!step.has_failed());
    co_await socket.async_wait(tcp::socket::wait_read, core::kTuple);
  }
  const auto by = within(seconds(10));
  while (socket.available() < 100'000 && !by.has_passed(core::system_clock())) {
    co_await core::system_clock().sleep_for(milliseconds(1));
  }
  std::array<char, 64> buffer;
  Attempt got = session->read(buffer);
  EXPECT_EQ(got.outcome, Attempt::Outcome::kWantsRead);
  EXPECT_GT(socket.available(), 20'000U) << "one call is over before all of it is worked off";
  while (!got.is_done() && !got.has_failed()) {
    co_await socket.async_wait(tcp::socket::wait_read, core::kTuple);
    got = session->read(buffer);
  }
  EXPECT_EQ(std::string_view(buffer.data(), got.bytes), "done") << got.code.message();
  session->say_goodbye();
  EXPECT_EQ(co_await peer.words(), "over");
}

TEST(TlsSession, APeerThatOnlyChangesKeysDoesNotHoldTheThread) {
  asio::io_context io;
  test::run_task(io, check_flood(io));
}

// The server reads one piece and then what comes of the second.
core::Task<void> check_end(asio::io_context& io, std::string raw, Errc expected) {
  Host host(io);
  const bool stays = expected == Errc::kTls;
  Beside peer(host, [raw, stays](const Endpoint& to) -> std::string {
    RoughPeer rough(to);
    const bool is_said = rough.handshake() && rough.say("half") && (raw.empty() || rough.say_raw(raw));
    if (stays) rough.hear();
    return is_said ? "said" : "failed";
  });
  const std::unique_ptr<Stream> server = co_await host.accept();
  CO_ASSERT_TRUE(co_await server->start_tls_server(host.tls, within(seconds(5))));
  EXPECT_EQ(co_await words_of(*server), "half");
  const auto end = co_await read_text(*server);
  CO_ASSERT_TRUE(!end);
  EXPECT_TRUE(end.error() == expected) << end.error().context();
  const auto again = co_await read_text(*server);
  EXPECT_TRUE(!again && again.error() == expected) << "and it stays so";
  server->close();
  EXPECT_EQ(co_await peer.words(), "said");
}

TEST(TlsStream, APeerThatVanishesIsClosedNotBroken) {
  asio::io_context io;
  test::run_task(io, check_end(io, "", Errc::kClosed));
}
TEST(TlsStream, ARecordThatIsCutOffIsClosed) {
  asio::io_context io;
  test::run_task(io, check_end(io,
                               std::string("\x17\x03\x03\x40\x00"
                                           "abc",
                                           8),
                               Errc::kClosed));
}
TEST(TlsStream, PlainBytesInTheMiddleBreakTheSession) {
  asio::io_context io;
  test::run_task(io, check_end(io, "NOOP\r\nNOOP\r\n", Errc::kTls));
}
TEST(TlsStream, AForgedRecordBreaksTheSession) {
  asio::io_context io;
  test::run_task(io, check_end(io, std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'f'), Errc::kTls));
}

core::Task<void> check_injection(asio::io_context& io) {
  Host host(io);
  auto connected = co_await connect_tcp(host.at(), within(seconds(5)), core::system_clock());
  const std::unique_ptr<Stream> client = std::move(connected).value();
  const std::unique_ptr<Stream> server = co_await host.accept();
  CO_ASSERT_TRUE(co_await client->write_all("STARTTLS\r\nNOOP\r\n", within(seconds(5))));
  std::array<char, 10> command;
  CO_ASSERT_TRUE(co_await server->read_some(command, within(seconds(5))));
  EXPECT_TRUE(server->has_pending_input()) << "what a server refuses the command for";
  const auto done = co_await server->start_tls_server(host.tls, within(seconds(5)));
  CO_ASSERT_TRUE(!done);
  EXPECT_TRUE(done.error() == Errc::kTls);
  EXPECT_NE(done.error().context().find("SSL routines"), std::string::npos) << done.error().context();
  EXPECT_FALSE(server->is_tls());
  EXPECT_FALSE(co_await read_text(*server)) << "and nothing of it is ever read";
  EXPECT_FALSE(co_await server->write_all("250 OK\r\n", within(seconds(5)))) << "nor is anything said in plaintext";
}

TEST(TlsStream, CVE_2011_0411_NothingSaidBeforeTheHandshakeIsKnownAfterIt) {
  asio::io_context io;
  test::run_task(io, check_injection(io));
}

core::Task<void> check_one_flight(asio::io_context& io, int version) {
  Host host(io);
  Beside peer(host, [version](const Endpoint& to) -> std::string {
    RoughPeer rough(to, version);
    rough.hold_back(true);  // the end of the handshake and the first words in one segment
    if (!rough.handshake() || !rough.say("EHLO early")) return "failed";
    rough.hold_back(false);
    return rough.hear();
  });
  const std::unique_ptr<Stream> server = co_await host.accept();
  CO_ASSERT_TRUE(co_await server->start_tls_server(host.tls, within(seconds(5))));
  const auto by = within(seconds(5));
  while (!server->has_pending_input() && !by.has_passed(core::system_clock())) {
    co_await core::system_clock().sleep_for(milliseconds(1));
  }
  EXPECT_TRUE(server->has_pending_input()) << "an early talker, though the socket itself may be empty";
  EXPECT_EQ(co_await words_of(*server), "EHLO early");
  EXPECT_FALSE(server->has_pending_input());
  CO_ASSERT_TRUE(co_await server->write_all("250 early", within(seconds(5))));
  server->close();
  EXPECT_EQ(co_await peer.words(), "250 early");
}

TEST(TlsStream, KnowsWordsThatCameWithTheHandshakeTls13) {
  asio::io_context io;
  test::run_task(io, check_one_flight(io, TLS1_3_VERSION));
}
TEST(TlsStream, KnowsWordsThatCameWithTheHandshakeTls12) {
  asio::io_context io;
  test::run_task(io, check_one_flight(io, TLS1_2_VERSION));
}

}  // namespace
}  // namespace postern::net
