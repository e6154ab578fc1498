#pragma once
// tests/support/sim_stream.h: two ends of an in-memory connection that are net::Streams. What one end writes, the
// other reads, cut into pieces by a seed; deadlines follow the given Clock, so a ManualClock times out a session in
// no real time. start_tls_* only flips a flag on its own end (no handshake crosses the wire): encryption is tested
// over loopback, protocol logic here.
// Thread-safety: both ends on one io_context thread or one strand.  Ownership: each end is independent; closing or
// destroying one is the end of the stream for the other. The clock outlives both.
// Limits: none on buffered bytes, so write_all never waits for the reader.
#include <cstdint>
#include <memory>
#include <random>
#include <utility>

#include "core/clock.h"
#include "net/stream.h"

namespace postern::test {

enum class Split {
  kNone,       // a read returns all that fits
  kEveryByte,  // a read returns one byte
  kRandom,     // a read returns 1 to 64 bytes, by the seed
};

struct SimOptions {
  std::uint64_t seed = 1;
  Split split = Split::kNone;
  // What the server end reports as remote() and the client end as local(). The server's own address is
  // 192.0.2.25:25.
  net::Endpoint remote = net::Endpoint::parse("192.0.2.1:40000").value();
};

class SimStream final : public net::Stream {
 public:
  struct Wire;
  enum class End { kClient, kServer };
  SimStream(boost::asio::any_io_executor executor, core::Clock& clock, std::shared_ptr<Wire> wire, End end,
            const SimOptions& options);
  ~SimStream() override;

  boost::asio::any_io_executor executor() override { return executor_; }
  core::Task<core::Result<std::size_t>> read_some(std::span<char> into, core::Deadline by) override;
  core::Task<core::Result<void>> write_all(std::string_view bytes, core::Deadline by) override;
  core::Task<core::Result<void>> start_tls_server(std::shared_ptr<const net::TlsContext> context,
                                                  core::Deadline by) override;
  core::Task<core::Result<void>> start_tls_client(std::shared_ptr<const net::TlsContext> context, std::string host,
                                                  core::Deadline by) override;
  bool is_tls() const override { return is_tls_; }
  net::TlsInfo tls_info() const override;
  net::Endpoint remote() const override { return remote_; }
  net::Endpoint local() const override { return local_; }
  bool has_pending_input() override;
  void close() override;

 private:
  boost::asio::any_io_executor executor_;
  core::Clock& clock_;
  std::shared_ptr<Wire> wire_;
  End end_;
  Split split_;
  std::mt19937_64 random_;
  net::Endpoint remote_;
  net::Endpoint local_;
  bool is_tls_ = false;
};

using SimPair = std::pair<std::unique_ptr<net::Stream>, std::unique_ptr<net::Stream>>;
// first: the client's end; second: the server's.
SimPair make_sim_pair(boost::asio::any_io_executor executor, core::Clock& clock, SimOptions options = SimOptions());

}  // namespace postern::test
