#pragma once
// tests/net/loopback.h: a real TCP connection inside one io_context, and certificate files that end with the test.
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <memory>

#include "core/file.h"
#include "core/random.h"
#include "net/listener.h"
#include "net/tls_context.h"
#include "tests/support/run_task.h"

namespace postern::test {

using Body = core::Task<void> (*)(std::unique_ptr<net::Stream> client, std::unique_ptr<net::Stream> server);

struct Accepted {
  std::unique_ptr<net::Stream> stream;
};

inline core::Task<void> hand_over(std::unique_ptr<net::Stream> stream, Accepted* into) {
  into->stream = std::move(stream);
  co_return;
}

// Both ends of a connection over 127.0.0.1.
inline core::Task<std::pair<std::unique_ptr<net::Stream>, std::unique_ptr<net::Stream>>> connect_pair(
    boost::asio::io_context& io, core::Clock& clock) {
  auto listener = net::Listener::bind(io, "pair", net::Endpoint::parse("127.0.0.1:0").value(), 8, clock).value();
  Accepted accepted;
  auto session = [&accepted](std::unique_ptr<net::Stream> stream) { return hand_over(std::move(stream), &accepted); };
  listener->start(session);
  auto client =
      co_await net::connect_tcp(listener->local(), core::Deadline::after(std::chrono::seconds(5), clock), clock);
  while (!accepted.stream) co_await core::system_clock().sleep_for(std::chrono::milliseconds(1));
  co_await listener->drain(core::Deadline::after(std::chrono::seconds(5), clock));
  co_return std::pair(std::move(client).value(), std::move(accepted.stream));
}

class CertificateFiles {
 public:
  explicit CertificateFiles(const std::string& name)
      : folder_(std::filesystem::temp_directory_path() / ("postern-tls-" + core::random_token(8))) {
    std::filesystem::create_directory(folder_);
    write(name);
  }
  ~CertificateFiles() { std::filesystem::remove_all(folder_); }
  CertificateFiles(const CertificateFiles&) = delete;
  void write(const std::string& name) {
    const auto made = net::make_self_signed({name, "127.0.0.1"}, 30).value();
    core::write_file(certificate(), made.certificate_pem).value();
    core::write_file(key(), made.key_pem).value();
  }
  std::filesystem::path certificate() const { return folder_ / "cert.pem"; }
  std::filesystem::path key() const { return folder_ / "key.pem"; }
  net::TlsServerOptions options() const {
    net::TlsServerOptions out;
    out.certificate_file = certificate();
    out.key_file = key();
    return out;
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace postern::test
