// Shipping of the audit log to real receivers on the loopback: order, nothing lost, resumption, TLS, answers of HTTP.
#include "auth/audit_trail/shipping/shipper.h"

#include <gtest/gtest.h>

#include <boost/asio/ip/udp.hpp>
#include <boost/json/parse.hpp>
#include <filesystem>

#include "auth/audit_trail/export.h"
#include "auth/audit_trail/shipping/cursor.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "core/file.h"
#include "net/zone_resolver.h"
#include "tests/auth/audit_trail/trail_fixture.h"
#include "tests/net/loopback.h"

namespace postern::test {
namespace {

using std::chrono::milliseconds;

// A receiver of logs: keeps what each connection sent, answers requests with the next of `answers`.
class LogServer {
 public:
  LogServer(boost::asio::io_context& io, const CertificateFiles* files = nullptr, std::uint16_t port = 0) {
    if (files != nullptr) tls_ = net::TlsContext::server(files->options()).value();
    listener_ = net::Listener::bind(io, "logs", net::Endpoint::parse("127.0.0.1:" + std::to_string(port)).value(), 8, core::system_clock()).value();
    listener_->start([this](std::unique_ptr<net::Stream> stream) { return take(std::move(stream)); });
  }
  std::uint16_t port() const { return listener_->local().port; }
  core::Task<void> stop() { co_await listener_->drain(core::Deadline::after(milliseconds(1), core::system_clock())); }
  std::string all() const {
    std::string out;
    for (const std::string& each : received) out += each;
    return out;
  }
  std::vector<std::string> received;  // by connection
  std::vector<std::string> answers;   // a status line and headers each; empty: this is no HTTP
  std::size_t hangs_up_after = 0;     // bytes of the first connection; 0: never

 private:
  core::Task<void> take(std::unique_ptr<net::Stream> stream) {
    if (tls_ && !co_await stream->start_tls_server(tls_, core::Deadline::after(std::chrono::seconds(5), core::system_clock()))) co_return;
    const std::size_t mine = received.size();
    received.emplace_back();
    std::array<char, 4096> piece{};
    for (;;) {
      const auto count = co_await stream->read_some(piece, core::Deadline::never());
      if (!count) co_return;
      received[mine].append(piece.data(), *count);
      if (hangs_up_after != 0 && mine == 0 && received[mine].size() >= hangs_up_after) co_return;
      if (const std::size_t end = received[mine].find("\r\n\r\n"); !answers.empty() && end != std::string::npos) {
        const std::size_t at = received[mine].find("Content-Length: ") + 16;
        if (received[mine].size() < end + 4 + std::stoul(received[mine].substr(at))) continue;
        const std::string answer = answers.front() + "\r\n\r\n";
        if (answers.size() > 1) answers.erase(answers.begin());
        (void)co_await stream->write_all(answer, core::Deadline::never());
        co_return;
      }
    }
  }
  std::shared_ptr<const net::TlsContext> tls_;
  std::unique_ptr<net::Listener> listener_;
};

struct Shipping {
  Shipping() {
    options.hostname = "desk.example";
    options.look_interval = milliseconds(5);
    options.retry_first = milliseconds(5);
    options.retry_max = milliseconds(40);
    options.confirm_step = milliseconds(1);
    options.connect_max = options.send_max = std::chrono::seconds(5);
  }
  std::unique_ptr<auth::AuditShipper> make() {
    return auth::AuditShipper::make({*desk.store, *desk.vault, resolver, core::system_clock(), [this] { return std::vector{desk.home}; }}, options).value();
  }
  void write(int count, const std::string& detail = {}) {
    for (int i = 0; i < count; ++i) desk.write("ticket.status", "ticket/" + std::to_string(++written), detail);
    desk.run(desk.trail.link_all()).value();
  }
  std::uint64_t confirmed() {
    std::uint64_t least = UINT64_MAX;
    for (const std::string& url : options.receivers) {
      least = std::min(least, auth::read_ship_cursor(*desk.store->snapshot(), *desk.vault, desk.home, url)->sequence);
    }
    return least;
  }
  // Turns the loop until it is so, or for ten seconds.
  template <class Condition>
  bool until(Condition is_so) {
    const auto end = core::system_clock().now() + std::chrono::seconds(10);
    while (!is_so()) {
      if (core::system_clock().now() > end) return false;
      io.restart();
      io.run_for(milliseconds(1));
    }
    return true;
  }
  void stop(auth::AuditShipper& shipper) { run_task(io, shipper.stop(core::Deadline::after(std::chrono::seconds(5), core::system_clock()))); }
  void stop(LogServer& server) { run_task(io, server.stop()); }

  TrailDesk desk;
  net::ZoneResolver resolver;
  auth::ShipOptions options;
  int written = 0;
  boost::asio::io_context io;
};

// The messages of a syslog stream (RFC 6587); fails the test where the counts do not fit.
std::vector<std::string> frames(std::string_view bytes) {
  std::vector<std::string> out;
  while (!bytes.empty()) {
    const std::size_t blank = bytes.find(' ');
    if (blank == std::string_view::npos) break;
    const std::size_t size = std::stoul(std::string(bytes.substr(0, blank)));
    bytes.remove_prefix(blank + 1);
    if (bytes.size() < size) break;  // cut off with its connection
    out.emplace_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return out;
}

std::string json_of(const std::string& message) { return message.substr(message.find("] {") + 2); }

TEST(ShippingTarget, UrlsAreReadOrRefusedWithAReason) {
  EXPECT_EQ(auth::parse_ship_target("syslog+tls://Logs.Example.com")->label(), "syslog+tls://logs.example.com:6514");
  EXPECT_EQ(auth::parse_ship_target("gelf+udp://[2001:db8::1]:9")->label(), "gelf+udp://[2001:db8::1]:9");
  EXPECT_EQ(auth::parse_ship_target("https://h.example/in?key=x")->path, "/in?key=x");
  EXPECT_EQ(auth::parse_ship_target("https://h.example/in?key=x")->label(), "https://h.example:443") << "a path may hold a secret";
  EXPECT_TRUE(auth::parse_ship_target("http://127.0.0.1:8080/"));
  for (const char* bad : {"", "logs.example.com", "ftp://x", "syslog+tcp://", "syslog+tcp://x:0", "syslog+tcp://x:70000", "syslog+tcp://x:",
                          "syslog+tcp://x/path", "http://logs.example.com/", "https://me:pw@h.example/", "https://h.example/a b",
                          "https://h.example/\r\nX: y", "syslog+tcp://[::1", "syslog+tcp://[zz]:1", "https://h.example/#x"}) {
    EXPECT_FALSE(auth::parse_ship_target(bad)) << bad;
  }
}

TEST(ShippingLines, SyslogIsRfc5424AndProvesItself) {
  TrailDesk desk;
  desk.write("sign_in_failed", "user/7", "naïve \U0001F600\n]end\"");
  desk.run(desk.trail.link_all()).value();
  const auth::AuditEntry entry = desk.chain().front();
  const std::string message = auth::syslog_message(desk.home, entry, "desk.example");
  EXPECT_TRUE(message.starts_with("<110>1 20")) << message;
  EXPECT_NE(message.find("Z desk.example postern - sign_in_failed [origin software=\"postern\"][meta sequenceId=\"1\"] {"), std::string::npos) << message;
  EXPECT_TRUE(std::ranges::all_of(message, [](char c) { return c >= ' ' && c <= '~'; })) << message;
  auth::ExportVerifier verifier;
  EXPECT_TRUE(verifier.add_line(json_of(message))) << verifier.fault()->what;
  EXPECT_TRUE(verifier.finish());
  auth::AuditEntry failed = entry;
  failed.outcome = auth::Outcome::kFailed;
  EXPECT_TRUE(auth::syslog_message(desk.home, failed, "two words").starts_with("<108>1 ")) << "what failed is a warning";
}

TEST(ShippingLines, GelfHasItsFieldsAndIsChunked) {
  TrailDesk desk;
  desk.write("user.invited", "user/7", "x");
  desk.run(desk.trail.link_all()).value();
  auth::AuditEntry entry = desk.chain().front();
  const auto parsed = boost::json::parse(auth::gelf_message(desk.home, entry, "desk.example")).as_object();
  EXPECT_EQ(parsed.at("version").as_string(), "1.1");
  EXPECT_EQ(parsed.at("host").as_string(), "desk.example");
  EXPECT_EQ(parsed.at("short_message").as_string(), "user.invited user/7: x");
  EXPECT_EQ(parsed.at("_hash").as_string(), core::to_hex(entry.hash));
  EXPECT_FALSE(parsed.contains("_id")) << "servers refuse that name";
  for (const auto& field : parsed) EXPECT_TRUE(field.value().is_string() || field.value().is_number()) << field.key();
  const std::string large(20'000, 'g');
  const auto chunks = auth::gelf_datagrams(large, "12345678");
  ASSERT_EQ(chunks.size(), 3U);
  std::string joined;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    EXPECT_LE(chunks[i].size(), 8192U);
    EXPECT_EQ(chunks[i].substr(0, 12), std::string("\x1e\x0f") + "12345678" + static_cast<char>(i) + '\3');
    joined += chunks[i].substr(12);
  }
  EXPECT_EQ(joined, large);
  EXPECT_TRUE(auth::gelf_datagrams(std::string(3'000'000, 'g'), "12345678").empty()) << "129 chunks and more: no server takes them";
}

TEST(Shipping, I0_10_EverythingInOrderAndOnFromThereAfterARestart) {
  Shipping test;
  LogServer server(test.io);
  test.options.receivers = {"syslog+tcp://127.0.0.1:" + std::to_string(server.port())};
  test.options.batch_entries_max = 7;
  test.write(20);
  auto shipper = test.make();
  shipper->start(test.io.get_executor());
  ASSERT_TRUE(test.until([&] { return test.confirmed() == 20; }));
  test.stop(*shipper);
  EXPECT_EQ(shipper->states().front().sent, 20U);
  test.write(5);
  shipper = test.make();
  shipper->start(test.io.get_executor());
  ASSERT_TRUE(test.until([&] { return test.confirmed() == 25; }));
  test.stop(*shipper);
  ASSERT_TRUE(test.until([&] { return frames(server.all()).size() == 25; }));
  auth::ExportVerifier verifier;
  for (const std::string& each : frames(server.all())) EXPECT_TRUE(verifier.add_line(json_of(each))) << verifier.fault()->what;
  EXPECT_TRUE(verifier.finish());
  EXPECT_EQ(verifier.workspaces().at(1).gaps, 0U);
  EXPECT_EQ(verifier.workspaces().at(1).last, 25U);
  test.stop(server);
}

TEST(Shipping, I0_10_AReceiverThatIsDownGetsAllOfItLater) {
  Shipping test;
  auto reserved = std::make_unique<LogServer>(test.io);
  const std::uint16_t port = reserved->port();
  test.stop(*reserved);
  reserved.reset();
  test.options.receivers = {"gelf+tcp://127.0.0.1:" + std::to_string(port)};
  test.write(3);
  auto shipper = test.make();
  shipper->start(test.io.get_executor());
  ASSERT_TRUE(test.until([&] { return shipper->states().front().is_failing; }));
  EXPECT_FALSE(shipper->states().front().problem.empty());
  ASSERT_TRUE(test.until([&] { return shipper->states().front().waiting == 3; })) << "the lag is told while it lasts";
  LogServer server(test.io, nullptr, port);
  ASSERT_TRUE(test.until([&] { return test.confirmed() == 3; }));
  EXPECT_FALSE(shipper->states().front().is_failing);
  ASSERT_TRUE(test.until([&] { return std::ranges::count(server.all(), '\0') == 3; }));
  test.stop(*shipper);
  test.stop(server);
}

TEST(Shipping, I0_10_AReceiverThatHangsUpMissesNothing) {
  Shipping test;
  LogServer server(test.io);
  server.hangs_up_after = 2000;
  test.options.receivers = {"syslog+tcp://127.0.0.1:" + std::to_string(server.port())};
  test.options.batch_entries_max = 200;
  test.write(200, std::string(900, 'd'));
  auto shipper = test.make();
  shipper->start(test.io.get_executor());
  ASSERT_TRUE(test.until([&] { return test.confirmed() == 200; }));
  test.stop(*shipper);
  ASSERT_TRUE(test.until([&] { return server.received.size() > 1 && frames(server.received.back()).size() == 200; }))
      << "the whole batch came again: the first connection had ended before all was acknowledged";
  test.stop(server);
}

TEST(Shipping, I0_10_TlsIsVerified) {
  Shipping test;
  const CertificateFiles right("logs.example");
  const CertificateFiles wrong("logs.example");
  LogServer server(test.io, &right);
  test.options.receivers = {"syslog+tls://127.0.0.1:" + std::to_string(server.port())};
  test.options.ca_file = wrong.certificate();
  test.write(2);
  auto shipper = test.make();
  shipper->start(test.io.get_executor());
  ASSERT_TRUE(test.until([&] { return shipper->states().front().is_failing; }));
  test.stop(*shipper);
  EXPECT_TRUE(server.all().empty()) << "nothing for a stranger";
  EXPECT_EQ(test.confirmed(), 0U);
  test.options.ca_file = right.certificate();
  shipper = test.make();
  shipper->start(test.io.get_executor());
  ASSERT_TRUE(test.until([&] { return test.confirmed() == 2; }));
  test.stop(*shipper);
  test.stop(server);
}

TEST(Shipping, I0_10_HttpsBatchesAreSignedAndRefusalsTriedAgain) {
  Shipping test;
  const CertificateFiles files("127.0.0.1");
  LogServer server(test.io, &files);
  server.answers = {"HTTP/1.1 503 Busy\r\nRetry-After: 1", "HTTP/1.1 500 No", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 Taken"};
  const std::string token = "made-" + std::string("up-token");
  const std::string key = "made-up-key-of-32-" + std::string("characters");
  const auto folder = files.certificate().parent_path();
  ASSERT_TRUE(core::write_file(folder / "token", token + "\n", 0600));
  ASSERT_TRUE(core::write_file(folder / "key", key, 0600));
  test.options.token_file = folder / "token";
  test.options.hmac_key_file = folder / "key";
  test.options.ca_file = files.certificate();
  test.options.receivers = {"https://127.0.0.1:" + std::to_string(server.port()) + "/in?secret-in-path"};
  test.write(4);
  auto shipper = test.make();
  shipper->start(test.io.get_executor());
  ASSERT_TRUE(test.until([&] { return shipper->states().front().is_failing; }));
  const std::string problem = shipper->states().front().problem;
  EXPECT_NE(problem.find("503"), std::string::npos) << problem;
  EXPECT_EQ(problem.find("secret"), std::string::npos) << problem;
  ASSERT_TRUE(test.until([&] { return test.confirmed() == 4; }));
  test.stop(*shipper);
  ASSERT_EQ(server.received.size(), 3U) << "nothing is sent twice once it was taken";
  const std::string& request = server.received.back();
  EXPECT_TRUE(request.starts_with("POST /in?secret-in-path HTTP/1.1\r\nHost: 127.0.0.1:")) << request;
  EXPECT_NE(request.find("\r\nAuthorization: Bearer " + token + "\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\nIdempotency-Key: 1-1-4\r\n"), std::string::npos) << request;
  const std::string body = request.substr(request.find("\r\n\r\n") + 4);
  EXPECT_EQ(boost::json::parse(body).as_array().size(), 4U);
  const std::size_t at = request.find("X-Postern-Signature: t=") + 23;
  const std::string time = request.substr(at, request.find(',', at) - at);
  const std::size_t sum = request.find("v1=", at) + 3;
  EXPECT_EQ(request.substr(sum, 64), core::to_hex(core::hmac_sha256(key, time + "." + body)));
  test.stop(server);
}

TEST(Shipping, I0_10_DatagramsArriveEachAlone) {
  Shipping test;
  boost::asio::ip::udp::socket receiver(test.io, {boost::asio::ip::address_v4::loopback(), 0});
  test.options.receivers = {"syslog+udp://localhost:" + std::to_string(receiver.local_endpoint().port())};
  test.write(3);
  auto shipper = test.make();
  shipper->start(test.io.get_executor());
  ASSERT_TRUE(test.until([&] { return test.confirmed() == 3; }));
  test.stop(*shipper);
  std::array<char, 4096> piece{};
  for (int i = 1; i <= 3; ++i) {
    const std::size_t count = receiver.receive(boost::asio::buffer(piece));
    EXPECT_NE(std::string_view(piece.data(), count).find("\"ticket/" + std::to_string(i) + "\""), std::string_view::npos);
  }
}

TEST(Shipping, I0_10_WhatIsBrokenDoesNotHoldUpTheRest) {
  Shipping test;
  LogServer server(test.io);
  test.options.receivers = {"syslog+tcp://127.0.0.1:" + std::to_string(server.port())};
  test.write(3);
  storage::Transaction transaction = test.desk.store->begin();
  transaction.erase(auth::keys::audit(test.desk.home, test.desk.chain()[1].id));
  ASSERT_TRUE(test.desk.run(test.desk.store->commit(std::move(transaction))));
  auto shipper = test.make();
  shipper->start(test.io.get_executor());
  ASSERT_TRUE(test.until([&] { return test.confirmed() == 3; }));
  test.stop(*shipper);
  ASSERT_TRUE(test.until([&] { return frames(server.all()).size() == 2; }));
  test.stop(server);
}

TEST(Shipping, SettingsThatCannotWorkAreNamedWithoutTheirSecrets) {
  auth::ShipOptions options;
  const CertificateFiles files("x");
  const auto folder = files.certificate().parent_path();
  ASSERT_TRUE(core::write_file(folder / "open", "made-up-secret", 0644));
  options.receivers = {"https://user:hidden-word@h.example/", "syslog+tcp://h.example", "syslog+tcp://h.example"};
  options.token_file = folder / "open";
  options.hmac_key_file = folder / "absent";
  options.ca_file = folder / "absent";
  const std::vector<std::string> complaints = auth::ship_setting_complaints(options);
  std::string all;
  for (const std::string& each : complaints) all += each + "\n";
  EXPECT_GE(complaints.size(), 5U) << all;
  EXPECT_NE(all.find("chmod 600"), std::string::npos) << all;
  EXPECT_EQ(all.find("hidden-word"), std::string::npos) << all;
  EXPECT_EQ(all.find("made-up-secret"), std::string::npos) << all;
  options = auth::ShipOptions();
  options.receivers.assign(options.receivers_max + 1, "syslog+tcp://h.example");
  EXPECT_FALSE(auth::ship_setting_complaints(options).empty());
  EXPECT_TRUE(auth::ship_setting_complaints(auth::ShipOptions()).empty());
}

}  // namespace
}  // namespace postern::test
