#pragma once
// ticketing/views/keys.h: keys of space kView. The table is in storage/README.md.
#include <string>

#include "core/ids.h"
#include "storage/key.h"

namespace postern::ticketing::view_keys {

// Never renumber: on disk.
enum class Kind : std::uint64_t {
  kPlan = 1,      // (view) -> ViewPlan, sealed; view 0 -> id of the last change of any plan
  kMember = 2,    // (generation, user, group, inbox, group key, sort key, ticket key), empty; inbox 0: of all
  kCount = 3,     // (generation, user, group, inbox): counter
  kPlace = 4,     // (generation, ticket) -> ViewPlace
  kDue = 5,       // (time, generation, ticket), empty: a place that may change then
  kFilling = 6,   // (generation) -> ViewFilling
  kLeftover = 7,  // (generation), empty: to be erased
  kDefault = 8,   // (number), empty: that default view was made once
};

inline storage::KeyBuilder of(core::WorkspaceId workspace, Kind kind) {
  storage::KeyBuilder key(workspace, storage::Space::kView);
  key.u64(static_cast<std::uint64_t>(kind));
  return key;
}
inline std::string prefix(core::WorkspaceId workspace, Kind kind) { return of(workspace, kind).bytes(); }
inline std::string prefix(core::WorkspaceId workspace, Kind kind, std::uint64_t first) { return of(workspace, kind).u64(first).bytes(); }

inline std::string plan(core::WorkspaceId workspace, std::uint64_t view) { return prefix(workspace, Kind::kPlan, view); }
inline std::string plans_version(core::WorkspaceId workspace) { return plan(workspace, 0); }
inline std::string place(core::WorkspaceId workspace, std::uint64_t generation, std::uint64_t ticket) {
  return of(workspace, Kind::kPlace).u64(generation).u64(ticket).bytes();
}
inline std::string due(core::WorkspaceId workspace, std::int64_t at_ms, std::uint64_t generation, std::uint64_t ticket) {
  return of(workspace, Kind::kDue).u64(static_cast<std::uint64_t>(at_ms)).u64(generation).u64(ticket).bytes();
}
inline std::string filling(core::WorkspaceId workspace, std::uint64_t generation) { return prefix(workspace, Kind::kFilling, generation); }
inline std::string leftover(core::WorkspaceId workspace, std::uint64_t generation) { return prefix(workspace, Kind::kLeftover, generation); }
inline std::string default_made(core::WorkspaceId workspace, std::uint64_t number) { return prefix(workspace, Kind::kDefault, number); }

}  // namespace postern::ticketing::view_keys
