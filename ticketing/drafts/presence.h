#pragma once
// ticketing/drafts/presence.h: who is looking at a ticket or typing an answer at this moment, so that two agents do not write
// the same one. Kept in memory and for half a minute: whoever stays says so again. Nothing of it is stored.
// Thread-safety: all methods from any thread.  Ownership: borrows the clock.
// Limits: PresenceLimits; beyond them a newcomer is not shown, and nothing else happens.
#include <deque>
#include <map>
#include <mutex>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/ids.h"

namespace postern::ticketing {

struct PresenceLimits {
  core::Duration life = std::chrono::seconds(30);
  std::size_t entries_max = 10'000;   // people at tickets, in all workspaces
  std::size_t per_ticket_max = 50;
  std::size_t news_max = 1000;        // of all workspaces
};

enum class Doing : std::uint8_t { kViewing, kTyping };
std::string_view to_string(Doing doing);  // "viewing", "typing"

class Presence {
 public:
  explicit Presence(const core::Clock& clock, PresenceLimits limits = {}) : clock_(clock), limits_(limits) {}

  struct Seen {
    core::UserId user;
    Doing doing = Doing::kViewing;
    friend bool operator==(const Seen&, const Seen&) = default;
  };
  // True when that is news to others.
  bool tell(core::WorkspaceId workspace, core::TicketId ticket, core::UserId user, Doing doing);
  bool leave(core::WorkspaceId workspace, core::TicketId ticket, core::UserId user);
  // By user; without `except`.
  std::vector<Seen> at(core::WorkspaceId workspace, core::TicketId ticket, core::UserId except) const;

  // Tickets of the workspace where somebody else is now, by number, at most so many: for who has just begun to look.
  std::vector<core::TicketId> occupied(core::WorkspaceId workspace, core::UserId except, std::size_t count) const;

  // Tickets of the workspace where somebody came, went or began to type behind a number; `behind` becomes the present one. Whoever
  // comes too seldom misses what is older than the last PresenceLimits::news_max.
  std::vector<core::TicketId> news(core::WorkspaceId workspace, std::uint64_t& behind) const;
  std::uint64_t present() const;  // for a first call of news()

 private:
  struct Entry {
    Doing doing = Doing::kViewing;
    core::Instant until;
  };
  using Place = std::pair<core::WorkspaceId, core::TicketId>;
  bool put(const Place& place, core::UserId user, Doing doing);
  void forget_expired(core::Instant now);
  void announce(const Place& place);

  const core::Clock& clock_;
  const PresenceLimits limits_;
  mutable std::mutex mutex_;
  std::map<Place, std::map<core::UserId, Entry>> places_;
  std::size_t entries_ = 0;
  std::deque<Place> news_;
  std::uint64_t last_news_ = 0;  // the number of the last of them
};

}  // namespace postern::ticketing
