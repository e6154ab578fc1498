#pragma once
// auth/sessions.h: signed-in browsers and API tokens. Secrets are stored as SHA-256 only.
// Thread-safety: any executor. Errors: auth::Errc (kExpired, kBadCredentials), storage::Errc.
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "auth/accounts.h"

namespace postern::auth {

// Ways in which somebody proved who they are, as bits. Never renumber: stored.
inline constexpr std::uint32_t kByPassword = 1;
inline constexpr std::uint32_t kByTotp = 2;
inline constexpr std::uint32_t kBySecurityKey = 4;   // beside the password
inline constexpr std::uint32_t kByPasskey = 8;       // without one: the authenticator verified its user
inline constexpr std::uint32_t kByRecoveryCode = 16;
inline constexpr std::uint32_t kByTrustedDevice = 32;
inline constexpr std::uint32_t kByLink = 64;         // a one-time link that set the password
inline constexpr std::uint32_t kByTextMessage = 128; // signs in, and proves nothing more: never fresh, never trusted
std::vector<std::string_view> method_names(std::uint32_t methods);  // "password", "totp", "security_key" …

struct Session {
  core::SessionId id;
  core::UserId user;
  std::string csrf_token;  // required on state-changing requests of this session
  std::int64_t created_unix_ms = 0;
  std::int64_t last_seen_unix_ms = 0;
  std::string client_ip;
  std::string agent;  // User-Agent, cut to 200 bytes
  std::uint32_t methods = kByPassword;
  std::int64_t fresh_until_unix_ms = 0;  // until then, what makes ways in may be done without another proof
  bool must_enrol = false;               // of open(), renew() and resolve(): a factor is demanded, is missing, and its time is over
};

struct Token {
  core::TokenId id;
  core::UserId user;
  std::string description;
  std::int64_t created_unix_ms = 0;
  std::int64_t last_used_unix_ms = 0;
  std::int64_t expires_unix_ms = 0;  // 0: never
  std::optional<PermissionSet> scopes;  // nothing: whatever its owner may do
  std::vector<std::string> networks;    // CIDR; empty: from everywhere
  std::string last_ip;
};

// How a token is less than its owner.
struct TokenLimits {
  std::optional<PermissionSet> scopes;
  std::vector<std::string> networks;
};

// How a session is opened.
struct Opening {
  std::uint32_t methods = kByPassword;
  bool is_fresh = true;  // a factor was proved just now, or there is none
  std::function<core::Result<void>(storage::Transaction&, const Session&)> also = {};  // in the same transaction
};

struct SignedIn {
  std::string secret;  // the cookie's value; shown once
  Session session;
  User user;
};

// What Sessions::end_everybody() did.
struct SignedOut {
  std::size_t people = 0;
  std::size_t spared = 0;  // the caller may not act on them
};

// Whether somebody's token is still there and has not expired; for what goes on behind the request that it began.
core::Result<bool> has_token(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace, core::UserId user,
                             core::TokenId id, std::int64_t now_unix_ms);

class Sessions {
 public:
  Sessions(storage::Store& store, const storage::Vault& vault, const Accounts& accounts, core::IdSource& ids,
           core::Clock& clock, Options options);

  core::Task<core::Result<SignedIn>> open(User user, std::string client_ip, std::string agent, Opening opening = Opening());
  // After another proof: the session is fresh again, under a new secret and CSRF token; the old ones end (ASVS 7.2.4).
  core::Task<core::Result<SignedIn>> renew(Principal by, core::SessionId id, std::uint32_t methods);
  // The principal behind a cookie. Extends the idle limit (at most one write a minute).
  core::Task<core::Result<std::pair<Principal, Session>>> resolve(std::string secret, std::string client_ip);
  // The same behind a link that was signed for a session: only while it lives. Does not extend it.
  core::Result<std::pair<Principal, Session>> resolve_link(core::WorkspaceId workspace, core::UserId user, core::SessionId id, std::string client_ip) const;
  core::Task<core::Result<void>> close(core::WorkspaceId workspace, core::UserId user, core::SessionId id);
  core::Task<core::Result<void>> close_all(core::WorkspaceId workspace, core::UserId user);
  // Somebody else's, by who manages people and is not below him.
  core::Task<core::Result<void>> end_all(Principal by, core::UserId user);
  // All sessions of all people of the workspace but the caller's own one, after a break-in. Needs kSecurityManage; those of
  // people he may not act on are left alone. Person by person: after an error it can be repeated.
  core::Task<core::Result<SignedOut>> end_everybody(Principal by);
  core::Result<std::vector<Session>> list(core::WorkspaceId workspace, core::UserId user) const;
  // Whether a second factor is demanded of somebody who has none, and the time for it is over.
  core::Result<bool> must_enrol(const User& user) const;

  // Somebody whose password was right, without a session (Basic credentials). kBadCredentials when a password alone is not
  // enough: a second factor exists or is due, or the password has to change.
  core::Task<core::Result<Principal>> resolve_password(User user, std::string client_ip);

  // API tokens: "pst_" followed by 43 base64url characters. The secret is returned once.
  core::Task<core::Result<std::pair<std::string, Token>>> create_token(Principal by, core::UserId user,
                                                                       std::string description, std::int64_t expires_unix_ms);
  // The scopes must be permissions of the owner and of the one who makes it.
  core::Task<core::Result<std::pair<std::string, Token>>> create_token(Principal by, core::UserId user,
                                                                       std::string description, std::int64_t expires_unix_ms,
                                                                       TokenLimits limits);
  // Another secret for the same token; the one before it ends at once. For the owner only.
  core::Task<core::Result<std::pair<std::string, Token>>> rotate_token(Principal by, core::TokenId id);
  // Of everybody in the workspace.
  core::Result<std::vector<Token>> all_tokens(core::WorkspaceId workspace) const;
  core::Task<core::Result<Principal>> resolve_token(std::string secret, std::string client_ip);
  core::Task<core::Result<void>> revoke_token(Principal by, core::TokenId id);
  core::Result<std::vector<Token>> list_tokens(core::WorkspaceId workspace, core::UserId user) const;

 private:
  core::Task<core::Result<void>> refuse_token(User owner, std::uint64_t id, std::string client_ip);
  // False when it was true for the same thing within a touch_interval: what may happen at every request is audited so often.
  bool is_new_now(std::uint64_t thing);

  storage::Store& store_;
  const storage::Vault& vault_;
  const Accounts& accounts_;
  core::IdSource& ids_;
  core::Clock& clock_;
  Options options_;
  std::mutex noted_mutex_;
  std::map<std::uint64_t, core::Instant> noted_;  // what was audited lately, and when
};

}  // namespace postern::auth
