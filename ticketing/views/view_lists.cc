#include "ticketing/views/view_lists.h"

#include <algorithm>
#include <map>

#include "ticketing/errc.h"
#include "ticketing/views/keys.h"

namespace postern::ticketing {
namespace {

using view_keys::Kind;

storage::KeyBuilder list_key(core::WorkspaceId workspace, Kind kind, std::uint64_t generation, const ViewList& list, std::uint64_t inbox) {
  storage::KeyBuilder key = view_keys::of(workspace, kind);
  key.u64(generation).u64(list.user).u64(list.group).u64(inbox);
  return key;
}

std::string member_key(core::WorkspaceId workspace, std::uint64_t generation, const ViewList& list, std::uint64_t inbox,
                       const ViewPosition& at) {
  return list_key(workspace, Kind::kMember, generation, list, inbox).u64(at.group_key).u64(at.sort_key).u64(at.ticket_key).bytes();
}

// Keys of one list differ in a few bytes: copies of one are cheaper than each by itself.
constexpr std::size_t kKindByte = 16;
constexpr std::size_t kInboxAt = 41;
constexpr std::size_t kListBytes = 49;

std::string in_inbox(std::string key, std::uint64_t inbox) {
  for (std::size_t at = kInboxAt + 8; at > kInboxAt; inbox >>= 8U) key[--at] = static_cast<char>(inbox & 0xFFU);
  return key;
}

std::string count_of(std::string_view key_of_member) {
  std::string out(key_of_member.substr(0, kListBytes));
  out[kKindByte] = static_cast<char>(Kind::kCount);
  return out;
}

// Of a user and a group at once, in a view that offers to either: it is only counted.
bool is_double(const ViewList& list, const ViewPosition& at) { return list.user != 0 && list.group != 0 && at.lists.size() > 1; }

bool has_list(const ViewPosition& at, const ViewList& list) { return std::ranges::find(at.lists, list) != at.lists.end(); }

}  // namespace

void move_ticket(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t generation, const ViewPosition& from,
                 const ViewPosition& to) {
  if (from == to) return;
  const bool is_same_inbox = from.inbox == to.inbox;
  const bool is_same_place = is_same_inbox && from.group_key == to.group_key && from.sort_key == to.sort_key && from.ticket_key == to.ticket_key;
  const auto change = [&](const ViewPosition& of, const ViewPosition& other, bool is_removal) {
    for (const ViewList& list : of.lists) {
      const bool stays = has_list(other, list);
      const bool is_listed = !(stays && is_same_place) && !is_double(list, of);
      const std::string of_all = member_key(workspace, generation, list, 0, of);
      for (const std::uint64_t inbox : {std::uint64_t{0}, of.inbox}) {
        std::string key = in_inbox(of_all, inbox);
        if (!stays || (!is_same_inbox && inbox != 0)) transaction.add(count_of(key), is_removal ? -1 : 1);
        if (!is_listed) continue;
        if (is_removal) {
          transaction.erase(std::move(key));
        } else {
          transaction.put(std::move(key), {});
        }
      }
    }
  };
  change(from, to, true);
  change(to, from, false);
}

core::Result<bool> stands_at(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t generation,
                             const ViewPosition& position) {
  if (position.lists.empty()) return false;
  POSTERN_TRY(const std::optional<std::string> found, transaction.get(member_key(workspace, generation, position.lists.front(), 0, position)));
  return found.has_value();
}

core::Result<ViewSight> sight_of(const auth::Reach& reach, const CompiledView& view, std::uint64_t generation, core::UserId user,
                                 const std::vector<std::uint64_t>& groups, const ViewLimits& limits) {
  ViewSight out;
  out.workspace = reach.workspace;
  out.generation = generation;
  out.lists = view.lists_of(user, groups);
  out.doubles = view.doubles_of(user, groups);
  if (!reach.inboxes.is_limited()) {
    out.inboxes.push_back(0);
  } else {
    for (const core::InboxId inbox : reach.inboxes.inboxes()) out.inboxes.push_back(inbox.value);
  }
  if ((out.lists.size() + out.doubles.size()) * out.inboxes.size() > limits.lists_max) {
    return core::fail(Errc::kInvalid, "view: too many groups and inboxes at once");
  }
  return out;
}

core::Result<std::uint64_t> count_tickets(const storage::Snapshot& snapshot, const ViewSight& sight) {
  std::int64_t sum = 0;
  const auto add = [&](const std::vector<ViewList>& lists, std::int64_t sign) -> core::Result<void> {
    for (const ViewList& list : lists) {
      for (const std::uint64_t inbox : sight.inboxes) {
        POSTERN_TRY(const std::optional<std::string> value,
                    snapshot.get(list_key(sight.workspace, Kind::kCount, sight.generation, list, inbox).bytes()));
        sum += sign * storage::decode_counter(value);
      }
    }
    return {};
  };
  POSTERN_CHECK(add(sight.lists, 1));
  POSTERN_CHECK(add(sight.doubles, -1));
  return static_cast<std::uint64_t>(std::max<std::int64_t>(sum, 0));
}

core::Result<std::vector<ViewEntry>> list_tickets(const storage::Snapshot& snapshot, const ViewSight& sight, std::size_t limit,
                                                  const std::string& after, storage::Direction direction) {
  if (!after.empty() && after.size() != kViewPlaceBytes) return core::fail(Errc::kInvalid, "cursor");
  // The first entries of the view are among the first of its lists. What stands in two of them is one entry.
  const bool is_backward = direction == storage::Direction::kBackward;
  const auto comes_first = [is_backward](const std::string& a, const std::string& b) { return is_backward ? b < a : a < b; };
  std::map<std::string, std::uint64_t, decltype(comes_first)> first(comes_first);
  for (const ViewList& list : sight.lists) {
    for (const std::uint64_t inbox : sight.inboxes) {
      const std::string prefix = list_key(sight.workspace, Kind::kMember, sight.generation, list, inbox).bytes();
      POSTERN_TRY(const std::vector<storage::Entry> entries,
                  snapshot.scan(prefix, direction, limit, after.empty() ? std::string() : prefix + after));
      for (const storage::Entry& entry : entries) {
        std::string place = entry.key.substr(prefix.size());
        if (place.size() != kViewPlaceBytes) continue;
        if (first.size() >= limit && comes_first(first.rbegin()->first, place)) break;
        std::uint64_t ticket_key = 0;
        for (const char c : place.substr(16)) ticket_key = (ticket_key << 8U) | static_cast<unsigned char>(c);
        first.emplace(std::move(place), ticket_key);
        if (first.size() > limit) first.erase(std::prev(first.end()));
      }
    }
  }
  std::vector<ViewEntry> out;
  for (auto& [place, ticket_key] : first) out.push_back({ticket_key, place});
  return out;
}

}  // namespace postern::ticketing
