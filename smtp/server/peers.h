#pragma once
// smtp/server/peers.h: what is counted per network of clients: sessions now, and transactions that were begun and
// dropped within a window (they cost us memory and work and bring nothing).
// Thread-safety: all methods from any thread.  Limits: networks_max; beyond it the oldest windows are forgotten.
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "core/clock.h"
#include "net/ip.h"

namespace postern::smtp {

class PeerTable {
 public:
  PeerTable(std::size_t sessions_max, std::size_t aborted_max, core::Duration window, const core::Clock& clock)
      : sessions_max_(sessions_max), aborted_max_(aborted_max), window_(window), clock_(clock) {}

  // A session's place; leaving the scope gives it back. Tells false when the address has no place left.
  class Place {
   public:
    Place() = default;
    Place(PeerTable* table, std::string key) : table_(table), key_(std::move(key)) {}
    Place(Place&& other) noexcept : table_(std::exchange(other.table_, nullptr)), key_(std::move(other.key_)) {}
    Place& operator=(Place&&) = delete;
    ~Place();
    explicit operator bool() const { return table_ != nullptr; }

   private:
    PeerTable* table_ = nullptr;
    std::string key_;
  };
  Place enter(const net::IpAddress& address);

  void count_aborted(const net::IpAddress& address);
  bool has_aborted_too_often(const net::IpAddress& address) const;
  std::size_t sessions() const;

 private:
  struct Window {
    core::Instant since;
    std::size_t aborted = 0;
  };
  void leave(const std::string& key) noexcept;
  const std::size_t sessions_max_;
  const std::size_t aborted_max_;
  const core::Duration window_;
  const core::Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, std::size_t> sessions_;
  std::map<std::string, Window> windows_;
};

}  // namespace postern::smtp
