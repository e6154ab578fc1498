#include "storage/feed.h"

#include "storage/key.h"
#include "storage/schema/store.pb.h"

namespace postern::storage {

std::string feed_prefix(core::WorkspaceId workspace) { return KeyBuilder(workspace, Space::kFeed).take(); }

std::string feed_key(core::WorkspaceId workspace, std::uint64_t sequence) {
  KeyBuilder key(workspace, Space::kFeed);
  key.u64(sequence);
  return std::move(key).take();
}

std::string last_sequence_key(core::WorkspaceId workspace) {
  KeyBuilder key(workspace, Space::kCounter);
  key.text("feed.sequence");
  return std::move(key).take();
}

std::string encode_feed(const std::vector<Change>& changes, std::int64_t at_unix_ms) {
  schema::FeedRecord record;
  record.set_at_unix_ms(at_unix_ms);
  for (const Change& change : changes) {
    auto* out = record.add_changes();
    out->set_kind(change.kind);
    out->set_object(change.object);
    out->set_detail(change.detail);
  }
  return record.SerializeAsString();
}

core::Result<FeedEntry> decode_feed(const Entry& entry) {
  KeyReader key(entry.key);
  FeedEntry out;
  out.sequence = key.u64();
  schema::FeedRecord record;
  if (!key.ok() || !record.ParseFromString(entry.value)) return core::fail(Errc::kCorrupt, "change feed entry");
  out.at_unix_ms = record.at_unix_ms();
  out.changes.reserve(static_cast<std::size_t>(record.changes_size()));
  for (const auto& change : record.changes()) {
    out.changes.push_back(Change{change.kind(), change.object(), change.detail()});
  }
  return out;
}

core::Result<std::vector<FeedEntry>> read_feed(const Snapshot& snapshot, core::WorkspaceId workspace,
                                               std::uint64_t after, std::size_t limit) {
  POSTERN_TRY(const auto entries,
              snapshot.scan(feed_prefix(workspace), Direction::kForward, limit, feed_key(workspace, after)));
  std::vector<FeedEntry> out;
  out.reserve(entries.size());
  for (const Entry& entry : entries) {
    POSTERN_TRY(auto decoded, decode_feed(entry));
    out.push_back(std::move(decoded));
  }
  return out;
}

std::shared_ptr<void> Watchers::watch(Store::FeedWatcher watcher) {
  const std::lock_guard lock(list_->mutex);
  const std::uint64_t number = list_->next++;
  list_->by_number.emplace(number, std::move(watcher));
  auto forget = [list = list_, number](void*) {
    const std::lock_guard forget_lock(list->mutex);
    list->by_number.erase(number);
  };
  return {list_.get(), std::move(forget)};
}

void Watchers::notify(core::WorkspaceId workspace, std::uint64_t sequence) const {
  const std::lock_guard lock(list_->mutex);
  for (auto place = list_->by_number.begin(); place != list_->by_number.end();) {
    const auto watcher = place->second;  // a copy: it may drop its own handle
    const auto number = place->first;
    watcher(workspace, sequence);
    place = list_->by_number.upper_bound(number);
  }
}

}  // namespace postern::storage
