#include "net/stream.h"

#include <linux/sockios.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <optional>

#include "core/errc.h"
#include "net/acknowledged.h"
#include "net/errc.h"
#include "net/tcp_stream.h"

namespace postern::net {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using tcp = asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kDiscardBytesMax = 64 * 1024;

IpAddress to_address(const asio::ip::address& address) { return IpAddress(address); }

// A socket, its TLS session when there is one, and one timer for all deadlines. Shared with the timer's handler and
// the farewell of TLS only.
struct Connection {
  Connection(tcp::socket connected, core::Clock& the_clock)
      : socket(std::move(connected)), clock(the_clock), timer(socket.get_executor()) {}

  tcp::socket socket;
  core::Clock& clock;
  asio::steady_timer timer;
  std::optional<ssl::stream<tcp::socket&>> tls;
  bool has_handshaken = false;
  bool has_timed_out = false;        // no more reads
  bool write_has_timed_out = false;  // no more writes either; a read that timed out leaves room for a last reply
  // Deadlines of the outstanding read, write and handshake; never when none is outstanding.
  std::array<core::Deadline, 2> outstanding{};
  core::Deadline armed;  // when the timer fires next; never when it is not armed
};

enum Direction : std::size_t { kReading = 0, kWriting = 1 };

core::Deadline earliest(const Connection& connection) {
  return connection.outstanding[kReading].earlier_of(connection.outstanding[kWriting]);
}

void arm(const std::shared_ptr<Connection>& connection, core::Deadline at) {
  // A floor keeps a clock that stands still (tests) from spinning the timer.
  constexpr core::Duration kFloor = std::chrono::milliseconds(1);
  connection->armed = at;
  connection->timer.expires_after(std::max(at.left(connection->clock), kFloor));
  connection->timer.async_wait([weak = std::weak_ptr(connection)](error_code code) {
    const auto self = weak.lock();
    if (code || !self) return;
    self->armed = core::Deadline::never();
    const core::Deadline next = earliest(*self);
    if (next.is_never()) return;  // idle: the next operation arms again
    if (!next.has_passed(self->clock)) {
      arm(self, next);
      return;
    }
    self->has_timed_out = true;
    self->write_has_timed_out = self->outstanding[kWriting].has_passed(self->clock);
    error_code ignored;
    self->socket.cancel(ignored);
  });
}

// Holds an operation's deadline while it is outstanding. The timer is touched only when it would fire too late: a
// session of many short operations under one far deadline arms it once.
class DeadlineScope {
 public:
  DeadlineScope(std::shared_ptr<Connection> connection, Direction direction, core::Deadline by)
      : connection_(std::move(connection)), direction_(direction) {
    connection_->outstanding[direction_] = by;
    if (!by.is_never() && by.at() < connection_->armed.at()) arm(connection_, by);
  }
  ~DeadlineScope() { connection_->outstanding[direction_] = core::Deadline::never(); }
  DeadlineScope(const DeadlineScope&) = delete;

 private:
  std::shared_ptr<Connection> connection_;
  Direction direction_;
};

core::Error to_error(const Connection& connection, error_code code, const char* what) {
  if (connection.has_timed_out) return core::fail_transient(core::Errc::kTimedOut, what);
  if (code == asio::error::operation_aborted) return core::fail_transient(core::Errc::kCancelled, what);
  const bool has_ended = code == asio::error::eof || code == asio::error::connection_reset ||
                         code == asio::error::broken_pipe || code == asio::error::bad_descriptor ||
                         code == asio::error::not_connected || code == ssl::error::stream_truncated;
  if (has_ended) return core::fail(Errc::kClosed, what);
  if (connection.tls) return core::fail_transient(Errc::kTls, std::string(what) + ": " + code.message());
  return core::fail(Errc::kClosed, std::string(what) + ": " + code.message());
}

// Names the host, and what it has to prove (RFC 7672); false when nothing of it can be used.
bool demand_dane(SSL* session, const Dane& dane, const std::string& host) {
  if (SSL_dane_enable(session, host.c_str()) != 1) return false;
  SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  for (const std::string& name : dane.names) {
    if (name != host && SSL_add1_host(session, name.c_str()) != 1) return false;
  }
  bool has_any = false;
  for (const TlsaRecord& each : dane.records) {
    const auto* const data = reinterpret_cast<const unsigned char*>(each.data.data());
    has_any = SSL_dane_tlsa_add(session, each.usage, each.selector, each.matching, data, each.data.size()) == 1 || has_any;
  }
  return has_any;
}

class TcpStream final : public Stream {
 public:
  TcpStream(tcp::socket socket, core::Clock& clock)
      : connection_(std::make_shared<Connection>(std::move(socket), clock)) {
    error_code ignored;
    connection_->socket.set_option(tcp::no_delay(true), ignored);
    const auto remote = connection_->socket.remote_endpoint(ignored);
    const auto local = connection_->socket.local_endpoint(ignored);
    remote_ = {to_address(remote.address()), remote.port()};
    local_ = {to_address(local.address()), local.port()};
  }
  ~TcpStream() override { close(); }

  asio::any_io_executor executor() override { return connection_->socket.get_executor(); }
  core::Task<core::Result<std::size_t>> read_some(std::span<char> into, core::Deadline by) override;
  core::Task<core::Result<void>> write_all(std::string_view bytes, core::Deadline by) override;
  core::Task<core::Result<void>> start_tls_server(std::shared_ptr<const TlsContext> context,
                                                  core::Deadline by) override;
  core::Task<core::Result<void>> start_tls_client(std::shared_ptr<const TlsContext> context, std::string host,
                                                  core::Deadline by) override;
  bool is_tls() const override { return connection_->has_handshaken; }
  TlsInfo tls_info() const override;
  Endpoint remote() const override { return remote_; }
  Endpoint local() const override { return local_; }
  bool has_pending_input() override;
  void close() override;
  std::optional<std::size_t> unacknowledged() {
    int count = 0;
    if (!connection_->socket.is_open() || ::ioctl(connection_->socket.native_handle(), SIOCOUTQ, &count) != 0) return std::nullopt;
    return static_cast<std::size_t>(count);
  }

 private:
  core::Task<core::Result<void>> handshake(ssl::stream_base::handshake_type side, core::Deadline by);

  std::shared_ptr<Connection> connection_;
  Endpoint remote_;
  Endpoint local_;
};

core::Task<core::Result<std::size_t>> TcpStream::read_some(std::span<char> into, core::Deadline by) {
  const auto connection = connection_;
  if (connection->has_timed_out || by.has_passed(connection->clock)) {
    co_return core::fail_transient(core::Errc::kTimedOut, "read");
  }
  DeadlineScope scope(connection, kReading, by);
  const auto buffer = asio::buffer(into.data(), into.size());
  error_code code;
  std::size_t count = 0;
  if (connection->tls) {
    std::tie(code, count) = co_await connection->tls->async_read_some(buffer, core::kTuple);
  } else {
    std::tie(code, count) = co_await connection->socket.async_read_some(buffer, core::kTuple);
  }
  if (code) co_return to_error(*connection, code, "read");
  co_return count;
}

core::Task<core::Result<void>> TcpStream::write_all(std::string_view bytes, core::Deadline by) {
  const auto connection = connection_;
  if (connection->write_has_timed_out || by.has_passed(connection->clock)) {
    co_return core::fail_transient(core::Errc::kTimedOut, "write");
  }
  DeadlineScope scope(connection, kWriting, by);
  const auto buffer = asio::buffer(bytes.data(), bytes.size());
  error_code code;
  std::size_t count = 0;
  if (connection->tls) {
    std::tie(code, count) = co_await asio::async_write(*connection->tls, buffer, core::kTuple);
  } else {
    std::tie(code, count) = co_await asio::async_write(connection->socket, buffer, core::kTuple);
  }
  if (code) co_return to_error(*connection, code, "write");
  co_return core::Result<void>();
}

core::Task<core::Result<void>> TcpStream::handshake(ssl::stream_base::handshake_type side, core::Deadline by) {
  const auto connection = connection_;
  if (connection->has_timed_out || by.has_passed(connection->clock)) {
    co_return core::fail_transient(core::Errc::kTimedOut, "handshake");
  }
  DeadlineScope scope(connection, kReading, by);
  error_code code;
  std::tie(code) = co_await connection->tls->async_handshake(side, core::kTuple);
  if (code) co_return to_error(*connection, code, "handshake");
  connection->has_handshaken = true;
  co_return core::Result<void>();
}

core::Task<core::Result<void>> TcpStream::start_tls_server(std::shared_ptr<const TlsContext> context,
                                                           core::Deadline by) {
  if (connection_->tls) co_return core::fail(Errc::kTls, "already encrypted");
  SSL* session = SSL_new(context->native());
  if (session == nullptr) co_return core::fail_transient(Errc::kTls, "no memory");
  connection_->tls.emplace(connection_->socket, session);  // owns the session, which holds the context
  co_return co_await handshake(ssl::stream_base::server, by);
}

core::Task<core::Result<void>> TcpStream::start_tls_client(std::shared_ptr<const TlsContext> context, std::string host,
                                                           core::Deadline by) {
  if (connection_->tls) co_return core::fail(Errc::kTls, "already encrypted");
  const bool must_verify = (SSL_CTX_get_verify_mode(context->native()) & SSL_VERIFY_PEER) != 0;
  if (must_verify && host.empty()) co_return core::fail(Errc::kTls, "no name to verify");
  SSL* session = SSL_new(context->native());
  if (session == nullptr) co_return core::fail_transient(Errc::kTls, "no memory");
  connection_->tls.emplace(connection_->socket, session);
  const bool is_address = IpAddress::parse(host).has_value();
  bool is_set = true;
  // Server name indication holds host names only (RFC 6066 section 3).
  if (context->dane() != nullptr) {
    if (!demand_dane(session, *context->dane(), host)) co_return core::fail(Errc::kTls, "unusable TLSA records");
    co_return co_await handshake(ssl::stream_base::client, by);
  }
  if (!host.empty() && !is_address) is_set = SSL_set_tlsext_host_name(session, host.c_str()) == 1;
  if (must_verify && is_address) {
    is_set = is_set && X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1;
  } else if (must_verify) {
    SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    is_set = is_set && SSL_set1_host(session, host.c_str()) == 1;
  }
  if (!is_set) co_return core::fail(Errc::kTls, "unusable host name");
  co_return co_await handshake(ssl::stream_base::client, by);
}

TlsInfo TcpStream::tls_info() const {
  TlsInfo info;
  if (!connection_->has_handshaken) return info;
  SSL* session = connection_->tls->native_handle();
  info.version = SSL_get_version(session);
  info.cipher = SSL_get_cipher_name(session);
  info.resumed = SSL_session_reused(session) == 1;
  info.peer_verified = (SSL_get_verify_mode(session) & SSL_VERIFY_PEER) != 0 &&
                       SSL_get0_peer_certificate(session) != nullptr && SSL_get_verify_result(session) == X509_V_OK;
  const unsigned char* protocol = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(session, &protocol, &length);
  info.alpn.assign(protocol, protocol + length);
  return info;
}

bool TcpStream::has_pending_input() {
  if (connection_->has_handshaken) {
    SSL* session = connection_->tls->native_handle();
    if (SSL_has_pending(session) == 1 || BIO_ctrl_pending(SSL_get_rbio(session)) > 0) return true;
  }
  error_code ignored;
  return connection_->socket.available(ignored) > 0;
}

void TcpStream::close() {
  Connection& connection = *connection_;
  if (!connection.socket.is_open()) return;
  connection.timer.cancel();
  const bool is_idle = connection.outstanding[kWriting].is_never();
  if (connection.has_handshaken && !connection.has_timed_out && is_idle) {
    // Starting the shutdown sends close_notify at once when the socket has room; closing the socket below ends the
    // wait for the peer's.
    connection.tls->async_shutdown([keep = connection_](error_code) {});
  }
  error_code ignored;
  connection.socket.shutdown(tcp::socket::shutdown_send, ignored);
  // Closing with unread input sends RST, which can destroy our last reply on its way: discard what is here.
  connection.socket.non_blocking(true, ignored);
  std::array<char, 4096> discarded;
  for (std::size_t total = 0; total < kDiscardBytesMax;) {
    error_code code;
    const std::size_t count = connection.socket.read_some(asio::buffer(discarded), code);
    if (code || count == 0) break;
    total += count;
  }
  connection.socket.close(ignored);
}

}  // namespace

std::optional<std::size_t> unacknowledged_bytes(Stream& stream) {
  auto* const tcp_stream = dynamic_cast<TcpStream*>(&stream);
  return tcp_stream == nullptr ? std::nullopt : tcp_stream->unacknowledged();
}

std::unique_ptr<Stream> make_tcp_stream(tcp::socket socket, core::Clock& clock) {
  return std::make_unique<TcpStream>(std::move(socket), clock);
}

core::Task<core::Result<std::unique_ptr<Stream>>> connect_tcp(Endpoint to, core::Deadline by, core::Clock& clock,
                                                              IpAddress bind_to) {
  if (by.has_passed(clock)) co_return core::fail_transient(core::Errc::kTimedOut, "connect");
  const auto executor = co_await asio::this_coro::executor;
  auto connection = std::make_shared<Connection>(tcp::socket(executor), clock);
  const tcp::endpoint target(to.address.asio(), to.port);
  error_code code;
  connection->socket.open(target.protocol(), code);
  if (!code && !bind_to.asio().is_unspecified() && bind_to.is_v4() == to.address.is_v4()) {
    connection->socket.bind(tcp::endpoint(bind_to.asio(), 0), code);
  }
  if (code) co_return core::fail_transient(Errc::kConnect, to.to_string() + ": " + code.message());
  {
    DeadlineScope scope(connection, kWriting, by);
    std::tie(code) = co_await connection->socket.async_connect(target, core::kTuple);
  }
  if (connection->has_timed_out) co_return core::fail_transient(core::Errc::kTimedOut, "connect " + to.to_string());
  if (code) co_return core::fail_transient(Errc::kConnect, to.to_string() + ": " + code.message());
  connection->timer.cancel();
  co_return make_tcp_stream(std::move(connection->socket), clock);
}

}  // namespace postern::net
