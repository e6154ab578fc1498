#include "smtp/server/grey_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "core/encoding.h"
#include "core/errc.h"
#include "core/random.h"

namespace postern::smtp {
namespace {

constexpr std::string_view kHead = "postern greylist 1 ";  // in the file: the version of its form
constexpr std::size_t kKeyBytes = 32;
constexpr std::int64_t kSweepEverySeconds = 60;

// The bytes of its /24 or, of IPv6, /64.
std::string network_text(const net::IpAddress& client) {
  const auto front = [](const auto& bytes, std::size_t count) { return std::string(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count)); };
  return client.is_v4() ? front(client.asio().to_v4().to_bytes(), 3) : front(client.asio().to_v6().to_bytes(), 8);
}

template <class Number>
bool take(std::string_view& from, Number& into, int base) {
  const auto [end, error] = std::from_chars(from.data(), from.data() + from.size(), into, base);
  if (error != std::errc()) return false;
  from.remove_prefix(static_cast<std::size_t>(end - from.data()));
  if (from.starts_with(' ')) from.remove_prefix(1);
  return true;
}

}  // namespace

GreyList::GreyList(GreyListOptions options, const core::Clock& clock)
    : options_(options), clock_(clock), key_(core::random_bytes(kKeyBytes)) {}

std::uint64_t GreyList::digest(char kind, std::string_view text) const {
  const std::string hash = core::blake2b_keyed(key_, std::string(1, kind).append(text));
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < sizeof out; ++i) out = (out << 8U) | static_cast<unsigned char>(hash[i]);
  return out;
}

std::optional<std::chrono::seconds> GreyList::check(const net::IpAddress& client, std::string_view mail_from, std::string_view rcpt) {
  if (!options_.is_on) return std::nullopt;
  const std::int64_t now = core::to_unix_ms(clock_.wall_now()) / 1000;
  const std::lock_guard lock(mutex_);
  forget_old(now);
  const std::uint64_t network = digest('n', network_text(client));
  if (const auto place = known_.find(network); place != known_.end()) {
    place->second = now;
    return std::nullopt;
  }
  // Bounces have no sender to tell them apart: there the network stands for it.
  const std::string who = mail_from.empty() ? network_text(client) : std::string(mail_from);
  const std::uint64_t pair = digest('p', fmt::format("{} {}", who, rcpt));
  if (!tried_.contains(pair) && tried_.size() >= options_.tried_max) return std::nullopt;
  Attempt& attempt = tried_[pair];
  if (attempt.count == 0) attempt.first_s = now;
  if (std::ranges::find(attempt.networks, network) == attempt.networks.end()) attempt.networks[attempt.count++ % attempt.networks.size()] = network;
  const std::int64_t waited = now - attempt.first_s;
  if (waited < options_.delay.count()) return std::chrono::seconds(options_.delay.count() - waited);
  for (const std::uint64_t each : attempt.networks) {
    if (each != 0) learn(each, now);
  }
  tried_.erase(pair);
  return std::nullopt;
}

void GreyList::learn(std::uint64_t network, std::int64_t now) {
  if (known_.size() < options_.known_max || known_.contains(network)) known_[network] = now;
}

void GreyList::forget_old(std::int64_t now) {
  if (now - swept_s_ < kSweepEverySeconds) return;
  swept_s_ = now;
  const auto try_within = std::chrono::seconds(options_.try_within).count();
  const auto known_for = std::chrono::seconds(options_.known_for).count();
  std::erase_if(tried_, [&](const auto& entry) { return now - entry.second.first_s > try_within; });
  std::erase_if(known_, [&](const auto& entry) { return now - entry.second > known_for; });
}

std::string GreyList::write() const {
  const std::lock_guard lock(mutex_);
  std::string out = fmt::format("{}{}\n", kHead, core::to_hex(key_));
  for (const auto& [network, seen] : known_) fmt::format_to(std::back_inserter(out), "{:x} {}\n", network, seen);
  return out;
}

core::Result<void> GreyList::read(std::string_view text) {
  const auto wrong = [] { return core::fail(core::Errc::kInvalid, "not a list of known networks"); };
  if (!text.starts_with(kHead)) return wrong();
  text.remove_prefix(kHead.size());
  const std::size_t first_end = text.find('\n');
  const auto key = core::from_hex(text.substr(0, first_end));
  if (first_end == std::string_view::npos || !key || key->size() != kKeyBytes) return wrong();
  text.remove_prefix(first_end + 1);
  std::unordered_map<std::uint64_t, std::int64_t> known;
  while (!text.empty() && known.size() < options_.known_max) {
    std::uint64_t network = 0;
    std::int64_t seen = 0;
    if (!take(text, network, 16) || !take(text, seen, 10) || !text.starts_with('\n')) return wrong();
    text.remove_prefix(1);
    known[network] = seen;
  }
  const std::lock_guard lock(mutex_);
  key_ = *key;
  known_ = std::move(known);
  tried_.clear();  // of another key
  return {};
}

std::size_t GreyList::known() const {
  const std::lock_guard lock(mutex_);
  return known_.size();
}

}  // namespace postern::smtp
