#include "auth/permissions.h"

#include <algorithm>

namespace postern::auth {

std::string_view to_string(Permission permission) {
  const auto* const found = std::ranges::find(kPermissions, permission, &PermissionInfo::permission);
  return found == kPermissions.end() ? std::string_view() : found->word;
}

std::optional<Permission> parse_permission(std::string_view word) {
  const auto* const found = std::ranges::find(kPermissions, word, &PermissionInfo::word);
  if (found == kPermissions.end()) return std::nullopt;
  return found->permission;
}

std::vector<std::string> words_of(PermissionSet permissions) {
  std::vector<std::string> out;
  for (const PermissionInfo& each : kPermissions) {
    if (permissions.has(each.permission)) out.emplace_back(each.word);
  }
  return out;
}

}  // namespace postern::auth
