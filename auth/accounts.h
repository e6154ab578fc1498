#pragma once
// auth/accounts.h: people with a login. One instance serves all workspaces; logins are unique over all of them.
// Thread-safety: any executor. Password hashing (argon2id, 64 MiB, ~170 ms) runs on the given pool.
// Errors: auth::Errc and storage::Errc. Timing does not tell whether a login exists.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/errc.h"
#include "auth/options.h"
#include "auth/passwords/policy.h"
#include "auth/principal.h"
#include "core/offload.h"
#include "core/random.h"
#include "storage/records.h"

namespace postern::auth {

struct SecurityNotice;  // second_factors/notices.h

struct User {
  core::UserId id;
  core::WorkspaceId workspace;
  Role role = Role::kContact;
  std::string email;  // as given; compared in lower case
  std::string name;
  bool has_password = false;
  bool is_disabled = false;
  std::int64_t created_unix_ms = 0;
  std::uint64_t custom_role = 0;  // 0: none; kLightAgent; otherwise one of auth/roles
  PermissionSet permissions;      // of the role as it is now; empty when a custom role is gone
  std::int64_t password_set_unix_ms = 0;
  // Set by verify_password(): why the password has to be changed before anything else; empty when it need not.
  std::string password_problem;
  std::uint32_t proven_methods = 0;  // set by enrol(): what was proved before the link of a due change was given
  InboxScope inboxes;                // of agents; everybody above works in all
  std::uint64_t support = 0;         // let in from outside by this grant (auth/support); 0: not
  std::int64_t support_until_unix_ms = 0;
};

// Reads, and writes internal notes. To everything that asks for an agent by Role it is one; its permissions are fewer.
inline constexpr std::uint64_t kLightAgent = 1;
PermissionSet light_agent_permissions();
// "agent", "light-agent", "role/12": for the audit log.
std::string role_word(Role role, std::uint64_t custom_role);

// What a request that was authenticated as `user` acts as.
Principal principal_for(const User& user, Method method, std::uint64_t credential, std::string client_ip);

// Nobody acts on the account of somebody who has a higher role, may do what he may not, or works where he does not.
// Errors: Errc::kForbidden.
core::Result<void> check_may_act_on(const Principal& by, const User& whom);

// Never renumber: stored. What a one-time link was made for.
enum class LinkKind : std::uint8_t {
  kInvitation = 0,  // or a reset by an admin
  kMailedReset = 1,
  kChangeDue = 2,   // of a password that was right and must not stay
};

class Accounts {
 public:
  Accounts(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock,
           core::WorkPool& cpu, Options options);

  // Creates an account without a password and a one-time enrolment token (24 hours) with which its owner sets one.
  // `custom_role`: as with set_role().
  core::Task<core::Result<std::pair<User, std::string>>> invite(Principal by, std::string email, std::string name, Role role,
                                                                std::uint64_t custom_role = 0);
  // A new enrolment token for an existing account (also the way to reset a lost password).
  core::Task<core::Result<std::string>> new_enrolment(Principal by, core::UserId user);
  // What an enrolment token is for; does not consume it.
  core::Result<User> enrolling(std::string_view token) const;
  // Consumes the token and sets the password. All sessions and API tokens of the user end: whoever made them with the
  // old password loses them. The locks of the login end too.
  core::Task<core::Result<User>> enrol(std::string token, std::string password, std::string client_ip);
  // Verifies a password. Failures lock the account for the network they came from, and a network that guesses at many,
  // with back-off; failures from everywhere only delay the answer, so that nobody can lock somebody else out.
  // An old kind of hash is replaced by the present one.
  core::Task<core::Result<User>> verify_password(std::string email, std::string password, std::string client_ip);
  // Changes one's own password. The old one is verified as by verify_password(); other sessions than `by`'s end.
  core::Task<core::Result<void>> change_password(Principal by, std::string old_password, std::string new_password);
  // A one-time token with which somebody who has just proven the password, and the second factor if there is one, sets a
  // new one: for User::password_problem. `methods`: what was proved.
  core::Task<core::Result<std::string>> password_change_token(User user, std::uint32_t methods);
  // A one-time token for somebody who forgot the password, to be mailed to the account's address and shown to nobody
  // else. Nothing when there is no such account, it is disabled or without a password, was sent one just now, or has a
  // link of another kind: who merely knows an address takes none away.
  core::Task<core::Result<std::optional<std::pair<User, std::string>>>> reset_token(std::string email, std::string client_ip);
  // Ends the locks of a login.
  core::Task<core::Result<void>> unlock(Principal by, core::UserId user);
  // Takes over a hash from another system: bcrypt, scrypt or argon2id. The first sign-in replaces it.
  core::Task<core::Result<void>> import_password_hash(Principal by, core::UserId user, std::string hash);

  // What is demanded of passwords. Changes take effect at once for new ones; weaker ones have `password_grace`.
  core::Result<PasswordPolicies> password_policies(core::WorkspaceId workspace) const;
  core::Task<core::Result<void>> set_password_policies(Principal by, PasswordPolicies policies);
  // A list of leaked passwords, or none. Before the first request only.
  void use_breached_list(std::shared_ptr<const BreachedList> list) { breached_ = std::move(list); }
  // What a workspace is called: no password is made of it. Before the first request only.
  void use_workspace_names(std::function<std::string(core::WorkspaceId)> names) { workspace_names_ = std::move(names); }

  // Tells people that their password was changed. Before the first request only.
  using Notices = std::function<core::Result<void>(storage::Transaction&, const SecurityNotice&)>;
  void use_notices(Notices notices) { notices_ = std::move(notices); }

  // Gives somebody another role. Nobody gives or takes away what he may not do himself, nobody changes his own role, and
  // the last owner stays one. `custom_role`: kLightAgent or one of auth/roles, with Role::kAgent only.
  core::Task<core::Result<User>> set_role(Principal by, core::UserId user, Role role, std::uint64_t custom_role);
  // Limits an agent to inboxes, or lifts that. Nobody does that to himself, or gives inboxes that he does not work in.
  core::Task<core::Result<User>> set_inboxes(Principal by, core::UserId user, InboxScope inboxes);
  core::Task<core::Result<void>> set_disabled(Principal by, core::UserId user, bool disabled);

  const Options& options() const { return options_; }
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
  // What is demanded of this user's password.
  core::Result<PasswordRules> rules_for(const storage::Snapshot& snapshot, const User& user, PasswordPolicy* policy = nullptr) const;
  core::Result<User> with_permissions(const storage::Snapshot& snapshot, User user) const;
  core::Result<void> check_may_invite(storage::Transaction& transaction, const Principal& by, Role role, std::uint64_t custom_role) const;
  core::Result<void> tell_of_new_password(storage::Transaction& transaction, const User& whom, const Principal& by) const;
  core::Result<Options> options_of_guard(const storage::Snapshot& snapshot) const;
  PasswordOwner owner_of(const User& user) const;
  // Why a new password is not accepted; otherwise its hash.
  core::Task<core::Result<std::string>> hash_new_password(User known, std::string password);
  core::Task<core::Result<void>> replace_old_hash(User user, std::string old_hash, std::string password);
  core::Task<core::Result<std::string>> problem_of(User user, std::string password) const;

  storage::Store& store_;
  const storage::Vault& vault_;
  core::IdSource& ids_;
  core::Clock& clock_;
  core::WorkPool& cpu_;
  Options options_;
  std::shared_ptr<const BreachedList> breached_;
  std::function<std::string(core::WorkspaceId)> workspace_names_;
  Notices notices_;
  std::string decoy_;  // what the password for an unknown login is checked against
};

}  // namespace postern::auth
