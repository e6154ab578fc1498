#pragma once
// web/api/change_hub.h: one watcher of the store's change feed for all event streams of this server.
// Thread-safety: all methods from any thread. Wake-ups run on a thread of the store and must return at once.
// Limits: streams in total and per user; begin() says no beyond them.
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "auth/principal.h"
#include "storage/store.h"
#include "web/options.h"

namespace postern::web {

class ChangeHub {
 public:
  ChangeHub(storage::Store& store, const WebOptions& options);
  // Calls `wake` after each commit in the principal's workspace until the handle is destroyed. nullptr: too many.
  std::shared_ptr<void> begin(const auth::Principal& who, std::function<void()> wake);
  // The same for what is not in the feed.
  void wake(core::WorkspaceId workspace);
  std::size_t streams() const;

 private:
  struct Listener {
    core::WorkspaceId workspace;
    core::UserId user;
    std::function<void()> wake;
  };
  struct State {
    mutable std::mutex mutex;
    std::uint64_t next = 1;
    std::map<std::uint64_t, Listener> listeners;
  };
  const WebOptions& options_;
  std::shared_ptr<State> state_;  // shared with handles and the watcher
  std::shared_ptr<void> watch_;
};

}  // namespace postern::web
