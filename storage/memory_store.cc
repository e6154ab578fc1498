#include "storage/memory_store.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <shared_mutex>

#include "core/assert.h"
#include "storage/counter.h"
#include "storage/feed.h"
#include "storage/key.h"
#include "storage/number_source.h"

namespace postern::storage {
namespace {

// The versioned map that the store and its snapshots share.
class Versions {
 public:
  std::uint64_t hold() {
    const std::unique_lock lock(mutex_);
    held_.insert(now_);
    return now_;
  }
  void release(std::uint64_t version) {
    const std::unique_lock lock(mutex_);
    held_.erase(held_.find(version));
  }

  std::optional<std::string> get(std::string_view key, std::uint64_t at) const {
    const std::shared_lock lock(mutex_);
    const auto place = keys_.find(key);
    return place == keys_.end() ? std::nullopt : visible(place->second, at);
  }

  std::vector<Entry> scan(std::string_view prefix, Direction direction, std::size_t limit, std::string_view after,
                          std::uint64_t at) const {
    const std::shared_lock lock(mutex_);
    const std::string end = prefix_end(prefix);
    const auto first = keys_.lower_bound(prefix);
    const auto last = end.empty() ? keys_.end() : keys_.lower_bound(end);
    std::vector<Entry> out;
    auto take = [&](const auto& entry) {
      if (auto value = visible(entry.second, at)) out.push_back({entry.first, std::move(*value)});
    };
    if (direction == Direction::kForward) {
      auto place = after.empty() || after < prefix ? first : keys_.upper_bound(after);
      if (!end.empty() && after >= end) place = last;
      for (; place != last && out.size() < limit; ++place) take(*place);
    } else {
      auto place = after.empty() || (!end.empty() && after >= end) ? last : keys_.lower_bound(after);
      if (!after.empty() && after < prefix) place = first;
      while (place != first && out.size() < limit) take(*--place);
    }
    return out;
  }

  bool has_changed(std::string_view key, std::uint64_t since) const {
    const std::shared_lock lock(mutex_);
    const auto place = keys_.find(key);
    return place != keys_.end() && place->second.back().version > since;
  }

  void apply(std::vector<std::pair<std::string, std::optional<std::string>>> writes) {
    const std::unique_lock lock(mutex_);
    ++now_;
    const std::uint64_t oldest = held_.empty() ? now_ : *held_.begin();
    for (auto& [key, value] : writes) {
      auto& versions = keys_[key];
      versions.push_back({now_, std::move(value)});
      // Everything before the newest version that the oldest snapshot sees is out of sight.
      const auto newer =
          std::find_if(versions.begin(), versions.end(), [&](const Version& v) { return v.version > oldest; });
      if (newer - versions.begin() > 1) versions.erase(versions.begin(), newer - 1);
      if (versions.size() == 1 && !versions.front().value && versions.front().version <= oldest) keys_.erase(key);
    }
  }

 private:
  struct Version {
    std::uint64_t version;
    std::optional<std::string> value;  // nullopt: erased
  };
  static std::optional<std::string> visible(const std::vector<Version>& versions, std::uint64_t at) {
    for (auto place = versions.rbegin(); place != versions.rend(); ++place) {
      if (place->version <= at) return place->value;
    }
    return std::nullopt;
  }

  mutable std::shared_mutex mutex_;
  std::uint64_t now_ = 1;
  std::multiset<std::uint64_t> held_;
  std::map<std::string, std::vector<Version>, std::less<>> keys_;
};

class MemorySnapshot final : public Snapshot {
 public:
  MemorySnapshot(std::shared_ptr<Versions> versions, std::size_t entries_max)
      : versions_(std::move(versions)), at_(versions_->hold()), entries_max_(entries_max) {}
  ~MemorySnapshot() override { versions_->release(at_); }
  MemorySnapshot(const MemorySnapshot&) = delete;
  core::Result<std::optional<std::string>> get(std::string_view key) const override { return versions_->get(key, at_); }
  core::Result<std::vector<Entry>> scan(std::string_view prefix, Direction direction, std::size_t limit,
                                        std::string_view after) const override {
    return versions_->scan(prefix, direction, std::min(limit, entries_max_), after, at_);
  }
  std::uint64_t version() const override { return at_; }

 private:
  std::shared_ptr<Versions> versions_;
  std::uint64_t at_;
  std::size_t entries_max_;
};

class MemoryStore final : public Store {
 public:
  MemoryStore(const core::Clock& clock, Limits limits) : clock_(clock), limits_(limits) {}

  std::shared_ptr<const Snapshot> snapshot() const override {
    return std::make_shared<MemorySnapshot>(versions_, limits_.scan_entries_max);
  }
  core::Task<core::Result<Committed>> commit(Transaction transaction) override { co_return apply(transaction); }

  core::Result<std::uint64_t> next_number(std::string_view counter_key) override {
    if (closed_.load()) return core::fail_transient(Errc::kClosed);
    return numbers_.next(counter_key, [this] { return snapshot(); });
  }
  core::Result<std::vector<FeedEntry>> feed(core::WorkspaceId workspace, std::uint64_t after,
                                            std::size_t limit) const override {
    return read_feed(*snapshot(), workspace, after, limit);
  }
  std::uint64_t last_sequence(core::WorkspaceId workspace) const override {
    return decode_number(*snapshot()->get(last_sequence_key(workspace)));
  }
  std::shared_ptr<void> watch(FeedWatcher watcher) override { return watchers_.watch(std::move(watcher)); }
  // Nothing is on a disk.
  core::Result<void> purge(const std::vector<std::string>& /*keys*/) override {
    if (closed_.load()) return core::fail_transient(Errc::kClosed);
    return {};
  }
  bool is_healthy() const override { return !closed_.load(); }
  void close() override { closed_.store(true); }

 private:
  using Writes = std::vector<std::pair<std::string, std::optional<std::string>>>;

  core::Result<Committed> apply(const Transaction& transaction) {
    if (transaction.bytes() > limits_.transaction_bytes_max) return core::fail(Errc::kTooLarge, "transaction");
    const std::lock_guard lock(commit_mutex_);
    if (closed_.load()) return core::fail_transient(Errc::kClosed);
    for (const std::string& key : transaction.reads()) {
      if (versions_->has_changed(key, transaction.base()->version())) return core::fail_transient(Errc::kConflict);
    }
    const auto current = snapshot();
    Writes writes;
    for (const auto& [key, write] : transaction.writes()) {
      POSTERN_TRY(auto value, value_of(*current, key, write));
      writes.emplace_back(key, std::move(value));
    }
    Committed out;
    const std::int64_t now = core::to_unix_ms(clock_.wall_now());
    for (const auto& [workspace, changes] : transaction.changes()) {
      const std::uint64_t sequence = last_sequence(workspace) + 1;
      out.sequence[workspace] = sequence;
      writes.emplace_back(feed_key(workspace, sequence), encode_feed(changes, now));
      writes.emplace_back(last_sequence_key(workspace), encode_maximum(sequence));
    }
    versions_->apply(std::move(writes));
    for (const auto& [key, write] : transaction.writes()) {
      if (write.kind == Transaction::Write::Kind::kRaise)
        numbers_.observe(key, static_cast<std::uint64_t>(write.delta));
    }
    for (const auto& [workspace, sequence] : out.sequence) watchers_.notify(workspace, sequence);
    return out;
  }

  static core::Result<std::optional<std::string>> value_of(const Snapshot& current, const std::string& key,
                                                           const Transaction::Write& write) {
    using Kind = Transaction::Write::Kind;
    if (write.kind == Kind::kPut) return std::optional<std::string>(write.value);
    if (write.kind == Kind::kErase) return std::optional<std::string>();
    POSTERN_TRY(const auto stored, current.get(key));
    auto merged = merge_counter(
        stored ? std::optional<std::string_view>(*stored) : std::nullopt,
        write.kind == Kind::kAdd ? encode_sum(write.delta) : encode_maximum(static_cast<std::uint64_t>(write.delta)));
    if (!merged) return core::fail(Errc::kCorrupt, "counter of another kind");
    return merged;
  }

  const core::Clock& clock_;
  const Limits limits_;
  std::shared_ptr<Versions> versions_ = std::make_shared<Versions>();
  std::mutex commit_mutex_;  // one commit at a time; held while watchers are told, so that they hear in order
  std::atomic<bool> closed_{false};
  NumberSource numbers_;
  Watchers watchers_;
};

}  // namespace

std::unique_ptr<Store> make_memory_store(const core::Clock& clock, Limits limits) {
  return std::make_unique<MemoryStore>(clock, limits);
}

}  // namespace postern::storage
