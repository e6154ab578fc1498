#include "tests/sim/weather.h"

#include <algorithm>

#include "core/errc.h"
#include "net/errc.h"

namespace postern::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class StormySnapshot final : public storage::Snapshot {
 public:
  StormySnapshot(const StormyStore& store, std::shared_ptr<const storage::Snapshot> inner)
      : store_(store), inner_(std::move(inner)) {}
  core::Result<std::optional<std::string>> get(std::string_view key) const override {
    if (store_.should_fail_read()) return core::fail_transient(storage::Errc::kIo, "storm");
    return inner_->get(key);
  }
  core::Result<std::vector<storage::Entry>> scan(std::string_view prefix, storage::Direction direction,
                                                 std::size_t limit, std::string_view after) const override {
    if (store_.should_fail_read()) return core::fail_transient(storage::Errc::kIo, "storm");
    return inner_->scan(prefix, direction, limit, after);
  }
  std::uint64_t version() const override { return inner_->version(); }

 private:
  const StormyStore& store_;
  std::shared_ptr<const storage::Snapshot> inner_;
};

}  // namespace

Cut draw_cut(Chance& chance, std::size_t bytes_likely, std::size_t writes_likely) {
  Cut cut;
  if (chance.percent(12)) cut.after_read_bytes = chance.index(bytes_likely);
  if (chance.percent(20)) cut.at_write = 1 + chance.index(writes_likely);
  return cut;
}

RoughStream::RoughStream(std::unique_ptr<net::Stream> inner, core::Clock& clock, const Weather& weather, Chance chance,
                         Cut cut)
    : inner_(std::move(inner)), clock_(clock), weather_(weather), chance_(chance), cut_(cut) {}

core::Task<core::Result<std::size_t>> RoughStream::read_some(std::span<char> into, core::Deadline by) {
  core::Duration late{0};
  if (!weather_.is_calm && chance_.permille(40)) late = chance_.between(milliseconds(5), milliseconds(900));
  if (!weather_.is_calm && chance_.permille(2)) late = chance_.between(seconds(5), seconds(400));
  if (late.count() > 0) co_await clock_.sleep_until(by.earlier_of(core::Deadline::after(late, clock_)).at());
  POSTERN_CO_TRY(const std::size_t count, co_await inner_->read_some(into, by));
  read_bytes_ += count;
  if (!weather_.is_calm && cut_.after_read_bytes && read_bytes_ > *cut_.after_read_bytes) {
    inner_->close();
    co_return core::fail(net::Errc::kClosed, "rough");
  }
  co_return count;
}

core::Task<core::Result<void>> RoughStream::write_all(std::string_view bytes, core::Deadline by) {
  ++writes_;
  if (weather_.is_calm || !cut_.at_write || writes_ < *cut_.at_write) co_return co_await inner_->write_all(bytes, by);
  const std::string_view kept = bytes.substr(0, chance_.percent(50) ? 0 : chance_.index(bytes.size() + 1));
  const bool is_noticed = chance_.percent(50);  // the system's buffer takes what the peer never gets
  const core::Result<void> written = co_await inner_->write_all(kept, by);
  inner_->close();
  if (!written || is_noticed) co_return core::fail(net::Errc::kClosed, "rough");
  co_return written;
}

core::Task<core::Result<void>> RoughStream::start_tls_server(std::shared_ptr<const net::TlsContext> context,
                                                             core::Deadline by) {
  co_return co_await inner_->start_tls_server(std::move(context), by);
}

core::Task<core::Result<void>> RoughStream::start_tls_client(std::shared_ptr<const net::TlsContext> context,
                                                             std::string host, core::Deadline by) {
  co_return co_await inner_->start_tls_client(std::move(context), std::move(host), by);
}

std::shared_ptr<const storage::Snapshot> StormyStore::snapshot() const {
  if (weather_.is_calm) return inner_.snapshot();
  return std::make_shared<StormySnapshot>(*this, inner_.snapshot());
}

core::Duration StormyStore::draw_delay() {
  if (chance_.permille(15)) return chance_.between(seconds(5), seconds(50));  // longer than the pipeline waits
  return chance_.percent(50) ? chance_.between(milliseconds(1), milliseconds(400)) : core::Duration(0);
}

core::Task<core::Result<storage::Committed>> StormyStore::commit(storage::Transaction transaction) {
  if (is_off_) co_return core::fail_transient(storage::Errc::kClosed, "storm");
  if (weather_.is_calm) co_return co_await inner_.commit(std::move(transaction));
  if (const core::Duration before = draw_delay(); before.count() > 0) co_await clock_.sleep_for(before);
  if (is_off_) co_return core::fail_transient(storage::Errc::kClosed, "storm");
  if (chance_.permille(10)) sick_until_ = clock_.now() + chance_.between(seconds(1), seconds(40));
  if (!is_healthy() || chance_.permille(40)) {
    ledger_.count("commit failed");
    co_return core::fail_transient(storage::Errc::kIo, "storm");
  }
  if (chance_.permille(30)) co_return core::fail_transient(storage::Errc::kConflict, "storm");
  const bool is_answer_lost = chance_.permille(30);
  const core::Duration after = draw_delay();
  core::Result<storage::Committed> done = co_await inner_.commit(std::move(transaction));
  if (done && after.count() > 0) co_await clock_.sleep_for(after);
  if (done && is_answer_lost) {
    ledger_.count("commit answer lost");
    co_return core::fail_transient(storage::Errc::kClosed, "storm");
  }
  co_return done;
}

core::Result<std::uint64_t> StormyStore::next_number(std::string_view counter_key) {
  if (should_fail_read()) return core::fail_transient(storage::Errc::kIo, "storm");
  return inner_.next_number(counter_key);
}

core::Task<net::DnsAnswer> FlakyResolver::query(net::DnsQuestion question, core::Deadline by) {
  if (weather_.is_calm) co_return co_await inner_.query(std::move(question), by);
  const bool is_slow = chance_.permille(15);
  const bool is_failing = chance_.permille(30);
  const core::Duration late =
      is_slow ? chance_.between(seconds(2), seconds(30)) : chance_.between(milliseconds(0), milliseconds(200));
  const core::Deadline until = by.earlier_of(core::Deadline::after(late, clock_));
  if (late.count() > 0) co_await clock_.sleep_until(until.at());
  net::DnsAnswer failed;
  failed.status = by.has_passed(clock_) ? net::DnsStatus::kTimeout : net::DnsStatus::kServFail;
  if (is_failing) ledger_.count("dns could not tell");
  if (is_failing || by.has_passed(clock_)) co_return failed;
  co_return co_await inner_.query(std::move(question), by);
}

}  // namespace postern::sim
