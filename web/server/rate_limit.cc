#include "web/server/rate_limit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace postern::web {

void RateLimit::refill(Bucket& bucket, core::Instant now) const {
  double seconds = std::chrono::duration<double>(now - bucket.at).count();
  bucket.tokens = std::min(options_.burst, bucket.tokens + seconds * options_.per_minute / 60.0);
  bucket.at = now;
}

RateLimit::Bucket& RateLimit::bucket_of(const std::string& key, core::Instant now) {
  auto found = buckets_.find(key);
  if (found == buckets_.end() && buckets_.size() >= keys_max_ && now >= next_sweep_) {
    for (auto at = buckets_.begin(); at != buckets_.end();) {
      refill(at->second, now);
      at = at->second.tokens >= options_.burst ? buckets_.erase(at) : std::next(at);
    }
    next_sweep_ = now + std::chrono::seconds(1);  // a sweep is linear: not for every newcomer
  }
  if (found == buckets_.end() && buckets_.size() >= keys_max_) {
    if (!has_shared_) shared_ = Bucket{options_.burst, now};
    has_shared_ = true;
    return shared_;
  }
  if (found == buckets_.end()) found = buckets_.emplace(key, Bucket{options_.burst, now}).first;
  return found->second;
}

RateLimit::Outcome RateLimit::take(const std::string& key) {
  core::Instant now = clock_.now();
  std::lock_guard lock(mutex_);
  Bucket& bucket = bucket_of(key, now);
  refill(bucket, now);
  Outcome outcome;
  outcome.is_allowed = bucket.tokens >= 1;
  if (outcome.is_allowed) bucket.tokens -= 1;
  double per_second = options_.per_minute / 60.0;
  outcome.limit = options_.burst;
  outcome.remaining = std::floor(bucket.tokens);
  outcome.retry_seconds = bucket.tokens >= 1 ? 0 : std::ceil((1 - bucket.tokens) / per_second);
  outcome.reset_seconds = std::ceil((options_.burst - bucket.tokens) / per_second);
  return outcome;
}

std::string network_key(const std::string& client_ip) {
  core::Result<net::IpAddress> address = net::IpAddress::parse(client_ip);
  if (!address || address->is_v4()) return client_ip;
  auto bytes = address->asio().to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return boost::asio::ip::address_v6(bytes).to_string() + "/64";
}

void add_rate_fields(const RateLimit& limit, const RateLimit::Outcome& outcome, Response& response) {
  // The window in which the whole quota comes back.
  double window = limit.per_minute() > 0 ? std::ceil(outcome.limit * 60.0 / limit.per_minute()) : 60;
  response.set("RateLimit-Policy", fmt::format("\"{}\";q={:.0f};w={:.0f}", limit.name(), outcome.limit, window));
  response.set("RateLimit", fmt::format("\"{}\";r={:.0f};t={:.0f}", limit.name(), outcome.remaining, outcome.reset_seconds));
  // Both of them requests of a minute, as Zendesk's: what may be asked for at once never looks like more than a minute's share.
  response.set("X-Rate-Limit", fmt::format("{:.0f}", limit.per_minute()));
  response.set("X-Rate-Limit-Remaining", fmt::format("{:.0f}", std::min(outcome.remaining, limit.per_minute())));
  // As Zendesk has the three of them beside the two above.
  response.set("ratelimit-limit", fmt::format("{:.0f}", outcome.limit));
  response.set("ratelimit-remaining", fmt::format("{:.0f}", outcome.remaining));
  response.set("ratelimit-reset", fmt::format("{:.0f}", outcome.reset_seconds));
  if (!outcome.is_allowed) response.set("Retry-After", fmt::format("{:.0f}", std::max(1.0, outcome.retry_seconds)));
}

}  // namespace postern::web
