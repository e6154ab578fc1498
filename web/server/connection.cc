#include "web/server/connection.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <exception>
#include <typeinfo>

#include "core/errc.h"
#include "core/log.h"
#include "core/secret.h"
#include "net/errc.h"
#include "web/errc.h"
#include "web/server/client_address.h"
#include "web/server/problem.h"
#include "web/server/security_headers.h"

namespace postern::web {

using core::Deadline;

// Touched on the stream's strand only; the drain callback posts to it.
struct Connection::Idle {
  net::Stream* stream = nullptr;
  bool is_idle = false;
};

Connection::Connection(std::unique_ptr<net::Stream> stream, ServerShare& share, Application& application)
    : stream_(std::move(stream)),
      share_(share),
      application_(application),
      parser_(share.options),
      incoming_(std::size_t{16} << 10U, '\0'),
      idle_(std::make_shared<Idle>()) {
  idle_->stream = stream_.get();
  auto close_if_idle = [idle = idle_] {
    if (idle->is_idle && idle->stream != nullptr) idle->stream->close();
  };
  auto wake = [executor = stream_->executor(), close_if_idle] { boost::asio::post(executor, close_if_idle); };
  drain_handle_ = share_.drain.on_drain(std::move(wake));
}

Connection::~Connection() {
  idle_->stream = nullptr;
  release_body();
}

void Connection::release_body() { share_.body_bytes.fetch_sub(std::exchange(reserved_, 0)); }

core::Task<core::Result<void>> Connection::fill(Deadline by) {
  std::span<char> into(incoming_.data(), incoming_.size());
  POSTERN_CO_TRY(std::size_t got, co_await stream_->read_some(into, by));
  buffer_.append(incoming_, 0, got);
  core::wipe(incoming_.data(), got);
  co_return core::Result<void>();
}

core::Task<core::Result<Connection::Next>> Connection::read_head() {
  if (buffer_.empty()) {
    idle_->is_idle = true;
    if (share_.drain.is_draining()) co_return Next::kClose;
    core::Result<void> first = co_await fill(Deadline::after(share_.options.idle_max, share_.clock));
    idle_->is_idle = false;
    if (!first) co_return Next::kClose;
  }
  Deadline by = Deadline::after(share_.options.head_time_max, share_.clock);
  for (;;) {
    POSTERN_CO_TRY(bool complete, parser_.parse_head(buffer_));
    if (complete) co_return Next::kAnswer;
    core::Result<void> more = co_await fill(by);
    if (!more && more.error() == core::Errc::kTimedOut) co_return core::fail(Errc::kTimeout);
    if (!more) co_return Next::kClose;
  }
}

core::Task<core::Result<void>> Connection::read_body(std::size_t bytes_max) {
  const WebOptions& options = share_.options;
  if (body_done_) co_return core::Result<void>();
  if (request().content_length > bytes_max) co_return core::fail(Errc::kBodyTooLarge);
  // A chunked body may turn out to be as large as the route allows: it reserves that.
  std::size_t reserve = request().is_chunked ? bytes_max : static_cast<std::size_t>(request().content_length);
  reserved_ += reserve;
  if (share_.body_bytes.fetch_add(reserve) + reserve > options.body_bytes_in_flight_max) {
    co_return core::fail_transient(Errc::kUnavailable, "request bodies");
  }
  Deadline by = Deadline::after(options.body_time_max, share_.clock);
  if (request().expects_continue && buffer_.empty()) {
    POSTERN_CO_CHECK(co_await stream_->write_all("HTTP/1.1 100 Continue\r\n\r\n", by));
  }
  for (;;) {
    POSTERN_CO_TRY(bool complete, parser_.parse_body(buffer_, bytes_max));
    if (complete) break;
    core::Result<void> more = co_await fill(by);
    if (!more && more.error() == core::Errc::kTimedOut) co_return core::fail(Errc::kTimeout);
    if (!more) co_return more.error();
  }
  body_done_ = true;
  co_return core::Result<void>();
}

std::string Connection::head_of(const Response& response, bool keep_alive) const {
  bool bodiless = response.status == 204 || response.status == 304;
  std::string head = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status, reason_phrase(response.status),
                                 to_http_date(share_.clock.wall_now()));
  for (const Field& each : response.fields) {
    // Header injection cannot happen: a value with a control character is left out.
    bool clean = each.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
    if (clean) head += fmt::format("{}: {}\r\n", each.name, each.value);
  }
  if (response.stream) {
    head += parser_.is_http_1_0() ? "" : "Transfer-Encoding: chunked\r\n";
  } else if (!bodiless) {
    head += fmt::format("Content-Length: {}\r\n", response.body.size());
  }
  head += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return head;
}

core::Task<core::Result<void>> Connection::write(std::string chunk) {
  if (chunk.empty()) co_return core::Result<void>();
  std::string framed = parser_.is_http_1_0() ? std::move(chunk) : fmt::format("{:x}\r\n{}\r\n", chunk.size(), chunk);
  co_return co_await stream_->write_all(framed, Deadline::after(share_.options.write_time_max, share_.clock));
}

core::Task<core::Result<void>> Connection::send(Response& response, bool keep_alive) {
  std::string head = head_of(response, keep_alive);
  Deadline by = Deadline::after(share_.options.write_time_max, share_.clock);
  bool has_body = request().verb != Verb::kHead && !response.stream && response.status != 204 && response.status != 304;
  if (has_body && response.body.size() < (std::size_t{64} << 10U)) {
    head += response.body;
    has_body = false;
  }
  POSTERN_CO_CHECK(co_await stream_->write_all(head, by));
  if (has_body) POSTERN_CO_CHECK(co_await stream_->write_all(response.body, by));
  if (!response.stream || request().verb == Verb::kHead) co_return core::Result<void>();
  co_await response.stream(*this);
  if (!parser_.is_http_1_0()) POSTERN_CO_CHECK(co_await stream_->write_all("0\r\n\r\n", by));
  co_return core::Result<void>();
}

core::Task<Response> Connection::respond_safely() {
  std::exception_ptr failure;
  try {
    co_return co_await application_.respond(*this);
  } catch (...) {
    failure = std::current_exception();
  }
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::asio::error::operation_aborted) throw;  // cancellation is not an error
    core::log::error("web.request_failed", {{"request", request().id}, {"what", error.code().message()}});
  } catch (const std::exception& error) {
    core::log::error("web.request_failed", {{"request", request().id}, {"what", typeid(error).name()}});  // what() may quote content
  }
  Response response = problem_response(core::fail(Errc::kInternal), request());
  response.must_close = true;
  co_return response;
}

core::Task<bool> Connection::serve_one() {
  core::Result<Next> head = co_await read_head();
  if (head && *head == Next::kClose) co_return false;
  request().id = core::to_base32(share_.ids.next());
  request().is_tls = stream_->is_tls();
  core::Result<net::IpAddress> client = stream_->remote().address;
  if (head) client = client_address(stream_->remote().address, request(), share_.options.proxy_peers);
  if (!client) head = client.error();
  request().client_ip = (client ? *client : stream_->remote().address).to_string();
  body_done_ = !head || !request().has_body();
  Response response;
  if (head) {
    response = co_await respond_safely();
  } else {
    response = problem_response(head.error(), request());
  }
  add_security_headers(request(), response, share_.options);
  bool keep_alive = head.has_value() && body_done_ && !request().wants_close && !response.must_close &&
                    !share_.drain.is_draining() && ++served_ < share_.options.requests_per_connection_max &&
                    !(response.stream && parser_.is_http_1_0());
  core::Result<void> sent = co_await send(response, keep_alive);
  core::wipe(request().body.data(), request().body.size());  // typed text before its redaction
  release_body();
  if (!sent) co_return false;
  if (!keep_alive && (!head || !body_done_)) co_await linger();
  co_return keep_alive;
}

// A close with unread input makes the system send RST, which may destroy our answer before the peer has read it.
core::Task<void> Connection::linger() {
  Deadline by = Deadline::after(share_.options.linger_max, share_.clock);
  std::size_t seen = 0;
  while (seen < share_.options.linger_bytes_max) {
    std::span<char> into(incoming_.data(), incoming_.size());
    core::Result<std::size_t> got = co_await stream_->read_some(into, by);
    if (!got) break;
    seen += *got;
  }
}

core::Task<void> Connection::run() {
  bool go_on = true;
  while (go_on) go_on = co_await serve_one();
  idle_->stream = nullptr;
  stream_->close();
}

}  // namespace postern::web
