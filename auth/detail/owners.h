#pragma once
// auth/detail/owners.h: a workspace never loses its last owner, however many people act at once.
// Thread-safety: over the transaction.
// Errors: core::Errc::kInvalid when nobody else would be left; those of the store and the vault.
#include "storage/records.h"

namespace postern::auth {

// To be called by every change that takes an owner away: somebody else who can sign in must be one. Two such changes of one
// workspace conflict with each other, as each would count on the owner that the other takes.
core::Result<void> check_owner_stays(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                                     core::UserId leaves);

}  // namespace postern::auth
