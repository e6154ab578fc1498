#include "auth/accounts.h"

#include <algorithm>

#include "auth/audit.h"
#include "auth/detail/keys.h"
#include "auth/detail/one_time_link.h"
#include "auth/detail/owners.h"
#include "auth/detail/password_hash.h"
#include "auth/detail/records.h"
#include "auth/detail/transact.h"
#include "core/encoding.h"

namespace postern::auth {
namespace {

constexpr std::size_t kLoginsAtATime = 500;

std::string user_object(core::UserId id) { return "user/" + std::to_string(id.value); }

core::Result<void> check_may_manage(const Principal& by, const User& whom) {
  if (!may(by, Permission::kUsersManage)) return core::fail(Errc::kForbidden);
  return check_may_act_on(by, whom);
}

}  // namespace

Accounts::Accounts(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock,
                   core::WorkPool& cpu, Options options)
    : store_(store), vault_(vault), ids_(ids), clock_(clock), cpu_(cpu), options_(options), decoy_(decoy_hash(options)) {}

core::Task<core::Result<std::pair<User, std::string>>> Accounts::invite(Principal by, std::string email, std::string name,
                                                                        Role role, std::uint64_t custom_role) {
  if (!may(by, Permission::kUsersManage)) co_return core::fail(Errc::kForbidden);
  if (by.inboxes.is_limited() && role > Role::kAgent) co_return core::fail(Errc::kForbidden);
  if (custom_role != 0 && role != Role::kAgent) co_return core::fail(core::Errc::kInvalid, "custom_role_id");
  const std::string address(core::trim_ascii(email));
  if (!is_plausible_address(address)) co_return core::fail(core::Errc::kInvalid, "email");
  const std::string secret = core::random_token(32);
  const core::WorkspaceId workspace = by.workspace;
  auto change = [&](storage::Transaction& transaction) -> core::Result<std::pair<User, std::string>> {
    POSTERN_CHECK(check_may_invite(transaction, by, role, custom_role));
    const std::string login_key = keys::login(canonical_address(address));
    POSTERN_TRY(const std::optional<std::string> taken, transaction.get(login_key));
    if (taken) return core::fail(Errc::kExists);
    // Somebody who wrote to us before keeps the id, and with it the tickets.
    POSTERN_TRY(const core::UserId id, ensure_contact(transaction, workspace, address, name));
    POSTERN_TRY(schema::User user, read_user(transaction, vault_, workspace, id));
    user.set_role(static_cast<std::uint32_t>(role));
    user.set_custom_role(custom_role);
    user.set_email(address);
    if (!name.empty()) user.set_name(cut_text(name, options_.name_bytes_max));
    user.set_has_login(true);
    user.set_is_limited(by.inboxes.is_limited());
    for (const core::InboxId each : by.inboxes.inboxes()) user.add_inboxes(each.value);
    const std::int64_t now = core::to_unix_ms(clock_.wall_now());
    POSTERN_CHECK(put_link(transaction, vault_, workspace, user, secret,
                           now + std::chrono::milliseconds(options_.enrolment_life).count(), LinkKind::kInvitation));
    POSTERN_CHECK(put_user(transaction, vault_, workspace, user));
    schema::CredentialIndex index;
    index.set_workspace(workspace.value);
    index.set_user(id.value);
    POSTERN_CHECK(storage::put_plain(transaction, login_key, index));
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, "user.invited", user_object(id), role_word(role, custom_role)));
    POSTERN_TRY(User made, with_permissions(transaction.snapshot(), to_user(user, workspace)));
    return std::pair(std::move(made), secret);
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Result<void> Accounts::check_may_invite(storage::Transaction& transaction, const Principal& by, Role role, std::uint64_t custom_role) const {
  User wanted;
  wanted.workspace = by.workspace;
  wanted.role = role;
  wanted.custom_role = custom_role;
  wanted.permissions = custom_role == kLightAgent ? light_agent_permissions() : permissions_of(role);
  wanted.inboxes = by.inboxes;  // whoever is limited brings in others who are
  if (custom_role > kLightAgent) {
    // With conflict detection: a role that is removed or widened meanwhile is looked at again.
    POSTERN_TRY(const std::optional<std::string> found, transaction.get(keys::role(by.workspace, custom_role)));
    if (!found) return core::fail(core::Errc::kInvalid, "custom_role_id");
    POSTERN_TRY(wanted, with_permissions(transaction.snapshot(), std::move(wanted)));
  }
  return check_may_manage(by, wanted);
}

core::Task<core::Result<std::string>> Accounts::new_enrolment(Principal by, core::UserId id) {
  const std::string secret = core::random_token(32);
  auto change = [&](storage::Transaction& transaction) -> core::Result<std::string> {
    POSTERN_TRY(schema::User user, read_user(transaction, vault_, by.workspace, id));
    POSTERN_TRY(const User whom, with_permissions(transaction.snapshot(), to_user(user, by.workspace)));
    POSTERN_CHECK(check_may_manage(by, whom));
    if (!user.has_login()) return core::fail(Errc::kNotFound, "user has no login");
    const std::int64_t now = core::to_unix_ms(clock_.wall_now());
    POSTERN_CHECK(put_link(transaction, vault_, by.workspace, user, secret,
                           now + std::chrono::milliseconds(options_.enrolment_life).count(), LinkKind::kInvitation));
    POSTERN_CHECK(put_user(transaction, vault_, by.workspace, user));
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, "user.enrolment", user_object(id)));
    return secret;
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Task<core::Result<void>> Accounts::set_disabled(Principal by, core::UserId id, bool disabled) {
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(schema::User user, read_user(transaction, vault_, by.workspace, id));
    POSTERN_TRY(const User whom, with_permissions(transaction.snapshot(), to_user(user, by.workspace)));
    POSTERN_CHECK(check_may_manage(by, whom));
    if (disabled && by.user == id) return core::fail(Errc::kForbidden, "nobody disables themselves");
    if (!disabled && whom.support != 0) return core::fail(Errc::kForbidden, "support access: let them in anew");
    if (user.is_disabled() == disabled) return {};
    if (disabled && whom.role == Role::kOwner) POSTERN_CHECK(check_owner_stays(transaction, vault_, by.workspace, id));
    user.set_is_disabled(disabled);
    POSTERN_CHECK(put_user(transaction, vault_, by.workspace, user));
    if (disabled) POSTERN_CHECK(erase_sessions(transaction, vault_, by.workspace, id));
    transaction.record(by.workspace, {"user.changed", id.value, 0});
    return audit(transaction, vault_, ids_, clock_, by, disabled ? "user.disabled" : "user.enabled", user_object(id));
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Result<std::optional<User>> Accounts::find(core::WorkspaceId workspace, core::UserId id) const {
  const auto snapshot = store_.snapshot();
  POSTERN_TRY(const auto record, read_user(*snapshot, vault_, workspace, id));
  if (!record) return std::optional<User>();
  POSTERN_TRY(User user, with_permissions(*snapshot, to_user(*record, workspace)));
  return std::optional(std::move(user));
}

core::Result<std::optional<User>> Accounts::find_by_email(std::string_view email) const {
  const auto snapshot = store_.snapshot();
  POSTERN_TRY(const auto index, read_index(*snapshot, keys::login(canonical_address(email))));
  if (!index) return std::optional<User>();
  return find(core::WorkspaceId{index->workspace()}, core::UserId{index->user()});
}

core::Result<std::vector<User>> Accounts::accounts(core::WorkspaceId workspace) const {
  // Whoever has a login stands in the index of logins; contacts, of whom there may be any number, do not.
  const auto snapshot = store_.snapshot();
  std::vector<User> out;
  std::string after;
  for (;;) {
    POSTERN_TRY(const std::vector<storage::Entry> entries,
                snapshot->scan(keys::logins_prefix(), storage::Direction::kForward, kLoginsAtATime, after));
    for (const storage::Entry& entry : entries) {
      schema::CredentialIndex index;
      POSTERN_CHECK(storage::parse_record(entry.value, index));
      if (index.workspace() != workspace.value) continue;
      POSTERN_TRY(const auto record, read_user(*snapshot, vault_, workspace, core::UserId{index.user()}));
      if (!record) continue;
      POSTERN_TRY(User user, with_permissions(*snapshot, to_user(*record, workspace)));
      if (user.role >= Role::kAgent) out.push_back(std::move(user));
    }
    if (entries.size() < kLoginsAtATime) break;
    after = entries.back().key;
  }
  std::ranges::sort(out, {}, &User::id);
  return out;
}

core::Result<std::vector<User>> Accounts::list(core::WorkspaceId workspace, std::size_t limit) const {
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              store_.snapshot()->scan(keys::users_prefix(workspace), storage::Direction::kForward, limit));
  std::vector<User> out;
  for (const storage::Entry& entry : entries) {
    schema::User record;
    POSTERN_CHECK(storage::open_record(vault_, workspace, entry.key, entry.value, record));
    out.push_back(to_user(record, workspace));
  }
  return out;
}

core::Result<core::UserId> Accounts::ensure_contact(storage::Transaction& transaction, core::WorkspaceId workspace,
                                                    std::string_view email, std::string_view name) {
  std::string key = keys::contact(workspace, canonical_address(email));
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  schema::CredentialIndex index;
  if (value) {
    POSTERN_CHECK(storage::parse_record(*value, index));
    return core::UserId{index.user()};
  }
  schema::User user;
  user.set_id(ids_.next());
  user.set_role(static_cast<std::uint32_t>(Role::kContact));
  user.set_email(std::string(core::trim_ascii(email)));
  user.set_name(cut_text(name, options_.name_bytes_max));
  user.set_created_unix_ms(core::to_unix_ms(clock_.wall_now()));
  POSTERN_CHECK(put_user(transaction, vault_, workspace, user));
  index.set_workspace(workspace.value);
  index.set_user(user.id());
  POSTERN_CHECK(storage::put_plain(transaction, std::move(key), index));
  return core::UserId{user.id()};
}

}  // namespace postern::auth
