// Accounts: which permissions somebody has, and giving somebody another role.
#include "auth/accounts.h"
#include "auth/audit.h"
#include "auth/detail/keys.h"
#include "auth/detail/owners.h"
#include "auth/detail/records.h"
#include "auth/detail/transact.h"
#include "auth/support/support_access.h"
#include "core/errc.h"
#include "storage/schema/access.pb.h"

namespace postern::auth {
namespace {

// Missing: the role is gone, and nothing is permitted.
core::Result<std::optional<schema::CustomRole>> read_role(const storage::Vault& vault, core::WorkspaceId workspace, std::uint64_t id,
                                                          const core::Result<std::optional<std::string>>& value) {
  if (!value) return value.error();
  if (!*value) return std::optional<schema::CustomRole>();
  schema::CustomRole record;
  POSTERN_CHECK(storage::open_record(vault, workspace, keys::role(workspace, id), **value, record));
  return std::optional(std::move(record));
}

}  // namespace

std::string role_word(Role role, std::uint64_t custom_role) {
  if (custom_role == 0) return std::string(to_string(role));
  return custom_role == kLightAgent ? "light-agent" : "role/" + std::to_string(custom_role);
}

PermissionSet light_agent_permissions() {
  return {Permission::kTicketsRead, Permission::kNotesWrite, Permission::kUsersRead};
}

Principal principal_for(const User& user, Method method, std::uint64_t credential, std::string client_ip) {
  Principal out;
  out.workspace = user.workspace;
  out.user = user.id;
  out.role = user.role;
  out.method = method;
  out.credential = credential;
  out.client_ip = std::move(client_ip);
  out.permissions = user.permissions;
  out.inboxes = user.inboxes;
  out.support = user.support;
  return out;
}

core::Result<void> check_may_act_on(const Principal& by, const User& whom) {
  const bool is_within = whom.role <= by.role && permissions_of(by).has_all(whom.permissions) && by.inboxes.covers(whom.inboxes);
  if (!is_within) return core::fail(Errc::kForbidden, "somebody who may do more than you");
  return {};
}

core::Result<User> Accounts::with_permissions(const storage::Snapshot& snapshot, User user) const {
  if (user.custom_role > kLightAgent) {
    const auto value = snapshot.get(keys::role(user.workspace, user.custom_role));
    POSTERN_TRY(const auto role, read_role(vault_, user.workspace, user.custom_role, value));
    user.permissions = role ? PermissionSet::of_bits(role->permissions()) : PermissionSet();
  }
  if (user.support != 0) {
    user.permissions = without(user.permissions, kSupportDenied);
    // Every request is looked at here: nobody stays past the end.
    user.is_disabled = user.is_disabled || core::to_unix_ms(clock_.wall_now()) >= user.support_until_unix_ms;
  }
  return user;
}

core::Task<core::Result<User>> Accounts::set_role(Principal by, core::UserId id, Role role, std::uint64_t custom_role) {
  if (!may(by, Permission::kRolesManage)) co_return core::fail(Errc::kForbidden);
  if (by.user == id) co_return core::fail(Errc::kForbidden, "nobody changes his own role");
  if (role > by.role) co_return core::fail(Errc::kForbidden);
  if (role == Role::kContact || (custom_role != 0 && role != Role::kAgent)) co_return core::fail(core::Errc::kInvalid, "role");
  auto change = [&](storage::Transaction& transaction) -> core::Result<User> {
    POSTERN_TRY(schema::User record, read_user(transaction, vault_, by.workspace, id));
    if (!record.has_login()) return core::fail(Errc::kNotFound, "user has no login");
    POSTERN_TRY(const User before, with_permissions(transaction.snapshot(), to_user(record, by.workspace)));
    POSTERN_CHECK(check_may_act_on(by, before));
    if (before.support != 0) return core::fail(Errc::kForbidden, "support access has the role of its grant");
    if (custom_role > kLightAgent) {
      // Read with conflict detection: a role that is removed or widened meanwhile is looked at again.
      POSTERN_TRY(const auto found, read_role(vault_, by.workspace, custom_role, transaction.get(keys::role(by.workspace, custom_role))));
      if (!found) return core::fail(core::Errc::kInvalid, "custom_role_id");
    }
    if (before.role == Role::kOwner && role != Role::kOwner) POSTERN_CHECK(check_owner_stays(transaction, vault_, by.workspace, id));
    record.set_role(static_cast<std::uint32_t>(role));
    record.set_custom_role(custom_role);
    POSTERN_TRY(User after, with_permissions(transaction.snapshot(), to_user(record, by.workspace)));
    POSTERN_CHECK(check_may_act_on(by, after));
    // A link that somebody could make for the one of before is not theirs for the one of now.
    const bool is_raised = role > before.role || !before.permissions.has_all(after.permissions) || !before.inboxes.covers(after.inboxes);
    if (is_raised && !record.enrolment_hash().empty()) {
      transaction.erase(keys::enrolment(record.enrolment_hash()));
      record.clear_enrolment_hash();
    }
    POSTERN_CHECK(put_user(transaction, vault_, by.workspace, record));
    transaction.record(by.workspace, {"user.changed", id.value, 0});
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, "user.role_changed", "user/" + std::to_string(id.value),
                        role_word(before.role, before.custom_role) + " -> " + role_word(after.role, after.custom_role)));
    return after;
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Task<core::Result<User>> Accounts::set_inboxes(Principal by, core::UserId id, InboxScope inboxes) {
  if (!may(by, Permission::kRolesManage)) co_return core::fail(Errc::kForbidden);
  if (by.user == id) co_return core::fail(Errc::kForbidden, "nobody changes his own inboxes");
  if (inboxes.inboxes().size() > options_.inboxes_per_user_max) co_return core::fail(core::Errc::kInvalid, "inbox_ids: too many");
  if (!by.inboxes.covers(inboxes)) co_return core::fail(Errc::kForbidden, "inboxes that you do not work in");
  auto change = [&](storage::Transaction& transaction) -> core::Result<User> {
    POSTERN_TRY(schema::User record, read_user(transaction, vault_, by.workspace, id));
    if (!record.has_login()) return core::fail(Errc::kNotFound, "user has no login");
    POSTERN_TRY(const User before, with_permissions(transaction.snapshot(), to_user(record, by.workspace)));
    POSTERN_CHECK(check_may_act_on(by, before));
    if (before.role != Role::kAgent) return core::fail(core::Errc::kInvalid, "inbox_ids: of agents only");
    if (before.inboxes == inboxes) return before;
    record.set_is_limited(inboxes.is_limited());
    record.clear_inboxes();
    for (const core::InboxId each : inboxes.inboxes()) record.add_inboxes(each.value);
    // As with a role that is raised: a link made for the one of before is not for the one of now.
    if (!before.inboxes.covers(inboxes) && !record.enrolment_hash().empty()) {
      transaction.erase(keys::enrolment(record.enrolment_hash()));
      record.clear_enrolment_hash();
    }
    POSTERN_CHECK(put_user(transaction, vault_, by.workspace, record));
    AuditEvent event{"user.inboxes_changed", "user/" + std::to_string(id.value)};
    event.changes.push_back({"inboxes", to_string(before.inboxes), to_string(inboxes)});
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, event));
    return with_permissions(transaction.snapshot(), to_user(record, by.workspace));
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

}  // namespace postern::auth
