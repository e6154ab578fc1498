#include "web/server/drain_signal.h"

namespace postern::web {

DrainSignal::DrainSignal() : state_(std::make_shared<State>()) {}

bool DrainSignal::is_draining() const { return state_->draining.load(); }

void DrainSignal::begin() {
  std::lock_guard lock(state_->mutex);
  if (state_->draining.exchange(true)) return;
  for (const auto& [id, callback] : state_->callbacks) callback();
}

std::shared_ptr<void> DrainSignal::on_drain(std::function<void()> callback) {
  std::lock_guard lock(state_->mutex);
  std::uint64_t id = state_->next++;
  if (is_draining()) callback();
  state_->callbacks.emplace(id, std::move(callback));
  auto remove = [state = state_, id](void*) {
    std::lock_guard again(state->mutex);
    state->callbacks.erase(id);
  };
  return std::shared_ptr<void>(this, std::move(remove));
}

}  // namespace postern::web
