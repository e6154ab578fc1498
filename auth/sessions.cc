#include "auth/sessions.h"

#include <algorithm>

#include "auth/audit.h"
#include "auth/detail/keys.h"
#include "auth/detail/records.h"
#include "auth/detail/transact.h"
#include "core/encoding.h"

namespace postern::auth {
namespace {

Session to_session(const schema::Session& record) {
  return {core::SessionId{record.id()}, core::UserId{record.user()}, record.csrf_token(), record.created_unix_ms(),
          record.last_seen_unix_ms(),   record.client_ip(),          record.agent()};
}

Principal principal_of(const User& user, core::SessionId session, std::string client_ip) {
  return {user.workspace, user.id, user.role, Method::kSession, session.value, std::move(client_ip)};
}

core::Result<void> put_session(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                               const schema::Session& record) {
  return storage::put_sealed(transaction, vault, workspace,
                             keys::session(workspace, core::UserId{record.user()}, core::SessionId{record.id()}), record);
}

bool is_over(const schema::Session& session, std::int64_t now_ms, const Options& options) {
  const auto idle = std::chrono::milliseconds(options.session_idle_max).count();
  const auto life = std::chrono::milliseconds(options.session_life).count();
  return now_ms - session.last_seen_unix_ms() >= idle || now_ms - session.created_unix_ms() >= life;
}

// Makes room for one more by ending the ones that were idle longest.
core::Result<void> make_room(storage::Transaction& transaction, const storage::Vault& vault, const User& user, std::size_t most) {
  POSTERN_TRY(std::vector<schema::Session> sessions, sessions_of(transaction.snapshot(), vault, user.workspace, user.id));
  if (sessions.size() < most) return {};
  std::ranges::sort(sessions, {}, &schema::Session::last_seen_unix_ms);
  for (std::size_t i = 0; i + most <= sessions.size(); ++i) erase_session(transaction, user.workspace, sessions[i]);
  return {};
}

}  // namespace

Sessions::Sessions(storage::Store& store, const storage::Vault& vault, const Accounts& accounts, core::IdSource& ids,
                   core::Clock& clock, Options options)
    : store_(store), vault_(vault), accounts_(accounts), ids_(ids), clock_(clock), options_(options) {}

core::Task<core::Result<SignedIn>> Sessions::open(User user, std::string client_ip, std::string agent) {
  const std::string secret = core::random_token(32);
  schema::Session record;
  record.set_id(ids_.next());
  record.set_user(user.id.value);
  record.set_secret_hash(core::sha256(secret));
  record.set_csrf_token(core::random_token(32));
  record.set_created_unix_ms(core::to_unix_ms(clock_.wall_now()));
  record.set_last_seen_unix_ms(record.created_unix_ms());
  record.set_client_ip(client_ip);
  record.set_agent(cut_text(agent, options_.name_bytes_max));
  auto change = [&](storage::Transaction& transaction) -> core::Result<SignedIn> {
    POSTERN_TRY(const schema::User known, read_user(transaction, vault_, user.workspace, user.id));
    if (known.is_disabled()) return core::fail(Errc::kBadCredentials);
    POSTERN_CHECK(make_room(transaction, vault_, user, options_.sessions_per_user_max));
    POSTERN_CHECK(put_session(transaction, vault_, user.workspace, record));
    schema::CredentialIndex index;
    index.set_workspace(user.workspace.value);
    index.set_user(user.id.value);
    index.set_credential(record.id());
    POSTERN_CHECK(storage::put_plain(transaction, keys::session_index(record.secret_hash()), index));
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, principal_of(user, core::SessionId{record.id()}, client_ip),
                        "sign_in", "user/" + std::to_string(user.id.value)));
    return SignedIn{secret, to_session(record), to_user(known, user.workspace)};
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Task<core::Result<std::pair<Principal, Session>>> Sessions::resolve(std::string secret, std::string client_ip) {
  const auto snapshot = store_.snapshot();
  POSTERN_CO_TRY(const auto index, read_index(*snapshot, keys::session_index(core::sha256(secret))));
  if (!index) co_return core::fail(Errc::kBadCredentials);
  const core::WorkspaceId workspace{index->workspace()};
  const core::UserId user_id{index->user()};
  const std::string key = keys::session(workspace, user_id, core::SessionId{index->credential()});
  POSTERN_CO_TRY(const std::optional<std::string> value, snapshot->get(key));
  if (!value) co_return core::fail(Errc::kExpired);
  schema::Session record;
  POSTERN_CO_CHECK(storage::open_record(vault_, workspace, key, *value, record));
  POSTERN_CO_TRY(const auto user, accounts_.find(workspace, user_id));
  const std::int64_t now = core::to_unix_ms(clock_.wall_now());
  if (!user || user->is_disabled || is_over(record, now, options_)) co_return core::fail(Errc::kExpired);

  if (now - record.last_seen_unix_ms() >= std::chrono::milliseconds(options_.touch_interval).count()) {
    auto touch = [&](storage::Transaction& transaction) -> core::Result<void> {
      POSTERN_TRY(const std::optional<std::string> current, transaction.get(key));
      if (!current) return core::fail(Errc::kExpired);  // closed meanwhile: must not come back
      record.set_last_seen_unix_ms(now);
      return put_session(transaction, vault_, workspace, record);
    };
    const auto touched = co_await transact(store_, options_.commit_attempts_max, touch);
    if (!touched && touched.error() == Errc::kExpired) co_return touched.error();
    // A store that cannot write now does not sign anybody out.
  }
  co_return std::pair(principal_of(*user, core::SessionId{record.id()}, std::move(client_ip)), to_session(record));
}

core::Task<core::Result<void>> Sessions::close(core::WorkspaceId workspace, core::UserId user, core::SessionId id) {
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    const std::string key = keys::session(workspace, user, id);
    POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
    if (!value) return {};
    schema::Session record;
    POSTERN_CHECK(storage::open_record(vault_, workspace, key, *value, record));
    erase_session(transaction, workspace, record);
    Principal by;
    by.workspace = workspace;
    by.user = user;
    by.credential = id.value;
    return audit(transaction, vault_, ids_, clock_, by, "sign_out", "session/" + std::to_string(id.value));
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Task<core::Result<void>> Sessions::close_all(core::WorkspaceId workspace, core::UserId user) {
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_CHECK(erase_sessions(transaction, vault_, workspace, user));
    Principal by;
    by.workspace = workspace;
    by.user = user;
    return audit(transaction, vault_, ids_, clock_, by, "sign_out_all", "user/" + std::to_string(user.value));
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Result<std::vector<Session>> Sessions::list(core::WorkspaceId workspace, core::UserId user) const {
  POSTERN_TRY(const std::vector<schema::Session> records, sessions_of(*store_.snapshot(), vault_, workspace, user));
  std::vector<Session> out;
  for (const schema::Session& record : records) {
    if (!is_over(record, core::to_unix_ms(clock_.wall_now()), options_)) out.push_back(to_session(record));
  }
  return out;
}

}  // namespace postern::auth
