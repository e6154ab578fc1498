// Sessions: API tokens.
#include <algorithm>

#include "auth/audit.h"
#include "auth/detail/keys.h"
#include "auth/detail/records.h"
#include "auth/detail/transact.h"
#include "auth/sessions.h"
#include "core/encoding.h"

namespace postern::auth {
namespace {

constexpr std::string_view kPrefix = "pst_";
constexpr std::size_t kSecretChars = 43;

Token to_token(const schema::Token& record) {
  return {core::TokenId{record.id()}, core::UserId{record.user()},  record.description(),
          record.created_unix_ms(),   record.last_used_unix_ms(), record.expires_unix_ms()};
}

std::string key_of(core::WorkspaceId workspace, const schema::Token& record) {
  return keys::token(workspace, core::UserId{record.user()}, core::TokenId{record.id()});
}

std::string token_object(std::uint64_t id) { return "token/" + std::to_string(id); }

// Own tokens need little; those of somebody else need power over that person.
core::Result<void> check_may_touch(const Principal& by, const User& owner) {
  if (!may(by.role, Permission::kTokensManage)) return core::fail(Errc::kForbidden);
  if (by.user == owner.id) return {};
  if (!may(by.role, Permission::kUsersManage) || owner.role > by.role) return core::fail(Errc::kForbidden);
  return {};
}

}  // namespace

core::Task<core::Result<std::pair<std::string, Token>>> Sessions::create_token(Principal by, core::UserId user,
                                                                               std::string description,
                                                                               std::int64_t expires_unix_ms) {
  const std::int64_t now = core::to_unix_ms(clock_.wall_now());
  if (expires_unix_ms != 0 && expires_unix_ms <= now) co_return core::fail(core::Errc::kInvalid, "expires");
  const std::string secret = std::string(kPrefix) + core::random_token(32);
  schema::Token record;
  record.set_id(ids_.next());
  record.set_user(user.value);
  record.set_secret_hash(core::sha256(secret));
  record.set_description(cut_text(description, options_.name_bytes_max));
  record.set_created_unix_ms(now);
  record.set_expires_unix_ms(expires_unix_ms);
  auto change = [&](storage::Transaction& transaction) -> core::Result<std::pair<std::string, Token>> {
    POSTERN_TRY(const schema::User owner, read_user(transaction, vault_, by.workspace, user));
    POSTERN_CHECK(check_may_touch(by, to_user(owner, by.workspace)));
    POSTERN_TRY(const auto others, scan_tokens(transaction.snapshot(), vault_, by.workspace,
                                               keys::tokens_prefix(by.workspace, user)));
    if (others.size() >= options_.tokens_per_user_max) return core::fail(Errc::kForbidden, "too many tokens");
    POSTERN_CHECK(storage::put_sealed(transaction, vault_, by.workspace, key_of(by.workspace, record), record));
    schema::CredentialIndex index;
    index.set_workspace(by.workspace.value);
    index.set_user(user.value);
    index.set_credential(record.id());
    POSTERN_CHECK(storage::put_plain(transaction, keys::token_index(record.secret_hash()), index));
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, "token.created", token_object(record.id())));
    return std::pair(secret, to_token(record));
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Task<core::Result<Principal>> Sessions::resolve_token(std::string secret, std::string client_ip) {
  if (!secret.starts_with(kPrefix) || secret.size() != kPrefix.size() + kSecretChars) {
    co_return core::fail(Errc::kBadCredentials);
  }
  const auto snapshot = store_.snapshot();
  POSTERN_CO_TRY(const auto index, read_index(*snapshot, keys::token_index(core::sha256(secret))));
  if (!index) co_return core::fail(Errc::kBadCredentials);
  const core::WorkspaceId workspace{index->workspace()};
  const std::string key = keys::token(workspace, core::UserId{index->user()}, core::TokenId{index->credential()});
  POSTERN_CO_TRY(const std::optional<std::string> value, snapshot->get(key));
  if (!value) co_return core::fail(Errc::kBadCredentials);
  schema::Token record;
  POSTERN_CO_CHECK(storage::open_record(vault_, workspace, key, *value, record));
  POSTERN_CO_TRY(const auto user, accounts_.find(workspace, core::UserId{record.user()}));
  const std::int64_t now = core::to_unix_ms(clock_.wall_now());
  if (record.expires_unix_ms() != 0 && record.expires_unix_ms() <= now) co_return core::fail(Errc::kExpired);
  if (!user || user->is_disabled) co_return core::fail(Errc::kBadCredentials);

  if (now - record.last_used_unix_ms() >= std::chrono::milliseconds(options_.touch_interval).count()) {
    auto touch = [&](storage::Transaction& transaction) -> core::Result<void> {
      POSTERN_TRY(const std::optional<std::string> current, transaction.get(key));
      if (!current) return core::fail(Errc::kBadCredentials);  // revoked meanwhile
      record.set_last_used_unix_ms(now);
      return storage::put_sealed(transaction, vault_, workspace, key, record);
    };
    const auto touched = co_await transact(store_, options_.commit_attempts_max, touch);
    if (!touched && touched.error() == Errc::kBadCredentials) co_return touched.error();
  }
  co_return Principal{workspace, user->id, user->role, Method::kToken, record.id(), std::move(client_ip)};
}

core::Task<core::Result<void>> Sessions::revoke_token(Principal by, core::TokenId id) {
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(const auto tokens, scan_tokens(transaction.snapshot(), vault_, by.workspace,
                                               keys::tokens_of_workspace(by.workspace)));
    const auto found = std::ranges::find(tokens, id.value, &schema::Token::id);
    if (found == tokens.end()) return core::fail(Errc::kNotFound, "token");
    POSTERN_TRY(const schema::User owner, read_user(transaction, vault_, by.workspace, core::UserId{found->user()}));
    POSTERN_CHECK(check_may_touch(by, to_user(owner, by.workspace)));
    erase_token(transaction, by.workspace, *found);
    return audit(transaction, vault_, ids_, clock_, by, "token.revoked", token_object(id.value));
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Result<std::vector<Token>> Sessions::list_tokens(core::WorkspaceId workspace, core::UserId user) const {
  POSTERN_TRY(const auto records,
              scan_tokens(*store_.snapshot(), vault_, workspace, keys::tokens_prefix(workspace, user)));
  std::vector<Token> out;
  for (const schema::Token& record : records) out.push_back(to_token(record));
  return out;
}

}  // namespace postern::auth
