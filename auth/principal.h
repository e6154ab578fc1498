#pragma once
// auth/principal.h: who acts. The workspace of every request comes from here and from nowhere else (invariant 5).
#include <cstdint>
#include <string>

#include "core/ids.h"

namespace postern::auth {

// Never renumber: stored. Each role may do what the ones before it may.
enum class Role : std::uint8_t { kContact = 0, kAgent = 1, kAdmin = 2, kOwner = 3 };
std::string_view to_string(Role role);  // "end-user", "agent", "admin", "owner"

enum class Permission : std::uint8_t {
  kTicketsRead,
  kTicketsWrite,   // reply, note, status, assignee, suspended mail
  kUsersRead,
  kUsersManage,
  kTokensManage,   // own tokens
  kSettingsManage, // inboxes, domains, queue
  kAuditRead,
  kRedact,         // take a phrase or a file out of a stored comment, for good
};
bool may(Role role, Permission permission);

enum class Method : std::uint8_t { kSession, kToken, kOperator, kMail };  // operator: the command line on the machine itself
std::string_view to_string(Method method);  // "session", "token", "operator", "mail"

struct Principal {
  core::WorkspaceId workspace;
  core::UserId user;
  Role role = Role::kContact;
  Method method = Method::kSession;
  std::uint64_t credential = 0;  // session or token id; 0 for the operator
  std::string client_ip;
};

}  // namespace postern::auth
