#include "web/api/change_hub.h"

#include <algorithm>

namespace postern::web {

ChangeHub::ChangeHub(storage::Store& store, const WebOptions& options) : options_(options), state_(std::make_shared<State>()) {
  watch_ = store.watch([state = state_](core::WorkspaceId workspace, std::uint64_t) {
    std::lock_guard lock(state->mutex);
    for (const auto& [id, listener] : state->listeners) {
      if (listener.workspace == workspace) listener.wake();
    }
  });
}

std::shared_ptr<void> ChangeHub::begin(const auth::Principal& who, std::function<void()> wake) {
  std::lock_guard lock(state_->mutex);
  auto is_own = [&](const auto& each) { return each.second.user == who.user; };
  auto own = std::ranges::count_if(state_->listeners, is_own);
  if (state_->listeners.size() >= options_.event_streams_max ||
      static_cast<std::size_t>(own) >= options_.event_streams_per_user_max) {
    return nullptr;
  }
  std::uint64_t id = state_->next++;
  Listener listener;
  listener.workspace = who.workspace;
  listener.user = who.user;
  listener.wake = std::move(wake);
  state_->listeners.emplace(id, std::move(listener));
  auto remove = [state = state_, id](void*) {
    std::lock_guard again(state->mutex);
    state->listeners.erase(id);
  };
  return std::shared_ptr<void>(this, std::move(remove));
}

void ChangeHub::wake(core::WorkspaceId workspace) {
  const std::lock_guard lock(state_->mutex);
  for (const auto& [id, listener] : state_->listeners) {
    if (listener.workspace == workspace) listener.wake();
  }
}

std::size_t ChangeHub::streams() const {
  std::lock_guard lock(state_->mutex);
  return state_->listeners.size();
}

}  // namespace postern::web
