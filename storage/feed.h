#pragma once
// storage/feed.h: what every engine shares about the change feed: keys, records, watchers.
// Thread-safety: Watchers from any thread; the functions are pure.
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "storage/store.h"

namespace postern::storage {

std::string feed_prefix(core::WorkspaceId workspace);
std::string feed_key(core::WorkspaceId workspace, std::uint64_t sequence);
// Where the workspace's last sequence is kept, in the form of a number sequence.
std::string last_sequence_key(core::WorkspaceId workspace);

std::string encode_feed(const std::vector<Change>& changes, std::int64_t at_unix_ms);
// Errors: kCorrupt.
core::Result<FeedEntry> decode_feed(const Entry& entry);
// The body of Store::feed(). Errors: those of the snapshot, kCorrupt.
core::Result<std::vector<FeedEntry>> read_feed(const Snapshot& snapshot, core::WorkspaceId workspace,
                                               std::uint64_t after, std::size_t limit);

// Store::watch(). A handle's destruction waits for a call in progress, so a watcher is never called afterwards.
class Watchers {
 public:
  std::shared_ptr<void> watch(Store::FeedWatcher watcher);
  void notify(core::WorkspaceId workspace, std::uint64_t sequence) const;

 private:
  struct List {
    std::recursive_mutex mutex;  // recursive: a watcher may drop its own handle
    std::uint64_t next = 0;
    std::map<std::uint64_t, Store::FeedWatcher> by_number;
  };
  std::shared_ptr<List> list_ = std::make_shared<List>();
};

}  // namespace postern::storage
