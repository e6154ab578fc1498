#include "net/stream.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>

#include "core/errc.h"
#include "net/acknowledged.h"
#include "net/errc.h"
#include "net/tcp_stream.h"
#include "net/tls_session.h"

namespace postern::net {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kDiscardBytesMax = 64 * 1024;
// Operations that may end without waiting, and bytes written at once, before others of the thread have their turn.
constexpr unsigned kTurn = 32;
constexpr std::size_t kWriteTurnBytes = 256 * 1024;

IpAddress to_address(const asio::ip::address& address) { return IpAddress(address); }

// A socket, its TLS session when there is one, and one timer for all deadlines. Shared with outstanding operations.
struct Connection {
  Connection(tcp::socket connected, core::Clock& the_clock)
      : socket(std::move(connected)), clock(the_clock), timer(socket.get_executor()) {}

  tcp::socket socket;
  core::Clock& clock;
  asio::steady_timer timer;
  std::unique_ptr<TlsSession> tls;
  unsigned turn = 0;                 // operations since the last one that waited
  unsigned expiries = 0;             // how often a deadline has broken off every wait
  bool is_flushing = false;          // something waits for room for what TLS holds
  bool is_read_waiting = false;      // for the socket
  unsigned across = 0;               // tries of a write that waits for what is to be read
  bool has_timed_out = false;        // no more reads
  bool write_has_timed_out = false;  // no more writes either; a read that timed out leaves room for a last reply
  // Deadlines of the waiting read, write and handshake; never when none waits.
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
    const core::Deadline of_write = self->outstanding[kWriting];
    self->has_timed_out = true;
    self->write_has_timed_out = self->write_has_timed_out || of_write.has_passed(self->clock);
    ++self->expiries;
    error_code ignored;
    self->socket.cancel(ignored);
    // A write with time left goes on waiting and has no other timer.
    if (!self->write_has_timed_out && !of_write.is_never()) arm(self, of_write);
  });
}

// Holds an operation's deadline while it waits. The timer is touched only when it would fire too late: a session of
// many short operations under one far deadline arms it once.
class DeadlineScope {
 public:
  DeadlineScope(const std::shared_ptr<Connection>& connection, Direction direction, core::Deadline by)
      : deadline_(connection->outstanding[direction]) {  // the caller keeps the connection
    deadline_ = by;
    if (!by.is_never() && by.at() < connection->armed.at()) arm(connection, by);
  }
  ~DeadlineScope() { deadline_ = core::Deadline::never(); }
  DeadlineScope(const DeadlineScope&) = delete;

 private:
  core::Deadline& deadline_;
};

bool is_too_late(const Connection& connection, Direction direction) {
  return direction == kReading ? connection.has_timed_out : connection.write_has_timed_out;
}

core::Error to_error(const Connection& connection, Direction direction, error_code code, const char* what) {
  if (is_too_late(connection, direction)) return core::fail_transient(core::Errc::kTimedOut, what);
  if (code == asio::error::operation_aborted) return core::fail_transient(core::Errc::kCancelled, what);
  const bool has_ended = code == asio::error::eof || code == asio::error::connection_reset ||
                         code == asio::error::broken_pipe || code == asio::error::bad_descriptor ||
                         code == asio::error::not_connected;
  if (has_ended) return core::fail(Errc::kClosed, what);
  if (connection.tls) return core::fail_transient(Errc::kTls, std::string(what) + ": " + code.message());
  return core::fail(Errc::kClosed, std::string(what) + ": " + code.message());
}

// What a wait for the socket came to; success: the operation is tried again. A deadline breaks off every wait, also
// that of an operation which has still time, and ends those that never wait for long.
error_code after_wait(const Connection& connection, Direction direction, unsigned expiries, error_code code) {
  if (is_too_late(connection, direction)) return asio::error::operation_aborted;
  const bool was_anothers = connection.expiries != expiries && connection.socket.is_open();
  return code == asio::error::operation_aborted && was_anothers ? error_code() : code;
}

Attempt attempt_of(Attempt::Outcome if_blocked, error_code code, std::size_t bytes) {
  if (!code) return {Attempt::Outcome::kDone, bytes, {}};
  const bool is_blocked = code == asio::error::would_block || code == asio::error::try_again;
  return {is_blocked ? if_blocked : Attempt::Outcome::kFailed, 0, code};
}

Attempt try_read(Connection& connection, std::span<char> into) {
  if (connection.tls) return connection.tls->read(into);
  error_code code;
  const std::size_t count = connection.socket.read_some(asio::buffer(into.data(), into.size()), code);
  return attempt_of(Attempt::Outcome::kWantsRead, code, count);
}

// Takes what went out off `bytes`, until nothing is left, no more goes or others have their turn.
Attempt try_write(Connection& connection, std::string_view& bytes) {
  const std::size_t stop = bytes.size() - std::min(bytes.size(), kWriteTurnBytes);
  while (bytes.size() > stop) {
    Attempt attempt;
    if (connection.tls) {
      attempt = connection.tls->write(bytes);
    } else {
      error_code code;
      const std::size_t count = connection.socket.write_some(asio::buffer(bytes.data(), bytes.size()), code);
      attempt = attempt_of(Attempt::Outcome::kWantsWrite, code, count);
    }
    if (!attempt.is_done()) return attempt;
    bytes.remove_prefix(attempt.bytes);
  }
  if (!bytes.empty()) return {Attempt::Outcome::kWantsWrite, 0, {}};
  return connection.tls ? connection.tls->flush() : Attempt();
}

// What a read made TLS say (an answer to a key update) goes out although nobody writes.
void flush_beside(const std::shared_ptr<Connection>& connection) {
  const bool is_writing = !connection->outstanding[kWriting].is_never();
  if (!connection->tls || !connection->tls->holds_any() || is_writing || connection->is_flushing) return;
  connection->is_flushing = true;
  connection->socket.async_wait(tcp::socket::wait_write, [weak = std::weak_ptr(connection)](error_code) {
    const auto self = weak.lock();
    if (!self) return;
    self->is_flushing = false;
    if (!self->socket.is_open() || self->write_has_timed_out || self->tls->flush().has_failed()) return;
    flush_beside(self);
  });
}

// Waits until the operation is worth another try. What a write waits to be read may be read by the read beside it, of which
// the socket says nothing: it is tried again after a while, longer each time. Next to no session ever needs that.
core::Task<error_code> wait_for(const std::shared_ptr<Connection>& connection, Direction direction, const Attempt& attempt) {
  constexpr auto kFirst = std::chrono::milliseconds(2);
  constexpr unsigned kDoublingsMax = 7;
  const bool wants_read = attempt.outcome == Attempt::Outcome::kWantsRead;
  const unsigned expiries = connection->expiries;
  error_code code;
  if (direction == kWriting && wants_read) {
    asio::steady_timer again(connection->socket.get_executor(), kFirst * (1U << std::min(connection->across, kDoublingsMax)));
    ++connection->across;
    std::tie(code) = co_await again.async_wait(core::kTuple);
  } else {
    connection->is_read_waiting = direction == kReading || connection->is_read_waiting;
    std::tie(code) = co_await connection->socket.async_wait(wants_read ? tcp::socket::wait_read : tcp::socket::wait_write, core::kTuple);
    if (direction == kReading) connection->is_read_waiting = false;
  }
  connection->turn = 0;
  co_return after_wait(*connection, direction, expiries, code);
}

// A write may have read what the read beside it waits for: the socket will not tell it.
void wake_read(Connection& connection) {
  if (!connection.tls || !connection.is_read_waiting || !connection.tls->has_pending()) return;
  ++connection.expiries;  // every wait is broken off, and goes on where it has time left
  error_code ignored;
  connection.socket.cancel(ignored);
}

class TcpStream final : public Stream {
 public:
  TcpStream(tcp::socket socket, core::Clock& clock)
      : connection_(std::make_shared<Connection>(std::move(socket), clock)) {
    error_code ignored;
    connection_->socket.set_option(tcp::no_delay(true), ignored);
    connection_->socket.non_blocking(true, ignored);
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
  bool is_tls() const override { return connection_->tls && connection_->tls->is_established(); }
  TlsInfo tls_info() const override { return connection_->tls ? connection_->tls->info() : TlsInfo(); }
  Endpoint remote() const override { return remote_; }
  Endpoint local() const override { return local_; }
  bool has_pending_input() override;
  void close() override;
  std::optional<std::size_t> unacknowledged() {
    int count = 0;
    if (!connection_->socket.is_open() || ::ioctl(connection_->socket.native_handle(), SIOCOUTQ, &count) != 0)
      return std::nullopt;
    return static_cast<std::size_t>(count);
  }

 private:
  core::Task<core::Result<void>> handshake(core::Deadline by);

  std::shared_ptr<Connection> connection_;
  Endpoint remote_;
  Endpoint local_;
};

core::Task<core::Result<std::size_t>> TcpStream::read_some(std::span<char> into, core::Deadline by) {
  const auto connection = connection_;
  if (++connection->turn > kTurn) {
    connection->turn = 0;
    co_await asio::post(core::kTuple);
  }
  if (connection->has_timed_out || by.has_passed(connection->clock)) {
    co_return core::fail_transient(core::Errc::kTimedOut, "read");
  }
  Attempt attempt = try_read(*connection, into);
  if (attempt.is_done()) co_return attempt.bytes;
  DeadlineScope scope(connection, kReading, by);
  while (!attempt.is_done()) {
    if (attempt.has_failed()) co_return to_error(*connection, kReading, attempt.code, "read");
    flush_beside(connection);
    const error_code code = co_await wait_for(connection, kReading, attempt);
    if (code) co_return to_error(*connection, kReading, code, "read");
    attempt = try_read(*connection, into);
  }
  co_return attempt.bytes;
}

core::Task<core::Result<void>> TcpStream::write_all(std::string_view bytes, core::Deadline by) {
  const auto connection = connection_;
  if (++connection->turn > kTurn) {
    connection->turn = 0;
    co_await asio::post(core::kTuple);
  }
  if (connection->write_has_timed_out || by.has_passed(connection->clock)) {
    co_return core::fail_transient(core::Errc::kTimedOut, "write");
  }
  Attempt attempt = try_write(*connection, bytes);
  wake_read(*connection);
  if (attempt.is_done()) co_return core::Result<void>();
  DeadlineScope scope(connection, kWriting, by);
  connection->across = 0;
  while (!attempt.is_done()) {
    if (attempt.has_failed()) co_return to_error(*connection, kWriting, attempt.code, "write");
    const error_code code = co_await wait_for(connection, kWriting, attempt);
    if (code) co_return to_error(*connection, kWriting, code, "write");
    attempt = try_write(*connection, bytes);
    wake_read(*connection);
  }
  co_return core::Result<void>();
}

core::Task<core::Result<void>> TcpStream::handshake(core::Deadline by) {
  const auto connection = connection_;
  if (connection->has_timed_out || by.has_passed(connection->clock)) {
    co_return core::fail_transient(core::Errc::kTimedOut, "handshake");
  }
  DeadlineScope scope(connection, kReading, by);
  for (;;) {
    const Attempt attempt = connection->tls->handshake();
    if (attempt.is_done()) co_return core::Result<void>();
    if (attempt.has_failed()) {
      const std::string problem = connection->tls->certificate_problem();
      if (!problem.empty()) co_return core::fail_transient(Errc::kTls, "certificate: " + problem);
      co_return to_error(*connection, kReading, attempt.code, "handshake");
    }
    const error_code code = co_await wait_for(connection, kReading, attempt);
    if (code) co_return to_error(*connection, kReading, code, "handshake");
  }
}

core::Task<core::Result<void>> TcpStream::start_tls_server(std::shared_ptr<const TlsContext> context,
                                                           core::Deadline by) {
  if (connection_->tls) co_return core::fail(Errc::kTls, "already encrypted");
  connection_->tls = TlsSession::create(*context, connection_->socket, TlsSession::Side::kServer);
  if (!connection_->tls) co_return core::fail_transient(Errc::kTls, "no memory");
  co_return co_await handshake(by);
}

core::Task<core::Result<void>> TcpStream::start_tls_client(std::shared_ptr<const TlsContext> context, std::string host,
                                                           core::Deadline by) {
  if (connection_->tls) co_return core::fail(Errc::kTls, "already encrypted");
  connection_->tls = TlsSession::create(*context, connection_->socket, TlsSession::Side::kClient);
  if (!connection_->tls) co_return core::fail_transient(Errc::kTls, "no memory");
  POSTERN_CO_CHECK(connection_->tls->expect(*context, host));
  co_return co_await handshake(by);
}

bool TcpStream::has_pending_input() {
  if (is_tls() && connection_->tls->has_pending()) return true;
  error_code ignored;
  return connection_->socket.available(ignored) > 0;
}

void TcpStream::close() {
  Connection& connection = *connection_;
  if (!connection.socket.is_open()) return;
  connection.timer.cancel();
  // An answer that was broken off must not look as if it had ended.
  const bool is_whole = !connection.write_has_timed_out && connection.outstanding[kWriting].is_never();
  if (connection.tls && is_whole) connection.tls->say_goodbye();
  error_code ignored;
  connection.socket.shutdown(tcp::socket::shutdown_send, ignored);
  // Closing with unread input sends RST, which can destroy our last reply on its way: discard what is here.
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
