#include "app/control.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <istream>

#include "app/error_words.h"
#include "app/offline.h"
#include "core/errc.h"
#include "core/log.h"

namespace postern::app {

namespace asio = boost::asio;
using Unix = asio::local::stream_protocol;

struct ControlServer::State {
  State(asio::io_context& the_io, std::filesystem::path path, core::Clock& the_clock, ControlLimits the_limits)
      : io(the_io), strand(asio::make_strand(the_io)), acceptor(strand), at(std::move(path)), clock(the_clock),
        limits(the_limits), tasks("control", the_clock) {}
  asio::io_context& io;
  asio::strand<asio::io_context::executor_type> strand;
  Unix::acceptor acceptor;  // used on the strand only
  std::filesystem::path at;
  core::Clock& clock;
  ControlLimits limits;
  std::atomic<bool> is_stopping{false};
  ControlHandler handler;
  core::TaskGroup tasks;
};

namespace {

using asio::experimental::awaitable_operators::operator||;

constexpr core::Duration kBackOff = std::chrono::milliseconds(100);  // after EMFILE and its kin: retrying at once spins

bool fits_an_address(const std::filesystem::path& at) { return at.string().size() < sizeof(sockaddr_un::sun_path); }

std::string take_line(asio::streambuf& buffer) {
  std::string line;
  std::istream input(&buffer);
  std::getline(input, line);
  return line;
}

// The file mode keeps strangers out; this also keeps out a process that inherited the folder's group.
bool is_allowed_peer(Unix::socket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == 0 || peer.uid == ::geteuid();
}

std::string answer_line(const core::Result<Json>& answer) {
  Json out = answer ? *answer : Json(JsonObject{{"error", in_words(answer.error())}});
  return boost::json::serialize(out) + "\n";
}

core::Task<core::Result<Json>> run_request(ControlHandler& handler, std::string line) {
  boost::system::error_code wrong;
  Json request = boost::json::parse(line, wrong);
  if (wrong) co_return core::fail(core::Errc::kInvalid, "not JSON");
  std::string failure;
  try {
    co_return co_await handler(std::move(request));
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;
    failure = error.code().message();
  } catch (const std::exception&) {
    failure = "the request could not be understood";
  }
  co_return core::fail(core::Errc::kInvalid, std::move(failure));
}

core::Task<bool> read_line(Unix::socket& socket, asio::streambuf& buffer) {
  auto [ec, size] = co_await asio::async_read_until(socket, buffer, '\n', core::kTuple);
  co_return !ec;
}

core::Task<bool> write_line(Unix::socket& socket, std::string line) {
  auto [ec, size] = co_await asio::async_write(socket, asio::buffer(line), core::kTuple);
  co_return !ec;
}

// False also when the time is up.
core::Task<bool> in_time(core::Task<bool> work, core::Clock& clock, core::Duration most) {
  const auto ended = co_await (std::move(work) || clock.sleep_for(most));
  co_return ended.index() == 0 && std::get<0>(ended);
}

template <class State>
core::Task<void> serve_one(std::shared_ptr<Unix::socket> socket, State& state) {
  if (!is_allowed_peer(*socket)) {
    core::log::warn("control.refused");
    co_return;
  }
  asio::streambuf buffer(state.limits.line_bytes_max);
  for (;;) {
    if (!co_await in_time(read_line(*socket, buffer), state.clock, state.limits.time_max)) co_return;
    const core::Result<Json> answer = co_await run_request(state.handler, take_line(buffer));
    if (!co_await in_time(write_line(*socket, answer_line(answer)), state.clock, state.limits.time_max)) co_return;
  }
}

// One connection or one failure.
template <class State>
core::Task<void> accept_one(State& state) {
  Unix::socket socket{asio::any_io_executor(asio::make_strand(state.io))};
  boost::system::error_code ec;
  std::tie(ec) = co_await state.acceptor.async_accept(socket, core::kTuple);
  if (state.is_stopping || ec == asio::error::connection_aborted) co_return;
  if (ec) {
    core::log::warn("control.accept_failed", {{"what", ec.message()}});
    co_await state.clock.sleep_for(kBackOff);
    co_return;
  }
  if (state.tasks.size() > state.limits.connections_max) co_return;  // the accepting task is one of them
  const auto executor = socket.get_executor();
  auto shared = std::make_shared<Unix::socket>(std::move(socket));
  state.tasks.spawn(executor, serve_one(std::move(shared), state));
}

template <class State>
core::Task<void> accept_all(State& state) {
  while (!state.is_stopping) co_await accept_one(state);
}

}  // namespace

ControlServer::ControlServer(std::shared_ptr<State> state) : state_(std::move(state)) {}
ControlServer::~ControlServer() = default;

core::Result<std::unique_ptr<ControlServer>> ControlServer::bind(asio::io_context& io, std::filesystem::path at,
                                                                 core::Clock& clock, ControlLimits limits) {
  if (!fits_an_address(at)) return core::fail(core::Errc::kInvalid, at.string() + ": too long for a socket's address; use a shorter data folder");
  auto state = std::make_shared<State>(io, at, clock, limits);
  ::unlink(at.c_str());  // the store's lock says that no other server runs here
  boost::system::error_code ec;
  const mode_t before = ::umask(0177);
  state->acceptor.open(Unix(), ec);
  if (!ec) state->acceptor.bind(Unix::endpoint(at.string()), ec);
  if (!ec) state->acceptor.listen(16, ec);
  ::umask(before);
  if (ec) return core::fail(core::Errc::kIo, at.string() + ": " + ec.message());
  return std::unique_ptr<ControlServer>(new ControlServer(std::move(state)));
}

void ControlServer::start(ControlHandler handler) {
  state_->handler = std::move(handler);
  state_->tasks.spawn(state_->strand, accept_all(*state_));
}

core::Task<void> ControlServer::stop(core::Deadline by) {
  auto state = state_;
  state->is_stopping = true;
  asio::post(state->strand, [state] {
    boost::system::error_code ignored;
    state->acceptor.close(ignored);
  });
  ::unlink(state->at.c_str());
  co_await state->tasks.drain(by);
}

namespace {

using Answered = core::Result<std::optional<Json>>;

core::Task<Answered> exchange(std::filesystem::path at, std::string request, std::size_t bytes_max) {
  Unix::socket socket(co_await asio::this_coro::executor);
  const auto [connect_ec] = co_await socket.async_connect(Unix::endpoint(at.string()), core::kTuple);
  if (connect_ec == asio::error::connection_refused || connect_ec == boost::system::errc::no_such_file_or_directory) {
    co_return std::optional<Json>();
  }
  if (connect_ec) co_return core::fail(core::Errc::kIo, at.string() + ": " + connect_ec.message());
  asio::streambuf buffer(bytes_max);
  if (!co_await write_line(socket, std::move(request)) || !co_await read_line(socket, buffer)) {
    co_return core::fail(core::Errc::kIo, at.string() + ": the running server ended the connection");
  }
  boost::system::error_code wrong;
  Json answer = boost::json::parse(take_line(buffer), wrong);
  if (wrong) co_return core::fail(core::Errc::kInvalid, at.string() + ": not JSON");
  co_return std::optional<Json>(std::move(answer));
}

core::Task<Answered> exchange_in_time(std::filesystem::path at, std::string request, ControlLimits limits) {
  const std::string where = at.string();
  auto ended = co_await (exchange(std::move(at), std::move(request), limits.line_bytes_max * 16) ||
                         core::system_clock().sleep_for(limits.time_max));
  if (ended.index() == 0) co_return std::get<0>(std::move(ended));
  co_return core::fail_transient(core::Errc::kTimedOut,
                                 where + ": a server runs and does not answer; whether the command was carried out is not known");
}

}  // namespace

core::Result<std::optional<Json>> call_control(const std::filesystem::path& at, const Json& request, ControlLimits limits) {
  if (!fits_an_address(at)) return std::optional<Json>();  // no server can listen there
  asio::io_context io;
  return run_to_end(io, exchange_in_time(at, boost::json::serialize(request) + "\n", limits));
}

}  // namespace postern::app
