#pragma once
// auth/principal.h: who acts. The workspace of every request comes from here and from nowhere else (invariant 5).
#include <cstdint>
#include <string>

#include "auth/permissions.h"
#include "core/ids.h"

namespace postern::auth {

// Never renumber: stored. Each role may do what the ones before it may.
enum class Role : std::uint8_t { kContact = 0, kAgent = 1, kAdmin = 2, kOwner = 3 };
std::string_view to_string(Role role);  // "end-user", "agent", "admin", "owner"

// What a built-in role may do.
PermissionSet permissions_of(Role role);
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
  std::string device = {};    // User-Agent, cut; for the audit record
  std::uint64_t request = 0;  // id of the request, as X-Request-Id and the logs have it; 0: none
  // As far as they differ from those of the role: of a custom role, and of a token with scopes.
  std::optional<PermissionSet> permissions = {};
};
bool may(const Principal& by, Permission permission);
PermissionSet permissions_of(const Principal& by);

}  // namespace postern::auth
