#pragma once
// auth/contacts.h: people of a workspace, contacts and accounts alike, for those who work inside a transaction of their own or
// walk over all of them. Permissions of custom roles are left out: Accounts::find() has them.
// Thread-safety: pure, apart from the transaction.  Errors: those of the store and the vault.
#include <optional>
#include <vector>

#include "auth/accounts.h"

namespace postern::auth {

// With conflict detection, and with what the transaction itself has written.
core::Result<std::optional<User>> find_user(storage::Transaction& transaction, const storage::Vault& vault,
                                            core::WorkspaceId workspace, core::UserId id);
// Another name for a contact or an account, cut to `bytes_max`; whoever calls audits it.
core::Result<void> rename_user(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace, core::UserId id,
                               std::string_view name, std::size_t bytes_max);
// Takes a contact's address away from it: whoever writes from there is somebody new. The contact is switched off and stays.
// Errors: Errc::kForbidden for an account.
core::Result<void> retire_contact(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace, core::UserId id);
// Replaces name and address of a retired contact; keys whose old values told them.
core::Result<std::vector<std::string>> replace_contact(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                                                       core::UserId id, std::string name, std::string email);
// A contact goes on as another one: its address leads there, it is switched off, and has the address of the other one until
// replace_contact() gives it one of its own. Errors: Errc::kForbidden for accounts, for who is switched off or has no address.
core::Result<void> merge_contact(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace, core::UserId from,
                                 core::UserId into);
// Lets a further address lead to somebody; with 0 to nobody. Only where it leads to `from` now.
core::Result<void> move_address(storage::Transaction& transaction, core::WorkspaceId workspace, std::string_view email, core::UserId from,
                                core::UserId into);
// Another address of a contact becomes the one that they are called by and mailed at; it has to lead to them already, and the former
// one goes on doing so. Errors: Errc::kForbidden for accounts, Errc::kNotFound when it does not lead to them.
core::Result<void> readdress_contact(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace, core::UserId id,
                                     std::string_view email);
// Whose address it is; 0: nobody's.
core::Result<core::UserId> find_contact(storage::Transaction& transaction, core::WorkspaceId workspace, std::string_view email);
core::Result<core::UserId> find_contact(const storage::Snapshot& snapshot, core::WorkspaceId workspace, std::string_view email);
// Whether mail could be sent there: something on both sides of the "@", and nothing that ends an address.
bool may_be_address(std::string_view email);
// By id, at most `limit` of those behind `after`.
core::Result<std::vector<User>> list_users(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace,
                                           core::UserId after, std::size_t limit);

}  // namespace postern::auth
