#include "web/api/standing.h"

#include <algorithm>

namespace postern::web {
namespace {

bool credential_is_live(Services& services, const auth::Principal& who) {
  if (who.method == auth::Method::kSession) {
    const core::Result<std::vector<auth::Session>> sessions = services.sessions.list(who.workspace, who.user);
    const auto is_ours = [&who](const auth::Session& each) { return each.id.value == who.credential; };
    return sessions && std::ranges::any_of(*sessions, is_ours);
  }
  const core::Result<std::vector<auth::Token>> tokens = services.sessions.list_tokens(who.workspace, who.user);
  const std::int64_t now = core::to_unix_ms(services.clock.wall_now());
  const auto is_ours = [&who, now](const auth::Token& each) {
    return each.id.value == who.credential && (each.expires_unix_ms == 0 || each.expires_unix_ms > now);
  };
  return tokens && std::ranges::any_of(*tokens, is_ours);
}

}  // namespace

bool still_stands(Services& services, const auth::Principal& who, auth::Permission permission) {
  const core::Result<std::optional<auth::User>> user = services.accounts.find(who.workspace, who.user);
  if (!user || !*user || (*user)->is_disabled || !credential_is_live(services, who)) return false;
  // A token's scopes were taken into account when the answer began, and do not change.
  if (!may(who, permission) || !(*user)->permissions.has(permission)) return false;
  if (!((*user)->inboxes == who.inboxes)) return false;  // he comes back with what he may see now
  const core::Result<bool> must_enrol = services.sessions.must_enrol(**user);
  if (who.method == auth::Method::kSession && (!must_enrol || *must_enrol)) return false;
  auth::Principal now = who;
  now.role = (*user)->role;
  if (services.networks != nullptr && !services.networks->check(now)) return false;
  const core::Result<net::IpAddress> client = net::IpAddress::parse(who.client_ip);
  return !(services.blocks != nullptr && client && services.blocks->find(*client, net::Door::kWeb));
}

}  // namespace postern::web
