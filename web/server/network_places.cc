#include "web/server/network_places.h"

namespace postern::web {

NetworkPlaces::Place::~Place() {
  if (table_ != nullptr) table_->leave(key_);
}

NetworkPlaces::Place NetworkPlaces::enter(std::string network) {
  std::lock_guard lock(mutex_);
  auto at = taken_.find(network);
  if (at != taken_.end() && at->second >= places_max_) return {};
  ++taken_[network];
  return {this, std::move(network)};
}

void NetworkPlaces::leave(const std::string& key) noexcept {
  std::lock_guard lock(mutex_);
  auto at = taken_.find(key);
  if (at != taken_.end() && --at->second == 0) taken_.erase(at);
}

}  // namespace postern::web
