#pragma once
// ticketing/erasure/erasure_keys.h: keys of deleted people and of erasures that have begun. The table is in storage/README.md.
// Thread-safety: pure.
#include <string>

#include "core/ids.h"
#include "storage/key.h"

namespace postern::ticketing::erasure_keys {

// Kinds of kErasure; never renumber.
inline constexpr std::uint64_t kDeletedPerson = 1;
inline constexpr std::uint64_t kBegun = 2;

inline std::string deleted_prefix(core::WorkspaceId workspace) {
  return storage::KeyBuilder(workspace, storage::Space::kErasure).u64(kDeletedPerson).bytes();
}
inline std::string deleted(core::WorkspaceId workspace, core::UserId user) {
  return storage::KeyBuilder(workspace, storage::Space::kErasure).u64(kDeletedPerson).u64(user.value).bytes();
}
inline std::string begun_prefix(core::WorkspaceId workspace) {
  return storage::KeyBuilder(workspace, storage::Space::kErasure).u64(kBegun).bytes();
}
inline std::string begun(core::WorkspaceId workspace, core::UserId user) {
  return storage::KeyBuilder(workspace, storage::Space::kErasure).u64(kBegun).u64(user.value).bytes();
}

}  // namespace postern::ticketing::erasure_keys
