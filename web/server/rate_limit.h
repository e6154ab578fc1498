#pragma once
// web/server/rate_limit.h: token buckets by key (an address, a user). Bounded: when all keys are taken by buckets that
// are not full again, newcomers share one bucket, so that a flood of addresses cannot wash out the limits of others.
// Thread-safety: all methods from any thread.
#include <mutex>
#include <string>
#include <unordered_map>

#include "core/clock.h"
#include "net/ip.h"
#include "web/options.h"
#include "web/server/message.h"

namespace postern::web {

class RateLimit {
 public:
  struct Outcome {
    bool is_allowed = true;
    double limit = 0;         // the burst
    double remaining = 0;
    double retry_seconds = 0; // until one request is allowed again
    double reset_seconds = 0; // until the bucket is full again
  };
  RateLimit(std::string name, RateOptions options, std::size_t keys_max, const core::Clock& clock)
      : name_(std::move(name)), options_(options), keys_max_(keys_max), clock_(clock) {}
  Outcome take(const std::string& key);
  const std::string& name() const { return name_; }
  double per_minute() const { return options_.per_minute; }

 private:
  struct Bucket {
    double tokens = 0;
    core::Instant at;
  };
  Bucket& bucket_of(const std::string& key, core::Instant now);
  void refill(Bucket& bucket, core::Instant now) const;

  std::string name_;
  RateOptions options_;
  std::size_t keys_max_;
  const core::Clock& clock_;
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
  core::Instant next_sweep_;
  Bucket shared_;
  bool has_shared_ = false;
};

// "192.0.2.1", or the /64 of an IPv6 address: what one customer of a provider usually has.
std::string network_key(const std::string& client_ip);
// RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers), and the names that Zendesk's clients read.
void add_rate_fields(const RateLimit& limit, const RateLimit::Outcome& outcome, Response& response);

}  // namespace postern::web
