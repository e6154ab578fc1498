#pragma once
// ticketing/people/profile_records.h: what is known of a person beside the account, as a record inside the caller's transaction,
// with everything that finds it: words of the name, memberships of organisations, the id of another system.
// Thread-safety: pure, apart from the transaction.  Errors: Errc::kInvalid "external_id" when somebody else has it; those of the
// store and the vault.
#include <string>

#include "auth/accounts.h"
#include "storage/schema/people.pb.h"
#include "storage/store.h"
#include "storage/vault.h"
#include "ticketing/people/name_words.h"

namespace postern::ticketing {

// An empty one of that user when there is none yet.
core::Result<schema::Profile> read_profile(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace,
                                           core::UserId user);
core::Result<schema::Profile> read_profile(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                                           core::UserId user);
// `before`: as it was read in this transaction. Fills in what the index was made of.
core::Result<void> put_profile(storage::Transaction& transaction, const storage::Vault& vault, const auth::User& user,
                               const schema::Profile& before, schema::Profile after);

// By which somebody is found who has a value in a field of the workspace's own, whatever its case.
std::string field_digest(const NameWords& words, std::uint64_t field, std::string_view value);
bool has_field_value(const schema::Profile& profile, std::uint64_t field, std::string_view value);
// The organisation to which a domain of mail belongs; 0: none. With conflict detection.
core::Result<std::uint64_t> organization_of_domain(storage::Transaction& transaction, const storage::Vault& vault,
                                                   core::WorkspaceId workspace, std::string_view email);
core::Result<bool> organization_exists(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t organization);
// The organisation of somebody's new tickets; 0: none. What was said of them wins over what their domain says.
core::Result<std::uint64_t> organization_of_user(storage::Transaction& transaction, const storage::Vault& vault,
                                                 core::WorkspaceId workspace, core::UserId user);
// Makes sure that somebody is found by name, and in the organisation of their domain. Writes only what is not so yet.
enum class Enrolled : std::uint8_t { kBefore, kNow, kMoved };  // kMoved: was known, and is in another organisation, or renamed
core::Result<Enrolled> enrol_person(storage::Transaction& transaction, const storage::Vault& vault, core::IdSource& ids, std::int64_t now_ms,
                                core::WorkspaceId workspace, core::UserId user);
// Whether mail from there waits for somebody to look at it, because an agent suspended its sender.
core::Result<bool> is_sender_suspended(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                                       std::string_view email);

}  // namespace postern::ticketing
