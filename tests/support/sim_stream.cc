#include "tests/support/sim_stream.h"

#include <algorithm>
#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstring>
#include <string>

#include "core/errc.h"
#include "net/errc.h"

namespace postern::test {

// What flows towards one end.
struct Direction {
  explicit Direction(const boost::asio::any_io_executor& executor)
      : arrived(executor, boost::asio::steady_timer::time_point::max()) {}
  std::string bytes;
  bool ended = false;
  boost::asio::steady_timer arrived;  // never fires by itself; cancelled when bytes or the end arrive
};

struct SimStream::Wire {
  explicit Wire(const boost::asio::any_io_executor& executor) : directions{Direction(executor), Direction(executor)} {}
  Direction& towards(End end) { return directions[end == End::kClient ? 0 : 1]; }
  std::array<Direction, 2> directions;
};

namespace {

SimStream::End other(SimStream::End end) {
  return end == SimStream::End::kClient ? SimStream::End::kServer : SimStream::End::kClient;
}

core::Task<void> wait_for_arrival(std::shared_ptr<SimStream::Wire> wire, SimStream::End end) {
  Direction& in = wire->towards(end);
  if (in.bytes.empty() && !in.ended) co_await in.arrived.async_wait(core::kTuple);
}

}  // namespace

SimStream::SimStream(boost::asio::any_io_executor executor, core::Clock& clock, std::shared_ptr<Wire> wire, End end,
                     const SimOptions& options)
    : executor_(std::move(executor)),
      clock_(clock),
      wire_(std::move(wire)),
      end_(end),
      split_(options.split),
      random_(options.seed * 2 + (end == End::kServer ? 1 : 0)),
      remote_(options.remote),
      local_(net::Endpoint::parse("192.0.2.25:25").value()) {
  if (end == End::kClient) std::swap(remote_, local_);
}

SimStream::~SimStream() { close(); }

core::Task<core::Result<std::size_t>> SimStream::read_some(std::span<char> into, core::Deadline by) {
  Direction& in = wire_->towards(end_);
  while (in.bytes.empty() && !in.ended) {
    if (by.has_passed(clock_)) co_return core::fail_transient(core::Errc::kTimedOut, "sim");
    if (by.is_never()) {
      co_await wait_for_arrival(wire_, end_);
    } else {
      using boost::asio::experimental::awaitable_operators::operator||;
      co_await (wait_for_arrival(wire_, end_) || clock_.sleep_until(by.at()));
    }
  }
  if (in.bytes.empty()) co_return core::fail(net::Errc::kClosed, "sim");
  std::size_t count = std::min(into.size(), in.bytes.size());
  if (split_ == Split::kEveryByte) count = std::min<std::size_t>(count, 1);
  if (split_ == Split::kRandom) count = std::min<std::size_t>(count, 1 + random_() % 64);
  std::memcpy(into.data(), in.bytes.data(), count);
  in.bytes.erase(0, count);
  co_return count;
}

core::Task<core::Result<void>> SimStream::write_all(std::string_view bytes, core::Deadline by) {
  Direction& out = wire_->towards(other(end_));
  if (out.ended || wire_->towards(end_).ended) co_return core::fail(net::Errc::kClosed, "sim");
  if (by.has_passed(clock_)) co_return core::fail_transient(core::Errc::kTimedOut, "sim");
  out.bytes += bytes;
  out.arrived.cancel();
  co_return core::Result<void>();
}

core::Task<core::Result<void>> SimStream::start_tls_server(std::shared_ptr<const net::TlsContext>, core::Deadline) {
  is_tls_ = true;
  co_return core::Result<void>();
}

core::Task<core::Result<void>> SimStream::start_tls_client(std::shared_ptr<const net::TlsContext>, std::string,
                                                           core::Deadline) {
  is_tls_ = true;
  co_return core::Result<void>();
}

net::TlsInfo SimStream::tls_info() const {
  net::TlsInfo info;
  if (is_tls_) {
    info.version = "TLSv1.3";
    info.cipher = "TLS_AES_128_GCM_SHA256";
  }
  return info;
}

bool SimStream::has_pending_input() { return !wire_->towards(end_).bytes.empty(); }

void SimStream::close() {
  for (End end : {End::kClient, End::kServer}) {
    wire_->towards(end).ended = true;
    wire_->towards(end).arrived.cancel();
  }
}

SimPair make_sim_pair(boost::asio::any_io_executor executor, core::Clock& clock, SimOptions options) {
  auto wire = std::make_shared<SimStream::Wire>(executor);
  return {std::make_unique<SimStream>(executor, clock, wire, SimStream::End::kClient, options),
          std::make_unique<SimStream>(executor, clock, wire, SimStream::End::kServer, options)};
}

}  // namespace postern::test
