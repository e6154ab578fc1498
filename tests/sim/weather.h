#pragma once
// tests/sim/weather.h: what goes wrong in the world around the gateway: connections that stall and break, a store that
// fails, DNS that cannot tell. Each is a decorator of one of the product's seams; all of it ends when the weather calms,
// so that a simulation ends with everything delivered.
// Thread-safety: one io_context thread.  Ownership: decorators borrow what they decorate, the weather and the ledger.
#include <memory>
#include <optional>

#include "net/dns.h"
#include "net/stream.h"
#include "storage/store.h"
#include "tests/sim/chance.h"
#include "tests/sim/ledger.h"

namespace postern::sim {

struct Weather {
  bool is_calm = false;
};

// Where a connection ends by itself.
struct Cut {
  std::optional<std::size_t> after_read_bytes;
  std::optional<std::size_t> at_write;  // the write of that number gets through in part, in whole or not at all
};
Cut draw_cut(Chance& chance, std::size_t bytes_likely, std::size_t writes_likely);

// One end of a connection over a bad line: late, in pieces (by the stream inside), and cut.
class RoughStream final : public net::Stream {
 public:
  RoughStream(std::unique_ptr<net::Stream> inner, core::Clock& clock, const Weather& weather, Chance chance, Cut cut);

  boost::asio::any_io_executor executor() override { return inner_->executor(); }
  core::Task<core::Result<std::size_t>> read_some(std::span<char> into, core::Deadline by) override;
  core::Task<core::Result<void>> write_all(std::string_view bytes, core::Deadline by) override;
  core::Task<core::Result<void>> start_tls_server(std::shared_ptr<const net::TlsContext> context,
                                                  core::Deadline by) override;
  core::Task<core::Result<void>> start_tls_client(std::shared_ptr<const net::TlsContext> context, std::string host,
                                                  core::Deadline by) override;
  bool is_tls() const override { return inner_->is_tls(); }
  net::TlsInfo tls_info() const override { return inner_->tls_info(); }
  net::Endpoint remote() const override { return inner_->remote(); }
  net::Endpoint local() const override { return inner_->local(); }
  bool has_pending_input() override { return inner_->has_pending_input(); }
  void close() override { inner_->close(); }

 private:
  std::unique_ptr<net::Stream> inner_;
  core::Clock& clock_;
  const Weather& weather_;
  Chance chance_;
  const Cut cut_;
  std::size_t read_bytes_ = 0;
  std::size_t writes_ = 0;
};

// Commits that take time, conflict, fail with nothing done, or are done while their answer is lost; reads that fail.
// A lost answer is kClosed: after kIo the port promises that nothing is visible.
class StormyStore final : public storage::Store {
 public:
  StormyStore(storage::Store& inner, core::Clock& clock, const Weather& weather, Chance chance, Ledger& ledger)
      : inner_(inner), clock_(clock), weather_(weather), chance_(chance), ledger_(ledger) {}

  std::shared_ptr<const storage::Snapshot> snapshot() const override;
  core::Task<core::Result<storage::Committed>> commit(storage::Transaction transaction) override;
  core::Result<std::uint64_t> next_number(std::string_view counter_key) override;
  core::Result<std::vector<storage::FeedEntry>> feed(core::WorkspaceId workspace, std::uint64_t after,
                                                     std::size_t limit) const override {
    return inner_.feed(workspace, after, limit);
  }
  std::uint64_t last_sequence(core::WorkspaceId workspace) const override { return inner_.last_sequence(workspace); }
  std::shared_ptr<void> watch(FeedWatcher watcher) override { return inner_.watch(std::move(watcher)); }
  core::Result<void> purge(const std::vector<std::string>& keys) override { return inner_.purge(keys); }
  bool is_healthy() const override { return weather_.is_calm || clock_.now() >= sick_until_; }
  void close() override {}  // a restart ends the process, not the disk
  // A process that dies writes nothing any more, whatever its tasks do while they are taken down.
  void set_off(bool is_off) { is_off_ = is_off; }
  bool should_fail_read() const { return !weather_.is_calm && chance_.permille(1); }

 private:
  core::Duration draw_delay();
  storage::Store& inner_;
  core::Clock& clock_;
  const Weather& weather_;
  mutable Chance chance_;
  Ledger& ledger_;
  core::Instant sick_until_ = core::Instant::min();
  bool is_off_ = false;
};

// Answers late, and sometimes that it cannot tell.
class FlakyResolver final : public net::DnsResolver {
 public:
  FlakyResolver(net::DnsResolver& inner, core::Clock& clock, const Weather& weather, Chance chance, Ledger& ledger)
      : inner_(inner), clock_(clock), weather_(weather), chance_(chance), ledger_(ledger) {}
  core::Task<net::DnsAnswer> query(net::DnsQuestion question, core::Deadline by) override;

 private:
  net::DnsResolver& inner_;
  core::Clock& clock_;
  const Weather& weather_;
  Chance chance_;
  Ledger& ledger_;
};

}  // namespace postern::sim
