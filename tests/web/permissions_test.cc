// The authorisation table: every route as every role and every single permission (ASVS 5.0 8.2.1, 8.3.1; requirements
// I0-03, I1-09, Z-29), and the page that shows it.
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/web/web_app.h"
#include "web/api/permissions_page.h"
#include "web/api/routes.h"

namespace postern::test {
namespace {

using auth::Permission;
using auth::PermissionSet;
using web::Access;
using web::Route;

web::WebOptions unhurried() {
  web::WebOptions options;
  options.rate_per_ip = {1e6, 1e6};
  options.rate_per_principal = {1e6, 1e6};
  options.rate_sign_in = {1e6, 1e6};
  return options;
}

Call as(const Route& route, const std::string& token) {
  Call call;
  call.verb = std::string(web::to_string(route.verb));
  call.path = std::string(route.pattern);
  for (std::size_t open = call.path.find('{'); open != std::string::npos; open = call.path.find('{')) {
    call.path.replace(open, call.path.find('}') - open + 1, "1");
  }
  if (route.body != web::Body::kNone) {
    call.body = "{}";
    call.with("Content-Type", "application/json");
  }
  return call.with("Authorization", "Bearer " + token);
}

// Whether the table lets this set through, written down a second time: straight from the row.
bool expects_entry(const Route& route, PermissionSet set) {
  if (route.session_only) return false;  // these come with a token
  if (!set.has_all(route.and_all)) return false;
  return route.access == Access::kSignedIn || set.has(route.permission) || !(set & route.or_any).empty();
}

void try_every_route(WebApp& app, const std::string& token, PermissionSet set, const std::string& who) {
  for (const Route& route : web::api_routes()) {
    if (route.access == Access::kPublic || route.pattern == "/api/v2/changes/stream") continue;
    if (route.verb == web::Verb::kDelete && route.pattern.starts_with("/api/v2/session")) continue;
    const Reply reply = app.send(as(route, token));
    const std::string where = fmt::format("{} {} as {}", web::to_string(route.verb), route.pattern, who);
    EXPECT_NE(reply.status, 401) << where;
    EXPECT_LT(reply.status, 500) << where << reply.body;
    // A route that several permissions open looks closer behind the door: it may still say 403.
    if (!expects_entry(route, set)) EXPECT_EQ(reply.status, 403) << where;
    else if (route.or_any.empty()) EXPECT_NE(reply.status, 403) << where << reply.body;
  }
}

TEST(Permissions, Asvs_8_2_1_EveryRouteForEverySinglePermission) {
  WebApp app(unhurried());
  for (const auth::PermissionInfo& each : auth::kPermissions) {
    const PermissionSet set{each.permission};
    try_every_route(app, app.token_of_role(std::string(each.word), set), set, std::string(each.word));
  }
}

TEST(Permissions, Z29_EveryRouteForBuiltInRoles) {
  WebApp app(unhurried());
  try_every_route(app, app.owner_token, auth::permissions_of(auth::Role::kOwner), "owner");
  try_every_route(app, app.agent_token, auth::permissions_of(auth::Role::kAgent), "agent");
  try_every_route(app, app.token_of_role("light", auth::light_agent_permissions()), auth::light_agent_permissions(), "light agent");
  try_every_route(app, app.contact_token, PermissionSet(), "end user");
}

// Run with POSTERN_WRITE_DOCS=1 to write the page anew.
TEST(Permissions, ThePageIsWhatTheTableSays) {
  const std::filesystem::path path = std::filesystem::path(__FILE__).parent_path() / "../../docs/permissions.md";
  if (std::getenv("POSTERN_WRITE_DOCS") != nullptr) std::ofstream(path) << web::permissions_page();
  std::stringstream stored;
  stored << std::ifstream(path).rdbuf();
  EXPECT_EQ(stored.str(), web::permissions_page()) << "docs/permissions.md is old: run this test with POSTERN_WRITE_DOCS=1";
}

}  // namespace
}  // namespace postern::test
