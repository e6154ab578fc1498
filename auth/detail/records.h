#pragma once
// auth/detail/records.h: reading and writing users and the credentials that belong to them.
// Errors: those of the store and the vault.
#include <optional>

#include "auth/accounts.h"
#include "storage/schema/account.pb.h"

namespace postern::auth {

std::string canonical_address(std::string_view email);  // lower case, trimmed
bool is_plausible_address(std::string_view email);
std::string cut_text(std::string_view text, std::size_t bytes_max);  // at a character
// The permissions of a custom role are left out, as there is no store to look into: Accounts::find() has them.
User to_user(const schema::User& record, core::WorkspaceId workspace);

core::Result<std::optional<schema::User>> read_user(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                    core::WorkspaceId workspace, core::UserId id);
// With conflict detection; Errc::kNotFound when absent.
core::Result<schema::User> read_user(storage::Transaction& transaction, const storage::Vault& vault,
                                     core::WorkspaceId workspace, core::UserId id);
core::Result<void> put_user(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                            const schema::User& record);
core::Result<std::optional<schema::CredentialIndex>> read_index(const storage::Snapshot& snapshot, std::string_view key);

// The sessions of a user as of the transaction's snapshot.
core::Result<std::vector<schema::Session>> sessions_of(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                       core::WorkspaceId workspace, core::UserId user);
void erase_session(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Session& session);
core::Result<void> erase_sessions(storage::Transaction& transaction, const storage::Vault& vault,
                                  core::WorkspaceId workspace, core::UserId user);


// The tokens with the prefix (of one user or of a workspace) as of the snapshot.
core::Result<std::vector<schema::Token>> scan_tokens(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                     core::WorkspaceId workspace, const std::string& prefix);
void erase_token(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Token& token);
// Returns how many there were.
core::Result<std::size_t> erase_tokens(storage::Transaction& transaction, const storage::Vault& vault,
                                       core::WorkspaceId workspace, core::UserId user);

}  // namespace postern::auth
