#include "auth/detail/keys.h"

#include "core/encoding.h"
#include "storage/key.h"

namespace postern::auth::keys {

using storage::KeyBuilder;
using storage::Space;

std::string user(core::WorkspaceId workspace, core::UserId id) {
  return KeyBuilder(workspace, Space::kUser).u64(id.value).bytes();
}
std::string users_prefix(core::WorkspaceId workspace) { return KeyBuilder(workspace, Space::kUser).bytes(); }
std::string contact(core::WorkspaceId workspace, std::string_view canonical_address) {
  return KeyBuilder(workspace, Space::kContact).text(canonical_address).bytes();
}
std::string logins_prefix() { return KeyBuilder(kGlobal, Space::kUserByLogin).bytes(); }
std::string login(std::string_view canonical_address) {
  return KeyBuilder(kGlobal, Space::kUserByLogin).text(canonical_address).bytes();
}
std::string session_index(std::string_view secret_hash) {
  return KeyBuilder(kGlobal, Space::kSession).text(secret_hash).bytes();
}
std::string sessions_prefix(core::WorkspaceId workspace, core::UserId user) {
  return KeyBuilder(workspace, Space::kSession).u64(user.value).bytes();
}
std::string session(core::WorkspaceId workspace, core::UserId user, core::SessionId id) {
  return KeyBuilder(workspace, Space::kSession).u64(user.value).u64(id.value).bytes();
}
std::string token_index(std::string_view secret_hash) {
  return KeyBuilder(kGlobal, Space::kToken).text(secret_hash).bytes();
}
std::string tokens_of_workspace(core::WorkspaceId workspace) { return KeyBuilder(workspace, Space::kToken).bytes(); }
std::string tokens_prefix(core::WorkspaceId workspace, core::UserId user) {
  return KeyBuilder(workspace, Space::kToken).u64(user.value).bytes();
}
std::string token(core::WorkspaceId workspace, core::UserId user, core::TokenId id) {
  return KeyBuilder(workspace, Space::kToken).u64(user.value).u64(id.value).bytes();
}
std::string enrolment(std::string_view secret_hash) {
  return KeyBuilder(kGlobal, Space::kEnrolment).text(secret_hash).bytes();
}
std::string failures(std::string_view kind, std::string_view whose) {
  return KeyBuilder(kGlobal, Space::kLoginFailures).text(kind).text(whose).bytes();
}
std::string pair_failures_prefix(std::string_view login_hash) {
  return KeyBuilder(kGlobal, Space::kLoginFailures).text("pair").text(login_hash).bytes();
}
std::string pair_failures(std::string_view login_hash, std::string_view network) {
  return KeyBuilder(kGlobal, Space::kLoginFailures).text("pair").text(login_hash).text(network).bytes();
}
std::string roles_prefix(core::WorkspaceId workspace) { return KeyBuilder(workspace, Space::kRole).bytes(); }
std::string role(core::WorkspaceId workspace, std::uint64_t id) {
  return KeyBuilder(workspace, Space::kRole).u64(id).bytes();
}
std::string access_policy(core::WorkspaceId workspace, std::string_view name) {
  return KeyBuilder(workspace, Space::kAccessPolicy).text(name).bytes();
}
std::string owners_turn(core::WorkspaceId workspace) { return access_policy(workspace, "owners"); }
std::string failure_limits_prefix() { return KeyBuilder(kGlobal, Space::kLoginFailures).text("limit").bytes(); }
std::string failure_limit(core::WorkspaceId workspace) {
  return KeyBuilder(kGlobal, Space::kLoginFailures).text("limit").u64(workspace.value).bytes();
}
std::string audit_prefix(core::WorkspaceId workspace) { return KeyBuilder(workspace, Space::kAudit).bytes(); }
std::string audit(core::WorkspaceId workspace, core::AuditId id) {
  return KeyBuilder(workspace, Space::kAudit).u64(id.value).bytes();
}

std::string second_factors(core::WorkspaceId workspace, core::UserId user) {
  return KeyBuilder(workspace, Space::kSecondFactors).u64(user.value).bytes();
}
std::string pending_sign_in(std::string_view secret_hash) {
  return KeyBuilder(kGlobal, Space::kSignInStep).text("pending").text(secret_hash).bytes();
}
std::string passkey_index(std::string_view credential_id) {
  return KeyBuilder(kGlobal, Space::kSignInStep).text("passkey").text(core::sha256(credential_id)).bytes();
}
std::string spent_challenges_prefix() { return KeyBuilder(kGlobal, Space::kSignInStep).text("spent").bytes(); }
std::string spent_challenge(std::int64_t expires_unix_ms, std::string_view nonce) {
  return KeyBuilder(kGlobal, Space::kSignInStep).text("spent").u64(static_cast<std::uint64_t>(expires_unix_ms)).text(nonce).bytes();
}
std::string devices_prefix(core::WorkspaceId workspace, core::UserId user) {
  return KeyBuilder(workspace, Space::kDevice).u64(user.value).bytes();
}
std::string device(core::WorkspaceId workspace, core::UserId user, std::string_view secret_hash) {
  return KeyBuilder(workspace, Space::kDevice).u64(user.value).text(secret_hash).bytes();
}
std::string security_policy(core::WorkspaceId workspace) { return KeyBuilder(workspace, Space::kSecurityPolicy).bytes(); }

}  // namespace postern::auth::keys
