#include "auth/sessions.h"

#include <algorithm>

#include "auth/audit.h"
#include "auth/detail/keys.h"
#include "auth/detail/records.h"
#include "auth/detail/transact.h"
#include "auth/networks.h"
#include "auth/second_factors/factor_records.h"
#include "auth/security_policy.h"
#include "core/encoding.h"

namespace postern::auth {
namespace {

constexpr std::uint32_t kStandsForFactor = kByTotp | kBySecurityKey | kByPasskey | kByRecoveryCode | kByTrustedDevice | kByTextMessage;

Session to_session(const schema::Session& record, const Options& options) {
  const auto fresh_for = std::chrono::milliseconds(options.factors.fresh_for).count();
  Session out{core::SessionId{record.id()}, core::UserId{record.user()}, record.csrf_token(), record.created_unix_ms(),
              record.last_seen_unix_ms(),   record.client_ip(),          record.agent()};
  if (record.methods() != 0) out.methods = record.methods();
  if (record.fresh_unix_ms() != 0) out.fresh_until_unix_ms = record.fresh_unix_ms() + fresh_for;
  return out;
}

core::Result<void> put_index(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Session& record) {
  schema::CredentialIndex index;
  index.set_workspace(workspace.value);
  index.set_user(record.user());
  index.set_credential(record.id());
  return storage::put_plain(transaction, keys::session_index(record.secret_hash()), index);
}

// Whether the workspace's time for a second factor is over for somebody who has none.
core::Result<bool> is_enrolment_due(const storage::Snapshot& snapshot, const storage::Vault& vault, const User& user, std::int64_t now_ms) {
  POSTERN_TRY(const SecurityPolicy policy, read_security_policy(snapshot, vault, user.workspace));
  const std::int64_t due = policy.second_factor.due_unix_ms(user.role, user.permissions, user.created_unix_ms);
  if (due == 0 || due > now_ms) return false;
  POSTERN_TRY(const schema::SecondFactors factors, read_factors(snapshot, vault, user.workspace, user.id));
  return !has_factor(factors);
}

Principal principal_of(const User& user, core::SessionId session, std::string client_ip) {
  return principal_for(user, Method::kSession, session.value, std::move(client_ip));
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

std::vector<std::string_view> method_names(std::uint32_t methods) {
  static constexpr std::pair<std::uint32_t, std::string_view> kNames[] = {
      {kByPassword, "password"},          {kByTotp, "totp"},        {kBySecurityKey, "security_key"}, {kByPasskey, "passkey"},
      {kByRecoveryCode, "recovery_code"}, {kByTrustedDevice, "trusted_device"}, {kByLink, "link"}, {kByTextMessage, "text_message"}};
  std::vector<std::string_view> out;
  for (const auto& [bit, name] : kNames) {
    if ((methods & bit) != 0) out.push_back(name);
  }
  return out;
}

core::Task<core::Result<SignedIn>> Sessions::open(User user, std::string client_ip, std::string agent, Opening opening) {
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
  record.set_methods(opening.methods);
  if (opening.is_fresh) record.set_fresh_unix_ms(record.created_unix_ms());
  Principal by = principal_of(user, core::SessionId{record.id()}, client_ip);
  by.device = record.agent();
  std::string how;
  for (const std::string_view name : method_names(opening.methods)) how += (how.empty() ? "" : ", ") + std::string(name);
  auto change = [&](storage::Transaction& transaction) -> core::Result<SignedIn> {
    POSTERN_TRY(const schema::User known, read_user(transaction, vault_, user.workspace, user.id));
    if (known.is_disabled() || known.password_set_unix_ms() != user.password_set_unix_ms) return core::fail(Errc::kBadCredentials);
    POSTERN_TRY(const schema::SecondFactors factors, read_factors(transaction, vault_, user.workspace, user.id));
    if (has_factor(factors) && (opening.methods & kStandsForFactor) == 0) return core::fail(Errc::kExpired);  // enrolled meanwhile
    // Written unchanged, so that whoever ends all sessions at this moment conflicts with us and finds this one.
    POSTERN_CHECK(put_user(transaction, vault_, user.workspace, known));
    POSTERN_TRY(const bool is_allowed, allows(transaction.snapshot(), vault_, user.workspace, user.role, client_ip));
    if (!is_allowed) return core::fail(Errc::kForbidden, "your network is not allowed here");
    POSTERN_CHECK(make_room(transaction, vault_, user, options_.sessions_per_user_max));
    POSTERN_CHECK(put_session(transaction, vault_, user.workspace, record));
    POSTERN_CHECK(put_index(transaction, user.workspace, record));
    Session session = to_session(record, options_);
    if (opening.also) POSTERN_CHECK(opening.also(transaction, session));
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, "sign_in", "user/" + std::to_string(user.id.value), how));
    POSTERN_TRY(const auto found, accounts_.find(user.workspace, user.id));  // with the permissions of a custom role
    User shown = found.value_or(to_user(known, user.workspace));
    POSTERN_TRY(session.must_enrol, is_enrolment_due(transaction.snapshot(), vault_, shown, record.created_unix_ms()));
    return SignedIn{secret, std::move(session), std::move(shown)};
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Task<core::Result<SignedIn>> Sessions::renew(Principal by, core::SessionId id, std::uint32_t methods) {
  const std::string secret = core::random_token(32);
  const std::string csrf_token = core::random_token(32);
  auto change = [&](storage::Transaction& transaction) -> core::Result<SignedIn> {
    const std::string key = keys::session(by.workspace, by.user, id);
    POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
    if (!value) return core::fail(Errc::kExpired);
    schema::Session record;
    POSTERN_CHECK(storage::open_record(vault_, by.workspace, key, *value, record));
    POSTERN_TRY(const schema::User user, read_user(transaction, vault_, by.workspace, by.user));
    if (user.is_disabled()) return core::fail(Errc::kExpired);
    transaction.erase(keys::session_index(record.secret_hash()));
    record.set_secret_hash(core::sha256(secret));
    record.set_csrf_token(csrf_token);
    record.set_methods(record.methods() | methods);
    record.set_fresh_unix_ms(core::to_unix_ms(clock_.wall_now()));
    POSTERN_CHECK(put_session(transaction, vault_, by.workspace, record));
    POSTERN_CHECK(put_index(transaction, by.workspace, record));
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, "session.proved", "session/" + std::to_string(id.value)));
    POSTERN_TRY(const auto found, accounts_.find(by.workspace, by.user));
    SignedIn renewed{secret, to_session(record, options_), found.value_or(to_user(user, by.workspace))};
    POSTERN_TRY(renewed.session.must_enrol, is_enrolment_due(transaction.snapshot(), vault_, renewed.user, record.fresh_unix_ms()));
    return renewed;
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
      // As it is now: a renewal meanwhile stays, and so does the end of the secret that it replaced.
      POSTERN_CHECK(storage::open_record(vault_, workspace, key, *current, record));
      record.set_last_seen_unix_ms(now);
      return put_session(transaction, vault_, workspace, record);
    };
    const auto touched = co_await transact(store_, options_.commit_attempts_max, touch);
    if (!touched && touched.error() == Errc::kExpired) co_return touched.error();
    // A store that cannot write now does not sign anybody out.
  }
  Session session = to_session(record, options_);
  POSTERN_CO_TRY(session.must_enrol, is_enrolment_due(*snapshot, vault_, *user, now));
  co_return std::pair(principal_of(*user, core::SessionId{record.id()}, std::move(client_ip)), std::move(session));
}

core::Result<std::pair<Principal, Session>> Sessions::resolve_link(core::WorkspaceId workspace, core::UserId user_id, core::SessionId id,
                                                                   std::string client_ip) const {
  const auto snapshot = store_.snapshot();
  const std::string key = keys::session(workspace, user_id, id);
  POSTERN_TRY(const std::optional<std::string> value, snapshot->get(key));
  if (!value) return core::fail(Errc::kExpired);
  schema::Session record;
  POSTERN_CHECK(storage::open_record(vault_, workspace, key, *value, record));
  POSTERN_TRY(const auto user, accounts_.find(workspace, user_id));
  const std::int64_t now = core::to_unix_ms(clock_.wall_now());
  if (!user || user->is_disabled || is_over(record, now, options_)) return core::fail(Errc::kExpired);
  Session session = to_session(record, options_);
  POSTERN_TRY(session.must_enrol, is_enrolment_due(*snapshot, vault_, *user, now));
  return std::pair(principal_of(*user, id, std::move(client_ip)), std::move(session));
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

core::Result<bool> Sessions::must_enrol(const User& user) const {
  return is_enrolment_due(*store_.snapshot(), vault_, user, core::to_unix_ms(clock_.wall_now()));
}

core::Task<core::Result<Principal>> Sessions::resolve_password(User user, std::string client_ip) {
  const auto snapshot = store_.snapshot();
  POSTERN_CO_TRY(const schema::SecondFactors factors, read_factors(*snapshot, vault_, user.workspace, user.id));
  POSTERN_CO_TRY(const bool is_due, must_enrol(user));
  const bool is_enough = !user.is_disabled && user.password_problem.empty() && !has_factor(factors) && !is_due;
  Principal by = principal_for(user, Method::kPassword, 0, client_ip);
  AuditEvent event{is_enough ? "sign_in" : "sign_in_refused", "user/" + std::to_string(user.id.value),
                   is_enough ? "password, without a session" : "a password alone is not enough"};
  event.outcome = is_enough ? Outcome::kOk : Outcome::kFailed;
  constexpr std::uint64_t kOfRefusals = 0x9E3779B97F4A7C15;  // a refused try does not hide a good one, or the reverse
  if (is_new_now(user.id.value ^ std::hash<std::string>()(client_ip) ^ (is_enough ? 0 : kOfRefusals))) {
    auto note = [&](storage::Transaction& transaction) { return audit(transaction, vault_, ids_, clock_, by, event); };
    POSTERN_CO_CHECK(co_await transact(store_, options_.commit_attempts_max, note));
  }
  if (!is_enough) co_return core::fail(Errc::kBadCredentials);
  co_return by;
}

core::Task<core::Result<void>> Sessions::end_all(Principal by, core::UserId user) {
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    if (!may(by, Permission::kUsersManage)) return core::fail(Errc::kForbidden);
    POSTERN_TRY(const schema::User record, read_user(transaction, vault_, by.workspace, user));
    POSTERN_TRY(const auto whom, accounts_.find(by.workspace, user));  // with the permissions of a custom role
    if (!whom) return core::fail(Errc::kNotFound, "user");
    POSTERN_CHECK(check_may_act_on(by, *whom));
    POSTERN_CHECK(put_user(transaction, vault_, by.workspace, record));  // as it is: a session that is being opened conflicts
    POSTERN_CHECK(erase_sessions(transaction, vault_, by.workspace, user));
    return audit(transaction, vault_, ids_, clock_, by, "user.sessions_ended", "user/" + std::to_string(user.value));
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Task<core::Result<SignedOut>> Sessions::end_everybody(Principal by) {
  if (!may(by, Permission::kSecurityManage)) co_return core::fail(Errc::kForbidden);
  POSTERN_CO_TRY(const std::vector<User> people, accounts_.accounts(by.workspace));
  // Told before the first one: what a crash leaves half done is known to have begun.
  auto tell = [&](storage::Transaction& transaction) -> core::Result<void> {
    return audit(transaction, vault_, ids_, clock_, by, "security.everybody_signed_out", "workspace");
  };
  POSTERN_CO_CHECK(co_await transact(store_, options_.commit_attempts_max, tell));
  SignedOut done;
  for (const User& each : people) {
    if (!check_may_act_on(by, each)) {
      ++done.spared;
      continue;
    }
    auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
      POSTERN_TRY(const schema::User record, read_user(transaction, vault_, by.workspace, each.id));
      POSTERN_CHECK(put_user(transaction, vault_, by.workspace, record));  // a session that is being opened conflicts
      POSTERN_TRY(const auto sessions, sessions_of(transaction.snapshot(), vault_, by.workspace, each.id));
      for (const schema::Session& session : sessions) {
        if (by.method != Method::kSession || session.id() != by.credential) erase_session(transaction, by.workspace, session);
      }
      return {};
    };
    POSTERN_CO_CHECK(co_await transact(store_, options_.commit_attempts_max, change));
    ++done.people;
  }
  co_return done;
}

core::Result<std::vector<Session>> Sessions::list(core::WorkspaceId workspace, core::UserId user) const {
  POSTERN_TRY(const std::vector<schema::Session> records, sessions_of(*store_.snapshot(), vault_, workspace, user));
  std::vector<Session> out;
  for (const schema::Session& record : records) {
    if (!is_over(record, core::to_unix_ms(clock_.wall_now()), options_)) out.push_back(to_session(record, options_));
  }
  return out;
}

}  // namespace postern::auth
