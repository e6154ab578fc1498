// Real sockets and real TLS: STARTTLS, injection behind it (trap 7), implicit TLS, drain of an idle session.
#include <gtest/gtest.h>

#include "core/log.h"
#include "net/listener.h"
#include "tests/smtp/server/edge_fixture.h"
#include "tests/support/run_task.h"

namespace postern::test {
namespace {

using std::chrono::seconds;

class Loopback {
 public:
  explicit Loopback(smtp::ServerOptions options = smtp::ServerOptions())
      : intake(clock()), ids_(clock(), 1) {
    core::log::set_level(core::log::Level::kOff);
    options.hostname = "mx.example.test";
    auto directory = [] { return std::make_shared<FixedDirectory>(); };
    server = std::make_unique<smtp::Server>(options, intake, directory, test_tls(), ids_, clock());
    listener = net::Listener::bind(io, "smtp", net::Endpoint::parse("127.0.0.1:0").value(), 100, clock()).value();
    listener->start([this](std::unique_ptr<net::Stream> stream) { return server->run_session(std::move(stream)); });
  }
  ~Loopback() {
    run_task(io, server->drain(core::Deadline::after(seconds(1), clock())));
    run_task(io, listener->drain(core::Deadline::after(seconds(1), clock())));
  }
  static core::Clock& clock() { return core::system_clock(); }
  static core::Deadline soon() { return core::Deadline::after(seconds(10), clock()); }

  boost::asio::io_context io;
  RecordingIntake intake;
  std::unique_ptr<smtp::Server> server;
  std::unique_ptr<net::Listener> listener;

 private:
  core::IdSource ids_;
};

// Reads one whole reply.
core::Task<std::string> read_reply(net::Stream& stream) {
  std::string said;
  std::array<char, 1> byte;
  std::size_t line = 0;
  while (true) {
    const auto got = co_await stream.read_some(byte, Loopback::soon());
    if (!got) co_return said + "(closed)";
    said += byte[0];
    if (byte[0] != '\n') continue;
    if (said.size() > line + 3 && said[line + 3] == ' ') co_return said;
    line = said.size();
  }
}

core::Task<std::string> ask(net::Stream& stream, std::string bytes) {
  const auto sent = co_await stream.write_all(bytes, Loopback::soon());
  if (!sent) co_return "(not sent)";
  co_return co_await read_reply(stream);
}

core::Task<std::unique_ptr<net::Stream>> connect(Loopback& loopback) {
  auto stream = co_await net::connect_tcp(loopback.listener->local(), Loopback::soon(), Loopback::clock());
  co_return std::move(stream.value());
}

core::Task<bool> encrypt(net::Stream& stream) {
  const auto context = net::TlsContext::client(false).value();
  const auto done = co_await stream.start_tls_client(context, "mx.example.test", Loopback::soon());
  co_return done.has_value();
}

core::Task<std::string> send_message(net::Stream& stream) {
  EXPECT_EQ((co_await ask(stream, "EHLO client.test\r\n")).find("STARTTLS"), std::string::npos);
  co_await ask(stream, "MAIL FROM:<ann@sender.example>\r\n");
  co_await ask(stream, "RCPT TO:<support@example.test>\r\n");
  co_await ask(stream, "DATA\r\n");
  co_return co_await ask(stream, "x\r\n.\r\n");
}

core::Task<void> starttls_session(Loopback& loopback) {
  const auto stream = co_await connect(loopback);
  CO_ASSERT_TRUE((co_await read_reply(*stream)).starts_with("220"));
  CO_ASSERT_TRUE((co_await ask(*stream, "EHLO client.test\r\n")).find("STARTTLS") != std::string::npos);
  CO_ASSERT_TRUE((co_await ask(*stream, "STARTTLS\r\n")).starts_with("220 2.0.0"));
  CO_ASSERT_TRUE(co_await encrypt(*stream));
  CO_ASSERT_TRUE((co_await send_message(*stream)).starts_with("250 2.0.0"));
}

TEST(Loopback, StarttlsMessage) {
  Loopback loopback;
  run_task(loopback.io, starttls_session(loopback));
  ASSERT_EQ(loopback.intake.taken.size(), 1U);
  const pipeline::Envelope& envelope = loopback.intake.taken[0].envelope;
  EXPECT_EQ(envelope.protocol, "ESMTPS");
  EXPECT_EQ(envelope.tls_version, "TLSv1.3");
  EXPECT_FALSE(envelope.tls_cipher.empty());
  EXPECT_EQ(envelope.client_ip, "127.0.0.1");
}

core::Task<void> implicit_session(Loopback& loopback) {
  const auto stream = co_await connect(loopback);
  CO_ASSERT_TRUE(co_await encrypt(*stream));
  CO_ASSERT_TRUE((co_await read_reply(*stream)).starts_with("220"));
  CO_ASSERT_TRUE((co_await send_message(*stream)).starts_with("250 2.0.0"));
}

TEST(Loopback, ImplicitTlsMessage) {
  smtp::ServerOptions options;
  options.implicit_tls = true;
  Loopback loopback(options);
  run_task(loopback.io, implicit_session(loopback));
  EXPECT_EQ(loopback.intake.taken.size(), 1U);
}

core::Task<void> injecting_session(Loopback& loopback) {
  const auto stream = co_await connect(loopback);
  co_await read_reply(*stream);
  co_await ask(*stream, "EHLO client.test\r\n");
  const std::string said = co_await ask(*stream, "STARTTLS\r\nMAIL FROM:<injected@sender.example>\r\n");
  EXPECT_TRUE(said.starts_with("503 5.5.1")) << said;
  EXPECT_EQ(co_await read_reply(*stream), "(closed)");
}

TEST(Loopback, Trap07_CommandsBehindStarttlsEndTheSession) {
  Loopback loopback;
  run_task(loopback.io, injecting_session(loopback));
}

// Bytes that arrive after the 220 are the handshake's, whatever they are: they break it and are never commands.
core::Task<void> late_injecting_session(Loopback& loopback) {
  const auto stream = co_await connect(loopback);
  co_await read_reply(*stream);
  co_await ask(*stream, "EHLO client.test\r\n");
  CO_ASSERT_TRUE((co_await ask(*stream, "STARTTLS\r\n")).starts_with("220"));
  const std::string said = co_await ask(*stream, "EHLO client.test\r\nMAIL FROM:<injected@sender.example>\r\n");
  EXPECT_EQ(said.find("250"), std::string::npos);
  EXPECT_TRUE(said.ends_with("(closed)"));
}

TEST(Loopback, Trap07_PlaintextInsteadOfAHandshake) {
  Loopback loopback;
  run_task(loopback.io, late_injecting_session(loopback));
}

core::Task<void> early_session(Loopback& loopback) {
  const auto stream = co_await connect(loopback);
  EXPECT_TRUE((co_await ask(*stream, "EHLO client.test\r\n")).starts_with("554 5.5.1"));
}

TEST(Loopback, Trap13_EarlyTalker) {
  smtp::ServerOptions options;
  options.banner_delay = std::chrono::milliseconds(100);
  Loopback loopback(options);
  run_task(loopback.io, early_session(loopback));
}

core::Task<void> drained_session(Loopback& loopback) {
  const auto stream = co_await connect(loopback);
  co_await read_reply(*stream);
  co_await ask(*stream, "EHLO client.test\r\n");
  loopback.server->begin_drain();
  EXPECT_TRUE((co_await read_reply(*stream)).starts_with("421 4.3.2"));
  EXPECT_EQ(co_await read_reply(*stream), "(closed)");
}

TEST(Loopback, DrainTellsAnIdleSession) {
  Loopback loopback;
  run_task(loopback.io, drained_session(loopback));
}

core::Task<void> drained_tls_session(Loopback& loopback) {
  const auto stream = co_await connect(loopback);
  co_await read_reply(*stream);
  co_await ask(*stream, "EHLO client.test\r\n");
  co_await ask(*stream, "STARTTLS\r\n");
  CO_ASSERT_TRUE(co_await encrypt(*stream));
  co_await ask(*stream, "EHLO client.test\r\n");
  loopback.server->begin_drain();
  EXPECT_TRUE((co_await read_reply(*stream)).starts_with("421 4.3.2"));
  EXPECT_EQ(co_await read_reply(*stream), "(closed)");
}

TEST(Loopback, DrainTellsAnIdleTlsSession) {
  Loopback loopback;
  run_task(loopback.io, drained_tls_session(loopback));
}

}  // namespace
}  // namespace postern::test
