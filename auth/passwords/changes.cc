// Accounts: new passwords: whether one is accepted, changing one's own, forgetting it, and hashes of other systems.
#include "auth/accounts.h"
#include "auth/audit.h"
#include "auth/detail/keys.h"
#include "auth/detail/login_guard.h"
#include "auth/detail/one_time_link.h"
#include "auth/detail/password_hash.h"
#include "auth/detail/records.h"
#include "auth/detail/transact.h"
#include "auth/second_factors/notices.h"
#include "core/errc.h"

namespace postern::auth {
namespace {

std::string user_object(core::UserId id) { return "user/" + std::to_string(id.value); }

// Either may be set.
struct NewHash {
  std::string objection;
  std::optional<std::string> hash;
};

struct NewPassword {
  std::string password;
  PasswordOwner owner;
  PasswordRules rules;
  std::vector<std::string> earlier;  // hashes that it must not be
};

NewHash make_hash(NewPassword wanted, const Options& options, const BreachedList* breached) {
  NewHash out;
  out.objection = password_objection(wanted.password, wanted.owner, wanted.rules, options, breached);
  for (const std::string& hash : wanted.earlier) {
    if (out.objection.empty() && verify_hash(hash, wanted.password)) out.objection = "it was yours before";
  }
  if (out.objection.empty()) out.hash = hash_password(wanted.password, options);
  core::wipe(wanted.password.data(), wanted.password.size());
  return out;
}

}  // namespace

core::Task<core::Result<std::string>> Accounts::hash_new_password(User known, std::string password) {
  NewPassword wanted;
  const auto snapshot = store_.snapshot();
  POSTERN_CO_TRY(wanted.rules, rules_for(*snapshot, known));
  wanted.owner = owner_of(known);
  POSTERN_CO_TRY(const auto record, read_user(*snapshot, vault_, known.workspace, known.id));
  // The one that is replaced is never accepted again, whatever the policy says of earlier ones.
  if (record && !record->password_hash().empty()) wanted.earlier.push_back(record->password_hash());
  for (int i = 0; record && i < record->password_history_size() && wanted.earlier.size() < wanted.rules.history; ++i) {
    wanted.earlier.push_back(record->password_history(i));
  }
  wanted.password = std::move(password);
  auto job = [wanted = std::move(wanted), options = options_, breached = breached_]() mutable {
    return make_hash(std::move(wanted), options, breached.get());
  };
  POSTERN_CO_TRY(const NewHash made, co_await core::offload(cpu_, std::move(job)));
  if (!made.objection.empty()) co_return core::fail(Errc::kWeakPassword, made.objection);
  if (!made.hash) co_return core::fail_transient(core::Errc::kOverloaded, "no memory to hash a password");
  co_return *made.hash;
}

// Whoever lost an account to somebody who knew the password learns of it here (ASVS 5.0 6.3.7).
core::Result<void> Accounts::tell_of_new_password(storage::Transaction& transaction, const User& whom, const Principal& by) const {
  if (!notices_) return {};
  SecurityNotice notice;
  notice.what = NoticeOf::kPasswordChanged;
  notice.user = whom;
  notice.client_ip = by.client_ip;
  notice.device = by.device;
  notice.at_unix_ms = core::to_unix_ms(clock_.wall_now());
  return notices_(transaction, notice);
}

core::Task<core::Result<void>> Accounts::change_password(Principal by, std::string old_password, std::string new_password) {
  POSTERN_CO_TRY(const auto found, find(by.workspace, by.user));
  if (!found) co_return core::fail(Errc::kNotFound, "user");
  const User known = *found;
  if (old_password == new_password) co_return core::fail(Errc::kWeakPassword, "it is the one you have");
  POSTERN_CO_TRY(const User proven, co_await verify_password(known.email, std::move(old_password), by.client_ip));
  if (proven.id != known.id) co_return core::fail(Errc::kBadCredentials);
  POSTERN_CO_TRY(const std::string hash, co_await hash_new_password(known, std::move(new_password)));
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(schema::User record, read_user(transaction, vault_, by.workspace, by.user));
    if (record.is_disabled()) return core::fail(Errc::kForbidden);
    if (record.password_set_unix_ms() != proven.password_set_unix_ms) return core::fail(Errc::kBadCredentials);  // set anew meanwhile
    keep_in_history(record);
    record.set_password_hash(hash);
    record.set_password_set_unix_ms(core::to_unix_ms(clock_.wall_now()));
    if (!record.enrolment_hash().empty()) transaction.erase(keys::enrolment(record.enrolment_hash()));
    record.clear_enrolment_hash();
    POSTERN_CHECK(put_user(transaction, vault_, by.workspace, record));
    POSTERN_TRY(const auto sessions, sessions_of(transaction.snapshot(), vault_, by.workspace, by.user));
    for (const schema::Session& session : sessions) {
      if (by.method != Method::kSession || session.id() != by.credential) erase_session(transaction, by.workspace, session);
    }
    POSTERN_CHECK(tell_of_new_password(transaction, known, by));
    return audit(transaction, vault_, ids_, clock_, by, "password.changed", user_object(by.user));
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Task<core::Result<std::string>> Accounts::password_change_token(User user, std::uint32_t methods) {
  const std::string secret = core::random_token(32);
  auto change = [&](storage::Transaction& transaction) -> core::Result<std::string> {
    POSTERN_TRY(schema::User record, read_user(transaction, vault_, user.workspace, user.id));
    if (record.is_disabled() || record.password_set_unix_ms() != user.password_set_unix_ms) return core::fail(Errc::kBadCredentials);
    const std::int64_t now = core::to_unix_ms(clock_.wall_now());
    const std::int64_t life = std::chrono::milliseconds(options_.password_change_life).count();
    POSTERN_CHECK(put_link(transaction, vault_, user.workspace, record, secret, now + life, LinkKind::kChangeDue, methods));
    POSTERN_CHECK(put_user(transaction, vault_, user.workspace, record));
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, principal_for(user, Method::kSession, 0, {}), "password.change_due", user_object(user.id)));
    return secret;
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Task<core::Result<std::optional<std::pair<User, std::string>>>> Accounts::reset_token(std::string email, std::string client_ip) {
  using Out = std::optional<std::pair<User, std::string>>;
  POSTERN_CO_TRY(const auto known, find_by_email(email));
  if (!known) co_return Out();
  const std::string secret = core::random_token(32);
  auto change = [&](storage::Transaction& transaction) -> core::Result<Out> {
    POSTERN_TRY(schema::User record, read_user(transaction, vault_, known->workspace, known->id));
    // Of an invitation nobody takes the link away, and a disabled account has none.
    if (record.is_disabled() || record.password_hash().empty()) return Out();
    const std::int64_t now = core::to_unix_ms(clock_.wall_now());
    const std::int64_t life = std::chrono::milliseconds(options_.reset_life).count();
    if (!record.enrolment_hash().empty()) {
      POSTERN_TRY(const std::optional<std::string> value, transaction.get(keys::enrolment(record.enrolment_hash())));
      const auto link = parse_live_link(vault_, record.enrolment_hash(), value, now);
      const std::int64_t interval = std::chrono::milliseconds(options_.reset_interval).count();
      // One that an admin made, or that was given for a proof, stays: an address is all that is known here.
      if (link && link->kind() != static_cast<std::uint32_t>(LinkKind::kMailedReset)) return Out();
      if (link && now - (link->expires_unix_ms() - life) < interval) return Out();
    }
    POSTERN_CHECK(put_link(transaction, vault_, known->workspace, record, secret, now + life, LinkKind::kMailedReset));
    POSTERN_CHECK(put_user(transaction, vault_, known->workspace, record));
    Principal by = principal_for(*known, Method::kSession, 0, client_ip);
    by.user = {};  // whoever asks has proven nothing
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, "password.reset_asked", user_object(known->id)));
    return Out(std::pair(*known, secret));
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Task<core::Result<void>> Accounts::replace_old_hash(User user, std::string old_hash, std::string password) {
  if (!needs_rehash(old_hash, options_)) co_return core::Result<void>();
  auto job = [password = std::move(password), options = options_] { return hash_password(password, options); };
  POSTERN_CO_TRY(const std::optional<std::string> hash, co_await core::offload(cpu_, std::move(job)));
  if (!hash) co_return core::Result<void>();  // the next sign-in tries again
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(schema::User record, read_user(transaction, vault_, user.workspace, user.id));
    if (record.password_hash() != old_hash) return {};
    record.set_password_hash(*hash);
    POSTERN_CHECK(put_user(transaction, vault_, user.workspace, record));
    return audit(transaction, vault_, ids_, clock_, principal_for(user, Method::kSession, 0, {}), "password.rehashed", user_object(user.id));
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Task<core::Result<void>> Accounts::import_password_hash(Principal by, core::UserId id, std::string hash) {
  if (by.method != Method::kOperator) co_return core::fail(Errc::kForbidden);
  if (std::string objection = hash_objection(hash); !objection.empty()) co_return core::fail(core::Errc::kInvalid, std::move(objection));
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(schema::User record, read_user(transaction, vault_, by.workspace, id));
    if (!record.has_login()) return core::fail(Errc::kNotFound, "user has no login");
    record.set_password_hash(hash);
    record.set_password_set_unix_ms(core::to_unix_ms(clock_.wall_now()));
    POSTERN_CHECK(put_user(transaction, vault_, by.workspace, record));
    POSTERN_CHECK(erase_sessions(transaction, vault_, by.workspace, id));
    return audit(transaction, vault_, ids_, clock_, by, "password.imported", user_object(id));
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Task<core::Result<void>> Accounts::unlock(Principal by, core::UserId id) {
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    if (!may(by, Permission::kUsersManage)) return core::fail(Errc::kForbidden);
    POSTERN_TRY(const schema::User record, read_user(transaction, vault_, by.workspace, id));
    POSTERN_TRY(const User whom, with_permissions(transaction.snapshot(), to_user(record, by.workspace)));
    POSTERN_CHECK(check_may_act_on(by, whom));
    if (!record.has_login()) return core::fail(Errc::kNotFound, "user has no login");
    POSTERN_CHECK(LoginGuard(clock_, options_, canonical_address(record.email()), {}).clear_everywhere(transaction));
    return audit(transaction, vault_, ids_, clock_, by, "user.unlocked", user_object(id));
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

}  // namespace postern::auth
