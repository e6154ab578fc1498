// Sessions: API tokens.
#include <algorithm>

#include "auth/audit.h"
#include "auth/detail/keys.h"
#include "auth/detail/records.h"
#include "auth/detail/transact.h"
#include "auth/networks.h"
#include "auth/sessions.h"
#include "core/encoding.h"

namespace postern::auth {
namespace {

constexpr std::string_view kPrefix = "pst_";
constexpr std::size_t kSecretChars = 43;
constexpr std::size_t kNotedMax = 1000;

Token to_token(const schema::Token& record) {
  Token out;
  out.id = core::TokenId{record.id()};
  out.user = core::UserId{record.user()};
  out.description = record.description();
  out.created_unix_ms = record.created_unix_ms();
  out.last_used_unix_ms = record.last_used_unix_ms();
  out.expires_unix_ms = record.expires_unix_ms();
  if (record.is_scoped()) out.scopes = PermissionSet::of_bits(record.scopes());
  out.networks.assign(record.networks().begin(), record.networks().end());
  out.last_ip = record.last_ip();
  return out;
}

std::string key_of(core::WorkspaceId workspace, const schema::Token& record) {
  return keys::token(workspace, core::UserId{record.user()}, core::TokenId{record.id()});
}

std::string token_object(std::uint64_t id) { return "token/" + std::to_string(id); }

// Own tokens need little; those of somebody else need power over that person.
core::Result<void> check_may_touch(const Principal& by, const User& owner) {
  if (by.user == owner.id && may(by, Permission::kTokensManage)) return {};
  // By role, not by permissions: whoever oversees tokens revokes those of people who may do more than he.
  const bool is_within = owner.role <= by.role && by.inboxes.covers(owner.inboxes);
  if (!may(by, Permission::kTokensOversee) || !is_within) return core::fail(Errc::kForbidden);
  return {};
}

core::Result<void> put_index(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Token& record) {
  schema::CredentialIndex index;
  index.set_workspace(workspace.value);
  index.set_user(record.user());
  index.set_credential(record.id());
  return storage::put_plain(transaction, keys::token_index(record.secret_hash()), index);
}

core::Result<schema::Token> find_token(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace,
                                       core::TokenId id) {
  POSTERN_TRY(const auto tokens, scan_tokens(snapshot, vault, workspace, keys::tokens_of_workspace(workspace)));
  const auto found = std::ranges::find(tokens, id.value, &schema::Token::id);
  if (found == tokens.end()) return core::fail(Errc::kNotFound, "token");
  return *found;
}

}  // namespace

core::Result<bool> has_token(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace, core::UserId user,
                             core::TokenId id, std::int64_t now_unix_ms) {
  const std::string key = keys::token(workspace, user, id);
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
  if (!value) return false;
  schema::Token record;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
  return record.expires_unix_ms() == 0 || record.expires_unix_ms() > now_unix_ms;
}

core::Task<core::Result<std::pair<std::string, Token>>> Sessions::create_token(Principal by, core::UserId user,
                                                                               std::string description,
                                                                               std::int64_t expires_unix_ms) {
  return create_token(std::move(by), user, std::move(description), expires_unix_ms, TokenLimits());
}

core::Task<core::Result<std::pair<std::string, Token>>> Sessions::create_token(Principal by, core::UserId user,
                                                                               std::string description,
                                                                               std::int64_t expires_unix_ms, TokenLimits limits) {
  const std::int64_t now = core::to_unix_ms(clock_.wall_now());
  if (expires_unix_ms != 0 && expires_unix_ms <= now) co_return core::fail(core::Errc::kInvalid, "expires");
  if (limits.networks.size() > options_.token_networks_max) co_return core::fail(core::Errc::kInvalid, "networks: too many");
  POSTERN_CO_TRY(const NetworkList networks, NetworkList::parse_new(limits.networks));
  POSTERN_CO_TRY(const auto whose, accounts_.find(by.workspace, user));
  if (!whose) co_return core::fail(Errc::kNotFound, "user");
  POSTERN_CO_CHECK(check_may_touch(by, *whose));
  // A token without scopes is its owner; nobody makes one for an owner who may do more than he.
  const PermissionSet given = limits.scopes.value_or(whose->permissions);
  if (!permissions_of(by).has_all(given)) co_return core::fail(Errc::kForbidden);
  if (limits.scopes && !whose->permissions.has_all(given)) co_return core::fail(core::Errc::kInvalid, "scopes: more than the owner may do");
  const std::string secret = std::string(kPrefix) + core::random_token(32);
  schema::Token record;
  record.set_id(ids_.next());
  record.set_user(user.value);
  record.set_secret_hash(core::sha256(secret));
  record.set_description(cut_text(description, options_.name_bytes_max));
  record.set_created_unix_ms(now);
  record.set_expires_unix_ms(expires_unix_ms);
  record.set_is_scoped(limits.scopes.has_value());
  record.set_scopes(limits.scopes ? limits.scopes->bits() : 0);
  for (const std::string& range : networks.words()) record.add_networks(range);
  auto change = [&](storage::Transaction& transaction) -> core::Result<std::pair<std::string, Token>> {
    POSTERN_TRY(const schema::User owner, read_user(transaction, vault_, by.workspace, user));
    if (owner.role() != static_cast<std::uint32_t>(whose->role)) return core::fail(Errc::kForbidden);  // changed meanwhile
    POSTERN_CHECK(put_user(transaction, vault_, by.workspace, owner));  // as it is: whoever ends all tokens now finds this one
    POSTERN_TRY(const auto others, scan_tokens(transaction.snapshot(), vault_, by.workspace,
                                               keys::tokens_prefix(by.workspace, user)));
    if (others.size() >= options_.tokens_per_user_max) return core::fail(Errc::kForbidden, "too many tokens");
    POSTERN_CHECK(storage::put_sealed(transaction, vault_, by.workspace, key_of(by.workspace, record), record));
    POSTERN_CHECK(put_index(transaction, by.workspace, record));
    std::string detail;
    if (limits.scopes) {
      for (const std::string& word : words_of(*limits.scopes)) detail += (detail.empty() ? "" : " ") + word;
    }
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, "token.created", token_object(record.id()), detail));
    return std::pair(secret, to_token(record));
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Task<core::Result<std::pair<std::string, Token>>> Sessions::rotate_token(Principal by, core::TokenId id) {
  const std::string secret = std::string(kPrefix) + core::random_token(32);
  auto change = [&](storage::Transaction& transaction) -> core::Result<std::pair<std::string, Token>> {
    const std::string key = keys::token(by.workspace, by.user, id);
    POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
    if (!value) return core::fail(Errc::kNotFound, "token");
    if (!may(by, Permission::kTokensManage)) return core::fail(Errc::kForbidden);
    schema::Token record;
    POSTERN_CHECK(storage::open_record(vault_, by.workspace, key, *value, record));
    transaction.erase(keys::token_index(record.secret_hash()));
    record.set_secret_hash(core::sha256(secret));
    POSTERN_CHECK(storage::put_sealed(transaction, vault_, by.workspace, key, record));
    POSTERN_CHECK(put_index(transaction, by.workspace, record));
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, "token.rotated", token_object(id.value)));
    return std::pair(secret, to_token(record));
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Task<core::Result<Principal>> Sessions::resolve_token(std::string secret, std::string client_ip) {
  if (!secret.starts_with(kPrefix) || secret.size() != kPrefix.size() + kSecretChars) {
    co_return core::fail(Errc::kBadCredentials);
  }
  const std::string hash = core::sha256(secret);
  const auto snapshot = store_.snapshot();
  POSTERN_CO_TRY(const auto index, read_index(*snapshot, keys::token_index(hash)));
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
  // Whoever took it elsewhere learns nothing about it.
  const std::vector<std::string> ranges(record.networks().begin(), record.networks().end());
  POSTERN_CO_TRY(const NetworkList networks, NetworkList::parse(ranges));
  if (!networks.empty() && !networks.contains(client_ip)) {
    POSTERN_CO_CHECK(co_await refuse_token(*user, record.id(), client_ip));
    co_return core::fail(Errc::kBadCredentials);
  }

  if (now - record.last_used_unix_ms() >= std::chrono::milliseconds(options_.touch_interval).count()) {
    auto touch = [&](storage::Transaction& transaction) -> core::Result<void> {
      POSTERN_TRY(const std::optional<std::string> current, transaction.get(key));
      if (!current) return core::fail(Errc::kBadCredentials);  // revoked meanwhile
      // As it is now: its secret may have been replaced meanwhile.
      POSTERN_CHECK(storage::open_record(vault_, workspace, key, *current, record));
      if (record.secret_hash() != hash) return core::fail(Errc::kBadCredentials);
      record.set_last_used_unix_ms(now);
      record.set_last_ip(client_ip);
      return storage::put_sealed(transaction, vault_, workspace, key, record);
    };
    const auto touched = co_await transact(store_, options_.commit_attempts_max, touch);
    if (!touched && touched.error() == Errc::kBadCredentials) co_return touched.error();
  }
  Principal out = principal_for(*user, Method::kToken, record.id(), std::move(client_ip));
  if (record.is_scoped()) out.permissions = user->permissions & PermissionSet::of_bits(record.scopes());
  co_return out;
}

bool Sessions::is_new_now(std::uint64_t thing) {
  const core::Instant now = clock_.now();
  std::lock_guard lock(noted_mutex_);
  if (noted_.size() >= kNotedMax) noted_.clear();
  const auto [known, is_new] = noted_.try_emplace(thing, now);
  if (!is_new && now - known->second < options_.touch_interval) return false;
  known->second = now;
  return true;
}

// Audited once a touch_interval for each token: a stolen one may be tried as often as its thief likes.
core::Task<core::Result<void>> Sessions::refuse_token(User owner, std::uint64_t id, std::string client_ip) {
  if (!is_new_now(id)) co_return core::Result<void>();
  Principal by = principal_for(owner, Method::kToken, id, std::move(client_ip));
  auto note = [&](storage::Transaction& transaction) {
    return audit(transaction, vault_, ids_, clock_, by, "token.refused", token_object(id), "outside its networks");
  };
  co_return co_await transact(store_, options_.commit_attempts_max, note);
}

core::Task<core::Result<void>> Sessions::revoke_token(Principal by, core::TokenId id) {
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(const schema::Token found, find_token(transaction.snapshot(), vault_, by.workspace, id));
    POSTERN_TRY(const auto owner, accounts_.find(by.workspace, core::UserId{found.user()}));  // with the permissions of a custom role
    if (!owner) return core::fail(Errc::kNotFound, "token");
    POSTERN_CHECK(check_may_touch(by, *owner));
    erase_token(transaction, by.workspace, found);
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

core::Result<std::vector<Token>> Sessions::all_tokens(core::WorkspaceId workspace) const {
  POSTERN_TRY(const auto records, scan_tokens(*store_.snapshot(), vault_, workspace, keys::tokens_of_workspace(workspace)));
  std::vector<Token> out;
  for (const schema::Token& record : records) out.push_back(to_token(record));
  return out;
}

}  // namespace postern::auth
