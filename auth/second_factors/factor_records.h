#pragma once
// auth/second_factors/factor_records.h: the one record of a user's factors. Errors: those of the store and the vault.
#include "auth/principal.h"
#include "storage/records.h"
#include "storage/schema/security.pb.h"

namespace postern::auth {

// Empty when there is none.
core::Result<schema::SecondFactors> read_factors(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                 core::WorkspaceId workspace, core::UserId user);
// With conflict detection.
core::Result<schema::SecondFactors> read_factors(storage::Transaction& transaction, const storage::Vault& vault,
                                                 core::WorkspaceId workspace, core::UserId user);
core::Result<void> put_factors(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                               core::UserId user, const schema::SecondFactors& record);
// Recovery codes alone are none.
bool has_factor(const schema::SecondFactors& record);

}  // namespace postern::auth
