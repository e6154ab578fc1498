#include "smtp/server/peers.h"

namespace postern::smtp {
namespace {

constexpr std::size_t kNetworksMax = 65536;

// The first `v4` or `v6` bytes of an address.
std::string prefix(const net::IpAddress& address, std::size_t v4, std::size_t v6) {
  if (address.is_v4()) {
    const auto bytes = address.asio().to_v4().to_bytes();
    return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(v4)};
  }
  const auto bytes = address.asio().to_v6().to_bytes();
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(v6)};
}

std::string session_key(const net::IpAddress& address) { return prefix(address, 4, 8); }
std::string window_key(const net::IpAddress& address) { return prefix(address, 3, 8); }

}  // namespace

PeerTable::Place::~Place() {
  if (table_ != nullptr) table_->leave(key_);
}

PeerTable::Place PeerTable::enter(const net::IpAddress& address) {
  std::string key = session_key(address);
  std::lock_guard lock(mutex_);
  std::size_t& sessions = sessions_[key];
  if (sessions >= sessions_max_) return {};
  ++sessions;
  return {this, std::move(key)};
}

void PeerTable::leave(const std::string& key) noexcept {
  std::lock_guard lock(mutex_);
  const auto at = sessions_.find(key);
  if (at != sessions_.end() && --at->second == 0) sessions_.erase(at);
}

void PeerTable::count_aborted(const net::IpAddress& address) {
  std::lock_guard lock(mutex_);
  const core::Instant now = clock_.now();
  if (windows_.size() >= kNetworksMax) {
    std::erase_if(windows_, [&](const auto& entry) { return now - entry.second.since >= window_; });
    if (windows_.size() >= kNetworksMax) windows_.clear();
  }
  Window& window = windows_[window_key(address)];
  if (now - window.since >= window_) window = {now, 0};
  ++window.aborted;
}

bool PeerTable::has_aborted_too_often(const net::IpAddress& address) const {
  std::lock_guard lock(mutex_);
  const auto at = windows_.find(window_key(address));
  return at != windows_.end() && at->second.aborted > aborted_max_ && clock_.now() - at->second.since < window_;
}

std::size_t PeerTable::sessions() const {
  std::lock_guard lock(mutex_);
  std::size_t sum = 0;
  for (const auto& [key, sessions] : sessions_) sum += sessions;
  return sum;
}

}  // namespace postern::smtp
