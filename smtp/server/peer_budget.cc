#include "smtp/server/peer_budget.h"

#include <algorithm>
#include <cmath>

#include "core/log.h"

namespace postern::smtp {
namespace {

constexpr auto kMinute = std::chrono::seconds(60);
constexpr auto kForgetAfter = std::chrono::hours(24);  // offences of one who has been quiet
constexpr auto kIdleAfter = 2 * kMinute;               // every bucket is full again
constexpr unsigned kDoublingsMax = 20;

double seconds_since(core::Instant then, core::Instant now) { return std::chrono::duration<double>(now - then).count(); }

// An IPv6 client has a whole /64 to itself; a site usually a /48 (RFC 6177).
net::IpNetwork network_of(const net::IpAddress& client, unsigned v4_bits, unsigned v6_bits) {
  const unsigned bits = client.is_v4() ? v4_bits : v6_bits;
  return net::IpNetwork(client, bits);
}
const PeerRate& rate_of(const PeerLimits& limits, Expense expense) {
  switch (expense) {
    case Expense::kConnections: return limits.connections;
    case Expense::kMessages: return limits.messages;
    case Expense::kRcpts: return limits.rcpts;
    case Expense::kBytes: return limits.bytes;
    case Expense::kErrors: break;
  }
  return limits.errors;
}

bool is_limited(const PeerLimits& limits, Expense expense) {
  const PeerRate& rate = rate_of(limits, expense);
  return rate.per_address > 0 || rate.per_network > 0;
}

net::IpNetwork own_network(const net::IpAddress& client) { return network_of(client, 32, 64); }
net::IpNetwork wide_network(const net::IpAddress& client) { return network_of(client, 24, 48); }

}  // namespace

PeerBudget::PeerBudget(const PeerLimits& limits, net::BlockList& blocks, const core::Clock& clock)
    : limits_(limits), blocks_(blocks), clock_(clock) {}

PeerBudget::Peer& PeerBudget::Table::at(const std::string& key, core::Instant now) {
  const auto found = peers_.find(key);
  if (found == peers_.end() && peers_.size() >= kPeersMax) {
    if (now < next_sweep_) return shared_;
    next_sweep_ = now + kMinute;
    std::erase_if(peers_, [&](const auto& row) {
      const Peer& peer = row.second;
      return now - peer.seen_at > kIdleAfter && (peer.offences == 0 || now - peer.offended_at > kForgetAfter);
    });
    if (peers_.size() >= kPeersMax) return shared_;
  }
  Peer& peer = found != peers_.end() ? found->second : peers_[key];
  peer.seen_at = now;
  return peer;
}

std::array<PeerBudget::Place, 2> PeerBudget::places(Expense expense, const net::IpAddress& client, core::Instant now) {
  const PeerRate& rate = rate_of(limits_, expense);
  std::array<Place, 2> all;
  if (rate.per_address > 0) all[0] = {&addresses_.at(own_network(client).to_string(), now), rate.per_address, false};
  if (rate.per_network > 0) all[1] = {&networks_.at(wide_network(client).to_string(), now), rate.per_network, true};
  return all;
}

// What is still spent after the time that has passed; a minute gives back the whole limit.
double PeerBudget::spent(Bucket& bucket, std::size_t limit, core::Instant now) {
  const double back = seconds_since(bucket.at, now) * static_cast<double>(limit) / 60.0;
  bucket.spent = std::max(0.0, bucket.spent - back);
  bucket.at = now;
  return bucket.spent;
}

std::optional<PeerBudget::Excess> PeerBudget::missing(const Place& place, Expense expense, std::size_t amount, core::Instant now) {
  if (place.peer == nullptr) return std::nullopt;
  const double limit = static_cast<double>(place.limit);
  const double over = spent(place.peer->buckets[static_cast<std::size_t>(expense)], place.limit, now) +
                      static_cast<double>(amount) - limit;
  if (over <= 0) return std::nullopt;
  return Excess{place.is_network, std::chrono::seconds(static_cast<std::int64_t>(std::ceil(over * 60.0 / limit)))};
}

std::optional<PeerBudget::Excess> PeerBudget::missing_any(std::span<const Place> all, Expense expense, std::size_t amount,
                                                          core::Instant now) {
  for (const Place& place : all) {
    if (auto excess = missing(place, expense, amount, now)) return excess;
  }
  return std::nullopt;
}

void PeerBudget::take(std::span<const Place> all, Expense expense, std::size_t amount, core::Instant now) {
  for (const Place& place : all) {
    if (place.peer == nullptr) continue;
    Bucket& bucket = place.peer->buckets[static_cast<std::size_t>(expense)];
    bucket.spent = spent(bucket, place.limit, now) + static_cast<double>(amount);
  }
}

std::optional<PeerBudget::Excess> PeerBudget::spend(Expense expense, const net::IpAddress& client, std::size_t amount) {
  if (!is_limited(limits_, expense)) return std::nullopt;
  std::lock_guard lock(mutex_);
  const core::Instant now = clock_.now();
  const auto all = places(expense, client, now);
  if (auto excess = missing_any(all, expense, amount, now)) return excess;
  take(all, expense, amount, now);
  return std::nullopt;
}

std::optional<PeerBudget::Excess> PeerBudget::check(Expense expense, const net::IpAddress& client) {
  if (!is_limited(limits_, expense)) return std::nullopt;
  std::lock_guard lock(mutex_);
  const core::Instant now = clock_.now();
  const auto all = places(expense, client, now);
  return missing_any(all, expense, 1, now);
}

void PeerBudget::charge(Expense expense, const net::IpAddress& client, std::size_t amount) {
  if (!is_limited(limits_, expense)) return;
  std::lock_guard lock(mutex_);
  const core::Instant now = clock_.now();
  take(places(expense, client, now), expense, amount, now);
}

bool PeerBudget::count_error(const net::IpAddress& client) {
  std::lock_guard lock(mutex_);
  const core::Instant now = clock_.now();
  const auto all = places(Expense::kErrors, client, now);
  take(all, Expense::kErrors, 1, now);
  bool is_blocked = false;
  for (const Place& place : all) {
    if (!missing(place, Expense::kErrors, 0, now)) continue;
    block(*place.peer, place.is_network ? wide_network(client) : own_network(client), now);
    is_blocked = true;
  }
  return is_blocked;
}

bool PeerBudget::is_suspect(const net::IpAddress& client) {
  std::lock_guard lock(mutex_);
  const core::Instant now = clock_.now();
  for (const Place& place : places(Expense::kErrors, client, now)) {
    if (missing(place, Expense::kErrors, (place.limit + 1) / 2, now)) return true;
  }
  return false;
}

void PeerBudget::block(Peer& peer, const net::IpNetwork& network, core::Instant now) {
  if (peer.offences > 0 && now - peer.offended_at > kForgetAfter) peer.offences = 0;
  const core::Duration doubled = core::Duration(limits_.block_first) * (1ULL << std::min(peer.offences, kDoublingsMax));
  const core::Duration time = std::min<core::Duration>(doubled, limits_.block_max);
  ++peer.offences;
  peer.offended_at = now;
  peer.buckets[static_cast<std::size_t>(Expense::kErrors)].spent = 0;  // begins anew when the block ends
  blocks_.add({network, "too many errors", clock_.wall_now() + time, net::Door::kMail});
  core::log::warn("smtp.blocked", {{"network", network.to_string()},
                                   {"seconds", std::chrono::duration_cast<std::chrono::seconds>(time).count()},
                                   {"offence", peer.offences}});
}

}  // namespace postern::smtp
