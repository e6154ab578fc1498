#include "web/api/permissions_page.h"

#include <fmt/format.h>

#include "auth/accounts.h"
#include "web/api/routes.h"

namespace postern::web {
namespace {

using auth::PermissionSet;
using auth::Role;

constexpr const char* kHead =
    "# Who may do what\n\n"
    "Made from the table of routes (`web/api/routes.cc`) and of permissions (`auth/permissions.h`) by\n"
    "`tests/web/permissions_test.cc`, which fails when this page is not what they say.\n\n"
    "A custom role is any set of these permissions. An owner has those of an admin, and only owners manage owners.\n"
    "Nobody gives, takes or manages what he may not do himself.\n\n";

std::string mark(bool is_permitted) { return is_permitted ? "yes" : ""; }

std::string roles_row(auto permits_set) {
  return fmt::format("{} | {} | {} | {}", mark(permits_set(auth::light_agent_permissions(), Role::kAgent)),
                     mark(permits_set(auth::permissions_of(Role::kAgent), Role::kAgent)), mark(permits_set(auth::permissions_of(Role::kAdmin), Role::kAdmin)),
                     mark(permits_set(auth::permissions_of(Role::kOwner), Role::kOwner)));
}

std::string needs(const Route& route) {
  if (route.access == Access::kPublic) return "nothing";
  if (route.access == Access::kSignedIn) return "signed in";
  std::string out(auth::to_string(route.permission));
  if (route.owner_only) out += ", as owner";
  for (const std::string& word : auth::words_of(route.or_any)) out += " or " + word;
  for (const std::string& word : auth::words_of(route.and_all)) out += " and " + word;
  return out;
}

std::string limited(const Route& route) {
  if (route.access == Access::kPublic) return "";
  return route.inboxes == Inboxes::kWhole ? "" : route.inboxes == Inboxes::kWithin ? "his inboxes" : "yes";
}

std::string credential(const Route& route) {
  if (route.access == Access::kPublic) return "";
  if (route.fresh_factor) return "session, proved just now";
  return route.session_only ? "session" : "session, token";
}

}  // namespace

std::string permissions_page() {
  std::string out = kHead;
  out += "| permission | means | light agent | agent | admin | owner |\n|---|---|---|---|---|---|\n";
  for (const auth::PermissionInfo& each : auth::kPermissions) {
    out += fmt::format("| `{}` | {} | {} |\n", each.word, each.means, roles_row([&each](PermissionSet set, Role) { return set.has(each.permission); }));
  }
  out += "\nWhoever is limited to inboxes uses the routes that are marked so: of his inboxes, or of none.\n"
         "\n| route | needs | by | limited to inboxes | light agent | agent | admin | owner |\n|---|---|---|---|---|---|---|---|\n";
  for (const Route& route : api_routes()) {
    const auto permits_set = [&route](PermissionSet set, Role role) {
      auth::Principal who;
      who.role = role;
      who.permissions = set;
      return route.access == Access::kPublic || permits(route, who);
    };
    out += fmt::format("| {} {} | {} | {} | {} | {} |\n", to_string(route.verb), route.pattern, needs(route), credential(route), limited(route),
                       roles_row(permits_set));
  }
  return out;
}

}  // namespace postern::web
