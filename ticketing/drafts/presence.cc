#include "ticketing/drafts/presence.h"

#include <algorithm>
#include <set>

namespace postern::ticketing {

std::string_view to_string(Doing doing) { return doing == Doing::kTyping ? "typing" : "viewing"; }

bool Presence::tell(core::WorkspaceId workspace, core::TicketId ticket, core::UserId user, Doing doing) {
  const bool is_news = put({workspace, ticket}, user, doing);
  if (is_news) announce({workspace, ticket});
  return is_news;
}

bool Presence::put(const Place& place, core::UserId user, Doing doing) {
  const core::Instant now = clock_.now();
  const std::lock_guard lock(mutex_);
  if (entries_ >= limits_.entries_max) forget_expired(now);
  auto& people = places_[place];
  const auto known = people.find(user);
  if (known != people.end()) {
    const bool is_news = known->second.doing != doing || known->second.until <= now;
    known->second = {doing, now + limits_.life};
    return is_news;
  }
  if (entries_ >= limits_.entries_max || people.size() >= limits_.per_ticket_max) {
    if (people.empty()) places_.erase(place);
    return false;
  }
  people.emplace(user, Entry{doing, now + limits_.life});
  ++entries_;
  return true;
}

bool Presence::leave(core::WorkspaceId workspace, core::TicketId ticket, core::UserId user) {
  {
    const std::lock_guard lock(mutex_);
    const auto place = places_.find({workspace, ticket});
    if (place == places_.end() || place->second.erase(user) == 0) return false;
    --entries_;
    if (place->second.empty()) places_.erase(place);
  }
  announce({workspace, ticket});
  return true;
}

void Presence::announce(const Place& place) {
  const std::lock_guard lock(mutex_);
  news_.push_back(place);
  ++last_news_;
  if (news_.size() > limits_.news_max) news_.pop_front();
}

std::uint64_t Presence::present() const {
  const std::lock_guard lock(mutex_);
  return last_news_;
}

std::vector<core::TicketId> Presence::news(core::WorkspaceId workspace, std::uint64_t& behind) const {
  const std::lock_guard lock(mutex_);
  const std::uint64_t first = last_news_ - news_.size();  // the number before the oldest
  std::set<core::TicketId> out;
  for (std::uint64_t at = std::max(behind, first); at < last_news_; ++at) {
    const Place& place = news_[static_cast<std::size_t>(at - first)];
    if (place.first == workspace) out.insert(place.second);
  }
  behind = last_news_;
  return {out.begin(), out.end()};
}

std::vector<Presence::Seen> Presence::at(core::WorkspaceId workspace, core::TicketId ticket, core::UserId except) const {
  const core::Instant now = clock_.now();
  const std::lock_guard lock(mutex_);
  std::vector<Seen> out;
  const auto place = places_.find({workspace, ticket});
  if (place == places_.end()) return out;
  for (const auto& [user, entry] : place->second) {
    if (user != except && entry.until > now) out.push_back({user, entry.doing});
  }
  return out;
}

std::vector<core::TicketId> Presence::occupied(core::WorkspaceId workspace, core::UserId except, std::size_t count) const {
  const core::Instant now = clock_.now();
  const std::lock_guard lock(mutex_);
  std::vector<core::TicketId> out;
  for (auto place = places_.lower_bound({workspace, core::TicketId{}}); place != places_.end() && place->first.first == workspace && out.size() < count; ++place) {
    const auto is_there = [&](const auto& each) { return each.first != except && each.second.until > now; };
    if (std::ranges::any_of(place->second, is_there)) out.push_back(place->first.second);
  }
  return out;
}

void Presence::forget_expired(core::Instant now) {
  for (auto place = places_.begin(); place != places_.end();) {
    entries_ -= std::erase_if(place->second, [now](const auto& each) { return each.second.until <= now; });
    place = place->second.empty() ? places_.erase(place) : std::next(place);
  }
}

}  // namespace postern::ticketing
