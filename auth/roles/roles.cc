#include "auth/roles/roles.h"

#include <algorithm>

#include "auth/audit.h"
#include "auth/detail/keys.h"
#include "auth/detail/records.h"
#include "auth/detail/transact.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "storage/schema/access.pb.h"

namespace postern::auth {
namespace {

std::string role_object(std::uint64_t id) { return "role/" + std::to_string(id); }

std::string words(PermissionSet permissions) {
  std::string out;
  for (const std::string& each : words_of(permissions)) out += (out.empty() ? "" : " ") + each;
  return out;
}

CustomRole to_role(const schema::CustomRole& record) {
  return {record.id(),          record.name(),           record.description(), PermissionSet::of_bits(record.permissions()),
          record.created_unix_ms(), record.updated_unix_ms()};
}

core::Result<std::vector<CustomRole>> roles_of(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                               core::WorkspaceId workspace, std::size_t most) {
  POSTERN_TRY(const std::vector<storage::Entry> entries, snapshot.scan(keys::roles_prefix(workspace), storage::Direction::kForward, most));
  std::vector<CustomRole> out;
  for (const storage::Entry& entry : entries) {
    schema::CustomRole record;
    POSTERN_CHECK(storage::open_record(vault, workspace, entry.key, entry.value, record));
    out.push_back(to_role(record));
  }
  return out;
}

core::Result<void> check_may_shape(const Principal& by, PermissionSet permissions) {
  if (!may(by, Permission::kRolesManage) || !permissions_of(by).has_all(permissions)) return core::fail(Errc::kForbidden);
  return {};
}

core::Result<void> check_name(const std::vector<CustomRole>& others, const CustomRole& draft, std::size_t bytes_max) {
  if (core::trim_ascii(draft.name).empty() || draft.name.size() > bytes_max) return core::fail(core::Errc::kInvalid, "name");
  if (draft.description.size() > bytes_max * 4) return core::fail(core::Errc::kInvalid, "description");
  for (const CustomRole& other : others) {
    if (other.id != draft.id && core::equals_ignoring_case(other.name, draft.name)) return core::fail(Errc::kExists, "name");
  }
  return {};
}

core::Result<void> put(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace, const CustomRole& role) {
  schema::CustomRole record;
  record.set_id(role.id);
  record.set_name(role.name);
  record.set_description(role.description);
  record.set_permissions(role.permissions.bits());
  record.set_created_unix_ms(role.created_unix_ms);
  record.set_updated_unix_ms(role.updated_unix_ms);
  return storage::put_sealed(transaction, vault, workspace, keys::role(workspace, role.id), record);
}

core::Result<CustomRole> read(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace, std::uint64_t id) {
  const std::string key = keys::role(workspace, id);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  if (!value) return core::fail(Errc::kNotFound, "role");
  schema::CustomRole record;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
  return to_role(record);
}

}  // namespace

Roles::Roles(storage::Store& store, const storage::Vault& vault, const Accounts& accounts, core::IdSource& ids, core::Clock& clock,
             Options options)
    : store_(store), vault_(vault), accounts_(accounts), ids_(ids), clock_(clock), options_(std::move(options)) {}

core::Result<std::vector<CustomRole>> Roles::list(core::WorkspaceId workspace) const {
  return roles_of(*store_.snapshot(), vault_, workspace, options_.custom_roles_max);
}

core::Result<std::optional<CustomRole>> Roles::find(core::WorkspaceId workspace, std::uint64_t id) const {
  POSTERN_TRY(const std::vector<CustomRole> all, list(workspace));
  const auto found = std::ranges::find(all, id, &CustomRole::id);
  return found == all.end() ? std::optional<CustomRole>() : std::optional(*found);
}

core::Task<core::Result<CustomRole>> Roles::create(Principal by, CustomRole draft) {
  POSTERN_CO_CHECK(check_may_shape(by, draft.permissions));
  draft.id = ids_.next();
  draft.created_unix_ms = draft.updated_unix_ms = core::to_unix_ms(clock_.wall_now());
  auto change = [&](storage::Transaction& transaction) -> core::Result<CustomRole> {
    POSTERN_TRY(const auto others, roles_of(transaction.snapshot(), vault_, by.workspace, options_.custom_roles_max));
    if (others.size() >= options_.custom_roles_max) return core::fail(core::Errc::kInvalid, "too many roles");
    POSTERN_CHECK(check_name(others, draft, options_.name_bytes_max));
    POSTERN_CHECK(put(transaction, vault_, by.workspace, draft));
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, "role.created", role_object(draft.id), words(draft.permissions)));
    return draft;
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Task<core::Result<CustomRole>> Roles::update(Principal by, CustomRole changed, Guard guard) {
  POSTERN_CO_CHECK(check_may_shape(by, changed.permissions));
  auto change = [&](storage::Transaction& transaction) -> core::Result<CustomRole> {
    POSTERN_TRY(const CustomRole before, read(transaction, vault_, by.workspace, changed.id));
    POSTERN_CHECK(check_may_shape(by, before.permissions));  // what he has not he does not take away either
    if (guard) POSTERN_CHECK(guard(before));
    POSTERN_TRY(const auto others, roles_of(transaction.snapshot(), vault_, by.workspace, options_.custom_roles_max));
    POSTERN_CHECK(check_name(others, changed, options_.name_bytes_max));
    CustomRole after = changed;
    after.created_unix_ms = before.created_unix_ms;
    after.updated_unix_ms = core::to_unix_ms(clock_.wall_now());
    POSTERN_CHECK(put(transaction, vault_, by.workspace, after));
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, "role.changed", role_object(after.id),
                        words(before.permissions) + " -> " + words(after.permissions)));
    return after;
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Task<core::Result<void>> Roles::remove(Principal by, std::uint64_t id, Guard guard) {
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(const CustomRole before, read(transaction, vault_, by.workspace, id));
    POSTERN_CHECK(check_may_shape(by, before.permissions));
    if (guard) POSTERN_CHECK(guard(before));
    POSTERN_TRY(const std::vector<User> people, accounts_.accounts(by.workspace));
    if (std::ranges::find(people, id, &User::custom_role) != people.end()) return core::fail(Errc::kExists, "somebody has this role");
    transaction.erase(keys::role(by.workspace, id));
    return audit(transaction, vault_, ids_, clock_, by, "role.removed", role_object(id), before.name);
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

}  // namespace postern::auth
