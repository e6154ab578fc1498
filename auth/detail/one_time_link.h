#pragma once
// auth/detail/one_time_link.h: the links with which people set a password. A user has one at most; the secret is in the
// link only, its SHA-256 is the record's key. The record is signed by the workspace (HMAC-SHA256), with its key: who could write
// to the store, but has not the master key, makes no link, and gives none to somebody else or a longer life.
// Errors: Errc::kExpired for a link that is gone, used or past its time; those of the store and the vault.
#include <optional>
#include <string>
#include <string_view>

#include "auth/accounts.h"
#include "storage/schema/account.pb.h"

namespace postern::auth {

// A new link for the user; the one before it ends. The caller writes the user.
core::Result<void> put_link(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace, schema::User& user,
                            std::string_view secret, std::int64_t expires_ms, LinkKind kind, std::uint32_t methods = 0);
// `hash`: SHA-256 of the secret, as 32 bytes.
core::Result<schema::Enrolment> parse_live_link(const storage::Vault& vault, std::string_view hash, const std::optional<std::string>& value,
                                                std::int64_t now_ms);
// The password that is about to be replaced joins the earlier ones.
void keep_in_history(schema::User& user);

}  // namespace postern::auth
