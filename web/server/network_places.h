#pragma once
// web/server/network_places.h: how many connections each network has open, so that one client cannot take all places.
// Thread-safety: all methods from any thread.  Ownership: places borrow the table and end before it.
// Limits: the listener bounds connections, and with them the keys.
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace postern::web {

class NetworkPlaces {
 public:
  explicit NetworkPlaces(std::size_t places_max) : places_max_(places_max) {}

  // Leaving the scope gives the place back. False: the network has none left.
  class Place {
   public:
    Place() = default;
    Place(NetworkPlaces* table, std::string key) : table_(table), key_(std::move(key)) {}
    Place(Place&& other) noexcept : table_(std::exchange(other.table_, nullptr)), key_(std::move(other.key_)) {}
    Place& operator=(Place&&) = delete;
    ~Place();
    explicit operator bool() const { return table_ != nullptr; }

   private:
    NetworkPlaces* table_ = nullptr;
    std::string key_;
  };
  Place enter(std::string network);

 private:
  void leave(const std::string& key) noexcept;
  const std::size_t places_max_;
  std::mutex mutex_;
  std::map<std::string, std::size_t> taken_;
};

}  // namespace postern::web
