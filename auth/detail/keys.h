#pragma once
// auth/detail/keys.h: every key that identity writes. What is looked up before the workspace is known (logins, cookies,
// tokens, links, failures) is an index under workspace 0; records stay in their workspace.
#include <string>
#include <string_view>

#include "core/ids.h"

namespace postern::auth::keys {

inline constexpr core::WorkspaceId kGlobal{0};

std::string user(core::WorkspaceId workspace, core::UserId id);
std::string users_prefix(core::WorkspaceId workspace);
std::string contact(core::WorkspaceId workspace, std::string_view canonical_address);
std::string logins_prefix();
std::string login(std::string_view canonical_address);
std::string session_index(std::string_view secret_hash);
std::string sessions_prefix(core::WorkspaceId workspace, core::UserId user);
std::string session(core::WorkspaceId workspace, core::UserId user, core::SessionId id);
std::string token_index(std::string_view secret_hash);
std::string tokens_of_workspace(core::WorkspaceId workspace);
std::string tokens_prefix(core::WorkspaceId workspace, core::UserId user);
std::string token(core::WorkspaceId workspace, core::UserId user, core::TokenId id);
std::string enrolment(std::string_view secret_hash);
std::string failures(std::string_view kind, std::string_view whose);
std::string pair_failures_prefix(std::string_view login_hash);
std::string pair_failures(std::string_view login_hash, std::string_view network);
std::string roles_prefix(core::WorkspaceId workspace);
std::string role(core::WorkspaceId workspace, std::uint64_t id);
std::string access_policy(core::WorkspaceId workspace, std::string_view name);
std::string owners_turn(core::WorkspaceId workspace);
std::string failure_limits_prefix();
std::string failure_limit(core::WorkspaceId workspace);
std::string audit_prefix(core::WorkspaceId workspace);
std::string audit(core::WorkspaceId workspace, core::AuditId id);

std::string second_factors(core::WorkspaceId workspace, core::UserId user);
std::string pending_sign_in(std::string_view secret_hash);
std::string passkey_index(std::string_view credential_id);
std::string spent_challenges_prefix();
std::string spent_challenge(std::int64_t expires_unix_ms, std::string_view nonce);
std::string devices_prefix(core::WorkspaceId workspace, core::UserId user);
std::string device(core::WorkspaceId workspace, core::UserId user, std::string_view secret_hash);
std::string security_policy(core::WorkspaceId workspace);

}  // namespace postern::auth::keys
