#include "auth/principal.h"

namespace postern::auth {

std::string_view to_string(Role role) {
  switch (role) {
    case Role::kContact: return "end-user";
    case Role::kAgent: return "agent";
    case Role::kAdmin: return "admin";
    case Role::kOwner: return "owner";
  }
  return "unknown";
}

std::string_view to_string(Method method) {
  switch (method) {
    case Method::kSession: return "session";
    case Method::kToken: return "token";
    case Method::kOperator: return "operator";
    case Method::kMail: return "mail";
  }
  return "unknown";
}

bool may(Role role, Permission permission) {
  switch (permission) {
    case Permission::kTicketsRead:
    case Permission::kTicketsWrite:
    case Permission::kUsersRead:
    case Permission::kTokensManage: return role >= Role::kAgent;
    case Permission::kUsersManage:
    case Permission::kSettingsManage:
    case Permission::kRedact:
    case Permission::kAuditRead: return role >= Role::kAdmin;
  }
  return false;
}

}  // namespace postern::auth
