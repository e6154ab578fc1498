#pragma once
// auth/support/support_access.h: somebody from outside (the vendor, a consultant) is let in for some hours, with a reason, as an
// account of its own that ends by itself. Everybody who works in the workspace can see who is in and why.
// What such an account does is marked in the audit log (role "support:agent"), and it can neither let others in nor stay
// longer: kSupportDenied. From the end of its time on it is refused at its next request, whoever is still running;
// end_due() then closes its sessions and tokens and writes the entry.
// Thread-safety: any executor.  Ownership: borrows store, vault, ids and clock.
// Errors: core::Errc::kInvalid, Errc::kExists for an address that has an account here, Errc::kForbidden, Errc::kNotFound,
// core::Errc::kOverloaded above active_max; those of the store.
// Limits: SupportLimits.
#include "auth/accounts.h"

namespace postern::schema {
class User;
}

namespace postern::auth {

struct SupportLimits {
  std::uint32_t hours_max = 7 * 24;
  std::size_t reason_bytes_min = 5;
  std::size_t reason_bytes_max = 500;
  std::size_t active_max = 20;
  std::size_t listed_max = 200;  // newest; open ones are listed whatever their age
};

struct SupportRequest {
  std::string email;
  std::string name;
  bool is_light = true;  // a light agent: reads, and writes internal notes; otherwise an agent
  std::uint32_t hours = 0;
  std::string reason;
};

struct SupportGrant {
  std::uint64_t id = 0;
  core::UserId user;
  std::string email;
  std::string role;            // "light-agent", "agent"
  std::string reason;
  core::UserId granted_by;     // 0: the operator
  std::int64_t granted_unix_ms = 0;
  std::int64_t until_unix_ms = 0;
  std::int64_t ended_unix_ms = 0;  // 0: not yet
  core::UserId ended_by;           // 0: by itself, or the operator
  bool is_active(std::int64_t now_ms) const { return ended_unix_ms == 0 && now_ms < until_unix_ms; }
};

class SupportAccess {
 public:
  SupportAccess(storage::Store& store, const storage::Vault& vault, Accounts& accounts, core::IdSource& ids, core::Clock& clock,
                SupportLimits limits = SupportLimits());
  // The grant, and the secret of the link with which its account sets a password. An account that was let in before is let
  // in again, with everything it had closed.
  core::Task<core::Result<std::pair<SupportGrant, std::string>>> grant(Principal by, SupportRequest wanted);
  core::Task<core::Result<SupportGrant>> end(Principal by, std::uint64_t id);
  // Closes what is over; how many.
  core::Task<core::Result<std::size_t>> end_due(core::WorkspaceId workspace);
  // The newest, and every open one however old; newest first.
  core::Result<std::vector<SupportGrant>> list(core::WorkspaceId workspace) const;

 private:
  core::Result<SupportGrant> close(storage::Transaction& transaction, const Principal& by, std::uint64_t id, bool is_due);
  core::Result<schema::User> take_account(storage::Transaction& transaction, const Principal& by, const SupportRequest& wanted);
  storage::Store& store_;
  const storage::Vault& vault_;
  Accounts& accounts_;
  core::IdSource& ids_;
  core::Clock& clock_;
  const SupportLimits limits_;
};

// What no support account may do, whatever its role becomes.
inline constexpr PermissionSet kSupportDenied{Permission::kUsersManage, Permission::kRolesManage, Permission::kSecurityManage,
                                              Permission::kTokensManage, Permission::kTokensOversee};

}  // namespace postern::auth
