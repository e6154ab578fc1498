#include "auth/contacts.h"

#include "auth/detail/keys.h"
#include "auth/detail/records.h"

namespace postern::auth {
namespace {

core::Result<core::UserId> user_of(const std::optional<std::string>& value) {
  if (!value) return core::UserId{};
  schema::CredentialIndex index;
  POSTERN_CHECK(storage::parse_record(*value, index));
  return core::UserId{index.user()};
}

}  // namespace

core::Result<std::optional<User>> find_user(storage::Transaction& transaction, const storage::Vault& vault,
                                            core::WorkspaceId workspace, core::UserId id) {
  const std::string key = keys::user(workspace, id);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  if (!value) return std::optional<User>();
  schema::User record;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
  return std::optional(to_user(record, workspace));
}

core::Result<void> rename_user(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace, core::UserId id,
                               std::string_view name, std::size_t bytes_max) {
  POSTERN_TRY(schema::User record, read_user(transaction, vault, workspace, id));
  record.set_name(cut_text(name, bytes_max));
  return put_user(transaction, vault, workspace, record);
}

core::Result<void> retire_contact(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace, core::UserId id) {
  POSTERN_TRY(schema::User record, read_user(transaction, vault, workspace, id));
  if (record.role() != static_cast<std::uint32_t>(Role::kContact) || record.has_login()) return core::fail(Errc::kForbidden, "an account is not deleted");
  POSTERN_TRY(const core::UserId owner, find_contact(transaction, workspace, record.email()));
  if (owner == id) transaction.erase(keys::contact(workspace, canonical_address(record.email())));
  record.set_is_disabled(true);
  return put_user(transaction, vault, workspace, record);
}

core::Result<void> move_address(storage::Transaction& transaction, core::WorkspaceId workspace, std::string_view email, core::UserId from,
                                core::UserId into) {
  POSTERN_TRY(const core::UserId owner, find_contact(transaction, workspace, email));
  if (owner != from) return {};
  std::string key = keys::contact(workspace, canonical_address(email));
  if (!into) {
    transaction.erase(std::move(key));
    return {};
  }
  schema::CredentialIndex index;
  index.set_workspace(workspace.value);
  index.set_user(into.value);
  return storage::put_plain(transaction, std::move(key), index);
}

core::Result<void> merge_contact(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace, core::UserId from,
                                 core::UserId into) {
  POSTERN_TRY(schema::User gone, read_user(transaction, vault, workspace, from));
  POSTERN_TRY(schema::User stays, read_user(transaction, vault, workspace, into));
  for (schema::User* each : {&gone, &stays}) {
    const bool is_contact = each->role() == static_cast<std::uint32_t>(Role::kContact) && !each->has_login();
    if (!is_contact || each->is_disabled() || each->email().empty()) return core::fail(Errc::kForbidden, "only end users with an address are merged");
  }
  POSTERN_CHECK(move_address(transaction, workspace, gone.email(), from, into));
  gone.set_email(stays.email());
  gone.set_is_disabled(true);
  return put_user(transaction, vault, workspace, gone);
}

core::Result<std::vector<std::string>> replace_contact(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                                                       core::UserId id, std::string name, std::string email) {
  POSTERN_TRY(schema::User record, read_user(transaction, vault, workspace, id));
  if (record.role() != static_cast<std::uint32_t>(Role::kContact) || record.has_login()) return core::fail(Errc::kForbidden, "an account is not erased");
  std::vector<std::string> keys_of{keys::user(workspace, id)};
  record.set_name(std::move(name));
  record.set_email(std::move(email));
  POSTERN_CHECK(put_user(transaction, vault, workspace, record));
  return keys_of;
}

core::Result<void> readdress_contact(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace, core::UserId id,
                                     std::string_view email) {
  POSTERN_TRY(schema::User record, read_user(transaction, vault, workspace, id));
  if (record.role() != static_cast<std::uint32_t>(Role::kContact) || record.has_login()) return core::fail(Errc::kForbidden, "an account has its address to sign in");
  POSTERN_TRY(const core::UserId owner, find_contact(transaction, workspace, email));
  if (owner != id) return core::fail(Errc::kNotFound, "address");
  record.set_email(std::string(email));
  return put_user(transaction, vault, workspace, record);
}

core::Result<core::UserId> find_contact(storage::Transaction& transaction, core::WorkspaceId workspace, std::string_view email) {
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(keys::contact(workspace, canonical_address(email))));
  return user_of(value);
}

core::Result<core::UserId> find_contact(const storage::Snapshot& snapshot, core::WorkspaceId workspace, std::string_view email) {
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(keys::contact(workspace, canonical_address(email))));
  return user_of(value);
}

bool may_be_address(std::string_view email) { return is_plausible_address(email); }

core::Result<std::vector<User>> list_users(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace,
                                           core::UserId after, std::size_t limit) {
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              snapshot.scan(keys::users_prefix(workspace), storage::Direction::kForward, limit, after ? keys::user(workspace, after) : std::string()));
  std::vector<User> out;
  for (const storage::Entry& entry : entries) {
    schema::User record;
    POSTERN_CHECK(storage::open_record(vault, workspace, entry.key, entry.value, record));
    out.push_back(to_user(record, workspace));
  }
  return out;
}

}  // namespace postern::auth
