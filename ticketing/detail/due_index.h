#pragma once
// ticketing/detail/due_index.h: when which queue entry falls due, and what is out on a lease. The value of an index entry
// says whether its due time is the end of a lease, and a digest of the recipient's domain, so that a claim passes over
// a long queue to a busy domain without opening its records.
// Thread-safety: pure over the snapshot. Errors: those of the store and the vault. Limits: Options::claim_scan_max.
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/services.h"

namespace postern::ticketing {

struct DueEntry {
  std::int64_t due_ms = 0;
  core::WorkspaceId workspace;
  core::OutboxId id;
  std::string key;
  std::string domain;  // keyed digest, the same in all workspaces; empty in an entry of an older version
  bool is_leased = false;
};

// Every commit is told to whoever delivers, and most change nothing here: looking costs more than writing what was committed. A
// transaction that changes the index says so when it is prepared; for kChangeStands every commit may be the one that brings it.
inline constexpr std::chrono::seconds kChangeStands{60};
void note_change_of_due();
bool may_have_changed_due(core::Instant now = core::system_clock().now());

// The value of an entry's place in the index.
core::Result<std::string> due_mark(const Basics& with, const schema::OutboxEntry& entry);

// The one that is due first over all workspaces.
core::Result<std::optional<DueEntry>> first_due(const Basics& with, const storage::Snapshot& snapshot);

struct ClaimLimits {
  std::size_t most = 0;
  std::size_t per_domain_max = std::numeric_limits<std::size_t>::max();  // those leased already count
  std::int64_t now_ms = 0;
  std::int64_t leases_end_ms = 0;  // no lease ends later than this
};
// What is due over all workspaces, longest due first.
core::Result<std::vector<DueEntry>> claimable(const Basics& with, const storage::Snapshot& snapshot, const ClaimLimits& limits);

}  // namespace postern::ticketing
