#pragma once
// net/block_list.h: networks whose connections are refused (C-09, Z-05): what the configuration and its feeds list, and
// what was added while running, by a person or by ourselves, usually for a time. A block holds for mail, for the web, or
// for both: a list of home networks that send no mail is right for one and would shut customers out of the other.
// Thread-safety: all methods from any thread.  Ownership: borrows the clock.
// Limits: kListedMax listed networks, kAddedMax added ones; beyond it the added one that ends first gives way.
// A look-up costs one probe for each length of prefix in use, not one for each network.
#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "net/ip.h"

namespace postern::net {

// As bits.
enum class Door : std::uint8_t { kMail = 1, kWeb = 2, kBoth = 3 };

struct Block {
  IpNetwork network;
  std::string reason;                     // for logs, replies and people
  std::optional<core::WallTime> until;    // nothing: until it is removed
  Door door = Door::kBoth;
};

class BlockList {
 public:
  static constexpr std::size_t kListedMax = 200'000;
  static constexpr std::size_t kAddedMax = 10'000;

  explicit BlockList(const core::Clock& clock) : clock_(clock) {}
  // Replaces what configuration and feeds say; a network that is listed for each door is blocked at both. Errors:
  // Errc::kTooMany.
  core::Result<void> set_listed(const std::vector<Block>& blocks);
  // Adds or replaces the block of exactly this network.
  void add(Block block);
  // False when nothing was added for exactly this network (what is listed stays).
  bool remove(const IpNetwork& network);
  // The narrowest block that is in force at the door (not kBoth).
  std::optional<Block> find(const IpAddress& address, Door door = Door::kMail) const;
  std::vector<Block> added() const;  // those in force
  std::size_t listed() const;

 private:
  // Networks by length of their prefix, longest first, then by their bits.
  class Table {
   public:
    Block& at(const IpNetwork& network);
    bool erase(const IpNetwork& network);
    template <class Accept>
    const Block* find(const IpAddress& address, Accept accept) const;
    std::size_t size() const { return size_; }
    template <class Visit>
    void each(Visit visit) const;

   private:
    using Rows = std::unordered_map<std::string, Block>;
    std::map<unsigned, Rows, std::greater<>> v4_;
    std::map<unsigned, Rows, std::greater<>> v6_;
    std::size_t size_ = 0;
  };
  void make_room();

  const core::Clock& clock_;
  mutable std::mutex mutex_;
  Table listed_;
  Table added_;
};

// The networks of a feed: one a line, "192.0.2.0/24", what follows ';' or '#' is a comment (the form of Spamhaus DROP,
// FireHOL and most others). Errors: Errc::kAddress with the number of the first bad line, Errc::kTooMany.
core::Result<std::vector<IpNetwork>> parse_block_feed(std::string_view text);

}  // namespace postern::net
