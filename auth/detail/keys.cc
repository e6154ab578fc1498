#include "auth/detail/keys.h"

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
std::string audit_prefix(core::WorkspaceId workspace) { return KeyBuilder(workspace, Space::kAudit).bytes(); }
std::string audit(core::WorkspaceId workspace, core::AuditId id) {
  return KeyBuilder(workspace, Space::kAudit).u64(id.value).bytes();
}

}  // namespace postern::auth::keys
