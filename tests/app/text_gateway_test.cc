// Text messages through a gateway over real sockets and TLS: what it gets, and what is told when it fails (requirement
// C-08).
#include "app/text_gateway.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "net/zone_resolver.h"
#include "tests/net/loopback.h"

namespace postern::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct SmsGateway {
  std::shared_ptr<const net::TlsContext> tls;
  std::string answer = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
  std::string got;
  int connections = 0;
};

core::Task<void> serve_gateway(std::unique_ptr<net::Stream> stream, SmsGateway* gateway) {
  const core::Deadline by = core::Deadline::after(std::chrono::seconds(5), core::system_clock());
  ++gateway->connections;
  if (gateway->tls != nullptr && !co_await stream->start_tls_server(gateway->tls, by)) co_return;
  std::array<char, 4096> piece{};
  while (gateway->got.find("END") == std::string::npos) {
    const auto count = co_await stream->read_some(piece, by);
    if (!count) co_return;
    gateway->got.append(piece.data(), *count);
  }
  (void)co_await stream->write_all(gateway->answer, by);
  stream->close();
}

class TextGatewayTest : public ::testing::Test {
 protected:
  TextGatewayTest() {
    gateway.tls = net::TlsContext::server(files.options()).value();
    listener =
        net::Listener::bind(io, "sms", net::Endpoint::parse("127.0.0.1:0").value(), 8, core::system_clock()).value();
    listener->start([this](std::unique_ptr<net::Stream> stream) { return serve_gateway(std::move(stream), &gateway); });
    zone.add_a("sms.example.com", "127.0.0.1");
    secret_file = files.certificate().parent_path() / "gateway.secret";
    core::write_file(secret_file, "Bearer s3cret\n", 0600).value();
    options.process.data = files.certificate().parent_path();
    options.text_messages.networks = {net::IpNetwork::parse("127.0.0.0/8").value()};
    options.text_messages.ca_file = files.certificate();
    auto& settings = options.auth.factors.text_gateway;
    settings.url = "https://sms.example.com:" + std::to_string(listener->local().port) + "/v1/send";
    settings.body = R"({"to": "{{number}}", "text": "{{text}}", "END": 1})";
    settings.headers = {"X-Sender: Desk"};
    settings.secret_file = secret_file;
  }
  ~TextGatewayTest() override { run_task(io, listener->drain(core::Deadline())); }

  core::Result<void> send() {
    const auth::TextMessagePort port = app::text_message_port(options, zone, core::system_clock()).value();
    return run_task(io, port({"+436601234567", "Your \"code\" is 123456.\n@desk #123456", "123456"}));
  }

  boost::asio::io_context io;
  CertificateFiles files{"sms.example.com"};
  SmsGateway gateway;
  std::unique_ptr<net::Listener> listener;
  net::ZoneResolver zone;
  std::filesystem::path secret_file;
  conf::GatewayOptions options;
};

TEST_F(TextGatewayTest, PostsJsonWithItsSecretOverVerifiedTls) {
  const auto sent = send();
  ASSERT_TRUE(sent) << sent.error().describe();
  EXPECT_TRUE(gateway.got.starts_with("POST /v1/send HTTP/1.1\r\n")) << gateway.got;
  EXPECT_THAT(gateway.got, HasSubstr("\r\nAuthorization: Bearer s3cret\r\n"));
  EXPECT_THAT(gateway.got, HasSubstr("\r\nX-Sender: Desk\r\n"));
  EXPECT_THAT(gateway.got, HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_TRUE(
      gateway.got.ends_with(R"({"to": "+436601234567", "text": "Your \"code\" is 123456.\n@desk #123456", "END": 1})"))
      << gateway.got;
}

TEST_F(TextGatewayTest, SendsFormsAndGets) {
  auto& settings = options.auth.factors.text_gateway;
  settings.content_type = "application/x-www-form-urlencoded";
  settings.body = "to={{number}}&code={{code}}&END";
  ASSERT_TRUE(send());
  EXPECT_TRUE(gateway.got.ends_with("\r\n\r\nto=%2b436601234567&code=123456&END")) << gateway.got;
  gateway.got.clear();
  settings.method = "GET";
  settings.body.clear();
  settings.url += "?to={{number}}&text={{text}}&END";
  ASSERT_TRUE(send());
  EXPECT_TRUE(gateway.got.starts_with(
      "GET /v1/send?to=%2b436601234567&text=Your%20%22code%22%20is%20123456.%0a%40desk%20%23123456&END HTTP/1.1\r\n"))
      << gateway.got;
  EXPECT_THAT(gateway.got, Not(HasSubstr("Content-Length")));
}

TEST_F(TextGatewayTest, AFailureIsToldWithoutNumberTextOrSecret) {
  for (const char* answer : {"HTTP/1.1 401 Unauthorized\r\n\r\n",
                             "HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\n\r\n", "nonsense"}) {
    gateway.answer = answer;
    gateway.got.clear();
    const auto sent = send();
    ASSERT_FALSE(sent) << answer;
    EXPECT_TRUE(sent.error().is_transient());
    for (const char* part : {"660", "123456", "s3cret", "sms.example.com"})
      EXPECT_THAT(sent.error().describe(), Not(HasSubstr(part)));
  }
  EXPECT_EQ(gateway.connections, 3) << "nothing is sent twice";
}

TEST_F(TextGatewayTest, AGatewayThatSaysNothingIsNotWaitedForEver) {
  options.text_messages.answer_max = std::chrono::milliseconds(100);
  gateway.answer = "HTTP/1.1 200 OK\r\nX-Never: ends";
  EXPECT_FALSE(send());
}

TEST_F(TextGatewayTest, ACertificateOfAnotherNameGetsNothing) {
  zone.add_a("other.example.com", "127.0.0.1");
  auto& url = options.auth.factors.text_gateway.url;
  url.replace(url.find("sms."), 4, "other.");
  EXPECT_FALSE(send());
  EXPECT_EQ(gateway.got, "");
}

TEST_F(TextGatewayTest, InternalAddressesAreNotReachedUnlessNamed) {
  options.text_messages.networks.clear();
  EXPECT_FALSE(send());
  EXPECT_EQ(gateway.connections, 0);
}

TEST_F(TextGatewayTest, IsOffWithoutAUrlAndSaysWhatIsWrongWithOne) {
  EXPECT_TRUE(app::text_setting_complaints(options).empty());
  EXPECT_FALSE(app::text_message_port(conf::GatewayOptions(), zone, core::system_clock()).value());
  const auto complaint = [this](auto change) {
    conf::GatewayOptions wrong = options;
    change(wrong.auth.factors.text_gateway);
    const auto all = app::text_setting_complaints(wrong);
    EXPECT_FALSE(app::text_message_port(wrong, zone, core::system_clock()));
    return all.empty() ? std::string() : all.front();
  };
  using Settings = auth::TextGatewayOptions;
  EXPECT_THAT(complaint([](Settings& s) { s.url = "http://sms.example.com/"; }), HasSubstr("https"));
  EXPECT_THAT(complaint([](Settings& s) { s.url = "https://169.254.169.254/"; }), HasSubstr("public"));
  EXPECT_THAT(complaint([](Settings& s) { s.method = "DELETE"; }), HasSubstr("method"));
  EXPECT_THAT(complaint([](Settings& s) { s.content_type = "text/xml"; }), HasSubstr("content_type"));
  EXPECT_THAT(complaint([](Settings& s) { s.body = "{}"; }), HasSubstr("{{number}}"));
  EXPECT_THAT(complaint([](Settings& s) { s.headers = {"X: a\r\nY: b"}; }), HasSubstr("headers"));
  EXPECT_THAT(complaint([](Settings& s) { s.secret_header = "A b"; }), HasSubstr("secret_header"));
  EXPECT_THAT(complaint([](Settings& s) { s.secret_file = "nowhere"; }), HasSubstr("nowhere"));
  core::write_file(secret_file, "Bearer s3cret\n", 0644).value();
  EXPECT_THAT(complaint([](Settings&) {}), HasSubstr("readable by others"));
  options.auth.factors.text_countries = {"43"};
  EXPECT_THAT(complaint([](Settings&) {}), HasSubstr("countries"));
}

}  // namespace
}  // namespace postern::test
