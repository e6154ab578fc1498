#include "storage/faulty_store.h"

namespace postern::storage {
namespace {

core::Error injected() { return core::fail_transient(Errc::kIo, "injected fault"); }

class FaultySnapshot final : public Snapshot {
 public:
  FaultySnapshot(const FaultyStore& store, std::shared_ptr<const Snapshot> inner)
      : store_(store), inner_(std::move(inner)) {}
  core::Result<std::optional<std::string>> get(std::string_view key) const override {
    if (store_.should_fail(FaultyStore::Fault::kRead)) return injected();
    return inner_->get(key);
  }
  core::Result<std::vector<Entry>> scan(std::string_view prefix, Direction direction, std::size_t limit,
                                        std::string_view after) const override {
    if (store_.should_fail(FaultyStore::Fault::kRead)) return injected();
    return inner_->scan(prefix, direction, limit, after);
  }
  std::uint64_t version() const override { return inner_->version(); }

 private:
  const FaultyStore& store_;
  std::shared_ptr<const Snapshot> inner_;
};

}  // namespace

std::shared_ptr<const Snapshot> FaultyStore::snapshot() const {
  return std::make_shared<FaultySnapshot>(*this, inner_.snapshot());
}

core::Task<core::Result<Committed>> FaultyStore::commit(Transaction transaction) {
  if (should_fail(Fault::kBeforeCommit)) co_return injected();
  if (should_fail(Fault::kConflict)) co_return core::fail_transient(Errc::kConflict, "injected fault");
  co_return co_await inner_.commit(std::move(transaction));
}

core::Result<std::uint64_t> FaultyStore::next_number(std::string_view counter_key) {
  if (should_fail(Fault::kRead)) return injected();
  return inner_.next_number(counter_key);
}

core::Result<std::vector<FeedEntry>> FaultyStore::feed(core::WorkspaceId workspace, std::uint64_t after,
                                                       std::size_t limit) const {
  if (should_fail(Fault::kRead)) return injected();
  return inner_.feed(workspace, after, limit);
}

std::uint64_t FaultyStore::last_sequence(core::WorkspaceId workspace) const { return inner_.last_sequence(workspace); }
std::shared_ptr<void> FaultyStore::watch(FeedWatcher watcher) { return inner_.watch(std::move(watcher)); }
core::Result<void> FaultyStore::purge(const std::vector<std::string>& keys) {
  if (should_fail(Fault::kPurge)) return injected();
  return inner_.purge(keys);
}
bool FaultyStore::is_healthy() const { return inner_.is_healthy(); }
void FaultyStore::close() { inner_.close(); }

}  // namespace postern::storage
