#include "storage/rocks_store.h"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "core/assert.h"
#include "storage/aead.h"
#include "storage/committer.h"
#include "storage/rocks_engine.h"
#include "storage/rocks_purge.h"

namespace postern::storage {
namespace {

namespace asio = boost::asio;

// A waiting coroutine: told on its own executor, which is kept running meanwhile.
template <class Handler>
class WaitingCaller final : public Pending {
 public:
  WaitingCaller(Transaction the_transaction, Handler handler)
      : Pending(std::move(the_transaction)),
        handler_(std::move(handler)),
        home_(asio::get_associated_executor(handler_)),
        keep_(home_) {}

 private:
  void tell(core::Result<Committed> result, Transaction spent) override {
    // Everything of the caller goes home in one piece: after the post its context may be gone at any time, while the
    // writer may still hold us. The transaction goes along because taking it apart is the caller's time.
    const auto home = std::move(home_);
    auto resume = [handler = std::move(handler_), keep = std::move(keep_), result = std::move(result),
                   spent = std::move(spent)]() mutable { handler(std::move(result)); };
    asio::post(home, std::move(resume));
  }
  Handler handler_;
  asio::associated_executor_t<Handler> home_;
  asio::executor_work_guard<asio::associated_executor_t<Handler>> keep_;
};

// Ends the waiting of a cancelled coroutine. Emitted on its executor, where the slot is also cleared when it resumes.
struct GiveUp {
  std::weak_ptr<Pending> pending;  // not shared: the slot lives in the coroutine, and the coroutine in the caller
  void operator()(asio::cancellation_type type) const {
    constexpr auto kAbandons = asio::cancellation_type::terminal | asio::cancellation_type::partial;
    if ((type & kAbandons) == asio::cancellation_type::none) return;  // `total` promises that nothing has happened
    if (const auto waiting = pending.lock()) waiting->give_up();
  }
};

class RocksStore final : public Store {
 public:
  RocksStore(const std::shared_ptr<RocksEngine>& engine, const core::Clock& clock)
      : limits_(engine->options().limits), slot_(engine) {
    const RocksOptions& options = engine->options();
    if (options.read_only) return;
    committer_ = std::make_unique<Committer>(slot_, options, clock, numbers_, watchers_);
  }
  ~RocksStore() override { close(); }

  std::shared_ptr<const Snapshot> snapshot() const override { return make_rocks_snapshot(slot_.get()); }

  core::Task<core::Result<Committed>> commit(Transaction transaction) override {
    if (transaction.bytes() > limits_.transaction_bytes_max) {
      co_return core::fail(Errc::kTooLarge, "transaction");
    }
    if (!committer_) co_return core::fail_transient(Errc::kClosed, "opened for reading only");
    auto start = [](auto handler, Committer* committer, Transaction handed_over) {
      using Caller = WaitingCaller<std::decay_t<decltype(handler)>>;
      auto slot = asio::get_associated_cancellation_slot(handler);
      auto caller = std::make_shared<Caller>(std::move(handed_over), std::move(handler));
      if (slot.is_connected()) slot.assign(GiveUp{caller});
      committer->submit(std::move(caller));
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(core::Result<Committed>)>(
        std::move(start), asio::use_awaitable, committer_.get(), std::move(transaction));
  }

  core::Result<std::uint64_t> next_number(std::string_view counter_key) override {
    if (!committer_ || closed_.load()) return core::fail_transient(Errc::kClosed);
    return numbers_.next(counter_key, [this] { return snapshot(); });
  }
  core::Result<std::vector<FeedEntry>> feed(core::WorkspaceId workspace, std::uint64_t after,
                                            std::size_t limit) const override {
    return read_feed(*snapshot(), workspace, after, limit);
  }
  std::uint64_t last_sequence(core::WorkspaceId workspace) const override {
    if (committer_) return committer_->last_sequence(workspace);
    const auto stored = snapshot()->get(last_sequence_key(workspace));
    return stored ? decode_number(*stored) : 0;
  }
  std::shared_ptr<void> watch(FeedWatcher watcher) override { return watchers_.watch(std::move(watcher)); }
  bool is_healthy() const override { return committer_ && !closed_.load() && committer_->is_healthy(); }
  core::Result<void> purge(const std::vector<std::string>& keys) override {
    const std::lock_guard lock(purge_mutex_);
    if (!committer_ || closed_.load()) return core::fail_transient(Errc::kClosed);
    return purge_engine(*slot_.get(), keys, closed_);
  }
  void close() override {
    closed_.store(true);
    { const std::lock_guard lock(purge_mutex_); }  // one that runs has seen it and ends
    if (committer_) committer_->close();
  }

 private:
  const Limits limits_;
  EngineSlot slot_;
  NumberSource numbers_;
  Watchers watchers_;
  std::atomic<bool> closed_{false};
  std::mutex purge_mutex_;
  std::unique_ptr<Committer> committer_;  // none when read only
};

}  // namespace

core::Result<std::unique_ptr<Store>> open_rocks_store_on(RocksOptions options, const core::Clock& clock,
                                                         std::shared_ptr<rocksdb::FileSystem> base) {
  POSTERN_ASSERT(!options.encrypt_files || options.master_key.size() == kKeyBytes);
  POSTERN_TRY(auto volume, RocksEngine::open_volume(std::move(options), std::move(base)));
  POSTERN_TRY(auto engine, RocksEngine::open(std::move(volume), clock, 0));
  return std::unique_ptr<Store>(std::make_unique<RocksStore>(engine, clock));
}

core::Result<std::unique_ptr<Store>> open_rocks_store(RocksOptions options, const core::Clock& clock) {
  return open_rocks_store_on(std::move(options), clock, rocksdb::FileSystem::Default());
}

}  // namespace postern::storage
