#include "net/answer_cache.h"

#include <algorithm>

namespace postern::net {
namespace {

constexpr std::size_t kNodeBytes = 64;  // of the list and the map, beside an entry
constexpr std::size_t kShareOfShard = 16;

std::size_t bytes_of(const std::string& key, const DnsAnswer& answer, std::size_t entry_bytes) {
  std::size_t sum = entry_bytes + kNodeBytes + 2 * key.size() + sizeof(std::string) + answer.canonical_name.size();
  for (const std::string& record : answer.rdata) sum += sizeof(std::string) + record.size();
  return sum;
}

}  // namespace

AnswerCache::AnswerCache(std::size_t answers_max, std::size_t bytes_max, core::Duration ttl_max)
    : per_shard_max_(answers_max / kShards), shard_bytes_max_(bytes_max / kShards), ttl_max_(ttl_max) {}

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
    forget(shard, found->second);
    return std::nullopt;
  }
  shard.by_use.splice(shard.by_use.begin(), shard.by_use, found->second);
  DnsAnswer answer = found->second->answer;
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(found->second->expires - now).count();
  answer.ttl_seconds = std::min(answer.ttl_seconds, static_cast<std::uint32_t>(left));
  return answer;
}

void AnswerCache::forget(Shard& shard, std::list<Entry>::iterator entry) {
  shard.bytes -= entry->bytes;
  shard.by_key.erase(entry->key);
  shard.by_use.erase(entry);
}

void AnswerCache::keep(const std::string& key, const DnsAnswer& answer, core::Instant now) {
  if (answer.is_transient_failure() || answer.ttl_seconds == 0 || per_shard_max_ == 0) return;
  const std::size_t bytes = bytes_of(key, answer, sizeof(Entry));
  const core::Instant expires = now + std::min<core::Duration>(std::chrono::seconds(answer.ttl_seconds), ttl_max_);
  Shard& shard = shard_of(key);
  std::lock_guard lock(shard.mutex);
  if (const auto known = shard.by_key.find(key); known != shard.by_key.end()) forget(shard, known->second);
  if (bytes > shard_bytes_max_ / kShareOfShard) return;
  while (shard.by_use.size() >= per_shard_max_ || shard.bytes + bytes > shard_bytes_max_) {
    forget(shard, std::prev(shard.by_use.end()));
  }
  shard.by_use.push_front(Entry{key, answer, expires, bytes});
  shard.by_key.emplace(key, shard.by_use.begin());
  shard.bytes += bytes;
}

std::size_t AnswerCache::size() const {
  std::size_t total = 0;
  for (const Shard& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    total += shard.by_use.size();
  }
  return total;
}

std::size_t AnswerCache::bytes() const {
  std::size_t total = 0;
  for (const Shard& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    total += shard.bytes;
  }
  return total;
}

}  // namespace postern::net
