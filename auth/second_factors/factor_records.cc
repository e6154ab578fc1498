#include "auth/second_factors/factor_records.h"

#include "auth/detail/keys.h"

namespace postern::auth {
namespace {

core::Result<schema::SecondFactors> parse(const storage::Vault& vault, core::WorkspaceId workspace, const std::string& key,
                                          const std::optional<std::string>& value) {
  schema::SecondFactors record;
  if (value) POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
  return record;
}

}  // namespace

core::Result<schema::SecondFactors> read_factors(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                 core::WorkspaceId workspace, core::UserId user) {
  const std::string key = keys::second_factors(workspace, user);
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
  return parse(vault, workspace, key, value);
}

core::Result<schema::SecondFactors> read_factors(storage::Transaction& transaction, const storage::Vault& vault,
                                                 core::WorkspaceId workspace, core::UserId user) {
  const std::string key = keys::second_factors(workspace, user);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  return parse(vault, workspace, key, value);
}

core::Result<void> put_factors(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                               core::UserId user, const schema::SecondFactors& record) {
  return storage::put_sealed(transaction, vault, workspace, keys::second_factors(workspace, user), record);
}

bool has_factor(const schema::SecondFactors& record) { return !record.totp_secret().empty() || record.passkeys_size() > 0; }

}  // namespace postern::auth
