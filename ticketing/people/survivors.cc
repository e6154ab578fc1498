#include "ticketing/people/survivors.h"

#include "auth/contacts.h"
#include "ticketing/people/profile_records.h"

namespace postern::ticketing {

// A profile names the survivor itself: a later merge of that one moves all of them on.
core::Result<core::UserId> survivor_of(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace, core::UserId user) {
  POSTERN_TRY(const schema::Profile profile, read_profile(transaction, vault, workspace, user));
  return profile.merged_into() == 0 ? user : core::UserId{profile.merged_into()};
}

core::Result<core::UserId> survivor_of(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace, core::UserId user) {
  POSTERN_TRY(const schema::Profile profile, read_profile(snapshot, vault, workspace, user));
  return profile.merged_into() == 0 ? user : core::UserId{profile.merged_into()};
}

core::Result<bool> has_address(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace, core::UserId user,
                               std::string_view email) {
  POSTERN_TRY(const core::UserId owner, auth::find_contact(transaction, workspace, email));
  if (!owner) return false;
  if (owner == user) return true;
  POSTERN_TRY(const core::UserId now, survivor_of(transaction, vault, workspace, user));
  return owner == now;
}

core::Result<std::vector<std::string>> other_addresses(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace,
                                                       core::UserId user) {
  POSTERN_TRY(schema::Profile profile, read_profile(snapshot, vault, workspace, user));
  if (profile.merged_into() != 0) {
    POSTERN_TRY(profile, read_profile(snapshot, vault, workspace, core::UserId{profile.merged_into()}));
  }
  return std::vector<std::string>(profile.other_emails().begin(), profile.other_emails().end());
}

}  // namespace postern::ticketing
