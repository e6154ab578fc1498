#pragma once
// web/server/drain_signal.h: tells connections and event streams that the server is about to stop.
// Thread-safety: all methods from any thread. Callbacks run on the thread that calls begin() and must return at once.
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace postern::web {

class DrainSignal {
 public:
  DrainSignal();
  bool is_draining() const;
  void begin();
  // The callback stays until the handle is destroyed. It is called at once when draining has begun.
  std::shared_ptr<void> on_drain(std::function<void()> callback);

 private:
  struct State {
    std::atomic<bool> draining{false};
    std::mutex mutex;
    std::uint64_t next = 1;
    std::map<std::uint64_t, std::function<void()>> callbacks;
  };
  std::shared_ptr<State> state_;  // shared with handles, which may outlive us
};

}  // namespace postern::web
