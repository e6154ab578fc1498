#include "tests/smtp/client/scripted_host.h"

#include <boost/asio/this_coro.hpp>
#include <sstream>

#include "net/errc.h"

namespace postern::test {
namespace {

// Reads up to and with `end`; what came by the end of the connection otherwise.
core::Task<std::string> read_to(net::Stream& stream, std::string& rest, std::string_view end) {
  std::array<char, 4096> buffer;
  for (;;) {
    if (const auto at = rest.find(end); at != std::string::npos) {
      std::string out = rest.substr(0, at + end.size());
      rest.erase(0, out.size());
      co_return out;
    }
    const auto count = co_await stream.read_some(buffer, core::Deadline::never());
    if (!count) co_return std::exchange(rest, {});
    rest.append(buffer.data(), *count);
  }
}

}  // namespace

bool ScriptedHosts::has_complaint() const {
  for (const auto& line : heard_) {
    if (line.starts_with("!!")) return true;
  }
  return false;
}

smtp::Connect ScriptedHosts::connector() {
  return [this](net::Endpoint to, core::Deadline) { return connect(to); };
}

core::Task<core::Result<std::unique_ptr<net::Stream>>> ScriptedHosts::connect(net::Endpoint to) {
  ++connections_;
  auto& scripts = scripts_[to.address.to_string()];
  if (scripts.empty()) co_return core::fail_transient(net::Errc::kConnect, to.to_string());
  const auto executor = co_await boost::asio::this_coro::executor;
  SimOptions options;
  options.split = split;
  auto pair = make_sim_pair(executor, clock_, options);
  std::string script = std::move(scripts.front());
  scripts.pop_front();
  sessions_.spawn(executor, play(std::move(pair.second), std::move(script)));
  co_return std::move(pair.first);
}

core::Task<void> ScriptedHosts::play(std::unique_ptr<net::Stream> stream, std::string script) {
  std::istringstream steps(script);
  std::string rest;
  for (std::string step; std::getline(steps, step);) {
    if (step.starts_with("S: ")) {
      (void)co_await stream->write_all(step.substr(3) + "\r\n", core::Deadline::never());
    } else if (step == "T:") {
      (void)co_await stream->start_tls_server(nullptr, core::Deadline::never());
    } else if (step == "X:") {
      stream->close();
    } else if (step.starts_with("C.:")) {
      message_ = co_await read_to(*stream, rest, "\r\n.\r\n");
    } else {
      const std::string line = co_await read_to(*stream, rest, "\r\n");
      const std::string wanted = step.substr(3);
      heard_.push_back("C: " + line.substr(0, line.find('\r')));
      if (!line.starts_with(wanted) || line.empty()) heard_.push_back("!! wanted " + wanted);
    }
  }
}

}  // namespace postern::test
