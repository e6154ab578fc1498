#pragma once
// tests/net/tls_host.h: a listening socket with a certificate, connections of it in pairs, and foreign clients on a
// thread beside the server of a test. Names, buffers and deadlines are those of tests/net/tls_*_test.cc.
#include <functional>

#include "core/offload.h"
#include "net/tcp_stream.h"
#include "tests/net/loopback.h"

namespace postern::test {

inline core::Deadline within(core::Duration how) { return core::Deadline::after(how, core::system_clock()); }

constexpr int kTinyBytes = 4096;  // of a socket's buffer; Linux doubles it
// What is received has more room: with windows smaller than a segment TCP waits for its persist timer again and again.
constexpr int kReceiveTimes = 8;

struct Host {
  explicit Host(boost::asio::io_context& io, int buffer_bytes = 0);  // of each connection's socket; 0: the system's
  net::Endpoint at() const;
  core::Task<std::unique_ptr<net::Stream>> accept();

  CertificateFiles files;
  std::shared_ptr<const net::TlsContext> tls;
  boost::asio::ip::tcp::acceptor acceptor;
  core::WorkPool pool;  // of the foreign client
};

// A client beside the server of a test; its words are asked for when both are through.
class Beside {
 public:
  Beside(Host& host, std::function<std::string(const net::Endpoint&)> client);
  core::Task<std::string> words();

 private:
  core::TaskGroup group_;
  std::string said_;
};

// Client and server.
core::Task<std::pair<std::unique_ptr<net::Stream>, std::unique_ptr<net::Stream>>> pair_of(Host& host, bool is_tls);

core::Task<void> send_pattern(net::Stream* stream, std::size_t bytes, bool* is_done);
core::Task<bool> receives_pattern(net::Stream& stream, std::size_t bytes);
// What one read brings; words_of() says what went wrong instead.
core::Task<core::Result<std::string>> read_text(net::Stream& stream, core::Duration how = std::chrono::seconds(5));
core::Task<std::string> words_of(net::Stream& stream);

}  // namespace postern::test
