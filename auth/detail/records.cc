#include "auth/detail/records.h"

#include <algorithm>

#include "auth/detail/keys.h"
#include "core/encoding.h"

namespace postern::auth {
namespace {
constexpr std::size_t kScanMax = 1000;        // sessions of one user, far above the options' bound
constexpr std::size_t kTokensMax = 10'000;  // of one scan
}

std::string canonical_address(std::string_view email) { return core::to_lower_ascii(core::trim_ascii(email)); }

bool is_plausible_address(std::string_view email) {
  const auto at = email.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == email.size() || email.size() > 254) return false;
  return std::ranges::none_of(email, [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == 0x7F || c == '<' || c == '>' || c == ',' || c == ';';
  });
}

std::string cut_text(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0U) == 0x80U) --bytes_max;
  return std::string(text.substr(0, bytes_max));
}

User to_user(const schema::User& record, core::WorkspaceId workspace) {
  User out;
  out.id = core::UserId{record.id()};
  out.workspace = workspace;
  out.role = static_cast<Role>(std::min<std::uint32_t>(record.role(), static_cast<std::uint32_t>(Role::kOwner)));
  out.email = record.email();
  out.name = record.name();
  out.has_password = !record.password_hash().empty();
  out.is_disabled = record.is_disabled();
  out.created_unix_ms = record.created_unix_ms();
  out.password_set_unix_ms = record.password_set_unix_ms();
  out.custom_role = record.custom_role();
  out.support = record.support();
  out.support_until_unix_ms = record.support_until_unix_ms();
  if (out.custom_role == 0) out.permissions = permissions_of(out.role);
  if (out.custom_role == kLightAgent) out.permissions = light_agent_permissions();
  if (out.role == Role::kAgent && record.is_limited()) {
    std::vector<core::InboxId> inboxes;
    for (const std::uint64_t each : record.inboxes()) inboxes.push_back(core::InboxId{each});
    out.inboxes = InboxScope::only(std::move(inboxes));
  }
  return out;
}

core::Result<std::optional<schema::User>> read_user(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                    core::WorkspaceId workspace, core::UserId id) {
  const std::string key = keys::user(workspace, id);
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
  if (!value) return std::optional<schema::User>();
  schema::User record;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
  return std::optional(std::move(record));
}

core::Result<schema::User> read_user(storage::Transaction& transaction, const storage::Vault& vault,
                                     core::WorkspaceId workspace, core::UserId id) {
  const std::string key = keys::user(workspace, id);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  if (!value) return core::fail(Errc::kNotFound, "user");
  schema::User record;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
  return record;
}

core::Result<void> put_user(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                            const schema::User& record) {
  return storage::put_sealed(transaction, vault, workspace, keys::user(workspace, core::UserId{record.id()}), record);
}

core::Result<std::optional<schema::CredentialIndex>> read_index(const storage::Snapshot& snapshot, std::string_view key) {
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
  if (!value) return std::optional<schema::CredentialIndex>();
  schema::CredentialIndex index;
  POSTERN_CHECK(storage::parse_record(*value, index));
  return std::optional(std::move(index));
}

core::Result<std::vector<schema::Session>> sessions_of(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                       core::WorkspaceId workspace, core::UserId user) {
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              snapshot.scan(keys::sessions_prefix(workspace, user), storage::Direction::kForward, kScanMax));
  std::vector<schema::Session> out(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    POSTERN_CHECK(storage::open_record(vault, workspace, entries[i].key, entries[i].value, out[i]));
  }
  return out;
}

void erase_session(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Session& session) {
  transaction.erase(keys::session(workspace, core::UserId{session.user()}, core::SessionId{session.id()}));
  transaction.erase(keys::session_index(session.secret_hash()));
}

core::Result<void> erase_sessions(storage::Transaction& transaction, const storage::Vault& vault,
                                  core::WorkspaceId workspace, core::UserId user) {
  POSTERN_TRY(const std::vector<schema::Session> sessions, sessions_of(transaction.snapshot(), vault, workspace, user));
  for (const schema::Session& session : sessions) erase_session(transaction, workspace, session);
  return {};
}

core::Result<std::vector<schema::Token>> scan_tokens(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                     core::WorkspaceId workspace, const std::string& prefix) {
  POSTERN_TRY(const std::vector<storage::Entry> entries, snapshot.scan(prefix, storage::Direction::kForward, kTokensMax));
  std::vector<schema::Token> out(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    POSTERN_CHECK(storage::open_record(vault, workspace, entries[i].key, entries[i].value, out[i]));
  }
  return out;
}

void erase_token(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Token& token) {
  transaction.erase(keys::token(workspace, core::UserId{token.user()}, core::TokenId{token.id()}));
  transaction.erase(keys::token_index(token.secret_hash()));
}

core::Result<std::size_t> erase_tokens(storage::Transaction& transaction, const storage::Vault& vault,
                                       core::WorkspaceId workspace, core::UserId user) {
  POSTERN_TRY(const std::vector<schema::Token> tokens,
              scan_tokens(transaction.snapshot(), vault, workspace, keys::tokens_prefix(workspace, user)));
  for (const schema::Token& token : tokens) erase_token(transaction, workspace, token);
  return tokens.size();
}

}  // namespace postern::auth
