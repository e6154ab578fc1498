#include "net/answer_cache.h"

#include <algorithm>

namespace postern::net {

AnswerCache::AnswerCache(std::size_t answers_max, core::Duration ttl_max)
    : per_shard_max_(answers_max / kShards), ttl_max_(ttl_max) {}

std::string AnswerCache::key_of(const DnsQuestion& question) {
  std::string key = normalize_name(question.name);
  const auto type = static_cast<std::uint16_t>(question.type);
  key += '\0';
  key += static_cast<char>(type >> 8U);
  key += static_cast<char>(type & 0xffU);
  return key;
}

AnswerCache::Shard& AnswerCache::shard_of(const std::string& key) {
  return shards_[std::hash<std::string>{}(key) % kShards];
}

std::optional<DnsAnswer> AnswerCache::find(const std::string& key, core::Instant now) {
  Shard& shard = shard_of(key);
  std::lock_guard lock(shard.mutex);
  const auto found = shard.by_key.find(key);
  if (found == shard.by_key.end()) return std::nullopt;
  if (found->second->expires <= now) {
    shard.by_use.erase(found->second);
    shard.by_key.erase(found);
    return std::nullopt;
  }
  shard.by_use.splice(shard.by_use.begin(), shard.by_use, found->second);
  DnsAnswer answer = found->second->answer;
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(found->second->expires - now).count();
  answer.ttl_seconds = std::min(answer.ttl_seconds, static_cast<std::uint32_t>(left));
  return answer;
}

void AnswerCache::keep(const std::string& key, const DnsAnswer& answer, core::Instant now) {
  if (answer.is_transient_failure() || answer.ttl_seconds == 0 || per_shard_max_ == 0) return;
  const core::Instant expires = now + std::min<core::Duration>(std::chrono::seconds(answer.ttl_seconds), ttl_max_);
  Shard& shard = shard_of(key);
  std::lock_guard lock(shard.mutex);
  if (const auto found = shard.by_key.find(key); found != shard.by_key.end()) {
    found->second->answer = answer;
    found->second->expires = expires;
    return;
  }
  if (shard.by_use.size() >= per_shard_max_) {
    shard.by_key.erase(shard.by_use.back().key);
    shard.by_use.pop_back();
  }
  shard.by_use.push_front(Entry{key, answer, expires});
  shard.by_key.emplace(key, shard.by_use.begin());
}

std::size_t AnswerCache::size() const {
  std::size_t total = 0;
  for (const Shard& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    total += shard.by_use.size();
  }
  return total;
}

}  // namespace postern::net
