#include "auth/security_policy.h"

#include <chrono>

#include "auth/audit.h"
#include "auth/detail/keys.h"
#include "auth/detail/transact.h"
#include "auth/errc.h"
#include "core/errc.h"
#include "storage/schema/security.pb.h"

namespace postern::auth {
namespace {

SecurityPolicy from_record(const schema::SecurityPolicy& record) {
  SecurityPolicy out;
  out.revision = record.revision();
  if (record.has_second_factor()) {
    const schema::SecondFactorPolicy& factor = record.second_factor();
    const auto required = std::min<std::uint32_t>(factor.required_of(), static_cast<std::uint32_t>(RequiredOf::kEverybody));
    out.second_factor = {static_cast<RequiredOf>(required), factor.required_since_unix_ms(), factor.grace_days(),
                         !factor.forbids_trusted_devices(), factor.trust_ended_unix_ms(), factor.allows_text_messages()};
  }
  return out;
}

schema::SecurityPolicy to_record(const SecurityPolicy& policy) {
  schema::SecurityPolicy out;
  out.set_revision(policy.revision);
  schema::SecondFactorPolicy& factor = *out.mutable_second_factor();
  factor.set_required_of(static_cast<std::uint32_t>(policy.second_factor.required_of));
  factor.set_required_since_unix_ms(policy.second_factor.required_since_unix_ms);
  factor.set_grace_days(policy.second_factor.grace_days);
  factor.set_forbids_trusted_devices(!policy.second_factor.allows_trusted_devices);
  factor.set_trust_ended_unix_ms(policy.second_factor.trust_ended_unix_ms);
  factor.set_allows_text_messages(policy.second_factor.allows_text_messages);
  return out;
}

core::Result<SecurityPolicy> parse(const storage::Vault& vault, core::WorkspaceId workspace, const std::string& key,
                                   const std::optional<std::string>& value) {
  if (!value) return SecurityPolicy();
  schema::SecurityPolicy record;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
  return from_record(record);
}

core::Result<void> check_bounds(const SecurityPolicy& policy) {
  if (policy.second_factor.grace_days > SecondFactorPolicy::kGraceDaysMax) {
    return core::fail(core::Errc::kInvalid, "second_factor.grace_days: at most " + std::to_string(SecondFactorPolicy::kGraceDaysMax));
  }
  return {};
}

// What changed, for the audit record: "field: before -> after".
std::vector<AuditChange> differences(const SecondFactorPolicy& before, const SecondFactorPolicy& after) {
  std::vector<AuditChange> out;
  auto note = [&out](const char* field, std::string was, std::string is) {
    if (was != is) out.push_back({std::string("second_factor.") + field, std::move(was), std::move(is)});
  };
  note("required_of", std::string(to_string(before.required_of)), std::string(to_string(after.required_of)));
  note("grace_days", std::to_string(before.grace_days), std::to_string(after.grace_days));
  note("trusted_devices", before.allows_trusted_devices ? "yes" : "no", after.allows_trusted_devices ? "yes" : "no");
  note("text_messages", before.allows_text_messages ? "yes" : "no", after.allows_text_messages ? "yes" : "no");
  return out;
}

}  // namespace

std::string_view to_string(RequiredOf value) {
  switch (value) {
    case RequiredOf::kNobody: return "none";
    case RequiredOf::kAdmins: return "admins";
    case RequiredOf::kEverybody: return "everybody";
  }
  return "unknown";
}

bool is_privileged(Role role, PermissionSet permissions) {
  return role >= Role::kAdmin || !without(permissions, permissions_of(Role::kAgent)).empty();
}

bool SecondFactorPolicy::is_required_of(Role role, PermissionSet permissions) const {
  if (required_of != RequiredOf::kAdmins) return required_of == RequiredOf::kEverybody;
  return is_privileged(role, permissions);
}

std::int64_t SecondFactorPolicy::due_unix_ms(Role role, PermissionSet permissions, std::int64_t created_unix_ms) const {
  if (!is_required_of(role, permissions)) return 0;
  const auto grace = std::chrono::milliseconds(std::chrono::days(grace_days)).count();
  return std::max(required_since_unix_ms, created_unix_ms) + grace;
}

core::Result<SecurityPolicy> read_security_policy(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                  core::WorkspaceId workspace) {
  const std::string key = keys::security_policy(workspace);
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
  return parse(vault, workspace, key, value);
}

core::Result<SecurityPolicy> read_security_policy(storage::Transaction& transaction, const storage::Vault& vault,
                                                  core::WorkspaceId workspace) {
  const std::string key = keys::security_policy(workspace);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  return parse(vault, workspace, key, value);
}

SecurityPolicies::SecurityPolicies(storage::Store& store, const storage::Vault& vault, core::IdSource& ids,
                                   core::Clock& clock, Options options)
    : store_(store), vault_(vault), ids_(ids), clock_(clock), options_(options) {}

core::Result<SecurityPolicy> SecurityPolicies::current(core::WorkspaceId workspace) const {
  return read_security_policy(*store_.snapshot(), vault_, workspace);
}

core::Task<core::Result<SecurityPolicy>> SecurityPolicies::change(Principal by, std::function<void(SecurityPolicy&)> edit,
                                                                  std::optional<std::uint64_t> only_if) {
  if (!may(by, Permission::kSecurityManage)) co_return core::fail(Errc::kForbidden);
  auto apply = [&](storage::Transaction& transaction) -> core::Result<SecurityPolicy> {
    POSTERN_TRY(const SecurityPolicy before, read_security_policy(transaction, vault_, by.workspace));
    if (only_if && *only_if != before.revision) return core::fail(Errc::kChanged);
    SecurityPolicy after = before;
    edit(after);
    after.revision = before.revision;
    after.second_factor.required_since_unix_ms = before.second_factor.required_since_unix_ms;
    after.second_factor.trust_ended_unix_ms = before.second_factor.trust_ended_unix_ms;
    POSTERN_CHECK(check_bounds(after));
    if (after == before) return before;
    // More people than before have to act: their time begins now. A shorter grace for the same people counts from when it did.
    if (after.second_factor.required_of > before.second_factor.required_of) {
      after.second_factor.required_since_unix_ms = core::to_unix_ms(clock_.wall_now());
    }
    if (before.second_factor.allows_trusted_devices && !after.second_factor.allows_trusted_devices) {
      after.second_factor.trust_ended_unix_ms = core::to_unix_ms(clock_.wall_now());
    }
    after.revision = before.revision + 1;
    POSTERN_CHECK(storage::put_sealed(transaction, vault_, by.workspace, keys::security_policy(by.workspace), to_record(after)));
    AuditEvent event;
    event.action = "security_policy.changed";
    event.object = "security_policy/" + std::to_string(after.revision);
    event.changes = differences(before.second_factor, after.second_factor);
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, event));
    return after;
  };
  co_return co_await transact(store_, options_.commit_attempts_max, apply);
}

}  // namespace postern::auth
