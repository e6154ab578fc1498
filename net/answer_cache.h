#pragma once
// net/answer_cache.h: private to net/: recent DNS answers by question, so that a repeated one crosses no thread.
// Thread-safety: any thread; sharded, so that senders of one second do not queue behind one lock.
// Limits: answers_max entries and bytes_max of memory, least recently used first out; an answer above a sixteenth of its
// shard is not kept, so that one cannot push out many. An entry lives for its TTL, at most ttl_max.
#include <array>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "net/dns.h"

namespace postern::net {

class AnswerCache {
 public:
  AnswerCache(std::size_t answers_max, std::size_t bytes_max, core::Duration ttl_max);
  // The form of a question under which its answer is kept.
  static std::string key_of(const DnsQuestion& question);
  std::optional<DnsAnswer> find(const std::string& key, core::Instant now);
  // Keeps answers that say something lasting (records, or their proven absence); others are ignored.
  void keep(const std::string& key, const DnsAnswer& answer, core::Instant now);
  std::size_t size() const;
  std::size_t bytes() const;  // what the entries take, about

 private:
  static constexpr std::size_t kShards = 16;
  struct Entry {
    std::string key;
    DnsAnswer answer;
    core::Instant expires;
    std::size_t bytes;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::list<Entry> by_use;  // most recent first
    std::unordered_map<std::string, std::list<Entry>::iterator> by_key;
    std::size_t bytes = 0;
  };
  Shard& shard_of(const std::string& key);
  static void forget(Shard& shard, std::list<Entry>::iterator entry);

  std::size_t per_shard_max_;
  std::size_t shard_bytes_max_;
  core::Duration ttl_max_;
  std::array<Shard, kShards> shards_;
};

}  // namespace postern::net
