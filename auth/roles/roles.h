#pragma once
// auth/roles/roles.h: roles that a workspace makes of single permissions, beside the built-in ones. Whoever has one is an
// agent with these permissions and no others, from the next request on after every change.
// Thread-safety: any executor.  Ownership: borrows store and vault.
// Errors: Errc::kForbidden (nobody makes or touches a role that may do what he may not), kNotFound, kExists (a name in use,
// or a role that somebody still has); core::Errc::kInvalid.  Limits: Options::custom_roles_max, name_bytes_max.
#include <functional>
#include <string>
#include <vector>

#include "auth/accounts.h"

namespace postern::auth {

struct CustomRole {
  std::uint64_t id = 0;
  std::string name;
  std::string description;
  PermissionSet permissions;
  std::int64_t created_unix_ms = 0;
  std::int64_t updated_unix_ms = 0;
};

class Roles {
 public:
  Roles(storage::Store& store, const storage::Vault& vault, const Accounts& accounts, core::IdSource& ids, core::Clock& clock,
        Options options);

  core::Result<std::vector<CustomRole>> list(core::WorkspaceId workspace) const;
  core::Result<std::optional<CustomRole>> find(core::WorkspaceId workspace, std::uint64_t id) const;
  core::Task<core::Result<CustomRole>> create(Principal by, CustomRole draft);
  // `guard` is asked in the transaction of the change, of the role as it is before; its error ends it. Empty: nobody is asked.
  using Guard = std::function<core::Result<void>(const CustomRole&)>;
  core::Task<core::Result<CustomRole>> update(Principal by, CustomRole changed, Guard guard = {});
  core::Task<core::Result<void>> remove(Principal by, std::uint64_t id, Guard guard = {});

 private:
  storage::Store& store_;
  const storage::Vault& vault_;
  const Accounts& accounts_;
  core::IdSource& ids_;
  core::Clock& clock_;
  Options options_;
};

}  // namespace postern::auth
