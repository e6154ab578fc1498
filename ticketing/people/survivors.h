#pragma once
// ticketing/people/survivors.h: who somebody is now that people are merged (person_merge.h): one look at a profile for whoever was not.
// Thread-safety: pure, apart from the transaction.  Errors: those of the store and the vault.
#include <string_view>
#include <vector>

#include "storage/schema/people.pb.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace postern::ticketing {

// Whom somebody was merged into; himself when he was not. With conflict detection.
core::Result<core::UserId> survivor_of(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace, core::UserId user);
core::Result<core::UserId> survivor_of(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace, core::UserId user);
// Whether mail from there is his: the address, or one of those that lead to him since a merge.
core::Result<bool> has_address(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace, core::UserId user,
                               std::string_view email);
// Further addresses of somebody, or of whom he was merged into, as they were written.
core::Result<std::vector<std::string>> other_addresses(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace,
                                                       core::UserId user);

}  // namespace postern::ticketing
