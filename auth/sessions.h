#pragma once
// auth/sessions.h: signed-in browsers and API tokens. Secrets are stored as SHA-256 only.
// Thread-safety: any executor. Errors: auth::Errc (kExpired, kBadCredentials), storage::Errc.
#include <string>
#include <vector>

#include "auth/accounts.h"

namespace postern::auth {

struct Session {
  core::SessionId id;
  core::UserId user;
  std::string csrf_token;  // required on state-changing requests of this session
  std::int64_t created_unix_ms = 0;
  std::int64_t last_seen_unix_ms = 0;
  std::string client_ip;
  std::string agent;  // User-Agent, cut to 200 bytes
};

struct Token {
  core::TokenId id;
  core::UserId user;
  std::string description;
  std::int64_t created_unix_ms = 0;
  std::int64_t last_used_unix_ms = 0;
  std::int64_t expires_unix_ms = 0;  // 0: never
};

struct SignedIn {
  std::string secret;  // the cookie's value; shown once
  Session session;
  User user;
};

class Sessions {
 public:
  Sessions(storage::Store& store, const storage::Vault& vault, const Accounts& accounts, core::IdSource& ids,
           core::Clock& clock, Options options);

  core::Task<core::Result<SignedIn>> open(User user, std::string client_ip, std::string agent);
  // The principal behind a cookie. Extends the idle limit (at most one write a minute).
  core::Task<core::Result<std::pair<Principal, Session>>> resolve(std::string secret, std::string client_ip);
  core::Task<core::Result<void>> close(core::WorkspaceId workspace, core::UserId user, core::SessionId id);
  core::Task<core::Result<void>> close_all(core::WorkspaceId workspace, core::UserId user);
  core::Result<std::vector<Session>> list(core::WorkspaceId workspace, core::UserId user) const;

  // API tokens: "pst_" followed by 43 base64url characters. The secret is returned once.
  core::Task<core::Result<std::pair<std::string, Token>>> create_token(Principal by, core::UserId user,
                                                                       std::string description, std::int64_t expires_unix_ms);
  core::Task<core::Result<Principal>> resolve_token(std::string secret, std::string client_ip);
  core::Task<core::Result<void>> revoke_token(Principal by, core::TokenId id);
  core::Result<std::vector<Token>> list_tokens(core::WorkspaceId workspace, core::UserId user) const;

 private:
  storage::Store& store_;
  const storage::Vault& vault_;
  const Accounts& accounts_;
  core::IdSource& ids_;
  core::Clock& clock_;
  Options options_;
};

}  // namespace postern::auth
