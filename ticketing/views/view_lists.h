#pragma once
// ticketing/views/view_lists.h: the lists of one generation of a view in the store: a key for each ticket and a counter for each
// list, once for all inboxes and once for its own, so that whoever is limited to some reads and counts his alone.
// Thread-safety: free functions over a transaction or snapshot.  Errors: those of the store; Errc::kInvalid for a cursor or
// too many lists.
#include <string>
#include <vector>

#include "auth/principal.h"
#include "storage/store.h"
#include "ticketing/views/view_shape.h"

namespace postern::ticketing {

// From one position to another; the same place is nothing to do.
void move_ticket(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t generation, const ViewPosition& from,
                 const ViewPosition& to);
// Whether it stands there; with conflict detection.
core::Result<bool> stands_at(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t generation,
                             const ViewPosition& position);

// What one agent sees of a generation: lists times inboxes.
struct ViewSight {
  core::WorkspaceId workspace;
  std::uint64_t generation = 0;
  std::vector<ViewList> lists;
  std::vector<ViewList> doubles;
  std::vector<std::uint64_t> inboxes;  // 0: all
};
core::Result<ViewSight> sight_of(const auth::Reach& reach, const CompiledView& view, std::uint64_t generation, core::UserId user,
                                 const std::vector<std::uint64_t>& groups, const ViewLimits& limits);

core::Result<std::uint64_t> count_tickets(const storage::Snapshot& snapshot, const ViewSight& sight);

struct ViewEntry {
  std::uint64_t ticket_key = 0;
  std::string place;  // behind the list and inbox: what a cursor is made of
};
// In the order of the view or backward, behind `after` in that direction (a place; empty: from where the direction begins).
core::Result<std::vector<ViewEntry>> list_tickets(const storage::Snapshot& snapshot, const ViewSight& sight, std::size_t limit,
                                                  const std::string& after,
                                                  storage::Direction direction = storage::Direction::kForward);
inline constexpr std::size_t kViewPlaceBytes = 24;

}  // namespace postern::ticketing
