#pragma once
// auth/security_policy.h: what a workspace demands of sign-ins: one sealed record, read as a value, changed by admins.
// Each part is a struct with its defaults and its own problems(); a new part is a field here, a message in
// storage/schema/security.proto, and two lines in security_policy.cc.
// Thread-safety: any executor.  Errors: Errc::kForbidden; core::Errc::kInvalid with the field and why; storage::Errc.
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "auth/options.h"
#include "auth/principal.h"
#include "storage/records.h"

namespace postern::auth {

// Never renumber: stored.
enum class RequiredOf : std::uint8_t { kNobody = 0, kAdmins = 1, kEverybody = 2 };
std::string_view to_string(RequiredOf value);  // "none", "admins", "everybody"

// May do anything that agents may not.
bool is_privileged(Role role, PermissionSet permissions);

struct SecondFactorPolicy {
  static constexpr std::uint32_t kGraceDaysMax = 90;
  RequiredOf required_of = RequiredOf::kNobody;
  std::int64_t required_since_unix_ms = 0;  // set by the change that demands it of more people
  std::uint32_t grace_days = 7;             // from then, or from the making of the account
  bool allows_trusted_devices = true;       // "remember this device" for thirty days
  std::int64_t trust_ended_unix_ms = 0;     // when they were last forbidden: what was trusted before does not revive
  bool allows_text_messages = false;        // codes by text message, beside another factor, of nobody who is_privileged()

  // Of admins: also of whoever may do anything that agents may not, by a custom role.
  bool is_required_of(Role role, PermissionSet permissions) const;
  // When somebody who may do that has to have a factor; 0 when nobody asks.
  std::int64_t due_unix_ms(Role role, PermissionSet permissions, std::int64_t created_unix_ms) const;
  friend bool operator==(const SecondFactorPolicy&, const SecondFactorPolicy&) = default;
};

struct SecurityPolicy {
  std::uint64_t revision = 0;  // 0: nobody has changed the defaults
  SecondFactorPolicy second_factor;
  friend bool operator==(const SecurityPolicy&, const SecurityPolicy&) = default;
};

core::Result<SecurityPolicy> read_security_policy(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                  core::WorkspaceId workspace);
// With conflict detection.
core::Result<SecurityPolicy> read_security_policy(storage::Transaction& transaction, const storage::Vault& vault,
                                                  core::WorkspaceId workspace);

class SecurityPolicies {
 public:
  SecurityPolicies(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock, Options options);

  core::Result<SecurityPolicy> current(core::WorkspaceId workspace) const;
  // `edit` gets the policy as it is and leaves it as it shall be; it may run more than once. What is not within bounds
  // changes nothing. Audited field by field. `only_if`: the revision that the caller has seen; Errc::kChanged of another.
  core::Task<core::Result<SecurityPolicy>> change(Principal by, std::function<void(SecurityPolicy&)> edit,
                                                  std::optional<std::uint64_t> only_if = std::nullopt);

 private:
  storage::Store& store_;
  const storage::Vault& vault_;
  core::IdSource& ids_;
  core::Clock& clock_;
  Options options_;
};

}  // namespace postern::auth
