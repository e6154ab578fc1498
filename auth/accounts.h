#pragma once
// auth/accounts.h: people with a login. One instance serves all workspaces; logins are unique over all of them.
// Thread-safety: any executor. Password hashing (argon2id, 64 MiB, ~170 ms) runs on the given pool.
// Errors: auth::Errc and storage::Errc. Timing does not tell whether a login exists.
#include <optional>
#include <string>
#include <vector>

#include "auth/errc.h"
#include "auth/options.h"
#include "auth/principal.h"
#include "core/offload.h"
#include "core/random.h"
#include "storage/records.h"

namespace postern::auth {

struct User {
  core::UserId id;
  core::WorkspaceId workspace;
  Role role = Role::kContact;
  std::string email;  // as given; compared in lower case
  std::string name;
  bool has_password = false;
  bool is_disabled = false;
  std::int64_t created_unix_ms = 0;
};

class Accounts {
 public:
  Accounts(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock,
           core::WorkPool& cpu, Options options);

  // Creates an account without a password and a one-time enrolment token (24 hours) with which its owner sets one.
  core::Task<core::Result<std::pair<User, std::string>>> invite(Principal by, std::string email, std::string name, Role role);
  // A new enrolment token for an existing account (also the way to reset a lost password).
  core::Task<core::Result<std::string>> new_enrolment(Principal by, core::UserId user);
  // What an enrolment token is for; does not consume it.
  core::Result<User> enrolling(std::string_view token) const;
  // Consumes the token and sets the password. All sessions and API tokens of the user end: whoever made them with the
  // old password loses them. The locks of the login end too.
  core::Task<core::Result<User>> enrol(std::string token, std::string password, std::string client_ip);
  // Verifies a password. Failures lock the account for the network they came from, and a network that guesses at many,
  // with back-off; failures from everywhere only delay the answer, so that nobody can lock somebody else out.
  core::Task<core::Result<User>> verify_password(std::string email, std::string password, std::string client_ip);
  core::Task<core::Result<void>> set_disabled(Principal by, core::UserId user, bool disabled);

  core::Result<std::optional<User>> find(core::WorkspaceId workspace, core::UserId id) const;
  core::Result<std::optional<User>> find_by_email(std::string_view email) const;  // accounts only, any workspace
  // Everybody with the role of an agent or above, disabled ones too, by id: complete, however many contacts there are.
  core::Result<std::vector<User>> accounts(core::WorkspaceId workspace) const;
  // Accounts and contacts by id; the first `limit` of them.
  core::Result<std::vector<User>> list(core::WorkspaceId workspace, std::size_t limit) const;

  // Contacts: people known by their address only, made by intake inside its own transaction. Returns the existing or
  // new id; never touches an account's fields.
  core::Result<core::UserId> ensure_contact(storage::Transaction& transaction, core::WorkspaceId workspace,
                                            std::string_view email, std::string_view name);

 private:
  storage::Store& store_;
  const storage::Vault& vault_;
  core::IdSource& ids_;
  core::Clock& clock_;
  core::WorkPool& cpu_;
  Options options_;
  std::string decoy_;  // what the password for an unknown login is checked against
};

}  // namespace postern::auth
