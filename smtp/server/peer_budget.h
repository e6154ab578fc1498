#pragma once
// smtp/server/peer_budget.h: what one client and its network may spend in a minute (C-10, Z-05): connections, messages,
// recipients, bytes and errors, each a token bucket of one minute's allowance. Who spends all errors is blocked for a
// time that doubles with each offence (C-09).
// Thread-safety: all methods from any thread.  Ownership: borrows the clock and the block list.
// Limits: kPeersMax addresses and as many networks; when all places are taken by peers that spend, newcomers share one,
// so that a flood of addresses cannot wash out what is known of others.
#include <array>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "core/clock.h"
#include "net/block_list.h"
#include "net/ip.h"
#include "smtp/options.h"

namespace postern::smtp {

enum class Expense { kConnections, kMessages, kRcpts, kBytes, kErrors };
inline constexpr std::size_t kExpenses = static_cast<std::size_t>(Expense::kErrors) + 1;

class PeerBudget {
 public:
  static constexpr std::size_t kPeersMax = 65'536;

  PeerBudget(const PeerLimits& limits, net::BlockList& blocks, const core::Clock& clock);

  // What is missing: whose bucket is empty, and when it will have something again.
  struct Excess {
    bool is_network = false;  // of the network, not of the address alone
    std::chrono::seconds wait{0};
  };
  // Nothing is taken when something is missing.
  std::optional<Excess> spend(Expense expense, const net::IpAddress& client, std::size_t amount = 1);
  // Whether something is left. For what is known only afterwards (bytes): charge() may leave a debt, which waits out.
  std::optional<Excess> check(Expense expense, const net::IpAddress& client);
  void charge(Expense expense, const net::IpAddress& client, std::size_t amount);
  // One error. Past the allowance the address, or the network, is blocked; true then.
  bool count_error(const net::IpAddress& client);
  // More than half of the errors are spent: such a client is answered late (tarpit).
  bool is_suspect(const net::IpAddress& client);

 private:
  struct Bucket {
    double spent = 0;
    core::Instant at;
  };
  struct Peer {
    std::array<Bucket, kExpenses> buckets;
    unsigned offences = 0;
    core::Instant offended_at;
    core::Instant seen_at;
  };
  class Table {
   public:
    Peer& at(const std::string& key, core::Instant now);

   private:
    std::unordered_map<std::string, Peer> peers_;
    core::Instant next_sweep_;
    Peer shared_;
  };
  struct Place {
    Peer* peer = nullptr;
    std::size_t limit = 0;
    bool is_network = false;
  };
  std::array<Place, 2> places(Expense expense, const net::IpAddress& client, core::Instant now);
  static double spent(Bucket& bucket, std::size_t limit, core::Instant now);
  static std::optional<Excess> missing(const Place& place, Expense expense, std::size_t amount, core::Instant now);
  std::optional<Excess> missing_any(std::span<const Place> all, Expense expense, std::size_t amount, core::Instant now);
  static void take(std::span<const Place> all, Expense expense, std::size_t amount, core::Instant now);
  void block(Peer& peer, const net::IpNetwork& network, core::Instant now);

  const PeerLimits limits_;
  net::BlockList& blocks_;
  const core::Clock& clock_;
  std::mutex mutex_;
  Table addresses_;
  Table networks_;
};

}  // namespace postern::smtp
