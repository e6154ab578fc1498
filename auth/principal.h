#pragma once
// auth/principal.h: who acts. The workspace of every request comes from here and from nowhere else (invariant 5).
#include <cstdint>
#include <string>
#include <vector>

#include "auth/permissions.h"
#include "core/ids.h"

namespace postern::auth {

// Never renumber: stored. Each role may do what the ones before it may.
enum class Role : std::uint8_t { kContact = 0, kAgent = 1, kAdmin = 2, kOwner = 3 };
std::string_view to_string(Role role);  // "end-user", "agent", "admin", "owner"

// What a built-in role may do.
PermissionSet permissions_of(Role role);
bool may(Role role, Permission permission);

// Operator: the command line on the machine itself. Password: Basic credentials without a token, where that is allowed. Link: a
// customer with a signed link or a public form, without an account.
enum class Method : std::uint8_t { kSession, kToken, kOperator, kMail, kPassword, kLink };
std::string_view to_string(Method method);  // "session", "token", "operator", "mail", "password", "link"

// In which inboxes somebody works: in all, unless he is limited; limited to none is nowhere.
class InboxScope {
 public:
  InboxScope() = default;
  static InboxScope only(std::vector<core::InboxId> inboxes);
  bool is_limited() const { return is_limited_; }
  bool has(core::InboxId inbox) const;
  bool covers(const InboxScope& other) const;  // whoever works here may give that to others
  const std::vector<core::InboxId>& inboxes() const { return inboxes_; }  // sorted; of a limited one
  friend bool operator==(const InboxScope&, const InboxScope&) = default;

 private:
  bool is_limited_ = false;
  std::vector<core::InboxId> inboxes_;
};
std::string to_string(const InboxScope& scope);  // "all", "none", "3 7"

struct Principal {
  core::WorkspaceId workspace;
  core::UserId user;
  Role role = Role::kContact;
  Method method = Method::kSession;
  std::uint64_t credential = 0;  // session or token id; 0 for the operator
  std::string client_ip;
  std::string device = {};    // User-Agent, cut; for the audit record
  std::uint64_t request = 0;  // id of the request, as X-Request-Id and the logs have it; 0: none
  // As far as they differ from those of the role: of a custom role, and of a token with scopes.
  std::optional<PermissionSet> permissions = {};
  InboxScope inboxes = {};
  std::uint64_t support = 0;  // let in from outside by this grant (auth/support): the audit log marks what is done; 0: not
};
bool may(const Principal& by, Permission permission);
PermissionSet permissions_of(const Principal& by);

// What a reader may see: a workspace, within the inboxes of whoever asks. A workspace alone is all of it, for the system
// itself and for operators; what somebody asked for begins with the principal.
struct Reach {
  Reach(core::WorkspaceId the_workspace) : workspace(the_workspace) {}  // NOLINT(google-explicit-constructor)
  Reach(const Principal& by) : workspace(by.workspace), inboxes(by.inboxes) {}  // NOLINT(google-explicit-constructor)
  core::WorkspaceId workspace;
  InboxScope inboxes;
};

}  // namespace postern::auth
