#include "auth/detail/owners.h"

#include "auth/detail/keys.h"
#include "auth/detail/records.h"
#include "core/errc.h"

namespace postern::auth {
namespace {

constexpr std::size_t kLoginsAtOnce = 500;

bool can_own(const schema::User& user) {
  return static_cast<Role>(user.role()) == Role::kOwner && !user.is_disabled() && user.support() == 0;
}

}  // namespace

core::Result<void> check_owner_stays(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                                     core::UserId leaves) {
  // A common key, read and written: what others look like is read without conflict detection, and they may be leaving as well.
  const std::string turn = keys::owners_turn(workspace);
  POSTERN_TRY(const std::optional<std::string> before, transaction.get(turn));
  transaction.put(turn, std::to_string(leaves.value));
  std::string after;
  for (;;) {
    POSTERN_TRY(const std::vector<storage::Entry> logins,
                transaction.snapshot().scan(keys::logins_prefix(), storage::Direction::kForward, kLoginsAtOnce, after));
    for (const storage::Entry& each : logins) {
      schema::CredentialIndex index;
      POSTERN_CHECK(storage::parse_record(each.value, index));
      if (index.workspace() != workspace.value || index.user() == leaves.value) continue;
      POSTERN_TRY(const auto other, read_user(transaction.snapshot(), vault, workspace, core::UserId{index.user()}));
      if (other && can_own(*other)) return {};
    }
    if (logins.size() < kLoginsAtOnce) break;
    after = logins.back().key;
  }
  return core::fail(core::Errc::kInvalid, "the last owner stays one: make another one first");
}

}  // namespace postern::auth
