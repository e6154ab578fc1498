#include "web/api/replay_cache.h"

namespace postern::web {

void ReplayCache::expire(std::uint64_t user) {
  core::Instant now = clock_.now();
  if (entries_.size() >= options_.replays_max) {
    std::erase_if(entries_, [now](const auto& each) { return each.second.expires <= now; });
  }
  auto first = entries_.lower_bound(Key(user, std::string()));
  std::size_t count = 0;
  auto oldest = entries_.end();
  for (auto at = first; at != entries_.end() && at->first.first == user;) {
    if (at->second.expires <= now) {
      at = entries_.erase(at);
      continue;
    }
    ++count;
    bool is_older = oldest == entries_.end() || at->second.expires < oldest->second.expires;
    if (at->second.response && is_older) oldest = at;
    ++at;
  }
  // A user's own oldest answer makes room; nobody else's.
  if (count >= options_.replays_per_user_max && oldest != entries_.end()) entries_.erase(oldest);
}

ReplayCache::Outcome ReplayCache::begin(const auth::Principal& who, const std::string& key, const std::string& digest) {
  std::lock_guard lock(mutex_);
  expire(who.user.value);
  Outcome outcome;
  auto found = entries_.find(Key(who.user.value, key));
  if (found != entries_.end()) {
    if (found->second.digest != digest) {
      outcome.kind = Kind::kDiffers;
    } else if (!found->second.response) {
      outcome.kind = Kind::kInFlight;
    } else {
      outcome.kind = Kind::kRepeated;
      outcome.response = found->second.response;
    }
    return outcome;
  }
  if (entries_.size() >= options_.replays_max) {
    outcome.kind = Kind::kFull;
    return outcome;
  }
  Entry entry;
  entry.digest = digest;
  entry.expires = clock_.now() + options_.replay_life;
  entries_.emplace(Key(who.user.value, key), std::move(entry));
  return outcome;
}

void ReplayCache::finish(const auth::Principal& who, const std::string& key, const Response* response) {
  std::lock_guard lock(mutex_);
  auto found = entries_.find(Key(who.user.value, key));
  if (found == entries_.end()) return;
  bool is_kept = response != nullptr && response->status < 500 && response->status != 429 && !response->stream;
  if (!is_kept) {
    entries_.erase(found);
    return;
  }
  if (response->body.size() <= options_.replay_body_bytes_max) {
    found->second.response = *response;
    return;
  }
  Response kept;
  kept.status = response->status;
  kept.fields = response->fields;
  kept.body = response->short_body.empty() ? "{}" : response->short_body;
  found->second.response = std::move(kept);
}

}  // namespace postern::web
