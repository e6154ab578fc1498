#include "auth/principal.h"

#include <algorithm>

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
    case Method::kPassword: return "password";
    case Method::kLink: return "link";
  }
  return "unknown";
}

PermissionSet permissions_of(Role role) {
  constexpr PermissionSet kAgents{Permission::kTicketsRead, Permission::kTicketsWrite, Permission::kNotesWrite, Permission::kReply,
                                  Permission::kTicketsDelete, Permission::kUsersRead, Permission::kTokensManage};
  constexpr PermissionSet kAdmins =
      kAgents | PermissionSet{Permission::kUsersManage, Permission::kSettingsManage, Permission::kAuditRead,
                              Permission::kRedact, Permission::kRulesManage, Permission::kSecurityManage,
                              Permission::kRolesManage, Permission::kTokensOversee};
  switch (role) {
    case Role::kContact: return {};
    case Role::kAgent: return kAgents;
    case Role::kAdmin: return kAdmins;
    case Role::kOwner: return kAdmins;  // an admin whom only owners manage
  }
  return {};
}

InboxScope InboxScope::only(std::vector<core::InboxId> inboxes) {
  std::ranges::sort(inboxes);
  const auto repeated = std::ranges::unique(inboxes);
  inboxes.erase(repeated.begin(), repeated.end());
  InboxScope out;
  out.is_limited_ = true;
  out.inboxes_ = std::move(inboxes);
  return out;
}

bool InboxScope::has(core::InboxId inbox) const { return !is_limited_ || std::ranges::binary_search(inboxes_, inbox); }

bool InboxScope::covers(const InboxScope& other) const {
  return !is_limited_ || (other.is_limited_ && std::ranges::includes(inboxes_, other.inboxes_));
}

std::string to_string(const InboxScope& scope) {
  if (!scope.is_limited()) return "all";
  std::string out;
  for (const core::InboxId each : scope.inboxes()) out += (out.empty() ? "" : " ") + std::to_string(each.value);
  return out.empty() ? "none" : out;
}

bool may(Role role, Permission permission) { return permissions_of(role).has(permission); }

PermissionSet permissions_of(const Principal& by) { return by.permissions ? *by.permissions : permissions_of(by.role); }

bool may(const Principal& by, Permission permission) { return permissions_of(by).has(permission); }

}  // namespace postern::auth
