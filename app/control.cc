#include "app/control.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <istream>

#include "core/errc.h"
#include "core/log.h"

namespace postern::app {

namespace asio = boost::asio;
using Unix = asio::local::stream_protocol;

struct ControlServer::State {
  State(asio::io_context& io, std::filesystem::path path, core::Clock& the_clock)
      : acceptor(io), at(std::move(path)), clock(the_clock), tasks("control", the_clock) {}
  Unix::acceptor acceptor;
  std::filesystem::path at;
  core::Clock& clock;
  core::TaskGroup tasks;
  ControlHandler handler;
  ControlLimits limits;
};

namespace {

// The file mode keeps strangers out; this also keeps out a process that inherited the folder's group.
bool is_allowed_peer(Unix::socket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == 0 || peer.uid == ::geteuid();
}

std::string answer_line(const core::Result<Json>& answer) {
  Json out = answer ? *answer : Json(JsonObject{{"error", answer.error().describe()}});
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

core::Task<void> serve_one(std::shared_ptr<Unix::socket> socket, ControlHandler& handler, ControlLimits limits) {
  if (!is_allowed_peer(*socket)) {
    core::log::warn("control.refused");
    co_return;
  }
  asio::streambuf buffer(limits.line_bytes_max);
  for (;;) {
    auto [ec, size] = co_await asio::async_read_until(*socket, buffer, '\n', core::kTuple);
    if (ec) co_return;
    std::string line;
    std::istream input(&buffer);
    std::getline(input, line);
    const core::Result<Json> answer = co_await run_request(handler, std::move(line));
    const std::string out = answer_line(answer);
    auto [write_ec, written] = co_await asio::async_write(*socket, asio::buffer(out), core::kTuple);
    if (write_ec) co_return;
  }
}

core::Task<void> accept_loop(Unix::acceptor& acceptor, core::TaskGroup& tasks, ControlHandler& handler, ControlLimits limits) {
  for (;;) {
    auto [ec, socket] = co_await acceptor.async_accept(asio::make_strand(acceptor.get_executor()), core::kTuple);
    if (ec) co_return;
    if (tasks.size() > limits.connections_max) continue;
    auto executor = socket.get_executor();
    auto shared = std::make_shared<Unix::socket>(std::move(socket));
    tasks.spawn(executor, serve_one(std::move(shared), handler, limits));
  }
}

}  // namespace

ControlServer::ControlServer(std::shared_ptr<State> state) : state_(std::move(state)) {}
ControlServer::~ControlServer() = default;

core::Result<std::unique_ptr<ControlServer>> ControlServer::bind(asio::io_context& io, std::filesystem::path at,
                                                                 core::Clock& clock) {
  auto state = std::make_shared<State>(io, at, clock);
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
  state_->tasks.spawn(state_->acceptor.get_executor(),
                      accept_loop(state_->acceptor, state_->tasks, state_->handler, state_->limits));
}

core::Task<void> ControlServer::stop(core::Deadline by) {
  boost::system::error_code ignored;
  state_->acceptor.close(ignored);
  ::unlink(state_->at.c_str());
  co_await state_->tasks.drain(by);
}

core::Result<std::optional<Json>> call_control(const std::filesystem::path& at, const Json& request) {
  asio::io_context io;
  Unix::socket socket(io);
  boost::system::error_code ec;
  socket.connect(Unix::endpoint(at.string()), ec);
  if (ec) return std::optional<Json>();
  asio::write(socket, asio::buffer(boost::json::serialize(request) + "\n"), ec);
  asio::streambuf buffer(ControlLimits{}.line_bytes_max * 16);
  if (!ec) asio::read_until(socket, buffer, '\n', ec);
  if (ec) return core::fail(core::Errc::kIo, "control socket: " + ec.message());
  std::string line;
  std::istream input(&buffer);
  std::getline(input, line);
  Json answer = boost::json::parse(line, ec);
  if (ec) return core::fail(core::Errc::kInvalid, "control socket");
  return std::optional<Json>(std::move(answer));
}

}  // namespace postern::app
