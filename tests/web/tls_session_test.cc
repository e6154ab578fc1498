// The whole way over loopback: TCP, TLS, HTTP, the API.
#include <filesystem>

#include "core/file.h"
#include "core/random.h"
#include "net/listener.h"
#include "tests/web/web_app.h"

namespace postern::test {
namespace {

struct Certificate {
  Certificate() : folder(std::filesystem::temp_directory_path() / ("postern-web-" + core::random_token(8))) {
    std::filesystem::create_directory(folder);
    net::SelfSigned made = net::make_self_signed({"localhost"}, 2).value();
    core::write_file(folder / "cert.pem", made.certificate_pem).value();
    core::write_file(folder / "key.pem", made.key_pem).value();
    options.certificate_file = folder / "cert.pem";
    options.key_file = folder / "key.pem";
    options.alpn = {"http/1.1"};
  }
  ~Certificate() { std::filesystem::remove_all(folder); }
  std::filesystem::path folder;
  net::TlsServerOptions options;
};

core::Task<Reply> over_tls(net::Endpoint to, std::filesystem::path ca, core::Clock& clock, std::string request) {
  core::Deadline by = core::Deadline::after(std::chrono::seconds(5), clock);
  core::Result<std::unique_ptr<net::Stream>> stream = co_await net::connect_tcp(to, by, clock);
  auto context = net::TlsContext::client(true, ca);
  core::Result<void> started = co_await (*stream)->start_tls_client(context.value(), "localhost", by);
  if (!started) co_return Reply();
  HttpClient client(std::move(*stream));
  co_await client.send(std::move(request));
  Reply reply = co_await client.read_reply();
  co_return reply;
}

core::Task<bool> plain_is_dropped(net::Endpoint to, core::Clock& clock) {
  core::Deadline by = core::Deadline::after(std::chrono::seconds(5), clock);
  core::Result<std::unique_ptr<net::Stream>> stream = co_await net::connect_tcp(to, by, clock);
  HttpClient client(std::move(*stream));
  co_await client.send("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
  Reply reply = co_await client.read_reply();
  co_return reply.status == 0;
}

// I0-13: 100 % HTTPS, without a redirect from plain text (Z-12).
TEST(TlsSession, SpeaksHttpsAndNothingElse) {
  WebApp app;
  Certificate certificate;
  auto tls = net::ReloadableTls::load(certificate.options).value();
  auto current = [&app] { return std::shared_ptr<const ticketing::Directory>(app.directory.get(), [](const auto*) {}); };
  core::Clock& clock = core::system_clock();
  web::Services services{*app.accounts, *app.sessions, *app.tickets, *app.outbox, *app.suspended, *app.mail_reports, *app.redactor,
                         current, *app.store, *app.vault, clock, app.ids};
  web::Server server(web::WebOptions(), services, tls);
  auto listener = net::Listener::bind(app.io, "web", net::Endpoint::parse("127.0.0.1:0").value(), 8, clock).value();
  auto session = [&server](std::unique_ptr<net::Stream> stream) { return server.run_session(std::move(stream)); };
  listener->start(session);

  std::string request = "GET /api/v2/users/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + app.agent_token + "\r\n\r\n";
  Reply reply = app.run(over_tls(listener->local(), certificate.options.certificate_file, clock, request));
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_TRUE(app.run(plain_is_dropped(listener->local(), clock)));
  server.begin_drain();
  app.run(listener->drain(core::Deadline::after(std::chrono::seconds(5), clock)));
}

}  // namespace
}  // namespace postern::test
