#pragma once
// ticketing/customers/customer_keys.h: keys of what customers do without an account. The table is in storage/README.md.
// Thread-safety: pure.
#include <string>

#include "core/ids.h"
#include "storage/key.h"

namespace postern::ticketing::customer_keys {

// Kinds of kCustomer; never renumber.
inline constexpr std::uint64_t kRevoked = 1;  // person: links issued until then are over (8 bytes, ms)
inline constexpr std::uint64_t kSent = 2;     // day of the form, digest of its stamp: number of the ticket
inline constexpr std::uint64_t kPosts = 3;    // hour, person: counter

inline storage::KeyBuilder of_kind(core::WorkspaceId workspace, std::uint64_t kind) {
  storage::KeyBuilder out(workspace, storage::Space::kCustomer);
  out.u64(kind);
  return out;
}
inline std::string revoked(core::WorkspaceId workspace, core::UserId person) { return of_kind(workspace, kRevoked).u64(person.value).bytes(); }
inline std::string sent_prefix(core::WorkspaceId workspace) { return of_kind(workspace, kSent).bytes(); }
inline std::string sent(core::WorkspaceId workspace, std::uint64_t day, std::string_view digest) {
  return of_kind(workspace, kSent).u64(day).text(digest).bytes();
}
inline std::string posts_prefix(core::WorkspaceId workspace) { return of_kind(workspace, kPosts).bytes(); }
inline std::string posts(core::WorkspaceId workspace, std::uint64_t hour, core::UserId person) {
  return of_kind(workspace, kPosts).u64(hour).u64(person.value).bytes();
}

}  // namespace postern::ticketing::customer_keys
