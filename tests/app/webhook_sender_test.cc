// Requests of webhooks over real sockets and TLS: what arrives, and where they do not go.
#include "app/webhook_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "net/zone_resolver.h"
#include "tests/net/loopback.h"

namespace postern::test {
namespace {

using app::HttpWebhookSender;
using ticketing::WebhookReply;
using ticketing::WebhookRequest;
using ::testing::HasSubstr;

// Answers every request alike.
struct Endpoint {
  std::shared_ptr<const net::TlsContext> tls;  // null: plain
  std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nthanks";
  std::string got;
  int connections = 0;
};

core::Task<void> serve(std::unique_ptr<net::Stream> stream, Endpoint* endpoint) {
  const core::Deadline by = core::Deadline::after(std::chrono::seconds(5), core::system_clock());
  ++endpoint->connections;
  if (endpoint->tls != nullptr && !co_await stream->start_tls_server(endpoint->tls, by)) co_return;
  std::array<char, 4096> piece{};
  while (endpoint->got.find("{}") == std::string::npos) {
    const auto count = co_await stream->read_some(piece, by);
    if (!count) co_return;
    endpoint->got.append(piece.data(), *count);
  }
  (void)co_await stream->write_all(endpoint->answer, by);
  stream->close();
}

class WebhookSenderTest : public ::testing::Test {
 protected:
  WebhookSenderTest() {
    endpoint.tls = net::TlsContext::server(files.options()).value();
    listener = net::Listener::bind(io, "hook", net::Endpoint::parse("127.0.0.1:0").value(), 8, core::system_clock()).value();
    listener->start([this](std::unique_ptr<net::Stream> stream) { return serve(std::move(stream), &endpoint); });
    zone.add_a("hooks.example.com", "127.0.0.1");
    zone.add_a("other.example.com", "127.0.0.1");
    zone.add_a("mixed.example.com", "127.0.0.1");
    zone.add_a("mixed.example.com", "10.0.0.1");
    options.networks = {net::IpNetwork::parse("127.0.0.0/8").value()};
  }
  ~WebhookSenderTest() override { run_task(io, listener->drain(core::Deadline())); }

  WebhookReply send(const std::string& host, const char* scheme = "https") {
    HttpWebhookSender sender(zone, core::system_clock(), options, net::TlsContext::client(true, files.certificate()).value());
    WebhookRequest request;
    request.url = std::string(scheme) + "://" + host + ":" + std::to_string(listener->local().port) + "/in?key=1";
    request.method = "POST";
    request.headers = {{"Content-Type", "application/json"}, {"webhook-id", "msg_1"}};
    request.body = "{}";
    request.answer_bytes_max = 100;
    return run_task(io, sender.send(std::move(request)));
  }

  boost::asio::io_context io;
  CertificateFiles files{"hooks.example.com"};
  Endpoint endpoint;
  std::unique_ptr<net::Listener> listener;
  net::ZoneResolver zone;
  net::EgressOptions options;
};

TEST_F(WebhookSenderTest, MakesOneVerifiedRequest) {
  const WebhookReply reply = send("hooks.example.com");
  EXPECT_EQ(reply.status, 200) << reply.problem;
  EXPECT_EQ(reply.answer, "thanks");
  EXPECT_TRUE(endpoint.got.starts_with("POST /in?key=1 HTTP/1.1\r\nHost: hooks.example.com:")) << endpoint.got;
  EXPECT_THAT(endpoint.got, HasSubstr("\r\nwebhook-id: msg_1\r\n"));
  EXPECT_THAT(endpoint.got, HasSubstr("\r\nContent-Length: 2\r\n"));
  EXPECT_TRUE(endpoint.got.ends_with("\r\n\r\n{}"));
}

TEST_F(WebhookSenderTest, ACertificateOfAnotherNameGetsNothing) {
  const WebhookReply reply = send("other.example.com");
  EXPECT_EQ(reply.status, 0);
  EXPECT_THAT(reply.problem, HasSubstr("TLS"));
  EXPECT_EQ(endpoint.got, "");
}

TEST_F(WebhookSenderTest, ANameThatLeadsInsideIsNotConnectedTo) {
  for (const char* host : {"mixed.example.com", "nowhere.example.com"}) {
    EXPECT_EQ(send(host).status, 0) << host;
    EXPECT_NE(send(host).problem, "") << host;
  }
  options.networks.clear();
  for (const char* host : {"hooks.example.com", "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"}) {
    const WebhookReply reply = send(host);
    EXPECT_EQ(reply.status, 0) << host;
    EXPECT_EQ(reply.problem.find("key=1"), std::string::npos);
  }
  EXPECT_EQ(endpoint.connections, 0);
}

TEST_F(WebhookSenderTest, PlainHttpGoesToThisMachineOnlyAndOnlyIfAllowed) {
  endpoint.tls = nullptr;
  EXPECT_EQ(send("127.0.0.1", "http").status, 0);
  EXPECT_EQ(endpoint.connections, 0);
  options.http_to_loopback = true;
  EXPECT_EQ(send("127.0.0.1", "http").status, 200);
  EXPECT_EQ(send("hooks.example.com", "http").status, 0) << "not by a name";
}

TEST_F(WebhookSenderTest, RedirectsAreNotFollowed) {
  endpoint.answer = "HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n";
  const WebhookReply reply = send("hooks.example.com");
  EXPECT_EQ(reply.status, 302);
  EXPECT_FALSE(reply.is_success());
  EXPECT_EQ(endpoint.connections, 1);
}

TEST_F(WebhookSenderTest, NobodyWaitsForEver) {
  options.answer_max = std::chrono::milliseconds(100);
  endpoint.answer = "";
  endpoint.got = "";
  endpoint.tls = net::TlsContext::server(files.options()).value();
  zone.add_a("silent.example.com", "127.0.0.1");
  endpoint.answer = "HTTP/1.1 200 OK\r\nX-Never: ends";
  const WebhookReply reply = send("hooks.example.com");
  EXPECT_EQ(reply.status, 0);
  EXPECT_LT(reply.took, std::chrono::seconds(5));
}

}  // namespace
}  // namespace postern::test
